#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Packets bent at random, in sk_buffs of all shapes, through the real hooks of
both ends, from a program on each processor: nothing is plain on the wire,
nothing that was forged or sent again is taken, and a good one passes ever
after."""

import multiprocessing
import os
import random
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
import ebpf
from bend import *
from shapes import Flow, Injector, Shapes, plain, start
from ksrtp_test import *

SEED = int(os.environ.get('KSRTP_SEED', '1'))
PACKETS = int(os.environ.get('KSRTP_PACKETS', '20000'))
WORKERS = int(os.environ.get('KSRTP_WORKERS', '2'))
BATCH, SSRCS = 200, 8
SOL_PACKET, PACKET_STATISTICS, PACKET_FANOUT, FANOUT_LB = 263, 6, 18, 1
SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33
NULL, UNAUTHENTICATED = 'NULL', 'unauthenticated'
WAYS = (('CM', CM), ('GCM', GCM), ('F8', 'F8_128_HMAC_SHA1_80'),
        (NULL, 'NULL_HMAC_SHA1_80'),
        ('extensions', CM, 'encrypted-extensions', '1,2'),
        ('cryptex', GCM, 'cryptex', 'on'),
        ('cryptex CM', CM, 'cryptex', 'on'),
        ('double', 'DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM'),
        ('epochs', CM, 'kdr', '16'),
        ('mki', GCM, 'mki', 'aabb'),
        ('mki CM', CM, 'mki', 'aabb'),
        ('rcc', CM, 'rcc-mode', '2', 'rcc-rate', '3'),
        (UNAUTHENTICATED, CM, 'unauthenticated-srtp', 'on'),
        ('search', CM))
LAST_SSRC = 0x999


class Weather:
    """What comes and goes between two hosts while packets pass."""

    FEATURES = ('tx', 'sg', 'gso', 'gro', 'tx-udp-segmentation', 'rx-gro-list',
                'rx-udp-gro-forwarding')

    def __init__(self, hosts, pick):
        self.hosts, self.pick = hosts, pick
        self.program = None
        self.seen = {}
        for host in hosts:
            host.ip('link', 'add', 'mirror', 'type', 'dummy')
            host.ip('link', 'set', 'mirror', 'up')
        try:
            self.program = ebpf.load_pass()
        except OSError:
            # a kernel without bpf()
            pass

    def change(self):
        host = self.pick.choice(self.hosts)
        what = self.pick.choice((self.offload, self.offload, self.mtu,
                                 self.queue, self.mirror, self.generic_xdp))
        what(host)
        self.seen[what.__name__] = self.seen.get(what.__name__, 0) + 1

    def offload(self, host):
        # one that asks for another which is off stays as it is
        host.run('ethtool', '-K', 'wire', self.pick.choice(self.FEATURES),
                 self.pick.choice(('on', 'off')), check=False)

    def mtu(self, host):
        mtu = self.pick.choice(('1280', '1500', '1500', '9000', '65535'))
        for one in self.hosts:
            one.ip('link', 'set', 'wire', 'mtu', mtu, check=False)

    def queue(self, host):
        """Clones, packets that are late, and bits that fall over."""
        host.run('tc', 'qdisc', 'del', 'dev', 'wire', 'root', check=False)
        if self.pick.random() < .7:
            host.run('tc', 'qdisc', 'add', 'dev', 'wire', 'root', 'netem',
                     'delay', '1ms', 'reorder', '25%', 'duplicate', '20%',
                     'corrupt', '5%')

    def mirror(self, host):
        """Clones for another device, on the way in and out."""
        host.run('tc', 'qdisc', 'del', 'dev', 'wire', 'clsact', check=False)
        if self.pick.random() < .7:
            host.run('tc', 'qdisc', 'add', 'dev', 'wire', 'clsact')
            for way in ('ingress', 'egress'):
                host.run('tc', 'filter', 'add', 'dev', 'wire', way, 'matchall',
                         'action', 'mirred', 'egress', 'mirror', 'dev',
                         'mirror')

    def generic_xdp(self, host):
        """A program that wants packets linear, with room before them."""
        if self.program is not None:
            ebpf.attach_xdp(host, 'wire', -1)
            if self.pick.random() < .6:
                ebpf.attach_xdp(host, 'wire', self.program)

    def clear(self):
        for host in self.hosts:
            for which in ('root', 'clsact'):
                host.run('tc', 'qdisc', 'del', 'dev', 'wire', which,
                         check=False)
            if self.program is not None:
                ebpf.attach_xdp(host, 'wire', -1)
            host.ip('link', 'set', 'wire', 'mtu', '1500')


def drain(sock, size):
    while True:
        try:
            yield sock.recv(size)
        except BlockingIOError:
            return
        except ConnectionRefusedError:
            continue


class Worker:
    """One program: sends all kinds of packets from one host to the other, looks
    at its share of what is on the wire, and at what arrives."""

    def __init__(self, number, hosts):
        self.number = number
        self.hosts = hosts if number % 2 == 0 else hosts[::-1]
        self.pick = random.Random('%d %d' % (SEED, number))
        self.sealer = Sealer(number + 1)
        self.flows = []
        for v6 in (False, True):
            here, there = ((A6, B6) if v6 else (A4, B4))[::
                           1 if number % 2 == 0 else -1]
            for name, *unused in WAYS:
                sport = 7000 + 100 * number + 2 * len(self.flows)
                ends = (here, sport), (there, sport + 10000)
                socks = [host.socket(*end)
                         for host, end in zip(self.hosts, ends)]
                for sock, end in zip(socks, ends[::-1]):
                    sock.connect(end)
                # what is corked is memory of the socket, which is as good as
                # full with the half of it taken
                socks[0].setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 1 << 20)
                socks[1].setblocking(False)
                self.flows.append(Flow(name, name == NULL, v6, *ends[0],
                                       *ends[1], *socks))
        self.macs = [self.mac(host) for host in self.hosts]
        # all of these see both directions on b's side, a frame is seen by one
        with hosts[1].enter():
            self.tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                     socket.htons(3))
        self.tap.bind(('wire', 3))
        self.tap.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 128 << 20)
        self.tap.setsockopt(SOL_PACKET, PACKET_FANOUT,
                            struct.pack('=HH', 1, FANOUT_LB))
        self.tap.setblocking(False)
        self.on_wire, self.last = [], {}
        self.got = set()
        self.result = {'sent': 0, 'injected': 0, 'frames': 0, 'received': 0,
                       'leaks': 0, 'forged': 0, 'replayed': 0}

    @staticmethod
    def mac(host):
        with host.enter():
            name = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        with name:
            name.bind(('wire', 0))
            return name.getsockname()[4]

    def sessions(self):
        """Lines for both hosts, and what tells a packet's direction."""
        lines = {host.name: [] for host in self.hosts}
        for flow, way in zip(self.flows, WAYS * 2):
            name, suite, *words = way
            ends = ['%s:%d' % ('[%s]' % a if flow.v6 else a, p) for a, p in (
                (flow.source, flow.sport), (flow.dest, flow.dport))]
            for host, direction in zip(self.hosts, ('send', 'recv')):
                more = ['roc-search', '3'] if (
                    name == 'search' and direction == 'recv') else []
                lines[host.name].append(' '.join((
                    'session', 'add', 'local', ends[0], 'remote', ends[1],
                    'rtcp-mux', 'max-streams', '1000', direction, 'suite',
                    suite, 'insecure-key', key(suite).hex(), *words, *more)))
                ends.reverse()
        return lines

    def good(self, seq):
        """One of each flow arrives, by a stream that is there at all times."""
        lost = []
        for flow in self.flows:
            # of an unauthenticated stream what was forged says how far it is
            ssrc = LAST_SSRC + (seq if flow.name == UNAUTHENTICATED else 0)
            packet = self.sealer.seal(rtp(seq, MARK + bytes(40), ssrc),
                                      flow.overt)
            flow.sock.send(packet)
            flow.far.settimeout(20)
            try:
                # cryptex may be on, but there is nothing to leave behind
                while flow.far.recv(1 << 17) != packet:
                    pass
            except (TimeoutError, socket.timeout):
                lost.append('%s, IPv%d' % (flow.name, 6 if flow.v6 else 4))
            flow.far.setblocking(False)
        return lost

    def send(self, shapes):
        """A packet from where packets come from, or nearly."""
        pick = self.pick
        flow = pick.choice(self.flows)
        ssrc = 1000 * self.number + pick.randrange(SSRCS)
        seq = self.last.get((flow.name, ssrc), 0) + 1
        packet = some_rtcp(pick, ssrc) if pick.random() < .2 else \
            some_rtp(pick, seq, ssrc)
        packet = bend(pick, packet)
        # a number that was bent forwards is what the next one has to follow
        if len(packet) >= 12 and not is_rtcp(packet):
            seq, _, ssrc = struct.unpack('!HII', packet[2:12])
            last = self.last.get((flow.name, ssrc), 0)
            if ssrc // 1000 == self.number and seq - last & 0xffff < 0x8000:
                self.last[flow.name, ssrc] = seq
        self.result['sent'] += 1
        shapes.send(flow, packet)

    def inject(self, injector):
        """What was on the wire comes again, bent."""
        pick = self.pick
        frame = pick.choice(self.on_wire)
        payload = frame[start(frame):]
        if pick.random() < .2:
            # with others, as one super-packet
            payload += b''.join(other[start(other):][:len(payload)]
                                for other in pick.choices(self.on_wire, k=4))
        self.result['injected'] += 1
        injector.inject(frame, bend(pick, payload))

    def look(self):
        """At the wire, and at what arrives."""
        result, fresh = self.result, []
        for frame in drain(self.tap, 1 << 16):
            result['frames'] += 1
            # what a queue has bent, or an injector made, was not of a stack
            if frame[6:12] in self.macs:
                if plain(frame):
                    result['leaks'] += 1
                    print('# plain: ' + frame[:600].hex(), flush=True)
                if frame[6:12] == self.macs[0] and start(frame) and \
                        len(frame) < 2048:
                    fresh.append(frame)
        self.on_wire = (self.on_wire + fresh)[-400:]
        for flow in self.flows:
            for packet in drain(flow.far, 65536):
                result['received'] += 1
                number = sealed(packet)
                if number is None or flow.name == UNAUTHENTICATED:
                    continue
                result['forged'] += not number
                result['replayed'] += number in self.got
                self.got.add(number)

    def run(self, pipe, weather):
        shapes = Shapes(self.hosts[0], self.pick, self.sealer)
        injector = Injector(self.hosts[0], 'wire', self.pick)
        mine = PACKETS // WORKERS
        while self.result['sent'] + self.result['injected'] < mine:
            for i in range(BATCH):
                if self.on_wire and self.pick.random() < .4:
                    self.inject(injector)
                else:
                    self.send(shapes)
            self.look()
            if not self.number and self.pick.random() < .2:
                weather.change()
        pipe.send('sent')
        pipe.recv()
        self.look()
        self.result['unseen'] = struct.unpack('=II', self.tap.getsockopt(
            SOL_PACKET, PACKET_STATISTICS, 8))[1]
        pipe.send((self.result, self.good(2), weather.seen))


def hook_packets(host):
    """How many packets a host's hooks have dealt with."""
    stat = host.json('stat')
    return sum(count for way in ('send', 'recv')
               for name, count in stat[way].items()
               if not name.endswith('bytes'))


def bent(tap):
    a, b = pair()
    workers = [Worker(number, (a, b)) for number in range(WORKERS)]
    weather = Weather((a, b), random.Random(SEED))
    lines = [worker.sessions() for worker in workers]
    for host in (a, b):
        host.ksrtp('-b', '-', input='\n'.join(
            line for each in lines for line in each[host.name]) + '\n')
    users = int(open('/sys/module/ksrtp/refcnt').read())
    tap.equal([worker.good(1) for worker in workers], [[]] * WORKERS,
              'a good packet passes each session')
    context = multiprocessing.get_context('fork')
    running = []
    for worker in workers:
        ours, theirs = context.Pipe()
        # ends with us, whatever becomes of us
        process = context.Process(target=worker.run, args=(theirs, weather),
                                  daemon=True)
        process.start()
        theirs.close()
        running.append((process, ours))
    for process, pipe in running:
        pipe.recv()
    weather.clear()
    for process, pipe in running:
        pipe.send('look')
    results = [pipe.recv() for process, pipe in running]
    for process, pipe in running:
        process.join()
    total = {name: sum(one[0][name] for one in results)
             for name in results[0][0]}
    tap.note('seed %d, %s, weather %s' % (SEED, total, results[0][2]))
    tap.note('%d packets at the hooks' % sum(map(hook_packets, (a, b))))
    for name in ('sent', 'injected', 'frames', 'received'):
        tap.ok(total[name], 'some packets are ' + name)
    tap.equal(total['unseen'], 0, 'all of the wire is looked at')
    tap.equal(total['leaks'], 0, 'nothing plain is on it')
    tap.equal(total['forged'], 0, 'nothing is taken that was forged')
    tap.equal(total['replayed'], 0, 'nothing is taken twice')
    tap.equal([one[1] for one in results], [[]] * WORKERS,
              'a good packet passes each session ever after')
    tap.equal(int(open('/sys/module/ksrtp/refcnt').read()), users,
              'as many users of the module as before')
    for host in (a, b):
        host.ksrtp('session', 'flush')
        stat = host.json('stat')
        tap.equal((stat['sessions'], stat['streams'], stat['stream-memory']),
                  (0, 0, 0), 'no memory of streams is left')
    tap.equal(module_users(), 0, 'nothing holds the module')


main(bent)
