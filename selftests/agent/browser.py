#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Debian's Chromium in a call with a program that speaks plain RTP."""

import json
import os
import re
import struct
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../recipes'))
from ksrtpd import *
from started import alone, started
import chromium
import opus
from chromium import Chromium
from ksrtp_test import *

PAGE = open(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                         'page.js')).read()


def tab(browser):
    page = browser.page('about:blank')
    page.run(PAGE)
    return page


def payload(packet):
    """What is behind the header of RTP."""
    at = 12 + 4 * (packet[0] & 15)
    if packet[0] & 16:
        at += 4 + 4 * struct.unpack_from('>H', packet, at + 2)[0]
    return packet[at:]


def vp8(packet):
    """The first bytes of a VP8 frame that begins in this packet (RFC 7741)."""
    packet, at = payload(packet) or b'\0', 1
    first = packet[0]
    if first & 128:
        extended = packet[at]
        at += 1
        if extended & 128:
            at += 2 if packet[at] & 128 else 1
        at += bool(extended & 64) + bool(extended & 48)
    return packet[at:] if first & 0x1f == 16 else b''


def picture(frame):
    """Width and height, if this begins a key frame; or None."""
    if len(frame) < 10 or frame[0] & 1 or frame[3:6] != b'\x9d\x01\x2a':
        return None
    return tuple(n & 0x3fff for n in struct.unpack_from('<HH', frame, 6))


def pli(sender, source):
    """A report that is empty, and a picture loss indication (RFC 4585)."""
    return struct.pack('>BBHIBBHII', 0x80, 201, 1, sender, 0x81, 206, 2, sender,
                       source)


def wants_picture(packet, source):
    """Is there one of this source in a compound packet?"""
    at = 0
    while at + 12 <= len(packet):
        kind, name, length = struct.unpack_from('>BBH', packet, at)
        if (kind & 31, name) == (1, 206) and \
                packet[at + 8:at + 12] == struct.pack('>I', source):
            return True
        at += 4 * (length + 1)
    return False


class Echo:
    """An application: plain RTP that is sent back, with SSRCs of its own. Video begins
    after its first picture, so that the page has to ask for another one; that is asked
    of the page in turn."""

    def __init__(self, host, address, kinds, to):
        self.kinds = {port: kind for kind, port in kinds.items()}
        self.socks = {port + n: host.socket(address, port + n)
                      for port in self.kinds for n in range(2)}
        self.to = {port + n: there + n for port, there in zip(self.kinds, to)
                   for n in range(2)}
        self.address = address
        self.packets = {port: [] for port in self.socks}
        self.sent = {port: [] for port in self.kinds}
        self.pictures, self.asked, self.silent = [], 0, False
        self.ended = False
        self.threads = [threading.Thread(target=self.listen, args=pair)
                        for pair in self.socks.items()]
        for thread in self.threads:
            thread.start()
        started.append(self)

    def send(self, port, packet):
        self.socks[port].sendto(packet, (self.address, self.to[port]))

    def listen(self, port, sock):
        sock.settimeout(0.5)
        while not self.ended:
            try:
                packet = sock.recv(2000)
            except TimeoutError:
                continue
            self.packets[port].append(packet)
            if port % 2:
                self.report(port - 1, packet)
            else:
                self.answer(port, packet)

    def answer(self, port, packet):
        seen = self.kinds[port] == 'video' and picture(vp8(packet))
        if seen:
            self.pictures.append(seen)
            if len(self.pictures) == 1:
                return
        if self.silent:
            return
        self.sent[port].append(len(payload(packet)))
        self.send(port, packet[:8] + struct.pack('>I', 4711 + port) +
                  packet[12:])

    def report(self, port, packet):
        if not wants_picture(packet, 4711 + port) or not self.packets[port]:
            return
        self.asked += 1
        source, = struct.unpack_from('>I', self.packets[port][0], 8)
        self.send(port + 1, pli(4711 + port, source))

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
        lines.append('a=inactive' if 'a=inactive' in section else 'a=sendrecv')
    return '\r\n'.join(lines) + '\r\n'


class PageCall:
    """A page and an application that returns what it hears."""

    def __init__(self, agent, browser, name, kinds):
        self.agent, self.name, self.kinds = agent, name, kinds
        self.page = tab(browser)
        self.page.run('begin(440, %s)' % json.dumps('video' in kinds))

    def offered(self, change=lambda sdp: sdp):
        """The page offers; @change is between it and ksrtpd."""
        plain = self.agent.offer(self.name, change(self.page.run('offer()')),
                                 feedback=True)
        self.echo = Echo(self.agent.host, '127.0.0.1', self.kinds,
                         ports_of(plain))
        self.again(plain, change)

    def again(self, plain, change=lambda sdp: sdp):
        web = self.agent.answer(self.name, chosen(plain, self.kinds))
        self.page.run('take(%s)' % json.dumps(change(web)))
        return web

    def answered(self):
        """The application offers."""
        plain = plain_sdp('127.0.0.1', list(self.kinds.values()),
                          ['111 opus/48000/2'])
        web = self.agent.offer(self.name, plain, feedback=True)
        answer = self.agent.answer(self.name, self.page.run(
            'answer(%s)' % json.dumps(web)))
        self.echo = Echo(self.agent.host, '127.0.0.1', self.kinds,
                         ports_of(answer))

    def up(self, tap):
        for n, kind in enumerate(self.kinds):
            medium = self.agent.wait(self.name, 'up', n)
            if not tap.equal(medium['state'], 'up',
                             '%s: %s is up' % (self.name, kind)):
                tap.note('%s %s' % (medium, self.page.run('states')))
                return False
            tap.note('%s: %s' % (kind, medium['profile']))
        return True

    def heard(self, tap, when=''):
        """The application hears the page's tone."""
        port = self.kinds['audio']
        count = len(self.echo.packets[port])
        eventually(True, lambda: len(self.echo.packets[port]) > count + 150)
        sent = self.echo.packets[port][count:]
        best = opus.tone([payload(packet) for packet in sent], 440)
        tap.ok(best > 0.9, '%s: the application hears the page%s' % (
            self.name, when), '%d packets, %s, %s' % (
                len(sent), best, self.page.run('context.state')))

    def returned(self, tap):
        """The page has all that the application has sent, by what it counts before it
        plays anything: a slow machine plays with gaps."""
        self.echo.silent = True
        for port, kind in self.echo.kinds.items():
            eventually(True, lambda: self.received()[kind]['packetsReceived']
                       >= len(self.echo.sent[port]))
            one = self.received()[kind]
            sent = self.echo.sent[port]
            lost = len(sent) - one['packetsReceived']
            tap.ok(len(sent) > 50 and 0 <= lost <= len(sent) // 20 and (
                lost or one['bytesReceived'] == sum(sent)),
                '%s: the page has the %s that the application sends' % (
                    self.name, kind), (len(sent), sum(sent), one))
            tap.note('%s: %d sent, %d received' % (
                kind, len(sent), one['packetsReceived']))
        self.echo.silent = False

    def received(self):
        return {one['kind']: one for one in self.page.run("stats('inbound-rtp')")}

    def judge(self, tap):
        """Media both ways."""
        if not self.up(tap):
            return
        self.heard(tap)
        tap.ok(eventually(True, lambda: all(
            len(self.echo.packets[port]) > 50 and self.echo.packets[port + 1]
            for port in self.kinds.values())),
            self.name + ': RTP and RTCP, each on its port',
            {port: len(some) for port, some in self.echo.packets.items()})
        if 'video' in self.kinds:
            self.judge_video(tap)
        self.returned(tap)
        suites = {one.get('srtpCipher')
                  for one in self.page.run("stats('transport')")}
        tap.ok(suites and None not in suites, self.name + ': SRTP, says the page',
               suites)
        tap.note(str(suites))
        self.no_drops(tap)

    def judge_video(self, tap):
        """Whole frames come back; a machine that is this slow does not decode all."""
        tap.ok(eventually(True, lambda: self.received()['video'].get(
            'framesReceived', 0) > 5), self.name + ': frames come back',
            self.received()['video'])
        tap.note(str({k: v for k, v in self.received()['video'].items()
                      if k.startswith(('frames', 'key', 'pli'))}))
        tap.ok(eventually(True, lambda: len(self.echo.pictures) > 1 and
                          self.echo.asked > 0),
               self.name + ': the page asks for a picture, and is asked',
               '%s %s' % (self.echo.pictures, self.echo.asked))
        tap.equal(set(self.echo.pictures), {(160, 120)},
                  self.name + ': the application gets pictures of that size')
        tap.ok(any(one.get('pliCount') for one in
                   self.page.run("stats('outbound-rtp')")),
               self.name + ': the page has heard that it was asked')

    def no_drops(self, tap):
        drops = [(k, v) for session in self.agent.host.json(
            '-s', 'session', 'show') for way in ('send', 'recv')
            for k, v in session[way]['stats'].items()
            if k.startswith('drop') and v]
        tap.equal(drops, [], self.name + ': nothing is dropped')

    def end(self, tap):
        self.page.run('web.close()')
        tap.equal(self.agent.wait(self.name, 'closed').get('why'),
                  'DTLS: the peer has closed it', self.name +
                  ': the page hangs up')
        self.echo.close()
        started.remove(self.echo)
        self.agent.delete(self.name)


def begin():
    """A host with ksrtpd, and one with Chromium."""
    a, b = pair()
    return Agent(a, addresses=[A4]), Chromium(b)


@alone
def audio(tap):
    """One browser in two tabs: the page offers, and the page answers."""
    agent, browser = begin()
    tap.note(browser.ask('Browser.getVersion')['product'])
    offers = PageCall(agent, browser, 'the page offers', {'audio': 5004})
    offers.offered()
    offers.judge(tap)
    answers = PageCall(agent, browser, 'the page answers', {'audio': 5014})
    answers.answered()
    answers.judge(tap)
    answers.end(tap)

    # hold, resume, and ICE from the beginning
    page = offers.page
    page.run("web.getTransceivers()[0].direction = 'inactive'")
    plain = agent.offer(offers.name, page.run('offer()'), feedback=True)
    tap.ok('a=inactive' in plain, 'hold: the application is told', plain)
    tap.ok('a=inactive' in offers.again(plain), 'and so is the page')
    page.run("web.getTransceivers()[0].direction = 'sendrecv'")
    page.run('web.restartIce()')
    web = offers.again(agent.offer(offers.name, page.run('offer()'),
                                   feedback=True))
    ufrag = re.search(r'a=ice-ufrag:(\S+)', web)[1]
    tap.ok(eventually(True, lambda: any(
        one.get('iceState') == 'connected' and one.get(
            'selectedCandidatePairChanges', 0) > 1
        for one in page.run("stats('transport')"))),
        'ICE begins anew: the page has another pair',
        (ufrag, page.run("stats('transport')")))
    before = len(offers.echo.packets[5004])
    tap.ok(eventually(True, lambda: len(offers.echo.packets[5004]) >
                      before + 50), 'and sends again')
    offers.heard(tap, ', once more')
    offers.end(tap)


@alone
def video(tap):
    agent, browser = begin()
    call = PageCall(agent, browser, 'audio and video', {'audio': 5004, 'video': 5006})
    call.offered()
    call.judge(tap)
    call.end(tap)


@alone
def strangers(tap):
    """Descriptions that were changed on their way."""
    agent, browser = begin()

    def other_print(sdp):
        return re.sub(r'(a=fingerprint:sha-256 )..', r'\g<1>00', sdp)

    def other_password(sdp):
        return re.sub(r'(a=ice-pwd:)....', r'\1abcd', sdp)
    one = PageCall(agent, browser, 'fingerprint', {'audio': 5004})
    one.offered(other_print)
    tap.ok(eventually(True, lambda: 'failed' in one.page.run('states')),
           'with wrong fingerprints the page has no connection',
           one.page.run('states'))
    two = PageCall(agent, browser, 'password', {'audio': 5014})
    two.offered(other_password)
    tap.ok(eventually(True, lambda: {'failed', 'disconnected'} & set(
        two.page.run('states'))),
        'with wrong passwords the page has no connection',
        two.page.run('states'))
    tap.equal(agent.media('password')[0]['state'], 'new',
              'and no handshake begins')
    tap.equal((one.echo.packets[5004], two.echo.packets[5014],
               agent.host.json('session', 'show')), ([], [], []),
              'nothing comes to the applications')


if not os.path.exists(KSRTPD) or not chromium.available():
    print('1..0 # SKIP needs ksrtpd (make agent) and chromium')
    sys.exit(KSFT_SKIP)
main(audio, video, strangers)
