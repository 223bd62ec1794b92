#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The doctor where a kernel refuses to answer, and what it says of the next boot;
of a kernel that is not there."""

import errno
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from fake_kernel import COMMAND, FakeKernel
from genl import attr, nest
from ksrtp_test import KSRTP, main

ASKED = ('session-get', 'key-get', 'stat-get')


class Doctor:
    """A fake kernel, and programs that answer what the doctor asks them."""

    def __init__(self):
        self.fake = FakeKernel()
        self.fake.drivers = {}
        self.bin = tempfile.TemporaryDirectory()

    def program(self, name, script):
        path = os.path.join(self.bin.name, name)
        with open(path, 'w') as file:
            file.write('#!/bin/sh\n%s\n' % script)
        os.chmod(path, 0o755)

    def ask(self, *before, words=('-j', 'doctor')):
        return subprocess.run(
            [*before, KSRTP, *words], capture_output=True, text=True,
            env={'PATH': self.bin.name, 'LD_PRELOAD': self.fake.shim,
                 'KSRTP_FAKE_KERNEL': self.fake.path})

    def close(self):
        self.fake.close()
        self.bin.cleanup()


def of(done, check, level=None):
    return [one for one in json.loads(done.stdout) if one['check'] == check and
            level in (None, one['level'])]


def refused(tap):
    doctor = Doctor()
    whole = doctor.ask()
    checks = {one['check'] for one in json.loads(whole.stdout)}
    for command in ASKED:
        doctor.fake.denied = {command: errno.ENOMEM}
        done = doctor.ask()
        tap.ok(done.returncode == 1 and not done.stderr,
               command + ' refused is a problem, no error', done)
        found = [one for one in json.loads(done.stdout)
                 if 'Cannot allocate memory' in one['finding']]
        tap.ok(found and all(one['level'] == 'problem' and one['cause'] and
                             one['remedy'] for one in found),
               command + ': it is told', found)
        left = {one['check'] for one in json.loads(done.stdout)}
        tap.ok({'kernel', 'module', 'crypto', 'nftables', 'buffers'} <= left and
               ('session' in left) and checks - left <= {'require'},
               command + ': the others are there', checks - left)
        text = doctor.ask(words=('doctor',))
        tap.ok(text.returncode == 1 and not text.stderr and
               text.stdout.count('Cannot allocate memory') == len(found) and
               'backlog' in text.stdout, command + ': in words', text)
    doctor.fake.denied = {command: errno.EPERM for command in COMMAND.values()}
    done = doctor.ask()
    tap.ok(done.returncode == 0 and not done.stderr and
           len(of(done, 'privilege', 'note')) == 1 and
           'CAP_NET_ADMIN' in of(done, 'privilege')[0]['cause'] and
           not of(done, 'session') and not of(done, 'drops') and
           of(done, 'crypto') and of(done, 'buffers') and of(done, 'module'),
           'without privilege, what it does not take, and one finding', done)
    text = doctor.ask(words=('doctor',)).stdout
    tap.equal(text.count('CAP_NET_ADMIN'), 1, 'which is told once')
    doctor.close()


def service(tap):
    doctor = Doctor()
    for state, code, count in (('failed', 0, 1), ('active', 1, 0),
                               ('inactive', 1, 0)):
        doctor.program('systemctl', '[ "$*" = "is-failed ksrtp.service" ] || '
                       'exit 3; echo %s; exit %d' % (state, code))
        done = doctor.ask()
        tap.equal(len(of(done, 'service', 'problem')), count,
                  'ksrtp.service is ' + state)
    doctor.close()


def kernels(tap):
    doctor = Doctor()
    top = tempfile.mkdtemp()
    releases = ('6.1.0-1-amd64', '6.12.3+deb13-amd64', '6.0-removed')
    for release in releases:
        os.makedirs(os.path.join(top, 'modules', release))
        if 'removed' not in release:
            open(os.path.join(top, 'modules', release, 'modules.order'),
                 'w').close()
    # in the place of the machine's own, or beside its libraries
    inside = ('/usr/bin/unshare', '--mount', '/bin/sh', '-c',
              '/bin/mount --bind %s/modules /lib/modules 2>/dev/null || '
              '/bin/mount -t overlay overlay -o lowerdir=%s:/usr/lib /usr/lib && '
              'exec "$0" "$@"' % (top, top))
    if subprocess.run([*inside, '/bin/true'], capture_output=True).returncode:
        tap.skip('kernels that are installed', 'needs root, and mounts')
        return
    other = 'kernel/net/ksrtp.ko.d/other.ko: extra/ksrtp.ko\nmyksrtp.ko:\n'
    for ours, count, wanted in (
            ('updates/dkms/ksrtp.ko.xz: kernel/x.ko.xz\n', 2, 0),
            ('', 2, 0), ('updates/dkms/ksrtp.ko.xz:\n', 1, 1),
            ('extra/ksrtp.ko:\n', 1, 1), ('ksrtp.ko.zst: x.ko\n', 1, 1)):
        for n, release in enumerate(releases[:2]):
            with open(os.path.join(top, 'modules', release, 'modules.dep'),
                      'w') as file:
                file.write(other + (ours if n >= 2 - count else ''))
        found = of(doctor.ask(*inside), 'boot', 'problem')
        tap.equal(len(found), wanted, '%d kernels with %s' % (
            count, ours.split(':')[0] or 'no module of ours'))
    tap.ok('1 of 2 installed kernels' in found[0]['finding'] and
           '6.1.0-1-amd64' in found[0]['remedy'], 'one lacks it', found)
    subprocess.run(['rm', '-r', top], check=True)
    doctor.close()


def route(family, to='', bits=0, *attrs):
    """A route as the kernel lists it."""
    dst = attr(1, socket.inet_pton(family, to)) if to else b''
    return struct.pack('=8BI', family, bits, 0, 0, 254, 3, 0, 1, 0) + dst + \
        b''.join(attrs)


def wrapped(kind, *nested, types=(21, 22)):
    """The two attributes that say how packets are wrapped up."""
    return attr(types[0], struct.pack('=H', kind)) + nest(types[1], *nested)


def hop(*attrs):
    """One of the next hops within a route."""
    body = b''.join(attrs)
    return struct.pack('=HBBi', 8 + len(body), 0, 0, 2) + body


def object_hop(ident, *attrs):
    return struct.pack('=4BI', 0, 0, 0, 0, 0) + attr(1, ident) + b''.join(attrs)


def seg6(mode):
    return wrapped(5, attr(1, struct.pack('=i', mode) + bytes(8)))


def found_in(doctor, check, **lists):
    """Level and beginning of what a check finds in lists of the kernel."""
    doctor.fake.lists = {(socket.AF_INET6 if name.endswith('6') else
                          socket.AF_INET, name.rstrip('6')): bodies
                         for name, bodies in lists.items()}
    return [(one['level'], one['finding']) for one in of(doctor.ask(), check)]


def routes(tap):
    four, six = socket.AF_INET, socket.AF_INET6
    doctor = Doctor()
    seen = [('ok', 'none encapsulates packets before ksrtp sees them')]
    for name, lists, wanted in (
            ('no routes', {}, seen),
            ('plain ones', {'route': [route(four, '10.0.0.0', 8)],
                            'route6': [route(six)]}, seen),
            ('segment routing', {'route': [route(four, '10.7.0.0', 16, seg6(1))],
                                 'route6': [route(six, 'fd07::9', 128, seg6(3))]},
             [('problem', 'route to 10.7.0.0/16: encap seg6 mode encap'),
              ('problem', 'route to fd07::9: encap seg6 mode encap.red')]),
            ('its header alone', {'route6': [route(six, '', 0, seg6(0))]}, seen),
            ('a mode that is not known', {'route6': [route(six, '', 0, seg6(99))]},
             [('problem', 'route to default: encap seg6 mode unknown')]),
            ('one without a mode', {'route6': [route(six, '', 0, wrapped(5))]},
             seen),
            ('IOAM', {'route6': [
                route(six, 'fd01::', 64, wrapped(9, attr(1, bytes([mode]))))
                for mode in (1, 2, 3)]},
             [('problem', 'route to fd01::/64: encap ioam6')] * 2),
            ('a local segment', {'route6': [
                route(six, 'fd01::', 64, wrapped(7, attr(1, 5)))]},
             [('note', 'route to fd01::/64: encap seg6local action End.DX6')]),
            ('MPLS, which is seen', {'route': [
                route(four, '', 0, wrapped(1, attr(1, bytes(4))))]}, seen),
            ('one of two next hops', {'route6': [
                route(six, 'fd01::', 64, attr(9, hop() + hop(seg6(2))))]},
             [('problem', 'route to fd01::/64: encap seg6 mode l2encap')]),
            ('a next hop that lies of its length', {'route6': [
                route(six, 'fd01::', 64,
                      attr(9, struct.pack('=HBBi', 200, 0, 0, 2)))]}, seen),
            ('an object for a next hop', {
                'nexthop': [object_hop(7, wrapped(5, attr(1, struct.pack(
                    '=i', 1)), types=(7, 8))), object_hop(8)],
                'route': [route(four, '10.7.0.0', 16, attr(30, 7)),
                          route(four, '10.8.0.0', 16, attr(30, 8))]},
             [('problem', 'route to 10.7.0.0/16: encap seg6 mode encap')]),
            ('a group of them', {
                'nexthop': [object_hop(7, wrapped(7, attr(1, 1), types=(7, 8))),
                            object_hop(9, attr(2, struct.pack(
                                '=IBBHIBBH', 8, 0, 0, 0, 7, 0, 0, 0)))],
                'route6': [route(six, 'fd01::', 64, attr(30, 9))]},
             [('note', 'route to fd01::/64: encap seg6local action End')]),
            ('a family that this kernel has not', {
                'route6': [route(four, '10.7.0.0', 16, seg6(1))]}, seen)):
        tap.equal(found_in(doctor, 'routes', **lists), wanted, 'routes: ' + name)
    doctor.fake.no_lists = {'route': errno.ENOMEM}
    tap.equal(found_in(doctor, 'routes'),
              [('problem', 'routes were not checked: Cannot allocate memory')],
              'routes that the kernel does not tell')
    doctor.close()


def chain(family, name, *hook):
    """A chain of nftables as the kernel lists it, and where it is hooked."""
    where = nest(4, attr(1, struct.pack('>I', hook[0])),
                 attr(2, struct.pack('>i', hook[1]))) if hook else b''
    return struct.pack('>BBH', family, 0, 0) + attr(1, b't\0') + \
        attr(3, name.encode() + b'\0') + where


def rules(tap):
    doctor = Doctor()
    ip, inet, ip6, bridge = 2, 1, 10, 7
    clear = [('ok', 'neither chains nor flowtables in the way')]
    for name, lists, wanted in (
            ('none', {}, clear),
            ('chains where chains belong', {'chain': [
                chain(inet, 'raw', 0, -300), chain(inet, 'last', 4, 300),
                chain(ip, 'rules alone lead to'), chain(bridge, 'b', 0, -400),
                chain(200, 'of a family to come', 0, -400)]}, clear),
            ('chains on the side of the wire', {'chain': [
                chain(ip, 'early', 0, -390), chain(ip6, 'late', 4, 2147483647),
                chain(inet, 'output', 3, 2147483647)]},
             [('note', 'chain early of table ip t has priority -390 at '
               'prerouting'),
              ('note', 'chain late of table ip6 t has priority 2147483647 at '
               'postrouting')]),
            ('a flowtable', {'flowtable': [
                struct.pack('>BBH', inet, 0, 0) + attr(1, b't\0') +
                attr(2, b'fast\0') + nest(3, nest(3, attr(1, b'eth0\0'),
                                                    attr(1, b'eth1\0')))]},
             [('note', 'flowtable fast of table inet t has devices that are '
               'not attached: eth0 eth1')]),
            ('one that leaves flows to hardware', {'flowtable': [
                struct.pack('>BBH', inet, 0, 0) + attr(1, b't\0') +
                attr(2, b'fast\0') + attr(7, struct.pack('>I', 1))]},
             [('note', 'flowtable fast of table inet t has hardware '
               'offload')])):
        tap.equal(found_in(doctor, 'nftables', **lists), wanted,
                  'nftables: ' + name)
    for error, wanted in (
            (errno.ENOMEM, [('problem', 'rules were not checked: Cannot '
                             'allocate memory')]),
            (errno.EINVAL, [('ok', 'this kernel has no nftables')]),
            (errno.EPERM, [])):
        doctor.fake.no_lists = {'chain': error, 'flowtable': error}
        tap.equal(found_in(doctor, 'nftables'), wanted,
                  'nftables: ' + os.strerror(error))
    tap.equal(len(of(doctor.ask(), 'privilege', 'note')), 1,
              'which takes privilege')
    doctor.close()


def device(number, name, *attrs, up=True, kind='', master=0):
    """A device as the kernel lists it."""
    if kind:
        attrs += (nest(18, attr(1, kind.encode() + b'\0')),)
    if master:
        attrs += (attr(10, master),)
    return struct.pack('=BxHiII', 0, 1, number, int(up), 0) + \
        attr(3, name.encode() + b'\0') + b''.join(attrs)


INGRESS, EGRESS, SHARED = 0xfffffff2, 0xfffffff3, -1


def discipline(number, kind):
    """A queueing discipline of a device."""
    return struct.pack('=BxxxiIII', 0, number, 0xffff0000, 0xfffffff1, 1) + \
        attr(1, kind.encode() + b'\0')


def classifier(number, kind, *options, parent=INGRESS):
    """A rule for what a device receives, or for what leaves."""
    return struct.pack('=BxxxiIII', 0, number, 1, parent, 3 << 16 | 0x300) + \
        attr(1, kind.encode() + b'\0') + nest(2, *options)


def mirred(action, to):
    """What is done with it: 1 redirects to egress, 2 sends a copy."""
    return nest(1, attr(1, b'mirred\0'), nest(2, attr(2, struct.pack(
        '=IIiiiiI', 1, 0, 4, 1, 1, action, to))))


def shortcuts(tap):
    doctor = Doctor()
    clear = [('ok', 'nothing redirects packets past ksrtp')]
    # numbers that no device of this machine has
    one, two, three = 90001, 90002, 90003
    devices = [device(one, 'eth0'), device(two, 'veth0'),
               device(three, 'ifb0', kind='ifb')]
    redirected = [('problem', 'eth0: what it receives is redirected to veth0')]
    for name, lists, wanted in (
            ('no devices', {}, clear),
            ('plain ones', {'link': devices}, clear),
            ('a redirect of all', {'link': devices, 'filter': [
                classifier(one, 'matchall', nest(2, mirred(1, two)))]}, redirected),
            ('of some', {'link': devices, 'filter': [
                classifier(one, 'flower', nest(3, mirred(1, two)))]}, redirected),
            ('to what another one receives', {'link': devices, 'filter': [
                classifier(one, 'u32', nest(7, mirred(3, two)))]}, redirected),
            ('to one that has gone', {'link': devices, 'filter': [
                classifier(one, 'basic', nest(3, mirred(1, 90009)))]},
             [('problem',
               'eth0: what it receives is redirected to another device')]),
            ('for shaping', {'link': devices, 'filter': [
                classifier(one, 'matchall', nest(2, mirred(1, three)))]}, clear),
            ('a copy', {'link': devices, 'filter': [
                classifier(one, 'matchall', nest(2, mirred(2, two)))]}, clear),
            ('an action that is cut off', {'link': devices, 'filter': [
                classifier(one, 'matchall', nest(2, nest(1, attr(
                    1, b'mirred\0'), nest(2, attr(2, bytes(8))))))]}, clear),
            ('another action', {'link': devices, 'filter': [
                classifier(one, 'matchall', nest(2, nest(1, attr(1, b'gact\0'))))]},
             clear),
            ('a rule of another device', {'link': devices, 'filter': [
                classifier(90009, 'bpf')]}, clear),
            ('a program', {'link': devices, 'filter': [classifier(two, 'bpf')]},
             [('note', 'veth0: an eBPF program (tc) gets packets before ksrtp')]),
            ('a redirect that devices share', {'link': [device(one, 'eth0')], 'filter': [
                classifier(SHARED, 'matchall', nest(2, mirred(1, two)), parent=7)]},
             [('problem',
               'eth0: what it receives is redirected to another device')]),
            ('a program for what leaves', {
                'link': devices, 'qdisc': [discipline(two, 'clsact')],
                'filter': [classifier(two, 'bpf', parent=EGRESS)]},
             [('note', 'veth0: an eBPF program (tc) gets packets after ksrtp, as they '
               'leave')]),
            ('both', {'link': devices, 'qdisc': [discipline(two, 'clsact')], 'filter': [
                classifier(two, 'bpf', parent=parent) for parent in (INGRESS, EGRESS)]},
             [('note', 'veth0: an eBPF program (tc) gets packets before ksrtp'),
              ('note', 'veth0: an eBPF program (tc) gets packets after ksrtp, as they '
               'leave')]),
            ('a program of plain ingress', {
                'link': devices, 'qdisc': [discipline(two, 'ingress')],
                'filter': [classifier(two, 'bpf', parent=0xffff0000)]},
             [('note', 'veth0: an eBPF program (tc) gets packets before ksrtp')]),
            ('rules for what leaves', {
                'link': devices, 'qdisc': [discipline(one, 'clsact')], 'filter': [
                    classifier(one, 'matchall', nest(2, mirred(1, two)),
                               parent=EGRESS)]}, clear),
            ('one of XDP', {'link': [device(one, 'eth0', nest(43, attr(2, b'\2')))]},
             [('note', 'eth0: a program of XDP gets packets before ksrtp')]),
            ('none of XDP', {'link': [device(one, 'eth0', nest(43, attr(2, b'\0')))]},
             clear),
            ('a bridge', {'link': [
                device(one, 'br0', kind='bridge'), device(two, 'a', master=one),
                device(three, 'b', master=one)]},
             [('note', 'br0: frames pass between 2 ports of a bridge without '
               'ksrtp')]),
            ('one port that is up', {'link': [
                device(one, 'br0', kind='bridge'), device(two, 'a', master=one),
                device(three, 'b', master=one, up=False)]}, clear),
            ('ports of a bond', {'link': [
                device(one, 'bond0', kind='bond'), device(two, 'a', master=one),
                device(three, 'b', master=one)]}, clear)):
        tap.equal(found_in(doctor, 'shortcuts', **lists), wanted,
                  'shortcuts: ' + name)
    for what, error, wanted in (
            ('link', errno.ENOMEM, [('problem', 'redirects were not checked: '
                                     'Cannot allocate memory')]),
            ('filter', errno.ENOMEM, [('problem', 'redirects were not checked: '
                                       'Cannot allocate memory')]),
            ('qdisc', errno.ENOMEM, [('problem', 'redirects were not checked: '
                                      'Cannot allocate memory')]),
            ('qdisc', errno.EOPNOTSUPP, clear),
            ('filter', errno.EOPNOTSUPP, clear),
            ('filter', errno.EPERM, [])):
        doctor.fake.no_lists = {what: error}
        tap.equal(found_in(doctor, 'shortcuts', link=devices), wanted,
                  'shortcuts: %s: %s' % (what, os.strerror(error)))
    doctor.close()


main(refused, service, kernels, routes, rules, shortcuts)
