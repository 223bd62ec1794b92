#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A pod behind plugins of CNI, and rules as kube-proxy has them."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import main
from judge import *
from page import Page


def kubernetes(tap):
    with Page('kubernetes') as page:
        page.run('The hosts')
        wire = Wire('bob', 'eth0')
        for title in ("The pod's network", 'A Service', 'Keys and sessions',
                      'From the pod to bob', 'From bob to the pod', 'What happened'):
            page.run(title)
        wire.close()
        for name, frequency, *sent in (('bob', 440, '192.0.2.1', 5004),
                                       ('pod', 880, '192.0.2.2', 5006),
                                       ('service', 660, '192.0.2.2', 30006)):
            listened(tap, page, wire, name, frequency, *sent)
        clean(tap, 'node', 100)
        no_shortcuts(tap, 'node')
        page.run('Afterwards')
        page.judge(tap)


main(kubernetes)
