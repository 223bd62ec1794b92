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


def query(number, name=b'\7example\3org\0', flags=0x0100):
    """A question of DNS, or with other flags its answer."""
    return struct.pack('>HHHHHH', number, flags, 1, 0, 0, 0) + name + \
        struct.pack('>HH', 1, 1)


# of RTP's version, with every count of CSRCs and payload type
NUMBERS = [0x8000 | n for n in range(0, 0x4000, 67)]


def resolvers(tap):
    """Queries of DNS look like RTP when their number does, and so do answers."""
    a, b = pair()
    a.ksrtp('require', 'add', 'port', '30000-40000')
    for family, here, there in (4, A4, B4), (6, A6, B6):
        client, server = a.socket(here, 33000), b.socket(there, 53)
        other = b.socket(there, 5353)
        asked = answered = 0
        for number in NUMBERS:
            client.sendto(query(number), (there, 53))
            client.sendto(MARKER, (there, 53))
            if server.recv(2000) == MARKER:
                continue
            asked += server.recv(2000) == MARKER
            answer = query(number, flags=0x8180) + bytes(100)
            # it is not asked by everybody who asks
            other.sendto(answer, (here, 33000))
            server.sendto(answer[:1] + b'\xff' + answer[2:], (here, 33000))
            server.sendto(answer, (here, 33000))
            server.sendto(MARKER, (here, 33000))
            got = []
            while not got or got[-1] != MARKER:
                got.append(client.recv(2000))
            answered += answer in got
            if number == 0x8000:
                tap.equal(got, [answer, MARKER], 'IPv%d: no answer but that '
                          'of who was asked, to what was asked' % family)
        tap.equal((asked, answered), (len(NUMBERS), len(NUMBERS)),
                  'IPv%d: each query of DNS gets out, each answer in' % family)
        out, back = Pipe(client, server, (there, 53)), \
            Pipe(server, client, (here, 33000))
        tap.equal((out.passes(rtp(256), rtcp()), back.passes(rtp(256), rtcp())),
                  (0, 0), 'IPv%d: RTP does not, there and from there' % family)
        for sock in (client, server, other):
            sock.close()


def by_header(tap):
    """What has the version of RTP, but no header of it."""
    a, b = pair()
    a.ksrtp('require', 'add', 'port', '5000')
    out, back = pipes(a, b)
    base = rtp(1)
    none = (base[:11], b'\x81' + base[1:], b'\x90' + base[1:] + bytes(2),
            b'\x90' + base[1:] + b'\xbe\xde\0\1', b'\x80\x48' + base[2:],
            b'\x80\xc9\0\2abcd', b'\x81\xc8\0\x20' + bytes(100))
    tap.equal((out.passes(*none), back.passes(*none)), (len(none), len(none)),
              'what has the version of RTP and no header of it passes')
    media = [rtp(1, bytes(20), csrcs=range(n), pt=pt) for n in (0, 1, 15)
             for pt in (0, 20, 35, 63, 64, 71, 77, 95, 96, 127, 128, 255)]
    media += [rtp(1, extension=bytes(4 * n)) for n in (0, 1, 50)]
    media += [b'\xa0' + base[1:] + end for end in (b'\0', b'\1', b'\xff' * 20)]
    media += [base, rtcp(blocks=31), b'\x81\xce\0\2abcdefgh' + bytes(14),
              b'\x80\xc9\0\1abcd', b'\x81\xcb\0\1abcd', rtp(1, bytes(1400))]
    tap.equal((out.passes(*media), back.passes(*media)), (0, 0),
              'all forms of RTP, RTCP, SRTP and SRTCP drop')
    large = rtp(2, bytes(3000))
    tap.equal((out.passes(large, b'\x7f' + large), back.passes(large)), (1, 0),
              'in fragments, too')


def by_word(tap):
    a, b = pair()
    out, back = pipes(a, b)
    none = rtp(1)[:11]
    odd = rtp(1, pt=64)
    packets = none, query(0x8000), odd, rtp(1)
    for words, wanted in (((), 2), (('judge', 'header'), 2),
                          (('judge', 'version'), 0), (('judge', 'profile'), 3)):
        rule = a.json('require', 'add', 'port', '5000', *words)[0]
        tap.equal(out.passes(*packets), wanted,
                  'a rule %s' % (' '.join(words) or 'as it comes'))
        tap.equal(rule.get('judge'),
                  words[1] if words and words[1] != 'header' else None,
                  'and how it is shown')
        a.ksrtp('require', 'del', 'id', rule['id'])
    a.ksrtp('require', 'add', 'port', '5000', 'judge', 'profile')
    a.ksrtp('require', 'add', 'port', '5000', 'judge', 'version')
    tap.equal((out.passes(*packets), back.passes(*packets)), (0, 0),
              'of two rules, each has its say')
    tap.equal([rule['send-drops'] for rule in a.json('require', 'show')],
              [1, 3], 'and the first that drops counts it')


def excepts(tap):
    a, b = pair()
    rule = a.json('require', 'add', 'port', '5000', 'except-remote-port',
                  '7000-7009,53,7005-7020,443')[0]
    tap.equal(rule['except-remote-ports'], '53,443,7000-7020',
              'remote ports are put in order')
    tap.ok(' except-remote-port 53,443,7000-7020' in
           a.ksrtp('require', 'show').stdout, 'and shown')
    for family, here, there in (4, A4, B4), (6, A6, B6):
        app = a.socket(here, 5000)
        for port, wanted in ((52, 0), (53, 1), (54, 0), (6999, 0), (7000, 1),
                             (7020, 1), (7021, 0)):
            wire = b.socket(there, port)
            tap.equal((Pipe(app, wire, (there, port)).passes(rtp(1)),
                       Pipe(wire, app, (here, 5000)).passes(rtp(1))),
                      (wanted, wanted), 'IPv%d: remote port %d %s' % (
                          family, port, 'is excepted' if wanted else 'is not'))
            wire.close()
        app.close()
    state = a.json('dump')
    a.ksrtp('require', 'del', 'id', rule['id'])
    a.ksrtp('require', 'add', 'port', '9', 'judge', 'profile', 'lease', '7')
    state['requires'] += a.json('dump')['requires']
    a.ksrtp('require', 'del', 'id', a.json('require', 'show')[0]['id'])
    a.ksrtp('restore', input=json.dumps(state))
    tap.equal([(one.get('except-remote-ports'), one.get('judge'), one.get('lease'))
               for one in a.json('require', 'show')],
              [('53,443,7000-7020', None, None), (None, 'profile', 7)],
              'dump and restore keep these, and the group of a lease')
    tap.ok(a.ksrtp('require', 'show').stdout.endswith(' port 9 judge profile lease 7\n'),
           'which is shown')
    done = a.ksrtp('require', 'add', 'port', '9', 'judge', 'profile', check=False)
    tap.ok(done.returncode == 1 and 'a rule that says just that' in done.stderr,
           'a rule is the same with it and without', done.stderr)


def gro(sock, packets):
    """What comes up to a marker: lengths of what was received in one."""
    lengths = []
    while True:
        data = sock.recv(65536)
        if data == MARKER:
            return lengths
        lengths.append(len(data))


def supers(tap):
    """Super-packets stay whole, unless a part of them may be RTP."""
    a, b = pair()
    a.ksrtp('require', 'add', 'port', '5000')
    app, wire = a.socket(A4, 5000), b.socket(B4, 443)
    for source, target, to, way in ((app, wire, (B4, 443), 'sent'),
                                    (wire, app, (A4, 5000), 'received')):
        target.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 1)

        def put(packets):
            source.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 200)
            source.sendto(b''.join(packets), to)
            source.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 0)
            source.sendto(MARKER, to)
            return gro(target, packets)

        quic = [bytes([0x40 + n]) + bytes([0x80]) * 199 for n in range(5)]
        tap.equal(put(quic), [1000], 'a super-packet of QUIC is %s whole' % way)
        short = quic[:4] + [quic[4][:50]]
        tap.equal(put(short), [850], 'one that ends early, too')
        for place in range(5):
            mixed = list(quic)
            mixed[place] = rtp(place, bytes(188))
            tap.equal(sum(put(mixed)), 800,
                      'of one with RTP in it, that drops: place %d, %s' %
                      (place, way))
        last = quic[:4] + [rtp(1, b'short')]
        tap.equal(sum(put(last)), 800, 'and a short one at its end')
        target.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 0)


def forwarded(tap):
    """A gateway's rule is about what it forwards."""
    a, b, c = behind_gateway()
    a.ksrtp('require', 'add', 'dev', 'wire')
    for here, there in (C4, B4), (C6, B6):
        client, server = c.socket(here, 33000), b.socket(there, 53)
        out = Pipe(client, server, (there, 53))
        back = Pipe(server, client, (here, 33000))
        tap.equal((back.passes(query(0x8000, flags=0x8180)),
                   out.passes(query(0x8000)),
                   back.passes(query(0x8000, flags=0x8180)),
                   out.passes(rtp(1)), back.passes(rtp(1))),
                  (0, 1, 1, 0, 0), 'forwarded: DNS that is asked for, no RTP')
        # and the other way round: a server behind it
        client, server = b.socket(there, 33000), c.socket(here, 53)
        out = Pipe(client, server, (here, 53))
        back = Pipe(server, client, (there, 33000))
        tap.equal((back.passes(query(0x8000, flags=0x8180)),
                   out.passes(query(0x8000)),
                   back.passes(query(0x8000, flags=0x8180)),
                   out.passes(rtp(1)), back.passes(rtp(1))),
                  (0, 1, 1, 0, 0), 'a server of DNS behind the gateway')


def warnings(tap):
    """Ports that clients are given, too, as this network namespace has it."""
    a = Host('a')
    a.sysctl('net/ipv4/ip_local_port_range', '32768 60999')

    def said(*words):
        done = a.ksrtp('require', 'add', *words)
        a.ksrtp('require', 'del', 'id', a.json('require', 'show')[0]['id'])
        return done.stderr

    warning = said('port', '30000-40000')
    tap.ok('warning: require: ports 32768-40000 ' in warning and
           'ip_local_reserved_ports=32768-40000' in warning and
           'except-remote-port' in warning and warning.count('\n') == 1,
           'a rule for ports of clients: one line of warning', warning)
    tap.ok('32768-60999' in said(), 'a rule for all ports', said())
    for words in (('port', '10000-20000'), ('port', '32767'),
                  ('port', '61000-65535')):
        tap.equal(said(*words), '', 'no warning: ' + ' '.join(words))
    tap.ok('ports 60999 ' in said('port', '60999-62000'), 'a single port')
    a.sysctl('net/ipv4/ip_local_reserved_ports', '30000-39999,50000')
    warning = said('port', '30000-40000')
    tap.ok('ports 40000 may' in warning and
           '=30000-39999,50000,40000)' in warning,
           'but for those that are reserved', warning)
    a.sysctl('net/ipv4/ip_local_reserved_ports', '30000-40000,50000')
    tap.equal(said('port', '30000-40000'), '', 'none if all are')


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


main(rules, resolvers, by_header, by_word, excepts, supers, forwarded,
     warnings, a_session_opens_what_a_rule_closes, downgrade, mixed_mode,
     fallback, alerts)
