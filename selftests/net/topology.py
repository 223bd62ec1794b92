#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""VLANs, VRFs and bridges between us and the wire, and what else may look at
packets there: programs of XDP, classifiers, IPsec."""

import itertools
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
import ebpf
from wire import Wire


def vlan(tap):
    a, b = pair()
    for host, address in ((a, '10.7.0.1'), (b, '10.7.0.2')):
        host.ip('link', 'add', 'link', 'wire', 'name', 'vlan7', 'type', 'vlan',
                'id', '7')
        host.ip('addr', 'add', address + '/24', 'dev', 'vlan7')
        host.ip('link', 'set', 'vlan7', 'up')
    call = Call(a, b, GCM, ends=('10.7.0.1', '10.7.0.2'), words=('dev', 'vlan7'))
    call.both_ways(tap, 'VLAN')
    call.close()


def vrf_both_ways(tap, a, b, where, v6, suite):
    """An application in the VRF called red, on a, and a peer on b."""
    name = '%s, IPv%d' % (where, 6 if v6 else 4)
    call = Call(a, b, suite, v6, dev='red')
    call.both_ways(tap, name)
    tap.equal([call.drops('send'), call.drops('recv')], [{}, {}],
              name + ': seen once each')
    call.close()


def make_vrf(host):
    """The VRF called red."""
    made = host.ip('link', 'add', 'red', 'type', 'vrf', 'table', '77',
                   check=False)
    if made.returncode:
        raise Skip(made.stderr.strip())
    host.ip('link', 'set', 'red', 'up')


def put_in_vrf(host):
    host.ip('link', 'set', 'wire', 'master', 'red')
    # enslaving a device takes its IPv6 addresses away
    host.ip('addr', 'replace', A6 + '/64', 'dev', 'wire', 'nodad')


def vrf(tap):
    a, b = pair()
    make_vrf(a)
    put_in_vrf(a)
    for v6 in (False, True):
        vrf_both_ways(tap, a, b, 'VRF', v6, CM)


def bridge(tap):
    """A bridge that hands its packets to netfilter protects as a router."""
    a, b, c = behind_bridge()
    for v6, suite in ((False, CM), (True, GCM)):
        name = 'bridge, IPv%d' % (6 if v6 else 4)
        call = Call(a, b, suite, v6, behind=c)
        call.both_ways(tap, name, 'protected', 'unprotected')
        segments = [rtp(10 + n, os.urandom(88)) for n in range(8)]
        burst(call.app, call.there, segments)
        got = [call.peer.unprotect(call.wire.recv(2000)) for s in segments]
        tap.equal(got, segments, name + ': a super-packet')
        call.close()


def bridge_in_vrf(tap):
    """Shown three times: by the bridge, for it, and for its VRF."""
    a, b = Host('a'), Host('b')
    filter_bridged(a)
    make_vrf(a)
    a.ip('link', 'add', 'br0', 'type', 'bridge', 'forward_delay', '0')
    link(a, 'port', (), b, 'wire', (B4 + '/24', B6 + '/64'))
    a.ip('link', 'set', 'port', 'master', 'br0')
    a.ip('link', 'set', 'br0', 'master', 'red')
    a.ip('link', 'set', 'br0', 'up')
    a.ip('addr', 'add', A4 + '/24', 'dev', 'br0')
    a.ip('addr', 'add', A6 + '/64', 'dev', 'br0', 'nodad')
    for v6, suite in ((False, CM), (True, GCM)):
        vrf_both_ways(tap, a, b, 'bridge in a VRF', v6, suite)


def programs(tap):
    a, b = pair()
    call = Call(a, b, GCM)
    try:
        program = ebpf.load_pass()
    except OSError as error:
        tap.skip('XDP', error)
    else:
        ebpf.attach_xdp(a, 'wire', program)
        tap.ok('xdpgeneric' in a.ip('link', 'show', 'wire').stdout,
               'a program of XDP is there')
        call.both_ways(tap, 'XDP')
        ebpf.attach_xdp(a, 'wire', -1)
        os.close(program)
    rules = [['qdisc', 'add', 'dev', 'wire', 'clsact']] + [
        ['filter', 'add', 'dev', 'wire', way, 'matchall', 'action', 'pass']
        for way in ('ingress', 'egress')]
    made = [a.run('tc', *rule, check=False) for rule in rules]
    if any(one.returncode for one in made):
        tap.skip('classifiers', 'this kernel has none')
    else:
        call.both_ways(tap, 'classifiers')
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


def protocols(wire):
    """Which of UDP and IPsec a host has put on its wire."""
    numbers = {frame[23 if frame[12:14] == b'\x08\0' else 20]
               for frame, sent in wire.rest() if sent}
    return numbers & {17, *PROTOCOLS.values()}


def each_ipsec(tap, a, b):
    """Have both hosts use each kind of IPsec that this kernel can, in turn."""
    for mode, v6, proto in some(list(itertools.product(
            ('transport', 'tunnel'), (False, True), (ESP, AH)))):
        name = '%s, %s mode, IPv%d' % (proto.upper(), mode, 6 if v6 else 4)
        why = ipsec_between(a, b, v6, proto, mode)
        if why:
            tap.skip(name, why)
        else:
            wire = Wire(a)
            yield v6, name
            tap.equal(protocols(wire), {PROTOCOLS[proto]},
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
        call.both_ways(tap, name)
        tap.equal(call.refused([rtp(2, b'plain')]), [],
                  name + ': plain RTP is refused')
        tap.equal(call.drops('send'), {}, name + ': each packet is seen once')
        call.close()


def ipsec_in_vrf(tap):
    """What is within IPsec is shown by the VRF, and by nobody else."""
    a, b = pair()
    make_vrf(a)
    put_in_vrf(a)
    for v6, name in each_ipsec(tap, a, b):
        vrf_both_ways(tap, a, b, name + ', VRF', v6, CM)


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
