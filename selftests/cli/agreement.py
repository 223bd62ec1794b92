#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Keys that DTLS-SRTP and ZRTP agree on, without a kernel: how they are split,
with OpenSSL's handshakes as the judge, and what is refused."""

import base64
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from dtls import PROFILES, handshake
from ksrtp_test import SUITES, main
from fake_kernel import FakeKernel, SUITE_ID

ADD = 'session add local any:5000 '
MUX = ADD + 'rtcp-mux '
NUMBERS = {
    1: ('SRTP_AES128_CM_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_80'),
    2: ('SRTP_AES128_CM_HMAC_SHA1_32', 'AES_CM_128_HMAC_SHA1_32'),
    5: ('SRTP_NULL_HMAC_SHA1_80', 'NULL_HMAC_SHA1_80'),
    6: ('SRTP_NULL_HMAC_SHA1_32', 'NULL_HMAC_SHA1_32'),
    7: ('SRTP_AEAD_AES_128_GCM', 'AEAD_AES_128_GCM'),
    8: ('SRTP_AEAD_AES_256_GCM', 'AEAD_AES_256_GCM'),
    9: ('DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM',
        'DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM'),
    10: ('DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM',
         'DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM'),
    11: ('SRTP_ARIA_128_CTR_HMAC_SHA1_80', 'ARIA_128_CTR_HMAC_SHA1_80'),
    12: ('SRTP_ARIA_128_CTR_HMAC_SHA1_32', 'ARIA_128_CTR_HMAC_SHA1_32'),
    13: ('SRTP_ARIA_256_CTR_HMAC_SHA1_80', 'ARIA_256_CTR_HMAC_SHA1_80'),
    14: ('SRTP_ARIA_256_CTR_HMAC_SHA1_32', 'ARIA_256_CTR_HMAC_SHA1_32'),
    15: ('SRTP_AEAD_ARIA_128_GCM', 'AEAD_ARIA_128_GCM'),
    16: ('SRTP_AEAD_ARIA_256_GCM', 'AEAD_ARIA_256_GCM'),
}


def number(told, name):
    return int.from_bytes(told[name], sys.byteorder)


def keys_of(fake, words, text):
    """What the kernel is told of both directions, key and salt of each."""
    done = fake.ksrtp(*words.split(), input=text + '\n')
    if done.returncode or done.stderr or len(fake.asked) != 1:
        raise RuntimeError('%s: %s' % (words, done))
    told = fake.asked[0][1]
    return told, [(told[name]['master-key'], told[name]['master-salt'])
                  for name in ('send', 'recv')]


def split(material, suite):
    """RFC 5764 section 4.2: key and salt of the client, of the server."""
    size, salt = SUITES[suite][:2]
    keys, salts = material[:2 * size], material[2 * size:]
    return [(keys[:size], salts[:salt]), (keys[size:], salts[salt:])]


def dtls(tap):
    fake = FakeKernel()
    for value, (name, suite) in NUMBERS.items():
        size = 2 * sum(SUITES[suite][:2])
        material = bytes(range(size))
        client, server = split(material, suite)
        for profile in ('%d' % value, '0x%04X' % value, name, name.lower(),
                        'SRTP_' + name.replace('SRTP_', ''),
                        name.replace('SRTP_', '')):
            words = MUX + 'dtls client profile %s key-file -' % profile
            told, keys = keys_of(fake, words, material.hex())
            tap.ok(keys == [client, server] and
                   number(told['send'], 'suite') == SUITE_ID[suite],
                   'client with profile ' + profile, (keys, told))
        told, keys = keys_of(fake, words.replace('client', 'server'),
                             material.hex())
        tap.equal(keys, [server, client], 'server with profile ' + profile)
        tap.equal(number(told['send'], 'rtp-lifetime')
                  if 'rtp-lifetime' in told['send'] else 1 << 48,
                  1 << (31 if value < 7 else 48), 'lifetime of the profile')
        encoded = base64.b64encode(material).decode()
        for text in (material.hex(' ', size // 4), material.hex().upper(),
                     encoded, encoded.rstrip('=')):
            tap.equal(keys_of(fake, words, text)[1], [client, server],
                      'in another form')
    told, keys = keys_of(
        fake, 'session set id 5 send kdr 0 dtls server mki 0102 key-file - '
        'profile 1 recv overlap 5000 lifetime 2^20', bytes(60).hex())
    tap.equal((told['send']['mki'], told['recv']['mki'],
               number(told['recv'], 'overlap'),
               number(told['recv'], 'rtp-lifetime'),
               number(told['send'], 'rtp-lifetime')),
              (b'\1\2', b'\1\2', 5000, 1 << 20, 1 << 31),
              'settings of a direction go with it')
    fake.close()


def openssl(tap):
    """What one side sends with, the other receives with; as RFC 5764 says."""
    fake = FakeKernel()
    for name, (registered, value, suite) in PROFILES.items():
        size = 2 * sum(SUITES[suite][:2])
        sides = handshake(name, size)
        tap.equal({negotiated for negotiated, _ in sides.values()}, {name},
                  name + ': negotiated')
        got = {}
        for role, (negotiated, text) in sides.items():
            for profile in (negotiated, registered, str(value)):
                words = MUX + 'dtls %s profile %s key-file -' % (role, profile)
                got[role] = keys_of(fake, words, text)[1]
                client, server = split(bytes.fromhex(text), suite)
                tap.equal(got[role], [client, server] if role == 'client'
                          else [server, client],
                          '%s as %s: %s' % (role, profile, name))
        tap.ok(got['client'] == got['server'][::-1] and
               got['client'][0] != got['client'][1],
               name + ': what one sends with, the other receives with')
    fake.close()


def zrtp(tap):
    fake = FakeKernel()
    for cipher, size, suite in (('AES1', 16, 'AES_CM_128'),
                                ('AES2', 24, 'AES_192_CM'),
                                ('AES3', 32, 'AES_256_CM')):
        for tag in ('32', '80'):
            material = bytes(range(2 * size + 28))
            half = size + 14
            initiator = (material[:size], material[size:half])
            responder = (material[half:half + size], material[half + size:])
            parts = ' '.join(part.hex() for part in initiator + responder)
            for role, wanted in (('initiator', [initiator, responder]),
                                 ('responder', [responder, initiator])):
                words = ADD + 'zrtp %s cipher %s auth-tag HS%s key-file -' % (
                    role, cipher, tag)
                for text in (parts, material.hex()):
                    told, keys = keys_of(fake, words, text)
                    tap.ok(keys == wanted and number(told['send'], 'suite') ==
                           SUITE_ID['%s_HMAC_SHA1_%s' % (suite, tag)] and
                           'rtp-lifetime' not in told['send'],
                           '%s %s HS%s' % (role, cipher, tag), (told, keys))
    fake.close()


HEX = '00' * 60
BAD = (
    (MUX + 'dtls', 'dtls: value missing'),
    (MUX + 'dtls active', "dtls: 'active' is neither client nor server"),
    (MUX + 'dtls client dtls server', 'dtls: only one key agreement is possible'),
    (MUX + 'dtls client zrtp initiator', 'zrtp: only one key agreement is possible'),
    (MUX + 'dtls client', 'dtls: needs a key'),
    (MUX + 'dtls client insecure-key ' + HEX, 'dtls: needs a profile'),
    (MUX + 'dtls client key 00', 'key: others can see a command line'),
    (MUX + 'dtls client profile', 'profile: value missing'),
    (MUX + 'dtls client profile 0', "profile: '0' is not a DTLS-SRTP profile"),
    (MUX + 'dtls client profile 3', "profile: '3' is not a DTLS-SRTP profile"),
    (MUX + 'dtls client profile 17', "profile: '17' is not a DTLS-SRTP profile"),
    (MUX + 'dtls client profile AES_CM_128_HMAC_SHA1_80', 'not a DTLS-SRTP profile'),
    (MUX + 'dtls client profile SRTP_AES256_CM_HMAC_SHA1_80', 'not a DTLS'),
    (MUX + 'dtls client profile 1 profile 1', 'profile: given twice'),
    (MUX + 'dtls client mki 0', "mki: '0' is not bytes in hex"),
    (MUX + 'dtls client mki 00 mki 00', 'mki: given twice'),
    (MUX + 'dtls client mki ' + '00' * 129, 'mki: longer than 128 bytes'),
    (MUX + 'dtls client cipher AES1', "unknown word 'cipher'"),
    (MUX + 'dtls client replay-window 64', "unknown word 'replay-window'"),
    (MUX + 'profile 1', "unknown word 'profile'"),
    (MUX + 'dtls client profile 1 insecure-key ' + HEX[2:],
     'dtls: suite AES_CM_128_HMAC_SHA1_80 wants 60 bytes, two keys and two '
     'salts, got 59'),
    (MUX + 'dtls client profile 7 insecure-key ' + HEX,
     'dtls: suite AEAD_AES_128_GCM wants 56 bytes, two keys and two salts, '
     'got 60'),
    (MUX + 'dtls client profile 1 insecure-key ' + HEX[1:], 'wants 60 bytes'),
    (MUX + 'dtls client profile 1 insecure-key !!', 'neither hex nor base64'),
    (MUX + 'dtls client profile 1 insecure-key ' + 'a' * 512, 'longer than'),
    (ADD + 'dtls client profile 1 insecure-key ' + HEX, 'needs rtcp-mux'),
    (ADD + 'local-rtcp-port 7 dtls client profile 1 insecure-key ' + HEX,
     'needs rtcp-mux'),
    (MUX + 'dtls client profile 1 insecure-key %s send mki 00' % HEX,
     'dtls: send must not have suite, key or mki'),
    (MUX + 'dtls client profile 1 insecure-key %s recv insecure-key 00' % HEX,
     'dtls: recv must not have suite, key or mki'),
    (MUX + 'dtls client profile 1 insecure-key %s send lifetime 2^32' % HEX,
     "dtls: send has an RTP lifetime above the profile's 2147483648"),
    ('session del id 1 dtls client', "unknown word 'dtls'"),
    (ADD + 'zrtp', 'zrtp: value missing'),
    (ADD + 'zrtp client', "zrtp: 'client' is neither initiator nor responder"),
    (ADD + 'zrtp initiator insecure-key ' + HEX, 'zrtp: needs cipher and auth'),
    (ADD + 'zrtp initiator cipher AES1 insecure-key ' + HEX, 'zrtp: needs'),
    (ADD + 'zrtp initiator auth-tag HS32 insecure-key ' + HEX, 'zrtp: needs'),
    (ADD + 'zrtp initiator cipher AES1 auth-tag HS32', 'zrtp: needs a key'),
    (ADD + 'zrtp initiator cipher AES4', "cipher: 'AES4' is not supported"),
    (ADD + 'zrtp initiator cipher 2FS1', "cipher: '2FS1' is not supported"),
    (ADD + 'zrtp initiator auth-tag SK32', "auth-tag: 'SK32' is not supported"),
    (ADD + 'zrtp initiator cipher AES1 cipher AES1', 'cipher: given twice'),
    (ADD + 'zrtp initiator mki 00', "unknown word 'mki'"),
    (ADD + 'zrtp initiator profile 1', "unknown word 'profile'"),
    (ADD + 'zrtp initiator cipher AES3 auth-tag HS80 insecure-key ' + HEX,
     'zrtp: suite AES_256_CM_HMAC_SHA1_80 wants 92 bytes'),
)


def refusals(tap):
    fake = FakeKernel()
    for words, why in BAD:
        done = fake.ksrtp(*words.split(), stdin=subprocess.DEVNULL)
        tap.ok(done.returncode == 2 and why in done.stderr and
               done.stderr.count('\n') == 1 and not done.stdout and
               not fake.asked and '0' * 50 not in done.stderr,
               'refused: ' + why, (words, done))
    fake.close()


main(dtls, openssl, zrtp, refusals)
