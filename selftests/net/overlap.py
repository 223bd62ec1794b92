#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What is under way when a key changes arrives, whatever changes with the key."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
from srtp_ref import Context

SSRC = 0x11223344
# one element, whose id is 1, and what fills it up
EXTENSION = b'\x13abcd\0\0\0'
CM32 = 'AES_CM_128_HMAC_SHA1_32'
LATER = os.path.join(BUILD, os.environ.get('KSRTP_KERNEL', ''),
                     'ksrtp_later.ko')
LONG = ('overlap', 600000)


class Side:
    """Who sends under one key and one policy: words for us, and a judge."""

    def __init__(self, suite, seed, words=(), mki='', clear=False,
                 peer=False, **properties):
        self.suite, self.blind = suite, properties.get('unauthenticated_srtp')
        master = key(suite, seed)
        self.words = ['suite', suite, 'insecure-key', master.hex(), *words]
        if mki:
            self.words += ['mki', mki]
        size, mki = SUITES[suite][0], bytes.fromhex(mki)
        self.peer = Peer(suite, {mki: master} if mki else master) \
            if peer else None
        self.ref = None if peer else Context(
            suite, master[:size], master[size:], mki=mki, **properties)
        # reports, too, go on counting where those before have been
        self.index = 16 * seed
        for wait in range(10 * seed if peer else 0):
            self.peer.protect_rtcp(rtcp())

    def rtp(self, packet, roc=0):
        if self.peer:
            return self.peer.protect(packet)
        return self.ref.protect(packet, roc)

    def rtcp(self, packet):
        if self.peer:
            return self.peer.protect_rtcp(packet)
        self.index += 1
        return self.ref.protect_rtcp(packet, self.index)

    def understands(self, packet, plain):
        if self.peer:
            return self.peer.unprotect(packet) == plain
        return self.ref.unprotect(packet, 0) == plain

    def close(self):
        if self.peer:
            self.peer.close()


class Line:
    """A session on host a, whose keys change, and the wire on host b."""

    def __init__(self, a, b, side):
        self.a = a
        self.id = a.session(*flow(A4, B4), send=side.words, recv=side.words)
        self.app, self.wire = a.socket(A4, 5000), b.socket(B4, 6000)
        self.app_rtcp, self.wire_rtcp = a.socket(A4, 5001), b.socket(B4, 6001)

    def set(self, side, *words, send=True):
        self.a.ksrtp('session', 'set', 'id', self.id, 'recv', *side.words,
                     *words, *(('send', *side.words) if send else ()))

    def out(self, packet):
        self.app.sendto(packet, (B4, 6000))
        return self.wire.recv(65536)

    def gets(self, packets, control=False, most=0):
        """What the application gets of packets on the wire: all before the marker,
        which others may pass that wait, and as many as there are to be."""
        app = self.app_rtcp if control else self.app
        wire = self.wire_rtcp if control else self.wire
        for packet in (*packets, MARKER):
            wire.sendto(packet, (A4, 5000 + control))
        got = []
        while MARKER not in got or len(got) <= most:
            got.append(app.recv(65536))
        got.remove(MARKER)
        return got

    def keys(self, way='recv'):
        return [(one.get('suite'), one.get('mki'), one['state'])
                for one in self.a.json('key', 'show', 'session', self.id, way)]

    def dropped(self, wanted):
        """How many were, once they are as many as they should be."""
        return eventually(wanted, lambda: sum(self.drops().values()))

    def drops(self, way='recv'):
        return {name: n for name, n in self.a.stats(way).items()
                if name.startswith('drop')}

    def close(self):
        self.a.ksrtp('session', 'del', 'id', self.id)
        for sock in (self.app, self.wire, self.app_rtcp, self.wire_rtcp):
            sock.close()


def change(tap, a, b, old, new, name):
    """From one side to the next: what each sends arrives, and once."""
    line = Line(a, b, old)
    first = rtp(1, b'before')
    tap.equal(line.gets([old.rtp(first)], most=1), [first], name + ': before')
    line.set(new, *LONG)
    # both in disorder, as a peer that has changed, too, and its packets on the way
    order = [(old, 2), (new, 7), (old, 3), (old, 5), (new, 8), (old, 4),
             (new, 6), (old, 9), (new, 10)]
    plain = [rtp(seq, b'%d: speech is uneven' % seq, extension=EXTENSION)
             for side, seq in order]
    wire = [side.rtp(packet) for (side, seq), packet in zip(order, plain)]
    tap.equal(sorted(line.gets(wire, most=len(wire))), sorted(plain),
              name + ': RTP under both keys')
    control = [old.rtcp(rtcp()), new.rtcp(rtcp()), old.rtcp(rtcp())]
    tap.equal(line.gets(control, True, 3), [rtcp()] * 3,
              name + ': RTCP under both keys')
    tap.equal(line.drops(), {}, name + ': none is dropped')
    tap.equal(line.gets(wire), [], name + ': each of them once')
    tap.equal(line.gets(control, True), [], name + ': RTCP too')
    wanted = len(wire) + len(control)
    tap.equal(line.dropped(wanted), wanted,
              name + ': and counted once each')
    if not old.blind and not new.blind:
        forged = [packet[:-1] + bytes([packet[-1] ^ 1])
                  for packet in (old.rtp(rtp(20, os.urandom(60))),
                                 new.rtp(rtp(21, os.urandom(60))))]
        tap.equal(line.gets(forged), [], name + ': forged ones never')
        tap.equal(line.dropped(wanted + 2), wanted + 2,
                  name + ': and counted once each')
    sent = rtp(30, b'from now on')
    tap.ok(new.understands(line.out(sent), sent),
           name + ': the new one is sent with at once')
    line.close()


def suites(tap):
    """All pairs of those that calls have, and libsrtp is who sends."""
    a, b = pair()
    names = [CM, CM32, 'AES_256_CM_HMAC_SHA1_80', GCM]
    for before, after in some([(before, after) for before in names
                               for after in names if before != after]):
        old, new = (Side(suite, seed, peer=True)
                    for seed, suite in enumerate((before, after), 1))
        change(tap, a, b, old, new, '%s to %s' % (before, after))
        old.close()
        new.close()


def rarer_suites(tap):
    a, b = pair()
    names = [CM, 'F8_128_HMAC_SHA1_80', 'NULL_HMAC_SHA1_32', DOUBLE[0],
             'AEAD_AES_256_GCM']
    if cipher_available('aria'):
        names += ['ARIA_128_CTR_HMAC_SHA1_32']
    for before, after in zip(names, names[1:] + names[:1]):
        change(tap, a, b, Side(before, 1), Side(after, 2),
               '%s to %s' % (before, after))


def policies(tap):
    """The same suite, another policy: from each to the next."""
    a, b = pair()
    kinds = [
        ('plain', {}),
        ('KDR', dict(words=('kdr', '16'), kdr=16)),
        ('extensions', dict(words=('encrypted-extensions', '1'),
                            encrypted_extension_ids=(1,))),
        ('MKI', dict(mki='01')),
        ('the same MKI', dict(mki='01')),
        ('a longer MKI', dict(mki='000001')),
        ('RCC 1', dict(words=('rcc-mode', '1'), rcc_mode=1)),
        ('RCC 2', dict(words=('rcc-mode', '2', 'rcc-rate', '3'), rcc_mode=2,
                       rcc_rate=3)),
        ('cryptex', dict(words=('cryptex', 'on'), cryptex=True)),
        ('RTP in clear', dict(words=('unencrypted-srtp', 'on'),
                              unencrypted_srtp=True)),
        ('RTCP in clear', dict(words=('unencrypted-srtcp', 'on'),
                               unencrypted_srtcp=True)),
        ('no tag', dict(words=('unauthenticated-srtp', 'on'),
                        unauthenticated_srtp=True)),
    ]
    # what is not said stays as it was
    usual = ['kdr', '0', 'rcc-mode', 'off', 'cryptex', 'off',
             'unencrypted-srtp', 'off', 'unencrypted-srtcp', 'off',
             'unauthenticated-srtp', 'off', 'encrypted-extensions', 'none']

    def side(kind, seed):
        name, properties = kind
        words = [word for at in range(0, len(usual), 2)
                 if usual[at] not in properties.get('words', ())
                 for word in usual[at:at + 2]]
        return Side(CM, seed, **dict(properties, words=[
            *properties.get('words', ()), *words]))

    for before, after in zip(kinds, kinds[1:] + kinds[:1]):
        change(tap, a, b, side(before, 1), side(after, 2),
               '%s to %s' % (before[0], after[0]))


def shown(tap):
    """What key show tells of them, and how they go."""
    a, b = pair()
    old, new, third = Side(GCM, 1), Side(CM32, 2), Side(CM, 3, mki='0a')
    line = Line(a, b, old)
    line.set(new, *LONG)
    line.set(third, *LONG)
    tap.equal(line.keys(), [(GCM, None, 'retiring'), (CM32, None, 'retiring'),
                            (None, '0a', 'active')],
              'former keys are shown with their suites, the oldest first')
    tap.ok('suite %s' % GCM in a.ksrtp('key', 'show', 'session',
                                       line.id).stdout, 'in text, too')
    tap.equal(line.keys('send'), [(None, '0a', 'active')],
              'what is sent needs none of them')
    tap.equal(a.json('session', 'show')[0]['recv']['keys'], 3,
              'and they are counted')
    plain = [rtp(seq, b'three') for seq in range(3)]
    tap.equal(line.gets([side.rtp(packet) for side, packet in
                         zip((old, new, third), plain)]), plain,
              'all three are accepted')
    used = a.json('key', 'show', 'session', line.id, 'recv')
    tap.equal([one['rtp-packets'] for one in used], [1, 1, 1],
              'and each counts its packets')
    a.ksrtp('session', 'set', 'id', line.id, 'recv', 'replay-window', '256')
    tap.equal(len(line.keys()), 3, 'another change leaves them alone')
    a.ksrtp('key', 'del', 'session', line.id, 'recv', 'from', '0')
    tap.equal(line.keys(), [(GCM, None, 'retiring'), (None, '0a', 'active')],
              'key del takes the latest of its name')
    tap.equal(line.gets([new.rtp(rtp(10)), old.rtp(rtp(11))]), [rtp(11)],
              'and that one is refused')
    a.ksrtp('key', 'del', 'session', line.id, 'recv', 'mki', '0a')
    tap.equal(line.keys(), [], 'the last present key takes all with it')
    line.close()

    line = Line(a, b, Side(CM, 1))
    for n, suite in enumerate((GCM, CM) * 10):
        line.set(Side(suite, 10 + n), *LONG)
    tap.equal(len(line.keys()), 16, 'the oldest give way, beyond sixteen')
    last = [Side((GCM, CM)[n % 2], 10 + n) for n in range(20)]
    plain = [rtp(100 + n, b'of many') for n in range(20)]
    tap.equal(line.gets([side.rtp(packet)
                         for side, packet in zip(last, plain)]), plain[4:],
              'of twenty changes of suite in a row the last sixteen are heard')
    line.set(Side(CM, 50))
    tap.equal(line.keys(), [(None, None, 'active')],
              'a key without an overlap replaces all of them')
    line.set(Side(GCM, 51), 'overlap', 1)
    tap.equal(eventually([(None, None, 'active')], line.keys),
              [(None, None, 'active')], 'they go when their time is over')
    tap.equal(line.gets([Side(CM, 50).rtp(rtp(200))]), [],
              'and are refused then')
    line.close()


def re_offered(tap):
    """Several keys in a line, with the identifiers that those before had."""
    a, b = pair()
    olds = [Side(CM, n, mki='%02x' % n) for n in (1, 2)]
    news = [Side(GCM, n + 2, mki='%02x' % n) for n in (1, 2)]
    again = [Side(GCM, n + 4, mki='%02x' % n) for n in (1, 2)]
    line = Line(a, b, olds[0])
    for way in ('send', 'recv'):
        a.ksrtp('key', 'add', 'session', line.id, way, *olds[1].words[2:])

    def offer(sides):
        import base64
        keys = ';'.join('inline:%s|%s:1' % (
            base64.b64encode(key(side.suite, seed)).decode(), n)
            for n, (side, seed) in enumerate(sides, 1))
        text = 'a=crypto:1 %s %s' % (sides[0][0].suite, keys)
        a.ksrtp('session', 'set', 'id', line.id, 'recv', 'sdes-file', '-',
                *LONG, input=text + '\n')

    seq = 0
    for sides in (zip(news, (3, 4)), zip(again, (5, 6))):
        offer(list(sides))
    plain = [rtp(n, b'one of six') for n in range(6)]
    tap.equal(line.gets([side.rtp(packet) for side, packet in
                         zip(olds + news + again, plain)]), plain,
              'keys of two offers before are accepted beside those of the same '
              'MKI')
    tap.equal([state for suite, mki, state in line.keys()],
              ['retiring'] * 4 + ['active'] * 2, 'until their time is over')
    line.close()


def counted(tap):
    """A packet that all refuse is counted once, as the present policy has it."""
    a, b = pair()
    for before, after, cause in (
            (Side(GCM, 1), Side(CM, 2), 'drop-bad-tag'),
            (Side(CM, 1), Side(GCM, 2), 'drop-bad-tag'),
            (Side(CM, 1), Side(CM, 2, mki='77'), 'drop-unknown-mki'),
            (Side(CM, 1, mki='77'), Side(CM32, 2), 'drop-bad-tag')):
        line = Line(a, b, before)
        name = '%s to %s' % (' '.join(before.words[::4]),
                             ' '.join(after.words[::4]))
        line.gets([before.rtp(rtp(1))])
        line.set(after, *LONG)
        stranger = Side(CM, 99)
        line.gets([stranger.rtp(rtp(2, os.urandom(100)))])
        tap.equal(line.drops(), {cause: 1}, name + ': a stranger\'s')
        line.gets([rtp(3, bytes(100))])
        drops = line.drops()
        tap.equal(sum(drops.values()), 2, name + ': and plain RTP')
        stream = a.stream(line.id, 'recv', SSRC)
        tap.equal(stream.get('drop-bad-tag', 0), drops.get('drop-bad-tag', 0) +
                  drops.get('drop-plaintext', 0),
                  name + ': so does the stream')
        line.close()


def searched(tap):
    """A packet under the old key is not searched for under the new one."""
    a, b = pair()
    old, new = Side(GCM, 1), Side(CM, 2, words=('roc-search', '8'))
    line = Line(a, b, old)
    line.a.ksrtp('session', 'set', 'id', line.id, 'recv', *new.words, *LONG)
    plain = [rtp(seq, b'old') for seq in range(20)]
    tap.equal(line.gets([old.rtp(packet) for packet in plain]), plain,
              'roc-search beside an overlap: the old key\'s are taken')
    tap.equal(a.stats('recv').get('roc-searches', 0), 0, 'without a search')
    far = [rtp(seq, b'new') for seq in range(100, 105)]
    tap.equal(line.gets([new.rtp(packet, 5) for packet in far]), far,
              'the new one\'s are searched for')
    tap.equal(a.stats('recv').get('roc-found'), 1, 'once')
    line.close()


def waiting(tap):
    """Packets that wait, for a driver or for keys, know both policies."""
    a, b = pair()
    change(tap, a, b, Side(CM, 1, words=('kdr', '1'), kdr=1),
           Side(GCM, 2, words=('kdr', '1'), kdr=1), 'an epoch for each packet')
    if run('insmod', LATER, check=False).returncode:
        tap.skip('later', 'no module for that')
        return
    for before, after in ((CM, GCM), (GCM, CM)):
        change(tap, a, b, Side(before, 1), Side(after, 2),
               'drivers that finish later: %s to %s' % (before, after))
    a.ksrtp('session', 'flush')
    Host.remove_all()
    tap.equal(eventually(0, module_users), 0, 'nothing is left')
    run('rmmod', 'ksrtp_later')


def super_packets(tap):
    """Segments of both keys, in one super-packet."""
    a, b = pair()
    for dev in ('gro', 'rx-udp-gro-forwarding'):
        a.run('ethtool', '-K', 'wire', dev, 'on', check=False)
    old, new = Side(CM, 1), Side(GCM, 2)
    line = Line(a, b, old)
    line.set(new, *LONG)
    plain, wire = [], []
    for seq in range(16):
        side, size = ((old, 206), (new, 200))[seq % 2]
        plain.append(rtp(seq, os.urandom(size)))
        wire.append(side.rtp(plain[-1]))
    line.wire.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, len(wire[0]))
    line.wire.sendto(b''.join(wire), (A4, 5000))
    line.wire.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 0)
    tap.equal([line.app.recv(65536) for packet in plain], plain,
              'super-packets of both keys')
    tap.equal(line.drops(), {}, 'lose nothing')
    line.close()


main(suites, rarer_suites, policies, shown, re_offered, counted, searched,
     waiting, super_packets)
