# SPDX-License-Identifier: GPL-2.0
"""Keys of the kernel's key service, keyrings(7), which Python does not have."""

import ctypes
import os
import platform

LIBC = ctypes.CDLL(None, use_errno=True)
ADD_KEY, KEYCTL = {
    'x86_64': (248, 250), 'aarch64': (217, 219), 'i686': (286, 288),
    'armv7l': (309, 311), 's390x': (278, 280)}.get(platform.machine(), (-1, -1))
SESSION_KEYRING = -3
GET_KEYRING_ID, JOIN_SESSION, REVOKE, SETPERM, SET_TIMEOUT = 0, 1, 3, 5, 15


def keyctl(*args):
    result = LIBC.syscall(KEYCTL, *args)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, 'keyctl: ' + os.strerror(error))
    return result


def add_key(kind, description, payload):
    """A key of the session's keyring; its serial number."""
    serial = LIBC.syscall(ADD_KEY, kind.encode(), description.encode(),
                          payload, len(payload), SESSION_KEYRING)
    if serial < 0:
        error = ctypes.get_errno()
        raise OSError(error, 'add_key: ' + os.strerror(error))
    return serial


def own_keyring():
    """A keyring for this test alone, which is gone with it. Is there one?"""
    try:
        keyctl(JOIN_SESSION, None)
        add_key('user', 'ksrtp-test', b'x')
    except OSError:
        return False
    return True
