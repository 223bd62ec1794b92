#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The doctor where a kernel refuses to answer, and what it says of the next boot;
of a kernel that is not there."""

import errno
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from fake_kernel import COMMAND, FakeKernel
from ksrtp_test import KSRTP, main

ASKED = ('session-get', 'key-get', 'stat-get')


class Doctor:
    """A fake kernel, and programs that answer what the doctor asks them."""

    def __init__(self):
        self.fake = FakeKernel()
        self.fake.drivers = {}
        self.bin = tempfile.TemporaryDirectory()

    def program(self, name, script):
        path = os.path.join(self.bin.name, name)
        with open(path, 'w') as file:
            file.write('#!/bin/sh\n%s\n' % script)
        os.chmod(path, 0o755)

    def ask(self, *before, words=('-j', 'doctor')):
        return subprocess.run(
            [*before, KSRTP, *words], capture_output=True, text=True,
            env={'PATH': self.bin.name, 'LD_PRELOAD': self.fake.shim,
                 'KSRTP_FAKE_KERNEL': self.fake.path})

    def close(self):
        self.fake.close()
        self.bin.cleanup()


def of(done, check, level=None):
    return [one for one in json.loads(done.stdout) if one['check'] == check and
            level in (None, one['level'])]


def refused(tap):
    doctor = Doctor()
    whole = doctor.ask()
    checks = {one['check'] for one in json.loads(whole.stdout)}
    for command in ASKED:
        doctor.fake.denied = {command: errno.ENOMEM}
        done = doctor.ask()
        tap.ok(done.returncode == 1 and not done.stderr,
               command + ' refused is a problem, no error', done)
        found = [one for one in json.loads(done.stdout)
                 if 'Cannot allocate memory' in one['finding']]
        tap.ok(found and all(one['level'] == 'problem' and one['cause'] and
                             one['remedy'] for one in found),
               command + ': it is told', found)
        left = {one['check'] for one in json.loads(done.stdout)}
        tap.ok({'kernel', 'module', 'crypto', 'nftables', 'buffers'} <= left and
               ('session' in left) and checks - left <= {'require'},
               command + ': the others are there', checks - left)
        text = doctor.ask(words=('doctor',))
        tap.ok(text.returncode == 1 and not text.stderr and
               text.stdout.count('Cannot allocate memory') == len(found) and
               'backlog' in text.stdout, command + ': in words', text)
    doctor.fake.denied = {command: errno.EPERM for command in COMMAND.values()}
    done = doctor.ask()
    tap.ok(done.returncode == 0 and not done.stderr and
           len(of(done, 'privilege', 'note')) == 1 and
           'CAP_NET_ADMIN' in of(done, 'privilege')[0]['cause'] and
           not of(done, 'session') and not of(done, 'drops') and
           of(done, 'crypto') and of(done, 'buffers') and of(done, 'module'),
           'without privilege, what it does not take, and one finding', done)
    text = doctor.ask(words=('doctor',)).stdout
    tap.equal(text.count('CAP_NET_ADMIN'), 1, 'which is told once')
    doctor.close()


def service(tap):
    doctor = Doctor()
    for state, code, count in (('failed', 0, 1), ('active', 1, 0),
                               ('inactive', 1, 0)):
        doctor.program('systemctl', '[ "$*" = "is-failed ksrtp.service" ] || '
                       'exit 3; echo %s; exit %d' % (state, code))
        done = doctor.ask()
        tap.equal(len(of(done, 'service', 'problem')), count,
                  'ksrtp.service is ' + state)
    doctor.close()


def kernels(tap):
    doctor = Doctor()
    top = tempfile.mkdtemp()
    for release in ('6.1.0-1-amd64', '6.12.3+deb13-amd64', '6.0-removed',
                    '7.3 $(touch x)'):
        os.makedirs(os.path.join(top, 'modules', release))
        if 'removed' not in release:
            open(os.path.join(top, 'modules', release, 'modules.order'),
                 'w').close()
    # in the place of the machine's own, or beside its libraries
    inside = ('/usr/bin/unshare', '--mount', '/bin/sh', '-c',
              '/bin/mount --bind %s/modules /lib/modules 2>/dev/null || '
              '/bin/mount -t overlay overlay -o lowerdir=%s:/usr/lib /usr/lib && '
              'exec "$0" "$@"' % (top, top))
    if subprocess.run([*inside, '/bin/true'], capture_output=True).returncode:
        tap.skip('kernels that are installed', 'needs root, and mounts')
        return
    has = 'case "$2" in %s) echo x;; *) exit 1;; esac'
    for pattern, wanted in (('*', 0), ('none', 0), ('6.12*', 1)):
        doctor.program('modinfo', has % pattern)
        found = of(doctor.ask(*inside), 'boot', 'problem')
        tap.equal(len(found), wanted, 'kernels with a module: ' + pattern)
    tap.ok('1 of 2 installed kernels' in found[0]['finding'] and
           '6.1.0-1-amd64' in found[0]['remedy'], 'one lacks it', found)
    subprocess.run(['rm', '-r', top], check=True)
    doctor.close()


main(refused, service, kernels)
