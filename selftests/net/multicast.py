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


def sender(host, v6):
    sock = host.socket(A6 if v6 else A4, 5000)
    if v6:
        with host.enter():
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF,
                            socket.if_nametoindex('wire'))
    else:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
                        socket.inet_aton(A4))
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
            app = sender(a, v6)
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


def refusals(tap):
    """Only the very same packet may come again."""
    a, b = pair()
    master = key(CM)
    a.session('local', A4 + ':5000', 'remote', GROUP4 + ':6000',
              send=(CM, master))
    app = sender(a, False)
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


main(both, refusals, broadcast)
