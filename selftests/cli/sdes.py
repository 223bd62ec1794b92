#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Crypto lines of SDP (RFC 4568), without a kernel: what they become, and which
are refused in which words."""

import base64
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import CM, GCM, KSRTP, SUITES, key, main
from fake_kernel import KEY, FakeKernel, attr, number_of

ADD = ('session', 'add', 'local', 'any:5000')
REGISTERED = [suite for suite in SUITES if re.match('AES_|F8_|AEAD_AES|SEED_', suite)]
GCM256 = 'AEAD_AES_256_GCM'


def inline(suite=CM, seed=1, tail=''):
    return 'inline:' + base64.b64encode(key(suite, seed)).decode() + tail


def line(suite=CM, keys=None, *parameters, tag=1):
    return ' '.join(['a=crypto:%s' % tag, suite, keys or inline(suite),
                     *parameters])


def number(told, name):
    return int.from_bytes(told[name], sys.byteorder)


def settings(direction, fake, text, *words):
    """What the kernel is told of a direction with this line."""
    done = fake.ksrtp(*ADD, direction, 'insecure-sdes', text, *words)
    if done.returncode or done.stderr or done.stdout:
        raise RuntimeError('%s: %s' % (text, done))
    return fake.asked[0][1][direction]


def suites(tap):
    fake = FakeKernel()
    for suite in REGISTERED:
        size = SUITES[suite][0]
        for name in (suite, suite.lower()):
            told = settings('send', fake, line(name, inline(suite)))
            tap.equal((told['master-key'], told['master-salt']),
                      (key(suite)[:size], key(suite)[size:]),
                      '%s: key and salt' % name)
        tap.ok('mki' not in told and 'rtp-lifetime' not in told,
               '%s: neither MKI nor lifetime' % suite, told)
        bare = line(suite).rstrip('=')
        tap.equal(settings('recv', fake, bare)['master-key'],
                  key(suite)[:size], '%s: without padding' % suite)
    fake.close()


# Published lines: RFC 4568 sections 4 and 6.1, with what their keys say.
PUBLISHED = (
    ('a=crypto:1 AES_CM_128_HMAC_SHA1_80 '
     'inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20|1:32',
     b"=-n@%^x!Bjufr9)?,#5h\\`=&]{qiPQ", 1 << 20, 1, 32),
    ('a=crypto:1 AES_CM_128_HMAC_SHA1_32 '
     'inline:NzB4d1BINUAvLEw6UzF3WSJ+PSdFcGdUJShpX1Zj|2^20|1:32',
     b'70xwPH5@/,L:S1wY"~=\'EpgT%(i_Vc', 1 << 20, 1, 32),
    ('a=crypto:1 AES_CM_128_HMAC_SHA1_80 '
     'inline:YUJDZGVmZ2hpSktMbW9QUXJzVHVWd3l6MTIzNDU2|1066:4',
     b'aBCdefghiJKLmoPQrsTuVwyz123456', None, 1066, 4),
)


def keys(tap):
    fake = FakeKernel()
    for text, material, lifetime, mki, length in PUBLISHED:
        told = settings('recv', fake, text)
        tap.equal((told['master-key'] + told['master-salt'],
                   number(told, 'rtp-lifetime') if lifetime else None,
                   told['mki']),
                  (material, lifetime, mki.to_bytes(length, 'big')), text)
    for tail, rtp, rtcp in (('|1', 1, 1), ('|2^0', 1, 1), ('|1000', 1000, 1000),
                            ('|2^31', 1 << 31, 1 << 31),
                            ('|2^32', 1 << 32, 1 << 31),
                            ('|2^48', 1 << 48, 1 << 31),
                            ('|281474976710656|7:1', 1 << 48, 1 << 31)):
        told = settings('send', fake, line(CM, inline(tail=tail)))
        tap.equal((number(told, 'rtp-lifetime'), number(told, 'rtcp-lifetime')),
                  (rtp, rtcp), 'lifetime ' + tail)
    for value, length in ((1, 1), (255, 1), (256, 2), (65535, 2), (1, 128),
                          ((1 << 1024) - 1, 128), (1 << 1016, 128)):
        told = settings('send', fake,
                        line(CM, inline(tail='|%d:%d' % (value, length))))
        tap.equal(told['mki'], value.to_bytes(length, 'big'),
                  'MKI of %d bits in %d bytes' % (value.bit_length(), length))

    several = ';'.join(inline(seed=n, tail='|2^%d|%d:2' % (n + 20, n + 1))
                       for n in range(16))
    text = line(CM, several, 'KDR=5')
    done = fake.ksrtp('-j', *ADD, 'recv', 'insecure-sdes', text, 'soft-limit',
                      '50')
    tap.equal([command for command, _ in fake.asked],
              ['session-new'] + 15 * ['key-new'] + ['session-get'],
              'sixteen keys: a session, fifteen more, and what became of it')
    told = fake.asked[0][1]['recv']
    tap.equal((told['mki'], told['master-key'], number(told, 'soft-limit')),
              (b'\0\1', key(CM, 0)[:16], 50), 'the first comes with the session')
    told = [what for command, what in fake.asked if command == 'key-new']
    tap.equal([(number(t, 'session-id'), number(t, 'direction'), t['mki'],
                t['master-key'] + t['master-salt'], number(t, 'rtp-lifetime'),
                number(t, 'rtcp-lifetime'), number(t, 'soft-limit'))
               for t in told],
              [(7, 2, bytes([0, n + 1]), key(CM, n), 1 << n + 20,
                1 << min(n + 20, 31), 50) for n in range(1, 16)],
              'the others one by one')
    fake.refuse = {'key-new': 3}
    done = fake.ksrtp(*ADD, 'recv', 'insecure-sdes', text)
    tap.equal((done.returncode, [c for c, _ in fake.asked][-2:],
               number(fake.asked[-1][1], 'id')),
              (1, ['key-new', 'session-del'], 7),
              'if one is refused, nothing stays')
    fake.close()


def changes(tap):
    """session set: a refusal changes nothing."""
    fake = FakeKernel()
    two = ';'.join(inline(seed=n, tail='|%d:1' % n) for n in (1, 2))
    words = ('session', 'set', 'local', 'any:5000', 'send', 'insecure-sdes')
    fake.has('send', CM)
    fake.ksrtp(*words, line(CM, two))
    tap.equal([command for command, _ in fake.asked],
              ['session-get', 'key-get', 'session-set', 'key-new'],
              'a session is looked at, changed, and given the other keys')
    fake.keys = [attr(number_of(KEY, 'mki'), b'\2')]
    done = fake.ksrtp(*words, line(CM, two))
    tap.equal((done.returncode, done.stderr, [c for c, _ in fake.asked]),
              (1, 'ksrtp: send sdes key 2: the direction has a key of this '
               'MKI\n', ['session-get', 'key-get']),
              'an MKI that is there already is noticed before')
    fake.keys = 15 * [attr(number_of(KEY, 'mki'), b'\x63')]
    done = fake.ksrtp(*words, line(CM, two))
    tap.ok(done.returncode == 1 and 'more than 16' in done.stderr and
           len(fake.asked) == 2, 'and too many keys', done)
    fake.session.clear()
    fake.has('send', GCM)
    done = fake.ksrtp(*words, line(CM, two))
    tap.equal((done.returncode, [c for c, _ in fake.asked]),
              (0, ['session-get', 'session-set', 'key-new']),
              'with another suite, all old keys go anyway')
    done = fake.ksrtp(*words, line(), 'recv', 'insecure-sdes',
                      line(CM, inline(seed=2)))
    told = fake.asked[0][1]
    tap.equal((done.returncode, [c for c, _ in fake.asked],
               number(told['send'], 'key-derivation-rate'),
               told['recv']['unencrypted-srtcp']),
              (0, ['session-set'], 0, b'\0'),
              'what a line does not say is set back')
    fake.close()


def parameters(tap):
    fake = FakeKernel()
    switches = ('unencrypted-srtp', 'unencrypted-srtcp',
                'unauthenticated-srtp')
    for name in switches:
        for word in (name.upper().replace('-', '_'), name.replace('-', '_')):
            told = settings('send', fake, line(CM, None, word))
            tap.equal({s: told[s] for s in switches},
                      {s: bytes([s == name]) for s in switches}, word)
    told = settings('send', fake, line(CM, None, 'UNENCRYPTED_SRTCP',
                                       'UNENCRYPTED_SRTP'))
    tap.equal([told[s] for s in switches], [b'\1', b'\1', b'\0'],
              'unencrypted both')
    told = settings('send', fake, line(GCM, None, 'UNENCRYPTED_SRTCP'))
    tap.equal(told['unencrypted-srtcp'], b'\1', 'SRTCP of GCM, unencrypted')
    for rate in (1, 9, 24):
        told = settings('recv', fake, line(CM, None, 'KDR=%d' % rate))
        tap.equal(number(told, 'key-derivation-rate'), 1 << rate,
                  'KDR=%d' % rate)
    for hint, window in (('64', 64), ('1024', 1024), ('32768', 32768),
                         ('32769', 32768), ('9' * 40, 32768)):
        told = settings('recv', fake, line(CM, None, 'WSH=' + hint))
        tap.equal(number(told, 'replay-window'), window, 'WSH=' + hint)
    told = settings('recv', fake, line(CM, None, 'WSH=1024'), 'replay-window',
                    '256')
    tap.equal(number(told, 'replay-window'), 256, 'a hint gives way')
    for ignored in ('-FOO', '-FOO=bar', '-KDR=99', '-a.b:c;d', '-=',
                    'FEC_ORDER=FEC_SRTP', 'fec_order=fec_srtp'):
        told = settings('send', fake, line(CM, None, ignored, 'KDR=2'))
        tap.equal(number(told, 'key-derivation-rate'), 4,
                  'without effect: ' + ignored)
    told = settings('send', fake, '\t '.join(line(CM, None, 'KDR=2').split()))
    tap.equal(number(told, 'key-derivation-rate'), 4, 'several blanks')

    fec = 'FEC_KEY=%s;%s' % (inline(seed=8, tail='|2^9|3:1'),
                             inline(seed=9, tail='|2^9|4:1'))
    told = settings('recv', fake, line(CM, None, fec))
    tap.equal((told['master-key'], len(fake.asked)), (key(CM)[:16], 1),
              'FEC_KEY is not for this session')
    done = fake.ksrtp(*ADD, 'recv', 'insecure-sdes', line(CM, None, fec), 'fec')
    told = fake.asked[0][1]['recv']
    tap.equal((told['master-key'], told['mki'], fake.asked[1][1]['mki'],
               fake.asked[1][1]['master-key']),
              (key(CM, 8)[:16], b'\3', b'\4', key(CM, 9)[:16]),
              'but for that of the FEC stream')
    fake.close()


K = inline()
LONG = 'inline:' + base64.b64encode(key(GCM256)).decode()
# words behind "session add local any:5000", crypto lines quoted; what is said
BAD = (
    # the line as a whole
    ('', 'a crypto line begins with a=crypto:'),
    ('crypto:1 %s %s' % (CM, K), 'begins with a=crypto:'),
    ('a=Crypto:1 %s %s' % (CM, K), 'begins with a=crypto:'),
    (' a=crypto:1 %s %s' % (CM, K), 'begins with a=crypto:'),
    ('a=crypto:1 %s %s\x01' % (CM, K), 'not printable: character 83'),
    ('a=crypto:1 %s\u00a0%s' % (CM, K), 'not printable: character 35'),
    ('a=crypto:1 %s\n%s' % (CM, K), 'not printable: character 35'),
    ('a=crypto:' + 'x' * 16384, 'sdes: longer than any crypto line'),
    # tag
    ('a=crypto:', 'tag is not a number'),
    ('a=crypto: 1 %s %s' % (CM, K), 'tag is not a number'),
    ('a=crypto:x %s %s' % (CM, K), 'tag is not a number'),
    ('a=crypto:-1 %s %s' % (CM, K), 'tag is not a number'),
    ('a=crypto:01 %s %s' % (CM, K), 'tag: 01 begins with a 0'),
    ('a=crypto:1234567890 %s %s' % (CM, K), 'tag has more than 9 digits'),
    ('a=crypto:' + K, 'tag is not a number'),
    # suite
    ('a=crypto:1', 'no suite behind the tag'),
    ('a=crypto:1 ', 'no suite behind the tag'),
    ('a=crypto:1 ' + K, 'no suite behind the tag'),
    ('a=crypto:1 ' + K[7:], 'no suite behind the tag'),
    ('a=crypto:1 NONSENSE_128 ' + K,
     "suite 'NONSENSE_128' is not registered for SDES"),
    ('a=crypto:1 NULL_HMAC_SHA1_80 ' + K,
     "suite 'NULL_HMAC_SHA1_80' is not registered for SDES"),
    ('a=crypto:1 DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM ' + K,
     'is not registered for SDES'),
    ('a=crypto:1 SRTP_AES128_CM_HMAC_SHA1_80 ' + K, 'is not registered'),
    ('a=crypto:1 SEED_128_CCM_128 ' + K, 'is not registered for SDES'),
    # key
    ('a=crypto:1 ' + CM, 'no key behind the suite'),
    ('a=crypto:1 %s ' % CM, 'no key behind the suite'),
    (line(CM, K[7:]), 'key 1: does not begin with inline:'),
    (line(CM, 'uri:' + K[7:]), 'key 1: does not begin with inline:'),
    (line(CM, 'inline:'), 'wants 30 bytes of key and salt, got 0'),
    (line(CM, K[:-4]), 'wants 30 bytes of key and salt, got 27'),
    (line(CM, K + 'AAAA'), 'wants 30 bytes of key and salt, got 33'),
    (line(CM, LONG), 'wants 30 bytes of key and salt, got 44'),
    (line(GCM256, K),
     'key 1: suite AEAD_AES_256_GCM wants 44 bytes of key and salt, got 30'),
    (line(CM, K[:-1]), 'key 1: not base64'),
    (line(CM, K[:-1] + '='), 'key 1: not base64'),
    (line(CM, K[:-2] + 'A='), 'wants 30 bytes of key and salt, got 29'),
    (line(CM, K[:-3] + 'g=='), 'wants 30 bytes of key and salt, got 28'),
    (line(CM, K + '='), 'key 1: not base64'),
    (line(CM, K[:-2] + '=' + K[-1]), 'key 1: not base64'),
    (line(CM, K[:-1] + '-'), 'key 1: not base64'),
    (line(CM, K[:-1] + '_'), 'key 1: not base64'),
    (line(CM, K[:-1] + '*'), 'key 1: not base64'),
    (line(CM, 'inline:' + key(CM).hex()), 'got 45'),
    (line(GCM256, LONG.rstrip('=') + '=='), 'key 1: not base64'),
    (line(GCM256, LONG.rstrip('=')[:-1] + 'B='), 'key 1: not base64'),
    (line('AES_256_CM_HMAC_SHA1_80', inline('AES_256_CM_HMAC_SHA1_80')[:-1]),
     'key 1: not base64'),
    (line(CM, K[:27] + ' ' + K[27:]), 'wants 30 bytes of key and salt, got 15'),
    # lifetime
    (line(CM, K + '|'), 'lifetime is neither a number nor 2^N'),
    (line(CM, K + '||1:4'), 'lifetime is neither a number nor 2^N'),
    (line(CM, K + '|x'), 'lifetime is neither a number nor 2^N'),
    (line(CM, K + '|-1'), 'lifetime is neither a number nor 2^N'),
    (line(CM, K + '|0x10'), 'lifetime is neither a number nor 2^N'),
    (line(CM, K + '|2^'), 'lifetime is neither a number nor 2^N'),
    (line(CM, K + '|2^x'), 'lifetime is neither a number nor 2^N'),
    (line(CM, K + '|3^2'), 'lifetime is neither a number nor 2^N'),
    (line(CM, K + '|0'), 'lifetime: 0 is not within 1..2^48'),
    (line(CM, K + '|020'), 'lifetime: 020 begins with a 0'),
    (line(CM, K + '|2^020'), 'lifetime: 020 begins with a 0'),
    (line(CM, K + '|2^49'), 'lifetime: 2^49 is not within 1..2^48'),
    (line(CM, K + '|2^18446744073709551616'), 'is not within 1..2^48'),
    (line(CM, K + '|281474976710657'), 'is not within 1..2^48'),
    (line(CM, K + '|' + K[7:]), 'lifetime is neither a number nor 2^N'),
    # MKI
    (line(CM, K + '|2^20|1'), 'MKI has no length, as in 1:4'),
    (line(CM, K + '|2^20|'), 'MKI has no length, as in 1:4'),
    (line(CM, K + '|2^20|2^20'), 'MKI has no length, as in 1:4'),
    (line(CM, K + '|1:'), 'MKI: no length behind'),
    (line(CM, K + '|:4'), 'MKI is not a number'),
    (line(CM, K + '|x:4'), 'MKI is not a number'),
    (line(CM, K + '|-1:4'), 'MKI is not a number'),
    (line(CM, K + '|0:4'), 'MKI is 0'),
    (line(CM, K + '|01:4'), 'MKI begins with a 0'),
    (line(CM, K + '|1:04'), 'length of MKI: 04 begins with a 0'),
    (line(CM, K + '|1:0'), 'length of MKI: 0 is not within 1..128'),
    (line(CM, K + '|1:129'), 'length of MKI: 129 is not within 1..128'),
    (line(CM, K + '|1:x'), 'length of MKI is not a number'),
    (line(CM, K + '|1:4:4'), 'length of MKI is not a number'),
    (line(CM, K + '|256:1'), 'MKI does not fit into its 1 bytes'),
    (line(CM, K + '|%d:128' % (1 << 1024)), 'does not fit into its 128 bytes'),
    (line(CM, K + '|1:4|2^20'), 'something behind the MKI'),
    (line(CM, K + '|2^20|1:4|'), 'more than lifetime and MKI'),
    # several keys
    (line(CM, K + ';'), 'key 2: does not begin with inline:'),
    (line(CM, ';' + K), 'key 1: does not begin with inline:'),
    (line(CM, K + ';' + inline(seed=2)), 'key 2: of several keys, each needs'),
    (line(CM, K + '|1:4;' + inline(seed=2)), 'key 2: of several keys, each'),
    (line(CM, K + ';' + inline(seed=2, tail='|1:4')), 'key 2: of several'),
    (line(CM, K + '|1:4;' + inline(seed=2, tail='|2:5')),
     'key 2: MKI is not as long as that of another key'),
    (line(CM, K + '|1:4;' + inline(seed=2, tail='|1:4')),
     'key 2: another key has this MKI'),
    (line(CM, K + '|1:4;' + K + '|2:4'), 'key 2: another key is the same'),
    (line(CM, K + '|1:4;inline:AAAA|2:4'), 'key 2: suite ' + CM + ' wants 30'),
    (line(CM, K + '|1:4 ' + inline(seed=2, tail='|2:4')),
     'session parameter 1: looks like a key'),
    (line(CM, ';'.join(inline(seed=n, tail='|%d:1' % n) for n in range(1, 18))),
     'key 17: more than the 16 that a direction holds'),
    # session parameters
    (line(CM, None, 'KDR'), 'KDR: value missing'),
    (line(CM, None, 'KDR='), 'KDR is not a number'),
    (line(CM, None, 'KDR=x'), 'KDR is not a number'),
    (line(CM, None, 'KDR=0'), 'KDR: 0 is not within 1..24'),
    (line(CM, None, 'KDR=25'), 'KDR: 25 is not within 1..24'),
    (line(CM, None, 'KDR=01'), 'KDR: 01 begins with a 0'),
    (line(CM, None, 'KDR=2^4'), 'KDR is not a number'),
    (line(CM, None, 'KDR=1', 'kdr=1'), 'kdr: given twice'),
    (line(CM, None, 'WSH'), 'WSH: value missing'),
    (line(CM, None, 'WSH=63'), 'WSH: 63 is less than 64'),
    (line(CM, None, 'WSH=064'), 'WSH: 064 begins with a 0'),
    (line(CM, None, 'WSH=big'), 'WSH is not a number'),
    (line(CM, None, 'WSH=64', 'WSH=64'), 'WSH: given twice'),
    (line(CM, None, 'UNENCRYPTED_SRTP=1'), 'UNENCRYPTED_SRTP: takes no value'),
    (line(CM, None, 'UNENCRYPTED_SRTCP='), 'UNENCRYPTED_SRTCP: takes no value'),
    (line(CM, None, 'UNENCRYPTED_SRTP', 'UNENCRYPTED_SRTP'),
     'UNENCRYPTED_SRTP: given twice'),
    (line(CM, None, 'UNENCRYPTED_SRTP', 'UNAUTHENTICATED_SRTP'),
     'UNAUTHENTICATED_SRTP: with UNENCRYPTED_SRTP nothing would be protected'),
    (line(GCM, None, 'UNENCRYPTED_SRTP'),
     'UNENCRYPTED_SRTP: not with AEAD_AES_128_GCM'),
    (line(GCM, None, 'UNAUTHENTICATED_SRTP'),
     'UNAUTHENTICATED_SRTP: not with AEAD_AES_128_GCM'),
    (line(CM, None, 'FEC_ORDER'), 'FEC_ORDER: value missing'),
    (line(CM, None, 'FEC_ORDER=SRTP_FEC'),
     'FEC_ORDER: SRTP_FEC is not supported'),
    (line(CM, None, 'FEC_ORDER=BOTH'),
     'FEC_ORDER is neither FEC_SRTP nor SRTP_FEC'),
    (line(CM, None, 'FEC_ORDER=FEC_SRTP', 'FEC_ORDER=FEC_SRTP'),
     'FEC_ORDER: given twice'),
    (line(CM, None, 'FEC_KEY'), 'FEC_KEY: value missing'),
    (line(CM, None, 'FEC_KEY='), 'FEC_KEY key 1: does not begin with inline:'),
    (line(CM, None, 'FEC_KEY=' + K), 'FEC_KEY key 1: another key is the same'),
    (line(CM, None, 'FEC_KEY=' + inline(seed=2, tail='|2^50')),
     'FEC_KEY key 1: lifetime: 2^50 is not within'),
    (line(CM, K + '|1:4', 'FEC_KEY=' + inline(seed=2, tail='|1:3')),
     'FEC_KEY key 1: MKI is not as long as'),
    (line(CM, None, 'FEC_KEY=' + inline(seed=2), 'FEC_KEY=' + inline(seed=3)),
     'FEC_KEY: given twice'),
    (line(CM, None, 'FROB'), 'session parameter FROB: unknown'),
    (line(CM, None, 'KDR=1', 'FROB=1'), 'session parameter FROB: unknown'),
    (line(CM, None, 'EKT=secret'), 'session parameter EKT: unknown'),
    (line(CM, None, 'x/y'), 'session parameter 1: unknown'),
    (line(CM, None, '-'), "session parameter 1: no name behind '-'"),
    (line(CM, None, 'KDR=1', '--FROB'), 'session parameter 2: no name behind'),
    (line(CM, None, inline(seed=2)[7:]), 'session parameter 1: unknown'),
)


def secret_parts(text):
    """Runs of a line that only a key has."""
    return [part for part in re.findall('[A-Za-z0-9+/]{12,}', text)
            if not re.fullmatch('[A-Z0-9_]+|x+', part)]


def refusals(tap):
    fake = FakeKernel()
    for text, why in BAD:
        for direction in ('send', 'recv'):
            done = fake.ksrtp(*ADD, direction, 'insecure-sdes', text)
            tap.ok(done.returncode == 2 and why in done.stderr and
                   done.stderr.count('\n') == 1 and not done.stdout and
                   (done.stderr.startswith('ksrtp: %s sdes' % direction) or
                    'longer than' in why) and not fake.asked and
                   not any(part in done.stderr for part in secret_parts(text)),
                   '%s refused: %s' % (direction, why),
                   (text, done.returncode, done.stderr))
    fake.close()


GOOD = line()
BESIDE = (
    ('send sdes', GOOD, '', 'sdes: others can see a command line; use sdes-file'),
    ('sdes', GOOD, '', "unknown word 'sdes'"),
    ('send insecure-sdes', GOOD, 'insecure-sdes x', 'sdes: given twice'),
    ('send insecure-sdes', GOOD, 'suite ' + CM, 'send sdes: suite cannot be combined'),
    ('send insecure-sdes', GOOD, 'insecure-key 00', 'sdes: key cannot be combined'),
    ('send insecure-sdes', GOOD, 'mki 00', 'send sdes: mki cannot be combined'),
    ('send insecure-sdes', GOOD, 'kdr 0', 'send sdes: kdr cannot be combined'),
    ('send insecure-sdes', GOOD, 'lifetime 5', 'lifetime cannot be combined'),
    ('send insecure-sdes', GOOD, 'rtp-lifetime 5', 'rtp-lifetime cannot be combined'),
    ('send insecure-sdes', GOOD, 'unencrypted-srtp off',
     'unencrypted-srtp cannot be combined'),
    ('send insecure-sdes', GOOD, 'unencrypted-srtcp off', 'cannot be combined'),
    ('send insecure-sdes', GOOD, 'unauthenticated-srtp off', 'cannot be combined'),
    ('send insecure-sdes', GOOD, 'fec', 'send sdes: has no FEC_KEY'),
    ('send insecure-sdes', GOOD, 'fec fec', 'fec: given twice'),
    ('send fec', None, '', 'send: fec goes with sdes'),
    ('send sdes-file', '/no/such', '', 'sdes-file: /no/such: No such file'),
    ('send sdes-file', '/dev/null', '', 'sdes-file: /dev/null: no crypto line'),
    ('send sdes-file', '-', '', 'sdes-file: -: no crypto line in it'),
)
# lines of both directions
PAIRS = (
    (line(tag=1), line(CM, inline(seed=2), tag=2),
     'sdes: send has tag 1 and recv 2'),
    (line(), line('AES_CM_128_HMAC_SHA1_32', inline(seed=2)),
     'sdes: send has suite %s and recv' % CM),
    (line(CM, None, 'UNENCRYPTED_SRTP'), line(CM, inline(seed=2)),
     'UNENCRYPTED_SRTP is not set for both'),
    (line(), line(CM, inline(seed=2), 'UNENCRYPTED_SRTCP'),
     'UNENCRYPTED_SRTCP is not set for both'),
    (line(CM, None, 'UNAUTHENTICATED_SRTP'), line(CM, inline(seed=2)),
     'UNAUTHENTICATED_SRTP is not set for both'),
    (line(), line(), 'sdes: send and recv have the same key'),
    (line(CM, K + '|1:1;' + inline(seed=2, tail='|2:1')),
     line(CM, inline(seed=2)), 'send and recv have the same key'),
)


def surroundings(tap):
    fake = FakeKernel()
    for words, text, rest, why in BESIDE:
        done = fake.ksrtp(*ADD, *words.split(), *([text] if text else []),
                          *rest.split(), stdin=subprocess.DEVNULL)
        tap.ok(done.returncode == 2 and why in done.stderr and
               done.stderr.count('\n') == 1 and not fake.asked and
               K[7:] not in done.stderr, 'refused: ' + why, done)
    for send, recv, why in PAIRS:
        done = fake.ksrtp(*ADD, 'send', 'insecure-sdes', send, 'recv',
                          'insecure-sdes', recv)
        tap.ok(done.returncode == 2 and why in done.stderr and
               not fake.asked, 'refused: ' + why, done)
    # declarative parameters are each side's own
    done = fake.ksrtp(*ADD, 'send', 'insecure-sdes', line(CM, None, 'KDR=3'),
                      'recv', 'insecure-sdes',
                      line(CM, inline(seed=2, tail='|2^9|1:9'), 'WSH=99'))
    told = fake.asked[0][1]
    tap.equal((done.returncode,
               number(told['send'], 'key-derivation-rate'),
               number(told['recv'], 'key-derivation-rate'),
               'mki' in told['send'], len(told['recv']['mki'])),
              (0, 8, 0, False, 9), 'keys, KDR and WSH are each side\'s own')

    both = (line(), line(CM, inline(seed=2)))
    done = fake.ksrtp(*ADD, 'send', 'sdes-file', '-', 'recv', 'sdes-file', '-',
                      input='\n%s\r\n%s\r\n' % both)
    told = fake.asked[0][1]
    tap.equal((done.returncode, told['send']['master-key'],
               told['recv']['master-key']),
              (0, key(CM)[:16], key(CM, 2)[:16]),
              'two lines from standard input, with the ends that SDP has')
    with tempfile.NamedTemporaryFile('w') as file:
        file.write(both[0] + '\n')
        file.flush()
        for mode, warned in ((0o600, False), (0o644, True)):
            os.chmod(file.name, mode)
            done = fake.ksrtp(*ADD, 'send', 'sdes-file', file.name)
            tap.equal((done.returncode, 'can be read by others' in done.stderr,
                       fake.asked[0][1]['send']['master-key']),
                      (0, warned, key(CM)[:16]), 'from a file of mode %o' % mode)
    batch = ''.join("session add local any:%d send sdes '%s' recv sdes \"%s\" "
                    'roc-search 5 # both\n' % (port, *both)
                    for port in (5000, 6000))
    done = fake.ksrtp('-b', '-', input=batch)
    tap.equal((done.returncode, [(command, told['send']['master-key'],
                                  number(told['recv'], 'roc-search'))
                                 for command, told in fake.asked]),
              (0, 2 * [('session-new', key(CM)[:16], 5)]), 'in a batch')
    done = fake.ksrtp('-b', '-', input=batch +
                      "session add local any:1 send sdes '%s'\n" %
                      line(CM, None, 'KDR=30'))
    tap.equal(done.stderr,
              'ksrtp: stdin:3: send sdes: KDR: 30 is not within 1..24\n',
              'a batch names the line that is wrong')
    fake.close()


def secrets(tap):
    """A line on the command line is overwritten before anything can block."""
    process = subprocess.Popen(
        [KSRTP, *ADD, 'send', 'insecure-sdes', GOOD, 'recv', 'sdes-file', '-'],
        stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 20
    shown = K
    while K[7:] in shown and time.monotonic() < deadline:
        time.sleep(0.1)
        shown = open('/proc/%d/cmdline' % process.pid).read()
    tap.ok(K[7:] not in shown and 'insecure-sdes' in shown,
           'ps does not show the line', shown)
    process.communicate(b'')


main(suites, keys, changes, parameters, refusals, surroundings, secrets)
