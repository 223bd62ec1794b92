#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ICMP errors: they quote packets that were unprotected, and no media of them."""

import errno
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
from raw import ipv4, ipv6, total, udp
from wire import Wire

MEDIA = b'media ' * 40
NOBODY4, NOBODY6 = '10.9.0.77', 'fd09::77'
UNREACHABLE4, UNREACHABLE6 = '10.8.0.9', 'fd08::9'
REDIRECT6 = 137
IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, ALWAYS = 10, 23, 2
HOP_BY_HOP, FRAGMENT, DESTINATION = 0, 44, 60


class Error:
    """An ICMP error in a frame, taken apart; lengths are checked, too."""

    def __init__(self, frame):
        packet = frame[14:]
        self.v6 = packet[0] >> 4 == 6
        if self.v6:
            size, = struct.unpack('!H', packet[4:6])
            message = packet[40:]
            pseudo = packet[8:40] + struct.pack('!II', size, 58)
            lengths = size == len(message)
        else:
            head = 4 * (packet[0] & 15)
            size, = struct.unpack('!H', packet[2:4])
            message, pseudo = packet[head:], b''
            lengths = size == len(packet) and total(packet[:head]) == 0xffff
        self.type, self.code = message[:2]
        self.rest = message[4:8]
        self.sound = lengths and total(pseudo + message) == 0xffff
        at = 8
        if self.v6 and self.type == REDIRECT6:
            at = 40
            while message[at] != 4:
                at += 8 * message[at + 1]
            self.sound &= at + 8 * message[at + 1] == len(message)
            at += 8
        self.quote = message[at:]
        at, kind = (40, self.quote[6]) if self.v6 else \
            (4 * (self.quote[0] & 15), self.quote[9])
        while self.v6 and kind in (HOP_BY_HOP, DESTINATION, FRAGMENT):
            kind, size = self.quote[at:at + 2]
            at += 8 * (1 + size)
        self.ports = struct.unpack('!HH', self.quote[at:at + 4])
        self.payload = self.quote[at + 8:]

    def shown(self):
        return 'type %d, code %d, ports %s, %ssound, payload %r' % (
            self.type, self.code, self.ports, '' if self.sound else 'un',
            self.payload)


class Errors(Wire):
    """The ICMP errors on a host's wire."""

    def __init__(self, host):
        super().__init__(host)
        self.frames = []

    def error(self, *wanted):
        """The next ICMP error; of type and code, if they are given."""
        while True:
            frame, sent = self.next()
            self.frames.append(frame)
            if frame[12:14] == b'\x08\0' and frame[23] == 1:
                kind = frame[14 + 4 * (frame[14] & 15)]
                if kind not in (3, 4, 5, 11, 12):
                    continue
            elif frame[12:14] == b'\x86\xdd' and frame[20] == 58:
                kind = frame[54]
                if kind >= 128 and kind != REDIRECT6:
                    continue
            else:
                continue
            error = Error(frame)
            if not wanted or wanted == (error.type, error.code):
                return error

    def bare(self):
        return any(b'media' in frame for frame in self.frames)


def expect(tap, wire, name, kind, ports=(6000, 5000)):
    """An error is on the wire, is right, and quotes no media."""
    error = wire.error(*kind)
    tap.ok(error.ports == ports and error.sound,
           name + ': the error is right', error.shown())
    tap.ok(not error.payload and not wire.bare(),
           name + ': it quotes no media', error.shown())
    return error


class Media:
    """A session of a's, and packets for it from b."""

    def __init__(self, a, b, here, there, words=None):
        self.a, self.here = a, here
        master = key(CM)
        self.id = a.session(*(words or flow(here, there)),
                            send=(CM, master), recv=(CM, master))
        self.peer = Peer(CM, master)
        self.seq = 0
        self.socket = b.socket(there, 6000)
        self.socket.connect((here, 5000))

    def packet(self, payload=MEDIA):
        self.seq += 1
        return self.peer.protect(rtp(self.seq, payload))

    def send(self, payload=MEDIA):
        self.socket.send(self.packet(payload))

    def told(self):
        """What the kernel tells the sender."""
        try:
            self.socket.recv(2000)
        except OSError as error:
            return error.errno

    def close(self):
        self.a.ksrtp('session', 'del', 'id', self.id)
        self.socket.close()
        self.peer.close()


def turned_away(tap, a, b, here, there, kind, name):
    """What nobody takes: the wire and the peer hear of it."""
    media, wire = Media(a, b, here, there), Errors(b)
    media.send()
    expect(tap, wire, name, kind)
    tap.equal(media.told(), errno.ECONNREFUSED, name + ': the peer is told')
    return media, wire


def closed(tap):
    a, b = pair()
    all_errors(a)
    for here, there, kind in ((A4, B4, (3, 3)), (A6, B6, (1, 4))):
        name = 'IPv%d, port closed' % (6 if ':' in here else 4)
        media, wire = turned_away(tap, a, b, here, there, kind, name)
        media.send(b'')
        expect(tap, wire, name + ', no payload', kind)
        wire.close()

        wire = Errors(b)
        other = b.socket(there, 7000)
        other.connect((here, 7001))
        other.send(rtp(1, MEDIA))
        error = wire.error(*kind)
        tap.ok(error.sound and error.payload == rtp(1, MEDIA),
               name + ': that of another flow is quoted whole', error.shown())
        other.close()
        wire.close()
        media.close()

        wire = Errors(b)
        b.ip('addr', 'add', there + '3/' + ('64' if ':' in here else '24'),
             'dev', 'wire', *(['nodad'] if ':' in here else []))
        local = flow(here, there)[1]
        media = Media(a, b, here, there + '3', (
            'local', local, 'remote', 'any', 'rtcp-mux'))
        media.send()
        expect(tap, wire, name + ', any remote', kind)
        wire.close()
        media.close()


def options(tap):
    """Options that are found to be bad once the packet is unprotected."""
    a, b = pair()
    all_errors(a)
    with b.enter():
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW,
                            socket.IPPROTO_RAW)
    media, wire = Media(a, b, A4, B4), Errors(b)
    # Record Route, which is too short to be one
    raw.sendto(ipv4(B4, A4, 17, udp(6000, 5000, media.packet()),
                    b'\x07\x02\0\0'), (A4, 0))
    error = expect(tap, wire, 'IPv4, bad option', (12, 0))
    tap.equal(error.rest[0], 21, 'IPv4, bad option: it tells where')
    raw.close()
    wire.close()
    media.close()

    media, wire = Media(a, b, A6, B6), Errors(b)
    media.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_DSTOPTS,
                            b'\0\0\xbe\x04abcd')
    media.send()
    error = expect(tap, wire, 'IPv6, unknown option', (4, 2))
    tap.equal(error.rest, struct.pack('!I', 42),
              'IPv6, unknown option: it tells where')
    wire.close()
    media.close()


def hops(tap):
    a, b, c = behind_gateway()
    all_errors(a)
    for inside, there, kind, level, option in (
            (C4, B4, (11, 0), socket.IPPROTO_IP, socket.IP_TTL),
            (C6, B6, (3, 0), socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS)):
        media, wire = Media(a, b, inside, there), Errors(b)
        media.socket.setsockopt(level, option, 1)
        media.send()
        expect(tap, wire, 'IPv%d, no hops left' % (6 if ':' in there else 4),
               kind)
        wire.close()
        media.close()


def too_big(tap):
    a, b, c = behind_gateway()
    all_errors(a)
    a.ip('link', 'set', 'inside', 'mtu', '1280')
    for inside, there, kind, level, option in (
            (C4, B4, (3, 4), socket.IPPROTO_IP, IP_MTU_DISCOVER),
            (C6, B6, (2, 0), socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER)):
        name = 'IPv%d, too big' % (6 if ':' in there else 4)
        media, wire = Media(a, b, inside, there), Errors(b)
        media.socket.setsockopt(level, option, ALWAYS)
        media.send((MEDIA * 6)[:1300])
        error = expect(tap, wire, name, kind)
        tap.equal(error.rest[2:], struct.pack('!H', 1280),
                  name + ': it tells the size')
        tap.equal(media.told(), errno.EMSGSIZE, name + ': the peer is told')
        tap.ok('mtu 1280' in b.ip('route', 'get', inside).stdout,
               name + ': the peer keeps to it')
        wire.close()
        media.close()


def routes(tap):
    a, b, c = behind_gateway()
    all_errors(a)
    for dest, there, kind in ((UNREACHABLE4, B4, (3, 1)),
                              (UNREACHABLE6, B6, (1, 0))):
        a.ip('route', 'add', 'unreachable', dest)
        media, wire = Media(a, b, dest, there), Errors(b)
        media.send()
        expect(tap, wire, 'IPv%d, no route' % (6 if ':' in there else 4), kind)
        wire.close()
        media.close()
    for dest, via, there, redirect, lost in (
            (NOBODY4, A4, B4, (5, 1), (3, 1)),
            (NOBODY6, A6, B6, (REDIRECT6, 0), (1, 3))):
        name = 'IPv%d, ' % (6 if ':' in there else 4)
        b.ip('route', 'add', dest, 'via', via)
        media, wire = Media(a, b, dest, there), Errors(b)
        media.send()
        error = expect(tap, wire, name + 'redirect', redirect)
        if ':' not in there:
            tap.equal(error.rest, socket.inet_aton(NOBODY4),
                      name + 'redirect: it tells where to')
        expect(tap, wire, name + 'no neighbour', lost)
        wire.close()
        media.close()


REJECT = '''
table inet filter {
    chain forward {
        type filter hook forward priority filter;
        udp dport 5000 counter reject
    }
}
'''
DNAT = '''
table ip nat {
    chain pre {
        type nat hook prerouting priority dstnat;
        udp dport 5000 dnat to %s:7000
    }
}
''' % C4


def firewall(tap):
    a, b, c = behind_gateway()
    all_errors(a)
    a.run('nft', '-f', '-', input=REJECT)
    for inside, there, kind in ((C4, B4, (3, 3)), (C6, B6, (1, 4))):
        name = 'IPv%d, rejected' % (6 if ':' in there else 4)
        for one in turned_away(tap, a, b, inside, there, kind, name):
            one.close()


def nat(tap):
    a, b, c = behind_gateway()
    all_errors(a, c)
    a.run('nft', '-f', '-', input=DNAT)
    media, wire = Media(a, b, A4, B4), Errors(b)
    media.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 1)
    media.send()
    expect(tap, wire, 'NAT, no hops left', (11, 0))
    media.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 64)
    media.send()
    error = expect(tap, wire, 'NAT, port closed inside', (3, 3))
    tap.equal(socket.inet_ntoa(error.quote[16:20]), A4,
              'NAT, port closed inside: the address is the outer one')
    tap.equal(media.told(), errno.ECONNREFUSED,
              'NAT, port closed inside: the peer is told')
    wire.close()
    media.close()


def bridge(tap):
    a, b, c = behind_bridge()
    all_errors(c)
    for here, there, kind in ((A4, B4, (3, 3)), (A6, B6, (1, 4))):
        name = 'IPv%d, bridged' % (6 if ':' in here else 4)
        for one in turned_away(tap, a, b, here, there, kind, name):
            one.close()


def forwarded(tap):
    """Errors of hosts inside, which may look as ours never do."""
    a, b, c = behind_gateway()
    # as ports of sessions that those inside do not know
    a.session('local', 'any:5000', 'remote', 'any', 'rtcp-mux',
              send=(CM, key(CM)), recv=(CM, key(CM)))
    wire = Errors(b)
    with c.enter():
        raw4 = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
        raw6 = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58)

    def icmp(kind, code, rest, payload, wrong=0):
        message = struct.pack('!BBH4s', kind, code, 0, rest) + payload
        return message[:2] + struct.pack(
            '!H', (~total(message) & 0xffff) ^ wrong) + message[4:]

    media = udp(6000, 5000, rtp(1, MEDIA), 0x1234)
    quote4 = ipv4(B4, C4, 17, media)
    labels = b'\x20\0\0\0' + b'\0\x08\x01\x01' + b'\0\x01\x01\xff'

    raw4.sendto(icmp(3, 3, b'\0\x20\0\0', quote4[:128] + labels), (B4, 0))
    error = expect(tap, wire, 'IPv4, with extensions', (3, 3))
    tap.equal(error.rest, bytes(4), 'IPv4, with extensions: they are gone')
    tap.equal(error.quote, quote4[:26] + bytes(2),
              'what is left tells nothing of the sum of the media')
    raw4.sendto(icmp(3, 3, bytes(4), quote4[:28]), (B4, 0))
    error = expect(tap, wire, 'IPv4, short as it is', (3, 3))
    tap.equal(error.quote, quote4[:26] + bytes(2),
              'IPv4, short as it is: nor does this')
    raw4.sendto(icmp(3, 3, bytes(4), quote4, 0x40), (B4, 0))
    tap.ok(not wire.error(3, 3).sound, 'a checksum that is wrong stays so')
    mine = ipv4(C4, B4, 17, udp(5000, 6000, rtp(1, MEDIA)))
    raw4.sendto(icmp(3, 3, bytes(4), mine), (B4, 0))
    expect(tap, wire, 'IPv4, of what went out', (3, 3), (5000, 6000))
    # a part of a datagram, and after it what passes
    raw4.sendto(icmp(11, 1, bytes(4), ipv4(B4, C4, 17, MEDIA, fragment=9)),
                (B4, 0))
    other4 = ipv4(B4, C4, 17, udp(7000, 7001, b'other'))
    raw4.sendto(icmp(12, 0, bytes(4), other4), (B4, 0))
    error = wire.error()
    tap.ok((error.type, error.payload) == (12, b'other') and not wire.bare(),
           'IPv4, a later fragment is not quoted at all', error.shown())

    quote6 = ipv6(B6, C6, DESTINATION, b'\x11\0\x01\x04\0\0\0\0' + media)
    raw6.sendto(icmp(1, 4, b'\x11\0\0\0', quote6[:136] + labels), (B6, 0))
    error = expect(tap, wire, 'IPv6, with extensions', (1, 4))
    tap.equal(error.rest, bytes(4), 'IPv6, with extensions: they are gone')
    tap.equal(error.quote, quote6[:54] + bytes(2),
              'IPv6, with extensions: headers are left')
    part = ipv6(B6, C6, FRAGMENT, b'\x11\0\0\x49\0\0\0\x01' + MEDIA)
    raw6.sendto(icmp(2, 0, struct.pack('!I', 1280), part), (B6, 0))
    raw6.sendto(icmp(4, 0, bytes(4), ipv6(B6, C6, 17, udp(
        7000, 7001, b'other'))), (B6, 0))
    error = wire.error()
    tap.ok((error.type, error.payload) == (4, b'other') and not wire.bare(),
           'IPv6, a later fragment is not quoted at all', error.shown())
    part = ipv6(B6, C6, FRAGMENT, b'\x06\0\0\x49\0\0\0\x01' + b'not UDP' * 9)
    raw6.sendto(icmp(2, 0, struct.pack('!I', 1280), part), (B6, 0))
    error = wire.error(2, 0)
    tap.equal(error.quote, part, 'IPv6, one of TCP is')
    part = ipv4(B4, C4, 6, b'not UDP' * 9, fragment=9)
    raw4.sendto(icmp(11, 1, bytes(4), part), (B4, 0))
    error = wire.error(11, 1)
    tap.equal(error.quote, part, 'IPv4, one of TCP is')
    a.ksrtp('session', 'flush')

    a.ksrtp('require', 'add', 'port', '5000')
    raw4.sendto(icmp(3, 3, bytes(4), quote4), (B4, 0))
    expect(tap, wire, 'IPv4, a rule', (3, 3))
    raw4.close()
    raw6.close()
    wire.close()


main(closed, options, hops, too_big, routes, firewall, nat, bridge, forwarded)
