#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A container behind bridge, firewall, conntrack and NAT of ksrtp's host."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import main
from judge import *
from page import Page


def container(tap):
    with Page('container') as page:
        page.run('The hosts')
        wire = Wire('bob', 'eth0')
        page.run('The firewall')
        page.run('Keys and sessions')
        page.run('From the container to bob')
        page.run('From bob to the container')
        page.run('What happened')
        wire.close()
        for name, frequency, source in (('bob', 440, '192.0.2.1'),
                                        ('app', 880, '192.0.2.2')):
            listened(tap, page, wire, name, frequency, source)
        clean(tap, 'host', 100)
        rules = run('ip', 'netns', 'exec', 'host', 'nft', 'list', 'chain', 'inet',
                    'filter', 'forward').stdout
        counts = [int(n) for n in re.findall(r'counter packets (\d+)', rules)]
        tap.ok(min(counts[1:]) >= 200,
               "the firewall's rules have seen RTP, both ways", rules)
        page.run('Afterwards')
        page.judge(tap)


main(container)
