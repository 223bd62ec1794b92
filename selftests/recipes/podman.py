#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A container behind the rules that Podman makes."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import KSRTP, main
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
            samples, rate = read_wav(page.path(name + '-heard.wav'))
            tone(tap, samples, frequency, name, 2.5, rate)
            noise(tap, wire.rtp(source), frequency, name)
        clean(tap, 'host', 100)
        found = json.loads(run(KSRTP, '-n', 'host', '-j', 'doctor', check=False).stdout)
        tap.ok([one['level'] for one in found if one['check'] == 'shortcuts'] == ['ok'],
               'the doctor sees nothing that passes ksrtp by', found)
        page.run('Afterwards')
        page.judge(tap)


main(podman)
