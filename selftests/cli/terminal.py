#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Colours, columns and lines that fit: on a terminal, and there alone."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from fake_kernel import SESSION, STAT, STATS, FakeKernel, number_of
from genl import attr, nest
from ksrtp_test import CM, KSRTP, SUITES, main

# nft is not to be found, or it would ask the same kernel
NOWHERE = '/nonexistent'


def in_terminal(fake, columns, *words, lines=25, stdin=None, stdout=None,
                **environment):
    """What the tool writes to a terminal; its output may go elsewhere."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ,
                struct.pack('4H', lines, columns, 0, 0))
    process = subprocess.Popen(
        [KSRTP, *words], stdin=stdin, stdout=stdout or theirs, stderr=theirs,
        env={'PATH': NOWHERE, 'TERM': 'xterm', 'LD_PRELOAD': fake.shim,
             'KSRTP_FAKE_KERNEL': fake.path, **environment})
    os.close(theirs)
    text = b''
    while True:
        try:
            data = os.read(ours, 65536)
        except OSError:
            break
        if not data:
            break
        text += data
    process.wait()
    os.close(ours)
    return text.decode().replace('\r\n', '\n')


def doctor(tap):
    fake = FakeKernel()
    fake.drivers = {name: ('ctr(aes-generic)',) for name in SUITES}
    path, os.environ['PATH'] = os.environ['PATH'], NOWHERE
    plain = fake.ksrtp('doctor').stdout
    os.environ['PATH'] = path
    tap.ok('\033' not in plain and max(map(len, plain.splitlines())) > 120,
           'without a terminal neither colours nor narrow lines', plain)
    for columns in (60, 100):
        text = in_terminal(fake, columns, 'doctor', NO_COLOR='1')
        widths = [len(line) for line in text.splitlines()]
        tap.ok('\033' not in text and columns - 20 < max(widths) <= columns,
               'NO_COLOR, and lines of up to %d columns' % columns,
               (max(widths), text))
        tap.equal(text.split(), plain.split(), 'with all words of it')
    tap.ok('\033[31mproblem\033[0m' in in_terminal(fake, 80, 'doctor'),
           'colours on a terminal')
    tap.ok('\033' not in in_terminal(fake, 80, 'doctor', TERM='dumb'),
           'none on one that has none')
    fake.close()


def columns(tap):
    fake = FakeKernel()
    fake.stat = attr(number_of(STAT, 'sessions'), 12) + nest(
        number_of(STAT, 'recv'), attr(number_of(STATS, 'rtp-packets'),
                                      (10 ** 18).to_bytes(8, 'little')))
    tap.equal(fake.ksrtp('stat').stdout,
              'sessions 12\nrecv rtp-packets 1000000000000000000\n',
              'stat, for programs')
    lines = in_terminal(fake, 80, 'stat').splitlines()
    tap.ok(len(lines) == 2 and len(lines[0]) == len(lines[1]) and
           [line.split()[-1] for line in lines] == ['12', str(10 ** 18)],
           'stat, with numbers below one another', lines)
    fake.close()


ERASE = '\r\033[K'


def progress(tap):
    """Long work tells how far it has come, to who looks at it."""
    fake = FakeKernel()
    with tempfile.TemporaryDirectory() as top:
        def batch(count, *more):
            name = os.path.join(top, 'batch')
            with open(name, 'w') as file:
                file.write('session del id 7\n' * count)
                file.writelines(line + '\n' for line in more)
            return name

        whole = ''.join('%sksrtp: %d lines, %d%%\r' % (ERASE, n, n // 10)
                        for n in range(100, 1001, 100)) + ERASE
        text = in_terminal(fake, 80, '-b', batch(1000))
        tap.equal(text, whole, 'a batch on a terminal, erased at its end')
        with open(os.devnull, 'w') as null:
            text = in_terminal(fake, 80, '-b', batch(1000), stdout=null)
        tap.equal(text, whole, 'and where its output goes elsewhere')
        # which starts a process for each line
        with open(batch(125)) as file:
            text = in_terminal(fake, 80, '-f', '-b', '-', stdin=file)
        tap.equal(text, '%sksrtp: 100 lines, 80%%\r' % ERASE + ERASE,
                  'with -f, from standard input')
        with subprocess.Popen(['cat', batch(250)],
                              stdout=subprocess.PIPE) as cat:
            text = in_terminal(fake, 80, '-b', '-', stdin=cat.stdout)
        tap.equal(text, ''.join('%sksrtp: %d lines\r' % (ERASE, n)
                                for n in (100, 200)) + ERASE,
                  'without percents if nobody knows how much there is')
        tap.equal(in_terminal(fake, 80, '-b', batch(99)), '', 'not of a few lines')
        tap.equal(in_terminal(fake, 80, '-b', batch(1000), TERM='dumb'), '',
                  'nor on a terminal that cannot erase')
        for words in (('-b', batch(1000)), ('-f', '-b', batch(125))):
            done = fake.ksrtp(*words)
            tap.equal((done.returncode, done.stdout, done.stderr), (0, '', ''),
                      'nor without a terminal: ' + ' '.join(words[:-1]))
        # only standard output is one
        ours, theirs = pty.openpty()
        done = subprocess.run(
            [KSRTP, '-b', batch(1000)], stdout=theirs, stderr=subprocess.PIPE,
            env={'TERM': 'xterm', 'LD_PRELOAD': fake.shim,
                 'KSRTP_FAKE_KERNEL': fake.path})
        os.close(theirs)
        tap.equal((done.returncode, done.stderr), (0, b''),
                  'nor if errors go elsewhere')
        os.close(ours)
        fake.stat = attr(number_of(STAT, 'sessions'), 12)
        begun = '%sksrtp: 100 lines, %d%%\r' % (ERASE, 100)
        text = re.sub(r'\d+%', '100%', in_terminal(
            fake, 80, '-b', batch(100, 'stat', 'nonsense')))
        tap.ok(re.match(re.escape(begun + ERASE) + 'sessions +12\n', text) and
               text.endswith('\nksrtp: %s:102: unknown object \'nonsense\'\n' %
                             batch(0)), 'what is printed has a line of its own',
               text)
        text = re.sub(r'\d+%', '100%', in_terminal(
            fake, 80, '-b', batch(100, 'session set id x')))
        tap.ok(text.startswith(begun + ERASE + 'ksrtp: '), 'as have errors', text)

        name = os.path.join(top, 'state')
        with open(name, 'w') as file:
            json.dump({'version': 1, 'requires': [], 'sessions': [
                {'local-port': n, 'keys': [], 'streams': []}
                for n in range(1, 251)]}, file)
        text = in_terminal(fake, 80, 'restore', name)
        tap.equal(text, ''.join('%sksrtp: %d of 250 sessions\r' % (ERASE, n)
                                for n in (100, 200)) + ERASE, 'restore')
        done = fake.ksrtp('restore', name)
        tap.equal((done.returncode, done.stdout, done.stderr), (0, '', ''),
                  'but not without a terminal')
        fake.sessions = [[attr(number_of(SESSION, 'id'), n) +
                          attr(number_of(SESSION, 'orphaned'))
                          for n in range(1, 251)]]
        fake.ksrtp('restore', name)
        tap.equal([sum(command == one for command, _ in fake.asked)
                   for one in ('session-get', 'session-new')], [1, 250],
                  'which asks once what was there, however many are orphans')
        fake.sessions = []
        fake.refuse, fake.is_firm = {'session-new': 150}, True
        fake.asked.clear()
        text = in_terminal(fake, 80, 'restore', name)
        tap.ok(text.startswith('%sksrtp: 100 of 250 sessions\r%sksrtp: ' %
                               (ERASE, ERASE)) and text.count('\n') == 1 and
               'sessions[149]' in text, 'an error takes its place', text)
        fake.refuse, fake.bad = {'stream-set': 3}, []
        fake.asked.clear()
        with open(name, 'w') as file:
            json.dump({'version': 1, 'requires': [], 'sessions': [
                {'local-port': n, 'send': {'suite': CM},
                 'keys': [{'direction': 'send', 'state': 'active', 'sealed': '00' * 64}],
                 'streams': [{'direction': 'send', 'ssrc': '0x%08x' % n,
                              'roc': 0}]} for n in range(1, 41)]}, file)
        done = fake.ksrtp('restore', name)
        told = [command for command, _ in fake.asked]
        tap.ok(done.returncode == 1 and done.stderr.startswith(
            'ksrtp: %s: sessions[2].streams[0]: ' % name) and done.stderr.count('\n') == 1,
            'an error has the place of its request', done.stderr)
        tap.equal((told.count('session-new'), told.count('session-del'), told.count('key-new')),
                  (32, 32, 0), 'no session gets a key before all that go with it have streams')
    fake.close()


if __name__ == '__main__':
    main(doctor, columns, progress)
