#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A packet that comes late, and is lost only at the rollover.
#
# libre 1.1.0-1+b2 of Debian 12, which baresip has for SRTP. Networks swap packets, and
# RFC 3711 section 3.3.1 has the receiver take the rollover counter before the current
# one for a sequence number that is above the last by more than 2^15. libre does not: a
# packet that was sent before the rollover and comes after it is not authentic for it, with
# a replay window of 64 packets, although each other packet of this kind is received.
#
# Seen:
#   102 103 105 104 106: all received
#   65533 65534 65535 0 1: all received
#   65533 65534 0 65535 1: 65535 lost
#   65534 65535 1 0 2: all received
set -eu
here=$(dirname "$(readlink -f "$0")")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$here/debian" "$dir" libre0=1.1.0-1+b2 python3

cat >"$dir/look.py" <<'PYTHON'
import ctypes
import struct

AES_CM_128_HMAC_SHA1_80 = 1
KEY = bytes(range(30))

re = ctypes.CDLL('libre.so.0')
re.mbuf_alloc.restype = ctypes.c_void_p


class Mbuf(ctypes.Structure):
    """struct mbuf"""
    _fields_ = [('data', ctypes.c_void_p), ('size', ctypes.c_size_t),
                ('pos', ctypes.c_size_t), ('end', ctypes.c_size_t)]


def session():
    srtp = ctypes.c_void_p()
    if re.srtp_alloc(ctypes.byref(srtp), AES_CM_128_HMAC_SHA1_80, KEY,
                     ctypes.c_size_t(len(KEY)), 0):
        raise RuntimeError('no session')
    return srtp


def through(function, srtp, packet):
    """The packet that a function makes of this one, or None."""
    mbuf = Mbuf.from_address(re.mbuf_alloc(ctypes.c_size_t(2000)))
    ctypes.memmove(mbuf.data, packet, len(packet))
    mbuf.pos, mbuf.end = 0, len(packet)
    error = function(srtp, ctypes.byref(mbuf))
    return None if error else ctypes.string_at(mbuf.data, mbuf.end)


def rtp(index):
    return struct.pack('>BBHII', 0x80, 0, index % 65536, 160 * index, 1) + bytes(160)


for order in ((102, 103, 105, 104, 106), (65533, 65534, 65535, 65536, 65537),
              (65533, 65534, 65536, 65535, 65537), (65534, 65535, 65537, 65536, 65538)):
    sender, receiver = session(), session()
    sent = {n: through(re.srtp_encrypt, sender, rtp(n)) for n in sorted(order)}
    lost = [str(n % 65536) for n in order
            if through(re.srtp_decrypt, receiver, sent[n]) != rtp(n)]
    print(' '.join(str(n % 65536) for n in order) + ':',
          ' '.join(lost + ['lost']) if lost else 'all received')
PYTHON
seen=$(unshare -rm sh -c 'mount --rbind /dev "$1/dev" &&
	exec chroot "$1" /usr/bin/python3.11 /look.py' sh "$dir")
echo "$seen"
[ "$seen" = "$(sed -n 's/^#   //p' "$0")" ]
