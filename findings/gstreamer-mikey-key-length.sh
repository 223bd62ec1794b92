#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A length of the authentication key that is one of the tag.
#
# GStreamer 1.22.0-3+deb12u7 of Debian 12 (libgstsdp). In the security policy of a MIKEY
# message for SRTP, parameter 3 is the length of the session authentication key and
# parameter 11 that of the tag, in bytes (RFC 3830 section 6.10.1). HMAC-SHA1 has a key of
# 20 bytes with either tag (RFC 3711 section 5.2). GStreamer writes the length of the
# tag into parameter 3, and no parameter 11. Whoever takes it at its word derives another
# key for HMAC, and finds every tag wrong.
#
# Seen, parameters of the policy as type=value:
#   hmac-sha1-80: 0=1 1=16 2=1 3=10 7=1 8=1 10=1
#   hmac-sha1-32: 0=1 1=16 2=1 3=4 7=1 8=1 10=1
set -eu
here=$(dirname "$(readlink -f "$0")")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$here/debian" "$dir" libgstreamer-plugins-base1.0-0=1.22.0-3+deb12u7 python3

cat >"$dir/look.py" <<'PYTHON'
import base64
import ctypes

# payloads
T, SP, RAND = 5, 10, 11

gst = ctypes.CDLL('libgstreamer-1.0.so.0')
sdp = ctypes.CDLL('libgstsdp-1.0.so.0')
for function in (gst.gst_caps_from_string, sdp.gst_mikey_message_new_from_caps,
                 sdp.gst_mikey_message_base64_encode):
    function.restype = ctypes.c_void_p
gst.gst_init(None, None)


def policy(data):
    """The parameters of the security policy; RFC 3830 section 6."""
    kind, at = data[2], 10 + 9 * data[8]
    while kind != SP:
        size = {T: 10, RAND: 2 + data[at + 1]}[kind]
        kind, at = data[at], at + size
    end = at + 5 + int.from_bytes(data[at + 3:at + 5], 'big')
    at += 5
    found = []
    while at < end:
        value = data[at + 2:at + 2 + data[at + 1]]
        found.append('%d=%d' % (data[at], int.from_bytes(value, 'big')))
        at += 2 + len(value)
    return ' '.join(found)


for auth in ('hmac-sha1-80', 'hmac-sha1-32'):
    caps = gst.gst_caps_from_string((
        'application/x-srtp, srtp-key=(buffer)%s, srtp-cipher=(string)aes-128-icm, '
        'srtp-auth=(string)%s, srtcp-cipher=(string)aes-128-icm, '
        'srtcp-auth=(string)%s' % (bytes(range(30)).hex(), auth, auth)).encode())
    message = sdp.gst_mikey_message_new_from_caps(ctypes.c_void_p(caps))
    text = ctypes.string_at(sdp.gst_mikey_message_base64_encode(
        ctypes.c_void_p(message)))
    data = base64.b64decode(text)
    print(auth + ':', policy(data))
PYTHON
seen=$(unshare -r chroot "$dir" /usr/bin/python3.11 /look.py)
echo "$seen"
[ "$seen" = "$(sed -n 's/^#   //p' "$0")" ]
