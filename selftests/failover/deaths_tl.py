#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""deaths.py [SLOWER [DEATHS]]: how long a call is silent if its gateway dies, on this
machine's own kernel, which ksrtp is not needed in: the pair of gateways of
Documentation/recipes/failover.rst, with keepalived, ksrtp-sync and Redis, that forwards
plain RTP; and a program in the module's place that knows when a gateway has the lease. What
a gateway forwards without one counts as lost, since its kernel would have dropped it.

Leases and adverts are SLOWER times as long as in the recipe, a lease 50 ms at least."""

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
from ksrtp_test import rtp, run, _Inside
from page import Page
from pair import GATEWAYS, settings, status
from programs import need_programs
from wires import SO_TIMESTAMPNS, receive

PORT, PACE = 5004, 0.02
ENDS = {'phone': ('10.0.0.20', ('192.0.2.2', PORT)), 'bob': ('192.0.2.2', ('192.0.2.1', PORT))}
GATEWAY = socket.inet_aton('192.0.2.1')


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


def passed(pair, end):
    """When packets came that a kernel would have let through."""
    for at, address in end.came:
        kernel = pair.sender(address)[1]
        if kernel and kernel.had_lease(at):
            yield at


def ms(at, start):
    return '-' if at is None else '%.1f' % (1000 * (at - start))


def tell(pair, ends, rows):
    print('%-20s %-12s %-14s %-10s %-10s %-10s' % (
        'event', 'lost out/in', 'silent, ms', 'address', 'lease', 'media'), flush=True)
    times = [sorted(passed(pair, end)) for end in ends]
    for name, start, end, taker in rows:
        lost, silent = [], []
        for one, came in zip(reversed(ends), times):
            sent = [at for at in one.sent if start <= at < end]
            got = [at for at in came if start <= at <= end]
            lost.append(str(max(0, len(sent) - len(got))))
            gaps = [after - before for before, after in
                    zip([start, *got], [*got, end])]
            silent.append(ms(max(gaps), 0))
        address = min((at for one in ends for at, mac in one.told
                       if at >= start and pair.sender(mac)[0] == taker), default=None)
        kernel = next((kernel for _, who, kernel in pair.lives if who == taker and
                       kernel.lease_after(start)), None)
        first = min((at for one in ends for at, mac in one.came
                     if at >= start and pair.sender(mac)[0] == taker and
                     pair.sender(mac)[1].had_lease(at)), default=None)
        moved = [ms(address, start), ms(kernel.lease_after(start) if kernel else None, start),
                 ms(first, start)] if taker else ['-'] * 3
        print('%-20s %-12s %-14s %-10s %-10s %-10s' % (
            name, '/'.join(lost), '/'.join(silent), *moved), flush=True)


def main():
    slower = float((sys.argv + ['0.1'])[1])
    deaths = int((sys.argv + ['', '6'])[2])
    # the module is one of our threads, and no program comes before a module
    os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(5))
    sys.setswitchinterval(1e-4)
    with Page('failover') as page:
        settings(page, slower)
        pair = Pair(page)
        for title in ('The network', 'The gateways', 'The store', 'The state of calls',
                      'The addresses'):
            page.run(title)
        page.do(dict(page.sections)['The gateway dies'].split('\n\n')[0])
        for name in GATEWAYS:
            pair.identify(name)
        call = pair.kernels['one'].call(PORT)
        for way in SEND, RECV:
            pair.kernels['one'].packet(call, way, 1, seq=1, srtcp=1)
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
        n0, n1 = rows[0][1:3]
        for _, who, k in pair.lives[::2]:
            st = [(w, e) for w, e in k.set if n0 - 1 < w < n1]
            for (w0, e0), (w1, e1) in zip(st, st[1:]):
                if w1 > e0: print(who, 'lease gap', ms(e0, n0), ms(w1, n0), 'set after', ms(w1, w0))
        print(page.output()[-600:])
        print('load %.1f, %d processors' % (os.getloadavg()[0], os.cpu_count()))


if os.getuid():
    sys.exit('this makes network namespaces, as root only')
if taken := {'lan', 'phone', 'bob', 'store', *GATEWAYS} & Page.hosts():
    sys.exit('there are network namespaces of these names: ' + ', '.join(sorted(taken)))
need_programs('keepalived', 'jq', 'nft', 'chrt', here=True)
main()
