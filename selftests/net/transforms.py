#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What no packaged peer can do, against the reference in lib/srtp_ref.py."""

import os
import random
import re
import select
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from genl import Genl
from ksrtp_test import *
from srtp_ref import Bad, Context

SSRC = 0x11223344
SO_RCVBUFFORCE = 33
FLUSH = 5


class Judged(Ends):
    """A session on host a, and the reference in place of a peer."""

    def __init__(self, a, b, suite, words=(), master=None, **properties):
        master = master or key(suite)
        size = SUITES[suite][0]
        if len(master) < sum(SUITES[suite][:2]):
            size //= 2
        self.a = a
        self.id = a.session(*flow(A4, B4), send=(suite, master, *words),
                            recv=(suite, master, *words))
        self.ref = Context(suite, master[:size], master[size:], **properties)
        super().__init__(a, b, A4, B4)


def both_ways(tap, judged, plain, where):
    tap.equal([judged.ref.unprotect(judged.out(p), 0) for p in plain],
              plain, where + ': the reference understands us')
    tap.equal([judged.through(judged.ref.protect(p, 0)) for p in plain],
              plain, where + ': we understand it')


def rtcp_both_ways(tap, judged, where):
    wire = judged.out(rtcp(), True)
    tap.equal(judged.ref.unprotect_rtcp(wire), (rtcp(), 1),
              where + ': the reference understands our SRTCP')
    tap.equal(judged.through(judged.ref.protect_rtcp(rtcp(), 77), True),
              rtcp(), where + ': we understand its SRTCP')


def rcc(tap):
    a, b = pair()
    for mode in (1, 2, 3):
        for rate in (1, 3, 65535):
            judged = Judged(a, b, CM, ('rcc-mode', str(mode), 'rcc-rate',
                                       str(rate)), rcc_mode=mode,
                            rcc_rate=rate)
            where = 'RCC mode %d, rate %d' % (mode, rate)
            plain = [rtp(seq, b'speech %d' % seq) for seq in range(65530,
                                                                   65545)]
            wire = [judged.out(p) for p in plain]
            tap.equal([judged.ref.unprotect(p, seq >> 16)
                       for seq, p in zip(range(65530, 65545), wire)], plain,
                      where + ': the reference understands us')
            tap.equal([judged.through(p) for p in wire], plain,
                      where + ': we understand ourselves')
            rtcp_both_ways(tap, judged, where)
            judged.close()


def rcc_late_joiner(tap):
    a, b = pair()
    for mode in (1, 2, 3):
        judged = Judged(a, b, CM, ('rcc-mode', str(mode), 'rcc-rate', '4'),
                        rcc_mode=mode, rcc_rate=4)
        where = 'RCC mode %d' % mode
        if mode == 2:
            tap.equal(judged.refused([judged.ref.protect(rtp(1003), 9)]), [],
                      where + ': a late joiner cannot know the counter')
        tap.equal(judged.through(judged.ref.protect(rtp(1004, b'x'), 9)),
                  rtp(1004, b'x'), where + ': until it is told')
        tap.equal(judged.through(judged.ref.protect(rtp(1005, b'y'), 9)),
                  rtp(1005, b'y'), where + ': and then knows')
        tap.equal(a.stream(judged.id, 'recv', SSRC)['roc'], 9,
                  where + ': which shows')
        if mode != 3:
            packet = bytearray(judged.ref.protect(rtp(1008), 9))
            packet[-7] ^= 1
            tap.equal(judged.refused([bytes(packet)]), [],
                      where + ': a forged counter is refused')
        tap.equal(judged.refused([judged.ref.protect(rtp(1004, b'x'), 9)]), [],
                  where + ': a replay is refused')
        judged.close()


def f8_and_null(tap):
    a, b = pair()
    for suite in ('F8_128_HMAC_SHA1_80', 'NULL_HMAC_SHA1_32'):
        judged = Judged(a, b, suite)
        plain = [rtp(n + 1, os.urandom(n)) for n in (0, 1, 15, 16, 17, 160,
                                                     1000)]
        both_ways(tap, judged, plain, suite)
        rtcp_both_ways(tap, judged, suite)
        judged.close()


def seed(tap):
    a, b = pair()
    if not all('cipher-driver' in one for one in a.json('suite', 'show')
               if one['name'] in SEED):
        done = a.ksrtp('session', 'add', *flow(A4, B4), 'send', 'suite', SEED[0],
                       'insecure-key', key(SEED[0]).hex(), check=False)
        tap.ok(done.returncode == 1 and 'lacks an algorithm' in done.stderr and
               a.json('session', 'show') == [],
               'a kernel without SEED refuses it', done)
    if not cipher_available('seed'):
        raise Skip('no SEED')
    for suite in SEED:
        for words, properties in (
                ((), {}),
                (('mki', '0a0b', 'unencrypted-srtcp', 'on'),
                 {'mki': b'\n\v', 'unencrypted_srtcp': True}),
                (('encrypted-extensions', '1', 'kdr', '16'),
                 {'encrypted_extension_ids': (1,), 'kdr': 16}),
                (('cryptex', 'on'), {'cryptex': True})):
            judged = Judged(a, b, suite, words, **properties)
            plain = [rtp(n + 1, os.urandom(n)) for n in (0, 1, 15, 16, 17, 1000)]
            plain += [rtp(2000, b'speech', csrcs=(7, 8),
                          extension=b'\x12abc\x20d\0\0')]
            where = ' '.join((suite, *words))
            both_ways(tap, judged, plain, where)
            rtcp_both_ways(tap, judged, where)
            forged = bytearray(judged.ref.protect(rtp(3000, b'speech'), 0))
            forged[-1 - len(properties.get('mki', b''))] ^= 1
            tap.equal(judged.refused([bytes(forged)]), [],
                      where + ': a forged tag is refused')
            judged.close()


def cryptex(tap):
    a, b = pair()
    with_both = rtp(1, b'speech', csrcs=(7, 8), extension=b'\x10secret..')
    csrcs = rtp(2, b'speech', csrcs=(7, 8))
    bare = rtp(3, b'speech')
    foreign = (rtp(4, b'speech', extension=bytes(4))
               .replace(b'\xbe\xde', b'\x12\x34'))
    judged = Judged(a, b, GCM, ('cryptex', 'on'), cryptex=True)
    wire = judged.out(with_both)
    tap.ok(b'secret' not in wire and struct.pack('>I', 7) not in wire,
           'cryptex: neither CSRCs nor extension in clear')
    tap.equal(judged.ref.unprotect(wire, 0), with_both,
              'cryptex: the reference understands us')
    tap.equal(judged.through(judged.ref.protect(with_both, 0)), with_both,
              'cryptex: we understand it')
    tap.equal(judged.through(judged.ref.protect(bare, 0)), bare,
              'cryptex on: a packet with nothing to encrypt is taken')
    tap.equal(judged.refused_out([foreign]), [],
              'cryptex on: another kind of extension is not sent in clear')
    clear = Context(GCM, key(GCM)[:16], key(GCM)[16:])
    tap.equal(judged.refused([clear.protect(rtp(9, csrcs=(1,)), 0)]), [],
              'cryptex on: a header in clear is refused')
    tap.equal((a.stats('send')['drop-cryptex'],
               a.stats('recv')['drop-cryptex']), (1, 1),
              'cryptex on: both are counted')
    judged.close()

    judged = Judged(a, b, CM)
    a.ksrtp('session', 'set', 'id', judged.id, 'recv', 'cryptex', 'accept')
    clear = Context(CM, key(CM)[:16], key(CM)[16:])
    secret = Context(CM, key(CM)[:16], key(CM)[16:], cryptex=True)
    tap.equal(judged.through(clear.protect(with_both, 0)), with_both,
              'cryptex accept: a header in clear is taken')
    tap.equal(judged.through(secret.protect(rtp(5, csrcs=(7,)), 0)),
              rtp(5, csrcs=(7,), extension=b''),
              'cryptex accept: an encrypted one too')
    judged.close()


def extensions(tap):
    """Header extensions of all kinds, good and bad, by id: RFC 6904."""
    a, b = pair()
    rng = random.Random(6904)
    ids = (1, 3, 15, 200)
    for suite in (CM, 'AES_256_CM_HMAC_SHA1_80', GCM, 'NULL_HMAC_SHA1_80'):
        judged = Judged(a, b, suite, ('encrypted-extensions',
                                      ','.join(map(str, ids))),
                        encrypted_extension_ids=ids)
        bodies = [(0xbede, bytes.fromhex(text)) for text in (
            '1011', '12abcdef00003355667788', '00001011', 'f0aabbcc12ddeeff',
            '03aabbcc12ddeeff', '1faabbcc', '31')]
        bodies += [(0x1000, bytes.fromhex(text)) for text in (
            '0102aabb', 'c803aabbcc000000010155', '010f', '01', '0100030055')]
        bodies += [(0x1005, b'\1\2ab'), (0x1234, b'\x11ab.'), (0xbede, b'')]
        bodies += [(rng.choice((0xbede, 0x1000)), rng.randbytes(4 *
                                                rng.randrange(9)))
                   for n in range(30)]
        wrong = []
        for seq, (profile, body) in enumerate(bodies, 1):
            body += bytes(-len(body) % 4)
            packet = bytearray(rtp(seq, b'speech', extension=body))
            packet[12:14] = profile.to_bytes(2, 'big')
            packet = bytes(packet)
            try:
                wanted = judged.ref.protect(packet, 0)
            except Bad:
                if judged.refused_out([packet]):
                    wrong.append(('sent', packet.hex()))
                continue
            got = judged.out(packet)
            if got != wanted:
                wrong.append((packet.hex(), got.hex(), wanted.hex()))
            if judged.through(wanted) != packet:
                wrong.append(('received', packet.hex()))
        tap.equal(wrong, [], '%s: %d extensions as the reference has them' %
                  (suite, len(bodies)))
        judged.close()


def double(tap):
    a, b = pair()
    for suite in DOUBLE:
        master = key(suite)
        judged = Judged(a, b, suite)
        plain = [rtp(1, b'speech'), rtp(2), rtp(3, os.urandom(1000)),
                 rtp(4, b'x', csrcs=(1, 2), extension=b'\x10ab.')]
        both_ways(tap, judged, plain, suite)
        rtcp_both_ways(tap, judged, suite)
        judged.close()

        # a middle box that renumbers, changes payload type and marker
        half_key, half_salt = SUITES[suite][0] // 2, SUITES[suite][1] // 2
        outer = (master[half_key:2 * half_key] +
                 master[2 * half_key + half_salt:])
        judged = Judged(a, b, suite, master=outer)
        end = Context(suite, master[:2 * half_key], master[2 * half_key:])
        packet = rtp(100, b'end to end', pt=0x80 | 96)
        seen = judged.through(end.protect(packet, 0))
        tap.ok(b'end to end' not in seen,
               suite + ': a middle box does not see the media')
        changed = seen[:1] + bytes([97]) + (200).to_bytes(2, 'big') + seen[4:]
        wire = judged.out(changed)
        tap.equal(end.unprotect(wire, 0),
                  packet[:1] + bytes([0x80 | 97]) + (200).to_bytes(2, 'big') +
                  packet[4:], suite + ': what it changes is accounted for')
        unchanged = judged.through(end.protect(rtp(101, b'as it was'), 0))
        tap.equal(end.unprotect(judged.out(unchanged), 0),
                  rtp(101, b'as it was'), suite + ': what it does not, too')
        judged.close()

    suite = DOUBLE[0]
    master = key(suite)
    judged = Judged(a, b, suite, ('repair-types', '100,101'),
                    repair_types=(100, 101))
    for pt in (100, 101, 102):
        packet = rtp(pt, b'retransmission', pt=pt)
        tap.equal(judged.ref.unprotect(judged.out(packet), 0), packet,
                  'repair types: %d is sent as it should be' % pt)
        packet = rtp(pt + 10, b'correction', pt=pt)
        tap.equal(judged.through(judged.ref.protect(packet, 0)), packet,
                  'repair types: %d is received' % pt)
    judged.close()

    # renumbered on the way here: the inner index is the original one
    judged = Judged(a, b, suite)
    end = Context(suite, master[:32], master[32:])
    hop = Context(suite, master[16:32], master[44:])
    got, wanted = [], []
    for seq in (65534, 65535, 65536, 65537):
        packet = hop.unprotect(end.protect(rtp(seq, b'%d' % seq), seq >> 16),
                               seq >> 16)
        new = seq - 65000
        packet = packet[:2] + new.to_bytes(2, 'big') + packet[4:]
        got.append(judged.through(hop.protect(packet, 0)))
        wanted.append(rtp(seq, b'%d' % seq)[:2] + new.to_bytes(2, 'big') +
                      rtp(seq, b'%d' % seq)[4:])
    tap.equal(got, wanted,
              'renumbered by a middle box, across the wrap of the original')
    # what an outer key alone makes of any block
    raw = Context(suite, master[16:32], master[44:], repair_types=range(128))
    good = hop.unprotect(end.protect(rtp(70000, b'x'), 1), 1)[:-4]
    for block, what in ((b'\x10', 'reserved bits'), (b'\x08', 'B without M'),
                        (b'\x80\2', 'a payload type of 128')):
        tap.equal(judged.refused([raw.protect(good + block, 0)]), [],
                  'an original header block with %s is refused' % what)
    tap.equal(judged.through(raw.protect(good + b'\0', 0)),
              rtp(70000, b'x'), 'and one with nothing in it is not')
    wire = bytearray(hop.unprotect(end.protect(rtp(70001), 1), 1))
    wire[20] ^= 1
    tap.equal(judged.refused([hop.protect(bytes(wire), 0)]), [],
              'what a middle box does to the media is noticed')
    judged.close()


def in_order():
    """Packets from several processors may pass each other."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def rates(tap):
    in_order()
    a, b = pair()
    for suite, rate in ((CM, 1), (CM, 4), (GCM, 1), (GCM, 16),
                        ('F8_128_HMAC_SHA1_80', 2), (CM, 1 << 24)):
        judged = Judged(a, b, suite, ('kdr', str(rate)), kdr=rate)
        seqs = list(range(65500, 65560))
        plain = [rtp(seq, b'%d' % seq) for seq in seqs]
        for p in plain:
            judged.app.sendto(p, (B4, 6000))
        wire = [judged.wire.recv(2000) for p in plain]
        tap.equal([judged.ref.unprotect(p, seq >> 16)
                   for seq, p in zip(seqs, wire)], plain,
                  '%s, rate %d: a burst is sent, in order' % (suite, rate))
        for p in wire:
            judged.wire.sendto(p, (A4, 5000))
        tap.equal([judged.app.recv(2000) for p in plain], plain,
                  '%s, rate %d: a burst is received, in order' % (suite, rate))
        rtcp_both_ways(tap, judged, '%s, rate %d' % (suite, rate))
        tap.equal((set(a.stats('send')), set(a.stats('recv'))),
                  ({'rtp-packets', 'rtp-bytes', 'rtcp-packets',
                    'rtcp-bytes', 'epochs-derived'},) * 2,
                  '%s, rate %d: nothing is dropped' % (suite, rate))
        judged.close()


def repeats(tap):
    """Whatever form a packet has, it has the same when it is sent again."""
    a, b = pair()
    plain = [rtp(seq, b'speech %d' % seq, csrcs=(7, 8),
                 extension=b'\x10\xaa\0\0') for seq in range(65530, 65545)]
    for suite, words in (
            *((CM, ('rcc-mode', str(mode), 'rcc-rate', '3'))
              for mode in (1, 2, 3)),
            (CM, ('cryptex', 'on')), (GCM, ('cryptex', 'on')),
            (CM, ('kdr', '4')), (GCM, ('kdr', '4', 'mki', 'c0ffee')),
            (GCM, ('encrypted-extensions', '1')), (DOUBLE[0], ()),
            (DOUBLE[0], ('repair-types', '0')), ('F8_128_HMAC_SHA1_80', ()),
            (CM, ('unauthenticated-srtp', 'on'))):
        name = 'repeat, %s %s: ' % (suite, ' '.join(words))
        number = a.session(*flow(A4, B4), send=(
            suite, key(suite), *words, 'repeat', '64'))
        app, wire = a.socket(A4, 5000), b.socket(B4, 6000)

        def out(packet):
            app.sendto(packet, (B4, 6000))
            return wire.recv(2000)

        first = [out(p) for p in plain]
        tap.ok(all(len(w) > len(p) or 'unauthenticated-srtp' in words or
                   words[0:2] in (('rcc-mode', '1'), ('rcc-mode', '3'))
                   for w, p in zip(first, plain)) and
               len(set(first)) == len(plain), name + 'packets are sent')
        tap.equal([out(p) for p in plain], first, name + 'and again the same')
        tap.equal({k: v for k, v in a.stats('send').items()
                   if k.startswith(('drop', 'rep'))}, {'repeats': 15},
                  name + 'nothing is dropped')
        # several in one
        burst(app, (B4, 6000), plain)
        tap.equal([wire.recv(2000) for p in plain], first,
                  name + 'and in one super-packet')
        a.ksrtp('session', 'del', 'id', number)
        app.close()
        wire.close()


def rates_from_wrap(tap):
    """Packets that wait for keys together, and are of two rollover counters."""
    in_order()
    a, b = pair()
    judged = Judged(a, b, CM, ('kdr', '1'), kdr=1)
    plain = [(seq >> 16, rtp(seq, b'%d' % seq))
             for seq in range(65532, 65542)]
    for packet in [judged.ref.protect(p, roc) for roc, p in plain]:
        judged.wire.sendto(packet, (A4, 5000))
    tap.equal([judged.app.recv(2000) for p in plain], [p for roc, p in plain],
              'a stream that begins just before its counter rolls over')
    judged.close()


def rates_jumping(tap):
    """More epochs than may be derived in vain, all for authentic packets."""
    in_order()
    a, b = pair()
    judged = Judged(a, b, CM, ('kdr', '1'), kdr=1)
    plain = [rtp(seq, b'%d' % seq) for seq in range(0, 64 * 2500, 64)]
    # before the first is sent: the budget grows with time
    wire = [judged.ref.protect(packet, n * 64 >> 16)
            for n, packet in enumerate(plain)]
    lost = 0
    for at in range(0, len(plain), 20):
        for packet in wire[at:at + 20]:
            judged.wire.sendto(packet, (A4, 5000))
        for packet in plain[at:at + 20]:
            if not lost and select.select([judged.app], [], [], 20)[0]:
                lost += judged.app.recv(2000) != packet
            else:
                lost += 1
    tap.equal((lost, a.stats('recv')['epochs-derived']), (0, 2500),
              'a stream that jumps from epoch to epoch loses nothing')
    judged.close()


def rates_at_once(tap):
    """A burst that begins a stream is of one epoch, whose keys are derived once,
    and may be larger than what packets may ask for."""
    in_order()
    a, b = pair()
    name = 'a burst that begins a stream arrives'
    plain = [rtp(5000 + n) for n in range(900)]
    for attempt in range(10):
        judged = Judged(a, b, CM, ('kdr', '1024'), kdr=1024)
        judged.app.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        wire = [judged.ref.protect(packet, 0) for packet in plain]
        # what derives keys comes after us
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
        began = time.monotonic()
        for packet in wire:
            judged.wire.sendto(packet, (A4, 5000))
        took = time.monotonic() - began
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        got = []
        while len(got) < len(plain) and select.select([judged.app], [], [],
                                                      10)[0]:
            got.append(judged.app.recv(2000))
        stats = a.stats('recv')
        judged.close()
        a.ksrtp('session', 'flush')
        # after most of a second others have their turn nevertheless
        if got == plain or took < 0.5:
            tap.ok(got == plain, name, (len(got), stats))
            return
    tap.skip(name, 'this machine is too slow for a burst')


def rates_forged(tap):
    """Forged packets ask for more keys than are kept, or may be derived."""
    a, b = pair()
    judged = Judged(a, b, CM, ('kdr', '1'), kdr=1)
    good = [judged.ref.protect(rtp(seq, b'good'), 0) for seq in (1, 2)]
    judged.wire.sendto(good[0], (A4, 5000))
    got = [judged.app.recv(2000)]
    count = 700
    for n in range(count):
        judged.wire.sendto(rtp(100 + 40 * n, bytes(20)), (A4, 5000))

    def refused():
        stats = a.stats('recv')
        return stats.get('drop-bad-tag', 0), stats.get('drop-epoch-limit', 0)

    for wait in range(300):
        if sum(refused()) == count:
            break
        time.sleep(0.1)
    judged.wire.sendto(good[1], (A4, 5000))
    got.append(judged.app.recv(2000))
    tap.equal(got, [rtp(1, b'good'), rtp(2, b'good')],
              'more epochs than there is room for, all forged')
    tap.equal(sum(refused()), count,
              'each of those is dropped for its tag, or not looked at')
    # one for each tag, and two that began the stream
    tap.ok(a.stats('recv')['epochs-derived'] <= refused()[0] + 2,
           'and has no keys derived if it is not looked at', a.stats('recv'))
    judged.close()


def contexts(name):
    """How many keyed ciphers of this name there are."""
    return sum(int(re.search(r'refcnt +: (\d+)', one)[1]) - 1
               for one in open('/proc/crypto').read().split('\n\n')
               if re.match(r'name +: %s\n' % re.escape(name), one))


def srtcp_later(tap):
    """Session keys of SRTCP are made when a packet needs them. None is lost for that:
    not one of many at once, and not the last before the session is gone."""
    a, b = pair()
    for suite, name in ((CM, 'ctr(aes)'), (GCM, 'gcm(aes)')):
        before = eventually(0, lambda: contexts(name))
        judged = Judged(a, b, suite)
        both_ways(tap, judged, [rtp(1, b'speech')], suite)
        tap.equal(eventually(before + 2, lambda: contexts(name)), before + 2,
                  suite + ': RTP has keys, one way and the other')
        rtcp_both_ways(tap, judged, suite)
        tap.equal(contexts(name), before + 4, 'and then RTCP')
        tap.equal(judged.ref.unprotect_rtcp(judged.out(rtcp(), True)),
                  (rtcp(), 2), 'and keeps them')
        judged.close()
        tap.equal(eventually(before, lambda: contexts(name)), before,
                  'and go with the session')

        judged = Judged(a, b, suite)
        for n in range(40):
            judged.app_rtcp.sendto(rtcp(), (B4, 6001))
            judged.put(judged.ref.protect_rtcp(rtcp(), 100 + n), True)
        tap.equal(sorted(judged.ref.unprotect_rtcp(judged.wire_rtcp.recv(2000))
                         for n in range(40)),
                  [(rtcp(), 1 + n) for n in range(40)],
                  suite + ': all of the first that are sent arrive')
        tap.equal([judged.get(True) for n in range(40)], [rtcp()] * 40,
                  'and all of the first that are received')
        judged.close()

        with a.enter():
            genl = Genl()
        for n in range(10):
            judged = Judged(a, b, suite)
            # as a program that says goodbye and is gone
            judged.app_rtcp.sendto(rtcp(), (B4, 6001))
            genl.do(FLUSH)
            tap.equal(judged.ref.unprotect_rtcp(judged.wire_rtcp.recv(2000)),
                      (rtcp(), 1), suite + ': the last packet still leaves')
            for sock in (judged.app, judged.app_rtcp, judged.wire,
                         judged.wire_rtcp):
                sock.close()


# first: nobody else may have made contexts that it counts
main(srtcp_later, rcc, rcc_late_joiner, f8_and_null, seed, cryptex, extensions,
     double, repeats, rates, rates_from_wrap, rates_jumping, rates_at_once,
     rates_forged)
