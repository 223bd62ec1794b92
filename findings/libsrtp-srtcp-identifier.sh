#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A report that libsrtp has protected, and that libsrtp does not understand.
#
# libsrtp 2.5.0-3 of Debian 12, suite AES_CM_128_HMAC_SHA1_32, and a master key with an
# identifier (MKI). In SRTCP the identifier is behind the index and before the tag (RFC
# 3711 section 3.4), which has 80 bits with this suite, though that of SRTP has 32 (RFC
# 4568 section 6.2.2). libsrtp sends it so, and on receipt looks for it where a tag as
# long as SRTP's would have left it, in the midst of the tag. So media with identifiers
# are received, and no report of them is; without identifiers both are.
#
# Seen, of 10 packets from one libsrtp to another, and the error of the others (25 is
# srtp_err_status_bad_mki):
#   AES_CM_128_HMAC_SHA1_80, no identifier: 10 of SRTP, 10 of SRTCP
#   AES_CM_128_HMAC_SHA1_80, identifier: 10 of SRTP, 10 of SRTCP
#   AES_CM_128_HMAC_SHA1_32, no identifier: 10 of SRTP, 10 of SRTCP
#   AES_CM_128_HMAC_SHA1_32, identifier: 10 of SRTP, 0 of SRTCP, error 25
set -eu
here=$(dirname "$(readlink -f "$0")")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$here/debian" "$dir" libsrtp2-1=2.5.0-3 python3

cat >"$dir/look.py" <<'PYTHON'
import ctypes
import struct

MASTER, MKI = bytes(range(30)), b'\xc0\xff\xee\x01'
ANY_INBOUND, ANY_OUTBOUND = 2, 3

srtp = ctypes.CDLL('libsrtp2.so.1')
srtp.srtp_init()


class Crypto(ctypes.Structure):
    """srtp_crypto_policy_t"""
    _fields_ = [(name, ctypes.c_int) for name in (
        'cipher', 'cipher_key_len', 'auth', 'auth_key_len', 'tag_len', 'services')]


class Key(ctypes.Structure):
    """srtp_master_key_t"""
    _fields_ = [('key', ctypes.c_char_p), ('mki', ctypes.c_char_p),
                ('mki_size', ctypes.c_uint)]


class Policy(ctypes.Structure):
    """srtp_policy_t"""
    _fields_ = [('ssrc_type', ctypes.c_int), ('ssrc', ctypes.c_uint32),
                ('rtp', Crypto), ('rtcp', Crypto), ('key', ctypes.c_char_p),
                ('keys', ctypes.POINTER(ctypes.POINTER(Key))),
                ('nkeys', ctypes.c_ulong), ('ekt', ctypes.c_void_p),
                ('window', ctypes.c_ulong), ('repeat', ctypes.c_int),
                ('encrypted', ctypes.c_void_p), ('nencrypted', ctypes.c_int),
                ('next', ctypes.c_void_p)]


class Session:
    def __init__(self, kind, tag, identified):
        self.identified, self.session = int(identified), ctypes.c_void_p()
        policy = Policy(ssrc_type=kind, window=128)
        # which is that of 80 bits
        srtp.srtp_crypto_policy_set_rtp_default(ctypes.byref(policy.rtp))
        srtp.srtp_crypto_policy_set_rtcp_default(ctypes.byref(policy.rtcp))
        if tag == 32:
            srtp.srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(
                ctypes.byref(policy.rtp))
        if identified:
            key = Key(MASTER, MKI, len(MKI))
            policy.keys = (ctypes.POINTER(Key) * 1)(ctypes.pointer(key))
            policy.nkeys = 1
        else:
            policy.key = MASTER
        if srtp.srtp_create(ctypes.byref(self.session), ctypes.byref(policy)):
            raise RuntimeError('no session')

    def through(self, name, packet, *more):
        """The packet that a function makes of this one, or its error."""
        buffer = ctypes.create_string_buffer(packet, 500)
        length = ctypes.c_int(len(packet))
        error = getattr(srtp, name)(self.session, buffer, ctypes.byref(length),
                                    self.identified, *more)
        return error or buffer.raw[:length.value]


def rtp(n):
    return struct.pack('>BBHII', 0x80, 0, n, 160 * n, 1) + bytes(160)


def rtcp(n):
    """A sender report."""
    return struct.pack('>BBHIIIIII', 0x80, 200, 6, 1, n, 0, 160 * n, n, 160 * n)


for tag in (80, 32):
    for identified in (False, True):
        one, other = (Session(kind, tag, identified)
                      for kind in (ANY_OUTBOUND, ANY_INBOUND))
        told = []
        for name, suffix, packet in (('SRTP', '', rtp), ('SRTCP', '_rtcp', rtcp)):
            got = []
            for n in range(1, 11):
                sent = one.through('srtp_protect%s_mki' % suffix, packet(n), 0)
                got.append((other.through('srtp_unprotect%s_mki' % suffix, sent),
                            packet(n)))
            told.append('%d of %s' % (sum(a == b for a, b in got), name))
            told += ['error %s' % error
                     for error in sorted({a for a, b in got if a != b})]
        print('AES_CM_128_HMAC_SHA1_%d, %sidentifier: %s' % (
            tag, '' if identified else 'no ', ', '.join(told)))
PYTHON
# libnss3 takes its random numbers from there
seen=$(unshare -rm sh -c 'mount --rbind /dev "$1/dev" &&
	exec chroot "$1" /usr/bin/python3.11 /look.py' sh "$dir")
echo "$seen"
[ "$seen" = "$(sed -n 's/^#   //p' "$0")" ]
