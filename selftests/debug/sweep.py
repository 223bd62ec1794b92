#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Every attribute of every command, bent in every way, in a request that is good
but for that: it is taken, or refused with a reason, and then nothing is changed."""

import errno
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from genl import Genl, Refused, attr, nest, parse
from ksrtp_test import *
from specification import SIZES, SPECIFICATION

A, B = bytes([10, 9, 0, 1]), bytes([10, 9, 0, 2])
DIRECTION = {'suite': 1, 'master-key': bytes(range(16)),
             'master-salt': bytes(range(14)), 'mki': b'a', 'replay-window': 128}
FLOW = {'family': 2, 'local-address': A, 'local-port': 5000,
        'remote-address': B, 'remote-port': 6000}
ONE_KEY = {'session-id': 0, 'direction': 1, 'mki': b'b'}
# what there is before each request
SESSION = {**FLOW, 'rtcp-mux': b'', 'send': DIRECTION, 'recv': DIRECTION}
STREAM = {'session-id': 0, 'direction': 1, 'ssrc': 9, 'roc': 1, 'seq': 5}
KEY = {**ONE_KEY, 'master-key': bytes(16), 'master-salt': bytes(14)}
RELAY = {'local-address': bytes((127, 0, 0, 1)), 'local-port': 7100,
         'remote-address': bytes((127, 0, 0, 1)), 'remote-port': 7200,
         'local-rtcp-port': 7110, 'remote-rtcp-port': 7210,
         'types': b'\1\2', 'ssrcs': bytes(4)}
RULE = {'family': 2, 'first-port': 40000, 'last-port': 40009}
# devices
FREE, ATTACHED = 100, 101
# requests that are good then; 0 is the number of the session or of the rule
GOOD = {
    'session-new': {**SESSION, 'local-port': 7000, 'max-streams': 9,
                    'stream-timeout': 60, 'relays': {'relay': RELAY}},
    'session-set': {'id': 0, 'send': DIRECTION, 'max-streams': 9,
                    'relays': {'relay': RELAY}},
    'session-del': {'id': 0},
    'session-get': {'id': 0},
    'session-flush': FLOW,
    'stream-get': {'session-id': 0, 'direction': 1, 'ssrc': 9},
    'stream-set': {**STREAM, 'roc': 2, 'srtcp-index': 8},
    'suite-get': {},
    'key-new': {**KEY, 'mki': b'c', 'rtp-lifetime': 1000},
    'key-use': ONE_KEY,
    'key-del': ONE_KEY,
    'key-get': {'session-id': 0, 'direction': 1},
    'require-new': {**RULE, 'first-port': 41000, 'last-port': 41009, 'lease': 7},
    'require-del': {'id': 0},
    'require-get': {},
    'stat-get': {},
    'attach-new': {'ifindex': FREE},
    'attach-del': {'ifindex': ATTACHED},
    'attach-get': {},
    'lease-set': {'id': 1, 'duration': 10},
    'lease-del': {'id': 1},
    'lease-get': {'id': 1},
    'seal-set': {'id': 2, 'key': bytes(range(32))},
    'seal-del': {'id': 1},
    'seal-get': {'id': 1},
}
TOLD = {errno.EINVAL, errno.ERANGE, errno.ENOENT, errno.EEXIST, errno.EBUSY,
        errno.EOPNOTSUPP, errno.E2BIG, errno.ENOSPC, errno.EMSGSIZE,
        errno.EAFNOSUPPORT, errno.ENODEV, errno.EPERM, errno.ENOKEY,
        errno.EADDRINUSE, errno.EPROTONOSUPPORT, errno.EOVERFLOW}


def bends(number, made):
    """An attribute in all the ways in which it is not as it should be."""
    data = made[4:struct.unpack_from('=H', made)[0]]
    yield 'left out', b''
    yield 'twice', made + made
    yield 'empty', attr(number, b'')
    yield 'shorter', attr(number, data[:-1])
    yield 'longer', attr(number, data + b'\1')
    yield 'by much', attr(number, data + bytes(300))
    yield 'huge', attr(number, bytes(40000))
    yield 'all zero', attr(number, bytes(len(data)))
    yield 'all ones', attr(number, b'\xff' * len(data))
    yield 'nested, or not', struct.pack(
        '=HH', len(made) if not len(made) % 4 else len(data) + 4,
        struct.unpack_from('=H', made, 2)[0] ^ 0x8000) + made[4:]
    yield 'of itself', nest(number, attr(number, data[:1000]))
    yield 'too long to be there', struct.pack('=H', 0xffff) + made[2:]


class Place:
    """A namespace with just one session, with two keys and a stream, one rule, one
    attached device and one seal key, again and again."""

    def __init__(self, host):
        for index in (FREE, ATTACHED):
            host.ip('link', 'add', 'index', str(index), 'type', 'dummy')
        with host.enter():
            self.genl = Genl()
        self.session = self.rule = 0

    def made(self, kind, values):
        """Attributes: [(number, attribute)]."""
        known = {at['name']: (number, at)
                 for number, at in SPECIFICATION.sets[kind]}
        return [(known[name][0], self.one(name, *known[name], value))
                for name, value in values.items()]

    def one(self, name, number, at, value):
        if at['type'] == 'nest':
            return nest(number, *[made for n, made in self.made(
                at['nested-attributes'], value)])
        if isinstance(value, bytes):
            return attr(number, value)
        if not value and name in ('id', 'session-id'):
            value = self.rule if at is self.rules_id() else self.session
        return attr(number, value.to_bytes(
            struct.calcsize(SIZES[at['type']]),
            'big' if at.get('byte-order') else sys.byteorder))

    @staticmethod
    def rules_id():
        kind = SPECIFICATION.numbers['require-del'][1]
        return next(at for number, at in SPECIFICATION.sets[kind]
                    if at['name'] == 'id')

    def ask(self, name, attributes, dump=False):
        number = SPECIFICATION.numbers[name][0]
        return (self.genl.dump if dump else self.genl.do)(
            number, *[made for n, made in attributes])

    def good(self, name, values):
        return self.ask(name, self.made(SPECIFICATION.numbers[name][1], values))

    def delete_all(self, kind, name):
        """Delete all objects of a kind by the attribute that names one."""
        number = self.number(SPECIFICATION.numbers[kind + '-del'][1], name)
        for one in self.ask(kind + '-get', [], True):
            self.ask(kind + '-del', [(0, attr(number, dict(parse(one))[number]))])

    def renew(self):
        self.ask('session-flush', [])
        self.delete_all('require', 'id')
        self.delete_all('attach', 'ifindex')
        self.delete_all('seal', 'id')
        self.good('seal-set', {'id': 1, 'key': bytes(32)})
        self.good('attach-new', {'ifindex': ATTACHED})
        self.session = self.told('session-new', self.good('session-new', SESSION))
        self.good('stream-set', STREAM)
        self.good('key-new', KEY)
        self.rule = self.told('require-new', self.good('require-new', RULE))

    @staticmethod
    def number(kind, name):
        return next(number for number, at in SPECIFICATION.sets[kind]
                    if at['name'] == name)

    def told(self, name, replies):
        number = self.number(SPECIFICATION.numbers[name][1], 'id')
        return struct.unpack('=I', dict(parse(replies[0]))[number])[0]

    def state(self):
        """All there is, but for what changes by itself."""
        return [self.ask(name, [], True) for name in (
            'session-get', 'key-get', 'require-get', 'attach-get', 'seal-get')] + [
                self.ask('stat-get', [])]


def bent(there, name, place, how, inside=None):
    """A command's good request with one attribute bent, or one within it."""
    kind = SPECIFICATION.numbers[name][1]
    made = there.made(kind, GOOD[name])
    number, one = made[place]
    if inside is None:
        made[place] = number, list(bends(number, one))[how][1]
        return made
    at = SPECIFICATION.sets[kind][number - 1][1]
    inner = there.made(at['nested-attributes'],
                       list(GOOD[name].values())[place])
    n, part = inner[inside]
    inner[inside] = n, list(bends(n, part))[how][1]
    made[place] = number, nest(number, *[one for n, one in inner])
    return made


def requests(there, name):
    """What is done to a command's good request, and how it is made."""
    kind = SPECIFICATION.numbers[name][1]
    made = there.made(kind, GOOD[name])
    yield 'nothing', lambda: there.made(kind, GOOD[name])
    ways = [what for what, unused in bends(1, attr(1, b''))]
    for place, (word, value) in enumerate(GOOD[name].items()):
        for how, what in enumerate(ways):
            yield '%s: %s' % (word, what), \
                lambda place=place, how=how: bent(there, name, place, how)
            for n, inner in enumerate(value if isinstance(value, dict) else ()):
                yield '%s, %s: %s' % (word, inner, what), \
                    lambda place=place, how=how, n=n: bent(there, name, place,
                                                           how, n)
    # and one more: any other there is, and some there are not
    names = dict((number, at['name']) for number, at in SPECIFICATION.sets[kind])
    have = {number for number, one in made}
    for number in list(names) + [len(names) + 1, 200, 0x3fff]:
        for size in (0, 1, 2, 4, 8, 16, 40) if number not in have else ():
            yield 'also %s, %d bytes' % (names.get(number, number), size), \
                lambda number=number, size=size: there.made(
                    kind, GOOD[name]) + [(number, attr(number, b'\1' * size))]


def swept(tap, there, name):
    taken, refused, wrong = 0, 0, []
    ways = [False] * (name not in SPECIFICATION.dumped) + \
        [True] * SPECIFICATION.numbers[name][2]
    there.renew()
    before = there.state()
    for what, make in requests(there, name):
        for dump in ways:
            try:
                there.ask(name, make(), dump)
                taken += 1
            except Refused as error:
                refused += 1
                if error.errno not in TOLD or not (error.message or
                                                   error.offset):
                    wrong.append((what, dump, error.errno, error.message))
                if there.state() != before:
                    wrong.append((what, dump, 'changed'))
            if there.state() != before:
                there.renew()
                before = there.state()
    tap.ok(taken and not wrong, '%s: %d are taken, %d are refused' % (
        name, taken, refused), '\n'.join(map(str, wrong[:40])))


def every(tap):
    a = Host('a')
    there = Place(a)
    tap.equal(set(GOOD), set(SPECIFICATION.numbers), 'all commands are tried')
    for name in GOOD:
        swept(tap, there, name)
    a.ksrtp('session', 'flush')


main(every)
