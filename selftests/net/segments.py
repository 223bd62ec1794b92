#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""IPv6 routing headers: a flow goes by where its packets end, not by where they
go first, and what is within another packet is shown to netfilter on demand."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *

# of hosts a and b, behind their addresses on the wire, which are segments
HERE, THERE = 'fd44::1', 'fd55::2'
# turned on it stays on, for all of the machine
SHOWN = '/proc/sys/net/netfilter/nf_hooks_lwtunnel'


def hosts():
    a, b = pair()
    for host, address in ((a, HERE), (b, THERE)):
        host.ip('addr', 'add', address + '/128', 'dev', 'lo', 'nodad')
        for where in ('all', 'wire'):
            for name in ('seg6_enabled', 'rpl_seg_enabled'):
                try:
                    host.sysctl('net/ipv6/conf/%s/%s' % (where, name), 1)
                except FileNotFoundError:
                    # packets of this kind are skipped, below
                    pass
    return a, b


def steer(a, b, *encap):
    """Send both ways by a route that wraps; the reason why not, if it cannot."""
    for host, segment, to in ((a, B6, THERE), (b, A6, HERE)):
        made = host.ip('-6', 'route', 'replace', to + '/128', 'encap', *encap,
                       'segs', segment, 'dev', 'wire', check=False)
        if made.returncode:
            return made.stderr.strip()
    return ''


def ways(tap, a, b, name):
    master = key(CM)
    number = a.session(*flow(HERE, THERE), send=(CM, master),
                       recv=(CM, master))
    peer = Peer(CM, master)
    app, wire = a.socket(HERE, 5000), b.socket(THERE, 6000)
    plain = rtp(1, os.urandom(160))
    app.sendto(plain, (THERE, 6000))
    tap.equal(peer.unprotect(wire.recv(2000)), plain, name + ': sent')
    wire.sendto(peer.protect(plain), (HERE, 5000))
    tap.equal(app.recv(2000), plain, name + ': received')
    wire.sendto(plain, (HERE, 5000))
    wire.sendto(MARKER, (HERE, 5000))
    tap.equal(app.recv(2000), MARKER, name + ': plain RTP is refused')
    drops = {way: sum(count for name, count in a.stats(way, number).items()
                      if name.startswith('drop')) for way in ('send', 'recv')}
    tap.equal(drops, {'send': 0, 'recv': 1}, name + ': seen once each')
    a.ksrtp('session', 'del', 'id', number)
    app.close()
    wire.close()
    peer.close()


def inline(tap):
    """The header is put between those of the packet itself."""
    a, b = hosts()
    for name, encap in (('segment routing', ('seg6', 'mode', 'inline')),
                        ('RPL', ('rpl',))):
        why = steer(a, b, *encap)
        if why:
            tap.skip(name, why)
        else:
            ways(tap, a, b, name)


def within(tap):
    """The packet is put into another, and shown before that if so asked."""
    a, b = hosts()
    # which older kernels have it from
    run('modprobe', 'nf_conntrack', check=False)
    if not os.path.exists(SHOWN):
        tap.skip('segment routing, encapsulated', 'no nf_hooks_lwtunnel')
        return
    with open(SHOWN, 'w', encoding='ascii') as file:
        file.write('1')
    for mode in ('encap', 'inline'):
        why = steer(a, b, 'seg6', 'mode', mode)
        if why:
            tap.skip('segment routing', why)
            return
        ways(tap, a, b, 'segment routing shown before, ' + mode)


main(inline, within)
