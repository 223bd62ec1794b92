#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A store that lies to ksrtp-sync: old, torn, foreign and forged records are refused one
by one, and counted; words that the daemon does not understand."""

import os
import struct
import subprocess
import sys

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from fake_gateway import RECV, SEND, Gateway
from kernel_keys import add_key, own_keyring
from ksrtp_sync import KEYS, SYNC, Store, Sync, wait
from started import alone, started
from ksrtp_test import main

RECORDS, CHANGES = 'ksrtp:{7}:records', 'ksrtp:{7}:changes'


def gateway():
    one = Gateway()
    started.append(one)
    return one


def publish(store, number, *records, op=b'+'):
    store.ask('PUBLISH', CHANGES, b'%d ' % number + b''.join(
        b'%s%d %d ' % (op, len(name), len(value)) + name + value
        for name, value in records))


def derive(key, salt, info):
    """RFC 5869"""
    return HKDF(SHA256(), 32, salt, info).derive(key)


def sealed(name, plain, epoch=1, seq=1 << 32):
    """A record as a host of the cluster writes it, with anything in it."""
    salt = bytes(range(16))
    key = derive(derive(b'\x11' * 32, b'ksrtp-sync', b'records'), salt, b'ksrtp-sync group 7')
    head = struct.pack('>BI16sQQ', 1, 1, salt, epoch, seq)
    return head + AESGCM(key).encrypt(struct.pack('>IQ', 0, seq), plain, head + name)


@alone
def odd(tap):
    """What a host of the cluster has written, and another does not understand: each is
    counted, and costs no call."""
    store, a, b = Store(), gateway(), gateway()
    one = Sync('a', a, store)
    one.take()
    one.until(role='active')
    a.call(5000)
    one.until(sessions=1, behind=0)
    two = Sync('b', b, store)
    two.until(sessions=1)
    session = next(iter(store.records()))
    stream = b't/' + session[2:] + b'/1/00000063'
    order, other = struct.pack('=H', 0x102), struct.pack('=H', 0x201)
    for count, (name, plain, what) in enumerate((
            (session, b'x', 'a session that is cut'),
            (session, other + bytes(30), 'of another byte order'),
            (session, order + b'\xff' * 30, 'with lengths beyond its end'),
            (session, struct.pack('=HHH16sxxII', 0x102, 4, 0, b'', 1, 0) + b'\3\0\0\0',
             'with an attribute that is too short'),
            (session, struct.pack('=HHH16sxxII', 0x102, 8, 0, b'', 1, 0) +
             struct.pack('=HHI', 8, 0x3fff, 0), 'with an attribute that nobody knows'),
            (stream, b'x' * 20, 'a stream that is cut'),
            (stream, order + b'\xff' * 46, 'with lengths beyond its end'),
            (b'census', b'x', 'a census that is cut'),
            (b'r/' + b'0' * 16, b'x', 'a rule that is cut'),
            (b'r/' + b'0' * 16, struct.pack('=HHxxxx16sHHI', 0x102, 8, b'', 8, 7, 1),
             'another rule than its name tells'),
            (b'r/' + b'0' * 16, struct.pack('=HHxxxx16sHHI', 0x102, 8, b'', 8, 99, 1),
             'a rule of a kind that nobody knows'),
            (b'elsewhere', b'x', 'of no name that there is')), 1):
        publish(store, 0, (name, sealed(name, plain)))
        wait(lambda: two.group()['faults']['unreadable'] == count, what)
        tap.equal((b.sessions_of(), two.group()['sessions'], b.rules), ([5000], 1, {}),
                  'unreadable: ' + what)
    two.take()
    two.until(role='active')
    tap.ok(b.is_at_work() and b.sessions_of() == [5000], 'the call goes on')


@alone
def lies(tap):
    store, a, b = Store(), gateway(), gateway()
    one = Sync('a', a, store, 'lease', 400)
    one.take()
    one.until(role='active')
    for port in 5000, 6000:
        call = a.call(port)
        a.packet(call, SEND, port, seq=1, srtcp=1)
        a.packet(call, RECV, port, seq=1)
    one.until(sessions=2, streams=4, behind=0)
    good = store.records()
    session, other = [name for name in sorted(good) if name.startswith(b's/')]
    stream = next(name for name in good if name.startswith(b't/' + session[2:]))

    two = Sync('b', b, store, 'lease', 400)
    two.until(sessions=2, streams=4)

    def told(cause, name, value, times=1):
        before = two.group()['faults'][cause]
        number = int(store.ask('GET', 'ksrtp:{7}:count'))
        publish(store, number + 1, (name, value))
        wait(lambda: two.group()['faults'][cause] == before + times, cause)
        tap.equal((b.sessions_of(), two.group()['sessions']), ([5000, 6000], 2),
                  '%s is refused: %s' % (cause, name[:2].decode()))
        store.ask('INCR', 'ksrtp:{7}:count')

    for name in session, stream:
        told('torn', name, good[name][:40])
        told('forged', name, good[name][:-1])
        told('forged', name, good[name][:-1] + bytes((good[name][-1] ^ 1,)))
        told('forged', name, good[name][:30] + b'\xff' + good[name][31:])
        told('foreign', name, good[name][:1] + b'\0\0\0\x09' + good[name][5:])
        told('torn', name, b'\2' + good[name][1:])
    told('forged', session, good[other])
    told('forged', stream, good[session])
    told('forged', stream[:-1] + (b'1' if stream[-1:] != b'1' else b'2'), good[stream])
    told('torn', session, b'')
    # nobody but a host of the cluster can say that a call is over
    gaps = two.group()['gaps']
    publish(store, 0, (session, b''), op=b'-')
    store.ask('PUBLISH', CHANGES, b'nonsense')
    store.ask('PUBLISH', CHANGES, b'99 +9999999999 5 x')
    store.ask('PUBLISH', CHANGES, b'100 ')
    wait(lambda: two.group()['gaps'] > gaps, 'what is no change is noticed')
    two.until(sessions=2)
    tap.equal(b.sessions_of(), [5000, 6000], 'nor can what is no change at all')

    ident = a.by_port(5000)
    a.packet(ident, SEND, 5000, seq=900, srtcp=2)
    wait(lambda: b.has(5000, 5000).get('seq') == 900, 'news')
    count = two.group()['faults']['old']
    name = next(name for name in good if name.endswith(b'/1/%08x' % 5000))
    publish(store, 0, (name, good[name]))
    wait(lambda: two.group()['faults']['old'] > count, 'an old record')
    tap.equal(b.has(5000, 5000)['seq'], 900, 'what is old takes nothing back')

    # a store whose records are all bad but one, and a host that begins with it
    two.close()
    started.remove(two)
    one.kill()
    now = store.records()
    for name, value in now.items():
        if name not in (other,) and not name.startswith(b't/' + other[2:]):
            store.ask('HSET', RECORDS, name, value[:-3] + b'abc')
    store.ask('HSET', RECORDS, b'rubbish', b'rubbish')
    store.ask('HSET', RECORDS, b's/rubbish', now[other])
    three = Sync('c', b, store, 'lease', 400)
    three.until(sessions=1, streams=2)
    faults = three.group()['faults']
    tap.equal((faults['forged'], faults['torn']), (4, 1), 'each is counted')
    three.take()
    three.until(role='active')
    tap.ok(b.is_at_work() and len(b.sessions_of()) == 1, 'the good call goes on')
    # what was not taken is not deleted either: another host may know better
    tap.ok(session in store.records(), 'and the rest is left alone')
    store.ask('SET', 'ksrtp:{7}:lease', '99:evil.0:1:held:400:1:00')
    three.until(role='standby')
    tap.ok(not b.is_at_work(), 'a lease that somebody else seems to have is one')
    three.take()
    three.until(role='active')
    tap.ok(b.is_at_work(), 'until its time is over')


@alone
def rotation(tap):
    """Cluster keys that come and go."""
    store, a, b = Store(), gateway(), gateway()
    one = Sync('a', a, store, 'lease', 400, keys='2 ' + '22' * 32 + '\n' + KEYS)
    one.take()
    one.until(role='active')
    a.call(5000)
    one.until(sessions=1, behind=0)
    two = Sync('b', b, store, 'lease', 400, keys=KEYS + '2 ' + '22' * 32 + '\n')
    two.until(sessions=1)
    tap.equal(b.sessions_of(), [5000], 'a key that does not seal opens')
    tap.equal([('current' in one) for one in b.seals], [True, False],
              'the kernel has both, and seals with the first')
    three = Sync('c', gateway(), store, 'lease', 400)
    wait(lambda: three.group()['faults']['foreign'] == 2, 'a fault')
    tap.equal(three.group()['sessions'], 0, 'a host without it has nothing')
    tap.ok(b'2222' not in b''.join(store.records().values()) and
           '2222' not in one.said(), 'no key is told')


@alone
def rings(tap):
    """Cluster keys that the kernel's key service has; those of a file that others read."""
    if not own_keyring():
        tap.skip('cluster keys of a keyring', 'no keyrings here')
        return
    store, a, b = Store(), gateway(), gateway()
    add_key('user', 'ksrtp-sync:1', KEYS.encode())
    add_key('user', 'ksrtp-sync:2', b'2\t' + b'22' * 32)
    add_key('user', 'ksrtp-sync:short', b'3')
    add_key('logon', 'ksrtp-sync:1', KEYS.encode())
    one = Sync('a', a, store, rings=('user:ksrtp-sync:2', 'user:ksrtp-sync:1'))
    one.take()
    one.until(role='active')
    a.call(5000)
    one.until(sessions=1, behind=0)
    two = Sync('b', b, store, keys=KEYS + '2 ' + '22' * 32 + '\n')
    two.until(sessions=1)
    tap.equal([int.from_bytes(one['id'], 'little') for one in a.seals], [2, 1],
              'keys of a keyring are those of a file, the first one seals')
    tap.ok('warning' not in one.said(), 'and nobody is warned', one.said())
    for name, text in (('user:ksrtp-sync:none', 'user:ksrtp-sync:none: Required key'),
                       ('user:ksrtp-sync:short', 'user:ksrtp-sync:short:1: key: value missing'),
                       ('logon:ksrtp-sync:1', 'cannot be read; use type user'),
                       ('ksrtp-sync', 'neither a serial nor')):
        try:
            Sync('c', a, store, rings=(name,))
            said = ''
        except RuntimeError as error:
            said = str(error)
        tap.ok(text in said, 'refused: ' + name, said)
    os.chmod(two.keys, 0o644)
    two.kill()
    two.start()
    tap.ok(two.keys + ' can be read by others' in two.said(), 'a file that others read is told')


BAD = (
    ('', 'needs group'),
    ('group 7', 'needs store'),
    ('group 7 group 7 store unix:/x', '7 twice'),
    ('group 7 sentinel redis://127.0.0.1', 'needs sentinel-master'),
    ('group 7 store unix:/x sentinel unix:/x', 'not together'),
    ('group 7 store unix:/x sentinel-master x', 'needs sentinel'),
    ('group 7 cluster-key-file KEYS sentinel http://x sentinel-master x',
     "sentinel: 'http://x' begins with none of"),
    ('group 7 cluster-key-file KEYS sentinel unix:/x sentinel-master x '
     'sentinel-password-file /dev/null', 'sentinel-password-file: /dev/null: empty'),
    ('group 0 store unix:/x', 'is not within 1..'),
    ('group 7 store unix:/x', 'needs cluster-key-file or cluster-key-ring'),
    ('group 7 store unix:/x cluster-key-file KEYS cluster-key-ring 1', 'not together'),
    ('group 7 store unix:/x' + 9 * ' cluster-key-ring 1', 'more than 8'),
    ('group 7 store http://x cluster-key-file /dev/null', '/dev/null: no key'),
    ('group 7 store http://x cluster-key-file KEYS', 'begins with none of'),
    ('group 7 store redis:// cluster-key-file KEYS', 'names no host'),
    ('group 7 store redis://[::1 cluster-key-file KEYS', "no ']'"),
    ('group 7 store unix:/x cluster-key-file /nonexistent', 'No such file'),
    ('group 7 store unix:/x cluster-key-file SHORT', 'not 32 bytes in hex'),
    ('group 7 store unix:/x cluster-key-file TWICE', 'key 1 twice'),
    ('group 7 store unix:/x cluster-key-file KEYS host a:b', "':' is none of"),
    ('group 7 store unix:/x cluster-key-file KEYS lease 49', 'is not within'),
    ('group 7 store unix:/x cluster-key-file KEYS lease 100 margin 50', 'less than half'),
    ('group 7 store unix:/x cluster-key-file KEYS rtp-block 24577', 'is not within'),
    ('group 7 store unix:/x cluster-key-file KEYS report 4097 replays drop', '4096 or less'),
    ('group 7 store unix:/x cluster-key-file KEYS take it', 'neither asked nor expired'),
    ('group 7 store unix:/x cluster-key-file KEYS frobnicate', "word 'frobnicate'"),
    ('group 7 store rediss://127.0.0.1 cluster-key-file KEYS store-ca-file /dev/null',
     'no certificates'),
    ('group 7 store unix:/x cluster-key-file KEYS store-password-file /dev/null', 'empty'),
    ('take 7 control /nonexistent', 'is the daemon running'),
    ('status control /nonexistent', 'is the daemon running'),
    ('status control ' + 'x' * 108, 'is too long'),
    ('notify', 'a FIFO are missing'),
    ('notify gateway 7', 'a FIFO are missing'),
    ('notify gateway x /nonexistent', 'not a number'),
    ('notify gateway 7 control /x /nonexistent', 'No such file'),
)


@alone
def words(tap):
    fake = gateway()
    files = {'KEYS': KEYS, 'SHORT': '1 1122\n', 'TWICE': KEYS + KEYS}
    for name, text in files.items():
        with open(os.path.join(fake.dir, name), 'w') as file:
            file.write(text)
    for line, text in BAD:
        done = subprocess.run(
            [SYNC, *(os.path.join(fake.dir, word) if word in files else word
                     for word in line.split())], capture_output=True, text=True,
            # the words of a file stay in memory
            env=dict(os.environ, LD_PRELOAD=fake.shim, KSRTP_FAKE_KERNEL=fake.path,
                     ASAN_OPTIONS='detect_leaks=0:verify_asan_link_order=0'))
        lines = [one for one in done.stderr.splitlines() if 'warning' not in one]
        tap.ok(done.returncode in (1, 2) and len(lines) == 1 and text in lines[0],
               'refused: ' + line, done)
    done = subprocess.run([SYNC, 'help'], capture_output=True, text=True)
    tap.ok(done.returncode == 0 and done.stdout.startswith('Usage: ksrtp-sync'), 'help')
    store = Store()
    one = Sync('a', fake, store)
    tap.ok('error' in one.ask('take', group=8) and 'error' in one.ask('take') and
           'error' in one.ask('frob'), 'refused at the control socket')

    def able(group):
        done = subprocess.run([SYNC, 'able', str(group), 'control', one.control],
                              capture_output=True, text=True)
        return done.returncode, done.stderr.strip()
    wait(lambda: one.status()['store'], 'a store')
    tap.equal(able(7), (0, ''), 'a host that reaches the store could be at work')
    tap.equal(able(8), (1, "ksrtp-sync: group: 8 is none of this host's"),
              'not for a group of others')
    store.stop()
    wait(lambda: not one.status()['store'], 'its end')
    tap.equal(able(7), (1, 'ksrtp-sync: group 7: standby, without a store'),
              'one that does not reach it could not')


main(lies, odd, rotation, rings, words)
