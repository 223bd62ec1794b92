#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ksrtpd sends media only while the address that they go to sends checks (RFC 7675)."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtpd import *
from ice import *
from ksrtp_test import *


@alone
def consent(tap):
    """Two peers: one goes on in peace, one is heard from elsewhere only."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    peers = {}
    for call, port in (('steady', 5004), ('elsewhere', 5006)):
        peers[call] = peer = WebPeer(b, B4, Certificate())
        agent.offer(call, peer.sdp())
        peer.take(agent.answer(call, plain_sdp('127.0.0.1', [port])))
        peer.check()
        peer.connect('SRTP_AEAD_AES_128_GCM')
        agent.wait(call, 'up')
    # the sockets' addresses are no longer the session's
    peers['elsewhere'].sock = b.socket(B4)
    end = time.monotonic() + 90
    while agent.media('elsewhere')[0]['state'] == 'up' and \
            time.monotonic() < end:
        peers['steady'].check()
        peers['elsewhere'].check(nominate=False)
        time.sleep(1)
    tap.equal(agent.media('elsewhere')[0].get('why'),
              'consent: no check has come for 30 s',
              'checks from another address are no consent')
    tap.equal(agent.media('steady')[0]['state'], 'up',
              'who sends checks keeps its media')
    tap.equal(len(a.json('session', 'show')), 1, 'one session is left')


if not os.path.exists(KSRTPD):
    print('1..0 # SKIP needs ksrtpd: make agent')
    sys.exit(KSFT_SKIP)
main(consent)
