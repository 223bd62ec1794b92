#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# DTLS-SRTP without an AEAD.
#
# GnuTLS 3.7.9-2+deb12u7 of Debian 12. RFC 7714 section 14.2 registered protection
# profiles of AES-GCM for the use_srtp extension in 2015. GnuTLS has none of them, neither
# by name nor by number: a program that is built on it cannot negotiate AES-GCM, and one
# that insists on it has no profile in common with such a program.
#
# Seen:
#   SRTP_AES128_CM_HMAC_SHA1_80 known
#   SRTP_AES128_CM_HMAC_SHA1_32 known
#   SRTP_AEAD_AES_128_GCM unknown
#   SRTP_AEAD_AES_256_GCM unknown
#   0x0001 SRTP_AES128_CM_HMAC_SHA1_80
#   0x0002 SRTP_AES128_CM_HMAC_SHA1_32
#   0x0007 none
#   0x0008 none
set -eu
here=$(dirname "$(readlink -f "$0")")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$here/debian" "$dir" libgnutls30=3.7.9-2+deb12u7 python3

cat >"$dir/look.py" <<'PYTHON'
import ctypes

gnutls = ctypes.CDLL('libgnutls.so.30')
gnutls.gnutls_srtp_get_profile_name.restype = ctypes.c_char_p
for name in ('SRTP_AES128_CM_HMAC_SHA1_80', 'SRTP_AES128_CM_HMAC_SHA1_32',
             'SRTP_AEAD_AES_128_GCM', 'SRTP_AEAD_AES_256_GCM'):
    error = gnutls.gnutls_srtp_get_profile_id(name.encode(),
                                              ctypes.byref(ctypes.c_int()))
    print(name, 'unknown' if error else 'known')
for number in (1, 2, 7, 8):
    name = gnutls.gnutls_srtp_get_profile_name(number)
    print('0x%04x' % number, name.decode() if name else 'none')
PYTHON
seen=$(unshare -r chroot "$dir" /usr/bin/python3.11 /look.py)
echo "$seen"
[ "$seen" = "$(sed -n 's/^#   //p' "$0")" ]
