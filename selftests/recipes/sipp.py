#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""SIPp's calls and plain media, to a telephone that insists on SRTP."""

import glob
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import main
from judge import *
from page import Page

CALLS = 3


def farewells(wire):
    """Packets of RTCP with a BYE that baresip has not protected."""
    return sum(203 in kinds for kinds in wire.plain_rtcp('192.0.2.2'))


def calls(tap):
    with Page('sipp') as page:
        page.run('The hosts')
        wire = Wire('bob', 'eth0')
        page.run("Bob's telephone")
        page.run("SIPp's calls")
        page.run('What happened')
        wire.close()
        recordings = sorted(glob.glob(page.path('bob/dump-*-dec.wav')))
        tap.equal(len(recordings), CALLS, 'each call has been heard')
        for number, name in enumerate(recordings, 1):
            samples, rate = read_wav(name)
            tone(tap, samples, 440, 'call %d' % number, 2, rate)
        noise(tap, wire.rtp('192.0.2.1'), 440, 'SIPp')
        told = b''.join(p for s, sp, d, dp, p in wire.datagrams()
                        if s == '192.0.2.1' and p.startswith(b'INVITE'))
        tap.equal(len(set(re.findall(rb'inline:(\S+)', told))), CALLS,
                  'each call has keys of its own')
        total = json.loads(run(KSRTP, '-n', 'alice', '-j', 'stat').stdout)
        tap.ok(total['send']['rtp-packets'] >= 300 and
               total['recv']['rtp-packets'] >= 300 and not total['sessions'],
               'ksrtp counts packets both ways, and no session is left', total)
        drops = {name: total[way][name] for way in ('send', 'recv')
                 for name in total[way]
                 if name.startswith('drop-') and total[way][name]}
        left = drops.pop('drop-plaintext', 0)
        tap.ok(not drops and left <= farewells(wire),
               'sessions have dropped nothing but farewells in the clear',
               '%s %d of %d' % (drops, left, farewells(wire)))
        page.run('Afterwards')
        page.judge(tap)


main(calls)
