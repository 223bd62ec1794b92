#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""VLANs, VRFs and bridges between us and the wire, and what else may look at
packets there: programs of XDP, classifiers, IPsec."""

import os
import select
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
import xdp

SO_BINDTODEVICE, PACKET_OUTGOING = 25, 4


def vlan(tap):
    a, b = pair()
    for host, address in ((a, '10.7.0.1'), (b, '10.7.0.2')):
        host.ip('link', 'add', 'link', 'wire', 'name', 'vlan7', 'type', 'vlan',
                'id', '7')
        host.ip('addr', 'add', address + '/24', 'dev', 'vlan7')
        host.ip('link', 'set', 'vlan7', 'up')
    master = key(GCM)
    a.session(*flow('10.7.0.1', '10.7.0.2'), 'dev', 'vlan7',
              send=(GCM, master), recv=(GCM, master))
    peer = Peer(GCM, master)
    app, wire = a.socket('10.7.0.1', 5000), b.socket('10.7.0.2', 6000)
    plain = rtp(1, os.urandom(160))
    app.sendto(plain, ('10.7.0.2', 6000))
    tap.equal(peer.unprotect(wire.recv(2000)), plain, 'VLAN: sent')
    wire.sendto(peer.protect(plain), ('10.7.0.1', 5000))
    tap.equal(app.recv(2000), plain, 'VLAN: received')
    peer.close()


def vrf_both_ways(tap, a, b, where, here, there, suite):
    """An application in the VRF called red, on a, and a peer on b."""
    v6 = ':' in here
    name = '%s, IPv%d: ' % (where, 6 if v6 else 4)
    master = key(suite)
    number = a.session(*flow(here, there), send=(suite, master),
                       recv=(suite, master))
    peer = Peer(suite, master)
    with a.enter():
        app = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET,
                            socket.SOCK_DGRAM)
    app.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, b'red\0')
    app.bind((here, 5000))
    app.settimeout(20)
    wire = b.socket(there, 6000)
    plain = rtp(1, os.urandom(160))
    app.sendto(plain, (there, 6000))
    tap.equal(peer.unprotect(wire.recv(2000)), plain, name + 'sent')
    wire.sendto(peer.protect(plain), (here, 5000))
    tap.equal(app.recv(2000), plain, name + 'received')
    tap.equal([k for d in ('send', 'recv') for k in a.stats(d, number)
               if k.startswith('drop')], [], name + 'seen once each')
    a.ksrtp('session', 'del', 'id', number)
    app.close()
    wire.close()
    peer.close()


def make_vrf(host):
    """The VRF called red; the reason why not, if this kernel has none."""
    made = host.ip('link', 'add', 'red', 'type', 'vrf', 'table', '77',
                   check=False)
    if not made.returncode:
        host.ip('link', 'set', 'red', 'up')
    return made.stderr.strip()


def put_in_vrf(host):
    host.ip('link', 'set', 'wire', 'master', 'red')
    # enslaving a device takes its IPv6 addresses away
    host.ip('addr', 'replace', A6 + '/64', 'dev', 'wire', 'nodad')


def vrf(tap):
    a, b = pair()
    why = make_vrf(a)
    if why:
        tap.skip('VRF', why)
        return
    put_in_vrf(a)
    for here, there in ((A4, B4), (A6, B6)):
        vrf_both_ways(tap, a, b, 'VRF', here, there, CM)


def bridge(tap):
    """A bridge that hands its packets to netfilter protects as a router."""
    if run('modprobe', 'br_netfilter', check=False).returncode:
        tap.skip('bridge', 'no br_netfilter')
        return
    a, b, c = behind_bridge()
    for here, there, suite in ((A4, B4, CM), (A6, B6, GCM)):
        name = 'bridge, IPv%d: ' % (6 if ':' in here else 4)
        master = key(suite)
        a.session(*flow(here, there), send=(suite, master),
                  recv=(suite, master))
        peer = Peer(suite, master)
        app, wire = c.socket(here, 5000), b.socket(there, 6000)
        plain = rtp(1, os.urandom(160))
        app.sendto(plain, (there, 6000))
        tap.equal(peer.unprotect(wire.recv(2000)), plain, name + 'protected')
        wire.sendto(peer.protect(plain), (here, 5000))
        tap.equal(app.recv(2000), plain, name + 'unprotected')
        segments = [rtp(10 + n, os.urandom(88)) for n in range(8)]
        app.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 100)
        app.sendto(b''.join(segments), (there, 6000))
        got = [peer.unprotect(wire.recv(2000)) for s in segments]
        tap.equal(got, segments, name + 'a super-packet')
        a.ksrtp('session', 'flush')
        peer.close()


def bridge_in_vrf(tap):
    """Shown three times: by the bridge, for it, and for its VRF."""
    a, b = Host('a'), Host('b')
    if run('modprobe', 'br_netfilter', check=False).returncode or make_vrf(a):
        tap.skip('bridge in a VRF', 'no br_netfilter, or no VRF')
        return
    a.ip('link', 'add', 'br0', 'type', 'bridge', 'forward_delay', '0')
    link(a, 'port', (), b, 'wire', (B4 + '/24', B6 + '/64'))
    a.ip('link', 'set', 'port', 'master', 'br0')
    a.ip('link', 'set', 'br0', 'master', 'red')
    a.ip('link', 'set', 'br0', 'up')
    a.ip('addr', 'add', A4 + '/24', 'dev', 'br0')
    a.ip('addr', 'add', A6 + '/64', 'dev', 'br0', 'nodad')
    a.run('sysctl', '-qw', 'net.bridge.bridge-nf-call-iptables=1',
          'net.bridge.bridge-nf-call-ip6tables=1')
    for here, there, suite in ((A4, B4, CM), (A6, B6, GCM)):
        vrf_both_ways(tap, a, b, 'bridge in a VRF', here, there, suite)


def both_ways(tap, call, name):
    plain = rtp(both_ways.seq, os.urandom(160))
    both_ways.seq += 1
    tap.equal(call.peer.unprotect(call.out(plain)), plain, name + ': sent')
    tap.equal(call.through(call.peer.protect(plain)), plain,
              name + ': received')


both_ways.seq = 1


def programs(tap):
    a, b = pair()
    call = Call(a, b, GCM)
    try:
        program = xdp.load()
    except OSError as error:
        tap.skip('XDP', error)
    else:
        xdp.attach(a, 'wire', program)
        tap.ok('xdpgeneric' in a.ip('link', 'show', 'wire').stdout,
               'a program of XDP is there')
        both_ways(tap, call, 'XDP')
        xdp.attach(a, 'wire', -1)
        os.close(program)
    rules = [['qdisc', 'add', 'dev', 'wire', 'clsact']] + [
        ['filter', 'add', 'dev', 'wire', way, 'matchall', 'action', 'pass']
        for way in ('ingress', 'egress')]
    made = [a.run('tc', *rule, check=False) for rule in rules]
    if any(one.returncode for one in made):
        tap.skip('classifiers', 'this kernel has none')
    else:
        both_ways(tap, call, 'classifiers')
    call.close()


AH, ESP = 'ah', 'esp'
KEYS = {AH: ('auth', 'hmac(sha1)', '0x' + '02' * 20),
        ESP: ('enc', 'cbc(aes)', '0x' + '01' * 16,
              'auth', 'hmac(sha1)', '0x' + '02' * 20)}
PROTOCOLS = {AH: 51, ESP: 50}


def ipsec_between(a, b, v6, proto, mode):
    """Have both hosts use IPsec; the reason why not, if this kernel cannot."""
    first, second = (A6, B6) if v6 else (A4, B4)
    for host, here, there in ((a, first, second), (b, second, first)):
        for n, (src, dst) in enumerate(((first, second), (second, first)), 1):
            made = host.ip('xfrm', 'state', 'add', 'src', src, 'dst', dst,
                           'proto', proto, 'spi', str(n), 'reqid', str(n),
                           'mode', mode, *KEYS[proto], check=False)
            if made.returncode:
                return made.stderr.strip()
        for way, src, dst in (('out', here, there), ('in', there, here)):
            host.ip('xfrm', 'policy', 'add', 'src', src, 'dst', dst, 'proto',
                    'udp', 'dir', way, 'tmpl', 'src', src, 'dst', dst, 'proto',
                    proto, 'reqid', '1' if src == first else '2', 'mode', mode)
    return ''


class Protocols:
    """Which of UDP and IPsec a host has put on its wire."""

    def __init__(self, host):
        with host.enter():
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                      socket.htons(3))
        self.sock.bind(('wire', 0))
        self.sock.setblocking(False)

    def seen(self):
        numbers = set()
        while select.select([self.sock], [], [], 0)[0]:
            frame, address = self.sock.recvfrom(2000)
            if address[2] == PACKET_OUTGOING:
                numbers.add(frame[23 if frame[12:14] == b'\x08\0' else 20])
        return numbers & {17, *PROTOCOLS.values()}

    def close(self):
        self.sock.close()


def each_ipsec(tap, a, b):
    """Have both hosts use each kind of IPsec that this kernel can, in turn."""
    for v6 in (False, True):
        for proto in (ESP, AH):
            for mode in ('transport', 'tunnel'):
                name = '%s, %s mode, IPv%d' % (proto.upper(), mode,
                                               6 if v6 else 4)
                why = ipsec_between(a, b, v6, proto, mode)
                if why:
                    tap.skip(name, why)
                else:
                    wire = Protocols(a)
                    yield v6, name
                    tap.equal(wire.seen(), {PROTOCOLS[proto]},
                              name + ': it is on the wire')
                    wire.close()
                for host in (a, b):
                    host.ip('xfrm', 'policy', 'flush')
                    host.ip('xfrm', 'state', 'flush')


def ipsec(tap):
    """SRTP within IPsec, both ways."""
    a, b = pair()
    for v6, name in each_ipsec(tap, a, b):
        call = Call(a, b, v6=v6)
        both_ways(tap, call, name)
        tap.equal(call.refused([rtp(both_ways.seq, b'plain')]), [],
                  name + ': plain RTP is refused')
        tap.equal([k for k in a.stats('send') if k.startswith('drop')], [],
                  name + ': each packet is seen once')
        call.close()


def ipsec_in_vrf(tap):
    """What is within IPsec is shown by the VRF, and by nobody else."""
    a, b = pair()
    why = make_vrf(a)
    if why:
        tap.skip('IPsec in a VRF', why)
        return
    put_in_vrf(a)
    for v6, name in each_ipsec(tap, a, b):
        here, there = (A6, B6) if v6 else (A4, B4)
        vrf_both_ways(tap, a, b, name + ', VRF', here, there, CM)


def traced(tap):
    """Drops show in the kernel's own tracing."""
    if not Traced.available():
        tap.skip('tracepoint', 'no tracefs')
        return
    a, b = pair()
    call = Call(a, b)
    with Traced('ksrtp/ksrtp_drop', 'skb/kfree_skb') as trace:
        call.refused([rtp(1, os.urandom(100))])
    text = '\n'.join(trace.lines)
    mine = [line for line in trace.lines if 'ksrtp_drop:' in line]
    tap.ok(len(mine) == 1 and 'session=%d direction=recv' % call.id in mine[0],
           'tracepoint ksrtp_drop', text)
    tap.ok([line for line in trace.lines if 'kfree_skb:' in line and
            'NETFILTER_DROP' in line], 'reason of kfree_skb', text)
    call.close()


main(vlan, vrf, bridge, bridge_in_vrf, programs, ipsec, ipsec_in_vrf, traced)
