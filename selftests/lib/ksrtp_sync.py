# SPDX-License-Identifier: GPL-2.0
"""ksrtp-sync and its store, for tests: each with what it needs in a folder of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from ksrtp_test import BUILD
from started import started

SYNC = os.environ.get('KSRTP_SYNC') or os.path.join(BUILD, 'ksrtp-sync')
# one program of many names; the package of this one has no service
STORE = os.environ.get('KSRTP_STORE') or shutil.which('redis-check-rdb')
KEYS = '1 ' + '11' * 32 + '\n'


def wait(wanted, what='', seconds=60):
    """Until it is true; patiently."""
    end = time.monotonic() + seconds
    while not (got := wanted()):
        if time.monotonic() > end:
            raise TimeoutError('never: %s' % what)
        time.sleep(0.02)
    return got


class Store:
    """A Redis of our own, or a Valkey, at a path."""

    def __init__(self, *words, run=subprocess.Popen):
        started.append(self)
        self.dir = tempfile.mkdtemp(prefix='ksrtp-store-')
        self.path = os.path.join(self.dir, 'socket')
        self.words, self.run = words, run
        self.process = self.sock = None
        self.start()

    @property
    def place(self):
        return 'unix:' + self.path

    def start(self):
        self.process = self.run(
            ['redis-server', '--port', '0', '--unixsocket', self.path, '--save', '',
             '--dir', self.dir, '--loglevel', 'warning', *self.words],
            executable=STORE, stdout=subprocess.DEVNULL)
        wait(self.reach, 'a store')

    def reach(self):
        try:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(60)
            self.sock.connect(self.path)
            self.stream = self.sock.makefile('rb')
            return self.ask('PING') == b'PONG'
        except OSError:
            return False

    def stop(self):
        self.process.kill()
        self.process.wait()

    def freeze(self, frozen):
        self.process.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)

    def close(self):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def ask(self, *words):
        words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.sock.sendall(b'*%d\r\n' % len(words) + b''.join(
            b'$%d\r\n%s\r\n' % (len(word), word) for word in words))
        return self._answer()

    def _answer(self):
        line = self.stream.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b'$':
            if rest == b'-1':
                return None
            data = self.stream.read(int(rest) + 2)
            return data[:-2]
        if kind == b'*':
            return [self._answer() for _ in range(int(rest))]
        if kind == b'-':
            raise RuntimeError(rest.decode())
        return int(rest) if kind == b':' else rest

    def records(self, group=7):
        flat = self.ask('HGETALL', 'ksrtp:{%d}:records' % group)
        records = dict(zip(flat[::2], flat[1::2]))
        # counts the others
        records.pop(b'census', None)
        return records

    def lease(self, group=7):
        return (self.ask('GET', 'ksrtp:{%d}:lease' % group) or b'').decode()


class Sync:
    """ksrtp-sync, beside a kernel: a fake one, or that of a host of the tests."""

    def __init__(self, name, kernel, store, *words, group=7, keys=KEYS, rings=(),
                 start=None):
        started.append(self)
        self.dir = tempfile.mkdtemp(prefix='ksrtp-sync-')
        self.control = os.path.join(self.dir, 'control')
        self.keys = os.path.join(self.dir, 'keys')
        with open(self.keys, 'w', opener=lambda path, flags: os.open(path, flags, 0o600)) \
                as file:
            file.write(keys)
        self.words = ['host', name, 'group', str(group), 'control', self.control]
        if not rings:
            self.words += ['cluster-key-file', self.keys]
        for ring in rings:
            self.words += ['cluster-key-ring', ring]
        # or Sentinel tells where that is
        if store:
            self.words += ['store', getattr(store, 'place', store)]
        self.words += map(str, words)
        self.kernel, self.how, self.process = kernel, start, None
        self.start()

    def start(self):
        self.log = open(os.path.join(self.dir, 'log'), 'a+')
        if self.how:
            self.process = self.how(SYNC, *map(str, self.words), stdout=self.log,
                                    stderr=self.log)
        else:
            self.process = subprocess.Popen(
                [SYNC, *map(str, self.words)], stdout=self.log, stderr=self.log,
                # who looks for lost memory traces, which is not allowed there
                env=dict(os.environ, LD_PRELOAD=self.kernel.shim,
                         KSRTP_FAKE_KERNEL=self.kernel.path,
                         ASAN_OPTIONS='detect_leaks=0:verify_asan_link_order=0'))
        wait(self._reached, 'ksrtp-sync')

    def _reached(self):
        if self.process.poll() is not None:
            raise RuntimeError('ksrtp-sync: ' + self.said())
        try:
            self.ask('status')
            return True
        except OSError:
            return False

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def ask(self, command, **more):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(60)
            sock.connect(self.control)
            stream = sock.makefile('rw')
            stream.write(json.dumps({'command': command, **more}) + '\n')
            stream.flush()
            return json.loads(stream.readline())

    def status(self):
        return self.ask('status')['status']

    def group(self):
        return self.status()['groups'][0]

    def take(self, group=7):
        return self.ask('take', group=group)

    def until(self, **wanted):
        """Wait for a status of the group."""
        try:
            return wait(lambda: (lambda now: all(now[name] == value for name, value in
                                                 wanted.items()) and now)(self.group()),
                        wanted)
        except TimeoutError:
            raise RuntimeError('not %s: %s\n%s' % (wanted, self.status(), self.said()))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def freeze(self, frozen):
        self.process.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)

    def end(self):
        self.process.terminate()
        return self.process.wait()

    def close(self):
        if self.process.poll() is None:
            self.kill()
        self.log.close()
        shutil.rmtree(self.dir, ignore_errors=True)
