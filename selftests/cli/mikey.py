#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""MIKEY (RFC 3830, 4567), without a kernel: what messages become, which are refused
in which words, and what is made, beside Python by the RFC's text and GStreamer."""

import base64
import functools
import hashlib
import itertools
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
import mikey_ref as ref
from gst_mikey import Gstreamer
from certificates import certify, pem
from fake_kernel import SESSION, SUITE_ID, FakeKernel, attr, number_of
from ksrtp_test import CM, GCM, KSRTP, SUITES, Skip, key, main
from mikey_ref import CERT, KEMAC, KEY, RAND, SP, TEK, TEK_SALT, TGK, TGK_SALT, T, V

PSK = bytes(range(40, 60))
CM32 = 'AES_CM_128_HMAC_SHA1_32'
# what messages begin with; of the time at which a test does, see anew()
BEGIN = ((T, ref.stamp()), (RAND, ref.rand()))
NAME = {number: name for name, number in SUITE_ID.items()}
SSRC = (0x11111111, 0x22222222)


def material(seed, suite=CM):
    return key(suite, seed)


def plain(data=None, params=((0, 1),), sessions=((0, SSRC[0], 0),), **head):
    """A message in the clear, of one TEK if nothing else is said."""
    return ref.message(ref.header(sessions=sessions, **head), *BEGIN,
                       *(((SP, ref.policy(params)),) if params is not None
                         else ()),
                       (KEMAC, ref.kemac(ref.keys((TEK, material(1)))
                                         if data is None else data)))


def text(message):
    return base64.b64encode(message).decode()


def line(message):
    return 'a=key-mgmt:mikey %s\r\n' % text(message)


def der(cert):
    data = cert.public_bytes(serialization.Encoding.DER)
    return (CERT, struct.pack('>BH', 0, len(data)) + data)


class Call:
    """Both sides' descriptions of a call, whose sections are of an address each."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='ksrtp-')
        self.fake = FakeKernel()

    def write(self, name, sections, common=''):
        """Sections: what stands in each, behind a port of its own."""
        host = 1 if name.startswith('local') else 2
        body = 'v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\n' \
            'c=IN IP4 192.0.2.%d\r\nt=0 0\r\n%s' % (host, common)
        for n, lines in enumerate(sections):
            lines = lines if isinstance(lines, tuple) else (lines, 'RTP/SAVP')
            port = lines[2] if len(lines) > 2 else 5000 + 2 * n
            body += 'm=audio %d %s 0\r\n%s' % (port, lines[1], lines[0])
        path = os.path.join(self.dir, name)
        with open(path, 'w', newline='') as file:
            os.chmod(path, 0o600)
            file.write(body)
        return path

    def run(self, local, remote, *words, command='add', commons=('', '')):
        return self.fake.ksrtp(
            'sdp', command, 'local', self.write('local', local, commons[0]),
            'remote', self.write('remote', remote, commons[1]),
            *map(str, words))

    def told(self, received, *words):
        """What a session is told of receiving, by the peer's message."""
        done = self.run([line(plain(ref.keys((TEK, material(99)))))],
                        [line(received)], *words)
        if done.returncode or done.stderr or done.stdout:
            return done
        return self.fake.asked[0][1]['recv']

    def refused(self, received, *words):
        done = self.run([line(plain(ref.keys((TEK, material(99)))))],
                        [line(received)], *words)
        if done.returncode != 2 or self.fake.asked or \
                done.stderr.count('\n') != 1 or done.stdout:
            return done
        return done.stderr[len('ksrtp: ' + self.dir + '/'):-1]

    def close(self):
        self.fake.close()
        shutil.rmtree(self.dir)


def number(told, name):
    return int.from_bytes(told[name], sys.byteorder) if name in told else None


def keyed(told):
    return told['master-key'] + told['master-salt']


def unbent(tap, message, take, step, bit=1, name=''):
    """A message with a byte changed is refused: what takes it says why."""
    for at in range(0, len(message), step):
        if not isinstance(take(message[:at] + bytes([message[at] ^ bit]) +
                               message[at + 1:]), str):
            tap.ok(False, '%sbyte %d changed, and taken' % (name, at))
            return
    tap.ok(True, name + 'no byte may be changed')


def key_types(tap):
    """TEK with the salt in it or apart; TGK, whose keys are derived."""
    call = Call()
    for suite in (CM, 'AES_256_CM_HMAC_SHA1_80', GCM, 'AEAD_AES_256_GCM'):
        size, salt = SUITES[suite][:2]
        params = ((0, 6 if 'GCM' in suite else 1), (1, size))
        data = material(3, suite)
        for name, inner in (
                ('TEK', ref.keys((TEK, data))),
                ('TEK+SALT', ref.keys((TEK_SALT, data[:size],
                                       {'salt': data[size:]})))):
            told = call.told(plain(inner, params))
            tap.equal((keyed(told), NAME[number(told, 'suite')]),
                      (data, suite), '%s: %s' % (suite, name))
        for length in (16, 32, 48, 100):
            tgk = bytes(range(length))
            wanted = [ref.derive(tgk, constant, 1, 0x01020304, bytes(range(16)),
                                 n) for constant, n in
                      ((ref.TGK_TEK, size), (ref.TGK_SALT_KEY, salt))]
            told = call.told(plain(ref.keys((TGK, tgk)), params))
            tap.equal((told['master-key'], told['master-salt']),
                      tuple(wanted), '%s: TGK of %d bytes' % (suite, length))
        told = call.told(plain(ref.keys((TGK_SALT, tgk,
                                         {'salt': data[-salt:]})), params))
        tap.equal((told['master-key'], told['master-salt']),
                  (wanted[0], data[-salt:]), suite + ': TGK and its salt')
    told = call.told(plain(ref.keys((TGK, material(3)))), 'raw-tgk')
    tap.equal(keyed(told), material(3), 'a TGK that is the key itself')
    told = call.told(plain(ref.keys((TGK, bytes(16))), prf_func=1))
    tap.equal(told['master-key'],
              ref.derive(bytes(16), ref.TGK_TEK, 1, 0x01020304,
                         bytes(range(16)), 16, hashlib.sha256),
              'TGK by HMAC-SHA-256')
    call.close()


# parameters, and what they are
POLICIES = (
    (None, CM, {}),
    ((), CM, {}),
    # GStreamer 1.22's: the tag's length is where the authentication key's is
    (((0, 1), (1, 16), (2, 1), (3, 10), (7, 1), (8, 1), (10, 1)), CM, {}),
    (((0, 1), (1, 16), (2, 1), (3, 4), (7, 1), (8, 1), (10, 1)), CM32, {}),
    (((3, 20), (11, 4)), CM32, {}),
    (((3, 20), (11, 10)), CM, {}),
    (((3, 10), (11, 4)), CM32, {}),
    (((0, 1), (1, 24)), 'AES_192_CM_HMAC_SHA1_80', {}),
    (((1, 32), (11, 4)), 'AES_256_CM_HMAC_SHA1_32', {}),
    (((0, 2), (4, 14), (5, 0), (9, 0), (12, 0)), 'F8_128_HMAC_SHA1_80', {}),
    (((0, 0),), 'NULL_HMAC_SHA1_80', {}),
    (((0, 0), (1, 0), (7, 0), (8, 0), (11, 4)), 'NULL_HMAC_SHA1_32', {}),
    (((0, 6), (2, 0), (3, 0), (20, 16)), GCM, {}),
    (((0, 6), (1, 32), (4, 12)), 'AEAD_AES_256_GCM', {}),
    (((0, 3),), 'SEED_CTR_128_HMAC_SHA1_80', {}),
    (((0, 3), (4, 14), (5, 1), (11, 10)), 'SEED_CTR_128_HMAC_SHA1_80', {}),
    (((0, 4), (2, 0), (3, 0), (5, 1)), 'SEED_128_CCM_80', {}),
    (((0, 4), (4, 12), (20, 10)), 'SEED_128_CCM_80', {}),
    (((0, 5), (2, 0), (5, 1), (11, 12)), 'SEED_128_GCM_96', {}),
    (((6, 64),), CM, {'key-derivation-rate': 64}),
    (((6, b'\1\0\0\0'),), CM, {'key-derivation-rate': 1 << 24}),
    (((7, 0),), CM, {'unencrypted-srtp': 1}),
    (((8, 0),), CM, {'unencrypted-srtcp': 1}),
    (((10, 0),), CM, {'unauthenticated-srtp': 1}),
    (((2, 2),), CM, {'rcc-mode': 2, 'rcc-rate': 1}),
    (((2, 4), (13, b'\1\0'), (11, 4)), CM32, {'rcc-mode': 4, 'rcc-rate': 256}),
)


def policies(tap):
    call = Call()
    for params, suite, more in POLICIES:
        told = call.told(plain(ref.keys((TEK, material(2, suite))), params))
        got = {name: number(told, name) for name in
               ('key-derivation-rate', 'unencrypted-srtp', 'unencrypted-srtcp',
                'unauthenticated-srtp', 'rcc-mode', 'rcc-rate')
               if number(told, name)}
        tap.equal((NAME[number(told, 'suite')], keyed(told), got),
                  (suite, material(2, suite), more), 'policy %r' % (params,))
    for params, wanted in (
            (((0, 3), (5, 0)), 'PRF is 0; only 1 is supported'),
            (((0, 3), (1, 32)), 'no suite with encryption algorithm 3, key'),
            (((0, 4), (4, 14)), 'salt length is 14; only 12 is supported'),
            (((0, 5), (20, 16)), 'and tag length 16'),
            (((0, 6), (20, 8)), 'and tag length 8'),
            (((0, 5), (2, 2)), 'cannot be used with an AEAD'),
            (((0, 7),), 'encryption algorithm 7 is unknown'),
            (((1, 17),), 'no suite with encryption algorithm 1, key length 17'),
            (((11, 8),), 'and tag length 8'), (((3, 32),), 'and tag length 32'),
            (((2, 0),), 'SRTCP must be authenticated'),
            (((2, 5),), 'authentication algorithm 5 is unknown'),
            (((4, 12),), 'salt length is 12; only 14 is supported'),
            (((5, 1),), 'PRF is 1'), (((6, 3),), '3 is not a power of two'),
            (((6, b'\2\0\0\0'),), '33554432 is not a power of two'),
            (((9, 1),), 'FEC order is 1'), (((12, 2),), 'prefix length is 2'),
            (((14, 1),), 'parameter 14 at byte 52 is unknown'),
            (((0, 1), (0, 1)), 'encryption algorithm at byte 55 is repeated'),
            (((0, b''),), 'encryption algorithm at byte 52 has 0 bytes'),
            (((0, b'12345'),), 'has 5 bytes'),
            (((0, 6), (7, 0)), 'UNENCRYPTED_SRTP: not with'),
            (((0, 6), (20, 8)), 'tag length 8'), (((0, 6), (2, 2)), 'cannot be used with an AEAD'),
            (((7, 0), (10, 0)), 'nothing would be protected'),
            (((2, 2), (13, 0)), '0 is not within 1..65535')):
        got = call.refused(plain(None, params))
        tap.ok('remote:7: mikey SP at byte 47: ' in str(got) and
               wanted in str(got), 'policy %r: %s' % (params, wanted), got)
    body = ref.policy(((0, 1),))
    for bad, wanted in ((body[:2] + b'\7\0' + body[4:], 'parameters: 1792 bytes'),
                        (body[:3] + b'\2' + body[4:6], 'parameter: 1 bytes'),
                        (body[:1] + b'\1' + body[2:], 'protocol 1 is not SRTP')):
        got = call.refused(ref.message(
            ref.header(sessions=((0, 1, 0),)), *BEGIN, (SP, bad),
            (KEMAC, ref.kemac(ref.keys((TEK, material(1)))))))
        tap.ok('mikey ' in str(got) and wanted in str(got),
               'a broken policy: ' + wanted, got)
    two = ((SP, ref.policy(((0, 1),), 0)), (SP, ref.policy(((11, 4),), 7)))
    tail = (KEMAC, ref.kemac(ref.keys((TEK, material(1)))))
    for one, suite in ((0, CM), (7, CM32)):
        told = call.told(ref.message(ref.header(sessions=((one, 1, 0),)), *BEGIN,
                                     *two, tail))
        tap.equal(NAME[number(told, 'suite')], suite, 'policy number %d' % one)
    got = call.refused(ref.message(ref.header(sessions=((3, 1, 0),)), *BEGIN,
                                   *two, tail))
    tap.ok('no SP has policy 3' in str(got), 'a policy that is not there', got)
    got = call.refused(ref.message(ref.header(), *BEGIN, two[0], two[0], tail))
    tap.ok('policy 0 repeats the one at byte 47' in str(got), 'and one twice', got)
    call.close()


def protection(tap):
    """Messages under a pre-shared key."""
    call = Call()
    inner = ref.keys((TEK, material(5)))
    own = ref.secured(PSK, ref.header(), BEGIN, ref.keys((TEK, material(99))))
    wrapped = ref.keys((TEK_SALT, material(5)[:16], {'salt': material(5)[16:]}))
    psk = ('psk-file', os.path.join(call.dir, 'psk'))
    call.write('psk', [])
    with open(psk[1], 'w') as file:
        file.write(PSK.hex() + '\n')

    def run(message, *words):
        done = call.run([line(own)], [line(message)], *words)
        return keyed(call.fake.asked[0][1]['recv']) if not done.returncode \
            else done.stderr
    for name, head, encryption, mac_alg, data in (
            ('AES-CM and HMAC-SHA-1-160', ref.header(), 1, 1, inner),
            ('HMAC-SHA-1-160 alone', ref.header(), 0, 1, inner),
            ('AES-KW', ref.header(), 2, 1,
             wrapped + bytes(-len(wrapped) % 8)),
            ('HMAC-SHA-256', ref.header(prf_func=1), 1, 2, inner)):
        if len(wrapped) % 8 and encryption == 2:
            # of a whole number of blocks: another identifier fills it
            data = ref.keys((TEK_SALT, material(5)[:16],
                             {'salt': material(5)[16:],
                              'spi': bytes(-(len(wrapped) + 1) % 8)}))
        message = ref.secured(PSK, head, BEGIN, data, encryption, mac_alg)
        tap.equal(run(message, *psk), material(5), name)
        where = ref.parse(message)['payloads'][-1]['offset']
        got = run(message, 'insecure-psk', (PSK + b'x').hex())
        tap.ok('mikey KEMAC at byte 20: MAC does not match' in got or
               'MAC does not match this message' in got,
               name + ': under another key', got)
        got = call.refused(message)
        tap.ok('KEMAC at byte %d: needs a pre-shared key, and none is '
               'given' % where in str(got), name + ': without one', got)
        unbent(tap, message, lambda bent: run(bent, *psk), 7,
               name=name + ': ')
    tap.equal(run(ref.secured(PSK, ref.header(), (
        (T, ref.stamp(77, 2)), BEGIN[1]), inner), *psk, 'clock-skew', 'none'),
        material(5), 'a counter in the place of the time')
    secret = base64.b64encode(PSK).decode()
    tap.equal(run(ref.secured(PSK, ref.header(), BEGIN, inner), 'insecure-psk',
                  secret), material(5), 'a pre-shared key in base64')
    tgk = ref.secured(PSK, ref.header(), BEGIN, ref.keys((TGK, bytes(24))))
    tap.equal(run(tgk, *psk), b''.join(
        ref.derive(bytes(24), constant, 1, 0x01020304, bytes(range(16)), n)
        for constant, n in ((ref.TGK_TEK, 16), (ref.TGK_SALT_KEY, 14))),
        'a TGK under it')
    got = run(plain(inner), *psk)
    tap.ok('no MAC, but a pre-shared key is given' in got,
           'what nothing authenticates is not taken where there is a key', got)
    message = ref.secured(PSK, ref.header(), BEGIN, inner)
    late = bytearray(message)
    late[ref.parse(message)['payloads'][-1]['offset']] = T
    got = run(bytes(late) + b'\0' + ref.stamp(), *psk)
    tap.ok('not the last payload' in got or 'repeats the one' in got, 'nor what is behind the MAC', got)
    for drop, wanted in ((0, 'no T payload'), (1, 'RAND payload is missing')):
        short = ref.message(ref.header(), BEGIN[1 - drop],
                            (KEMAC, ref.kemac(inner, 1, 1, bytes(20))))
        got = run(short, *psk)
        tap.ok(wanted in got or 'MAC does not' in got, 'without that: ' + wanted,
               got)
    for words, wanted in ((('insecure-psk', 'xyz?'), 'neither hex nor base64'),
                          (('insecure-psk', '00' * 257), 'not within 1..256'),
                          (('psk', PSK.hex()), 'others can see')):
        got = run(message, *words)
        tap.ok(wanted in got and PSK.hex() not in got,
               'pre-shared key: ' + wanted, got)
    call.close()


def identifiers(tap):
    """Several keys: by SPI, which is the MKI, or by interval."""
    call = Call()
    spis = [bytes([0, 0, 1, n]) for n in range(3)]
    done = call.run([line(plain())], [line(plain(ref.keys(
        *((TEK, material(n + 10), {'spi': spi})
          for n, spi in enumerate(spis)))))])
    told = [one for one in call.fake.asked]
    tap.equal((done.returncode, [name for name, _ in told]),
              (0, ['session-new', 'key-new', 'key-new']),
              'three keys by SPI: a session, and two more')
    tap.equal([told[0][1]['recv']['mki']] + [one['mki'] for _, one in told[1:]],
              spis, 'SPIs are the MKIs')
    tap.equal([keyed(one) for _, one in told[1:]],
              [material(11), material(12)], 'and the keys theirs')
    done = call.run([line(plain())], [line(plain(ref.keys(
        *((TEK, material(n + 10), {'interval': (
            (n << 20).to_bytes(6, 'big'), ((n + 1 << 20) - 1).to_bytes(6, 'big'))
        }) for n in range(2)))))])
    told = call.fake.asked
    tap.equal((done.returncode, [name for name, _ in told],
               'master-key' in told[0][1]['recv'],
               [(number(one, 'from'), number(one, 'to'), keyed(one), 'mki' in one)
                for _, one in told[1:]]),
              (0, ['session-new', 'key-new', 'key-new'], False,
               [(0, (1 << 20) - 1, material(10), False),
                (1 << 20, (1 << 21) - 1, material(11), False)]),
              'two keys by interval: both come behind the session')
    done = call.run([line(plain(ref.keys((TEK, material(10), {'interval': (
        bytes(6), b'')}))))], [line(plain())])
    told = call.fake.asked
    tap.equal((done.returncode, [name for name, _ in told],
               told[0][1]['send'].get('further-keys'),
               number(told[1][1], 'to')),
              (0, ['session-new', 'key-new'], keyed(told[1][1])[:16],
               (1 << 48) - 1),
              'an interval without an end, of what is sent, and never before')
    call.fake.refuse = {'key-new': 1}
    done = call.run([line(plain())], [line(plain(ref.keys(
        (TEK, material(10), {'interval': (bytes(6), b'')}))))])
    tap.equal((done.returncode, [name for name, _ in call.fake.asked]),
              (1, ['session-new', 'key-new', 'session-del']),
              'if one is refused, nothing stays')
    call.fake.refuse = {}
    a, b = (TEK, material(10)), (TEK, material(11))
    for several, wanted in (
            ((a, b), 'need an SPI each, or an interval each'),
            (((*a, {'spi': b'\1'}), b), 'need an SPI each'),
            (((*a, {'spi': b'\1'}), (*b, {'spi': b'\1'})), 'SPI is repeated'),
            (((*a, {'spi': b'\1'}), (*b, {'spi': b'\1\2'})), 'SPI lengths differ'),
            (((*a, {'spi': b'\1'}), (*a, {'spi': b'\2'})), 'key is repeated'),
            (((*a, {'interval': (b'\0', b'\7')}),
              (*b, {'interval': (b'\7', b'\x10')})), 'intervals of two keys overlap'),
            (((*a, {'interval': (b'\7', b'\1')}),), 'interval ends before it begins'),
            (((*a, {'interval': (b'', bytes([1]) + bytes(6))}),), 'interval ends after index 2^48 - 1'),
            (((*a, {'interval': (bytes(9), b'\1')}),), 'longer than 8'),
            (((*a, {'spi': bytes(129)}),), 'SPI of 129 bytes; 128 are allowed'),
            (17 * ((*a, {'spi': b'\1'}),), 'more than 16 keys'),
            (((TEK, material(1)[:-1]),), '29 bytes; suite %s needs 30' % CM),
            (((TEK_SALT, bytes(16), {'salt': bytes(13)}),), 'salt of 13'),
            (((TGK_SALT, bytes(16), {'salt': bytes(13)}),), 'salt of 13 bytes'),
            (((TGK, b''),), 'key is empty')):
        got = call.refused(plain(ref.keys(*several)))
        tap.ok(re.match(r'remote:7: mikey (key data|KEMAC) at byte \d+: ',
                        str(got)) and wanted in str(got),
               'keys: ' + wanted, got)
    call.close()


def rollovers(tap):
    """A late joiner learns the rollover counter."""
    call = Call()
    told = call.told(plain(sessions=((0, 0, 5),)))
    tap.equal((number(told, 'initial-roc'), len(call.fake.asked)), (5, 1),
              'ROC without an SSRC: of whichever comes')
    done = call.run([line(plain(ref.keys((TEK, material(9))),
                                sessions=((0, SSRC[1], 2),)))],
                    [line(plain(sessions=((0, SSRC[0], 7), (0, 5, 0),
                                          (0, 6, 0xffffffff))))])
    asked = call.fake.asked
    tap.equal((done.returncode, [name for name, _ in asked],
               [(number(one, 'session-id'), number(one, 'direction'),
                 number(one, 'ssrc'), number(one, 'roc'))
                for _, one in asked[1:]]),
              (0, ['session-new'] + 3 * ['stream-set'],
               [(7, 1, SSRC[1], 2), (7, 2, SSRC[0], 7),
                (7, 2, 6, 0xffffffff)]),
              'ROCs by SSRC, of both directions; what is 0 is not said')
    tap.ok('initial-roc' not in asked[0][1]['recv'], 'and no other stream has it')
    call.fake.refuse = {'stream-set': 2}
    done = call.run([line(plain(ref.keys((TEK, material(9)))))],
                    [line(plain(sessions=((0, 1, 7), (0, 2, 8))))])
    tap.ok(done.returncode == 1 and done.stderr.count('\n') == 1 and
           [name for name, _ in call.fake.asked] ==
           ['session-new', 'stream-set', 'stream-set', 'session-del'],
           'a session that lacks one is none', (done, call.fake.asked))
    call.fake.refuse = {}
    done = call.run([line(plain(ref.keys((TEK, material(9)))))],
                    [line(plain(sessions=((0, 0, 7),)))], 'recv', 'initial-roc',
                    3)
    tap.equal(number(call.fake.asked[0][1]['recv'], 'initial-roc'), 3,
              'who says another has it')
    done = call.run([line(plain())],
                    [line(plain(ref.keys((TEK, material(8), {'spi': b'\1'}),
                                         (TEK, material(7), {'spi': b'\2'})),
                                sessions=((0, 1, 7),)))], 'dry-run')
    tap.equal(done.stdout.splitlines(), [
        'ksrtp session add local 192.0.2.1:5000 remote 192.0.2.2:5000 send suite '
        '%s insecure-key ... unused-key recv suite %s insecure-key ... mki 01 '
        'unused-key' % (CM, CM),
        'ksrtp key add session ... recv insecure-key ... mki 02 unused-key',
        'ksrtp stream set session ... recv ssrc 0x00000001 roc 7'],
        'dry-run tells of it, without keys')
    call.close()


def sessions_of(fake):
    return [(command, keyed(told['send']), keyed(told['recv']))
            for command, told in fake.asked if command == 'session-new']


def derived(tgk, cs_id):
    return b''.join(ref.derive(tgk, constant, cs_id, 0x01020304,
                               bytes(range(16)), size) for constant, size in
                    ((ref.TGK_TEK, 16), (ref.TGK_SALT_KEY, 14)))


def agreements(tap):
    """Offer and answer: which message, and which crypto session, is for what."""
    call = Call()
    tgk = bytes(range(100, 130))
    bare = ['']
    one, other = plain(), plain(ref.keys((TEK, material(2))))
    both = plain(ref.keys((TGK, tgk)), sessions=((0, 1, 0), (0, 2, 0)))
    two = plain(ref.keys((TGK, tgk)), sessions=tuple((0, n, 0) for n in
                                                     range(4)))
    crypto = 'a=crypto:1 %s inline:%s\r\n'
    ours, theirs = (crypto % (CM, text(material(n))) for n in (20, 21))
    for name, local, remote, commons, wanted in (
            ('each its own', [line(one)], [line(other)], ('', ''),
             [(material(1), material(2))]),
            ('at session level', bare, bare, (line(one), line(other)),
             [(material(1), material(2))]),
            ('a section has its own', [line(one)], bare,
             (line(plain(ref.keys((TEK, material(3))))), line(other)),
             [(material(1), material(2))]),
            ('a camera\'s, for both', bare, [line(one)], ('', ''),
             [(material(1), material(1))]),
            ('our own, and an empty answer', [line(one)],
             ['a=key-mgmt:mikey \r\n'], ('', ''),
             [(material(1), material(1))]),
            ('two crypto sessions, ours', [line(both)], bare, ('', ''),
             [(derived(tgk, 1), derived(tgk, 2))]),
            ('two crypto sessions, the peer\'s', bare, [line(both)], ('', ''),
             [(derived(tgk, 2), derived(tgk, 1))]),
            ('two sections, four crypto sessions', ['', ''], ['', ''],
             ('', line(two)), [(derived(tgk, 2), derived(tgk, 1)),
                               (derived(tgk, 4), derived(tgk, 3))]),
            ('two sections, two crypto sessions', ['', ''], ['', ''],
             (line(both), ''), [(derived(tgk, 1), derived(tgk, 1)),
                                (derived(tgk, 2), derived(tgk, 2))]),
            ('MIKEY or crypto lines, crypto lines answered', [line(one) + ours],
             [theirs], ('', ''), [(material(20), material(21))]),
            ('crypto lines or MIKEY, MIKEY answered', [ours + line(one)],
             [line(other)], ('', ''), [(material(1), material(2))]),
            ('MIKEY at session level, crypto lines answered', [ours], [theirs],
             (line(one), ''), [(material(20), material(21))]),
            ('another protocol beside it',
             ['a=key-mgmt:other abc\r\n' + line(one)], [line(other)],
             ('', 'a=key-mgmt:mikeyx ???\r\n'), [(material(1), material(2))]),
            ('RTP/AVP that both sides key', [(line(one), 'RTP/AVP')],
             [(line(other), 'RTP/AVP')], ('', ''),
             [(material(1), material(2))])):
        done = call.run(local, remote, commons=commons)
        tap.equal((done.returncode, done.stderr,
                   [keys[1:] for keys in sessions_of(call.fake)]),
                  (0, '', wanted), name)
    for name, local, remote, commons, wanted in (
            ('both ways answered', [ours + line(one)], [theirs + line(other)],
             ('', ''), 'remote:8: a=key-mgmt: crypto lines and MIKEY'),
            ('no message', ['a=key-mgmt:mikey\r\n'], ['a=key-mgmt:mikey \r\n'],
             ('', ''), 'no side has a message with keys'),
            ('neither', bare, bare, ('', ''), 'no crypto line'),
            ('plain RTP', [(line(one), 'RTP/AVP')], [('', 'RTP/AVP')],
             ('', ''), 'RTP/AVP without a crypto line is not protected'),
            ('the same key', [line(one)], [line(plain())], ('', ''),
             'both sides have the same key'),
            ('twice', [line(one) + line(one)], [line(other)], ('', ''),
             'local:8: a=key-mgmt: repeats mikey of line 7'),
            ('three crypto sessions for both', bare,
             [line(plain(sessions=3 * ((0, 0, 0),)))], ('', ''),
             '3 crypto sessions; without a message of the other side'),
            ('three for two sections', ['', ''], ['', ''],
             ('', line(plain(sessions=3 * ((0, 0, 0),)))),
             'remote:6: a=key-mgmt: 3 crypto sessions for 2 media sections'),
            ('different keys for one section',
             [line(plain(ref.keys((TGK, tgk)), sessions=3 * ((0, 0, 0),)))],
             [line(other)], ('', ''), 'have different keys'),
            ('one key for two sections', ['', ''], ['', ''], ('', line(one)),
             'without BUNDLE each needs its own'),
            ('not base64', ['a=key-mgmt:mikey $$$\r\n'], [line(other)],
             ('', ''), 'local:7: mikey: message is not base64'),
            ('a response', [line(one)],
             [line(ref.message(ref.header(6), (ref.ERR, b'\3\0\0')))],
             ('', ''), 'remote:7: mikey: the peer reports error 3: MAC algorithm'),
            ('RSA', [line(one)], [line(ref.message(ref.header(2), *BEGIN))],
             ('', ''), 'needs own key, own certificate and trusted'),
            ('Diffie-Hellman', [line(one)],
             [line(ref.message(ref.header(4), *BEGIN))], ('', ''),
             'DH payload is missing')):
        done = call.run(local, remote, commons=commons)
        tap.ok(done.returncode == 2 and not call.fake.asked and
               done.stderr.count('\n') == 1 and wanted in done.stderr,
               '%s: %s' % (name, wanted), done.stderr)
    call.close()


def answers(tap):
    """A verification, which a responder sends that is asked for one."""
    call = Call()
    inner = ref.keys((TEK, material(5)))
    offer = ref.secured(PSK, ref.header(verify=True), BEGIN, inner)
    psk = ('insecure-psk', PSK.hex())
    good = ref.verification(PSK, offer, ref.header(1), (T, ref.stamp()))

    def run(answer, *words, ours=offer):
        done = call.run([line(ours)], [line(answer) if answer else ''],
                        *words)
        return len(sessions_of(call.fake)) if not done.returncode else done.stderr
    tap.equal(run(good, *psk), 1, 'an answer that verifies')
    named = ref.secured(PSK, ref.header(verify=True), (
        *BEGIN, (ref.ID, b'\0\0\3a@b'), (ref.ID, b'\1\0\5sip:c')), inner)
    tap.equal(run(ref.verification(PSK, named, ref.header(1),
                                   (T, ref.stamp()), ids=b'a@bsip:c'), *psk,
                  ours=named), 1, 'of parties that have names')
    for answer, wanted in (
            (None, 'requests an answer, and the other side has none'),
            (good[:-1] + bytes([good[-1] ^ 1]), 'V at byte 29: MAC does not match'),
            (ref.verification(b'x', offer, ref.header(1), (T, ref.stamp())),
             'MAC does not match'),
            (ref.verification(PSK, offer, ref.header(1, csb_id=9),
                              (T, ref.stamp())), 'CSB ID 00000009 differs'),
            (ref.message(ref.header(1), (T, ref.stamp())), 'V payload is missing'),
            (ref.message(ref.header(1), (V, b'\0')), 'no MAC, but'),
            (ref.message(ref.header(3), (V, b'\0')),
             'RSA verification does not answer a PSK init')):
        got = run(answer, *psk)
        tap.ok(wanted in str(got), 'an answer: ' + wanted, got)
    clear = plain(verify=True)
    tap.equal(run(ref.message(ref.header(1), (T, ref.stamp()), (V, b'\0')),
                  ours=clear), 1, 'one of a message in the clear')
    done = call.fake.ksrtp('mikey', 'answer', 'insecure-mikey', text(named),
                           *psk)
    made = base64.b64decode(done.stdout.split()[1])
    told = ref.parse(made)
    tap.equal((told['type'], told['csb-id'], made),
              (1, 0x01020304, ref.verification(
                  PSK, named, ref.header(1), (T, body_of(named, T)),
                  ids=b'a@bsip:c')), "we answer, as the RFC has it: T is the offer's")
    for kind, value in ((1, 5 << 32), (2, 77)):
        counted = ref.message(ref.header(verify=True), (T, ref.stamp(value, kind)),
                              (RAND, ref.rand()), (KEMAC, ref.kemac(inner)))
        done = call.fake.ksrtp('mikey', 'answer', 'insecure-mikey', text(counted))
        tap.equal(base64.b64decode(done.stdout.split()[1]), ref.message(
            ref.header(1), (T, ref.stamp(value, kind)), (V, b'\0')),
            'and so is its kind, %d' % kind)
    done = call.fake.ksrtp('mikey', 'answer', 'insecure-mikey', text(ref.message(
        ref.header(verify=True), (RAND, ref.rand()), (KEMAC, ref.kemac(inner)))))
    tap.ok(done.returncode == 2 and 'no T payload' in done.stderr,
           'an offer without T has no answer', done.stderr)
    done = call.fake.ksrtp('mikey', 'answer', 'insecure-mikey', text(plain()))
    tap.equal((done.returncode, done.stdout, done.stderr), (0, '', ''),
              'and not who does not ask')
    call.close()


def errors(tap):
    """What the sender of a message that is refused is told: RFC 3830 5.1.1."""
    call = Call()
    psk = ('insecure-psk', PSK.hex())
    inner = ref.keys((TEK, material(5)))
    usual = (SP, ref.policy(((0, 1), (1, 16), (2, 1), (3, 20), (4, 14), (5, 0),
                             (7, 1), (8, 1), (10, 1), (11, 10))))
    old = ((T, ref.stamp(77 << 32)), *BEGIN[1:])

    def secured(*more, begin=BEGIN, data=inner, **head):
        return ref.secured(PSK, ref.header(**head), (*begin, *more), data)

    def told(message, *words):
        done = call.fake.ksrtp('mikey', 'answer', 'insecure-mikey', text(message),
                               'report', *words)
        out = done.stdout.split()
        return done, base64.b64decode(out[1]) if out else None

    def unproven(number, offer, *more):
        return ref.message(ref.header(6, sessions=()), (
            T, body_of(offer, T)), (ref.ERR, ref.error(number)), *more)

    def proven(number, offer, *more, ids=b''):
        return ref.verification(PSK, offer, ref.header(6, sessions=()), (
            T, body_of(offer, T)), (ref.ERR, ref.error(number)), *more, ids=ids)
    good = secured()
    for name, offer, number, proof, why, *more in (
            ('a wrong key', ref.secured(b'x', ref.header(), BEGIN, inner), 0, False,
             'MAC does not match'),
            ('no MAC', plain(), 0, False, 'no MAC'),
            ('an old time', secured(begin=old), 1, True, 'are allowed'),
            ('no time but a counter', secured(begin=((T, ref.stamp(7, 2)),
                                                     *BEGIN[1:])), 1, True, 'a counter'),
            ('another protocol', secured((SP, ref.policy((), protocol=1))), 9, True,
             'is not SRTP', usual),
            ('other parameters', secured((SP, ref.policy(((0, 9),)))), 10, True,
             'is unknown', usual),
            ('another key type', secured(data=b'\0\x40\0\0'), 11, True,
             'type 4 is unknown'),
            ('a key that does not fit', secured(data=ref.keys((TEK, b'abc'))), 12,
             True, 'needs 30')):
        done, got = told(offer, *psk)
        wanted = (proven if proof else unproven)(number, offer, *more)
        tap.ok(done.returncode == 2 and why in done.stderr and got == wanted,
               'about %s: error %d%s' % (name, number, ', with a MAC' * proof),
               '%s %s %s' % (done.stderr, got and got.hex(), wanted.hex()))
    at = len(ref.message(ref.header(), (T, ref.stamp())))
    for name, offer, number in (
            ('encryption', ref.message(ref.header(), BEGIN[0], (
                KEMAC, ref.kemac(b'', 9))), 4),
            ('a MAC', ref.message(ref.header(), BEGIN[0], (
                KEMAC, ref.kemac(b'', 0, 9))), 3),
            ('a hash function', ref.message(ref.header(), BEGIN[0], (
                ref.CHASH, b'\2')), 5),
            ('a DH group', ref.message(ref.header(4), BEGIN[0], (ref.DH, b'\3')), 6),
            ('a certificate', ref.message(ref.header(2), BEGIN[0], (
                ref.CERT, b'\0\0\1x'), (ref.SIGN, b'\0\0')), 13),
            ('what ends early', good[:at + 3], 12)):
        done, got = told(offer, *psk)
        tap.equal((done.returncode, got), (2, ref.message(
            ref.header(6, sessions=()), (T, offer[20:29]),
            (ref.ERR, ref.error(number)))),
            'about %s: error %d, without proof' % (name, number))
    for name, offer, number in (('a PRF', plain(prf_func=9), 2),
                                ('a type', plain(kind=11), 13)):
        done, got = told(offer)
        at = ref.parse(got)
        tap.equal((at['type'], at['csb-id'], [p['type'] for p in at['payloads']],
                   at['payloads'][1]['body']),
                  (6, 0x01020304, [T, ref.ERR], ref.error(number)),
                  'about %s: error %d, at our time' % (name, number))
    for name, offer in (('one that is right', good),
                        ('one that is right, and unverified', plain(data=inner))):
        done, got = told(offer, *(psk if offer is good else ()))
        tap.equal((done.returncode, got, done.stderr), (0, None, ''), name)
    for name, offer in (('an error', ref.message(ref.header(6), (ref.ERR, b'\0\0\0'))),
                        ('an answer', ref.message(ref.header(1), (V, b'\3'))),
                        ('nothing', b'\1\0\0')):
        done, got = told(offer, *psk)
        tap.equal((done.returncode, got), (2, None), 'nobody is told about ' + name)
    exchange = Exchange(call)
    words = (*exchange.parties.words, 'exchange', exchange.file())
    done, got = told(ref.message(ref.header(2), *BEGIN, (CERT, b'\0\0\1x'), (
        ref.SIGN, b'\0\0')), *words)
    tap.equal(body_of(got, ref.ERR), ref.error(8), 'about a certificate: error 8')
    offer = dh_offer(exchange, 2, True, begin=old)
    tap.equal(told(offer, *words)[1], ref.sign(
        exchange.parties.own, unproven(1, offer)), 'which is signed if the offer is')
    offer = dh_offer(exchange, 2)
    tap.equal(told(offer, *psk, 'own-id', 'sip:c@x', 'exchange', exchange.file())[1],
              proven(7, offer, ids=b'sip:a@xsip:b@x'), 'about an offer for somebody else: error 7')
    done, got = told(secured(begin=old), *psk, 'uri', 'rtsp://x/')
    tap.ok('KeyMgmt: prot=mikey;uri="rtsp://x/"' in done.stdout, 'as a header',
           done.stdout)
    call.close()


class Parties:
    """A peer and we, with keys and certificates, in files."""

    def __init__(self, folder):
        self.dir = folder
        self.ca_key, self.peer, self.own = (
            rsa.generate_private_key(65537, 2048) for _ in range(3))
        self.ca = certify('ca', self.ca_key)
        self.cert = certify('peer', self.peer, self.ca_key, self.ca)
        self.own_cert = certify('we', self.own, self.ca_key, self.ca)
        self.words = ('own-key', self.pem('own.key', self.own), 'own-cert',
                      self.pem('own.crt', self.own_cert), 'trust',
                      self.pem('ca.crt', self.ca))

    def pem(self, name, what):
        path = os.path.join(self.dir, name)
        with open(path, 'wb') as file:
            os.chmod(path, 0o600)
            file.write(pem(what))
        return path

    def message(self, cert=None, key_of=None, head=None, **more):
        tgk = ref.keys((TGK, bytes(range(16))))
        return ref.signed(key_of or self.peer, self.own.public_key(), bytes(
            range(70, 86)), head or ref.header(2, sessions=2 * ((0, 0, 0),)), (
                *BEGIN, der(cert or self.cert), (SP, ref.policy(((0, 1),)))),
                          more.pop('keys', tgk), **more)


def envelopes(tap):
    """Keys under RSA, of who has signed them."""
    call = Call()
    parties = Parties(call.dir)
    both = [(derived(bytes(range(16)), 2), derived(bytes(range(16)), 1))]

    def run(message, *words, ours=''):
        done = call.run([ours], [line(message)], *(words or parties.words))
        return done.stderr or [keys[1:] for keys in sessions_of(call.fake)]
    good = parties.message()
    tap.equal(run(good), both, "a peer's TGK, for both directions")
    tap.equal(run(parties.message(pss=True)), both, 'signed by PSS')
    tap.equal(run(good, *parties.words[:4], 'trust',
                  parties.pem('peer.crt', parties.cert)), both,
              'of a peer whose own certificate is trusted')
    uri = x509.UniformResourceIdentifier('sip:peer@example.org')
    named = certify('x', parties.peer, parties.ca_key, parties.ca,
                    alternative=uri)
    tap.equal(run(parties.message(named, name=b'sip:peer@example.org')), both,
              'whose name is a URI')
    other = rsa.generate_private_key(65537, 2048)
    for name, message, wanted in (
            ('another CA', parties.message(certify('peer', parties.peer)),
             'CERT: self'),
            ('an old certificate', parties.message(certify(
                'peer', parties.peer, parties.ca_key, parties.ca, -1)),
             'CERT: certificate has expired'),
            ("another's key", parties.message(key_of=other),
             'signature does not match this message'),
            ('another message', parties.message(forge=b'x'),
             'signature does not match this message'),
            ('another name', parties.message(name=b'somebody'),
             "KEMAC's ID is not a name of the certificate"),
            ('no name', parties.message(name=None, keys=bytes([KEY, 0, 0, 0]) +
                                        ref.keys((TEK, material(1)))),
             'KEMAC has no ID'),
            ('a wrong MAC', parties.message(spoil=1), 'MAC does not match'),
            ('an envelope for another', ref.signed(
                parties.peer, other.public_key(), bytes(16),
                ref.header(2), (*BEGIN, der(parties.cert)),
                ref.keys((TEK, material(1)))), 'MAC does not match'),
            ('no certificate', ref.signed(
                parties.peer, parties.own.public_key(), bytes(16),
                ref.header(2), BEGIN, ref.keys((TEK, material(1)))), 'CERT payload is missing'),
            ('no X.509', ref.message(ref.header(2), *BEGIN,
                                     (CERT, b'\0\0\4abcd')),
             'CERT at byte 47: not an X.509 certificate'),
            ('no signature', ref.message(ref.header(2), *BEGIN,
                                         der(parties.cert)), 'SIGN payload is missing'),
            ('a message in the clear', plain(),
             'message is not signed, but a trusted')):
        got = run(message)
        tap.ok(isinstance(got, str) and 'remote:7: mikey' in got and
               wanted in got and got.count('\n') == 1,
               '%s: %s' % (name, wanted), got)
    unbent(tap, good, run, 31, 4)
    for words, wanted in (
            (parties.words[:2] + parties.words[4:], 'go together'),
            (('trust', parties.words[1]),
             'trust: certificate 1 is not a certificate in PEM'),
            ((*parties.words[:2], 'own-cert', parties.pem('p.crt', parties.cert)),
             'does not belong to the private key'),
            (('trust', '/no/such'), 'No such file')):
        got = run(good, *words)
        tap.ok(wanted in str(got), 'words: ' + wanted, got)
    asked = parties.message(head=ref.header(2, verify=True))
    done = call.fake.ksrtp('mikey', 'answer', 'insecure-mikey', text(asked),
                           *parties.words)
    answer = base64.b64decode(done.stdout.split()[1])
    told = ref.parse(answer)
    tap.equal((told['type'], answer), (3, ref.verification(
        bytes(range(70, 86)), asked, ref.header(3, told['sessions']),
        (T, body_of(asked, T)))), 'answered under the envelope key')
    # what we make the peer reads
    out = make('insecure-sdes', crypto_line(CM, material(8)), 'peer-cert',
               parties.pem('peer.crt', parties.cert), *parties.words)
    made_of = base64.b64decode(out.split()[1])
    theirs = ('own-key', parties.pem('peer.key', parties.peer), 'own-cert',
              parties.pem('peer.crt', parties.cert), *parties.words[4:])
    tap.equal(run(made_of, *theirs), [(material(8), material(8))],
              'a message of ours, read with the key of the peer')
    at = ref.parse(made_of)
    sealed = next(p['body'][2:] for p in at['payloads'] if p['type'] == ref.PKE)
    envelope = parties.peer.decrypt(sealed, ref.padding.PKCS1v15())
    body = next(p for p in at['payloads'] if p['type'] == KEMAC)['body']
    auth = ref.derive(envelope, ref.AUTH, 0xff, at['csb-id'], next(
        p['body'][1:] for p in at['payloads'] if p['type'] == RAND), 20)
    tap.equal(ref.hmac.new(auth, b'\0' + body[:-20], hashlib.sha1).digest(),
              body[-20:], "and by Python: KEMAC's MAC is under the envelope key")
    got = run(made_of)
    tap.ok('only its recipient can decrypt' in got, 'not by us', got)
    tap.ok(material(8)[:8] not in made_of, 'and hides the key')
    call.close()


class Exchange:
    """A call whose keys come with the answer: of ours, or of Python's."""

    CS = ((0, SSRC[0], 0), (0, SSRC[1], 0))
    X = 0x1234567890abcdef << 200 | 0xfedcba

    def __init__(self, call):
        self.call = call
        self.parties = Parties(call.dir)
        self.psk = ('insecure-psk', PSK.hex())
        self.count = 0

    @classmethod
    def bare(cls):
        """For messages without a certificate."""
        return cls.__new__(cls)

    def file(self):
        self.count += 1
        return os.path.join(self.call.dir, 'exchange%d' % self.count)

    def made(self, *words):
        """A message that ksrtp mikey prints, or what is wrong."""
        done = self.call.fake.ksrtp('mikey', *map(str, words))
        if done.returncode or not done.stdout:
            return done.stderr
        return base64.b64decode(done.stdout.split()[1])

    def offered(self, *words):
        return self.made('make', 'suite', CM, 'ssrc', SSRC[0], 'ssrc', SSRC[1],
                         *words)

    def keys(self, local, remote, *words):
        """What a session sends and receives with."""
        done = self.call.run([line(local)], [line(remote)], *words)
        if done.returncode:
            ok = done.returncode == 2 and not self.call.fake.asked and \
                done.stderr.count('\n') == 1
            return done.stderr if ok else done
        return [keys[1:] for keys in sessions_of(self.call.fake)]

    @staticmethod
    def derived(tgk, offer, random=None):
        told = ref.parse(offer)
        random = random or body_of(offer, RAND)[1:]
        return [tuple(b''.join(
            ref.derive(tgk, constant, cs_id, told['csb-id'], random, size)
            for constant, size in ((ref.TGK_TEK, 16), (ref.TGK_SALT_KEY, 14)))
            for cs_id in (1, 2))]


def body_of(message, kind, which=0):
    return [p['body'] for p in ref.parse(message)['payloads']
            if p['type'] == kind][which]


def value_of(message, which=0):
    """The public value of DH."""
    body = body_of(message, ref.DH, which)
    return body[1:1 + ref.GROUPS[body[0]][0] // 8]


def dh_answer(exchange, offer, group, sign=False, **more):
    """Python's answer to an offer of Diffie-Hellman, each part of which may be wrong."""
    told = ref.parse(offer)
    theirs = more.get('value', ref.power(group, 2, exchange.X))
    ids = more.get('ids', ((ref.ID, ref.identity(b'we')),) if sign else
                   ((ref.ID, ref.identity(b'sip:b@x', 1)),
                    (ref.ID, ref.identity(b'sip:a@x', 1))))
    head = ref.header(more.get('kind', 5 if sign else 8), told['sessions'],
                      more.get('csb_id', told['csb-id']))
    halves = more.get('halves', (
        (ref.DH, ref.half_key(more.get('in', group), theirs)),
        (ref.DH, ref.half_key(group, more.get('echo', value_of(offer))))))
    parts = ((T, body_of(offer, T)),
             *((der(more.get('cert', exchange.parties.cert)),) if sign else ()),
             *ids, *halves)
    if sign:
        return ref.sign(more.get('key', exchange.parties.peer),
                        ref.message(head, *parts), more.get('pss', False))
    return ref.hmaced(more.get('psk', PSK), head, parts,
                      body_of(offer, RAND)[1:], **more.get('mac', {}))


def dh_offer(exchange, group, sign=False, **more):
    value = more.get('value', ref.power(group, 2, exchange.X))
    head = ref.header(4 if sign else 7, exchange.CS, 0x01020304, True)
    parts = (*more.get('begin', BEGIN), *((der(exchange.parties.cert),) if sign
                                          else more.get('ids', (
        (ref.ID, ref.identity(b'sip:a@x', 1)),
        (ref.ID, ref.identity(b'sip:b@x', 1))))),
             (SP, ref.policy(((0, 1),))),
             *more.get('halves', ((ref.DH, ref.half_key(
                 group, value, more.get('spi'))),)))
    if sign:
        return ref.sign(exchange.parties.peer, ref.message(head, *parts))
    return ref.hmaced(more.get('psk', PSK), head, parts, bytes(range(16)),
                      **more.get('mac', {}))


def diffie_hellman(tap):
    """Both sides make the keys: signed, and with a pre-shared key (RFC 4650)."""
    call = Call()
    exchange = Exchange(call)
    ids = ('own-id', 'sip:a@x', 'peer-id', 'sip:b@x')
    for oakley, group in ((5, 0), (2, 2), (1, 1)):
        for sign in (False, True):
            words = exchange.parties.words if sign else exchange.psk
            name = 'Oakley %d, %s: ' % (oakley, 'signed' if sign else 'HMAC')
            file = exchange.file()
            offer = exchange.offered('dh', oakley, 'exchange', file, *words,
                                     *(() if sign else ids))
            told = ref.parse(offer)
            tap.equal((told['type'], told['verify'], [p['type'] for p in
                                                      told['payloads']]),
                      (4 if sign else 7, 1, [T, RAND] + (
                          [CERT, SP, ref.DH, ref.SIGN] if sign else
                          [ref.ID, ref.ID, SP, ref.DH, KEMAC])),
                      name + 'an offer of ours')
            tap.equal(os.stat(file).st_mode & 0o777, 0o600,
                      name + 'whose secret is in a file of ours alone')
            theirs = dh_answer(exchange, offer, group, sign)
            tgk = ref.power(group, int.from_bytes(value_of(offer), 'big'),
                            exchange.X)
            tap.equal(exchange.keys(offer, theirs, 'exchange', file, *words),
                      exchange.derived(tgk, offer), name + "and Python's answer")
            file = exchange.file()
            offer = dh_offer(exchange, group, sign, spi=b'\1\2')
            ours = exchange.made('answer', 'insecure-mikey', text(offer),
                                 'exchange', file, *words)
            tgk = ref.power(group, int.from_bytes(value_of(ours), 'big'),
                            exchange.X)
            send, recv = exchange.derived(tgk, offer)[0]
            tap.equal(exchange.keys(ours, offer, 'exchange', file, *words),
                      [(recv, send)], name + "an answer of ours to Python's")
            tap.equal(call.fake.asked[0][1]['recv'].get('mki'), b'\1\2',
                      name + "whose SPI is the offer's")
            if sign:
                tap.equal((ours, value_of(ours, 1)), (ref.message(
                    ref.header(5, exchange.CS), (T, body_of(offer, T)),
                    der(exchange.parties.own_cert),
                    (ref.ID, ref.identity(b'peer')),
                    (ref.DH, ref.half_key(group, value_of(ours))),
                    (ref.DH, ref.half_key(group, value_of(offer))),
                    (ref.SIGN, body_of(ours, ref.SIGN))), value_of(offer)),
                    name + 'it is as the RFC has it')
                exchange.parties.own.public_key().verify(
                    ours[-256:], ours[:-256], ref.padding.PKCS1v15(),
                    ref.hashes.SHA1())
            else:
                tap.equal(ours, ref.hmaced(PSK, ref.header(8, exchange.CS), (
                    (T, body_of(offer, T)),
                    (ref.ID, ref.identity(b'sip:b@x', 1)),
                    (ref.ID, ref.identity(b'sip:a@x', 1)),
                    (ref.DH, ref.half_key(group, value_of(ours))),
                    (ref.DH, ref.half_key(group, value_of(offer)))),
                    bytes(range(16))), name + 'it is as the RFC has it')
    wrong_dh(tap, exchange, ids)
    call.close()


def wrong_dh(tap, exchange, ids):
    """Hostile values, and messages that are of another exchange."""
    psk, file, other = exchange.psk, exchange.file(), exchange.file()
    offer = exchange.offered('dh', 5, 'exchange', file, *psk, *ids)
    words = ('exchange', file, *psk)
    last = (ref.prime(0) - 1).to_bytes(192, 'big')
    value = ref.power(0, 2, exchange.X)
    again = exchange.offered('dh', 5, 'exchange', other, *psk, *ids)
    for name, more, wanted in (
            ('0', {'value': bytes(192)}, 'value is not within 2..p-2'),
            ('1', {'value': bytes(191) + b'\1'}, 'value is not within 2..p-2'),
            ('p - 1', {'value': last}, 'value is not within 2..p-2'),
            ('p', {'value': last[:-1] + bytes([last[-1] + 1])},
             'value is not within 2..p-2'),
            ('2^1536 - 1', {'value': b'\xff' * 192}, 'not within 2..p-2'),
            ("the offer's", {'value': value_of(offer)},
             'the offer has the same value'),
            ('of another group', {'value': ref.power(2, 2, 9), 'in': 2},
             "the offer's group is another"),
            ('not repeated', {'echo': value}, "not the offer's value"),
            ('one', {'halves': ((ref.DH, ref.half_key(0, value)),)},
             'DH payload is missing; 1 of 2'),
            ('three', {'halves': 3 * ((ref.DH, ref.half_key(0, value)),)},
             'more than 2'),
            ('another key', {'psk': b'x'}, 'MAC does not match'),
            ('no MAC', {'mac': {'mac_alg': 0}}, 'no MAC'),
            ('keys', {'mac': {'data': b'keys'}}, 'has keys'),
            ('somebody else', {'ids': (
                (ref.ID, ref.identity(b'sip:b@x', 1)),
                (ref.ID, ref.identity(b'sip:c@x', 1)))},
             'the answer is for somebody else'),
            ('another CSB', {'csb_id': 5}, 'CSB ID 00000005 differs'),
            ('signed', {'kind': 5}, 'does not answer a DHHMAC init')):
        got = exchange.keys(offer, dh_answer(exchange, offer, 0, **more), *words)
        tap.ok(isinstance(got, str) and wanted in got, 'an answer with %s: %s' %
               (name, wanted), got)
    good = dh_answer(exchange, offer, 0)
    tap.equal(len(exchange.keys(offer, good, *words)), 1, 'which is else taken')
    tap.equal(exchange.keys(offer, dh_answer(exchange, offer, 0, ids=()),
                            *words), exchange.keys(offer, good, *words),
              'without IDs, too, as libmikey sends it')
    unbent(tap, good, lambda bent: exchange.keys(offer, bent, *words), 13)
    for name, args, wanted in (
            ('no secret', (offer, good, *psk), 'private value of neither'),
            ("another's", (offer, good, 'exchange', other, *psk),
             'private value of neither'),
            ('no answer', (offer, ref.secured(PSK, ref.header(), BEGIN, ref.keys(
                (TEK, material(1)))), *words),
             'DHHMAC init, and the other side has no answer to it'),
            ('an answer to another', (again, good, 'exchange', other, *psk),
             'CSB ID'),
            ('no pre-shared key', (offer, good, 'exchange', file),
             'needs a pre-shared key')):
        got = exchange.keys(*args)
        tap.ok(isinstance(got, str) and wanted in got, '%s: %s' % (name, wanted),
               got)
    got = exchange.call.run([line(offer)], [''], *words)
    tap.ok(got.returncode == 2 and 'the other side has none' in got.stderr,
           'and with no message at all', got)
    for name, more, wanted in (
            ('0', {'value': bytes(192)}, 'DH at byte '),
            ('p - 1', {'value': last}, 'value is not within 2..p-2'),
            ('two values', {'halves': 2 * ((ref.DH, ref.half_key(0, value)),)},
             'more than 1'),
            ('none', {'halves': ()}, 'DH payload is missing'),
            ('no RAND', {'begin': BEGIN[:1]}, 'RAND payload is missing'),
            ('no T', {'begin': BEGIN[1:]}, 'T payload is missing'),
            ('no MAC', {'mac': {'mac_alg': 0}}, 'no MAC'),
            ('another recipient', {'ids': ((ref.ID, ref.identity(b'x')),)},
             'the offer is for somebody else'),
            ('no names', {'ids': ()}, "needs the peer's ID")):
        got = exchange.made('answer', 'insecure-mikey', text(
            dh_offer(exchange, 0, **more)), 'exchange', '/no/such', *psk,
            'own-id', 'sip:b@x')
        tap.ok(isinstance(got, str) and got.count('\n') == 1 and wanted in got,
               'an offer with %s: %s' % (name, wanted), got)
    whole = dh_offer(exchange, 0)
    sign = dh_offer(exchange, 0, True)
    for words, wanted in (
            (('make', 'suite', CM, 'dh', 3, *psk), 'none of 5, 2 and 1'),
            (('make', 'suite', CM, 'dh', 5, *psk), 'needs exchange'),
            (('make', 'suite', CM, 'dh', 5, *psk, 'exchange', file, *ids),
             'File exists'),
            (('make', 'suite', CM, 'dh', 5, *psk, 'exchange', '/no/such'),
             "needs the peer's ID"),
            (('make', 'suite', CM, 'dh', 5, 'exchange', '/no/such'),
             'needs own key and own certificate, or a pre-shared key'),
            (('make', 'suite', CM, 'dh', 5, 'rsa-r'), 'either dh or rsa-r'),
            (('make', 'suite', CM, 'insecure-key', material(1).hex(), 'dh', 5),
             'takes a suite, and no key'),
            (('make', 'suite', CM, 'salt', 'rsa-r'), 'salt is for keys'),
            (('make', 'suite', CM, 'peer-id', 'x' * 256, 'rsa-r'),
             'not within 1..255 characters'),
            (('answer', 'insecure-mikey', text(whole), *psk),
             'exchange: a file for the secret'),
            (('answer', 'insecure-mikey', text(whole), *psk, 'exchange', file),
             'File exists'),
            (('answer', 'insecure-mikey', text(sign), 'exchange', '/no/such'),
             'needs own key, own certificate'),
            (('show', 'insecure-mikey', text(whole), *psk, 'exchange',
              exchange.parties.words[5]), 'not the secret of a message')):
        got = exchange.made(*words)
        tap.ok(isinstance(got, str) and wanted in got, 'refused: ' + wanted, got)
    signed_wrong(tap, exchange)
    old = dh_offer(exchange, 0, begin=((T, ref.stamp(ref.now() - (400 << 32))),
                                       BEGIN[1]))
    file = exchange.file()
    ours = exchange.made('answer', 'insecure-mikey', text(old), 'exchange', file,
                         *psk)
    got = exchange.keys(ours, old, 'exchange', file, *psk)
    tap.ok("behind this host's clock" in str(got), 'an old offer', got)
    tap.equal(len(exchange.keys(ours, old, 'exchange', file, *psk, 'clock-skew',
                                'none')), 1, 'unless the peer has no clock')
    call = exchange.call
    for sign in (False, True):
        file, offer = exchange.file(), dh_offer(exchange, 0, sign)
        words = exchange.parties.words if sign else psk
        ours = exchange.made('answer', 'insecure-mikey', text(offer), 'exchange',
                             file, *words)
        words = 'local %s remote %s exchange %s %s' % (
            call.write('local', [line(ours)]), call.write('remote', [line(offer)]),
            file, ' '.join(words))
        done = call.fake.ksrtp('-b', '-', input='sdp add %s\nsdp del %s\n'
                               'sdp add %s\n' % (words, words, words))
        tap.ok(done.returncode == 2 and 'message is a replay' in done.stderr,
               'an offer is taken once by a batch', done)


def signed_wrong(tap, exchange):
    parties, file = exchange.parties, exchange.file()
    words = ('exchange', file, *parties.words)
    offer = exchange.offered('dh', 5, *words)
    tap.equal(len(exchange.keys(offer, dh_answer(exchange, offer, 0, True,
                                                 pss=True), *words)), 1,
              'an answer signed by PSS')
    other = rsa.generate_private_key(65537, 2048)
    for name, more, wanted in (
            ("another's key", {'key': other}, 'signature does not match'),
            ('another CA', {'cert': certify('peer', parties.peer)}, 'CERT: self'),
            ('somebody else', {'ids': ((ref.ID, ref.identity(b'they')),)},
             'the answer is for somebody else')):
        got = exchange.keys(offer, dh_answer(exchange, offer, 0, True, **more),
                            *words)
        tap.ok(isinstance(got, str) and wanted in got,
               'a signed answer of %s: %s' % (name, wanted), got)


def reverse_answer(exchange, offer, **more):
    """Python's answer of RSA-R to an offer."""
    told, parties = ref.parse(offer), exchange.parties
    random = body_of(offer, RAND)[1:]
    when = more.get('when', body_of(offer, T))
    ids = more.get('id', b'')
    return ref.signed(
        more.get('key', parties.peer), parties.own.public_key(), bytes(16),
        ref.header(10, more.get('sessions', told['sessions']), told['csb-id']),
        ((T, when), *more.get('rand', ()), der(parties.cert),
         *(((ref.ID, ref.identity(ids)),) if ids else ()), *more.get('ext', ()),
         *more.get('policy', ((SP, body_of(offer, SP)),))),
        ref.keys((TGK, bytes(range(50, 70)))), random=random,
        forge=more.get('covered', ids + when[1:]))


def reverse_offer(exchange, begin=None, policy=((SP, ref.policy(((0, 1),))),),
                  sessions=None, ids=()):
    parties = exchange.parties
    return ref.sign(parties.peer, ref.message(
        ref.header(9, exchange.CS if sessions is None else sessions, verify=True),
        *(BEGIN if begin is None else begin), der(parties.cert), *ids, *policy))


def reverse(tap):
    """RSA-R (RFC 4738): the peer chooses the keys."""
    call = Call()
    exchange = Exchange(call)
    parties = exchange.parties
    words = parties.words
    tgk = bytes(range(50, 70))
    offer = exchange.offered('rsa-r', *words)
    told = ref.parse(offer)
    tap.equal((told['type'], told['verify'],
               [p['type'] for p in told['payloads']]),
              (9, 1, [T, RAND, CERT, SP, ref.SIGN]), 'an offer of ours')
    parties.own.public_key().verify(offer[-256:], offer[:-256],
                                    ref.padding.PKCS1v15(), ref.hashes.SHA1())
    wanted = exchange.derived(tgk, offer)
    tap.equal(exchange.keys(offer, reverse_answer(exchange, offer), *words),
              wanted, "and Python's answer")
    tap.equal(exchange.keys(offer, reverse_answer(exchange, offer, id=b'peer'),
                            *words), wanted, 'which may name its sender')
    for name, more, why in (
            ('a time of its own', {'when': ref.stamp(5)}, "offer's time is another"),
            ('RAND of its own', {'rand': (BEGIN[1],)}, 'the offer has one, too'),
            ('no policy', {'policy': ()}, 'SP payload is missing'),
            ('another policy', {'policy': ((SP, ref.policy(((11, 4),))),)},
             'the offer does not have this policy'),
            ('keys of a group', {'ext': ((ref.EXT, b'\4\0\4abcd'),)},
             'keys of a group are not supported'),
            ('no names in the signature', {'covered': b''},
             'signature does not match'),
            ('a signature of another', {'key': rsa.generate_private_key(
                65537, 2048)}, 'signature does not match')):
        got = exchange.keys(offer, reverse_answer(exchange, offer, **more),
                            *words)
        tap.ok(isinstance(got, str) and 'mikey' in got and why in got,
               'an answer with %s: %s' % (name, why), got)
    good = reverse_answer(exchange, offer)
    unbent(tap, good, lambda bent: exchange.keys(offer, bent, *words), 31)
    for name, begin, ids, sessions in (
            ('an offer', BEGIN, (), exchange.CS), ('without RAND', BEGIN[:1], (), exchange.CS),
            ('with IDs', BEGIN, ((ref.ID, ref.identity(b'peer')),
                                 (ref.ID, ref.identity(b'we'))), exchange.CS),
            ('without crypto sessions', BEGIN, (), ())):
        file = exchange.file()
        offer = reverse_offer(exchange, begin, ids=ids, sessions=sessions)
        ours = exchange.made('answer', 'insecure-mikey', text(offer), 'exchange',
                             file, *words)
        told = ref.parse(ours)
        random = body_of(ours, RAND)[1:] if len(begin) == 1 else \
            bytes(range(16))
        tap.equal((told['type'], told['sessions'], body_of(ours, T),
                   body_of(ours, SP)), (10, list(sessions or ((0, 0, 0),)),
                                        body_of(offer, T),
                                        ref.policy(((0, 1),))),
                  name + " of Python's, and our answer")
        inner = opened_by(parties.peer, ours, random)
        parties.own.public_key().verify(
            ours[-256:], ours[:-256] + (b'peerwe' if ids else b'') +
            body_of(offer, T)[1:], ref.padding.PKCS1v15(), ref.hashes.SHA1())
        tap.equal((inner[:6], len(inner)), (b'\x14\0\0\2we', 42),
                  name + ': our name and a TGK of 32 bytes')
        send, recv = exchange.derived(inner[-32:], offer, random)[0]
        tap.equal(exchange.keys(ours, offer, 'exchange', file, *words),
                  [(recv, send) if sessions else (send, send)],
                  name + ': with which we send and receive')
    got = exchange.keys(ours, offer, *words)
    tap.ok('only its recipient can decrypt' in str(got),
           'which needs the secret of our answer', got)
    for name, message, why in (
            ('no time', reverse_offer(exchange, BEGIN[1:]), 'T payload is missing'),
            ('an unknown policy', reverse_offer(
                exchange, policy=((SP, ref.policy(((0, 7),))),)),
             'encryption algorithm 7 is unknown'),
            ('no signature', ref.message(ref.header(9), *BEGIN,
                                         der(parties.cert)), 'SIGN payload is missing')):
        got = exchange.made('answer', 'insecure-mikey', text(message),
                            'exchange', '/no/such', *words)
        tap.ok(isinstance(got, str) and why in got, '%s: %s' % (name, why), got)
    # a message under the peer's certificate that we make, with its secret
    file = exchange.file()
    ours = exchange.made('make', 'suite', CM, 'insecure-key', material(8).hex(),
                         'peer-cert', parties.pem('peer.crt', parties.cert),
                         'exchange', file, *words)
    done = call.run([line(ours)], [''], 'exchange', file, *words)
    tap.equal((done.stderr, [keys[1:] for keys in sessions_of(call.fake)]),
              ('', [(material(8), material(8))]),
              'a message for the peer, with its secret, is ours to use')
    call.close()


def opened_by(key_of, answer, random):
    """The data of KEMAC, of whom PKE is for."""
    told = ref.parse(answer)
    envelope = key_of.decrypt(body_of(answer, ref.PKE)[2:],
                              ref.padding.PKCS1v15())

    def made(constant, length):
        return ref.derive(envelope, constant, 0xff, told['csb-id'], random, length)
    terms = bytes(2) + struct.pack('>I', told['csb-id']) + body_of(answer, T)[1:]
    iv = bytes(x ^ y for x, y in zip(made(ref.SALT, 14), terms)) + bytes(2)
    body = body_of(answer, KEMAC)
    return ref.Cipher(ref.algorithms.AES(made(ref.ENCR, 16)),
                      ref.modes.CTR(iv)).decryptor().update(body[3:-21])


def clocks(tap):
    call = Call()
    psk = ('insecure-psk', PSK.hex())
    own = ref.secured(PSK, ref.header(), BEGIN, ref.keys((TEK, material(99))))

    def message(ago, seed=5):
        return ref.secured(PSK, ref.header(), (
            (T, ref.stamp(ref.now() - (ago << 32))), BEGIN[1]),
            ref.keys((TEK, material(seed))))

    def run(theirs, *words, command='add', ours=own):
        done = call.run([line(ours)], [line(theirs)], *psk, *words,
                        command=command)
        return done.stderr or sorted(name for name, _ in call.fake.asked)
    for ago in (0, 250, -250):
        tap.equal(run(message(ago)), ['session-new'],
                  'a message of %d seconds ago' % ago)
    for ago, word in ((400, 'behind'), (-400, 'ahead of'), (10 ** 8, 'behind')):
        got = run(message(ago))
        tap.ok(re.search(r'remote:7: mikey: T at byte 19: \d+ seconds %s this '
                         "host's clock; 300 are allowed" % word, str(got)),
               'one of %d seconds ago is not new' % ago, got)
        tap.equal(run(message(ago), 'clock-skew', 'none'), ['session-new'],
                  'unless the peer has no clock')
    tap.equal(run(message(1000), 'clock-skew', '2000'), ['session-new'],
              'or clocks may be so far apart')
    tap.equal(run(message(0), ours=ref.secured(PSK, ref.header(), (
        (T, ref.stamp(5)), BEGIN[1]), ref.keys((TEK, material(98))))),
        ['session-new'], 'our own is ours')
    tap.equal(run(message(400), command='del'), ['session-del', 'session-get'],
              'a call ends whenever it does')
    got = run(ref.secured(PSK, ref.header(), ((T, ref.stamp(77, 2)), BEGIN[1]),
                          ref.keys((TEK, material(5)))))
    tap.ok('a counter, not a time' in got, 'a counter is no clock', got)
    tap.equal(run(ref.secured(PSK, ref.header(), (BEGIN[1],
                                                  (T, ref.stamp(ref.now(), 1))),
                              ref.keys((TEK, material(5))))), ['session-new'],
              'NTP time of whichever kind')
    paths = [call.write(name, [line(one)]) for name, one in (
        ('local', own), ('remote', message(0)), ('remote2', message(0, 6)))]
    words = 'local %s remote %s %s' % (*paths[:2], ' '.join(psk))
    done = call.fake.ksrtp('-b', '-', input='sdp add %s\nsdp del %s\n'
                           'sdp add %s\n' % (words, words, words))
    tap.ok(done.returncode == 2 and 'message is a replay' in
           done.stderr and [name for name, _ in call.fake.asked] ==
           ['session-new', 'session-get', 'session-del'],
           'a message is taken once by a batch', done)
    call.fake.refuse = {'session-new': 1}
    done = call.fake.ksrtp('-f', '-b', '-', input=2 * ('sdp add %s\n' % words))
    tap.ok([name for name, _ in call.fake.asked] == 2 * ['session-new'],
           'but one whose session was refused was not taken', done)
    call.fake.refuse = {}
    old = message(3000)
    done = call.fake.ksrtp(
        'sdp', 'set', 'local', paths[0], 'remote', call.write(
            'remote3', [line(old)]), 'old-local', call.write(
            'local3', [line(ref.secured(PSK, ref.header(), BEGIN,
                                        ref.keys((TEK, material(97)))))]),
        *psk)
    tap.equal((done.returncode, done.stderr), (0, ''),
              'a message that stays is none to be taken')
    call.close()


def changes(tap):
    """A new offer and its answer."""
    call = Call()
    call.fake.session = [
        attr(number_of(SESSION, 'remote-address'), bytes((192, 0, 2, 2))),
        attr(number_of(SESSION, 'remote-port'), struct.pack('!H', 5000))]
    paths = {name: call.write(name, [line(plain(ref.keys((TEK, material(n))),
                                                sessions=cs))])
             for n, (name, cs) in enumerate((
                 ('local', ((0, 1, 0),)), ('remote', ((0, 2, 3),)),
                 ('remote-new', ((0, 2, 3), (0, 4, 9)))))}

    def run(remote):
        done = call.fake.ksrtp('sdp', 'set', 'local', paths['local'], 'remote',
                               paths[remote], 'old-remote', paths['remote'])
        return done.returncode, [name for name, _ in call.fake.asked]
    tap.equal(run('remote'), (0, ['session-get']), 'the same again')
    tap.equal((run('remote-new'), sorted(call.fake.asked[1][1]),
               [number(call.fake.asked[2][1], name)
                for name in ('ssrc', 'roc')]),
              ((0, ['session-get', 'session-set', 'stream-set']), ['id', 'recv'],
               [4, 9]),
              'a new key, and the counter of the stream that is new')
    ended = call.write('remote-end', [(line(plain()), 'RTP/SAVP', 0)])
    done = call.fake.ksrtp('sdp', 'set', 'local', paths['local'], 'remote',
                           paths['remote'], 'old-remote', ended)
    tap.ok(done.returncode == 2 and 'used twice' in done.stderr,
           'a key that may have been used does not begin anew', done)
    call.close()


def refusals(tap):
    """What is no message, by payload and offset; and each message cut short."""
    call = Call()
    good = plain(ref.keys((TEK, material(1), {'spi': b'\1\2'})))
    sp = ref.policy(((0, 1),))
    for name, message, wanted in (
            ('version', plain(version=2), 'HDR at byte 0: version 2 is not 1'),
            ('type', plain(kind=11), 'HDR at byte 0: data type 11 is unknown'),
            ('PRF', plain(prf_func=2), 'HDR at byte 0: PRF 2 is unknown'),
            ('map', plain(map_type=2), 'HDR at byte 0: map type 2 is unknown'),
            ('an empty map', plain(map_type=1),
             'HDR at byte 0: #CS is 1, but the map is empty'),
            ('sessions', ref.header(count=200), 'HDR at byte 0: policy of a '
             'crypto session: 1 bytes at byte 19, but 0 are left'),
            ('payload', ref.message(ref.header(), (13, b'')),
             'payload of type 13 at byte 19 is unknown'),
            ('behind it', good + b'\0',
             '1 bytes after the last payload, at byte %d' % len(good)),
            ('KEMAC twice', ref.message(
                ref.header(), (KEMAC, ref.kemac(b'')), (KEMAC, ref.kemac(b''))),
             'KEMAC at byte 24 repeats the one at byte 19'),
            ('no KEMAC', ref.message(ref.header(), *BEGIN), 'KEMAC payload is missing'),
            ('no key', ref.message(ref.header(), (KEMAC, ref.kemac(b''))),
             'KEMAC at byte 19 key data at byte 23: next payload: 1 bytes'),
            ('encryption', ref.message(ref.header(),
                                       (KEMAC, ref.kemac(b'', 3))),
             'KEMAC at byte 19: encryption algorithm 3 is unknown'),
            ('MAC', ref.message(ref.header(), (KEMAC, ref.kemac(b'', 0, 3))),
             'KEMAC at byte 19: MAC algorithm 3 is unknown'),
            ('a long KEMAC', ref.message(ref.header(),
                                         (KEMAC, ref.kemac(bytes(9000)))),
             'KEMAC at byte 19: longer than 8192 bytes'),
            ('time', ref.message(ref.header(), (T, b'\3')),
             'T at byte 19: type 3 is unknown'),
            ('hash', ref.message(ref.header(), (ref.CHASH, b'\2')),
             'CHASH at byte 19: hash function 2 is unknown'),
            ('group', ref.message(ref.header(), (ref.DH, b'\3')),
             'DH at byte 19: DH group 3 is unknown'),
            ('key type', plain(b'\0\x40\0\0'), 'key data at byte'),
            ('key validity', plain(b'\0\x23\0\0'), 'key validity 3 is unknown'),
            ('among keys', plain(b'\5' + b'\x20\0\0' + b'\0' + ref.stamp()),
             'is not key data'),
            ('behind keys', plain(ref.keys((TEK, material(1))) + b'xy'),
             '2 bytes after the last key'),
            ('many payloads', ref.message(ref.header(), *(65 * [(SP, sp)])),
             'more than 64 payloads'),
            ('TGK without RAND', ref.message(
                ref.header(), (KEMAC, ref.kemac(ref.keys((TGK, bytes(16)))))),
             'RAND payload is missing'),
            ('TGK without a crypto session', plain(
                ref.keys((TGK, bytes(16))), sessions=()),
             'needs a crypto session to derive keys for')):
        got = call.refused(message)
        tap.ok('remote:7: mikey' in str(got) and wanted in str(got),
               '%s: %s' % (name, wanted), got)
    tap.equal(keyed(call.told(plain(sessions=(), map_type=1))), material(1),
              'an empty map, of RFC 4563')
    tap.equal(keyed(call.told(plain(sessions=()))), material(1),
              'or no crypto session at all')
    tap.equal(keyed(call.told(ref.message(
        ref.header(), (ref.EXT, b'\3\0\2xy'), (ref.EXT, b'\1\0\0'), *BEGIN,
        (ref.ID, b'\0\0\1a'), (KEMAC, ref.kemac(ref.keys(
            (TEK, material(1)))))))), material(1),
        'general extensions, of RFC 4563 and 4567, and names')
    whole = ref.message(
        ref.header(sessions=((0, 1, 0),)), (ref.ID, b'\0\0\3abc'), *BEGIN,
        (ref.EXT, b'\3\0\2xy'), (SP, sp), (KEMAC, ref.kemac(ref.keys(
            (TEK, material(1), {'spi': b'\1\2'})))))
    for cut in range(1, len(whole)):
        got = subprocess.run([KSRTP, 'mikey', 'show', 'insecure-mikey',
                              text(whole[:cut])], capture_output=True, text=True,
                             check=False)
        if got.returncode != 2 or not re.search(r' at byte \d+|no KEMAC',
                                                got.stderr):
            tap.ok(False, 'cut after %d bytes' % cut, got)
            break
    else:
        tap.ok(True, 'a message that is cut, anywhere, is refused with an offset')
    tap.ok(not any(material(1)[at:at + 4].hex() in str(got)
                   for at in range(len(material(1)) - 4)),
           'refusals have no bytes of keys')
    call.close()


def show(*words):
    return subprocess.run([KSRTP, '-j', 'mikey', 'show', *words],
                          capture_output=True, text=True, check=False)


def shown(tap):
    """As text and JSON, without keys; headers of RTSP."""
    message = plain(ref.keys((TEK, material(1), {'spi': b'\1\2'})),
                    sessions=((0, SSRC[0], 5),))
    done = show('insecure-mikey', text(message))
    told = json.loads(done.stdout)[0]
    tap.equal((told['type'], told['csb-id'], told['prf'], told['verify'],
               told['crypto-sessions'],
               [p['payload'] for p in told['payloads']]),
              ('PSK init', '01020304', 'MIKEY-1', False, [
                  {'id': 1, 'policy': 0, 'ssrc': '0x11111111', 'roc': 5,
                   'suite': CM, 'keys': [{'key-length': 16, 'salt-length': 14,
                                          'mki': '0102'}]}],
               ['T', 'RAND', 'SP', 'KEMAC']), 'JSON of a message')
    plain_text = subprocess.run(
        [KSRTP, 'mikey', 'show', 'insecure-mikey', text(message)],
        capture_output=True, text=True, check=False).stdout
    tap.ok(plain_text.startswith('PSK init csb-id 01020304 prf MIKEY-1\n'
                                 '    session 1 policy 0 ssrc 0x11111111 roc 5'),
           'and as text', plain_text)
    tap.ok(material(1)[:4].hex() not in plain_text + done.stdout,
           'both without keys')
    same = done.stdout
    data = text(message)
    for form in ('a=key-mgmt:mikey ' + data,
                 'KeyMgmt: prot=mikey; uri="rtsp://h/a,b;c"; data="%s"' % data,
                 'keymgmt:prot=mikey;uri="";data="%s";' % data,
                 'prot=other;data="x",prot=MIKEY;data="%s"' % data,
                 'prot=mikey;data=%s' % data, '  %s  ' % data):
        done = show('insecure-mikey', form)
        tap.equal(done.stdout, same, 'taken from ' + form[:40])
    for form, wanted in (
            ('a=key-mgmt:other ' + data, 'protocol is not mikey'),
            ('KeyMgmt: prot=mikey;uri="x"', 'no prot=mikey with data'),
            ('KeyMgmt: prot=mikey;data="%s' % data, 'has no closing quote'),
            ('KeyMgmt: prot', 'a parameter has no value'),
            ('KeyMgmt: prot=mikey x;data="y"', 'unexpected text after a value'),
            ('KeyMgmt: prot=other;data="%s"' % data, 'no prot=mikey with data'),
            (data + ' more', 'unexpected text after the message'),
            ('', 'message is empty'), ('AQ=', 'message is not base64'),
            ('A' * 22000, 'message is longer than 16384 bytes')):
        done = show('insecure-mikey', form)
        tap.ok(done.returncode == 2 and done.stderr.count('\n') == 1 and
               wanted in done.stderr, 'refused: ' + wanted, done.stderr)
    for data, ids in ((b'\0\1\xaa\1\2\xbb\xcc\7\0', [
            {'kind': 0, 'id': 'aa'}, {'kind': 1, 'id': 'bbcc'},
            {'kind': 7, 'id': ''}]), (b'', []), (b'\0\2\xaa', None)):
        message = ref.message(
            ref.header(), (ref.EXT, struct.pack('>BH', 3, len(data)) + data),
            *BEGIN, (KEMAC, ref.kemac(ref.keys((TEK, material(1))))))
        done = show('insecure-mikey', text(message))
        tap.equal(json.loads(done.stdout)[0]['payloads'][0].get('key-ids'), ids,
                  'key IDs of RFC 4563: %s' % data.hex())
    message = ref.message(ref.header(6), (T, ref.stamp()), (ref.ERR, b'\6\0\0'))
    done = show('insecure-mikey', text(message))
    tap.ok(done.returncode == 2 and 'reports error 6: DH group is not supported'
           in done.stderr, "a peer's error in words", done)
    message = dh_offer(Exchange.bare(), 2)
    done = show('insecure-mikey', text(message), 'insecure-psk', PSK.hex())
    told = json.loads(done.stdout)[0]
    tap.equal((told['type'], told['crypto-sessions'][0]['suite'],
               told['crypto-sessions'][0]['keys'],
               [p.get('oakley-group') for p in told['payloads']][5]),
              ('DHHMAC init', CM, [], 2), 'an offer of Diffie-Hellman has no keys')
    hidden = ref.secured(PSK, ref.header(), BEGIN, ref.keys((TEK, material(1))))
    done = show('insecure-mikey', text(hidden))
    told = json.loads(done.stdout)[0]
    tap.ok(done.returncode == 2 and 'none is given' in done.stderr and
           'suite' not in told['crypto-sessions'][0] and
           told['payloads'][-1]['encryption'] == 'AES-CM-128',
           'without its key a message is shown as far as it can be', done)
    done = show('insecure-mikey', text(hidden), 'insecure-psk', PSK.hex())
    tap.equal(json.loads(done.stdout)[0]['crypto-sessions'][0]['suite'], CM,
              'and with it, as a whole')


def make(*words):
    done = subprocess.run([KSRTP, 'mikey', 'make', *map(str, words)],
                          capture_output=True, text=True, check=False)
    return done if done.returncode else done.stdout


def crypto_line(suite, data, *more):
    return 'a=crypto:1 %s inline:%s' % (suite, text(data)) + ''.join(more)


MADE = {
    CM: ((0, 1), (1, 16), (2, 1), (3, 20), (4, 14), (5, 0), (7, 1), (8, 1),
         (10, 1), (11, 10)),
    CM32: ((0, 1), (1, 16), (2, 1), (3, 20), (4, 14), (5, 0), (7, 1), (8, 1),
           (10, 1), (11, 4)),
    GCM: ((0, 6), (1, 16), (2, 0), (3, 0), (20, 16), (4, 12), (5, 0), (7, 1),
          (8, 1), (10, 1)),
    'SEED_CTR_128_HMAC_SHA1_80': (
        (0, 3), (1, 16), (2, 1), (3, 20), (4, 14), (5, 1), (7, 1), (8, 1),
        (10, 1), (11, 10)),
    'SEED_128_GCM_96': (
        (0, 5), (1, 16), (2, 0), (3, 0), (4, 12), (5, 1), (7, 1), (8, 1),
        (10, 1), (11, 12)),
}


def made(tap):
    """What we make is what Python, by the RFC, reads."""
    for suite, params in MADE.items():
        data = material(4, suite)
        out = make('insecure-sdes', crypto_line(suite, data))
        tap.ok(out.startswith('a=key-mgmt:mikey ') and out.count('\n') == 1,
               suite + ': a line for SDP', out)
        told = ref.parse(base64.b64decode(out.split()[1]))
        tap.equal((told['type'], told['sessions'], told['verify'],
                   [p['type'] for p in told['payloads']],
                   told['payloads'][2]['body'],
                   told['payloads'][3]['body']),
                  (0, [(0, 0, 0)], 0, [T, RAND, SP, KEMAC], ref.policy(params),
                   ref.kemac(ref.keys((TEK, data)))), suite + ': as the RFC has it')
    a, b = (base64.b64decode(make(
        'insecure-sdes', crypto_line(CM, material(4))).split()[1])
        for _ in range(2))
    tap.ok(a[4:8] != b[4:8] and
           ref.parse(a)['payloads'][1]['body'] != ref.parse(b)['payloads'][1]['body'],
           'CSB ID and RAND are others each time')
    when = struct.unpack('>Q', ref.parse(a)['payloads'][0]['body'][1:])[0]
    tap.ok(abs(when - ref.now()) >> 32 < 60, 'T is the time')
    out = make('insecure-sdes', crypto_line(CM, material(4), '|1:2;inline:%s|2:2'
                                            % text(material(5)), ' KDR=3 '
                                            'UNENCRYPTED_SRTCP'),
               'ssrc', '0x11111111', 'roc', 3, 'ssrc', 7, 'salt', 'verify')
    told = ref.parse(base64.b64decode(out.split()[1]))
    tap.equal((told['sessions'], told['verify'],
               told['payloads'][-1]['body'], told['payloads'][2]['body']),
              ([(0, SSRC[0], 3), (0, 7, 0)], 1, ref.kemac(ref.keys(
                  *((TEK_SALT, material(n)[:16], {'salt': material(n)[16:],
                                                  'spi': bytes([0, n - 3])})
                    for n in (4, 5)))), ref.policy(
                        MADE[CM][:6] + ((6, 8), (7, 1), (8, 0), (10, 1),
                                        (11, 10)))),
              'SSRCs with their ROC, MKIs, salts apart, settings')
    out = make('insecure-sdes', crypto_line(CM, material(4)), 'insecure-psk',
               PSK.hex())
    data = base64.b64decode(out.split()[1])
    tap.equal(ref.opened(PSK, data), ref.keys((TEK, material(4))),
              'under a pre-shared key: AES-CM and HMAC-SHA1')
    tap.ok(material(4)[:8] not in data, 'which hides the key')
    out = make('insecure-sdes', crypto_line(CM, material(4)), 'uri',
               'rtsp://192.0.2.1/a')
    tap.ok(re.fullmatch(r'KeyMgmt: prot=mikey;uri="rtsp://192\.0\.2\.1/a";'
                        r'data="[A-Za-z0-9+/=]+"\n', out), 'a header for RTSP',
           out)
    fake = FakeKernel()
    done = fake.ksrtp('mikey', 'make', 'suite', CM32, 'insecure-key',
                      material(4).hex(), 'mki', '0a0b', 'kdr', '256',
                      'unencrypted-srtp', 'on', 'rcc-mode', '3', 'rcc-rate', '300')
    told = ref.parse(base64.b64decode(done.stdout.split()[1]))
    tap.equal((told['payloads'][-1]['body'], told['payloads'][2]['body']),
              (ref.kemac(ref.keys((TEK, material(4), {'spi': b'\x0a\x0b'}))),
               ref.policy(((0, 1), (1, 16), (2, 4), (3, 20), (4, 14), (5, 0),
                           (6, b'\1\0'), (7, 0), (8, 1), (10, 1), (11, 4),
                           (13, b'\1\x2c')))), 'of a suite, a key and settings')
    done = fake.ksrtp('mikey', 'make', 'suite', 'ARIA_128_CTR_HMAC_SHA1_80',
                      'insecure-key', material(4).hex())
    tap.ok(done.returncode == 2 and 'MIKEY cannot express suite ARIA' in
           done.stderr, 'a suite that MIKEY does not have', done)
    fake.close()
    for words, wanted in (
            (('uri', 'a"b', 'insecure-sdes', crypto_line(CM, material(4))),
             'URI: character 2'),
            ((), 'needs suite and key'), (('roc', 1, 'roc', 2), 'given twice'),
            (('cryptex', 'on'), "unknown word 'cryptex'"),
            (33 * ('ssrc', 1), 'more than 32')):
        done = make(*words)
        tap.ok(not isinstance(done, str) and done.returncode == 2 and
               wanted in done.stderr, 'not made: ' + wanted, done)


# caps of GStreamer: cipher, authentication, and the suite
CAPS = (('aes-128-icm', 'hmac-sha1-80', CM), ('aes-128-icm', 'hmac-sha1-32', CM32),
        ('aes-256-icm', 'hmac-sha1-80', 'AES_256_CM_HMAC_SHA1_80'),
        ('aes-256-icm', 'hmac-sha1-32', 'AES_256_CM_HMAC_SHA1_32'),
        ('aes-128-gcm', 'null', GCM), ('aes-256-gcm', 'null', 'AEAD_AES_256_GCM'))


def gstreamer(tap):
    """GStreamer's messages are read, and it reads ours."""
    try:
        gst = Gstreamer()
    except OSError as error:
        raise Skip(error) from error
    call = Call()
    for cipher, auth, suite in CAPS:
        data = material(6, suite)
        message = gst.make('application/x-srtp,srtp-key=(buffer)%s,'
                          'srtp-cipher=%s,srtp-auth=%s,srtcp-cipher=%s,'
                          'srtcp-auth=%s' % (data.hex(), cipher, auth, cipher,
                                             auth), [[0, SSRC[0], 9]])
        told = call.told(base64.b64decode(message))
        tap.equal((keyed(told), NAME[number(told, 'suite')],
                   number(call.fake.asked[1][1], 'roc')), (data, suite, 9),
                  suite + ': of GStreamer, and we read it')
        # 1.22 takes the length of the authentication key for the tag's
        for more in ((), ('tag-as-key',)):
            out = make('insecure-sdes', crypto_line(suite, data), 'ssrc',
                       SSRC[1], 'roc', 4, *more)
            data_made = base64.b64decode(out.split()[1])
            told = gst.read(data_made)
            heard = auth if more or not auth.endswith('32') else 'hmac-sha1-80'
            tap.equal((told['srtp-key'], told['srtp-cipher'], told['srtp-auth'],
                       told['sessions'], told['payloads']),
                      (data.hex(), cipher, heard, [(0, SSRC[1], 4)],
                       [T, RAND, SP, KEMAC]),
                      '%s: of ours, and GStreamer reads it %r' % (suite, more))
            told = call.told(data_made)
            tap.equal((keyed(told), NAME[number(told, 'suite')]), (data, suite),
                      suite + ': and so do we')
    call.close()


def captured(path, messages):
    """A file of packets, with a message each on MIKEY's port."""
    with open(path, 'wb') as file:
        file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
        for message in messages:
            data = struct.pack('>HHHH', 2269, 2269, 8 + len(message), 0) + message
            data = struct.pack('>BBHHHBBH8x', 0x45, 0, 20 + len(data), 0, 0, 64,
                               17, 0) + data
            file.write(struct.pack('<4I', 0, 0, len(data), len(data)) + data)


def wireshark(tap):
    """Wireshark finds in our exchanges what is in them, and nothing malformed."""
    if not shutil.which('tshark'):
        raise Skip('no tshark')
    call = Call()
    exchange = Exchange(call)
    ids = ('own-id', 'sip:a@x', 'peer-id', 'sip:b@x')
    messages = []
    for mode in (('dh', 5, *exchange.psk, *ids), ('dh', 2, *exchange.parties.words),
                 ('rsa-r', *exchange.parties.words)):
        words = exchange.psk if exchange.psk[0] in mode else exchange.parties.words
        offer = exchange.offered(*mode, *(('exchange', exchange.file())
                                          if mode[0] == 'dh' else ()))
        messages += [offer, exchange.made('answer', 'insecure-mikey', text(offer),
                                          'exchange', exchange.file(), *words)]
    path = os.path.join(call.dir, 'messages')
    captured(path, messages)
    fields = ('type', 'dh.group', 'dh.value', 'id.data', 'sign.data', 'kemac.mac')
    done = subprocess.run(
        ['tshark', '-n', '-r', path, '-d', 'udp.port==2269,mikey', '-T', 'fields',
         *(word for field in fields for word in ('-e', 'mikey.' + field)),
         '-e', '_ws.malformed'], capture_output=True, text=True, check=False)
    told = [row.split('\t') for row in done.stdout.splitlines()]
    for row, message, kind in zip(told, messages, (7, 8, 4, 5, 9, 10)):
        values = [p['body'] for p in ref.parse(message)['payloads']
                  if p['type'] == ref.DH]
        macs = [p['body'][-20:].hex() for p in ref.parse(message)['payloads']
                if p['type'] == KEMAC]
        tap.equal((row[0], row[1], row[2], row[4], row[5], row[6]),
                  (str(kind), ','.join(str(one[0]) for one in values),
                   ','.join(one[1:-1].hex() for one in values),
                   message[-256:].hex() if kind not in (7, 8) else '',
                   ','.join(macs), ''), 'Wireshark on a message of type %d' % kind)
    tap.equal([row[3] for row in told[:2]], ['sip:a@x,sip:b@x', 'sip:b@x,sip:a@x'],
              'and on names')
    call.close()


def combinations(tap):
    """All kinds of messages of Python's come out as they went in."""
    count = 0
    call = Call()
    for kind, spi, count_cs, verify, psk in itertools.product(
            (TEK, TEK_SALT), (None, b'\1\2\3\4'), (1, 2), (False,),
            (False, True)):
        data = material(7)
        more = {'spi': spi} if spi else {}
        inner = ref.keys((TEK, data, more) if kind == TEK else
                         (TEK_SALT, data[:16], {'salt': data[16:], **more}))
        head = ref.header(verify=verify,
                          sessions=tuple((0, n + 1, n) for n in range(count_cs)))
        message = ref.secured(PSK, head, BEGIN, inner) if psk else \
            ref.message(head, *BEGIN, (KEMAC, ref.kemac(inner)))
        own = ref.secured(PSK, ref.header(), BEGIN,
                          ref.keys((TEK, material(99)))) if psk else plain()
        done = call.run([line(own)], [line(message)],
                        *(('insecure-psk', PSK.hex()) if psk else ()))
        told = call.fake.asked[0][1]['recv'] if not done.returncode else {}
        if done.returncode or keyed(told) != data or \
                told.get('mki') != spi or \
                len(call.fake.asked) != count_cs:
            tap.ok(False, 'combination %r' % ((kind, spi, count_cs, psk),), done)
            break
        count += 1
    else:
        tap.ok(True, '%d combinations' % count)
    call.close()


def anew(test):
    """The same test, whose messages are not older than itself: they are good for five
    minutes, and emulated machines take longer for all tests."""
    @functools.wraps(test)
    def of_now(tap):
        global BEGIN
        BEGIN = ((T, ref.stamp()), *BEGIN[1:])
        test(tap)

    return of_now


main(*map(anew, (
    key_types, policies, protection, identifiers, rollovers, agreements, answers, errors,
    envelopes, diffie_hellman, reverse, clocks, changes, refusals, shown, made, gstreamer,
    wireshark, combinations)))
