#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Padding in a header extension, behind which encrypted elements are other bytes.
#
# libsrtp 2.5.0-3 of Debian 12, with elements of header extensions that are encrypted
# (RFC 6904). Their keystream is as long as the whole extension, and each byte is for the
# one at its place: where something is not encrypted, that byte goes unused (section 3.1).
# libsrtp has it so for ids, lengths and elements that stay in clear, but lets no byte go
# for one of padding, which may be between elements (RFC 8285 section 4.1.1). A peer that
# follows the RFC reads other values behind it, and no error tells, since the tag is right.
# Two of libsrtp understand each other.
#
# Seen, of two elements to encrypt, whether the second one is as RFC 6904 has it:
#   side by side: yes
#   a byte of padding between them: no; as if there were 1 fewer
#   3 bytes of padding between them: no; as if there were 3 fewer
set -eu
here=$(dirname "$(readlink -f "$0")")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$here/debian" "$dir" libsrtp2-1=2.5.0-3 python3 python3-cryptography

cat >"$dir/look.py" <<'PYTHON'
import ctypes
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY, SALT = bytes(range(16)), bytes(range(16, 30))
SSRC, SEQ = 0x11223344, 1
ANY_OUTBOUND = 3
# labels of RFC 6904 section 3.2
HEADER_KEY, HEADER_SALT = 6, 7
FIRST, SECOND = bytes([0x13]) + b'1234', bytes([0x23]) + b'5678'


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
    srtp.srtp_init()
    session, length = ctypes.c_void_p(), ctypes.c_int(len(packet))
    ids = (ctypes.c_int * 2)(1, 2)
    policy = Policy(ssrc_type=ANY_OUTBOUND, key=KEY + SALT, nencrypted=2,
                    encrypted=ctypes.cast(ids, ctypes.c_void_p))
    srtp.srtp_crypto_policy_set_rtp_default(ctypes.byref(policy.rtp))
    srtp.srtp_crypto_policy_set_rtcp_default(ctypes.byref(policy.rtcp))
    if srtp.srtp_create(ctypes.byref(session), ctypes.byref(policy)):
        raise RuntimeError('no session')
    buffer = ctypes.create_string_buffer(packet, 200)
    if srtp.srtp_protect(session, buffer, ctypes.byref(length)):
        raise RuntimeError('not protected')
    return buffer.raw[:length.value]


def counter_mode(key, iv, length):
    """Keystream; RFC 3711 section 4.1.1."""
    cipher = Cipher(algorithms.AES(key), modes.CTR(iv.to_bytes(16, 'big')))
    return cipher.encryptor().update(bytes(length))


def derived(label, length):
    """RFC 3711 section 4.3.1."""
    return counter_mode(KEY, (int.from_bytes(SALT, 'big') ^ label << 48) << 16, length)


stream = counter_mode(
    derived(HEADER_KEY, 16),
    int.from_bytes(derived(HEADER_SALT, 14), 'big') << 16 ^ SSRC << 64 ^ SEQ << 16, 100)
for name, padding in (('side by side', 0), ('a byte of padding between them', 1),
                      ('3 bytes of padding between them', 3)):
    extension = FIRST + bytes(padding) + SECOND
    extension += bytes(-len(extension) % 4)
    packet = protected(struct.pack('>BBHIIHH', 0x90, 0, SEQ, 0, SSRC, 0xbede,
                                   len(extension) // 4) + extension + b'speech')
    # behind the fixed header and that of the extension
    at = len(FIRST) + padding + 1
    sent = packet[16 + at:16 + at + 4]
    fewer = [n for n in range(at) if sent == bytes(
        a ^ b for a, b in zip(SECOND[1:], stream[at - n:]))]
    print(name + ':', 'yes' if fewer == [0] else
          'no; as if there were %s fewer' % ' '.join(map(str, fewer)))
PYTHON
# libnss3 takes its random numbers from there
seen=$(unshare -rm sh -c 'mount --rbind /dev "$1/dev" &&
	exec chroot "$1" /usr/bin/python3.11 /look.py' sh "$dir")
echo "$seen"
[ "$seen" = "$(sed -n 's/^#   //p' "$0")" ]
