#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Sealed keys: what one host hands to another, and nobody between them can read, change
or give to another session. libsrtp and the reference judge the other host."""

import errno
import json
import os
import socket
import struct
import subprocess
import sys

import yaml

LIB = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../lib')
sys.path.insert(0, LIB)
import ekt_ref
import srtp_ref
from fake_kernel import SUITE_ID
from genl import Genl, Refused, attr, nest, parse
from kernel_keys import REVOKE, add_key, keyctl, own_keyring
from ksrtp_test import (A4, B4, BUILD, CM, GCM, KSRTP, LIBSRTP, SUITES, Call, Ends, Host,
                        Monitor, Peer, flow, key, link, main, rtcp, rtp)

DOUBLE_GCM = 'DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM'
GCM_256 = 'AEAD_AES_256_GCM'
CM_32 = 'AES_CM_128_HMAC_SHA1_32'
SSRC = 0x11223344
SEND, RECV = 1, 2
SEAL, OTHER_SEAL = bytes(range(32)), bytes(range(32, 64))
HEADER, TAG = 18, 16
SPEC = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    '../../Documentation/netlink/specs/ksrtp.yaml')
with open(SPEC, encoding='utf-8') as file:
    SPECIFIED = yaml.safe_load(file)
NUMBERS = {one['name']: {name['name']: number for number, name in
                         enumerate(one['attributes'], 1)}
           for one in SPECIFIED['attribute-sets'] if 'subset-of' not in one}
COMMANDS = {one['name']: number for number, one in
            enumerate(SPECIFIED['operations']['list'], 1)}


def number(of, name):
    return NUMBERS[of][name]


def four():
    """Hosts a and s, of which one has the other's calls later, each on a wire of its own
    to a peer, b and t; the addresses of both wires are the same."""
    a, b, s, t = (Host(name) for name in 'abst')
    for one, other in ((a, b), (s, t)):
        link(one, 'wire', (A4 + '/24',), other, 'wire', (B4 + '/24',))
    return a, b, s, t


def seal(host, name=1, secret=SEAL, *words):
    host.ksrtp('seal', 'add', 'id', name, 'insecure-key', secret.hex(), *words)


def sealed(host):
    """What a host has, with its keys sealed."""
    return json.loads(host.ksrtp('dump', 'sealed').stdout)


def restore(host, state, check=True):
    return host.ksrtp('restore', '-', input=json.dumps(state), check=check)


def seals(host):
    return {one['id']: one for one in host.json('seal', 'show')}


class Taken(Ends):
    """A call that has come to another host, with the peer that it had."""

    def __init__(self, s, t, call):
        self.a, self.peer = s, call.peer
        self.id = s.json('session', 'show')[0]['id']
        super().__init__(s, t, *call.ends)


def known(host):
    """All that a host shows of its sessions and keys."""
    return [host.ksrtp('-j', '-s', *words).stdout for words in (
        ('session', 'show'), ('key', 'show'), ('stream', 'show'))]


def hand_over(tap):
    """A call goes on at the other host, in each suite that libsrtp knows."""
    a, b, s, t = four()
    for host in (a, s):
        seal(host, 1, SEAL, 'current')
    for n, suite in enumerate(LIBSRTP):
        name = suite
        call = Call(a, b, suite, seed=n)
        for seq in (65534, 65535, 0, 1):
            call.peer.unprotect(call.out(rtp(seq)))
            call.through(call.peer.protect(rtp(seq)))
        call.peer.unprotect_rtcp(call.out(rtcp(), True))
        old = call.peer.protect(rtp(2))
        call.through(old)
        text = a.ksrtp('dump', 'sealed').stdout
        tap.equal([half in text for half in
                   (call.master[:16].hex(), call.master[-12:].hex(), SEAL.hex())],
                  3 * [False], name + ': no key is to be seen in the dump')
        state = json.loads(text)
        tap.equal(['sealed' in one for one in state['sessions'][0]['keys']],
                  2 * [True], name + ': both keys are sealed')
        restore(s, state)
        call.ends = (A4, B4)
        other = Taken(s, t, call)
        plain, report = rtp(2, os.urandom(50)), rtcp()
        tap.equal((other.peer.unprotect(other.out(plain)),
                   other.peer.unprotect_rtcp(other.out(report, True))),
                  (plain, report), name + ': libsrtp finds good what it sends')
        plain = rtp(3, os.urandom(50))
        tap.equal((other.through(other.peer.protect(plain)),
                   other.through(other.peer.protect_rtcp(report), True)),
                  (plain, report), name + ': and the other way round')
        tap.equal(other.refused([old]), [], name + ': replays are refused')
        other.close()
        call.close()
    tap.equal((seals(a)[1]['sealed'], seals(s)[1]['opened'], seals(s)[1]['refused']),
              (2 * len(LIBSRTP), 2 * len(LIBSRTP), 0), 'what was done is counted')


def references(tap):
    """Suites and settings that libsrtp does not know: the reference judges."""
    a, b, s, t = four()
    for host in (a, s):
        seal(host, 7, SEAL, 'current')
    for suite, outer, words in (
            (DOUBLE_GCM, False, ()), (DOUBLE_GCM, True, ()), (CM, False, ('kdr', 4)),
            ('F8_128_HMAC_SHA1_80', False, ()),
            ('AES_192_CM_HMAC_SHA1_80', False, ('kdf-aes-256', 'on')),
            (GCM, False, ('encrypted-extensions', '1,3'))):
        master = key(suite)
        if outer:
            master = master[16:32] + master[44:]
        number_of = a.session(*flow(A4, B4), send=(suite, master, *words),
                              recv=(suite, master, *words))
        name = ' '.join([suite, *map(str, words)]) + (', outer alone' if outer else '')
        before, after = Ends(a, b, A4, B4), Ends(s, t, A4, B4)
        restore(s, sealed(a))
        tap.equal([one.get('outer-only', False) for one in s.json('key', 'show')],
                  2 * [outer], name + ': parts of the key')
        for plain in (rtp(1, bytes(40)), rtp(9, bytes(99), extension=b'\x10\x41' + bytes(2))):
            if outer:
                # what the inner part made of it is no secret here
                plain += b'\0' + bytes(16)
            tap.equal(after.out(plain), before.out(plain),
                      name + ': both hosts protect alike')
        a.ksrtp('session', 'del', 'id', number_of)
        s.ksrtp('session', 'flush')
        for ends in (before, after):
            for sock in (ends.app, ends.app_rtcp, ends.wire, ends.wire_rtcp):
                sock.close()


def identified(tap):
    """Several keys with identifiers, of which one sends, used in part."""
    a, b, s, t = four()
    for host in (a, s):
        seal(host, 1, SEAL, 'current')
    masters = {b'\1': key(GCM), b'\2': key(GCM, 2), b'\3': key(GCM, 3)}
    call = Call(a, b, GCM, recv_words=('mki', '01', 'rtp-lifetime', 1000, 'soft-limit', 50))
    call.peer.close()
    call.peer = Peer(GCM, masters)
    for way in ('send', 'recv'):
        for mki, master in list(masters.items())[1:]:
            a.ksrtp('key', 'add', 'session', call.id, way, 'insecure-key', master.hex(),
                    'mki', mki.hex())
    a.ksrtp('key', 'use', 'session', call.id, 'send', 'mki', '02')
    for seq in range(5):
        call.peer.unprotect(call.out(rtp(seq)))
    shown = [{name: one[name] for name in one if name != 'session-id'}
             for one in a.json('key', 'show')]
    restore(s, sealed(a))
    tap.equal(sorted([{name: one[name] for name in one if name != 'session-id'}
                      for one in s.json('key', 'show')], key=str), sorted(shown, key=str),
              'identifiers, states, lifetimes and their use')
    call.ends = (A4, B4)
    other = Taken(s, t, call)
    packet = other.out(rtp(5))
    tap.equal((packet[-1], other.peer.unprotect(packet)), (2, rtp(5)),
              'the key that was in use is used')
    s.ksrtp('key', 'use', 'session', other.id, 'send', 'mki', '03')
    packet = other.out(rtp(6))
    tap.equal((packet[-1], other.peer.unprotect(packet)), (3, rtp(6)),
              'one that stood by is there')
    for place in range(3):
        other.peer.use(place)
        tap.equal(other.through(other.peer.protect(rtp(place + 1))), rtp(place + 1),
                  'key %d is heard' % (place + 1))
    # keys go to the wrong identifier
    state = sealed(a)
    keys = [one for one in state['sessions'][0]['keys'] if one['direction'] == 'send']
    keys[0]['sealed'], keys[1]['sealed'] = keys[1]['sealed'], keys[0]['sealed']
    s.ksrtp('session', 'flush')
    bad = restore(s, state, check=False)
    tap.ok(bad.returncode == 1 and 'sealed: changed, or of another' in bad.stderr,
           'keys do not change their identifiers', bad.stderr)
    tap.equal(s.json('session', 'show'), [], 'and nothing is made')
    other.id = s.session('local', 'any:4444', 'rtcp-mux')
    other.close()
    call.close()


def overlapping(tap):
    """A key that is about to go."""
    a, b, s, t = four()
    for host in (a, s):
        seal(host, 1, SEAL, 'current')
    call = Call(a, b, CM)
    second = key(CM, 2)
    a.ksrtp('session', 'set', 'id', call.id, 'recv', 'suite', CM, 'insecure-key',
            second.hex(), 'overlap', 60000)
    late = call.peer.protect(rtp(4))
    restore(s, sealed(a))
    call.ends = (A4, B4)
    other = Taken(s, t, call)
    tap.equal(other.through(late), rtp(4), 'the key that goes is still heard')
    call.peer.rekey(second, anew=False)
    tap.equal(other.through(other.peer.protect(rtp(5))), rtp(5), 'and the next')
    other.close()
    call.close()


def ekt(tap):
    """EKT: what a sender tells, and the keys that a receiver holds."""
    a, b, s, t = four()
    for host in (a, s):
        seal(host, 1, SEAL, 'current')
    for suite, size in ((CM, 16), (GCM_256, 32), (DOUBLE_GCM, 16)):
        of = srtp_ref.SUITES[suite]
        parts = 2 if of.double else 1
        salt = os.urandom(parts * of.salt_len)
        keys = {spi: os.urandom(size) for spi in (5, 6)}
        words = [['suite', suite, 'ekt-spi', spi, 'insecure-ekt-key',
                  (keys[spi] + salt).hex()] for spi in (5, 6)]
        call = a.session(*flow(A4, B4), send=words[0] + ['ekt-interval', 1],
                         recv=words[0] + ['ekt-rate', 77])
        a.ksrtp('session', 'set', 'id', call, 'recv', *words[1])
        # another master key under the same EKT key: the epoch is 1
        a.ksrtp('session', 'set', 'id', call, 'send', 'suite', suite, 'insecure-key',
                (os.urandom(parts * of.key_len) + salt).hex())
        before, after = Ends(a, b, A4, B4), Ends(s, t, A4, B4)
        first = ekt_ref.split(before.out(rtp(1)))
        state = sealed(a)
        text = json.dumps(state)
        tap.equal([one.hex() in text for one in (*keys.values(), salt[:of.salt_len])],
                  3 * [False], suite + ': no EKT key is to be seen in the dump')
        restore(s, state)
        shown = [{name: one[way].get(name) for way, name in
                  (('send', 'ekt-spi'), ('send', 'ekt-cipher'), ('recv', 'ekt-spi'),
                   ('send', 'ekt-interval'), ('recv', 'ekt-keys'), ('recv', 'ekt-rate'))}
                 for one in (a.json('session', 'show') + s.json('session', 'show'))]
        tap.equal(shown[1], shown[0], suite + ': settings are the same')
        plain = rtp(2)
        srtp, field = ekt_ref.split(after.out(plain))
        told = ekt_ref.read(keys[5], field)
        tap.equal(told, ekt_ref.read(keys[5], first[1]),
                  suite + ': it tells the master key that the other did')
        tap.equal(field[-7:-3], first[1][-7:-3], suite + ': with SPI and epoch')
        context = srtp_ref.Context(suite, told[2], salt)
        tap.equal(context.unprotect(srtp, 0), plain, suite + ': and uses it')
        for n, (spi, ekt_key) in enumerate(keys.items()):
            master = os.urandom(parts * of.key_len)
            context = srtp_ref.Context(suite, master, salt)
            plain = rtp(n + 1, ssrc=SSRC + n)
            packet = context.protect(plain, 0) + ekt_ref.full(ekt_key, spi, master,
                                                              SSRC + n, 0, 0)
            tap.equal(after.through(packet), plain,
                      '%s: keys come under SPI %d' % (suite, spi))
        a.ksrtp('session', 'flush')
        s.ksrtp('session', 'flush')
        for ends in (before, after):
            for sock in (ends.app, ends.app_rtcp, ends.wire, ends.wire_rtcp):
                sock.close()


class Raw:
    """Sealed keys of a session, given to the kernel without the tool."""

    def __init__(self, host, session, suite=1):
        self.session, self.suite = session, suite
        with host.enter():
            self.genl = Genl()

    def key(self, way):
        """The sealed key of a direction."""
        one = self.genl.do(COMMANDS['key-get'],
                           attr(number('key', 'session-id'), self.session),
                           attr(number('key', 'direction'), 1 + (way == 'recv')),
                           attr(number('key', 'from'), bytes(8)),
                           attr(number('key', 'seal')))
        return dict(parse(one[0]))[number('key', 'sealed')]

    def give(self, way, data, *more, name='sealed', suite=None):
        """Give a key, or Refused."""
        self.genl.do(COMMANDS['session-set'],
                     attr(number('session', 'id'), self.session),
                     nest(number('session', way),
                          attr(number('direction', 'suite'), suite or self.suite),
                          attr(number('direction', name), data), *more))

    def refuses(self, *args, **options):
        """The error, and whether it names the attribute and its place."""
        try:
            self.give(*args, **options)
        except Refused as refused:
            return (refused.errno, refused.offset > 0,
                    refused.message.split(':')[0])
        return 'accepted'


def bent(tap):
    """Changed in one bit of any byte, cut at any length."""
    a = Host('a')
    seal(a, 1, SEAL, 'current')
    for suite, ekt_size in ((CM, 16), (DOUBLE_GCM, 32)):
        master = key(suite)
        salt = master[SUITES[suite][0]:]
        of_ekt = ['suite', suite, 'ekt-spi', 9, 'insecure-ekt-key',
                  (os.urandom(ekt_size) + salt).hex()]
        one = a.session(*flow(A4, B4), send=(suite, master), recv=(suite, master))
        two = a.session(*flow(A4, B4, 7000, 8000), send=of_ekt + ['insecure-key', master.hex()],
                        recv=of_ekt)
        number_of = 1 if suite == CM else 18
        for session, name in ((one, 'sealed'), (two, 'ekt-sealed')):
            raw = Raw(a, session, number_of)
            if name == 'sealed':
                good = raw.key('recv')
            else:
                shown = [one for one in sealed(a)['sessions'] if one['id'] == two][0]
                good = bytes.fromhex(shown['recv']['ekt-sealed'])
            before, refused = known(a), seals(a)[1]['refused']
            got = [raw.refuses('recv', good[:n] + bytes([good[n] ^ 1 << n % 8]) + good[n + 1:],
                               name=name) for n in range(len(good))]
            wanted = 2 * [(errno.EINVAL, True, name)] + 4 * [(errno.ENOKEY, True, name)] + \
                (len(good) - 6) * [(errno.EBADMSG, True, name)]
            tap.equal(got, wanted, '%s, %s: bent at each byte' % (suite, name))
            tap.equal(seals(a)[1]['refused'] - refused, len(good) - 6,
                      '%s, %s: which is counted' % (suite, name))
            got = {raw.refuses('recv', good[:n], name=name) for n in range(len(good))}
            got |= {raw.refuses('recv', good + bytes(1), name=name)}
            tap.ok('accepted' not in got and
                   {errno.EINVAL, errno.EBADMSG} >= {one[0] for one in got} - {errno.ERANGE},
                   '%s, %s: of any other length' % (suite, name), got)
            tap.equal(known(a), before, '%s, %s: nothing was changed' % (suite, name))
            raw.give('recv', good, name=name)
            tap.ok(True, '%s, %s: and as it was' % (suite, name))
        a.ksrtp('session', 'flush')


def exchanged(tap):
    """Given to another flow, direction, suite, or to less protection."""
    a, b, s, t = four()
    link(a, 'wire2', ('10.10.0.1/24',), b, 'wire2', ('10.10.0.2/24',))
    seal(a, 1, SEAL, 'current')
    master = key(CM)
    plain = ['suite', CM, 'insecure-key', master.hex()]
    one = a.session(*flow(A4, B4), send=plain, recv=plain)
    raw = Raw(a, one)
    good = {way: raw.key(way) for way in ('send', 'recv')}
    before = known(a)
    bad = (errno.EBADMSG, True, 'sealed')
    u8 = lambda name: attr(number('direction', name), b'\1')
    tap.equal(raw.refuses('send', good['recv']), bad, 'another direction')
    tap.equal(raw.refuses('recv', good['send']), bad, 'and the other way round')
    tap.equal(raw.refuses('recv', good['recv'], suite=2), bad, 'a suite with shorter tags')
    tap.equal(raw.refuses('recv', good['recv'], suite=9), bad, 'a suite that does not encrypt')
    tap.equal(raw.refuses('recv', good['recv'], suite=5), bad, 'one with other lengths')
    for name in ('unencrypted-srtp', 'unencrypted-srtcp', 'unauthenticated-srtp'):
        tap.equal(raw.refuses('recv', good['recv'], u8(name)), bad, name)
    for name, value in (('key-derivation-rate', 16), ('cryptex', 3), ('rcc-mode', 3)):
        tap.equal(raw.refuses('recv', good['recv'], attr(number('direction', name), value)),
                  bad, name)
    tap.equal(raw.refuses('recv', good['recv'],
                          attr(number('direction', 'encrypted-extensions'), b'\1')),
              bad, 'encrypted-extensions')
    tap.equal(raw.refuses('recv', good['recv'], attr(number('direction', 'mki'), b'\1')), bad,
              'an mki')
    tap.equal(raw.refuses('recv', good['recv'], name='ekt-sealed'),
              (errno.EINVAL, True, 'ekt-sealed'), 'as EKT keys')
    tap.equal(raw.refuses('recv', good['recv'],
                          attr(number('direction', 'master-key'), master[:16]),
                          attr(number('direction', 'master-salt'), master[16:])),
              (errno.EINVAL, True, 'sealed'), 'beside a master key')
    try:
        raw.genl.do(COMMANDS['session-new'],
                    attr(number('session', 'local-port'), b'\x22\x22'),
                    attr(number('session', 'rtcp-mux')),
                    nest(number('session', 'recv'),
                         attr(number('direction', 'sealed'), good['recv'])))
        got = 'accepted'
    except Refused as refused:
        got = refused.errno, refused.message
    tap.equal(got, (errno.EINVAL, 'sealed: given without suite'), 'without a suite')
    tap.equal(known(a), before, 'nothing was changed')
    for words, name in (
            (flow(A4, B4, 5002, 6000), 'our port'), (flow(A4, B4, 5000, 6002), 'their port'),
            (flow('10.9.0.3', B4), 'our address'), (flow(A4, '10.9.0.3'), 'their address'),
            ((*flow(A4, B4), 'ssrc', 1), 'an SSRC'), (('local', 'any:5000'), 'no peer'),
            ((*flow(A4, B4), 'dev', 'wire'), 'a device')):
        other = a.session(*words, send=['suite', CM], recv=['suite', CM])
        tap.equal(Raw(a, other).refuses('recv', good['recv']), bad, 'another flow: ' + name)
        a.ksrtp('session', 'del', 'id', other)
    # devices are known by name
    state = {}
    for dev in ('wire', 'wire2'):
        other = a.session(*flow(A4, B4, 5100, 6100), 'dev', dev, send=plain, recv=plain)
        state[dev] = Raw(a, other).key('recv')
        tap.equal(Raw(a, other).refuses('recv', state['wire']),
                  'accepted' if dev == 'wire' else bad, 'a key of wire, at ' + dev)
    # a session that moved has another flow
    a.ksrtp('session', 'set', 'id', one, 'move', *flow(A4, B4, 5050, 6050))
    tap.equal(raw.refuses('recv', good['recv']), bad, 'the session has moved')
    tap.equal(raw.refuses('recv', raw.key('recv')), 'accepted', 'and is sealed for its place')
    tap.equal(raw.refuses('recv', raw.key('recv')), 'accepted', 'over and over')


def keys_of_seals(tap):
    """Seal keys: rotation, strangers, what is refused."""
    a, b, s, t = four()
    call = Call(a, b, CM)
    bad = a.ksrtp('dump', 'sealed', check=False)
    tap.ok(bad.returncode == 1 and 'no seal key is current' in bad.stderr and
           not bad.stdout, 'without a seal key nothing is sealed', bad.stderr)
    seal(a, 1)
    bad = a.ksrtp('dump', 'sealed', check=False)
    tap.ok(bad.returncode == 1 and 'no seal key is current' in bad.stderr,
           'nor with one that is not current', bad.stderr)
    a.ksrtp('seal', 'use', 'id', 1)
    done = a.ksrtp('dump', 'sealed')
    tap.ok('2 of 2 keys came before' in done.stderr and
           not any('sealed' in one for one in json.loads(done.stdout)['sessions'][0]['keys']),
           'keys from before are not kept', done.stderr)
    call.close()

    call = Call(a, b, CM)
    state = {1: sealed(a)}
    seal(a, 2, OTHER_SEAL, 'current')
    tap.equal({n: one.get('current', False) for n, one in seals(a).items()},
              {1: False, 2: True}, 'the next seal key')
    state[2] = sealed(a)
    tap.equal([state[n]['sessions'][0]['keys'][0]['sealed'][:12] for n in (1, 2)],
              ['010100000001', '010100000002'], 'keys name what they are sealed with')
    seal(s, 1, SEAL, 'current')
    restore(s, state[1])
    s.ksrtp('session', 'flush')
    bad = restore(s, state[2], check=False)
    tap.ok(bad.returncode == 1 and 'sealed: there is no such seal key' in bad.stderr and
           not s.json('session', 'show'), 'one that is not there', bad.stderr)
    seal(s, 2, SEAL)
    bad = restore(s, state[2], check=False)
    tap.ok(bad.returncode == 1 and 'sealed: changed' in bad.stderr and
           not s.json('session', 'show') and seals(s)[2]['refused'] == 2,
           'one that is another; each key is refused once', bad.stderr)
    s.ksrtp('seal', 'del', 'id', 2)
    seal(s, 2, OTHER_SEAL)
    for n in (1, 2):
        restore(s, state[n])
        s.ksrtp('session', 'flush')
    tap.equal({n: (one.get('current', False), one['opened']) for n, one in seals(s).items()},
              {1: (True, 4), 2: (False, 2)}, 'both open, in any order')
    a.ksrtp('seal', 'use', 'id', 1)
    tap.equal(sealed(a)['sessions'][0]['keys'][0]['sealed'][:12], '010100000001',
              'back to the first')
    one, other = (sealed(a)['sessions'][0]['keys'][0]['sealed'] for i in range(2))
    tap.ok(one[:12] == other[:12] and one[12:36] != other[12:36] and one[36:] != other[36:],
           'a key looks different each time')
    seal(a, 1, SEAL)
    tap.equal(seals(a)[1].get('current'), True, 'the same again changes nothing')
    before = seals(a)
    text = a.ksrtp('-j', 'seal', 'show').stdout + a.ksrtp('seal', 'show').stdout
    tap.ok(SEAL.hex()[:16] not in text, 'seal keys are not shown', text)
    for words, status, message in (
            (('add', 'id', 1, 'insecure-key', OTHER_SEAL.hex()), 1, 'another seal key'),
            (('add', 'id', 9, 'insecure-key', SEAL[1:].hex()), 2, '32 bytes'),
            (('add', 'id', 9, 'insecure-key', SEAL.hex() + '00'), 2, ''),
            (('add', 'id', 0, 'insecure-key', SEAL.hex()), 2, 'id'),
            (('add', 'id', 9, 'key', SEAL.hex()), 2, 'others can see'),
            (('add', 'id', 9), 2, 'needs key-file'),
            (('add', 'insecure-key', SEAL.hex()), 2, 'needs id'),
            (('use', 'id', 9), 1, 'no such seal key'), (('del', 'id', 9), 1, 'no such'),
            (('del',), 2, 'needs id'), (('nonsense',), 2, 'unknown command')):
        bad = a.ksrtp('seal', *words, check=False)
        tap.ok(bad.returncode == status and message in bad.stderr, 'refused: %s' % (words,),
               bad.stderr)
    tap.equal(seals(a), before, 'which changed nothing')
    for n in range(3, 9):
        seal(a, n)
    bad = a.ksrtp('seal', 'add', 'id', 10, 'insecure-key', SEAL.hex(), check=False)
    tap.ok(bad.returncode == 1 and 'as many seal keys' in bad.stderr, 'eight are the most',
           bad.stderr)
    a.ksrtp('seal', 'del', 'id', 1)
    bad = a.ksrtp('dump', 'sealed', check=False)
    tap.ok(bad.returncode == 1 and 'no seal key is current' in bad.stderr,
           'the current one was deleted', bad.stderr)
    call.close()

    with a.enter():
        genl = Genl()
    for attrs, code, text in (
            ((), errno.EINVAL, 'id: missing'),
            ((attr(number('seal', 'id'), 3),), errno.EINVAL, 'key: missing'),
            ((attr(number('seal', 'id'), 3), attr(number('seal', 'key'), bytes(31))),
             errno.EINVAL, 'key: not of 32'),
            ((attr(number('seal', 'id'), 3), attr(number('seal', 'key'), bytes(33))),
             errno.ERANGE, ''),
            ((attr(number('seal', 'id'), 3), attr(number('seal', 'key'), SEAL),
              attr(number('seal', 'key-serial'), 5)), errno.EINVAL, 'key-serial: not together'),
            ((attr(number('seal', 'key'), SEAL),), errno.EINVAL, 'id: missing'),
            ((attr(number('seal', 'id'), 3), attr(number('seal', 'key-serial'), 0x7ffffffe)),
             errno.ENOKEY, 'key-serial: no such key')):
        try:
            genl.do(COMMANDS['seal-set'], *attrs)
            got = 'accepted'
        except Refused as refused:
            got = refused.errno, text in refused.message
        tap.equal(got, (code, True), 'seal-set refused: %s' % (text or 'too long'))
    try:
        genl.dump(COMMANDS['seal-get'], attr(number('seal', 'id'), 3))
        got = 'accepted'
    except Refused as refused:
        got = refused.errno, refused.message
    tap.equal(got, (errno.EINVAL, 'id: names one seal key; a dump has all'),
              'a dump takes no id')


def ring(tap):
    """A seal key of the key service."""
    if not own_keyring():
        tap.skip('a seal key of a keyring', 'this kernel has no key service')
        return
    a, b, s, t = four()
    for n, kind in enumerate(('logon', 'user'), 1):
        secret = os.urandom(32)
        payload = secret if kind == 'logon' else secret.hex().encode()
        serial = add_key(kind, 'ksrtp:seal-%d' % n, payload)
        a.ksrtp('seal', 'add', 'id', n, 'key-ring', '%s:ksrtp:seal-%d' % (kind, n), 'current')
        keyctl(REVOKE, serial)
        seal(s, n, secret)
        call = Call(a, b, GCM)
        restore(s, sealed(a))
        call.ends = (A4, B4)
        other = Taken(s, t, call)
        tap.equal(other.peer.unprotect(other.out(rtp(1))), rtp(1),
                  'a key of type %s seals' % kind)
        other.close()
        call.close()
    for payload in (bytes(31), bytes(33), bytes(300)):
        add_key('logon', 'ksrtp:wrong', payload)
        bad = a.ksrtp('seal', 'add', 'id', 5, 'key-ring', 'logon:ksrtp:wrong', check=False)
        tap.ok(bad.returncode == 1 and 'key-serial: not of 32 bytes' in bad.stderr,
               'not one of %d bytes' % len(payload), bad.stderr)


def rights(tap):
    """Who may have keys sealed, and who may choose the seal key."""
    a = Host('a')
    seal(a, 1, SEAL, 'current')
    a.session(*flow(A4, B4), send=(CM, key(CM)))
    admin = ('setpriv', '--bounding-set=-all,+net_admin', '--inh-caps=-all,+net_admin')
    got = a.run(*admin, KSRTP, 'dump', 'sealed')
    tap.ok('"sealed"' in got.stdout, 'CAP_NET_ADMIN: keys, sealed', got.stdout)
    for words in (('add', 'id', '2', 'insecure-key', OTHER_SEAL.hex(), 'current'),
                  ('use', 'id', '1')):
        bad = a.run(*admin, KSRTP, 'seal', *words, check=False)
        tap.ok(bad.returncode == 1 and 'CAP_SYS_ADMIN' in bad.stderr,
               'but no seal key: ' + words[0], bad.stderr)
    tap.equal(list(seals(a)), [1], 'none was set')
    nobody = ('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups')
    bad = a.run(*nobody, KSRTP, 'dump', 'sealed', check=False)
    tap.ok(bad.returncode == 1 and 'sealed' not in bad.stdout, 'nobody else has any',
           bad.stdout)
    monitor = Monitor(a)
    a.session(*flow(A4, B4, 7000, 8000), send=(CM, key(CM)))
    tap.ok('sealed' not in json.dumps(monitor.wait(event='session-new')),
           'nor do events tell')
    monitor.close()
    # what a namespace had is gone with it
    c = Host('c')
    tap.equal(seals(c), {}, 'a namespace has none of another')
    seal(c, 1, SEAL, 'current')


class Program:
    """One that uses the library, on a host."""

    def __init__(self, host):
        self.process = host.start(
            sys.executable, os.path.join(LIB, 'library_calls.py'),
            os.path.join(BUILD, 'libksrtp.so.0'), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        assert not self.call('open')

    def call(self, function, *arguments):
        self.process.stdin.write(json.dumps(['ksrtp_' + function, *arguments]) + '\n')
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.call('close', 'handle')
        self.process.communicate()


def address(ip, port):
    return {'hex': (struct.pack('=H', socket.AF_INET) + struct.pack('!H', port) +
                    socket.inet_aton(ip) + bytes(8)).hex()}


def library(tap):
    """A program hands a key over by libksrtp."""
    a, b, s, t = four()
    one, two = Program(a), Program(s)
    call = Call(a, b, GCM)
    room = {'bytes': 122}
    tap.equal(one.call('session_sealed', 'handle', call.id, SEND, room)[0], -errno.ENOKEY,
              'without a seal key, no key is told')
    for program in one, two:
        tap.equal(program.call('seal_add', 'handle', 1, {'hex': SEAL.hex()}, 1), 0, 'a seal key')
    tap.equal(one.call('session_sealed', 'handle', call.id, SEND, room)[0], -errno.ENODATA,
              'nor one that came before it')
    call.close()
    a.ksrtp('session', 'flush')
    call = Call(a, b, GCM)
    keys = [one.call('session_sealed', 'handle', call.id, way, room) for way in (SEND, RECV)]
    tap.equal([error for error, _ in keys], [0, 0], 'others are')
    tap.ok(call.master[:16].hex() not in keys[0][1] and keys[0][1] != keys[1][1], 'sealed')
    suite = SUITE_ID[GCM]

    def made(port):
        two.call('session_new')
        results = [two.call('session_set_local', 'session', address(A4, port)),
                   two.call('session_set_remote', 'session', address(B4, 6000)),
                   *(two.call('direction_sealed', 'session', way, suite, {'hex': sealed_key})
                     for way, (_, sealed_key) in zip((SEND, RECV), keys)),
                   two.call('session_add', 'handle', 'session', {'ids': 1})[0]]
        two.call('session_free', 'session')
        return results
    tap.equal(made(5002), [0, 0, 0, 0, -errno.EBADMSG], 'for another flow they do not open')
    tap.ok('another' in two.call('error', 'handle'), 'and why is told', two.call('error', 'handle'))
    tap.equal(made(5000), 5 * [0], 'for the same flow they do')
    call.ends = (A4, B4)
    other = Taken(s, t, call)
    plain = rtp(2, os.urandom(50))
    tap.equal(other.peer.unprotect(other.out(plain)), plain, 'libsrtp finds good what it sends')
    plain = rtp(3, os.urandom(50))
    tap.equal(other.through(other.peer.protect(plain)), plain, 'and the other way round')
    tap.equal((two.call('seal_del', 'handle', 1), two.call('seal_del', 'handle', 1)),
              (0, -errno.ENOENT), 'a seal key goes')
    other.close()
    call.close()
    for program in one, two:
        program.close()


main(hand_over, references, identified, overlapping, ekt, bent, exchanged, keys_of_seals, ring,
     rights, library)
