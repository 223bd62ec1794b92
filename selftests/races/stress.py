#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Few sessions, and all that there is to be done with them, for so many seconds
($KSRTP_STRESS): packets from several processors, while lists are read, keys come
and go, and streams are set. What is looked for is in the kernel's log."""

import os
import sys
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from genl import Genl
from ksrtp_test import *

SECONDS = int(os.environ.get('KSRTP_STRESS', '60'))
GET, STREAM_GET, KEY_GET = 4, 6, 17
DUMPS = (GET, STREAM_GET, KEY_GET)
PORTS = (5000, 5002)


def until(end, work):
    """A process that works until then; returns how to wait for it."""
    child = os.fork()
    if child:
        return lambda: os.waitpid(child, 0)[1]
    done = 0
    try:
        while time.time() < end:
            work(done)
            done += 1
    except BaseException:
        traceback.print_exc()
        done = 0
    os._exit(not done)


def stress(tap):
    a, b = pair()
    for host, here, there in ((a, A4, B4), (b, B4, A4)):
        for port, suite in zip(PORTS, (CM, GCM)):
            host.session(*flow(here, there, port, port), 'stream-timeout', '1',
                         send=(suite, key(suite)), recv=(suite, key(suite)))
    socks = {(host, port): host.socket(here, port)
             for host, here in ((a, A4), (b, B4)) for port in PORTS}
    with a.enter():
        genl = Genl()

    def packets(host, there, copy):
        def work(n):
            # the same streams from both processors, and others that go again
            for port in PORTS:
                socks[host, port].sendto(
                    rtp(2 * n + copy, ssrc=1 + (n % 50 == 0) * n),
                    (there, port))
        return work

    def lists(n):
        genl.dump(DUMPS[n % len(DUMPS)])
        if n % 20 == 0:
            a.ksrtp('session', 'show', '-s', check=False)

    def keys(n):
        for port, suite in zip(PORTS, (CM, GCM)):
            a.ksrtp('session', 'set', *flow(A4, B4, port, port), 'recv',
                    'suite', suite, 'insecure-key', key(suite).hex(),
                    'overlap', '50')

    end = time.time() + SECONDS
    waits = [until(end, work) for work in (
        packets(a, B4, 0), packets(a, B4, 1), packets(b, A4, 0),
        packets(b, A4, 1), lists, keys)]
    tap.equal([wait() for wait in waits], [0] * len(waits), 'all is done')
    tap.note(str(a.json('stat')))
    run('mount', '-t', 'debugfs', 'debugfs', '/sys/kernel/debug', check=False)
    tap.note(open('/sys/kernel/debug/kcsan').read().replace('\n', ', '))
    for host in (a, b):
        host.ksrtp('session', 'flush')
        tap.equal(host.json('stat')['streams'], 0, 'and undone')


main(stress)
