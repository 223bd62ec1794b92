#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A key's whole life: added, chosen, overlapped, counted, used up, retired."""

import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *

SSRC = 0x11223344


def key_words(suite, seed):
    return ['insecure-key', key(suite, seed).hex()]


def rekey_under_traffic(tap):
    """Keys come, are chosen and go while packets are reordered on the way."""
    a, b = pair()
    mkis = [b'%04d' % n for n in range(6)]
    for suite in (CM, GCM):
        masters = {mki: key(suite, n) for n, mki in enumerate(mkis)}
        here = a.session(*flow(A4, B4), send=['suite', suite,
                         *key_words(suite, 0), 'mki', mkis[0].hex()])
        there = b.session(*flow(B4, A4, 6000, 5000), recv=[
            'suite', suite, *key_words(suite, 0), 'mki', mkis[0].hex(),
            'replay-window', '4096'])
        # a middle box that holds packets back for a while, and in disorder
        b.ip('link', 'set', 'wire', 'up')
        a.run('tc', 'qdisc', 'add', 'dev', 'wire', 'root', 'netem', 'delay',
              '20ms', '15ms', check=False)
        app, far = a.socket(A4, 5000), b.socket(B4, 6000)
        sent, got = 1200, set()

        def send():
            for n in range(sent):
                app.sendto(rtp(65000 + n, b'%d' % n), (B4, 6000))
                time.sleep(0.002)

        def receive():
            far.settimeout(10)
            try:
                while len(got) < sent:
                    got.add(far.recv(2000))
            except TimeoutError:
                pass

        threads = [threading.Thread(target=t) for t in (receive, send)]
        for thread in threads:
            thread.start()
        for n, mki in enumerate(mkis[1:], 1):
            time.sleep(0.2)
            words = ['mki', mki.hex(), *key_words(suite, n)]
            # the receiver first, then the sender, then retire the old
            b.ksrtp('key', 'add', 'session', there, 'recv', *words)
            a.ksrtp('key', 'add', 'session', here, 'send', *words)
            a.ksrtp('key', 'use', 'session', here, 'send', 'mki', mki.hex())
            if n >= 2:
                b.ksrtp('key', 'del', 'session', there, 'recv', 'mki',
                        mkis[n - 2].hex())
            a.ksrtp('key', 'del', 'session', here, 'send', 'mki',
                    mkis[n - 1].hex())
        for thread in threads:
            thread.join()
        tap.equal(len(got), sent,
                  suite + ': five rekeyings, no packet lost or refused')
        tap.equal([k for host, way in ((a, 'send'), (b, 'recv'))
                   for k in host.stats(way) if k.startswith('drop')], [],
                  suite + ': nothing dropped')
        tap.equal(b.stream(there, 'recv', SSRC)['roc'], 1,
                  suite + ': one rollover counter all along')
        tap.equal([k['mki'] for k in b.json('key', 'show', 'session', there)],
                  [mki.hex() for mki in mkis[4:]],
                  suite + ': the keys that are left')
        a.run('tc', 'qdisc', 'del', 'dev', 'wire', 'root', check=False)
        a.ksrtp('session', 'flush')
        b.ksrtp('session', 'flush')
        app.close()
        far.close()


def identifiers(tap):
    a, b = pair()
    number = a.session(*flow(A4, B4), send=['suite', CM, *key_words(CM, 1),
                       'mki', 'aa'], recv=['suite', CM, *key_words(CM, 1),
                                           'mki', 'aa'])
    show = ('key', 'show', 'session', number)
    a.ksrtp('key', 'add', 'session', number, 'send', 'mki', 'bb',
            *key_words(CM, 2))
    tap.equal([(k['mki'], k['state']) for k in a.json(*show, 'send')],
              [('aa', 'active'), ('bb', 'standby')],
              'a key beside the active one stands by')
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    peer = Peer(CM, {b'\xaa': key(CM, 1), b'\xbb': key(CM, 2)})

    def stranger(seq):
        return Peer(CM, {b'\xcc': key(CM, 3)}).protect(rtp(seq))

    for packet in (stranger(1), MARKER):
        wire.sendto(packet, (A4, 5000))
    tap.equal(app.recv(2000), MARKER, 'an unknown identifier is dropped')
    tap.equal(a.stats('recv').get('drop-unknown-mki'), 1, 'and counted')
    wire.sendto(peer.protect(rtp(5)), (A4, 5000))
    tap.equal(app.recv(2000), rtp(5), 'the known one is not')
    for words, status, said in (
            (('key', 'add', 'session', number, 'send', 'mki', 'aa',
              *key_words(CM, 3)), 1, 'mki'),
            (('key', 'add', 'session', number, 'send', 'mki', 'aabb',
              *key_words(CM, 3)), 1, 'mki'),
            (('key', 'add', 'session', number, 'send', *key_words(CM, 3)), 1,
             'mki'),
            (('key', 'use', 'session', number, 'send', 'mki', 'dd'), 1, 'mki'),
            (('key', 'del', 'session', number, 'recv', 'mki', 'dd'), 1, 'key'),
            (('key', 'add', 'session', 999, 'send', 'mki', 'cc',
              *key_words(CM, 3)), 1, 'session')):
        before = a.json(*show)
        result = a.ksrtp(*words, check=False)
        tap.ok(result.returncode == status and said in result.stderr and
               a.json(*show) == before, 'refused: ' + ' '.join(
                   str(w) for w in words[:-2]), result.stderr)
    a.ksrtp('key', 'del', 'session', number, 'send', 'mki', 'aa')
    app.sendto(rtp(9), (B4, 6000))
    app.sendto(MARKER, (B4, 6000))
    tap.equal(wire.recv(2000), MARKER, 'no key chosen: nothing is sent')
    a.ksrtp('key', 'use', 'session', number, 'send', 'mki', 'bb')
    app.sendto(rtp(10), (B4, 6000))
    tap.equal(peer.unprotect(wire.recv(2000)), rtp(10), 'until one is')
    for n in range(15):
        a.ksrtp('key', 'add', 'session', number, 'send', 'mki', '%02x' % n,
                *key_words(CM, n + 10))
    tap.equal(a.ksrtp('key', 'add', 'session', number, 'send', 'mki', 'ff',
                      *key_words(CM, 99), check=False).returncode, 1,
              'a seventeenth key is refused')


def replaced_by_mki(tap):
    """A re-offer's keys: the same identifier, others, another length, many."""
    a, b = pair()
    call = Call(a, b, GCM, recv_words=('mki', '01'))
    call.peer.close()

    def change(seed, mki, *words):
        for way in ('send', 'recv'):
            a.ksrtp('session', 'set', 'id', call.id, way, 'suite', GCM,
                    *key_words(GCM, seed), *(('mki', mki) if mki else ()),
                    *(words if mki or way == 'recv' else ()))

    def speaks(tap, peer, seq, name):
        packet = rtp(seq, name.encode())
        tap.equal((peer.unprotect(call.out(packet)),
                   call.through(peer.protect(packet))), (packet, packet), name)

    def listed(way):
        return [(one.get('mki'), one['state'])
                for one in a.json('key', 'show', 'session', call.id, way)]

    change(2, '01')
    speaks(tap, Peer(GCM, {b'\1': key(GCM, 2)}), 1,
           'another key of the same identifier')
    tap.equal((listed('send'), listed('recv')), ([('01', 'active')],) * 2,
              'the old one is gone')
    change(3, '02', 'overlap', 600000)
    both = Peer(GCM, {b'\1': key(GCM, 2), b'\2': key(GCM, 3)})
    packet = rtp(2, b'late')
    tap.equal(call.through(both.protect(packet)), packet,
              'another identifier, and the old one is still heard')
    both.use(1)
    speaks(tap, both, 3, 'and the new one is spoken')
    tap.equal((listed('send'), listed('recv')),
              ([('01', 'retiring'), ('02', 'active')],) * 2, 'the old one goes')
    tap.ok('about to go' in a.ksrtp(
        'key', 'use', 'session', call.id, 'send', 'mki', '01',
        check=False).stderr, 'and cannot be chosen')
    change(4, '0003')
    speaks(tap, Peer(GCM, {b'\0\3': key(GCM, 4)}), 4,
           'an identifier of another length')
    change(5, '', 'overlap', 600000)
    speaks(tap, Peer(GCM, key(GCM, 5)), 5, 'none at all')
    for n in range(20):
        change(10 + n, '%02x' % n, 'overlap', 600000)
    speaks(tap, Peer(GCM, {b'\x13': key(GCM, 29)}), 6,
           'twenty re-offers in a row')
    tap.equal((len(listed('send')), len(listed('recv'))), (16, 16),
              'of which the oldest give way')
    call.close()


def make_before_break(tap):
    a, b = pair()
    for suite in (CM, GCM):
        call = Call(a, b, suite)
        old, new = call.peer, Peer(suite, key(suite, 7))
        call.through(old.protect(rtp(1)))
        a.ksrtp('session', 'set', 'id', call.id, 'recv', 'suite', suite,
                *key_words(suite, 7), 'overlap', 600000)
        states = [k['state'] for k in a.json('key', 'show', 'session',
                                             call.id, 'recv')]
        tap.equal(states, ['retiring', 'active'],
                  suite + ': old and new key, side by side')
        wire = [(old, 3), (new, 2), (old, 4), (new, 5), (old, 6)]
        tap.equal([call.through(peer.protect(rtp(seq, b'%d' % seq)))
                   for peer, seq in wire],
                  [rtp(seq, b'%d' % seq) for peer, seq in wire],
                  suite + ': both are accepted, in any order')
        tap.equal([call.through(peer.protect_rtcp(rtcp()), True)
                   for peer in (new,)], [rtcp()], suite + ': RTCP too')
        tap.equal(call.refused([new.protect(rtp(4)), old.protect(rtp(5))]), [],
                  suite + ': an index once, under whichever key')
        call.close()

        call = Call(a, b, suite, seed=9)
        old, new = call.peer, Peer(suite, key(suite, 7))
        a.ksrtp('session', 'set', 'id', call.id, 'recv', 'suite', suite,
                *key_words(suite, 7), 'overlap', 1)
        for wait in range(100):
            if len(a.json('key', 'show', 'session', call.id, 'recv')) == 1:
                break
            time.sleep(0.1)
        tap.equal([k['state'] for k in a.json('key', 'show', 'session',
                                              call.id, 'recv')], ['active'],
                  suite + ': the old key goes when its time is over')
        tap.equal(call.refused([old.protect(rtp(1))]), [],
                  suite + ': and is refused')
        tap.equal(call.through(new.protect(rtp(1))), rtp(1),
                  suite + ': the new one is not')
        call.close()


def ranges(tap):
    a, b = pair()
    number = a.json('session', 'add', *flow(A4, B4), 'send', 'suite', CM,
                    'recv', 'suite', CM)[0]['id']
    for direction in ('send', 'recv'):
        for seed, first, last in ((1, 0, 99), (2, 100, 199), (3, 300, 400)):
            a.ksrtp('key', 'add', 'session', number, direction, 'from', first,
                    'to', last, *key_words(CM, seed))
    peers = {n: Peer(CM, key(CM, n)) for n in (1, 2, 3)}
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    got = []
    for seq, who in ((98, 1), (99, 1), (100, 2), (199, 2), (300, 3)):
        app.sendto(rtp(seq), (B4, 6000))
        got.append(peers[who].unprotect(wire.recv(2000)) == rtp(seq))
        wire.sendto(peers[who].protect(rtp(seq)), (A4, 5000))
        got.append(app.recv(2000) == rtp(seq))
    tap.equal(got, [True] * 10, '<From, To>: the index names the key')
    app.sendto(rtp(250), (B4, 6000))
    app.sendto(MARKER, (B4, 6000))
    tap.equal(wire.recv(2000), MARKER, 'an index of no key is not sent')
    app_rtcp, wire_rtcp = a.socket(A4, 5001), b.socket(B4, 6001)
    app_rtcp.sendto(rtcp(), (B4, 6001))
    tap.equal(peers[3].unprotect_rtcp(wire_rtcp.recv(2000)), rtcp(),
              'RTCP has the key that RTP has come to')
    result = a.ksrtp('key', 'add', 'session', number, 'send', 'from', 150,
                     'to', 250, *key_words(CM, 4), check=False)
    tap.ok(result.returncode == 1 and 'from' in result.stderr,
           'keys for the same index are refused', result.stderr)
    a.ksrtp('key', 'del', 'session', number, 'recv', 'from', 100)
    tap.equal([k['from'] for k in a.json('key', 'show', 'session', number,
                                         'recv')], [0, 300],
              'a key is named by its first index')


def lifetimes(tap):
    a, b = pair()
    monitor = Monitor(a)
    master = key(CM)
    number = a.session(*flow(A4, B4),
                       send=(CM, master, 'lifetime', '10', 'soft-limit', '50'),
                       recv=(CM, master, 'rtp-lifetime', '4',
                             'rtcp-lifetime', '2', 'soft-limit', '100'))
    peer = Peer(CM, master)
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    app_rtcp, wire_rtcp = a.socket(A4, 5001), b.socket(B4, 6001)
    for seq in range(12):
        app.sendto(rtp(seq), (B4, 6000))
    app.sendto(MARKER, (B4, 6000))
    seen = []
    while MARKER not in seen:
        seen.append(wire.recv(2000))
    tap.equal(len(seen) - 1, 10, 'send: so many packets and no more')
    tap.equal(a.stats('send').get('drop-key-expired'), 2, 'send: counted')
    tap.equal((monitor.wait(type='key-soft-limit').get('direction'),
               monitor.wait(type='key-hard-limit').get('direction')),
              ('send', 'send'), 'send: told of before and when')
    tap.equal(len([e for e in monitor.seen if e['event'] == 'alert']), 2,
              'send: once each')
    shown = a.json('key', 'show', 'session', number, 'send')[0]
    tap.equal((shown['state'], shown['rtp-packets'], shown['rtp-lifetime']),
              ('expired', 10, 10), 'send: the key is shown as expired')
    for n in range(4):
        wire.sendto(peer.protect(rtp(n)), (A4, 5000))
        app.recv(2000)
    for packet in (peer.protect(rtp(5)), MARKER):
        wire.sendto(packet, (A4, 5000))
    tap.equal(app.recv(2000), MARKER, 'receive: stops too')
    for n in range(2):
        wire_rtcp.sendto(peer.protect_rtcp(rtcp()), (A4, 5001))
        app_rtcp.recv(2000)
    for packet in (peer.protect_rtcp(rtcp()), MARKER):
        wire_rtcp.sendto(packet, (A4, 5001))
    tap.equal(app_rtcp.recv(2000), MARKER, 'receive: RTCP has its own')
    tap.equal(a.stats('recv').get('drop-key-expired'), 2, 'receive: counted')
    a.ksrtp('session', 'set', 'id', number, 'send', 'suite', CM,
            *key_words(CM, 2))
    app.sendto(rtp(20), (B4, 6000))
    tap.ok(wire.recv(2000), 'a new key starts it again')
    tap.equal(a.stream(number, 'send', SSRC)['seq'], 20,
              'where the stream has been')
    tap.equal(a.json('key', 'show', 'session', number, 'send')[0]
              ['rtp-lifetime'], 1 << 48, 'the default is the RFC\'s')
    tap.equal(a.json('key', 'show', 'session', number, 'send')[0]
              ['rtcp-lifetime'], 1 << 31, 'for RTCP too')
    monitor.close()


def policy_needs_key(tap):
    a, b = pair()
    call = Call(a, b)
    before = a.json('session', 'show')
    for words, said in ((('suite', GCM), 'suite'),
                        (('kdr', '16'), 'key-derivation-rate'),
                        (('encrypted-extensions', '1'),
                         'encrypted-extensions')):
        result = a.ksrtp('session', 'set', 'id', call.id, 'send', *words,
                         check=False)
        tap.ok(result.returncode == 1 and said in result.stderr and
               a.json('session', 'show') == before,
               'another %s without another key is refused' % words[0],
               result.stderr)
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'unencrypted-srtp', 'on')
    tap.ok(b'speech' in call.out(rtp(1, b'speech')),
           'what needs no other key is changed at once')
    call.close()


main(rekey_under_traffic, identifiers, replaced_by_mki, make_before_break, ranges, lifetimes,
     policy_needs_key)
