#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Packets for many, which may be shown to us once for this host and once for the
wire."""

import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *

GROUP4, GROUP6 = '239.9.9.9', 'ff15::9'


def join(host, group, address):
    """A socket of a host that hears a group on its wire."""
    if ':' not in group:
        sock = host.socket('', 6000)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                        socket.inet_aton(group) + socket.inet_aton(address))
        return sock
    sock = host.socket('::', 6000)
    with host.enter():
        index = socket.if_nametoindex('wire')
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                    socket.inet_pton(socket.AF_INET6, group) +
                    struct.pack('=i', index))
    return sock


def sender(host, address, device='wire'):
    """A socket of a host whose multicast leaves by a device."""
    sock = host.socket(address, 5000)
    if ':' in address:
        with host.enter():
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF,
                            socket.if_nametoindex(device))
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 5)
    else:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
                        socket.inet_aton(address))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 5)
    return sock


def both(tap):
    """The sender's own host and the wire get the same SRTP."""
    a, b = pair()
    for v6, group, here, there in ((False, GROUP4, A4, B4),
                                   (True, GROUP6, A6, B6)):
        for suite in (CM, GCM):
            name = '%s, IPv%d: ' % (suite, 6 if v6 else 4)
            master = key(suite)
            number = a.session(*flow(here, group), send=(suite, master))
            app = sender(a, here)
            receiver, own = join(b, group, there), join(a, group, here)
            peer = Peer(suite, master)
            plain = rtp(1, b'to all')
            app.sendto(plain, (group, 6000))
            wire = receiver.recv(2000)
            tap.equal(peer.unprotect(wire), plain, name + 'the wire gets SRTP')
            tap.equal(own.recv(2000), wire,
                      name + 'and so does the sender\'s own host')
            # all of one super-packet come before any comes again
            plain = [rtp(n, os.urandom(88)) for n in range(2, 62)]
            app.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 100)
            app.sendto(b''.join(plain), (group, 6000))
            wire = [receiver.recv(2000) for p in plain]
            tap.equal([peer.unprotect(p) for p in wire], plain,
                      name + 'the wire gets a whole super-packet')
            tap.equal([own.recv(2000) for p in plain], wire,
                      name + 'and so does the sender\'s own host')
            tap.equal([k for k in a.stats('send', number)
                       if k.startswith('drop')], [], name + 'nothing is dropped')
            a.ksrtp('session', 'del', 'id', number)
            for sock in (app, receiver, own):
                sock.close()
            peer.close()


class Router:
    """Has a host send multicast on, from one of its devices to others."""

    INIT, ADD_DEVICE, ADD_ROUTE = 200, 202, 204
    BY_INDEX = 8

    def __init__(self, host, v6, devices):
        self.v6 = v6
        self.level = socket.IPPROTO_IPV6 if v6 else socket.IPPROTO_IP
        with host.enter():
            self.sock = socket.socket(
                socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_RAW,
                58 if v6 else socket.IPPROTO_IGMP)
            indexes = [socket.if_nametoindex(name) for name in devices]
        self.set(self.INIT, struct.pack('=i', 1))
        for n, index in enumerate(indexes):
            self.set(self.ADD_DEVICE,
                     struct.pack('=HBBHxxI', n, 0, 1, index, 0) if v6 else
                     struct.pack('=HBBIi4x', n, self.BY_INDEX, 1, 0, index))

    def set(self, option, data):
        self.sock.setsockopt(self.level, option, data)

    def route(self, source, group, others):
        """From the first device to so many others."""
        if self.v6:
            ends = [struct.pack('=HHI16sI', socket.AF_INET6, 0, 0,
                                socket.inet_pton(socket.AF_INET6, one), 0)
                    for one in (source, group)]
            self.set(self.ADD_ROUTE, b''.join(ends) + struct.pack(
                '=HxxI28x', 0, sum(2 << n for n in range(others))))
        else:
            self.set(self.ADD_ROUTE, socket.inet_aton(source) +
                     socket.inet_aton(group) + struct.pack(
                         '=H32s2x16x', 0, bytes([0] + [1] * others)))

    def close(self):
        self.sock.close()


def routed(tap):
    """All wires that it is for get the same SRTP."""
    a, b, c = behind_gateway()
    d = Host('d')
    link(a, 'second', ('10.10.0.1/24', 'fd10::1/64'),
         d, 'wire', ('10.10.0.2/24', 'fd10::2/64'))
    for v6, group, source, places in (
            (False, GROUP4, C4, (B4, '10.10.0.2')),
            (True, GROUP6, C6, (B6, 'fd10::2'))):
        name = 'routed, IPv%d: ' % (6 if v6 else 4)
        try:
            router = Router(a, v6, ('inside', 'wire', 'second'))
        except OSError as error:
            tap.skip(name, error)
            continue
        router.route(source, group, 2)
        number = a.session(*flow(source, group), send=(CM, key(CM)))
        app = sender(c, source, 'inside')
        ends = [join(host, group, place) for host, place in zip((b, d), places)]
        peer = Peer(CM, key(CM))
        plain = rtp(1, b'to all')
        app.sendto(plain, (group, 6000))
        got = [end.recv(2000) for end in ends]
        tap.equal((peer.unprotect(got[0]), got[1]), (plain, got[0]),
                  name + 'both wires get the same SRTP')
        a.ksrtp('session', 'del', 'id', number)
        for one in (app, *ends, peer, router):
            one.close()


def refusals(tap):
    """Only the very same packet may come again."""
    a, b = pair()
    master = key(CM)
    a.session('local', A4 + ':5000', 'remote', GROUP4 + ':6000',
              send=(CM, master))
    app = sender(a, A4)
    receiver, own = join(b, GROUP4, B4), join(a, GROUP4, A4)
    peer = Peer(CM, master)
    plain = rtp(1, b'to all')
    app.sendto(plain, (GROUP4, 6000))
    wire = receiver.recv(2000)
    tap.equal((peer.unprotect(wire), own.recv(2000)), (plain, wire),
              'a packet is sent, twice')
    app.sendto(rtp(1, b'to ALL'), (GROUP4, 6000))
    app.sendto(MARKER, (GROUP4, 6000))
    tap.equal(receiver.recv(2000), MARKER,
              'another packet under the same index is refused')

    def refused(packet, name):
        app.sendto(packet, (GROUP4, 6000))
        app.sendto(MARKER, (GROUP4, 6000))
        tap.equal(receiver.recv(2000), MARKER, '' + name)

    number = a.json('session', 'show')[0]['id']
    plain = rtp(2, b'extended', extension=b'\x10\xaa\0\0')
    app.sendto(plain, (GROUP4, 6000))
    tap.equal(peer.unprotect(receiver.recv(2000)), plain,
              'with an extension')
    a.ksrtp('session', 'set', 'id', number, 'send', 'cryptex', 'on')
    refused(plain, 'the same, to be protected in another way, is refused')
    a.ksrtp('stream', 'set', 'session', number, 'send', 'ssrc', '0x11223344',
            'roc', 7, 'seq', 2)
    refused(plain, 'and so it is where the index was used elsewhere')
    peer.close()


def broadcast(tap):
    a, b = pair()
    for host in (a, b):
        host.ip('addr', 'replace', (A4 if host is a else B4) + '/24',
                'broadcast', '10.9.0.255', 'dev', 'wire')
    master = key(CM)
    a.session('local', A4 + ':5000', 'remote', '10.9.0.255:6000',
              send=(CM, master))
    app, receiver = a.socket(A4, 5000), b.socket('', 6000)
    app.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    peer = Peer(CM, master)
    for n in (1, 2):
        plain = rtp(n, b'to all')
        app.sendto(plain, ('10.9.0.255', 6000))
        tap.equal(peer.unprotect(receiver.recv(2000)), plain,
                  'broadcast: the wire gets SRTP')
    peer.close()


main(both, routed, refusals, broadcast)
