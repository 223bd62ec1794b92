#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""rtpengine does SRTP with ksrtp on one side, and RTP on the other."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import main
from judge import *
from page import Page


def proxied(tap):
    with Page('rtpengine') as page:
        page.run('The hosts')
        wire = Wire('alice', 'eth0')
        page.run('rtpengine')
        page.run('Offer and answer')
        page.run('Media')
        page.run('What happened')
        wire.close()
        for name, frequency, source in (('carol', 440, '192.0.2.1'),
                                        ('alice', 880, '192.0.2.2')):
            listened(tap, page, wire, name, frequency, source)
        clean(tap, 'alice', 100)
        page.run('The end of the call')
        tap.equal(json.loads(run(KSRTP, '-n', 'alice', '-j', 'session',
                                 'show').stdout), [],
                  'the sessions have ended with the call')
        page.run('Afterwards')
        page.judge(tap)


main(proxied)
