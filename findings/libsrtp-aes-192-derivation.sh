#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# AES-192 that derives its session keys by AES-256.
#
# libsrtp 2.5.0-3 of Debian 12, suite AES_192_CM_HMAC_SHA1_80. RFC 6188 section 3 derives
# session keys by AES in counter mode with a key of the master key's length. libsrtp uses
# AES-256 for it: the first 32 bytes of master key and salt as they are in memory are the
# key, the other 6 and zeros the salt. Its packets are unlike those of RFC 6188, and
# two of libsrtp understand each other.
#
# Seen, whether the tag of a packet is that of the authentication key by each derivation:
#   RFC 6188, AES-192: no
#   AES-256: yes
set -eu
here=$(dirname "$(readlink -f "$0")")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$here/debian" "$dir" libsrtp2-1=2.5.0-3 python3 python3-cryptography

cat >"$dir/look.py" <<'PYTHON'
import ctypes
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

MASTER = bytes(range(38))


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


def protected(packet):
    srtp = ctypes.CDLL('libsrtp2.so.1')
    session, length = ctypes.c_void_p(), ctypes.c_int(len(packet))
    policy = Policy(ssrc_type=3, key=MASTER)
    srtp.srtp_init()
    for part in (policy.rtp, policy.rtcp):
        srtp.srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80(ctypes.byref(part))
    if srtp.srtp_create(ctypes.byref(session), ctypes.byref(policy)):
        raise RuntimeError('no AES-192')
    buffer = ctypes.create_string_buffer(packet, 200)
    if srtp.srtp_protect(session, buffer, ctypes.byref(length)):
        raise RuntimeError('not protected')
    return buffer.raw[:length.value]


def authentication_key(key, salt):
    """Label 1 of RFC 3711 section 4.3."""
    first = int.from_bytes(salt.ljust(14, b'\0'), 'big') ^ 1 << 48
    cipher = Cipher(algorithms.AES(key), modes.CTR((first << 16).to_bytes(16, 'big')))
    return cipher.encryptor().update(bytes(20))


data = protected(bytes([0x80, 0, 0, 1]) + bytes(8) + b'speech' * 20)
for name, size in (('RFC 6188, AES-192', 24), ('AES-256', 32)):
    tag = hmac.digest(authentication_key(MASTER[:size], MASTER[size:]),
                      data[:-10] + bytes(4), 'sha1')[:10]
    print(name + ':', 'yes' if tag == data[-10:] else 'no')
PYTHON
# libnss3 takes its random numbers from there
seen=$(unshare -rm sh -c 'mount --rbind /dev "$1/dev" &&
	exec chroot "$1" /usr/bin/python3.11 /look.py' sh "$dir")
echo "$seen"
[ "$seen" = "$(sed -n 's/^#   //p' "$0")" ]
