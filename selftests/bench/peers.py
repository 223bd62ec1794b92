# SPDX-License-Identifier: GPL-2.0
"""What is measured beside ksrtp. It comes from elsewhere, and may not be had."""

import subprocess
import sys

from machine import BUILD, HERE, output, say

# {name: (what it is called, the script that builds it)}
PEERS = {
    'openssl': ('libsrtp with OpenSSL', ('build-libsrtp', 'openssl')),
    'debian': ('libsrtp as packaged', ('build-libsrtp', 'debian')),
    'rtpengine': ("rtpengine's module", ('build-rtpengine',)),
}


def build(names):
    """Build peers, as far as that is possible: {name: why it is not there}."""
    missing = {}
    for name in names:
        called, (script, *args) = PEERS[name]
        why = ''
        with subprocess.Popen([HERE + '/' + script] + args, text=True,
                              errors='replace',
                              stderr=subprocess.PIPE) as process:
            for line in process.stderr:
                print(line, end='', file=sys.stderr, flush=True)
                why = line.strip() or why
        if process.returncode:
            # the last word is the script's own
            missing[name] = why.removeprefix('error: ')
            say('going on without %s: %s' % (called, missing[name]))
    return missing


def version(name, suite):
    """Of a peer that is there."""
    if name == 'rtpengine':
        with open(BUILD + '/rtpengine/version') as file:
            return file.read().strip()
    return output(BUILD + '/libsrtp-' + name, suite, '1', '1', '1',
                  '20').splitlines()[0].split()[-1]
