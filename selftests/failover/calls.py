# SPDX-License-Identifier: GPL-2.0
"""Calls of two telephones, one behind gateways and one with SRTP beyond them; and what
was on the wires of the gateways between them."""

import hashlib
import os
import select
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../recipes'))
import srtp_ref
from judge import Wire
from ksrtp_test import GCM, CM, Peer, key, rtcp, rtp, _Inside

SUITES = CM, GCM, 'AEAD_AES_256_GCM'
PHONE, BOB, GATEWAY = '10.0.0.20', '192.0.2.2', '192.0.2.1'
PACE = 0.02
# packets of RTP to one of RTCP
REPORTS = 10
# three seconds before a rollover
FIRST = 65536 - 150
MEDIA, NAME = b'in the clear ', b'a@example'
PACKET_OUTGOING = 4


def socket_of(host, address, port):
    with _Inside(host):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((address, port))
    return sock


class Line:
    """What goes one way in a call: media, or reports; numbered packets."""

    def __init__(self, ssrc, control, protect=None, unprotect=None):
        self.ssrc, self.control = ssrc, control
        self.protect, self.unprotect = protect, unprotect
        # when each was sent, on the wire like that; and when each arrived
        self.sent, self.wire, self.got = [], [], {}
        self.again, self.refused = set(), []

    def packet(self):
        number = struct.pack('>Q', len(self.sent))
        if self.control:
            plain = rtcp(self.ssrc)
            return plain[:8] + number + plain[16:]
        return rtp(FIRST + len(self.sent), number + MEDIA * 12, self.ssrc)

    def send(self, sock, to):
        plain = self.packet()
        packet = self.protect(plain) if self.protect else plain
        self.sent.append(time.monotonic())
        self.wire.append(packet)
        put(sock, packet, to)

    def take(self, packet):
        now = time.monotonic()
        if self.unprotect:
            packet = self.unprotect(packet)
            if isinstance(packet, int):
                self.refused.append((now, packet))
                return
        number = struct.unpack_from('>Q', packet, 8 if self.control else 12)[0]
        self.got.setdefault(number, []).append(now)

    def since(self, then):
        """Has anything arrived that was sent since?"""
        return any(self.sent[n] >= then for n in list(self.got)[-3:])

    def between(self, start, end):
        return [n for n, at in enumerate(self.sent) if start <= at <= end]

    def lost(self, start, end):
        return sum(n not in self.got for n in self.between(start, end))

    def silence(self, start, end):
        """The longest time between two arrivals, in seconds."""
        times = sorted(at for n in self.got.values() for at in n if start <= at <= end)
        times = [start] + times + [end]
        return max(after - before for before, after in zip(times, times[1:]))

    def twice(self, start, end, replayed=False):
        return sum(len(self.got.get(n, [])) > 1 and (n in self.again) == replayed
                   for n in self.between(start, end))


def put(sock, packet, to):
    try:
        sock.sendto(packet, to)
    except OSError:
        # no route for a while counts as lost
        pass


class Call:
    def __init__(self, number, suite):
        self.suite, self.port = suite, 5004 + 2 * number
        self.keys = {'out': key(suite, 2 * number + 1), 'back': key(suite, 2 * number + 2)}
        self.peers = [Peer(suite, self.keys['out']), Peer(suite, self.keys['back'])]
        judge, sender = self.peers
        self.out = [Line(0x1000 + number, False, unprotect=judge.unprotect),
                    Line(0x1000 + number, True, unprotect=judge.unprotect_rtcp)]
        self.back = [Line(0x2000 + number, False, sender.protect),
                     Line(0x2000 + number, True, sender.protect_rtcp)]
        self.phone = [socket_of('phone', PHONE, self.port + n) for n in (0, 1)]
        self.bob = [socket_of('bob', BOB, self.port + n) for n in (0, 1)]
        size = srtp_ref.SUITES[suite].key_len
        self.reference = srtp_ref.Context(suite, self.keys['out'][:size],
                                          self.keys['out'][size:])
        self.roc = 0

    def words(self):
        """Of the session on a gateway."""
        return ['local', '%s:%d' % (GATEWAY, self.port), 'remote',
                '%s:%d' % (BOB, self.port), 'dev', 'eth0', 'lease', '7',
                'send', 'suite', self.suite, 'insecure-key', self.keys['out'].hex(),
                'recv', 'suite', self.suite, 'insecure-key', self.keys['back'].hex()]

    def send(self, kind):
        self.out[kind].send(self.phone[kind], (BOB, self.port + kind))
        self.back[kind].send(self.bob[kind], (GATEWAY, self.port + kind))

    def index(self, packet, control):
        """The packet index that a packet was protected with: the one that its
        authentication is good for. None if there is none."""
        try:
            if control:
                return self.reference.unprotect_rtcp(packet)[1]
        except srtp_ref.Bad:
            return None
        for roc in {self.roc: 0, self.roc + 1: 0, 0: 0, 1: 0, 2: 0}:
            try:
                self.reference.unprotect(packet, roc)
            except srtp_ref.Bad:
                continue
            self.roc = roc
            return roc << 16 | struct.unpack_from('>H', packet, 2)[0]
        return None


class Calls:
    """One for each suite, both ways, at the pace of telephones."""

    def __init__(self):
        self.calls = [Call(n, suite) for n, suite in enumerate(SUITES)]
        self.sockets = {}
        for call in self.calls:
            for kind in 0, 1:
                self.sockets[call.bob[kind]] = call.out[kind]
                self.sockets[call.phone[kind]] = call.back[kind]
        self.ended, self.error = False, None
        self.threads = [threading.Thread(target=self.keep, args=(what,), daemon=True)
                        for what in (self.talk, self.listen)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def keep(self, what):
        try:
            what()
        except Exception as error:
            self.error = error
            raise

    def talk(self):
        due, n = time.monotonic(), 0
        while not self.ended:
            for call in self.calls:
                call.send(0)
                if n % REPORTS == 0:
                    call.send(1)
            n += 1
            due = max(due + PACE, time.monotonic() - 1)
            time.sleep(max(0, due - time.monotonic()))

    def listen(self):
        while not self.ended:
            for sock in select.select(list(self.sockets), [], [], 0.1)[0]:
                self.sockets[sock].take(sock.recv(2000))

    def lines(self, control=False):
        """[what the phone sends, what bob sends]"""
        return [[getattr(call, way)[control] for call in self.calls]
                for way in ('out', 'back')]

    def all_lines(self):
        return [line for kind in (False, True) for way in self.lines(kind) for line in way]

    def flow_since(self, then):
        if self.error:
            raise RuntimeError('no calls any more: %r' % self.error)
        return not self.silent_since(then)

    def silent_since(self, then):
        """Names of what has not arrived."""
        return ['%s %s %s: %d sent, %d got, %d refused' % (
            call.suite, way, 'RTCP' if kind else 'RTP', len(line.sent), len(line.got),
            len(line.refused)) for call in self.calls for way in ('out', 'back')
                for kind, line in enumerate(getattr(call, way)) if not line.since(then)]

    def replay(self, start, end):
        """Somebody sends again what bob has sent in that time."""
        for call in self.calls:
            for kind, line in enumerate(call.back):
                for n in line.between(start, end):
                    line.again.add(n)
                    put(call.bob[kind], line.wire[n], (GATEWAY, call.port + kind))

    def close(self):
        self.ended = True
        for thread in self.threads:
            thread.join()
        for call in self.calls:
            for peer in call.peers:
                peer.close()
            for sock in call.phone + call.bob:
                sock.close()


class Outside(Wire):
    """What a gateway sends to its wire outside, and when."""

    def __init__(self, gateway):
        self.gateway, self.times = gateway, []
        super().__init__('lan', gateway + '-eth0')

    def listen(self):
        while True:
            try:
                frame, where = self.socket.recvfrom(65536)
            except OSError:
                # nothing came, or the link is down, which may come up again
                if self.ended:
                    return
                continue
            # what goes to the gateway is not of the gateway
            if where[2] != PACKET_OUTGOING and frame[12:14] == b'\x08\x00' and \
                    frame[23] == socket.IPPROTO_UDP:
                self.frames.append(frame)
                self.times.append(time.monotonic())

    def packets(self):
        """(time, sender by its link layer, source, destination, its port, packet)"""
        for at, frame, (source, _, to, port, packet) in zip(
                self.times, self.frames, self.datagrams()):
            yield at, frame[6:12].hex(), source, to, port, packet


class Use:
    """One packet on a wire, protected with some index."""

    def __init__(self, at, gateway, sender, packet):
        self.at, self.gateway, self.sender, self.packet = at, gateway, sender, packet

    def __repr__(self):
        return '%.6f on the wire of %s, from %s, %d bytes, digest %s' % (
            self.at, self.gateway, self.sender, len(self.packet),
            hashlib.sha256(self.packet).hexdigest()[:12])


class Proof:
    """Which indexes were used, by whom and when; and what was none."""

    def __init__(self, calls, wires):
        self.used, self.plain, self.unknown = {}, [], []
        ports = {call.port + kind: (call, kind) for call in calls for kind in (0, 1)}
        for wire in wires:
            for at, sender, source, to, port, packet in wire.packets():
                if to != BOB or port not in ports:
                    continue
                call, control = ports[port]
                if MEDIA in packet or NAME in packet:
                    self.plain.append((at, wire.gateway, source, port, packet[:24].hex()))
                    continue
                index = call.index(packet, control)
                if index is None:
                    self.unknown.append(at)
                    continue
                ssrc = int.from_bytes(packet[4:8] if control else packet[8:12], 'big')
                use = call.port, control, ssrc, index
                self.used.setdefault(use, []).append(
                    Use(at, wire.gateway, sender, packet))
        for uses in self.used.values():
            uses.sort(key=lambda use: use.at)

    def again(self, start, end, same):
        """Uses of an index after the first one: the same packet once more, or another
        packet, whose contents both are then given away."""
        return ['port %d, %s, SSRC %x, index %d: %r' % (
            port, 'RTCP' if control else 'RTP', ssrc, index, uses)
            for (port, control, ssrc, index), uses in self.used.items()
            if any(start <= use.at <= end and (use.packet == uses[0].packet) == same
                   for use in uses[1:])]

    def reused(self, start=0, end=float('inf')):
        return self.again(start, end, False)

    def repeated(self, start=0, end=float('inf')):
        return self.again(start, end, True)

    def order(self, ssrc):
        """When, by whom and with which index a report was sent."""
        return sorted((use.at, use.gateway, index) for (_, control, source, index), uses
                      in self.used.items() if control and source == ssrc
                      for use in uses)

    def gateways(self):
        return {use.gateway for uses in self.used.values() for use in uses}

    def rollovers(self):
        return {(port, index >> 16) for port, control, _, index in self.used if not control}
