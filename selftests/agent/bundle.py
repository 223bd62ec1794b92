#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Media of a page that wants all of them at one port (max-bundle), and programs that have
a port for each."""

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtpd import *
from started import alone
from ice import *
from ksrtp_test import *

PROFILE = 'SRTP_AEAD_AES_128_GCM'
AUDIO, VIDEO = 0, 96
MARKED = 0x80


def section(kind, port, types, mid, *more):
    return ['m=%s %d UDP/TLS/RTP/SAVPF %s' % (kind, port, ' '.join(map(str, types))),
            'c=IN IP4 0.0.0.0', 'a=mid:%s' % mid, 'a=rtcp-mux', 'a=sendrecv', *more]


class Page(WebPeer):
    """Sections of one port: kind, payload types and SSRCs of each. The first one has
    what is for all."""

    def __init__(self, host, *sections):
        super().__init__(host, B4, Certificate())
        self.sections = sections

    def sdp(self, ports=None, mids=None, setup='actpass', whole=False):
        keys = ['a=ice-ufrag:' + self.ufrag, 'a=ice-pwd:' + self.pwd,
                'a=setup:' + setup, 'a=fingerprint:' + self.certificate.fingerprint()]
        ports = ports or [9] + [0] * (len(self.sections) - 1)
        mids = range(len(self.sections)) if mids is None else mids
        lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0',
                 'a=group:BUNDLE ' + ' '.join(map(str, mids))]
        for n, (kind, types, sources) in enumerate(self.sections):
            lines += section(kind, ports[n], types, n,
                             *('a=ssrc:%d cname:x' % one for one in sources))
            if n in mids:
                lines += [] if ports[n] else ['a=bundle-only']
                lines += keys if whole or n == mids[0] else []
        return '\r\n'.join(lines) + '\r\n'

    def send(self, packet):
        self.sock.sendto(self.sender.protect(packet), self.remote)

    def send_rtcp(self, packet):
        self.sock.sendto(self.sender.protect_rtcp(packet), self.remote)


def answer_of(ports, types, address='127.0.0.1'):
    lines = ['v=0', 'o=- 1 1 IN IP4 ' + address, 's=-', 'c=IN IP4 ' + address, 't=0 0']
    for port, some in zip(ports, types):
        lines += ['m=x %d RTP/AVP %s' % (port, ' '.join(map(str, some))), 'a=sendrecv']
    return '\r\n'.join(lines) + '\r\n'


def begin(agent, page, app_host, call='1', address='127.0.0.1', inner='127.0.0.1'):
    """The page offers; an application for each section."""
    plain = agent.offer(call, page.sdp())
    apps = [Plain(app_host, (inner, port), address, 5004 + 2 * n)
            for n, port in enumerate(ports_of(plain))]
    web = agent.answer(call, answer_of([5004 + 2 * n for n in range(len(apps))],
                                       [types for _, types, _ in page.sections],
                                       address))
    page.take(web)
    page.check()
    page.connect(PROFILE)
    agent.wait(call, 'up')
    return web, apps


def report(sender, about):
    """A receiver report of one block."""
    return struct.pack('>BBHII', 0x81, 201, 7, sender, about) + bytes(20)


def feedback(sender, about):
    """A picture loss indication alone."""
    return struct.pack('>BBHII', 0x81, 206, 2, sender, about)


def crosses(tap, page, apps, seq, name):
    """RTP of each medium, each way."""
    for n, (app, (kind, types, sources)) in enumerate(zip(apps, page.sections)):
        for mark in (0, MARKED):
            packet = rtp(seq, os.urandom(50), 1000 + n, pt=types[0] | mark)
            page.send(packet)
            tap.equal(got(app.rtp), (packet, app.to), '%s: %s %d comes in, %s' % (
                name, kind, n, 'marked' if mark else 'not marked'))
            seq += 1
        packet = rtp(seq, os.urandom(50), 2000 + n, pt=types[0])
        app.rtp.sendto(packet, app.to)
        tap.equal(page.receiver.unprotect(page.next_media()), packet,
                  '%s: %s %d goes out' % (name, kind, n))


def rtcp_crosses(tap, page, apps, name):
    for n, app in enumerate(apps):
        for words, packet in (('of its sender', rtcp(1000 + n)),
                              ('about its source', report(1, 2000 + n)),
                              ('that is feedback', feedback(1, 2000 + n))):
            page.send_rtcp(packet)
            tap.equal(got(app.rtcp), (packet, app.to_rtcp),
                      '%s: RTCP %s comes to medium %d' % (name, words, n))
        app.rtcp.sendto(rtcp(2000 + n), app.to_rtcp)
        tap.equal(page.receiver.unprotect_rtcp(page.next_media()), rtcp(2000 + n),
                  '%s: RTCP of medium %d goes out' % (name, n))
    page.send_rtcp(rtcp(77))
    tap.equal(got(apps[0].rtcp), (rtcp(77), apps[0].to_rtcp),
              name + ': RTCP of nobody comes to the first')


@alone
def bundle(tap):
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    page = Page(b, ('audio', [AUDIO, 8], []), ('video', [VIDEO, 97], []))
    web, apps = begin(agent, page, a)
    ports = ports_of(web)
    tap.ok(ports[0] == ports[1] != 0 and 'a=group:BUNDLE 0 1\r\n' in web,
           'all of it is at one port', web)
    media = agent.media('1')
    tap.equal([(one['state'], one['session'], one.get('bundle')) for one in media],
              [('up', media[0]['session'], None), ('up', media[0]['session'], '0')],
              'with one session')
    shown = a.ksrtp('call', 'show', 'control', agent.control).stdout
    tap.ok(' bundle 0 ' in shown, 'ksrtp call show tells', shown)
    crosses(tap, page, apps, 1, 'a bundle')
    rtcp_crosses(tap, page, apps, 'a bundle')

    before = agent.media('1')
    agent.stop(kill=True)
    crosses(tap, page, apps, 10, 'without ksrtpd')
    agent.start()
    tap.equal(agent.media('1'), before, 'the next ksrtpd knows it')
    tap.equal(error_of(page.check()), 0, 'and answers checks')
    crosses(tap, page, apps, 20, 'with the next one')
    # a NAT gives the page another port
    page.sock.close()
    page.sock = b.socket(B4)
    page.check()
    crosses(tap, page, apps, 30, 'after it has moved')
    rtcp_crosses(tap, page, apps, 'after it has moved')
    agent.delete('1')
    tap.equal(a.json('session', 'show'), [], 'its end leaves nothing')


@alone
def sources(tap):
    """Two pictures with the same payload types: SSRCs of the description tell."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    page = Page(b, ('audio', [AUDIO], [1000]), ('video', [VIDEO], [1001, 31]),
                ('video', [VIDEO], [1002, 32]))
    web, apps = begin(agent, page, a)
    page.send_rtcp(rtcp(32))
    tap.equal(got(apps[2].rtcp)[0], rtcp(32), 'RTCP before all RTP')
    crosses(tap, page, apps, 1, 'two pictures')
    rtcp_crosses(tap, page, apps, 'two pictures')
    packet = rtp(1, b'x', 3000, pt=VIDEO)
    page.send(packet)
    tap.equal(got(apps[1].rtp)[0], packet, 'of no source that is told: the first one')


@alone
def changes(tap):
    """New offers, of which media are refused or held."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    page = Page(b, ('audio', [AUDIO], []), ('video', [VIDEO], []))
    web, apps = begin(agent, page, a)
    port, = set(ports_of(web))
    session = agent.media('1')[0]['session']

    def again(offer, ports):
        agent.offer('1', offer)
        return agent.answer('1', answer_of(ports, [[AUDIO], [VIDEO]]))

    def only(app, other, types, seq, name):
        packets = [rtp(seq + n, b'x', 1000 + n, pt=pt)
                   for n, pt in enumerate((AUDIO, VIDEO))]
        for packet in packets:
            page.send(packet)
        wanted = packets[types == VIDEO]
        tap.equal(got(app.rtp)[0], wanted, name)
        other.rtp.setblocking(False)
        try:
            tap.equal(got(other.rtp)[0], None, name + ', and nothing else')
        except BlockingIOError:
            tap.ok(True, name + ', and nothing else')
        other.rtp.settimeout(20)
    web = again(page.sdp([9, 9]), [5004, 5006])
    tap.equal((ports_of(web), agent.media('1')[1].get('bundle')), ([port, port], '0'),
              'an offer of the bundle as it was agreed on')
    web = again(page.sdp([9, 9]).replace('a=sendrecv', 'a=inactive'), [5004, 5006])
    tap.ok(web.count('a=sendrecv') == 2, 'what the application says goes to the page',
           web)
    agent.offer('1', page.sdp([9, 9]))
    web = agent.answer('1', answer_of([5004, 5006], [[AUDIO], [VIDEO]]).replace(
        'm=x 5004', 'c=IN IP4 0.0.0.0\r\nm=x 5004').replace(
            'c=IN IP4 127.0.0.1\r\nt=0 0\r\nc=', 't=0 0\r\nc=').replace(
                'm=x 5006 RTP/AVP 96', 'm=x 5006 RTP/AVP 96\r\nc=IN IP4 127.0.0.1'))
    only(apps[1], apps[0], VIDEO, 40, 'the first is held: the second goes on')
    web = again(page.sdp([9, 9]), [0, 5006])
    tap.ok(ports_of(web) == [0, port] and 'a=group:BUNDLE 1\r\n' in web,
           'the application refuses the first: its port stays, for the second', web)
    only(apps[1], apps[0], VIDEO, 50, 'which goes on')
    web = again(page.sdp([0, 9], [1]), [0, 5006])
    tap.ok(ports_of(web) == [0, port], 'and so the page', web)
    only(apps[1], apps[0], VIDEO, 60, 'which goes on after that')
    web = again(page.sdp([9, 9]), [5004, 5006])
    tap.equal(ports_of(web), [port, port], 'the first comes back')
    crosses(tap, page, apps, 70, 'both again')
    web = again(page.sdp([9, 0], [0]), [5004, 0])
    tap.ok(ports_of(web) == [port, 0] and 'a=group:BUNDLE 0\r\n' in web,
           'the page ends the second', web)
    only(apps[0], apps[1], AUDIO, 90, 'the first goes on')
    tap.equal(agent.media('1')[0]['session'], session, 'all with one session')
    agent.delete('1')
    tap.equal(a.json('session', 'show'), [], 'nothing is left')


@alone
def wanted(tap):
    """Bundles because they are asked for."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    page = Page(b, ('audio', [AUDIO], []), ('video', [VIDEO], []))
    offer = answer_of([5004, 5006], [[AUDIO], [VIDEO]])
    web = agent.offer('1', offer, bundle=True)
    ports = ports_of(web)
    tap.ok(ports[0] and not ports[1] and 'a=group:BUNDLE 0 1\r\n' in web and
           web.count('a=bundle-only\r\n') == 1, 'an application offers a bundle', web)
    plain = agent.answer('1', page.sdp([9, 9], setup='active'))
    apps = [Plain(a, ('127.0.0.1', port), '127.0.0.1', 5004 + 2 * n)
            for n, port in enumerate(ports_of(plain))]
    page.take(web)
    page.check()
    page.connect(PROFILE)
    agent.wait('1', 'up')
    crosses(tap, page, apps, 1, 'of an application')
    rtcp_crosses(tap, page, apps, 'of an application')
    tap.equal(ports_of(agent.offer('1', offer)), 2 * ports[:1],
              'in its next offer the port is known')
    agent.offer('2', offer, bundle=True)
    plain = agent.answer('2', page.sdp([9, 0], [0], setup='active'))
    tap.ok(ports_of(plain)[0] and not ports_of(plain)[1],
           'a page that does not bundle has the first alone', plain)
    for flags, count in (({}, 2), ({'bundle': True}, 1)):
        name = '3' + str(count)
        agent.offer(name, page.sdp([9, 9], whole=True), **flags)
        web = agent.answer(name, offer)
        tap.ok(len(set(ports_of(web))) == count, 'a page that has a choice gets %d' %
               count, web)


@alone
def refused(tap):
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    page = Page(b, ('audio', [AUDIO], []), ('video', [VIDEO], []))
    web = agent.offer('1', answer_of([5004, 5006], [[AUDIO], [VIDEO]]))
    tap.ok('a=group' not in web, 'what an application offers is not bundled', web)
    answer = agent.ask(command='answer', call='1', sdp=page.sdp(
        [9, 9], setup='active'))
    tap.ok('medium 1: a=ice-ufrag is missing' in answer.get('error', ''),
           'and an answer that bundles it is refused', answer)
    # as Chromium has it: its port, if any, its user name, but no candidates
    text = page.sdp([9, 9], whole=True)
    candidate = 'a=candidate:1 1 udp 1 192.0.2.9 9 typ host\r\n'
    for name, offer, count in (
            ('none has candidates', text, 2),
            ('the first one has', text.replace('m=video', candidate + 'm=video'), 1),
            ('each has', text.replace('m=video', candidate + 'm=video') + candidate, 2)):
        agent.offer(name, offer)
        web = agent.answer(name, answer_of([5004, 5006], [[AUDIO], [VIDEO]]))
        tap.equal(len(set(ports_of(web))), count, '%s: %d ports' % (name, count))
    # data come first in the group, and are refused
    text = page.sdp([9, 0], [2, 0, 1]) + '\r\n'.join([
        'm=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 0.0.0.0',
        'a=mid:2', 'a=setup:actpass', 'a=ice-ufrag:data', 'a=ice-pwd:' + 'd' * 22,
        'a=fingerprint:' + page.certificate.fingerprint()]) + '\r\n'
    plain = agent.offer('2', text)
    web = agent.answer('2', answer_of([5004, 5006, 0], [[AUDIO], [VIDEO], [0]]))
    ports = ports_of(web)
    tap.ok(ports[0] == ports[1] != 0 == ports[2] and 'BUNDLE 0 1\r\n' in web,
           'media share a port without the data channel that was first', web)


@alone
def behind(tap):
    a, b, c = behind_gateway()
    # as hosts have it that take over addresses of others: any can be bound to
    a.sysctl('net/ipv4/ip_nonlocal_bind', 1)
    agent = Agent(a, 'application', '10.8.0.1', addresses=[A4])
    page = Page(b, ('audio', [AUDIO], []), ('video', [VIDEO], []))
    web, apps = begin(agent, page, c, address=C4, inner='10.8.0.1')
    crosses(tap, page, apps, 1, 'applications behind ksrtpd')
    rtcp_crosses(tap, page, apps, 'applications behind ksrtpd')
    agent.offer('1', page.sdp([9, 9]))
    agent.answer('1', answer_of([5004, 5006], [[AUDIO], [VIDEO]], C4).replace(
        'm=x 5006 RTP/AVP 96', 'm=x 5006 RTP/AVP 96\r\nc=IN IP4 10.8.0.1'))
    apps[1] = Plain(a, apps[1].to, '10.8.0.1', 5006)
    crosses(tap, page, apps, 10, 'one here and one there')
    rtcp_crosses(tap, page, apps, 'one here and one there')
    agent.delete('1')
    tap.equal(a.json('session', 'show'), [], 'nothing is left')


if not os.path.exists(KSRTPD):
    print('1..0 # SKIP needs ksrtpd: make agent')
    sys.exit(KSFT_SKIP)
main(bundle, sources, changes, wanted, refused, behind)
