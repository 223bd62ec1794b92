#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Who may do what, command by command; and how much a namespace may hold, or
all that a user makes."""

import errno
import os
import shutil
import socket
import struct
import sys

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from genl import Genl, Refused, SOL_NETLINK, attr, nest, parse
from ksrtp_test import *

SPEC = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    '../../Documentation/netlink/specs/ksrtp.yaml')
ADD_MEMBERSHIP = 1
NEW, STREAM_SET = 1, 7
LPORT, MUX, RECV = 6, 10, 13

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
        # who chooses the seal key learns keys
        more = {'seal-set'} if caller == 'admin' else set()
        wrong = [one for one in said if (int(one[2]) != errno.EPERM) !=
                 (allowed and one[0] not in more or
                  one[0] not in guarded | {'events'})]
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


SESSIONS_FULL = 'as many sessions as module parameter sessions_max allows'
STREAMS_FULL = 'ssrc: the session or namespace has as many streams as it may'


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
    epochs(tap, a, b, one)


def epochs(tap, a, b, one):
    """Session keys of many epochs are of the same memory."""
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)

    with Parameter('stream_memory_max', 2 * one + 3 * 2048):
        for round_ in (1, 2):
            number = a.session(*flow(A4, B4), send=(CM, key(CM), 'kdr', '1'))
            # one by one: what waits for keys is passed by the marker
            got = []
            for seq in range(1, 41):
                app.sendto(rtp(seq, ssrc=1), (B4, 6000))
                got.append(len(wire.recv(2000)))
            tap.equal(len(got), 40, 'more epochs than memory, one by one')
            # the other stream's first packet is of an epoch without keys
            app.sendto(rtp(41, ssrc=2), (B4, 6000))
            wire.recv(2000)
            for packet in (rtp(41, ssrc=3), MARKER):
                app.sendto(packet, (B4, 6000))
            tap.equal(wire.recv(2000), MARKER,
                      'they leave none for a third stream')
            tap.equal(a.stats('send', number).get('drop-stream-limit'), 1,
                      'which is counted')
            a.ksrtp('session', 'flush')
            tap.equal(eventually(0, module_users), 0,
                      'with the session it is all there again')


class Tenant:
    """A program of a user, as root of a network that it has made itself.

    Or of somebody else whom it has made within its user namespace."""

    def __init__(self, user=65534, within=False):
        self.sock, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if not self.pid:
            try:
                self.sock.close()
                self.begin(theirs, user, within)
                self.serve(theirs)
            except Exception:
                traceback.print_exc()
            finally:
                os._exit(1)
        theirs.close()
        self.sock.settimeout(60)
        if within:
            self.sock.recv(10)
            for name in ('uid_map', 'gid_map'):
                with open('/proc/%d/%s' % (self.pid, name), 'w') as file:
                    file.write('0 %d 1\n1 100000 1\n' % user)
            self.sock.send(b'go on')
        self.sock.recv(10)

    @staticmethod
    def begin(sock, user, within):
        if within:
            become_nobody(CLONE_NEWUSER, user)
            sock.send(b'map me')
            sock.recv(10)
            user = 1
        become_nobody(CLONE_NEWUSER | CLONE_NEWNET, user)
        sock.send(b'ready')

    @staticmethod
    def serve(sock):
        """So many sessions or streams, until one is refused; why that was."""
        genl, port, ssrc, number = Genl(), 2000, 0, 0
        while True:
            request = sock.recv(8)
            if len(request) < 8:
                return
            what, wanted = struct.unpack('=4sI', request)
            made, said = 0, ''
            try:
                while made < wanted:
                    if what == b'sess':
                        port += 1
                        answer = genl.do(
                            NEW, attr(LPORT, struct.pack('>H', port)),
                            attr(MUX), nest(RECV, attr(1, 1), attr(
                                2, os.urandom(16)), attr(3, bytes(14))))
                        number, = struct.unpack('=I', dict(parse(answer[0]))[1])
                    else:
                        ssrc += 1
                        genl.do(STREAM_SET, attr(2, number), attr(3, 2),
                                attr(4, ssrc), attr(5, 0))
                    made += 1
            except Refused as refused:
                said = refused.message
            sock.send(b'%d %s' % (made, said.encode()))

    def make(self, what, wanted):
        self.sock.send(struct.pack('=4sI', what, wanted))
        made, _, said = self.sock.recv(300).decode().partition(' ')
        return int(made), said

    def sessions(self, wanted):
        return self.make(b'sess', wanted)

    def streams(self, wanted):
        return self.make(b'strm', wanted)

    def end(self):
        # others may have the socket, too, so that to close it says nothing
        self.sock.send(b'end')
        self.sock.close()
        os.waitpid(self.pid, 0)


def shares(tap):
    """Of many namespaces a user has no more than of one."""
    a = Host('a')
    with Parameter('sessions_max', 6):
        one, two = Tenant(), Tenant()
        tap.equal((one.sessions(4), two.sessions(4)), ((4, ''), (
            2, SESSIONS_FULL)), 'sessions of two namespaces of one user add up')
        inner = Tenant(within=True)
        tap.equal(inner.sessions(1), (0, SESSIONS_FULL),
                  'those of a namespace within his, too')
        other = Tenant(65533)
        tap.equal(other.sessions(7), (6, SESSIONS_FULL),
                  'another user has as many')
        boxes = [Tenant(0), Tenant(0)]
        tap.equal([box.sessions(7) for box in boxes],
                  2 * [(6, SESSIONS_FULL)], 'so has each container of the host')
        for port in range(6):
            a.session('local', 'any:%d' % (7000 + port), 'rtcp-mux')
        tap.ok(True, 'and the host itself')
        one.end()
        # those made meanwhile count, too
        made = [0]

        def more():
            made[0] += two.sessions(9)[0]
            return made[0]

        tap.equal(eventually(4, more), 4, 'a namespace that goes makes room')
        a.ksrtp('session', 'flush')
    a.session('local', 'any:7000', 'rtcp-mux')
    number = a.json('session', 'show')[0]['id']
    a.ksrtp('stream', 'set', 'session', number, 'recv', 'ssrc', 1, 'roc', 0)
    size = a.json('stat')['stream-memory']
    three = Tenant()
    three.sessions(1)
    with Parameter('stream_memory_max', 5 * size):
        tap.equal((two.streams(3), three.streams(3)), (
            (3, ''), (2, STREAMS_FULL)), 'the memory of streams adds up')
        tap.equal(boxes[0].streams(6), (5, STREAMS_FULL),
                  'and that of nobody else with it')
        two.end()
        made = [0]

        def streams():
            made[0] += three.streams(3)[0]
            return made[0]

        tap.equal(eventually(3, streams), 3, 'which comes back as well')
    for tenant in (three, inner, other, *boxes):
        tenant.end()
    a.ksrtp('session', 'flush')
    tap.equal(eventually(0, module_users), 0, 'at the end there is no session')


def unreclaimable():
    """Memory that the kernel has taken for itself, in KiB."""
    with open('/proc/meminfo') as file:
        found = dict(line.split(':') for line in file)
    return sum(int(found[name].split()[0])
               for name in ('SUnreclaim', 'VmallocUsed', 'Percpu'))


def exhaustion(tap):
    """Round for round a user takes all that he can get, and lets it go."""
    rounds = []
    full = 0
    with Parameter('sessions_max', 200):
        for round_ in range(8):
            before = unreclaimable()
            tenants = [Tenant() for n in range(10)]
            made = [tenant.sessions(30)[0] for tenant in tenants]
            for tenant in tenants:
                tenant.streams(50)
            rounds.append((before, unreclaimable()))
            # who comes now is told, and who ends leaves his share
            full += sum(made) == 200 and tenants[0].sessions(1) == (
                0, SESSIONS_FULL)
            for tenant in tenants:
                tenant.end()
            if eventually(0, module_users):
                break
    tap.equal(full, 8, 'the limit holds, and all of it comes back, 8 times')
    if os.environ.get('KSRTP_KERNEL') == 'debug':
        tap.skip('memory', 'KASAN keeps what is freed; kmemleak looks for it')
        return
    took = rounds[0][1] - rounds[0][0]
    tap.note('KiB before and with a round: %s' % rounds)

    def back():
        """Has the memory that seven rounds took come back?"""
        return unreclaimable() - rounds[1][0] < took / 2

    tap.ok(eventually(True, back), 'and so does the memory',
           (took, rounds, unreclaimable()))


if sys.argv[1:2] == ['ask']:
    ask(sys.argv[2])
else:
    main(who, sessions_max, stream_memory_max, shares, exhaustion)
