#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Calls at random: offers and answers of all kinds, and what has to hold of each.

A model that knows keys, indexes and who is where, and nothing of how it is done,
looks at every packet on the wire:
- no packet index is used twice under one key and SSRC, in any call;
- what is sent is under the keys that the descriptions have, with the rollover
  counter that RFC 4568, section 7.1.4, asks for, and none of it is plaintext;
- a packet of a well-behaved peer is taken, and none is taken twice;
- what is refused changes nothing, and after a call no session is left.

calls.py [SEED [CALLS]]: the seed is told, so that a failure can be had again.
"""

import base64
import hashlib
import json
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
import srtp_ref

SEED = int(sys.argv[1]) if len(sys.argv) > 1 else random.SystemRandom(
).randrange(1 << 32)
CALLS = int(sys.argv[2]) if len(sys.argv) > 2 else 6
STEPS = 12
OURS, THEIRS = (A4, '10.9.0.11'), (B4, '10.9.0.12')
# of each section
OUR_PORTS = range(5000, 5040, 10), range(5100, 5140, 10)
THEIR_PORTS = range(6000, 6040, 10), range(6100, 6140, 10)


class Key:
    """A master key with its salt, and an identifier or none."""

    made = 0

    def __init__(self, mki):
        Key.made += 1
        self.bytes = hashlib.sha512(b'%d %d' % (SEED, Key.made)).digest()[:30]
        self.mki = mki
        self.number = Key.made
        self.context = srtp_ref.Context(
            CM, self.bytes[:16], self.bytes[16:],
            mki=mki.to_bytes(2, 'big') if mki else b'')

    def line(self):
        return 'inline:' + base64.b64encode(self.bytes).decode() + (
            '|2^40|%d:2' % self.mki if self.mki else '')

    def __repr__(self):
        return 'K%d%s' % (self.number, '/%d' % self.mki if self.mki else '')


class Side:
    """What one side's description says of a section."""

    def __init__(self, addresses, ports):
        self.addresses, self.ports = addresses, ports
        self.address, self.port = random.choice(addresses), random.choice(ports)
        self.keys = []
        self.kind = 'audio'
        self.held = ''
        self.suffix = False
        # RTCP's port, from RTP's
        self.beside = random.choice((1, 1, 3))

    def copy(self):
        other = Side.__new__(Side)
        other.__dict__.update(self.__dict__, keys=list(self.keys))
        return other

    def new_keys(self, identified):
        free = list(range(1, 60))
        random.shuffle(free)
        self.keys = [Key(free.pop() if identified else 0)
                     for _ in range(random.choice((1, 1, 2)) if identified
                                    else 1)]

    def move(self):
        was = self.address, self.port
        while (self.address, self.port) == was:
            self.address = random.choice(self.addresses)
            self.port = random.choice(self.ports)
        self.beside = random.choice((1, 1, 3))

    def place(self):
        return self.address, self.port, self.port + self.beside

    def text(self, mux):
        address = '0.0.0.0' if self.held == 'zero' else self.address
        if self.kind == 'image':
            media = 'm=image %d udptl t38\r\n' % self.port
        elif self.kind == 'none':
            media = 'm=audio 0 RTP/SAVP 0\r\n'
        else:
            ports = ''
            if self.suffix:
                ports = '/1' if mux or self.beside != 1 else '/2'
            media = 'm=audio %d%s RTP/SAVP 0\r\n' % (self.port, ports)
            if mux:
                media += 'a=rtcp-mux\r\n'
            elif self.beside != 1 or ports == '/2':
                media += 'a=rtcp:%d\r\n' % (self.port + self.beside)
            if self.held == 'inactive':
                media += 'a=inactive\r\n'
            media += 'a=crypto:1 %s %s\r\n' % (
                CM, ';'.join(one.line() for one in self.keys))
        line, rest = media.split('\r\n', 1)
        return '%s\r\nc=IN IP4 %s\r\n%s' % (line, address, rest)

    def __repr__(self):
        return '%s %s:%d+%d%s %s' % (self.kind, self.address, self.port,
                                     self.beside,
                                     ' ' + self.held if self.held else '',
                                     self.keys)


class Speaker:
    """Who sends: an SSRC with its next index, of RTP and of RTCP."""

    def __init__(self):
        self.anew(True)

    def anew(self, other):
        """Counters begin anew, perhaps as another SSRC."""
        if other:
            self.ssrc = random.randrange(1, 1 << 32)
            self.seq = random.choice((0, 65520, 65535, random.randrange(65536)))
        self.index = self.seq
        self.control = 0
        self.first = True

    def next(self):
        self.index += random.randrange(1, 4)
        # nobody could know the rollover counter of a first packet
        if self.first:
            self.index &= 0xffff
        self.first = False
        self.seq = self.index & 0xffff
        return self.index


class World:
    """Two hosts, all that was said on the wire between them, and what is wrong."""

    def __init__(self, tap):
        self.tap = tap
        self.a, self.b = pair()
        self.a.ip('addr', 'add', OURS[1] + '/24', 'dev', 'wire')
        self.b.ip('addr', 'add', THEIRS[1] + '/24', 'dev', 'wire')
        self.sockets = {}
        self.ours, self.theirs = [], []
        # (key, SSRC, index, RTCP) of what we have sent
        self.used = {}
        # what the peer has sent, as the wire had it
        self.recorded = []
        self.dir = tempfile.mkdtemp(dir='/run')
        self.files = 0
        self.log = []
        self.wrong = []

    def at(self, host, address, port):
        where = host.name, address, port
        if where not in self.sockets:
            self.sockets[where] = host.socket(address, port)
        return self.sockets[where]

    def complain(self, what):
        self.wrong.append(what)
        self.log.append('!! ' + what)

    def put(self, text):
        self.files += 1
        path = os.path.join(self.dir, str(self.files))
        with open(path, 'w', newline='') as file:
            os.chmod(path, 0o600)
            file.write(text)
        return path

    def state(self):
        state = json.loads(self.a.ksrtp('dump').stdout)
        for session in state['sessions']:
            session.pop('linger', None)
            for stream in session['streams']:
                stream.pop('idle')
            for one in session['keys']:
                one.pop('overlap', None)
        return state


def arrived(sender, packet, to, receiver, control):
    """What comes of a packet, or None if nothing does: then a marker that was sent
    behind it comes. It would pass the first of SRTCP, which waits for its keys."""
    sender.sendto(packet, to)
    if control:
        try:
            return receiver.recv(2000)
        except TimeoutError:
            return None
    sender.sendto(MARKER, to)
    got = receiver.recv(2000)
    if got == MARKER:
        return None
    receiver.recv(2000)
    return got


def judged(world, packet, control):
    """Key and index of what we have sent, by the keys there ever were."""
    for key_ in reversed(world.ours):
        if control:
            try:
                index = key_.context.unprotect_rtcp(packet)[1]
            except srtp_ref.Bad:
                continue
            return key_, index
        for roc in range(6):
            try:
                key_.context.unprotect(packet, roc)
            except srtp_ref.Bad:
                continue
            return key_, roc << 16 | packet[2] << 8 | packet[3]
    return None, None


class Section:
    """A section of a call's descriptions, and what is said in it."""

    def __init__(self, world, number):
        self.world = world
        self.mux = random.random() < 0.6
        self.us = Side(OURS, OUR_PORTS[number])
        self.peer = Side(THEIRS, THEIR_PORTS[number])
        self.identified = random.random() < 0.4
        for side in self.us, self.peer:
            side.new_keys(self.identified)
        world.ours += self.us.keys
        world.theirs += self.peer.keys
        self.app, self.far = Speaker(), Speaker()
        # where media really are, whatever is held: address, ports of both
        self.here, self.there = self.us.place(), self.peer.place()
        # the newest index that we have sent, if a stream of ours goes on
        self.sent = None
        self.jumped = False

    @property
    def active(self):
        return self.us.kind == self.peer.kind == 'audio'

    # what happens

    def propose(self):
        """The next descriptions, and what they are called."""
        us, peer = self.us.copy(), self.peer.copy()
        if not self.active:
            what = random.choice(('back', 'back', 'image', 'none'))
        else:
            what = random.choice((
                'rekey', 'rekey ours', 'rekey theirs', 'move', 'move ours',
                'move theirs', 'move stale', 'fork', 'fork', 'update', 'hold',
                'inactive', 'resume', 'image', 'image', 'none', 'old ours',
                'old theirs', 'suffix', 'identify', 'control'))
        if what in ('rekey', 'rekey ours', 'move', 'move ours'):
            us.new_keys(self.identified)
        if what in ('rekey', 'rekey theirs', 'move', 'move theirs', 'fork'):
            peer.new_keys(self.identified)
        if what in ('move', 'move ours'):
            us.move()
        if what in ('move', 'move theirs', 'move stale', 'fork'):
            peer.move()
        if what == 'hold':
            random.choice((us, peer)).held = 'zero'
        if what == 'inactive':
            us.held = peer.held = 'inactive'
        if what == 'resume':
            us.held = peer.held = ''
        if what == 'suffix':
            side = random.choice((us, peer))
            side.suffix = not side.suffix
        if what == 'control':
            side = random.choice((us, peer))
            side.beside = 4 - side.beside
        if what == 'identify':
            self.identified = not self.identified
            us.new_keys(self.identified)
            peer.new_keys(self.identified)
        if what == 'old ours':
            us.keys = [random.choice(self.world.ours)]
        if what == 'old theirs':
            peer.keys = [random.choice(self.world.theirs)]
        if what == 'image':
            us.kind = peer.kind = 'image'
            us.held = peer.held = ''
            if random.random() < 0.6:
                random.choice((us, peer)).move()
        if what == 'none':
            random.choice((us, peer)).kind = 'none'
        if what == 'back':
            us.kind = peer.kind = 'audio'
            us.held = peer.held = ''
            for side in us, peer:
                if random.random() < 0.4:
                    side.move()
                if random.random() < 0.6:
                    side.new_keys(self.identified)
        return what, us, peer

    def fresh(self, us, peer):
        return us.keys != self.us.keys and peer.keys != self.peer.keys

    def follow(self, what, us, peer):
        """The model does what was agreed on."""
        was_active, was_us, was_peer = self.active, self.us, self.peer
        self.us, self.peer = us, peer
        self.world.ours += [one for one in us.keys
                            if one not in self.world.ours]
        self.world.theirs += [one for one in peer.keys
                              if one not in self.world.theirs]
        if not self.active:
            if us.kind == 'none' or peer.kind == 'none':
                self.sent = None
            return
        # a zero address says that nothing is to be sent to us, which is no news of
        # our address; our port is where our program's socket is, all the same
        here, there = us.place(), peer.place()
        if us.held == 'zero':
            here = self.here[:1] + here[1:]
        if peer.held == 'zero':
            there = self.there
        # where RTCP alone moves, RTP's counters go on
        moved = self.here[:2] != here[:2] or self.there[:2] != there[:2]
        self.here, self.there = here, there
        # ours: a key that stays goes on, whatever happens
        if not set(us.keys) & set(was_us.keys) and (moved or not was_active):
            self.sent = 'anew' if what != 'old ours' else 'any'
        elif us.keys != was_us.keys and what == 'old ours':
            self.sent = 'any'
        # theirs: with another key counters may go on, or begin anew
        if not was_active and 'none' in (was_us.kind, was_peer.kind):
            self.far.anew(True)
        elif not set(peer.keys) & set(was_peer.keys):
            if what == 'old theirs':
                self.far.anew(True)
            elif what == 'fork' or random.random() < 0.5:
                self.far.anew(random.random() < 0.5)

    # packets

    def ends(self, control):
        which = 2 if control and not self.mux else 1
        return ((self.here[0], self.here[which]),
                (self.there[0], self.there[which]))

    def out(self, control):
        world = self.world
        here, there = self.ends(control)
        app, wire = world.at(world.a, *here), world.at(world.b, *there)
        index = None
        if control:
            packet = rtcp(self.app.ssrc)
        else:
            index = self.app.next()
            self.jumped = False
            packet = rtp(index & 0xffff, b'ours', ssrc=self.app.ssrc)
        got = arrived(app, packet, there, wire, control)
        if got is None:
            world.complain('nothing came of what we sent (%s): %r' % (
                'RTCP' if control else 'RTP', world.a.stats('send')))
            return
        if got == packet:
            world.complain('it left in plaintext')
            return
        key_, at = judged(world, got, control)
        if not key_:
            world.complain('what we sent is under no key')
            return
        use = key_.bytes[:16], self.app.ssrc, at, control
        if use in world.used:
            world.complain('%r: index %x of %s is used twice' % (
                key_, at, 'RTCP' if control else 'RTP'))
        world.used[use] = True
        if key_ is not self.us.keys[0]:
            world.complain('sent under %r, not %r' % (key_, self.us.keys[0]))
        if control:
            return
        if self.sent in (None, 'anew'):
            wanted = index & 0xffff
        elif self.sent == 'any':
            wanted = at
        else:
            wanted = index
        if at != wanted:
            world.complain('sent with index %x, not %x' % (at, wanted))
        self.app.index = self.sent = at

    def protected(self, control):
        key_ = random.choice(self.peer.keys)
        if control:
            self.far.control += 1
            clear = rtcp(self.far.ssrc)
            return clear, key_.context.protect_rtcp(clear, self.far.control)
        index = self.far.next()
        clear = rtp(index & 0xffff, b'theirs', ssrc=self.far.ssrc)
        return clear, key_.context.protect(clear, index >> 16)

    def into(self, control):
        world = self.world
        here, there = self.ends(control)
        app, wire = world.at(world.a, *here), world.at(world.b, *there)
        clear, packet = self.protected(control)
        world.recorded.append((control, packet))
        got = arrived(wire, packet, here, app, control)
        if got is None:
            world.complain("the peer's packet is not taken (%s): %r" % (
                'RTCP' if control else 'RTP', world.a.stats('recv')))
            return
        if got != clear:
            world.complain('something else is taken')

    def replay(self):
        """Nothing that was recorded is taken again."""
        world = self.world
        some_ = world.recorded[-2:] + random.sample(
            world.recorded, min(8, len(world.recorded)))
        for control in (False, True):
            here, there = self.ends(control)
            app, wire = world.at(world.a, *here), world.at(world.b, *there)
            for which, packet in some_:
                if which == control:
                    wire.sendto(packet, here)
            wire.sendto(MARKER, here)
            while (got := app.recv(2000)) != MARKER:
                world.complain('a replay is taken: %r' % got[:16])

    def talk(self):
        if not self.active:
            return
        # what was recorded may come before anything new does
        if random.random() < 0.5:
            self.replay()
        for _ in range(random.randrange(3)):
            self.out(False)
            self.into(False)
        if random.random() < 0.4:
            self.out(True)
            self.into(True)
        if random.random() < 0.2:
            self.app.anew(True)
            self.sent = None
        if random.random() < 0.2:
            self.far.anew(True)
        # twice that would be backwards
        if random.random() < 0.1 and not self.jumped:
            self.app.index += 30000
            self.jumped = True
        if random.random() < 0.5:
            self.replay()


class Dialog:
    """A call of one section or two."""

    def __init__(self, world):
        self.world = world
        self.sections = [Section(world, 0)]
        if random.random() < 0.3:
            self.sections.append(Section(world, 1))
        self.files = self.put([(one.us, one.peer) for one in self.sections])

    def put(self, sides):
        """The descriptions of both ends, as files."""
        return [self.world.put(
            'v=0\r\no=- 1 1 IN IP4 10.9.0.1\r\ns=-\r\nt=0 0\r\n' + ''.join(
                of.text(one.mux) for one, of in zip(self.sections, which)))
            for which in zip(*sides)]

    def add(self):
        for one in self.sections:
            self.world.log.append('add %r | %r%s' % (
                one.us, one.peer, ' mux' if one.mux else ''))
        self.world.a.ksrtp('sdp', 'add', 'local', self.files[0], 'remote',
                           self.files[1])

    def step(self):
        """One section changes, or a second one comes."""
        world = self.world
        if len(self.sections) == 1 and random.random() < 0.05:
            self.sections.append(Section(world, 1))
            section, what = self.sections[1], 'grow'
            us, peer = section.us, section.peer
        else:
            section = random.choice(self.sections)
            what, us, peer = section.propose()
        files = self.put([(us, peer) if one is section else (one.us, one.peer)
                          for one in self.sections])
        words = ['local', files[0], 'remote', files[1]]
        texts = [open(path).read() for path in (*self.files, *files)]
        if texts[0] != texts[2] or random.random() < 0.5:
            words += ['old-local', self.files[0]]
        if texts[1] != texts[3] or 'old-local' not in words:
            words += ['old-remote', self.files[1]]
        stale = {'old ours', 'old theirs', 'back', 'move stale'}
        before = world.state() if what in stale else None
        done = world.a.ksrtp('sdp', 'set', *words, 'linger', 600000, 'recv',
                             'overlap', 600000, check=False)
        world.log.append('%s of %d -> %r | %r: %d %s' % (
            what, self.sections.index(section), us, peer, done.returncode,
            done.stderr.strip()))
        if not done.returncode:
            self.files = files
            section.follow(what, us, peer)
            return
        if done.stderr.count('\n') != 1:
            world.complain('not one line: %r' % done.stderr)
        if before and world.state() != before:
            world.complain('a refused request has changed something')
        if what not in stale:
            world.complain('refused: ' + what)
        elif what == 'move stale' or (
                what == 'back' and section.fresh(us, peer)):
            world.complain('refused, with nothing wrong: ' + what)

    def talk(self):
        for one in self.sections:
            one.talk()

    def end(self):
        world = self.world
        done = world.a.ksrtp('sdp', 'del', 'local', self.files[0], 'remote',
                             self.files[1], check=False)
        left = world.a.json('session', 'show')
        if done.returncode or left:
            world.complain('the end of the call leaves %d sessions: %s' % (
                len(left), done.stderr.strip()))
            world.a.ksrtp('session', 'flush')


def calls(tap):
    random.seed(SEED)
    tap.note('calls.py %d %d' % (SEED, CALLS))
    world = World(tap)
    steps = 0
    for number in range(CALLS):
        world.log.clear()
        world.wrong.clear()
        call = Dialog(world)
        call.add()
        call.talk()
        for _ in range(STEPS):
            call.step()
            call.talk()
            steps += 1
            if world.wrong:
                break
        call.end()
        tap.ok(not world.wrong, 'call %d' % (number + 1),
               '\n'.join(world.log))
    tap.note('%d steps, %d packets sent, %d received' % (
        steps, len(world.used), len(world.recorded)))


main(calls)
