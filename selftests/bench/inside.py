#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Runs in the machine that measures, by a plan; prints what it finds, a JSON a
line. What is compared takes turns, so that all sides see the same machine."""

import array
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from relayed import relayed
from welch import compare

with open(sys.argv[1]) as plan_file:
    PLAN = json.load(plan_file)
PEER = '10.255.255.254'
FIRST = '10.0.0.1/32'
PROXY = '10.128.0.1/32'
# the outer device, and the inner
ROUTES = {'bench0': PEER + '/32', 'bench1': '10.0.0.0/9'}
WAYS = ('protect', 'unprotect')
# classes of refused packets, as tags.c numbers them
CLASSES = ('first', 'first again', 'last', 'whole', 'leak first', 'leak last',
           'replay')
PAIRS = (('first', 'last'), ('first', 'whole'), ('last', 'whole'),
         ('first', 'first again'), ('leak first', 'leak last'),
         ('first', 'replay'))


def sh(*args, **kw):
    return subprocess.run(args, check=True, text=True, **kw)


def tell(what, **found):
    print('BENCH ' + json.dumps({'what': what, **found}), flush=True)


def available():
    for line in open('/proc/meminfo'):
        if line.startswith('MemAvailable'):
            return 1024 * int(line.split()[1])


def loaded():
    with open('/proc/modules') as file:
        return {line.split()[0] for line in file}


def load(paths):
    """Modules, in this order, that are not there yet."""
    for path in paths:
        name = os.path.basename(path).removesuffix('.ko').replace('-', '_')
        if name not in loaded():
            sh('insmod', path)


@contextlib.contextmanager
def own_address(address, device):
    """While an address is this machine's."""
    sh('ip', 'addr', 'add', address, 'dev', device)
    yield
    sh('ip', 'addr', 'del', address, 'dev', device)
    # which was the last one, and took the device's routes along
    sh('ip', 'route', 'replace', ROUTES[device], 'dev', device)


def insert(name):
    sh('insmod', PLAN['modules'][name])


def tool(*args, **kw):
    return sh(PLAN['tool'], *args, **kw)


def install(suite, count, inside=()):
    """Sessions, each with keys of its own; how long it takes, and what."""
    of = PLAN['suites'][suite]
    memory = available()
    took = float(sh(*inside, PLAN['add'], str(count), str(of['id']),
                    str(of['key']), str(of['salt']),
                    stdout=subprocess.PIPE).stdout)
    return took, memory - available()


def flush():
    tool('session', 'flush')


class Found:
    """Minimum and median by name, in ns per packet, of several turns."""

    def __init__(self):
        self.low, self.medians = {}, {}

    def add(self, lines, prefix=''):
        for line in lines:
            name, low, median = line.split()
            name = prefix + name
            self.low[name] = min(self.low.get(name, 1e12), int(low) / 1000)
            self.medians.setdefault(name, []).append(int(median) / 1000)

    def ns(self):
        return {name: {'min': low,
                       'median': statistics.median(self.medians[name])}
                for name, low in self.low.items()}


def measure(found, mode, suite, sessions, payload, threads=1, shared=0,
            prefix='', inside=(), rounds=None):
    of = PLAN['suites'][suite]
    order = '%s %d %d %d %d %d %d %d %d' % (
        mode, sessions, payload, of['aead'], of['key'],
        rounds or PLAN['rounds'], PLAN['batches'], threads, shared)
    # whoever writes it says by this where the sessions are
    sh(*inside, 'tee', '/proc/ksrtp_bench', input=order,
       stdout=subprocess.DEVNULL)
    lines = open('/proc/ksrtp_bench').read().splitlines()
    if lines[-1] != 'dropped 0':
        tool('-s', 'stat', stdout=sys.stderr)
        sh('dmesg', stdout=sys.stderr)
        sys.exit('%s: %s' % (mode, lines))
    found.add(lines[:-1], prefix)


def measure_peers(found, suite, sessions, payload):
    for peer, path in PLAN['peers'].items():
        lines = sh(path, suite, str(PLAN['rounds']), str(PLAN['batches']),
                   str(sessions), str(payload),
                   stdout=subprocess.PIPE).stdout.splitlines()
        found.add(lines[1:], peer + '-')


def sides():
    """ksrtp, and the module of before beside it, each loaded for its turn; what to
    put before the names of what is found."""
    yield ''
    if not PLAN.get('beside'):
        return
    sh('rmmod', 'ksrtp')
    sh('insmod', PLAN['beside'])
    yield 'beside-'
    sh('rmmod', 'ksrtp')
    insert('ksrtp')


def packets():
    """Each suite, payload and number of sessions, beside peers and floor.
    Sessions are new for each turn, or streams would pile up in them."""
    for suite in PLAN['suites']:
        for count in PLAN['sessions']:
            many, added = count > PLAN['peer-sessions'], {}
            for payload in PLAN['payloads'] if count == 1 else [160]:
                found = Found()
                for _ in range(PLAN['turns']):
                    for side in sides():
                        added[side] = install(suite, count)
                        measure(found, 'hooks', suite, count, payload,
                                prefix=side)
                        if many:
                            measure(found, 'hooks', suite, 1, payload,
                                    prefix=side + 'one-')
                        flush()
                    if many:
                        measure(found, 'cold', suite, count, payload,
                                prefix='cold-')
                    else:
                        measure_peers(found, suite, count, payload)
                tell('packets', suite=suite, sessions=count, payload=payload,
                     ns=found.ns())
            for side, (took, memory) in added.items():
                tell('sessions', suite=suite, count=count, seconds=took,
                     bytes=memory, beside=bool(side))


def gateway():
    """The whole way through a router, which protects or not."""
    for suite in PLAN['suites']:
        for payload in 160, 1200:
            found = Found()
            for _ in range(PLAN['turns']):
                for side in sides():
                    install(suite, PLAN['gateway'])
                    measure(found, 'gateway', suite, PLAN['gateway'], payload,
                            prefix=side)
                    flush()
            tell('gateway', suite=suite, sessions=PLAN['gateway'],
                 payload=payload, ns=found.ns())


def measure_proxy(found, suite, payload, prefix=''):
    """One call of rtpengine's. SRTP for it is made where it meets no hook of ours."""
    inside = ['ip', 'netns', 'exec', 'protect']
    install(suite, 1, inside)
    measure(found, 'proxy', suite, 1, payload, prefix=prefix, inside=inside)
    sh(*inside, PLAN['tool'], 'session', 'flush')


@contextlib.contextmanager
def rtpengine():
    """Where rtpengine's kernel module can be."""
    load(PLAN['rtpengine']['modules'])
    sh('ip', 'netns', 'add', 'protect')
    with own_address(PROXY, 'bench1'):
        yield
    sh('ip', 'netns', 'del', 'protect')


@contextlib.contextmanager
def rtpengine_call(suite):
    """While it has one."""
    of = PLAN['suites'][suite]
    # what install() gives the first session
    key = bytes(of['key'] + of['salt']).hex()
    with subprocess.Popen([PLAN['rtpengine']['setup'], suite, key],
                          stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as setup:
        if setup.stdout.readline() != b'ready\n':
            sys.exit('rtpengine takes no call')
        sh('insmod', PLAN['rtpengine']['hook'])
        yield
        sh('rmmod', 'rtpengine_hook')
        setup.stdin.close()


def beside_rtpengine(what, turn):
    """Measure turn(found, suite, payload) while rtpengine's module has a call."""
    with rtpengine():
        for suite in PLAN['suites']:
            with rtpengine_call(suite):
                for payload in 160, 1200:
                    found = Found()
                    for _ in range(PLAN['turns']):
                        turn(found, suite, payload)
                    tell(what, suite=suite, payload=payload, ns=found.ns())


def beside_us(found, suite, payload):
    install(suite, 1)
    measure(found, 'gateway', suite, 1, payload)
    flush()
    measure_proxy(found, suite, payload)


def proxy():
    """rtpengine's kernel module on the same way, beside us as a gateway."""
    beside_rtpengine('proxy', beside_us)


def shown(what):
    return json.loads(tool('-j', what, 'show', stdout=subprocess.PIPE).stdout)


def forget_keys():
    """Those that are used up, since all sessions here have the same."""
    sh('rmmod', 'ksrtp')
    insert('ksrtp')


def media():
    """A call of ksrtpd's, whose table rewrites packets between a telephone and an
    application behind, beside us as a gateway."""
    load(PLAN['tables'])
    sh('ip', 'netns', 'add', 'protect')
    with own_address(PROXY, 'bench1'):
        for suite, of in PLAN['suites'].items():
            for payload in 160, 1200:
                found = Found()
                for _ in range(PLAN['turns']):
                    install(suite, 1)
                    session = shown('session')[0]
                    ends = [(session[side + '-address'], session[side + '-port'])
                            for side in ('remote', 'local')]
                    measure(found, 'gateway', suite, 1, payload)
                    flush()
                    forget_keys()
                    with relayed(PLAN['agent'], PROXY.split('/')[0], suite,
                                 bytes(of['key'] + of['salt']), *ends):
                        measure_proxy(found, suite, payload)
                    for rule in shown('require'):
                        tool('require', 'del', 'id', str(rule['id']))
                    forget_keys()
                tell('media', suite=suite, payload=payload, ns=found.ns())
    sh('ip', 'netns', 'del', 'protect')
    for path in reversed(PLAN['tables']):
        sh('rmmod', path)


@contextlib.contextmanager
def firewall(priority=-1, flowtable=False):
    """Connection tracking and 100 rules, none of which is about these packets; in
    front of what priority 0 has, or behind it."""
    chain = """
        chain %s {
            type filter hook %s priority %d
            ct state invalid drop
            jump others
        %s
        }"""
    sh('nft', '-f', '-', input='table inet bench {' + (
        """
        flowtable fast {
            hook ingress priority 0
            devices = { bench0, bench1 }
        }""" if flowtable else '') + """
        chain others {
            %s
        }""" % '\n'.join('udp dport %d drop' % (20000 + n) for n in range(100)) +
        chain % ('incoming', 'input', priority, '') +
        chain % ('forwarded', 'forward', priority,
                 'counter meta l4proto udp flow add @fast' if flowtable else '') +
        '\n}')
    yield
    sh('nft', 'delete', 'table', 'inet', 'bench')


@contextlib.contextmanager
def attached():
    for device in ROUTES:
        tool('attach', 'dev', device)
    yield
    # what it had to do with flows has to be over
    for device in ROUTES:
        tool('attach', 'del', 'dev', device)


def slow_packets():
    """How many packets the rules have seen."""
    listed = json.loads(sh('nft', '-j', 'list', 'chain', 'inet', 'bench', 'forwarded',
                           stdout=subprocess.PIPE).stdout)
    return sum(part['counter']['packets'] for one in listed['nftables']
               for part in one.get('rule', {}).get('expr', ())
               if 'counter' in part)


def past_rules(found, suite, payload):
    """By a flowtable; by the rules, and rtpengine's behind and before them."""
    with firewall(flowtable=True), attached():
        install(suite, 1)
        measure(found, 'gateway', suite, 1, payload, prefix='flowtable-')
        flush()
        if slow_packets() > 100:
            sys.exit('flowtable: packets did not go by it')
    with firewall():
        beside_us(found, suite, payload)
    with firewall(1):
        measure_proxy(found, suite, payload, 'first-')


def flowtable():
    """A gateway whose flows are a flowtable's, and one without; and rtpengine's
    module, behind the rules and before them."""
    load(PLAN['flowtable'])
    beside_rtpengine('flowtable', past_rules)
    for path in reversed(PLAN['flowtable']):
        sh('rmmod', path)


def foreign():
    """UDP that is not ours, with many sessions, without the module, and with hooks that
    do nothing."""
    suite = list(PLAN['suites'])[0]
    found = Found()

    def both(prefix):
        for mode in 'foreign', 'plain':
            measure(found, mode, suite, 100, 160, prefix=prefix)

    for _ in range(PLAN['turns']):
        for side in sides():
            install(suite, PLAN['foreign'])
            both(side + 'present-')
            flush()
        sh('rmmod', 'ksrtp')
        both('absent-')
        measure(found, 'idle', suite, 100, 160, prefix='idle-')
        insert('ksrtp')
    tell('foreign', sessions=PLAN['foreign'], ns=found.ns())


def local():
    """UDP that is not ours and is for this machine, likewise."""
    suite = list(PLAN['suites'])[0]
    found = Found()
    with own_address(PROXY, 'bench1'):
        for _ in range(PLAN['turns']):
            install(suite, PLAN['foreign'])
            measure(found, 'local', suite, 100, 160, prefix='present-')
            flush()
            sh('rmmod', 'ksrtp')
            measure(found, 'local', suite, 100, 160, prefix='absent-')
            insert('ksrtp')
    tell('local', sessions=PLAN['foreign'], ns=found.ns())


def repeat():
    """Packets that may be sent again, none of which is."""
    for suite in PLAN['suites']:
        for payload in 160, 1200:
            found = Found()
            for _ in range(PLAN['turns']):
                for prefix, packets in ('', 0), ('repeat-', 1024):
                    install(suite, 1)
                    session = shown('session')[0]
                    tool('session', 'set', 'id', str(session['id']), 'send',
                         'repeat', str(packets))
                    measure(found, 'ksrtp', suite, 1, payload, prefix=prefix)
                    flush()
            tell('repeat', suite=suite, payload=payload, ns=found.ns())


def rules():
    """UDP of no session, under so many rules (64 are the most), of which the last is
    about it."""
    suite = list(PLAN['suites'])[0]
    found = {count: Found() for count in (0, 1, 64)}
    for _ in range(PLAN['turns']):
        for count, ns in found.items():
            # or there would be no hooks
            install(suite, 100)
            tool('-b', '-', input=''.join(
                'require add port %d\n' % (5006 if n == count - 1 else 20000 + n)
                for n in range(count)))
            measure(ns, 'rules', suite, 100, 160)
            tool('-b', '-', input=''.join(
                'require del id %d\n' % rule['id'] for rule in shown('require')))
            flush()
    for count, ns in found.items():
        tell('rules', rules=count, ns=ns.ns())


def forged():
    """Packets with a byte changed, beside those that are accepted."""
    for suite in PLAN['suites']:
        for payload in 160, 1200:
            found = Found()
            for _ in range(PLAN['turns']):
                install(suite, 1)
                measure(found, 'forged', suite, 1, payload)
                flush()
            tell('forged', suite=suite, payload=payload, ns=found.ns())


def refused():
    """How many packets were, so far, for their tags, and as replayed."""
    stats = json.loads(tool('-j', 'stat', stdout=subprocess.PIPE).stdout)
    return [stats['recv'][name] for name in ('drop-bad-tag', 'drop-replayed')]


def tag_times(suite, payload):
    """What refused packets took in ns, by class; and who refused them."""
    times = {name: [] for name in CLASSES}
    before = refused()
    for _ in range(PLAN['turns']):
        install(suite, 1)
        with open('/proc/ksrtp_bench_tags', 'w') as file:
            file.write('%d %d %d' % (
                payload, 16 if PLAN['suites'][suite]['aead'] else 10,
                PLAN['tag-batches']))
        with open('/proc/ksrtp_bench_tags', 'rb') as file:
            words = array.array('I', file.read())
        tick = words[1] / words[0]
        for name, ticks in zip(words[2::2], words[3::2]):
            times[CLASSES[name]].append(ticks * tick)
        flush()
    # all came as far as they were meant to
    replays = len(times['replay'])
    expected = [sum(map(len, times.values())) - replays, replays]
    found = [after - count for after, count in zip(refused(), before)]
    if found != expected:
        sys.exit('tags: refused are %s, not %s' % (found, expected))
    return times


def tags():
    """Does the time to refuse a packet tell where its tag is wrong?"""
    for suite in list(PLAN['suites'])[:2]:
        for payload in 160, 1200:
            times = tag_times(suite, payload)
            tell('tags', suite=suite, payload=payload,
                 medians={name: statistics.median(one)
                          for name, one in times.items()},
                 pairs=[{'classes': pair,
                         'crops': compare(*(times[name] for name in pair))}
                        for pair in PAIRS])


def super_packets():
    """The whole send path of an application, 16 segments one by one and at
    once. What a system call takes is part of it, and is much in user mode."""
    for suite in [None] + list(PLAN['suites'])[:2]:
        if suite:
            install(suite, 1)
        ns = {'send': 1e12, 'super': 1e12}
        with own_address(FIRST, 'bench0'):
            for _ in range(PLAN['turns']):
                for mode in ns:
                    ns[mode] = min(ns[mode], float(sh(
                        PLAN['udp'], mode, '3',
                        stdout=subprocess.PIPE).stdout))
        tell('super', suite=suite, ns=ns)
        if suite:
            flush()


def threads():
    """Two cores, with sessions of their own and with the same one."""
    for suite in list(PLAN['suites'])[:2]:
        for payload in 160, 1200:
            found = Found()
            for _ in range(PLAN['turns']):
                install(suite, 200)
                measure(found, 'hooks', suite, 100, payload, prefix='one-')
                measure(found, 'hooks', suite, 100, payload, 2,
                        prefix='own-')
                measure(found, 'hooks', suite, 1, payload, prefix='single-')
                measure(found, 'hooks', suite, 1, payload, 2, 1,
                        prefix='shared-')
                flush()
            tell('threads', suite=suite, payload=payload, ns=found.ns())


def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.1)


def calls():
    """ksrtpd: what a call takes of its processor, beside a bare handshake by the same
    OpenSSL with the same certificate, and what an established one takes."""
    # one address for all browsers, with a port for each
    sh('sysctl', '-q', 'net.ipv4.ip_local_port_range=54000 65535')
    with tempfile.TemporaryDirectory() as directory:
        control, state, cert, key = (os.path.join(directory, name) for name in (
            'control', 'calls', 'cert', 'key'))
        sh('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
           'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out',
           cert, '-subj', '/CN=ksrtp', stderr=subprocess.DEVNULL)
        with subprocess.Popen([
                PLAN['agent'], 'public', '127.0.0.1', 'public-ports',
                '10000-31999', 'application-ports', '32000-53999', 'control',
                control, 'state', state, 'certificate', cert, 'private-key',
                key]) as agent:
            wait_for(control)
            lines = sh(PLAN['browsers'], control, str(agent.pid), cert, key,
                       str(PLAN['calls']), stdout=subprocess.PIPE).stdout
            agent.terminate()
    tell('calls', calls=PLAN['calls'], **{
        name: int(number) for name, number in
        (line.split() for line in lines.splitlines())})


def warm():
    """Have memory that is needed later be used once: for a machine that is a program, its
    host has to find each page when it is used first, and to clear it."""
    block = bytes(1 << 20)
    with tempfile.TemporaryFile() as file:
        for _ in range(available() // 3 // len(block)):
            file.write(block)


def sync():
    """ksrtp-sync, with a store of its own."""
    warm()
    # not before, since the others need neither it nor its store
    from continuity import many
    suite, of = next(iter(PLAN['suites'].items()))
    for count in PLAN['synced']:
        tell('sync', suite=suite, sessions=count,
             **many(PLAN, of, count))


def profile():
    """ksrtp alone, for long; where its modules are, for whoever watches."""
    with open('/proc/modules') as file:
        tell('modules', at={line.split()[0]: int(line.split()[5], 16)
                            for line in file})
    for suite in PLAN['suites']:
        for count in PLAN['sessions']:
            for payload in PLAN['payloads']:
                found = Found()
                for _ in range(PLAN['turns']):
                    install(suite, count)
                    measure(found, PLAN['mode'], suite, count, payload)
                    flush()
                tell('profile', suite=suite, sessions=count, payload=payload,
                     ns=found.ns(), packets=PLAN['turns'] * PLAN['rounds'] *
                     PLAN['batches'] * 256)


def drivers():
    listed = json.loads(tool('-j', 'suite', 'show',
                             stdout=subprocess.PIPE).stdout)
    tell('drivers', suites=[
        {key: value for key, value in suite.items()
         if key == 'name' or 'driver' in key}
        for suite in listed if suite['name'] in PLAN['suites']])


PARTS = {part.__name__: part for part in (
    packets, gateway, media, proxy, foreign, local, rules, repeat, forged, tags,
    super_packets, flowtable, threads, calls, sync, profile)}


def main():
    # nothing but what is measured leaves by these devices
    sh('sysctl', '-q', 'net.ipv6.conf.default.disable_ipv6=1')
    sh('ip', 'link', 'set', 'lo', 'up')
    for device, route in ROUTES.items():
        sh('ip', 'link', 'add', device, 'type', 'dummy')
        sh('ip', 'link', 'set', device, 'up')
        sh('ip', 'route', 'add', route, 'dev', device)
    sh('sysctl', '-q', 'net.ipv4.ip_forward=1')
    there = loaded()
    for name in PLAN['modules']:
        if name not in there:
            insert(name)
    tell('machine', release=os.uname().release, cpus=os.cpu_count())
    drivers()
    for part in PLAN['parts']:
        PARTS[part]()


main()
