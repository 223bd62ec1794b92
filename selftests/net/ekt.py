#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""EKT (RFC 8870): master keys that come with packets, and what forged fields do."""

import json
import os
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
import ekt_ref
import srtp_ref
from ksrtp_test import (A4, B4, CM, Ends, burst, eventually, flow, gro_on, key,
                        main, pair, rtcp, rtp)

GCM = 'AEAD_AES_256_GCM'
DOUBLE = 'DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM'
SPI = 0x1234
SSRC = 0x11223344


def lengths(suite):
    of = srtp_ref.SUITES[suite]
    parts = 2 if of.double else 1
    return parts * of.key_len, parts * of.salt_len


def ekt_key(suite, size=16, seed=1):
    """An EKT key, and the master salt behind it."""
    material = key(GCM, seed) + key(GCM, seed + 100)
    return material[:size], material[-lengths(suite)[1]:]


class Sender:
    """A peer with a master key for each SSRC."""

    def __init__(self, suite, seed=7, size=16, spi=SPI, ekt_seed=1):
        self.suite, self.spi, self.epoch = suite, spi, 0
        self.ekt, self.salt = ekt_key(suite, size, ekt_seed)
        self.use(seed)

    def use(self, seed):
        self.master = key(self.suite, seed)[:lengths(self.suite)[0]]
        self.context = srtp_ref.Context(self.suite, self.master, self.salt)

    def rekey(self, seed):
        self.epoch += 1
        self.use(seed)

    def field(self, ssrc=SSRC, roc=0):
        return ekt_ref.full(self.ekt, self.spi, self.master, ssrc, roc,
                            self.epoch)

    def srtp(self, plain, roc=0):
        return self.context.protect(plain, roc)

    def full(self, plain, roc=0):
        ssrc = int.from_bytes(plain[8:12], 'big')
        return self.srtp(plain, roc) + self.field(ssrc, roc)

    def short(self, plain, roc=0):
        return self.srtp(plain, roc) + ekt_ref.SHORT


class Conference(Ends):
    """An application on host a with EKT; the bare wire on host b."""

    def __init__(self, a, b, suite=CM, size=16, words=(), send=(), recv=(),
                 salt=None):
        self.a, self.suite = a, suite
        ekt, whole = ekt_key(suite, size)
        salt = salt or whole
        both = ['suite', suite, 'ekt-spi', SPI, 'insecure-ekt-key',
                (ekt + salt).hex()]
        self.id = a.session(*flow(A4, B4), *words, send=both + list(send),
                            recv=both + list(recv))
        super().__init__(a, b, A4, B4)
        self.ekt, self.salt = ekt, salt

    def count(self, name, way='recv'):
        return self.a.stats(way, self.id).get(name, 0)

    def counts(self, tap, name, wanted, what):
        tap.equal(eventually(wanted, lambda: self.count(name)), wanted, what)

    def dropped(self, tap, packet, cause, what):
        """A packet that is dropped for this cause, and no other."""
        before = self.drops('recv')
        before[cause] = before.get(cause, 0) + 1
        self.put(packet)
        tap.equal(eventually(before, lambda: self.drops('recv')), before, what)


def plain(seq, ssrc=SSRC):
    return rtp(seq, os.urandom(160), ssrc=ssrc)


def receiving(tap):
    """Keys come with packets, for each SSRC its own."""
    a, b = pair()
    for suite, size in ((CM, 16), (GCM, 32), (DOUBLE, 16)):
        call = Conference(a, b, suite, size)
        one, other = Sender(suite, 7, size), Sender(suite, 8, size)
        name = '%s, %d bytes' % (suite, size)
        call.dropped(tap, one.short(plain(1)), 'drop-no-key',
                     name + ': no key yet')
        packet = plain(2)
        tap.equal(call.through(one.full(packet)), packet,
                  name + ': the packet that brings the key')
        packet = plain(3)
        tap.equal(call.through(one.short(packet)), packet,
                  name + ': one behind it')
        packet = plain(4, SSRC + 1)
        tap.equal(call.through(other.full(packet, 5)), packet,
                  name + ': another SSRC, other key, rollover counter 5')
        tap.equal(a.stream(call.id, 'recv', SSRC + 1)['roc'], 5,
                  name + ': its stream has the counter')
        packet = plain(5)
        tap.equal(call.through(one.full(packet)), packet,
                  name + ': the same field again')
        tap.equal(call.count('ekt-fields'), 2, name + ': keys that came')
        call.close()


def opened(context, srtp, packet):
    try:
        return context.unprotect(srtp, 0) == packet
    except srtp_ref.Bad:
        return False


def reported(context, srtcp):
    try:
        return context.unprotect_rtcp(srtcp)[0] == rtcp()
    except srtp_ref.Bad:
        return False


def succession(call, seq):
    """The sender gets another master key. Its field, and the packet that had it."""
    call.a.ksrtp('session', 'set', 'id', call.id, 'send', 'ekt-spi', SPI,
                 'insecure-ekt-key', (call.ekt + call.salt).hex())
    packet = plain(seq)
    srtp, field = ekt_ref.split(call.out(packet))
    return ekt_ref.read(call.ekt, field), packet, srtp


def succeed(tap, call, old, name):
    """A key is told before it is in use."""
    seq, epoch, began = 12, 1, time.monotonic()
    told, packet, srtp = succession(call, seq)
    # on a busy machine the next packet may be so late that nothing is held
    while not opened(old, srtp, packet) and epoch < 20:
        old = srtp_ref.Context(call.suite, told[2], call.salt)
        seq, epoch, began = seq + 1, epoch + 1, time.monotonic()
        told, packet, srtp = succession(call, seq)
    tap.equal(told[:2], (SPI, epoch), name + ': another key, next epoch')
    new = srtp_ref.Context(call.suite, told[2], call.salt)
    tap.ok(opened(old, srtp, packet) and not opened(new, srtp, packet),
           name + ': which is told, and the one before is in use')
    report = call.out(rtcp(), True)
    tap.ok(reported(old, report) or (reported(new, report) and
                                     time.monotonic() - began > 0.23),
           name + ': for SRTCP, too')
    last = None
    while not last and seq < 400:
        seq += 1
        packet = plain(seq)
        srtp = ekt_ref.split(call.out(packet))[0]
        last = time.monotonic() if opened(new, srtp, packet) else None
        if not last and not opened(old, srtp, packet):
            break
        time.sleep(0.02)
    tap.ok(last and last - began > 0.23,
           name + ': the new one is in use no sooner than after 250 ms',
           last and last - began)
    packet = plain(seq + 1)
    tap.ok(opened(new, ekt_ref.split(call.out(packet))[0], packet),
           name + ': and stays')
    # a source that has sent nothing has no key of before
    packet = plain(1, SSRC + 7)
    told, fresh, srtp = succession(call, seq + 2)
    srtp, field = ekt_ref.split(call.out(packet))
    tap.equal(ekt_ref.read(call.ekt, field)[2], told[2],
              name + ': a new source tells it')
    tap.ok(opened(srtp_ref.Context(call.suite, told[2], call.salt), srtp, packet),
           name + ': and has it at once')
    tap.equal(eventually(1, lambda: len([k for k in call.a.json('key', 'show')
                                         if k['direction'] == 'send'])), 1,
              name + ': the key of before is forgotten')


def rules(tap):
    """A rule that RTP needs a session: fields are no way around it."""
    a, b = pair()
    a.ksrtp('require', 'add', 'port', '5000-6001')
    call = Conference(a, b)
    sender = Sender(CM)
    call.dropped(tap, sender.short(plain(1)), 'drop-no-key',
                 'require: a short field of an unknown SSRC')
    call.dropped(tap, plain(2), 'drop-bad-ekt', 'require: plain RTP')
    call.dropped(tap, plain(3) + ekt_ref.SHORT, 'drop-no-key',
                 'require: plain RTP with a short field')
    call.dropped(tap, plain(4) + sender.field(), 'drop-bad-tag',
                 'require: plain RTP with a full field of the peer')
    packet = plain(5)
    tap.equal(call.through(sender.full(packet)), packet,
              'require: the first packet with a full field')
    packet = plain(6)
    tap.equal(call.through(sender.short(packet)), packet, 'require: one behind it')
    call.dropped(tap, plain(7) + ekt_ref.SHORT, 'drop-bad-tag',
                 'require: plain RTP of an SSRC that is known')
    tap.equal(a.json('require', 'show')[0]['recv-drops'], 0,
              'require: all of it was for the session')
    call.close()
    for made in (plain(1), plain(1) + ekt_ref.SHORT, sender.full(plain(8))):
        drops = a.json('require', 'show')[0]['recv-drops']
        wire, app = b.socket(B4, 6000), a.socket(A4, 5000)
        wire.sendto(made, (A4, 5000))
        tap.equal(eventually(drops + 1, lambda: a.json('require', 'show')[0][
            'recv-drops']), drops + 1, 'require: without a session nothing passes')
        wire.close()
        app.close()


def sending(tap):
    """A random master key that is told, and how often."""
    a, b = pair()
    for suite, size in ((CM, 16), (GCM, 32), (DOUBLE, 16)):
        call = Conference(a, b, suite, size, send=('ekt-interval', 4))
        name = '%s, %d bytes' % (suite, size)
        kinds, keys = '', set()
        for seq in range(1, 12):
            packet = plain(seq)
            srtp, field = ekt_ref.split(call.out(packet))
            if field != ekt_ref.SHORT:
                told = ekt_ref.read(call.ekt, field)
                keys.add(told)
                context = srtp_ref.Context(suite, told[2], call.salt)
            kinds += 'S' if field == ekt_ref.SHORT else 'F'
            if context.unprotect(srtp, 0) != packet:
                tap.ok(False, '%s: packet %d' % (name, seq))
        tap.equal(kinds, 'FFFSFSSSFSS', name + ': full and short fields')
        tap.equal([told[:2] + told[3:] for told in keys], [(SPI, 0, SSRC, 0)],
                  name + ': SPI, epoch, SSRC and counter, one key')
        tap.equal(call.count('ekt-fields', 'send'), 5, name + ': counted')
        succeed(tap, call, context, name)
        call.close()
    # multicast passes the hook twice, for the listener here and for the wire
    group = '239.1.2.3'
    ekt, salt = ekt_key(CM)
    call = a.session('local', A4 + ':5000', 'remote', group + ':6000', send=[
        'suite', CM, 'ekt-spi', SPI, 'insecure-ekt-key', (ekt + salt).hex(),
        'ekt-interval', 2])
    sock, wire = a.socket(A4, 5000), b.socket('', 6000)
    join = socket.inet_aton(group)
    wire.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                    join + socket.inet_aton(B4))
    local = a.socket('', 6000)
    for one in (sock, local):
        one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                       join + socket.inet_aton(A4))
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
                    socket.inet_aton(A4))
    kinds = ''
    for seq in range(1, 10):
        sock.sendto(plain(seq), (group, 6000))
        kinds += 'S' if wire.recv(65536)[-1:] == ekt_ref.SHORT else 'F'
    tap.equal(kinds, 'FFFSFSFSF', 'multicast: every other packet has a full one')
    a.ksrtp('session', 'del', 'id', call)


def changes(tap):
    """The sender has another key: before it is in use, or with it."""
    a, b = pair()
    call = Conference(a, b)
    sender = Sender(CM)
    first = plain(1)
    tap.equal(call.through(sender.full(first)), first, 'first key')
    old = Sender(CM)
    old_field = old.field()
    sender.rekey(20)
    packet = plain(2)
    tap.equal(call.through(old.srtp(packet) + sender.field()), packet,
              'the next is told, the first in use')
    for seq, who in ((3, old), (4, sender), (5, old), (6, sender)):
        packet = plain(seq)
        tap.equal(call.through(who.short(packet)), packet,
                  'packet %d, both keys are accepted' % seq)
    # an old field with a new packet: it has an earlier epoch
    packet = plain(7)
    tap.equal(call.through(sender.srtp(packet) + old_field), packet,
              'a replayed field changes nothing')
    call.counts(tap, 'ekt-fields', 2, 'and was not taken')
    sender.rekey(21)
    packet = plain(8)
    tap.equal(call.through(sender.full(packet)), packet,
              'a key that is in use at once')
    # a peer that begins anew, with epoch 0
    again = Sender(CM, 22)
    call.dropped(tap, again.full(plain(9)), 'drop-bad-tag',
                 'another key with an earlier epoch')
    packet = plain(10)
    tap.equal(call.through(again.srtp(packet) + again.field(roc=0)[:-7] +
                           again.field()[-7:]), packet,
              'is taken after a packet that fits none')
    # what was received once is not received again, whatever field it has
    tap.equal(call.refused([old.srtp(first) + old_field]), [], 'a replay')
    eventually(True, lambda: sum(call.drops('recv').values()) >= 2)
    packet = plain(11)
    tap.equal(call.through(again.short(packet)), packet, 'and the call goes on')
    call.close()


def malformed(tap):
    """Fields that nobody with the EKT key made."""
    a, b = pair()
    call = Conference(a, b)
    sender, stranger = Sender(CM), Sender(CM, ekt_seed=2)
    unknown = Sender(CM, spi=SPI + 1)
    seq = 1
    srtp = sender.srtp(plain(seq))
    field = sender.field()
    short_key = ekt_ref.full(sender.ekt, SPI, bytes(8), SSRC)
    long_key = ekt_ref.full(sender.ekt, SPI, bytes(32), SSRC)
    for bad, what in (
            (srtp + b'\x01', 'type 1'), (srtp + b'\x00\x03\x02', 'no ciphertext'),
            (srtp[:12] + b'\x02', 'a type alone'),
            (srtp + field[:-3] + b'\x00\x30\x02', 'a length that is too long'),
            (srtp + field[:-3] + b'\x00\x27\x02', 'one that is too short'),
            (srtp + field[:-3] + b'\xff\xff\x02', 'one beyond the packet'),
            (srtp + field[:-3] + b'\x00\x00\x02', 'none'),
            (srtp + field[1:], 'a field that lacks a byte'),
            (srtp + b'\x00\x00\x03', 'an extension of no length'),
            (srtp + stranger.field(), 'another EKT key'),
            (srtp + short_key, 'a master key that is too short'),
            (srtp + long_key, 'one that is too long'),
            (srtp + bytes([field[0] ^ 1]) + field[1:], 'a flipped bit')):
        call.dropped(tap, bad, 'drop-bad-ekt', what)
    call.dropped(tap, srtp + unknown.field(), 'drop-unknown-spi', 'unknown SPI')
    call.dropped(tap, srtp + sender.field(SSRC + 1), 'drop-no-key',
                 'the key of another SSRC')
    tap.equal(a.json('stream', 'show'), [], 'no stream came of it')
    call.dropped(tap, srtp[:-1] + bytes([srtp[-1] ^ 1]) + field, 'drop-bad-tag',
                 'a field of the peer, behind a forged packet')
    tap.equal(a.json('stream', 'show'), [], 'no stream came of that either')
    packet = plain(2)
    tap.equal(call.through(sender.full(packet)), packet, 'then the peer')
    for seq, more, what in (
            (3, b'extension\x00\x0c\x40', 'a field that may be ignored'),
            (4, b'extension\x00\x0c\x03', 'one that must be understood'),
            (5, sender.field(SSRC + 1), 'a key for another SSRC')):
        packet = plain(seq)
        tap.equal(call.through(sender.srtp(packet) + more), packet, what)
    # SRTCP has no field; its key is that of the SSRC
    report = rtcp()
    tap.equal(call.through(sender.context.protect_rtcp(report, 1), True), report,
              'SRTCP is received with the key of its SSRC')
    call.close()


def flood(tap):
    """Forged fields cost a limited amount of work and no memory."""
    a, b = pair()
    call = Conference(a, b, recv=('ekt-rate', 5))
    sender = Sender(CM)
    packet = plain(1)
    tap.equal(call.through(sender.full(packet)), packet, 'a call')
    before = a.json('stat', 'show')
    srtp = sender.srtp(plain(2))
    for i in range(3000):
        call.put(srtp + ekt_ref.around(os.urandom(40), SPI, i & 0xff | 1))
        if i % 200 == 199:
            # a receive buffer of the hook's CPU is not what is tested
            tap_seq = plain(100 + i)
            call.through(sender.short(tap_seq))
    drops = eventually(True, lambda: sum(call.drops('recv').values()) >= 2900) \
        and call.drops('recv')
    tap.ok(drops.get('drop-bad-ekt', 0) > 0 and set(drops) <= {
        'drop-bad-ekt', 'drop-too-old', 'drop-replayed'}, 'forged fields',
           str(drops))
    tap.equal(a.json('stat', 'show')['stream-memory'],
              before['stream-memory'], 'take no memory')
    # fields of the peer for many SSRCs: no more than the rate
    for i in range(40):
        call.put(sender.full(plain(1, 1000 + i)))
    tap.ok(eventually(True, lambda: call.count('drop-ekt-limit') > 0),
           'more SSRCs than the rate allows')
    keys = call.count('ekt-fields') + call.count('drop-ekt-limit')
    tap.equal(keys, 41, 'each is taken or refused')
    call.close()


def answers(tap):
    """The next source begins as soon as a packet of the last one was read."""
    a, b = pair()
    call = Conference(a, b, words=('max-streams', 512),
                      recv=('ekt-rate', 1000))
    packets = [plain(1, 1000 + i) for i in range(300)]
    fulls = [Sender(CM, i % 10).full(packet)
             for i, packet in enumerate(packets)]
    tap.equal([call.through(full) for full in fulls], packets,
              'each packet waits for its own key')
    call.close()


def together(tap):
    """Super-packets, fragments, and sessions with a key of their own."""
    a, b = pair()
    call = Conference(a, b)
    packets = [rtp(seq, os.urandom(100)) for seq in range(1, 9)]
    burst(call.app, (B4, 6000), packets)
    got, context = [], None
    for _ in packets:
        srtp, field = ekt_ref.split(call.wire.recv(65536))
        if field != ekt_ref.SHORT:
            told = ekt_ref.read(call.ekt, field)
            context = srtp_ref.Context(CM, told[2], call.salt)
        got.append(context.unprotect(srtp, 0))
    tap.equal(got, packets, 'a super-packet that is sent')
    gro_on(a)
    sender = Sender(CM)
    first = rtp(1, os.urandom(100))
    tap.equal(call.through(sender.full(first)), first, 'a key comes')
    packets = [rtp(seq, os.urandom(100)) for seq in range(2, 10)]
    burst(call.wire, (A4, 5000), [sender.short(p) for p in packets])
    tap.equal([call.get() for _ in packets], packets,
              'a super-packet that is received')
    big = rtp(20, os.urandom(4000))
    tap.equal(call.through(sender.full(big)), big, 'fragments')
    report = rtcp()
    tap.equal(context.unprotect_rtcp(call.out(report, True)), (report, 1),
              'SRTCP is sent, under the same key and without a field')
    call.close()
    # a master key beside it is for SSRCs that bring none
    master = key(CM, 30)
    ekt, salt = ekt_key(CM)
    call = Conference(a, b, recv=('insecure-key', master.hex()))
    peer = srtp_ref.Context(CM, master[:16], master[16:])
    packet = plain(1, 5)
    tap.equal(call.through(peer.protect(packet, 0) + ekt_ref.SHORT), packet,
              'a key of the direction')
    packet = plain(1)
    tap.equal(call.through(sender.full(packet)), packet, 'beside one that came')
    # another EKT key, the one before stays
    other = Sender(CM, 40, spi=9, ekt_seed=3)
    a.ksrtp('session', 'set', 'id', call.id, 'recv', 'ekt-spi', 9,
            'insecure-ekt-key', (other.ekt + other.salt).hex())
    packet = plain(1, 6)
    tap.equal(call.through(other.full(packet)), packet, 'a second EKT key')
    packet = plain(1, 7)
    tap.equal(call.through(sender.full(packet)), packet, 'the first as well')
    shown = a.json('session', 'show')[0]['recv']
    tap.equal([shown.get(name) for name in ('ekt-spi', 'ekt-cipher',
                                            'ekt-keys', 'ekt-rate')],
              [9, 'AESKW128', 2, None], 'as session show has it')
    text = a.ksrtp('-j', '-s', 'session', 'show').stdout
    tap.ok(not any(secret.hex() in text for secret in (
        master[:16], ekt, salt, other.ekt, other.salt)), 'without keys')
    # the key of the direction survives, and no field is expected any more
    a.ksrtp('session', 'set', 'id', call.id, 'recv', 'ekt-off')
    packet = plain(2, 5)
    tap.equal(call.through(peer.protect(packet, 0)), packet, 'without EKT')
    call.close()


class Hop:
    """A peer whose inner key comes with packets; the outer one is the hop's."""

    def __init__(self, outer, seed):
        self.ekt, salt = ekt_key(DOUBLE)
        self.inner = key(CM, seed)[:16]
        self.context = srtp_ref.Context(DOUBLE, self.inner + outer[:16],
                                        salt[:12] + outer[16:])

    def field(self, more=b'', epoch=0, ssrc=SSRC):
        return ekt_ref.full(self.ekt, SPI, self.inner + more, ssrc, 0, epoch)

    def full(self, packet, epoch=0):
        return self.context.protect(packet, 0) + self.field(epoch=epoch)

    def short(self, packet):
        return self.context.protect(packet, 0) + ekt_ref.SHORT


def inner(tap):
    """RFC 8871: the inner key comes with packets, each hop has an outer one."""
    a, b = pair()
    ekt, salt = ekt_key(DOUBLE)
    words = ['suite', DOUBLE, 'ekt-spi', SPI, 'insecure-ekt-key',
             (ekt + salt[:12]).hex()]
    ours, outer = key(CM, 60)[:16], key(GCM, 61)[:28]
    whole = ours + outer[:16] + salt[:12] + outer[16:]
    for given, name in ((outer, 'the outer key'), (whole, 'both keys')):
        call = Conference(a, b, DOUBLE, send=(
            'insecure-key', whole.hex()), recv=('insecure-key', given.hex()),
                          salt=salt[:12])
        peer = Hop(outer, 70)
        if given is outer:
            call.dropped(tap, peer.short(plain(1)), 'drop-no-key',
                               name + ': no inner key yet')
        report = rtcp()
        tap.equal(call.through(peer.context.protect_rtcp(report, 1), True),
                  report, name + ': SRTCP takes the outer one alone')
        call.dropped(
            tap, peer.context.protect(plain(2), 0) + peer.field(outer[:16]),
            'drop-bad-ekt', name + ': a field with both')
        for seq, send in ((3, peer.full), (4, peer.short)):
            packet = plain(seq)
            tap.equal(call.through(send(packet)), packet,
                      '%s: packet %d' % (name, seq))
        packet = plain(5)
        srtp, field = ekt_ref.split(call.out(packet))
        tap.equal(ekt_ref.read(ekt, field)[2], ours,
                  name + ': the inner key is told')
        tap.equal(srtp_ref.Context(DOUBLE, whole[:32], whole[32:])
                  .unprotect(srtp, 0), packet, name + ': both are used')
        # the hop has other keys
        new = key(GCM, 62)[:28]
        a.ksrtp('session', 'set', 'id', call.id, 'recv', 'suite', DOUBLE,
                'insecure-key',
                (new if given is outer else
                 ours + new[:16] + salt[:12] + new[16:]).hex())
        again = Hop(new, 70)
        call.dropped(tap, peer.short(plain(6)), 'drop-no-key' if
                     given is outer else 'drop-bad-tag',
                     name + ': the outer key of before')
        packet = plain(7)
        tap.equal(call.through(again.full(packet)), packet,
                  name + ': another outer key')
        call.close()
    for way in ('send', 'recv'):
        done = a.ksrtp('session', 'add', *flow(A4, B4), way, *words,
                       check=False)
        tap.ok(done.returncode == 1 and 'salt of the inner part' in done.stderr,
               way + ' without an outer key', done.stderr)


def refused(tap):
    """What a session with EKT does not take; and dump and restore."""
    a, b = pair()
    call = Conference(a, b)
    before = a.json('session', 'show')
    master = key(CM)
    for words, what in (
            (('session', 'set', 'id', call.id, 'recv', 'ekt-off'),
             'ekt-off: takes a master-key'),
            (('session', 'set', 'id', call.id, 'recv', 'suite', GCM),
             'suite: takes a new'),
            (('session', 'set', 'id', call.id, 'send', 'suite', CM,
              'insecure-key', master.hex()), 'master-salt: not the one'),
            (('session', 'set', 'id', call.id, 'recv', 'kdr', 16),
             'not with ekt-key'),
            (('key', 'add', 'session', call.id, 'recv', 'insecure-key',
              master.hex()), 'with ekt-key, keys are not added')):
        done = a.ksrtp(*words, check=False)
        tap.ok(done.returncode == 1 and what in done.stderr, what, done.stderr)
    tap.equal(a.json('session', 'show'), before, 'nothing was changed')
    tap.equal([k['direction'] for k in a.json('key', 'show')], ['send'],
              'a receiver has no key of its own')
    dump = json.loads(a.ksrtp('dump').stdout)
    a.ksrtp('session', 'del', 'id', call.id)
    a.ksrtp('restore', input=json.dumps(dump))
    tap.equal([a.json('session', 'show')[0][way]['state'] for way in
               ('send', 'recv')], ['pending'] * 2,
              'restored without keys, it waits for them')
    a.ksrtp('session', 'del', 'id', a.json('session', 'show')[0]['id'])
    for way in ('send', 'recv'):
        dump['sessions'][0][way]['ekt-key'] = (call.ekt + call.salt).hex()
    a.ksrtp('restore', input=json.dumps(dump))
    packet, sender = plain(1), Sender(CM)
    tap.equal(call.through(sender.full(packet)), packet,
              'restored with its EKT key, it goes on')
    call.id = a.json('session', 'show')[0]['id']
    call.close()


main(receiving, sending, changes, malformed, flood, answers, together, inner, rules,
     refused)
