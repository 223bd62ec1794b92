#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""baresip and Linphone with SDES and with DTLS-SRTP, and an application that returns what
they hear; FFmpeg and GStreamer with SDES, and an application between them."""

import base64
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../recipes'))
from ksrtpd import *
from started import alone, started
from linphone import Linphone
from telephone import Baresip
from sip import Phone
from sound import heard, read_ulaw
from ksrtp_test import *

TONE = 660
# what each calls what ksrtpd is told: baresip's modules, and Linphone's words
KINDS = {Baresip: {'sdes': ('srtp-mand', 'srtp'), 'dtls': ('dtls_srtp', 'dtls_srtp')},
         Linphone: {'sdes': 'srtp', 'dtls': 'dtls'}}
# and whether RTP and RTCP share a port
WAYS = [(program, kind, mux) for program, kinds in KINDS.items()
        for kind, mux in (('sdes', False), ('dtls', True), ('dtls', False))]


def telephones():
    """Each of them, each way it has keys; what makes it, at port 5070."""
    return [(functools.partial(program, address=B4, port=5070, tone=TONE,
                               keys=KINDS[program][kind], mux=mux), kind,
             '%s, %s, %s, ' % (program.__name__, kind, 'one port' if mux else
                               'two ports')) for program, kind, mux in WAYS]


class Echo(Plain):
    """An application that returns what it hears."""

    def __init__(self, host, to):
        super().__init__(host, to)
        self.ended = False
        self.rtp.settimeout(0.2)
        self.reports = self.packets = 0
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
                self.packets += 1
                self.returned(packet, sock, to)
            else:
                self.reports += 1

    def returned(self, packet, sock, to):
        sock.sendto(packet, to)

    def close(self):
        self.ended = True
        for thread in self.threads:
            thread.join()
        super().close()


def judge(tap, a, agent, name, phone, app):
    tap.equal(agent.wait(name, 'up')['state'], 'up', name + ': media are up')
    tap.ok(eventually(True, lambda: phone.heard(TONE) >= 1),
           name + ': it hears its tone come back',
           (phone.heard(TONE), phone.said(), agent.media(name)))
    tap.ok(eventually(True, lambda: app.reports > 0),
           name + ': the application gets RTCP', phone.said())
    agent.delete(name)
    tap.equal(a.json('session', 'show'), [], name + ': no session is left')


@alone
def they_are_called(tap):
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    phone = Phone(b, 'page', B4, 5060, (B4, 5070))
    started.append(phone)
    for program, kind, name in telephones():
        name += 'the application calls'
        other = program(b)
        dialog = phone.call('phone')
        plain = agent.answer(name, dialog.invite(agent.offer(
            name, plain_sdp('127.0.0.1', [5004]), public=kind)))
        app = Echo(a, ('127.0.0.1', ports_of(plain)[0]))
        judge(tap, a, agent, name, other, app)
        dialog.bye()
        other.close()
        app.close()
        started.remove(app)


@alone
def they_call(tap):
    a, b = pair()
    # from it Linphone learns an address of its own
    b.ip('route', 'add', 'default', 'via', A4)
    agent = Agent(a, addresses=[A4])
    phone = Phone(b, 'page', B4, 5060, (B4, 5070))
    started.append(phone)
    for program, kind, name in telephones():
        name += 'it calls'
        made = []
        done = threading.Event()

        def answer(dialog, offer, name=name, made=made, done=done):
            plain = agent.offer(name, offer)
            made.append(Echo(a, ('127.0.0.1', ports_of(plain)[0])))
            web = agent.answer(name, plain_sdp('127.0.0.1', [5004]))
            done.set()
            return web
        phone.answer = answer
        other = program(b, dial='sip:page@%s:5060' % B4)
        tap.ok(done.wait(120), name + ': its offer is answered', other.said())
        judge(tap, a, agent, name, other, made[0])
        other.close()
        made[0].close()
        started.remove(made[0])


SUITE = 'AES_CM_128_HMAC_SHA1_80'
SSRC = 4711
CIPHERS = {'srtp-cipher': 'aes-128-icm', 'srtp-auth': 'hmac-sha1-80',
           'srtcp-cipher': 'aes-128-icm', 'srtcp-auth': 'hmac-sha1-80'}


def sdes_sdp(port, key, direction, protocol='RTP/SAVP'):
    return plain_sdp(B4, [port], direction=direction, extra=[
        'a=crypto:1 %s inline:%s' % (SUITE, base64.b64encode(key).decode())]).replace(
            'RTP/AVP', protocol)


def key_of(sdp):
    return base64.b64decode(re.search(r'^a=crypto:1 %s inline:([^\s|]+)' % SUITE, sdp,
                                      re.M)[1])


class Program:
    """One that ends with the test."""

    def __init__(self, host, *command):
        self.process = host.start(*command, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        started.append(self)

    def close(self):
        self.process.kill()
        self.process.wait()
        if self in started:
            started.remove(self)


def ffmpeg_sends(host, key, to):
    return Program(host, 'ffmpeg', '-re', '-f', 'lavfi', '-i',
                   'sine=frequency=%d:sample_rate=8000' % TONE, '-c:a', 'pcm_mulaw',
                   '-ssrc', str(SSRC), '-f', 'rtp', '-srtp_out_suite', SUITE,
                   '-srtp_out_params', base64.b64encode(key).decode(),
                   'srtp://%s:%d?localrtpport=6000&localrtcpport=6001&pkt_size=182' % (
                       A4, to))


def ffmpeg_hears(host, key, path):
    with open(path + '.sdp', 'w') as file:
        # it wants a=crypto, and not to be told of SRTP
        file.write(sdes_sdp(6100, key, 'recvonly', 'RTP/AVP'))
    return Program(host, 'ffmpeg', '-protocol_whitelist', 'file,rtp,udp,srtp', '-i',
                   path + '.sdp', '-flush_packets', '1', '-f', 'mulaw', path)


def gstreamer_sends(host, key, to):
    return Program(host, 'gst-launch-1.0', '-q', 'audiotestsrc', 'is-live=true',
                   'freq=%d' % TONE, '!', 'audio/x-raw,rate=8000,channels=1', '!',
                   'mulawenc', '!', 'rtppcmupay', 'mtu=172', 'ssrc=%d' % SSRC, '!',
                   'srtpenc', 'key=' + key.hex(), *(
                       '%s=%s' % (name[1:], value) for name, value in CIPHERS.items()),
                   '!',
                   'udpsink', 'host=' + A4, 'port=%d' % to, 'bind-address=' + B4,
                   'bind-port=6000')


def gstreamer_hears(host, key, path):
    caps = 'application/x-srtp,media=audio,clock-rate=8000,encoding-name=PCMU,' \
        'payload=0,ssrc=(uint)%d,srtp-key=(buffer)%s,' % (SSRC, key.hex()) + ','.join(
            '%s=(string)%s' % one for one in CIPHERS.items())
    return Program(host, 'gst-launch-1.0', '-q', 'udpsrc', 'address=' + B4, 'port=6100',
                   'caps=' + caps, '!', 'srtpdec', '!', 'rtppcmudepay', '!', 'filesink',
                   'location=' + path, 'buffer-mode=unbuffered')


class Bridge(Echo):
    """An application that sends what it hears in one call to another call."""

    def __init__(self, host, to, other):
        self.other = Plain(host, other, port=5006)
        super().__init__(host, to)

    def returned(self, packet, sock, to):
        self.other.rtp.sendto(packet, self.other.to)


@alone
def programs_speak(tap):
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    directory = tempfile.mkdtemp(prefix='programs-')
    for name, sends, hears in (
            ('FFmpeg to GStreamer', ffmpeg_sends, gstreamer_hears),
            ('GStreamer to FFmpeg', gstreamer_sends, ffmpeg_hears)):
        keys = [os.urandom(30) for end in range(2)]
        plain, public = [], []
        for call, port, key, direction, inner in zip(
                ('sender', 'receiver'), (6000, 6100), keys, ('sendonly', 'recvonly'),
                (5004, 5006)):
            plain += ports_of(agent.offer(call, sdes_sdp(port, key, direction)))
            public.append(agent.answer(call, plain_sdp('127.0.0.1', [inner])))
        app = Bridge(a, *(('127.0.0.1', port) for port in plain))
        path = os.path.join(directory, sends.__name__)
        receiver = hears(b, key_of(public[1]), path)
        sender = sends(b, keys[0], ports_of(public[0])[0])
        tap.ok(eventually(True, lambda: os.path.exists(path) and
                          heard(read_ulaw(path), TONE) >= 1),
               name + ': the tone is heard', (app.packets, agent.media('receiver')))
        if sends is ffmpeg_sends:
            tap.ok(eventually(True, lambda: app.reports > 0),
                   name + ': its RTCP comes in')
        for call in ('sender', 'receiver'):
            tap.equal([count for cause, count in a.stats(
                'recv', agent.media(call)[0]['session']).items()
                if cause.startswith('drop-') and count], [],
                '%s: nothing of the %s is dropped' % (name, call))
            agent.delete(call)
        for one in (sender, receiver, app, app.other):
            one.close()
        for one in (app, app.other):
            started.remove(one)


if not os.path.exists(KSRTPD) or not all(map(shutil.which, (
        'baresip', 'linphonec', 'ffmpeg', 'gst-launch-1.0'))):
    print('1..0 # SKIP needs ksrtpd (make agent), baresip, Linphone, FFmpeg and '
          'GStreamer')
    sys.exit(KSFT_SKIP)
main(they_are_called, they_call, programs_speak)
