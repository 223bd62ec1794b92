#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Path MTU: senders are told what protection leaves of it, once; routes are not."""

import errno
import os
import re
import select
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
from raw import ipv4, total, udp

DONT, WANT, DO, PROBE, INTERFACE, OMIT = range(6)
MODES = ('DONT', 'WANT', 'DO', 'PROBE', 'INTERFACE', 'OMIT')
# level, and options of sockets: of IPv4, of IPv6
LEVEL = (socket.IPPROTO_IP, socket.IPPROTO_IPV6)
DISCOVER, MTU, RECVERR = (10, 23), (14, 24), (11, 25)
RECVPATHMTU, PATHMTU, DONTFRAG = 60, 61, 62
LOCAL, ICMP, ICMP6 = 1, 2, 3
HEADERS = (28, 48)
D4, D6 = '10.7.0.2', 'fd07::2'


class Sender:
    """A socket that sends RTP, and what it is told."""

    # of all of them, which may be one after the other of one session
    seq = 0

    def __init__(self, host, there, mode=None, connected=False, recverr=True,
                 here='', port=5000):
        self.v6 = ':' in there
        self.there = (there, 6000)
        self.sock = host.socket(here or ('::' if self.v6 else ''), port)
        if mode is not None:
            self.set(DISCOVER, mode)
        self.set(RECVERR, int(recverr))
        if connected:
            self.sock.connect(self.there)

    def set(self, option, value):
        self.sock.setsockopt(LEVEL[self.v6], option[self.v6], value)

    def packet(self, size, **words):
        """RTP that fills an IP packet of this size."""
        Sender.seq += 1
        head = rtp(self.seq, **words)
        return rtp(self.seq, os.urandom(size - HEADERS[self.v6] - len(head)),
                   **words)

    def put(self, packet):
        """Send; the error, or 0."""
        try:
            self.sock.sendto(packet, self.there)
        except OSError as error:
            return error.errno
        return 0

    def send(self, size, **words):
        return self.put(self.packet(size, **words))

    def mtu(self):
        return self.sock.getsockopt(LEVEL[self.v6], MTU[self.v6])

    def told(self, wait=False):
        """All that is in the queue of errors: (errno, origin, size), and where to."""
        if wait:
            self.failed()
        told = []
        self.sock.settimeout(0)
        while True:
            try:
                _, control, _, to = self.sock.recvmsg(2000, 512,
                                                      socket.MSG_ERRQUEUE)
            except BlockingIOError:
                self.sock.settimeout(60)
                return told
            for level, kind, data in control:
                if (level, kind) == (LEVEL[self.v6], RECVERR[self.v6]):
                    number, origin, *_, size = struct.unpack('=IBBBBI',
                                                             data[:12])
                    told.append((number, origin, size))
                    if to[:2] != self.there:
                        told.append(to)

    def failed(self):
        """Wait until the socket has an error to tell of."""
        poll = select.poll()
        poll.register(self.sock, 0)
        return bool(poll.poll(20000))

    def close(self):
        self.sock.close()


class Session:
    """A session, and its peer, of which libsrtp is the judge."""

    def __init__(self, a, b, words, there, suite=CM, options=(), peer=()):
        self.a, self.suite = a, suite
        master = key(suite)
        self.id = a.session(*words, send=(suite, master, *options))
        self.wire = b.socket(there, 6000)
        self.peer = Peer(suite, master, *peer) if suite in LIBSRTP else None

    def arrives(self, plain):
        """Is this what arrives next? A packet that was refused never does."""
        packet = self.wire.recv(65536)
        if not self.peer:
            return len(packet) > len(plain)
        return self.peer.unprotect(packet) == plain

    def too_big(self):
        return self.a.stats('send', self.id).get('drop-too-big', 0)

    def close(self):
        self.a.ksrtp('session', 'del', 'id', self.id)
        self.wire.close()
        if self.peer:
            self.peer.close()


def route(host, there):
    """The MTU that a host's route has, if it is not the device's."""
    shown = host.run('ip', 'route', 'get', there).stdout
    found = re.search(r'mtu (?:lock )?(\d+)', shown)
    return int(found.group(1)) if found else None


def another(host, there):
    """What another program's socket is told of the same route."""
    family = socket.AF_INET6 if ':' in there else socket.AF_INET
    v6 = ':' in there
    with host.enter():
        sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.connect((there, 9))
    mtu = sock.getsockopt(LEVEL[v6], MTU[v6])
    sock.close()
    return mtu


def handshake(a, b, there):
    """The segment size of a connection of TCP."""
    listener = b.socket(there, 7000, socket.SOCK_STREAM)
    listener.listen()
    with a.enter():
        sock = socket.socket(listener.family, socket.SOCK_STREAM)
    sock.settimeout(60)
    sock.connect((there, 7000))
    size = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
    sock.close()
    listener.close()
    return size


def spiral(tap):
    """A socket that obeys is refused once, then sent."""
    a, b = pair()
    for here, there in ((A4, B4), (A6, B6)):
        v6 = ':' in here
        name = 'IPv%d: ' % (6 if v6 else 4)
        segment = handshake(a, b, there)
        session = Session(a, b, flow(here, there), there)
        for mode in (DO, PROBE, INTERFACE):
            for connected in (False, True):
                for recverr in (False, True):
                    what = '%s%s%s%s: ' % (
                        name, MODES[mode], ', connected' * connected,
                        ', IP_RECVERR' * recverr)
                    app = Sender(a, there, mode, connected, recverr, here)
                    tap.equal(app.send(1500), errno.EMSGSIZE,
                              what + 'what grows past the MTU is refused')
                    size = 1490
                    if connected:
                        size = app.mtu()
                        tap.equal(size, 1490, what + 'IP_MTU tells the size')
                    told = app.told()
                    tap.equal(told, [(errno.EMSGSIZE, LOCAL, 1490)] * recverr,
                              what + 'the queue of errors does, once')
                    plain = app.packet(size)
                    tap.equal((app.put(plain), session.arrives(plain)),
                              (0, True), what + 'that size is sent, and arrives')
                    tap.equal(app.send(size + 1), errno.EMSGSIZE,
                              what + 'a byte more is refused')
                    plain = app.packet(1280)
                    tap.equal((app.put(plain), session.arrives(plain)),
                              (0, True), what + '1280 bytes go on')
                    app.close()
        tap.equal((route(a, there), another(a, there), handshake(a, b, there)),
                  (None, 1500, segment),
                  name + 'others see the MTU that there is')
        session.close()


def fragmented(tap):
    """Sockets that let the kernel fragment lose nothing."""
    a, b = pair()
    for here, there in ((A4, B4), (A6, B6)):
        session = Session(a, b, flow(here, there), there)
        for mode in (None, DONT, WANT, OMIT):
            for connected in (False, True):
                name = 'IPv%d, %s%s: ' % (
                    6 if ':' in here else 4,
                    'default' if mode is None else MODES[mode],
                    ', connected' * connected)
                app = Sender(a, there, mode, connected, True, here)
                arrived = []
                for size in (1490, 1491, 1500, 1501, 4000):
                    plain = app.packet(size)
                    arrived.append((app.put(plain), session.arrives(plain)))
                tap.equal((arrived, app.told()), ([(0, True)] * 5, []),
                          name + 'all sizes arrive, no error')
                app.close()
        tap.equal(session.too_big(), 0, 'none is counted')
        session.close()


def whole(tap):
    """IPV6_DONTFRAG and IPV6_RECVPATHMTU."""
    a, b = pair()
    session = Session(a, b, flow(A6, B6), B6)
    app = Sender(a, B6, None, False, True, A6)
    for option in (DONTFRAG, RECVPATHMTU):
        app.sock.setsockopt(socket.IPPROTO_IPV6, option, 1)
    tap.equal(app.send(1500), errno.EMSGSIZE,
              'IPV6_DONTFRAG: what grows past the MTU is refused')
    control = app.sock.recvmsg(2000, 512, socket.MSG_DONTWAIT)[1]
    sizes = [struct.unpack('=I', data[28:32])[0] for level, kind, data in control
             if (level, kind) == (socket.IPPROTO_IPV6, PATHMTU)]
    tap.equal(sizes, [1490], 'IPV6_RECVPATHMTU tells the size')
    tap.equal(app.told(), [(errno.EMSGSIZE, LOCAL, 1490)],
              'so does the queue of errors')
    plain = app.packet(1490)
    tap.equal((app.put(plain), session.arrives(plain)), (0, True),
              'that size is sent, and arrives')
    app.close()
    session.close()


OVERHEADS = [(suite, (), (), {}, SUITES[suite][2]) for suite in SUITES
             if suite not in ARIA + SEED + DRAFT] + [
    (CM, ('mki', 'aabbccdd'), None, {}, 14),
    (GCM, ('mki', 'aa' * 128), None, {}, 144),
    (CM, ('rcc-mode', '1', 'rcc-rate', '4'), None, {}, 10),
    (CM, ('rcc-mode', '2', 'rcc-rate', '4'), None, {}, 10),
    (CM, ('rcc-mode', '3', 'rcc-rate', '4'), None, {}, 4),
    (GCM, ('cryptex', 'on'), None, {'csrcs': (1, 2)}, 20),
    (CM, ('cryptex', 'on'), None, {'csrcs': (1, 2)}, 14),
    (CM, ('cryptex', 'on'), None, {}, 10),
]


def overheads(tap):
    """What is left is told for each suite, and all that adds to it."""
    a, b = pair()
    for suite, options, peer, words, overhead in some(OVERHEADS):
        for here, there in ((A4, B4), (A6, B6)):
            name = 'IPv%d, %s: ' % (6 if ':' in here else 4,
                                    ' '.join((suite,) + options))
            session = Session(a, b, flow(here, there), there, suite, options,
                              peer or ())
            if peer is None and session.peer:
                session.peer.close()
                session.peer = None
            app = Sender(a, there, DO, True, True, here)
            # a sequence number that carries the rollover counter
            Sender.seq = 3
            error = app.send(1500, **words)
            told = app.told()
            tap.equal((error, told, app.mtu()),
                      (errno.EMSGSIZE, [(errno.EMSGSIZE, LOCAL,
                                         1500 - overhead)], 1500 - overhead),
                      name + 'the size is told')
            Sender.seq = 7
            plain = app.packet(1500 - overhead, **words)
            tap.equal((app.put(plain), session.arrives(plain)), (0, True),
                      name + 'it is sent, and arrives')
            Sender.seq = 11
            tap.equal(app.send(1501 - overhead, **words), errno.EMSGSIZE,
                      name + 'a byte more is refused')
            app.close()
            session.close()


def control(tap):
    """RTCP has an overhead of its own."""
    a, b = pair()
    master = key(CM)
    a.session(*flow(A4, B4), 'rtcp-mux', send=(CM, master))
    app, wire = Sender(a, B4, DO, True, True, A4), b.socket(B4, 6000)
    peer = Peer(CM, master)

    def packet(size):
        return struct.pack('>BBHI', 0x80, 204, (size - 28) // 4 - 1, 7) + \
            bytes(size - 28 - 8)
    tap.equal((app.put(packet(1500)), app.told()),
              (errno.EMSGSIZE, [(errno.EMSGSIZE, LOCAL, 1486)]),
              'RTCP: tag and index are taken off')
    plain = packet(1484)
    tap.equal((app.put(plain), peer.unprotect_rtcp(wire.recv(2000))),
              (0, plain), 'RTCP: what is left is sent')
    peer.close()


def segments(tap):
    """A super-packet that does not fit is refused as a whole, and once."""
    a, b = pair()
    for here, there in ((A4, B4), (A6, B6)):
        v6 = ':' in here
        for options, first, suite in (((), 1, CM), ((), 1, GCM), (
                ('rcc-mode', '3', 'rcc-rate', '4'), 1, CM)):
            name = 'IPv%d, %s: ' % (6 if v6 else 4,
                                    ' '.join((suite,) + options))
            overhead = 4 if options else SUITES[suite][2]
            session = Session(a, b, flow(here, there), there, suite, options)
            app = Sender(a, there, DO, True, True, here)

            def burst(size, n=6, last=200):
                packets = [app.packet(size) for _ in range(n - 1)]
                packets.append(app.packet(last))
                app.sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT,
                                    size - HEADERS[v6])
                return packets, app.put(b''.join(packets))
            packets, error = burst(1500)
            tap.equal((error, app.told(), app.mtu(), session.too_big()),
                      (errno.EMSGSIZE,
                       [(errno.EMSGSIZE, LOCAL, 1500 - overhead)],
                       1500 - overhead, 6),
                      name + 'segments that grow past the MTU: one error')
            packets, error = burst(1500 - overhead)
            if options:
                got = [len(session.wire.recv(2000)) for _ in packets]
                wanted = [len(packet) + (4 if rtp_seq(packet) % 4 == 0 else 0)
                          for packet in packets]
                tap.equal((error, got), (0, wanted),
                          name + 'those of the size that is told arrive')
            else:
                got = [session.arrives(packet) for packet in packets]
                tap.equal((error, got), (0, [True] * 6),
                          name + 'those of the size that is told arrive')
            _, error = burst(1501 - overhead)
            tap.equal(error, errno.EMSGSIZE,
                      name + 'those a byte longer are refused')
            app.told()
            # and where they may be fragmented, they are
            app.set(DISCOVER, WANT)
            packets, error = burst(1500)
            got = [len(session.wire.recv(2000)) for _ in packets]
            tap.equal((error, app.told()), (0, []),
                      name + 'where they may be, they are fragmented')
            app.close()
            session.close()


def rtp_seq(packet):
    return struct.unpack('>H', packet[2:4])[0]


def beyond(mtu, inside=False):
    """a, and b behind a router whose link to it has a smaller MTU."""
    a, b, r = Host('a'), Host('b'), Host('r')
    link(a, 'wire', (A4 + '/24', A6 + '/64'), r, 'near',
         ('10.9.0.9/24', 'fd09::9/64'))
    link(r, 'far', ('10.7.0.9/24', 'fd07::9/64'), b, 'wire',
         (D4 + '/24', D6 + '/64'), mtu)
    routes = [(a, '10.9.0.9', 'fd09::9'), (b, '10.7.0.9', 'fd07::9')]
    hosts = (a, b, r)
    if inside:
        c = Host('c')
        link(c, 'inside', (C4 + '/24', C6 + '/64'),
             a, 'inside', ('10.8.0.1/24', 'fd08::1/64'))
        routes += [(c, '10.8.0.1', 'fd08::1'), (r, A4, A6)]
        hosts += (c,)
    for host, via4, via6 in routes:
        host.ip('route', 'add', 'default', 'via', via4)
        host.ip('-6', 'route', 'add', 'default', 'via', via6)
    for host in hosts:
        host.sysctl('net/ipv4/ip_forward', 1)
        host.sysctl('net/ipv6/conf/all/forwarding', 1)
    all_errors(*hosts)
    return hosts


def router(tap):
    """What a router says is about SRTP; the application is told of RTP."""
    ways = [(mode, connected, recverr) for mode in (None, DO, PROBE)
            for connected, recverr in ((False, True), (True, False), (True, True))]
    for mode, connected, recverr in some(ways):
        a, b, r = beyond(1400)
        for here, there in ((A4, D4), (A6, D6)):
            v6 = ':' in here
            name = 'IPv%d, router, %s%s%s: ' % (
                6 if v6 else 4,
                'default' if mode is None else MODES[mode],
                ', connected' * connected, ', IP_RECVERR' * recverr)
            session = Session(a, b, flow(here, there), there)
            app = Sender(a, there, mode, connected, recverr, here)
            tap.equal(app.send(1490), 0, name + 'it is sent')
            if recverr:
                tap.equal(app.told(True),
                          [(errno.EMSGSIZE, ICMP6 if v6 else ICMP,
                            1390)],
                          name + 'the socket is told what is left')
            else:
                tap.ok(app.failed(), name + 'the socket is told')
                tap.equal(app.sock.getsockopt(socket.SOL_SOCKET,
                                              socket.SO_ERROR),
                          errno.EMSGSIZE, name + 'by its error')
            if connected:
                tap.equal(app.mtu(), 1390, name + 'so says IP_MTU')
            tap.equal((route(a, there), another(a, there)),
                      (1400, 1400),
                      name + 'the route knows the MTU of the path')
            plain = app.packet(1390)
            tap.equal((app.put(plain), session.arrives(plain)),
                      (0, True), name + 'what is left arrives')
            plain = app.packet(1391)
            if mode == DO:
                tap.equal(app.put(plain), errno.EMSGSIZE,
                          name + 'a byte more is refused')
            elif mode is None:
                tap.equal((app.put(plain), session.arrives(plain)),
                          (0, True), name + 'a byte more is fragmented')
            app.close()
            session.close()
        Host.remove_all()


def untold(tap):
    """Sockets that do not listen to routers, and messages that are not believed."""
    a, b, r = beyond(1400)
    session = Session(a, b, flow(A4, D4), D4)
    for mode in (INTERFACE, OMIT):
        app = Sender(a, D4, mode, False, True, A4)
        plain = app.packet(1490)
        # without DF, so that the router fragments
        tap.equal((app.put(plain), session.arrives(plain), app.told(),
                   route(a, D4)), (0, True, [], None),
                  MODES[mode] + ': the router fragments')
        app.close()
    session.close()

    session = Session(a, b, flow(A4, D4), D4)
    app = Sender(a, D4, DO, False, True, A4)
    with r.enter():
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)

    def claim(mtu, source=5000, wrong=0):
        quote = ipv4(A4, D4, 17, udp(source, 6000, rtp(1, bytes(40))))
        message = struct.pack('!BBHHH', 3, 4, 0, 0, mtu) + quote
        raw.sendto(message[:2] + struct.pack(
            '!H', (~total(message) & 0xffff) ^ wrong) + message[4:], (A4, 0))

    def settled():
        """What was on the way has arrived."""
        wire = b.socket(D4, 6001)
        answer = a.socket(A4, 7001)
        wire.sendto(MARKER, (A4, 7001))
        answer.recv(2000)
        wire.close()
        answer.close()
        return app.told(), route(a, D4)
    claim(1300, wrong=0x40)
    tap.equal(settled(), ([], None), 'a wrong checksum: not believed')
    a.sysctl('net/ipv4/ip_no_pmtu_disc', 2)
    claim(1300)
    tap.equal(settled(), ([], None), 'ip_no_pmtu_disc: not believed')
    a.sysctl('net/ipv4/ip_no_pmtu_disc', 0)
    a.run('nft', '-f', '-', input='table inet f { chain i { type filter hook '
          'input priority 0; ip protocol icmp drop; }; }')
    claim(1300)
    tap.equal(settled(), ([], None), 'the firewall is asked first')
    a.run('nft', 'flush', 'ruleset')
    claim(1300)
    tap.equal(app.told(True), [(errno.EMSGSIZE, ICMP, 1290)],
              'but else it is, once')
    tap.equal(route(a, D4), 1300, 'and so the route is told')
    # less than the least MTU that the kernel takes from others
    claim(300)
    tap.equal(app.told(True), [(errno.EMSGSIZE, ICMP, 290)],
              'a small MTU: what is left of it')
    tap.equal(route(a, D4), 552, 'a small MTU: the route goes as far as it does')
    claim(60)
    tap.equal([size for _, _, size in app.told(True)], [60],
              'less than IPv4 allows: nothing is taken off')
    app.close()
    session.close()


def least(tap):
    """Nobody can be told to send less than 1280 bytes of IPv6."""
    a, b, r, c = beyond(1280, True)
    for inside, sender, here in ((False, a, A6), (True, c, C6)):
        name = 'IPv6, a path of 1280, %s: ' % (
            'forwarded' if inside else 'local')
        session = Session(a, b, flow(here, D6), D6)
        app = Sender(sender, D6, DO, True, True, here)
        app.send(1400)
        tap.equal(app.told(True), [(errno.EMSGSIZE, ICMP6, 1280)],
                  name + 'the least is told')
        for size in (1270, 1271, 1280):
            plain = app.packet(size)
            tap.equal((app.put(plain), session.arrives(plain)), (0, True),
                      name + '%d bytes arrive' % size)
        tap.equal(app.send(1281), errno.EMSGSIZE,
                  name + 'a byte more is refused')
        app.close()
        session.close()


MASQUERADE = '''
table inet nat {
    chain post {
        type nat hook postrouting priority srcnat;
        oif "wire" meta l4proto udp masquerade to :20000-20100
    }
}
'''


def container(bridged):
    """Container c behind a, by a bridge of a's or not, and b beyond."""
    a, b = pair()
    c = Host('c')
    if bridged:
        a.ip('link', 'add', 'inside', 'type', 'bridge', 'forward_delay', '0')
        link(c, 'inside', (C4 + '/24', C6 + '/64'), a, 'port', ())
        a.ip('link', 'set', 'port', 'master', 'inside')
        for address in ('10.8.0.1/24', 'fd08::1/64'):
            a.ip('addr', 'add', address, 'dev', 'inside',
                 *(['nodad'] if ':' in address else []))
        a.ip('link', 'set', 'inside', 'up')
    else:
        link(c, 'inside', (C4 + '/24', C6 + '/64'),
             a, 'inside', ('10.8.0.1/24', 'fd08::1/64'))
    c.ip('route', 'add', 'default', 'via', '10.8.0.1')
    c.ip('-6', 'route', 'add', 'default', 'via', 'fd08::1')
    a.sysctl('net/ipv4/ip_forward', 1)
    a.sysctl('net/ipv6/conf/all/forwarding', 1)
    return a, b, c


def masqueraded(tap):
    """Senders whose address and port are translated are told all the same."""
    for bridged in (False, True):
        a, b, c = container(bridged)
        a.run('nft', '-f', '-', input=MASQUERADE)
        for here, there, inside in ((A4, B4, C4), (A6, B6, C6)):
            v6 = ':' in here
            name = 'IPv%d, masqueraded%s: ' % (6 if v6 else 4,
                                               ', bridge' * bridged)
            end = '[%s]' % here if v6 else here
            there_end = '[%s]:6000' % there if v6 else there + ':6000'
            session = Session(a, b, ('local', end, 'remote', there_end,
                                     'rtcp-mux', 'dev', 'wire'), there)
            app = Sender(c, there, DO, True, True, inside)
            tap.equal(app.send(1500), 0, name + 'the first packet is sent')
            tap.equal(app.told(True),
                      [(errno.EMSGSIZE, ICMP6 if v6 else ICMP, 1490)],
                      name + 'its sender is told what is left')
            plain = app.packet(1490)
            tap.equal((app.put(plain), session.arrives(plain)), (0, True),
                      name + 'that size is sent, and arrives')
            tap.equal(app.send(1491), errno.EMSGSIZE,
                      name + 'more its own kernel refuses')
            # the connection is known now, and the sender forgetful
            c.ip('route', 'flush', 'cache')
            c.ip('-6', 'route', 'flush', 'cache')
            app.told()
            app.close()
            app = Sender(c, there, PROBE, False, True, inside)
            tap.equal(app.send(1500), 0, name + 'another is sent')
            tap.equal(app.told(True),
                      [(errno.EMSGSIZE, ICMP6 if v6 else ICMP, 1490)],
                      name + 'its sender is told')
            plain = app.packet(1490)
            tap.equal((app.put(plain), session.arrives(plain)), (0, True),
                      name + 'and can go on')
            tap.equal(session.too_big(), 2, name + 'both are counted')
            tap.equal(route(a, there), None, name + "the gateway's route stays")
            app.close()
            session.close()
        Host.remove_all()


def forwarded(tap):
    """What a router says to hosts behind a gateway."""
    for nat in (False, True):
        a, b, r, c = beyond(1400, True)
        if nat:
            a.run('nft', '-f', '-', input=MASQUERADE)
        for here, there, inside in ((A4, D4, C4), (A6, D6, C6)):
            v6 = ':' in here
            name = 'IPv%d, router, gateway%s: ' % (6 if v6 else 4,
                                                   ', masqueraded' * nat)
            words = flow(inside, there)
            if nat:
                words = ('local', '[%s]' % here if v6 else here, 'remote',
                         words[3], 'rtcp-mux')
            session = Session(a, b, (*words, 'dev', 'wire'), there)
            app = Sender(c, there, DO, True, True, inside)
            tap.equal(app.send(1490), 0, name + 'it is sent')
            tap.equal(app.told(True),
                      [(errno.EMSGSIZE, ICMP6 if v6 else ICMP, 1390)],
                      name + 'the sender is told what is left')
            tap.equal(route(c, there), 1390, name + 'its route too')
            plain = app.packet(1390)
            tap.equal((app.put(plain), session.arrives(plain)), (0, True),
                      name + 'that size is sent, and arrives')
            tap.equal(app.send(1391), errno.EMSGSIZE,
                      name + 'a byte more is refused')
            tap.equal(route(a, there), None, name + "the gateway's route stays")
            app.close()

            # of a flow that is nobody's
            other = Sender(c, there, PROBE, True, True, inside, 7000)
            other.put(b'\0' * (1490 - HEADERS[v6]))
            tap.equal(other.told(True),
                      [(errno.EMSGSIZE, ICMP6 if v6 else ICMP, 1400)],
                      name + "another's message is as it was")
            other.close()
            session.close()
        Host.remove_all()


main(spiral, fragmented, whole, overheads, control, segments, router, untold,
     least, masqueraded, forwarded)
