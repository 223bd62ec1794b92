#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A call of GStreamer's webrtcbin (libnice, OpenSSL, libsrtp) with a program that
speaks plain RTP, by way of ksrtpd."""

import os
import shutil
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtpd import *
from started import alone, started
from sound import heard, read_ulaw, ulaw
from ksrtp_test import *

HERE = os.path.dirname(os.path.abspath(__file__))


def webrtcbin(host, tone, path, policy='none'):
    return Browser(host, 'python3', os.path.join(HERE, 'gst_browser.py'),
                   str(tone), path, policy)


class Application:
    """Plain RTP and RTCP on two ports; sends back what it hears, from its own SSRC."""

    def __init__(self, host, address, port, to):
        self.rtp = host.socket(address, port)
        self.rtcp = host.socket(address, port + 1)
        self.to, self.packets, self.reports = to, [], []
        self.froms = set()
        self.ended = False
        started.append(self)
        self.threads = [threading.Thread(target=self.listen, args=args)
                        for args in ((self.rtp, self.packets, True),
                                     (self.rtcp, self.reports, False))]
        for thread in self.threads:
            thread.start()

    def listen(self, sock, into, echo):
        sock.settimeout(0.5)
        while not self.ended:
            try:
                packet, whence = sock.recvfrom(2000)
            except TimeoutError:
                continue
            into.append(packet)
            self.froms.add(whence)
            if echo:
                sock.sendto(packet[:8] + b'\x00\x00\x10\x92' + packet[12:],
                            self.to)

    def close(self):
        self.ended = True
        for thread in self.threads:
            thread.join()


def talk(tap, agent, app, browser, path, name, tone, call='1'):
    """Tones both ways, and RTCP."""
    medium = agent.wait(call, 'up')
    if not tap.equal(medium['state'], 'up', name + ': media are up'):
        tap.note('%s %s' % (medium, agent.said()))
        return
    for wait in range(600):
        if os.path.exists(path) and os.path.getsize(path) > 16000 and \
                len(app.packets) > 100 and app.reports:
            break
        time.sleep(0.1)
    samples = ulaw(b''.join(packet[12:] for packet in app.packets))
    tap.ok(heard(samples, tone) >= 1, name + ': the application hears it',
           '%d packets, %s' % (len(app.packets), heard(samples, tone)))
    samples = read_ulaw(path) if os.path.exists(path) else []
    tap.ok(heard(samples, tone) >= 1, name + ': it hears the application',
           heard(samples, tone))
    tap.ok(app.reports and app.reports[0][1] in (200, 201),
           name + ': RTCP goes to its own port', app.reports[:1])
    tap.equal(app.froms, {app.to, (app.to[0], app.to[1] + 1)},
              name + ': what comes to it is from where it sends to')


@alone
def answers(tap):
    """The browser offers, the application answers."""
    a, b = pair()
    path = '/tmp/heard.ul'
    agent = Agent(a, addresses=[A4])
    browser = webrtcbin(b, 440, path)
    offer = browser.ask('sdp', do='offer')
    plain = agent.offer('1', offer)
    tap.ok('RTP/AVP 0' in plain and 'candidate' not in plain and
           'fingerprint' not in plain, 'the offer is one of plain RTP', plain)
    app = Application(a, '127.0.0.1', 5004, ('127.0.0.1', ports_of(plain)[0]))
    answer = agent.answer('1', plain_sdp('127.0.0.1', [5004]))
    browser.tell(do='take', sdp=answer)
    talk(tap, agent, app, browser, path, 'browser offers', 440)
    medium = agent.media('1')[0]
    tap.equal(medium.get('profile'), 'SRTP_AES128_CM_HMAC_SHA1_80',
              'the profile is the one that it has')
    drops = {k: v for way in ('send', 'recv')
             for k, v in a.stats(way).items() if k.startswith('drop')}
    tap.equal(drops, {}, 'nothing is dropped')
    agent.delete('1')
    tap.equal(a.json('session', 'show'), [], 'the session goes with the call')
    app.close()
    browser.close()
    tap.equal(agent.stop(), 0, 'ksrtpd ends')


@alone
def offers(tap):
    """The application offers, the browser answers."""
    a, b = pair()
    path = '/tmp/heard2.ul'
    agent = Agent(a, addresses=[A4])
    browser = webrtcbin(b, 880, path)
    web = agent.offer('1', plain_sdp('127.0.0.1', [5004]))
    answer = browser.ask('sdp', do='answer', sdp=web)
    plain = agent.answer('1', answer)
    app = Application(a, '127.0.0.1', 5004, ('127.0.0.1', ports_of(plain)[0]))
    talk(tap, agent, app, browser, path, 'application offers', 880)
    app.close()
    browser.close()
    tap.equal(agent.wait('1', 'closed')['state'], 'closed',
              'the browser goes: the call is closed')
    tap.note(agent.media('1')[0]['why'])
    tap.equal(a.json('session', 'show'), [], 'and its session')
    agent.stop()


if not os.path.exists(KSRTPD) or not shutil.which('gst-launch-1.0'):
    print('1..0 # SKIP needs ksrtpd (make agent) and GStreamer')
    sys.exit(KSFT_SKIP)
main(answers, offers)
