#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The tool without a kernel: help, and refusal of what makes no sense."""

import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import KSRTP, main

ADD = 'session add local any:5000 '

# command line, and what the one line on stderr says
BAD = (
    ('', 'no object given'),
    ('sesion show', "unknown object 'sesion'"),
    ('-x session show', "unknown option '-x'"),
    ('-n', '-n: value missing'),
    ('-n no-such-netns session show', 'no-such-netns: No such file'),
    ('-n ../x session show', "'../x' is not the name"),
    ('-b', '-b: value missing'),
    ('-b /no/such/file', '/no/such/file: No such file'),
    ('-b - session show', "unknown word 'session'"),
    ('session remove', "session: unknown command 'remove'"),
    ('stream frob', "stream: unknown command 'frob'"),
    ('suite add', "suite: unknown command 'add'"),
    ('suite show me', "unknown word 'me'"),
    ('monitor all', "unknown word 'all'"),
    ('session add local', 'local: value missing'),
    ('session add local nonsense', "local: 'nonsense' is not an address"),
    ('session add local 1.2.3.4:', "local: '' is not a number"),
    ('session add local 1.2.3.4:0', 'local: 0 is not within 1..65535'),
    ('session add local 1.2.3.4:65536', 'local: 65536 is not within'),
    ('session add local 1.2.3.4:12x', "local: '12x' is not a number"),
    ('session add local 1.2.3.4:-1', "local: '-1' is not a number"),
    ('session add local [::1', "local: '[::1' is not [ADDRESS]:PORT"),
    ('session add local [::1]x', "local: '[::1]x' is not [ADDRESS]:PORT"),
    ('session add remote 1.2.3', "remote: '1.2.3' is not an address"),
    (ADD + 'local any:5002', 'local: given twice'),
    (ADD + 'dev no-such-dev', "dev: no interface 'no-such-dev'"),
    (ADD + 'family inet4', "family: 'inet4' is neither"),
    (ADD + 'rtcp-mux rtcp-mux', 'rtcp-mux: given twice'),
    (ADD + 'local-rtcp-port 0', 'local-rtcp-port: 0 is not within'),
    (ADD + 'remote-rtcp-port x', "remote-rtcp-port: 'x' is not a number"),
    (ADD + 'max-streams 0', 'max-streams: 0 is not within 1..65536'),
    (ADD + 'max-streams 65537', 'max-streams: 65537 is not within'),
    (ADD + 'frobnicate', "unknown word 'frobnicate'"),
    (ADD + 'suite AEAD_AES_128_GCM', "unknown word 'suite'"),
    (ADD + 'send send', 'send: given twice'),
    (ADD + 'send replay-window 63', 'replay-window: 63 is not within'),
    (ADD + 'send replay-window 32769', 'replay-window: 32769 is not within'),
    (ADD + 'send key 00', 'key: others can see a command line'),
    (ADD + 'send key-file /no/such', 'key-file: /no/such: No such file'),
    (ADD + 'send key-file /dev/null', 'key-file: /dev/null: no key in it'),
    (ADD + 'send insecure-key ' + 'a' * 300, 'key: longer than any key'),
    (ADD + 'send insecure-key 00 insecure-key 00', 'key: given twice'),
    (ADD + 'send insecure-key 00', 'send: a key needs its suite'),
    ('session set id', 'id: value missing'),
    ('session set id 0', 'id: 0 is not within'),
    ('session set id 1 rtcp-mux', "unknown word 'rtcp-mux'"),
    ('session del id 1 local any:5000', 'id: names the session'),
    ('session del id 1 max-streams 3', "unknown word 'max-streams'"),
    ('session flush id 1', "unknown word 'id'"),
)


def usage(tap):
    for words, text in BAD:
        done = subprocess.run([KSRTP, *words.split()], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL)
        good = (done.returncode == 2 and text in done.stderr and
                done.stderr.count('\n') == 1 and not done.stdout and
                done.stderr.startswith('ksrtp: '))
        if 'not loaded' in done.stderr:
            tap.skip('refused: ' + words, 'needs the kernel')
        else:
            tap.ok(good, 'refused: ' + (words or '(nothing)')[:60],
                   (done.returncode, done.stdout, done.stderr))


def helps(tap):
    for words in ('-h', 'help', 'session help', 'stream help', 'suite help',
                  'monitor help', '-V'):
        done = subprocess.run([KSRTP, *words.split()], capture_output=True,
                              text=True)
        tap.ok(done.returncode == 0 and done.stdout and not done.stderr,
               'ksrtp ' + words, done)


def batches(tap):
    with tempfile.NamedTemporaryFile('w', suffix='.batch') as file:
        file.write('# a comment\n\nsession help   # and another\n'
                   'session add local nonsense\n')
        file.flush()
        done = subprocess.run([KSRTP, '-b', file.name], capture_output=True,
                              text=True)
        tap.equal((done.returncode, done.stderr),
                  (2, "ksrtp: %s:4: local: 'nonsense' is not an address\n" %
                   file.name), 'a batch names the line that is wrong')


def secrets(tap):
    """A key on the command line is overwritten before anything can block."""
    key = '00112233445566778899aabbccddeeff' * 2
    process = subprocess.Popen(
        [KSRTP, 'session', 'add', 'local', 'any:5000', 'send', 'insecure-key',
         key, 'recv', 'key-file', '-'], stdin=subprocess.PIPE,
        stderr=subprocess.PIPE)
    deadline = time.monotonic() + 20
    line = key
    while key in line and time.monotonic() < deadline:
        time.sleep(0.1)
        line = open('/proc/%d/cmdline' % process.pid).read()
    tap.ok(key not in line and 'insecure-key' in line,
           'ps does not show the key', line)
    try:
        os.readlink('/proc/%d/exe' % process.pid)
        status = open('/proc/%d/limits' % process.pid).read()
        core = [l.split()[4] for l in status.splitlines()
                if l.startswith('Max core')]
    except OSError as error:
        core = [str(error)]
    tap.equal(core, ['0'], 'no core file is written')
    process.communicate(b'')


main(usage, helps, batches, secrets)
