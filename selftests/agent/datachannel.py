#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A call of libdatachannel (libjuice, OpenSSL, libsrtp) with a program that speaks plain
RTP, by way of ksrtpd: each of its profiles, in both roles of DTLS."""

import base64
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtpd import *
from started import alone, started
from ice import PROFILES
from sound import heard, ulaw
from pagecall import Echo, payload
from ksrtp_test import *

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = os.path.join(os.path.abspath(BUILD), 'datachannel')
# OpenSSL's names of what it offers
OFFERS = ['SRTP_AES128_CM_SHA1_80', 'SRTP_AEAD_AES_128_GCM', 'SRTP_AEAD_AES_256_GCM']
TONE = 440


def peer_at(host):
    return Browser(host, 'node', os.path.join(HERE, 'datachannel.mjs'), str(TONE),
                   MODULES)


def talk(tap, agent, peer, echo, name, profile):
    medium = agent.wait('1', 'up')
    if not tap.equal(medium['state'], 'up', name + ': media are up'):
        tap.note('%s %s %s' % (medium, agent.said(), peer.seen))
        return
    session, = agent.host.json('session', 'show')
    tap.equal({session[way]['suite'] for way in ('send', 'recv')},
              {PROFILES[profile][1]}, name + ': the suite is its profile\'s')
    eventually(True, lambda: len(echo.packets[5004]) > 150)
    samples = ulaw(b''.join(payload(packet) for packet in echo.packets[5004]))
    tap.ok(heard(samples, TONE) >= 1, name + ': the application hears the peer',
           len(samples))
    samples = ulaw(base64.b64decode(peer.ask('heard', do='heard')))
    tap.ok(heard(samples, TONE) >= 1, name + ': and the peer what comes back',
           len(samples))
    drops = {k: v for way in ('send', 'recv')
             for k, v in agent.host.stats(way).items() if k.startswith('drop')}
    tap.equal(drops, {}, name + ': nothing is dropped')


def call(tap, a, b, profile, role):
    """@role is the peer's: 'active' as it offers, 'passive' as it answers."""
    name = '%s, the peer is %s' % (profile, role)
    agent = Agent(a, 'profiles', profile, addresses=[A4])
    peer = peer_at(b)
    if role == 'active':
        plain = agent.offer('1', peer.ask('sdp', do='offer'))
        echo = Echo(a, '127.0.0.1', {'audio': 5004}, ports_of(plain))
        peer.tell(do='take', sdp=agent.answer('1', plain_sdp('127.0.0.1', [5004])))
    else:
        web = agent.offer('1', plain_sdp('127.0.0.1', [5004]))
        # it would begin if it may
        web = web.replace('a=setup:actpass', 'a=setup:active')
        plain = agent.answer('1', peer.ask('sdp', do='answer', sdp=web))
        echo = Echo(a, '127.0.0.1', {'audio': 5004}, ports_of(plain))
    talk(tap, agent, peer, echo, name, profile)
    peer.tell(do='close')
    tap.equal(agent.wait('1', 'closed')['state'], 'closed', name + ': it hangs up')
    tap.equal(a.json('session', 'show'), [], name + ': no session is left')
    while started:
        started.pop().close()


@alone
def profiles(tap):
    a, b = pair()
    for profile in OFFERS:
        for role in ('active', 'passive'):
            call(tap, a, b, profile, role)


if not os.path.exists(KSRTPD) or not shutil.which('node') or \
        not os.path.exists(os.path.join(MODULES, 'ready')):
    print('1..0 # SKIP needs ksrtpd (make agent) and libdatachannel '
          '(selftests/browsers/fetch-datachannel)')
    sys.exit(KSFT_SKIP)
main(profiles)
