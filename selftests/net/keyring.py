#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Keys that the kernel's key service holds, and that no program reads."""

import errno
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from genl import Genl, Refused, attr, nest
from kernel_keys import (GET_KEYRING_ID, REVOKE, SESSION_KEYRING, SET_TIMEOUT,
                         SETPERM, add_key, keyctl, own_keyring)
from ksrtp_test import *

NEW, KEY_NEW, RECV = 1, 14, 13
LPORT, MUX, SUITE, KEY, SALT, SERIAL = 6, 10, 1, 2, 3, 25
K_SESSION, K_DIRECTION, K_SERIAL = 2, 3, 14
CM_SUITE, DOUBLE_SUITE = 1, 18
# possessor: view, read, write, search, link; nobody may search
NO_SEARCH = 0x17000000
DOUBLE_GCM = 'DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM'


def one(serial, suite=CM_SUITE, *more):
    """A new session of port 4000 with this key."""
    return attr(LPORT, b'\x0f\xa0'), attr(MUX), nest(
        RECV, attr(SUITE, suite), attr(SERIAL, serial), *more)


def protects(tap):
    """A session with such a key speaks with a peer that has its bytes."""
    a, b = pair()
    for n, suite in enumerate((CM, GCM, 'AES_256_CM_HMAC_SHA1_32')):
        for kind in ('logon', 'user'):
            master = key(suite, n + 50)
            serial = add_key(kind, 'ksrtp:call-%d' % n, master)
            call = Call(a, b, suite, seed=n)
            # another than the call was made with
            call.peer.close()
            call.peer = Peer(suite, master)
            which = serial if kind == 'user' else 'logon:ksrtp:call-%d' % n
            for way in ('send', 'recv'):
                a.ksrtp('session', 'set', 'id', call.id, way, 'suite', suite,
                        'key-ring', which)
            # what becomes of it later is not the session's business
            keyctl(REVOKE, serial)
            packet, report = rtp(1, b'of a keyring'), rtcp()
            tap.equal((call.peer.unprotect(call.out(packet)),
                       call.peer.unprotect_rtcp(call.out(report, True))),
                      (packet, report), '%s, %s: protects' % (suite, kind))
            tap.equal(call.through(call.peer.protect(rtp(9))), rtp(9),
                      '%s, %s: unprotects' % (suite, kind))
            shown = a.ksrtp('-j', 'dump').stdout + a.ksrtp(
                '-j', '-s', 'session', 'show').stdout
            tap.ok('serial' not in shown and str(serial) not in shown,
                   '%s, %s: the key is not named' % (suite, kind), shown)
            call.close()


def renews(tap):
    """One key after the other, by key add."""
    a, b = pair()
    call = Call(a, b, GCM, recv_words=('mki', '01'))
    call.peer.close()
    other = key(GCM, 77)
    call.peer = Peer(GCM, {b'\1': call.master, b'\2': other})
    serial = add_key('logon', 'ksrtp:next', other)
    for way in ('send', 'recv'):
        a.ksrtp('key', 'add', 'session', call.id, way, 'key-ring',
                'logon:ksrtp:next', 'mki', '02')
    a.ksrtp('key', 'use', 'session', call.id, 'send', 'mki', '02')
    keyctl(REVOKE, serial)
    packet = call.out(rtp(1, b'next'))
    tap.equal((packet[-1], call.peer.unprotect(packet)), (2, rtp(1, b'next')),
              'a key of a keyring takes over')
    call.peer.use(1)
    tap.equal(call.through(call.peer.protect(rtp(5))), rtp(5),
              'and is heard, too')
    call.close()


def halves(tap):
    """Of a key with two parts: both, or the outer one alone."""
    a = Host('a')
    master = key(DOUBLE_GCM)
    for name, payload, outer in (
            ('whole', master, False),
            ('outer', master[16:32] + master[44:56], True)):
        serial = add_key('logon', 'ksrtp:double', payload)
        number = a.json('session', 'add', 'local', 'any:4000', 'rtcp-mux',
                        'recv', 'suite', DOUBLE_GCM, 'key-ring', serial)[0]['id']
        shown = a.json('key', 'show', 'session', number)
        tap.equal([bool(one.get('outer-only')) for one in shown], [outer],
                  'a key of two parts: ' + name)
        a.ksrtp('session', 'del', 'id', number)


def refusals(tap):
    a = Host('a')
    with a.enter():
        genl = Genl()
    genl.do(NEW, attr(LPORT, b'\x0b\xb8'), attr(MUX), nest(
        RECV, attr(SUITE, CM_SUITE), attr(KEY, bytes(16)),
        attr(SALT, bytes(14))))
    master = key(CM)
    gone = add_key('logon', 'ksrtp:gone', master)
    keyctl(REVOKE, gone)
    expired = add_key('logon', 'ksrtp:expired', master)
    keyctl(SET_TIMEOUT, expired, 1)
    hidden = add_key('logon', 'ksrtp:hidden', master)
    keyctl(SETPERM, hidden, NO_SEARCH)
    ring = keyctl(GET_KEYRING_ID, SESSION_KEYRING, 0)
    short = add_key('logon', 'ksrtp:short', master[:-1])
    half = add_key('logon', 'ksrtp:half', master[:15])
    long = add_key('user', 'ksrtp-long', bytes(3000))
    twice = add_key('logon', 'ksrtp:twice', b'k' * 32 + bytes(24))
    good = add_key('logon', 'ksrtp:good', master)
    for wait in range(300):
        try:
            genl.do(NEW, *one(expired))
        except Refused as refused:
            if refused.errno == errno.EKEYEXPIRED:
                break
        else:
            a.ksrtp('session', 'del', 'local', 'any:4000')
        time.sleep(0.1)
    before = a.ksrtp('-j', '-s', 'session', 'show').stdout
    number = a.json('session', 'show')[0]['id']
    for name, cmd, attrs, code, text in (
            ('no key', NEW, one(0x7fffffff), errno.ENOKEY, 'no such key'),
            ('key 0', NEW, one(0), errno.ERANGE, 'out of range'),
            ('the thread\'s keyring', NEW, one(0xffffffff), errno.ERANGE,
             'out of range'),
            ('a key that was revoked', NEW, one(gone), errno.EKEYREVOKED,
             'was revoked'),
            ('a key that has expired', NEW, one(expired), errno.EKEYEXPIRED,
             'has expired'),
            ('a key that is not to be found', NEW, one(hidden), errno.EACCES,
             'may not search'),
            ('a keyring', NEW, one(ring), errno.EPROTOTYPE, 'neither of type'),
            ('a key too short', NEW, one(short), errno.EINVAL, 'not as long'),
            ('half a key', NEW, one(half), errno.EINVAL, 'not as long'),
            ('a key too long', NEW, one(long), errno.EMSGSIZE, 'longer than'),
            ('one key twice', NEW, one(twice, DOUBLE_SUITE), errno.EINVAL,
             'inner and outer'),
            ('a key without a suite', NEW,
             (attr(LPORT, b'\x0f\xa0'), attr(MUX),
              nest(RECV, attr(SERIAL, good))), errno.EINVAL, 'without suite'),
            ('two keys', NEW, one(good, 1, attr(KEY, bytes(16))), errno.EINVAL,
             'not together'),
            ('another salt', NEW, one(good, 1, attr(SALT, bytes(14))),
             errno.EINVAL, 'not together'),
            ('a key to add', KEY_NEW,
             (attr(K_SESSION, number), attr(K_DIRECTION, 2),
              attr(K_SERIAL, short)), errno.EINVAL, 'not as long')):
        try:
            genl.do(cmd, *attrs)
            got = 'accepted'
        except Refused as refused:
            got = (refused.errno, refused.offset > 0,
                   text in refused.message and (
                       code == errno.ERANGE or 'key-serial: ' in
                       refused.message))
        tap.equal(got, (code, True, True), 'refused: ' + name)
    tap.equal(a.ksrtp('-j', '-s', 'session', 'show').stdout, before,
              'nothing was changed')


def strangers(tap):
    """Root of another user namespace has no key of this one."""
    serial = add_key('logon', 'ksrtp:ours', key(CM))
    read_end, write_end = os.pipe()
    child = os.fork()
    if not child:
        become_nobody(CLONE_NEWUSER | CLONE_NEWNET)
        own_keyring()
        try:
            Genl().do(NEW, *one(serial))
            told = 'accepted'
        except Refused as refused:
            told = refused.message
        os.write(write_end, told.encode())
        os._exit(0)
    os.waitpid(child, 0)
    tap.equal(os.read(read_end, 200).decode(),
              'key-serial: whoever asks may not search for the key',
              'a key of somebody else is refused')


if own_keyring():
    main(protects, renews, halves, refusals, strangers)
print('ok 1 - keys of a keyring # SKIP this kernel has no key service\n1..1')
