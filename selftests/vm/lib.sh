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
		\( -name Kbuild -o -name '*.[ch]' -o -name features.sh \) -exec cp -u --parents {} "$1" \;)
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
# end in -cloud and -rt, of other architectures, which end in their names, and of
# "races" and "rt", which are built here. "7.3" and the like name what "newest" is.
kernel_dir()
{
	local newest=$BUILD/kernels/newest
	local flavours='cloud|rt|arm64|armhf|i386|s390x'
	if [[ $1 =~ ^((6\.1|6\.12|newest)(-($flavours))?|races|rt)$ ]]; then
		echo "$BUILD/kernels/$1"
	elif [ -e "$newest/release" ] &&
	     [[ $(cat "$newest/release") == "$1"[.+-]* ]]; then
		echo "$newest"
	else
		die "unknown kernel '$1': 6.1, 6.12 or newest, or one of these with" \
			"-${flavours//|/, -}"
	fi
}

# architecture KERNEL: what differs between architectures.
#   ARCH, FLAVOUR  Debian's names, of the architecture and in the kernel's packages
#   TRIPLET        of the cross compiler; empty where the host's programs run as well
#   QEMU, CPU      emulator, with a machine; and the processor that it emulates
#   CONSOLE, TTY   the kernel's, with more for its command line, and the command's
#   FILES, BUS     how the host's files come: virtiofs, or 9p; and devices
#   DRIVERS        which that takes
# shellcheck disable=SC2034
architecture()
{
	[ "$(uname -m)" = x86_64 ] ||
		die "machines need a host of amd64, whose compilers and programs they run;" \
			"on this one, 'make -C selftests run_tests' tests its own kernel"
	ARCH=amd64 FLAVOUR=amd64 TRIPLET=
	# max has AES-NI and, where QEMU emulates them, the SHA extensions
	QEMU=(qemu-system-x86_64) CPU=max CONSOLE=ttyS0 TTY=ttyS1
	# A kernel that does not know that it is emulated counts its timer's ticks against
	# the processor's clock, and panics where a busy host gave it too few.
	CONSOLE+=' no_timer_check'
	FILES=virtiofs BUS=pci DRIVERS='virtio_pci virtiofs overlay'
	case $1 in
	*-cloud)	FLAVOUR=cloud-amd64 ;;
	*-rt)		FLAVOUR=rt-amd64 ;;
	*-arm64)
		ARCH=arm64 FLAVOUR=arm64 TRIPLET=aarch64-linux-gnu
		# pointers are signed with what costs little to emulate
		QEMU=(qemu-system-aarch64 -machine virt) CPU=max,pauth-impdef=on
		CONSOLE=ttyAMA0 TTY=hvc0 ;;
	*-armhf)
		ARCH=armhf FLAVOUR=armmp TRIPLET=arm-linux-gnueabihf
		QEMU=(qemu-system-arm -machine virt) CONSOLE=ttyAMA0 TTY=hvc0 ;;
	*-i386)
		ARCH=i386 FLAVOUR=686-pae TRIPLET=i686-linux-gnu ;;
	*-s390x)
		# FUSE speaks in the machine's byte order, and virtiofsd in the host's
		ARCH=s390x FLAVOUR=s390x TRIPLET=s390x-linux-gnu
		QEMU=(qemu-system-s390x) CONSOLE=ttysclp0 TTY=hvc0
		FILES=9p BUS=ccw DRIVERS='9pnet_virtio 9p overlay' ;;
	esac
	[ "$TTY" != hvc0 ] || DRIVERS+=' virtio_console'
}
