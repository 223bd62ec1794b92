# SPDX-License-Identifier: GPL-2.0
"""Calls of two telephones, one behind gateways and one with SRTP beyond them, by libsrtp or
by GStreamer; and what was on the wires of the gateways between them."""

import hashlib
import os
import select
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import namedtuple

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../recipes'))
import srtp_ref
from judge import Wire
from ksrtp_sync import wait
from ksrtp_test import GCM, CM, Peer, key, rtcp, rtp, run, _Inside

SUITES = CM, GCM, 'AEAD_AES_256_GCM'
# calls both ways, and one each way
SESSIONS, STREAMS = len(SUITES) + 2, 2 * len(SUITES) + 2
PHONE, BOB, GATEWAY = '10.0.0.20', '192.0.2.2', '192.0.2.1'
PACE = 0.02
# packets of RTP to one of RTCP
REPORTS = 10
# three seconds before a rollover
FIRST = 65536 - 150
MEDIA, NAME = b'in the clear ', b'a@example'
# libsrtp's error for what is older than its window
REPLAY_OLD = 10
PACKET_OUTGOING, RTMGRP_IPV4_IFADDR, RTM_NEWADDR = 4, 0x10, 20


# of the kernel, since this program may have to wait
SO_TIMESTAMPNS, BOOT = 35, time.time() - time.monotonic()


def receive(sock):
    """A packet, when it came, and where from."""
    data, control, _, address = sock.recvmsg(65536, 64)
    at = time.monotonic()
    for level, kind, value in control:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
            seconds, ns = struct.unpack('=qq', value)
            at = seconds + ns / 1e9 - BOOT
    return data, at, address


def socket_of(host, address, port):
    with _Inside(host):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    sock.bind((address, port))
    return sock


# What libsrtp has not accepted, by its error number, and the newest packet of before.
Refused = namedtuple('Refused', 'at error packet newest')


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
        if not sock:
            return
        plain = self.packet()
        packet = self.protect(plain) if self.protect else plain
        self.sent.append(time.monotonic())
        self.wire.append(packet)
        put(sock, packet, to)

    def take(self, packet, now):
        protected = packet
        if self.unprotect:
            packet = self.unprotect(packet)
            if isinstance(packet, int):
                self.refused.append(Refused(now, packet, protected,
                                            max(self.got, default=-1)))
                return
        self.got.setdefault(self.number(packet), []).append(now)

    def number(self, plain):
        return struct.unpack_from('>Q', plain, 8 if self.control else 12)[0]

    def since(self, then):
        """Has anything arrived that was sent since, if anything is sent?"""
        return not self.sent or any(self.sent[n] >= then for n in list(self.got)[-3:])

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
        # where bob gets what he understands, and has it protected
        self.bob = [socket_of('bob', BOB, self.port + n) for n in (0, 1)]
        self.mouth, self.to = self.bob, [(GATEWAY, self.port + n) for n in (0, 1)]
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
        self.back[kind].send(self.mouth[kind], self.to[kind])

    def close(self):
        for peer in self.peers:
            peer.close()
        for sock in {*self.phone, *self.bob, *self.mouth} - {None}:
            sock.close()

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

    def is_late(self, line, refused):
        """Was it overtaken, on its way to a gateway or from one, by what the other one
        has sent? Reports have to be in order, to within a window that is shorter than a
        block of indexes."""
        if not line.control or refused.error != REPLAY_OLD:
            return False
        plain, _ = self.reference.unprotect_rtcp(refused.packet)
        return line.number(plain) < refused.newest


def pipeline(ports, *words):
    """GStreamer on bob's host, once it listens at these ports: the first packets are those
    before a rollover."""
    program = subprocess.Popen(
        ['ip', 'netns', 'exec', 'bob', 'gst-launch-1.0', '-q', *' '.join(words).split()],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def listens():
        if program.poll() is not None:
            raise RuntimeError('GStreamer has ended')
        bound = run('ip', 'netns', 'exec', 'bob', 'ss', '-lunH').stdout
        return all(':%d ' % port in bound for port in ports)
    wait(listens, 'GStreamer')
    return program


def inside(port):
    """A socket of bob's own, for what his GStreamer has yet to protect, or has opened."""
    return socket_of('bob', '127.0.0.1', port)


class Opened(Call):
    """A call one way, which GStreamer's srtpdec opens."""

    def __init__(self, number, suite=CM):
        super().__init__(number, suite)
        for sock in self.bob:
            sock.close()
        self.bob = [inside(7000), inside(7001)]
        self.mouth = [None, None]
        for line in self.out:
            line.unprotect = None
        caps = ('srtp-key=(buffer)%s,srtp-cipher=(string)aes-128-icm,'
                'srtp-auth=(string)hmac-sha1-80,srtcp-cipher=(string)aes-128-icm,'
                'srtcp-auth=(string)hmac-sha1-80,ssrc=(uint)%d' %
                (self.keys['out'].hex(), self.out[0].ssrc))
        to = '! udpsink host=127.0.0.1 sync=false async=false port='
        self.program = pipeline(
            (self.port, self.port + 1), 'srtpdec name=open',
            'udpsrc address=%s port=%d caps=application/x-srtp,%s ! open.rtp_sink' %
            (BOB, self.port, caps),
            'udpsrc address=%s port=%d caps=application/x-srtcp,%s ! open.rtcp_sink' %
            (BOB, self.port + 1, caps),
            'open.rtp_src', to + '7000', 'open.rtcp_src', to + '7001')

    def close(self):
        self.program.kill()
        self.program.wait()
        super().close()


class Sealed(Call):
    """A call the other way, which GStreamer's srtpenc protects."""

    def __init__(self, number, suite=CM):
        super().__init__(number, suite)
        for sock in self.bob:
            sock.close()
        self.bob = [None, None]
        self.mouth = [inside(7010), inside(7011)]
        self.to = [('127.0.0.1', 7012), ('127.0.0.1', 7013)]
        for line in self.back:
            line.protect = None
        to = '! udpsink host=%s bind-address=%s sync=false async=false' % (GATEWAY, BOB)
        self.program = pipeline(
            (7012, 7013), 'srtpenc name=seal key=%s rtp-cipher=aes-128-icm rtp-auth=hmac-sha1-80'
            ' rtcp-cipher=aes-128-icm rtcp-auth=hmac-sha1-80' % self.keys['back'].hex(),
            'udpsrc address=127.0.0.1 port=7012 caps=application/x-rtp ! seal.rtp_sink_0',
            'udpsrc address=127.0.0.1 port=7013 caps=application/x-rtcp ! seal.rtcp_sink_0',
            *['seal.%s_src_0 %s port=%d bind-port=%d' % (
                kind, to, self.port + n, self.port + n)
                for n, kind in enumerate(('rtp', 'rtcp'))])

    def send(self, kind):
        self.back[kind].send(self.mouth[kind], self.to[kind])

    def close(self):
        self.program.kill()
        self.program.wait()
        super().close()


class Calls:
    """One for each suite, both ways, at the pace of telephones; and one each way of a peer
    with GStreamer."""

    def __init__(self):
        self.calls = [Call(n, suite) for n, suite in enumerate(SUITES)]
        self.calls += [Opened(len(SUITES)), Sealed(len(SUITES) + 1)]
        self.sockets = {}
        for call in self.calls:
            for kind in 0, 1:
                self.sockets[call.bob[kind]] = call.out[kind]
                self.sockets[call.phone[kind]] = call.back[kind]
        self.sockets.pop(None, None)
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
                self.sockets[sock].take(*receive(sock)[:2])

    def lines(self, control=False):
        """[what the phone sends, what bob sends]"""
        return [[line for call in self.calls for line in [getattr(call, way)[control]]
                 if line.sent] for way in ('out', 'back')]

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
                    # what GStreamer has sent, we do not have
                    if line.protect:
                        line.again.add(n)
                        put(call.bob[kind], line.wire[n], call.to[kind])

    def close(self):
        self.ended = True
        for thread in self.threads:
            thread.join()
        for call in self.calls:
            call.close()


class Outside(Wire):
    """What a gateway sends to its wire outside, and when."""

    def __init__(self, gateway):
        self.gateway, self.times = gateway, []
        super().__init__('lan', gateway + '-eth0')
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)

    def listen(self):
        while True:
            try:
                frame, at, where = receive(self.socket)
            except OSError:
                # nothing came, or the link is down, which may come up again
                if self.ended:
                    return
                continue
            # what goes to the gateway is not of the gateway
            if where[2] != PACKET_OUTGOING and frame[12:14] == b'\x08\x00' and \
                    frame[23] == socket.IPPROTO_UDP:
                self.frames.append(frame)
                self.times.append(at)

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


class Addresses:
    """When a gateway got the address outside."""

    def __init__(self, gateway):
        self.times, self.ended = [], False
        with _Inside(gateway):
            self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                        socket.NETLINK_ROUTE)
        self.socket.bind((0, RTMGRP_IPV4_IFADDR))
        self.socket.settimeout(0.2)
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        while not self.ended:
            try:
                message = self.socket.recv(8192)
            except OSError:
                continue
            if struct.unpack_from('=H', message, 4)[0] == RTM_NEWADDR and \
                    socket.inet_aton(GATEWAY) in message:
                self.times.append(time.monotonic())

    def close(self):
        """It keeps the namespace in being."""
        self.ended = True
        self.thread.join()
        self.socket.close()


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
