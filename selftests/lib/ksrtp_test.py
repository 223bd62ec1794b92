# SPDX-License-Identifier: GPL-2.0
"""What the tests share: TAP, hosts made of namespaces, packets, the peer."""

import ctypes
import glob
import json
import os
import select
import socket
import struct
import subprocess
import sys
import time
import traceback

BUILD = os.environ.get('KSRTP_BUILD',
                       os.path.join(os.path.dirname(__file__), '../../build'))
KSRTP = os.path.join(BUILD, 'ksrtp')
PEER = os.path.join(BUILD, 'srtp-peer')

# name: (bytes of key, of salt, of an SRTP tag, of an SRTCP tag)
SUITES = {
    'AES_CM_128_HMAC_SHA1_80': (16, 14, 10, 10),
    'AES_CM_128_HMAC_SHA1_32': (16, 14, 4, 10),
    'AES_192_CM_HMAC_SHA1_80': (24, 14, 10, 10),
    'AES_192_CM_HMAC_SHA1_32': (24, 14, 4, 10),
    'AES_256_CM_HMAC_SHA1_80': (32, 14, 10, 10),
    'AES_256_CM_HMAC_SHA1_32': (32, 14, 4, 10),
    'NULL_HMAC_SHA1_80': (16, 14, 10, 10),
    'NULL_HMAC_SHA1_32': (16, 14, 4, 10),
    'F8_128_HMAC_SHA1_80': (16, 14, 10, 10),
    'ARIA_128_CTR_HMAC_SHA1_80': (16, 14, 10, 10),
    'ARIA_128_CTR_HMAC_SHA1_32': (16, 14, 4, 10),
    'ARIA_256_CTR_HMAC_SHA1_80': (32, 14, 10, 10),
    'ARIA_256_CTR_HMAC_SHA1_32': (32, 14, 4, 10),
    'AEAD_AES_128_GCM': (16, 12, 16, 16),
    'AEAD_AES_256_GCM': (32, 12, 16, 16),
    'AEAD_ARIA_128_GCM': (16, 12, 16, 16),
    'AEAD_ARIA_256_GCM': (32, 12, 16, 16),
    'DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM': (32, 24, 33, 16),
    'DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM': (64, 24, 33, 16),
    'SEED_CTR_128_HMAC_SHA1_80': (16, 14, 10, 10),
    'SEED_128_CCM_80': (16, 12, 10, 10),
    'SEED_128_GCM_96': (16, 12, 12, 12),
    'AEAD_AES_128_GCM_8': (16, 12, 8, 8),
    'AEAD_AES_256_GCM_8': (32, 12, 8, 8),
}
ARIA = [suite for suite in SUITES if 'ARIA' in suite]
SEED = [suite for suite in SUITES if 'SEED' in suite]
# known by drafts of RFC 7714 alone
DRAFT = [suite for suite in SUITES if suite.endswith('GCM_8')]
DOUBLE = [suite for suite in SUITES if 'DOUBLE' in suite]
# Those that the packaged libsrtp can do. Its AES_192 needs kdf-aes-256.
LIBSRTP = [suite for suite in SUITES if suite not in ARIA + SEED + DOUBLE and
           not suite.startswith('AES_192') and
           suite not in ('F8_128_HMAC_SHA1_80', 'NULL_HMAC_SHA1_32')]
CM = 'AES_CM_128_HMAC_SHA1_80'
GCM = 'AEAD_AES_128_GCM'
KSFT_SKIP = 4


def some(cases):
    """Every fourth case, as emulated machines are slow; the debug kernel has all."""
    return cases if os.environ.get('KSRTP_KERNEL') == 'debug' else cases[::4]


def need_machine():
    """End here, unless this is a machine of our own to do with as we like."""
    if 'KSRTP_OUT' not in os.environ:
        print('1..0 # SKIP it changes the system it runs on; start it with '
              'selftests/vm/run')
        sys.exit(KSFT_SKIP)


class Tap:
    """Results, one line each; a test that was not reached is a failure."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def ok(self, passed, name, detail=''):
        self.count += 1
        if not passed:
            self.failed += 1
            for line in str(detail).splitlines():
                print('# ' + line)
        print('%sok %d - %s' % ('' if passed else 'not ', self.count, name),
              flush=True)
        return bool(passed)

    def equal(self, got, wanted, name):
        return self.ok(got == wanted, name,
                       'got    %r\nwanted %r' % (got, wanted))

    def skip(self, name, why):
        self.count += 1
        print('ok %d - %s # SKIP %s' % (self.count, name, why), flush=True)

    def note(self, text):
        print('# ' + text, flush=True)


class Skip(Exception):
    """Why a test cannot be run here."""


def main(*tests):
    """Run tests, each a function of a Tap, and exit."""
    tap = Tap()
    before, module = allocated(), loaded()
    for test in tests:
        began = time.monotonic()
        try:
            test(tap)
        except Skip as why:
            tap.skip(test.__name__.replace('_', ' '), why)
        except Exception:
            tap.ok(False, test.__name__ + ' ran to its end',
                   traceback.format_exc())
        Host.remove_all()
        took = time.monotonic() - began
        if took > 10:
            tap.note('%s took %d s' % (test.__name__, took))
    if loaded() == module:
        given_back(tap, before)
    print('1..%d' % tap.count)
    sys.exit(1 if tap.failed or not tap.count else 0)


def loaded():
    """Which module it is: another one each time it is loaded, None for none."""
    try:
        return os.stat('/sys/module/ksrtp').st_ino
    except FileNotFoundError:
        return None


def allocated():
    """{where: bytes} of the memory that our module, and the transforms of the crypto
    API, have now; None where the kernel is not ours or does not count that."""
    if 'KSRTP_OUT' not in os.environ or \
            not os.path.exists('/proc/allocinfo'):
        return None
    # what kfree_rcu() has collected, it may keep until there is more
    for cache in glob.glob('/sys/kernel/slab/kmalloc-*/shrink'):
        with open(cache, 'w') as file:
            file.write('1')
    with open('/proc/allocinfo') as file:
        lines = [line.split() for line in file]
    # each processor has one for its next packet, the machine's own namespace tables
    # that it keeps
    kept = {'func:ksrtp_packet_alloc': os.cpu_count(),
            'func:ksrtp_ports_create': 1, 'func:ksrtp_session_table_init': 1,
            'func:ksrtp_ledger_init': 1}
    return {' '.join(words): int(size) for size, count, *words in lines
            if ('[ksrtp]' in words or 'func:crypto_create_tfm_node' in words)
            and int(count) > kept.get(words[-1], 0)}


def given_back(tap, before):
    """Is as little memory allocated as before, hosts being gone?"""
    def more():
        # what the suite before has left may have gone meanwhile
        return {where: size for where, size in allocated().items()
                if size > before.get(where, 0)}
    if before is not None:
        tap.equal(eventually({}, more), {}, 'all memory has been given back')


def cipher_available(name):
    """Load ARIA or SEED for kernels without it, from a test module."""
    module = os.path.join(BUILD, os.environ.get('KSRTP_KERNEL', ''),
                          'ksrtp_%s.ko' % name)
    if run('modprobe', '-q', name, check=False).returncode == 0:
        return True
    if 'ksrtp_%s ' % name not in open('/proc/modules').read():
        run('insmod', module, check=False)
    return 'ksrtp_%s ' % name in open('/proc/modules').read()


def module_users():
    """How many sessions hold the module, once those that are going are gone."""
    for wait in range(100):
        users = int(open('/sys/module/ksrtp/refcnt').read())
        if not users:
            break
        time.sleep(0.1)
    return users


LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET, CLONE_NEWUSER = 0x40000000, 0x10000000
# socket options of UDP that Python does not name
UDP_CORK, UDP_SEGMENT, UDP_GRO = 1, 103, 104
SO_BINDTODEVICE = 25


class Traced:
    """The kernel's trace of what happens meanwhile, as lines."""

    root = '/sys/kernel/tracing/'

    def __init__(self, *events):
        self.events = events

    @classmethod
    def available(cls):
        if not os.path.exists(cls.root + 'events/ksrtp'):
            run('mount', '-t', 'tracefs', 'tracefs', cls.root, check=False)
        return os.path.exists(cls.root + 'events/ksrtp')

    def _enable(self, value):
        for event in self.events:
            self._write('events/%s/enable' % event, value)

    def _write(self, name, value):
        with open(self.root + name, 'w') as file:
            file.write(value)

    def __enter__(self):
        # in order, whichever processors wrote them; this empties it as well
        self._write('trace_clock', 'counter')
        self._write('trace', '')
        self._enable('1')
        return self

    def __exit__(self, *unused):
        self._enable('0')
        with open(self.root + 'trace') as file:
            self.lines = file.read().splitlines()


def run(*command, check=True, **options):
    result = subprocess.run(command, capture_output=True, text=True, **options)
    if check and result.returncode:
        raise RuntimeError('%s: %s%s' % (' '.join(command), result.stdout,
                                         result.stderr))
    return result


def become_nobody(namespaces=0, user=65534):
    """Give up all rights, but for those in new namespaces.

    Here and not before, since nobody may be unable to read the tests."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    if namespaces and LIBC.unshare(namespaces):
        raise OSError(ctypes.get_errno(), 'unshare')


class Host:
    """A network namespace that plays a host."""

    made = []

    def __init__(self, name):
        self.name = 'ksrtp-' + name
        run('ip', 'netns', 'add', self.name)
        self.made.append(self)
        self.ip('link', 'set', 'lo', 'up')
        self.sysctl('net/ipv6/conf/all/accept_dad', 0)
        self.sysctl('net/ipv6/conf/default/accept_dad', 0)

    @classmethod
    def remove_all(cls):
        for host in cls.made:
            run('ip', 'netns', 'del', host.name, check=False)
        cls.made.clear()

    def run(self, *command, **options):
        with self.enter():
            return run(*command, **options)

    def start(self, *command, **options):
        """A process that goes on; its network is that of the thread that
        starts it, without the mounts that "ip netns exec" would make."""
        with self.enter():
            return subprocess.Popen(command, **options)

    def sysctl(self, name, value):
        with self.enter(), open('/proc/sys/' + name, 'w',
                                encoding='ascii') as file:
            file.write(str(value))

    def ip(self, *args, **options):
        return run('ip', '-n', self.name, *args, **options)

    def enter(self):
        """Context in which this thread's new sockets are the host's."""
        return _Inside(self.name)

    def socket(self, address='', port=0, kind=socket.SOCK_DGRAM, dev=''):
        family = socket.AF_INET6 if ':' in address else socket.AF_INET
        with self.enter():
            sock = socket.socket(family, kind)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        if dev:
            sock.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, dev.encode())
        sock.bind((address, port))
        sock.settimeout(60)
        return sock

    def ksrtp(self, *args, check=True, **options):
        return self.run(KSRTP, *[str(a) for a in args], check=check, **options)

    def json(self, *args):
        return json.loads(self.ksrtp('-j', *args).stdout)

    def session(self, *args, send=None, recv=None):
        """Add a session; send and recv are (suite, key) or words. Its id."""
        words = list(args)
        for name, what in (('send', send), ('recv', recv)):
            if what is None:
                continue
            words.append(name)
            if isinstance(what, tuple):
                words += ['suite', what[0], 'insecure-key', what[1].hex()]
                words += what[2:]
            else:
                words += what
        return self.json('session', 'add', *words)[0]['id']

    def stats(self, direction, session=None):
        """Counters of a session, only those that are not zero."""
        which = ['id', session] if session else []
        shown = self.json('-s', 'session', 'show', *which)[0]
        return {k: v for k, v in shown[direction]['stats'].items() if v}

    def stream(self, session, direction, ssrc):
        return self.json('stream', 'show', 'session', session, direction,
                         'ssrc', ssrc)[0]


class Monitor:
    """The events of a host, from now on."""

    def __init__(self, host):
        self.process = host.start(KSRTP, '-j', 'monitor',
                                  stdout=subprocess.PIPE)
        self.seen = []
        self.unread = b''
        # it listens once it has been told of something
        probe = host.json('session', 'add', 'local', 'any:9', 'rtcp-mux')
        for wait in range(200):
            number = probe[0]['id']
            host.ksrtp('session', 'set', 'id', number, 'max-streams', wait + 1)
            if select.select([self.process.stdout], [], [], 0.1)[0]:
                break
        host.ksrtp('session', 'del', 'id', number)
        while self.next()['event'] != 'session-del':
            pass

    def next(self):
        out = self.process.stdout.fileno()
        while b'\n' not in self.unread:
            if not select.select([out], [], [], 20)[0]:
                return {'event': 'none came'}
            self.unread += os.read(out, 65536)
        line, _, self.unread = self.unread.partition(b'\n')
        return json.loads(line)

    def wait(self, **wanted):
        """The next event that has all this."""
        while True:
            event = self.next()
            self.seen.append(event)
            if event['event'] == 'none came' or \
                    wanted.items() <= event.items():
                return event

    def close(self):
        self.process.terminate()
        self.process.wait()


class _Inside:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.old = os.open('/proc/thread-self/ns/net', os.O_RDONLY)
        fd = os.open('/run/netns/' + self.name, os.O_RDONLY)
        if LIBC.setns(fd, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), 'setns')
        os.close(fd)

    def __exit__(self, *unused):
        LIBC.setns(self.old, CLONE_NEWNET)
        os.close(self.old)


def eventually(wanted, ask):
    """What is asked for until it is as wanted: namespaces go when they like."""
    end = time.monotonic() + 60
    while (got := ask()) != wanted and time.monotonic() < end:
        time.sleep(0.1)
    return got


def checksums_hold():
    """Does this kernel believe the checksum of a packet of its own?

    Linux 6.12 does not on an s390x that QEMU 7.2 emulates, whose instruction for
    checksums adds wrongly: there, IPv6 finds no neighbours."""
    host = Host('alone')
    with host.enter():
        sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    with sock:
        # an echo request
        sock.sendto(b'\x80\0\0\0\0\1\0\1 is this as it was?', ('::1', 0))

    def counters():
        with host.enter(), open('/proc/thread-self/net/snmp6') as file:
            return dict(line.split() for line in file)
    eventually(True, lambda: counters()['Icmp6InMsgs'] != '0')
    holds = counters()['Icmp6InCsumErrors'] == '0'
    Host.remove_all()
    return holds


WRONG_CHECKSUMS = "this kernel's checksums are wrong, as with an emulated s390x of QEMU 7.2"


class Parameter:
    """A module's parameter, for a while."""

    def __init__(self, name, value):
        self.path, self.value = PARAMETERS + name, value

    def __enter__(self):
        self.old = open(self.path).read()
        with open(self.path, 'w') as file:
            file.write(str(self.value))

    def __exit__(self, *unused):
        with open(self.path, 'w') as file:
            file.write(self.old)


def link(one, one_dev, one_addresses, other, other_dev, other_addresses,
         mtu=1500):
    """Join two hosts by a wire."""
    first = ['link add %s mtu %d type veth peer name %s mtu %d netns %s' % (
        one_dev, mtu, other_dev, mtu, other.name)]
    for host, dev, addresses in ((one, one_dev, one_addresses),
                                 (other, other_dev, other_addresses)):
        lines = ['addr add %s dev %s%s' % (
            address, dev, ' nodad' if ':' in address else '')
                 for address in addresses]
        lines.append('link set %s up' % dev)
        host.ip('-batch', '-', input='\n'.join(first + lines))
        first = []


A4, B4 = '10.9.0.1', '10.9.0.2'
A6, B6 = 'fd09::1', 'fd09::2'


def pair(mtu=1500):
    """Hosts a and b on one wire, with the addresses above."""
    a, b = Host('a'), Host('b')
    link(a, 'wire', (A4 + '/24', A6 + '/64'), b, 'wire',
         (B4 + '/24', B6 + '/64'), mtu)
    return a, b


C4, C6 = '10.8.0.5', 'fd08::5'


def behind_gateway():
    """Host c, which knows nothing, behind a, which protects; b beyond."""
    a, b = pair()
    c = Host('c')
    link(c, 'inside', (C4 + '/24', C6 + '/64'),
         a, 'inside', ('10.8.0.1/24', 'fd08::1/64'))
    for via4, via6, host in (('10.8.0.1', 'fd08::1', c), (A4, A6, b)):
        host.ip('route', 'add', 'default', 'via', via4)
        host.ip('-6', 'route', 'add', 'default', 'via', via6)
    a.sysctl('net/ipv4/ip_forward', 1)
    a.sysctl('net/ipv6/conf/all/forwarding', 1)
    return a, b, c


def filter_bridged(host):
    """Have a host's bridges hand their packets to netfilter."""
    if run('modprobe', 'br_netfilter', check=False).returncode:
        raise Skip('no br_netfilter')
    host.run('sysctl', '-qw', 'net.bridge.bridge-nf-call-iptables=1',
             'net.bridge.bridge-nf-call-ip6tables=1')


def behind_bridge():
    """Host c, which knows nothing, and b, and between them a: a bridge that hands
    its packets to netfilter."""
    a, b, c = Host('a'), Host('b'), Host('c')
    filter_bridged(a)
    a.ip('link', 'add', 'br0', 'type', 'bridge', 'forward_delay', '0')
    link(a, 'left', (), c, 'wire', (A4 + '/24', A6 + '/64'))
    link(a, 'right', (), b, 'wire', (B4 + '/24', B6 + '/64'))
    for dev in ('left', 'right'):
        a.ip('link', 'set', dev, 'master', 'br0')
    a.ip('link', 'set', 'br0', 'up')
    return a, b, c


def all_errors(*hosts):
    """Have hosts send all ICMP errors, however many."""
    for host in hosts:
        host.run('sysctl', '-qw', 'net.ipv4.icmp_ratelimit=0',
                 'net.ipv6.icmp.ratelimit=0')


def gro_on(host):
    """Have a host's wire put packets together, for sockets and for those beyond."""
    for feature in ('gro', 'rx-udp-gro-forwarding'):
        host.run('ethtool', '-K', 'wire', feature, 'on')


def burst(sock, to, packets):
    """Send a super-packet; all but the last are of one length."""
    sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, len(packets[0]))
    sock.sendto(b''.join(packets), to)
    sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 0)


def flow(local, remote, lport=5000, rport=6000):
    def end(address, port):
        return '%s:%d' % ('[%s]' % address if ':' in address else address, port)
    return ('local', end(local, lport), 'remote', end(remote, rport))


def key(suite, seed=1):
    """A master key and salt for a suite."""
    import hashlib
    size = sum(SUITES[suite][:2])
    return hashlib.shake_256(b'%d %s' % (seed, suite.encode())).digest(size)


def rtp(seq, payload=b'', ssrc=0x11223344, csrcs=(), extension=None, pt=0):
    first = 0x80 | len(csrcs) | (0x10 if extension is not None else 0)
    packet = struct.pack('>BBHII', first, pt, seq & 0xffff, seq * 160, ssrc)
    for csrc in csrcs:
        packet += struct.pack('>I', csrc)
    if extension is not None:
        packet += struct.pack('>HH', 0xbede, len(extension) // 4) + extension
    return packet + payload


def rtcp(ssrc=0x11223344, blocks=0):
    """Sender report, and a source description."""
    report = struct.pack('>BBHI', 0x80 | blocks, 200, 6 + 6 * blocks, ssrc)
    report += bytes(range(20)) + bytes(24) * blocks
    chunk = struct.pack('>IBB', ssrc, 1, 9) + b'a@example' + bytes(1)
    chunk += bytes(-len(chunk) % 4)
    return report + struct.pack('>BBH', 0x81, 202, len(chunk) // 4) + chunk


# passes untouched, and so shows that what was sent before it has been dealt with
MARKER = b'\x00\x01 a STUN message, to all appearances'
PARAMETERS = '/sys/module/ksrtp/parameters/'


class Peer:
    """libsrtp with one suite, and a key or several of {mki: key}."""

    def __init__(self, suite, master, *options):
        self.process = subprocess.Popen([PEER, suite, *options,
                                         *self.words(master)],
                                        stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    @staticmethod
    def words(master):
        if isinstance(master, dict):
            return ['%s:%s' % (mki.hex(), one.hex())
                    for mki, one in master.items()]
        return [master.hex()]

    def tell(self, line):
        self.process.stdin.write(line + '\n')
        self.process.stdin.flush()
        word, _, rest = self.process.stdout.readline().strip().partition(' ')
        return word, rest

    def ask(self, verb, packet):
        """The resulting packet, or libsrtp's error number."""
        word, rest = self.tell('%s %s' % (verb, packet.hex()))
        return bytes.fromhex(rest) if word == 'ok' else int(rest)

    def use(self, number):
        """Choose the key to protect with, by its place among them."""
        self.tell('use %d' % number)

    def rekey(self, master, anew):
        """Take other keys, with counters that go on, or in new contexts."""
        verb = 'renew' if anew else 'update'
        if self.tell(' '.join([verb, *self.words(master)]))[0] != 'ok':
            raise RuntimeError('libsrtp refuses to ' + verb)

    def protect(self, packet):
        return self.ask('protect', packet)

    def unprotect(self, packet):
        return self.ask('unprotect', packet)

    def protect_rtcp(self, packet):
        return self.ask('protect-rtcp', packet)

    def unprotect_rtcp(self, packet):
        return self.ask('unprotect-rtcp', packet)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Ends:
    """The sockets of an application on host a and of the bare wire on host b. Who
    derives from it has the session between them, and its host, as self.id and self.a."""

    def __init__(self, a, b, here, there, lport=5000, rport=6000, dev=''):
        self.app = a.socket(here, lport, dev=dev)
        self.app_rtcp = a.socket(here, lport + 1, dev=dev)
        self.wire = b.socket(there, rport)
        self.wire_rtcp = b.socket(there, rport + 1)
        self.here, self.there = (here, lport), (there, rport)
        self.reported = False

    def out(self, packet, control=False):
        """What the wire sees of what the application sends."""
        port = self.there[1] + control
        (self.app_rtcp if control else self.app).sendto(
            packet, (self.there[0], port))
        return (self.wire_rtcp if control else self.wire).recv(65536)

    def put(self, packet, control=False):
        """Put a packet on the wire, towards the application."""
        port = self.here[1] + control
        (self.wire_rtcp if control else self.wire).sendto(
            packet, (self.here[0], port))

    def get(self, control=False):
        return (self.app_rtcp if control else self.app).recv(65536)

    def through(self, packet, control=False):
        self.put(packet, control)
        return self.get(control)

    def judged(self):
        """The number of received packets that were counted, one way or the other."""
        return sum(n for name, n in self.a.stats('recv', self.id).items()
                   if name in ('rtp-packets', 'rtcp-packets')
                   or name.startswith('drop'))

    def wait_judged(self, n):
        """Wait until so many were; but some are none of ours."""
        for _ in range(20):
            if self.judged() >= n:
                break
            time.sleep(.1)

    def refused(self, packets, control=False):
        """What the application gets of packets that it should not get."""
        # the first SRTCP waits until there are keys of it: a marker may overtake it
        first = control and not self.reported
        before = self.judged() if first else 0
        for packet in packets:
            self.put(packet, control)
        if first:
            self.wait_judged(before + len(packets))
            self.reported = True
        self.put(MARKER, control)
        got = []
        while True:
            packet = self.get(control)
            if packet == MARKER:
                return got
            got.append(packet)

    def refused_out(self, packets, control=False):
        """What the wire sees of packets that it should not see."""
        sock = self.app_rtcp if control else self.app
        wire = self.wire_rtcp if control else self.wire
        to = (self.there[0], self.there[1] + control)
        for packet in packets:
            sock.sendto(packet, to)
        sock.sendto(MARKER, to)
        got = []
        while True:
            packet = wire.recv(65536)
            if packet == MARKER:
                return got
            got.append(packet)

    def drops(self, way):
        """Causes of drops in a direction, and how many."""
        return {name: n for name, n in self.a.stats(way, self.id).items()
                if name.startswith('drop')}

    def close(self):
        self.a.ksrtp('session', 'del', 'id', self.id)
        for sock in (self.app, self.app_rtcp, self.wire, self.wire_rtcp):
            sock.close()


class Call(Ends):
    """An application behind ksrtp on host a, or on one behind that; the bare wire on
    host b, and libsrtp to judge it."""

    def __init__(self, a, b, suite=CM, v6=False, words=(), recv_words=(),
                 seed=1, lport=5000, rport=6000, peer=(), ends=(), behind=None,
                 dev=''):
        here, there = ends or ((A6, B6) if v6 else (A4, B4))
        self.a, self.b, self.suite = a, b, suite
        self.master = key(suite, seed)
        self.id = a.session(*flow(here, there, lport, rport), *words,
                            send=(suite, self.master, *recv_words),
                            recv=(suite, self.master, *recv_words))
        super().__init__(behind or a, b, here, there, lport, rport, dev)
        self.peer = Peer(suite, self.master, *peer)
        self.seq = 0

    def both_ways(self, tap, name, out='sent', back='received'):
        """A packet each way."""
        self.seq += 1
        plain = rtp(self.seq, os.urandom(160))
        tap.equal(self.peer.unprotect(self.out(plain)), plain,
                  '%s: %s' % (name, out))
        tap.equal(self.through(self.peer.protect(plain)), plain,
                  '%s: %s' % (name, back))

    def close(self):
        super().close()
        self.peer.close()
