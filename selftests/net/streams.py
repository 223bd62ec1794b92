#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Streams: rollover counter, reordering, replay, limits, state set and read."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *

SSRC = 0x11223344


def numbered(seqs, **options):
    return [rtp(seq, b'payload %d' % seq, **options) for seq in seqs]


def rollover(tap):
    a, b = pair()
    call = Call(a, b)
    plain = numbered(range(65530, 65542))
    wire = [call.out(p) for p in plain]
    tap.equal([call.peer.unprotect(p) for p in wire], plain,
              'send: the rollover counter goes up as the sequence wraps')
    tap.equal(call.a.stream(call.id, 'send', SSRC)['roc'], 1,
              'send: and shows')
    tap.equal([call.through(p) for p in wire], plain,
              'receive: the sequence wraps')
    tap.equal(call.a.stream(call.id, 'recv', SSRC)['roc'], 1,
              'receive: and shows')
    call.close()

    call = Call(a, b, seed=2)
    wire = {seq: call.peer.protect(rtp(seq)) for seq in range(65530, 65542)}
    order = [65530, 65532, 65536, 65531, 65535, 65538, 65533, 65537, 65534]
    got = [call.through(wire[seq]) for seq in order]
    tap.equal(got, [rtp(seq) for seq in order],
              'receive: packets reordered across the wrap')
    call.close()

    call = Call(a, b, seed=3)
    plain = numbered([65535, 65537, 65536, 65534])
    tap.equal([call.peer.unprotect(call.out(p)) for p in plain], plain,
              'send: packets reordered across the wrap')
    call.close()


def jumps(tap):
    a, b = pair()
    call = Call(a, b)
    seqs = [0, 32767, 65534, 65536 + 32000, 65536 + 64000]
    wire = [call.peer.protect(rtp(seq)) for seq in seqs]
    tap.equal([call.through(p) for p in wire], [rtp(seq) for seq in seqs],
              'receive: jumps just below half the sequence space')
    tap.equal(call.a.stream(call.id, 'recv', SSRC)['roc'], 1,
              'receive: rollover counter after the jumps')
    call.close()


def replay(tap):
    a, b = pair()
    call = Call(a, b)
    plain = numbered(range(300))
    wire = [call.peer.protect(p) for p in plain]
    for n in list(range(1, 200, 2)) + [299]:
        call.through(wire[n])
    tap.equal(call.refused([wire[299]]), [], 'a copy of the newest is dropped')
    tap.equal(call.through(wire[172]), plain[172],
              'the oldest index of the window, 127 behind, is taken')
    tap.equal(call.refused([wire[172]]), [], 'once')
    tap.equal(call.refused([wire[171]]), [], 'one older is not')
    tap.equal(a.stats('recv').get('drop-replayed'), 2, 'copies are counted')
    tap.equal(a.stats('recv').get('drop-too-old'), 1, 'old ones are counted')

    reports = [call.peer.protect_rtcp(rtcp()) for n in range(200)]
    call.through(reports[199], True)
    tap.equal(call.refused([reports[199]], True), [], 'RTCP: a copy is dropped')
    tap.equal(call.through(reports[72], True), rtcp(),
              'RTCP: the oldest index of the window is taken')
    tap.equal(call.refused([reports[71]], True), [], 'RTCP: one older is not')
    tap.equal((a.stats('recv')['drop-replayed'], a.stats('recv')['drop-too-old']),
              (3, 2), 'RTCP: both are counted')
    call.close()

    for window in (64, 100, 32768):
        call = Call(a, b, recv_words=('replay-window', str(window)),
                    seed=window)
        top = window + 10
        call.through(call.peer.protect(rtp(0)))
        wire = {seq: call.peer.protect(rtp(seq))
                for seq in (10, 11, top // 2, top)}
        # far ahead, but not so far that it would look like one behind
        if window > 20000:
            call.through(wire[top // 2])
        call.through(wire[top])
        tap.equal(call.through(wire[11]), rtp(11),
                  'window %d: the oldest is taken' % window)
        tap.equal(call.refused([wire[10]]), [],
                  'window %d: one older is not' % window)
        call.close()


def index_reuse(tap):
    a, b = pair()
    call = Call(a, b)
    call.out(rtp(7, b'one plaintext'))
    tap.equal(call.refused_out([rtp(7, b'another text')]), [],
              'a second packet under the same index is not sent')
    call.out(rtp(300))
    tap.equal(call.refused_out([rtp(20)]), [],
              'nor one behind the window, which might be a second')
    tap.equal(a.stats('send').get('drop-index-reuse'), 2, 'both are counted')
    tap.ok(call.out(rtp(299)), 'a late one is sent')
    call.close()


def exhaustion(tap):
    a, b = pair()
    call = Call(a, b)
    stream = ('stream', 'set', 'session', call.id, 'send', 'ssrc', SSRC)
    a.ksrtp(*stream, 'roc', 0xffffffff, 'seq', 65534, 'srtcp-index', 0x7ffffffe)
    tap.ok(call.out(rtp(65535)), 'the last packet index is used')
    tap.equal(call.refused_out([rtp(65536)]), [], 'and none after it')
    tap.ok(call.out(rtcp(), True), 'the last SRTCP index is used')
    tap.equal(call.refused_out([rtcp()], True), [], 'and none after it')
    tap.equal(a.stats('send').get('drop-index-exhausted'), 2,
              'what cannot be sent is counted')
    call.close()


def state(tap):
    a, b = pair()
    call = Call(a, b)
    wire = [call.peer.protect(rtp(seq)) for seq in range(65500, 65600)]
    for packet in wire[:60]:
        call.through(packet)
    for packet in wire[62:70]:
        call.through(packet)
    call.through(call.peer.protect_rtcp(rtcp()), True)
    shown = a.stream(call.id, 'recv', SSRC)
    tap.equal((shown['roc'], shown['seq'], shown['srtcp-index']),
              (1, 33, 1), 'state is read: counter, sequence, SRTCP index')
    bits = int.from_bytes(bytes.fromhex(shown['rtp-replay']), 'little')
    tap.equal(bits, (1 << 70) - 1 & ~(3 << 8), 'state is read: replay bitmap')

    a.ksrtp('session', 'del', 'id', call.id)
    number = a.session(*flow(A4, B4), recv=(CM, call.master))
    a.ksrtp('stream', 'set', 'session', number, 'recv', 'ssrc', SSRC,
            'roc', shown['roc'], 'seq', shown['seq'],
            'rtp-replay', shown['rtp-replay'],
            'srtcp-index', shown['srtcp-index'],
            'rtcp-replay', shown['rtcp-replay'])
    again = a.stream(number, 'recv', SSRC)
    same = ('roc', 'seq', 'srtcp-index', 'rtp-replay', 'rtcp-replay')
    tap.equal([again[k] for k in same], [shown[k] for k in same],
              'state is installed as it was read')
    call.id = number
    tap.equal(call.refused(wire[50:60]), [],
              'installed state: what was seen is refused')
    tap.equal([call.through(p) for p in wire[60:62] + wire[70:75]],
              [rtp(seq) for seq in list(range(65560, 65562)) +
               list(range(65570, 65575))],
              'installed state: what was not seen is taken')

    a.ksrtp('stream', 'set', 'session', number, 'recv', 'ssrc', 5, 'roc', 3,
            'seq', 100)
    shown = a.stream(number, 'recv', 5)
    tap.equal(shown['rtp-replay'], 'ff' * 16,
              'without a bitmap all of the window counts as seen')

    bad = a.ksrtp('stream', 'set', 'session', number, 'recv', 'ssrc', SSRC,
                  'roc', 9, check=False)
    tap.ok(bad.returncode == 1 and 'running stream' in bad.stderr,
           'a rollover counter alone is refused in mid-stream', bad.stderr)
    call.close()


def late_join(tap):
    a, b = pair()
    sender = Call(a, b, lport=5100, rport=6100)
    a.ksrtp('stream', 'set', 'session', sender.id, 'send', 'ssrc', SSRC,
            'roc', 7)
    packet = sender.out(rtp(40000, b'late'))
    tap.equal(a.stream(sender.id, 'send', SSRC)['roc'], 7,
              'send: a stream starts with the counter it was given')
    call = Call(a, b)
    tap.equal(call.refused([packet]), [],
              'receive: without its counter a stream is not understood')
    a.ksrtp('stream', 'set', 'session', call.id, 'recv', 'ssrc', SSRC, 'roc', 7)
    tap.equal(call.through(packet), rtp(40000, b'late'),
              'receive: with it, it is')
    bad = a.ksrtp('stream', 'set', 'session', sender.id, 'send', 'ssrc', SSRC,
                  'roc', 7, 'seq', 39999, check=False)
    tap.ok(bad.returncode == 1, 'send: going back is refused', bad.stderr)
    bad = a.ksrtp('stream', 'set', 'session', sender.id, 'send', 'ssrc', SSRC,
                  'roc', 7, 'seq', 40001, 'rtp-replay', '01', check=False)
    tap.ok(bad.returncode == 1,
           'send: a bitmap that forgets used indexes is refused', bad.stderr)
    call.close()
    sender.close()


def limits(tap):
    a, b = pair()
    call = Call(a, b, words=('max-streams', '3'))
    for ssrc in (1, 2, 3):
        call.through(call.peer.protect(rtp(1, ssrc=ssrc)))
    tap.equal(call.refused([call.peer.protect(rtp(1, ssrc=4))]), [],
              'one stream more than allowed is refused')
    tap.equal(a.stats('recv').get('drop-stream-limit'), 1, 'and counted')
    a.ksrtp('session', 'set', 'id', call.id, 'max-streams', 4)
    packet = rtp(2, ssrc=4)
    tap.equal(call.through(call.peer.protect(packet)), packet,
              'until more are allowed')
    forged = [call.peer.protect(rtp(9, b'x' * 20, ssrc=100 + n))[:-1] + b'\0'
              for n in range(50)]
    call.refused(forged)
    tap.equal(a.json('session', 'show')[0]['streams'], 4,
              'forged packets make no streams')
    call.close()


def rekey(tap):
    a, b = pair()
    call = Call(a, b)
    call.out(rtp(65535))
    call.out(rtp(65536))
    call.out(rtcp(), True)
    new = key(GCM, 77)
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'suite', GCM,
            'insecure-key', new.hex())
    shown = a.stream(call.id, 'send', SSRC)
    tap.equal((shown['roc'], shown['seq'], shown['srtcp-index']), (1, 0, 1),
              'a new key leaves counter, sequence and SRTCP index alone')
    packet = call.out(rtp(65537, b'new'))
    tap.equal(len(packet), 12 + 3 + 16, 'the new suite is in use')
    tap.equal(call.refused_out([rtp(65536)]), [], 'so is the replay state')
    call.close()


main(rollover, jumps, replay, index_reuse, exhaustion, state, late_join,
     limits, rekey)
