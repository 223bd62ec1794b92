#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The tables in suites.rst are IANA's registries, and what they say of each row is
what kernel and tool do."""

import base64
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import (A4, B4, DRAFT, SUITES, cipher_available, flow, key, main,
                        pair)

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    '../../Documentation/suites.rst')
# as the RFCs register them: name, RFC, bytes of key and salt together
SDES = (
    ('AES_CM_128_HMAC_SHA1_80', 4568, 30), ('AES_CM_128_HMAC_SHA1_32', 4568, 30),
    ('F8_128_HMAC_SHA1_80', 4568, 30), ('SEED_CTR_128_HMAC_SHA1_80', 5669, 30),
    ('SEED_128_CCM_80', 5669, 28), ('SEED_128_GCM_96', 5669, 28),
    ('AES_192_CM_HMAC_SHA1_80', 6188, 38), ('AES_192_CM_HMAC_SHA1_32', 6188, 38),
    ('AES_256_CM_HMAC_SHA1_80', 6188, 46), ('AES_256_CM_HMAC_SHA1_32', 6188, 46),
    ('AEAD_AES_128_GCM', 7714, 28), ('AEAD_AES_256_GCM', 7714, 44))
# number: profile, RFC, bytes of key and salt of both sides
DTLS = {
    0x0001: ('SRTP_AES128_CM_HMAC_SHA1_80', 5764, 60),
    0x0002: ('SRTP_AES128_CM_HMAC_SHA1_32', 5764, 60),
    0x0003: None, 0x0004: None,
    0x0005: ('SRTP_NULL_HMAC_SHA1_80', 5764, 60),
    0x0006: ('SRTP_NULL_HMAC_SHA1_32', 5764, 60),
    0x0007: ('SRTP_AEAD_AES_128_GCM', 7714, 56),
    0x0008: ('SRTP_AEAD_AES_256_GCM', 7714, 88),
    0x0009: ('DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM', 8723, 112),
    0x000a: ('DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM', 8723, 176),
    0x000b: ('SRTP_ARIA_128_CTR_HMAC_SHA1_80', 8269, 60),
    0x000c: ('SRTP_ARIA_128_CTR_HMAC_SHA1_32', 8269, 60),
    0x000d: ('SRTP_ARIA_256_CTR_HMAC_SHA1_80', 8269, 92),
    0x000e: ('SRTP_ARIA_256_CTR_HMAC_SHA1_32', 8269, 92),
    0x000f: ('SRTP_AEAD_ARIA_128_GCM', 8269, 56),
    0x0010: ('SRTP_AEAD_ARIA_256_GCM', 8269, 88)}


def table(pattern):
    with open(PAGE, encoding='utf-8') as page:
        return re.findall(pattern, page.read(), re.M)


def kernel_suites(host):
    return {row['name']: row for row in host.json('suite', 'show')}


def ciphers():
    """Have ciphers that not every kernel has, which it would look for each time."""
    return {name: cipher_available(name) for name in ('aria', 'seed')}


def accepted(host, *words):
    """Does a session with these words begin, or why not?"""
    done = host.ksrtp('session', 'add', *flow(A4, B4), *words, check=False)
    if done.returncode:
        return done.stderr
    host.ksrtp('session', 'flush')
    return ''


def promise(tap, state, has_cipher, refusal, name):
    """A row that works does, and one that is refused has a reason."""
    if state.startswith('works with ') and not has_cipher:
        tap.ok('this kernel lacks an algorithm' in refusal,
               '%s: %s, which is not here' % (name, state), refusal)
    elif state.startswith('works'):
        tap.equal(refusal, '', name + ': works')
    else:
        tap.ok(state.startswith('refused: ') and
               re.search('not supported|is not a DTLS-SRTP profile', refusal),
               name + ': ' + state, refusal)


def sdes(tap):
    a = pair()[0]
    has = ciphers()
    rows = table(r'^(\w+) +(\d{4}) {6}(.*)$')
    tap.equal(sorted((name, int(rfc)) for name, rfc, state in rows),
              sorted((name, rfc) for name, rfc, size in SDES),
              'the table has the suites of SDES')
    states = {name: state for name, rfc, state in rows}
    for number, (name, rfc, size) in enumerate(SDES):
        master = base64.b64encode(os.urandom(size)).decode()
        promise(tap, states.get(name, ''), has['seed'] or 'SEED' not in name, accepted(
            a, 'send', 'insecure-sdes', 'a=crypto:1 %s inline:%s' % (name, master)),
            name)
    extra = {name for name in kernel_suites(a) if name not in states and
             not name.startswith(('NULL', 'ARIA', 'AEAD_ARIA', 'DOUBLE'))}
    tap.equal(extra, set(DRAFT), 'the kernel has no other suite of such a name, but '
              'those of drafts')
    for name in DRAFT:
        tap.equal(accepted(a, 'send', 'insecure-sdes', 'a=crypto:1 %s inline:%s' %
                           (name, base64.b64encode(key(name)).decode())), '',
                  name + ': works')


def dtls(tap):
    a = pair()[0]
    ciphers()
    rows = table(r'^(0x[0-9A-F]{4})  (\w+) +(\d{4})? +(\S.*)$')
    tap.equal([(int(number, 16), None if name == 'none' else (name, int(rfc)))
               for number, name, rfc, state in rows],
              [(number, row and row[:2]) for number, row in DTLS.items()],
              'the table has the profiles of DTLS-SRTP')
    suites = kernel_suites(a).values()
    by_number = {row['dtls-profile']: row for row in suites
                 if row.get('dtls-profile')}
    tap.equal(set(by_number), {number for number, row in DTLS.items() if row},
              'the kernel has these numbers and no others')
    for number, name, rfc, state in rows:
        number = int(number, 16)
        row = DTLS[number]
        secret = os.urandom(row[2] if row else 60).hex()
        suite = by_number.get(number, {})
        for word in ('%d' % number, row[0] if row else '0x%04x' % number):
            promise(tap, state, 'cipher-driver' in suite, accepted(
                a, 'rtcp-mux', 'dtls', 'client', 'profile', word, 'insecure-key',
                secret),
                'profile ' + word)
        if row:
            key_len, salt_len = SUITES[suite['name']][:2]
            tap.equal((2 * (key_len + salt_len), suite['dtls-name'].split('SRTP_')[-1]),
                      (row[2], row[0].split('SRTP_')[-1]),
                      'profile 0x%04x: lengths and name' % number)


main(sdes, dtls)
