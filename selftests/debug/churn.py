#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""All that may be done is done at once, under traffic both ways, for so many
seconds ($KSRTP_CHURN): sessions come, change and go, interfaces and namespaces
too, beside whatever else the kernel has in a packet's way. Calls that nobody
touches lose nothing meanwhile. Then all works, and nothing is left."""

import os
import random
import signal
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *

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
        finally:
            os._exit(1)

    def stop(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def flood(host, address, other):
    """Packets of all flows, with or without sessions."""
    pick = random.Random(SEED)
    socks = [(host.socket(address, 5000 + n), (other, 5000 + n))
             for n in range(2 * FLOWS)]
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


class Churn:
    """Threads that do one thing each, over and over, until told to stop."""

    def __init__(self, a, b):
        self.a, self.b = a, b
        self.stop = threading.Event()
        self.done, self.wrong, self.threads = {}, [], []
        for port, other, way in ((9000, 9002, 'send'), (9002, 9000, 'recv')):
            a.session(*flow('127.0.0.1', '127.0.0.1', port, other),
                      **{way: (CM, key(CM, 9))})
        self.calls = [a.socket('127.0.0.1', port) for port in (9000, 9002)]
        self.named = [
            b.session(*flow('127.0.0.1', '127.0.0.1', port, other),
                      **{way: (GCM, key(GCM, 0), 'mki', '0000')})
            for port, other, way in ((9000, 9002, 'send'),
                                     (9002, 9000, 'recv'))]
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
        return pick.choice(((self.a, A4, B4), (self.b, B4, A4)))

    def batch(self, pick, line):
        """A line for each flow at both ends, some left out; some are refused."""
        for host, here, there in ((self.a, A4, B4), (self.b, B4, A4)):
            host.ksrtp('-f', '-b', '-', check=False, input=''.join(
                ' '.join(line(here, there, n)) + '\n' for n in range(FLOWS)
                if pick.random() < .7))

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


def ipsec(a, b):
    """All between the hosts goes by ESP; both ways with keys that are known."""
    for host, here, there in ((a, A4, B4), (b, B4, A4)):
        for n, (src, dst) in enumerate(((A4, B4), (B4, A4)), 1):
            host.ip('xfrm', 'state', 'add', *(ESP % (
                src, dst, n, n, '01' * 16, '02' * 20)).split())
        for src, dst, way, n in ((here, there, 'out', here == B4),
                                 (there, here, 'in', here == A4)):
            host.ip('xfrm', 'policy', 'add', 'src', src, 'dst', dst, 'dir',
                    way, 'tmpl', 'src', src, 'dst', dst, 'proto', 'esp',
                    'reqid', str(n + 1), 'mode', 'transport')


def churn(tap):
    a, b = pair()
    work = Churn(a, b)
    ipsec(a, b)
    floods = [Process(flood(a, A4, B4)), Process(flood(b, B4, A4))]
    for name, pause in (('steady', 0.01), ('session', 0), ('keys', 0),
                        ('deletion', 1), ('stream', 0), ('flush', 3),
                        ('interface', 0.5), ('namespace', 0), ('rules', 0),
                        ('devices', 0), ('queues', 0.2), ('rekey', 0),
                        ('listener', 0), ('requirement', 0)):
        work.start(name, getattr(work, name), pause)
    time.sleep(SECONDS)
    work.end()
    for one in floods:
        one.stop()
    for sock in work.calls + work.others:
        sock.close()
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


def module(tap):
    """The module goes and comes under traffic."""
    if not os.path.exists(MODULE):
        tap.skip('the module', 'it is not ours to load')
        return
    a, b = pair()
    floods = [Process(flood(a, A4, B4)), Process(flood(b, B4, A4))]
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
    for one in floods:
        one.stop()
    call = Call(a, b, CM, lport=20000, rport=20000)
    tap.equal(call.peer.unprotect(call.out(rtp(1, b'after'))),
              rtp(1, b'after'), 'the module goes and comes %d times' % ROUNDS)
    call.close()


main(churn, module)
