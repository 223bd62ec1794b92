#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""FFmpeg that knows nothing, behind ksrtp, and FFmpeg with SRTP of its own."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import main
from judge import *
from page import Page


def ffmpeg(tap):
    with Page('ffmpeg') as page:
        page.run('The hosts')
        wire = Wire('bob', 'eth0')
        page.run('Keys and sessions')
        page.run('From alice to bob')
        page.run('From bob to alice')
        page.run('What happened')
        wire.close()
        for name, frequency, source in (('bob', 440, '192.0.2.1'),
                                        ('alice', 880, '192.0.2.2')):
            listened(tap, page, wire, name, frequency, source)
        clean(tap, 'alice', 100, rtcp=('send', 'recv'))
        page.run('Afterwards')
        page.judge(tap)


main(ffmpeg)
