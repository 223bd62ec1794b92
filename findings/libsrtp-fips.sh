#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# No SRTP where the kernel is in FIPS mode.
#
# libsrtp 2.5.0-3 of Debian 12, which takes its ciphers from NSS 2:3.87.1-1+deb12u2. NSS
# asks the kernel for its mode (/proc/sys/crypto/fips_enabled). In FIPS mode it makes no
# key of what a program has in its memory, and all keys of SRTP are there. The tests that
# libsrtp runs in srtp_init() fail (8, algo_fail), and there are no sessions
# afterwards (5, init_fail), though AES, HMAC-SHA1 and GCM are all approved.
#
# Seen, what srtp_init(), srtp_create() and srtp_protect() return:
#   AES_CM_128_HMAC_SHA1_80, mode 0: 0 0 0
#   AES_CM_128_HMAC_SHA1_80, mode 1: 8 5
#   AEAD_AES_128_GCM, mode 0: 0 0 0
#   AEAD_AES_128_GCM, mode 1: 8 5
set -eu
here=$(dirname "$(readlink -f "$0")")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$here/debian" "$dir" libsrtp2-1=2.5.0-3 libnss3=2:3.87.1-1+deb12u2 python3

cat >"$dir/look.py" <<'PYTHON'
import ctypes
import sys

MASTER = bytes(range(30))


class Crypto(ctypes.Structure):
    """srtp_crypto_policy_t"""
    _fields_ = [(name, ctypes.c_int) for name in (
        'cipher', 'cipher_key_len', 'auth', 'auth_key_len', 'tag_len', 'services')]


class Policy(ctypes.Structure):
    """srtp_policy_t"""
    _fields_ = [('ssrc_type', ctypes.c_int), ('ssrc', ctypes.c_uint32),
                ('rtp', Crypto), ('rtcp', Crypto), ('key', ctypes.c_char_p),
                ('keys', ctypes.c_void_p), ('nkeys', ctypes.c_ulong),
                ('ekt', ctypes.c_void_p), ('window', ctypes.c_ulong),
                ('repeat', ctypes.c_int), ('encrypted', ctypes.c_void_p),
                ('nencrypted', ctypes.c_int), ('next', ctypes.c_void_p)]


srtp = ctypes.CDLL('libsrtp2.so.1')
begun = srtp.srtp_init()
session, length = ctypes.c_void_p(), ctypes.c_int(172)
policy = Policy(ssrc_type=3, key=MASTER)
for part in policy.rtp, policy.rtcp:
    getattr(srtp, 'srtp_crypto_policy_set_' + sys.argv[1])(ctypes.byref(part))
created = srtp.srtp_create(ctypes.byref(session), ctypes.byref(policy))
if created:
    print(begun, created)
else:
    buffer = ctypes.create_string_buffer(
        (bytes([0x80, 0, 0, 1]) + bytes(8)).ljust(172, b'x'), 300)
    print(begun, created, srtp.srtp_protect(session, buffer, ctypes.byref(length)))
PYTHON
# there is no other /proc
mkdir -p "$dir/proc/sys/crypto"
seen=$(for suite in AES_CM_128_HMAC_SHA1_80=rtp_default \
		AEAD_AES_128_GCM=aes_gcm_128_16_auth; do
	for mode in 0 1; do
		echo $mode >"$dir/proc/sys/crypto/fips_enabled"
		# libnss3 takes its random numbers from /dev
		echo "${suite%=*}, mode $mode: $(unshare -rm sh -c 'mount --rbind /dev "$1/dev" &&
			exec chroot "$1" /usr/bin/python3.11 /look.py "$2"' sh "$dir" "${suite#*=}")"
	done
done)
echo "$seen"
[ "$seen" = "$(sed -n 's/^#   //p' "$0")" ]
