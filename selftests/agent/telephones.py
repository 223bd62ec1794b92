#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""baresip with SDES and with DTLS-SRTP, and an application that returns what it hears."""

import os
import shutil
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../recipes'))
from ksrtpd import *
from started import alone, started
from baresip import Baresip
from sip import Phone
from ksrtp_test import *

TONE = 660
# what ksrtpd is told, and what baresip's modules are called
KINDS = {'sdes': ('srtp-mand', 'srtp'), 'dtls': ('dtls_srtp', 'dtls_srtp')}


def baresip(host, kind, dial=None):
    """Port 5070; it knows the ports of RTCP that SDES has."""
    return Baresip(host, B4, 5070, TONE, KINDS[kind], kind == 'dtls', dial)


class Echo(Plain):
    """An application that returns what it hears."""

    def __init__(self, host, to):
        super().__init__(host, to)
        self.ended = False
        self.rtp.settimeout(0.2)
        self.reports = 0
        self.threads = [threading.Thread(target=self.pump, args=one)
                        for one in ((self.rtp, to), (self.rtcp, None))]
        self.rtcp.settimeout(0.2)
        for thread in self.threads:
            thread.start()

    def pump(self, sock, to):
        while not self.ended:
            try:
                packet = sock.recv(2000)
            except TimeoutError:
                continue
            if to:
                sock.sendto(packet, to)
            else:
                self.reports += 1

    def close(self):
        self.ended = True
        for thread in self.threads:
            thread.join()
        super().close()


def judge(tap, a, agent, name, telephone, app):
    tap.equal(agent.wait(name, 'up')['state'], 'up', name + ': media are up')
    tap.ok(eventually(True, lambda: telephone.heard(TONE) >= 1),
           name + ': baresip hears its tone come back',
           (telephone.heard(TONE), telephone.said(), agent.media(name)))
    tap.ok(eventually(True, lambda: app.reports > 0),
           name + ': the application gets RTCP', telephone.said())
    agent.delete(name)
    tap.equal(a.json('session', 'show'), [], name + ': no session is left')


@alone
def baresip_is_called(tap):
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    phone = Phone(b, 'page', B4, 5060, (B4, 5070))
    started.append(phone)
    for kind in KINDS:
        name = kind + ', the application calls'
        telephone = baresip(b, kind)
        dialog = phone.call('phone')
        plain = agent.answer(name, dialog.invite(agent.offer(
            name, plain_sdp('127.0.0.1', [5004]), public=kind)))
        app = Echo(a, ('127.0.0.1', ports_of(plain)[0]))
        judge(tap, a, agent, name, telephone, app)
        dialog.bye()
        telephone.close()
        app.close()
        started.remove(app)


@alone
def baresip_calls(tap):
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    phone = Phone(b, 'page', B4, 5060, (B4, 5070))
    started.append(phone)
    for kind in KINDS:
        name = kind + ', baresip calls'
        made = []
        done = threading.Event()

        def answer(dialog, offer, name=name, made=made, done=done):
            plain = agent.offer(name, offer)
            made.append(Echo(a, ('127.0.0.1', ports_of(plain)[0])))
            web = agent.answer(name, plain_sdp('127.0.0.1', [5004]))
            done.set()
            return web
        phone.answer = answer
        telephone = baresip(b, kind, 'sip:page@%s:5060' % B4)
        tap.ok(done.wait(120), name + ': its offer is answered', telephone.said())
        judge(tap, a, agent, name, telephone, made[0])
        telephone.close()
        made[0].close()
        started.remove(made[0])


if not os.path.exists(KSRTPD) or not shutil.which('baresip'):
    print('1..0 # SKIP needs ksrtpd (make agent) and baresip')
    sys.exit(KSFT_SKIP)
main(baresip_is_called, baresip_calls)
