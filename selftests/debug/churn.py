#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""All that may be done is done at once, under traffic both ways, for so many
seconds ($KSRTP_CHURN): sessions come, change and go, interfaces and namespaces
too, beside whatever else the kernel has in a packet's way. Calls that nobody
touches lose nothing meanwhile. Then all works, and nothing is left."""

import json
import os
import random
import re
import select
import signal
import socket
import sys
import threading
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
import ebpf

SECONDS = int(os.environ.get('KSRTP_CHURN', '40'))
SEED = int(os.environ.get('KSRTP_SEED', '1'))
SUITES_USED = (CM, GCM, 'NULL_HMAC_SHA1_80', 'F8_128_HMAC_SHA1_80',
               'DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM')
FLOWS = 8
ROUNDS = max(5, SECONDS // 10)
MODULE = os.path.join(BUILD, os.environ.get('KSRTP_KERNEL', ''), 'ksrtp.ko')
RULES = '''table ip churn {
	chain pre { type nat hook prerouting priority dstnat; }
	chain post { type nat hook postrouting priority srcnat; }
	chain in {
		type filter hook input priority 0;
		ct state invalid counter
		udp dport 5000-6000 counter accept
	}
}'''
# what else lies between the hosts: a wire that stays up, with addresses that
# what comes and goes is not about, one that is taken into a bridge, and one whose
# driver drops what is on its way as XDP goes
A5, B5 = '10.9.1.1', '10.9.1.2'
A5_CALM, B5_CALM = '10.9.1.11', '10.9.1.12'
A5_OUTER, B5_VIRTUAL = '10.9.1.21', '10.9.2.2'
A_BRIDGED, B_BRIDGED = '10.9.3.1', '10.9.3.2'
A6, B6 = '10.9.4.1', '10.9.4.2'
A6_CALM, B6_CALM = '10.9.4.11', '10.9.4.12'
PAIRS = ((A4, B4), (A5, B5), (A6, B6))
NAT = '''table ip translation {
	chain out {
		type nat hook output priority -100;
		ip daddr %s counter dnat to %s
	}
	chain post {
		type nat hook postrouting priority srcnat;
		ip saddr %s udp dport 20000-29999 counter snat to %s
	}
	chain in {
		type filter hook input priority 0;
		udp sport 20000-29999 ct state established counter accept
	}
}''' % (B5_VIRTUAL, B5, A5_CALM, A5_OUTER)
SO_BINDTODEVICE = 25
ESP = ('src %s dst %s proto esp spi 0x%x reqid %d mode transport '
       'enc cbc(aes) 0x%s auth hmac(sha1) 0x%s')


def words(here, there, n, pick):
    """What a session of flow n has; at both ends the same, mostly."""
    suite = SUITES_USED[n % len(SUITES_USED)]
    master = key(suite, n if pick.random() < .8 else pick.randrange(3)).hex()
    return (*flow(here, there, 5000 + 2 * n, 5000 + 2 * n), 'send', 'suite',
            suite, 'key', master, 'recv', 'suite', suite,
            'key', master)


class Process:
    """Something done without a pause, beside this program and its threads."""

    def __init__(self, work):
        self.pid = os.fork()
        if self.pid:
            return
        try:
            while True:
                work()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)

    def stop(self):
        """Whether it has gone on until now."""
        os.kill(self.pid, signal.SIGKILL)
        status = os.waitpid(self.pid, 0)[1]
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def flood(host, *ways):
    """Packets of all flows, with or without sessions."""
    pick = random.Random(SEED)
    socks = [(host.socket(address, 5000 + n), (other, 5000 + n))
             for address, other in ways for n in range(2 * FLOWS)]
    sent = [0]

    def work():
        sent[0] += 1
        for n, (sock, to) in enumerate(socks):
            packet = rtcp() if n % 2 else rtp(
                sent[0], bytes(pick.randrange(1200)), pick.randrange(4))
            try:
                sock.sendto(packet, to)
            except OSError:
                # no keys, or no way there: as it should be
                continue
    return work


class Between:
    """A call between the hosts, with sessions at both ends, that stay."""

    def __init__(self, a, b, here, there, port, socks=True):
        self.port, self.sent, self.hosts = port, 0, (a, b)
        for host, local, remote in ((a, here, there), (b, there, here)):
            host.session(*flow(local, remote, port, port),
                         send=(CM, key(CM, 5)), recv=(CM, key(CM, 5)))
        self.to = (there, here)
        self.socks = [a.socket(here, port),
                      b.socket(there, port)] if socks else []

    def packet(self):
        self.sent += 1
        return rtp(self.sent, b'between %d' % self.sent, ssrc=9)

    def pass_once(self):
        """One packet each way, which is lost only if the wire's driver says so."""
        for way in (0, 1):
            got, before = None, self.dropped()
            while got is None:
                packet = self.packet()
                self.socks[way].sendto(packet, (self.to[way], self.port))
                if select.select([self.socks[1 - way]], [], [], 20)[0]:
                    got = self.socks[1 - way].recv(2000)
                elif self.dropped() == before:
                    raise RuntimeError('lost: %s' % self.counts())
            if got != packet:
                raise RuntimeError('changed: %r' % got)

    def dropped(self):
        """What the wire's drivers have dropped, of what they sent or received."""
        found = []
        for host in self.hosts:
            with host.enter(), open('/proc/thread-self/net/dev') as file:
                found += [(words[4], words[12]) for words in map(
                    str.split, file) if words[0] == 'side:']
        return found

    def counts(self):
        """What either host's sessions, and the stack, know of packets."""
        counts = [self.sent]
        for host in self.hosts:
            counts += [
                {way + ' ' + name: count for way in ('send', 'recv')
                 for name, count in one[way]['stats'].items() if count}
                for one in host.json('-s', 'session', 'show')
                if one['local-port'] == self.port]
            counts.append(host.run('nstat', '-a', '-s').stdout)
        return counts

    def both_ways(self, socks=None, to=None, froms=None):
        """Packets each way until one arrives, from where it should come."""
        socks, to = socks or self.socks, to or self.to
        for way in (0, 1):
            for wait in range(30):
                packet = self.packet()
                try:
                    socks[way].sendto(packet, (to[way], self.port))
                except OSError:
                    # no way there yet
                    time.sleep(0.1)
                    continue
                if select.select([socks[1 - way]], [], [], 1)[0]:
                    got, address = socks[1 - way].recvfrom(2000)
                    if got == packet:
                        break
            else:
                raise RuntimeError('nothing arrives')
            if froms and address != (froms[way], self.port):
                raise RuntimeError('it came from %s' % (address,))


class Churn:
    """Threads that do one thing each, over and over, until told to stop."""

    def __init__(self, a, b):
        self.a, self.b = a, b
        self.stop = threading.Event()
        self.done, self.wrong, self.threads = {}, [], []
        self.taken = dict.fromkeys(('add', 'set', 'del'), 0)
        for port, other, way in ((9000, 9002, 'send'), (9002, 9000, 'recv')):
            a.session(*flow('127.0.0.1', '127.0.0.1', port, other),
                      **{way: (CM, key(CM, 9))})
        self.calls = [a.socket('127.0.0.1', port) for port in (9000, 9002)]
        self.named = [
            b.session(*flow('127.0.0.1', '127.0.0.1', port, other),
                      **{way: (GCM, key(GCM, 0), 'mki', '0000')})
            for port, other, way in ((9000, 9002, 'send'),
                                     (9002, 9000, 'recv'))]
        # a call for each thing that is put into its way
        self.between = {name: Between(a, b, A5_CALM, B5_CALM, 7000 + 2 * n)
                        for n, name in enumerate(
                            ('beside', 'filters', 'sealed'))}
        self.between['program'] = Between(a, b, A6_CALM, B6_CALM, 7008)
        self.between['bridged'] = Between(a, b, A_BRIDGED, B_BRIDGED, 7010,
                                          False)
        self.between['translation'] = Between(a, b, A5_OUTER, B5, 20000,
                                              False)
        self.seen = dict.fromkeys(('translation', 'filters', 'program',
                                   'sealed', 'bridged'), 0)
        self.program_fd = ebpf.load_pass()
        self.others = [b.socket('127.0.0.1', port) for port in (9000, 9002)]

    def start(self, name, work, pause=0.0):
        pick = random.Random('%s %d' % (name, SEED))
        self.done[name] = 0

        def loop():
            try:
                while not self.stop.is_set():
                    work(pick)
                    self.done[name] += 1
                    time.sleep(pause)
            except Exception:
                self.wrong.append(name + ': ' + traceback.format_exc())

        self.threads.append(threading.Thread(target=loop))
        self.threads[-1].start()

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def either(self, pick):
        here, there = pick.choice(PAIRS)
        return pick.choice(((self.a, here, there), (self.b, there, here)))

    def batch(self, pick, line):
        """A line for each flow at both ends, some left out; some are refused."""
        here, there = pick.choice(PAIRS)
        for host, here, there in ((self.a, here, there), (self.b, there, here)):
            lines = [line(here, there, n) for n in range(FLOWS)
                     if pick.random() < .7]
            refused = host.ksrtp('-f', '-b', '-', check=False, input=''.join(
                ' '.join(one) + '\n' for one in lines)).stderr
            if lines:
                self.taken[lines[0][1]] += len(lines) - refused.count('\n')

    def session(self, pick):
        self.batch(pick, lambda here, there, n: (
            'session', 'add', *words(here, there, n, pick)))

    def deletion(self, pick):
        self.batch(pick, lambda here, there, n: (
            'session', 'del', *flow(here, there, 5000 + 2 * n, 5000 + 2 * n)))

    def stream(self, pick):
        host = self.either(pick)[0]
        for one in host.json('session', 'show')[:3]:
            host.ksrtp('stream', 'set', 'session', one['id'], 'recv', 'ssrc',
                       pick.randrange(4), 'roc', pick.randrange(9), check=False)
        host.ksrtp('-s', 'session', 'show')
        host.ksrtp('stream', 'show', check=False)
        host.ksrtp('stat')

    def keys(self, pick):
        """Both ends get other keys, or the first ones back."""
        number = pick.choice((0, 100))
        self.batch(pick, lambda here, there, n: (
            'session', 'set', *flow(here, there, 5000 + 2 * n, 5000 + 2 * n),
            *(word for way in ('send', 'recv') for word in (
                way, 'suite', SUITES_USED[n % len(SUITES_USED)], 'key',
                key(SUITES_USED[n % len(SUITES_USED)], number + n).hex()))))

    def flush(self, pick):
        host, here, there = self.either(pick)
        host.ksrtp('session', 'flush', 'local', here, 'remote', there)
        host.ksrtp('require', 'show')

    def steady(self, pick):
        """A call over the loopback interface, which nothing here is meant for."""
        self.passes(self.calls, rtp(self.done['steady'], b'steady', ssrc=7))

    @staticmethod
    def passes(socks, packet):
        socks[0].sendto(packet, ('127.0.0.1', 9002))
        got = socks[1].recv(2000)
        if got != packet:
            raise RuntimeError('lost or changed: %r' % got)

    def rekey(self, pick):
        """Another, whose keys come and go by their names, and no packet with
        them."""
        n = self.done['rekey']
        ends = [('session', number, way) for number, way in
                zip(self.named, ('send', 'recv'))]
        old, new = '%04x' % (n % 65536), '%04x' % ((n + 1) % 65536)

        def batch(*lines):
            self.b.ksrtp('-b', '-', input=''.join(
                ' '.join(map(str, line)) + '\n' for line in lines))

        batch(*[('key', 'add', *end, 'insecure-key', key(GCM, n + 1).hex(),
                 'mki', new) for end in reversed(ends)])
        self.passes(self.others, rtp(2 * n, b'old', ssrc=8))
        batch(('key', 'use', *ends[0], 'mki', new))
        self.passes(self.others, rtp(2 * n + 1, b'new', ssrc=8))
        batch(*[('key', 'del', *end, 'mki', old) for end in ends])

    def listener(self, pick):
        """Somebody who is told of all that goes on, and goes away."""
        host = self.either(pick)[0]
        with subprocess.Popen(['ip', 'netns', 'exec', host.name, KSRTP,
                               'monitor'], stdout=subprocess.DEVNULL) as one:
            host.ksrtp('dump')
            host.ksrtp('key', 'show')
            one.kill()

    def requirement(self, pick):
        """Rules, of which none is in the way of anything."""
        host = self.either(pick)[0]
        host.ksrtp('require', 'add', 'port', '30000-30010')
        for rule in host.json('require', 'show'):
            host.ksrtp('require', 'del', 'id', rule['id'])

    def interface(self, pick):
        host = self.either(pick)[0]
        host.ip('link', 'set', 'wire', 'down')
        host.ip('link', 'set', 'wire', 'up')

    def namespace(self, pick):
        name = 'ksrtp-brief'
        run('ip', 'netns', 'add', name)
        run('ip', '-n', name, 'link', 'set', 'lo', 'up')
        run('ip', 'netns', 'exec', name, KSRTP, 'session', 'add', 'local',
            'any:7000', 'send', 'suite', CM, 'insecure-key', key(CM).hex())
        run('ip', 'netns', 'del', name)

    def rules(self, pick):
        host = self.either(pick)[0]
        host.run('nft', '-f', '-', input=RULES)
        host.run('nft', 'delete', 'table', 'ip', 'churn')

    def devices(self, pick):
        # on one that stays up
        host = self.a
        host.ip('link', 'add', 'churn3', 'type', 'dummy')
        host.ip('link', 'set', 'churn3', 'up')
        host.ip('link', 'add', 'churn0', 'type', 'bridge')
        host.ip('link', 'add', 'churn1', 'type', 'vrf', 'table', '9')
        host.ip('link', 'add', 'link', 'churn3', 'name', 'churn2', 'type',
                'vlan', 'id', '7')
        host.ip('link', 'set', 'churn2', 'master', 'churn0', 'up')
        host.ip('link', 'set', 'churn2', 'nomaster')
        host.ip('link', 'set', 'churn2', 'master', 'churn1')
        for device in ('churn2', 'churn1', 'churn0', 'churn3'):
            host.ip('link', 'del', device)

    def queues(self, pick):
        host = self.either(pick)[0]
        host.run('tc', 'qdisc', 'replace', 'dev', 'wire', 'root', 'netem',
                 'delay', '2ms', check=False)
        host.run('tc', 'qdisc', 'del', 'dev', 'wire', 'root', check=False)

    # What lies in the way of packets, and each time has to have been there

    def beside(self, pick):
        """A call that all of this is in the way of, and none is about."""
        self.between['beside'].pass_once()

    def translation(self, pick):
        """Both addresses of a call become others, and on the way back again."""
        call = self.between['translation']
        self.a.run('nft', '-f', '-', input=NAT)
        with self.a.socket(A5_CALM, call.port) as app, \
                self.b.socket(B5, call.port) as far:
            call.both_ways((app, far), (B5_VIRTUAL, A5_OUTER),
                           (A5_OUTER, B5_VIRTUAL))
        self.seen['translation'] += 2
        self.a.run('nft', 'delete', 'table', 'ip', 'translation')

    def filters(self, pick):
        """What comes and goes is mirrored, and so cloned, and passes."""
        host = self.either(pick)[0]
        host.run('tc', 'qdisc', 'add', 'dev', 'side', 'clsact')
        for way in ('ingress', 'egress'):
            host.run('tc', 'filter', 'add', 'dev', 'side', way, 'matchall',
                     'action', 'mirred', 'egress', 'mirror', 'dev', 'sink',
                     'action', 'pass')
        self.between['filters'].both_ways()
        for way in ('ingress', 'egress'):
            shown = json.loads(host.run('tc', '-s', '-j', 'filter', 'show',
                                        'dev', 'side', way).stdout)
            counts = [action['stats']['packets'] for one in shown
                      if 'options' in one
                      for action in one['options']['actions']]
            if len(counts) != 2 or not all(counts):
                raise RuntimeError('filters saw nothing: %s' % shown)
            self.seen['filters'] += min(counts)
        host.run('tc', 'qdisc', 'del', 'dev', 'side', 'clsact')

    def program(self, pick):
        """Each packet passes a program of XDP, which wants it in one piece."""
        host = self.either(pick)[0]
        before = self.program_runs()
        ebpf.attach_xdp(host, 'narrow', self.program_fd)
        self.between['program'].both_ways()
        ebpf.attach_xdp(host, 'narrow', -1)
        ran = self.program_runs() - before
        if not ran:
            raise RuntimeError('no program ran')
        self.seen['program'] += ran

    def program_runs(self):
        with open('/proc/self/fdinfo/%d' % self.program_fd) as file:
            return int(re.search(r'run_cnt:\s*(\d+)', file.read())[1])

    def sealed(self, pick):
        """IPsec for one call comes and goes."""
        call = self.between['sealed']
        ipsec(self.a, self.b, A5_CALM, B5_CALM, 100, 'proto', 'udp', 'sport',
              str(call.port), 'dport', str(call.port))
        call.both_ways()
        for host in (self.a, self.b):
            for src, dst, way, number in security(host is self.a, A5_CALM,
                                                  B5_CALM, 100):
                state = ('src', src, 'dst', dst, 'proto', 'esp', 'spi',
                         str(number))
                shown = host.ip('-s', 'xfrm', 'state', 'get', *state).stdout
                self.seen['sealed'] += 1
                if not int(re.search(r'(\d+)\(packets\)\s+add',
                                     shown)[1]):
                    raise RuntimeError('nothing was sealed: ' + shown)
                host.ip('xfrm', 'policy', 'delete', 'src', src, 'dst', dst,
                        'proto', 'udp', 'sport', str(call.port), 'dport',
                        str(call.port), 'dir', way)
                host.ip('xfrm', 'state', 'delete', *state)

    def bridged(self, pick):
        """A call in a VRF, by a VLAN, by a bridge: all of them are made, and
        taken away, while the other side sends."""
        call, host = self.between['bridged'], self.a
        for words in ('add under0 type bridge forward_delay 0',
                      'set port master under0', 'set under0 up',
                      'add link under0 name under7 type vlan id 7',
                      'add under1 type vrf table 11', 'set under1 up',
                      'set under7 master under1 up'):
            host.ip('link', *words.split())
        host.ip('addr', 'add', A_BRIDGED + '/24', 'dev', 'under7')
        with host.enter():
            app = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with app, self.b.socket(B_BRIDGED, call.port) as far:
            app.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, b'under1\0')
            app.bind((A_BRIDGED, call.port))
            # the one device of the VRF is the bridge's VLAN
            call.both_ways((app, far))
        self.seen['bridged'] += 2
        for device in pick.sample(('under7', 'under1', 'under0'), 3):
            # the VLAN goes with its bridge
            host.ip('link', 'del', device, check=device != 'under7')


def security(first, one, other, number):
    """[(from, to, way, number)] of what secures packets at either end."""
    ends = (one, other) if first else (other, one)
    return [(*ends, 'out', number + (not first)),
            (*reversed(ends), 'in', number + first)]


def ipsec(a, b, one, other, number, *selector):
    """All between two addresses goes by ESP, with keys that are known."""
    for host in (a, b):
        for src, dst, way, spi in security(host is a, one, other, number):
            host.ip('xfrm', 'state', 'add', *(ESP % (
                src, dst, spi, spi, '01' * 16, '02' * 20)).split())
            host.ip('xfrm', 'policy', 'add', 'src', src, 'dst', dst, *selector,
                    'dir', way, 'tmpl', 'src', src, 'dst', dst, 'proto', 'esp',
                    'reqid', str(spi), 'mode', 'transport')


def wires(a, b):
    """Three more wires between the hosts, and a device that swallows all."""
    link(a, 'side', (A5 + '/24', A5_CALM + '/24', A5_OUTER + '/24'),
         b, 'side', (B5 + '/24', B5_CALM + '/24'))
    a.ip('route', 'add', B5_VIRTUAL, 'via', B5)
    link(a, 'narrow', (A6 + '/24', A6_CALM + '/24'),
         b, 'narrow', (B6 + '/24', B6_CALM + '/24'))
    # that floods are in ARP's way is no loss of ours
    for host, other, address in ((a, b, B5_CALM), (b, a, A5_CALM)):
        shown = json.loads(other.ip('-j', 'link', 'show', 'side').stdout)[0]
        host.ip('neigh', 'replace', address, 'lladdr', shown['address'], 'dev',
                'side', 'nud', 'permanent')
    link(a, 'port', (), b, 'port', ())
    b.ip('link', 'add', 'link', 'port', 'name', 'vlan7', 'type', 'vlan', 'id',
         '7')
    b.ip('addr', 'add', B_BRIDGED + '/24', 'dev', 'vlan7')
    b.ip('link', 'set', 'vlan7', 'up')
    for host in (a, b):
        host.ip('link', 'add', 'sink', 'type', 'dummy')
        host.ip('link', 'set', 'sink', 'up')


def bridged_flood(b):
    """To where there is somebody now and then."""
    sock = b.socket(B_BRIDGED, 7012)
    sent = [0]

    def work():
        sent[0] += 1
        try:
            sock.sendto(rtp(sent[0], bytes(160)), (A_BRIDGED, 7012))
        except OSError:
            pass
        time.sleep(0.0005)
    return work


def churn(tap):
    before = allocated()
    a, b = pair()
    wires(a, b)
    # so that a program says how often it ran, and floods crowd nobody out of the
    # queues before ours
    run('sysctl', '-qw', 'kernel.bpf_stats_enabled=1',
        'net.core.netdev_max_backlog=100000')
    work = Churn(a, b)
    ipsec(a, b, A4, B4, 1)
    Between(a, b, A_BRIDGED, B_BRIDGED, 7012, False)
    floods = [Process(flood(a, *PAIRS)),
              Process(flood(b, *(pair_[::-1] for pair_ in PAIRS))),
              Process(bridged_flood(b))]
    for name, pause in (('steady', 0.01), ('session', 0), ('keys', 0),
                        ('deletion', 1), ('stream', 0), ('flush', 3),
                        ('interface', 0.5), ('namespace', 0), ('rules', 0),
                        ('devices', 0), ('queues', 0.2), ('rekey', 0),
                        ('listener', 0), ('requirement', 0), ('beside', 0.01),
                        ('translation', 0), ('filters', 0), ('program', 0),
                        ('sealed', 0), ('bridged', 0)):
        work.start(name, getattr(work, name), pause)
    time.sleep(SECONDS)
    work.end()
    tap.equal([one.stop() for one in floods], [True] * len(floods),
              'floods go on to the end')
    for sock in work.calls + work.others + [
            sock for call in work.between.values() for sock in call.socks]:
        sock.close()
    os.close(work.program_fd)
    traffic = [host.json('stat') for host in (a, b)]
    traffic = [{'%s %s' % (way, name): one[way][name]
                for way in ('send', 'recv') for name in one[way]
                if one[way][name] and not name.endswith('bytes')}
               for one in traffic]
    tap.note('packets: %s' % traffic)
    tap.ok(all(one.get('%s rtp-packets' % way) for one in traffic
               for way in ('send', 'recv')), 'packets pass both ways meanwhile')
    tap.note('seed %d, %d s, done: %s' % (SEED, SECONDS, work.done))
    tap.equal(work.wrong, [], 'nothing goes wrong')
    tap.ok(all(work.done.values()), 'all is done', work.done)
    tap.ok(all(work.taken.values()), 'sessions are made, changed and deleted: %s' %
           work.taken)
    for name, what in (('translation', 'NAT'), ('filters', 'classifiers'),
                       ('program', 'a program of XDP'), ('sealed', 'IPsec'),
                       ('bridged', 'a bridge, a VLAN and a VRF')):
        tap.ok(work.seen[name], '%s had to do with packets (%s)' % (
            what, work.seen[name]), work.done)
    for host in (a, b):
        shown = len(host.json('session', 'show'))
        stat = host.json('stat')
        tap.equal(shown, stat['sessions'], 'as many sessions as are counted')
        tap.equal(len(host.json('stream', 'show')), stat['streams'],
                  'as many streams as are counted')
        host.ksrtp('session', 'flush')
        host.ip('xfrm', 'policy', 'flush')
        host.ip('xfrm', 'state', 'flush')
        host.ip('link', 'set', 'wire', 'down')
    for host in (a, b):
        host.ip('link', 'set', 'wire', 'up')
    call = Call(a, b, GCM)
    tap.equal(call.peer.unprotect(call.out(rtp(1, b'after'))),
              rtp(1, b'after'), 'a session made now protects')
    tap.equal(call.through(call.peer.protect(rtp(2, b'back'))),
              rtp(2, b'back'), 'and takes protection away')
    call.close()
    for host in (a, b):
        stat = host.json('stat')
        tap.equal([stat[k] for k in ('sessions', 'streams', 'stream-memory')],
                  [0, 0, 0], 'no session and no memory of streams is left')
    tap.equal(module_users(), 0, 'nothing holds the module')
    Host.remove_all()
    given_back(tap, before)


def module(tap):
    """The module goes and comes under traffic."""
    if not os.path.exists(MODULE):
        tap.skip('the module', 'it is not ours to load')
        return
    a, b = pair()
    floods = [Process(flood(a, (A4, B4))), Process(flood(b, (B4, A4)))]
    for round_ in range(ROUNDS):
        for host, here, there in ((a, A4, B4), (b, B4, A4)):
            host.ksrtp('-b', '-', input=''.join('session add %s\n' % ' '.join(
                words(here, there, n, random.Random(n)))
                for n in range(FLOWS)))
        time.sleep(0.2)
        for host in (a, b):
            host.ksrtp('session', 'flush')
        for wait in range(100):
            if not run('rmmod', 'ksrtp', check=False).returncode:
                break
            time.sleep(0.1)
        run('insmod', MODULE)
    tap.equal([one.stop() for one in floods], [True] * len(floods),
              'packets come all the while')
    call = Call(a, b, CM, lport=20000, rport=20000)
    tap.equal(call.peer.unprotect(call.out(rtp(1, b'after'))),
              rtp(1, b'after'), 'the module goes and comes %d times' % ROUNDS)
    call.close()


main(churn, module)
