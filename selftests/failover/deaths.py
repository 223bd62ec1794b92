#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""deaths.py [SLOWER [DEATHS]]: how long a call is silent if its gateway dies: the pair of
gateways of Documentation/recipes/failover.rst, with keepalived, ksrtp-sync and Redis.

In a kernel that has ksrtp, as those of selftests/vm/run, it protects the call, and bob's kernel
has a session of its own. In another one, as this machine's, gateways forward plain RTP, and a
program in the module's place knows when a gateway has the lease. What a gateway forwards
without one counts as lost, since its kernel would have dropped it.

Leases and adverts are SLOWER times as long as in the recipe, a lease 50 ms at least."""

import json
import os
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../recipes'))
from fake_gateway import RECV, SEND, Gateway, boottime, number
from ksrtp_sync import SYNC, wait
from ksrtp_test import CM, KSRTP, rtp, run, _Inside
from page import Page
from pair import GATEWAYS, settings, status
from programs import need_programs
from wires import SO_TIMESTAMPNS, receive

PORT, PACE = 5004, 0.02
ENDS = {'phone': ('10.0.0.20', ('192.0.2.2', PORT)), 'bob': ('192.0.2.2', ('192.0.2.1', PORT))}
GATEWAY = socket.inet_aton('192.0.2.1')
IS_LOADED = os.path.exists('/sys/module/ksrtp')


class Kernel(Gateway):
    """It remembers when it had a lease."""

    def __init__(self):
        super().__init__()
        self.set = []

    def _lease_set(self, told):
        answer = super()._lease_set(told)
        left = (self.leases[number(told['id'])] - boottime()) / 1e9
        self.set.append((time.monotonic(), time.monotonic() + left))
        return answer

    def had_lease(self, at):
        until = [end for when, end in self.set if when <= at]
        return bool(until) and at < until[-1]

    def lease_after(self, start):
        """When it first had one since then."""
        return min((when for when, end in self.set if when >= start and end > when),
                   default=None)


class Module:
    """The kernel itself: what passes it had a lease."""

    @staticmethod
    def had_lease(at):
        return True

    @staticmethod
    def lease_after(start):
        return None


class End:
    """A telephone: what it sends, what comes to it, and by which gateway."""

    def __init__(self, name):
        address, self.to = ENDS[name]
        self.sent, self.came, self.told = [], [], []
        with _Inside(name):
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.sock.bind((address, PORT))
        self.wire.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.wire.bind(('eth0', 3))
        self.wire.settimeout(0.2)
        self.ended = False
        self.threads = [threading.Thread(target=what, daemon=True)
                        for what in (self.talk, self.listen)]
        for thread in self.threads:
            thread.start()

    def talk(self):
        due = time.monotonic()
        while not self.ended:
            self.sent.append(time.monotonic())
            try:
                self.sock.sendto(rtp(len(self.sent)), self.to)
            except OSError:
                pass
            due = max(due + PACE, time.monotonic() - 1)
            time.sleep(max(0, due - time.monotonic()))

    def listen(self):
        while not self.ended:
            try:
                frame, at, where = receive(self.wire)
            except OSError:
                continue
            if where[2] == socket.PACKET_OUTGOING:
                continue
            if frame[12:14] == b'\x08\x06' and frame[28:32] == GATEWAY:
                self.told.append((at, frame[6:12].hex(':')))
            elif frame[12:14] == b'\x08\x00' and frame[23] == socket.IPPROTO_UDP and \
                    struct.unpack_from('>H', frame, 36)[0] == PORT:
                self.came.append((at, frame[6:12].hex(':')))

    def close(self):
        self.ended = True
        for thread in self.threads:
            thread.join()
        self.sock.close()
        self.wire.close()


class Pair:
    """Gateways of a kernel that has ksrtp."""

    def __init__(self, page):
        self.page, self.lives = page, []
        self.kernels = {name: self.boot(name) for name in GATEWAYS}

    def boot(self, name):
        """A kernel that has just begun."""
        return Module()

    @staticmethod
    def call():
        keys = {way: os.urandom(30).hex() for way in ('out', 'back')}
        for host, local, remote, send, recv in (
                ('one', '192.0.2.1', '192.0.2.2', 'out', 'back'),
                ('bob', '192.0.2.2', '192.0.2.1', 'back', 'out')):
            run(KSRTP, '-n', host, 'session', 'add', 'local', '%s:%d' % (local, PORT),
                'remote', '%s:%d' % (remote, PORT), 'dev', 'eth0',
                *(['lease', '7'] if host == 'one' else []),
                'send', 'suite', CM, 'insecure-key', keys[send],
                'recv', 'suite', CM, 'insecure-key', keys[recv])

    def judge(self):
        """What bob's kernel made of all that came: what is in the clear, it drops."""
        shown = json.loads(run(KSRTP, '-n', 'bob', '-s', '-j', 'session', 'show').stdout)
        stats = shown[0]['recv']['stats']
        dropped = {name: n for name, n in stats.items() if name.startswith('drop') and n}
        print('bob got %d packets, and dropped %s' % (stats['rtp-packets'], dropped or 'none'))

    def group(self, name):
        return status(self.page, name)['groups'][0]

    def at_work(self):
        found = [name for name in GATEWAYS if self.group(name).get('role') == 'active']
        other = [name for name in GATEWAYS if self.group(name).get('role') == 'standby' and
                 self.group(name).get('sessions') == 1]
        return found[0] if len(found) == len(other) == 1 else None

    def identify(self, name):
        """Link addresses of a gateway, for as long as it lives."""
        shown = [run('ip', '-n', name, '-br', 'link', 'show', 'dev', device).stdout.split()
                 for device in ('eth0', 'eth1')]
        self.lives += [(words[2], name, self.kernels[name]) for words in shown]

    def sender(self, address):
        return next(((name, kernel) for known, name, kernel in self.lives
                     if known == address), (None, None))


class PlayedPair(Pair):
    """Those of one that has not."""

    def __init__(self, page):
        self.page, self.kernels, self.lives = page, {}, []
        page.do('ksrtp() { :; }')
        self.folder = page.path('kernels')
        os.mkdir(self.folder)
        # each host's daemon speaks with its own kernel
        tool = page.path('bin/ksrtp-sync')
        os.mkdir(os.path.dirname(tool))
        shim = self.boot('one').shim
        self.boot('two')
        with open(tool, 'w') as file:
            file.write('#!/bin/sh\ncase $1 in\nconfig) export LD_PRELOAD=%s '
                       'KSRTP_FAKE_KERNEL=%s/${2%%.conf} ;;\nesac\nexec %s "$@"\n' %
                       (shim, self.folder, os.path.abspath(SYNC)))
        os.chmod(tool, 0o755)
        page.do('PATH=%s:$PATH' % os.path.dirname(tool))

    def boot(self, name):
        """A kernel that has just begun."""
        link = os.path.join(self.folder, name)
        if name in self.kernels:
            os.unlink(link)
        kernel = self.kernels[name] = Kernel()
        os.symlink(kernel.path, link)
        return kernel

    def call(self):
        call = self.kernels['one'].call(PORT)
        for way in SEND, RECV:
            self.kernels['one'].packet(call, way, 1, seq=1, srtcp=1)

    def judge(self):
        pass


def passed(pair, end):
    """When packets came that a kernel would have let through, and that of which host."""
    for at, address in end.came:
        name, kernel = pair.sender(address)
        if kernel and kernel.had_lease(at):
            yield at, name


def ms(at, start):
    return '-' if at is None else '%d' % (1000 * (at - start))


def moved(pair, ends, start, taker):
    """Until others were told where the address is, until its new host had the lease, and
    until a packet came from there: ms since the last one of the host that died."""
    first = min((at for one in ends for at, who in passed(pair, one)
                 if at >= start and who == taker), default=None)
    last = max(at for one in ends for at, who in passed(pair, one)
               if who != taker and (not first or at < first))
    told = min((at for one in ends for at, address in one.told
                if at >= last and pair.sender(address)[0] == taker), default=None)
    lease = min((at for _, who, kernel in pair.lives if who == taker
                 if (at := kernel.lease_after(last))), default=None)
    return [ms(at, last) for at in (told, lease, first)]


ROW = '%-18s %-12s %-14s %-8s %-8s %-8s'


def tell(pair, ends, rows):
    print(ROW % ('event', 'lost out/in', 'silent, ms', 'address', 'lease', 'media'))
    came = [[at for at, _ in passed(pair, end)] for end in ends]
    for name, start, end, taker in rows:
        lost, silent = [], []
        for one, times in zip(reversed(ends), came):
            times = [start, *(at for at in times if start <= at <= end), end]
            sent = sum(start <= at < end for at in one.sent)
            lost.append('%d' % max(0, sent - (len(times) - 2)))
            silent.append('%d' % max(1000 * (after - before)
                                     for before, after in zip(times, times[1:])))
        print(ROW % (name, '/'.join(lost), '/'.join(silent),
                     *(moved(pair, ends, start, taker) if taker else '---')), flush=True)


def main():
    slower = float((sys.argv + ['0.1'])[1])
    deaths = int((sys.argv + ['', '6'])[2])
    # the module is one of our threads, and no program comes before a module
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(20))
    sys.setswitchinterval(1e-4)
    with Page('failover') as page:
        os.sched_setscheduler(page.shell.pid, os.SCHED_OTHER, os.sched_param(0))
        settings(page, slower)
        pair = Pair(page) if IS_LOADED else PlayedPair(page)
        for title in ('The network', 'The gateways', 'The store', 'The state of calls',
                      'The addresses'):
            page.run(title)
        page.do(dict(page.sections)['The gateway dies'].split('\n\n')[0])
        for name in GATEWAYS:
            pair.identify(name)
        pair.call()
        ends, rows = [End('bob'), End('phone')], []
        wait(pair.at_work, 'a pair')
        time.sleep(2)
        start = time.monotonic()
        time.sleep(10)
        rows.append(('nothing for 10 s', start, time.monotonic(), None))
        for _ in range(deaths):
            dying = wait(pair.at_work, 'a pair')
            taker = 'two' if dying == 'one' else 'one'
            time.sleep(3)
            start = time.monotonic()
            page.do('die ' + dying)
            wait(lambda who=taker: pair.group(who).get('role') == 'active', 'another at work')
            time.sleep(1)
            rows.append(('death of ' + dying, start, time.monotonic(), taker))
            # what a host that was booted has not, either
            page.do('rm -f %s.pid %s-vrrp.pid' % (dying, dying))
            pair.boot(dying)
            page.do('gateway %s %s' % (dying, GATEWAYS[dying][0]))
            pair.identify(dying)
            page.do('keep ' + dying)
            wait(lambda who=dying: pair.group(who).get('sessions') == 1, 'sessions')
            page.do('address %s %s' % (dying, GATEWAYS[dying][1]))
        for end in ends:
            end.close()
        if page.failures:
            sys.exit('\n'.join(page.failures) + '\n' + page.output()[-6000:])
        tell(pair, ends, rows)
        pair.judge()
        print('load %.1f, %d processors' % (os.getloadavg()[0], os.cpu_count()))


if os.getuid():
    sys.exit('this makes network namespaces, as root only')
if taken := {'lan', 'phone', 'bob', 'store', *GATEWAYS} & Page.hosts():
    sys.exit('there are network namespaces of these names: ' + ', '.join(sorted(taken)))
need_programs('keepalived', 'jq', 'nft', 'chrt', here=True)
main()
