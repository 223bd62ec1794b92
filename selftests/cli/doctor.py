#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The doctor on a host that is well, and on hosts that are not."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *


def doctor(host):
    """Exit status, and findings that are not ok: {check: [finding]}."""
    done = host.ksrtp('-j', 'doctor', check=False)
    found = {}
    for one in json.loads(done.stdout):
        if one['level'] == 'ok':
            continue
        found.setdefault(one['check'], []).append(one)
    return done.returncode, found


def has(found, check, level, *words):
    """Is there just one finding of a check, and does it say all it should?"""
    text = str(found.get(check))
    return (len(found.get(check, ())) == 1 and
            found[check][0]['level'] == level and
            all(found[check][0].get(name) for name in
                ('finding', 'cause', 'remedy')) and
            all(word in text for word in words))


def host(tap):
    # or the kernel would look for them each time that drivers are asked for; what
    # the test modules have is slow, which is worth a note
    for name in ('aria', 'seed'):
        cipher_available(name)
    a, b = pair()
    a.ksrtp('require', 'add', 'port', '5000-5999')
    status, found = doctor(a)
    tap.ok(status == 0 and set(found) <= {'crypto'} and
           all(one['level'] == 'note' for list in found.values()
               for one in list), 'a host that is well', found)
    text = a.ksrtp('doctor').stdout
    tap.ok('wire: MTU 1500 leaves 1436 bytes' in text and
           'module is loaded' in text and '\033' not in text,
           'what is well is told too', text)
    done = a.ksrtp('doctor', 'now', check=False)
    tap.ok(done.returncode == 2 and "unknown word 'now'" in done.stderr,
           'refused: doctor now', done)
    a.sysctl('net/ipv4/ip_local_port_range', '5500 60999')
    status, found = doctor(a)
    tap.ok(status == 0 and has(found, 'ports', 'note', 'rule 1 ', '5500-5999',
                               'ip_local_reserved_ports=5500-5999'),
           'ports of clients that a rule is about', found)
    a.sysctl('net/ipv4/ip_local_reserved_ports', '5500-5999')
    status, found = doctor(a)
    tap.ok('ports' not in found, 'none if they are reserved', found)
    a.ksrtp('require', 'del', 'id', 1)
    status, found = doctor(a)
    tap.ok(status == 0 and has(found, 'require', 'note', 'require add'),
           'a host without rules', found)

    a.ip('link', 'set', 'wire', 'mtu', '1263')
    status, found = doctor(a)
    tap.ok(status == 1 and has(found, 'mtu', 'problem', 'wire', '1199 bytes'),
           'an MTU that is too small', found)
    a.ip('link', 'set', 'wire', 'mtu', '1264')
    status, found = doctor(a)
    tap.ok(status == 0 and 'mtu' not in found, 'one that just suffices', found)
    a.session(*flow(A4, B4), send=('AEAD_AES_128_GCM', key(GCM), 'mki', '0102'))
    status, found = doctor(a)
    tap.ok(status == 1 and has(found, 'mtu', 'problem', '1198 bytes', '18'),
           'but not with an identifier of keys', found)
    a.ip('link', 'set', 'wire', 'mtu', '1280')
    app = a.socket(A4, 5000)
    app.setsockopt(socket.IPPROTO_IP, 10, 2)  # IP_MTU_DISCOVER: IP_PMTUDISC_DO
    try:
        app.sendto(rtp(1, bytes(1240)), (B4, 6000))
    except OSError:
        pass
    status, found = doctor(a)
    tap.ok(has(found, 'mtu', 'note', '1 packets did not fit', 'pkt_size') and
           has(found, 'drops', 'note', 'send: drop-too-big 1'),
           'packets that were too big', found)


    a.ip('link', 'set', 'wire', 'mtu', '1500')
    a.ip('link', 'add', 'br0', 'type', 'bridge')
    a.ip('link', 'set', 'br0', 'up')
    tap.ok('offload' not in doctor(a)[1], 'offloads that are on')
    for kind, dev in (('gro', 'br0'), ('gso', 'wire')):
        a.run('ethtool', '-K', dev, kind, 'off')
        status, found = doctor(a)
        tap.ok(status == 0 and has(found, 'offload', 'note', dev + ': generic',
                                   'ethtool -K %s %s on' % (dev, kind)),
               kind + ' that is off', found)
        a.run('ethtool', '-K', dev, kind, 'on')


def sessions(tap):
    a = Host('a')
    a.ksrtp('session', 'add', 'local', 'any:5000')
    status, found = doctor(a)
    tap.ok(status == 0 and has(found, 'session', 'note', '1 of 1'),
           'a session without keys', found)
    a.ksrtp('session', 'add', 'local', 'any:6000', 'owned')
    status, found = doctor(a)
    tap.ok(status == 1 and [(one['level'], one['finding'][:9]) for one in
                            found['session']] ==
           [('problem', '1 of 2 se'), ('note', '1 of 2 se')],
           'a session whose program has ended', found)


def firewall(tap):
    a = Host('a')
    a.run('nft', 'add table inet t; add chain inet t raw '
          '{ type filter hook prerouting priority -300; }; '
          'add chain inet t last '
          '{ type filter hook postrouting priority 300; }')
    # of no layer of ours; the debug kernel has none
    a.run('nft', 'add table netdev n', check=False)
    status, found = doctor(a)
    tap.ok('nftables' not in found, 'rules where rules belong', found)
    a.run('nft', 'add chain inet t early '
          '{ type filter hook prerouting priority -390; }')
    status, found = doctor(a)
    tap.ok(status == 0 and has(found, 'nftables', 'note', 'early', '-390',
                               'prerouting'), 'a chain before us', found)
    a.run('nft', 'delete table inet t')
    a.ip('link', 'add', 'one', 'type', 'veth', 'peer', 'two')
    if a.run('nft', 'add table ip f; add flowtable ip f fast '
             '{ hook ingress priority 0; devices = { one, two }; }',
             check=False).returncode:
        tap.skip('a flowtable', 'this kernel has none')
        return
    status, found = doctor(a)
    tap.ok(status == 0 and has(found, 'nftables', 'note', 'flowtable fast of '
                               'table ip f', 'not attached:', 'one', 'two'),
           'a flowtable', found)
    a.ksrtp('attach', 'dev', 'one')
    status, found = doctor(a)
    tap.ok(has(found, 'nftables', 'note', 'flowtable fast of table ip f',
               'not attached: two'), 'one of its devices is attached', found)
    a.ksrtp('attach', 'dev', 'two')
    status, found = doctor(a)
    tap.ok(not has(found, 'nftables', 'note', 'flowtable'),
           'all are attached', found)


SHOWN = '/proc/sys/net/netfilter/nf_hooks_lwtunnel'


def objects(tap, a):
    """Next hops that are objects of their own, which routes name."""
    if a.ip('-6', 'nexthop', 'add', 'id', '7', 'encap', 'seg6', 'mode', 'encap',
            'segs', 'fd09::2', 'dev', 'wire', check=False).returncode:
        tap.skip('objects for next hops', 'this kernel cannot')
        return
    a.ip('nexthop', 'add', 'id', '8', 'via', 'fd09::3', 'dev', 'wire')
    a.ip('nexthop', 'add', 'id', '9', 'group', '7/8')
    for compat in 1, 0:
        a.sysctl('net/ipv4/nexthop_compat_mode', compat)
        for ident in 7, 9, 8:
            a.ip('-6', 'route', 'add', 'fd77::/64', 'nhid', str(ident))
            status, found = doctor(a)
            name = 'next hop %d, which the kernel %s' % (
                ident, 'writes out' if compat else 'names alone')
            tap.ok('routes' not in found if ident == 8 else
                   has(found, 'routes', 'problem', 'fd77::/64', 'mode encap'),
                   name, found)
            a.ip('-6', 'route', 'del', 'fd77::/64')
    a.sysctl('net/ipv4/nexthop_compat_mode', 1)
    for ident in '9', '8', '7':
        a.ip('nexthop', 'del', 'id', ident)


def routes(tap):
    a, b = pair()
    status, found = doctor(a)
    tap.ok('routes' not in found, 'plain routes', found)
    for words, level, wanted in (
            ('10.77.0.0/16 encap seg6 mode encap segs fd09::2 dev wire',
             'problem', ('10.77.0.0/16', 'mode encap', 'nf_hooks_lwtunnel')),
            ('fd77::/64 nexthop encap seg6 mode l2encap segs fd09::2 via fd09::4 '
             'dev wire nexthop via fd09::3 dev wire', 'problem',
             ('fd77::/64', 'mode l2encap')),
            ('fd78::/64 encap ioam6 mode encap tundst fd09::2 trace prealloc '
             'type 0x800000 ns 1 size 4 dev wire', 'problem', ('ioam6',)),
            ('fd79::/64 encap seg6local action End.DX6 nh6 fd09::2 dev wire',
             'note', ('seg6local action End.DX6',))):
        family = '-6' if ':' in words.split()[0] else '-4'
        made = a.ip(family, 'route', 'add', *words.split(), check=False)
        if made.returncode:
            tap.skip(words, made.stderr.strip())
            continue
        status, found = doctor(a)
        tap.ok(status == (level == 'problem') and
               has(found, 'routes', level, *wanted), words, found)
        a.ip(family, 'route', 'del', words.split()[0])
    objects(tap, a)
    if a.ip('-6', 'route', 'add', 'fd77::/64', 'encap', 'seg6', 'mode', 'inline',
            'segs', 'fd09::2', 'dev', 'wire', check=False).returncode:
        return
    status, found = doctor(a)
    tap.ok('routes' not in found, 'a header of segment routing', found)
    run('modprobe', 'nf_conntrack', check=False)
    with open(SHOWN, 'w', encoding='ascii') as file:
        file.write('1')
    a.ip('-6', 'route', 'replace', 'fd77::/64', 'encap', 'seg6', 'mode', 'encap',
         'segs', 'fd09::2', 'dev', 'wire')
    status, found = doctor(a)
    tap.ok('routes' not in found, 'wrapped up, but shown before', found)


def buffers(tap):
    a = Host('a')
    status, found = doctor(a)
    tap.ok('buffers' not in found and 'backlog' not in found, 'no losses', found)
    slow, fast = a.socket('127.0.0.1', 7000), a.socket('127.0.0.1', 7001)
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    for n in range(20):
        fast.sendto(bytes(1000), ('127.0.0.1', 7000))
    status, found = doctor(a)
    tap.ok(status == 1 and has(found, 'buffers', 'problem', 'datagrams found',
                               'rmem_max'), 'a socket that nobody reads', found)
    # of the machine, so it is told in its own namespace only
    run('sysctl', '-qw', 'net.core.netdev_max_backlog=10')
    done = run(KSRTP, '-j', 'doctor', check=False)
    run('sysctl', '-qw', 'net.core.netdev_max_backlog=1000')
    tap.ok(done.returncode == 1 and any(
        one['check'] == 'backlog' and one['level'] == 'problem' and
        'netdev_max_backlog' in one['remedy'] for one in
        json.loads(done.stdout)), 'a queue that is too short', done)


main(host, sessions, firewall, routes, buffers)
