#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Floods of forged packets, from the address and port of a peer, beside calls:
these lose nothing, nothing forged gets through, and nothing grows by it."""

import json
import os
import random
import select
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
from srtp_ref import Context

SEED = int(os.environ.get('KSRTP_SEED', '1'))
PACKETS = 120
SSRC = 0x11223344
# forgeries in front of each good packet, and of a batch from the other process
EACH, BATCH = 6, 40
# of no session: tells that all before it has been dealt with
PACE = ('10.9.0.1', 9999)
ONES = ((1 << 16) - 1, (1 << 32) - 1)
# epochs of a master key derived in vain: at once, in a second
BUDGET, RATE = 1024, 64
LATER = os.path.join(BUILD, os.environ.get('KSRTP_KERNEL', ''),
                     'ksrtp_later.ko')


class Line:
    """A call, and its packets: plain, and as they are on the wire."""

    def __init__(self, a, b, n, suite, *words, ssrc=None, mki=b'', first=0,
                 header=None, **properties):
        master, size = key(suite), SUITES[suite][0]
        self.suite, self.ssrc, self.mki = suite, ssrc or SSRC, mki
        self.header = header or {}
        self.kdr = properties.get('kdr', 0)
        self.keys = 1
        if self.kdr:
            words += ('kdr', str(self.kdr))
        if mki:
            words += ('mki', mki.hex())
        self.call = Call(a, b, suite, recv_words=words, lport=5000 + 4 * n,
                         rport=6000 + 4 * n,
                         words=('ssrc', hex(ssrc)) if ssrc else ())
        self.judge = Context(suite, master[:size], master[size:], mki=mki,
                             **properties)
        self.seqs = list(range(first, first + PACKETS))
        # some come late, and of an epoch that is over
        border = max(self.kdr, 8)
        for at in range(2, PACKETS):
            if self.kdr and self.seqs[at] % border == 0:
                self.seqs[at - 1:at + 1] = self.seqs[at], self.seqs[at - 1]
        self.plain = [self.rtp(seq, b'media %d' % seq) for seq in self.seqs]
        self.good = [self.judge.protect(packet, seq >> 16)
                     for seq, packet in zip(self.seqs, self.plain)]
        self.report = self.judge.protect_rtcp(rtcp(self.ssrc), 1)
        self.sent = self.reports = 0

    def change(self, a, *words):
        """Receive with another key beside this one, which comes first."""
        a.ksrtp('session', 'set', 'id', self.call.id, 'recv', 'suite',
                self.suite, 'insecure-key', key(self.suite, 2).hex(), *words)
        self.keys = 2

    def rtp(self, seq, body, ssrc=None):
        return rtp(seq, body, ssrc or self.ssrc, **self.header)

    def trailer(self, control):
        """How long the tag is that is behind a key's identifier."""
        return 0 if self.judge.aead else SUITES[self.suite][2 + control]

    def marked(self, pick, packet, control=False):
        """With an identifier, if there is to be one, wrong or right."""
        end = len(packet) - self.trailer(control)
        mki = pick.choice((self.mki, pick.randbytes(len(self.mki))))
        return packet[:end - len(mki)] + mki + packet[end:]

    def noise(self, pick):
        """What this call has not got before, and whether it is RTCP."""
        if self.kdr and pick.randrange(2):
            at = len(self.report) - self.trailer(True) - len(self.mki) - 4
            packet = bytearray(pick.randbytes(len(self.report)))
            packet[:8] = self.report[:8]
            packet[at:at + 4] = (1 << 31 | pick.randrange(1 << 31)).to_bytes(
                4, 'big')
            return self.marked(pick, bytes(packet), True), True
        ssrc = pick.choice((self.ssrc, pick.randrange(1, ONES[1])))
        return self.marked(pick, self.rtp(pick.randrange(ONES[0]),
                                          pick.randbytes(60), ssrc)), False

    def forgery(self, pick, accepted):
        """One more, and whether it is RTCP; the good packet is still to come."""
        ssrc, seq, body = self.ssrc, self.seqs[accepted + 1], pick.randbytes(60)
        kind = pick.randrange(8)
        if kind == 0:
            good = self.good[accepted + 1]
            at = pick.randrange(12, len(good))
            return good[:at] + bytes([good[at] ^ 1 << pick.randrange(8)]) + \
                good[at + 1:], False
        if kind == 1:
            return self.good[pick.randrange(accepted + 1)], False
        if kind == 2:
            ssrc = pick.randrange(1, ONES[1])
        elif kind == 3:
            seq += pick.choice((1, 2, 9, 100, 20000, 32767, 40000, 65000))
        elif kind == 4:
            seq = pick.randrange(ONES[0])
        elif kind == 5:
            return self.report[:8] + pick.randbytes(len(self.report) - 8), True
        elif kind == 6:
            return self.noise(pick)
        return self.marked(pick, self.rtp(seq, body, ssrc)), False

    def begin(self):
        return self.call.through(self.good[0]) == self.plain[0] and self.out()

    def out(self):
        """Does what the application sends arrive?"""
        self.sent += 1
        packet = self.rtp(self.sent, b'ours')
        return self.judge.unprotect(self.call.out(packet), 0) == packet

    def control(self):
        """Does a report arrive, either way?"""
        self.reports += 1
        packet = rtcp(self.ssrc)
        wire = self.judge.protect_rtcp(packet, self.reports)
        return self.call.through(wire, True) == packet and \
            self.judge.unprotect_rtcp(self.call.out(packet, True)) == \
            (packet, self.reports)

    def elsewhere(self):
        """Another SSRC begins in mid-sequence: is it heard, sooner or later?"""
        for n in range(30000, 30600):
            packet = self.rtp(n, b'elsewhere', 77)
            self.call.put(self.judge.protect(packet, 0))
            if select.select([self.call.app], [], [], 0.1)[0]:
                return self.call.get()[-9:] == b'elsewhere'
        return False


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
                line = pick.choice(lines)
                line.call.put(*line.noise(pick))
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


def dropped(host):
    """What the host has refused, by sessions and by rules."""
    stat = host.json('stat')
    return stat['require-drops'] + sum(
        stat['recv'][name] for name in stat['recv'] if
        name.startswith('drop-'))


def counted(host, wanted):
    """What was dropped, once all that waited for keys or drivers is."""
    for wait in range(300):
        if dropped(host) >= wanted:
            break
        time.sleep(0.1)
    return dropped(host)


def calls(lines, pick):
    """Each call to its end, with forgeries between; what of it was lost."""
    forged, lost = 0, []
    for n in range(1, PACKETS):
        for line in lines:
            for i in range(EACH):
                line.call.put(*line.forgery(pick, n - 1))
            forged += EACH
            got = line.call.through(line.good[n])
            if got != line.plain[n]:
                lost.append((line.suite, line.kdr, n, got))
            if n % 8 == 0 and not line.out():
                lost.append((line.suite, line.kdr, n, 'sent'))
            if n % 30 == 0 and not line.control():
                lost.append((line.suite, line.kdr, n, 'RTCP'))
    return forged, lost


def bounded(tap, a, line, took, when):
    """No more epochs were derived than there is a budget for."""
    shown = a.json('-s', 'session', 'show', 'id', line.call.id)[0]
    stats = shown['recv']['stats']
    most = line.keys * (BUDGET + RATE * (took + 1)) + \
        stats['rtp-packets'] + stats['rtcp-packets']
    tap.note('%d epochs derived, %d packets refused' % (
        stats['epochs-derived'], stats['drop-epoch-limit']))
    name = '%s, rate %d, %s: ' % (line.suite, line.kdr, when)
    tap.ok(stats['epochs-derived'] <= most,
           name + 'few epochs are derived in vain',
           '%d, more than %d' % (stats['epochs-derived'], most))
    tap.equal(stats['drop-no-memory'], 0,
              name + 'and packets wait for no more')


def beside(tap, name, a, b, lines, burst=0):
    """Calls, and a flood beside them."""
    pick = random.Random(SEED)
    tap.ok(all([line.begin() for line in lines]), name + ': calls are up')
    monitor = Monitor(a)
    before, logged, began = state(a), ours(), time.monotonic()
    forged = burst * len(lines)
    for of, line in enumerate(lines):
        since = time.monotonic()
        for i in range(1, burst + 1):
            line.call.put(*line.noise(pick))
            # no more wait at once than there is room for, however slow the host
            if i % 500 == 0:
                counted(a, of * burst + i)
        if burst:
            bounded(tap, a, line, time.monotonic() - since, 'a burst')
    rival = Flood(a, b, lines)
    try:
        more, lost = calls(lines, pick)
    finally:
        forged += rival.stop()
    forged += more
    tap.note('%s: seed %d, %d forged packets beside %d good ones' % (
        name, SEED, forged, len(lines) * (PACKETS - 1)))
    tap.equal(lost, [], name + ': calls lose nothing, and get nothing forged')
    tap.equal(counted(a, forged), forged,
              name + ': what was forged is counted, and nothing else')
    took = time.monotonic() - began
    tap.equal(state(a), before,
              name + ': sessions, streams and their memory stay')
    tap.equal(ours(), logged, name + ': the log has no line more')
    stat = a.json('stat')['recv']
    tap.equal((stat['rtp-packets'], stat['rtcp-packets']),
              (len(lines) * PACKETS, sum(line.reports for line in lines)),
              name + ': what was good is counted')
    for line in lines:
        if line.kdr:
            bounded(tap, a, line, took, 'a flood')
    a.ksrtp('session', 'set', 'id', lines[0].call.id, 'max-streams', 9)
    monitor.wait(event='session-set')
    alerts = [one for one in monitor.seen if 'type' in one]
    # one a second of a kind and a call, or a rule
    tap.ok(0 < len(alerts) <= 4 * len(lines) * (took + 2),
           name + ': alerts are few (%d)' % len(alerts), alerts[:20])
    tap.ok(not any(one['event'] == 'none came' for one in monitor.seen),
           name + ': and none is lost for their number')
    monitor.close()


def suites(tap):
    a, b = pair()
    lines = [Line(a, b, n, suite) for n, suite in enumerate((
        CM, 'AES_CM_128_HMAC_SHA1_32', GCM))]
    # searching for a rollover counter is what costs most
    a.ksrtp('session', 'set', 'id', lines[0].call.id, 'recv', 'suite', CM,
            'insecure-key', key(CM).hex(), 'roc-search', '3')
    beside(tap, 'suites', a, b, lines)


def rates(tap):
    """Each forgery asks for session keys of another epoch."""
    a, b = pair()
    lines = [Line(a, b, 0, CM, kdr=1, first=65480),
             Line(a, b, 1, GCM, kdr=16, first=65490),
             Line(a, b, 2, CM, kdr=4, first=1000)]
    # the peer goes on with the old key, which is tried behind the new one
    lines[2].change(a, 'kdr', '4', 'overlap', '600000')
    beside(tap, 'rates', a, b, lines, burst=3000)
    for line in lines:
        tap.ok(line.elsewhere(), '%s, rate %d: a stream begins elsewhere when '
               'the flood is over' % (line.suite, line.kdr))


def shapes(tap):
    """Keys with identifiers, encrypted headers, sessions of one SSRC, rules."""
    a, b = pair()
    header = {'csrcs': (7, 8), 'extension': b'\x10secret.'}
    lines = [Line(a, b, 0, CM, mki=b'\1\2\3'),
             Line(a, b, 1, GCM, mki=b'\4'),
             Line(a, b, 2, CM, 'cryptex', 'on', header=header, cryptex=True),
             Line(a, b, 3, GCM, 'cryptex', 'on', header=header, cryptex=True),
             Line(a, b, 4, GCM, mki=b'\5\6', kdr=8),
             Line(a, b, 5, CM, ssrc=0xabcd0001)]
    # what is of another SSRC has no session, and is the rule's
    a.ksrtp('require', 'add', 'port', '5000-5999')
    beside(tap, 'shapes', a, b, lines)
    tap.ok(a.json('stat')['require-drops'], 'shapes: a rule has dropped some')


def later(tap):
    """Drivers that finish later."""
    a, b = pair()
    run('insmod', LATER)
    lines = [Line(a, b, 0, CM), Line(a, b, 1, GCM), Line(a, b, 2, CM, kdr=4)]
    beside(tap, 'later', a, b, lines)
    for line in lines:
        line.call.close()
    Host.remove_all()
    module_users()
    tap.equal(run('rmmod', 'ksrtp_later', check=False).stderr, '',
              'later: no key keeps its driver')


def supers(tap):
    """Good packets in super-packets with forged ones."""
    a, b = pair()
    gro_on(a)
    pick = random.Random(SEED)
    forged = 0
    for n, line in enumerate((Line(a, b, 0, 'NULL_HMAC_SHA1_80', first=1000),
                              Line(a, b, 1, CM, first=1000),
                              Line(a, b, 2, CM, first=1000, kdr=4))):
        call, got = line.call, []
        size = len(line.good[0])
        for good in line.good:
            packets = [good] + [line.rtp(
                pick.choice((1000, 1100, pick.randrange(ONES[0]))),
                pick.randbytes(size - 12),
                pick.choice((SSRC, pick.randrange(1, ONES[1]))))
                for i in range(EACH)]
            forged += EACH
            pick.shuffle(packets)
            call.wire.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, size)
            call.wire.sendto(b''.join(packets), call.here)
            got.append(call.get())
        call.wire.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 0)
        name = 'super-packets, %s, rate %d: ' % (line.suite, line.kdr)
        tap.equal(got, line.plain, name + 'good ones are taken out of them')
        tap.equal(counted(a, forged), forged, name + 'the others are counted')
        tap.equal(call.refused([]), [], name + 'nothing else arrives')


main(suites, rates, shapes, later, supers)
