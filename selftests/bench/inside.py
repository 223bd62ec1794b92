#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Runs in the machine that measures; prints what it finds, a JSON a line."""

import json
import os
import subprocess
import sys
import time

TOP = os.environ['KSRTP_TOP']
MODULES = os.environ['KSRTP_BENCH_MODULES'].split(':')
TOOL = os.environ['KSRTP_TOOL']
UDP = os.environ['KSRTP_BENCH_UDP']
PLAN = json.loads(os.environ['KSRTP_BENCH_PLAN'])

# name, AEAD, length of session keys, of master key and salt in bytes
SUITES = {
    'AES_CM_128_HMAC_SHA1_80': (0, 16, 30),
    'AEAD_AES_128_GCM': (1, 16, 28),
    'AEAD_AES_256_GCM': (1, 32, 44),
}
PEER = '10.255.255.254'


def sh(*args, **kw):
    return subprocess.run(args, check=True, text=True, **kw)


def tell(**what):
    print('BENCH ' + json.dumps(what), flush=True)


def available():
    for line in open('/proc/meminfo'):
        if line.startswith('MemAvailable'):
            return 1024 * int(line.split()[1])


def address(n):
    return '10.%d.%d.%d' % ((n + 1) >> 16, (n + 1) >> 8 & 255, (n + 1) & 255)


def install(suite, count):
    """Sessions, each with keys of its own; what they take."""
    master = SUITES[suite][2]
    lines = []
    for n in range(count):
        key = (n.to_bytes(4, 'big') * 12)[:master].hex()
        lines.append('session add local %s:5004 remote %s:6000 rtcp-mux '
                     'send suite %s key %s recv suite %s key %s\n' %
                     (address(n), PEER, suite, key, suite, key))
    path = '/run/batch'
    with open(path, 'w') as file:
        os.chmod(path, 0o600)
        file.writelines(lines)
    memory, start = available(), time.monotonic()
    sh(TOOL, '-b', path)
    took = time.monotonic() - start
    return took, memory - available()


def measure(sessions, payload, suite, rounds, batches, threads=1, shared=0):
    aead, key_len, master = SUITES[suite]
    with open('/proc/ksrtp_bench', 'w') as file:
        file.write('%d %d %d %d %d %d %d %d' % (
            sessions, payload, aead, key_len, rounds, batches, threads,
            shared))
    found = {}
    for line in open('/proc/ksrtp_bench'):
        words = line.split()
        found[words[0]] = [int(word) / 1000 for word in words[1:]]
    if found.pop('dropped')[0]:
        print(open('/proc/ksrtp_bench').read(), file=sys.stderr)
        sh(TOOL, 'stat', 'show')
        raise RuntimeError('packets were dropped')
    tell(what='packets', suite=suite, sessions=sessions, payload=payload,
         threads=threads, shared=shared, ns=found)


def udp(mode):
    return float(sh(UDP, mode, str(PLAN['rounds']),
                    stdout=subprocess.PIPE).stdout)


def super_packets():
    """The whole send path, 16 segments one by one and at once."""
    for suite in [None] + PLAN['suites'][:2]:
        if suite:
            install(suite, 1)
        tell(what='super', suite=suite, one=udp('send'), super=udp('super'))
        if suite:
            sh(TOOL, 'session', 'flush')


def foreign():
    """UDP that is not ours, with many sessions and without the module."""
    best = {'absent': 1e9, 'present': 1e9}
    for n in range(3):
        best['present'] = min(best['present'], udp('loop'))
        sh(TOOL, 'session', 'flush')
        sh('rmmod', 'ksrtp_bench', 'ksrtp')
        best['absent'] = min(best['absent'], udp('loop'))
        for module in MODULES[-2:]:
            sh('insmod', module)
        install(PLAN['suites'][0], PLAN['foreign'])
    best['present'] = min(best['present'], udp('loop'))
    tell(what='foreign', sessions=PLAN['foreign'], **best)


def main():
    sh('ip', 'link', 'set', 'lo', 'up')
    sh('ip', 'link', 'add', 'bench0', 'type', 'dummy')
    sh('ip', 'link', 'set', 'bench0', 'up')
    sh('ip', 'route', 'add', '10.0.0.0/8', 'dev', 'bench0')
    sh('ip', 'addr', 'add', address(0) + '/32', 'dev', 'bench0')
    for module in MODULES:
        sh('insmod', module)
    tell(what='machine', release=os.uname().release, cpus=os.cpu_count())
    for suite in PLAN['suites']:
        have = 0
        for count in PLAN['sessions']:
            # the same ones, and more of them
            if have:
                sh(TOOL, 'session', 'flush')
            took, memory = install(suite, count)
            have = count
            tell(what='sessions', suite=suite, count=count, seconds=took,
                 bytes=memory)
            sizes = PLAN['payloads'] if count == PLAN['sessions'][0] else \
                PLAN['payloads'][1:2]
            for payload in sizes:
                measure(count, payload, suite, PLAN['rounds'],
                        PLAN['batches'])
            if count == PLAN['sessions'][1]:
                for threads in range(2, os.cpu_count() + 1):
                    measure(count // threads, 160, suite, PLAN['rounds'],
                            PLAN['batches'], threads, 0)
                    measure(1, 160, suite, PLAN['rounds'], PLAN['batches'],
                            threads, 1)
        sh(TOOL, 'session', 'flush')
    listed = json.loads(sh(TOOL, '-j', 'suite', 'show',
                           stdout=subprocess.PIPE).stdout)
    tell(what='drivers', suites=[
        {key: value for key, value in suite.items()
         if key == 'name' or 'driver' in key}
        for suite in listed if suite['name'] in PLAN['suites']])
    super_packets()
    install(PLAN['suites'][0], PLAN['foreign'])
    foreign()


main()
