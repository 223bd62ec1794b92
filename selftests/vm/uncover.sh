# SPDX-License-Identifier: GPL-2.0
# What machines that run on the host's files share: their own scratch file systems
# (/tmp, /run...) lie over the host's, and the checkout may be below one of them.
# For any shell, busybox's too.
# shellcheck shell=sh

# uncover WHOLE ROOT PATHS: bind the host's directories PATHS (with : between them)
# from WHOLE, which has all of its files, to where a scratch file system in ROOT
# has hidden them
uncover()
{
	uncover_ifs=$IFS
	IFS=:
	for path in $3; do
		if [ ! -d "$1$path" ] || [ -d "$2$path" ]; then
			continue
		fi
		mkdir -p "$2$path"
		mount -o bind "$1$path" "$2$path"
	done
	IFS=$uncover_ifs
}
