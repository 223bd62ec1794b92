#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Every allocation fails once: the error is told, and nothing else happens."""

import errno
import os
import re
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from failing import *
from genl import Genl, Refused, attr, nest, parse
from ksrtp_test import *
from srtp_ref import Context

NEW, SET, DEL, GET, FLUSH, STREAM_GET, STREAM_SET, SUITE_GET = range(1, 9)
(KEY_NEW, KEY_USE, KEY_DEL, KEY_GET, REQUIRE_NEW, REQUIRE_DEL, REQUIRE_GET,
 STAT_GET) = range(14, 22)
ID, LPORT, LRTCP, MUX, STREAMS, SEND, RECV = 1, 6, 8, 10, 11, 12, 13
TIMEOUT, OWNED, ORPHANED, MOVE, LINGER, REPLACE = range(16, 22)
# of where a session moves to
M_LPORT, M_LRTCP, M_MUX = 5, 7, 9
SUITE, KEY, SALT, WINDOW, MKI, RATE = 1, 2, 3, 4, 9, 14
EXTENSIONS, CRYPTEX = 18, 19
# of a stream
SESSION, DIRECTION, SSRC, ROC, SEQ, INDEX, REPLAY, RTCP_REPLAY = range(2, 10)
# of sealed keys
SEAL_SET, SEAL_DEL = 33, 34
SEAL_KEY, SEAL_CURRENT = 3, 5
EKT_SPI, EKT_KEY, SEALED, EKT_SEALED, SEAL = 34, 35, 46, 49, 24
K_SEAL, K_SEALED = 19, 20
SECRET = b'this must never be seen on the wire'


def keys(suite, *more):
    sizes = SUITES[suite]
    number = {name: n for n, name in enumerate((
        'AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32',
        'AES_256_CM_HMAC_SHA1_80', 'AES_256_CM_HMAC_SHA1_32',
        'AEAD_AES_128_GCM', 'AEAD_AES_256_GCM', 'AES_192_CM_HMAC_SHA1_80',
        'AES_192_CM_HMAC_SHA1_32', 'NULL_HMAC_SHA1_80', 'NULL_HMAC_SHA1_32',
        'F8_128_HMAC_SHA1_80'), 1)}
    number['DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM'] = 18
    master = key(suite)
    return (attr(SUITE, number[suite]), attr(KEY, master[:sizes[0]]),
            attr(SALT, master[sizes[0]:])) + more


def port(n):
    return attr(LPORT, struct.pack('>H', n))


def control(tap):
    """Commands: an error if one fails, and the state there was before."""
    a = Host('a')
    with a.enter():
        genl = Genl()
    def sessions():
        return len(genl.dump(GET))

    # the first session makes tables that stay; that is to fail, too
    cases = [(suite, keys(suite)) for suite in (
        CM, GCM, 'NULL_HMAC_SHA1_80', 'F8_128_HMAC_SHA1_80',
        'DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM')]
    cases += [('extensions', keys(CM, attr(EXTENSIONS, b'\1\2'))),
              ('epochs', keys(CM, attr(RATE, 16), attr(MKI, b'id')))]
    for name, words in cases:
        walk(tap, 'session-new, ' + name,
             lambda: genl.do(NEW, port(4000), attr(MUX), nest(SEND, *words),
                             nest(RECV, *words)),
             sessions, lambda: genl.do(FLUSH))
        tap.equal(sessions(), 1, name + ': one session, when none failed')
        genl.do(FLUSH)

    genl.do(NEW, port(4000), attr(MUX), nest(SEND, *keys(CM)),
            nest(RECV, *keys(CM)))
    number = a.json('session', 'show')[0]['id']

    def everything():
        """All but for how long nothing has come, or a place lingers still."""
        return re.sub(r', "(idle[a-z-]*|linger)": \d+', '',
                      a.ksrtp('dump').stdout)

    def home():
        genl.do(SET, attr(ID, number), nest(MOVE, attr(M_MUX), attr(
            M_LPORT, struct.pack('>H', 4000))))

    ssrc = iter(range(1, 60))
    stream = attr(2, number), attr(3, 1), attr(4, 0)
    genl.do(STREAM_SET, *stream)
    walk(tap, 'session-set', lambda: genl.do(
        SET, attr(ID, number), nest(RECV, *keys(GCM))), everything)
    elsewhere = iter(range(5000, 9000, 2))
    for name, move in (
            ('to another flow', lambda: (attr(M_MUX),
             attr(M_LPORT, struct.pack('>H', next(elsewhere))))),
            ('to one with RTCP of its own', lambda: (
                attr(M_LPORT, struct.pack('>H', next(elsewhere))),)),
            ('but for its RTCP', lambda: (
                attr(M_LPORT, struct.pack('>H', 4000)),
                attr(M_LRTCP, struct.pack('>H', next(elsewhere)))))):
        for more in ((), (attr(LINGER, 600000),)):
            walk(tap, 'session-set that moves it ' + name, lambda: genl.do(
                SET, attr(ID, number), nest(MOVE, *move()), *more,
                nest(RECV, *keys(GCM))), everything, home)
            home()
    walk(tap, 'session-get', lambda: genl.do(GET, attr(ID, number)), everything)
    walk(tap, 'stream-set', lambda: genl.do(
        STREAM_SET, *stream[:2], attr(4, next(ssrc)), attr(5, 7)), everything)
    walk(tap, 'stream-get', lambda: genl.do(STREAM_GET, *stream), everything)
    walk(tap, 'stat-get', lambda: genl.do(STAT_GET), everything)
    tap.equal(sessions(), 1, 'nothing was lost or made')
    # without memory for a sample it cannot tell the drivers, and does not
    told = set()
    for n in range(1, 200):
        with Nth(n) as nth:
            try:
                genl.do(SUITE_GET, attr(1, 18))
                told.add(0)
            except Refused as error:
                told.add(error.errno)
        if not nth.hit:
            break
    tap.equal(told, {0, errno.ENOMEM}, 'suite-get')

    def rules():
        return len(a.json('require', 'show'))

    walk(tap, 'require-new',
         lambda: genl.do(REQUIRE_NEW, attr(5, b'\x10\x00')), everything,
         lambda: a.ksrtp('require', 'del', 'id',
                         a.json('require', 'show')[0]['id']))
    tap.equal(rules(), 1, 'one rule, when none failed')

    # keys with identifiers, added and chosen and taken away
    gcm = keys(GCM)[1:]
    material = (attr(5, gcm[0][4:]), attr(6, gcm[1][4:]))
    genl.do(SET, attr(ID, number), nest(SEND, *keys(GCM, attr(MKI, b'k0'))))
    here = (attr(2, number), attr(3, 1))

    def key_do(cmd, mki, *more):
        return lambda: genl.do(cmd, *here, attr(4, mki), *more)

    new, use = key_do(KEY_NEW, b'k1', *material), key_do(KEY_USE, b'k1')
    drop, get = key_do(KEY_DEL, b'k1'), key_do(KEY_GET, b'k1')
    walk(tap, 'key-new', new, everything, drop)
    walk(tap, 'key-use', use, everything)
    walk(tap, 'key-get', get, everything)
    walk(tap, 'key-del', drop, everything, new)
    tap.equal([k['mki'] for k in a.json('key', 'show', 'session', number,
                                        'send')], [b'k0'.hex()],
              'the key that is left')
    a.ksrtp('session', 'flush')
    a.ksrtp('require', 'del', 'id', a.json('require', 'show')[0]['id'])


def handed(tap):
    """Seal keys, and keys that are sealed and opened."""
    a = Host('a')
    with a.enter():
        genl = Genl()

    def seals():
        return [one['id'] for one in a.json('seal', 'show')]

    def shown():
        return a.ksrtp('dump').stdout

    walk(tap, 'seal-set', lambda: genl.do(
        SEAL_SET, attr(2, 1), attr(SEAL_KEY, bytes(32)), attr(SEAL_CURRENT)),
         seals, lambda: genl.do(SEAL_DEL, attr(2, 1)))
    tap.equal(seals(), [1], 'one seal key, when none failed')
    genl.do(NEW, port(4000), attr(MUX), nest(SEND, *keys(GCM)),
            nest(RECV, *keys(CM)[:1], attr(EKT_SPI, 1),
                 attr(EKT_KEY, bytes(30))))
    number = a.json('session', 'show')[0]['id']
    genl.do(SET, attr(ID, number), nest(RECV, attr(EKT_SPI, 2),
                                        attr(EKT_KEY, bytes(range(30)))))
    here = attr(2, number), attr(3, 1), attr(K_SEAL)
    walk(tap, 'key-get, sealed', lambda: genl.do(KEY_GET, *here), shown)
    walk(tap, 'session-get, sealed',
         lambda: genl.do(GET, attr(ID, number), attr(SEAL)), shown)
    sealed = dict(parse(genl.do(KEY_GET, *here)[0]))[K_SEALED]
    ekt = dict(parse(dict(parse(genl.do(
        GET, attr(ID, number), attr(SEAL))[0]))[RECV]))[EKT_SEALED]
    walk(tap, 'session-set, sealed', lambda: genl.do(
        SET, attr(ID, number), nest(SEND, attr(SUITE, 5),
                                    attr(SEALED, sealed))), shown)
    walk(tap, 'session-set, sealed EKT keys', lambda: genl.do(
        SET, attr(ID, number), nest(RECV, attr(EKT_SEALED, ekt))), shown)
    a.ksrtp('session', 'flush')


def replaced(tap):
    """A session in the place of another: the one or the other is there."""
    a = Host('a')
    with a.enter():
        genl = Genl()

    def make(*more):
        genl.do(NEW, port(4000), attr(REPLACE), nest(SEND, *keys(CM)), *more)

    def there():
        return [(s['local-port'], s.get('local-rtcp-port'), 'recv' in s)
                for s in a.json('session', 'show')]

    for old in ((), (attr(MUX),)):
        for new in ((), (attr(MUX),)):
            make(*old)
            walk(tap, 'session-new that replaces', lambda: genl.do(
                NEW, port(4000), attr(REPLACE), *new, nest(RECV, *keys(GCM))),
                 there, lambda: make(*old))
            tap.equal(there(), [(4000, None if new else 4001, True)],
                      'replaced, when none failed')


def taken_over(tap):
    """A session in the place of an orphan: the one or the other is there."""
    a = Host('a')
    with a.enter():
        genl = Genl()

    def orphan(*more):
        genl.do(FLUSH)
        with a.enter():
            owner = Genl()
        owner.do(NEW, port(4000), attr(OWNED), nest(SEND, *keys(CM)), *more)
        owner.sock.close()

    def orphans():
        return [ORPHANED in dict(parse(one)) for one in genl.dump(GET)]

    for name, more in (
            ('with one port', (attr(MUX),)),
            ('with the next port for RTCP', ()),
            ('with an RTCP port', (attr(LRTCP, struct.pack('>H', 5001)),))):
        orphan(*more)
        tap.equal(orphans(), [True], 'an orphan ' + name)
        walk(tap, 'session-new in its place',
             lambda: genl.do(NEW, port(4000), *more, nest(SEND, *keys(GCM)),
                             nest(RECV, *keys(GCM))),
             orphans, lambda: orphan(*more))
        tap.equal(orphans(), [False], 'taken over, when none failed')
        # whose RTCP's flow went with it
        genl.do(FLUSH)
        genl.do(NEW, port(5001), attr(MUX), nest(SEND, *keys(CM)))
        genl.do(FLUSH)


def states(tap):
    """Streams with all of their state, and lists that are longer than one
    message."""
    a = Host('a')
    with a.enter():
        genl = Genl()
    genl.do(NEW, port(4000), attr(MUX), attr(STREAMS, 200),
            nest(SEND, *keys(GCM, attr(MKI, b'k0'))),
            nest(RECV, *keys(CM, attr(WINDOW, 1024))))
    number = a.json('session', 'show')[0]['id']
    # bit 0, which is the highest index, has to be set
    seen, seen_rtcp = bytes(range(1, 129)), bytes(range(129, 1, -1))
    ssrc = [0]

    def of(one):
        return attr(SESSION, number), attr(DIRECTION, 2), attr(SSRC, one)

    def step():
        ssrc[0] += 1
        genl.do(STREAM_SET, *of(ssrc[0]), attr(ROC, 3),
                attr(SEQ, struct.pack('=H', 7)), attr(INDEX, 70000),
                attr(REPLAY, seen), attr(RTCP_REPLAY, seen_rtcp))

    def there():
        try:
            return bool(genl.do(STREAM_GET, *of(ssrc[0])))
        except Refused as refused:
            if refused.errno != errno.ENOENT:
                raise
            return False

    walk(tap, 'stream-set with what was seen', step, there)
    got = dict(parse(genl.do(STREAM_GET, *of(ssrc[0]))[0]))
    tap.equal([got[REPLAY], got[RTCP_REPLAY]], [seen, seen_rtcp],
              'which is all there, when none failed')
    while ssrc[0] < 100:
        step()
    gcm = keys(GCM)[1:]
    for mki in range(1, 16):
        genl.do(KEY_NEW, attr(2, number), attr(3, 1),
                attr(4, bytes((107, 48 + mki))), attr(5, gcm[0][4:]),
                attr(6, gcm[1][4:]))

    def listed(command):
        # messages are stamped with idle times, so what counts is the number
        return lambda: lists.append(len(genl.dump(command)))

    for name, command in (('sessions', GET), ('streams', STREAM_GET),
                          ('keys', KEY_GET)):
        whole = len(genl.dump(command))
        for where in ('genl_start', 'netlink_dump', 'ours'):
            lists = []
            within(*(module_range() if where == 'ours' else symbol(where)))
            if where == 'genl_start':
                walk(tap, 'a list of %s, in %s' % (name, where),
                     listed(command))
                tap.equal(set(lists), {whole}, 'and else it is whole')
            else:
                listed_at_all(tap, name, where, listed(command), lists, whole)
            within(*module_range())
    genl.do(FLUSH)


def listed_at_all(tap, name, where, step, lists, whole):
    """What is told is whole, or is an error; and some of it may be spared."""
    failed = refused = 0
    for n in range(1, 2000):
        with Nth(n) as nth:
            try:
                step()
            except Refused as error:
                if error.errno not in (errno.ENOMEM, errno.ENOBUFS):
                    raise
                refused += 1
        if not nth.hit:
            break
        failed += 1
    # keys and sessions are told of without memory of ours
    tap.ok((failed or (where == 'ours' and name != 'streams')) and
           set(lists) == {whole},
           'a list of %s, in %s: %d allocations fail, %d are told' %
           (name, where, failed, refused), (failed, lists, whole))


def swept(tap):
    """Streams that are idle go, whether there is memory to tell of it or not."""
    a = Host('a')
    with a.enter():
        genl, listener = Genl(), Genl()
    listener.sock.setsockopt(270, 1, listener.group('events'))
    listener.sock.setblocking(False)
    genl.do(NEW, port(4000), attr(MUX), nest(RECV, *keys(CM)))
    number = a.json('session', 'show')[0]['id']

    def sweep(where, most):
        """Let streams be idle; allocations there fail until what follows."""
        for ssrc in range(1, 9):
            genl.do(STREAM_SET, attr(SESSION, number), attr(DIRECTION, 2),
                    attr(SSRC, ssrc), attr(ROC, 1))
        _drain(listener.sock)
        within(*next((start, end) for name, start, end in functions()
                     if name == where))
        put('times', most)
        put('probability', 100)
        genl.do(SET, attr(ID, number), attr(TIMEOUT, 1))

    def gone():
        for wait in range(300):
            if not a.json('stat')['streams']:
                return True
            time.sleep(0.1)
        return False

    def memory():
        """There is memory again; how many allocations have failed."""
        put('probability', 0)
        left = times()
        put('times', -1)
        within(*module_range())
        return left

    for name, most in (('once', 1), ('ever', 1000)):
        sweep('ksrtp_event_stream', most)
        tap.ok(gone(), 'streams go, though it cannot be told, ' + name)
        tap.ok(memory() < most, 'allocations failed')
        tap.ok('ENOBUFS' in _drain(listener.sock), 'the listener is told')
        genl.do(SET, attr(ID, number), attr(TIMEOUT, 0))
    # what a stream has received is to be remembered
    sweep('ksrtp_tombstone_alloc', 1000)
    for wait in range(300):
        if times() < 990:
            break
        time.sleep(0.1)
    tap.equal(a.json('stat')['streams'], 8,
              'without memory for what is left of them, streams stay')
    tap.ok(memory() < 990, 'allocations failed')
    tap.ok(gone(), 'and go when there is some')
    genl.do(FLUSH)


def unpaid(tap):
    """Epochs whose keys cannot be made cost packets nothing of their budget."""
    a, b = pair()
    number = a.session(*flow(A4, B4), recv=(CM, key(CM), 'kdr', '1'))
    peer = Context(CM, key(CM)[:16], key(CM)[16:], kdr=1)
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    place = [(start, end) for name, start, end in functions()
             if name == 'ksrtp_keys_derive']
    within(*place[0])
    put('probability', 100)
    put('times', -1)
    count = 1500
    for n in range(count):
        wire.sendto(peer.protect(rtp(40 * n % 60000, b'x'), 0), (A4, 5000))
        if n % 100 == 99:
            time.sleep(0.1)
    for wait in range(300):
        if a.stats('recv', number).get('drop-no-memory') == count:
            break
        time.sleep(0.1)
    put('probability', 0)
    within(*module_range())
    tap.equal(a.stats('recv', number), {'drop-no-memory': count},
              'no keys can be made, and nothing but that is told')
    wire.sendto(peer.protect(rtp(65000, b'now'), 0), (A4, 5000))
    tap.equal(app.recv(2000), rtp(65000, b'now'), 'then they can')
    a.ksrtp('session', 'flush')


def srtcp(tap):
    """Session keys of SRTCP that cannot be made: their packet is dropped, nothing
    plain leaves, and the next one has them made."""
    a, b = pair()
    number = a.session(*flow(A4, B4), send=(CM, key(CM)), recv=(CM, key(CM)))
    peer = Context(CM, key(CM)[:16], key(CM)[16:])
    app, wire = a.socket(A4, 5001), b.socket(B4, 6001)
    place = [(start, end) for name, start, end in functions()
             if name == 'ksrtp_keys_create_srtcp']
    within(*place[0])
    put('probability', 100)
    put('times', -1)
    for n in range(3):
        app.sendto(rtcp(), (B4, 6001))
        wire.sendto(peer.protect_rtcp(rtcp(), 1 + n), (A4, 5001))

    def dropped():
        return [a.stats(way, number).get('drop-no-memory', 0)
                for way in ('send', 'recv')]

    tap.equal(eventually([3, 3], dropped), [3, 3],
              'SRTCP without memory for its keys is dropped')
    put('probability', 0)
    within(*module_range())
    app.sendto(rtcp(), (B4, 6001))
    tap.equal(peer.unprotect_rtcp(wire.recv(2000)), (rtcp(), 4),
              'nothing has left before the packet that has keys')
    wire.sendto(peer.protect_rtcp(rtcp(), 9), (A4, 5001))
    tap.equal(app.recv(2000), rtcp(), 'and likewise what is received')
    a.ksrtp('session', 'flush')


def events(tap):
    """A listener that an event is kept from learns that it missed one."""
    a = Host('a')
    with a.enter():
        genl, listener = Genl(), Genl()
    groups = listener.info[7]
    group = struct.unpack('=I', dict(_nested(groups))[2])[0]
    listener.sock.setsockopt(270, 1, group)
    listener.sock.setblocking(False)
    genl.do(NEW, port(4000), attr(MUX), nest(SEND, *keys(CM)))
    number = a.json('session', 'show')[0]['id']
    missed = told = 0
    for n in range(1, 2000):
        _drain(listener.sock)
        with Nth(n) as nth:
            try:
                genl.do(SET, attr(ID, number), attr(11, 100 + n))
                done = True
            except Refused:
                done = False
        if not nth.hit:
            break
        got = _drain(listener.sock)
        if done and 'event' not in got:
            missed += 1
            told += 'ENOBUFS' in got
    tap.ok(missed, 'events can be missed', missed)
    tap.equal(told, missed, 'and then the listener is told')
    a.ksrtp('session', 'flush')


def _nested(data):
    return parse(parse(data)[0][1])


def _drain(sock):
    got = set()
    while True:
        try:
            sock.recv(1 << 16)
            got.add('event')
        except BlockingIOError:
            return got
        except OSError as error:
            got.add(errno.errorcode[error.errno])


class Wire:
    """What comes out of a host, as it is."""

    def __init__(self, host):
        with host.enter():
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                      socket.htons(3))
        self.sock.bind(('wire', 0))
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 20)
        self.sock.setblocking(False)

    def all(self):
        frames = []
        while True:
            try:
                frames.append(self.sock.recv(1 << 17))
            except BlockingIOError:
                return frames


class Line:
    """One way of protection between two hosts, both of them ours."""

    def __init__(self, a, b, n, suite, *words):
        self.ports = 7000 + 4 * n, 8000 + 4 * n
        master = key(suite)
        for host, lport, rport, here, there, way in (
                (a, *self.ports, A4, B4, 'send'),
                (b, *reversed(self.ports), B4, A4, 'recv')):
            host.ksrtp('session', 'add', *flow(here, there, lport, rport),
                       'max-streams', '60000', way, 'suite', suite,
                       'insecure-key', master.hex(), *words)
        self.app = a.socket(A4, self.ports[0])
        self.app_rtcp = a.socket(A4, self.ports[0] + 1)
        self.far = b.socket(B4, self.ports[1])
        self.far_rtcp = b.socket(B4, self.ports[1] + 1)
        for sock in (self.far, self.far_rtcp):
            sock.setblocking(False)

    def send(self, ssrc, seq, whole=False):
        """Send RTP and RTCP; or a super-packet."""
        text = SECRET + b'%d' % seq
        packets = [rtp(seq + i, text, ssrc, (1, 2), bytes.fromhex('10aa21bbcc000000'))
                   for i in range(3)]
        for packet in packets[:1]:
            self._send(self.app, packet, 0)
        if whole:
            self.app.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, len(packets[0]))
            self._send(self.app, b''.join(packets[1:]), 0)
            self.app.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 0)
        self._send(self.app_rtcp, rtcp(ssrc), 1)
        return packets[:3 if whole else 1] + [rtcp(ssrc)]

    def _send(self, sock, packet, more):
        try:
            sock.sendto(packet, (B4, self.ports[1] + more))
        except OSError as error:
            # what has no memory for a packet says so
            if error.errno not in (errno.ENOBUFS, errno.ENOMEM, errno.EPERM):
                raise

    def received(self):
        got = []
        for sock in (self.far, self.far_rtcp):
            while True:
                try:
                    got.append(sock.recv(1 << 16))
                except BlockingIOError:
                    break
        return got


def functions():
    """The module's functions, as (name, start, end)."""
    found = sorted({(int(line.split()[0], 16), line.split()[2])
                    for line in open('/proc/kallsyms')
                    if line.rstrip().endswith('[ksrtp]') and
                    line.split()[1] in 'tT'})
    return [(name, start, found[n + 1][0] if n + 1 < len(found)
             else start + 4096) for n, (start, name) in enumerate(found)]


def times():
    return int(open(DEBUG + 'failslab/times').read())


def packets(tap):
    """Packets: dropped if memory is short, never let through as they are."""
    a, b = pair()
    ways = (('CM', CM), ('GCM', GCM), ('F8', 'F8_128_HMAC_SHA1_80'),
            ('extensions', CM, 'encrypted-extensions', '1,2'),
            ('cryptex', GCM, 'cryptex', 'on'),
            ('double', 'DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM'),
            ('epochs', GCM, 'kdr', '16'))
    lines = [(way[0], Line(a, b, n, *way[1:]))
             for n, way in enumerate(ways)]
    # a receiver that has two keys to try, and so keeps what it has got
    b.ksrtp('session', 'set', 'local', '%s:%d' % (B4, lines[1][1].ports[1]),
            'remote', '%s:%d' % (A4, lines[1][1].ports[0]), 'recv', 'suite',
            GCM, 'insecure-key', key(GCM).hex(), 'overlap', '600000')
    wire = Wire(b)
    ssrc, hit, plain, wrong, silent = 1000, {}, [], [], []
    sites = [(name, start, end) for name, start, end in functions()
             if not re.search(r'_cmd_|_dump_|_init$|_exit$|request|gcov|asan',
                              name)]
    for name, start, end in sites:
        put('times', 1)
        within(start, end)
        for way, line in lines:
            ssrc += 1
            put('times', 1)
            put('probability', 100)
            # each allocation below this function, until all have failed
            sent = line.send(ssrc, 1, True)
            put('probability', 0)
            failed = times() == 0
            seen, got = wire.all(), line.received()
            if failed:
                hit.setdefault(name, []).append(way)
            plain += [name for frame in seen
                      if SECRET in frame or b'a@example' in frame]
            wrong += [(name, way) for packet in got if packet not in sent and
                      way not in ('cryptex', 'epochs')]
            if failed:
                # and those behind it go their way as ever
                sent = line.send(ssrc, 100)
                for wait in range(300):
                    got += line.received()
                    if any(packet[2:4] == sent[0][2:4] for packet in got):
                        break
                    time.sleep(0.01)
                else:
                    silent.append((name, way))
            plain += [name for frame in wire.all() if SECRET in frame]
    put('times', -1)
    within(*module_range())
    tap.note('allocations failed in ' + ', '.join(
        '%s (%d)' % (name, len(found)) for name, found in hit.items()))
    for name in ('ksrtp_stream_create', 'ksrtp_send_run',
                 'ksrtp_udp_make_writable', 'ksrtp_extension_crypt',
                 'ksrtp_f8_crypt', 'ksrtp_hook'):
        tap.ok(any(name in one for one in hit), 'allocations fail below ' +
               name, sorted(hit))
    tap.equal(plain, [], 'nothing plain is on the wire')
    tap.equal(wrong, [], 'what arrives is what was sent')
    tap.equal(silent, [], 'the next packets of a stream arrive')
    a.ksrtp('session', 'flush')
    b.ksrtp('session', 'flush')


if not ready():
    print('ok 1 - faults # SKIP this kernel has no fault injection\n1..1')
    sys.exit(0)
main(control, handed, replaced, taken_over, states, swept, unpaid, srtcp, events,
     packets)
