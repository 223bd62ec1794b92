#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Pods behind plugins of CNI and as Calico routes them, and rules as kube-proxy and
Calico have them."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import main
from judge import *
from page import Page


def policies(chain):
    """Packets that a chain of Calico's form has allowed."""
    listed = json.loads(run('ip', 'netns', 'exec', 'node', 'nft', '-j', 'list', 'chain',
                            'ip', 'calico', chain).stdout)
    return sum(part['counter']['packets'] for entry in listed['nftables']
               for part in entry.get('rule', {}).get('expr', []) if 'counter' in part)


def kubernetes(tap):
    with Page('kubernetes') as page:
        page.run('The hosts')
        wire = Wire('bob', 'eth0')
        for title in ("The pod's network", 'A Service', 'A pod of Calico',
                      "Calico's rules", 'Keys and sessions', 'From pods to bob',
                      'From bob to pods', 'What happened'):
            page.run(title)
        wire.close()
        for name, frequency, *sent in (('bob', 440, '192.0.2.1', 5004),
                                       ('bob2', 330, '192.0.2.1', 5004),
                                       ('pod', 880, '192.0.2.2', 5006),
                                       ('service', 660, '192.0.2.2', 30006),
                                       ('calico', 550, '192.0.2.2', 5006)):
            listened(tap, page, wire, name, frequency, *sent)
        # the first packet of a flow is the one that policies see
        for chain in 'fw-cali1', 'tw-cali1':
            tap.ok(policies(chain) > 0, chain + ' has seen RTP')
        clean(tap, 'node', 100)
        no_shortcuts(tap, 'node')
        page.run('Afterwards')
        page.judge(tap)


main(kubernetes)
