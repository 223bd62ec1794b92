#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ksrtpd sends media only while the address that they go to sends checks (RFC 7675)."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtpd import *
from started import alone
from ice import *
from ksrtp_test import *


# OpenSSL's object of a handshake is gone; what is left of each kind is known to read
# and to write an alert
CIPHERS = {'hangs up': 'ECDHE-ECDSA-CHACHA20-POLY1305',
           'is left': 'ECDHE-ECDSA-CHACHA20-POLY1305',
           'hangs up too': 'ECDHE-ECDSA-AES256-GCM-SHA384',
           'is left too': 'ECDHE-ECDSA-AES128-GCM-SHA256'}


def call(agent, host, name, port, *words):
    peer = WebPeer(host, B4, Certificate())
    agent.offer(name, peer.sdp())
    peer.take(agent.answer(name, plain_sdp('127.0.0.1', [port])))
    peer.check()
    peer.connect('SRTP_AEAD_AES_128_GCM', *words)
    agent.wait(name, 'up')
    return peer


@alone
def consent(tap):
    """Three peers: one goes on in peace, one is heard from elsewhere only, one not at
    all. Others say nothing for so long, but for their checks, and end their calls
    then."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    peers = {name: call(agent, b, name, 5010 + 2 * n, '-cipher', cipher)
             for n, (name, cipher) in enumerate(CIPHERS.items())}
    peers['steady'] = call(agent, b, 'steady', 5004)
    peers['elsewhere'] = call(agent, b, 'elsewhere', 5006)
    call(agent, b, 'silent', 5008)
    # as behind a NAT that gives it another port
    peers['elsewhere'].sock = b.socket(B4)
    end = time.monotonic() + 90
    while agent.media('silent')[0]['state'] == 'up' and time.monotonic() < end:
        for name, peer in peers.items():
            peer.check(nominate=name != 'elsewhere')
        time.sleep(1)
    tap.equal(agent.media('silent')[0].get('why'),
              'consent: no check has come for 30 s',
              'who sends none gets no media')
    tap.equal(agent.media('elsewhere')[0].get('peer'),
              '%s:%d' % (B4, peers['elsewhere'].sock.getsockname()[1]),
              'media go where checks come from, though none nominates')
    tap.equal(agent.media('steady')[0]['state'], 'up',
              'who sends checks keeps its media')
    for name in CIPHERS:
        peer = peers[name]
        forged = b'\x15\xfe\xfd\x00\x01' + bytes(6) + b'\x00\x1a' + \
            os.urandom(26)
        peer.sock.sendto(forged, peer.remote)
        peer.check()
        tap.equal(agent.media(name)[0]['state'], 'up',
                  name + ': a forged alert changes nothing')
        if name.startswith('is'):
            agent.delete(name)
            tap.ok(peer.wait('(?m)^closed$|SSL3 alert read:warning:close notify'),
                   name + ': the peer is told', name)
            continue
        peer.hang_up()
        tap.equal(agent.wait(name, 'closed').get('why'),
                  'DTLS: the peer has closed it', name + ': so it is heard')
    tap.equal(len(a.json('session', 'show')), 2, 'two sessions are left')


if not os.path.exists(KSRTPD):
    print('1..0 # SKIP needs ksrtpd: make agent')
    sys.exit(KSFT_SKIP)
main(consent)
