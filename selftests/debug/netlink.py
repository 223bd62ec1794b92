#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Netlink messages made from the specification, and bent: every command with
attributes missing, doubled, of a wrong size, out of range, nested where they
should not be, and huge, while packets pass. Then all is as it was."""

import os
import random
import struct
import sys
import threading

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from genl import Genl, Refused, attr, nest
from ksrtp_test import *

SPEC = os.path.join(os.path.dirname(__file__),
                    '../../Documentation/netlink/specs/ksrtp.yaml')
SEED = int(os.environ.get('KSRTP_SEED', '1'))
MESSAGES = int(os.environ.get('KSRTP_MESSAGES', '20000'))
SIZES = {'u8': '=B', 'u16': '=H', 'u32': '=I', 'u64': '=Q'}
EDGES = (0, 1, 2, 3, 15, 16, 17, 63, 64, 127, 128, 255, 256, 32768, 65535,
         65536, 1 << 31, (1 << 32) - 1, 1 << 47, 1 << 48, (1 << 64) - 1)


class Spec:
    """Commands and attributes, numbered as the kernel numbers them."""

    def __init__(self, path):
        spec = yaml.safe_load(open(path))
        self.sets = {}
        for one in spec['attribute-sets']:
            self.sets[one['name']] = list(enumerate(one['attributes'], 1))
        # stats and others begin with their padding, which has number 1
        self.commands = []
        number = 0
        for one in spec['operations']['list']:
            number = one.get('value', number + 1)
            if 'do' not in one and 'dump' not in one:
                continue
            wanted = set()
            for way in ('do', 'dump'):
                wanted |= set(one.get(way, {}).get('request', {})
                              .get('attributes', ()))
            self.commands.append((number, one['name'], one['attribute-set'],
                                  wanted, 'dump' in one))


class Bender:
    """Messages, some of them good."""

    def __init__(self, spec, seed, sessions):
        self.spec, self.random = spec, random.Random(seed)
        self.sessions = sessions

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

    def message(self):
        pick = self.random
        number, name, kind, wanted, dumps = pick.choice(self.spec.commands)
        made = [self.attribute(n, at) for n, at in self.spec.sets[kind]
                if (at['name'] in wanted and pick.random() < .6) or
                pick.random() < .01]
        pick.shuffle(made)
        data = b''.join(made)
        if pick.random() < .02:
            data = data[:pick.randrange(len(data) + 1)]
        return number, data, dumps and pick.random() < .3


def bent(tap):
    a, b = pair()
    baseline = a.json('stat')
    baseline = baseline[0] if isinstance(baseline, list) else baseline
    call = Call(a, b, GCM)
    stop, sent = threading.Event(), [0]

    def traffic():
        while not stop.is_set():
            sent[0] += 1
            call.app.sendto(rtp(sent[0], b'media'), call.there)
            call.wire.sendto(call.peer.protect(rtp(sent[0], b'media')),
                             call.here)
            time.sleep(0.002)

    thread = threading.Thread(target=traffic)
    thread.start()
    spec = Spec(SPEC)
    with a.enter():
        genl = Genl()
    genl.sock.settimeout(None)
    bender = Bender(spec, SEED, 20)
    told, crowd = {}, 0
    for n in range(MESSAGES):
        number, data, dump = bender.message()
        try:
            if dump:
                genl.dump(number, data)
            else:
                genl.do(number, data)
            told[0] = told.get(0, 0) + 1
        except Refused as refused:
            told[refused.errno] = told.get(refused.errno, 0) + 1
        except OSError as error:
            # a message that does not fit the socket
            told[-error.errno] = told.get(-error.errno, 0) + 1
    stop.set()
    thread.join()
    tap.note('seed %d, outcomes %s' % (SEED, sorted(told.items())))
    tap.ok(sum(told.values()) == MESSAGES and told.get(0, 0) > MESSAGES // 50,
           '%d messages are answered, some as good ones' % MESSAGES, told)

    shown = genl.dump(4)
    stat = a.json('stat')
    stat = stat[0] if isinstance(stat, list) else stat
    tap.equal(len(shown), stat['sessions'],
              'a dump has as many sessions as are counted')
    tap.equal(len(a.json('stream', 'show')), stat['streams'],
              'and as many streams')
    again = Call(a, b, CM, lport=30000, rport=30000)
    tap.equal(again.peer.unprotect(again.out(rtp(1, b'after'))),
              rtp(1, b'after'), 'a session made now protects')
    again.close()
    # of the one that had traffic, what is left of it may be anything
    a.ksrtp('session', 'flush')
    for rule in a.json('require', 'show'):
        a.ksrtp('require', 'del', 'id', rule['id'])
    stat = a.json('stat')
    stat = stat[0] if isinstance(stat, list) else stat
    tap.equal([stat[k] for k in ('sessions', 'streams', 'stream-memory')],
              [0, 0, 0], 'when all is deleted no memory of streams is left')
    tap.equal(module_users(), 0, 'and nothing holds the module')
    for sock in (call.app, call.app_rtcp, call.wire, call.wire_rtcp):
        sock.close()
    call.peer.close()


def stranger(tap):
    """Whoever may not, is refused whatever he says."""
    a = Host('a')
    number = a.session('local', 'any:9', 'rtcp-mux')
    before = a.ksrtp('-j', '-s', 'session', 'show').stdout
    script = os.path.abspath(__file__)
    out = a.run('python3', script, 'stranger').stdout.strip()
    tap.equal(out, 'refused', 'without CAP_NET_ADMIN all is refused')
    tap.equal(a.ksrtp('-j', '-s', 'session', 'show').stdout, before,
              'and nothing is changed')
    a.ksrtp('session', 'del', 'id', number)


def as_stranger():
    spec = Spec(SPEC)
    become_nobody()
    genl = Genl()
    bender = Bender(spec, SEED, 5)
    for n in range(2000):
        number, data, dump = bender.message()
        try:
            (genl.dump if dump else genl.do)(number, data)
        except (Refused, OSError):
            continue
        # suites are no secret
        if number != 8:
            print('command %d was taken' % number)
            return
    print('refused')


if sys.argv[1:] == ['stranger']:
    as_stranger()
else:
    main(bent, stranger)
