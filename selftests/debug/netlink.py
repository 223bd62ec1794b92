#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Netlink messages made from the specification, and bent: every command with
attributes missing, doubled, of a wrong size, out of range, nested where they
should not be, and huge, headers that lie, and several at a time; by several who
may and several who may not, at once, while packets pass. Then all is as it
was."""

import multiprocessing
import os
import random
import struct
import sys
import threading
from collections import deque

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from genl import CTRL, Genl, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, \
    NLMSG_DONE, NLMSG_ERROR, attr, nest, parse
from ksrtp_test import *
from specification import SIZES, SPECIFICATION

SEED = int(os.environ.get('KSRTP_SEED', '1'))
MESSAGES = int(os.environ.get('KSRTP_MESSAGES', '20000'))
WORKERS = int(os.environ.get('KSRTP_WORKERS', '2'))
SO_RCVBUFFORCE = 33
# what anybody may ask
SUITE_GET = 8
SESSION_NEW, KEY_GET = 1, 17
KEY_SEALED = 20
# who has other rights than root, and the namespaces that he makes for himself
OTHERS = {'nobody': 0, 'stranger': CLONE_NEWUSER,
          'owner': CLONE_NEWUSER | CLONE_NEWNET}
EDGES = (0, 1, 2, 3, 15, 16, 17, 63, 64, 127, 128, 255, 256, 32768, 65535,
         65536, 1 << 31, (1 << 32) - 1, 1 << 47, 1 << 48, (1 << 64) - 1)


class Bender:
    """Messages, some of them good."""

    def __init__(self, spec, seed, sessions):
        self.spec, self.random = spec, random.Random(seed)
        self.sessions = sessions
        # of those that there are, or were of late
        self.ids = deque([1], maxlen=20)
        # keys that the kernel has sealed, of some session
        self.sealed = deque(maxlen=20)

    def value(self, kind, name, at):
        pick = self.random
        if kind == 'nest':
            return b''
        if kind == 'flag':
            return b'' if pick.random() < .9 else pick.randbytes(4)
        if kind in SIZES:
            number = pick.choice(EDGES) if pick.random() < .5 else \
                pick.randrange(1, 20)
            if name in ('id', 'session-id') and pick.random() < .8:
                number = pick.randrange(1, self.sessions)
            if name == 'family':
                number = pick.choice((2, 10, 7))
            size = struct.calcsize(SIZES[kind])
            data = (number & ((1 << 8 * size) - 1)).to_bytes(
                size, 'big' if at.get('byte-order') else sys.byteorder)
            return data
        if kind == 'binary':
            size = pick.choice((0, 1, 4, 12, 14, 16, 24, 28, 32, 64, 65, 128,
                                129, 255, 4096, 20000))
            if name.endswith('address'):
                size = pick.choice((4, 4, 16, 16, 5))
            if name in ('master-key', 'master-salt') and pick.random() < .7:
                size = pick.choice((16, 16, 24, 32, 64)) if 'key' in name \
                    else pick.choice((14, 14, 12, 24))
            return pick.randbytes(size)
        return b'text\0'

    def attribute(self, number, at, depth=0):
        pick = self.random
        kind = at['type']
        if kind == 'nest':
            inner = self.spec.sets[at['nested-attributes']]
            chosen = [self.attribute(n, one, depth + 1)
                      for n, one in inner if pick.random() < .25]
            # what does not fit an attribute is no attribute
            while sum(map(len, chosen)) > 60000:
                chosen.pop()
            made = nest(number, *chosen)
            if pick.random() < .05:
                # deeper than anything should be
                for level in range(pick.randrange(1, 40)):
                    made = nest(number, made)
        else:
            made = attr(number, self.value(kind, at['name'], at))
        return self.bend(number, made)

    def bend(self, number, made):
        """An attribute, or something like it."""
        pick = self.random
        bend = pick.random()
        if bend < .03:
            made += made
        elif bend < .05:
            size = pick.choice((0, 3, 4, 5, 0xffff))
            made = struct.pack('=H', size) + made[2:]
        elif bend < .07:
            made = attr(number, pick.randbytes(pick.randrange(40)))
        elif bend < .08:
            made = attr(number | 0x8000, made[:60000])
        elif bend < .09:
            made = attr(pick.randrange(1, 80), pick.randbytes(8))
        elif bend < .095:
            made = attr(number, bytes(40000))
        return made

    def good(self, name, values, bends):
        """Attributes of a set with these values, some of them bent."""
        known = {at['name']: (number, at)
                 for number, at in self.spec.sets[name]}
        made = []
        for word, value in values.items():
            number, at = known[word]
            if isinstance(value, dict):
                one = nest(number, self.good(at['nested-attributes'], value,
                                             bends)[:60000])
            elif isinstance(value, int):
                one = attr(number, value.to_bytes(
                    struct.calcsize(SIZES[at['type']]),
                    'big' if at.get('byte-order') else sys.byteorder))
            else:
                one = attr(number, value)
            made.append(self.bend(number, one) if bends else one)
        return b''.join(made)

    def direction(self):
        pick = self.random
        suite = pick.randrange(len(SUITES))
        sizes = SUITES[self.spec.suites[suite]]
        values = {'suite': suite + 1, 'master-key': pick.randbytes(sizes[0]),
                  'master-salt': pick.randbytes(sizes[1])}
        for name, some in (('mki', [b'a', b'b']), ('replay-window', [64, 1024]),
                           ('key-derivation-rate', [1, 16, 1 << 24]),
                           ('cryptex', [0, 1, 2]), ('rcc-mode', [1, 2, 3]),
                           ('rtp-lifetime', [100, 1 << 48]),
                           ('encrypted-extensions', [b'\x02', b'\x01\xff']),
                           ('roc-search', [3]), ('initial-roc', [1, 1 << 31]),
                           ('counters', [1, 2, 3]),
                           ('unencrypted-srtcp', [0, 1])):
            if pick.random() < (.5 if name == 'mki' else .08):
                values[name] = pick.choice(some)
        if pick.random() < .2:
            del values['master-key'], values['master-salt']
            values['sealed'] = self.seal(1, 88)
        if pick.random() < .1:
            values['ekt-sealed'] = self.seal(2, 242)
        return values

    def seal(self, kind, most):
        """A sealed key, or what looks like one."""
        pick = self.random
        if self.sealed and pick.random() < .5:
            return pick.choice(self.sealed)
        return struct.pack('>BBI', 1, kind, pick.randrange(1, 5)) + \
            pick.randbytes(28 + pick.randrange(most + 2))

    def flow(self):
        pick = self.random
        values = {'family': 2, 'local-port': 5000 + pick.randrange(40)}
        if pick.random() < .5:
            values.update({'local-address': bytes([10, 9, 0, 1]),
                           'remote-address': bytes([10, 9, 0, 2]),
                           'remote-port': 6000 + pick.randrange(40)})
        return values

    def request(self):
        """One of those that a program would send, and its set and command."""
        pick = self.random
        number = pick.choice(self.ids)
        key_ = {'session-id': number, 'direction': pick.choice((1, 2)),
                'mki': pick.choice((b'a', b'b', b'c'))}
        name = pick.choice(list(self.spec.numbers) + ['session-new'] * 3)
        values = {
            'session-new': lambda: {**self.flow(), 'rtcp-mux': b'',
                                    'send': self.direction(),
                                    'recv': self.direction()},
            'session-set': lambda: {'id': number, pick.choice((
                'send', 'recv')): self.direction()},
            'session-del': lambda: {'id': number},
            'session-flush': self.flow,
            'session-get': lambda: {'id': number,
                                    **pick.choice(({}, {'seal': b''}))},
            'stream-set': lambda: {
                'session-id': number, 'direction': pick.choice((1, 2)),
                'ssrc': pick.randrange(9), 'roc': pick.randrange(9),
                'seq': pick.randrange(65536)},
            'stream-get': lambda: {'session-id': number},
            'key-new': lambda: {
                **key_, 'master-key': pick.randbytes(pick.choice((16, 32))),
                'master-salt': pick.randbytes(pick.choice((12, 14)))},
            'key-use': lambda: key_, 'key-del': lambda: key_,
            'key-get': lambda: {**key_, **pick.choice(({}, {'seal': b''}))},
            'require-new': lambda: {'first-port': 40000 + pick.randrange(9),
                                    'last-port': 40009},
            'require-del': lambda: {'id': pick.randrange(1, 20)},
            'attach-new': lambda: {'ifindex': pick.randrange(1, 5)},
            'attach-del': lambda: {'ifindex': pick.randrange(1, 5)},
            'lease-set': lambda: {'id': pick.randrange(1, 5),
                                  'duration': pick.randrange(600)},
            'lease-del': lambda: {'id': pick.randrange(1, 5)},
            'lease-get': lambda: {'id': pick.randrange(1, 5)},
            'seal-set': lambda: {'id': pick.randrange(1, 12), 'key': bytes(32),
                                 **pick.choice(({}, {'current': b''}))},
            'seal-del': lambda: {'id': pick.randrange(1, 12)},
            'seal-get': lambda: {'id': pick.randrange(1, 12)},
        }.get(name, dict)()
        return self.spec.numbers[name], values

    def message(self):
        pick = self.random
        if pick.random() < .6:
            (number, kind, dumps), values = self.request()
            data = self.good(kind, values, pick.random() < .5)
            return number, data, dumps and pick.random() < .3
        number, name, kind, wanted, dumps = pick.choice(self.spec.commands)
        made = [self.attribute(n, at) for n, at in self.spec.sets[kind]
                if (at['name'] in wanted and pick.random() < .6) or
                pick.random() < .01]
        pick.shuffle(made)
        data = b''.join(made)
        if pick.random() < .02:
            data = data[:pick.randrange(len(data) + 1)]
        return number, data, dumps and pick.random() < .3


    def header(self, number, dump, size):
        """Of netlink and generic netlink, now and then with a lie in it; and if
        it is still of that command."""
        pick, asked = self.random, number
        kind, version, reserved = None, 1, 0
        flags = NLM_F_REQUEST | NLM_F_ACK | (NLM_F_DUMP if dump else 0)
        if pick.random() < .03:
            asked, what = None, pick.randrange(5)
            if what == 0:
                flags = pick.randrange(1 << 16)
            elif what == 1:
                number = pick.randrange(256)
            elif what == 2:
                version, reserved = pick.randrange(256), pick.randrange(1 << 16)
            elif what == 3:
                size = pick.choice((0, 3, 4, 5, size - 1, size + 1, size + 9999))
            else:
                # of netlink itself: nothing, an error, an end, an overrun
                kind = pick.randrange(1, 16)
        return asked, kind, struct.pack(
            '=BBH', number, version, reserved), 16 + max(size, 0), flags


class Caller:
    """Sends messages, and counts by what they are answered."""

    def __init__(self, bender):
        self.genl, self.bender = Genl(), bender
        self.genl.sock.settimeout(None)
        try:
            self.genl.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        except PermissionError:
            # whoever may not is not told much
            pass
        self.sent, self.told, self.taken = 0, {}, set()

    def count(self, code):
        self.told[code] = self.told.get(code, 0) + 1

    def message(self):
        """One more, and the command that it is meant to be of, if any."""
        number, data, dump = self.bender.message()
        asked, kind, head, size, flags = self.bender.header(number, dump,
                                                            4 + len(data))
        made = struct.pack('=IHHII', size, kind or self.genl.family, flags,
                           self.genl.seq + 1, 0) + head + data
        return asked, made + bytes(-len(made) % 4)

    def volley(self):
        """Some messages at once; then one that will be answered."""
        data, asked = b'', {}
        for i in range(self.bender.random.randrange(1, 9)):
            number, made = self.message()
            if data and len(data) + len(made) > 100000:
                break
            self.genl.seq += 1
            asked[self.genl.seq] = number
            data += made
        self.sent += len(asked)
        try:
            self.genl.sock.send(data)
        except OSError as error:
            # it does not fit the socket
            self.count(-error.errno)
        self.genl.send(CTRL, 3, attr(2, b'ksrtp\0'))
        ended = False
        while not ended:
            data = self.genl.sock.recv(1 << 17)
            while data:
                size, kind, flags, seq = struct.unpack_from('=IHHI', data)
                if asked.get(seq) == SESSION_NEW and kind == self.genl.family:
                    self.bender.ids.append(struct.unpack(
                        '=I', dict(parse(data[20:size]))[1])[0])
                if asked.get(seq) == KEY_GET and kind == self.genl.family:
                    self.bender.sealed.extend(
                        value for number, value in parse(data[20:size])
                        if number == KEY_SEALED)
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    code = -struct.unpack_from('=i', data, 16)[0]
                    if seq == self.genl.seq:
                        ended = True
                    else:
                        self.count(code)
                        if not code:
                            self.taken.add(asked.get(seq))
                data = data[size + 3 & ~3:]


def call(host, name, number, messages, pipe):
    """What a process of its own does: so many messages, as somebody."""
    with host.enter():
        if name in OTHERS:
            become_nobody(OTHERS[name])
        caller = Caller(Bender(SPECIFICATION, '%d %s %d' % (SEED, name, number),
                               20))
    while caller.sent < messages:
        caller.volley()
    pipe.send((name, caller.sent, caller.told, caller.taken))


def at_once(host, callers, messages):
    """Several callers; what each of them was told."""
    context = multiprocessing.get_context('fork')
    running = []
    for number, name in enumerate(callers):
        ours, theirs = context.Pipe()
        # ends with us, whatever becomes of us
        process = context.Process(target=call, daemon=True, args=(
            host, name, number, messages, theirs))
        process.start()
        theirs.close()
        running.append((process, ours))
    results = [pipe.recv() for process, pipe in running]
    for process, pipe in running:
        process.join()
    return results


class Traffic:
    """A call's packets, both ways, for as long as it is asked for."""

    def __init__(self, a, b):
        self.call = Call(a, b, GCM)
        self.end, self.sent = threading.Event(), 0
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        one = self.call
        while not self.end.is_set():
            self.sent += 1
            packet = rtp(self.sent, b'media')
            one.app.sendto(packet, one.there)
            one.wire.sendto(one.peer.protect(packet), one.here)
            time.sleep(0.002)

    def stop(self):
        self.end.set()
        self.thread.join()
        one = self.call
        for sock in (one.app, one.app_rtcp, one.wire, one.wire_rtcp):
            sock.close()
        one.peer.close()


def counted(stat):
    """Packets, each of which is counted once; a search is none."""
    return sum(count for way in ('send', 'recv')
               for name, count in stat[way].items()
               if name.startswith('drop-') or name in
               ('rtp-packets', 'rtcp-packets', 'passed'))


def bent(tap):
    a, b = pair()
    traffic = Traffic(a, b)
    callers = ['root'] * WORKERS + list(OTHERS)
    try:
        results = at_once(a, callers, MESSAGES // len(callers) + 1)
    finally:
        traffic.stop()
    for name, sent, told, taken in results:
        tap.note('seed %d, %s: %d messages, outcomes %s' % (
            SEED, name, sent, sorted(told.items())))
        if name in ('root', 'owner'):
            tap.ok(len(taken) > 12 and told.get(0, 0) > sent // 50,
                   name + ': some of all messages are good ones', taken)
        else:
            tap.equal(taken - {SUITE_GET, None}, set(),
                      name + ' is refused whatever he says')
    tap.ok(sum(sent for name, sent, told, taken in results) >= MESSAGES,
           '%d messages are sent' % MESSAGES)

    stat = a.json('stat')
    with a.enter():
        shown = Genl().dump(4)
    tap.equal(len(shown), stat['sessions'],
              'a dump has as many sessions as are counted')
    tap.equal(len(a.json('stream', 'show')), stat['streams'],
              'and as many streams')
    tap.ok(0 < counted(stat) <= 2 * traffic.sent,
           'no more packets are counted than there were',
           (counted(stat), traffic.sent))
    a.ksrtp('session', 'flush')
    for rule in a.json('require', 'show'):
        a.ksrtp('require', 'del', 'id', rule['id'])
    for device in a.json('attach', 'show'):
        a.ksrtp('attach', 'del', 'dev', device['dev'])
    again = Call(a, b, CM, lport=30000, rport=30000)
    tap.equal(again.peer.unprotect(again.out(rtp(1, b'after'))),
              rtp(1, b'after'), 'a session made now protects')
    again.close()
    stat = a.json('stat')
    tap.equal([stat[k] for k in ('sessions', 'streams', 'stream-memory')],
              [0, 0, 0], 'when all is deleted no memory of streams is left')
    tap.equal(module_users(), 0, 'and nothing holds the module')


def stranger(tap):
    """Whoever may not, changes nothing."""
    a = Host('a')
    number = a.session('local', 'any:9', 'rtcp-mux')
    before = a.ksrtp('-j', '-s', 'session', 'show').stdout
    for name, sent, told, taken in at_once(a, ('nobody', 'stranger', 'owner'),
                                           2000):
        if name != 'owner':
            tap.equal(taken - {SUITE_GET, None}, set(), name + ' is refused')
    tap.equal(a.ksrtp('-j', '-s', 'session', 'show').stdout, before,
              'and nothing is changed')
    a.ksrtp('session', 'del', 'id', number)


main(bent, stranger)
