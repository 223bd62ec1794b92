#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The module is loaded, and a namespace made, with every allocation failing once:
neither is there, nor is anything left."""

import ctypes
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from failing import *
from ksrtp_test import *

MODULE = os.path.join(BUILD, os.environ.get('KSRTP_KERNEL', ''), 'ksrtp.ko')
SYS_FINIT_MODULE = 313


def check(result):
    if result:
        raise Refused(ctypes.get_errno(), 'by the kernel', None)


def namespaces(tap):
    own = os.open('/proc/thread-self/ns/net', os.O_RDONLY)

    def make():
        check(LIBC.unshare(CLONE_NEWNET))
        check(LIBC.setns(own, CLONE_NEWNET))

    walk(tap, 'a namespace', make)
    os.close(own)


def module(tap):
    """Those that the kernel makes of its own to load one do not fail."""
    # namespaces of before may still be on their way out
    before = None
    while before != allocated():
        before = allocated()
        time.sleep(1)
    run('rmmod', 'ksrtp')
    within(*symbol('do_one_initcall'))
    file = os.open(MODULE, os.O_RDONLY | os.O_CLOEXEC)
    walk(tap, 'the module',
         lambda: check(LIBC.syscall(SYS_FINIT_MODULE, file, b'', 0)),
         lambda: (loaded(), allocated()), lambda: run('rmmod', 'ksrtp'))
    os.close(file)
    tap.ok(loaded(), 'the module: with no lack of memory, it is there')
    tap.equal(allocated(), before, 'and takes no more than it did')


if not ready():
    print('ok 1 - load # SKIP this kernel has no fault injection\n1..1')
    sys.exit(0)
main(namespaces, module)
