#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A SIP call from a telephone without SRTP to one that insists on it."""

import glob
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import main
from judge import *
from page import Page


def recording(page, name):
    found = glob.glob(page.path(name + '/dump-*-dec.wav'))
    return read_wav(found[0]) if found else ([], RATE)


def call(tap):
    with Page('baresip') as page:
        page.run('The hosts')
        wire = Wire('bob', 'eth0')
        page.run('The telephones')
        page.run("Alice's host")
        page.run('The call')
        page.run('What happened')
        clean(tap, 'alice', 200)
        rules = json.loads(run(KSRTP, '-n', 'alice', '-j', 'require', 'show').stdout)
        tap.ok(not rules[0]['send-drops'], 'nothing left without a key', rules)
        page.run('The end of the call')
        wire.close()
        for name, frequency, other in (('alice', 880, '192.0.2.2'),
                                       ('bob', 440, '192.0.2.1')):
            samples, rate = recording(page, name)
            tone(tap, samples, frequency, name, 4, rate)
            noise(tap, wire.rtp(other), frequency, name)
        told = [p for s, sp, d, dp, p in wire.datagrams() if 5060 in (sp, dp)]
        tap.ok(any(p.startswith(b'INVITE') and b'RTP/SAVP' in p for p in told) and
               any(p.startswith(b'BYE') for p in told),
               'SIP from INVITE to BYE has crossed the wire',
               [p[:60] for p in told])
        shown = run(KSRTP, '-n', 'alice', '-j', 'session', 'show').stdout
        tap.equal(json.loads(shown), [], 'the session has ended with the call')
        page.run('Afterwards')
        page.judge(tap)


main(call)
