#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""libksrtp: what it exports, and what it tells a kernel that takes notes."""

import base64
import glob
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys

from cryptography.hazmat.primitives.asymmetric import rsa

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from certificates import certify, pem
from fake_kernel import (DIRECTION, KEY, MOVE, SESSION, SUITE_ID, FakeKernel, attr,
                         attributes as attributes_of, enum, number_of)
import mikey_ref
from kernel_keys import add_key, own_keyring
from genl import parse
from ksrtp_test import BUILD, CM, GCM, SUITES, key, main

LIBRARY = os.path.join(BUILD, 'libksrtp.so.0')
HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(HERE, '../../userspace/lib')
DEBIAN = os.path.join(HERE, '../../debian')
SEND, RECV = 1, 2
COMMAND = enum('ksrtp_cmd')
STREAM, SEAL, RELAY = map(attributes_of, ('stream', 'seal', 'relay'))
LOCAL = struct.pack('=H', socket.AF_INET) + struct.pack('!H', 4000) + \
    bytes((192, 0, 2, 1)) + bytes(8)
EINVAL, ENOENT, EEXIST, ERANGE, ENODATA, ENODEV = -22, -2, -17, -34, -61, -19
ENOBUFS, ENOMEM, EBADF, E2BIG, EAFNOSUPPORT = -105, -12, -9, -7, -97


class Program:
    """One that uses the library, and has a kernel that takes notes."""

    def __init__(self):
        self.kernel = FakeKernel()
        self.described = False
        # where the library is one that was built with sanitizers
        checked = subprocess.run(['ldd', LIBRARY], capture_output=True,
                                 text=True).stdout
        asan = re.search(r'=> (\S*libasan\S*)', checked)
        preload = ([asan[1]] if asan else []) + [self.kernel.shim]
        self.environment = dict(
            os.environ, LD_PRELOAD=':'.join(preload),
            # of Python's own there are many
            ASAN_OPTIONS='detect_leaks=0', KSRTP_FAKE_KERNEL=self.kernel.path)
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, '../lib/library_calls.py'),
             LIBRARY], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env=self.environment)

    def call(self, function, *arguments):
        self.process.stdin.write(json.dumps(['ksrtp_' + function,
                                             *arguments]) + '\n')
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError('%s: %s' % (function,
                                           self.process.stderr.read()))
        return json.loads(line)

    def session(self, *calls):
        """A description; what the calls for it return, but for zeros."""
        if self.described:
            self.call('session_free', 'session')
        self.described = self.call('session_new')
        self.kernel.asked.clear()
        wrong = []
        for function, *arguments in calls:
            result = self.call(function, 'session', *arguments)
            if result:
                wrong.append((result, self.call('session_error', 'session')))
        return wrong

    def add(self):
        """Add it; what that returns, and what was wrong."""
        result, ids = self.call('session_add', 'handle', 'session', {'ids': 1})
        return result or ids[0], self.call('error', 'handle')

    def told(self):
        return [command for command, _ in self.kernel.asked]

    def end(self, tap):
        if self.described:
            self.call('session_free', 'session')
        self.call('close', 'handle')
        out, errors = self.process.communicate()
        tap.equal((out, errors), ('', ''), 'it prints nothing')
        self.kernel.close()


def start():
    program = Program()
    program.call('open')
    return program


def inherited(tap):
    """Owned sessions are a handle's, which programs that are started have not."""
    program = start()
    told = open('/proc/%d/fdinfo/%d' % (
        program.process.pid, program.call('fd', 'handle'))).read()
    tap.ok(int(re.search(r'flags:\s+(\d+)', told)[1], 8) & os.O_CLOEXEC,
           'what is started does not inherit a handle', told)
    program.end(tap)


def exports(tap):
    if not shutil.which('nm'):
        tap.skip('what the library exports', 'there is no nm')
        return
    lines = subprocess.run(['nm', '-D', '--defined-only', LIBRARY], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    symbols = {line.split()[2].replace('@@', '@') for line in lines}
    exported = {line.split()[2].split('@')[0] for line in lines
                if line.split()[1] == 'T'}
    header = open(os.path.join(SOURCES, 'libksrtp.h')).read()
    script = open(os.path.join(SOURCES, 'libksrtp.map')).read()
    manual = open(os.path.join(SOURCES, '../../Documentation/libksrtp.3')).read()
    named = set(re.findall(r'\b(ksrtp_\w+)\(', header))
    tap.equal(exported, named, 'the header has what is exported')
    tap.equal(exported, set(re.findall(r'\b(ksrtp_\w+);', script)),
              'and so has the version script')
    tap.equal(set(re.findall(r'\b(ksrtp_\w+)\(', manual)), named,
              'and the manual')
    tap.equal({name for name in named if not re.search(
        r'^\.BR %s \(\)' % name, manual, re.M)}, set(), 'which tells of each')
    packaged = open(os.path.join(DEBIAN, 'libksrtp0.symbols')).read()
    tap.equal(set(re.findall(r'^ (\S+@LIBKSRTP_0) \S+$', packaged, re.M)),
              # as older linkers list it
              {re.sub('^LIBKSRTP_0$', 'LIBKSRTP_0@LIBKSRTP_0', name)
               for name in symbols}, 'and the package: %s' % sorted(symbols)[:2])


def version(tap):
    """The library's, and that of the header, are those of the changelog."""
    line = open(os.path.join(DEBIAN, 'changelog')).readline()
    wanted = re.search(r'\((.*?)\)', line)[1]
    major, minor, patch = map(int, re.match(r'(\d+)\.(\d+)\.(\d+)',
                                            wanted).groups())
    with open(os.path.join(BUILD, 'include/libksrtp.h')) as file:
        defined = dict(re.findall(r'^#define LIBKSRTP_(\w+)\s+(\S+)$',
                                  file.read(), re.M))
    tap.equal((defined.get('VERSION'), int(defined['VERSION_NUMBER'], 16)),
              ('"%s"' % wanted, major << 16 | minor << 8 | patch),
              "the header's version, and its number")
    program = start()
    tap.equal(program.call('version'), wanted, "the library's")
    program.end(tap)


def attributes(tap):
    program = start()
    kernel = program.kernel
    suite = (SEND, number_of(DIRECTION, 'suite'), 1)
    tap.equal(program.session(
        ('session_set_local', {'hex': LOCAL.hex()}),
        ('session_set', number_of(SESSION, 'owned'), 1),
        ('direction_set', *suite),
        ('direction_set_bytes', SEND, number_of(DIRECTION, 'master-key'),
         {'hex': '6b' * 16}),
        ('direction_set_bytes', SEND, number_of(DIRECTION, 'master-salt'),
         {'hex': '73' * 14})), [], 'a session of attributes')
    tap.equal(program.add()[0], 7, 'is added')
    command, told = kernel.asked[0]
    send = told['send']
    tap.equal((command, told['local-address'], told['local-port'],
               'owned' in told, send['master-key'], send['master-salt']),
              ('session-new', bytes((192, 0, 2, 1)), b'\x0f\xa0', True,
               b'k' * 16, b's' * 14), 'as it was described')
    for call, error in (
            (('session_set', number_of(SESSION, 'streams'), 1),
             (EINVAL, 'no attribute 14 that can be set')),
            (('session_set', number_of(SESSION, 'send'), 1),
             (EINVAL, 'attribute send: another kind of value')),
            (('session_set', number_of(SESSION, 'local-port'), 65536),
             (ERANGE, 'attribute local-port: too large')),
            (('direction_set', 3, 1, 1),
             (EINVAL, 'direction: neither send nor recv')),
            (('direction_set', SEND, 1, 1 << 32),
             (ERANGE, 'attribute suite: too large')),
            (('direction_set_bytes', SEND, 2, {'hex': '00' * 256}),
             (ERANGE, 'attribute master-key: too large')),
            (('session_set_local', {'hex': '00'}),
             (EINVAL, 'local: address: too short'))):
        tap.equal(program.session(call, ('direction_set', *suite)), [error],
                  'refused: %s' % (call,))
        tap.equal((program.add(), program.told()),
                  ((error[0], error[1]), []), 'and not overlooked')
    kernel.refuse = {'session-new': 1}
    program.session(('direction_set', *suite))
    tap.equal(program.add(), (-12, 'Cannot allocate memory'),
              'what the kernel refuses')
    program.end(tap)


def relays(tap):
    """Where media of a session go on to."""
    program = start()
    here = {'hex': LOCAL.hex()}
    there = {'hex': (struct.pack('=H', socket.AF_INET6) + struct.pack('!H', 4002) +
                     bytes(4) + bytes(range(16)) + bytes(4)).hex()}
    ident = number_of(SESSION, 'id')
    tap.equal(program.session(
        ('session_set', ident, 7), ('session_relay', here, there),
        ('session_relay_rtcp', 0, 0), ('session_relay_type', 96),
        ('session_relay_type', 0), ('session_relay_ssrc', 0xfffffffe),
        ('session_relay', here, None, 0), ('session_relay_rtcp', 5, 6),
        ('session_relay', None, 0, None, 0)), [], 'relays')
    tap.equal(program.call('session_change', 'handle', 'session'), 0,
              'are told')
    told = program.kernel.asked[0][1]['relays']
    found = [(kind, {RELAY[number]: value for number, value in parse(relay)})
             for kind, relay in parse(told)]
    tap.equal(found, [
        (1, {'local-address': bytes((192, 0, 2, 1)), 'local-port': b'\x0f\xa0',
             'remote-address': bytes(range(16)), 'remote-port': b'\x0f\xa2',
             'rtcp-mux': b'', 'types': b'\x60\0',
             'ssrcs': struct.pack('=I', 0xfffffffe)}),
        (1, {'local-address': bytes((192, 0, 2, 1)), 'local-port': b'\x0f\xa0',
             'local-rtcp-port': b'\0\5', 'remote-rtcp-port': b'\0\6'}),
        (1, {})], 'as they were described')
    program.session(('session_set', ident, 7), ('session_relay', here, there),
                    ('session_no_relay',))
    program.call('session_change', 'handle', 'session')
    tap.equal(program.kernel.asked[0][1]['relays'], b'', 'and that there are none')
    for calls, error in (
            ((('session_relay_type', 5),), (EINVAL, 'relay: none was added')),
            ((('session_relay_ssrc', 5),), (EINVAL, 'relay: none was added')),
            ((('session_relay_rtcp', 5, 6),), (EINVAL, 'relay: none was added')),
            ((('session_relay', {'hex': '00'}, there),),
             (EAFNOSUPPORT, 'relay: address: neither IPv4 nor IPv6')),
            ((('session_relay', {'hex': struct.pack('=HH', 2, 0).hex() + 24 * '0'},
               there),), (EINVAL, 'relay: address: without a port')),
            ((('session_relay', here, there), ('session_relay_type', 128)),
             (EINVAL, 'relay: payload type 128: not within 0..127')),
            ((('session_relay', here, there), ('session_relay_rtcp', 5, 65536)),
             (ERANGE, 'relay: port: too large')),
            ((('session_relay', here, there),) + 17 * (('session_relay_ssrc', 1),),
             (E2BIG, 'relay: more than 16 SSRCs')),
            (33 * (('session_relay', here, there),),
             (E2BIG, 'relay: more than 32 of a session'))):
        tap.equal(program.session(*calls), [error], 'refused: %s' % (calls[-1],))
    program.end(tap)


def moves(tap):
    """Where a session is to be found, and what calls have beside their SDP."""
    program = start()
    kernel = program.kernel
    ident = number_of(SESSION, 'id')
    mux = number_of(MOVE, 'rtcp-mux')
    tap.equal(program.session(
        ('session_set', ident, 7),
        ('session_move_local', {'hex': LOCAL.hex()}),
        ('session_move_remote', {'hex': LOCAL.hex()}),
        ('session_move', mux, 1),
        ('session_set', number_of(SESSION, 'linger'), 9)), [], 'a move')
    tap.equal(program.call('session_change', 'handle', 'session'), 0,
              'is carried out')
    command, told = kernel.asked[0]
    tap.equal((command, sorted(told), told['move']['local-address'],
               told['move']['remote-port'], 'rtcp-mux' in told['move']),
              ('session-set', ['id', 'linger', 'move'], bytes((192, 0, 2, 1)),
               b'\x0f\xa0', True), 'as it was described')
    for call, error in (
            (('session_move', 99, 1),
             (EINVAL, 'move: no attribute 99 that can be set')),
            (('session_move', number_of(MOVE, 'local-port'), 65536),
             (ERANGE, 'move: attribute local-port: too large')),
            (('session_move_local', {'hex': '00'}),
             (EINVAL, 'move local: address: too short')),
            (('session_move_remote', {'hex': '00'}),
             (EINVAL, 'move remote: address: too short'))):
        tap.equal(program.session(call), [error], 'refused: %s' % (call,))
    text = {name: open(os.path.join(HERE, 'sdp', name + '.sdp')).read()
            for name in ('asterisk', 'linphone')}
    program.session(('session_set', number_of(SESSION, 'max-streams'), 9),
                    ('direction_set', SEND, number_of(DIRECTION, 'initial-roc'),
                     3))
    tap.equal(program.call('call_settings', 'handle', 'session'), 0, 'settings')
    kernel.asked.clear()
    program.call('call_add', 'handle', *text.values(), 0)
    told = kernel.asked[0][1]
    tap.equal((told['max-streams'], told['send']['initial-roc']),
              (struct.pack('=I', 9), struct.pack('=I', 3)), 'are of calls')
    program.call('call_settings', 'handle', None)
    kernel.asked.clear()
    program.call('call_add', 'handle', *text.values(), 0)
    tap.equal('max-streams' in kernel.asked[0][1], False, 'until forgotten')
    program.session(('direction_set', SEND, number_of(DIRECTION, 'suite'), 1))
    tap.equal((program.call('call_settings', 'handle', 'session'),
               program.call('error', 'handle')),
              (EINVAL, 'settings: keys of a call come from SDP'),
              'but keys are not')
    program.session(('session_set', 99, 1))
    tap.equal(program.call('call_settings', 'handle', 'session'), EINVAL,
              'nor what is none')
    program.end(tap)


def line(suite, *masters, tag=1, behind=''):
    keys = ';'.join('inline:%s|2^20|%d:4' % (
        base64.b64encode(master).decode(), number) for number, master in
        enumerate(masters, 1))
    return 'a=crypto:%d %s %s%s' % (tag, suite, keys, behind)


def sdes(tap):
    program = start()
    kernel = program.kernel
    keys = [key(CM, n) for n in range(4)]
    both = [('direction_sdes', SEND, line(CM, keys[0], keys[1]), 0),
            ('direction_sdes', RECV, line(CM, keys[2], keys[3],
                                          behind=' KDR=4'), 0)]
    tap.equal(program.session(*both), [], 'crypto lines of several keys')
    tap.equal((program.add()[0], program.told()),
              (7, ['session-new', 'key-new', 'key-new']), 'are added')
    recv, more = kernel.asked[0][1]['recv'], kernel.asked[2][1]
    tap.equal((recv['master-key'] + recv['master-salt'], recv['mki'],
               recv['key-derivation-rate'], more['master-key'] +
               more['master-salt'], more['mki'], more['session-id'],
               more['direction'], more['rtp-lifetime']),
              (keys[2], b'\0\0\0\1', struct.pack('=I', 16), keys[3],
               b'\0\0\0\2', struct.pack('=I', 7), struct.pack('=I', RECV),
               struct.pack('=Q', 1 << 20)), 'with what they say')
    kernel.refuse = {'key-new': 2}
    program.session(*both)
    tap.equal((program.add(), program.told()),
              ((-12, 'Cannot allocate memory'),
               ['session-new', 'key-new', 'key-new', 'session-del']),
              'half a session is none')
    kernel.refuse = {}
    # of another key for a session that has two
    kernel.has('send', CM)
    kernel.keys = [attr(number_of(KEY, 'mki'), b'\0\0\0\2')]
    program.session(('session_set', number_of(SESSION, 'id'), 7), both[0])
    tap.equal((program.call('session_change', 'handle', 'session'),
               program.call('error', 'handle'), program.told()),
              (EEXIST, 'send sdes key 2: the direction has a key of this MKI',
               ['session-get', 'key-get']), 'a key that is there already')
    kernel.keys = [attr(number_of(KEY, 'mki'), b'\0\0\0' + bytes([n]))
                   for n in range(9, 9 + 15)]
    tap.equal((program.call('session_change', 'handle', 'session'),
               program.call('error', 'handle')),
              (-28, 'send sdes: with 2 more keys the direction would have '
               'more than 16'), 'more keys than there is room for')
    fec = line(CM, keys[0], behind=' FEC_KEY=inline:%s|2:4' %
               base64.b64encode(keys[1]).decode())
    program.session(('direction_sdes', SEND, fec, 1))
    program.add()
    send = kernel.asked[0][1]['send']
    tap.equal(send['master-key'] + send['master-salt'], keys[1],
              'keys for FEC')
    for calls, error in (
            ([both[0], ('direction_sdes', RECV, line(CM, keys[2], tag=2), 0)],
             'sdes: send has tag 1 and recv 2; an answer repeats the tag of '
             'the line it accepts'),
            ([('direction_sdes', SEND, line(GCM, keys[0]), 0)],
             'send sdes key 1: suite %s wants 28 bytes of key and salt, '
             'got 30' % GCM),
            ([('direction_sdes', SEND, line(CM, keys[0]), 1)],
             'send sdes: has no FEC_KEY'),
            ([('direction_sdes', SEND, line(CM, keys[0]), 2)],
             'send sdes: unknown flags'),
            ([('direction_sdes', 0, '', 0)],
             'direction: neither send nor recv')):
        wrong = program.session(*calls)
        tap.equal(wrong, [(EINVAL, error)], 'refused: %s' % error[:40])
        tap.equal(program.add()[1], error, 'and not overlooked')
    program.end(tap)


def cut(material, sizes):
    out, at = [], 0
    for size in sizes:
        out.append(material[at:at + size])
        at += size
    return out


def agreed(tap):
    program = start()
    kernel = program.kernel
    mux = ('session_set', number_of(SESSION, 'rtcp-mux'), 1)
    material = bytes(range(60))
    client = ('session_dtls', 1, 1, {'hex': material.hex()})
    program.session(mux, client)
    program.add()
    a, b, c, d = cut(material, (16, 16, 14, 14))
    told = kernel.asked[0][1]
    tap.equal([told[name]['master-key'] + told[name]['master-salt']
               for name in ('send', 'recv')], [a + c, b + d],
              "a client's keys of DTLS-SRTP")
    tap.equal(told['send']['rtp-lifetime'], struct.pack('=Q', 1 << 31),
              'and the lifetime of the profile')
    program.session(mux, ('session_zrtp', 0, 'AES1', 'HS32',
                          {'hex': material.hex()}))
    program.add()
    a, c, b, d = cut(material, (16, 14, 16, 14))
    told = kernel.asked[0][1]
    tap.equal([told[name]['master-key'] + told[name]['master-salt']
               for name in ('send', 'recv')] + [told['send']['suite']],
              [b + d, a + c, struct.pack(
                  '=I', SUITE_ID['AES_CM_128_HMAC_SHA1_32'])],
              "a responder's keys of ZRTP")
    tap.equal((program.session(client), *program.add()),
              ([], EINVAL, 'dtls: needs rtcp-mux; RTCP on ports of its own '
               'has a handshake, and takes a session, of its own'),
              'DTLS-SRTP of RTP alone')
    for call, error in (
            (('session_dtls', 1, 3, {'hex': ''}),
             "dtls: profile: '3' is not a DTLS-SRTP profile"),
            (('session_dtls', 1, 7, {'hex': '00' * 60}),
             'dtls: suite %s wants 56 bytes, two keys and two salts, got 60' %
             GCM),
            (('session_zrtp', 1, '2FS1', 'HS32', {'hex': ''}),
             "zrtp: no cipher '2FS1' with auth-tag 'HS32'"),
            (('session_zrtp', 1, 'AES1', 'SK64', {'hex': ''}),
             "zrtp: no cipher 'AES1' with auth-tag 'SK64'")):
        tap.equal(program.session(call), [(EINVAL, error)],
                  'refused: %s' % (call,))
    wrong = program.session(
        ('direction_set', RECV, number_of(DIRECTION, 'suite'), 1), client)
    tap.equal(wrong, [(EINVAL, 'dtls: recv must not have suite, key or mki')],
              'two sources of keys')
    program.end(tap)


def mikey(tap):
    """MIKEY's messages, made of a description and taken into another."""
    program = start()
    kernel = program.kernel
    size = SUITES[CM][0]
    cs = {'list': [0x1234, 5, 0x5678, 0]}
    room = {'text': 22000}

    def describe():
        program.call('session_new')
        program.call('session_set_local', 'session', {'hex': LOCAL.hex()})

    def made(*flags):
        describe()
        program.call('direction_key', 'session', SEND, SUITE_ID[CM],
                     key(CM).hex())
        return program.call('mikey_offer', 'mikey', 'session', SEND, cs,
                            *(flags or (0,)), room)

    def taken(text, which, direction=RECV):
        describe()
        ret = program.call('direction_mikey', 'session', direction, 'mikey', text,
                           which)
        return ret, program.call('session_error', 'session')
    tap.ok(program.call('mikey_new'), 'what messages are read and made with')
    ret, text = made()
    told = mikey_ref.parse(base64.b64decode(text))
    tap.equal((ret, told['sessions'], told['payloads'][-1]['body']),
              (0, [(0, 0x1234, 5), (0, 0x5678, 0)], mikey_ref.kemac(
                  mikey_ref.keys((mikey_ref.TEK, key(CM))))),
              'a message of a direction, in the clear')
    kernel.asked.clear()
    tap.equal((taken('a=key-mgmt:mikey ' + text, 1),
               program.call('session_add', 'handle', 'session', None)),
              ((0, ''), 0), 'taken into another')
    told = kernel.asked[-1][1]['recv']
    tap.equal((told['master-key'], told['master-salt'],
               int.from_bytes(told['initial-roc'], sys.byteorder)),
              (key(CM)[:size], key(CM)[size:], 5), 'with key, salt and ROC')
    tap.equal(taken(text, 3), (EINVAL, 'recv: crypto session 3 does not exist; the message has 2'),
              'a crypto session that it has not')
    tap.equal((program.call('mikey_psk', 'mikey', {'hex': '00112233'}),
               taken(text, 1)[1].split(': ')[-1]),
              (0, 'no MAC, but a pre-shared key is given'),
              'with a pre-shared key it is not taken')
    ret, text = made(3)
    tap.equal((taken(text, 2), taken(text, 1), taken(text, 1, SEND)),
              ((0, ''), (EINVAL, 'recv: message is a replay'),
               (0, '')), 'one under the key is, once')
    ret, answer = program.call('mikey_answer', 'mikey', text, room)
    tap.equal((ret, program.call('mikey_verify', 'mikey', text, answer)), (0, 0),
              'answered, and verified')
    program.call('mikey_psk', 'mikey', {'hex': '99'})
    tap.equal((program.call('mikey_verify', 'mikey', text, answer),
               program.call('mikey_error', 'mikey').split(': ')[-1]),
              (EINVAL, 'MAC does not match this message and key'),
              'but not under another')
    ret, header = program.call('mikey_header', 'mikey', text, 'rtsp://h/1', room)
    tap.equal((ret, header),
              (0, 'prot=mikey;uri="rtsp://h/1";data="%s"' % text),
              "a value for RTSP's header")
    tap.equal([program.call('mikey_set', 'mikey', *option) for option in
               ((1, 0), (1, 1 << 31), (2, 1), (2, 2), (3, 2), (3, 3), (4, 0))],
              [0, EINVAL, 0, EINVAL, 0, EINVAL, EINVAL], 'options')
    tap.equal((made(32)[0], made(24)[0]), (EINVAL, EINVAL),
              'flags that are not known, or exclude each other')
    describe()
    tap.equal((program.call('mikey_offer', 'mikey', 'session', SEND, cs, 0,
                            room)[0], program.call('mikey_error', 'mikey')),
              (EINVAL, 'mikey: no suite that messages are made for'),
              'a direction without a key')
    tap.equal(made(0)[0], 0, 'room for all of it')
    program.call('mikey_free', 'mikey')
    program.end(tap)


def exchanges(tap):
    """MIKEY whose keys come with the answer: both sides of it are ours."""
    program = start()
    kernel = program.kernel
    size = SUITES[CM][0]
    cs = {'list': [1, 0, 2, 0]}
    room = {'text': 22000}
    own, cert = (pem(one).decode() for one in (
        lambda key_of: (key_of, certify('we', key_of)))(
            rsa.generate_private_key(65537, 2048)))
    program.call('mikey_new')

    def offered(flags):
        program.call('session_new')
        program.call('direction_set', 'session', SEND,
                     number_of(DIRECTION, 'suite'), SUITE_ID[CM])
        return program.call('mikey_offer', 'mikey', 'session', SEND, cs, flags,
                            room)

    def taken(offer, answer, direction, which):
        program.call('session_new')
        program.call('session_set_local', 'session', {'hex': LOCAL.hex()})
        ret = program.call('direction_exchange', 'session', direction, 'mikey',
                           offer, answer, which)
        if ret:
            return ret, program.call('session_error', 'session')
        kernel.asked.clear()
        program.call('session_add', 'handle', 'session', None)
        told = kernel.asked[-1][1]['send' if direction == SEND else 'recv']
        return told['master-key'] + told['master-salt']
    tap.equal((program.call('mikey_psk', 'mikey', {'hex': '00112233'}),
               offered(8)[0], program.call('mikey_error', 'mikey'),
               program.call('mikey_ids', 'mikey', '', 'sip:b@x'),
               program.call('mikey_ids', 'mikey', 'sip:b@x', 'sip:b@x')),
              (0, EINVAL, "mikey: Diffie-Hellman with a pre-shared key needs "
               "the peer's ID", EINVAL, 0), 'who they are')
    for name, flags, kind in (('Diffie-Hellman with HMAC', 8, 7),
                              ('signed Diffie-Hellman', 8, 4), ('RSA-R', 16, 9)):
        if kind == 4:
            tap.equal((program.call('mikey_own', 'mikey', own, cert),
                       program.call('mikey_trust', 'mikey', cert)), (0, 0),
                      'a certificate')
        ret, offer = offered(flags)
        tap.equal((ret, mikey_ref.parse(base64.b64decode(offer))['type']),
                  (0, kind), name + ': an offer')
        program.call('session_new')
        tap.equal((program.call('direction_mikey', 'session', RECV, 'mikey',
                                offer, 1),
                   program.call('session_error', 'session')[-31:]),
                  (EINVAL, 'init has no keys without its answer'[-31:]),
                  name + ': has no keys')
        ret, answer = program.call('mikey_answer', 'mikey', offer, room)
        tap.equal((ret, program.call('mikey_verify', 'mikey', offer, answer)),
                  (0, 0), name + ': answered, and verified')
        one, other = (taken(offer, answer, direction, which)
                      for direction, which in ((SEND, 1), (RECV, 2)))
        tap.ok(len(one) == len(other) == len(key(CM)) and one != other and
               one[:size] != bytes(size), name + ': has a key for each direction',
               (one, other))
        tap.equal((taken(offer, answer, RECV, 1), taken(offer, offer, RECV, 1)[0],
                   taken(offer, answer, RECV, 3)[1]),
                  (one, EINVAL, 'recv: crypto session 3 does not exist; the '
                   'message has 2'), name + ': which are the same again')
    program.call('mikey_free', 'mikey')
    program.end(tap)


def envelopes(tap):
    """MIKEY under RSA: who makes a message knows its keys, and verifies the answer."""
    program = start()
    ours, theirs = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    certs = [certify(name, one) for name, one in (('we', ours), ('peer', theirs))]
    texts = [[pem(one).decode() for one in pair] for pair in
             ((ours, certs[0]), (theirs, certs[1]))]

    def become(own, peer):
        """Known stays what is made, until another."""
        return [program.call('mikey_own', 'mikey', *own),
                program.call('mikey_trust', 'mikey', peer[1]),
                program.call('mikey_peer', 'mikey', peer[1])]
    program.call('mikey_new')
    tap.equal(become(*texts), [0, 0, 0], 'who we are, and who the peer is')
    program.call('session_new')
    program.call('direction_key', 'session', SEND, SUITE_ID[CM], key(CM).hex())
    ret, text = program.call('mikey_offer', 'mikey', 'session', SEND,
                             {'list': [1, 0, 2, 0]}, 2, {'text': 22000})
    tap.equal((ret, mikey_ref.parse(base64.b64decode(text))['type']), (0, 2),
              'a message for the peer')
    program.call('session_new')
    tap.equal(program.call('direction_mikey', 'session', SEND, 'mikey', text, 1), 0,
              'who has made it has its keys')
    told = mikey_ref.parse(base64.b64decode(text))
    sealed = next(p['body'][2:] for p in told['payloads']
                  if p['type'] == mikey_ref.PKE)
    answer = mikey_ref.verification(
        theirs.decrypt(sealed, mikey_ref.padding.PKCS1v15()),
        base64.b64decode(text), mikey_ref.header(3, told['sessions'],
                                                 told['csb-id']),
        (mikey_ref.T, mikey_ref.stamp()))
    tap.equal([program.call('mikey_verify', 'mikey', text,
                            base64.b64encode(one).decode())
               for one in (answer, answer[:-1] + bytes([answer[-1] ^ 1]))],
              [0, EINVAL], 'and verifies the answer to it')
    tap.equal((program.call('mikey_own', 'mikey', texts[0][0], texts[1][1]),
               program.call('mikey_error', 'mikey')),
              (EINVAL, 'own certificate: does not belong to the private key'),
              'a certificate of another key')
    ret, text = program.call('mikey_offer', 'mikey', 'session', SEND,
                             {'list': [1, 0]}, 1, {'text': 22000})
    program.call('session_new')
    tap.equal((ret, program.call('direction_mikey', 'session', SEND, 'mikey',
                                 text, 1)), (0, 0),
              'and key and certificate are what they were')
    broken = texts[1][1].replace('MII', '!!!', 1)
    tap.equal((program.call('mikey_trust', 'mikey', texts[0][1] + broken),
               program.call('mikey_error', 'mikey')),
              (EINVAL, 'trust: certificate 2 is not a certificate in PEM'),
              'a list with something else in it')
    program.call('mikey_free', 'mikey')
    program.end(tap)


def masters(tap):
    """Every suite's key and salt, as text, has the suite's lengths."""
    program = start()
    for suite, number in SUITE_ID.items():
        master = key(suite)
        size = SUITES[suite][0]
        wrong = program.session(('direction_key', SEND, number, master.hex()))
        program.add()
        send = program.kernel.asked[0][1].get('send', {})
        tap.equal((wrong, send.get('master-key'), send.get('master-salt')),
                  ([], master[:size], master[size:]), suite)
    for call, error in (
            (('direction_key', SEND, 99, ''), 'key: no suite 99'),
            (('direction_key', SEND, 1, '!'), 'key: neither hex nor base64'),
            (('direction_key', SEND, 1, '00'),
             'key: suite %s wants 30 bytes of key and salt, got 1' % CM),
            (('direction_keyring', SEND, 1, 'x'),
             "key: 'x' is neither a serial nor user:DESCRIPTION nor "
             'logon:DESCRIPTION')):
        tap.equal(program.session(call), [(EINVAL, error)],
                  'refused: %s' % (call,))
    program.end(tap)


def held(tap):
    """Keys that the kernel keeps: read here, or by the kernel."""
    if not own_keyring():
        tap.skip('keys of a keyring', 'no keyrings here')
        return
    master = key(CM)
    add_key('user', 'ksrtp-test', master)
    logon = add_key('logon', 'ksrtp:test', master)
    program = start()
    for name, wanted in (
            ('user:ksrtp-test', (None, master[:16], master[16:])),
            ('logon:ksrtp:test', (logon.to_bytes(4, sys.byteorder), None, None)),
            (str(logon), (logon.to_bytes(4, sys.byteorder), None, None))):
        wrong = program.session(('direction_keyring', SEND, 1, name))
        program.add()
        send = program.kernel.asked[0][1].get('send', {})
        tap.equal((wrong, send.get('key-serial'), send.get('master-key'),
                   send.get('master-salt')), ([], *wanted),
                  name.strip('0123456789') or 'by serial')
    for call, error in ((('direction_keyring', SEND, 99, str(logon)),
                         'key: no suite 99'),
                        (('direction_keyring', 3, 1, str(logon)),
                         'key: direction: neither send nor recv')):
        tap.equal(program.session(call), [(EINVAL, error)],
                  'refused: %s' % error)
    program.end(tap)


def calls(tap):
    program = start()
    kernel = program.kernel
    text = {os.path.basename(path)[:-4]: open(path, newline='').read()
            for path in glob.glob(HERE + '/sdp/*.sdp')}
    both = text['asterisk'], text['linphone']

    def carry(function, *words):
        kernel.asked.clear()
        return (program.call(function, 'handle', *words), program.told())
    tap.equal(carry('call_add', *both, 1), (0, ['session-new']),
              'a call of two descriptions')
    told = kernel.asked[0][1]
    tap.equal((told['local-port'], 'owned' in told),
              (struct.pack('!H', 12034), True), 'from our end, and owned')
    kernel.session = [
        attr(number_of(SESSION, 'remote-address'), bytes((192, 0, 2, 20))),
        attr(number_of(SESSION, 'remote-port'), struct.pack('!H', 7078))]
    tap.equal(program.call('call_sessions', 'handle', *both,
                           {'ids': 4, 'count': 4}), [0, [7, 0, 0, 0], 1],
              'its session')
    new = re.sub('inline:....', 'inline:ABCD', text['linphone'])
    tap.equal(carry('call_change', text['asterisk'], new, *both, 0),
              (0, ['session-get', 'session-set']), 'a new key of theirs')
    told = kernel.asked[1][1]
    tap.equal(('send' in told, told['recv']['overlap']),
              (False, struct.pack('=I', 5000)), 'leaves ours alone')
    tap.equal(carry('call_del', *both), (0, ['session-get', 'session-del']),
              'the end')
    for side, text, error in (
            ('local', '192.0.2.10=10.0.0.5', 0), ('remote', 'any', 0),
            ('remote', '10.0.0.5', EINVAL)):
        tap.equal(program.call('call_%s_address' % side, 'handle', text), error,
                  '%s address: %s' % (side, text))
    tap.equal(program.call('error', 'handle'), "remote address: '10.0.0.5' is "
              'for the same address as an earlier one', 'which is told')

    def addresses():
        carry('call_add', *both, 0)
        told = kernel.asked[0][1]
        return told['local-address'], told.get('remote-address')
    tap.equal(addresses(), (bytes((10, 0, 0, 5)), None),
              'calls have the addresses that packets have')
    for address, wanted in ((192, 0, 2, 10), []), ((10, 0, 0, 5),
                                                   ['session-del']):
        kernel.session = [attr(number_of(SESSION, 'local-address'),
                               bytes(address))]
        tap.equal(carry('call_del', *both), (0, ['session-get', *wanted]),
                  'by which they are found, too: %d.%d.%d.%d' % address)
    for side in 'local', 'remote':
        program.call('call_%s_address' % side, 'handle', None)
    tap.equal(addresses(), (bytes((192, 0, 2, 10)), bytes((192, 0, 2, 20))),
              'until that is forgotten')
    kernel.asked.clear()
    kernel.refuse = {'session-new': 1}
    tap.equal((program.call('call_add', 'handle', *both, 0),
               program.call('error', 'handle')),
              (-12, 'local:6: Cannot allocate memory'), 'what a kernel refuses')
    for ours, theirs, error in (
            (both[0], '', (EINVAL, 'remote:0: no media section')),
            (both[0], 'v=1\n', (EINVAL, 'remote:1: v=0 must be the first '
                                'line, and no other')),
            ('v=0\n' * 20000, both[1], (-90, 'local: longer than 65535 bytes')),
            (both[0].replace('_80 inline:', '_80 online:'), both[1],
             (EINVAL, 'local:7: key 1: does not begin with inline:'))):
        tap.equal((program.call('call_add', 'handle', ours, theirs, 0),
                   program.call('error', 'handle')), error,
                  'refused: %s' % error[1])
    tap.equal((program.call('call_add', 'handle', *both, 2),
               program.call('error', 'handle')),
              (EINVAL, 'flags: Invalid argument'), 'refused: unknown flags')
    program.end(tap)


def requests(tap):
    program = start()
    kernel = program.kernel
    kernel.has('send', CM, 8)
    kernel.sessions = [[attr(number_of(SESSION, 'id'), n) +
                        b''.join(kernel.session) for n in range(3)]]
    tap.ok(program.call('request_new', COMMAND['KSRTP_CMD_SESSION_GET']),
           'a request')
    ident, send = number_of(SESSION, 'id'), number_of(SESSION, 'send')
    rate = number_of(DIRECTION, 'key-derivation-rate')
    wanted = [['number', ident], ['number', send, rate],
              ['bytes', number_of(SESSION, 'local-address')],
              ['number', send], ['bytes', ident]]
    tap.equal(program.call('dump', *wanted),
              [0, [n for at in range(3)
                   for n in (at, 8, ENODATA, EINVAL, EINVAL)]], 'a list')
    kernel.asked.clear()
    program.call('request_set', 'request', number_of(SESSION, 'local-port'), 9)
    program.call('request_set_bytes', 'request',
                 number_of(SESSION, 'local-address'), {'hex': '7f000001'})
    tap.equal(program.call('dump')[0], 0, 'with attributes')
    tap.equal(kernel.asked[0][1],
              {'local-port': b'\0\x09', 'local-address': b'\x7f\0\0\1'},
              'which are a filter')
    program.call('request_free', 'request')
    program.call('request_new', COMMAND['KSRTP_CMD_KEY_DEL'])
    for function, attribute, value, error in (
            ('request_set', 99, 1, EINVAL),
            ('request_set', number_of(KEY, 'mki'), 1, EINVAL),
            ('request_set', number_of(KEY, 'session-id'), 1 << 32, ERANGE),
            ('request_set_bytes', number_of(KEY, 'mki'),
             {'hex': '00' * 20000}, -90)):
        tap.equal(program.call(function, 'request', attribute, value), error,
                  'refused: %s %d' % (function, attribute))
    kernel.asked.clear()
    tap.equal((program.call('do'), program.call('error', 'handle'),
               kernel.asked),
              ([EINVAL, []], 'the request has an invalid attribute: Invalid '
               'argument', []), 'and not overlooked')
    program.call('request_free', 'request')
    tap.ok(not program.call('request_new', 99), 'no such command')
    tap.equal((program.call('listen', 'handle') == 0,
               program.call('call_del', 'handle', '', ''),
               program.call('error', 'handle')),
              (True, -16, 'the handle only receives events: Device or resource '
               'busy'), 'a handle that listens does nothing else')
    program.end(tap)


def sealed(tap):
    """Keys that another host has sealed, and seal keys."""
    program = start()
    kernel = program.kernel
    result = program.session(
        ('session_set_local', {'hex': LOCAL.hex()}),
        ('direction_sealed', SEND, SUITE_ID[CM], {'hex': 'ab' * 60}))
    tap.equal((result, program.add()[0] > 0, kernel.asked[-1][1]['send']),
              ([], True, {'suite': struct.pack('=I', SUITE_ID[CM]), 'sealed': b'\xab' * 60}),
              'a sealed key is the key of a direction')
    for call, why in ((('direction_sealed', 3, SUITE_ID[CM], {'hex': 'ab'}), 'neither send'),
                      (('direction_sealed', SEND, 9999, {'hex': 'ab'}), 'no suite 9999'),
                      (('direction_sealed', SEND, SUITE_ID[CM], {'hex': 'ab' * 300}), 'sealed')):
        result = program.session(call)
        tap.ok(result and why in result[0][1], 'refused: ' + why, result)
    kernel.asked.clear()
    # the fake kernel has names of another kind of object for them
    name = {one: SESSION[number_of(SEAL, one)] for one in ('id', 'key', 'current')}
    tap.equal((program.call('seal_add', 'handle', 7, {'hex': '11' * 32}, 1),
               program.call('seal_add', 'handle', 8, {'hex': '22' * 32}, 0),
               program.call('seal_del', 'handle', 7), kernel.asked),
              (0, 0, 0, [(command, {name[one]: value for one, value in words.items()})
                         for command, words in (
                             ('seal-set', {'id': struct.pack('=I', 7), 'key': b'\x11' * 32,
                                           'current': b''}),
                             ('seal-set', {'id': struct.pack('=I', 8), 'key': b'\x22' * 32}),
                             ('seal-del', {'id': struct.pack('=I', 7)}))]), 'seal keys')
    tap.equal((program.call('seal_add', 'handle', 7, {'hex': '11' * 32}, 2),
               program.call('seal_add', 'handle', 7, {'hex': '11' * 300}, 0)),
              (EINVAL, EINVAL), 'what is none is refused')

    def told(*keys):
        kernel.keys = [b''.join(attr(number_of(KEY, name), value)
                                for name, value in one.items()) for one in keys]
        return program.call('session_sealed', 'handle', 1, SEND, {'bytes': 122})

    def one(direction, state, **more):
        return {'direction': struct.pack('=I', direction), 'state': struct.pack('=I', state),
                **more}
    tap.equal(told(one(SEND, 1, sealed=b'standby'), one(RECV, 2, sealed=b'other'),
                   one(SEND, 2, sealed=b'\0this'))[:2], [0, b'\0this'.hex()],
              'of several keys, that in use of the direction is told')
    for keys, error, why in (
            ((one(RECV, 2, sealed=b'x'),), ENODATA, 'has no key'),
            ((one(SEND, 2),), ENODATA, 'came before'),
            ((one(SEND, 2, sealed=b'x' * 123),), -90, 'the sealed key')):
        tap.equal((told(*keys)[0], why in program.call('error', 'handle')), (error, True),
                  'or it is not: ' + why)
    program.end(tap)


def nothing(tap):
    """NULL, of which there was no memory to be another."""
    program = Program()
    ids, address = {'ids': 1}, {'hex': LOCAL.hex()}
    taken = [(ENOMEM, call) for call in (
        ('listen', None), ('event_read', None, {'room': 64}),
        ('session_add', None, None, None), ('session_change', None, None),
        ('session_del', None, 1), ('session_counters', None, 1, SEND, ids, 1),
        ('call_add', None, '', '', 0), ('call_change', None, '', '', '', '', 0),
        ('call_del', None, '', ''),
        ('call_sessions', None, '', '', dict(ids, count=1)),
        ('call_local_address', None, 'any'), ('call_remote_address', None, 'any'),
        ('session_set', None, 1, 1), ('session_set_local', None, address),
        ('session_set_remote', None, address),
        ('session_move', None, 1, 1), ('session_move_local', None, address),
        ('session_move_remote', None, address), ('call_settings', None, None),
        ('direction_set', None, SEND, 1, 1),
        ('direction_set_bytes', None, SEND, 2, address),
        ('direction_key', None, SEND, 1, '00' * 30),
        ('direction_sdes', None, SEND, line(CM, key(CM)), 0),
        ('session_dtls', None, 1, 1, {'hex': '00' * 60}),
        ('session_zrtp', None, 1, 'AES1', 'HS32', {'hex': '00' * 60}),
        ('direction_sealed', None, SEND, 1, {'hex': '00'}),
        ('seal_add', None, 1, {'hex': '00' * 32}, 0), ('seal_del', None, 1),
        ('session_sealed', None, 1, SEND, {'bytes': 122}),
        ('do',), ('dump',))]
    taken += [(EINVAL, call) for call in (
        ('call_add', None, '', '', 2), ('request_set', None, 1, 1),
        ('request_set_bytes', None, 1, address))]
    taken += [(EBADF, ('fd', None)), ('Cannot allocate memory', ('error', None)),
              ('Cannot allocate memory', ('session_error', None))]
    for wanted, call in taken:
        got = program.call(*call)
        tap.equal(got[0] if isinstance(got, list) else got, wanted,
                  '%s of nothing' % call[0])
    for function in 'close', 'session_free', 'request_free':
        program.call(function, None)
    program.call('open')
    for wanted, call in ((ENOMEM, ('session_add', 'handle', None, ids)),
                         (ENOMEM, ('session_change', 'handle', None)),
                         (EINVAL, ('do',)), (EINVAL, ('dump',))):
        got = program.call(*call)
        tap.equal((got[0] if isinstance(got, list) else got,
                   bool(program.call('error', 'handle'))), (wanted, True),
                  '%s of a handle and nothing' % call[0])
    keys = [key(CM, n) for n in range(2)]
    program.session(('direction_sdes', SEND, line(CM, *keys), 0))
    tap.equal((program.call('session_add', 'handle', 'session', None),
               program.told(), program.kernel.asked[1][1]['session-id']),
              (0, ['session-new', 'key-new'], struct.pack('=I', 7)),
              'a session whose number nobody wants to know')
    program.end(tap)


def overrun(tap):
    """Events that come faster than they are read."""
    program = start()
    kernel = program.kernel
    kernel.events = [('lost', b''), ('stream-new-ntf', b''.join(
        attr(number_of(STREAM, name), number) for name, number in
        (('session-id', 7), ('ssrc', 0xabcd))))]
    before = program.call('room', 'handle')
    program.call('listen', 'handle')
    tap.ok(program.call('room', 'handle') > before, 'who listens has more room')
    tap.equal([program.call('event_read', 'handle', {'room': 64})
               for _ in range(2)], [ENOBUFS, 0], 'what is lost is told')
    with subprocess.Popen(
            [os.path.join(BUILD, 'example-call'), '5000', '192.0.2.1', '6000'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=program.environment) as example:
        example.stdin.write('%s\n%s\n' % (key(CM, 1).hex(), key(CM, 2).hex()))
        example.stdin.flush()
        told = [example.stdout.readline() for _ in range(3)]
        example.communicate()
    tap.equal((told, example.returncode),
              (['session 7\n', 'events were lost\n',
                'a stream, 0x0000abcd\n'], 0), 'and no reason to end a call')
    program.end(tap)


OFFER = '''v=0
o=- 1 1 IN IP4 192.0.2.20
s=-
c=IN IP4 192.0.2.20
t=0 0
m=audio %d RTP/SAVP 0
%s
m=audio %d RTP/SAVP 8
%s
.
'''


def answers(tap):
    """The example takes the first section that it can, and no other."""
    program = start()
    for ports, wanted in (((7000, 7002), [5000, 0]), ((0, 7002), [0, 5000])):
        program.kernel.session = [
            attr(number_of(SESSION, 'remote-address'), bytes((192, 0, 2, 20))),
            attr(number_of(SESSION, 'remote-port'),
                 struct.pack('!H', ports[0] or ports[1]))]
        done = subprocess.run(
            [os.path.join(BUILD, 'example-answer'), '192.0.2.1', '5000'],
            input=OFFER % (ports[0], line(CM, key(CM, 1)), ports[1],
                           line(CM, key(CM, 2))),
            capture_output=True, text=True, env=program.environment)
        tap.equal((done.returncode, done.stderr,
                   [int(port) for port in re.findall('m=audio ([0-9]+)',
                                                     done.stdout)]),
                  (0, 'session 7\n', wanted), 'an offer of ports %d, %d' % ports)
    program.end(tap)


def unloaded(tap):
    """The module goes, and may come again: a handle from before has nothing."""
    text = [open(os.path.join(HERE, 'sdp', name + '.sdp'), newline='').read()
            for name in ('asterisk', 'linphone')]
    program = start()
    kernel = program.kernel
    error = (ENODEV, 'the kernel module was unloaded, and all sessions and rules '
             'with it')

    def carry(function, *words):
        return (program.call(function, 'handle', *words),
                program.call('error', 'handle'))
    kernel.refuse = {'session-del': (1, 2)}
    tap.equal(carry('session_del', 7), (ENOENT, 'No such file or directory'),
              'a session that is gone, and the module is not')
    kernel.gone = 'session-del'
    tap.equal(carry('call_del', *text), (error[0], 'local:6: ' + error[1]),
              'what goes with the module is not taken for deleted')
    tap.equal((carry('call_add', *text, 0), carry('session_del', 7)),
              ((error[0], 'local:6: ' + error[1]), error),
              'it is told each time')
    program.end(tap)

    program = start()
    kernel = program.kernel
    kernel.events = [('session-new-ntf', attr(number_of(SESSION, 'id'), 5)),
                     ('farewell', b'')]
    read = ('event_read', {'room': 64})
    tap.equal((carry('listen')[0], [carry(*read) for _ in range(3)]),
              (0, [(0, ''), error, error]), 'who listens hears of it')
    program.end(tap)


main(inherited, exports, version, attributes, moves, relays, sdes, agreed, mikey, exchanges,
     envelopes, masters, held, calls, requests, sealed, nothing, overrun, answers, unloaded)
