#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Documentation/recipes/failover.rst, as it stands: a gateway dies in a call."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../recipes'))
from judge import noise, read_wav, tone
from ksrtp_test import main
from page import Page
from programs import forget_orphans, need_programs
from wires import Outside


def recipe(tap):
    with Page('failover') as page:
        for title in ('The network', 'The gateways', 'The store', 'The state of calls',
                      'The addresses'):
            page.run(title)
        wires = [Outside('one'), Outside('two')]
        forget_orphans('one', 'two', 'store')
        for title in ('The call', 'The gateway dies', 'And comes back'):
            page.run(title)
        forget_orphans('one')
        page.run('What happened')
        samples, rate = read_wav(page.path('bob-heard.wav'))
        tone(tap, samples, 440, 'bob', 5, rate)
        for wire in wires:
            wire.close()
            noise(tap, wire.rtp('192.0.2.1'), 440, wire.gateway)
        page.run('Afterwards')
        page.judge(tap)


need_programs('keepalived', 'jq', 'ffmpeg')
main(recipe)
