#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""libksrtp: what it exports, and what it tells a kernel that takes notes."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from fake_kernel import FakeKernel
from ksrtp_test import BUILD, main

LIBRARY = os.path.join(BUILD, 'libksrtp.so.0')
SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       '../../userspace/lib')
# a session of raw keys for sending, then inputs that are wrong
PROGRAM = """
import ctypes, socket, struct, sys
lib = ctypes.CDLL(sys.argv[1])
lib.ksrtp_session_new.restype = ctypes.c_void_p
lib.ksrtp_error.restype = ctypes.c_char_p
handle, number = ctypes.c_void_p(), ctypes.c_uint32()
print(lib.ksrtp_open(ctypes.byref(handle)))
session = ctypes.c_void_p(lib.ksrtp_session_new())
local = struct.pack('=H', socket.AF_INET) + struct.pack('!H', 4000) + \
    bytes((192, 0, 2, 1)) + bytes(8)
print(lib.ksrtp_session_set_local(session, local, 16))
print(lib.ksrtp_session_set(session, 17, 1))
u64 = ctypes.c_uint64
print(lib.ksrtp_direction_set(session, 1, 1, u64(1)))
print(lib.ksrtp_direction_set_bytes(session, 1, 2, b'k' * 16, 16))
print(lib.ksrtp_direction_set_bytes(session, 1, 3, b's' * 14, 14))
print(lib.ksrtp_session_add(handle, session, ctypes.byref(number)),
      number.value)
print(lib.ksrtp_session_set(session, 14, 1))
print(lib.ksrtp_direction_set(session, 3, 1, u64(1)))
print(lib.ksrtp_direction_set(session, 1, 1, u64(1 << 32)))
print(lib.ksrtp_direction_set_bytes(session, 1, 2, b'k' * 256, 256))
print(lib.ksrtp_session_set_local(session, bytes(1), 1))
print(lib.ksrtp_session_add(handle, session, ctypes.byref(number)),
      lib.ksrtp_error(handle).decode())
lib.ksrtp_session_free(session)
lib.ksrtp_close(handle)
"""


def exports(tap):
    lines = subprocess.run(['nm', '-D', '--defined-only', LIBRARY], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    exported = {line.split()[2].split('@')[0] for line in lines
                if line.split()[1] == 'T'}
    header = open(os.path.join(SOURCES, 'libksrtp.h')).read()
    script = open(os.path.join(SOURCES, 'libksrtp.map')).read()
    tap.equal(exported, set(re.findall(r'\b(ksrtp_\w+)\(', header)),
              'the header has what is exported')
    tap.equal(exported, set(re.findall(r'\b(ksrtp_\w+);', script)),
              'and so has the version script')


def library(tap):
    exports(tap)
    kernel = FakeKernel()
    kernel.refuse = {'session-new': 2}
    done = subprocess.run(
        [sys.executable, '-c', PROGRAM, LIBRARY], capture_output=True,
        text=True, env=dict(os.environ, LD_PRELOAD=kernel.shim,
                            KSRTP_FAKE_KERNEL=kernel.path))
    tap.equal(done.stdout.splitlines(),
              ['0'] * 6 + ['0 7', '-22', '-22', '-34', '-34', '-22',
                           '-12 Cannot allocate memory'],
              'what its functions return')
    tap.equal(done.stderr, '', 'it prints nothing')
    command, told = kernel.asked[0]
    send = told['send']
    tap.equal((command, told['local-address'], told['local-port'],
               'owned' in told, send['master-key'], send['master-salt']),
              ('session-new', bytes((192, 0, 2, 1)), b'\x0f\xa0', True,
               b'k' * 16, b's' * 14), 'what the kernel is told')
    kernel.close()


main(library)
