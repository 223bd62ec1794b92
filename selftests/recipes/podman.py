#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A container behind the rules that Podman makes."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import main
from judge import *
from page import Page


def podman(tap):
    with Page('podman') as page:
        page.run('The hosts')
        wire = Wire('bob', 'eth0')
        page.run("The container's network")
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
        page.run('Afterwards')
        page.judge(tap)


main(podman)
