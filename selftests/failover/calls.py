# SPDX-License-Identifier: GPL-2.0
"""Calls of two telephones, one behind gateways and one with SRTP beyond them, by libsrtp or
by GStreamer."""

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
from ksrtp_sync import wait
from ksrtp_test import GCM, CM, Peer, key, rtcp, rtp, run, _Inside
from wires import MEDIA, SO_TIMESTAMPNS, receive

SUITES = CM, GCM, 'AEAD_AES_256_GCM'
# calls both ways, and one each way
SESSIONS, STREAMS = len(SUITES) + 2, 2 * len(SUITES) + 2
PHONE, BOB, GATEWAY = '10.0.0.20', '192.0.2.2', '192.0.2.1'
PACE = 0.02
# packets of RTP to one of RTCP
REPORTS = 10
# three seconds before a rollover
FIRST = 65536 - 150
# libsrtp's error for what is older than its window
REPLAY_OLD = 10


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
