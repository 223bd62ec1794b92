#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Colours, columns and lines that fit: on a terminal, and there alone."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from fake_kernel import STAT, STATS, FakeKernel, number_of
from genl import attr, nest
from ksrtp_test import KSRTP, SUITES, main

# nft is not to be found, or it would ask the same kernel
NOWHERE = '/nonexistent'


def in_terminal(fake, columns, *words, lines=25, **environment):
    """What the tool writes to a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ,
                struct.pack('4H', lines, columns, 0, 0))
    process = subprocess.Popen(
        [KSRTP, *words], stdout=theirs, stderr=theirs,
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


if __name__ == '__main__':
    main(doctor, columns)
