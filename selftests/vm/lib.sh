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

# Where a kernel's files are kept; "7.3" and the like name what "newest" is, and
# "races" is no packaged one.
kernel_dir()
{
	case $1 in
	6.1 | 6.12 | newest | races) echo "$BUILD/kernels/$1" ;;
	*)
		if [ -e "$BUILD/kernels/newest/release" ] &&
		   [[ $(cat "$BUILD/kernels/newest/release") == "$1"[.+-]* ]]; then
			echo "$BUILD/kernels/newest"
		else
			die "unknown kernel '$1': 6.1, 6.12 or newest"
		fi ;;
	esac
}
