#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ksrtp-sync with a real Redis and fake kernels: sessions are kept, followed, and taken
over; the daemon starts again, and so does the store."""

import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from fake_gateway import RECV, SEND, Gateway, number, u32, u64
from ksrtp_sync import SYNC, Store, Sync, wait
from started import alone, started
from ksrtp_test import main

SSRC = 0x11223344


def gateway():
    one = Gateway()
    started.append(one)
    return one


def pair(*words):
    """Two hosts and a store; the first is at work."""
    store, a, b = Store(), gateway(), gateway()
    one = Sync('a', a, store, *words)
    one.take()
    one.until(role='active')
    two = Sync('b', b, store, *words)
    return store, (a, one), (b, two)


@alone
def takeover(tap):
    store, (a, one), (b, two) = pair('lease', 400)
    call = a.call(5000)
    a.call(6000)
    a.packet(call, SEND, SSRC, seq=65000, roc=1, srtcp=5)
    a.packet(call, RECV, SSRC, seq=200, roc=3, srtcp=9)
    one.until(sessions=2, streams=2, behind=0)
    direction = a.table[call]['send']
    tap.equal((number(direction['srtcp-block']), number(direction['rtp-block']),
               number(direction['report'])), (1024, 24576, 250),
              'sessions of the group get blocks and reports')
    two.until(sessions=2, streams=2)
    tap.equal((b.sessions_of(), b.is_at_work()), ([5000, 6000], False),
              'the standby host has the sessions, and is silent')
    tap.equal([key['sealed'] for key in b.masters[b.by_port(5000)]],
              [b'sealed' + bytes((way,)) * 30 for way in (SEND, RECV)],
              'with sealed keys')
    raw = b''.join(store.records().values())
    tap.ok(b'sealed' not in raw and bytes((10, 0, 0, 2)) not in raw,
           'the store sees neither these nor addresses')
    wait(lambda: b.has(5000, SSRC) and b.has(5000, SSRC, RECV), 'the streams')
    sent, got = b.has(5000, SSRC), b.has(5000, SSRC, RECV)
    tap.equal((sent['roc'], sent['seq'], got['roc'], got['seq'], got['srtcp-index']),
              (1, 65000, 3, 200, 9), 'and how far streams are')
    granted = number(a.streams[call, SEND, SSRC]['srtcp-limit'])
    tap.equal(b.comes(5000, SSRC), granted, 'SRTCP goes on above what was granted')
    tap.equal(b.comes(5000, 0x99), 1025, 'also of streams that nobody knows')

    one.kill()
    tap.ok(two.group()['role'] == 'standby', 'a death alone is no reason to take over')
    two.take()
    two.until(role='active')
    tap.ok(not a.is_at_work() and b.is_at_work(), 'asked to, it does, after the lease')
    tap.equal(b.comes(5000, SSRC), granted, 'as it was prepared')
    b.packet(b.by_port(5000), SEND, SSRC, seq=100, roc=2, srtcp=granted)

    one.start()
    one.until(role='standby', sessions=2)
    wait(lambda: a.sessions_of() == [5000, 6000], 'sessions')
    two.until(behind=0)
    wait(lambda: a.has(5000, SSRC).get('roc') == 2, 'the stream')
    tap.ok(call not in a.table and a.comes(5000, SSRC) > granted + 1,
           'the old host follows, with sessions of the new one')
    one.take()
    one.until(role='active')
    tap.ok(two.until(role='standby') and not b.is_at_work(),
           'asked back, the other gives way at once')
    two.until(sessions=2)
    tap.equal(b.sessions_of(), [5000, 6000], 'and follows again')


@alone
def replays(tap):
    """What a dead host may have received is not accepted again, if that is wanted."""
    store, (a, one), (b, two) = pair('lease', 400, 'report', 20, 'replays', 'drop')
    call = a.call(5000)
    a.packet(call, RECV, SSRC, seq=65500, roc=1)
    a.packet(call, SEND, SSRC, seq=500)
    two.until(streams=2)
    wait(lambda: b.has(5000, SSRC) and b.has(5000, SSRC, RECV), 'the streams')
    tap.equal(b.has(5000, SSRC, RECV)['seq'], 65500, 'a host that stands by goes by records')
    one.kill()
    two.take()
    two.until(role='active')
    got, sent = b.has(5000, SSRC, RECV), b.has(5000, SSRC)
    tap.equal((got['roc'], got['seq'], sent['seq']), (2, 4, 500),
              'after a death, two reports count as received')
    last = [told for command, told in b.asked if command == 'stream-set' and
            number(told.get('roc', b'')) == 2]
    tap.ok(last and 'rtp-replay' not in last[-1], 'all of them', last)
    a.table.clear()
    a.streams.clear()
    b.packet(b.by_port(5000), RECV, SSRC, seq=300, roc=2)
    two.until(behind=0)
    one.start()
    one.until(sessions=1, streams=2)
    one.take()
    one.until(role='active')
    got = a.has(5000, SSRC, RECV)
    tap.equal((got['roc'], got['seq']), (2, 300), 'who gives back has told all')


@alone
def hints(tap):
    """Whoever wants the lease, and whoever has given it back, says so to all."""
    store, (a, one), (b, two) = pair('lease', 5000)
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(60)
        sock.connect(store.path)
        sock.sendall(b'*2\r\n$9\r\nSUBSCRIBE\r\n$17\r\nksrtp:{7}:changes\r\n')
        ear, told = sock.makefile('rb'), []
        two.take()
        while not told or not told[-1].startswith(b'taken'):
            word = ear.readline().strip()
            if word.startswith((b'wanted', b'released', b'taken')):
                told.append(word)
    two.until(role='active')
    one.until(role='standby')
    tap.equal(told[:2], [b'wanted', b'released'], 'in this order')
    for word in 'wanted', 'released', 'rubbish':
        store.ask('PUBLISH', 'ksrtp:{7}:changes', word)
    wait(lambda: one.group()['faults']['torn'], 'what is none')
    tap.equal((one.group()['role'], two.group()['role'], one.group()['faults']['torn']),
              ('standby', 'active', 1), 'from anybody else, it changes nothing')


@alone
def calls(tap):
    """What happens to calls meanwhile."""
    store, (a, one), (b, two) = pair()
    call = a.call(5000)
    a.call(6000, lease=8)
    two.until(sessions=1)
    tap.equal(b.sessions_of(8), [], 'other groups stay where they are')
    a.hang_up(call)
    two.until(sessions=0)
    tap.equal((b.sessions_of(), store.records()), ([], {}), 'a call that ends is gone')
    for port in range(10000, 10300):
        ident = a.call(port)
        a.packet(ident, SEND, port, seq=1, srtcp=1)
    two.until(sessions=300, streams=300)
    wait(lambda: len(b.streams) == 300, 'streams')
    tap.equal(len(store.records()), 600, 'many calls')
    a.lose_events()
    with a.lock:
        gone = a.by_port(10000)
        a.forget(gone)
    a.lose_events()
    two.until(sessions=299)
    tap.ok(one.group()['gaps'] > 0, 'events that were lost are made up for')
    ident = a.by_port(10001)
    for srtcp in range(2, 3000):
        if not a.packet(ident, SEND, 10001, srtcp=srtcp, told=srtcp % 250 == 0):
            wait(lambda: number(a.streams[ident, SEND, 10001]['srtcp-limit']) > srtcp,
                 'a higher limit')
    one.until(behind=0)
    limit = number(a.streams[ident, SEND, 10001]['srtcp-limit'])
    tap.ok(limit > 2999, 'limits rise as indexes are used', limit)
    wait(lambda: b.comes(10001, 10001) >= limit, 'the limit')
    tap.ok(True, 'and the standby host keeps ahead of them')


@alone
def restarts(tap):
    """The daemon starts again; the kernel knows more than the store."""
    store, (a, one), (b, two) = pair('lease', 400)
    for each in one, two:
        each.end()
        each.words += ['lease', 60000]
        each.start()
    one.until(role='active')
    call = a.call(5000)
    a.packet(call, SEND, SSRC, seq=1, srtcp=1)
    two.until(sessions=1, streams=1)
    names = set(store.records())
    one.kill()
    a.call(6000)
    a.packet(call, SEND, SSRC, seq=500, srtcp=7)
    tap.ok(a.is_at_work(), 'a daemon that died leaves the lease that it had')
    one.start()
    one.until(role='active', sessions=2, behind=0)
    tap.ok(call in a.table and a.is_at_work(), 'started again, it goes on at once')
    tap.ok(names <= set(store.records()), 'with the same records')
    two.until(sessions=2)
    wait(lambda: b.has(5000, SSRC).get('seq') == 500, 'the stream')
    tap.equal(len(b.table), 2, 'which the standby host follows')
    one.kill()
    a.table.clear()
    a.streams.clear()
    a.leases.clear()
    one.start()
    one.until(role='active', sessions=2)
    tap.equal(a.sessions_of(), [5000, 6000],
              'with a module that was loaded anew, all comes back from the store')
    tap.ok(a.comes(5000, SSRC) >= 1025, 'and no index does')


@alone
def stores(tap):
    """The store goes away, and comes back with nothing."""
    store, (a, one), (b, two) = pair('lease', 400)
    call = a.call(5000)
    two.until(sessions=1)
    store.stop()
    wait(lambda: not a.is_at_work(), 'the end of the lease')
    tap.equal(one.group()['role'], 'stopped', 'without a store the lease ends')
    wait(lambda: 'store is away' in one.group()['alarm'], 'an alarm')
    tap.ok(not one.status()['store'] and one.status()['store-error'],
           'which is said, and why')
    a.packet(call, SEND, SSRC, seq=7, srtcp=3)
    store.start()
    one.until(role='active')
    tap.ok(call in a.table, 'it comes back empty: the kernel knows all')
    one.until(behind=0)
    wait(lambda: len(store.records()) == 2, 'records')
    two.until(sessions=1, streams=1)
    tap.ok(b.sessions_of() == [5000], 'and all is written again')
    one.end()
    one.words += ['without-store', 'continue']
    one.start()
    one.until(role='active')
    store.stop()
    wait(lambda: not one.status()['store'], 'the loss')
    until = a.leases[7]
    wait(lambda: a.leases[7] > until + 10 ** 9, 'a later end')
    tap.ok(a.is_at_work(), 'if told so, it goes on without a store')


@alone
def freezes(tap):
    """A daemon, or a store, that hangs."""
    store, (a, one), (b, two) = pair('lease', 400)
    a.call(5000)
    two.until(sessions=1)
    one.freeze(True)
    two.take()
    two.until(role='active')
    tap.ok(not a.is_at_work() and b.is_at_work(), 'a daemon that hangs loses the lease')
    before = store.records()
    one.freeze(False)
    one.until(role='standby', sessions=1)
    tap.ok(not a.is_at_work(), 'awake again, it finds out, and follows')
    two.until(behind=0)
    tap.equal(set(store.records()), set(before), 'and has written nothing')


def deafen(store):
    """Whoever hears of changes loses the connection."""
    for line in store.ask('CLIENT', 'LIST').decode().splitlines():
        if ' sub=1 ' in line:
            store.ask('CLIENT', 'KILL', 'ID', line.split()[0][3:])


@alone
def unheard(tap):
    """A call that ends while the standby host hears nothing."""
    store, (a, one), (b, two) = pair()
    first, second, third = (a.call(port) for port in (5000, 6000, 7000))
    a.packet(second, SEND, SSRC, seq=1, srtcp=1)
    two.until(sessions=3, streams=1)
    two.freeze(True)
    deafen(store)
    a.hang_up(first)
    a.hang_up(second)
    a.call(8000)
    one.until(sessions=2, behind=0)
    wait(lambda: len(store.records()) == 2, 'records')
    two.freeze(False)
    two.until(sessions=2, streams=0, missing=0)
    wait(lambda: b.sessions_of() == [7000, 8000], 'the end of calls')
    tap.ok(True, 'is over there, too, when it hears again')

    # somebody who is no host of the cluster takes a record away
    name = next(name for name in store.records() if name.startswith(b's/'))
    record = store.ask('HGET', 'ksrtp:{7}:records', name)
    store.ask('HDEL', 'ksrtp:{7}:records', name)
    deafen(store)
    two.until(sessions=2, missing=1)
    wait(lambda: two.group()['alarm'], 'an alarm')
    tap.equal((b.sessions_of(), two.group()['alarm']),
              ([7000, 8000], 'the store has lost records of sessions'),
              'a record that is only gone ends no call, and an alarm sounds')
    a.call(9000)
    two.until(sessions=3, missing=1)
    store.ask('HSET', 'ksrtp:{7}:records', name, record)
    deafen(store)
    two.until(sessions=3, missing=0)
    a.hang_up(third)
    two.until(sessions=2, missing=0)
    tap.equal(b.sessions_of(), [8000, 9000], 'until it is back')


PORTS = {'first_port': struct.pack('>H', 5000), 'last_port': struct.pack('>H', 5999)}
JUDGE = {'judge': u32(1)}
LO = {'ifindex': u32(socket.if_nametoindex('lo')), 'judge': u32(3)}


def says(*rules):
    return sorted(({name.replace('_', '-'): value for name, value in rule.items()}
                   for rule in rules), key=lambda rule: sorted(rule.items()))


def of_rules(store, group=7):
    return sorted(name for name in store.records(group) if name.startswith(b'r/'))


@alone
def rules(tap):
    """Rules of the host at work are those of the others, too, who keep their own."""
    store, (a, one), (b, two) = pair('lease', 400)
    a.call(5000)
    own = b.rule(**JUDGE)
    first = a.rule(**PORTS, recv_drops=u64(7))
    a.rule(**LO)
    wait(lambda: len(b.rules) == 3, 'rules')
    tap.equal(b.rules_say(), says(JUDGE, PORTS, LO),
              'a standby host has the rules of the host at work beside its own')
    two.until(sessions=1, rules=2, alarm='')
    tap.equal((a.rules_say(), len(of_rules(store))), (says(PORTS, LO), 2),
              'which has not those of the standby host')
    tap.ok(struct.pack('>H', 5999) not in b''.join(store.records().values()),
           'and the store sees none of them')
    b.rules.pop(next(ident for ident, rule in b.rules.items() if 'first-port' in rule))
    wait(lambda: len(b.rules) == 3, 'the rule')
    tap.ok(True, 'what is deleted on a standby host is there again')
    a.rules.pop(first)
    wait(lambda: len(b.rules) == 2, 'the end of a rule')
    tap.equal((b.rules_say(), len(of_rules(store))), (says(JUDGE, LO), 1),
              'what is deleted on the host at work is gone on both')
    a.rule(**JUDGE)
    two.until(rules=2)
    a.rules = {ident: rule for ident, rule in a.rules.items() if 'ifindex' in rule}
    two.until(rules=1)
    tap.ok(own in b.rules, 'but for what the standby host has itself')

    # rules that come and go in the last second are told, too; one is about all media
    a.rule(**PORTS)
    a.rule()
    two.take()
    two.until(role='active')
    tap.equal(b.rules_say(), says({}, JUDGE, PORTS, LO),
              'a host that takes over has all of them')
    wait(lambda: len(a.rules) == 4, 'rules')
    tap.equal(a.rules_say(), says({}, JUDGE, PORTS, LO), 'and its own are the other one\'s then')

    # a host that has just been booted
    one.kill()
    a.rules.clear()
    a.table.clear()
    a.leases.clear()
    two.end()
    one.start()
    one.take()
    one.until(role='active', rules=4)
    told = [command for command, _ in a.asked]
    tap.equal(a.rules_say(), says({}, JUDGE, PORTS, LO), 'one that begins with nothing has them')
    work = max(n for n, (command, words) in enumerate(a.asked)
               if command == 'require-new')
    first = next(n for n, (command, words) in enumerate(a.asked[work:])
                 if command == 'lease-set' and 'until' in words)
    tap.ok(first > 0 and 'require-del' not in told[work:],
           'in force before it is at work')


@alone
def unruly(tap):
    """Rules that cannot be made, and records of rules that are wrong or gone."""
    store, (a, one), (b, two) = pair()
    a.call(5000)
    two.until(sessions=1)

    def able():
        done = subprocess.run([SYNC, 'able', '7', 'control', two.control],
                              capture_output=True, text=True)
        return done.returncode, done.stderr.strip()
    tap.equal(able(), (0, ''), 'able')
    b.denied['require-new'] = 28
    ident = a.rule(**PORTS)
    two.until(alarm='rules (ksrtp require) cannot be made here')
    tap.equal(able(), (1, 'ksrtp-sync: group 7: standby, without the rules of the host at work'),
              'a host whose kernel refuses a rule could not be at work')
    del b.denied['require-new']
    two.until(alarm='')
    tap.equal((able(), b.rules_say()), ((0, ''), says(PORTS)), 'until it takes it')
    name, = of_rules(store)
    record = store.ask('HGET', 'ksrtp:{7}:records', name)
    store.ask('HDEL', 'ksrtp:{7}:records', name)
    deafen(store)
    wait(lambda: two.group()['scans'] > 1, 'a scan')
    two.until(rules=1)
    tap.equal(b.rules_say(), says(PORTS), 'a record that is only gone ends no rule')
    three = Sync('c', gateway(), store)
    three.until(alarm='the store has lost records of rules')
    three.close()
    started.remove(three)
    for value in record[:40], record[:-1] + b'x':
        store.ask('HSET', 'ksrtp:{7}:records', name, value)
        deafen(store)
        before = sum(two.group()['faults'].values())
        wait(lambda: sum(two.group()['faults'].values()) > before, 'a fault')
    tap.equal(b.rules_say(), says(PORTS), 'nor one that is torn or forged')
    a.rules.pop(ident)
    two.until(rules=0)
    wait(lambda: not b.rules, 'its end')
    a.attached.append(socket.if_nametoindex('lo'))
    wait(lambda: 'attached' in two.group()['alarm'], 'an alarm')
    tap.ok(True, 'other attached devices: an alarm')
    b.attached.append(socket.if_nametoindex('lo'))
    two.until(alarm='')
    tap.equal(one.group()['alarm'], '', 'the same: none')

    # a program that is newer than the module beside it
    b.unknown['require-new'] = 'lease'
    a.rule(**PORTS)
    a.rule(**JUDGE)
    two.until(rules=2, alarm='')
    tap.equal((able(), b.rules_say()), ((0, ''), says(PORTS, JUDGE)),
              'a module that knows no groups of rules has the rules')
    tap.equal(two.said().count('this kernel module is older'), 1, 'which is told once')
    two.take()
    two.until(role='active')
    tap.ok(b.is_at_work(), 'and its host can be at work')


@alone
def restarted(tap):
    """A daemon that starts again knows which rules it had added, and for which group."""
    store, (a, one), (b, two) = pair()
    a.call(5000)
    own = b.rule(**JUDGE)
    other = b.rule(**LO, lease=u32(9))
    first, second = a.rule(**PORTS), a.rule()
    two.until(rules=2)
    wait(lambda: len(b.rules) == 4, 'rules')
    tap.equal(sorted(number(rule.get('lease', b'')) for rule in b.rules.values()), [0, 7, 7, 9],
              'what is added has the number of its group')
    two.end()
    a.rules.pop(first)
    wait(lambda: len(of_rules(store)) == 1, 'the end of a rule')
    two.start()
    wait(lambda: len(b.rules) == 3, 'the end of it')
    tap.equal(b.rules_say(), says({}, JUDGE, LO), 'what was deleted meanwhile is gone')
    tap.ok(own in b.rules and other in b.rules,
           'but for what is its own, or of a group of another daemon')
    name, = of_rules(store)
    two.end()
    record = store.ask('HGET', 'ksrtp:{7}:records', name)
    store.ask('HDEL', 'ksrtp:{7}:records', name)
    two.start()
    two.until(alarm='the store has lost records of rules')
    tap.equal(b.rules_say(), says({}, JUDGE, LO), 'nor what only the store has lost')
    store.ask('HSET', 'ksrtp:{7}:records', name, record)
    two.end()
    two.start()
    two.until(rules=1, alarm='')
    one.kill()
    two.take()
    two.until(role='active')
    two.end()
    two.start()
    two.until(role='active', rules=2)
    wait(lambda: len(of_rules(store)) == 2, 'records')
    time.sleep(2)
    tap.equal((b.rules_say(), len(of_rules(store))), (says({}, JUDGE, LO), 2),
              'one at work tells its own and those of its group')
    b.rules = {ident: rule for ident, rule in b.rules.items()
               if ident in (own, other)}
    wait(lambda: len(of_rules(store)) == 1, 'the end of a rule')
    tap.ok(second in a.rules, 'until they are deleted')


@alone
def neighbours(tap):
    """A host that stands by for one group, and is at work for another."""
    store, (a, one), (b, two) = pair('lease', 400, 'group', 8)
    a.call(5000)
    two.take(8)
    wait(lambda: two.status()['groups'][1]['role'] == 'active', 'a host at work')
    a.rule(**PORTS)
    b.rule(**JUDGE)
    wait(lambda: len(a.rules) == len(b.rules) == 2, 'rules')
    wait(lambda: of_rules(store, 8), 'records')
    time.sleep(2)
    tap.equal((len(of_rules(store)), len(of_rules(store, 8))), (1, 1),
              'each tells its own rules, and not what it has added for the other')
    one.kill()
    two.take()
    two.until(role='active')
    time.sleep(2)
    names = of_rules(store)
    tap.equal((len(names), len(of_rules(store, 8))), (2, 1),
              'a host that takes over tells its own rules beside those of the group')
    b.rules = {ident: rule for ident, rule in b.rules.items() if 'judge' in rule}
    wait(lambda: len(of_rules(store)) == 1, 'the end of a rule')
    tap.equal(len(of_rules(store, 8)), 1, 'and what it deletes is gone from both')


@alone
def devices(tap):
    """A daemon that starts after the device of a session has gone."""
    store, (a, one), (b, two) = pair()
    # it begins anew on the same host, and so the other one does not take over
    for each in one, two:
        each.end()
        each.words += ['lease', 60000]
        each.start()
    one.until(role='active')
    call = a.call(5000, ifindex=u32(socket.if_nametoindex('lo')))
    two.until(sessions=1)
    wait(lambda: b.sessions_of() == [5000], 'the session')
    good = b.masters[b.by_port(5000)]
    one.until(behind=0)
    names = set(store.records())
    one.kill()
    # the kernel seals for no device then
    a.table[call]['ifindex'] = u32(0x7ffffff0)
    a.masters[call] = [{**each, 'sealed': b'for no device' * 3} for each in a.masters[call]]
    a.call(6000, ifindex=u32(0x7ffffff1))
    a.call(7000)
    one.start()
    one.until(role='active', behind=0)
    two.until(sessions=2)
    wait(lambda: b.sessions_of() == [5000, 7000], 'sessions')
    tap.ok(names <= set(store.records()), 'its session has the same record')
    tap.equal(b.masters[b.by_port(5000)], good, 'with keys that other hosts can open')
    tap.equal(b.table[b.by_port(5000)]['ifindex'], u32(socket.if_nametoindex('lo')),
              'for the device that it had')
    tap.equal(one.group()['sessions'], 2, 'one whose device nobody knows has none')


@alone
def chosen(tap):
    """What a host was last told holds: to take, or to release."""
    store, (a, one), (b, two) = pair('lease', 400)
    a.call(5000)
    two.until(sessions=1)
    two.take()
    two.until(role='active')
    one.until(role='standby', sessions=1)
    two.ask('release', group=7)
    one.until(role='active')
    tap.ok(a.is_at_work() and not b.is_at_work(),
           'given back, the sessions go to the host that was asked to take them before')
    one.ask('release', group=7)
    one.until(role='standby')
    wait(lambda: one.group()['holder'], 'the lease')
    tap.equal((one.group()['role'], two.group()['role']), ('standby', 'standby'),
              'released by both, nobody has them')
    for wish in range(5):
        two.take()
        two.ask('release', group=7)
    one.take()
    one.until(role='active')
    tap.ok(two.group()['role'] == 'standby' and not b.is_at_work(),
           'released while it is taken, it is not held')
    # keepalived starts both at once, and a busy host has the first one come last
    words = '%s %%s 7 control %s' % (SYNC, two.control)
    late = subprocess.Popen(['sh', '-c', 'kill -STOP $$; exec ' + words % 'take'])
    os.waitid(os.P_PID, late.pid, os.WSTOPPED | os.WNOWAIT)
    time.sleep(0.1)
    subprocess.run(words % 'release', shell=True, check=True)
    late.send_signal(signal.SIGCONT)
    tap.equal(late.wait(), 0, 'what was said first, and comes last')
    time.sleep(1)
    tap.equal((one.group()['role'], two.group()['role']), ('active', 'standby'), 'is not done')
    subprocess.run(words % 'take', shell=True, check=True)
    two.until(role='active')
    tap.ok(b.is_at_work(), 'what is said later is')


@alone
def masters(tap):
    """Two that were both asked to take the sessions: a holder that has to wait for a while
    has them afterwards, too."""
    store, (a, one), (b, two) = pair('lease', 400)
    a.call(5000)
    two.until(sessions=1)
    two.take()
    two.until(role='active')
    wait(lambda: one.group()['holder'].startswith('b.'), 'the lease')
    one.until(role='standby', sessions=1)
    two.freeze(True)
    began = time.monotonic()
    one.until(role='active')
    tap.ok(time.monotonic() - began > 0.8, 'the other one waits for more than two leases')
    two.freeze(False)
    two.until(role='standby', sessions=1)
    tap.ok(a.is_at_work() and not b.is_at_work(), 'and is at work then')


@alone
def strangers(tap):
    """A call that is set up on a host which is not at work yet."""
    store, (a, one), (b, two) = pair('lease', 400)
    a.call(5000)
    two.until(sessions=1)
    call = b.call(6000)
    b.packet(call, SEND, SSRC, seq=7, roc=0, srtcp=3)
    two.take()
    two.until(role='active', sessions=2, streams=1, behind=0)
    tap.equal(number(b.table[call]['send']['srtcp-block']), 1024,
              'it gets a block when the host is at work')
    one.until(role='standby', sessions=2)
    tap.equal(a.sessions_of(), [5000, 6000], 'and the other host has it')


class Late:
    """A store whose answers come late, and what others tell at once."""

    def __init__(self, store):
        started.append(self)
        self.store, self.path = store, store.path + '-late'
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    @property
    def place(self):
        return 'unix:' + self.path

    def serve(self):
        try:
            while True:
                threading.Thread(target=self.join, args=self.listener.accept()[:1],
                                 daemon=True).start()
        except OSError:
            pass

    def join(self, near):
        with near, socket.socket(socket.AF_UNIX) as far:
            far.connect(self.store.path)
            try:
                self.pass_on(near, far)
            except OSError:
                # one of them has gone
                pass

    @staticmethod
    def pass_on(near, far):
        subscribes = False
        while True:
            for sock in select.select([near, far], [], [])[0]:
                data = sock.recv(65536)
                if not data:
                    return
                if sock is near:
                    subscribes |= b'SUBSCRIBE' in data
                elif not subscribes:
                    time.sleep(0.1)
                (far if sock is near else near).sendall(data)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@alone
def answers(tap):
    """That it has taken the lease is told by two connections, in any order."""
    store, a, b = Store(), gateway(), gateway()
    one = Sync('a', a, store, 'lease', 4000)
    one.take()
    one.until(role='active')
    two = Sync('b', b, Late(store), 'lease', 4000)
    a.call(5000)
    two.until(sessions=1)
    one.ask('release', group=7)
    two.take()
    two.until(role='active')
    tap.ok(b.is_at_work(), 'a host is at work whose answer comes last')


@alone
def notices(tap):
    """What keepalived tells of its instances, by a FIFO that one process reads."""
    store, (a, one), (b, two) = pair('lease', 400)
    a.call(5000)
    two.until(sessions=1)
    fifo = os.path.join(two.dir, 'fifo')
    os.mkfifo(fifo)
    reader = subprocess.Popen([SYNC, 'notify', 'another', '8', 'gateway', '7', 'control',
                               two.control, fifo], stderr=subprocess.PIPE, text=True)
    keepalived = os.open(fifo, os.O_RDWR)

    def tell(*states):
        for state in states:
            os.write(keepalived, ('INSTANCE "gateway" %s 100\n' % state).encode())
    tell('MASTER')
    two.until(role='active')
    tap.equal(b.is_at_work(), True, 'MASTER: the group is taken')
    one.until(role='standby', sessions=1)
    tell('BACKUP')
    one.until(role='active')
    tap.equal(b.is_at_work(), False, 'BACKUP: it is given back')
    os.write(keepalived, b'GROUP "gateway" MASTER 100\nINSTANCE "other" MASTER 1\n\n')
    os.write(keepalived, b'INSTANCE "gateway" MASTER_PRIORITY 90\nINSTANCE "gate')
    os.write(keepalived, b'way" MASTER_RX_LOWER_PRI 100\n')
    two.until(role='active')
    tap.ok(True, 'MASTER_RX_LOWER_PRI: taken again; a line may come in pieces')
    one.until(role='standby', sessions=1)
    tell('FAULT', 'MASTER', 'FAULT')
    one.until(role='active')
    tap.equal(two.group()['role'], 'standby', 'what was said last counts')
    two.end()
    tell('MASTER')
    line = reader.stderr.readline().strip()
    tap.ok(line.startswith('ksrtp-sync: warning: gateway: take 7: ' + two.control),
           'a daemon that is away: one line', line)
    two.start()
    two.until(role='active')
    tap.ok(True, 'and it is asked once it is there')
    child, = open('/proc/%d/task/%d/children' % (reader.pid, reader.pid)).read().split()
    os.kill(int(child), signal.SIGKILL)
    tap.ok('killed by signal 9' in reader.stderr.readline(), 'one that is killed begins anew')
    # keepalived does that before it tells its own end
    reader.terminate()
    tell('STOP')
    one.until(role='active')
    tap.equal(two.group()['role'], 'standby', 'told to end, it does what comes last')
    os.close(keepalived)
    tap.equal((reader.wait(), reader.stderr.read()), (0, ''), 'and ends with keepalived')
    reader = subprocess.Popen([SYNC, 'notify', 'gateway', '7', 'control', two.control, fifo])
    keepalived = os.open(fifo, os.O_WRONLY)
    tell('MASTER')
    two.until(role='active')
    os.close(keepalived)
    tap.equal((reader.wait(), two.group()['role']), (0, 'active'),
              'a keepalived that was killed gives nothing back')


main(chosen, unheard, rules, unruly, restarted, neighbours, devices, masters, answers, strangers,
     notices, takeover, replays, hints, calls, restarts, stores, freezes)
