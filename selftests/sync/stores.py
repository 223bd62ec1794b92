#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Ways to a store: TLS, ACL users, several places of which one is the master, a store that
hangs, and what is no store at all."""

import contextlib
import ipaddress
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from certificates import certify, pem
from fake_gateway import SEND, Gateway, number
from ksrtp_sync import STORE, SYNC, Store, Sync, wait
from started import alone, started
from ksrtp_test import main

COMMANDS = ('+get +set +del +hset +hdel +hscan +incr +eval +publish +subscribe +ping '
            '+role +wait').split()


def gateway():
    one = Gateway()
    started.append(one)
    return one


def free_port():
    with socket.socket() as sock:
        sock.bind(('127.0.0.1', 0))
        return sock.getsockname()[1]


def write(store, name, data):
    path = os.path.join(store, name)
    with open(path, 'wb', opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(data)
    return path


def certificates(folder):
    """A CA, what it has signed for this address and for another, and a stranger."""
    key, ca_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(
        ec.SECP256R1())
    ca = certify('ca', ca_key)
    for name, address in ('server', '127.0.0.1'), ('other', '192.0.2.1'):
        write(folder, name + '.pem', pem(certify(
            'store', key, ca_key, ca, alternative=x509.IPAddress(
                ipaddress.ip_address(address)))))
    write(folder, 'key.pem', pem(key))
    write(folder, 'stranger.pem', pem(certify('stranger', ca_key)))
    return write(folder, 'ca.pem', pem(ca))


def store_of(fake, certificate, ca):
    port = free_port()
    store = Store('--tls-port', str(port), '--tls-cert-file',
                  os.path.join(fake.dir, certificate + '.pem'), '--tls-key-file',
                  os.path.join(fake.dir, 'key.pem'), '--tls-ca-cert-file', ca,
                  '--tls-auth-clients', 'no')
    return store, 'rediss://127.0.0.1:%d' % port


@alone
def tls(tap):
    fake = gateway()
    ca = certificates(fake.dir)
    store, place = store_of(fake, 'server', ca)
    store.ask('ACL', 'SETUSER', 'gateway', 'on', '>secret', '~ksrtp:*', '&ksrtp:*',
              *COMMANDS)
    store.ask('CONFIG', 'SET', 'requirepass', 'another')
    password = write(fake.dir, 'password', b'secret\n')
    words = ('store-ca-file', ca, 'lease', 400)
    one = Sync('a', fake, place, *words, 'store-user', 'gateway', 'store-password-file',
               password)
    one.take()
    one.until(role='active')
    fake.call(5000)
    one.until(sessions=1, behind=0)
    two = Sync('b', gateway(), place, *words, 'store-user', 'gateway',
               'store-password-file', password)
    two.until(sessions=1)
    tap.ok(True, 'over TLS, as a user with few rights')
    # on a busy machine the lease may have ended meanwhile
    one.until(alarm='')
    two.until(alarm='')
    tap.ok(True, 'which are enough')
    one.kill()
    two.take()
    two.until(role='active')
    tap.ok(True, 'for a takeover as well')
    three = Sync('c', gateway(), place, *words)
    wait(lambda: 'NOAUTH' in three.status()['store-error'] or
         'not let in' in three.status()['store-error'] or
         'role' in three.status()['store-error'], 'a refusal')
    tap.ok(not three.status()['store'], 'without a password there is no way in')
    for certificate, authority, text in (
            ('other', ca, 'mismatch'),
            ('server', os.path.join(fake.dir, 'stranger.pem'), 'certificate')):
        _, place = store_of(fake, certificate, ca)
        four = Sync('d', gateway(), place, 'store-ca-file', authority)
        wait(lambda: text in four.status()['store-error'], 'why not')
        tap.ok(not four.status()['store'], 'a certificate of another is refused: ' + text)


@alone
def several(tap):
    """Of several places, the master counts; and who hangs is given up."""
    fake, first = gateway(), Store()
    port = free_port()
    first.ask('CONFIG', 'SET', 'port', port)
    second = Store('--replicaof', '127.0.0.1', str(port))
    wait(lambda: b'master_link_status:up' in second.ask('INFO', 'replication'), 'a replica')
    one = Sync('a', fake, second, 'store', first.place, 'lease', 400, 'replicas', 1)
    one.take()
    one.until(role='active')
    call = fake.call(5000)
    one.until(sessions=1, behind=0)
    wait(lambda: len(second.records()) == 1, 'a copy')
    tap.ok(True, 'the master is written to, and its replica has it')
    second.freeze(True)
    wait(lambda: not fake.is_at_work(), 'the end of the lease')
    tap.ok(True, 'what no replica has does not count')
    second.freeze(False)
    one.until(role='active')
    first.stop()
    second.ask('REPLICAOF', 'NO', 'ONE')
    one.words += ['replicas', 0]
    one.kill()
    one.start()
    one.until(role='active')
    tap.ok(call in fake.table and fake.is_at_work(), 'a replica that is promoted is found')
    second.freeze(True)
    wait(lambda: not one.status()['store'], 'a loss')
    tap.ok('does not answer' in one.status()['store-error'] or
           one.status()['store-losses'], 'a store that hangs is given up')
    second.freeze(False)
    one.until(role='active')
    tap.ok(True, 'and taken up again')


@alone
def replicated(tap):
    """What is written counts when a replica has it, which is later than others hear of it."""
    first, a, b = Store(), gateway(), gateway()
    port = free_port()
    first.ask('CONFIG', 'SET', 'port', port)
    second = Store('--replicaof', '127.0.0.1', str(port))
    wait(lambda: b'master_link_status:up' in second.ask('INFO', 'replication'), 'a replica')
    one, two = (Sync(name, fake, first, 'lease', 400, 'replicas', 1)
                for name, fake in (('a', a), ('b', b)))
    one.take()
    one.until(role='active')
    a.call(5000)
    two.until(sessions=1)
    for host, other, fake in (one, two, b), (two, one, a), (one, two, b):
        other.take()
        other.until(role='active', sessions=1)
        host.until(role='standby', sessions=1)
        tap.ok(fake.is_at_work(), 'with a replica, too, sessions are taken over')


class Sentinel:
    """Watches a master, and promotes a replica of it."""

    def __init__(self, port, *lines):
        started.append(self)
        self.dir = tempfile.mkdtemp(prefix='ksrtp-sentinel-')
        self.port = free_port()
        config = os.path.join(self.dir, 'config')
        with open(config, 'w') as file:
            file.write('\n'.join(('sentinel monitor calls 127.0.0.1 %d 1' % port,
                                  'sentinel down-after-milliseconds calls 500',
                                  'sentinel failover-timeout calls 4000',
                                  *(lines or ('port %d',)), '')).replace(
                                      '%d', str(self.port)))
        self.process = subprocess.Popen(['redis-sentinel', config], cwd=self.dir,
                                        executable=STORE, stdout=subprocess.DEVNULL)

    def freeze(self, frozen=True):
        self.process.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def role(store):
    """Of a store that loses its clients when it is another."""
    try:
        return store.reach() and store.ask('ROLE')[0].decode()
    except OSError:
        return None


@alone
def sentinel(tap):
    """The master hangs, and Sentinel promotes one of its two replicas."""
    a, b, stores, places = gateway(), gateway(), [], []
    for place in range(3):
        stores.append(Store())
        port = free_port()
        stores[-1].ask('CONFIG', 'SET', 'port', port)
        places += ['store', 'redis://127.0.0.1:%d' % port]
        if place:
            stores[-1].ask('REPLICAOF', '127.0.0.1', places[1].rsplit(':')[-1])
    old = stores[0]
    wait(lambda: all(b'master_link_status:up' in each.ask('INFO', 'replication')
                     for each in stores[1:]), 'replicas')
    watch = Sentinel(int(places[1].rsplit(':')[-1]))
    words = ('lease', 3000, 'replicas', 1)
    one, two = (Sync(name, fake, places[1], *places[2:], *words)
                for name, fake in (('a', a), ('b', b)))
    one.take()
    one.until(role='active')
    call = a.call(5000)
    a.packet(call, SEND, 1, seq=1, srtcp=1)
    two.until(sessions=1, streams=1)
    wait(lambda: b'connected_slaves:2' in old.ask('INFO', 'replication'), 'both of them')
    old.freeze(True)
    new = wait(lambda: next((each for each in stores[1:] if role(each) == 'master'), None),
               'another master')
    wait(lambda: one.status()['store'] and two.status()['store'], 'the new master')
    one.until(role='active', behind=0)
    tap.ok(call in a.table and a.is_at_work() and not b.is_at_work(),
           'the host at work goes on with the new master')
    a.packet(call, SEND, 1, seq=2, srtcp=2)
    one.until(behind=0)
    two.until(sessions=1, streams=1)
    wait(lambda: b.has(5000, 1).get('seq') == 2, 'a report')
    tap.ok(True, 'and the standby host follows it there')
    new.reach()
    wait(lambda: b'connected_slaves:1' in new.ask('INFO', 'replication'), 'its replica')

    # the old one believes to be the master still, and nobody tells it otherwise
    watch.freeze()
    old.freeze(False)
    tap.equal(role(old), 'master', 'the old master is back')
    three = Sync('c', gateway(), places[1], *words)
    three.until(sessions=1)
    three.take()
    old.ask('CONFIG', 'RESETSTAT')
    wait(lambda: b'cmdstat_wait:' in old.ask('INFO', 'commandstats'), 'an attempt')
    wait(lambda: int(old.ask('INFO', 'commandstats').split(b'cmdstat_wait:calls=')[1]
                     .split(b',')[0]) > 2, 'others')
    tap.equal(three.group()['role'], 'standby', 'and grants no lease that counts')
    limit = number(a.streams[call, SEND, 1]['srtcp-limit'])
    two.take()
    two.until(role='active')
    tap.ok(b.is_at_work() and not a.is_at_work() and b.comes(5000, 1) >= limit,
           'the new one does, and no index comes again')


def watched(port):
    """A master and two replicas."""
    stores = []
    for place in range(3):
        stores.append(Store())
        stores[-1].port = port if not place else free_port()
        stores[-1].ask('CONFIG', 'SET', 'port', stores[-1].port)
        if place:
            stores[-1].ask('REPLICAOF', '127.0.0.1', port)
    wait(lambda: all(b'master_link_status:up' in each.ask('INFO', 'replication')
                     for each in stores[1:]), 'replicas')
    return stores


@alone
def asked(tap):
    """Sentinel tells where the master is, to a user with few rights."""
    a, b, port = gateway(), gateway(), free_port()
    stores = watched(port)
    watch = Sentinel(port, 'port %d', 'user default on >another ~* &* +@all',
                     'user gateway on >secret +sentinel|get-master-addr-by-name +role')
    password = write(a.dir, 'password', b'secret\n')
    place = 'redis://127.0.0.1:%d' % watch.port
    nobody = 'redis://127.0.0.1:%d' % free_port()
    words = ('sentinel', nobody, 'sentinel', place, 'sentinel-master', 'calls',
             'lease', 3000, 'replicas', 1)
    user = ('sentinel-user', 'gateway', 'sentinel-password-file', password)
    one, two = (Sync(name, fake, None, *words, *user) for name, fake in (('a', a), ('b', b)))
    one.take()
    one.until(role='active')
    call = a.call(5000)
    two.until(sessions=1)
    tap.ok(one.status()['sentinel'], 'the master is where Sentinel says, of which one answers')
    for what, other in (
            ('NOAUTH', words),
            ('knows no master', (*words[:4], 'sentinel-master', 'nothing', *user))):
        three = Sync('c', gateway(), None, *other)
        wait(lambda: what in three.status()['sentinel-error'], what)
        tap.ok(not three.status()['store'], 'without that, there is no store: ' + what,
               three.status())
        three.close()
        started.remove(three)
    wait(lambda: b'connected_slaves:2' in stores[0].ask('INFO', 'replication'), 'both of them')
    wait(lambda: b'slaves=2' in sentinel_says(watch), 'Sentinel knows them')
    stores[0].freeze(True)
    new = wait(lambda: next((each for each in stores[1:] if role(each) == 'master'), None),
               'another master')
    one.until(role='active', behind=0)
    tap.ok(call in a.table and a.is_at_work(), 'the host at work goes on with the new master')
    a.call(6000)
    two.until(sessions=2)
    tap.equal(b.sessions_of(), [5000, 6000], 'and the standby host follows it there')
    # it hears that it is none any more from Sentinel alone, for whom it is away
    watch.freeze()
    stores[0].freeze(False)
    wait(lambda: role(stores[0]) == 'master', 'the old master')
    watch.freeze(False)
    three = Sync('c', gateway(), None, *words, *user)
    three.until(sessions=2)
    tap.ok(len(new.records()) == 2, 'and so does one that begins then, with two masters')


def sentinel_says(watch):
    done = subprocess.run(['redis-cli', '-p', str(watch.port), '--no-auth-warning', '-a',
                           'another', 'INFO', 'sentinel'], capture_output=True)
    return done.stdout


@alone
def secured(tap):
    """Sentinel and store by TLS."""
    fake = gateway()
    ca = certificates(fake.dir)
    store, place = store_of(fake, 'server', ca)
    port = int(place.rsplit(':')[-1])
    tls = ['tls-ca-cert-file ' + ca, 'tls-auth-clients no', 'tls-replication yes',
           'tls-cert-file ' + os.path.join(fake.dir, 'server.pem'),
           'tls-key-file ' + os.path.join(fake.dir, 'key.pem')]
    watch = Sentinel(port, 'port 0', 'tls-port %d', *tls)
    words = ('sentinel', 'rediss://127.0.0.1:%d' % watch.port, 'sentinel-master', 'calls')
    one = Sync('a', fake, None, *words, 'store-ca-file', ca)
    one.take()
    one.until(role='active')
    fake.call(5000)
    one.until(sessions=1, behind=0)
    tap.equal(len(store.records()), 1, 'over TLS to both')
    two = Sync('b', gateway(), None, *words, 'store-ca-file',
               os.path.join(fake.dir, 'stranger.pem'))
    wait(lambda: 'certificate' in two.status()['sentinel-error'], 'why not')
    tap.ok(not two.status()['store'], 'a Sentinel of somebody else tells nothing')


@contextlib.contextmanager
def answering(fake, *texts):
    """The address of what answers each request with the next of these texts."""
    path = os.path.join(fake.dir, 'other')
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()

        def answer():
            while True:
                try:
                    with listener.accept()[0] as sock:
                        for text in texts:
                            sock.recv(1000)
                            sock.sendall(text)
                        sock.recv(1000)
                except OSError:
                    return
        threading.Thread(target=answer, daemon=True).start()
        yield 'unix:' + path
        listener.shutdown(socket.SHUT_RDWR)
    os.unlink(path)


@alone
def untrue(tap):
    """What a Sentinel says that is no address."""
    fake = gateway()
    role = b'*2\r\n$8\r\nsentinel\r\n*0\r\n'
    for text, why in ((b'*2\r\n$4\r\nhost\r\n$4\r\n6379\r\n', 'a name, and no address'),
                      (b'*2\r\n$9\r\n127.0.0.1\r\n$6\r\n637900\r\n', 'no address'),
                      (b'*1\r\n$9\r\n127.0.0.1\r\n', 'does not tell'),
                      (b'*2\r\n:1\r\n:2\r\n', 'does not tell'),
                      (b'-ERR no\r\n', 'does not tell')):
        with answering(fake, role, text) as path:
            one = Sync('a', fake, None, 'sentinel', path, 'sentinel-master', 'x')
            wait(lambda: why in one.status()['sentinel-error'], why)
            tap.ok(not one.status()['store'] and one.process.poll() is None,
                   'no master: %r' % text, one.status())
            one.close()
            started.remove(one)


def refusals(store):
    """How many times has it not told records?"""
    told = re.search(rb'cmdstat_hscan:.*rejected_calls=(\d+)',
                     store.ask('INFO', 'commandstats'))
    return int(told[1]) if told else 0


@alone
def unwilling(tap):
    """A store is up and refuses for a while to tell its records, as one that still loads
    them does, and then tells them."""
    a, b, store = gateway(), gateway(), Store()
    one = Sync('a', a, store, 'lease', 400)
    one.take()
    one.until(role='active')
    a.call(5000)
    one.until(sessions=1, behind=0)
    store.ask('ACL', 'SETUSER', 'default', '-hscan')
    two = Sync('b', b, store, 'lease', 400)
    wait(lambda: refusals(store), 'a refusal')
    two.until(alarm='the store does not tell its records')
    before = refusals(store)
    wait(lambda: refusals(store) > before + 20, 'more of them')
    tap.ok('all is well' not in two.said(), 'an alarm sounds, once')
    done = subprocess.run([SYNC, 'able', '7', 'control', two.control],
                          capture_output=True, text=True)
    tap.equal((done.returncode, done.stderr.strip()),
              (1, "ksrtp-sync: group 7: standby, without the store's records"),
              'a host that cannot have them could not be at work')
    store.ask('ACL', 'SETUSER', 'default', '+hscan')
    two.until(sessions=1)
    tap.ok(True, 'once it tells them, a standby host has them')
    # what was changed meanwhile, it does not know
    store.ask('ACL', 'SETUSER', 'default', '-hscan')
    before = refusals(store)
    store.ask('CLIENT', 'KILL', 'TYPE', 'pubsub')
    wait(lambda: refusals(store) > before, 'another refusal')
    one.kill()
    two.take()
    before = refusals(store)
    wait(lambda: refusals(store) > before + 20, 'more of them')
    tap.equal(two.group()['role'], 'standby', 'it does not take over without all of them')
    store.ask('ACL', 'SETUSER', 'default', '+hscan')
    two.until(role='active')
    tap.ok(b.is_at_work(), 'and with them, it does')


@alone
def others(tap):
    """What answers, but is no store."""
    fake = gateway()
    for text in (b'HTTP/1.1 400 Bad Request\r\n\r\n', b'*-7\r\n', b'$99999999999\r\n',
                 b'+OK\r\n+OK\r\n', b'-ERR unknown command\r\n', b'*1\r\n*1\r\n:1\r\n',
                 b'\0' * 100, b'*1\r\n$5\r\nslave\r\n'):
        with answering(fake, text) as path:
            one = Sync('a', fake, path)
            wait(lambda: one.status()['store-error'], 'a complaint')
            tap.ok(not one.status()['store'] and one.process.poll() is None,
                   'no store: %r' % text[:20], one.status())
            one.close()
            started.remove(one)


main(tls, several, replicated, sentinel, asked, secured, untrue, unwilling, others)
