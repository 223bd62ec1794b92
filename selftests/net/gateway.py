#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Forwarded traffic, firewalls and NAT: inside RTP, on the wire SRTP."""

import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *

def forwarding(tap):
    a, b, c = behind_gateway()
    for inside, there, suite in ((C4, B4, CM), (C6, B6, GCM)):
        name = 'gateway, IPv%d: ' % (6 if ':' in inside else 4)
        master = key(suite)
        number = a.session(*flow(inside, there), 'dev', 'wire',
                           send=(suite, master), recv=(suite, master))
        peer = Peer(suite, master)
        app, wire = c.socket(inside, 5000), b.socket(there, 6000)
        plain = rtp(1, os.urandom(300))
        app.sendto(plain, (there, 6000))
        tap.equal(peer.unprotect(wire.recv(2000)), plain,
                  name + 'what leaves is protected')
        wire.sendto(peer.protect(plain), (inside, 5000))
        tap.equal(app.recv(2000), plain, name + 'what comes in is not')
        large = rtp(2, os.urandom(4000))
        app.sendto(large, (there, 6000))
        tap.equal(peer.unprotect(wire.recv(9000)), large,
                  name + 'fragments are forwarded')
        wire.sendto(peer.protect(large), (inside, 5000))
        tap.equal(app.recv(9000), large, name + 'fragments come in')
        wire.sendto(rtp(3, bytes(160)), (inside, 5000))
        wire.sendto(MARKER, (inside, 5000))
        tap.equal(app.recv(9000), MARKER, name + 'plaintext does not')

        if ':' not in inside:
            most = rtp(4, bytes(1472 - 12))
            app.setsockopt(socket.IPPROTO_IP, 10, 2)
            app.sendto(most, (there, 6000))
            time.sleep(0.5)
            try:
                app.sendto(most, (there, 6000))
                error = 0
            except OSError as e:
                error = e.errno
            shown = c.ip('route', 'get', there).stdout
            tap.ok(error and 'mtu 1490' in shown,
                   name + 'the sender learns what protection leaves of the MTU',
                   shown)
        a.ksrtp('session', 'del', 'id', number)
        peer.close()


NAT = '''
table ip nat {
    chain post {
        type nat hook postrouting priority srcnat;
        oif "wire" masquerade
    }
}
table inet filter {
    chain in {
        type filter hook forward priority filter; policy drop;
        ct state established,related counter accept
        iif "inside" udp dport 6000 @th,64,8 0x80 counter accept
    }
}
'''


def nat(tap):
    a, b, c = behind_gateway()
    a.run('nft', '-f', '-', input=NAT)
    master = key(CM)
    a.session('local', A4, 'remote', B4 + ':6000', 'rtcp-mux', 'dev', 'wire',
              send=(CM, master), recv=(CM, master))
    peer = Peer(CM, master)
    app, wire = c.socket(C4, 5000), b.socket(B4, 6000)
    plain = rtp(1, os.urandom(200))
    app.sendto(plain, (B4, 6000))
    packet, source = wire.recvfrom(2000)
    tap.equal((peer.unprotect(packet), source[0]), (plain, A4),
              'NAT: protected behind the address that the wire sees')
    wire.sendto(peer.protect(plain), source)
    tap.equal(app.recv(2000), plain,
              'NAT: an answer is unprotected before conntrack sees it')
    shown = a.run('nft', 'list', 'chain', 'inet', 'filter', 'in').stdout
    tap.ok(shown.count('packets 1') == 2,
           'firewall rules see plain RTP, conntrack one connection', shown)

    # a super-packet, on a connection that conntrack has not confirmed
    app, wire2 = c.socket(C4, 5002), wire
    segments = [rtp(n, os.urandom(88), ssrc=7) for n in range(8)]
    app.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 100)
    app.sendto(b''.join(segments), (B4, 6000))
    got = []
    for n in range(8):
        packet, source = wire2.recvfrom(2000)
        got.append(packet)
    tap.equal([len(p) for p in got], [110] * 8, 'NAT: segments leave one by one')
    wire2.sendto(peer.protect(rtp(99)), source)
    tap.equal(app.recv(2000), rtp(99),
              'NAT: a connection begun by a super-packet is answered')
    peer.close()


main(forwarding, nat)
