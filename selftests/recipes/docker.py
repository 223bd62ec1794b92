#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A container of Docker's daemon, behind the rules that it makes."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import main
from judge import *
from page import Page

CGROUPS = '/sys/fs/cgroup'


def docker(tap):
    # the machine has no systemd, which would have done it
    if not os.path.ismount(CGROUPS):
        run('mount', '-t', 'cgroup2', 'none', CGROUPS)
    with Page('docker') as page:
        page.run('The hosts')
        wire = Wire('bob', 'eth0')
        page.run('Docker')
        page.run('The container')
        page.run('Keys and sessions')
        page.run('From the container to bob')
        page.run('From bob to the container')
        page.run('What happened')
        wire.close()
        for name, frequency, source in (('bob', 440, '192.0.2.1'),
                                        ('app', 880, '192.0.2.2')):
            listened(tap, page, wire, name, frequency, source)
        clean(tap, 'host', 100)
        no_shortcuts(tap, 'host')
        rules = run('ip', 'netns', 'exec', 'host', 'iptables-save', '-c').stdout
        for chain in 'DOCKER', 'POSTROUTING':
            tap.ok(any(not line.startswith('[0:0]') and ' %s ' % chain in line and
                       any(verdict in line for verdict in ('DNAT', 'MASQUERADE'))
                       for line in rules.splitlines()),
                   "Docker's rules in %s have seen RTP" % chain, rules)
        page.run('Afterwards')
        page.judge(tap)


main(docker)
