#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Floods of forged packets, from the address and port of a peer, beside calls:
these lose nothing, nothing forged gets through, and nothing grows by it."""

import json
import os
import random
import select
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *

SEED = int(os.environ.get('KSRTP_SEED', '1'))
PACKETS = 120
SUITES_USED = (CM, 'AES_CM_128_HMAC_SHA1_32', GCM)
SSRC = 0x11223344
# forgeries in front of each good packet, and of a batch from the other process
EACH, BATCH = 6, 40
# of no session: tells that all before it has been dealt with
PACE = ('10.9.0.1', 9999)
ONES = ((1 << 16) - 1, (1 << 32) - 1)


class Line:
    """A call, and its packets: plain, and as they are on the wire."""

    def __init__(self, a, b, n, suite):
        # searching for a rollover counter is what costs most
        self.call = Call(a, b, suite, lport=5000 + 4 * n, rport=6000 + 4 * n)
        if suite == CM:
            a.ksrtp('session', 'set', 'id', self.call.id, 'recv', 'suite', CM,
                    'insecure-key', key(CM).hex(), 'roc-search', '3')
        self.plain = [rtp(seq, b'media %d' % seq) for seq in range(PACKETS)]
        self.good = [self.call.peer.protect(one) for one in self.plain]
        self.report = self.call.peer.protect_rtcp(rtcp())
        self.call.through(self.good[0])

    def forgery(self, pick, accepted):
        """One more, and whether it is RTCP; the good packet is still to come."""
        ssrc, seq, body = SSRC, accepted + 1, pick.randbytes(60)
        kind = pick.randrange(7)
        if kind == 0:
            good = self.good[accepted + 1]
            at = pick.randrange(12, len(good))
            return good[:at] + bytes([good[at] ^ 1 << pick.randrange(8)]) + \
                good[at + 1:], False
        if kind == 1:
            return self.good[pick.randrange(accepted + 1)], False
        if kind == 2:
            ssrc = pick.randrange(ONES[1])
        elif kind == 3:
            seq += pick.choice((100, 20000, 32767, 40000, 65000))
        elif kind == 4:
            seq = pick.randrange(ONES[0])
        elif kind == 5:
            return self.report[:8] + pick.randbytes(len(self.report) - 8), True
        return rtp(seq, body, ssrc), False


class Flood:
    """Forgeries without a pause, by another process, on another processor."""

    def __init__(self, a, b, lines):
        self.told, telling = os.pipe()
        stopped, self.stopping = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(telling)
            os.close(stopped)
            return
        code = 1
        try:
            sent = self.run(a, b, lines, stopped)
            os.write(telling, json.dumps(sent).encode())
            code = 0
        finally:
            os._exit(code)

    @staticmethod
    def run(a, b, lines, stopped):
        pick = random.Random(SEED + 1)
        here, there = a.socket(*PACE), b.socket(B4, PACE[1])
        sent = 0
        while not select.select([stopped], [], [], 0)[0]:
            for i in range(BATCH):
                # what none of the calls has got before, and never will
                packet = rtp(pick.randrange(ONES[0]), pick.randbytes(60),
                             pick.choice((SSRC, pick.randrange(ONES[1]))))
                pick.choice(lines).call.put(packet)
                sent += 1
            there.sendto(MARKER, PACE)
            here.recv(2000)
        return sent

    def stop(self):
        os.write(self.stopping, b'.')
        sent = os.read(self.told, 100)
        os.waitpid(self.pid, 0)
        os.close(self.told)
        os.close(self.stopping)
        return json.loads(sent)


def ours():
    return sum('ksrtp' in line for line in run('dmesg').stdout.splitlines())


def state(host):
    stat = host.json('stat')
    return [stat[name] for name in ('sessions', 'streams', 'stream-memory')]


def flood(tap):
    a, b = pair()
    pick = random.Random(SEED)
    lines = [Line(a, b, n, suite) for n, suite in enumerate(SUITES_USED)]
    monitor = Monitor(a)
    before, logged, began = state(a), ours(), time.monotonic()
    rival = Flood(a, b, lines)
    forged, lost = 0, []
    for n in range(1, PACKETS):
        for line in lines:
            for i in range(EACH):
                line.call.put(*line.forgery(pick, n - 1))
            forged += EACH
            got = line.call.through(line.good[n])
            if got != line.plain[n]:
                lost.append((line.call.suite, n, got))
    forged += rival.stop()
    took = time.monotonic() - began
    tap.note('seed %d, %d forged packets beside %d good ones' % (
        SEED, forged, len(lines) * (PACKETS - 1)))
    tap.equal(lost, [], 'calls lose nothing, and get nothing forged')
    tap.equal(state(a), before, 'sessions, streams and their memory stay')
    tap.equal(ours(), logged, 'the log has no line more')
    good = dropped = 0
    for line in lines:
        shown = [one for one in a.json('-s', 'session', 'show', 'id',
                                       line.call.id)][0]['recv']['stats']
        good += shown['rtp-packets']
        dropped += sum(shown[name] for name in shown if
                       name.startswith('drop-'))
    tap.equal((good, dropped), (len(lines) * PACKETS, forged),
              'what was forged is counted, and nothing else')
    a.ksrtp('session', 'set', 'id', lines[0].call.id, 'max-streams', 9)
    monitor.wait(event='session-set')
    alerts = [one for one in monitor.seen if 'type' in one]
    # one a second of a kind and a call
    tap.ok(0 < len(alerts) <= 3 * len(lines) * (took + 2),
           'alerts are few (%d)' % len(alerts), alerts[:20])
    tap.ok(not any(one['event'] == 'none came' for one in monitor.seen),
           'and none is lost for their number')
    monitor.close()
    for line in lines:
        line.call.close()


main(flood)
