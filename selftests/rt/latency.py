#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""How long packets are in the hooks while the machine is busy: a histogram, by the
kernel's own tracing. KSRTP_PACKETS for another number of packets."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *

TRACING = '/sys/kernel/tracing/'
EVENTS = TRACING + 'events/'
PACKETS = int(os.environ.get('KSRTP_PACKETS', '20000'))
# one of each for a processor
LOAD = ('while :; do :; done',
        'while :; do dd if=/dev/zero of=/tmp/load bs=64k count=64 2>/dev/null; done')


def write(name, text):
    """One more line; these files cannot be sought in, as Python does to append."""
    fd = os.open(name, os.O_WRONLY | os.O_APPEND)
    os.write(fd, text.encode() + b'\n')
    os.close(fd)


class Stopwatch:
    """From the call of a function of the module to its return."""

    def __init__(self, name, function):
        self.name = name
        write(TRACING + 'synthetic_events', 'ksrtp_%s u64 ns' % name)
        write(TRACING + 'kprobe_events', 'p:ksrtp/%s_in %s' % (name, function))
        write(TRACING + 'kprobe_events', 'r:ksrtp/%s_out %s' % (name, function))
        # a thread, or what interrupts it, is in one packet at a time
        write(EVENTS + 'ksrtp/%s_in/trigger' % name,
              'hist:keys=common_pid:start=common_timestamp')
        write(EVENTS + 'ksrtp/%s_out/trigger' % name,
              'hist:keys=common_pid:ns=common_timestamp-$start:'
              'onmatch(ksrtp.%s_in).trace(ksrtp_%s,$ns)' % (name, name))
        self.events = EVENTS + 'synthetic/ksrtp_%s/' % name
        write(self.events + 'trigger', 'hist:keys=ns.log2:sort=ns')

    def histogram(self):
        """{upper bound in ns: packets}"""
        return {1 << int(power) + 1: int(count) for power, count in re.findall(
            r'ns: ~ 2\^(\d+)\s*\}\s*hitcount:\s*(\d+)',
            open(self.events + 'hist').read())}


def latency(tap):
    a, b = pair()
    for host, way in ((a, 'send'), (b, 'recv')):
        ends = (A4, B4, 5000, 6000) if host is a else (B4, A4, 6000, 5000)
        host.session(*flow(*ends), **{way: (GCM, key(GCM))})
    app, far = a.socket(A4, 5000), b.socket(B4, 6000)
    watches = [Stopwatch('send', 'ksrtp_hook_send_ipv4'),
               Stopwatch('recv', 'ksrtp_hook_recv_ipv4')]
    load = [subprocess.Popen(['sh', '-c', what])
            for what in LOAD * (os.cpu_count() or 1)]
    heard = 0
    for n in range(PACKETS):
        app.sendto(rtp(n % 65536, bytes(160)), (B4, 6000))
        heard += far.recv(2000)[-160:] == bytes(160)
    for process in load:
        process.kill()
        process.wait()
    tap.equal(heard, PACKETS, 'all packets arrive')
    print('# Linux', os.uname().release, os.uname().version)
    for watch in watches:
        counts = watch.histogram()
        total = sum(counts.values())
        tap.ok(total >= PACKETS, watch.name + ': all are counted', counts)
        seen = 0
        for bound, count in sorted(counts.items()):
            seen += count
            print('# %s: below %9.1f us: %6d, %8.4f %% in all' %
                  (watch.name, bound / 1000, count, 100 * seen / total))


main(latency)
