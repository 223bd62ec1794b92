#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# An emulated s390x whose IPv6 finds no neighbour.
#
# QEMU 1:7.2+dfsg-7+deb12u18+b3 of Debian 12, on amd64. VECTOR CHECKSUM (z/Architecture
# Principles of Operation, chapter 22) adds four words to a sum, each with the carry that
# comes of it. QEMU doubles the sum before each. Linux 6.12 has its checksums by this
# instruction where the processor has vectors, as that of -cpu max does; 6.1 has not. So an
# emulated 6.12 takes ICMPv6 for damaged (Icmp6InCsumErrors), and with it neighbour
# discovery, while IPv4 between virtual devices, where nobody sums up packets, is as ever.
#
# Seen, sums of the words 1, 2, 3 and 4:
#   CHECKSUM 10
#   VECTOR CHECKSUM 26
set -eu
here=$(dirname "$(readlink -f "$0")")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$here/debian" "$dir" qemu-user=1:7.2+dfsg-7+deb12u18+b3 \
	binutils-s390x-linux-gnu=2.40-2

cat >"$dir/look.s" <<'ASSEMBLER'
	.data
	.balign 8
words:	.long 1, 2, 3, 4
sums:	.long 0, 0
	.text
	.global _start
_start:	lghi %r6, 0
	larl %r2, words
	lghi %r3, 16
more:	cksm %r6, %r2
	brc 1, more
	larl %r7, sums
	st %r6, 0(%r7)
	larl %r2, words
	vl %v1, 0(%r2)
	vzero %v2
	vcksm %v2, %v1, %v2
	vlgvf %r6, %v2, 1
	st %r6, 4(%r7)
# write(1, sums, 8), exit(0)
	lghi %r2, 1
	lgr %r3, %r7
	lghi %r4, 8
	svc 4
	lghi %r2, 0
	svc 1
ASSEMBLER
inside() { unshare -r chroot "$dir" "$@"; }
inside s390x-linux-gnu-as -march=z13 -o look.o look.s
inside s390x-linux-gnu-ld -o look look.o
printf '%s\n' CHECKSUM 'VECTOR CHECKSUM' >"$dir/names"
seen=$(inside qemu-s390x -cpu max /look | od -A n -t u4 --endian=big -w4 |
	tr -d ' ' | paste -d ' ' "$dir/names" -)
echo "$seen"
[ "$seen" = "$(sed -n 's/^#   //p' "$0")" ]
