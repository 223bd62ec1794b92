#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Streams: rollover counter, reordering, replay, limits, state set and read."""

import os
import sys
import time

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


def repeat(tap):
    """The very same packet may be sent again, and nothing else."""
    a, b = pair()
    call = Call(a, b)
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'repeat', '1000')
    tap.equal(a.json('session', 'show')[0]['send'].get('repeat'), 1000,
              'repeat: shown')
    plain = numbered(range(65000, 66024))
    wire = [call.out(p) for p in plain]
    tap.equal([call.peer.unprotect(p) for p in wire], plain,
              'repeat: libsrtp takes what is sent')
    tap.equal([call.out(p) for p in plain], wire,
              'repeat: the newest 1024 are sent again as they were, over the wrap')
    tap.equal(call.refused_out(plain[:1]), [wire[0]], 'repeat: and once more')
    stats = a.stats('send')
    tap.equal((stats.get('repeats'), stats['rtp-packets']), (1025, 1024),
              'repeat: counted, and not as packets')
    other = bytearray(plain[5])
    other[-1] ^= 1
    tap.equal(call.refused_out([bytes(other), plain[5][:-1], plain[5] + b'x']),
              [], 'repeat: what differs in a bit or a byte is not sent')
    tap.equal(call.peer.unprotect(call.out(rtp(66024))), rtp(66024),
              'repeat: the next one')
    tap.equal(call.refused_out(plain[:1]), [], 'repeat: 1025 back is too far')
    tap.equal(call.refused_out([plain[1]]), [wire[1]], 'repeat: 1024 are not')
    tap.equal(a.stats('send').get('drop-index-reuse'), 4,
              'repeat: what is refused is counted')
    # RTCP takes an index each time
    reports = [call.out(rtcp(), True) for n in range(2)]
    tap.equal([call.peer.unprotect_rtcp(p) for p in reports], [rtcp()] * 2,
              'repeat: RTCP that says the same is new')

    a.ksrtp('session', 'set', 'id', call.id, 'send', 'suite', GCM,
            'insecure-key', key(GCM, 77).hex())
    tap.equal(call.refused_out(plain[-3:]), [],
              'repeat: what was sent under another key is not sent again')
    first = call.out(rtp(66025, b'new'))
    tap.equal(call.refused_out([rtp(66025, b'new')]), [first],
              'repeat: what is sent under the new one is')
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'suite', CM,
            'insecure-key', call.master.hex())
    tap.equal(call.refused_out([rtp(66025, b'new'), plain[-1]]), [],
              'repeat: nor is it with the first key back')
    sent = call.out(rtp(66026, b'x'))
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'repeat', '2048')
    tap.equal(call.refused_out([rtp(66026, b'x')]), [],
              'repeat: nor under other settings')
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'repeat', '0')
    call.out(rtp(66027, b'y'))
    tap.equal(call.refused_out([rtp(66027, b'y')]), [],
              'repeat: nor without it')
    a.ksrtp('stream', 'set', 'session', call.id, 'send', 'ssrc', SSRC, 'roc', 1,
            'seq', 600)
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'repeat', '64')
    tap.equal(call.refused_out([rtp(66027, b'y'), rtp(65536 + 600)]), [],
              'repeat: nor where state was installed')
    tap.ok(sent and a.json('stat')['stream-memory'] > 2048 * 8,
           'repeat: its memory is of the streams\'')
    call.close()

    # a second that does not fit the memory there is
    call = Call(a, b, seed=9)
    call.out(rtp(1))
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'repeat', '32768')
    with Parameter('stream_memory_max', a.json('stat')['stream-memory'] + 1000):
        tap.equal((call.refused_out([rtp(2)]),
                   a.stats('send').get('drop-no-memory')), ([], 1),
                  'repeat: bounded by the memory for streams')
    tap.ok(call.out(rtp(2)), 'repeat: and goes on with more')
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
    # those that are sent stay, however long they are silent
    for ssrc in (1, 2, 3):
        call.out(rtp(1, ssrc=ssrc))
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


def insist(call, packets):
    """Have one of the packets taken, however long it takes to make room; which."""
    for packet in packets:
        got = call.refused([packet])
        if got:
            return got[0]
        time.sleep(0.1)
    return None


def renewed(call, ssrc, first=1, most=200):
    """Packets of a stream that ever more often tries to begin."""
    for seq in range(first, first + most):
        yield call.peer.protect(rtp(seq, ssrc=ssrc))


def making_room(tap):
    """A silent stream makes room, and cannot be played again."""
    a, b = pair()
    call = Call(a, b, words=('max-streams', '4'))
    call.out(rtp(1, ssrc=1))
    wire = {}
    for ssrc in (10, 11, 12):
        # the last one lies behind a wrap
        seqs = (1, 2) if ssrc != 11 else (65534, 65536)
        wire[ssrc] = [call.peer.protect(rtp(seq, b'%d' % ssrc, ssrc=ssrc))
                      for seq in seqs]
        for packet in wire[ssrc]:
            call.through(packet)
        wire[ssrc] += [call.peer.protect_rtcp(rtcp(ssrc))]
        call.through(wire[ssrc][2], True)
    monitor = Monitor(a)
    for ssrc in range(20, 30):
        got = insist(call, renewed(call, ssrc))
        tap.ok(got and got[8:12] == ssrc.to_bytes(4, 'big'),
               'stream %d of a session of 4 is taken' % (ssrc - 15))
    tap.equal(monitor.wait(event='stream-del').get('ssrc'), '0x0000000a',
              'the longest silent one goes first, and is told of')
    monitor.close()
    shown = a.json('stream', 'show')
    tap.ok(len(shown) <= 4 and
           [s['ssrc'] for s in shown if s['direction'] == 'send'] ==
           ['0x00000001'], 'the limit holds, and what is sent stays', shown)
    tap.ok(a.stats('recv')['drop-stream-limit'] >= 1, 'refusals are counted')
    # room for the replays, so that only the memory of what was can refuse them
    a.ksrtp('session', 'set', 'id', call.id, 'max-streams', 100)
    before = a.stats('recv')
    for ssrc, packets in wire.items():
        tap.equal((call.refused(packets[:2]), call.refused(packets[2:], True)),
                  ([], []), 'replay of forgotten stream %d is refused' % ssrc)
    after = a.stats('recv')
    tap.equal(sum(after.get(k, 0) - before.get(k, 0)
                  for k in ('drop-replayed', 'drop-too-old')), 9,
              'as what it is')
    for ssrc in (10, 11, 12):
        tap.equal(call.through(call.peer.protect(rtp(
            65537 if ssrc == 11 else 3, ssrc=ssrc))),
            rtp(65537 if ssrc == 11 else 3, ssrc=ssrc),
            'stream %d goes on where it was' % ssrc)
    tap.equal(a.stream(call.id, 'recv', 11)['roc'], 1,
              'with its rollover counter')
    tap.equal(call.through(call.peer.protect_rtcp(rtcp(11)), True), rtcp(11),
              'and its RTCP')

    # new keys make an end of it all
    new = key(CM, 55)
    a.ksrtp('session', 'set', 'id', call.id, 'recv', 'suite', CM,
            'insecure-key', new.hex())
    peer = Peer(CM, new)
    tap.equal(call.through(peer.protect(rtp(1, ssrc=20))), rtp(1, ssrc=20),
              'under a new key what was forgotten may begin anew')
    peer.close()
    call.close()

    # counters that began anew take the keys of before along
    new = key(CM, 56)
    call = Call(a, b, words=('max-streams', '2'), seed=3)
    old = [call.peer.protect(rtp(seq, ssrc=10)) for seq in range(1, 51)]
    for packet in old:
        call.through(packet)
    a.ksrtp('session', 'set', 'id', call.id, 'recv', 'suite', CM,
            'insecure-key', new.hex(), 'overlap', 600000)
    peer = Peer(CM, new)
    tap.equal(call.through(peer.protect(rtp(1, b'anew', ssrc=10))),
              rtp(1, b'anew', ssrc=10), 'a peer begins anew with its new key')
    for ssrc in (20, 21):
        tap.ok(insist(call, renewed(call, ssrc)), 'and makes room')
    tap.equal([s['ssrc'] for s in a.json('stream', 'show')],
              ['0x00000014', '0x00000015'], 'as it has to')
    a.ksrtp('session', 'set', 'id', call.id, 'max-streams', 100)
    tap.equal(call.refused(old), [],
              'what was received under the old key stays so')
    tap.equal(call.through(peer.protect(rtp(2, ssrc=10))), rtp(2, ssrc=10),
              'and what comes under the new one goes on')
    peer.close()
    call.close()

    # a sender finds room as well
    call = Call(a, b, words=('max-streams', '2'), seed=4)
    for ssrc in (1, 2):
        call.through(call.peer.protect(rtp(1, ssrc=ssrc)))
    for seq in range(1, 200):
        got = call.refused_out([rtp(seq, ssrc=3)])
        if got:
            break
        time.sleep(0.1)
    tap.equal(len(got), 1, 'a new stream to be sent finds room')
    a.ksrtp('stream', 'set', 'session', call.id, 'recv', 'ssrc', 9, 'roc', 1)
    tap.equal(len(a.json('stream', 'show')), 2, 'and one that is set')
    call.close()


def timeout_replay(tap):
    """Nor does stream-timeout open the way for what was received."""
    a, b = pair()
    monitor = Monitor(a)
    call = Call(a, b, words=('stream-timeout', '1'))
    wire = [call.peer.protect(rtp(seq)) for seq in range(1, 5)]
    for packet in wire:
        call.through(packet)
    report = call.peer.protect_rtcp(rtcp())
    call.through(report, True)
    monitor.wait(event='stream-del')
    tap.equal((call.refused(wire), call.refused([report], True)), ([], []),
              'timeout: what was received is not received again')
    tap.equal(call.through(call.peer.protect(rtp(5))), rtp(5),
              'timeout: what comes after it is')
    call.close()
    monitor.close()


def too_many(tap):
    """More streams are forgotten than there are tombstones: no replay, and once it
    is not known any more what they had received, no key of then."""
    a, b = pair()
    call = Call(a, b, words=('max-streams', '8192'))
    first = [call.peer.protect(rtp(1, ssrc=ssrc)) for ssrc in range(1, 4201)]
    for at in range(0, len(first), 50):
        call.refused(first[at:at + 50])
    tap.equal(a.json('session', 'show')[0]['streams'], 4200, 'many streams')
    # a session of 64 has 4096 tombstones
    a.ksrtp('session', 'set', 'id', call.id, 'max-streams', '64',
            'stream-timeout', '1')
    for wait in range(600):
        if not a.json('session', 'show')[0]['streams']:
            break
        time.sleep(0.1)
    before = a.stats('recv')
    tap.equal(call.refused(first[:20] + first[-20:]), [],
              'many streams: none is received again')
    after = a.stats('recv')
    tap.equal([after.get(cause, 0) - before.get(cause, 0) for cause in
               ('drop-stream-limit', 'drop-replayed')], [20, 20],
              'many streams: the oldest are refused for their SSRC')

    def recv(seed, check=True):
        return a.ksrtp('session', 'set', 'id', call.id, 'recv', 'suite', CM,
                       'insecure-key', key(CM, seed).hex(), check=check)

    recv(2)
    peer = Peer(CM, key(CM, 2))
    packet = rtp(1, ssrc=5)
    tap.equal(call.refused([peer.protect(packet)]), [packet],
              'many streams: under a new key the oldest may begin anew')
    bad = recv(1, check=False)
    tap.ok(bad.returncode == 1 and 'was there before' in bad.stderr,
           'many streams: the key of then does not come back', bad.stderr)
    tap.equal(call.refused(first[:4] + first[5:20] + first[-20:]), [],
              'many streams: and none is received again')
    recv(2)
    packet = rtp(2, ssrc=5)
    tap.equal(call.refused([peer.protect(packet)]), [packet],
              'many streams: the present key may be said again')
    a.ksrtp('key', 'del', 'session', call.id, 'recv', 'from', 0)
    bad = a.ksrtp('key', 'add', 'session', call.id, 'recv', 'insecure-key',
                  key(CM, 1).hex(), check=False)
    tap.ok(bad.returncode == 1 and 'was there before' in bad.stderr,
           'many streams: nor by key add', bad.stderr)
    recv(3)
    peer.close()
    peer = Peer(CM, key(CM, 3))
    tap.equal(call.refused([peer.protect(packet)]), [packet],
              'many streams: a new one is taken')
    peer.close()
    call.close()


def wrong_port(tap):
    """RTCP on a port that is for RTP alone makes no streams."""
    a, b = pair()
    call = Call(a, b)
    reports = [rtcp()[:8] + os.urandom(8) + rtcp()[16:] for n in range(80)]
    tap.equal(call.refused_out(reports), [],
              'RTCP on RTP\'s port is not sent')
    tap.equal((a.json('session', 'show')[0]['streams'],
               a.stats('send').get('drop-bad-rtp')), (0, 80),
              'it makes no streams, and is counted')
    tap.equal(call.peer.unprotect(call.out(rtp(1, b'x' * 50, pt=200))),
              rtp(1, b'x' * 50, pt=200), 'RTP that only looks like it is')
    call.close()
    call = Call(a, b, recv_words=('unauthenticated-srtp', 'on'),
                peer=('unauthenticated-rtp',))
    tap.equal(call.refused(reports), [],
              'nor received, where no tag would tell')
    tap.equal((a.json('session', 'show')[0]['streams'],
               a.stats('recv').get('drop-bad-rtp')), (0, 80),
              'and makes no streams either')
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


main(rollover, jumps, replay, index_reuse, repeat, exhaustion, state, late_join,
     limits, making_room, timeout_replay, too_many, wrong_port, rekey)
