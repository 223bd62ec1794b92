#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Fail closed: rules that RTP needs a session, and attempts to do without."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *


class Pipe:
    """Two sockets, and what gets from one to the other."""

    def __init__(self, source, target, to):
        self.source, self.target, self.to = source, target, to

    def passes(self, *packets):
        """How many of the packets arrive."""
        for packet in packets + (MARKER,):
            self.source.sendto(packet, self.to)
        got = 0
        while self.target.recv(2000) != MARKER:
            got += 1
        return got


def pipes(a, b, lport=5000, rport=6000):
    app, wire = a.socket(A4, lport), b.socket(B4, rport)
    return Pipe(app, wire, (B4, rport)), Pipe(wire, app, (A4, lport))


def rules(tap):
    a, b = pair()
    out, back = pipes(a, b)
    media = (rtp(1, b'speech'), rtcp())
    tap.equal((out.passes(*media), back.passes(*media)), (2, 2),
              'without a rule, plain RTP passes')
    monitor = Monitor(a)
    rule = a.json('require', 'add', 'port', '4000-5999')[0]['id']
    tap.equal((out.passes(*media), back.passes(*media)), (0, 0),
              'with one, RTP and RTCP without a session do not, either way')
    tap.equal(out.passes(b'GET / HTTP/1.1', b'', b'\x16\xfe\xfd a handshake'),
              3, 'what is not RTP passes')
    shown = a.json('require', 'show')[0]
    tap.equal((shown['send-drops'], shown['recv-drops']), (2, 2), 'counted')
    event = monitor.wait(type='require')
    tap.equal((event.get('require-id'), event.get('direction')),
              (rule, 'send'), 'told of')
    tap.equal(a.json('stat')['require-drops'], 4, 'and in the namespace')
    monitor.close()

    other_out, other_back = pipes(a, b, 7000, 7001)
    tap.equal((other_out.passes(*media), other_back.passes(*media)), (2, 2),
              'other local ports are left alone')
    a.ksrtp('require', 'add', 'dev', 'wire')
    tap.equal(other_out.passes(*media), 0, 'a rule for an interface')
    a.ksrtp('require', 'del', 'id', a.json('require', 'show')[1]['id'])
    tap.equal(other_out.passes(*media), 2, 'is gone when it is deleted')
    for words, said in ((('port', '4000-5999'), 'rule'),
                        (('port', '9-8'), 'port'), (('port', '0'), 'port'),
                        (('dev', 'none'), 'none')):
        result = a.ksrtp('require', 'add', *words, check=False)
        tap.ok(result.returncode and said in result.stderr and
               len(a.json('require', 'show')) == 1,
               'refused: ' + ' '.join(words), result.stderr)
    tap.equal(a.ksrtp('require', 'del', 'id', 999, check=False).returncode, 1,
              'no such rule')
    a.ksrtp('-b', '-', input=''.join('require add port %d\n' % port
                                     for port in range(7000, 7063)))
    full = a.ksrtp('require', 'add', 'port', 7063, check=False)
    tap.ok(full.returncode == 1 and 'as many rules as it may' in full.stderr and
           len(a.json('require', 'show')) == 64,
           'a namespace has 64 rules at the most', full.stderr)


def a_session_opens_what_a_rule_closes(tap):
    a, b = pair()
    a.ksrtp('require', 'add', 'port', '5000-5001')
    call = Call(a, b)
    tap.equal(call.peer.unprotect(call.out(rtp(1))), rtp(1), 'sending')
    tap.equal(call.through(call.peer.protect(rtp(1))), rtp(1), 'receiving')
    a.ksrtp('session', 'del', 'id', call.id)
    tap.equal(call.refused_out([rtp(2, b'plain')]), [],
              'its end does not open the way for plaintext')
    tap.equal(call.refused([rtp(2, b'plain')]), [], 'in neither direction')
    call.id = a.session(*flow(A4, B4), send=(CM, call.master))
    tap.equal(call.refused([rtp(3, b'plain')]), [],
              'nor does a session that leaves a direction alone')
    call.close()


def downgrade(tap):
    """A peer, or someone between, tries to have less."""
    a, b = pair()
    call = Call(a, b)
    tap.equal(call.refused([rtp(1, b'speech' * 30)]), [],
              'downgrade to plain RTP')
    tap.equal(call.refused([rtcp()], True), [], 'downgrade to plain RTCP')
    clear = Peer(CM, call.master, 'clear-rtcp')
    tap.equal(call.refused([clear.protect_rtcp(rtcp())], True), [],
              'downgrade to unencrypted SRTCP')
    clear = Peer(CM, call.master, 'clear-rtp')
    got = call.through(clear.protect(rtp(1, b'speech' * 30)))
    tap.ok(b'speech' not in got,
           'downgrade to unencrypted SRTP: nothing a listener could want')
    call.close()
    for suite, lesser in (('AES_CM_128_HMAC_SHA1_80',
                           'AES_CM_128_HMAC_SHA1_32'),
                          ('AES_CM_128_HMAC_SHA1_80', 'NULL_HMAC_SHA1_80')):
        call = Call(a, b, suite, seed=3)
        peer = Peer(lesser, call.master)
        got = call.refused([peer.protect(rtp(1, b'speech' * 30))])
        tap.ok(all(b'speech' not in packet for packet in got),
               'downgrade from %s to %s' % (suite, lesser))
        call.close()


def mixed_mode(tap):
    """Protected and plain packets of one stream, side by side."""
    a, b = pair()
    call = Call(a, b)
    got = []
    for seq in range(0, 20, 2):
        got.append(call.through(call.peer.protect(rtp(seq))))
        call.put(rtp(seq + 1, b'speech' * 30))
    got += call.refused([])
    tap.equal(got, [rtp(seq) for seq in range(0, 20, 2)],
              'mixed mode: the protected ones, and no others')
    call.close()


def fallback(tap):
    """Losing keys, suites or sessions never falls back to plaintext."""
    a, b = pair()
    a.ksrtp('require', 'add', 'port', '5000-5001')
    number = a.json('session', 'add', *flow(A4, B4), 'send', 'recv')[0]['id']
    out, back = pipes(a, b)
    tap.equal((out.passes(rtp(1)), back.passes(rtp(1))), (0, 0),
              'fallback: no keys yet')
    a.ksrtp('session', 'set', 'id', number, 'send', 'suite', CM,
            'insecure-key', key(CM).hex(), 'lifetime', '1')
    tap.equal(out.passes(rtp(2), rtp(3)), 1, 'fallback: keys used up')
    a.ksrtp('key', 'del', 'session', number, 'send', 'from', '0')
    tap.equal(out.passes(rtp(4)), 0, 'fallback: keys taken away')
    a.ksrtp('session', 'del', 'id', number)
    tap.equal(out.passes(rtp(5)), 0, 'fallback: session taken away')


def alerts(tap):
    a, b = pair()
    monitor = Monitor(a)
    call = Call(a, b, words=('max-streams', '2'))
    good = call.peer.protect(rtp(1))
    call.through(good)
    call.refused([rtp(n, os.urandom(80)) for n in range(2, 12)])
    event = monitor.wait(type='auth-failures')
    tap.equal((event.get('session-id'), event.get('direction')),
              (call.id, 'recv'), 'authentication failures are told of')
    tap.ok('drop-bad-tag' in event.get('cause', '') and
           'drop-plaintext' not in event['cause'] and event.get('remedy') and
           (event.get('local-address'), event.get('remote-port')) == (A4, 6000),
           'with cause, remedy and the call', event)
    call.refused([good] * 5)
    tap.equal(monitor.wait(type='replays').get('session-id'), call.id,
              'replays are')
    call.out(rtp(1))
    tap.equal(monitor.wait(type='ssrc-collision').get('ssrc'), '0x11223344',
              'one SSRC in both directions is')
    stream = a.stream(call.id, 'recv', 0x11223344)
    tap.equal((stream['drop-bad-tag'], stream['drop-replayed']), (10, 5),
              'the stream counts them')
    # for which, if it is silent for so long, the one received makes room
    call.refused_out([rtp(1, ssrc=5)])
    tap.equal(monitor.wait(type='stream-limit').get('direction'), 'send',
              'too many streams are')
    told = [e for e in monitor.seen if e.get('type') == 'auth-failures']
    tap.ok(len(told) <= 3, 'a burst is not told packet by packet', told)
    stat = a.json('stat')
    tap.equal((stat['recv']['drop-bad-tag'], stat['sessions']), (10, 1),
              'the namespace counts them')
    call.close()
    stat = a.json('stat')
    tap.equal((stat['recv']['drop-bad-tag'], stat['sessions']), (10, 0),
              'the namespace remembers them')
    monitor.close()


main(rules, a_session_opens_what_a_rule_closes, downgrade, mixed_mode,
     fallback, alerts)
