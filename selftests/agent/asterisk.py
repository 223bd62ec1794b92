#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Asterisk with SRTP of its own, by SDES and by DTLS-SRTP, and a baresip that speaks plain
RTP, each calling the other through ksrtpd."""

import os
import shutil
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../recipes'))
from ksrtpd import *
from started import alone, started
import pbx
from sip import Phone
from telephone import Baresip
from ksrtp_test import *

TONE = 660
PLAIN = '127.0.0.1'
DTLS = 'media_encryption=dtls', 'dtls_auto_generate_cert=yes', \
    'dtls_setup=actpass', 'dtls_verify=fingerprint'
# endpoints of Asterisk, whose names begin as what ksrtpd is told, and their words
KINDS = {
    'sdes': ('media_encryption=sdes',),
    'dtls-one-port': (*DTLS, 'rtcp_mux=yes'),
    'dtls-two-ports': DTLS,
}


def judge(tap, a, agent, name, asterisk, telephone):
    tap.equal(agent.wait(name, 'up')['state'], 'up', name + ': media are up')
    tap.ok(eventually(True, lambda: asterisk.heard(TONE) >= 1),
           name + ': Asterisk hears baresip', (asterisk.heard(TONE), asterisk.said()))
    tap.ok(eventually(True, lambda: telephone.heard(pbx.MILLIWATT) >= 1),
           name + ': baresip hears Asterisk', telephone.said())
    agent.delete(name)
    tap.equal(a.json('session', 'show'), [], name + ': no session is left')
    asterisk.forget()


def baresip_calls(tap, a, agent, asterisk, inside, outside):
    """The telephones of both sides are the test's: what one is told, the other tells."""
    name = outside.user + ', baresip calls'
    done = threading.Event()

    def answer(dialog, offer):
        web = agent.offer(name, offer, public=outside.user[:4])
        plain = agent.answer(name, outside.call('600').invite(web))
        done.set()
        return plain
    inside.answer = answer
    telephone = Baresip(a, PLAIN, 5070, TONE, dial='sip:page@%s:5060' % PLAIN)
    tap.ok(done.wait(120), name + ': it is answered', telephone.said())
    judge(tap, a, agent, name, asterisk, telephone)
    telephone.close()


def asterisk_calls(tap, a, agent, asterisk, inside, outside):
    name = outside.user + ', Asterisk calls'
    telephone = Baresip(a, PLAIN, 5070, TONE)
    done = threading.Event()

    def answer(dialog, offer):
        web = agent.answer(name, inside.call('phone').invite(agent.offer(name, offer)))
        done.set()
        return web
    outside.answer = answer
    asterisk.calls(outside.user, outside.uri)
    tap.ok(done.wait(120), name + ': it is answered', asterisk.said())
    judge(tap, a, agent, name, asterisk, telephone)
    telephone.close()


@alone
def calls(tap):
    if not pbx.available():
        raise Skip('recipes/fetch-asterisk has not been run')
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    asterisk = pbx.Asterisk(b, pbx.player(B4, 5070, *(
        pbx.endpoint(kind, *words) for kind, words in KINDS.items())))
    tap.note(asterisk.ready())
    inside = Phone(a, 'page', PLAIN, 5060, (PLAIN, 5070))
    started.append(inside)
    for port, kind in enumerate(KINDS, 5060):
        outside = Phone(b, kind, B4, port, (B4, 5070))
        started.append(outside)
        for call in (baresip_calls, asterisk_calls):
            call(tap, a, agent, asterisk, inside, outside)
            for phone in (inside, outside):
                for dialog in phone.dialogs.values():
                    dialog.bye()
                phone.dialogs.clear()


if not os.path.exists(KSRTPD) or not shutil.which('baresip'):
    print('1..0 # SKIP needs ksrtpd (make agent) and baresip')
    sys.exit(KSFT_SKIP)
main(calls)
