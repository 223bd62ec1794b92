# SPDX-License-Identifier: GPL-2.0
# What the scripts of this directory share: paths, names, messages.
# shellcheck shell=bash
set -euo pipefail
export LC_ALL=C.UTF-8

VM_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$VM_DIR/../.." && pwd)
BUILD=${KSRTP_BUILD:-$TOP/build}

say() { printf '== %s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# need_plain DIR: make, the kernel's own makefiles, QEMU and the command line of a
# user-mode kernel have a meaning for other characters (Makefile says the same)
need_plain()
{
	case $1 in
	*[![:alnum:]/._+~@-]*)
		die "'$1': characters but letters, digits and / . _ + ~ @ -" \
			"are not possible in the path of a checkout" ;;
	/tmp | /run | /dev/shm)
		die "'$1': the machines have a file system of their own there;" \
			"a directory below it will do" ;;
	esac
}
need_plain "$TOP"
need_plain "$BUILD"

# copy_sources DIR FOLDER...: what ksrtp is made of, and the modules in the folders.
# Only what has changed, so that make builds only that; and sources alone, since there
# may be objects of another kernel beside them.
copy_sources()
{
	(cd "$TOP" && find Kbuild kernel uapi "${@:2}" -type f \
		\( -name Kbuild -o -name '*.[ch]' \) -exec cp -u --parents {} "$1" \;)
}

# build_sanitized TARGET...: what of userspace/ reads text of others, where a wrong
# access ends the program; in build/sanitized.
build_sanitized()
{
	local sanitizers='-fsanitize=address,undefined -fno-sanitize-recover=all'
	say "building with sanitizers: $*"
	# with their checks in it, gcc takes some lengths for too large
	make -s -C "$TOP/userspace" BUILD="$BUILD/sanitized" \
		LDFLAGS="$sanitizers" "$@" CFLAGS="-O1 -g -Wno-stringop-overflow \
		-fno-omit-frame-pointer $sanitizers"
}

# Where a kernel's files are kept: of 6.1, 6.12 and "newest", of their flavours, which
# end in -cloud and -rt, and of "races", which is no packaged one. "7.3" and the like
# name what "newest" is.
kernel_dir()
{
	local newest=$BUILD/kernels/newest
	if [[ $1 =~ ^((6\.1|6\.12|newest)(-cloud|-rt)?|races)$ ]]; then
		echo "$BUILD/kernels/$1"
	elif [ -e "$newest/release" ] &&
	     [[ $(cat "$newest/release") == "$1"[.+-]* ]]; then
		echo "$newest"
	else
		die "unknown kernel '$1': 6.1, 6.12 or newest, or one of these with" \
			"-cloud or -rt"
	fi
}
