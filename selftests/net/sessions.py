#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Sessions beside each other: wildcards, namespaces, life and events."""

import os
import select
import sys
import threading

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


def told(peer, packet):
    """The sequence number of what a peer understands, or its error below 0."""
    clear = peer.unprotect(packet)
    return -clear if isinstance(clear, int) else \
        struct.unpack_from('>H', clear, 2)[0]


def replaced(tap):
    """A session that takes the place of another, while packets pass."""
    a, b = pair()
    monitor = Monitor(a)
    call = Call(a, b)
    for seq in range(3):
        call.out(rtp(seq))
    new = (CM, key(CM, 2))
    words = ('session', 'replace', *flow(A4, B4), 'send', 'suite', CM,
             'insecure-key', key(CM, 2).hex(), 'recv', 'suite', CM,
             'insecure-key', key(CM, 2).hex())
    # whatever is refused leaves the one that is there
    other = a.session(*flow(A4, B4, 5003, 6003), 'rtcp-mux')
    for what, more, message in (
            ("another's flow for its RTCP",
             ('local-rtcp-port', 5003, 'remote-rtcp-port', 6003),
             "another session has the flow of this one's RTCP"),
            ('settings that make no sense',
             ('rcc-mode', '3', 'unauthenticated-srtp', 'on'), 'rcc-mode')):
        bad = a.ksrtp(*words, *more, check=False)
        tap.ok(bad.returncode == 1 and message in bad.stderr,
               'refused: ' + what, bad)
    tap.equal(told(call.peer, call.out(rtp(9))), 9,
              'and the session goes on as it was')
    sent = a.stats('send', call.id)['rtp-packets']
    total = a.json('stat', 'show')
    made = json.loads(a.ksrtp('-j', *words).stdout)[0]['id']
    events = [monitor.wait(event='session-del'), monitor.next()]
    tap.equal([(e['event'], e['id']) for e in events],
              [('session-del', call.id), ('session-new', made)],
              'the old one is told of first, then the new one')
    tap.equal(events[0]['send']['stats']['rtp-packets'], sent,
              'with all that it has counted')
    tap.equal(sorted(s['id'] for s in a.json('session', 'show')),
              sorted((other, made)), 'it is gone')
    peer = Peer(*new)
    tap.equal((told(peer, call.out(rtp(11))),
               call.through(peer.protect(rtp(1)))), (11, rtp(1)),
              'the new one is what packets find, both ways')
    tap.equal(call.refused([call.peer.protect(rtp(2))]), [],
              'and the keys before are no longer taken')
    tap.equal((total['sessions'], a.json('stat', 'show')['sessions'],
               a.json('stat', 'show')['send']['rtp-packets']),
              (2, 2, sent + 1), 'it is not one more, and nothing is uncounted')
    with Parameter('sessions_max', 2):
        a.ksrtp(*words)
        bad = a.ksrtp('session', 'replace', 'local', 'any:7000', 'rtcp-mux',
                      check=False)
        tap.ok(bad.returncode == 1 and 'sessions_max' in bad.stderr,
               'where there is room for no more, one may be replaced', bad)
    # from RTCP's own ports to RTP's, and back
    a.ksrtp(*words, 'rtcp-mux')
    peer.close()
    peer = Peer(*new)
    call.app.sendto(rtcp(), (B4, 6000))
    call.app_rtcp.sendto(rtcp(), (B4, 6001))
    tap.equal((peer.unprotect_rtcp(call.wire.recv(2000)),
               call.wire_rtcp.recv(2000)), (rtcp(), rtcp()),
              'a new one with rtcp-mux has no flow of RTCP')
    a.ksrtp(*words)
    peer.close()
    peer = Peer(*new)
    tap.equal(peer.unprotect_rtcp(call.out(rtcp(), True)), rtcp(),
              'and one without has it again')
    monitor.close()
    peer.close()


# as often as it takes for a race to show
TIMES = len(some(range(1000)))


class Senders:
    """Two who send RTP without a pause, each an SSRC to a port of its own, from
    one socket, and a reader of the wire who waits for each of their packets."""

    def __init__(self, a, b, ports, ssrc=1):
        self.app = a.socket(A4, 5000)
        self.wires = [b.socket(B4, port) for port in ports]
        self.ports, self.ssrc = ports, ssrc
        self.got = []
        self.stop = False
        self.threads = [threading.Thread(target=self.work, args=(n,))
                        for n in range(len(ports))]
        for thread in self.threads:
            thread.start()

    def work(self, n):
        self.got.append([])
        mine, wire = [], self.wires[n]
        while not self.stop and len(mine) < 60000:
            packet = rtp(len(mine), b'speech' * 20, self.ssrc + n)
            self.app.sendto(packet, (B4, self.ports[n]))
            try:
                mine.append(wire.recv(2000))
            except socket.timeout:
                mine.append(b'lost')
                break
        self.got[n] = mine

    def end(self):
        self.stop = True
        for thread in self.threads:
            thread.join()
        self.app.close()
        for wire in self.wires:
            wire.close()


def replaced_always(tap):
    """Again and again, while two processors send."""
    a, b = pair()
    a.session('local', 'any:5000', 'rtcp-mux', send=(CM, key(CM, 0)))
    senders = Senders(a, b, (6000, 6002))
    a.ksrtp('-b', '-', input=''.join(
        'session replace local any:5000 rtcp-mux send suite %s key %s\n' %
        (CM, key(CM, n % 2).hex()) for n in range(TIMES)))
    senders.end()
    peers = [Peer(CM, key(CM, n)) for n in range(2)]
    wrong, spoken = [], [0, 0]
    for got in senders.got:
        for seq, packet in enumerate(got):
            by = [n for n in range(2) if told(peers[n], packet) == seq]
            if len(by) != 1:
                wrong.append((seq, packet[:20]))
            else:
                spoken[by[0]] += 1
    tap.ok(not wrong and all(spoken) and all(senders.got),
           'each packet left under a key of one or the other session',
           (wrong[:5], spoken))
    tap.equal(len(a.json('session', 'show')), 1, 'and one is there')
    tap.note('%d packets' % sum(map(len, senders.got)))
    for peer in peers:
        peer.close()


def moved(tap):
    """A session that goes from one flow to others, with all that it has."""
    a, b = pair()
    monitor = Monitor(a)
    call = Call(a, b)
    other_wire, other_rtcp = b.socket(B4, 7000), b.socket(B4, 7001)
    for seq in range(65500, 65540):
        told(call.peer, call.out(rtp(seq)))
        call.through(call.peer.protect(rtp(seq)))
    set_ = ('session', 'set', 'id', call.id)
    before = a.json('session', 'show')[0]
    a.ksrtp(*set_, 'move', *flow(A4, B4, 5000, 7000))
    shown = a.json('session', 'show')[0]
    tap.equal((shown['remote-port'], shown['remote-rtcp-port'], shown['id'],
               shown['streams']), (7000, 7001, call.id, before['streams']),
              'it is found by its new flow')
    tap.equal((monitor.wait(event='session-set')['remote-port']), 7000,
              'which is told of')

    def out(packet, port, wire):
        call.app.sendto(packet, (B4, port))
        return wire.recv(2000)
    tap.equal(told(call.peer, out(rtp(65540), 7000, other_wire)), 4,
              'a packet to there goes on where those before ended, at ROC 1')
    other_wire.sendto(call.peer.protect(rtp(65540)), (A4, 5000))
    tap.equal(call.app.recv(2000), rtp(65540), 'and one from there is taken')
    call.app_rtcp.sendto(rtcp(), (B4, 7001))
    tap.equal(call.peer.unprotect_rtcp(other_rtcp.recv(2000)), rtcp(),
              'RTCP likewise')
    tap.equal(out(rtp(1), 6000, call.wire), rtp(1),
              'where it was it is not any more')
    tap.equal(a.stream(call.id, 'send', 0x11223344)['roc'], 1,
              'its streams are as they were')
    # for a while, it is where it was, too
    a.ksrtp('session', 'set', *flow(A4, B4, 5000, 7000), 'move',
            *flow(A4, B4), 'linger', 600000)
    tap.equal((told(call.peer, out(rtp(65541), 6000, call.wire)),
               told(call.peer, out(rtp(65542), 7000, other_wire))), (5, 6),
              'it lingers: packets to either flow are its own')
    other_wire.sendto(call.peer.protect(rtp(65541)), (A4, 5000))
    tap.equal(call.app.recv(2000), rtp(65541), 'and those from either')
    linger = a.json('session', 'show')[0]['linger']
    tap.ok(0 < linger <= 600000, 'for how long is shown', linger)
    bad = a.ksrtp('session', 'set', *flow(A4, B4, 5000, 7000), 'max-streams', 9,
                  check=False)
    tap.ok(bad.returncode == 1 and 'no such session' in bad.stderr,
           'but that flow does not name it', bad)
    second = a.session(*flow(A4, B4, 5000, 7000),
                       send=(CM, key(CM, 2)))
    tap.equal(told(call.peer, out(rtp(65543), 6000, call.wire)), 7,
              'a new session may have the flow that was left')
    peer = Peer(CM, key(CM, 2))
    tap.equal(told(peer, out(rtp(7), 7000, other_wire)), 7, 'and has it')
    a.ksrtp('session', 'del', 'id', second)
    tap.equal(out(rtp(8), 7000, other_wire), rtp(8), 'for good')
    a.ksrtp(*set_, 'move', *flow(A4, B4, 5000, 7000), 'linger', 1)
    tap.equal(eventually(None, lambda: a.json('session', 'show')[0].get(
        'linger')), None, 'it lingers for as long as was said')
    tap.equal((out(rtp(9), 6000, call.wire),
               told(call.peer, out(rtp(65544), 7000, other_wire))),
              (rtp(9), 8), 'and has left then')
    a.ksrtp(*set_, 'move', *flow(A4, B4))
    monitor.close()
    peer.close()
    for sock in (other_wire, other_rtcp):
        sock.close()
    call.close()
    tap.equal(a.json('session', 'show'), [], 'it is deleted as any other')


def moved_rtcp(tap):
    """Where only RTCP is found elsewhere."""
    a, b = pair()
    call = Call(a, b)
    third = b.socket(B4, 6009)
    set_ = ('session', 'set', 'id', call.id, 'move', *flow(A4, B4))
    call.out(rtcp(), True)
    a.ksrtp(*set_, 'remote-rtcp-port', 6009)
    call.app_rtcp.sendto(rtcp(), (B4, 6009))
    call.app_rtcp.sendto(rtcp(), (B4, 6001))
    tap.equal((call.peer.unprotect_rtcp(third.recv(2000)),
               call.wire_rtcp.recv(2000)), (rtcp(), rtcp()),
              'RTCP moves to a port of its own')
    a.ksrtp(*set_, 'rtcp-mux')
    call.app_rtcp.sendto(rtcp(), (B4, 6009))
    tap.equal((call.peer.unprotect_rtcp(call.out(rtcp())), third.recv(2000),
               told(call.peer, call.out(rtp(5)))), (rtcp(), rtcp(), 5),
              "to RTP's")
    tap.ok('rtcp-mux' in a.json('session', 'show')[0], 'which is shown')
    a.ksrtp(*set_, 'linger', 600000)
    tap.equal(call.peer.unprotect_rtcp(call.out(rtcp(), True)), rtcp(),
              'and back')
    # RTP where RTCP was
    a.ksrtp('session', 'set', 'id', call.id, 'move',
            *flow(A4, B4, 5001, 6001))
    call.app_rtcp.sendto(rtp(6), (B4, 6001))
    tap.equal(told(call.peer, call.wire_rtcp.recv(2000)), 6,
              'RTP takes the place of its own RTCP')
    # to the other family, and all at once with new keys
    peer = Peer(CM, key(CM, 3))
    app6, wire6 = a.socket(A6, 5000), b.socket(B6, 6000)
    a.ksrtp('session', 'set', 'id', call.id, 'move', *flow(A6, B6), 'send',
            'suite', CM, 'insecure-key', key(CM, 3).hex())
    app6.sendto(rtp(7), (B6, 6000))
    tap.equal(told(peer, wire6.recv(2000)), 7,
              'to another family, with a new key in the same step')
    tap.equal(call.peer.unprotect(peer.protect(rtp(9))) > 0, True,
              'which is another key')
    peer.close()
    third.close()


def moved_refused(tap):
    """A session does not move where it may not, and then nothing changes."""
    a, b = pair()
    call = Call(a, b)
    a.session(*flow(A4, B4, 5000, 7000), send=(CM, key(CM, 2)))
    # its program ends at once
    a.ksrtp('session', 'add', 'local', 'any:9000', 'rtcp-mux', 'owned')
    tap.ok(eventually(True, lambda: any(
        s.get('orphaned') for s in a.json('session', 'show'))), 'an orphan')
    before = a.ksrtp('-j', '-s', 'session', 'show').stdout
    set_ = ('session', 'set', 'id', call.id)
    for what, words, code, message in (
            ("another's flow", ('move', *flow(A4, B4, 5000, 7000)), 1,
             'another session has this flow'),
            ("another's for RTCP", ('move', *flow(A4, B4, 5000, 6900),
                                    'local-rtcp-port', 5000,
                                    'remote-rtcp-port', 7000), 1,
             "another session has the flow of this one's RTCP"),
            ("the flow of another's RTCP", ('move', *flow(A4, B4, 5001, 7001)),
             1, 'another session has this flow'),
            ('and a key that is wrong', ('move', *flow(A4, B4, 5000, 7700),
                                         'recv', 'rcc-mode', '3',
                                         'unauthenticated-srtp', 'on'), 1,
             'rcc-mode'),
            ('a flow of nothing', ('move', 'family', 'inet'), 1,
             'flow: an address or a port'),
            ('RTCP on the flow of RTP', ('move', *flow(A4, B4, 5000, 7700),
                                         'local-rtcp-port', 5000,
                                         'remote-rtcp-port', 7700), 1,
             "rtcp-port: same as RTP's"),
            ('mux with ports of RTCP', ('move', 'local', 'any:1', 'rtcp-mux',
                                        'local-rtcp-port', 5), 1,
             'rtcp-port: makes no sense with rtcp-mux'),
            ('two families', ('move', 'local', A4, 'remote', B6), 1,
             'address: not of the family'),
            ('no flow', ('move',), 2, 'move: needs the new flow'),
            ('linger without move', ('linger', 5), 2, 'linger: goes with move'),
            ('move said twice', ('move', 'local', A4, 'move'), 2,
             'move: given twice')):
        bad = a.ksrtp(*set_, *words, check=False)
        tap.ok(bad.returncode == code and message in bad.stderr,
               'refused: ' + what, bad)
    tap.equal(a.ksrtp('-j', '-s', 'session', 'show').stdout, before,
              'and nothing has changed')
    tap.equal(told(call.peer, call.out(rtp(1))), 1, 'nor has what packets find')
    bad = a.ksrtp('session', 'set', 'local', 'any:9000', 'move', 'local',
                  'any:9001', check=False)
    tap.ok(bad.returncode == 1 and 'owner socket closed' in bad.stderr,
           'an orphan does not move', bad)
    a.ksrtp(*set_, 'move', 'local', 'any:9000')
    tap.equal([s['id'] for s in a.json('session', 'show', 'local', 'any:9000')],
              [call.id], 'but gives way to one that does')


def parked(tap):
    """A session that no packet finds, until it is moved."""
    a, b = pair()
    call = Call(a, b)
    for seq in range(65500, 65540):
        told(call.peer, call.out(rtp(seq)))
    set_ = ('session', 'set', 'id', call.id)
    a.ksrtp(*set_, 'parked')
    shown = a.json('session', 'show')[0]
    tap.equal((shown['parked'], shown['remote-port'], shown['streams']),
              (True, 6000, 1), 'parked: it keeps its flow and streams')
    tap.equal((call.out(b'\x80 a fax'), call.through(b'\x80 a fax'),
               call.out(rtcp(), True)),
              (b'\x80 a fax', b'\x80 a fax', rtcp()), 'what comes by passes')
    bad = a.ksrtp('session', 'set', *flow(A4, B4), 'max-streams', 5,
                  check=False)
    tap.ok(bad.returncode == 1 and 'no such session' in bad.stderr,
           'its flow does not name it', bad)
    tap.equal([s['id'] for s in a.json('session', 'show', *flow(A4, B4))],
              [call.id], 'but is a filter')
    other = a.session(*flow(A4, B4), send=(CM, key(CM, 2)))
    bad = a.ksrtp(*set_, 'move', *flow(A4, B4), check=False)
    tap.ok(bad.returncode == 1 and 'another session has this flow' in
           bad.stderr, 'another one may have its flow, and keeps it', bad)
    a.ksrtp(*set_, 'parked', 'max-streams', 5)
    dump = a.ksrtp('dump').stdout
    a.ksrtp('session', 'del', 'id', other)
    a.ksrtp(*set_, 'move', *flow(A4, B4))
    tap.equal(told(call.peer, call.out(rtp(65540))), 4,
              'it moves, and goes on where it was, at ROC 1')
    bad = a.ksrtp('session', 'replace', *flow(A4, B4), 'parked', check=False)
    tap.ok(bad.returncode == 1 and 'parked: takes no place' in bad.stderr,
           'what is parked replaces nothing', bad)
    a.ksrtp('session', 'flush')
    a.ksrtp('restore', input=dump)
    tap.equal(sorted((s.get('parked', False), s['max-streams'])
                     for s in a.json('session', 'show')),
              [(False, 64), (True, 5)], 'a dump has it, and restore makes it')
    a.ksrtp('session', 'flush')
    for one in (call.app, call.app_rtcp, call.wire, call.wire_rtcp):
        one.close()
    call.peer.close()


def moved_always(tap):
    """Again and again to and fro, while two processors send to either flow."""
    a, b = pair()
    number = a.session(*flow(A4, B4), 'rtcp-mux', send=(CM, key(CM)))
    a.ksrtp('session', 'set', 'id', number, 'move', *flow(A4, B4, 5000, 7000),
            'rtcp-mux', 'linger', 600000)
    senders = Senders(a, b, (6000, 7000))
    a.ksrtp('-b', '-', input=''.join(
        'session set id %d move local %s:5000 remote %s:%d %s linger 600000\n' %
        (number, A4, B4, 6000 + 1000 * (n % 2), 'rtcp-mux' if n % 3 else '')
        for n in range(TIMES)))
    senders.end()
    peer = Peer(CM, key(CM))
    wrong = []
    for got in senders.got:
        for seq, packet in enumerate(got):
            if told(peer, packet) != seq:
                wrong.append((seq, packet[:20]))
    tap.ok(not wrong and all(senders.got),
           'each packet left protected, with the next index of its stream',
           wrong[:5])
    shown = a.json('-s', 'session', 'show')[0]
    tap.equal((shown['id'], shown['send']['stats']['rtp-packets'],
               [k for k, v in shown['send']['stats'].items()
                if v and k.startswith('drop')]),
              (number, sum(map(len, senders.got)), []), 'and all is counted')
    tap.note('%d packets' % sum(map(len, senders.got)))
    peer.close()
    # without: what no session has is for a rule to drop, and nothing is plain
    a.ksrtp('session', 'del', 'id', number)
    a.ksrtp('require', 'add', 'port', 5000)
    number = a.session(*flow(A4, B4), 'rtcp-mux', send=(CM, key(CM)))
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    process = a.start(KSRTP, '-b', '-', stdin=subprocess.PIPE, text=True)
    worker = threading.Thread(target=process.communicate, args=(''.join(
        'session set id %d move local %s:5000 remote %s:%d rtcp-mux\n' %
        (number, A4, B4, 7000 - 1000 * (n % 2)) for n in range(1000)),))
    worker.start()
    sent, got = 0, []
    while worker.is_alive() and sent < 60000:
        app.sendto(rtp(sent, b'speech' * 20), (B4, 6000))
        sent += 1
        # what nobody reads would leave no room
        while select.select([wire], [], [], 0)[0]:
            got.append(wire.recv(2000))
    worker.join()
    app.sendto(MARKER, (B4, 6000))
    while (packet := wire.recv(2000)) != MARKER:
        got.append(packet)
    peer = Peer(CM, key(CM))
    plain = [packet[:20] for packet in got
             if isinstance(peer.unprotect(packet), int)]
    drops = a.json('require', 'show')[0]['send-drops']
    tap.equal((plain[:3], process.returncode, len(got) + drops), ([], 0, sent),
              'where it is not, a rule drops and counts what comes')
    peer.close()


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


main(side_by_side, wildcards, loopback, namespaces, events, traces, replaced,
     replaced_always, moved, moved_rtcp, moved_refused, parked, moved_always,
     many)
