#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Who may do what, command by command; and how much a namespace may hold."""

import errno
import os
import shutil
import sys

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from genl import Genl, Refused, SOL_NETLINK
from ksrtp_test import *

SPEC = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    '../../Documentation/netlink/specs/ksrtp.yaml')
PARAMETERS = '/sys/module/ksrtp/parameters/'
ADD_MEMBERSHIP = 1

# with no right but the one over networks
NET_ADMIN = ('setpriv', '--bounding-set=-all,+net_admin',
             '--inh-caps=-all,+net_admin')
NOBODY = ('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups')
# nobody as root of a user namespace, with a network of its own
OWN = (*NOBODY, 'unshare', '--user', '--map-root-user', '--net')
# namespaces that a caller makes for itself; None: it keeps what it has
CALLERS = {'nobody': 0, 'stranger': CLONE_NEWUSER,
           'owner': CLONE_NEWUSER | CLONE_NEWNET, 'admin': None}


def commands():
    """[(number, name, ways to ask, does the specification want privilege)]"""
    found, number = [], 0
    for one in yaml.safe_load(open(SPEC))['operations']['list']:
        number = one.get('value', number + 1)
        ways = [way for way in ('do', 'dump') if way in one]
        if ways:
            found.append((number, one['name'], ways,
                          'uns-admin-perm' in one.get('flags', ())))
    return found


def ask(caller):
    """What each command says to a caller, without a single attribute."""
    known = commands()
    if CALLERS[caller] is not None:
        become_nobody(CALLERS[caller])
    genl = Genl()
    for number, name, ways, guarded in known:
        for way in ways:
            try:
                (genl.dump if way == 'dump' else genl.do)(number)
                said = 0
            except Refused as refused:
                said = refused.errno
            print(name, way, said)
    try:
        genl.sock.setsockopt(SOL_NETLINK, ADD_MEMBERSHIP, genl.group('events'))
        said = 0
    except OSError as error:
        said = error.errno
    print('events', 'group', said)


def who(tap):
    a = Host('a')
    a.session('local', 'any:5000')
    a.ksrtp('require', 'add', 'port', 7000)
    before = a.json('-s', 'session', 'show'), a.json('require', 'show')
    guarded = {name for number, name, ways, guarded in commands() if guarded}
    tap.equal({name for number, name, ways, guarded in commands()} - guarded,
              {'suite-get'}, 'all but the list of suites is guarded')
    for caller, words, allowed in (
            ('nobody', (), False), ('stranger', (), False), ('owner', (), True),
            ('admin', NET_ADMIN, True)):
        said = [line.split() for line in a.run(
            *words, 'python3', os.path.abspath(__file__), 'ask',
            caller).stdout.splitlines()]
        wrong = [one for one in said if (int(one[2]) != errno.EPERM) !=
                 (allowed or one[0] not in guarded | {'events'})]
        tap.ok(len(said) > len(guarded) and not wrong,
               '%s is %s' % (caller, 'heard' if allowed else 'refused'), wrong)
        if caller != 'admin':
            tap.equal((a.json('-s', 'session', 'show'),
                       a.json('require', 'show')), before,
                      'nothing has changed')
    # where nobody may run it
    tool = shutil.copy(KSRTP, '/tmp/ksrtp')
    done = a.run(*NOBODY, tool, 'session', 'show', check=False)
    tap.equal((done.returncode, done.stderr),
              (1, 'ksrtp: Operation not permitted\n'), 'as the tool tells it')
    done = run(*OWN, tool, 'session', 'add', 'local', 'any:5000', check=False)
    tap.equal((done.returncode, done.stderr), (0, ''),
              'root of a user namespace rules its own network')


class Parameter:
    """A module's parameter, for a while."""

    def __init__(self, name, value):
        self.path, self.value = PARAMETERS + name, value

    def __enter__(self):
        self.old = open(self.path).read()
        with open(self.path, 'w') as file:
            file.write(str(self.value))

    def __exit__(self, *unused):
        with open(self.path, 'w') as file:
            file.write(self.old)


def sessions_max(tap):
    a, b = pair()
    with Parameter('sessions_max', 3):
        numbers = [a.session('local', 'any:%d' % port, 'rtcp-mux')
                   for port in (7000, 7001, 7002)]
        done = a.ksrtp('session', 'add', 'local', 'any:7003', 'rtcp-mux',
                       check=False)
        tap.ok(done.returncode == 1 and 'No space left' in done.stderr and
               'sessions_max' in done.stderr, 'a session too many is refused',
               done)
        b.session('local', 'any:7000')
        tap.ok(True, 'another namespace has its own count')
        a.ksrtp('session', 'set', 'id', numbers[0], 'max-streams', 5)
        a.ksrtp('session', 'del', 'id', numbers[1])
        a.session('local', 'any:7003', 'rtcp-mux')
        tap.ok(True, 'one that goes makes room')
        done = run(*OWN, 'sh', '-c', 'echo 9 >%ssessions_max' % PARAMETERS,
                   check=False)
        tap.ok(done.returncode and open(
            PARAMETERS + 'sessions_max').read() == '3\n',
               'the limit is not for root of a user namespace to lift', done)
    a.ksrtp('session', 'flush')
    tap.equal(a.json('stat')['sessions'], 0, 'the count goes down again')


def stream_memory_max(tap):
    a, b = pair()
    call = Call(a, b)
    call.out(rtp(1, ssrc=1))
    one = a.json('stat')['stream-memory']
    with Parameter('stream_memory_max', 2 * one):
        call.out(rtp(1, ssrc=2))
        tap.equal(call.refused_out([rtp(1, ssrc=3), rtp(1, ssrc=4)]), [],
                  'no stream beyond the memory for them')
        tap.equal(a.stats('send', call.id).get('drop-stream-limit'), 2,
                  'which is counted')
        tap.equal(call.peer.unprotect(call.out(rtp(2, ssrc=2))),
                  rtp(2, ssrc=2), 'those that are there go on')
        tap.equal(a.json('stat')['stream-memory'], 2 * one,
                  'what was refused is not counted as taken')
        # a packet of a peer with the keys is one all the same
        call.put(call.peer.protect(rtp(1, ssrc=5)))
        tap.equal(call.refused([]), [], 'nor is one that is received')
        done = a.ksrtp('stream', 'set', 'session', call.id, 'send', 'ssrc', '9',
                       'roc', '1', 'seq', '1', check=False)
        tap.ok(done.returncode == 1 and 'as many streams' in done.stderr,
               'nor one that is set', done)
    call.peer.unprotect(call.out(rtp(1, ssrc=3)))
    tap.equal(a.json('stat')['streams'], 3, 'with more memory there are more')
    call.close()
    tap.equal(a.json('stat')['stream-memory'], 0, 'and all of it comes back')


if sys.argv[1:2] == ['ask']:
    ask(sys.argv[2])
else:
    main(who, sessions_max, stream_memory_max)
