#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The pair of gateways of Documentation/recipes/failover.rst, with calls of three suites,
and what may befall it. How long calls were silent is told, and not judged.

KSRTP_EVENTS are names of the events to run, with commas, as often as they are named. With
KSRTP_CHAOS they come by chance for that many seconds, in an order that KSRTP_SEED tells."""

import json
import os
import random
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../recipes'))
from calls import BOB, GATEWAY, SESSIONS, STREAMS, SUITES, Calls
from ksrtp_sync import wait
from ksrtp_test import BUILD, KSRTP, eventually, main, run
from page import Page
from pair import GATEWAYS, settings, status
from programs import forget_orphans, need_programs
from started import alone
from wires import Addresses, Outside, Proof

# how many times as long leases and adverts are as in the recipe: more for a busy machine,
# less for the least silence
SLOWER = float(os.environ.get('KSRTP_SLOWER') or 1)
MODULE = os.path.join(BUILD, 'debug/ksrtp.ko')
LINKS = 'eth0', 'eth1', 'eth2'


def pids(host, name=''):
    """Processes of a host, those of a name if given."""
    found = []
    for pid in run('ip', 'netns', 'pids', host).stdout.split():
        try:
            with open('/proc/%s/comm' % pid) as file:
                if not name or file.read().strip() == name:
                    found.append(int(pid))
        except OSError:
            pass
    return found


def daemons(host):
    """Of ksrtp-sync; and not what asks them for keepalived."""
    found = []
    for pid in pids(host, 'ksrtp-sync'):
        with open('/proc/%d/cmdline' % pid) as file:
            if 'config' in file.read().split('\0'):
                found.append(pid)
    return found


def tell(processes, what):
    for pid in processes:
        try:
            os.kill(pid, what)
        except ProcessLookupError:
            pass


class Pair:
    def __init__(self, page):
        self.page, self.wires = page, {name: Outside(name) for name in GATEWAYS}
        self.past, self.rows = [], []
        # when each gateway got the address: [(time, name)]
        self.addresses = {name: Addresses(name, GATEWAY) for name in GATEWAYS}
        self.moves = []
        self.calls = Calls()

    def status(self, name):
        return status(self.page, name)

    def group(self, name):
        return self.status(name)['groups'][0]

    def has_address(self, name):
        return GATEWAY + '/' in run('ip', '-n', name, 'addr', 'show', check=False).stdout

    def is_steady(self):
        """The gateway at work has addresses and a lease; the other one has its state."""
        got = {name: self.status(name) for name in GATEWAYS}
        groups = {name: one['groups'][0] for name, one in got.items()}
        at_work = [name for name in GATEWAYS if groups[name].get('role') == 'active']
        if len(at_work) != 1 or not all(one.get('store') for one in got.values()):
            return None
        name = at_work[0]
        other = self.other(name)
        if groups[other].get('role') != 'standby' or self.has_address(other) or \
                not self.has_address(name):
            return None
        for group in groups.values():
            if group['sessions'] < SESSIONS or group['streams'] < STREAMS:
                return None
        return name

    def until(self, wanted, what):
        """Wait for it; if it never comes, tell what there is instead."""
        try:
            return wait(wanted, what, 60 * max(1, SLOWER))
        except TimeoutError as error:
            shown = [str(error)]
            for name in GATEWAYS:
                shown += [json.dumps(self.status(name))]
                for words in (['ip', '-n', name, '-br', 'addr'],
                              [KSRTP, '-n', name, 'session', 'show'],
                              [KSRTP, '-n', name, 'stream', 'show']):
                    shown.append(run(*words, check=False).stdout)
            for name in 'phone', 'bob':
                shown.append(run('ip', '-n', name, 'neigh').stdout)
            # what programs of the page have said
            shown.append(self.page.output()[-6000:])
            raise TimeoutError('\n'.join(shown)) from None

    def steady(self):
        return self.until(self.is_steady, 'a pair at work')

    @staticmethod
    def other(name):
        return 'two' if name == 'one' else 'one'

    def flows(self):
        now = time.monotonic()
        try:
            self.until(lambda: self.calls.flow_since(now), 'calls that go on')
        except TimeoutError as error:
            raise TimeoutError('%s\n%s' % (
                '\n'.join(self.calls.silent_since(now)), error)) from None

    def until_active(self, name):
        self.until(lambda: self.group(name).get('role') == 'active', name + ' at work')

    def do(self, *commands):
        self.page.do('\n'.join(commands))

    def die(self, name):
        self.do('die ' + name)
        self.past.append(self.wires.pop(name))
        self.forget_addresses(name)

    def forget_addresses(self, name):
        addresses = self.addresses.pop(name)
        addresses.close()
        self.moves += [(at, name) for at in addresses.times]

    def after(self, start, end):
        """[until the address was elsewhere, from then until media came from there], in
        ms, for the first move of an event; None where there was none."""
        moves = sorted(self.moves + [(at, name) for name, one in self.addresses.items()
                                     for at in one.times])
        for at, name in moves:
            if start <= at <= end:
                wires = self.past + list(self.wires.values())
                sent = min((when for wire in wires if wire.gateway == name
                            for when in wire.times if at <= when), default=None)
                return ['%d' % (1000 * (at - start)),
                        '%d' % (1000 * (sent - at)) if sent else 'never']
        return ['-', '-']

    def come(self, name):
        """A gateway that has been booted."""
        self.do('gateway %s %s' % (name, GATEWAYS[name][0]))
        forget_orphans(name)
        self.wires[name], self.addresses[name] = Outside(name), Addresses(name, GATEWAY)
        self.keep(name)

    def keep(self, name):
        """Its daemon; and once that has the calls, keepalived."""
        self.do('keep ' + name)
        self.until(lambda: self.group(name).get('sessions') == SESSIONS, 'sessions')
        self.do('address %s %s' % (name, GATEWAYS[name][1]))

    def withdraw(self, name):
        """All that ksrtp has in the kernel of a gateway goes, as before its module does."""
        tell(pids(name, 'keepalived'), signal.SIGTERM)
        self.until(lambda: not pids(name, 'keepalived'), 'the end of keepalived')
        self.do('shut ' + name)
        tell(pids(name, 'sh') + pids(name, 'ksrtp-sync'), signal.SIGKILL)
        self.until(lambda: not pids(name, 'ksrtp-sync'), 'the end of ksrtp-sync')
        rules = json.loads(run(KSRTP, '-n', name, '-j', 'require', 'show').stdout)
        for words in ('session flush', *['require del id %d' % rule['id']
                                         for rule in rules]):
            run(KSRTP, '-n', name, *words.split())
        # a host that was never at work has none
        run(KSRTP, '-n', name, 'lease', 'del', '7', check=False)

    def resume(self, name):
        self.do('open ' + name)
        self.keep(name)

    def links(self, name, devices, state):
        for device in devices:
            run('ip', '-n', 'lan', 'link', 'set', '%s-%s' % (name, device), state)

    def ports(self, name, devices, state):
        """Of the switches: the link stays up, and nothing goes through."""
        for device in devices:
            run('bridge', '-n', 'lan', 'link', 'set', 'dev', '%s-%s' % (name, device),
                'state', state)

    def event(self, name, what):
        at_work = self.steady()
        self.flows()
        time.sleep(1)
        began = time.monotonic()
        what(self, at_work, self.other(at_work))
        self.flows()
        self.calls.replay(began - 2, began)
        self.steady()
        self.flows()
        time.sleep(1)
        end = time.monotonic() - 0.5
        self.rows.append((name, began, end, self.after(began, end)))


def nothing(pair, at_work, other):
    time.sleep(3)


def death(pair, at_work, other):
    pair.die(at_work)
    pair.flows()
    pair.come(at_work)


def cut_both_sides(pair, at_work, other):
    pair.links(at_work, ('eth0', 'eth1'), 'down')
    pair.until_active(other)
    pair.flows()
    pair.links(at_work, ('eth0', 'eth1'), 'up')


def cut_outside(pair, at_work, other):
    pair.links(at_work, ('eth0',), 'down')
    pair.until_active(other)
    pair.flows()
    pair.links(at_work, ('eth0',), 'up')


def parted(pair, at_work, other):
    """From everything, and its links say nothing of it."""
    pair.ports(at_work, LINKS, 'disabled')
    pair.until_active(other)
    pair.flows()
    pair.ports(at_work, LINKS, 'forwarding')


def parted_inside(pair, at_work, other):
    """Both are masters, and both reach the store."""
    pair.ports(at_work, ('eth1',), 'disabled')
    pair.until_active(other)
    time.sleep(3)
    pair.ports(at_work, ('eth1',), 'forwarding')


def frozen(pair, at_work, other):
    processes = pids(at_work)
    tell(processes, signal.SIGSTOP)
    time.sleep(5)
    pair.flows()
    tell(processes, signal.SIGCONT)


def store_dies(pair, at_work, other):
    tell(pids('store'), signal.SIGKILL)
    time.sleep(3)
    pair.do('store')


def daemon_dies(pair, at_work, other):
    tell(daemons(at_work), signal.SIGKILL)
    time.sleep(1)


def store_link_cut(pair, at_work, other):
    """The hosts live, and the one at work does not reach the store."""
    pair.ports(at_work, ('eth2',), 'disabled')
    pair.until_active(other)
    pair.flows()
    pair.ports(at_work, ('eth2',), 'forwarding')


def store_unreachable(pair, at_work, other):
    for name in at_work, other:
        pair.ports(name, ('eth2',), 'disabled')
    time.sleep(3)
    for name in at_work, other:
        pair.ports(name, ('eth2',), 'forwarding')


def daemon_without_store(pair, at_work, other):
    """It begins anew, and finds no store for a while."""
    tell(pids('store'), signal.SIGKILL)
    tell(daemons(at_work), signal.SIGKILL)
    time.sleep(3)
    pair.do('store')


def module_in_turn(pair, at_work, other):
    """What the module has goes and comes back, first on the host that stands by."""
    for name in other, at_work:
        pair.withdraw(name)
        pair.flows()
        pair.resume(name)
        pair.steady()


def module_at_once(pair, at_work, other):
    """Both hosts have one kernel: no packet is protected while it has no module, nor
    forwarded, though both forward."""
    for name in other, at_work:
        pair.withdraw(name)
    run('rmmod', 'ksrtp')
    # as long as telephones know where the gateway was
    for name in GATEWAYS:
        run('ip', '-n', name, 'addr', 'add', GATEWAY + '/24', 'dev', 'eth0')
        time.sleep(1)
        run('ip', '-n', name, 'addr', 'del', GATEWAY + '/24', 'dev', 'eth0')
    run('insmod', MODULE)
    for name in at_work, other:
        pair.resume(name)


def upgrade(pair, at_work, other):
    """Each is taken down and booted anew, first the one that stands by."""
    for name in other, at_work:
        if pair.group(name).get('role') == 'active':
            tell(pids(name, 'keepalived'), signal.SIGTERM)
            pair.until_active(pair.other(name))
            pair.flows()
        pair.die(name)
        pair.come(name)
        pair.steady()


EVENTS = [
    ('nothing', nothing),
    ('death of the host', death),
    ('death of the other one then', death),
    ('links cut on both sides', cut_both_sides),
    ('link cut outside', cut_outside),
    ('parted from all', parted),
    ('parted inside', parted_inside),
    ('frozen for 5 s', frozen),
    ('store dead for 3 s', store_dies),
    ('store link cut', store_link_cut),
    ('store links cut for 3 s', store_unreachable),
    ('daemon killed', daemon_dies),
    ('daemon killed, no store', daemon_without_store),
    ('upgrade in turn', upgrade),
    ('module anew in turn', module_in_turn),
    ('module anew at once', module_at_once),
]


def chosen():
    """Events by name, or by chance."""
    if not (chaos := float(os.environ.get('KSRTP_CHAOS') or 0)):
        wanted = os.environ.get('KSRTP_EVENTS')
        for name in wanted.split(',') if wanted else dict(EVENTS):
            yield name, dict(EVENTS)[name]
        return
    seed = os.environ.get('KSRTP_SEED') or str(random.randrange(1 << 32))
    print('# KSRTP_SEED=' + seed, flush=True)
    dice, end = random.Random(seed), time.monotonic() + chaos
    while time.monotonic() < end:
        yield dice.choice(EVENTS[1:])


def table(tap, pair, proof):
    """What each event was, for the reader."""
    lines = [('event', 'sent', 'lost', 'silence, ms', 'replayed', 'index', 'taken',
              'clear', 'address', 'media'),
             ('', 'a way', 'out/in', 'out/in', 'and taken', 'reused', 'twice', '',
              'after, ms', 'then, ms')]
    for name, start, end, after in pair.rows:
        media = pair.calls.lines()
        lines.append((
            name, max(len(line.between(start, end)) for line in media[0]),
            '/'.join(str(max(line.lost(start, end) for line in way)) for way in media),
            '/'.join('%d' % max(1000 * line.silence(start, end) for line in way)
                     for way in media),
            '%d of %d' % tuple(max(values) for values in zip(*(
                (line.twice(start - 2, end, True),
                 len(line.again.intersection(line.between(start - 2, start))))
                for line in media[1]))),
            len(proof.reused(start, end)),
            sum(line.twice(start, end) for line in pair.calls.all_lines()),
            sum(start <= at <= end for at, *_ in proof.plain), *after))
    widths = [max(len(str(line[n])) for line in lines) for n in range(len(lines[0]))]
    for line in lines:
        tap.note('| ' + '  '.join(str(word).ljust(width)
                                  for word, width in zip(line, widths)).rstrip())


def told(pair, proof, line, refused):
    """What libsrtp refused, by its error numbers, and what was sent about then."""
    event = [name for name, start, end, _ in pair.rows if start <= refused.at <= end]
    near = [(round(when - refused.at, 2), who, index)
            for when, who, index in proof.order(line.ssrc)
            if abs(when - refused.at) < 1.5]
    return '%r: error %d, reports about then: %r' % (event, refused.error, near)


def users():
    with open('/sys/module/ksrtp/refcnt') as file:
        return int(file.read())


def judge(tap, pair):
    everything = 0, float('inf')
    pair.calls.close()
    wires = pair.past + list(pair.wires.values())
    for wire in wires:
        wire.close()
    proof = Proof(pair.calls.calls, wires, BOB)
    table(tap, pair, proof)
    tap.equal(proof.reused(), [], 'no packet index was used for two packets')
    tap.equal(proof.repeated(), [], 'no packet was on the wires twice')
    tap.equal(proof.plain, [], 'nothing was on a wire outside in the clear')
    tap.equal(len(proof.unknown), 0, 'all of it is good, by the keys of its call')
    tap.equal(proof.gateways(), set(GATEWAYS), 'both gateways were at work')
    tap.ok(len({port for port, roc in proof.rollovers() if roc}) == len(SUITES) + 1,
           'each call went over a rollover', proof.rollovers())
    lines = pair.calls.all_lines()
    tap.equal(sum(line.twice(*everything) for line in lines), 0,
              'neither telephone got a packet twice that nobody sent again')
    refused = [(call, line, one) for call in pair.calls.calls for line in call.out
               for one in line.refused]
    late = [one for one in refused if one[0].is_late(*one[1:])]
    tap.ok(refused == late, 'libsrtp refuses nothing but reports that come late',
           '\n'.join(told(pair, proof, *one[1:]) for one in refused if one not in late))
    if late:
        tap.note('%d reports came late, after later ones of the other gateway' % len(late))


@alone
def events(tap):
    with Page('failover') as page:
        settings(page, SLOWER)
        for title in ('The network', 'The gateways', 'The store', 'The state of calls',
                      'The addresses'):
            page.run(title)
        # shell functions of later sections
        page.do(dict(page.sections)['The gateway dies'].split('\n\n')[0])
        forget_orphans(*GATEWAYS, 'store')
        pair = Pair(page)
        for call in pair.calls.calls:
            run(KSRTP, '-n', 'one', 'session', 'add', *call.words())
        pair.calls.start()
        try:
            for name, what in chosen():
                pair.event(name, what)
                tap.ok(True, name + ': calls go on')
        finally:
            for name in GATEWAYS:
                pair.forget_addresses(name)
            tap.ok(not page.failures, 'each command succeeds',
                   '\n'.join(page.failures) + '\n' + page.output()[-6000:])
        judge(tap, pair)
    tap.equal(eventually(0, users), 0, 'nothing of them is left in the module')


need_programs('keepalived', 'jq')
main(events)
