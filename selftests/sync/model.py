#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The protocol of ksrtp-sync, explored: two hosts and a store, whatever they do and whenever
their messages arrive. Two hosts are never at work at once, and no index is used twice.

Time is that of the taker's clock, in ticks. The holder's clock may be as slow as MARGIN
allows; that it is as slow as that covers all that is faster. Only ages count, so there is no
end of time. Requests take any time, are lost with their connection, or arrive after their
sender has died. Answers come at once or never: one that comes late grants less, and what a
late look has seen is older. A host may stop for any time, which is not to act; it may die
and begin anew; its daemon alone may, while its kernel goes on; the store may forget
everything. Or its master is replaced by a replica, which has what hosts rely on, but not
what it was not waited for.

Deliberate mistakes, each of which the exploration has to find, show that it would.
"""

import os
import sys
from collections import deque, namedtuple
from concurrent.futures import ProcessPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import main

LEASE, MARGIN, BLOCK = 1, 1, 1
FOLLOWS, WORKS, RESTARTED = 'follows', 'works', 'restarted'

# How often what may happen from outside: hosts and daemons that die, connections that are
# cut, a store that forgets, a replica that is promoted; and how many epochs and indexes
# there are.
Bounds = namedtuple('Bounds', 'epochs indexes deaths restarts cuts losses failovers',
                    defaults=[0])
DEATH, CUT = Bounds(2, 2, 1, 0, 0, 0), Bounds(2, 2, 0, 0, 1, 0)
RESTART, LOSS = Bounds(2, 2, 0, 1, 0, 0), Bounds(2, 2, 0, 0, 0, 1)
MORE, FAILOVER = Bounds(3, 3, 0, 0, 0, 0), Bounds(2, 2, 0, 0, 0, 0, 1)

# left: ticks until the kernel stops. seen: the lease as it was last seen, or UNKNOWN; age:
# for how many ticks. next, limit: indexes. known: the record as last seen. out: requests
# under way; ghosts: those of a connection that is gone.
Host = namedtuple('Host', 'role epoch left seen age next limit known out ghosts')
# A lease is (host, epoch, number), or None; a record is (epoch, limit), or None. copy: both,
# as a replica has them.
World = namedtuple('World', 'hosts lease record used deaths restarts cuts losses failovers '
                   'copy')

UNKNOWN = 'unknown'
NEW = Host(FOLLOWS, 0, 0, UNKNOWN, 0, 0, 0, (0, 0), (), ())


class Violation(Exception):
    pass


def older(message):
    """A message a tick later: what matters of its age is whether a lease is over."""
    if message[0] in ('renew', 'take'):
        return (message[0], min(message[1] + 1, LEASE + 1)) + message[2:]
    return message


def has(host, kind):
    return any(one[0] == kind for one in host.out)


class Model:
    def __init__(self, bounds, mistake=None):
        self.bounds, self.mistake = bounds, mistake

    def plain(self, world):
        """The same world without what makes no difference any more: a lease that is not
        what was seen has to be looked at again, and records are forgotten by none."""
        if not self.is_right('does not compare'):
            return world
        hosts = []
        for host in world.hosts:
            if host.seen not in (UNKNOWN, world.lease):
                host = host._replace(seen=UNKNOWN, age=0)
            if not self.bounds.losses and not self.bounds.failovers:
                host = host._replace(known=(0, 0))
            hosts.append(host)
        return world._replace(hosts=tuple(hosts))

    def is_right(self, mistake):
        return self.mistake != mistake

    def requests(self, host):
        """What a host may ask the store now."""
        if host.role == WORKS:
            if not has(host, 'renew'):
                yield 'renew', 0, host.epoch, host.left > 0
            if host.next == host.limit and host.limit < self.bounds.indexes and \
                    not has(host, 'write'):
                yield 'write', host.epoch, host.limit + BLOCK
            return
        if host.out:
            return
        own = host.role == RESTARTED
        if host.seen != UNKNOWN and (own or host.age >= LEASE or
                                     not self.is_right('does not wait')):
            epoch = max(host.seen[1] if host.seen else 0, host.known[0])
            if self.is_right('gives an epoch twice') or not epoch:
                epoch += 1
            if epoch <= self.bounds.epochs:
                yield 'take', 0, host.seen, epoch

    @staticmethod
    def fresh(world, number, epoch):
        """A lease unlike all that anybody may have seen."""
        told = {world.lease, world.copy[0]}
        for host in world.hosts:
            told.add(host.seen)
            for one in host.out + host.ghosts:
                told.update(one[1] if one[0] == 'answer' else one[1:])
        count = 0
        while (number, epoch, count) in told:
            count += 1
        return number, epoch, count

    def carry_out(self, world, number, request):
        """What the store does: the world then, and the answer."""
        kind, lease = request[0], world.lease
        if kind == 'look':
            return world, ('look', lease, world.record)
        if kind == 'renew':
            _, age, epoch, valid = request
            if lease[:2] != (number, epoch) if lease else not (
                    valid or not self.is_right('renews what was lost')):
                return world, ('refused', epoch)
            return (world._replace(lease=self.fresh(world, number, epoch)),
                    ('renew', age, epoch))
        if kind == 'write':
            _, epoch, limit = request
            if self.is_right('writes without a lease') and (
                    not lease or lease[:2] != (number, epoch)):
                return world, ('refused', epoch)
            return world._replace(record=(epoch, limit)), ('write', epoch, limit)
        _, age, seen, epoch = request
        if lease != seen and self.is_right('does not compare'):
            return world, ('look', lease, world.record)
        return (world._replace(lease=self.fresh(world, number, epoch)),
                ('take', age, epoch, world.record))

    def replicate(self, world):
        """What a replica has once it has followed."""
        return world._replace(copy=(world.lease, world.record)) \
            if self.bounds.failovers else world

    def granted(self, age):
        """Ticks for which a lease lasts whose request is so old."""
        if not self.is_right('counts from the answer'):
            age = 0
        slow = MARGIN
        margin = MARGIN if self.is_right('leaves no margin') else 0
        return max(LEASE - margin + slow - age, 0)

    def receive(self, host, answer, number):
        """What a host makes of an answer."""
        kind = answer[0]
        if kind == 'look':
            _, lease, record = answer
            if host.role == WORKS:
                return host
            if host.role == RESTARTED and (not lease or
                                           lease[:2] != (number, host.epoch)):
                return NEW._replace(known=host.known)
            if lease != host.seen:
                host = host._replace(seen=lease, age=0)
            return host._replace(known=max(host.known, record or (0, 0)))
        if kind == 'take':
            _, age, epoch, record = answer
            if host.role == RESTARTED:
                return host._replace(role=WORKS, epoch=epoch, seen=UNKNOWN, age=0,
                                     left=max(host.left, self.granted(age)))
            was, limit = max(host.known, record or (0, 0))
            first = limit + (epoch - was - 1) * BLOCK
            if not self.is_right('begins at the limit'):
                first = limit
            return host._replace(role=WORKS, epoch=epoch, seen=UNKNOWN, age=0,
                                 left=self.granted(age), next=first,
                                 limit=first + BLOCK, known=(0, 0))
        if host.role != WORKS or answer[2 if kind == 'renew' else 1] != host.epoch:
            return host
        if kind == 'renew':
            return host._replace(left=max(host.left, self.granted(answer[1])))
        if kind == 'write':
            return host._replace(limit=max(host.limit, answer[2]))
        # another host has it
        return NEW._replace(known=host.known)

    @staticmethod
    def tick(world):
        return world._replace(hosts=tuple(host._replace(
            left=max(host.left - 1, 0),
            age=min(host.age + 1, LEASE) if host.seen != UNKNOWN else 0,
            out=tuple(map(older, host.out)),
            ghosts=tuple(map(older, host.ghosts))) for host in world.hosts))

    def steps(self, world):
        yield self.tick(world)
        if world.losses < self.bounds.losses:
            # connections end with it
            yield world._replace(
                lease=None, record=None, losses=world.losses + 1,
                hosts=tuple(host._replace(
                    out=(), ghosts=(),
                    **({} if host.role == WORKS else {'seen': UNKNOWN, 'age': 0}))
                    for host in world.hosts))
        if world.failovers < self.bounds.failovers:
            # what is under way is so to the old master, which nobody follows any more
            yield world._replace(
                lease=world.copy[0], record=world.copy[1],
                failovers=world.failovers + 1,
                hosts=tuple(host._replace(
                    out=(), ghosts=(),
                    **({} if host.role == WORKS else {'seen': UNKNOWN, 'age': 0}))
                    for host in world.hosts))
            if not self.is_right('does not wait for replicas'):
                yield self.replicate(world)
        for number, host in enumerate(world.hosts):
            yield from self.steps_of(world, number, host)

    def steps_of(self, world, number, host):
        bounds = self.bounds

        def put(changed, **more):
            hosts = list(world.hosts)
            hosts[number] = changed
            return world._replace(hosts=tuple(hosts), **more)

        for request in self.requests(host):
            sent = host._replace(out=host.out + (request,))
            if request[0] == 'write' and not self.is_right('grants before it is written'):
                sent = sent._replace(limit=request[2])
            yield put(sent)
        # to look takes no time: what counts is when it was seen
        if not self.is_right('counts from the answer') and host.out and \
                host.out[0][0] in ('renew', 'take'):
            after, answer = self.carry_out(world, number, host.out[0])
            hosts = list(after.hosts)
            hosts[number] = host._replace(out=(('answer', answer),) + host.out[1:])
            yield after._replace(hosts=tuple(hosts))
        if host.out and host.out[0][0] == 'answer':
            yield put(self.receive(host, host.out[0][1], number)._replace(
                out=host.out[1:], ghosts=host.ghosts))
            return
        for request in host.out[:1] or ((('look',),) if host.role != WORKS else ()):
            after, answer = self.carry_out(world, number, request)
            hosts = list(after.hosts)
            if request[0] != 'look' and world.failovers < bounds.failovers:
                # the master may do it, and no replica follow: then nobody is told
                hosts[number] = host._replace(out=host.out[1:])
                yield after._replace(hosts=tuple(hosts))
            if request[0] != 'look' and self.is_right('does not wait for replicas'):
                after = self.replicate(after)
            hosts[number] = self.receive(host, answer, number)._replace(
                out=host.out[1:], ghosts=host.ghosts)
            yield after._replace(hosts=tuple(hosts))
        if host.ghosts:
            after, _ = self.carry_out(world, number, host.ghosts[0])
            hosts = list(after.hosts)
            hosts[number] = host._replace(ghosts=host.ghosts[1:])
            yield after._replace(hosts=tuple(hosts))
            yield put(host._replace(ghosts=host.ghosts[1:]))
        late = host.ghosts + host.out
        if host.out and world.cuts < bounds.cuts:
            yield put(host._replace(
                out=(), ghosts=late,
                **({} if host.role == WORKS else {'seen': UNKNOWN, 'age': 0})),
                cuts=world.cuts + 1)
        if host.role == WORKS and world.deaths < bounds.deaths:
            yield put(NEW._replace(ghosts=late), deaths=world.deaths + 1)
        if host.role == WORKS and world.restarts < bounds.restarts:
            yield put(host._replace(role=RESTARTED, out=(), ghosts=late),
                      restarts=world.restarts + 1)
        if host.left and host.next < host.limit:
            # what was granted, and then forgotten, may be granted again
            if host.next in world.used and not world.losses:
                raise Violation('index %d is used twice' % host.next)
            yield put(host._replace(next=host.next + 1), used=world.used | {host.next})

    def explore(self):
        """The number of worlds; Violation if one is not as it should be."""
        begin = World((NEW, NEW), None, (0, 0), frozenset(), 0, 0, 0, 0, 0,
                      (None, (0, 0)))
        known, queue = {begin}, deque([begin])
        while queue:
            for after in map(self.plain, self.steps(queue.popleft())):
                if after in known:
                    continue
                if all(host.left for host in after.hosts):
                    raise Violation('two hosts are at work')
                known.add(after)
                queue.append(after)
        return len(known)


MISTAKES = {
    'counts from the answer': MORE, 'leaves no margin': MORE, 'does not wait': MORE,
    'does not compare': MORE, 'gives an epoch twice': MORE, 'begins at the limit': MORE,
    'grants before it is written': DEATH, 'writes without a lease': Bounds(3, 4, 0, 0, 0, 0),
    'renews what was lost': LOSS, 'does not wait for replicas': FAILOVER}


def explore(bounds, mistake=None):
    """The number of worlds, and what is wrong with one of them."""
    try:
        return Model(bounds, mistake).explore(), None
    except Violation as why:
        return 0, str(why)


def protocol(tap):
    with ProcessPoolExecutor() as pool:
        right = {bounds: pool.submit(explore, bounds)
                 for bounds in (CUT, RESTART, LOSS, DEATH, MORE, FAILOVER)}
        wrong = {mistake: pool.submit(explore, bounds, mistake)
                 for mistake, bounds in MISTAKES.items()}
        for bounds, result in right.items():
            count, why = result.result()
            tap.ok(count > 1000 and not why, '%s: %d states' % (bounds, count), why)
        for mistake, result in wrong.items():
            tap.ok(result.result()[1], 'found: %s: %s' % (mistake, result.result()[1]))


main(protocol)
