#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A call whose host dies, and another one with the same keys that goes on: leases, blocks
of indexes and reports. libsrtp judges: it accepts no index twice."""

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import (A4, B4, CM, GCM, Call, Ends, Host, Monitor, burst, flow, key, link,
                        main, pair, rtcp, rtp)

SSRC = 0x11223344
# the other host, and the peer's address on its wire
S4, T4 = '10.10.0.1', '10.10.0.2'


def lease_of(host, number):
    return {one['id']: one for one in host.json('lease', 'show')}.get(number)


def set_lease(host, number, ms=600000):
    host.ksrtp('lease', 'set', number, 'duration', ms)


def srtcp_index(packet, tag=10):
    return struct.unpack('>I', packet[len(packet) - tag - 4:][:4])[0] & 0x7fffffff


def limits(host, session, ssrc=SSRC):
    stream = host.stream(session, 'send', ssrc)
    return stream.get('rtp-limit'), stream.get('srtcp-limit')


def leases(tap):
    """Sessions of a group are at work while it has a lease."""
    a, b = pair()
    call = Call(a, b, words=('lease', '7'))
    tap.equal((lease_of(a, 7)['remaining'], lease_of(a, 7)['sessions'],
               'until' in lease_of(a, 7)), (0, 1, False),
              'a group that was never set has no lease')
    tap.equal(call.refused_out([rtp(1), rtp(2)]) +
              call.refused_out([rtcp()], control=True), [], 'so nothing is sent')
    tap.equal(call.refused([call.peer.protect(rtp(50))]), [],
              'and nothing is received')
    tap.equal((call.drops('send'), call.drops('recv')),
              ({'drop-no-lease': 3}, {'drop-no-lease': 1}),
              'which is counted')
    tap.equal(a.json('stream', 'show'), [], 'no index was used')
    burst(call.app, call.there, [rtp(n, bytes(100)) for n in range(4)])
    tap.equal((call.refused_out([]), call.drops('send')),
              ([], {'drop-no-lease': 7}), 'of a super-packet each is refused')
    tap.equal(lease_of(a, 7)['drops'], 8, 'the group counts all of it')

    monitor = Monitor(a)
    set_lease(a, 7)
    event = monitor.wait(event='lease')
    tap.ok(event['id'] == 7 and 0 < event['remaining'] <= 600000 and
           event['until'] > event['clock'], 'a lease is reported', event)
    call.both_ways(tap, 'with a lease')
    a.ksrtp('lease', 'set', 7, 'duration', 0)
    tap.equal(monitor.wait(event='lease')['remaining'], 0, 'so is its end')
    tap.equal(call.refused_out([rtp(100)]), [], 'an end takes effect at once')
    a.ksrtp('lease', 'set', 7, 'duration', 1)
    alert = monitor.wait(event='alert')
    tap.equal((alert['type'], alert['lease-id']), ('lease-expired', 7),
              'a lease that runs out causes an alert')
    tap.ok('renew' in alert['remedy'] + alert['cause'], 'with advice', alert)
    tap.equal(call.refused_out([rtp(101)]), [], 'nothing is sent any more')
    now = lease_of(a, 7)['clock']
    a.ksrtp('lease', 'set', 7, 'until', now - 1)
    tap.equal(call.refused_out([rtp(102)]), [],
              'a lease that was over when it was set is none')
    bad = a.ksrtp('lease', 'set', 7, 'until', now + 11 * 60 * 10 ** 9,
                  check=False)
    tap.ok(bad.returncode == 1 and 'ten minutes' in bad.stderr,
           'nobody has one for longer than ten minutes', bad.stderr)
    tap.equal(call.refused_out([rtp(104)]), [], 'and what was asked for is none')
    a.ksrtp('lease', 'set', 7, 'until', now + 10 ** 11)
    tap.ok(0 < lease_of(a, 7)['remaining'] <= 100000, 'one to come is')
    call.both_ways(tap, 'renewed')
    monitor.close()

    bad = a.ksrtp('lease', 'del', 7, check=False)
    tap.ok(bad.returncode == 1 and 'sessions have' in bad.stderr,
           'a group in use stays', bad.stderr)
    a.ksrtp('session', 'set', 'id', call.id, 'lease', 8)
    tap.equal(a.json('session', 'show')[0]['lease'], 8, 'a session changes its group')
    tap.equal(call.refused_out([rtp(103)]), [], 'which has no lease')
    a.ksrtp('session', 'set', 'id', call.id, 'lease', 7)
    tap.equal(lease_of(a, 8), None, 'a group that was never set goes with its last')
    call.both_ways(tap, 'back')
    a.ksrtp('session', 'set', 'id', call.id, 'lease', 0)
    tap.ok('lease' not in a.json('session', 'show')[0], 'a session leaves its group')
    tap.equal(lease_of(a, 7)['sessions'], 0, 'one that was set stays')
    call.both_ways(tap, 'without a group')
    a.ksrtp('lease', 'del', 7)
    tap.equal(a.json('lease', 'show'), [], 'until it is deleted')
    a.ksrtp('session', 'set', 'id', call.id, 'lease', 9)
    call.close()
    tap.equal(a.json('lease', 'show'), [], 'a deleted session leaves none')


def many(tap):
    a, b = pair()
    lines = ['lease set %d duration 1000' % n for n in range(1, 1025)]
    a.ksrtp('-b', '-', input='\n'.join(lines))
    tap.equal(len(a.json('lease', 'show')), 1024, '1024 groups')
    bad = a.ksrtp('lease', 'set', 4000000000, 'duration', 1000, check=False)
    tap.ok(bad.returncode == 1 and 'as many groups' in bad.stderr,
           'are the most', bad.stderr)
    bad = a.ksrtp('session', 'add', *flow(A4, B4), 'lease', 3000, check=False)
    tap.ok(bad.returncode == 1 and 'as many groups' in bad.stderr,
           'for sessions as well', bad.stderr)
    tap.equal(a.json('session', 'show'), [], 'which are then not made')


def blocks(tap):
    """A sender uses as many indexes as it has been given."""
    a, b = pair()
    call = Call(a, b)
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'srtcp-block', 4, 'rtp-block', 6)
    monitor = Monitor(a)
    got = [call.out(rtcp(), control=True) for i in range(4)]
    tap.equal([srtcp_index(one) for one in got], [1, 2, 3, 4], 'a block of SRTCP')
    tap.equal([isinstance(call.peer.unprotect_rtcp(one), bytes) for one in got],
              4 * [True], 'all of it good')
    tap.equal(call.refused_out([rtcp(), rtcp()], control=True), [], 'and not more')
    tap.equal(call.drops('send'), {'drop-no-lease': 2}, 'which is counted')
    told = [monitor.wait(event='stream-report') for i in range(2)]
    tap.equal([(one.get('srtcp-index'), one['srtcp-limit']) for one in told],
              [(1, 5), (3, 5)], 'reports: the first packet, half of the block')
    for n in range(10, 16):
        call.out(rtp(n))
    tap.equal(call.refused_out([rtp(16), rtp(17)]), [], 'the same of RTP')
    tap.equal([(one['seq'], one['rtp-limit']) for one in
               (monitor.wait(event='stream-report') for i in range(2))],
              [(10, 16), (13, 16)], 'with its reports')
    tap.equal(limits(a, call.id), (16, 5), 'limits are shown')
    stream = ('stream', 'set', 'session', call.id, 'send', 'ssrc', SSRC)
    for words, what in ((('rtp-limit', 15), 'a limit to what was used'),
                        (('srtcp-limit', 4), 'of SRTCP as well')):
        bad = a.ksrtp(*stream, *words, check=False)
        tap.ok(bad.returncode == 1 and 'back' in bad.stderr, what + ' is refused',
               bad.stderr)
    tap.equal(limits(a, call.id), (16, 5), 'and changes nothing')
    a.ksrtp(*stream, 'rtp-limit', 20, 'srtcp-limit', 6)
    got = call.out(rtcp(), control=True)
    tap.equal((srtcp_index(got), isinstance(call.peer.unprotect_rtcp(got), bytes)),
              (5, True), 'with a higher limit it goes on')
    tap.equal(call.refused_out([rtcp()], control=True), [], 'up to that')
    packet = call.out(rtp(16))
    tap.equal(call.peer.unprotect(packet), rtp(16),
              'a packet that was refused is sent, once it may')
    tap.equal(call.out(rtp(18))[2:4], b'\x00\x12', 'others may be lost')
    tap.equal(call.peer.unprotect(call.out(rtp(17))), rtp(17), 'or late')
    bad = a.ksrtp('stream', 'set', 'session', call.id, 'send', 'ssrc', 5, 'rtp-limit',
                  50, check=False)
    tap.ok(bad.returncode == 1 and 'no such stream' in bad.stderr,
           'a limit makes no stream', bad.stderr)
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'srtcp-block', 0, 'rtp-block', 0)
    tap.equal(limits(a, call.id), (None, None), 'limits can be lifted')
    tap.equal(srtcp_index(call.out(rtcp(), control=True)), 6, 'and it goes on')
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'srtcp-block', 3)
    tap.equal([srtcp_index(call.out(rtcp(), control=True)) for i in range(3)],
              [7, 8, 9], 'set again, they are counted from there')
    tap.equal(call.refused_out([rtcp()], control=True), [], 'and hold')
    monitor.close()
    call.close()


def rollover(tap):
    """A block across a rollover, and a sequence number far ahead."""
    a, b = pair()
    call = Call(a, b)
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'rtp-block', 10)
    for n in (65530, 65535, 0, 3):
        plain = rtp(n)
        tap.equal(call.peer.unprotect(call.out(plain)), plain, 'sequence number %d' % n)
    tap.equal(call.refused_out([rtp(4)]), [], 'the limit counts rollovers')
    tap.equal(call.refused_out([rtp(20000)]), [], 'a jump does not pass it')
    plain = rtp(65533)
    tap.equal(call.peer.unprotect(call.out(plain)), plain,
              'nor does it move the stream: late packets are good')
    call.close()


def reports(tap):
    """How far streams are is reported, each so many packets."""
    a, b = pair()
    call = Call(a, b)
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'report', 8, 'recv', 'report', 5)
    monitor = Monitor(a)
    for n in range(1, 21):
        call.out(rtp(n))
    tap.equal([monitor.wait(event='stream-report')['seq'] for i in range(3)],
              [1, 9, 17], 'sent: the first, and each eight packets')
    for n in (1, 2, 3, 6, 5, 7, 12):
        call.through(call.peer.protect(rtp(n)))
    told = [monitor.wait(event='stream-report') for i in range(3)]
    tap.equal([(one['direction'], one['seq']) for one in told],
              [('recv', 1), ('recv', 6), ('recv', 12)], 'received: each five')
    tap.ok(all('rtp-replay' in one for one in told), 'with the replay window')
    call.through(call.peer.protect_rtcp(rtcp()), control=True)
    tap.equal(monitor.wait(event='stream-report').get('srtcp-index'), 1,
              'the first SRTCP packet')
    seen = len([one for one in monitor.seen if one['event'] == 'stream-report'])
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'report', 0, 'recv', 'report', 0)
    for n in range(21, 60):
        call.out(rtp(n))
    a.ksrtp('session', 'set', 'id', call.id, 'max-streams', 60)
    monitor.wait(event='session-set')
    monitor.wait(event='session-set')
    tap.equal(len([one for one in monitor.seen if one['event'] == 'stream-report']),
              seen, 'none any more')
    monitor.close()
    call.close()


def restarts(tap):
    """A new key under which counters restart: limits hold, srtcp-start as well."""
    a, b = pair()
    call = Call(a, b, GCM)
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'srtcp-block', 2, 'srtcp-start', 100)
    got = [srtcp_index(call.out(rtcp(), control=True), 0) for i in range(2)]
    tap.equal(got, [100, 101], 'new streams start where they should')
    tap.equal(call.refused_out([rtcp()], control=True), [], 'with a block of their own')
    second = key(GCM, 2)
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'suite', GCM, 'insecure-key',
            second.hex(), 'counters', 'restart')
    call.peer.rekey(second, anew=True)
    got = [call.out(rtcp(), control=True) for i in range(2)]
    tap.equal([srtcp_index(one, 0) for one in got], [100, 101],
              'counters restart there with a new key')
    tap.equal([isinstance(call.peer.unprotect_rtcp(one), bytes) for one in got],
              2 * [True], 'which the peer finds good')
    tap.equal(call.refused_out([rtcp()], control=True), [], 'the limit has stayed')
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'srtcp-start', 200)
    got = [call.out(rtcp(), control=True) for i in range(2)]
    tap.equal([srtcp_index(one, 0) for one in got], [200, 201],
              'with a higher srtcp-start, running streams go on there')
    tap.equal([isinstance(call.peer.unprotect_rtcp(one), bytes) for one in got],
              2 * [True], 'which the peer finds good')
    tap.equal(call.refused_out([rtcp()], control=True), [], 'with a block from there')
    bad = a.ksrtp('session', 'set', 'id', call.id, 'send', 'srtcp-start', 99, check=False)
    tap.ok(bad.returncode == 1 and 'less than before' in bad.stderr,
           'srtcp-start does not go back', bad.stderr)
    call.close()


def installed(tap):
    """Where state was installed, nothing above it is used unless said so."""
    a, b = pair()
    call = Call(a, b, words=('lease', '1'))
    set_lease(a, 1)
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'srtcp-block', 10)
    stream = ('stream', 'set', 'session', call.id, 'send', 'ssrc', SSRC)
    a.ksrtp(*stream, 'roc', 3, 'seq', 900, 'srtcp-index', 41)
    tap.equal(limits(a, call.id), (None, 42), 'the limit is where the state ends')
    tap.equal(call.refused_out([rtcp()], control=True), [], 'so nothing is sent')
    a.ksrtp(*stream, 'srtcp-limit', 52)
    tap.equal(srtcp_index(call.out(rtcp(), control=True)), 42, 'until it is raised')
    a.ksrtp(*stream, 'srtcp-index', 60, 'srtcp-limit', 61)
    tap.equal(call.refused_out([rtcp()], control=True), [], 'or given beside it')
    bad = a.ksrtp(*stream, 'srtcp-index', 70, 'srtcp-limit', 70, check=False)
    tap.ok(bad.returncode == 1, 'a limit below the state is refused', bad.stderr)
    bad = a.ksrtp('stream', 'set', 'session', call.id, 'recv', 'ssrc', 1, 'rtp-limit', 7,
                  check=False)
    tap.ok(bad.returncode == 1 and 'of what is sent' in bad.stderr,
           'so is a limit of what is received', bad.stderr)
    call.close()


def carried(tap):
    """What dump and restore carry of all this to another host."""
    a, b = pair()
    s, t = Host('s'), Host('t')
    link(s, 'wire', (A4 + '/24',), t, 'wire', (B4 + '/24',))
    for host in (a, s):
        host.ksrtp('seal', 'add', 'id', 1, 'insecure-key', bytes(32).hex(), 'current')
    call = Call(a, b, words=('lease', '7'))
    set_lease(a, 7)
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'rtp-block', 20, 'srtcp-block', 3,
            'srtcp-start', 5, 'report', 8, 'recv', 'report', 4)
    for n in range(3):
        call.peer.unprotect(call.out(rtp(n)))
    call.peer.unprotect_rtcp(call.out(rtcp(), control=True))
    s.ksrtp('restore', '-', input=a.ksrtp('dump', 'sealed').stdout)
    wanted, got = ([one.get('lease'), limits(host, one['id'])] + [
        one[way].get(name) for way, name in (
            ('send', 'rtp-block'), ('send', 'srtcp-block'), ('send', 'srtcp-start'),
            ('send', 'report'), ('recv', 'report'))]
        for host in (a, s) for one in host.json('session', 'show'))
    tap.equal(wanted, [7, (20, 8), 20, 3, 5, 8, 4], 'a session with all of it')
    tap.equal(got, wanted, 'is restored with all of it')
    other = Ends(s, t, A4, B4)
    other.a, other.id = s, s.json('session', 'show')[0]['id']
    tap.equal(other.refused_out([rtp(3)]), [], 'it has no lease there')
    set_lease(s, 7)
    tap.equal(call.peer.unprotect(other.out(rtp(3))), rtp(3), 'until it is given one')
    got = [other.out(rtcp(), control=True) for i in range(2)]
    tap.equal([srtcp_index(one) for one in got], [6, 7], 'blocks go on')
    tap.equal(other.refused_out([rtcp()], control=True), [], 'and end')
    monitor = Monitor(s)
    for n in range(3):
        other.through(call.peer.protect(rtp(n)))
    tap.equal(monitor.wait(event='stream-report')['seq'], 0, 'it reports')
    monitor.close()
    other.close()
    call.close()


class Store:
    """What a daemon keeps of a session, in the order that CONT demands: what may be used
    is written before the kernel is told."""

    block = 8

    def __init__(self):
        self.start = 1
        self.streams = {}

    def take_in(self, host, session):
        for one in host.json('stream', 'show', 'session', session):
            self.streams[one['direction'], one['ssrc']] = one

    def raise_limits(self, host, session):
        for (way, ssrc), one in self.streams.items():
            if way != 'send':
                continue
            top = max(one.get('srtcp-limit', 0), self.start) + self.block
            one['srtcp-limit'] = top
            host.ksrtp('stream', 'set', 'session', session, 'send', 'ssrc', ssrc,
                       'srtcp-limit', top, check=False)

    def give(self, host, session):
        """Install what is known in a host that waits."""
        for (way, ssrc), one in self.streams.items():
            words = ['roc', one['roc']]
            if 'seq' in one:
                words += ['seq', one['seq']]
            if way == 'send':
                words += ['srtcp-index', one['srtcp-limit'] - 1]
            elif 'srtcp-index' in one:
                words += ['srtcp-index', one['srtcp-index']]
            host.ksrtp('stream', 'set', 'session', session, way, 'ssrc', ssrc, *words)
        # streams that were never reported have used no more than one block
        self.start += self.block
        host.ksrtp('session', 'set', 'id', session, 'send', 'srtcp-start', self.start)


def takeover(tap):
    """The host dies between two reports, and again; the other goes on each time."""
    for suite, tag in ((CM, 10), (GCM, 0)):
        a, b = pair()
        s = Host('s')
        link(s, 'wire', (S4 + '/24',), b, 'other', (T4 + '/24',))
        words = ('lease', '5')
        call = Call(a, b, suite, words=words)
        number = s.session(*flow(S4, T4, 5000, 7000), *words,
                           send=(suite, call.master, 'srtcp-block', Store.block),
                           recv=(suite, call.master))
        other = Ends(s, b, S4, T4, 5000, 7000)
        a.ksrtp('session', 'set', 'id', call.id, 'send', 'srtcp-block', Store.block)
        hosts = [(a, call, call.id), (s, other, number)]
        other.a, other.id = s, number
        store, used, plain = Store(), {}, 0
        seq = 65000
        for turn in range(4):
            host, ends, session = hosts[turn % 2]
            idle, idle_ends, _ = hosts[1 - turn % 2]
            if turn:
                store.give(host, session)
            # the other's lease has ended before this one begins
            idle.ksrtp('lease', 'set', 5, 'duration', 0)
            set_lease(host, 5)
            if turn:
                store.raise_limits(host, session)
            tap.equal(idle_ends.refused_out([rtp(seq + 900)]), [],
                      '%s %d: the other host is silent' % (suite, turn))
            good = True
            for i in range(200):
                seq += 1
                packet = rtp(seq, b'%d' % seq)
                sent = ends.out(packet)
                good &= call.peer.unprotect(sent) == packet
                if i == 100:
                    # what is sent from here on, the store does not know
                    store.take_in(host, session)
                if i % 40 == 0:
                    # one known SSRC, and one that comes with each turn, unreported
                    for ssrc in (SSRC, 0x99 if i < 100 else 0x77):
                        sent = ends.out(rtcp(ssrc), control=True)
                        index = ssrc, srtcp_index(sent, tag)
                        used[index] = used.get(index, 0) + 1
                        good &= isinstance(call.peer.unprotect_rtcp(sent), bytes)
            tap.ok(good, '%s %d: libsrtp accepts all' % (suite, turn))
            plain += len(used)
        tap.equal([index for index, times in used.items() if times > 1], [],
                  suite + ': no SRTCP index was used twice')
        tap.ok(seq > 65536 and len(used) == 4 * 10, suite + ': over a rollover',
               (seq, len(used)))
        other.close()
        call.close()
        Host.remove_all()


main(leases, many, blocks, rollover, reports, restarts, installed, carried, takeover)
