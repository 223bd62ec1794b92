#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The tool with the kernel: keys in all forms, lists, errors explained."""

import base64
import json
import os
import pty
import re
import select
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from dtls import handshake
from ksrtp_test import *


def keys(tap):
    a, b = pair()
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    for suite in some(LIBSRTP):
        master = key(suite)
        text = base64.b64encode(master).decode()
        forms = {'hex': master.hex(), 'upper case hex': master.hex().upper(),
                 'base64': text, 'base64 without padding': text.rstrip('='),
                 'inline:': 'inline:' + text}
        for seq, (name, form) in enumerate(forms.items()):
            done = a.ksrtp('session', 'add', *flow(A4, B4), 'send', 'suite',
                           suite.lower(), 'key-file', '-', input=form + '\n')
            peer = Peer(suite, master)
            app.sendto(rtp(seq), (B4, 6000))
            tap.equal(peer.unprotect(wire.recv(2000)), rtp(seq),
                      '%s: key as %s' % (suite, name))
            a.ksrtp('session', 'del', *flow(A4, B4))
            peer.close()

    master = key(GCM)
    with tempfile.NamedTemporaryFile('w', dir='/run') as file:
        file.write('\n  ' + master.hex() + '  \nanything else\n')
        file.flush()
        os.chmod(file.name, 0o600)
        done = a.ksrtp('session', 'add', *flow(A4, B4), 'send', 'suite', GCM,
                       'key-file', file.name)
        tap.equal((done.stdout, done.stderr), ('', ''), 'key from a file')
        os.chmod(file.name, 0o644)
        done = a.ksrtp('session', 'set', *flow(A4, B4), 'send', 'suite', GCM,
                       'key-file', file.name)
        tap.ok('can be read by others' in done.stderr,
               'a file that others can read is warned of', done.stderr)
    two = key(GCM, 8).hex() + '\n' + key(GCM, 9).hex() + '\n'
    done = a.ksrtp('session', 'set', *flow(A4, B4), 'send', 'suite', GCM,
                   'key-file', '-', 'recv', 'suite', GCM, 'key-file', '-',
                   input=two)
    peer = Peer(GCM, key(GCM, 9))
    wire.sendto(peer.protect(rtp(1)), (A4, 5000))
    tap.equal(app.recv(2000), rtp(1), 'two keys from standard input, in order')
    peer.close()


def sdes(tap):
    """Crypto lines: every registered suite, and several keys, with a peer."""
    a, b = pair()
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)

    def inline(suite, seed, tail=''):
        return 'inline:' + base64.b64encode(key(suite, seed)).decode() + tail
    # what the tool believes of the suites is what the kernel says
    for suite in SUITES:
        if not suite.startswith(('AES_', 'F8_', 'AEAD_AES')):
            continue
        a.ksrtp('session', 'add', *flow(A4, B4), 'send', 'sdes-file', '-',
                input='a=crypto:1 %s %s\n' % (suite, inline(suite, 1)))
        tap.equal(a.json('session', 'show')[0]['send']['suite'], suite,
                  suite + ': a crypto line')
        if suite in LIBSRTP:
            peer = Peer(suite, key(suite))
            app.sendto(rtp(1), (B4, 6000))
            tap.equal(peer.unprotect(wire.recv(2000)), rtp(1),
                      suite + ': its key protects')
            peer.close()
        a.ksrtp('session', 'del', *flow(A4, B4))

    keys = ';'.join(inline(CM, n, '|2^20|%d:4' % n) for n in (1, 2, 300))
    shown = json.loads(a.ksrtp(
        '-j', 'session', 'add', *flow(A4, B4), 'recv', 'sdes-file', '-', 'send',
        'sdes-file', '-', input='a=crypto:7 %s %s WSH=1024\n'
        'a=crypto:7 %s %s|1:2 KDR=4\n' % (CM, keys, CM, inline(CM, 9))).stdout)
    tap.equal((shown[0]['recv']['keys'], shown[0]['recv']['replay-window'],
               shown[0]['send']['key-derivation-rate']), (3, 1024, 16),
              'three keys, a window, a key derivation rate')
    tap.equal([(one['mki'], one['rtp-lifetime'], one['rtcp-lifetime'])
               for one in a.json('key', 'show', 'session', shown[0]['id'],
                                 'recv')],
              [('%08x' % n, 1 << 20, 1 << 20) for n in (1, 2, 300)],
              'each with identifier and lifetime')
    mkis = {n.to_bytes(4, 'big'): key(CM, n) for n in (1, 2, 300)}
    peer = Peer(CM, mkis)
    for place in range(3):
        peer.use(place)
        wire.sendto(peer.protect(rtp(place)), (A4, 5000))
        tap.equal(app.recv(2000), rtp(place), 'key %d is accepted' % place)
    peer.close()
    done = a.ksrtp('session', 'set', *flow(A4, B4), 'recv', 'sdes-file', '-',
                   input='a=crypto:1 %s %s|9:4;%s|2:4\n' %
                   (CM, inline(CM, 5), inline(CM, 6)), check=False)
    tap.ok(done.returncode == 1 and 'recv sdes key 2' in done.stderr and
           a.json('session', 'show')[0]['recv']['keys'] == 3,
           'an identifier that is there changes nothing', done)
    a.ksrtp('session', 'set', *flow(A4, B4), 'recv', 'sdes-file', '-',
            input='a=crypto:1 %s %s|9:4;%s|10:4\n' %
            (CM, inline(CM, 5), inline(CM, 6)))
    tap.equal(a.json('session', 'show')[0]['recv']['keys'], 5,
              'two more, beside those there are')


def description(address, port, seeds, version=0, suite=CM):
    """One's own SDP; with one key, or with keys of {identifier: seed}."""
    text = ';inline:'.join(
        base64.b64encode(key(suite, seed)).decode() +
        ('|2^20|%d:2' % mki if mki else '') for mki, seed in
        (seeds if isinstance(seeds, dict) else {0: seeds}).items())
    return ('v=0\r\no=- 1 %d IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n'
            'm=audio %d RTP/SAVP 0\r\na=rtcp-mux\r\na=crypto:1 %s inline:%s\r\n'
            % (version, address, address, port, suite, text))


def put(name, text):
    """A description as a file, which only its owner may read."""
    path = os.path.join(tempfile.mkdtemp(dir='/run'), name)
    with open(path, 'w', newline='') as file:
        os.chmod(path, 0o600)
        file.write(text)
    return path


def descriptions(tap):
    """An offer and its answer, mirrored on two hosts."""
    a, b = pair()
    app, far = a.socket(A4, 5000), b.socket(B4, 6000)

    def both(command, offer, answer, *old):
        words = [('local', 'remote'), ('remote', 'local')]
        for host, (mine, yours) in zip((a, b), words):
            more = ['old-' + mine, old[0], 'old-' + yours, old[1]] if old else []
            host.ksrtp('sdp', command, mine, offer, yours, answer, *more)

    def media(first, what):
        for seq in (first, first + 1):
            app.sendto(rtp(seq & 0xffff, b'media'), (B4, 6000))
            far_got = far.recv(2000)
            far.sendto(rtp(seq & 0xffff, b'answer'), (A4, 5000))
            tap.equal((far_got, app.recv(2000)),
                      (rtp(seq & 0xffff, b'media'), rtp(seq & 0xffff, b'answer')),
                      what)
    call = put('o1', description(A4, 5000, 1)), put('a1', description(B4, 6000, 2))
    both('add', *call)
    media(65534, 'media flows both ways')
    media(65536, 'and past the end of sequence numbers')
    held = (put('o2', description('0.0.0.0', 5000, 1, 1)), call[1])
    both('set', *held, *call)
    both('set', *call, *held)
    media(65538, 'held, and on again')
    new = (put('o3', description(A4, 5000, 3, 2)),
           put('a3', description(B4, 6000, 4, 2)))
    both('set', *new, *call)
    media(65540, 'new keys')
    tap.equal({(one['direction'], one['roc']) for host in (a, b)
               for one in host.json('stream', 'show')},
              {('send', 1), ('recv', 1)}, 'and the rollover counters went on')
    done = a.ksrtp('sdp', 'add', 'local', new[0], 'remote', new[1], check=False)
    tap.ok(done.returncode == 1 and '/o3:6: ' in done.stderr and
           len(a.json('session', 'show')) == 1, 'a call is there once', done)
    both('del', *new)
    tap.equal(a.json('session', 'show') + b.json('session', 'show'), [],
              'a call ends')


def identified(tap):
    """Offers and answers whose keys have identifiers; the peer is libsrtp."""
    a, b = pair()
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    # an answer's list is of keys to be taken; the first of ours is sent with
    ours, theirs = {1: 11, 2: 12}, {0x101: 21, 0x102: 22}
    new_ours, new_theirs = {3: 13}, {0x103: 23}
    far, near = (Peer(CM, {mki.to_bytes(2, 'big'): key(CM, seed)
                           for mki, seed in {**old, **new}.items()})
                 for old, new in ((ours, new_ours), (theirs, new_theirs)))
    numbers = iter(range(65530, 70000))

    def packet(payload):
        return rtp(next(numbers) & 0xffff, payload)

    def call(ours, theirs, *old):
        now = (put('offer', description(A4, 5000, ours)),
               put('answer', description(B4, 6000, theirs)))
        a.ksrtp('sdp', 'set' if old else 'add', 'local', now[0], 'remote',
                now[1], *(('old-local', old[0], 'old-remote', old[1])
                          if old else ()))
        return now

    def keys():
        ident = a.json('session', 'show')[0]['id']
        return [sorted(one['mki'] for one in a.json(
            'key', 'show', 'session', ident, way)) for way in ('send', 'recv')]

    def media(mki, place, what):
        """A packet each way: with this identifier, and theirs of this place."""
        mine, yours = packet(b'media'), packet(b'answer')
        app.sendto(mine, (B4, 6000))
        got = wire.recv(2000)
        near.use(place)
        wire.sendto(near.protect(yours), (A4, 5000))
        tap.equal((got[-12:-10], far.unprotect(got), app.recv(2000)),
                  (mki.to_bytes(2, 'big'), mine, yours), what)
    first = call(ours, theirs)
    had = [['0001', '0002'], ['0101', '0102']]
    tap.equal(keys(), had, 'a call whose keys have identifiers')
    media(1, 0, 'the first of ours is sent with, theirs taken')
    media(1, 1, 'and their second')
    ident = a.json('session', 'show')[0]['id']
    again = call(ours, theirs, *first)
    tap.equal((keys(), a.json('session', 'show')[0]['id']), (had, ident),
              'the same offer once more changes nothing')
    media(1, 0, 'past the end of sequence numbers')
    second = call(new_ours, new_theirs, *again)
    tap.equal(keys()[0], ['0003'], 'new keys are those to send with')
    media(3, 2, 'in the same session')
    tap.equal((a.json('session', 'show')[0]['id'],
               {one['direction']: one['roc'] for one in
                a.json('stream', 'show')}),
              (ident, {'send': 1, 'recv': 1}), 'whose rollover counters go on')
    for _ in range(600):
        if keys()[1] == ['0103']:
            break
        time.sleep(0.1)
    tap.equal(keys()[1], ['0103'], 'what they had before goes')
    near.use(0)
    wire.sendto(near.protect(packet(b'old')), (A4, 5000))
    media(3, 2, 'and is not taken any more')
    tap.equal(a.stats('recv').get('drop-unknown-mki'), 1, 'but counted')
    a.ksrtp('sdp', 'del', 'local', second[0], 'remote', second[1])
    tap.equal(a.json('session', 'show'), [], 'the call ends')
    for one in far, near:
        one.close()


A4_OTHER, B4_OTHER = '10.9.0.11', '10.9.0.12'

# what happens in a call: whose description is which from then on (address, port,
# seed of the key)
MOVES = (
    ('a transfer: the peer is elsewhere, with a new key',
     None, (B4_OTHER, 7000, 3)),
    ('our address changes, and our key', (A4_OTHER, 5000, 4), None),
    ("the peer's port", None, (B4_OTHER, 7100, 5)),
    ('media of a server, before the answer', None, (B4, 7200, 6)),
    ('the peer holds', None, ('0.0.0.0', 7200, 6)),
    ('and goes on elsewhere', None, (B4_OTHER, 7300, 7)),
    ('we hold', ('0.0.0.0', 5000, 4), None),
    ('and go on with another port', (A4_OTHER, 5020, 8), None),
    ('the peer keeps its key, against the RFC', None, (B4, 7400, 7)),
    ('both move, with new keys', (A4, 5040, 9), (B4, 7500, 10)),
)


def moving(tap):
    """Who moves has a new key, and the other key goes on: no packet index is used
    twice, none leaves unprotected while it happens, and libsrtp understands all."""
    a, b = pair()
    a.ip('addr', 'add', A4_OTHER + '/24', 'dev', 'wire')
    b.ip('addr', 'add', B4_OTHER + '/24', 'dev', 'wire')
    sockets = {}

    def at(host, address, port):
        if (address, port) not in sockets:
            sockets[address, port] = host.socket(address, port)
        return sockets[address, port]

    def understood(packet):
        """The packet, if it is one of a key that we have had."""
        for peer in listeners:
            clear = peer.unprotect(packet)
            if not isinstance(clear, int):
                return clear
        return None
    ours, theirs = (A4, 5000, 1), (B4, 6000, 2)
    now = put('o', description(*ours)), put('a', description(*theirs))
    a.ksrtp('sdp', 'add', 'local', now[0], 'remote', now[1])
    number = a.json('session', 'show')[0]['id']
    here, there = ours[:2], theirs[:2]
    listeners = [Peer(CM, key(CM, 1))]
    speaker = Peer(CM, key(CM, 2))
    seq, numbers = 65500, iter(range(1, 100))
    app, wire = at(a, *here), at(b, *there)
    for seq in range(seq, seq + 60):
        app.sendto(rtp(seq, b'before'), there)
        understood(wire.recv(2000))
        wire.sendto(speaker.protect(rtp(seq)), here)
        app.recv(2000)
    roc = 1
    for what, mine, yours in MOVES:
        ours, theirs = mine or ours, yours or theirs
        new = (put('o', description(*ours)), put('a', description(*theirs)))
        if mine and mine[0] != '0.0.0.0':
            # under a new key, from another address, counters begin anew
            listeners.append(Peer(CM, key(CM, ours[2])))
            roc = 0
        if yours:
            speaker.close()
            speaker = Peer(CM, key(CM, theirs[2]))
        # the application sends to where the peer was until it is told
        stop, sent, got = threading.Event(), [], []
        old_here, old_there = here, there
        app, wire = at(a, *old_here), at(b, *old_there)

        def speak():
            while not stop.is_set() and len(sent) < 5000:
                packet = rtp(seq + 1 + len(sent), b'meanwhile')
                app.sendto(packet, old_there)
                sent.append(packet)
                got.append(wire.recv(2000))
        thread = threading.Thread(target=speak)
        thread.start()
        words = ['local', new[0], 'remote', new[1]]
        words += ['old-local', now[0]] if mine else []
        words += ['old-remote', now[1]] if yours else []
        a.ksrtp('sdp', 'set', *words, 'linger', 600000)
        stop.set()
        thread.join()
        seq += len(sent)
        plain = [one for one in got if one in sent]
        tap.ok(sent and not plain, '%s: nothing in plaintext meanwhile' % what,
               plain[:3])
        # each packet is understood once: an index that comes again is refused
        tap.equal([understood(one) for one in got], sent,
                  'and all of it understood')
        if ours[0] != '0.0.0.0':
            here = ours[:2]
        if theirs[0] != '0.0.0.0':
            there = theirs[:2]
        now = new
        shown = a.json('session', 'show')
        tap.equal((len(shown), shown[0]['id']), (1, number), 'one session')
        tap.equal(a.stream(number, 'send', 0x11223344)['roc'], roc,
                  'whose rollover counter %s' % ('goes on' if roc else
                                                 'is that of the new key'))
        seq += 1
        app, wire = at(a, *here), at(b, *there)
        app.sendto(rtp(seq, b'after'), there)
        tap.equal(understood(wire.recv(2000)), rtp(seq, b'after'),
                  'and the next packet is its next')
        back = rtp(next(numbers), ssrc=theirs[2])
        wire.sendto(speaker.protect(back), here)
        tap.equal(app.recv(2000), back, 'and what comes is taken')
    a.ksrtp('sdp', 'del', 'local', now[0], 'remote', now[1])
    tap.equal(a.json('session', 'show'), [], 'the call ends')
    for one in (*listeners, speaker):
        one.close()


def translated(tap):
    """SDP with addresses that no packet has, as behind NAT on both sides."""
    a, b = pair()
    a.ip('addr', 'add', '10.9.0.3/24', 'dev', 'wire')
    wire = b.socket(B4, 7000)
    for seq, (here, local) in enumerate((
            (A4, '203.0.113.5=' + A4), ('10.9.0.3', '10.9.0.3'), (A4, 'any'))):
        # each call has keys of its own: those of another are refused
        call = (put('offer', description('203.0.113.5', 5000, 10 + seq)),
                put('answer', description('192.168.1.20', 6000, 20 + seq)))
        words = ('local', call[0], 'remote', call[1])
        far, near = Peer(CM, key(CM, 10 + seq)), Peer(CM, key(CM, 20 + seq))
        more = ('local-address', local, 'remote-address', 'any')
        app = a.socket(here, 5000)
        a.ksrtp('sdp', 'add', *words, *more)
        a.ksrtp('sdp', 'set', *words, 'old-local', call[0], 'old-remote',
                call[1], *more)
        done = a.ksrtp('sdp', 'add', *words, *more, check=False)
        tap.ok(done.returncode == 1 and len(a.json('session', 'show')) == 1,
               '%s: a call is there once, and found' % local, done)
        one = rtp(seq, b'media')
        app.sendto(one, (B4, 7000))
        tap.equal(far.unprotect(wire.recv(2000)), one, 'what is sent is SRTP')
        wire.sendto(near.protect(one), (here, 5000))
        tap.equal(app.recv(2000), one, 'and what is received, from any port')
        if local != 'any':
            a.ksrtp('sdp', 'del', *words)
            tap.equal(len(a.json('session', 'show')), 1,
                      'other addresses are of another session')
        a.ksrtp('sdp', 'del', *words, *more)
        tap.equal(a.json('session', 'show'), [], 'the call ends')
        app.close()
        far.close()
        near.close()
    # while this side is held, there is no address to be found by
    call = (put('offer', description('203.0.113.5', 5000, 1)),
            put('answer', description('192.168.1.20', 6000, 2)))
    words = ('local', call[0], 'remote', call[1])
    held = ('local', put('held', description('0.0.0.0', 5000, 1)), *words[2:])
    a.ksrtp('sdp', 'add', *held)
    a.ksrtp('sdp', 'set', *words, 'old-local', held[1], 'old-remote', call[1])
    tap.equal([one.get('local-address') for one in a.json('session', 'show')],
              [None], 'held first, a session has no address')
    a.ksrtp('sdp', 'set', *words, 'old-local', call[0], 'old-remote', call[1])
    a.ksrtp('sdp', 'del', *words)
    tap.equal(a.json('session', 'show'), [], 'and is found by its port')


def agreements(tap):
    """DTLS-SRTP: a handshake's result protects, both ways, on both sides."""
    a, b = pair()
    for suite in a.json('suite', 'show'):
        if 'dtls-profile' not in suite or 'cipher-driver' not in suite:
            continue
        size = 2 * (suite['key-length'] + suite['salt-length'])
        words = ('session', 'add', *flow(A4, B4), 'rtcp-mux', 'dtls', 'client',
                 'key-file', '-', 'profile')
        for profile in (suite['dtls-profile'], suite['dtls-name']):
            a.ksrtp(*words, profile, input=bytes(range(size)).hex())
            shown = a.json('session', 'show')[0]
            tap.equal((shown['send']['suite'], shown['recv']['suite']),
                      2 * (suite['name'],), 'profile %s' % profile)
            a.ksrtp('session', 'flush')

    app, far = a.socket(A4, 5000), b.socket(B4, 6000)
    for profile, suite in (('SRTP_AES128_CM_SHA1_80', CM),
                           ('SRTP_AEAD_AES_256_GCM', 'AEAD_AES_256_GCM')):
        size, salt = SUITES[suite][:2]
        sides = handshake(profile, 2 * (size + salt))
        for host, ends, role in ((a, flow(A4, B4), 'client'),
                                 (b, flow(B4, A4, 6000, 5000), 'server')):
            negotiated, text = sides[role]
            host.ksrtp('session', 'add', *ends, 'rtcp-mux', 'dtls', role,
                       'profile', negotiated, 'key-file', '-', input=text)
        for packet in (rtp(1, b'media'), rtcp()):
            app.sendto(packet, (B4, 6000))
            tap.equal(far.recv(2000), packet, profile + ': client to server')
            far.sendto(packet, (A4, 5000))
            tap.equal(app.recv(2000), packet, profile + ': server to client')
        b.ksrtp('session', 'flush')
        material = bytes.fromhex(sides['client'][1])
        peer = Peer(suite, material[:size] + material[2 * size:][:salt])
        app.sendto(rtp(2, b'media'), (B4, 6000))
        tap.equal(peer.unprotect(far.recv(2000)), rtp(2, b'media'),
                  profile + ': libsrtp takes it with the key of the client')
        peer.close()
        a.ksrtp('session', 'flush')


BAD = (
    ('send suite NONSENSE', 2, "suite: unknown suite 'NONSENSE'"),
    ('send suite %s insecure-key 00' % CM, 2, 'wants 30 bytes of key and salt'),
    ('send suite %s insecure-key %s' % (CM, '0' * 58), 2, 'got 29'),
    ('send suite %s insecure-key %s' % (CM, '0' * 56), 2, 'got 28'),
    ('send suite %s insecure-key !!!' % CM, 2, 'neither hex nor base64'),
    ('send suite %s insecure-key inline:%s|2^20|1:4' % (CM, 'A' * 40), 2,
     "lifetime and MKI behind '|' belong to a crypto line"),
    ('send insecure-key 00', 2, 'send: a key needs a suite'),
    ('local-rtcp-port 5000 remote-rtcp-port 6000', 1,
     'rtcp-port: same as RTP\'s'),
)


def errors(tap):
    a = Host('a')
    here = ('session', 'add', 'local', 'any:5000', 'remote', 'any:6000')
    for words, status, text in BAD:
        done = a.ksrtp(*here, *words.split(), check=False)
        tap.ok(done.returncode == status and text in done.stderr and
               done.stderr.count('\n') == 1 and not done.stdout,
               'refused: ' + words[:60], done)
    tap.equal(a.json('session', 'show'), [], 'nothing was made')
    for words, text in (
            (('session', 'add', 'local', 'any'), 'an address or a port'),
            (('session', 'add', 'local', '127.0.0.1'), 'rtcp-mux: is needed'),
            (('session', 'add', 'local', 'any:65535'), 'none above 65535'),
            (('session', 'add', 'local', '0.0.0.0:9'),
             'attribute local-address'),
            (('session', 'add', 'local', '1.2.3.4:9', 'remote', '::1'),
             'attribute remote-address'),
            (('session', 'set', 'id', '9', 'max-streams', '3'),
             'no such session'),
            (('session', 'del', 'local', 'any:77'), 'no such session'),
            (('stream', 'show', 'session', '9'), 'session-id: no such session'),
            (('stream', 'set', 'session', '9', 'send', 'ssrc', '1'),
             'no such session')):
        done = a.ksrtp(*words, check=False)
        tap.ok(done.returncode == 1 and text in done.stderr and
               done.stderr.count('\n') == 1, 'refused: ' + ' '.join(words),
               done)
    done = a.ksrtp('-b', '-', input='session add local any:5000 rtcp-mux\n'
                   'session add local any:5000 rtcp-mux\n'
                   'session add local any:7000 rtcp-mux\n', check=False)
    tap.ok(done.returncode == 1 and 'ksrtp: stdin:2: another session' in
           done.stderr, 'a batch stops at the first refusal', done.stderr)
    tap.equal(len(a.json('session', 'show')), 1, 'and goes no further')
    for words, text in (
            ('stream set session 1 send ssrc 1 seq 5', 'seq: given without'),
            ('stream set session 1 send ssrc 1 roc 0 seq 5 rtp-replay 02',
             'bit 0'),):
        done = a.ksrtp(*words.split(), check=False)
        tap.ok(done.returncode == 1 and text in done.stderr,
               'refused: ' + words, done)
    for words, text in (
            ('stream set session 1 send', 'needs session, send or recv'),
            ('stream set session 1 send recv', 'recv: either send or recv'),
            ('stream set session 1 send ssrc x', "'x' is not a number"),
            ('stream set session 1 send ssrc 1 seq 65536', 'is not within'),
            ('stream set session 1 send ssrc 1 rtp-replay 0', 'not bytes'),
            ('stream show ssrc 1', 'needs session'),
            ('stream show frob', "unknown word 'frob'")):
        done = a.ksrtp(*words.split(), check=False)
        tap.ok(done.returncode == 2 and text in done.stderr,
               'refused: ' + words, done)


def lists(tap):
    a = Host('a')
    a.session('local', '[fd00::1]:5000', 'remote', 'any:6000', 'dev', 'lo',
              'max-streams', 7, send=(CM, key(CM), 'replay-window', '512'),
              recv=['suite', GCM])
    shown = a.ksrtp('session', 'show').stdout
    cipher = a.json('suite', 'show')[0]
    tap.equal(shown, '1: local [fd00::1]:5000 remote any:6000 dev lo '
              'local-rtcp-port 5001 remote-rtcp-port 6001 streams 0/7\n'
              '    send %s keyed replay-window 512 cipher %s auth %s\n'
              '    recv %s pending replay-window 128\n' %
              (CM, cipher['cipher-driver'], cipher['auth-driver'], GCM),
              'a session as people see it')
    shown = a.json('session', 'show')[0]
    tap.equal(sorted(shown), sorted(
        ['id', 'family', 'local-address', 'local-port', 'remote-port',
         'ifindex', 'dev', 'local-rtcp-port', 'remote-rtcp-port',
         'max-streams', 'streams', 'send', 'recv']), 'a session in JSON')
    tap.equal(json.loads(a.ksrtp('-p', 'session', 'show').stdout), [shown],
              'pretty JSON is the same')
    done = run(KSRTP, '-n', a.name, '-j', 'session', 'show')
    tap.equal(json.loads(done.stdout), [shown], '-n enters a namespace')
    tap.equal(a.ksrtp('session', 'list').stdout, a.ksrtp('session').stdout,
              'show is the default, list an alias')
    text = a.ksrtp('-s', 'session', 'show').stdout
    tap.equal(text.count('drop-'), 2 * 28, '-s shows all counters')
    text = a.ksrtp('stat', 'prometheus').stdout
    tap.equal((text.count('\nksrtp_dropped_packets_total{'),
               re.findall('^ksrtp_sessions.*', text, re.M)),
              (2 * 28, ['ksrtp_sessions_by_state{state="%s"} %d' % one for one in
                        (('keyed', 0), ('pending', 1), ('orphaned', 0))] +
               ['ksrtp_sessions 1', 'ksrtp_sessions_limit 262144']),
              'Prometheus is told of them, and of limits')


def colours(tap):
    a = Host('a')
    ours, theirs = pty.openpty()
    process = a.start(KSRTP, 'monitor', stdout=theirs,
                      env={'PATH': os.environ['PATH'], 'TERM': 'xterm'})
    a.ksrtp('require', 'add', 'port', 5000)
    one, two = a.socket('127.0.0.1', 5000), a.socket('127.0.0.1', 5002)
    text = b''
    for wait in range(100):
        one.sendto(rtp(wait), ('127.0.0.1', 5002))
        if select.select([ours], [], [], 0.2)[0]:
            text = os.read(ours, 4096)
            break
    process.terminate()
    process.wait()
    tap.ok(text.startswith(b'\033[31m[ALERT]\033[0m require send require 1'),
           'an alert is red on a terminal', text)
    tap.ok(b' | cause: RTP without a session' in text and b' | remedy: ' in text,
           'with its cause and remedy', text)


main(keys, sdes, descriptions, identified, moving, translated, agreements, errors,
     lists, colours)
