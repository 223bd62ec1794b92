# SPDX-License-Identifier: GPL-2.0
"""Have allocations fail, those that are made on behalf of some code."""

import errno
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from genl import Refused

DEBUG = '/sys/kernel/debug/'


def put(name, value):
    for kind in ('failslab/', 'fail_page_alloc/'):
        if os.path.exists(DEBUG + kind + name):
            open(DEBUG + kind + name, 'w').write(str(value))


def module_range():
    """Where the module's code lies: what allocates on its behalf comes by."""
    found = [int(line.split()[0], 16) for line in open('/proc/kallsyms')
             if line.rstrip().endswith('[ksrtp]') and line.split()[1] in 'tT']
    return min(found), max(found) + 4096


def within(start, end):
    put('require-start', hex(start))
    put('require-end', hex(end))


def ready():
    """Set fault injection up; False if this kernel has none."""
    if not os.path.exists(DEBUG + 'failslab/require-start'):
        return False
    put('probability', 0)
    put('verbose', 0)
    put('task-filter', 'N')
    put('ignore-gfp-wait', 'N')
    put('stacktrace-depth', 32)
    put('min-order', 0)
    within(*module_range())
    return True


class Nth:
    """Within, this thread's nth allocation for the module fails."""

    def __init__(self, n):
        self.n, self.hit = n, False
        self.file = os.open('/proc/thread-self/fail-nth', os.O_RDWR)

    def __enter__(self):
        os.pwrite(self.file, b'%d' % self.n, 0)
        return self

    def __exit__(self, *unused):
        self.hit = os.pread(self.file, 16, 0).strip() == b'0'
        os.pwrite(self.file, b'0', 0)
        os.close(self.file)


def symbol(name):
    """Where a function of the kernel's lies."""
    found = sorted({(int(line.split()[0], 16), line.split()[2])
                    for line in open('/proc/kallsyms')
                    if '[' not in line and line.split()[1] in 'tT'})
    at = [one for start, one in found].index(name)
    return found[at][0], found[at + 1][0]


def walk(tap, name, step, state=None, undo=None):
    """Let one allocation after the other fail.

    Each failure is told by an error, and leaves the state as it was; or else the
    command did without that memory, and has done its work."""
    before = state and state()
    refused = passed = 0
    wrong = []
    for n in range(1, 2000):
        with Nth(n) as nth:
            try:
                step()
                code = 0
            except Refused as error:
                code = error.errno
        if not nth.hit:
            break
        if code not in (0, errno.ENOMEM, errno.E2BIG, errno.EOPNOTSUPP):
            wrong.append((n, errno.errorcode.get(code, code)))
        if code:
            refused += 1
            if state and state() != before:
                wrong.append((n, 'changed'))
        else:
            passed += 1
            if undo:
                undo()
            elif state:
                before = state()
    tap.ok(refused and not code and not wrong,
           '%s: %d allocations fail and are told, %d can be spared' %
           (name, refused, passed), (code, wrong))
