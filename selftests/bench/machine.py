# SPDX-License-Identifier: GPL-2.0
"""The user-mode kernel that measures, and what it is told to."""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get('KSRTP_BUILD', TOP + '/build')

# number in netlink, an AEAD or not; lengths of keys and of master salt in bytes
SUITES = {
    'AES_CM_128_HMAC_SHA1_80': {'id': 1, 'aead': 0, 'key': 16, 'salt': 14},
    'AES_256_CM_HMAC_SHA1_80': {'id': 3, 'aead': 0, 'key': 32, 'salt': 14},
    'AEAD_AES_128_GCM': {'id': 5, 'aead': 1, 'key': 16, 'salt': 12},
    'AEAD_AES_256_GCM': {'id': 6, 'aead': 1, 'key': 32, 'salt': 12},
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


def watch(words, kind, out, last=None):
    """Run a machine; what inside.py has found in it. Its status follows the word
    last at the start of a line, or is that of the machine."""
    found, code = [], None
    with subprocess.Popen(words, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors='replace') as process, \
            open('%s/kernel-%s.log' % (out, kind), 'w') as log:
        for line in process.stdout:
            log.write(line)
            if line.startswith('BENCH '):
                one = dict(json.loads(line[6:]), kernel=kind)
                found.append(one)
                say(' '.join([one['what']] + [
                    str(one[key]) for key in ('suite', 'sessions', 'payload')
                    if key in one]))
            elif last and line.startswith(last):
                code = int(line.split()[1])
    if (code if last else process.returncode) != 0:
        sys.exit('error: the machine that measures failed: ' + log.name)
    return found


def write_plan(plan, kind, out):
    path = '%s/plan-%s.json' % (out, kind)
    with open(path, 'w') as file:
        json.dump(plan, file, indent=1)
    return path


def virtual(kernel, plan, out):
    """Run inside.py in a virtual machine, with a packaged kernel."""
    modules = '%s/%s/' % (BUILD, kernel)
    # it loads those of nftables by itself
    path = write_plan(dict(plan, tables=[], modules={
        name: modules + name + '.ko' for name in ('ksrtp', 'ksrtp_bench')}),
        kernel, out)
    return watch([TOP + '/selftests/vm/run', '--kernel', kernel, '--timeout',
                  '7200', '--mem', str(plan['memory']), '--out', out + '/vm',
                  '--', '/usr/bin/python3', HERE + '/inside.py', path],
                 kernel, out)


def itself(kernel, plan, out):
    """Run programs.py here, in namespaces of its own."""
    return watch(['unshare', '-n', '-m', HERE + '/programs.py',
                  str(plan['programs']), str(plan['turns']),
                  BUILD + '/rtp-send'], kernel, out)


def machine(variant, plan, out, before=()):
    """Run inside.py in a user-mode kernel, with words before its command; what
    it found."""
    path = write_plan(dict(plan, modules=module_files(variant),
                           tables=['%s/uml/%s/net/netfilter/%s.ko' % (
                               BUILD, variant, name)
                               for name in ('nf_tables', 'nft_ct')],
                           beside='%s/uml/%s/beside/ksrtp.ko' % (BUILD, variant)
                           if plan.get('beside') else None), variant, out)
    os.makedirs(out + '/memory', exist_ok=True)
    words = LARGE_PAGES + [out + '/memory']
    if variant == 'up':
        # its processes run one at a time, and wake each other: from another processor
        # that takes several times as long
        words += ['taskset', '-c', str(max(os.sched_getaffinity(0)))]
    words += list(before) + [
        BUILD + '/uml/' + variant + '/linux', 'mem=%dM' % plan['memory'],
        'seccomp=on', 'root=/dev/root', 'rootfstype=hostfs', 'rootflags=/',
        'ro', 'init=' + HERE + '/init', 'con=null', 'con0=null,fd:1', 'quiet',
        'KSRTP_BENCH_PLAN=' + path,
        'KSRTP_KEPT=' + ':'.join((TOP, os.path.abspath(BUILD), out))]
    if variant == 'smp':
        words.append('ncpus=2')
    return watch(words, variant, out, 'BENCH-CODE')
