#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Documentation/tutorial.rst, typed as it stands, shows what it says."""

import os
import re
import selectors
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import BUILD, main, run

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    '../../Documentation/tutorial.rst')
# long enough for the slowest machine; nothing is judged by it
PATIENCE = 120
HOSTS = ('alice', 'bob')


def steps(text):
    """Each command of the page, and what it is said to print."""
    found = []
    for block in re.findall(r'^\.\. code-block:: console\n\n((?:    .*\n|\n)+)',
                            text, re.M):
        more = False
        for line in block.rstrip('\n').split('\n'):
            line = line[4:]
            if line.startswith('# '):
                found.append([line[2:], []])
            elif more:
                found[-1][0] += '\n' + line
            else:
                found[-1][1].append(line)
                continue
            more = line.endswith(('\\', '|'))
    return found


def pattern(lines):
    """The page's "..." is anything: alone, any number of lines."""
    parts = []
    for line in lines:
        if line == '...':
            parts.append(r'(?:.*\n)*?')
        else:
            parts.append('.*'.join(re.escape(part)
                                   for part in line.split('...')) + r'\n')
    return ''.join(parts)


class Shell:
    """One shell, as the reader has."""

    def __init__(self):
        environment = dict(os.environ, LC_ALL='C.UTF-8', TERM='dumb', PATH='%s:%s' % (
            os.path.abspath(BUILD), os.environ['PATH']))
        self.process = subprocess.Popen(
            ['bash'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=environment, start_new_session=True)
        os.set_blocking(self.process.stdout.fileno(), False)
        os.set_blocking(self.process.stderr.fileno(), False)
        self.selector = selectors.DefaultSelector()
        for stream in (self.process.stdout, self.process.stderr):
            self.selector.register(stream, selectors.EVENT_READ)

    def type(self, command):
        """What a command prints, and what it complains of."""
        self.process.stdin.write((command + '\necho "the end"\n').encode())
        self.process.stdin.flush()
        out, err, end = b'', b'', time.monotonic() + PATIENCE
        while not out.endswith(b'the end\n'):
            if time.monotonic() > end or self.process.poll() is not None:
                return out.decode(), err.decode() + '(it does not end)'
            for key, _ in self.selector.select(1):
                read = key.fileobj.read() or b''
                if key.fileobj is self.process.stdout:
                    out += read
                else:
                    err += read
        return out[:-len(b'the end\n')].decode(), err.decode()

    def close(self):
        # what it has started in the background, too
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def tutorial(tap):
    with open(PAGE) as page:
        text = page.read()
    shell = Shell()
    try:
        for command, lines in steps(text):
            out, err = shell.type(command)
            name = ' '.join(command.replace('\\\n', ' ').split())[:70]
            wanted = pattern(lines)
            if not tap.ok(re.fullmatch(wanted, out), name,
                          'printed:\n%ssaid:\n%s\nwanted:\n%s' %
                          (out, err, '\n'.join(lines))):
                break
            if os.environ.get('KSRTP_SHOW'):
                print(out + err)
    finally:
        shell.close()
        for host in HOSTS:
            run('ip', 'netns', 'del', host, check=False)


main(tutorial)
