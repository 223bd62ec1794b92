#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Debian's Chromium in a call with a program that speaks plain RTP."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtpd import *
import chromium
from chromium import Chromium
from ksrtp_test import *

PAGE = open(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                         'page.js')).read()


def tab(browser):
    page = browser.page('about:blank')
    page.run(PAGE)
    return page


class Echo:
    """Plain RTP that is sent back, with SSRCs of its own."""

    def __init__(self, host, address, ports, to):
        import threading
        self.socks = [(host.socket(address, port + n), port + n)
                      for port in ports for n in range(2)]
        self.to = dict(zip([port for sock, port in self.socks],
                           [there + n for there in to for n in range(2)]))
        self.address = address
        self.packets = {port: [] for sock, port in self.socks}
        self.ended = False
        self.threads = [threading.Thread(target=self.listen, args=pair)
                        for pair in self.socks]
        for thread in self.threads:
            thread.start()
        started.append(self)

    def listen(self, sock, port):
        sock.settimeout(0.5)
        while not self.ended:
            try:
                packet = sock.recv(2000)
            except TimeoutError:
                continue
            self.packets[port].append(packet)
            if not port % 2:
                sock.sendto(packet[:8] + struct.pack('>I', 4711 + port) +
                            packet[12:], (self.address, self.to[port]))

    def close(self):
        self.ended = True
        for thread in self.threads:
            thread.join()


def chosen(plain, kinds):
    """The answer of a program that takes the first codec of each kind."""
    lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1',
             't=0 0']
    for section in plain.split('\r\nm=')[1:]:
        kind, port, protocol, codec = section.split()[:4]
        lines.append('m=%s %d %s %s' % (kind, kinds.get(kind, 0), protocol,
                                        codec))
        lines += [line for line in section.split('\r\n')
                  if re.match(r'a=(rtpmap|fmtp|rtcp-fb):(%s|\*) ' % codec,
                              line)]
        lines.append('a=sendrecv')
    return '\r\n'.join(lines) + '\r\n'


def judge(tap, agent, page, echo, name, kinds, tone):
    for n, kind in enumerate(kinds):
        medium = agent.wait('1', 'up', n)
        if not tap.equal(medium['state'], 'up',
                         '%s: %s is up' % (name, kind)):
            tap.note('%s %s' % (medium, page.run('states')))
            return
        tap.note('%s: %s' % (kind, medium['profile']))
    pitch = page.run('pitch()')
    tap.ok(abs(pitch - tone) < 15, name + ': the page hears the tone, back '
           'from the application', pitch)
    tap.ok(eventually(True, lambda: all(
        len(echo.packets[port]) > 50 and echo.packets[port + 1]
        for port in kinds.values())), name + ': RTP and RTCP, each on its port')
    for one in page.run("stats('inbound-rtp')"):
        tap.ok(one['packetsReceived'] > 20 and not one.get('packetsDiscarded'),
               '%s: the page receives %s' % (name, one['kind']), one)
        tap.note('%s: %d received, %d lost' % (
            one['kind'], one['packetsReceived'], one['packetsLost']))
        if one['kind'] == 'video':
            tap.ok(eventually(True, lambda: page.run(
                "stats('inbound-rtp')")[1].get('framesDecoded', 0) > 5),
                   name + ': pictures come back', one)
    suites = {one.get('srtpCipher') for one in page.run("stats('transport')")}
    tap.ok(suites and None not in suites, name + ': SRTP, says the page',
           suites)
    tap.note(str(suites))
    drops = [(k, v) for session in a_sessions(agent) for way in ('send', 'recv')
             for k, v in session[way]['stats'].items()
             if k.startswith('drop') and v]
    tap.equal(drops, [], name + ': nothing is dropped')


def a_sessions(agent):
    return agent.host.json('-s', 'session', 'show')


def run_call(tap, kinds, page_offers, name):
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    browser = Chromium(b)
    page = tab(browser)
    video = 'video' in kinds
    page.run('begin(440, %s)' % json.dumps(video))
    if page_offers:
        plain = agent.offer('1', page.run('offer()'), feedback=True)
        echo = Echo(a, '127.0.0.1', list(kinds.values()), ports_of(plain))
        web = agent.answer('1', chosen(plain, kinds))
        page.run('take(%s)' % json.dumps(web))
    else:
        codecs = {'audio': ['111 opus/48000/2'], 'video': ['96 VP8/90000']}
        plain = ''.join(
            plain_sdp('127.0.0.1', [port], codecs[kind], [kind])
            if not n else plain_sdp('127.0.0.1', [port], codecs[kind],
                                    [kind]).split('t=0 0\r\n')[1]
            for n, (kind, port) in enumerate(kinds.items()))
        web = agent.offer('1', plain, feedback=True)
        answer = agent.answer('1', page.run('answer(%s)' % json.dumps(web)))
        echo = Echo(a, '127.0.0.1', list(kinds.values()), ports_of(answer))
    judge(tap, agent, page, echo, name, kinds, 440)
    tap.note(browser.ask('Browser.getVersion')['product'])
    page.run('web.close()')
    tap.equal(agent.wait('1', 'closed')['state'], 'closed',
              name + ': the page hangs up')


@alone
def audio_offered(tap):
    run_call(tap, {'audio': 5004}, True, 'audio, the page offers')


@alone
def audio_answered(tap):
    run_call(tap, {'audio': 5004}, False, 'audio, the page answers')


@alone
def video_offered(tap):
    run_call(tap, {'audio': 5004, 'video': 5006}, True,
             'audio and video, the page offers')


if not os.path.exists(KSRTPD) or not chromium.available():
    print('1..0 # SKIP needs ksrtpd (make agent) and chromium')
    sys.exit(KSFT_SKIP)
main(audio_offered, audio_answered, video_offered)
