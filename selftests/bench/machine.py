# SPDX-License-Identifier: GPL-2.0
"""The user-mode kernel that measures, and what it is told to."""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get('KSRTP_BUILD', TOP + '/build')

# an AEAD or not; lengths of session keys, and of master key and salt, in bytes
SUITES = {
    'AES_CM_128_HMAC_SHA1_80': {'aead': 0, 'key': 16, 'master': 30},
    'AES_256_CM_HMAC_SHA1_80': {'aead': 0, 'key': 32, 'master': 46},
    'AEAD_AES_128_GCM': {'aead': 1, 'key': 16, 'master': 28},
    'AEAD_AES_256_GCM': {'aead': 1, 'key': 32, 'master': 44},
}


def say(text):
    print('== ' + text, file=sys.stderr, flush=True)


def output(*args):
    return subprocess.run(args, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


# Memory in large pages, as a kernel has it that runs on hardware.
LARGE_PAGES = ['unshare', '-m', 'sh', '-c',
               'mount -t tmpfs -o huge=always,mode=700 memory "$0" && '
               'TMPDIR=$0 exec "$@"']


def module_files(variant):
    """Modules of a kernel in the order to load them."""
    kernel = BUILD + '/uml/' + variant
    return {
        'aesni_intel': kernel + '/aesni/aesni-intel.ko',
        'ksrtp': kernel + '/modules/ksrtp.ko',
        'ksrtp_bench': kernel + '/modules/selftests/bench/ksrtp_bench.ko',
    }


def machine(variant, plan, out, before=()):
    """Run inside.py in a user-mode kernel, with words before its command; what
    it found."""
    plan = dict(plan, modules=module_files(variant))
    path = '%s/plan-%s.json' % (out, variant)
    with open(path, 'w') as file:
        json.dump(plan, file, indent=1)
    os.makedirs(out + '/memory', exist_ok=True)
    words = LARGE_PAGES + [out + '/memory'] + list(before) + [
        BUILD + '/uml/' + variant + '/linux', 'mem=%dM' % plan['memory'],
        'seccomp=on', 'root=/dev/root', 'rootfstype=hostfs', 'rootflags=/',
        'ro', 'init=' + HERE + '/init', 'con=null', 'con0=null,fd:1', 'quiet',
        'KSRTP_BENCH_PLAN=' + path]
    if variant == 'smp':
        words.append('ncpus=2')
    found, code = [], None
    with subprocess.Popen(words, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors='replace') as process, \
            open('%s/kernel-%s.log' % (out, variant), 'w') as log:
        for line in process.stdout:
            log.write(line)
            if line.startswith('BENCH '):
                one = dict(json.loads(line[6:]), kernel=variant)
                found.append(one)
                say(' '.join([one['what']] + [
                    str(one[key]) for key in ('suite', 'sessions', 'payload')
                    if key in one]))
            elif line.startswith('BENCH-CODE'):
                code = int(line.split()[1])
    if code != 0:
        sys.exit('error: the machine that measures failed: ' + log.name)
    return found
