#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Packets that a rule of traffic control, or a program of eBPF, takes from one device to
another: they pass no hook of IP. And programs that translate addresses before ksrtp, or
after it. What then holds of ksrtp, and that the doctor tells."""

import contextlib
import os
import subprocess
import sys
import tempfile

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


def straight(a, b, c):
    """Frames reach who is to get them without anybody routing them."""
    b.ip('link', 'set', 'wire', 'address', address(a, 'inside'))
    c.ip('link', 'set', 'inside', 'address', address(a, 'wire'))


def redirect(host, device, to):
    """Whether this kernel can take packets of IPv4 from one device to another."""
    host.run('tc', 'qdisc', 'add', 'dev', device, 'clsact', check=False)
    return host.run('tc', 'filter', 'add', 'dev', device, 'ingress', 'protocol', 'ip',
                    'matchall', 'action', 'mirred', 'egress', 'redirect', 'dev', to,
                    check=False).returncode == 0


def media(tap):
    a, b, c = behind_gateway()
    straight(a, b, c)
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

    # rules of a block, which devices may share, name no device
    a.run('tc', 'qdisc', 'add', 'dev', 'inside', 'ingress_block', '7', 'clsact')
    a.run('tc', 'filter', 'add', 'block', '7', 'protocol', 'ip', 'matchall', 'action',
          'mirred', 'egress', 'redirect', 'dev', 'wire')
    tap.equal(out(rtp(5)), rtp(5), 'redirected by a block of rules: it leaves as it is')
    found = told(a)
    tap.ok(len(found) == 1 and found[0][0] == 'problem' and found[0][1].startswith(
        'inside: what it receives is redirected to wire'), 'the doctor tells', found)
    a.run('tc', 'qdisc', 'del', 'dev', 'inside', 'clsact')
    tap.equal(told(a), [], 'and without the block, it has nothing to say')


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
            ebpf.attach(a, device, program)
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


def driver(tap):
    """A program of XDP that hands packets on, as Cilium accelerates node ports."""
    a, b, c = behind_gateway()
    straight(a, b, c)
    app, wire = c.socket(C4, 5000), b.socket(B4, 6000)
    a.session(*flow(C4, B4), recv=(CM, key(CM, 9)))
    a.ksrtp('require', 'add', 'dev', 'wire')
    peer = Peer(CM, key(CM, 9))
    wire.sendto(peer.protect(rtp(1)), (C4, 5000))
    tap.equal(app.recv(2000), rtp(1), 'routed: SRTP arrives as RTP')
    with a.enter():
        ifindex = socket.if_nametoindex('inside')
    program = program_of(tap, 'XDP', ebpf.load_xdp_redirect, ifindex)
    if program is None:
        return
    ebpf.attach_xdp(a, 'wire', program)
    before = a.stats('recv')
    protected = peer.protect(rtp(2))
    wire.sendto(protected, (C4, 5000))
    tap.equal(app.recv(2000), protected, 'handed on: SRTP arrives as it is')
    wire.sendto(rtp(3), (C4, 5000))
    tap.equal(app.recv(2000), rtp(3), 'and RTP in spite of the rule')
    tap.equal(a.stats('recv'), before, 'ksrtp has seen neither')
    found = told(a)
    tap.ok(len(found) == 1 and found[0][0] == 'note' and
           'wire: a program of XDP' in found[0][1], 'the doctor tells', found)
    ebpf.attach_xdp(a, 'wire', -1)
    os.close(program)
    wire.sendto(peer.protect(rtp(4)), (C4, 5000))
    tap.equal(app.recv(2000), rtp(4), 'without it, SRTP arrives as RTP')


def masquerade(tap):
    """
    Packets are routed, and programs translate addresses: of what arrives before ksrtp,
    of what leaves after it. Sessions and rules have the addresses of the host inside.
    """
    a, b, c = behind_gateway()
    app, wire = c.socket(C4, 5000), b.socket(B4, 6000)
    loaded = [program_of(tap, 'traffic control', ebpf.load_translate, *how)
              for how in ((ebpf.DESTINATION, A4, C4), (ebpf.SOURCE, C4, A4))]
    if None in loaded:
        return
    a.run('tc', 'qdisc', 'add', 'dev', 'wire', 'clsact')
    try:
        for program, parent in zip(loaded, (ebpf.INGRESS, ebpf.EGRESS)):
            ebpf.attach(a, 'wire', program, parent)
            os.close(program)
    except OSError as error:
        tap.skip('programs of traffic control', 'this kernel has none: %s' % error)
        return
    a.session(*flow(C4, B4), send=(CM, key(CM)), recv=(CM, key(CM, 9)))
    a.ksrtp('require', 'add', 'dev', 'wire')
    out, back = Peer(CM, key(CM)), Peer(CM, key(CM, 9))
    app.sendto(rtp(1), (B4, 6000))
    got, sender = wire.recvfrom(2000)
    tap.equal((out.unprotect(got), sender), (rtp(1), (A4, 5000)),
              'what leaves is SRTP, of the address outside')
    wire.sendto(back.protect(rtp(2)), (A4, 5000))
    tap.equal(app.recv(2000), rtp(2), 'what arrives there reaches the host inside as RTP')
    wire.sendto(rtp(3), (A4, 5000))
    wire.sendto(back.protect(rtp(4)), (A4, 5000))
    tap.equal(app.recv(2000), rtp(4), 'RTP does not')
    found = told(a)
    tap.ok([level for level, _ in found] == ['note'] * 2 and
           'gets packets before ksrtp' in found[0][1] and
           'gets packets after ksrtp' in found[1][1], 'the doctor tells of both', found)


@contextlib.contextmanager
def groups():
    """The root of control groups, open."""
    with tempfile.TemporaryDirectory(dir='/run') as folder:
        subprocess.run(['mount', '-t', 'cgroup2', 'groups', folder], check=True)
        root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield root
        finally:
            os.close(root)
            subprocess.run(['umount', folder], check=True)


def services(tap):
    """
    Programs that have sockets send to a backend of a service, and tell them that the
    service has answered. Packets and sessions have the backend's address.
    """
    service = '10.96.0.1'
    a, b = pair()
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    a.session(*flow(A4, B4), send=(CM, key(CM)), recv=(CM, key(CM, 9)))
    a.ksrtp('require', 'add', 'dev', 'wire')
    out, back = Peer(CM, key(CM)), Peer(CM, key(CM, 9))
    places = (ebpf.SENDMSG4, service, B4), (ebpf.CONNECT4, service, B4), (
        ebpf.RECVMSG4, B4, service)
    loaded = [program_of(tap, 'control groups', ebpf.load_service, *how)
              for how in places]
    if None in loaded:
        return
    with groups() as root, contextlib.ExitStack() as stack:
        tap.equal(told(a), [], 'the doctor has nothing to say')
        for program, (place, *_) in zip(loaded, places):
            ebpf.attach_group(root, program, place)
            stack.callback(os.close, program)
            stack.callback(ebpf.detach_group, root, program, place)
        app.sendto(rtp(1), (service, 6000))
        tap.equal(out.unprotect(wire.recv(2000)), rtp(1),
                  'what is sent to a service is SRTP')
        wire.sendto(back.protect(rtp(2)), (A4, 5000))
        tap.equal(app.recvfrom(2000), (rtp(2), (service, 6000)),
                  'what comes from it is RTP')
        app.connect((service, 6000))
        app.send(rtp(3))
        tap.equal(out.unprotect(wire.recv(2000)), rtp(3), 'a connected socket likewise')
        found = told(a)
        tap.ok(len(found) == 1 and found[0][0] == 'note' and
               'control groups (connect, sendmsg)' in found[0][1], 'the doctor tells',
               found)
        stack.close()
        tap.equal(told(a), [], 'and without programs has nothing to say')


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


main(media, host_routing, driver, masquerade, services, programs, bridges)
