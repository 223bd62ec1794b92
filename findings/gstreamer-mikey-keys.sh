#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Keys of MIKEY that are all taken for one kind, and a counter that is not taken.
#
# GStreamer 1.22.0-3+deb12u7 of Debian 12 (libgstsdp), as rtspsrc asks it for a camera's
# keys. RFC 3830 section 6.13 has four kinds of key data. A TEK is the master key; of a
# TGK it is derived (section 4.1.3), with RAND and the crypto session's identifiers;
# TEK+SALT has the master salt in a field of its own. The map of crypto sessions tells each
# SSRC's rollover counter (section 6.1.1). GStreamer takes a TGK for the master key and
# salt, leaves a salt away that has a field, so that there is half a key, and passes no
# counter on: of a stream that is older than its first rollover, no packet is authentic.
#
# Seen, key and rollover counter that caps have of each message:
#   TEK of key and salt: key and salt, no counter
#   TGK of 30 bytes: the TGK itself, no counter
#   TEK+SALT: key, no counter
#   TEK, and a counter of 5: key and salt, no counter
set -eu
here=$(dirname "$(readlink -f "$0")")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$here/debian" "$dir" libgstreamer-plugins-base1.0-0=1.22.0-3+deb12u7 python3

cat >"$dir/look.py" <<'PYTHON'
import ctypes
import re
import struct

# payloads, and kinds of key data
KEMAC, T, SP, RAND = 1, 5, 10, 11
TGK, TEK, TEK_SALT = 0, 2, 3
POLICY = bytes.fromhex('000101 010110 020101 030114 070101 080101 0a0101 0b010a')
KEY, SALT = bytes(range(16)), bytes(range(16, 30))

gst = ctypes.CDLL('libgstreamer-1.0.so.0')
sdp = ctypes.CDLL('libgstsdp-1.0.so.0')
for function in (gst.gst_caps_new_empty_simple, gst.gst_caps_to_string,
                 sdp.gst_mikey_message_new_from_data):
    function.restype = ctypes.c_void_p
gst.gst_init(None, None)


def message(kind, key, salt=b'', counter=0):
    """With a pre-shared key of no encryption and no MAC, as in SDP."""
    data = struct.pack('>BBH', 0, kind << 4, len(key)) + key
    if salt:
        data += struct.pack('>H', len(salt)) + salt
    return (struct.pack('>BBBBIBB', 1, 0, T, 0, 1, 1, 0) +
            struct.pack('>BII', 0, 1, counter) +
            struct.pack('>BBQ', RAND, 0, 0xe << 60) +
            struct.pack('>BB', SP, 16) + bytes(range(100, 116)) +
            struct.pack('>BBBH', KEMAC, 0, 0, len(POLICY)) + POLICY +
            struct.pack('>BBH', 0, 0, len(data)) + data + bytes(1))


def caps(data):
    error = ctypes.c_void_p()
    read = sdp.gst_mikey_message_new_from_data(
        data, ctypes.c_size_t(len(data)), None, ctypes.byref(error))
    made = gst.gst_caps_new_empty_simple(b'application/x-srtp')
    if not read or not sdp.gst_mikey_message_to_caps(ctypes.c_void_p(read),
                                                     ctypes.c_void_p(made)):
        raise RuntimeError('not read')
    return ctypes.string_at(gst.gst_caps_to_string(ctypes.c_void_p(made))).decode()


for name, data in (('TEK of key and salt', message(TEK, KEY + SALT)),
                   ('TGK of 30 bytes', message(TGK, KEY + SALT)),
                   ('TEK+SALT', message(TEK_SALT, KEY, SALT)),
                   ('TEK, and a counter of 5', message(TEK, KEY + SALT, counter=5))):
    text = caps(data)
    key = bytes.fromhex(re.search(r'srtp-key=\(buffer\)(\w+)', text)[1])
    print(name + ':', {
        KEY + SALT: 'the TGK itself' if 'TGK' in name else 'key and salt',
        KEY: 'key'}.get(key, 'another key') + ',',
        'counter' if 'roc=' in text else 'no counter')
PYTHON
seen=$(unshare -r chroot "$dir" /usr/bin/python3.11 /look.py)
echo "$seen"
[ "$seen" = "$(sed -n 's/^#   //p' "$0")" ]
