# SPDX-License-Identifier: GPL-2.0
"""A kernel that only takes notes: what the tool tells it, attribute by attribute."""

import contextlib
import os
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import threading

from genl import (CTRL, NLM_F_DUMP, NLMSG_DONE, NLMSG_ERROR, NLMSG_NOOP,
                  NLMSG_OVERRUN, attr, nest, parse)
from ksrtp_test import BUILD, KSRTP, SUITES

HERE = os.path.dirname(__file__)
FAMILY = 0x20
# Requests of the route and netfilter protocols that list something, and the type
# of what they list.
LISTS = {18: ('link', 16), 26: ('route', 24), 38: ('qdisc', 36),
         46: ('filter', 44), 106: ('nexthop', 104), 0xa04: ('chain', 0xa03), 0xa17: ('flowtable', 0xa16)}
# what a session is found by
FLOW = ('family', 'local-address', 'local-port', 'remote-address',
        'remote-port', 'local-rtcp-port', 'remote-rtcp-port', 'rtcp-mux')


def enum(name):
    """{name: number} of an enum of the header."""
    text = open(os.path.join(HERE, '../../uapi/linux/ksrtp.h')).read()
    body = re.search(r'enum %s \{(.*?)\n\n' % name, text, re.S)[1]
    body = re.sub(r'/\*.*?\*/', '', body, flags=re.S)
    return {word.split()[0]: number for number, word in
            enumerate((w for w in body.split(',') if w.strip()), 1)}


def attributes(name):
    """{number: name in lower case} of the attributes of a nest."""
    prefix = 'KSRTP_A_%s_' % name.upper()
    return {number: word[len(prefix):].lower().replace('_', '-') for
            word, number in enum('ksrtp_%s_attr' % name).items()}


SESSION, DIRECTION, KEY, STAT, STATS, MOVE, STREAM = (
    attributes(name) for name in ('session', 'direction', 'key', 'stat',
                                  'stats', 'flow', 'stream'))
SUITE_ID = {name[len('KSRTP_SUITE_'):]: number for name, number in
            enum('ksrtp_suite_id').items()}
COMMAND = {number: name[len('KSRTP_CMD_'):].lower().replace('_', '-') for
           name, number in enum('ksrtp_cmd').items()}


def number_of(names, name):
    return next(n for n, known in names.items() if known == name)


class FakeKernel:
    """Runs the tool, and keeps what it asked for: [(command, {name: bytes})]."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='ksrtp-')
        # a machine of another architecture has no compiler
        self.shim = os.path.join(BUILD, 'fake-netlink.so')
        if not os.path.exists(self.shim):
            self.shim = os.path.join(self.dir, 'fake-netlink.so')
            subprocess.run(['cc', '-shared', '-fPIC', '-O1', '-Wall', '-Wextra',
                            '-Werror', '-o', self.shim,
                            os.path.join(HERE, '../cli/fake-netlink.c')],
                           check=True)
        self.path = os.path.join(self.dir, 'socket')
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(self.path)
        self.listener.listen()
        self.asked = []
        # how many requests there were, also those that asked does not keep
        self.requests = 0
        # what session-get, key-get and stat-get answer, and what is refused:
        # {command: which of them, or that and the error}
        self.session, self.keys, self.stat, self.refuse = [], [], b'', {}
        # {command: errno} of what is refused each time
        self.denied = {}
        # what was refused is so when it is asked again, too
        self.is_firm, self.bad = False, []
        # or many sessions: one list for each time that they are asked for
        self.sessions = []
        # or {id: flow}, for a kernel that keeps them, and filters its answers
        self.kept = None
        # {thread that serves a socket: sessions that end with it}
        self.owned = {}
        # {command: what happens, once, before it is answered}
        self.before = {}
        # what listeners hear: [(command, attributes)]; or that 'lost' were some
        self.events = []
        # does it have no module any more? Or the command from which on it has none
        self.gone = False
        # What other parts of it list: {(family, what)}: headers and attributes of
        # 'route', 'nexthop', 'chain' or 'flowtable'. Or {what: errno}, if refused.
        self.lists, self.no_lists = {}, {}
        # {suite: (cipher driver, auth driver)}
        self.drivers = {}
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    @property
    def env(self):
        """The environment of programs that have this kernel."""
        return dict(os.environ, LD_PRELOAD=self.shim,
                    KSRTP_FAKE_KERNEL=self.path)

    def ksrtp(self, *words, **options):
        self.asked.clear()
        self.requests = 0
        return subprocess.run([KSRTP, *words], capture_output=True, text=True,
                              env=self.env, **options)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()
        shutil.rmtree(self.dir)

    def _serve(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            # who listens asks beside that
            threading.Thread(target=self._talk, args=(sock,),
                             daemon=True).start()

    def _talk(self, sock):
        heard = False
        # who is killed leaves unread what it was sent
        with sock, contextlib.suppress(OSError):
            while True:
                data = sock.recv(1 << 17)
                if not data:
                    break
                if struct.unpack_from('=IH', data)[1] != NLMSG_NOOP:
                    for part in self._answer(data):
                        sock.send(part)
                elif not heard:
                    heard = True
                    for command, attrs in self.events:
                        sock.send(self._event(command, attrs))
        for ident in self.owned.pop(threading.get_ident(), ()):
            if ident in self.kept:
                self.kept[ident]['orphaned'] = b''

    def _event(self, command, attrs):
        if command == 'farewell':
            kind, cmd, attrs = CTRL, 2, attr(1, struct.pack('=H', FAMILY))
        elif command == 'lost':
            kind, cmd = NLMSG_OVERRUN, 0
        else:
            kind, cmd = FAMILY, number_of(COMMAND, command)
        return struct.pack('=IHHIIBBH', 20 + len(attrs), kind, 0, 0, 0, cmd, 1,
                           0) + attrs

    def _answer(self, data):
        size, kind, flags, seq = struct.unpack_from('=IHHI', data)
        cmd = data[16]
        if kind in LISTS:
            yield self._list(kind, cmd, seq)
            return
        self.requests += 1
        attrs = parse(data[20:size])
        replies, error = [], 0
        if kind != CTRL and self.gone == COMMAND[cmd]:
            self.gone = True
        if self.gone is True:
            error = 2
        elif kind == CTRL:
            replies = [attr(1, struct.pack('=H', FAMILY))]
        elif COMMAND[cmd] == 'suite-get':
            asked = [struct.unpack('=I', value)[0] for _, value in attrs]
            replies = [attr(1, SUITE_ID[name]) + attr(2, name.encode() + b'\0') +
                       attr(3, sizes[0]) + attr(4, sizes[1]) +
                       b''.join(attr(kind, driver.encode() + b'\0')
                                for kind, driver in
                                zip((8, 9), self.drivers.get(name, ())))
                       for name, sizes in SUITES.items()
                       if not asked or SUITE_ID[name] in asked]
        else:
            replies, error = self._note(COMMAND[cmd], attrs)

        def message(kind, body):
            return struct.pack('=IHHII', 16 + len(body), kind, 0, seq, 0) + \
                body + bytes(-len(body) % 4)
        out = b''
        for reply in [] if error else replies:
            out += message(FAMILY if kind != CTRL else CTRL,
                           struct.pack('=BBH', cmd, 1, 0) + reply)
            # a list comes in parts
            if len(out) > 16384:
                yield out
                out = b''
        if flags & NLM_F_DUMP == NLM_F_DUMP:
            yield out + message(NLMSG_DONE, struct.pack('=i', -error))
        else:
            yield out + message(NLMSG_ERROR,
                                struct.pack('=i', -error) + data[:16])

    def _list(self, kind, family, seq):
        what, answer = LISTS[kind]
        out = b''
        for (its, name), bodies in self.lists.items():
            if name == what and family in (0, its):
                for body in bodies:
                    out += struct.pack('=IHHII', 16 + len(body), answer, 2, seq,
                                       0) + body + bytes(-len(body) % 4)
        error = self.no_lists.get(what, 0)
        return (b'' if error else out) + struct.pack(
            '=IHHIIi', 20, NLMSG_DONE, 2, seq, 0, -error)

    def _note(self, command, attrs):
        names = KEY if command.startswith('key') else \
            STREAM if command.startswith('stream') else SESSION
        told = {}
        for kind, value in attrs:
            name = names[kind]
            if name in ('send', 'recv') and names is SESSION:
                value = {DIRECTION[k]: v for k, v in parse(value)}
            elif name == 'move':
                value = {MOVE[k]: v for k, v in parse(value)}
            told[name] = value
        self.asked.append((command, told))
        count = sum(1 for name, _ in self.asked if name == command)
        refused = self.refuse.get(command)
        which, error = refused if isinstance(refused, tuple) else (refused, 12)
        if which == count and self.is_firm:
            self.bad.append((command, told))
        if which == count or (command, told) in self.bad:
            return [], error
        if command in self.denied:
            return [], self.denied[command]
        if self.kept is not None and command.startswith('session'):
            shown = self._keep(command, told)
            self.before.pop(command, lambda: None)()
            return shown, 0
        if command == 'session-new':
            return [attr(number_of(SESSION, 'id'), 7)], 0
        if command == 'session-get' and self.sessions:
            return self.sessions[min(count, len(self.sessions)) - 1], 0
        if command == 'session-get':
            return [attr(number_of(SESSION, 'id'), 7) +
                    b''.join(self.session)], 0
        if command == 'stat-get':
            return [self.stat], 0
        if command == 'key-get':
            return self.keys, 0
        return [], 0

    @staticmethod
    def _flow(told):
        flow = {name: told[name] for name in FLOW if name in told}
        for name in 'local-address', 'remote-address':
            if name in flow:
                flow['family'] = struct.pack(
                    '=H', socket.AF_INET if len(flow[name]) == 4 else
                    socket.AF_INET6)
        return flow

    def _place(self, told):
        """Where a session is: RTCP as the kernel chooses it if nothing is said."""
        place = self._flow(told)
        for end in 'local', 'remote':
            port = place.get(end + '-port')
            if port and 'rtcp-mux' not in place:
                place.setdefault(end + '-rtcp-port', struct.pack(
                    '!H', struct.unpack('!H', port)[0] + 1))
        return place

    def _keep(self, command, told):
        flow = self._flow(told)
        shown = []
        if command == 'session-new':
            shown = [max(self.kept, default=0) + 1]
            flow = self.kept[shown[0]] = self._place(told)
            if 'owned' in told:
                flow['owned'] = b''
                self.owned.setdefault(threading.get_ident(),
                                      []).append(shown[0])
        elif command == 'session-set':
            here = self.kept[struct.unpack('=I', told['id'])[0]]
            if 'move' in told:
                here.clear()
                here.update(self._place(told['move']))
            if 'parked' in told:
                here['parked'] = b''
        elif command == 'session-del':
            del self.kept[struct.unpack('=I', told['id'])[0]]
        elif command == 'session-get':
            shown = [ident for ident, has in self.kept.items()
                     if flow.items() <= has.items() and
                     told.get('id', struct.pack('=I', ident)) ==
                     struct.pack('=I', ident)]
        return [attr(number_of(SESSION, 'id'), ident) + b''.join(
            attr(number_of(SESSION, name), value)
            for name, value in self.kept[ident].items()) for ident in shown]

    def has(self, direction, suite, kdr=0):
        """Let session-get answer with this direction."""
        self.session.append(nest(
            number_of(SESSION, direction),
            attr(number_of(DIRECTION, 'suite'), SUITE_ID[suite]),
            *([attr(number_of(DIRECTION, 'key-derivation-rate'), kdr)]
              if kdr else [])))
