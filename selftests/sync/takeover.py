#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Calls that move between hosts with ksrtp-sync and a Redis: a host dies, gives way, loses
its daemon or its store. libsrtp judges: it accepts no index twice."""

import os
import select
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_sync import Store, Sync, wait
from started import alone
from ksrtp_test import (A4, B4, CM, GCM, Call, Host, Peer, eventually, flow, link, main,
                        pair, rtcp, rtp)

SSRC = 0x11223344
LEASE = 3000


def srtcp_index(packet, tag):
    return struct.unpack('>I', packet[len(packet) - tag - 4:][:4])[0] & 0x7fffffff


class Moving(Call):
    """A call whose near end is on one of two hosts, which have the same address."""

    def __init__(self, suite, *words, session=()):
        self.a, b = pair()
        self.s = Host('s')
        # both are on the peer's wire, and its route says which has the address
        link(self.s, 'wire', (A4 + '/24',), b, 'other', ())
        for dev in 'all', 'wire', 'other':
            b.sysctl('net/ipv4/conf/%s/rp_filter' % dev, 0)
        self.store = Store()
        words = ('lease', LEASE, 'report', 20, 'srtcp-block', 64, *words)
        # first, since what has no seal key keeps no key
        self.daemons = {host: Sync(name, host, self.store, *words, start=host.start)
                        for name, host in (('a', self.a), ('s', self.s))}
        super().__init__(self.a, b, suite, words=('lease', '7', *session))
        self.tag = 10 if suite == CM else 0
        self.near = {self.a: (self.app, self.app_rtcp),
                     self.s: (self.s.socket(A4, 5000), self.s.socket(A4, 5001))}
        self.used, self.good, self.seq = {}, True, 65000
        self.back = Peer(suite, self.master)

    def at(self, host):
        """The address is on this host now."""
        self.app, self.app_rtcp = self.near[host]
        self.b.ip('route', 'replace', A4 + '/32', 'dev',
                  'wire' if host is self.a else 'other')
        self.host = host
        self.dropped = {way: self.no_lease(way) for way in ('send', 'recv')}

    def no_lease(self, way):
        return self.host.stats(way).get('drop-no-lease', 0)

    def await_one(self, way, sock):
        """What comes; None if the host had no lease just then, as when its daemon has to
        wait for a processor for too long."""
        for turn in range(60):
            if select.select([sock], [], [], 1)[0]:
                return sock.recv(65536)
            before, self.dropped[way] = self.dropped[way], self.no_lease(way)
            if self.dropped[way] != before:
                return None
        raise TimeoutError('nothing comes, which no lack of a lease explains')

    def send(self, packet, control=False):
        (self.app_rtcp if control else self.app).sendto(
            packet, (self.there[0], self.there[1] + control))
        return self.await_one('send', self.wire_rtcp if control else self.wire)

    def receive(self, packet):
        self.put(packet)
        return self.await_one('recv', self.app)

    def report(self, ssrc):
        while (sent := self.send(rtcp(ssrc), control=True)) is None:
            pass
        index = ssrc, srtcp_index(sent, self.tag)
        self.used[index] = self.used.get(index, 0) + 1
        self.good &= isinstance(self.peer.unprotect_rtcp(sent), bytes)

    def talk(self, packets=50, ssrcs=(SSRC,)):
        """So many packets each way; libsrtp accepts all that come."""
        came = 0
        while came < packets:
            self.seq += 1
            plain = rtp(self.seq, b'%d' % self.seq)
            sent = self.send(plain)
            got = self.receive(self.back.protect(plain))
            self.good &= sent is None or self.peer.unprotect(sent) == plain
            self.good &= got is None or got == plain
            if sent is None or got is None:
                continue
            if came % 10 == 0:
                for ssrc in ssrcs:
                    self.report(ssrc)
            came += 1

    def judge(self, tap, name):
        tap.ok(self.good, name + ': libsrtp accepts all')
        tap.equal([index for index, times in self.used.items() if times > 1], [],
                  name + ': no SRTCP index was used twice')
        self.good = True

    def is_silent(self, tap, host, name):
        near, self.app, self.app_rtcp = (self.app, self.app_rtcp), *self.near[host]
        tap.equal(self.refused_out([rtp(self.seq + 500)]), [], name)
        self.app, self.app_rtcp = near
        self.dropped['send'] = self.no_lease('send')

    def begin(self):
        one = self.daemons[self.a]
        one.take()
        one.until(role='active', sessions=1)
        self.at(self.a)

    def goes_on(self, tap, name, packets=20):
        """The other host takes over."""
        two = self.daemons[self.s]
        two.take()
        two.until(role='active')
        self.at(self.s)
        self.talk(packets)
        self.judge(tap, name)

    def close(self):
        self.back.close()
        self.peer.close()
        Host.remove_all()


@alone
def death(tap):
    """The daemon dies, and with it, in time, its lease; the other host goes on. And back."""
    for suite in CM, GCM:
        call = Moving(suite)
        call.begin()
        hosts = [call.a, call.s]
        for turn in range(3):
            host, other = hosts[turn % 2], hosts[1 - turn % 2]
            # an SSRC that comes with each turn, and that nobody has time to report
            call.talk(200, (SSRC, 0x99 + turn))
            call.judge(tap, '%s %d' % (suite, turn))
            call.daemons[other].until(sessions=1)
            call.daemons[host].kill()
            if turn == 2:
                break
            call.daemons[other].take()
            call.daemons[other].until(role='active')
            call.is_silent(tap, host, '%s %d: the other host is silent' % (suite, turn))
            call.at(other)
            call.daemons[host].start()
            call.daemons[host].until(role='standby', sessions=1)
        tap.ok(call.seq > 65536, suite + ': over a rollover')
        call.close()


@alone
def giving_way(tap):
    """Asked for, a host gives way, and nothing is lost or accepted twice."""
    call = Moving(CM)
    call.begin()
    call.talk(120)
    again = call.back.protect(rtp(call.seq + 1, b'once'))
    tap.equal(call.through(again), rtp(call.seq + 1, b'once'), 'received once')
    two = call.daemons[call.s]
    two.until(sessions=1)
    two.take()
    two.until(role='active')
    call.at(call.s)
    call.put(again)
    call.seq += 1
    call.talk(20)
    call.judge(tap, 'after that')
    number = call.s.json('session', 'show')[0]['id']
    wait(lambda: call.s.stats('recv')['drop-replayed'] == 1, 'a replay')
    tap.ok(True, 'what the other host received is refused by this one')
    tap.equal(call.s.stream(number, 'send', SSRC)['roc'], 0, 'the stream is known')
    one = call.daemons[call.a]
    one.until(role='standby', sessions=1)
    call.is_silent(tap, call.a, 'the other host is silent')
    call.close()


@alone
def unreported(tap):
    """What a dead host has received and nobody has reported is refused, if that is wanted."""
    call = Moving(CM, 'interval', 10000, 'replays', 'drop')
    call.begin()
    call.talk(20)
    call.daemons[call.s].until(sessions=1)
    packets = [call.back.protect(rtp(call.seq + n, b'once')) for n in range(1, 16)]
    for packet in packets:
        call.through(packet)
    call.daemons[call.a].kill()
    two = call.daemons[call.s]
    two.take()
    two.until(role='active')
    call.at(call.s)
    for packet in packets:
        call.put(packet)
    # as many as come while nobody is at work
    call.seq += 60
    call.talk(20)
    call.judge(tap, 'after that')
    tap.equal(call.s.stats('recv')['drop-replayed'], len(packets), 'all were refused')
    call.close()


@alone
def daemon(tap):
    """A daemon that starts again, a store that dies, and records that are forged."""
    call = Moving(CM)
    call.begin()
    call.talk(30)
    one, two = call.daemons[call.a], call.daemons[call.s]
    one.until(behind=0)
    two.until(sessions=1)
    one.kill()
    one.start()
    one.until(role='active', sessions=1, behind=0)
    call.talk(30)
    call.judge(tap, 'a daemon that starts again')
    call.store.stop()
    wait(lambda: one.group()['role'] == 'stopped', 'the end of the lease')
    call.is_silent(tap, call.a, 'without a store, calls stop with the lease')
    call.store.start()
    one.until(role='active', behind=0)
    call.talk(30)
    call.judge(tap, 'and go on when it is back')
    wait(lambda: len(call.store.records()) >= 3, 'records')
    two.until(sessions=1)
    for name, value in call.store.records().items():
        call.store.ask('HSET', 'ksrtp:{7}:records', name, value[:-1] + b'x')
    one.kill()
    call.goes_on(tap, 'forged records cost a standby host nothing', 30)
    call.close()


@alone
def device(tap):
    """A host's device goes before the host does; one that begins anew has the call."""
    call = Moving(CM, session=('dev', 'wire'))
    call.begin()
    call.talk(20)
    one, two = call.daemons[call.a], call.daemons[call.s]
    two.until(sessions=1)
    two.kill()
    call.s.ksrtp('session', 'flush')
    call.a.ip('link', 'del', 'wire')
    call.b.ip('addr', 'add', B4 + '/24', 'dev', 'other')
    # which has all be read and written once more
    one.ask('release', group=7)
    two.start()
    tap.equal(eventually(1, lambda: len(call.s.json('session', 'show'))), 1,
              'its sealed keys open')
    call.goes_on(tap, 'after that')
    call.close()


@alone
def rules(tap):
    """A rule of a host that dies is in force on the other one, which had none."""
    call = Moving(CM)
    call.begin()
    call.a.ksrtp('require', 'add', 'dev', 'wire', 'port', '6000-6001',
                 'except-remote-port', '9000-9001', 'judge', 'version')
    one, two = call.daemons[call.a], call.daemons[call.s]

    def rule_of(host):
        return [{name: value for name, value in rule.items()
                 if name not in ('id', 'ifindex', 'dev', 'send-drops', 'recv-drops')}
                for rule in host.json('require', 'show')]
    wait(lambda: rule_of(call.s), 'a rule')
    tap.equal(rule_of(call.s), [{**rule, 'lease': 7} for rule in rule_of(call.a)],
              'it is there before the host dies, with the number of its group')
    call.a.ip('link', 'add', 'extra', 'type', 'dummy')
    call.a.ksrtp('require', 'add', 'dev', 'extra')
    two.until(rules=2, alarm='rules (ksrtp require) have devices that are not here')
    call.talk(20)
    one.kill()
    call.goes_on(tap, 'after that')
    call.s.socket(A4, 6000).sendto(rtp(1), (B4, 6000))
    tap.equal(eventually(1, lambda: call.s.json('require', 'show')[0]['send-drops']), 1,
              'media without a session are dropped')
    call.s.ksrtp('require', 'del', 'id', str(call.s.json('require', 'show')[0]['id']))
    tap.equal(eventually([], lambda: rule_of(call.s)), [], 'until it is deleted')
    call.s.ip('link', 'add', 'extra', 'type', 'dummy')
    tap.equal(eventually(1, lambda: len(rule_of(call.s))), 1,
              'one for a device that was not there comes with that')
    one.start()
    one.until(role='standby', sessions=1)
    tap.equal(len(rule_of(call.a)), 2, 'what a host has itself stays')
    for host in call.a, call.s:
        for rule in host.json('require', 'show'):
            host.ksrtp('require', 'del', 'id', str(rule['id']))
    call.close()


@alone
def applications(tap):
    """What a session is relayed to goes along, as it was told last."""
    def relay(port):
        return ('relay', 'local', '127.0.0.1:7000', 'remote', '127.0.0.1:%d' % port,
                'rtcp-mux', 'types', '0,96', 'relay', 'types', '97', 'ssrcs', '5,6')

    def relays_of(host):
        return host.json('session', 'show')[0].get('relays')
    call = Moving(CM, session=relay(8000))
    call.begin()
    call.a.ksrtp('session', 'set', *flow(A4, B4), *relay(8002))
    told = relays_of(call.a)
    one, two = call.daemons[call.a], call.daemons[call.s]
    one.until(behind=0)
    two.until(sessions=1)
    for host, seq in (call.a, 1), (call.s, 2):
        if host is call.s:
            two.take()
            two.until(role='active')
            call.at(host)
        app = host.socket('127.0.0.1', 8002)
        app.sendto(rtp(seq, b'%d' % seq), ('127.0.0.1', 7000))
        tap.equal(call.peer.unprotect(call.wire.recv(2000)), rtp(seq, b'%d' % seq),
                  'from the application of host ' + host.name)
        call.wire.sendto(call.back.protect(rtp(seq)), (A4, 5000))
        tap.equal(app.recv(2000), rtp(seq), 'to that of host ' + host.name)
        tap.equal(relays_of(host), told, 'host %s has the same relays' % host.name)
        app.close()
    call.close()


main(death, giving_way, unreported, daemon, device, rules, applications)
