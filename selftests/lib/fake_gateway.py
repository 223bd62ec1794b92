# SPDX-License-Identifier: GPL-2.0
"""A kernel that keeps sessions, keys, streams and leases, as ksrtp-sync needs it: without
packets. What packets would do, a test does."""

import contextlib
import queue
import socket
import struct
import threading
import time

from fake_kernel import (DIRECTION, KEY, SESSION, STREAM, SUITE_ID, FakeKernel,
                         attributes, number_of)
from genl import NLMSG_NOOP, attr, nest, parse
from ksrtp_test import CM

LEASE, SEAL, REQUIRE, ATTACH = (attributes(name) for name in
                                ('lease', 'seal', 'require', 'attach'))
SEND, RECV = 1, 2
# Python has no name for it
SO_SNDBUFFORCE = 32
# what a key has in a direction of a request
OF_KEY = ('mki', 'rtp-lifetime', 'rtcp-lifetime', 'soft-limit', 'rtp-packets',
          'rtcp-packets')
NAMES = {'session': SESSION, 'stream': STREAM, 'key': KEY, 'lease': LEASE, 'seal': SEAL,
         'require': REQUIRE, 'attach': ATTACH}


def u16(value):
    return struct.pack('=H', value)


def u32(value):
    return struct.pack('=I', value)


def u64(value):
    return struct.pack('=Q', value)


def number(data):
    return int.from_bytes(data, 'little')


def boottime():
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def encode(names, values):
    out = b''
    for name, value in values.items():
        if isinstance(value, dict):
            out += nest(number_of(names, name), encode(DIRECTION, value))
        else:
            out += attr(number_of(names, name), value)
    return out


class Gateway(FakeKernel):
    """Its sessions are {id: {name: bytes, 'send': {…}}}."""

    def __init__(self):
        super().__init__()
        self.table, self.masters, self.streams, self.leases = {}, {}, {}, {}
        self.seals, self.rules, self.attached = [], {}, []
        # attributes that an older module would not know, by command
        self.unknown = {}
        self.listeners = []
        self.lock = threading.RLock()
        self.last = 0

    # what an administrator or a packet does

    def call(self, port=5000, lease=7, **more):
        """A session of a call, both ways; returns its id."""
        with self.lock:
            self.last += 1
            session = {'family': u16(socket.AF_INET),
                       'local-address': bytes((10, 0, 0, 1)),
                       'remote-address': bytes((10, 0, 0, 2)),
                       'local-port': struct.pack('>H', port),
                       'remote-port': struct.pack('>H', port),
                       'lease': u32(lease)}
            for way in 'send', 'recv':
                session[way] = {'suite': u32(SUITE_ID[CM]), 'state': u32(2)}
            session.update(more)
            self.table[self.last] = session
            self.masters[self.last] = [
                {'direction': u32(way), 'from': u64(0), 'to': u64(2 ** 48 - 1),
                 'state': u32(2), 'sealed': b'sealed' + bytes((way,)) * 30}
                for way in (SEND, RECV)]
            self.tell('session-new-ntf', self.session_bytes(self.last))
            return self.last

    def rule(self, **rule):
        """A rule of an administrator; returns its id."""
        with self.lock:
            self.last += 1
            self.rules[self.last] = {name.replace('_', '-'): value
                                     for name, value in rule.items()}
            return self.last

    def rules_say(self):
        """All rules, without what is of this host: [{name: bytes}]."""
        with self.lock:
            return sorted(({name: value for name, value in rule.items()
                            if name not in ('recv-drops', 'lease')}
                           for rule in self.rules.values()),
                          key=lambda rule: sorted(rule.items()))

    def hang_up(self, ident):
        with self.lock:
            told = self.session_bytes(ident)
            self.forget(ident)
            self.tell('session-del-ntf', told)

    def packet(self, ident, way, ssrc, seq=None, roc=0, srtcp=None, told=True):
        """A stream has got as far as this. False if a limit is in the way."""
        with self.lock:
            stream = self.streams.setdefault((ident, way, ssrc), {'roc': u32(roc)})
            direction = self.table[ident]['send' if way == SEND else 'recv']
            for name, index, block in (
                    ('rtp', None if seq is None else roc << 16 | seq, 'rtp-block'),
                    ('srtcp', srtcp, 'srtcp-block')):
                if index is None or way == RECV:
                    continue
                size = number(direction.get(block, b''))
                limit = name + '-limit'
                if size and limit not in stream:
                    stream[limit] = u64(index + size)
                if limit in stream and index >= number(stream[limit]):
                    self.tell('stream-report-ntf',
                              self.stream_bytes((ident, way, ssrc)))
                    return False
            if seq is not None:
                stream.update(roc=u32(roc), seq=u16(seq))
                if way == RECV:
                    stream['rtp-replay'] = b'\1' + bytes(15)
            if srtcp is not None:
                stream['srtcp-index'] = u32(srtcp)
            if told:
                self.tell('stream-report-ntf', self.stream_bytes((ident, way, ssrc)))
            return True

    def next_srtcp(self, ident, ssrc):
        """The SRTCP index that the kernel would use next."""
        with self.lock:
            stream = self.streams.get((ident, SEND, ssrc), {})
            start = number(self.table[ident]['send'].get('srtcp-start', u32(1)))
            if 'srtcp-index' in stream:
                return number(stream['srtcp-index']) + 1
            return start

    def is_at_work(self, group=7):
        return (self.leases.get(group) or 0) > boottime()

    def sessions_of(self, group=7):
        with self.lock:
            return sorted(number(one['local-port'][::-1]) for one in self.table.values()
                          if number(one.get('lease', b'')) == group)

    def by_port(self, port):
        with self.lock:
            return next(ident for ident, one in self.table.items()
                        if one['local-port'] == struct.pack('>H', port))

    def has(self, port, ssrc, way=SEND):
        """A stream of a call that may be made anew at any time: {name: number}."""
        with self.lock:
            for ident, one in self.table.items():
                if one['local-port'] == struct.pack('>H', port):
                    return {name: number(value) for name, value in
                            self.streams.get((ident, way, ssrc), {}).items()}
        return {}

    def comes(self, port, ssrc):
        """The SRTCP index that a call's stream would use next."""
        with self.lock:
            return self.next_srtcp(self.by_port(port), ssrc)

    def lose_events(self):
        self.tell('lost', b'')

    # the kernel's side

    def session_bytes(self, ident):
        return encode(SESSION, {'id': u32(ident), **self.table[ident]})

    def stream_bytes(self, key):
        return encode(STREAM, {'session-id': u32(key[0]), 'direction': u32(key[1]),
                               'ssrc': u32(key[2]), **self.streams[key]})

    def lease_bytes(self, ident):
        until = self.leases[ident]
        return encode(LEASE, {'id': u32(ident), 'clock': u64(boottime()),
                              **({'until': u64(until)} if until is not None else {})})

    def forget(self, ident):
        del self.table[ident]
        self.masters.pop(ident, None)
        for key in [key for key in self.streams if key[0] == ident]:
            del self.streams[key]

    def tell(self, command, attrs):
        for waiting in list(self.listeners):
            waiting.put(self._event(command, attrs))

    @staticmethod
    def _post(sock, waiting):
        """Send events to a listener that has its own pace."""
        try:
            while (event := waiting.get()) is not None:
                sock.send(event)
        except OSError:
            pass

    def _talk(self, sock):
        waiting = None
        with sock:
            try:
                while True:
                    data = sock.recv(1 << 17)
                    if not data:
                        return
                    if struct.unpack_from('=IH', data)[1] != NLMSG_NOOP:
                        with self.lock:
                            parts = list(self._answer(data))
                        for part in parts:
                            sock.send(part)
                    elif not waiting:
                        # as much room as the kernel gives, if that is allowed
                        with contextlib.suppress(OSError):
                            sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 16 << 20)
                        waiting = queue.SimpleQueue()
                        self.listeners.append(waiting)
                        threading.Thread(target=self._post, args=(sock, waiting),
                                         daemon=True).start()
            except OSError:
                return
            finally:
                if waiting:
                    self.listeners.remove(waiting)
                    waiting.put(None)

    def _note(self, command, attrs):
        kind = command.split('-')[0]
        told = {}
        for number_, value in attrs:
            name = NAMES[kind][number_]
            if kind == 'session' and name in ('send', 'recv'):
                value = {DIRECTION[k]: v for k, v in parse(value)}
            told[name] = value
        self.asked.append((command, told))
        if command in self.denied:
            return [], self.denied[command]
        if self.unknown.get(command) in told:
            return [], 22
        return getattr(self, '_' + command.replace('-', '_'))(told)

    def _session_new(self, told):
        told = dict(told)
        if told.pop('replace', None) is not None:
            for ident, one in list(self.table.items()):
                if all(one.get(name) == told.get(name) for name in
                       ('local-address', 'local-port', 'remote-address', 'remote-port')):
                    self.forget(ident)
        self.last += 1
        self.masters[self.last] = []
        for way, name in (SEND, 'send'), (RECV, 'recv'):
            direction = told.get(name)
            if direction and 'sealed' in direction:
                key = {'direction': u32(way), 'from': u64(0), 'to': u64(2 ** 48 - 1),
                       'state': u32(2), 'sealed': direction.pop('sealed')}
                for part in OF_KEY:
                    if part in direction:
                        key[part] = direction.pop(part)
                self.masters[self.last].append(key)
        self.table[self.last] = told
        self.leases.setdefault(number(told.get('lease', b'')), None)
        answer = self.session_bytes(self.last)
        self.tell('session-new-ntf', answer)
        return [answer], 0

    def _session_set(self, told):
        session = self.table.get(number(told['id']))
        if session is None:
            return [], 2
        for way in 'send', 'recv':
            if way in told:
                session[way].update(told[way])
        self.tell('session-set-ntf', self.session_bytes(number(told['id'])))
        return [], 0

    def _session_del(self, told):
        ident = number(told['id'])
        if ident not in self.table:
            return [], 2
        answer = self.session_bytes(ident)
        self.forget(ident)
        self.tell('session-del-ntf', answer)
        return [], 0

    def _session_get(self, told):
        if 'id' not in told:
            return [self.session_bytes(ident) for ident in self.table], 0
        ident = number(told['id'])
        return ([self.session_bytes(ident)], 0) if ident in self.table else ([], 2)

    def _key_get(self, told):
        wanted = number(told['session-id']) if 'session-id' in told else None
        return [encode(KEY, {'session-id': u32(ident), **key})
                for ident, keys in self.masters.items() for key in keys
                if wanted in (None, ident)], 0

    def _key_new(self, told):
        self.masters[number(told['session-id'])].append(
            {'state': u32(2), **{name: value for name, value in told.items()
                                 if name != 'session-id'}})
        return [], 0

    def _stream_get(self, told):
        wanted = number(told['session-id']) if 'session-id' in told else None
        return [self.stream_bytes(key) for key in self.streams
                if wanted in (None, key[0])], 0

    def _stream_set(self, told):
        key = tuple(number(told.pop(name)) for name in
                    ('session-id', 'direction', 'ssrc'))
        if key[0] not in self.table:
            return [], 2
        stream = self.streams.get(key, {})
        if key[1] == SEND:
            top, now = [number(one.get('roc', b'')) << 16 | number(one.get('seq', b''))
                        for one in (told, stream)]
            if ('seq' in told and top < now) or (
                    'srtcp-index' in told and number(told['srtcp-index']) <
                    number(stream.get('srtcp-index', b''))):
                return [], 22
        elif key not in self.streams and 'roc' not in told:
            return [], 2
        self.streams[key] = {'roc': u32(0), **stream, **told}
        return [], 0

    def _lease_set(self, told):
        ident = number(told['id'])
        self.leases[ident] = (number(told['until']) if 'until' in told else
                              boottime() + number(told['duration']) * 10 ** 6)
        return [self.lease_bytes(ident)], 0

    def _lease_get(self, told):
        ident = number(told['id'])
        return ([self.lease_bytes(ident)], 0) if ident in self.leases else ([], 2)

    def _lease_del(self, told):
        ident = number(told['id'])
        if any(number(one.get('lease', b'')) == ident for one in self.table.values()):
            return [], 16
        return [], 0 if self.leases.pop(ident, 2) != 2 else 2

    def _require_get(self, told):
        return [encode(REQUIRE, {'id': u32(ident), **rule})
                for ident, rule in self.rules.items()], 0

    def _require_new(self, told):
        if any({**told, 'lease': b''} == {**rule, 'lease': b''}
               for rule in self.rules.values()):
            return [], 17
        ident = self.rule(**told)
        return [encode(REQUIRE, {'id': u32(ident), **told})], 0

    def _require_del(self, told):
        return [], 0 if self.rules.pop(number(told['id']), None) else 2

    def _attach_get(self, told):
        return [encode(ATTACH, {'ifindex': u32(one)}) for one in self.attached], 0

    def _seal_set(self, told):
        self.seals.append(told)
        return [], 0
