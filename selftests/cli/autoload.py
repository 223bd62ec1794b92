#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The kernel loads the module when the tool asks for its family."""

import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import (BUILD, KSRTP, loaded, main, module_users,
                        need_machine, run)

MODULES = os.path.join('/lib/modules', os.uname().release)


def listeners():
    """Sockets of generic netlink that are in a group."""
    with open('/proc/net/netlink') as file:
        rows = [line.split() for line in file]
    return [row for row in rows if row[1] == '16' and int(row[3], 16)]


def autoload(tap):
    module_users()
    monitor = subprocess.Popen([KSRTP, 'monitor'], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    for wait in range(600):
        if listeners():
            break
        time.sleep(0.1)
    run('rmmod', 'ksrtp')
    said = monitor.communicate(timeout=120)
    tap.ok(monitor.returncode == 1 and not said[0] and
           'module was unloaded' in said[1] and said[1].count('\n') == 1,
           'monitor tells that the module goes, and ends', said)
    done = run(KSRTP, 'stat', check=False)
    tap.ok(done.returncode == 1 and 'modprobe ksrtp' in done.stderr and
           done.stderr.count('\n') == 1, 'no module to be found is said so', done)
    # modules of the machine are read-only; ours comes beside them
    os.makedirs('/run/modules')
    run('mount', '-t', 'tmpfs', 'modules', '/run/modules')
    for name in ('upper', 'work'):
        os.makedirs('/run/modules/' + name)
    run('mount', '-t', 'overlay', 'overlay', '-o', 'lowerdir=%s,'
        'upperdir=/run/modules/upper,workdir=/run/modules/work' % MODULES,
        MODULES)
    os.makedirs(MODULES + '/updates')
    module = shutil.copy(os.path.join(BUILD, os.environ['KSRTP_KERNEL'],
                                      'ksrtp.ko'), MODULES + '/updates')
    # of all others, which takes minutes, those it needs are loaded
    run('depmod', os.uname().release, module)
    tap.ok(not loaded(), 'the module is not loaded')
    done = run(KSRTP, 'stat', check=False)
    tap.ok(not done.returncode and not done.stderr, 'the tool finds the family',
           done)
    tap.ok(loaded(), 'and the kernel has loaded the module for it')


need_machine()
main(autoload)
