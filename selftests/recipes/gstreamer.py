#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""rtpbin without SRTP behind ksrtp, and rtpbin with libsrtp, over IPv6."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import main
from judge import *
from page import Page


def rtpbin(tap):
    with Page('gstreamer') as page:
        page.run('The hosts')
        wire = Wire('bob', 'eth0')
        page.run('Keys and session')
        page.run('Bob')
        page.run('Alice')
        page.run('What happened')
        wire.close()
        for name, frequency, other in (('alice', 880, '2001:db8::2'),
                                       ('bob', 440, '2001:db8::1')):
            tone(tap, read_ulaw(page.path(name + '-heard.ul')), frequency, name,
                 3)
            noise(tap, wire.rtp(other), frequency, name, 16)
        clean(tap, 'alice', 200, rtcp=('send', 'recv'))
        page.run('Afterwards')
        page.judge(tap)


main(rtpbin)
