#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A PBX that knows RTP only, called by a telephone that insists on SRTP."""

import glob
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import BUILD, main
from judge import *
from page import Page

ROOT = os.path.join(BUILD, 'asterisk')


def pbx(tap):
    if not os.path.exists(os.path.join(ROOT, 'usr/sbin/asterisk')):
        tap.skip('Asterisk', 'recipes/fetch-asterisk has not been run')
        return
    with Page('asterisk') as page:
        os.symlink(os.path.abspath(ROOT), page.path('asterisk-root'))
        page.run('The hosts')
        wire = Wire('bob', 'eth0')
        page.run('Asterisk')
        page.run('The call')
        page.run('What happened')
        # baresip begins with an RTCP packet of type APP in the clear
        clean(tap, 'pbx', 200, plain=len(wire.plain_rtcp('192.0.2.2')))
        tap.note('RTCP in the clear from baresip: %s' %
                 wire.plain_rtcp('192.0.2.2'))
        page.run('The end of the call')
        wire.close()
        heard_by = {'bob': glob.glob(page.path('bob/dump-*-dec.wav'))[0],
                    'pbx': page.path('pbx-heard.wav')}
        for name, frequency, other in (('pbx', 880, '192.0.2.2'),
                                       ('bob', 1004, '192.0.2.1')):
            samples, rate = read_wav(heard_by[name])
            tone(tap, samples, frequency, name, 4, rate)
            noise(tap, wire.rtp(other), frequency, name)
        tap.equal(json.loads(run(KSRTP, '-n', 'pbx', '-j', 'session',
                                 'show').stdout), [],
                  'the session has ended with the call')
        page.run('Afterwards')
        page.judge(tap)


main(pbx)
