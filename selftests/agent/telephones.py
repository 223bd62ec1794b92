#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""baresip with SDES and with DTLS-SRTP, and an application that returns what it hears."""

import glob
import os
import shutil
import sys
import subprocess
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../recipes'))
from ksrtpd import *
from started import alone, started
from judge import heard, read_wav, write_tone
from sip import Phone
from ksrtp_test import *

TONE = 660
# what ksrtpd is told, and what baresip's modules are called
KINDS = {'sdes': ('srtp-mand', 'srtp'), 'dtls': ('dtls_srtp', 'dtls_srtp')}


class Baresip:
    """A telephone at port 5070 that plays a tone, and writes what it hears."""

    def __init__(self, host, kind, *words):
        self.directory = tempfile.mkdtemp(prefix='baresip-')
        write_tone(os.path.join(self.directory, 'tone.wav'), TONE, 8000, 120)
        with open(os.path.join(self.directory, 'config'), 'w') as file:
            file.write('''module_path /usr/lib/baresip/modules
module_app account.so
module_app menu.so
module g711.so
module aufile.so
module sndfile.so
module %s.so
snd_path %s
audio_source aufile,%s/tone.wav
ausrc_srate 8000
ausrc_channels 1
auplay_srate 8000
auplay_channels 1
rtp_ports 16384-16399
rtcp_mux %s
sip_listen %s:5070
''' % (KINDS[kind][1], self.directory, self.directory,
                'yes' if kind == 'dtls' else 'no', B4))
        with open(os.path.join(self.directory, 'accounts'), 'w') as file:
            file.write('<sip:phone@%s:5070>;regint=0;answermode=auto;mediaenc=%s\n' % (
                B4, KINDS[kind][0]))
        self.log = open(os.path.join(self.directory, 'log'), 'w+')
        self.process = host.start('baresip', '-f', self.directory, *words,
                                  stdin=subprocess.DEVNULL, stdout=self.log,
                                  stderr=subprocess.STDOUT)
        started.append(self)
        eventually(True, lambda: ':5070 ' in host.run('ss', '-lun').stdout)

    def heard(self):
        """Seconds of its own tone that have come back."""
        found = glob.glob(os.path.join(self.directory, 'dump-*-dec.wav'))
        return heard(read_wav(found[0])[0], TONE) if found else 0

    def said(self):
        self.log.seek(0)
        return self.log.read()[-2000:]

    def close(self):
        self.process.kill()
        self.process.wait()


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


def judge(tap, a, agent, name, baresip, app):
    tap.equal(agent.wait(name, 'up')['state'], 'up', name + ': media are up')
    tap.ok(eventually(True, lambda: baresip.heard() >= 1),
           name + ': baresip hears its tone come back',
           (baresip.heard(), baresip.said(), agent.media(name)))
    tap.ok(eventually(True, lambda: app.reports > 0),
           name + ': the application gets RTCP', baresip.said())
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
        baresip = Baresip(b, kind)
        dialog = phone.call('phone')
        plain = agent.answer(name, dialog.invite(agent.offer(
            name, plain_sdp('127.0.0.1', [5004]), public=kind)))
        app = Echo(a, ('127.0.0.1', ports_of(plain)[0]))
        judge(tap, a, agent, name, baresip, app)
        dialog.bye()
        for one in (app, baresip):
            one.close()
            started.remove(one)


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
        baresip = Baresip(b, kind, '-e', '/dial sip:page@%s:5060' % B4)
        tap.ok(done.wait(120), name + ': its offer is answered', baresip.said())
        judge(tap, a, agent, name, baresip, made[0])
        for one in (made[0], baresip):
            one.close()
            started.remove(one)


if not os.path.exists(KSRTPD) or not shutil.which('baresip'):
    print('1..0 # SKIP needs ksrtpd (make agent) and baresip')
    sys.exit(KSFT_SKIP)
main(baresip_is_called, baresip_calls)
