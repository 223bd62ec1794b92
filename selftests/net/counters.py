#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Counters at a new key: those that go on and those that begin anew, both ways."""

import base64
import itertools
import json
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
from srtp_ref import Bad, Context

SSRC = 0x11223344
SO_RCVBUFFORCE = 33
# a call that began shortly before its sequence number wrapped
FIRST, WRAPPED = 65533, 65539
# sequence numbers of what is sent while keys change: few, so that a key has used all
SPAN = 60
SHORT = 'AES_CM_128_HMAC_SHA1_32'
SUITES_HERE = some((CM, SHORT, 'AES_256_CM_HMAC_SHA1_80', GCM,
                    'AEAD_AES_256_GCM'))


class Keyed(Call):
    """A call whose keys change."""

    def set(self, *words, **options):
        return self.a.ksrtp('session', 'set', 'id', self.id, *words, **options)

    def key(self, way, seed, *words, **options):
        return self.set(way, 'suite', self.suite, 'insecure-key',
                        key(self.suite, seed).hex(), *words, **options)

    def roc(self, way):
        return self.a.stream(self.id, way, SSRC)['roc']


class Aged(Keyed):
    """A call that is at rollover counter 1 both ways, and at SRTCP index 20."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.old = [self.peer.protect(rtp(seq, b'old'))
                    for seq in range(FIRST, WRAPPED)]
        self.old_reports = [self.peer.protect_rtcp(rtcp()) for n in range(20)]
        for packet in self.old:
            self.through(packet)
        for packet in self.old_reports:
            self.through(packet, True)
        self.sent = [self.out(rtp(seq, b'old'))
                     for seq in range(FIRST, WRAPPED)]
        for packet in self.sent:
            self.peer.unprotect(packet)
        for n in range(20):
            self.peer.unprotect_rtcp(self.out(rtcp(), True))


def hears(tap, call, seqs, name):
    """What libsrtp sends arrives, RTP and RTCP; returns what was on the wire."""
    plain = [rtp(seq, b'new') for seq in seqs]
    wire = [call.peer.protect(packet) for packet in plain]
    reports = [call.peer.protect_rtcp(rtcp()) for n in range(3)]
    # a packet that is not understood must not leave the test waiting
    tap.equal(call.refused(wire), plain, name + ': RTP is understood')
    tap.equal(call.refused(reports, True), [rtcp()] * 3,
              name + ': RTCP is understood')
    return wire, reports


def received(tap):
    """With no word said, a peer that goes on and one that begins anew."""
    for suite in SUITES_HERE:
        a, b = pair()
        for seed, anew in ((10, False), (20, True)):
            name = '%s, a peer that %s' % (
                suite, 'begins anew' if anew else 'goes on')
            call = Aged(a, b, suite, seed=seed)
            call.key('recv', seed + 1)
            call.peer.rekey(key(suite, seed + 1), anew)
            wire, reports = hears(tap, call, range(WRAPPED, WRAPPED + 5), name)
            tap.equal(call.roc('recv'), 0 if anew else 1,
                      name + ': the rollover counter shows it')
            tap.equal(a.stats('recv').get('counters-restarted', 0),
                      2 if anew else 0, name + ': counted, RTP and RTCP')
            tap.equal((call.refused(wire + call.old),
                       call.refused(reports + call.old_reports, True)),
                      ([], []), name + ': no replay of either key')
            hears(tap, call, range(WRAPPED + 5, WRAPPED + 8), name + ', later')
            call.close()
        Host.remove_all()


def same_key(tap):
    """A peer that has no new key makes a new context all the same, when we have one:
    Asterisk. A word lets it, once for each key of ours."""
    for suite in (CM, GCM):
        a, b = pair()
        call = Aged(a, b, suite)
        master = call.master

        def again():
            call.peer.close()
            call.peer = Peer(suite, master)
            return call.peer

        call.key('send', 40, 'counters', 'restart')
        deaf = [again().protect(rtp(WRAPPED + n)) for n in range(3)]
        tap.equal(call.refused(deaf), [], suite + ': not unless said')
        call.set('recv', 'counters', 'restart')
        tap.equal(call.refused(deaf), [],
                  suite + ': the word takes effect with a key')
        call.key('send', 41)
        again()
        wire, reports = hears(tap, call, range(WRAPPED, WRAPPED + 5),
                              suite + ', anew under its old key')
        tap.equal(a.stats('recv')['counters-restarted'], 2,
                  suite + ': counted, for RTP and RTCP')
        # what lies close ahead could be the peer's next as well
        tap.equal((call.roc('recv'), call.refused(call.old + wire),
                   call.refused(call.old_reports[-1:] + reports, True)),
                  (0, [], []), suite + ': no replay once it was heard')
        call.key('send', 42)
        hears(tap, call, range(WRAPPED + 5, WRAPPED + 9),
              suite + ', and goes on at the next')
        again()
        tap.equal(call.refused([call.peer.protect(rtp(seq)) for seq in
                                range(WRAPPED, WRAPPED + 5)]), [],
                  suite + ': which is the end of it')
        call.key('send', 42, 'counters', 'continue')
        tap.equal(call.refused(wire), [],
                  suite + ': so is the same key once more')
        call.close()
        Host.remove_all()


def lost_at_first(tap):
    """A peer begins anew, and the first it sends is lost, or arrives late."""
    a, b = pair()
    call = Aged(a, b)
    call.key('recv', 31)
    call.peer.rekey(key(CM, 31), True)
    wire = [call.peer.protect(rtp(seq, b'new'))
            for seq in range(WRAPPED, WRAPPED + 40)]
    reports = [call.peer.protect_rtcp(rtcp()) for n in range(10)]
    order = [30, 5, 20, 39, 0]
    tap.equal(call.refused([wire[n] for n in order]),
              [rtp(WRAPPED + n, b'new') for n in order],
              'the window opens around the first that arrives')
    tap.equal(len(call.refused([reports[n] for n in (5, 2, 9)], True)), 3,
              'for RTCP, too')
    tap.equal((call.refused([wire[n] for n in order]),
               call.refused([reports[n] for n in (5, 2, 9)], True)), ([], []),
              'and each is taken once')
    call.close()


def forged(tap):
    """Forged packets learn nothing, change nothing and cost so much only."""
    a, b = pair()
    for suite in (CM, GCM):
        call = Aged(a, b, suite)
        call.key('recv', 41)
        before = a.stats('recv').get('roc-searches', 0)
        bad = [rtp(seq, os.urandom(40)) for seq in range(9, 1509)]
        tap.equal(call.refused(bad), [], suite + ': none is taken')
        tries = a.stats('recv').get('roc-searches', 0) - before
        tap.ok(0 < tries <= 1500, suite + ': each is tried once more at most',
               tries)
        call.peer.rekey(key(suite, 41), True)
        # a second may have to pass, which has no tries left
        packet = call.peer.protect(rtp(WRAPPED, b'new'))
        for wait in range(100):
            if call.refused([packet]):
                break
            time.sleep(0.1)
        tap.equal((call.roc('recv'), wait < 99), (0, True),
                  suite + ': and the peer is understood')
        call.close()


def overlapped(tap):
    """An old key stays for a while beside the new one."""
    a, b = pair()
    for suite in (CM, GCM):
        for anew in (False, True):
            name = '%s, overlap, a peer that %s' % (
                suite, 'begins anew' if anew else 'goes on')
            call = Aged(a, b, suite, seed=50 + anew)
            late = call.peer.protect(rtp(WRAPPED, b'old'))
            call.key('recv', 60 + anew, 'overlap', '600000')
            tap.equal(call.refused([late]), [rtp(WRAPPED, b'old')],
                      name + ': the old key is heard')
            later = call.peer.protect(rtp(WRAPPED + 1, b'old'))
            call.peer.rekey(key(suite, 60 + anew), anew)
            wire, reports = hears(tap, call, range(WRAPPED + 2, WRAPPED + 6),
                                  name)
            tap.equal(call.refused([later]),
                      [] if anew else [rtp(WRAPPED + 1, b'old')],
                      name + ': and then the old key %s' % (
                          'is not, which could be a replay' if anew
                          else 'is still'))
            tap.equal((call.refused(wire + call.old + [late]),
                       call.refused(reports + call.old_reports, True)),
                      ([], []), name + ': no replay')
            call.close()


def named(tap):
    """Keys with identifiers, of which each packet names one."""
    a, b = pair()
    for suite in (CM, GCM):
        for anew in (False, True):
            name = '%s, MKI, a peer that %s' % (
                suite, 'begins anew' if anew else 'goes on')
            one, two = key(suite, 70 + anew), key(suite, 80 + anew)
            call = Call(a, b, suite, recv_words=('mki', '01'), seed=70 + anew)
            call.peer.close()
            call.peer = Peer(suite, {b'\1': one})
            old = [call.peer.protect(rtp(seq)) for seq in range(FIRST, WRAPPED)]
            for packet in old:
                call.through(packet)
            a.ksrtp('key', 'add', 'session', call.id, 'recv', 'mki', '02',
                    'insecure-key', two.hex())
            # both are there; that of before is still spoken
            tap.equal(call.refused([call.peer.protect(rtp(WRAPPED))]),
                      [rtp(WRAPPED)], name + ': the old key is heard')
            call.peer.rekey({b'\2': two}, anew)
            wire, reports = hears(tap, call, range(WRAPPED + 1, WRAPPED + 5),
                                  name)
            tap.equal((call.refused(wire + old), call.refused(reports, True)),
                      ([], []), name + ': no replay')
            tap.equal(a.stream(call.id, 'recv', SSRC)['roc'],
                      0 if anew else 1, name + ': shows')
            call.close()


def in_any_order(tap):
    """Of several new keys a peer may use the last one first, and then the others."""
    a, b = pair()
    for suite in (CM, GCM):
        size = SUITES[suite][0]
        contexts = []
        for n in range(1, 5):
            master = key(suite, 140 + n)
            contexts.append(Context(suite, master[:size], master[size:],
                                    mki=bytes([n])))
        one, two, three, four = contexts
        call = Keyed(a, b, suite, recv_words=('mki', '01'), seed=141)
        old = [one.protect(rtp(seq), seq >> 16)
               for seq in range(FIRST, WRAPPED)]
        tap.equal(len(call.refused(old)), len(old), suite + ', a first key')
        for n in range(2, 5):
            a.ksrtp('key', 'add', 'session', call.id, 'recv', 'mki', '%02d' % n,
                    'insecure-key', key(suite, 140 + n).hex())
        new = []
        for seq, context in enumerate((three, two, three, two, four, two), 7):
            new.append(context.protect(rtp(seq), 0))
            tap.equal(call.refused([new[-1]]), [rtp(seq)],
                      '%s, counters begin anew, and keys in any order: %d' % (
                          suite, seq))
        tap.equal(call.refused(old + new), [], suite + ', no replay of any')
        tap.equal(call.refused([one.protect(rtp(WRAPPED), 1)]), [],
                  suite + ', and the first key is over')
        call.close()


def keys_by_epoch(tap):
    """With a key derivation rate: judged by the reference, as libsrtp has none."""
    for suite in (CM, GCM):
        a, b = pair()
        size = SUITES[suite][0]
        number = a.session(*flow(A4, B4), recv=(suite, key(suite, 1), 'kdr',
                                                '16'))
        app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
        contexts = [Context(suite, key(suite, n)[:size], key(suite, n)[size:],
                            kdr=16) for n in (1, 2)]

        def through(packet):
            wire.sendto(packet, (A4, 5000))
            return app.recv(2000)

        old = [contexts[0].protect(rtp(seq), seq >> 16)
               for seq in range(FIRST, WRAPPED)]
        for packet in old:
            through(packet)
        a.ksrtp('session', 'set', 'id', number, 'recv', 'suite', suite,
                'insecure-key', key(suite, 2).hex())
        new = [contexts[1].protect(rtp(seq), 0)
               for seq in range(WRAPPED, WRAPPED + 40)]
        tap.equal([through(packet) for packet in new],
                  [rtp(seq) for seq in range(WRAPPED, WRAPPED + 40)],
                  suite + ', kdr: a peer that begins anew')
        tap.equal(a.stream(number, 'recv', SSRC)['roc'], 0,
                  suite + ', kdr: which shows')
        Host.remove_all()


def searched(tap):
    """A search for rollover counters looks downward with a new key, only."""
    a, b = pair()
    call = Keyed(a, b, seed=90)
    call.set('recv', 'roc-search', '4')
    size = SUITES[CM][0]
    one, two = (Context(CM, key(CM, n)[:size], key(CM, n)[size:])
                for n in (90, 91))
    a.ksrtp('stream', 'set', 'session', call.id, 'recv', 'ssrc', SSRC,
            'roc', 9)
    tap.equal(call.refused([one.protect(rtp(5), 9)]), [rtp(5)],
              'a stream at rollover counter 9')
    tap.equal(call.refused([one.protect(rtp(6), 6)]), [],
              'under its key a smaller one is a replay')
    call.set('recv', 'suite', CM, 'insecure-key', key(CM, 91).hex())
    tap.equal(call.refused([two.protect(rtp(7), 4)]), [],
              'under a new key, five below are too many')
    tap.equal(call.refused([two.protect(rtp(8), 6)]), [rtp(8)],
              'three below are found')
    tap.equal(call.refused([two.protect(rtp(9), 5),
                            two.protect(rtp(8), 6)]), [],
              'once, and no further')
    tap.equal(call.refused([two.protect(rtp(10), 6)]), [rtp(10)],
              'and the stream goes on from there')
    call.close()


def comes_back(tap):
    """A key that was used before comes again: nothing begins anew under it."""
    a, b = pair()
    call = Aged(a, b, seed=100)
    call.key('recv', 101)
    second = Peer(CM, key(CM, 101))
    wire = [second.protect(rtp(seq)) for seq in range(WRAPPED, WRAPPED + 3)]
    tap.equal(len(call.refused(wire)), 3, 'a peer begins anew with a new key')
    call.key('recv', 100)
    tap.equal((call.refused(call.old), call.refused(call.old_reports, True)),
              ([], []), 'the key of before comes again: no replay of it')
    call.key('recv', 102)
    third = Peer(CM, key(CM, 102))
    tap.equal(len(call.refused([third.protect(rtp(WRAPPED + 9))])), 1,
              'and a new one is heard')
    tap.equal(call.refused(wire + call.old), [], 'after which none repeats')
    call.close()


def forgotten(tap):
    """A key comes back, and so does what a stream that was idle had received."""
    a, b = pair()
    monitor = Monitor(a)
    call = Keyed(a, b, words=('stream-timeout', '1'), seed=1)
    old = [call.peer.protect(rtp(seq)) for seq in (1, 2, 3)]
    call.refused(old)
    monitor.wait(event='stream-del', direction='recv')
    for name, words in (('at once', ()), ('with an overlap',
                                          ('overlap', '600000'))):
        call.key('recv', 2, *words)
        call.key('recv', 1)
        tap.equal(call.refused(old), [], 'no replay of what was forgotten')
    monitor.close()
    call.close()


def says(tap, call, seqs, name):
    """What we send is understood by libsrtp; returns the SRTCP indexes."""
    plain = [rtp(seq, b'said') for seq in seqs]
    tap.equal([call.peer.unprotect(call.out(packet)) for packet in plain],
              plain, name + ': RTP is understood')
    reports = [call.out(rtcp(), True) for n in range(3)]
    tap.equal([call.peer.unprotect_rtcp(packet) for packet in reports],
              [rtcp()] * 3, name + ': RTCP is understood')
    return reports


def index_of(suite, packet):
    """The SRTCP index in a packet without an MKI."""
    tag = 0 if suite.startswith('AEAD') else SUITES[suite][3]
    end = len(packet) - tag
    return int.from_bytes(packet[end - 4:end], 'big') & 0x7fffffff


def sent(tap):
    """A word says what becomes of a sender's counters, in one step with the key."""
    for suite in SUITES_HERE:
        a, b = pair()
        for seed, anew in ((10, False), (20, True)):
            name = '%s, counters %s' % (suite, 'restart' if anew
                                        else 'continue')
            call = Aged(a, b, suite, seed=seed)
            call.key('send', seed + 1, 'counters', name.split()[-1])
            call.peer.rekey(key(suite, seed + 1), anew)
            tap.equal(call.roc('send'), 0 if anew else 1,
                      name + ': the rollover counter shows it at once')
            reports = says(tap, call, range(WRAPPED, WRAPPED + 5), name)
            tap.equal([index_of(suite, packet) for packet in reports],
                      [1, 2, 3] if anew else [21, 22, 23],
                      name + ': the SRTCP indexes')
            tap.equal(a.stats('send').get('counters-restarted', 0), int(anew),
                      name + ': counted')
            tap.equal(call.refused_out([rtp(WRAPPED + 2, b'other')]), [],
                      name + ': no index twice')
            # the word is the direction's, until another is said
            call.key('send', seed + 2)
            call.peer.rekey(key(suite, seed + 2), anew)
            says(tap, call, range(WRAPPED + 5, WRAPPED + 8), name + ', again')
            call.close()
        Host.remove_all()
    a, b = pair()
    call = Aged(a, b, seed=30)
    call.set('send', 'initial-roc', '3', 'counters', 'restart')
    tap.equal(a.json('session', 'show')[0]['send'].get('counters'), 'restart',
              'the word is shown')
    call.key('send', 31)
    tap.equal(call.roc('send'), 3, 'a restart begins at initial-roc')
    call.set('send', 'counters', 'continue')
    tap.equal(a.json('session', 'show')[0]['send'].get('counters'), None,
              'and that they go on is the default')
    call.close()


def refusals(tap):
    a, b = pair()
    call = Aged(a, b, GCM, seed=1)

    def no(result, said, name):
        tap.ok(result.returncode == 1 and said in result.stderr, name,
               result.stderr)

    before = take(a)
    no(call.key('send', 1, 'counters', 'restart', check=False), 'the same key',
       'no restart under the same key')
    salted = key(GCM, 1)[:16] + bytes(12)
    no(call.set('send', 'suite', GCM, 'insecure-key', salted.hex(), 'counters',
                'restart', check=False), 'the same key',
       'nor with another salt alone')
    tap.equal(take(a), before, 'and nothing is changed')
    call.key('send', 2, 'counters', 'restart')
    call.out(rtp(WRAPPED))
    no(call.key('send', 1, check=False), 'has sent before',
       'no restart under a key that has sent before')
    no(call.key('send', 1, 'counters', 'continue', check=False),
       'counters went back', 'which may not come back at all')
    call.key('send', 2, 'counters', 'continue')
    tap.equal(call.roc('send'), 0, 'the present key may be said again')
    a.ksrtp('key', 'del', 'session', call.id, 'send', 'from', 0)
    no(a.ksrtp('key', 'add', 'session', call.id, 'send', 'insecure-key',
               key(GCM, 1).hex(), check=False), 'counters went back',
       'nor by key add')
    call.key('send', 3, 'counters', 'restart')
    tap.equal(call.roc('send'), 0, 'a direction that had lost its key')
    call.set('recv', 'suite', GCM, 'insecure-key', key(GCM, 77).hex())
    no(call.set('recv', 'counters', 'peer', check=False), 'for sending',
       'a word that is for sending')
    no(call.set('recv', 'suite', GCM, 'insecure-key', key(GCM, 78).hex(),
                'restart-counters', check=False), 'for sending',
       'so is restart-counters')
    no(call.set('send', 'restart-counters', check=False), 'goes with',
       'which goes with a key')
    no(call.set('send', 'unused-key', check=False), 'goes with',
       'which goes with a key')
    call.close()

    number = a.session(*flow(A4, B4, 5100, 6100), send=(
        CM, key(CM, 1), 'mki', '01', 'counters', 'restart'))
    words = ('session', 'set', 'id', number, 'send', 'suite', CM,
             'insecure-key', key(CM, 2).hex(), 'mki', '02')
    no(a.ksrtp(*words, check=False), 'remains',
       'no restart while an old key stays beside')
    no(a.ksrtp(*words, 'overlap', '1000', check=False), 'remains',
       'nor while it retires')
    a.ksrtp('key', 'add', 'session', number, 'send', 'mki', '03',
            'insecure-key', key(CM, 3).hex())
    tap.equal(len(a.json('key', 'show', 'session', number)), 2,
              'beside others a key comes as ever')


def take(host):
    state = json.loads(host.ksrtp('dump').stdout)
    for session in state['sessions']:
        for stream in session['streams']:
            stream.pop('idle')
    return state


def unused(tap):
    """A key that has sent is known, beyond its session."""
    a, b = pair()
    call = Call(a, b, GCM, seed=5)
    call.out(rtp(1))
    call.close()
    words = ('session', 'add', *flow(A4, B4), 'send', 'suite', GCM,
             'insecure-key')
    bad = a.ksrtp(*words, key(GCM, 5).hex(), 'unused-key', check=False)
    tap.ok(bad.returncode == 1 and 'unused-key' in bad.stderr and
           'sent before' in bad.stderr, 'refused where that is asked for',
           bad.stderr)
    tap.equal(a.json('session', 'show'), [], 'and no session is made')
    a.ksrtp(*words, key(GCM, 6).hex(), 'unused-key')
    tap.ok(True, 'another is not')
    a.ksrtp('session', 'flush')
    a.ksrtp(*words, key(GCM, 6).hex(), 'unused-key')
    tap.ok(True, 'nor one that has sent nothing')
    a.ksrtp('session', 'flush')
    a.ksrtp(*words, key(GCM, 5).hex())
    tap.ok(True, 'without the word a static key comes again')
    double = 'DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM'
    half = key(GCM, 5)[:16] + key(double, 1)[16:]
    bad = a.ksrtp('session', 'add', *flow(A4, B4, 5200, 6200), 'send', 'suite',
                  double, 'insecure-key', half.hex(), 'unused-key',
                  check=False)
    tap.ok(bad.returncode == 1 and 'sent before' in bad.stderr,
           'a key of two parts, of which one has sent', bad.stderr)
    b.ksrtp(*words, key(GCM, 5).hex(), 'unused-key')
    tap.ok(True, 'another network namespace knows nothing of it')
    a.ksrtp('session', 'flush')

    # and one that has received; what a session itself has used may come back
    call = Keyed(a, b, seed=7)
    old = [call.peer.protect(rtp(seq)) for seq in (1, 2, 3)]
    tap.equal(len(call.refused(old)), 3, 'a key receives')
    call.out(rtp(1))
    for way in 'send', 'recv':
        call.key(way, 8, 'unused-key')
        call.key(way, 7, 'unused-key')
        tap.ok(True, way + ': this session may have it again')
    tap.equal((call.refused(old), call.refused_out([rtp(1, b'other')])),
              ([], []), 'and nothing is received, or sent, twice')
    call.close()
    a.ksrtp('session', 'flush')
    words = ('session', 'add', *flow(A4, B4))
    for way, said in (('send', 'has sent'), ('recv', 'has received')):
        bad = a.ksrtp(*words, way, 'suite', CM, 'insecure-key',
                      key(CM, 7).hex(), 'unused-key', check=False)
        tap.ok(bad.returncode == 1 and said + ' before' in bad.stderr,
               way + ': another session may not', bad.stderr)
    a.ksrtp(*words, 'recv', 'suite', CM, 'insecure-key', key(CM, 8).hex(),
            'unused-key')
    tap.ok(True, 'but one under which nothing came')


def line(suite, seeds, first=1):
    return 'a=crypto:1 %s %s' % (suite, ';'.join(
        'inline:%s|%d:1' % (base64.b64encode(key(suite, seed)).decode(), number)
        for number, seed in enumerate(seeds, first)))


def unused_further(tap):
    """A later key of a line is as dangerous as the first one."""
    a, b = pair()
    there, here = b.socket(B4, 6000), a.socket(A4, 5000)
    for suite in CM, GCM:
        # what another session has received and sent under key 7
        number = a.session(*flow(A4, B4), send=(suite, key(suite, 7)),
                           recv=(suite, key(suite, 7)))
        b.session(*flow(B4, A4, 6000, 5000), send=(suite, key(suite, 7)))
        there.sendto(rtp(1), (A4, 5000))
        here.recv(2000)
        here.sendto(rtp(1), (B4, 6000))
        there.recv(2000)
        for host in a, b:
            host.ksrtp('session', 'flush')
        for way, said in ('send', 'has sent'), ('recv', 'has received'):
            words = (way, 'insecure-sdes')
            bad = a.ksrtp('session', 'add', *flow(A4, B4), *words,
                          line(suite, (20, 7)), 'unused-key', check=False)
            tap.ok(bad.returncode == 1 and said + ' before' in bad.stderr,
                   '%s %s: a further key was another session\'s' % (suite, way),
                   bad.stderr)
            tap.equal(a.json('session', 'show'), [], 'and no session is made')
            number = a.session(*flow(A4, B4))
            a.ksrtp('session', 'set', 'id', number, *words, line(suite, (21, 22)),
                    'unused-key')
            before = a.json('key', 'show')
            bad = a.ksrtp('session', 'set', 'id', number, *words,
                          line(suite, (23, 7), 3), 'unused-key', check=False)
            tap.equal((bad.returncode, said in bad.stderr,
                       a.json('key', 'show') == before), (1, True, True),
                      'a change that brings it changes nothing')
            bad = a.ksrtp('key', 'add', 'session', number, way, 'mki', '09',
                          'insecure-key', key(suite, 7).hex(), 'unused-key',
                          check=False)
            tap.equal((bad.returncode, said in bad.stderr,
                       a.json('key', 'show') == before), (1, True, True),
                      'nor can it be added')
            a.ksrtp('key', 'add', 'session', number, way, 'mki', '09',
                    'insecure-key', key(suite, 7).hex())
            a.ksrtp('session', 'set', 'id', number, *words,
                    line(suite, (22, 7), 11), 'unused-key')
            tap.ok(True, 'but one that is installed may stay')
            a.ksrtp('session', 'flush')


def once(tap):
    """A restart that is asked for once, with one key, whatever else there is."""
    for identified in False, True:
        a, b = pair()
        for first, word in (1, 'continue'), (11, 'restart'), (21, 'peer'):
            mki = ('mki', '%02x' % first) if identified else ()
            name = 'counters %s, %s' % (word, ' '.join(mki) or 'no mki')
            peers = [Peer(CM, {bytes([n]): key(CM, n)} if mki else key(CM, n))
                     for n in (first, first + 1)]
            number = a.session(*flow(A4, B4), send=(
                CM, key(CM, first), *mki, 'counters', word))
            ends = Ends(a, b, A4, B4)
            if mki:
                a.ksrtp('key', 'add', 'session', number, 'send', 'mki', '05',
                        'insecure-key', key(CM, first + 4).hex())
            for seq in range(FIRST, WRAPPED):
                peers[0].unprotect(ends.out(rtp(seq)))

            def change(seed, *words):
                return a.ksrtp('session', 'set', 'id', number, 'send', 'suite',
                               CM, 'insecure-key', key(CM, seed).hex(),
                               *(('mki', '%02x' % seed) if mki else ()), *words,
                               check=False)
            tap.equal(change(first + 1, 'restart-counters').returncode, 0,
                      name + ': a key that begins anew')
            tap.equal((a.stream(number, 'send', SSRC)['roc'],
                       len(a.json('key', 'show', 'session', number))), (0, 1),
                      name + ': it does, and is alone')
            for seq in range(WRAPPED, WRAPPED + 3):
                tap.equal(peers[1].unprotect(ends.out(rtp(seq))), rtp(seq),
                          name + ': libsrtp understands it')
            tap.equal(a.json('session', 'show')[0]['send'].get(
                'counters', 'continue'), word, name + ': the word stays')
            tap.equal((change(first + 1, 'restart-counters').returncode,
                       a.stats('send').get('counters-restarted')), (0, 1),
                      name + ': under the same key they go on')
            tap.equal(ends.refused_out([rtp(WRAPPED, b'other')]), [],
                      name + ': no index twice')
            bad = change(first, 'restart-counters')
            tap.ok(bad.returncode == 1 and 'counters went back' in bad.stderr,
                   name + ': no key of before', bad.stderr)
            a.ksrtp('session', 'flush')
            for one in ends.app, ends.app_rtcp, ends.wire, ends.wire_rtcp:
                one.close()
            for one in peers:
                one.close()
        Host.remove_all()


def follows(tap):
    """What the peer is heard to do decides."""
    for suite in (CM, GCM):
        a, b = pair()
        for seed, anew in ((10, False), (20, True)):
            name = '%s, counters peer, who %s' % (
                suite, 'begins anew' if anew else 'goes on')
            call = Aged(a, b, suite, seed=seed, recv_words=())
            call.set('send', 'counters', 'peer')
            call.set('send', 'suite', suite, 'insecure-key',
                     key(suite, seed + 1).hex(), 'recv', 'suite', suite,
                     'insecure-key', key(suite, seed + 1).hex())
            # nothing was heard yet: so we go on
            early = [call.out(rtp(seq, b'early'))
                     for seq in range(WRAPPED, WRAPPED + 4)]
            call.out(rtcp(), True)
            tap.equal(call.roc('send'), 1, name + ': nothing heard, so we go on')
            call.peer.rekey(key(suite, seed + 1), anew)
            hears(tap, call, range(WRAPPED, WRAPPED + 3), name)
            reports = says(tap, call, range(WRAPPED + 4, WRAPPED + 8), name)
            tap.equal((call.roc('send'),
                       [index_of(suite, packet) for packet in reports]),
                      (0, [1, 2, 3]) if anew else (1, [22, 23, 24]),
                      name + ': as the counters show')
            if anew:
                never_twice(tap, call, early, name)
            # heard once, it is known at the next key
            call.set('send', 'suite', suite, 'insecure-key',
                     key(suite, seed + 2).hex(), 'recv', 'suite', suite,
                     'insecure-key', key(suite, seed + 2).hex())
            tap.equal(call.roc('send'), 0 if anew else 1,
                      name + ': known at the next key')
            call.close()
        Host.remove_all()


def never_twice(tap, call, early, name):
    """Indexes that were used under the key are passed over, when they come."""
    shown = call.a.stream(call.id, 'send', SSRC)
    tap.equal((shown.get('rtp-used-from'), shown.get('rtp-used-to'),
               shown.get('srtcp-used-from'), shown.get('srtcp-used-to')),
              (WRAPPED, WRAPPED + 3, 21, 21),
              name + ': the indexes used are known')
    tap.ok(all(isinstance(call.peer.unprotect(packet), int)
               for packet in early),
           name + ': under which the peer had understood nothing')
    wire = []
    # on to rollover counter 1, in steps that the estimate follows
    for seq in (30000, 60000, *range(65530, WRAPPED + 12)):
        if WRAPPED <= seq < WRAPPED + 4:
            wire += call.refused_out([rtp(seq, b'other')])
        else:
            call.out(rtp(seq, b'later'))
    tap.equal(wire, [], name + ': no index of RTP twice')
    tap.equal(call.a.stats('send').get('drop-index-reuse'), 4,
              name + ': which is counted')
    tap.equal(call.roc('send'), 1, name + ': and the stream goes on')
    state = json.loads(call.a.ksrtp('dump').stdout)['sessions'][0]['streams']
    tap.equal([stream['rtp-used-to'] for stream in state
               if 'rtp-used-to' in stream], [WRAPPED + 3],
              name + ': a dump has it')
    indexes = [index_of(call.suite, call.out(rtcp(), True))
               for n in range(20)]
    tap.equal(indexes, [n for n in range(4, 25) if n != 21],
              name + ': no SRTCP index twice')


def restored(tap):
    """State that was put back: indexes stay used, and no replay opens."""
    a, b = pair()
    call = Aged(a, b, GCM, seed=1)
    call.set('send', 'counters', 'peer')
    for way in ('send', 'recv'):
        call.key(way, 2)
    call.out(rtp(WRAPPED, b'early'))
    call.out(rtcp(), True)
    call.peer.rekey(key(GCM, 2), True)
    wire, reports = hears(tap, call, range(WRAPPED, WRAPPED + 3), 'before')
    call.out(rtp(WRAPPED + 1, b'new'))
    state = json.loads(a.ksrtp('dump').stdout)
    for one in state['sessions'][0]['keys']:
        one['master-key'] = key(GCM, 2)[:16].hex()
        one['master-salt'] = key(GCM, 2)[16:].hex()
    a.ksrtp('session', 'flush')
    a.ksrtp('restore', '-', input=json.dumps(state))
    call.id = a.json('session', 'show')[0]['id']
    shown = a.stream(call.id, 'send', SSRC)
    tap.equal((shown['rtp-used-from'], shown['roc']), (WRAPPED, 0),
              'put back: what was used is known')
    tap.equal(a.json('session', 'show')[0]['send']['counters'], 'peer',
              'put back: so is the word')
    tap.equal((call.refused(wire + call.old),
               call.refused(reports + call.old_reports, True)), ([], []),
              'put back: no replay opens')
    hears(tap, call, range(WRAPPED + 3, WRAPPED + 5), 'put back')
    back = a.ksrtp('stream', 'set', 'session', call.id, 'send', 'ssrc', SSRC,
                   'roc', 0, 'seq', 0, check=False)
    tap.ok(back.returncode == 1, 'put back: no way back under its key',
           back.stderr)
    call.close()


def set_back(tap):
    """stream set goes back where every key is gone that the stream has used."""
    a, b = pair()
    call = Aged(a, b, seed=1)
    back = ('stream', 'set', 'session', call.id, 'send', 'ssrc', SSRC,
            'roc', 0, 'seq', 10, 'srtcp-index', 2)

    def no(name):
        result = a.ksrtp(*back, check=False)
        tap.ok(result.returncode == 1 and 'running stream' in result.stderr,
               name, result.stderr)

    no('not under its key')
    call.key('send', 2)
    a.ksrtp(*back)
    call.peer.rekey(key(CM, 2), True)
    says(tap, call, (11, 12), 'under a key that has not sent')
    no('not once that has sent')
    bad = call.key('send', 1, check=False)
    tap.ok(bad.returncode == 1 and 'counters went back' in bad.stderr,
           'and the key of before may not come again', bad.stderr)
    call.key('send', 2)
    no('not because the same key came twice')
    a.ksrtp('key', 'del', 'session', call.id, 'send', 'from', 0)
    no('not without a key, which might be any')
    call.key('send', 3)
    a.ksrtp(*back)
    tap.equal(a.stream(call.id, 'send', SSRC)['seq'], 10,
              'but under the next')
    call.close()

    number = a.session(*flow(A4, B4, 5100, 6100),
                       send=(CM, key(CM, 11), 'mki', '01'))
    app, wire = a.socket(A4, 5100), b.socket(B4, 6100)
    app.sendto(rtp(100), (B4, 6100))
    wire.recv(2000)
    back = ('stream', 'set', 'session', number, 'send', 'ssrc', SSRC, 'roc', 0,
            'seq', 10)
    a.ksrtp('key', 'add', 'session', number, 'send', 'mki', '02',
            'insecure-key', key(CM, 12).hex())
    a.ksrtp('key', 'use', 'session', number, 'send', 'mki', '02')
    no('not while the old key stands by')
    a.ksrtp('key', 'del', 'session', number, 'send', 'mki', '01')
    a.ksrtp(*back)
    tap.ok(True, 'but when it is gone')


def told(tap):
    a, b = pair()
    call = Aged(a, b, seed=1)
    monitor = Monitor(a)
    call.key('recv', 2)
    call.peer.rekey(key(CM, 2), True)
    call.refused([call.peer.protect(rtp(WRAPPED))])
    event = monitor.wait(type='counters-restarted')
    tap.equal((event.get('direction'), event.get('ssrc'),
               event.get('session-id')), ('recv', '0x11223344', call.id),
              'a peer that begins anew is told of')
    monitor.close()
    call.close()


def sending(app, at_once, end):
    """Send the same sequence numbers again and again, and never the same packet."""
    app.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 28 if at_once > 1 else 0)
    counter = itertools.count()

    def send():
        while not end.is_set():
            numbers = [next(counter) for _ in range(at_once)]
            app.sendto(b''.join(rtp(n % SPAN, b'%016d' % n) for n in numbers),
                       (B4, 6000))

    return [threading.Thread(target=send) for _ in range(2)]


def judged(got, contexts):
    """Sequence numbers that were used twice under a key; packets that no key opens;
    keys that were used."""
    used, twice, strange, at = {}, [], 0, 0
    for packet in got:
        for step in range(len(contexts)):
            n = (at + step) % len(contexts)
            try:
                plain = contexts[n].unprotect(packet, 0)
            except Bad:
                continue
            at = n
            name = n, int.from_bytes(packet[2:4], 'big')
            if used.setdefault(name, plain) != plain:
                twice.append(name)
            break
        else:
            strange += 1
    return twice, strange, {n for n, _ in used}


def race(tap, suite, at_once):
    """Keys and counters change while two processors send."""
    a, b = pair()
    masters = [key(suite, 1000 + n) for n in range(200)]
    number = a.session(*flow(A4, B4), send=(suite, masters[0], 'counters',
                                            'restart'))
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    wire.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
    end = threading.Event()
    got = []

    def receive():
        wire.settimeout(0.5)
        while True:
            try:
                got.append(wire.recv(2000))
            except TimeoutError:
                if end.is_set():
                    return

    threads = [threading.Thread(target=receive)] + sending(app, at_once, end)
    for thread in threads:
        thread.start()
    # in quick succession
    a.ksrtp('-b', '-', input=''.join(
        'session set id %d send suite %s insecure-key %s\n' % (
            number, suite, master.hex()) for master in masters[1:]))
    end.set()
    for thread in threads:
        thread.join()
    twice, strange, keys = judged(got, [
        Context(suite, master[:16], master[16:]) for master in masters])
    name = '%s, %d at once: ' % (suite, at_once)
    tap.note(name + '%d packets under %d keys, %d came late' % (
        len(got), len(keys), a.stats('send').get('drop-no-key', 0)))
    tap.equal(twice, [], name + 'no index twice under one key')
    tap.equal(strange, 0, name + 'nothing at another rollover counter')
    tap.ok(len(keys) > 3, name + 'while keys changed')
    Host.remove_all()


def races(tap):
    """No index twice, whenever keys change: between packets, and in the midst of those
    that are sent at once, which all go with the keys that the first has found."""
    race(tap, CM, 1)
    race(tap, 'NULL_HMAC_SHA1_80', 60)


def lossless(tap):
    """A packet that was under way when counters restarted has the new keys: a sender
    that never repeats a sequence number loses nothing, and neither do its segments."""
    keys = 1000
    for at_once in 1, 20:
        a, b = pair()
        number = a.session(*flow(A4, B4), send=(CM, key(CM)))
        app = a.socket(A4, 5000)
        app.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 12 if at_once > 1 else 0)
        end, sent = threading.Event(), itertools.count()

        def send():
            while not end.is_set():
                app.sendto(b''.join(rtp(next(sent)) for _ in range(at_once)),
                           (B4, 6000))

        thread = threading.Thread(target=send)
        thread.start()
        a.ksrtp('-b', '-', input=''.join(
            'session set id %s send suite %s insecure-key %s restart-counters\n'
            % (number, CM, key(CM, 2 + n).hex()) for n in range(keys)))
        end.set()
        thread.join()
        sent = next(sent)
        stats = a.stats('send')
        tap.ok(sent > 0 and (stats['rtp-packets'], stats['counters-restarted']) ==
               (sent, keys) and not any(
                   value for name, value in stats.items()
                   if name.startswith('drop-')),
               '%d at once, %d keys: no packet is lost' % (at_once, keys),
               (sent, stats))
        Host.remove_all()


main(received, same_key, lost_at_first, forged, overlapped, named, in_any_order,
     keys_by_epoch, searched, comes_back, forgotten, sent, refusals, unused,
     unused_further, once, follows, restored, set_back, told, races,
     lossless)
