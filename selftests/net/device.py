#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Attached devices: what does not pass IP's hooks is protected by those of the device,
and what passes both only once. With --flowtables these, with and without."""

import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
from wire import Wire

MTU_DISCOVER, DF, ANY_SIZE = 10, 2, 0


def bridge(vlan=''):
    """Host c, which knows nothing, and b; between them a, a bridge that asks nobody."""
    a, b, c = Host('a'), Host('b'), Host('c')
    # others may have turned it on for new namespaces
    a.run('sysctl', '-qw', 'net.bridge.bridge-nf-call-iptables=0',
          'net.bridge.bridge-nf-call-ip6tables=0', check=False)
    a.ip('link', 'add', 'br0', 'type', 'bridge', 'forward_delay', '0',
         'mcast_snooping', '0')
    ends = (((A4 + '/24', A6 + '/64'), (B4 + '/24', B6 + '/64')) if not vlan
            else ((), ()))
    link(a, 'left', (), c, 'wire', ends[0])
    link(a, 'right', (), b, 'wire', ends[1])
    for dev in ('left', 'right'):
        a.ip('link', 'set', dev, 'master', 'br0')
    a.ip('link', 'set', 'br0', 'up')
    return a, b, c


def tagged(host, address, *tags):
    """Give a host's wire VLANs, one upon the other; the name of the last."""
    dev = 'wire'
    for tag in tags:
        upper = '%s.%d' % (dev, tag)
        host.ip('link', 'add', 'link', dev, 'name', upper, 'type', 'vlan', 'id',
                str(tag))
        host.ip('link', 'set', upper, 'up')
        dev = upper
    host.ip('addr', 'add', address + '/24', 'dev', dev)
    return dev


class Forwarded:
    """A call of host c's by way of a, which has the session; b is the bare wire."""

    def __init__(self, a, b, c, here, there, *words, suite=CM, session=True,
                 port=5000):
        self.a, self.there, self.here, self.port = a, there, here, port
        self.words, self.suite, self.master = words, suite, key(suite)
        self.app, self.wire = c.socket(here, port), b.socket(there, 6000)
        self.peer, self.seq = Peer(suite, self.master), 0
        self.plain = os.urandom(16)
        self.id = None
        if session:
            self.begin()

    def begin(self):
        self.id = self.a.session(*flow(self.here, self.there, self.port),
                                 *self.words,
                                 send=(self.suite, self.master),
                                 recv=(self.suite, self.master))

    def next(self, size=160):
        self.seq += 1
        return rtp(self.seq, self.plain + os.urandom(size - 16))

    def out(self, packet):
        self.app.sendto(packet, (self.there, 6000))
        return self.wire.recv(9000)

    def back(self, packet):
        self.wire.sendto(packet, (self.here, self.port))
        return self.app.recv(9000)

    def both_ways(self, tap, name, times=1):
        for _ in range(times):
            plain = self.next()
            got = self.out(plain)
            out = self.peer.unprotect(got) == plain and plain != got
            back = self.back(self.peer.protect(plain)) == plain
            if not (out and back):
                break
        return tap.equal((out, back), (True, True), name)

    def bursts(self, tap, name):
        """A super-packet each way."""
        plain = [rtp(n, bytes(100)) for n in range(200, 208)]
        burst(self.app, (self.there, 6000), plain)
        tap.equal([self.peer.unprotect(self.wire.recv(2000)) for _ in plain],
                  plain, name + ': a super-packet is sent')
        burst(self.wire, (self.here, self.port),
              [self.peer.protect(packet) for packet in plain])
        tap.equal([self.app.recv(2000) for _ in plain], plain,
                  name + ': a super-packet is received')

    def plain_ways(self, times):
        """Without a session; True if all came through as it was."""
        return all(self.out(plain) == plain and self.back(plain) == plain
                   for plain in (self.next() for _ in range(times)))

    def close(self):
        if self.id:
            self.a.ksrtp('session', 'del', 'id', self.id)
        self.app.close()
        self.wire.close()
        self.peer.close()


def attached(host):
    return [one['dev'] for one in host.json('attach', 'show')]


def once(tap):
    """What passes hooks of both kinds, on a host and on a gateway."""
    a, b, c = behind_gateway()
    a.ksrtp('attach', 'dev', 'wire')
    tap.equal(a.ksrtp('attach').stdout, 'dev wire\n', 'shown')
    for v6 in (False, True):
        name = 'IPv%d: ' % (6 if v6 else 4)
        call = Call(a, b, v6=v6)
        call.both_ways(tap, name + 'of this host')
        large = rtp(50, os.urandom(4000))
        tap.equal(call.peer.unprotect(call.out(large)), large,
                  name + 'fragments are sent')
        tap.equal(call.through(call.peer.protect(large)), large,
                  name + 'fragments are received')
        burst(call.app, call.there, [rtp(n, bytes(100)) for n in range(60, 68)])
        tap.equal([call.peer.unprotect(call.wire.recv(2000))
                   for n in range(8)],
                  [rtp(n, bytes(100)) for n in range(60, 68)],
                  name + 'a super-packet is sent')
        tap.equal(call.drops('send') | call.drops('recv'), {},
                  name + 'nothing is dropped')
        call.close()
        for suite in (CM, GCM):
            call = Forwarded(a, b, c, C6 if v6 else C4, B6 if v6 else B4,
                             'dev', 'wire', suite=suite)
            call.both_ways(tap, name + 'forwarded, ' + suite, 3)
            tap.equal((a.stats('send', call.id), a.stats('recv', call.id)),
                      ({'rtp-packets': 3, 'rtp-bytes': 3 * 172},) * 2,
                      name + 'counted once')
            call.close()
    call = Call(a, b)
    call.app.setsockopt(socket.IPPROTO_IP, MTU_DISCOVER, DF)
    try:
        call.out(rtp(1, bytes(1460)))
        error = 'none'
    except OSError as e:
        error = os.strerror(e.errno)
    tap.equal(error, 'Message too long', 'too big: the socket is told')
    call.close()
    a.ksrtp('attach', 'del', 'dev', 'wire')
    tap.equal(attached(a), [], 'attached no longer')
    call = Call(a, b)
    call.both_ways(tap, 'without')
    call.close()


def tags(tap):
    """VLANs that IP has devices of, one and two tags."""
    a, b = pair()
    a.ksrtp('attach', 'dev', 'wire')
    for number, ids in enumerate(((7,), (8, 9)), 1):
        ends = ['10.%d.0.%d' % (number, n) for n in (1, 2)]
        dev = tagged(a, ends[0], *ids)
        tagged(b, ends[1], *ids)
        call = Call(a, b, ends=ends, words=('dev', dev))
        call.both_ways(tap, '%d tags: dev is the VLAN' % number)
        call.both_ways(tap, '%d tags: and again' % number)
        plain = [rtp(n, bytes(100)) for n in range(60, 68)]
        burst(call.app, call.there, plain)
        tap.equal([call.peer.unprotect(call.wire.recv(2000)) for _ in plain],
                  plain, '%d tags: a super-packet is sent' % number)
        tap.equal(call.drops('send') | call.drops('recv'), {},
                  '%d tags: nothing is dropped' % number)
        call.close()
        a.ksrtp('attach', 'dev', dev)
        call = Call(a, b, ends=ends)
        call.both_ways(tap, '%d tags: with the VLAN attached, too' % number)
        call.close()


def in_vrf(tap):
    """A VRF shows a packet to the hooks of IP more than once."""
    a, b = pair()
    made = a.ip('link', 'add', 'red', 'type', 'vrf', 'table', '77', check=False)
    if made.returncode:
        raise Skip('no VRF')
    a.ip('link', 'set', 'red', 'up')
    a.ip('link', 'set', 'wire', 'master', 'red')
    a.ip('addr', 'replace', A6 + '/64', 'dev', 'wire', 'nodad')
    a.ksrtp('attach', 'dev', 'wire')
    for v6 in (False, True):
        call = Call(a, b, v6=v6, dev='red')
        call.both_ways(tap, 'VRF, IPv%d' % (6 if v6 else 4))
        call.both_ways(tap, 'VRF, IPv%d, again' % (6 if v6 else 4))
        tap.equal(call.drops('send') | call.drops('recv'), {},
                  'VRF: nothing is dropped')
        call.close()


def bridged(tap):
    """Frames that no IP of this host sees."""
    a, b, c = bridge()
    seen = Wire(b)
    call = Forwarded(a, b, c, A4, B4, session=False)
    tap.ok(call.plain_ways(1), 'bridge: by itself plain')
    call.begin()
    tap.ok(call.plain_ways(1), 'bridge: a session alone does not help')
    a.ksrtp('attach', 'dev', 'right')
    call.both_ways(tap, 'bridge, IPv4', 3)
    six = Forwarded(a, b, c, A6, B6, suite=GCM)
    six.both_ways(tap, 'bridge, IPv6', 3)

    secret = os.urandom(64)
    seen.rest()
    call.app.sendto(rtp(100, secret * 60), (B4, 6000))
    six.app.sendto(rtp(100, secret * 60), (B6, 6000))
    call.app.sendto(MARKER, (B4, 6000))
    frames = seen.until(MARKER)
    tap.ok(not any(secret[:16] in frame for frame in frames),
           'bridge: no fragment leaves in plaintext')
    tap.equal((a.stats('send', call.id).get('drop-fragment'),
               a.stats('send', six.id).get('drop-fragment')), (1, 1),
              'bridge: the first one is counted')
    call.wire.recv(2000)

    call.app.setsockopt(socket.IPPROTO_IP, MTU_DISCOVER, DF)
    call.app.sendto(rtp(101, bytes(1460)), (B4, 6000))
    tap.equal(call.out(MARKER), MARKER, 'bridge: other protocols pass')
    tap.equal(a.stats('send', call.id).get('drop-too-big'), 1,
              'bridge: what does not fit is dropped')

    call.bursts(tap, 'bridge')

    call.app.close()
    seen.rest()
    call.wire.sendto(call.peer.protect(rtp(400, secret)), (A4, 5000))
    while True:
        frame, outgoing = seen.next()
        if not outgoing and frame[12:14] == b'\x08\0' and frame[23] == 1:
            break
    tap.ok(secret not in frame and len(frame) == 14 + 20 + 8 + 20 + 8,
           'bridge: an ICMP error quotes no media', frame.hex())
    seen.close()


def bridged_tags(tap):
    """Frames with tags that this host has no devices for."""
    a, b, c = bridge(vlan=True)
    a.ksrtp('attach', 'dev', 'right')
    for number, ids in enumerate(((7,), (8, 9)), 1):
        ends = ['10.%d.0.%d' % (number, n) for n in (1, 2)]
        tagged(c, ends[0], *ids)
        tagged(b, ends[1], *ids)
        call = Forwarded(a, b, c, *ends)
        call.both_ways(tap, 'bridge, %d tags' % number, 3)
        call.bursts(tap, 'bridge, %d tags' % number)
        call.close()


def filtered(tap):
    """A bridge that hands its packets to netfilter as well."""
    a, b, c = behind_bridge()
    a.ksrtp('attach', 'dev', 'right')
    for here, there in ((A4, B4), (A6, B6)):
        call = Forwarded(a, b, c, here, there)
        call.both_ways(tap, 'br_netfilter: once', 3)
        large = rtp(50, os.urandom(4000))
        tap.equal(call.peer.unprotect(call.out(large)), large,
                  'br_netfilter: it puts fragments together')
        call.close()
    a.run('sysctl', '-qw', 'net.bridge.bridge-nf-call-iptables=0',
          'net.bridge.bridge-nf-call-ip6tables=0')


LATER = os.path.join(BUILD, os.environ.get('KSRTP_KERNEL', ''),
                     'ksrtp_later.ko')


def late(tap):
    """Packets that a driver finishes later go on behind the device's hooks."""
    a, b, c = bridge()
    a.ksrtp('attach', 'dev', 'right')
    if run('insmod', LATER, check=False).returncode:
        raise Skip('no driver that is late')
    for suite in (CM, GCM):
        call = Forwarded(a, b, c, A4, B4, suite=suite)
        shown = a.json('session', 'show')[0]['send']['cipher-driver']
        tap.ok(shown.startswith('ksrtp-test-later'), 'late: ' + shown)
        call.both_ways(tap, 'late: bridged', 5)
        call.close()
    a.ksrtp('attach', 'dev', 'br0')
    a.ip('addr', 'add', '10.9.0.3/24', 'dev', 'br0')
    call = Call(a, b, ends=('10.9.0.3', B4))
    call.both_ways(tap, 'late: of this host')
    call.close()
    eventually(0, lambda: run('rmmod', 'ksrtp_later', check=False).returncode)


def rules(tap):
    a, b, c = bridge()
    a.ksrtp('attach', 'dev', 'right')
    a.ksrtp('require', 'add', 'port', '5000')
    call = Forwarded(a, b, c, A4, B4, session=False)
    call.app.sendto(rtp(1), (B4, 6000))
    tap.equal(call.out(MARKER), MARKER, 'rule: RTP without a session')
    call.wire.sendto(rtp(1), (A4, 5000))
    tap.equal(call.back(MARKER), MARKER, 'rule: and the other way')
    rule = a.json('require', 'show')[0]
    tap.equal((rule['send-drops'], rule['recv-drops']), (1, 1),
              'rule: counted once')
    call.begin()
    call.both_ways(tap, 'rule: with one')
    call.close()


def refusals(tap):
    a, b = pair()
    a.ip('link', 'add', 'vrf1', 'type', 'vrf', 'table', '5')
    a.ip('link', 'add', 'tun1', 'type', 'ipip', 'local', A4, check=False)
    a.ksrtp('attach', 'dev', 'wire')
    for words, text in ((('dev', 'lo'), 'ifindex: not an Ethernet device'),
                        (('dev', 'vrf1'), 'ifindex: a VRF has no wire'),
                        (('dev', 'wire'), 'ifindex: attached already'),
                        (('del', 'dev', 'lo'), 'ifindex: not attached'),
                        (('dev', 'nowhere'), "dev: no interface 'nowhere'")):
        done = a.ksrtp('attach', *words, check=False)
        tap.ok(done.returncode in (1, 2) and text in done.stderr and
               len(done.stderr.splitlines()) == 1,
               'refused: attach ' + ' '.join(words), done.stderr)
    tap.equal(attached(a), ['wire'], 'and nothing has changed')
    with b.enter():
        nobody = subprocess.run([sys.executable, '-c', '''
import os, sys
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
os.execv(sys.argv[1], sys.argv[1:])
''', KSRTP, 'attach', 'dev', 'wire'], capture_output=True, text=True)
    tap.ok(nobody.returncode == 1 and not attached(b), 'nobody may not',
           nobody.stderr)


def going(tap):
    """Devices come to their end, or move, or change their names."""
    a, b = pair()
    monitor = Monitor(a)
    a.ksrtp('attach', 'dev', 'wire')
    tap.equal(monitor.wait(event='attach-new')['event'], 'attach-new',
              'told of')
    call = Call(a, b)
    a.ip('link', 'set', 'wire', 'name', 'other')
    tap.equal(attached(a), ['other'], 'renamed: it stays')
    call.both_ways(tap, 'renamed')
    for n in range(20):
        call.app.sendto(rtp(100 + n, bytes(160)), call.there)
    a.ip('link', 'del', 'other')
    tap.equal(monitor.wait(event='attach-del')['event'], 'attach-del',
              'deleted: told of')
    tap.equal(attached(a), [], 'deleted: attached no longer')
    call.close()
    link(a, 'wire', (A4 + '/24',), b, 'wire', (B4 + '/24',))
    a.ksrtp('attach', 'dev', 'wire')
    c = Host('c')
    a.ip('link', 'set', 'wire', 'netns', c.name)
    tap.equal((monitor.wait(event='attach-del')['event'], attached(a),
               attached(c)), ('attach-del', [], []),
              'in another namespace: attached no longer')
    c.ksrtp('attach', 'dev', 'wire')
    state = c.json('dump')
    tap.equal([one['dev'] for one in state['attached']], ['wire'], 'dumped')
    c.ksrtp('attach', 'del', 'dev', 'wire')
    c.ksrtp('restore', input=json.dumps(state))
    tap.equal(attached(c), ['wire'], 'restored')
    done = c.ksrtp('restore', input=json.dumps(state), check=False)
    tap.ok(done.returncode == 1 and attached(c) == ['wire'] and
           'attached already' in done.stderr, 'but not twice', done.stderr)
    monitor.close()
    Host.remove_all()
    tap.equal(module_users(), 0, 'namespaces go, and their devices with them')


FAST = '''
table inet fast {
    flowtable f {
        hook ingress priority 0
        devices = { wire, inside }
    }
    chain forward {
        type filter hook forward priority 0
        counter comment "all"
        meta l4proto udp flow add @f
    }
}
'''


def make_fast(host):
    if host.run('nft', '-f', '-', input=FAST, check=False).returncode:
        raise Skip('no flowtables')


def fast():
    """A gateway with a flowtable."""
    a, b, c = behind_gateway()
    make_fast(a)
    return a, b, c


def slow(host):
    """How many packets rules have seen."""
    for line in host.run('nft', 'list', 'chain', 'inet', 'fast',
                         'forward').stdout.splitlines():
        if 'counter' in line:
            return int(line.split('packets ')[1].split()[0])
    return None


def flowtable_comes(tap):
    """The module that has flowtables comes when there are sessions."""
    a, b, c = behind_gateway()
    run('rmmod', 'nft_flow_offload', 'nf_flow_table_inet', 'nf_flow_table',
        check=False)
    call = Forwarded(a, b, c, C4, B4)
    make_fast(a)
    call.both_ways(tap, 'flowtable: it comes after the session', 5)
    tap.equal(slow(a), 10, 'flowtable: each packet is seen by rules')
    call.close()


def flowtable(tap):
    """Without an attached device, no flow of a session becomes a flowtable's."""
    a, b, c = fast()
    call = Forwarded(a, b, c, C4, B4, session=False)
    tap.ok(call.plain_ways(3), 'flowtable: a flow of nobody')
    before = slow(a)
    tap.ok(call.plain_ways(5) and slow(a) == before,
           'flowtable: it takes the fast way')
    call.begin()
    seen = Wire(b)
    call.both_ways(tap, 'flowtable: no longer, with a session', 5)
    frames = [frame for frame, _ in seen.rest()]
    tap.ok(len(frames) >= 10 and not any(call.plain in frame
                                         for frame in frames),
           'flowtable: nothing is on the wire in plaintext')
    seen.close()
    tap.equal(slow(a), before + 10, 'flowtable: each packet is seen by rules')
    six = Forwarded(a, b, c, C6, B6)
    six.both_ways(tap, 'flowtable: nor does one of IPv6', 5)
    six.close()
    call.a.ksrtp('session', 'del', 'id', call.id)
    call.id = None
    # conntrack remembers the other one
    other = Forwarded(a, b, c, C6, B6, session=False, port=5002)
    tap.ok(other.plain_ways(4), 'flowtable: another flow')
    before = slow(a)
    tap.ok(other.plain_ways(4) and slow(a) == before,
           'flowtable: takes the fast way')
    a.ksrtp('require', 'add', 'family', 'inet6', 'port', '5002')
    other.app.sendto(other.next(), (B6, 6000))
    tap.equal(other.out(MARKER), MARKER, 'flowtable: until a rule comes')
    tap.equal(a.json('require', 'show')[0]['send-drops'], 1,
              'flowtable: which is counted')
    other.close()


def attached_flowtable(tap):
    """With attached ones flows are fast, and protected."""
    a, b, c = fast()
    for dev in ('wire', 'inside'):
        a.ksrtp('attach', 'dev', dev)
    for here, there, words in ((C4, B4, ()), (C6, B6, ('dev', 'wire'))):
        call = Forwarded(a, b, c, here, there, *words)
        name = 'attached, IPv%d: ' % (6 if ':' in here else 4)
        call.both_ways(tap, name + 'protected', 3)
        before = slow(a)
        call.both_ways(tap, name + 'and again', 5)
        tap.equal(slow(a), before, name + 'by the fast way')
        large = rtp(50, os.urandom(4000))
        tap.equal(call.peer.unprotect(call.out(large)), large,
                  name + 'fragments leave')
        tap.equal(call.back(call.peer.protect(large)), large,
                  name + 'fragments come in')
        if ':' not in here:
            call.app.setsockopt(socket.IPPROTO_IP, MTU_DISCOVER, ANY_SIZE)
            whole = rtp(60, os.urandom(1460))
            tap.equal(call.peer.unprotect(call.out(whole)), whole,
                      name + 'what grows past the MTU is fragmented')
            call.app.setsockopt(socket.IPPROTO_IP, MTU_DISCOVER, DF)
        else:
            whole = rtp(60, os.urandom(1440))
        call.app.sendto(whole, (there, 6000))
        shown = eventually(True, lambda: 'mtu 1490' in c.ip(
            'route', 'get', there).stdout)
        tap.ok(shown, name + 'or its sender is told')
        before = slow(a)
        a.ksrtp('attach', 'del', 'dev', 'wire')
        call.seq = 100
        call.both_ways(tap, name + 'protected when it is attached no longer', 5)
        tap.equal(slow(a), before + 10, name + 'by the slow way')
        a.ksrtp('attach', 'dev', 'wire')
        call.both_ways(tap, name + 'attached once more', 3)
        before = slow(a)
        call.both_ways(tap, name + 'it is protected', 3)
        tap.equal(slow(a), before, name + 'and fast')
        call.close()
    call = Forwarded(a, b, c, C4, B4, session=False)
    tap.ok(call.plain_ways(4), 'attached: a flow without a session is fast')
    call.begin()
    call.both_ways(tap, 'attached: and protected as soon as it has one', 3)
    call.close()
    a.ksrtp('require', 'add', 'port', '5000')
    call = Forwarded(a, b, c, C4, B4, session=False)
    call.app.sendto(call.next(), (B4, 6000))
    tap.equal(call.out(MARKER), MARKER, 'attached: rules are kept')
    for n in range(3):
        call.back(MARKER)
        call.out(MARKER)
    before = slow(a)
    call.app.sendto(call.next(), (B4, 6000))
    tap.equal((call.out(MARKER), slow(a)), (MARKER, before),
              'attached: on the fast way, too')
    call.close()


def inside_ipsec(tap):
    """What is sent in IPsec passes no device as it is."""
    a, b, c = fast()
    for dev in ('wire', 'inside'):
        a.ksrtp('attach', 'dev', dev)
    for host, here, there in ((a, A4, B4), (b, B4, A4)):
        for spi, (src, dst) in enumerate(((A4, B4), (B4, A4)), 1):
            made = host.ip('xfrm', 'state', 'add', 'src', src, 'dst', dst,
                           'proto', 'esp', 'spi', str(spi), 'mode', 'tunnel',
                           'enc', 'cbc(aes)', '0x' + '01' * 16,
                           'auth', 'hmac(sha1)', '0x' + '02' * 20, check=False)
            if made.returncode:
                raise Skip('no IPsec: ' + made.stderr.strip())
        for way, src, dst, ends in (
                ('out', here, there, (C4, B4) if host is a else (B4, C4)),
                ('in', there, here, (B4, C4) if host is a else (C4, B4)),
                ('fwd', there, here, (B4, C4) if host is a else (C4, B4))):
            host.ip('xfrm', 'policy', 'add', 'src', ends[0], 'dst', ends[1],
                    'dir', way, 'tmpl', 'src', src, 'dst', dst,
                    'proto', 'esp', 'mode', 'tunnel')
    call = Forwarded(a, b, c, C4, B4)
    before = slow(a)
    call.both_ways(tap, 'inside IPsec: protected', 5)
    tap.equal(slow(a), before + 10, 'inside IPsec: by the slow way')
    call.close()


if '--flowtables' in sys.argv:
    main(flowtable_comes, flowtable, attached_flowtable, inside_ipsec)
main(once, tags, in_vrf, bridged, bridged_tags, filtered, late, rules, refusals,
     going)
