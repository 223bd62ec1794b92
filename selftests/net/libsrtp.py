#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Every suite, RTP and RTCP, IPv4 and IPv6, both ways, against libsrtp."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *

SHAPES = (
    ('no payload', rtp(1)),
    ('one byte', rtp(2, b'x')),
    ('speech', rtp(3, os.urandom(160))),
    ('CSRCs', rtp(4, os.urandom(100), csrcs=(1, 2, 3))),
    ('15 CSRCs and extension', rtp(5, os.urandom(99), csrcs=range(15),
                                   extension=os.urandom(64))),
    ('empty extension', rtp(6, os.urandom(33), extension=b'')),
    ('extension alone', rtp(7, extension=os.urandom(8))),
    ('video', rtp(8, os.urandom(1200))),
)


def every_suite(tap):
    a, b = pair()
    for suite in SUITES:
        for v6 in (False, True):
            call = Call(a, b, suite, v6)
            where = '%s, IPv%d' % (suite, 6 if v6 else 4)
            wrong = [n for n, p in SHAPES
                     if call.peer.unprotect(call.out(p)) != p]
            tap.equal(wrong, [], where + ': libsrtp understands our SRTP')
            wrong = [n for n, p in SHAPES
                     if call.through(call.peer.protect(p)) != p]
            tap.equal(wrong, [], where + ': we understand libsrtp\'s SRTP')
            reports = [rtcp(blocks=n) for n in range(4)]
            wrong = [n for n, p in enumerate(reports)
                     if call.peer.unprotect_rtcp(call.out(p, True)) != p]
            tap.equal(wrong, [], where + ': libsrtp understands our SRTCP')
            wrong = [n for n, p in enumerate(reports)
                     if call.through(call.peer.protect_rtcp(p), True) != p]
            tap.equal(wrong, [], where + ': we understand libsrtp\'s SRTCP')
            plain = {'rtp-packets': len(SHAPES),
                     'rtp-bytes': sum(len(p) for n, p in SHAPES),
                     'rtcp-packets': len(reports),
                     'rtcp-bytes': sum(len(p) for p in reports)}
            tap.equal((a.stats('send'), a.stats('recv')), (plain, plain),
                      where + ': all is counted, nothing dropped')
            call.close()


def mux(tap):
    a, b = pair()
    call = Call(a, b, words=('rtcp-mux',))
    packet, report = rtp(9, b'payload'), rtcp()
    tap.equal(call.peer.unprotect(call.out(packet)), packet,
              'rtcp-mux: RTP on the shared port')
    tap.equal(call.peer.unprotect_rtcp(call.out(report)), report,
              'rtcp-mux: RTCP on the shared port')
    tap.equal(call.through(call.peer.protect_rtcp(report)), report,
              'rtcp-mux: RTCP is received on the shared port')
    app, wire = a.socket(A4, 5003), b.socket(B4, 6003)
    app.sendto(packet, (B4, 6003))
    tap.equal(wire.recv(2000), packet, 'another port is left alone')
    call.close()


def rtcp_ports(tap):
    a, b = pair()
    master = key(CM)
    a.session(*flow(A4, B4), 'local-rtcp-port', 5555, 'remote-rtcp-port', 6666,
              send=(CM, master))
    peer = Peer(CM, master)
    app, wire = a.socket(A4, 5555), b.socket(B4, 6666)
    app.sendto(rtcp(), (B4, 6666))
    tap.equal(peer.unprotect_rtcp(wire.recv(2000)), rtcp(),
              'RTCP on ports of its own')


def accelerated(tap):
    if 'aes' not in open('/proc/cpuinfo').read().split():
        tap.skip('accelerated drivers', 'the CPU has no AES instructions')
        return
    a = Host('a')
    for suite in a.json('suite', 'show'):
        tap.ok('aesni' in suite['cipher-driver'] or
               'vaes' in suite['cipher-driver'],
               suite['name'] + ' runs on AES-NI', suite)


main(every_suite, mux, rtcp_ports, accelerated)
