#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Keys are nowhere but where they are in use: all of memory is looked through.

Programs that have held keys have ended before, and pages that they had are
overwritten as they are freed (page_poison=1). What the kernel's allocators keep
of freed objects is not: KASAN holds it back as it was.
"""

import os
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from kernel_keys import REVOKE, add_key, keyctl, own_keyring
from ksrtp_test import *
import srtp_ref

SUITES_TRIED = (CM, 'AES_256_CM_HMAC_SHA1_80', GCM, 'AEAD_AES_256_GCM',
                'F8_128_HMAC_SHA1_80', 'NULL_HMAC_SHA1_80',
                'DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM')
NEEDLES = '/tmp/needles'
SCAN = '/tmp/scan'
PORT = 5000
EPOCHS = (CM, 110), (GCM, 111)


# What programs do that hold keys, and end

class Keys:
    """Keys made here, and what becomes of them, for the scan to look for."""

    def __init__(self, name):
        self.file = open('%s.%s' % (NEEDLES, name), 'w')

    def new(self, name, suite, rate=0, epochs=(0,)):
        """A master key; with a rate, its keys of some epochs."""
        size, salt_size = SUITES[suite][:2]
        master = os.urandom(size + salt_size)
        key, salt = master[:size], master[size:]
        self.add(name, 'master-key', key)
        self.add(name, 'master-salt', salt)
        self.add(name, 'text', master.hex().encode())
        half = srtp_ref.SUITES[suite].key_len
        parts = [(key[at:at + half], salt[at // half * 12:][:12])
                 for at in (0, half)] if 'DOUBLE' in suite else [(key, salt)]
        for number, part in enumerate(parts):
            derive = srtp_ref.Master(srtp_ref.SUITES[suite], *part, rate)
            for protocol, kind in (('rtp', srtp_ref.SRTP),
                                   ('rtcp', srtp_ref.SRTCP)):
                for epoch in epochs:
                    self.session_keys(name, '%s%d%s' % (
                        protocol, number, '.%d' % epoch if rate else ''),
                                      derive.keys(kind, epoch * rate),
                                      'GCM' in suite)
        return master

    def session_keys(self, name, where, made, gcm):
        self.add(name, where + '-cipher-key', made.key)
        self.add(name, where + '-salt', made.salt)
        self.add(name, where + '-auth-key', made.auth)
        if gcm:
            # with this alone tags can be forged
            self.add(name, where + '-hash-key',
                     srtp_ref.Aes(made.key).block(bytes(16)))

    def add(self, name, what, value):
        if value:
            self.file.write('%s/%s %s\n' % (name, what, bytes(
                byte ^ 0xff for byte in value).hex()))

    def close(self):
        self.file.close()


def talk(a, b, lport, rport, first=0, packets=3):
    """RTP and RTCP from a to b, so that all keys are derived."""
    with a.socket(A4, lport) as here, b.socket(B4, rport) as there, \
            a.socket(A4, lport + 1) as control, \
            b.socket(B4, rport + 1) as there_control:
        for n in range(first, first + packets):
            here.sendto(rtp(n, bytes(100)), (B4, rport))
            there.recv(2000)
            control.sendto(rtcp(), (B4, rport + 1))
            there_control.recv(2000)


def in_ring(name, master):
    """A key of this program's keyring, as the tool names it."""
    add_key('logon', 'ksrtp:' + name, master)
    return 'key-ring logon:ksrtp:' + name


def both(a, b, suite, master, n, *words):
    """A session at both ends; the key in words, or as bytes."""
    if isinstance(master, bytes):
        master = 'key ' + master.hex()
    batch = 'suite %s %s%s\n' % (suite, master,
                                 ''.join(' ' + word for word in words))
    for host, way, here, there in (
            (a, 'send', flow(A4, B4, PORT + 2 * n, PORT + 2 * n), None),
            (b, 'recv', flow(B4, A4, PORT + 2 * n, PORT + 2 * n), None)):
        host.ksrtp('-b', '-', input='session add %s %s %s' % (
            ' '.join(here), way, batch))


def existing(name):
    host = Host.__new__(Host)
    host.name = 'ksrtp-' + name
    return host


def in_use(name):
    """Sessions that stay."""
    keys = Keys(name)
    a, b = existing('a'), existing('b')
    for n, suite in enumerate(SUITES_TRIED):
        both(a, b, suite, keys.new(suite, suite), n)
        talk(a, b, PORT + 2 * n, PORT + 2 * n)
    # of a keyring that goes with this program
    own_keyring()
    for n, suite in enumerate(SUITES_TRIED, 60):
        both(a, b, suite, in_ring(suite, keys.new('ring/' + suite, suite)), n)
        talk(a, b, PORT + 2 * n, PORT + 2 * n)
    # a rate of which each packet has keys of its own; more than are kept
    for suite, n in EPOCHS:
        both(a, b, suite, keys.new('epochs/' + suite, suite, 1,
                                   (1, 2, 3, 698)), n, 'kdr', '1')
        talk(a, b, PORT + 2 * n, PORT + 2 * n, packets=700)
    keys.close()


def used(name):
    """Sessions and keys that come, and go in all ways there are."""
    keys = Keys(name)
    a, b = existing('a'), existing('b')

    def batch(text, check=True, host=a):
        return host.ksrtp('-b', '-', input=text, check=check)

    for n, suite in enumerate(SUITES_TRIED, 20):
        both(a, b, suite, keys.new('deleted/' + suite, suite), n)
        talk(a, b, PORT + 2 * n, PORT + 2 * n)
        for host, here, there in ((a, A4, B4), (b, B4, A4)):
            host.ksrtp('session', 'del',
                       *flow(here, there, PORT + 2 * n, PORT + 2 * n))
    for suite, n in EPOCHS:
        both(a, b, suite, keys.new('deleted/epochs/' + suite, suite, 1,
                                   range(4)), n + 2, 'kdr', '1')
        talk(a, b, PORT + 2 * n + 4, PORT + 2 * n + 4)
        for host, here, there in ((a, A4, B4), (b, B4, A4)):
            host.ksrtp('session', 'del', *flow(here, there, PORT + 2 * n + 4,
                                               PORT + 2 * n + 4))
    # replaced: the session stays, with another key that is no secret
    n = 40
    both(a, b, CM, keys.new('replaced', CM), n)
    talk(a, b, PORT + 2 * n, PORT + 2 * n)
    for host, way, here, there in ((a, 'send', A4, B4), (b, 'recv', B4, A4)):
        host.ksrtp('session', 'set', *flow(here, there, PORT + 2 * n,
                                           PORT + 2 * n),
                   way, 'suite', CM, 'insecure-key', bytes(30).hex())
    talk(a, b, PORT + 2 * n, PORT + 2 * n, 10)
    # a standby key that was never used
    n = 41
    both(a, b, GCM, keys.new('first', GCM), n, 'mki', '01')
    number = a.json('session', 'show', *flow(A4, B4, PORT + 2 * n,
                                            PORT + 2 * n))[0]['id']
    batch('key add session %d send mki 02 key %s\n' % (
        number, keys.new('standby', GCM).hex()))
    batch('key del session %d send mki 02\n' % number)
    for host, here, there in ((a, A4, B4), (b, B4, A4)):
        host.ksrtp('session', 'del',
                   *flow(here, there, PORT + 2 * n, PORT + 2 * n))
    # of a keyring, which goes with this program, but for one that was revoked
    own_keyring()
    for n, suite in enumerate(SUITES_TRIED, 80):
        both(a, b, suite, in_ring('gone-' + suite,
                                  keys.new('ring/' + suite, suite)), n)
        talk(a, b, PORT + 2 * n, PORT + 2 * n)
        for host, here, there in ((a, A4, B4), (b, B4, A4)):
            host.ksrtp('session', 'del',
                       *flow(here, there, PORT + 2 * n, PORT + 2 * n))
    n = 100
    both(a, b, GCM, in_ring('first', keys.new('ring/first', GCM)), n, 'mki',
         '01')
    number = a.json('session', 'show', *flow(A4, B4, PORT + 2 * n,
                                            PORT + 2 * n))[0]['id']
    batch('key add session %d send mki 02 %s\n' % (
        number, in_ring('next', keys.new('ring/next', GCM))))
    batch('key del session %d send mki 02\n' % number)
    if not batch('key add session %d send mki 03 %s\n' % (
            number, in_ring('long', keys.new('ring/long', 'AEAD_AES_256_GCM'))),
                 check=False).returncode:
        raise RuntimeError('a key was taken that is too long')
    for host, here, there in ((a, A4, B4), (b, B4, A4)):
        host.ksrtp('session', 'del',
                   *flow(here, there, PORT + 2 * n, PORT + 2 * n))
    keyctl(REVOKE, add_key('logon', 'ksrtp:revoked',
                           keys.new('ring/revoked', CM)))
    # refused, by the module and by the tool
    taken = 'session add %s send suite %s key %s\n' % (
        ' '.join(flow(A4, B4, PORT + 80, PORT + 80)), CM,
        keys.new('refused/taken', CM).hex())
    if not batch(taken, check=False).returncode:
        raise RuntimeError('one flow was had twice')
    batch('session add %s send suite %s key %s nonsense\n' % (
        ' '.join(flow(A4, B4, 9000, 9000)), CM,
        keys.new('refused/word', CM).hex()), check=False)
    batch('session set id 999999 send suite %s key %s\n' % (
        CM, keys.new('refused/absent', CM).hex()), check=False)
    # a session whose program ends
    program = subprocess.Popen(
        ['ip', 'netns', 'exec', a.name, KSRTP, '-b', '-'], text=True,
        stdin=subprocess.PIPE)
    program.stdin.write('session add %s owned send suite %s key %s\n' % (
        ' '.join(flow(A4, B4, 9100, 9100)), CM,
        keys.new('orphaned', CM).hex()))
    program.stdin.flush()
    while not a.json('session', 'show', 'owned'):
        time.sleep(0.1)
    program.kill()
    program.wait()
    sealed(keys)
    # a namespace that ends
    c = Host('c')
    batch('session add local any:7000 send suite %s key %s\n' % (
        CM, keys.new('namespace', CM).hex()), host=c)
    run('ip', 'netns', 'del', c.name)
    keys.close()


def sealed(keys):
    """Sessions that one host hands to another, with sealed keys."""
    d, e = Host('d'), Host('e')
    secret, ekt = os.urandom(32), os.urandom(16)
    for what, value in (('seal-key', secret), ('ekt-key', ekt)):
        keys.add('sealed', what, value)
        keys.add('sealed', what + '-text', value.hex().encode())
    for host in (d, e):
        host.ksrtp('-b', '-', input='seal add id 1 key %s current\n' % secret.hex())
    for n, suite in enumerate(SUITES_TRIED):
        d.ksrtp('-b', '-', input='session add %s send suite %s key %s\n' % (
            ' '.join(flow(A4, B4, PORT + 2 * n, PORT + 2 * n)), suite,
            keys.new('sealed/' + suite, suite).hex()))
    master = keys.new('sealed/ekt', CM)
    d.ksrtp('-b', '-', input='session add %s send suite %s key %s ekt-spi 1 ekt-key %s\n' % (
        ' '.join(flow(A4, B4, 9000, 9000)), CM, master.hex(), (ekt + master[16:]).hex()))
    text = d.ksrtp('dump', 'sealed').stdout
    if text.count('"sealed"') != len(SUITES_TRIED) + 1 or '"ekt-sealed"' not in text:
        raise RuntimeError('keys are not in the dump')
    e.ksrtp('restore', '-', input=text)
    if len(e.json('key', 'show')) != len(SUITES_TRIED) + 1:
        raise RuntimeError('keys were not restored')
    # refused, once opened: its flow is taken
    if not e.ksrtp('restore', '-', input=text, check=False).returncode:
        raise RuntimeError('flows were had twice')
    d.ksrtp('session', 'flush')
    d.ksrtp('seal', 'del', 'id', 1)
    for host in (d, e):
        run('ip', 'netns', 'del', host.name)


def killed(name):
    """The tool is struck down with a key in its hands."""
    keys = Keys(name)
    master = keys.new('struck', CM)
    open('/proc/sys/kernel/core_pattern', 'w').write('/tmp/core.%p')
    process = subprocess.Popen(
        ['sh', '-c', 'ulimit -c unlimited; exec %s -b -' % KSRTP],
        stdin=subprocess.PIPE, text=True)
    process.stdin.write('session add local any:7100 send suite %s key %s' % (
        CM, master.hex()))
    process.stdin.flush()
    for wait in range(100):
        # the shell before it may leave what it likes, and the tool has begun
        # with this
        with open('/proc/%d/limits' % process.pid) as file:
            if re.search(r'core file size +0 ', file.read()):
                break
        time.sleep(0.1)
    time.sleep(1)
    with open('/proc/%d/cmdline' % process.pid) as file:
        line = file.read()
    process.send_signal(signal.SIGABRT)
    process.wait()
    cores = [core for core in os.listdir('/tmp') if core.startswith('core')]
    print('nothing' if not cores and master.hex() not in line else
          'cores %s' % cores)
    keys.close()


# What looks for them

def act(what, name):
    """Do this in a program of its own, which ends; what it says."""
    return run('python3', os.path.abspath(__file__), what, name).stdout.strip()


def settle():
    """Let what waits for RCU, and for workqueues, be done.

    Pages of programs that have ended may wait, too, to be put on a list."""
    for round_ in range(3):
        time.sleep(1)
        run('sync')
        with open('/proc/sys/vm/drop_caches', 'w') as file:
            file.write('3')


def found(name):
    """How often what has been written down under a name is in memory."""
    pages = max(int(start) + int(spanned) for spanned, start in re.findall(
        r'spanned +(\d+).*?start_pfn: +(\d+)',
        open('/proc/zoneinfo').read(), re.S))
    out = run(SCAN, str(pages), '%s.%s' % (NEEDLES, name)).stdout
    counts = {word: int(count) for word, count in
              (line.split() for line in out.splitlines())}
    return counts.pop('pages'), counts


def memory(tap):
    if not os.path.exists('/dev/mem') or \
            'page_poison=1' not in open('/proc/cmdline').read():
        tap.skip('memory', 'this kernel does not let it be seen')
        return
    run('cc', '-O2', '-Wall', '-Wextra', '-Werror', '-o', SCAN,
        os.path.join(os.path.dirname(os.path.abspath(__file__)), 'scan.c'))
    a, b = pair()
    act('used', 'used')
    act('in_use', 'live')
    settle()
    pages, counts = found('used')
    tap.ok(pages > 1000, 'memory is seen', pages)
    tap.equal({name: count for name, count in counts.items() if count}, {},
              'keys that are no longer in use are nowhere')
    pages, counts = found('live')
    # round keys of AES begin with the key; RTCP has no inner encryption
    absent = [name for name in counts if name.endswith('cipher-key') and
              not re.search(r'\.[123]-', name) and 'NULL' not in name and
              not counts[name]]
    tap.equal(absent, [place + SUITES_TRIED[-1] + '/rtcp0-cipher-key'
                       for place in ('', 'ring/')],
              'those that are in use are found: the search can find')
    tap.equal([name for name, count in counts.items()
               if name.endswith('/text') and count], [],
              'what was written of them is not')
    tap.equal([name for name, count in counts.items() if count and
               re.match(r'epochs/.*/rtc?p0\.[123]-', name)], [],
              'nor are session keys that others have taken the place of')
    tap.equal([name for name, count in counts.items() if count and
               name.startswith('ring/') and '/master-' in name], [],
              'nor are those of a keyring that is gone')
    for host in (a, b):
        host.ksrtp('session', 'flush')
    settle()
    tap.equal({name: count for name, count in found('live')[1].items()
               if count}, {}, 'nor are they, once sessions are flushed')


def program(tap):
    tap.equal(act('killed', 'killed'), 'nothing',
              'a tool that is struck down leaves no core, ps shows no key')
    settle()
    if os.path.exists(SCAN):
        tap.equal({name: count for name, count in found('killed')[1].items()
                   if count}, {}, 'and its memory holds no key')


if len(sys.argv) == 3:
    {'in_use': in_use, 'used': used, 'killed': killed}[sys.argv[1]](sys.argv[2])
else:
    main(memory, program)
