#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""IPv6 routing headers: a flow goes by where its packets end, not by where they
go first, and what is within another packet is shown to netfilter on demand."""

import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
from raw import ipv6, total, udp
from wire import Wire

# of hosts a and b, behind their addresses on the wire, which are segments
HERE, THERE = 'fd44::1', 'fd55::2'
# turned on it stays on, for all of the machine
SHOWN = '/proc/sys/net/netfilter/nf_hooks_lwtunnel'


def hosts():
    a, b = pair()
    for host, address in ((a, HERE), (b, THERE)):
        host.ip('addr', 'add', address + '/128', 'dev', 'lo', 'nodad')
        for where in ('all', 'wire'):
            for name in ('seg6_enabled', 'rpl_seg_enabled'):
                try:
                    host.sysctl('net/ipv6/conf/%s/%s' % (where, name), 1)
                except FileNotFoundError:
                    # packets of this kind are skipped, below
                    pass
    return a, b


def steer(a, b, *encap):
    """Send both ways by a route that wraps; the reason why not, if it cannot."""
    for host, segment, to in ((a, B6, THERE), (b, A6, HERE)):
        made = host.ip('-6', 'route', 'replace', to + '/128', 'encap', *encap,
                       'segs', segment, 'dev', 'wire', check=False)
        if made.returncode:
            return made.stderr.strip()
    return ''


def ways(tap, a, b, name):
    call = Call(a, b, ends=(HERE, THERE))
    call.both_ways(tap, name)
    tap.equal(call.refused([rtp(1, os.urandom(160))]), [],
              name + ': plain RTP is refused')
    drops = {way: sum(call.drops(way).values()) for way in ('send', 'recv')}
    tap.equal(drops, {'send': 0, 'recv': 1}, name + ': seen once each')
    call.close()


def inline(tap):
    """The header is put between those of the packet itself."""
    a, b = hosts()
    for name, encap in (('segment routing', ('seg6', 'mode', 'inline')),
                        ('RPL', ('rpl',))):
        why = steer(a, b, *encap)
        if why:
            tap.skip(name, why)
        else:
            ways(tap, a, b, name)


def within(tap):
    """The packet is put into another, and shown before that if so asked."""
    a, b = hosts()
    # which older kernels have it from
    run('modprobe', 'nf_conntrack', check=False)
    if not os.path.exists(SHOWN):
        tap.skip('segment routing, encapsulated', 'no nf_hooks_lwtunnel')
        return
    with open(SHOWN, 'w', encoding='ascii') as file:
        file.write('1')
    for mode in ('encap', 'inline'):
        why = steer(a, b, 'seg6', 'mode', mode)
        if why:
            tap.skip('segment routing', why)
            return
        ways(tap, a, b, 'segment routing shown before, ' + mode)


def header(kind, left, *segments):
    """Of segment routing, the last segment first."""
    addresses = b''.join(socket.inet_pton(socket.AF_INET6, one)
                         for one in segments)
    return bytes([kind, len(addresses) // 8, 4, left, len(segments) - 1, 0, 0,
                  0]) + addresses


def datagram(dest, payload):
    """From the peer, with a checksum that is right at that destination."""
    ends = b''.join(socket.inet_pton(socket.AF_INET6, one)
                    for one in (THERE, dest))
    made = udp(6000, 5000, payload)
    check = ~total(ends + struct.pack('!II', len(made), 17) + made) & 0xffff
    return udp(6000, 5000, payload, check or 0xffff)


UDP, ROUTING = 17, 43


def astray(tap):
    """Who puts a header on somebody else's packets learns nothing, nor is he
    believed."""
    a, b = hosts()
    c = Host('c')
    link(a, 'inside', ('fd08::1/64',), c, 'wire', (C6 + '/64',))
    a.sysctl('net/ipv6/conf/all/forwarding', 1)
    second = 'fd09::11'
    a.ip('addr', 'add', second + '/64', 'dev', 'wire', 'nodad')
    for host, via in ((b, A6), (c, 'fd08::1')):
        host.ip('-6', 'route', 'add', 'default', 'via', via)
    a.ip('-6', 'route', 'add', THERE, 'via', B6)
    master = key(CM)
    a.session(*flow(HERE, THERE), recv=(CM, master))
    peer = Peer(CM, master)
    app = a.socket(HERE, 5000)
    wire = b.socket(THERE, 6000)
    with b.enter():
        raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    tapped = Wire(c)

    def send(dest, *parts):
        raw.sendto(ipv6(THERE, dest, ROUTING, b''.join(parts)), (dest, 0))

    def passed(mark):
        """What c gets up to a datagram with this."""
        wire.sendto(mark, (C6, 7000))
        return b''.join(tapped.until(mark, sent=True))

    secret = rtp(1, b'what only one may hear')
    sealed = peer.protect(secret)
    for name, dest, left, segments in (
            ('another way', C6, 1, (HERE, C6)),
            ('by us', A6, 2, (HERE, C6, A6))):
        send(dest, header(UDP, left, *segments), datagram(HERE, sealed))
        seen = passed(b'mark ' + name.encode())
        tap.ok(secret[12:] not in seen and sealed[12:] in seen,
               'SRTP that is sent %s goes on as SRTP' % name)
    forged = datagram(HERE, rtp(9, b'forged'))
    for name, parts in (
            ('round within us', (header(UDP, 2, HERE, second, A6), forged)),
            ('by two headers', (header(ROUTING, 1, second, A6),
                                header(UDP, 1, HERE, second), forged)),
            ('straight', (header(UDP, 1, HERE, A6), forged))):
        send(A6, *parts)
        wire.sendto(MARKER, (HERE, 5000))
        tap.equal(app.recv(2000), MARKER,
                  'plain RTP that is sent %s is refused' % name)
    send(A6, header(UDP, 1, HERE, A6), datagram(HERE, sealed))
    tap.equal(app.recv(2000), secret, 'SRTP that is sent straight is taken')
    for one in (app, wire, raw, tapped, peer):
        one.close()


main(inline, astray, within)
