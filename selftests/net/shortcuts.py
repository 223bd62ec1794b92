#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Packets that a rule of traffic control, or a program of eBPF, takes from one device to
another: they pass no hook of IP. What then holds of ksrtp, and that the doctor tells."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
import ebpf
from ksrtp_test import *


def told(host):
    """What the doctor has to say: [(level, finding)]."""
    done = host.ksrtp('-j', 'doctor', check=False)
    return [(one['level'], one['finding']) for one in json.loads(done.stdout)
            if one['check'] == 'shortcuts' and one['level'] != 'ok']


def address(host, device):
    return json.loads(host.ip('-j', 'link', 'show', 'dev', device).stdout)[
        0]['address']


def redirect(host, device, to):
    """Whether this kernel can take packets of IPv4 from one device to another."""
    host.run('tc', 'qdisc', 'add', 'dev', device, 'clsact', check=False)
    return host.run('tc', 'filter', 'add', 'dev', device, 'ingress', 'protocol', 'ip',
                    'matchall', 'action', 'mirred', 'egress', 'redirect', 'dev', to,
                    check=False).returncode == 0


def media(tap):
    a, b, c = behind_gateway()
    # frames reach who is to get them without anybody routing them
    b.ip('link', 'set', 'wire', 'address', address(a, 'inside'))
    c.ip('link', 'set', 'inside', 'address', address(a, 'wire'))
    app, wire = c.socket(C4, 5000), b.socket(B4, 6000)
    other = b.socket(B4, 6500)
    peer = Peer(CM, key(CM))

    def out(packet):
        app.sendto(packet, (B4, 6000))
        return wire.recv(2000)

    def into(packet):
        """What c gets of a packet without a session, and one that all let pass."""
        other.sendto(packet, (C4, 5000))
        other.sendto(stun, (C4, 5000))
        got = [app.recv(2000)]
        if got[0] != stun:
            got.append(app.recv(2000))
        return got[:-1]

    stun = b'\0\1' + bytes(18)
    a.session(*flow(C4, B4), send=(CM, key(CM)))
    a.ksrtp('require', 'add', 'dev', 'wire', 'port', '5000-6999')
    tap.equal(peer.unprotect(out(rtp(1))), rtp(1), 'routed: what leaves is SRTP')
    tap.equal(into(rtp(1)), [], 'and plain RTP without a session is dropped')
    tap.equal(told(a), [], 'the doctor has nothing to say')

    if not redirect(a, 'inside', 'wire') or not redirect(a, 'wire', 'inside'):
        tap.skip('packets that are redirected', 'this kernel cannot')
        return
    tap.equal(out(rtp(2)), rtp(2), 'redirected: it leaves as it is')
    tap.equal(into(rtp(2)), [rtp(2)], 'plain RTP arrives in spite of the rule')
    found = told(a)
    tap.ok([level for level, _ in found] == ['problem'] * 2,
           'the doctor tells of both', found)
    tap.ok(any('inside: what it receives is redirected to wire' in text
               for _, text in found), 'from where to where', found)

    # the kernel spares what is redirected the hooks of the device where it leaves
    a.ksrtp('attach', 'dev', 'wire')
    a.ksrtp('attach', 'dev', 'inside')
    tap.equal(out(rtp(3)), rtp(3), 'attached devices do not see it, as it leaves')
    tap.equal(into(rtp(3)), [rtp(3)], 'nor as it arrives')
    tap.ok([level for level, _ in told(a)] == ['problem'] * 2,
           'which the doctor knows', told(a))
    for device in 'wire', 'inside':
        a.run('tc', 'qdisc', 'del', 'dev', device, 'clsact')
        a.ksrtp('attach', 'del', 'dev', device)
    tap.equal(told(a), [], 'without redirects, it has nothing to say')
    tap.equal(peer.unprotect(out(rtp(4))), rtp(4), 'and what leaves is SRTP')


def program_of(tap, name, load, *how):
    """A program; or None, and this is told."""
    try:
        return load(*how)
    except OSError as error:
        tap.skip('programs of ' + name, 'this kernel has none: %s' % error)
        return None


def host_routing(tap):
    """Programs that take packets from a pod to its neighbours and back, as Cilium and
    Calico have them."""
    a, b, c = behind_gateway()
    app, wire = c.socket(C4, 5000), b.socket(B4, 6000)
    peer = Peer(CM, key(CM))
    a.session(*flow(C4, B4), send=(CM, key(CM)), recv=(CM, key(CM, 9)))
    a.ksrtp('require', 'add', 'dev', 'wire')
    app.sendto(rtp(1), (B4, 6000))
    tap.equal(peer.unprotect(wire.recv(2000)), rtp(1), 'routed: what leaves is SRTP')

    for device, helper, to in (('inside', ebpf.REDIRECT_NEIGH, 'wire'),
                               ('wire', ebpf.REDIRECT_PEER, 'inside')):
        with a.enter():
            ifindex = socket.if_nametoindex(to)
        program = program_of(tap, 'traffic control', ebpf.load_redirect, helper, ifindex)
        if program is None:
            return
        a.run('tc', 'qdisc', 'add', 'dev', device, 'clsact')
        try:
            ebpf.attach_ingress(a, device, program)
        except OSError as error:
            tap.skip('programs of traffic control', 'this kernel has none: %s' % error)
            return
        os.close(program)
    before = [a.stats(way) for way in ('send', 'recv')]
    app.sendto(rtp(2), (B4, 6000))
    tap.equal(wire.recv(2000), rtp(2), 'a neighbour gets RTP, in spite of session and rule')
    protected = Peer(CM, key(CM, 9)).protect(rtp(3))
    wire.sendto(protected, (C4, 5000))
    tap.equal(app.recv(2000), protected, 'a pod gets SRTP as it is')
    wire.sendto(rtp(4), (C4, 5000))
    tap.equal(app.recv(2000), rtp(4), 'and RTP, too')
    tap.equal([a.stats(way) for way in ('send', 'recv')], before,
              'ksrtp has seen none of these')
    found = told(a)
    tap.ok(len(found) == 2 and all(
        level == 'note' and 'an eBPF program (tc)' in text for level, text in found) and
           {text.split(':')[0] for _, text in found} == {'wire', 'inside'},
           'the doctor tells of both programs', found)

    for device in 'inside', 'wire':
        a.run('tc', 'qdisc', 'del', 'dev', device, 'clsact')
    app.sendto(rtp(5), (B4, 6000))
    tap.equal(peer.unprotect(wire.recv(2000)), rtp(5), 'without them, what leaves is SRTP')
    tap.equal(told(a), [], 'and the doctor has nothing to say')


def programs(tap):
    """Nobody knows what a program does with a packet."""
    a, b = pair()
    program = program_of(tap, 'XDP', ebpf.load_pass)
    if program is None:
        return
    ebpf.attach_xdp(a, 'wire', program)
    found = told(a)
    tap.ok(len(found) == 1 and found[0][0] == 'note' and
           'wire: a program of XDP' in found[0][1], 'a program of XDP', found)
    ebpf.attach_xdp(a, 'wire', -1)
    tap.equal(told(a), [], 'none')
    os.close(program)


def bridges(tap):
    a = Host('a')
    a.ip('link', 'add', 'br0', 'type', 'bridge')
    a.ip('link', 'set', 'br0', 'up')
    for port in 'one', 'two':
        tap.equal(told(a), [], 'a bridge without ' + port)
        a.ip('link', 'add', port, 'type', 'veth', 'peer', port + 'x')
        a.ip('link', 'set', port, 'master', 'br0', 'up')
    if os.path.exists('/proc/sys/net/bridge/bridge-nf-call-iptables'):
        a.sysctl('net/bridge/bridge-nf-call-iptables', 0)
    found = told(a)
    tap.ok(len(found) == 1 and found[0][0] == 'note' and
           'br0: frames pass between 2 ports' in found[0][1],
           'frames that pass between two ports', found)
    a.ksrtp('attach', 'dev', 'one')
    tap.equal(len(told(a)), 1, 'one of them attached')
    a.ksrtp('attach', 'dev', 'two')
    tap.equal(told(a), [], 'both of them')


main(media, host_routing, programs, bridges)
