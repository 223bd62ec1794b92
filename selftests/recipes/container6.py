#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Containers with IPv6 on ksrtp's host, behind NAT66 and without NAT."""

import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import main
from judge import *
from page import Page


def containers(tap):
    with Page('container6') as page:
        page.run('The hosts')
        wire = Wire('bob', 'eth0')
        page.run('The firewall')
        page.run('Keys and sessions')
        for title in ('From bob to the container behind NAT',
                      'From the container behind NAT to bob',
                      'From the container with a global address to bob'):
            page.run(title)
        page.run('What happened')
        wire.close()
        for name, frequency, source, port in (
                ('app-5006', 880, '2001:db8::2', 5006),
                ('bob-5004', 440, '2001:db8::1', 5004),
                ('bob-5010', 660, '2001:db8:18::3', 5010)):
            samples, rate = read_wav(page.path(name + '.wav'))
            tone(tap, samples, frequency, name, 2.5, rate)
            noise(tap, wire.rtp(source, port), frequency, name)
        # bob's FFmpeg reports without SRTCP
        clean(tap, 'host', 200, plain=10)
        rules = run('ip', 'netns', 'exec', 'host', 'nft', 'list', 'chain', 'inet',
                    'filter', 'forward').stdout
        counts = [int(n) for n in re.findall(r'counter packets (\d+)', rules)]
        tap.ok(len(counts) == 3 and min(counts[0] + counts[1], counts[2]) >= 200,
               "the firewall's rules have seen RTP, both ways", rules)
        page.run('The call ends')
        tap.equal(json.loads(run(KSRTP, '-n', 'host', '-j', 'session',
                                 'show').stdout), [], 'no session is left')
        page.run('Afterwards')
        page.judge(tap)


main(containers)
