#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A batch that goes on: rules are made whatever becomes of other lines."""

import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *

BATCH = '''# what a host may have in its configuration
require add port 5000-5999
nonsense
session add local any:5000 rtcp-mux send suite NO_SUCH_SUITE
session add local any:5000 rtcp-mux "a quote that does not end
session add local any:5000 rtcp-mux
require add port 6000 dev no-such-device
require add port 6000-6999
'''


def failures(tap):
    a = Host('a')
    done = a.ksrtp('-b', '-', input=BATCH, check=False)
    tap.ok(done.returncode == 2 and len(a.json('require', 'show')) == 1,
           'without -f the first failure is the end', done)
    a.ksrtp('require', 'del', 'id', 1)

    with tempfile.NamedTemporaryFile('w', dir='/run') as file:
        file.write(BATCH)
        file.flush()
        for name, words, text in (
                ('a file', (file.name,), ''), ('standard input', ('-',), BATCH)):
            done = a.ksrtp('-f', '-b', *words, input=text, check=False)
            lines = done.stderr.splitlines()
            where = 'stdin' if text else file.name
            tap.equal(done.returncode, 1, name + ': the status tells of failures')
            wanted = ['ksrtp: %s:%d: ' % (where, n) for n in (3, 4, 5, 7)]
            tap.ok(len(lines) == 5 and all(
                line.startswith(start) for line, start in zip(lines, wanted)),
                   name + ': each is told in a line, with its place', done.stderr)
            tap.ok(lines[-1] == 'ksrtp: 4 of the commands failed; the others '
                   'have been carried out', name + ': then how many', lines[-1])
            tap.equal([(rule['first-port'], rule['last-port']) for rule in
                       a.json('require', 'show')], [(5000, 5999), (6000, 6999)],
                      name + ': all rules that make sense are there')
            tap.equal(len(a.json('session', 'show')), 1, name + ': the session too')
            for rule in a.json('require', 'show'):
                a.ksrtp('require', 'del', 'id', rule['id'])
            a.ksrtp('session', 'flush')


def again(tap):
    """What is there stays as it is."""
    a = Host('a')
    good = ''.join(line + '\n' for line in BATCH.splitlines()
                   if line.startswith('require add port 5') or
                   line.endswith('5000 rtcp-mux'))
    for round in ('first', 'second'):
        done = a.ksrtp('-f', '-b', '-', input=good, check=False)
        tap.ok(not done.returncode, round + ' time', done)
        shown = a.json('session', 'show'), a.json('require', 'show')
        tap.equal((len(shown[0]), len(shown[1])), (1, 1),
                  'there is one of each')
    tap.ok('stdin:1: there is a rule that says just that' in done.stderr and
           'stdin:2: another session has this flow' in done.stderr and
           done.stderr.count('\n') == 2, 'what was there is told', done.stderr)
    tap.equal((shown[0][0]['id'], shown[1][0]['id']), (1, 1), 'and has stayed')

    done = a.ksrtp('-f', '-b', '-', check=False,
                   input='session add local any:4999 local-rtcp-port 5000\n')
    tap.ok(done.returncode == 1 and 'RTCP' in done.stderr,
           'ports that another session takes are a failure', done)
    done = a.ksrtp('-f', '-b', '-', input='', check=False)
    tap.ok(not done.returncode and not done.stderr, 'nothing to do, nothing said',
           done)


main(failures, again)
