#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The doctor and crypto drivers, of a kernel that is not there."""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from fake_kernel import FakeKernel
from ksrtp_test import ARIA, KSRTP, SEED, SUITES, main

FAST = ('ctr-aes-aesni', 'generic-gcm-aesni', 'ctr-aes-vaes-avx2',
        'ctr-aes-ce', 'gcm-aes-ce', 'cbc(ecb(aes-aesni))', 'hmac-sha1-lib',
        'hmac(sha1-ni)', 'hmac(sha1-ce)', 'gcm_base(ctr-aes-aesni,ghash-clmulni)')
SLOW = ('ctr(aes-generic)', 'ctr(aes-aesni)', 'cbc(ecb(aes-generic))',
        'hmac(sha1-generic)',
        'gcm_base(ctr(aes-generic),ghash-generic)',
        'gcm_base(ctr-aes-aesni,ghash-generic)')


def fake_kernel():
    fake = FakeKernel()
    # what the machine says of its own service and module is not asked
    os.environ['PATH'] = '/nonexistent'
    return fake


def crypto(fake):
    done = fake.ksrtp('-j', 'doctor')
    return [one for one in json.loads(done.stdout) if one['check'] == 'crypto']


def drivers(tap):
    fake = fake_kernel()
    for driver in FAST + SLOW:
        fake.drivers = {name: (driver,) for name in SUITES}
        found = crypto(fake)
        tap.ok(len(found) == 1 and
               found[0]['level'] == ('problem' if driver in SLOW else 'ok') and
               (driver not in SLOW or '%s is slow' % driver in
                found[0]['finding'] and found[0]['remedy']),
               '%s is %s' % (driver, 'slow' if driver in SLOW else 'fast'), found)
    fake.drivers = {name: ('ctr-aes-aesni', 'hmac(sha1-generic)')
                    for name in SUITES if name not in ARIA + SEED}
    found = crypto(fake)
    tap.ok([one['level'] for one in found] == ['problem', 'note'] and
           '%d suites' % (len(SUITES) - len(ARIA + SEED)) in
           found[0]['finding'] and
           '%d suites are not available' % len(ARIA + SEED) in
           found[1]['finding'], 'a driver of authentication, and suites that are '
           'not there', found)
    for cipher, which in (('aria', ARIA), ('seed', SEED)):
        fake.drivers = {name: ('ctr(%s-generic)' % cipher if name in which else
                               'ctr-aes-aesni',) for name in SUITES}
        found = crypto(fake)
        tap.ok([one['level'] for one in found] == ['note'] and
               '%d suites' % len(which) in found[0]['finding'] and
               'no faster ' + cipher.upper() in found[0]['cause'],
               'slow %s, for which there is no remedy, is no problem' %
               cipher.upper(), found)
    fake.close()


def module(tap):
    if os.path.exists('/sys/module/ksrtp'):
        tap.skip('no module', 'there is one')
        return
    done = subprocess.run([KSRTP, '-j', 'doctor'], capture_output=True,
                          text=True)
    found = {one['check']: one for one in json.loads(done.stdout)}
    tap.equal((done.returncode, done.stderr), (1, ''), 'a problem is no error')
    tap.ok(found['module']['level'] == 'problem' and
           os.uname().release in found['module']['remedy'] and
           'crypto' not in found, 'without a module, how to get one', found)


main(drivers, module)
