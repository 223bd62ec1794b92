#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Sessions beside each other: wildcards, namespaces, life and events."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *


def side_by_side(tap):
    a, b = pair()
    one = Call(a, b, CM, seed=1)
    two = Call(a, b, GCM, seed=2, lport=5002, rport=6002)
    for seq in range(20):
        packet = rtp(seq, b'first')
        tap_ok = one.peer.unprotect(one.out(packet)) == packet
        packet = rtp(seq, b'second')
        tap_ok &= two.peer.unprotect(two.out(packet)) == packet
    tap.ok(tap_ok, 'two sessions send side by side')
    tap.equal(one.refused([two.peer.protect(rtp(50))]), [],
              'a packet of the other session is refused')
    tap.equal(two.through(two.peer.protect(rtp(60))), rtp(60),
              'and taken where it belongs')
    one.close()
    tap.equal(two.through(two.peer.protect(rtp(61))), rtp(61),
              'one outlives the other')
    two.close()


# from the best match to the worst, with flow() of a packet below
ORDER = (
    ('local', A4 + ':5000', 'remote', B4 + ':6000', 'dev', 'wire'),
    ('local', A4 + ':5000', 'remote', B4 + ':6000'),
    ('local', A4, 'remote', B4 + ':6000'),
    ('local', 'any:5000', 'remote', B4 + ':6000', 'dev', 'wire'),
    ('local', 'any:5000', 'remote', B4 + ':6000'),
    ('remote', B4 + ':6000', 'dev', 'wire'),
    ('remote', B4 + ':6000'),
    ('local', A4 + ':5000', 'remote', B4),
    ('remote', B4),
    ('local', A4 + ':5000', 'remote', 'any:6000'),
    ('local', 'any:5000', 'remote', 'any:6000'),
    ('remote', 'any:6000', 'family', 'inet'),
    ('remote', 'any:6000'),
    ('local', A4 + ':5000'),
    ('local', A4),
    ('local', 'any:5000', 'dev', 'wire'),
    ('local', 'any:5000', 'family', 'inet'),
    ('local', 'any:5000'),
)


def wildcards(tap):
    a, b = pair()
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    peers, numbers = [], []
    for n in reversed(range(len(ORDER))):
        master = key(CM, n)
        numbers.insert(0, a.session(*ORDER[n], 'rtcp-mux', send=(CM, master)))
        peers.insert(0, Peer(CM, master))
    for n, words in enumerate(ORDER):
        packet = rtp(n, b'x')
        app.sendto(packet, (B4, 6000))
        tap.equal(peers[n].unprotect(wire.recv(2000)), packet,
                  'match %d: %s' % (n + 1, ' '.join(words)))
        a.ksrtp('session', 'del', 'id', numbers[n])
        peers[n].close()
    app.sendto(rtp(99), (B4, 6000))
    tap.equal(wire.recv(2000), rtp(99), 'no match: left alone')
    a.session('local', 'any:5000', 'family', 'inet6', send=(CM, key(CM)))
    a.session('local', A4 + ':5000', 'dev', 'lo', send=(CM, key(CM)))
    app.sendto(rtp(98), (B4, 6000))
    tap.equal(wire.recv(2000), rtp(98),
              'sessions of another family or interface do not match')


def loopback(tap):
    a = Host('a')
    master = key(GCM)
    there, back = ('local', '127.0.0.1:5000', 'remote', '127.0.0.1:6000'), \
                  ('local', '127.0.0.1:6000', 'remote', '127.0.0.1:5000')
    one, other = a.socket('127.0.0.1', 5000), a.socket('127.0.0.1', 6000)
    a.session(*there, send=(GCM, master))
    one.sendto(rtp(1, b'x'), ('127.0.0.1', 6000))
    tap.equal(len(other.recv(2000)), 12 + 1 + 16, 'loopback: one end protects')
    a.session(*back, recv=(GCM, master))
    one.sendto(rtp(2, b'x'), ('127.0.0.1', 6000))
    tap.equal(other.recv(2000), rtp(2, b'x'), 'loopback: the other unprotects')


def namespaces(tap):
    a, b = pair()
    call = Call(a, b)
    tap.equal(b.json('session', 'show'), [],
              'a session shows in its own namespace only')
    bad = b.ksrtp('session', 'del', 'id', call.id, check=False)
    tap.equal((bad.returncode, bad.stderr),
              (1, 'ksrtp: no such session: No such file or directory\n'),
              'and cannot be deleted from another')
    bad = run('rmmod', 'ksrtp', check=False)
    tap.ok(bad.returncode and 'in use' in bad.stderr,
           'the module cannot be unloaded while sessions exist', bad.stderr)
    call.out(rtp(1))
    call.through(call.peer.protect(rtp(1)))
    for sock in (call.app, call.app_rtcp, call.wire, call.wire_rtcp):
        sock.close()
    call.peer.close()
    Host.remove_all()
    tap.equal(module_users(), 0,
              'a namespace that ends takes its sessions along')


def events(tap):
    a, b = pair()
    monitor = Monitor(a)
    call = Call(a, b)
    call.out(rtp(1, ssrc=77))
    call.through(call.peer.protect(rtp(1, ssrc=88)))
    a.ksrtp('session', 'set', 'id', call.id, 'max-streams', 9)
    a.ksrtp('session', 'flush')
    seen = [monitor.next() for n in range(5)]
    tap.equal([e['event'] for e in seen],
              ['session-new', 'stream-new', 'stream-new', 'session-set',
               'session-del'], 'events come in order')
    tap.equal([(e['direction'], e['ssrc']) for e in seen[1:3]],
              [('send', '0x0000004d'), ('recv', '0x00000058')],
              'a new SSRC is told of')
    tap.equal((seen[3]['max-streams'], seen[4]['send']['stats']['rtp-packets']),
              (9, 1), 'with what was changed and counted')
    monitor.close()


def traces(tap):
    if not Traced.available():
        tap.skip('tracepoints', 'this kernel has no tracefs')
        return
    a, b = pair()
    call = Call(a, b)
    with Traced('ksrtp') as trace:
        call.out(rtp(7, b'speech'))
        call.out(rtcp(), True)
        packet = call.peer.protect(rtp(8, b'speech'))
        call.through(packet)
        call.refused([packet])
    lines = [line.split(': ', 1)[1].strip()
             for line in trace.lines if ' ksrtp_' in line]
    here = 'session=%d ssrc=0x11223344 ' % call.id
    tap.equal([line for line in lines if 'drop' not in line],
              ['ksrtp_protect: %ssrtp index=7 len=28' % here,
               'ksrtp_protect: %ssrtcp index=1 len=%d' % (here,
                                                         len(rtcp()) + 14),
               'ksrtp_unprotect: %ssrtp index=8 len=18' % here],
              'tracepoints tell of packets protected and unprotected')
    drops = [line for line in lines if 'drop' in line]
    tap.ok(len(drops) == 1 and 'session=%d direction=recv' % call.id
           in drops[0], 'and dropped', drops)
    call.close()


def many(tap):
    a = Host('a')
    lines = ''.join('session add local 10.1.%d.%d:%d remote any:9 rtcp-mux '
                    'send suite %s key %s\n' %
                    (n // 250, n % 250 + 1, 1024 + n, CM, key(CM, n % 7).hex())
                    for n in range(1000))
    done = a.ksrtp('-b', '-', input=lines)
    tap.equal((done.stdout, done.stderr), ('', ''), 'a batch of 1000 sessions')
    shown = a.json('session', 'show')
    tap.equal(len({s['id'] for s in shown}), 1000, 'all are listed')
    shown = a.json('session', 'show', 'local', '10.1.2.7:1530')
    tap.equal([s['local-port'] for s in shown], [1530], 'a filter finds one')
    a.ksrtp('session', 'flush', 'local', '10.1.2.7')
    tap.equal(len(a.json('session', 'show')), 999, 'a filter deletes one')
    a.ksrtp('session', 'flush')
    tap.equal(a.json('session', 'show'), [], 'flush deletes all')


main(side_by_side, wildcards, loopback, namespaces, events, traces, many)
