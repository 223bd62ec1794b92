#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Keys that the kernel keeps, keyrings(7), by serial and description."""

import base64
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from fake_kernel import FakeKernel
from kernel_keys import GET_KEYRING_ID, SESSION_KEYRING, SETPERM, add_key, \
    keyctl, own_keyring
from ksrtp_test import CM, GCM, key, main

ADD = ('session', 'add', 'local', 'any:5000', 'send')


def keyring(tap):
    if not own_keyring():
        tap.skip('keys of a keyring', 'no keyrings here')
        return
    fake = FakeKernel()
    master = key(CM)
    line = 'a=crypto:1 %s inline:%s|2^20|1:4' % (
        CM, base64.b64encode(master).decode())
    for name, payload, words in (
            ('bytes', master, ('suite', CM, 'key-ring')),
            ('hex', master.hex().encode(), ('suite', CM, 'key-ring')),
            ('a line of hex', b'\n ' + master.hex().encode() + b' \nmore',
             ('suite', CM, 'key-ring')),
            ('base64', base64.b64encode(master), ('suite', CM, 'key-ring')),
            ('a crypto line', line.encode() + b'\r\n', ('sdes-ring',))):
        serial = add_key('user', 'ksrtp-test', payload)
        for which in (str(serial), 'user:ksrtp-test'):
            done = fake.ksrtp(*ADD, *words, which)
            told = fake.asked[0][1]['send'] if fake.asked else {}
            tap.ok(not done.returncode and not done.stderr and
                   told['master-key'] + told['master-salt'] == master,
                   '%s by %s' % (name, which.strip('0123456789') or 'serial'),
                   (done, told))
    # exactly as long as what DTLS exports
    add_key('user', 'ksrtp-test', bytes(range(128, 128 + 56)))
    done = fake.ksrtp('session', 'set', 'id', '3', 'dtls', 'server', 'profile',
                      '7', 'key-ring', 'user:ksrtp-test')
    tap.equal((done.returncode, fake.asked[0][1]['recv']['master-key']),
              (0, bytes(range(128, 144))), 'what DTLS has exported')

    serial = add_key('user', 'ksrtp-test', master)
    keyctl(SETPERM, serial, 0x3f010002)
    done = fake.ksrtp(*ADD, 'suite', CM, 'key-ring', str(serial))
    tap.ok(done.returncode == 0 and done.stderr.count('\n') == 1 and
           'warning: key %d can be read by others' % serial in done.stderr,
           'a key that others may read is warned of', done)

    logon = add_key('logon', 'ksrtp:test', master)
    for which in (str(logon), 'logon:ksrtp:test'):
        for words, name in ((ADD + ('suite', CM), 'send'),
                            (('key', 'add', 'session', '3', 'recv'), None)):
            done = fake.ksrtp(*words, 'key-ring', which)
            told = fake.asked[-1][1] if fake.asked else {}
            told = told.get(name, {}) if name else told
            tap.equal((done.returncode, done.stderr, told.get('key-serial'),
                       'master-key' in told, 'master-salt' in told),
                      (0, '', logon.to_bytes(4, sys.byteorder), False, False),
                      '%s: the kernel reads %s' % (
                          words[0], which.strip('0123456789') or 'a serial'))
    ring = keyctl(GET_KEYRING_ID, SESSION_KEYRING, 0)
    empty = add_key('user', 'ksrtp-empty', b' \n')
    long = add_key('user', 'ksrtp-long', b'\x80' * 300)
    longer = add_key('user', 'ksrtp-longer', b'0' * 600)
    for words, why in (
            ('key-ring', 'key-ring: value missing'),
            ('key-ring 0', 'key-ring: 0 is not the serial of a key'),
            ('key-ring 2147483648', 'is not the serial of a key'),
            ('key-ring 2147483647', 'key-ring: 2147483647: '),
            ('key-ring ksrtp-test', "'ksrtp-test' is neither a serial nor"),
            ('key-ring user:', "'user:' is neither a serial nor user:DES"),
            ('key-ring user:no-such', 'key-ring: user:no-such: '),
            ('key-ring logon:', "'logon:' is neither a serial nor user:DES"),
            ('key-ring logon:no-such', 'key-ring: logon:no-such: '),
            ('sdes-ring logon:ksrtp:test',
             'sdes-ring: logon:ksrtp:test: keys of type logon cannot be read'),
            ('sdes-ring %d' % logon,
             'keys of type logon cannot be read; use type user'),
            ('dtls client profile 7 key-ring %d' % logon,
             'dtls: keys of type logon cannot be read, as is needed to split them'),
            ('key-ring %d' % ring,
             'is a key of type keyring, which cannot be used; use type user or'),
            ('key-ring logon:ksrtp:test', 'send: a key needs a suite'),
            ('key-ring %d' % empty, 'key-ring: %d: no key in it' % empty),
            ('sdes-ring %d' % empty, 'sdes-ring: %d: no crypto line' % empty),
            ('key-ring %d' % long, 'key: longer than any key'),
            ('key-ring %d' % longer, 'key: longer than any key'),
            ('sdes-ring %d' % long, 'a crypto line begins with a=crypto:'),
            ('suite %s key-ring %d' % (GCM, serial), 'wants 28 bytes'),
            ('key-ring %d key-ring %d' % (serial, serial), 'key: given twice')):
        done = fake.ksrtp(*ADD, *words.split(), stdin=subprocess.DEVNULL)
        lines = [text for text in done.stderr.splitlines()
                 if 'warning' not in text]
        tap.ok(done.returncode == 2 and len(lines) == 1 and why in lines[0] and
               not fake.asked, 'refused: ' + why, (words, done))
    fake.close()


main(keyring)
