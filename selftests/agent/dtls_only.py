#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ksrtpd and telephones with DTLS-SRTP and without ICE: DTLS by the openssl command, SRTP
by libsrtp."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtpd import *
from started import alone, started
from ice import *
from ksrtp_test import *

PROFILE = 'SRTP_AES128_CM_SHA1_80'


class Telephone(WebPeer):
    """It says its address and port, and nothing of candidates."""

    def sdp(self, setup='actpass', fingerprints=None, address=None, mux=True,
            protocol='UDP/TLS/RTP/SAVP'):
        kind = 'IP6' if ':' in self.address else 'IP4'
        lines = ['v=0', 'o=- 1 1 IN %s %s' % (kind, self.address), 's=-',
                 'c=IN %s %s' % (kind, address or self.address), 't=0 0',
                 'm=audio %d %s 0' % (self.sock.getsockname()[1], protocol),
                 'a=setup:' + setup, 'a=rtpmap:0 PCMU/8000']
        lines += ['a=rtcp-mux'] * mux
        lines += ['a=fingerprint:' + one for one in
                  fingerprints or [self.certificate.fingerprint()]]
        return '\r\n'.join(lines) + '\r\n'

    def take(self, sdp):
        self.remote = re.search(r'^c=IN IP\d (\S+)', sdp, re.M)[1], ports_of(sdp)[0]
        self.their_setup = re.search(r'^a=setup:(\S+)', sdp, re.M)[1]
        return sdp


def offered(agent, a, b, call='1', address=B4, inner='127.0.0.1', **words):
    """A call that the telephone offers; both ends."""
    phone = Telephone(b, address, Certificate())
    plain = agent.offer(call, phone.sdp(**words))
    app = Plain(a, (inner, ports_of(plain)[0]), inner)
    phone.take(agent.answer(call, plain_sdp(inner, [5004])))
    return phone, app


@alone
def calls(tap):
    a, b = pair()
    agent = Agent(a, addresses=[A4, A6])
    phone = Telephone(b, B4, Certificate())
    plain = agent.offer('1', phone.sdp())
    web = phone.take(agent.answer('1', plain_sdp('127.0.0.1', [5004])))
    tap.ok('m=audio %d UDP/TLS/RTP/SAVP 0' % phone.remote[1] in web and
           not re.search('ice|candidate|SAVPF|crypto|group', web),
           'it is answered without ICE', web)
    tap.equal(phone.their_setup, 'passive', 'it begins')
    app = Plain(a, ('127.0.0.1', ports_of(plain)[0]))
    phone.connect(PROFILE)
    agent.wait('1', 'up')
    media(tap, phone, app, 'the telephone calls')
    phone.hang_up()
    tap.equal(agent.wait('1', 'closed').get('why'), 'DTLS: the peer has closed it',
              'it hangs up')
    app.close()
    phone.close()

    phone = Telephone(b, B6, Certificate())
    web = phone.take(agent.offer('2', plain_sdp('::1', [5004]), public='dtls'))
    tap.ok('UDP/TLS/RTP/SAVP 0' in web and 'a=rtcp-mux' in web and
           not re.search('ice|candidate|crypto', web), 'it is offered no ICE', web)
    tap.equal(phone.their_setup, 'actpass', 'either side may begin')
    phone.listen(PROFILE)
    plain = agent.answer('2', phone.sdp('passive'))
    app = Plain(a, ('::1', ports_of(plain)[0]), '::1')
    phone.take_keys(PROFILE, 1)
    agent.wait('2', 'up')
    media(tap, phone, app, 'the application calls, and ksrtpd begins')


@alone
def late(tap):
    """ksrtpd begins before the telephone is there."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    phone, app = offered(agent, a, b, setup='passive')
    tap.equal(phone.their_setup, 'active', 'ksrtpd begins')
    phone.listen(PROFILE)
    phone.take_keys(PROFILE, 1)
    agent.wait('1', 'up')
    media(tap, phone, app, 'once it is there')


@alone
def changes(tap):
    """Hold, another place, and another ksrtpd."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    phone, app = offered(agent, a, b)
    phone.connect(PROFILE)
    agent.wait('1', 'up')
    media(tap, phone, app, 'at first')

    def again(**words):
        agent.offer('1', phone.sdp(**words))
        phone.take(agent.answer('1', plain_sdp('127.0.0.1', [5004])))
    again(address='0.0.0.0')
    app.rtp.sendto(rtp(2, bytes(160)), app.to)
    again()
    media(tap, phone, app, 'after a hold in the old way, in which nothing was sent', 3)
    phone.sock = b.socket(B4)
    again()
    media(tap, phone, app, 'at another port', 4)
    agent.stop(kill=True)
    media(tap, phone, app, 'without ksrtpd', 5)
    agent.start()
    tap.equal(agent.media('1')[0]['state'], 'up', 'the next one knows the call')
    media(tap, phone, app, 'with the next one', 6)
    again()
    tap.equal(agent.media('1')[0]['state'], 'new',
              'which has another certificate: the next offer makes new keys')
    phone.connect(PROFILE)
    agent.wait('1', 'up')
    media(tap, phone, app, 'with new keys')
    agent.delete('1')
    tap.equal(a.json('session', 'show'), [], 'and the call ends')


class TwoPorts:
    """A telephone whose RTCP has a port, and a handshake, of its own (RFC 5764, section
    4.1)."""

    def __init__(self, host, address=B4):
        self.rtp = Telephone(host, address, Certificate())
        self.rtcp = Telephone(host, address, self.rtp.certificate)
        self.both = self.rtp, self.rtcp

    def sdp(self, setup='actpass', **words):
        return self.rtp.sdp(setup, mux=False, **words) + 'a=rtcp:%d\r\n' % \
            self.rtcp.sock.getsockname()[1]

    def take(self, sdp):
        self.rtp.take(sdp)
        self.rtcp.remote = self.rtp.remote[0], int(re.search(r'^a=rtcp:(\d+)', sdp,
                                                             re.M)[1])

    def crosses(self, tap, app, name, seq=1):
        """A packet of each kind, each way."""
        plain = rtp(seq, os.urandom(160))
        self.rtp.sock.sendto(self.rtp.sender.protect(plain), self.rtp.remote)
        tap.equal(got(app.rtp), (plain, app.to), name + ': RTP comes in')
        self.rtcp.sock.sendto(self.rtcp.sender.protect_rtcp(rtcp()), self.rtcp.remote)
        tap.equal(got(app.rtcp), (rtcp(), app.to_rtcp), name + ': RTCP comes in')
        app.rtp.sendto(plain, app.to)
        tap.equal(self.rtp.receiver.unprotect(self.rtp.next_media()), plain,
                  name + ': RTP goes out')
        app.rtcp.sendto(rtcp(), app.to_rtcp)
        tap.equal(self.rtcp.receiver.unprotect_rtcp(self.rtcp.next_media()), rtcp(),
                  name + ': RTCP goes out, with keys of its own')


@alone
def two_ports(tap):
    a, b = pair()
    agent = Agent(a, addresses=[A4, A6])
    phone = TwoPorts(b)
    plain = agent.offer('1', phone.sdp())
    web = agent.answer('1', plain_sdp('127.0.0.1', [5004]))
    tap.ok('rtcp-mux' not in web, 'two ports are answered by two', web)
    phone.take(web)
    app = Plain(a, ('127.0.0.1', ports_of(plain)[0]))
    phone.rtp.connect(PROFILE)
    # RTP alone is not enough; and RTCP does not go by its keys
    eventually(1, lambda: len(a.json('session', 'show')))
    tap.ok(agent.media('1')[0]['state'] != 'up', 'RTP has keys: media are not up',
           agent.media('1'))
    app.rtcp.sendto(rtcp(), app.to_rtcp)
    phone.rtcp.connect(PROFILE)
    agent.wait('1', 'up')
    tap.equal((phone.rtp.media, phone.rtcp.media), ([], []),
              'until there are keys RTCP goes nowhere')
    phone.crosses(tap, app, 'two ports')
    agent.stop(kill=True)
    phone.crosses(tap, app, 'without ksrtpd', 2)
    agent.start()
    tap.equal(agent.media('1')[0]['state'], 'up', 'the next one knows the call')
    phone.crosses(tap, app, 'with the next one', 3)
    agent.offer('1', phone.sdp())
    phone.take(agent.answer('1', plain_sdp('127.0.0.1', [5004])))
    for one in phone.both:
        one.connect(PROFILE)
    agent.wait('1', 'up')
    phone.crosses(tap, app, 'with new keys', 4)
    agent.offer('1', phone.sdp(address='0.0.0.0'))
    agent.answer('1', plain_sdp('127.0.0.1', [5004]))
    app.rtp.sendto(rtp(5, bytes(160)), app.to)
    app.rtcp.sendto(rtcp(), app.to_rtcp)
    agent.offer('1', phone.sdp())
    agent.answer('1', plain_sdp('127.0.0.1', [5004]))
    phone.crosses(tap, app, 'after a hold, in which nothing was sent', 6)
    agent.offer('1', phone.rtp.sdp())
    tap.ok('a=rtcp-mux' in agent.answer('1', plain_sdp('127.0.0.1', [5004])),
           'it may have one port later')
    media(tap, phone.rtp, app, 'one port, the keys of before', 7)
    agent.offer('1', phone.sdp())
    agent.answer('1', plain_sdp('127.0.0.1', [5004]))
    phone.rtcp.connect(PROFILE)
    agent.wait('1', 'up')
    phone.crosses(tap, app, 'two again', 8)
    phone.rtcp.hang_up()
    tap.equal(agent.wait('1', 'closed').get('why'), 'DTLS: the peer has closed it',
              'one association ends: so does the call')
    tap.equal(a.json('session', 'show'), [], 'no session is left')
    app.close()
    agent.delete('1')

    phone = TwoPorts(b, B6)
    phone.take(agent.offer('2', plain_sdp('::1', [5004]), public='dtls'))
    for one in phone.both:
        one.listen(PROFILE)
    app = Plain(a, ('::1', ports_of(agent.answer('2', phone.sdp('passive')))[0]), '::1')
    for one in phone.both:
        one.take_keys(PROFILE, 1)
    agent.wait('2', 'up')
    phone.crosses(tap, app, 'ksrtpd begins both')
    agent.delete('2')
    tap.equal(a.json('session', 'show'), [], 'no session is left of that')


@alone
def closed(tap):
    """Who is not the one that signalling speaks of."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    phone, app = offered(agent, a, b)
    stranger = Telephone(b, B4, phone.certificate)
    stranger.remote = phone.remote
    before = len(stranger.media)
    for packet in (bytes.fromhex('16feff0000000000000000') + b'\x00\x40\x01' + bytes(63),
                   check('x:y', 'z' * 22), rtp(1, bytes(160))):
        for whence in (stranger.sock, phone.sock):
            whence.sendto(packet, phone.remote)
    stranger.start(PROFILE, 's_client', '-connect',
                   '127.0.0.1:%d' % stranger.inner.getsockname()[1])
    # what it begins with has been sent
    eventually(True, lambda: stranger.command is not None)
    found = stranger.wait('Keying material', 5)
    tap.equal((found, agent.media('1')[0]['state']), (None, 'new'),
              'nor does a handshake begin from another port')
    if found:
        return
    phone.connect(PROFILE)
    agent.wait('1', 'up')
    tap.equal((stranger.answers, stranger.media, phone.answers),
              ([], [], []), 'a stranger is not answered, and nobody to a check')
    tap.equal(agent.media('1')[0]['peer'], '%s:%d' % phone.sock.getsockname(),
              'the peer is where signalling says')
    media(tap, phone, app, 'for the telephone', 2)
    app.close()
    phone.close()

    phone = Telephone(b, B4, Certificate())
    agent.offer('2', phone.sdp(fingerprints=[Certificate().fingerprint()]))
    phone.take(agent.answer('2', plain_sdp('127.0.0.1', [5004])))
    phone.connect(PROFILE)
    tap.equal(agent.wait('2', 'closed').get('why'),
              'DTLS: the certificate has another fingerprint',
              'another certificate: the medium is closed')
    tap.equal(len(a.json('session', 'show')), 1, 'there is no session of it')
    for name, words, sdp in (
            ('no certificate', 'fingerprint', re.sub('a=fingerprint.*\r\n', '',
                                                     phone.sdp())),
            ('no role', 'a=setup', re.sub('a=setup.*\r\n', '', phone.sdp())),
            ('no address', 'c=', re.sub('c=.*\r\n', '', phone.sdp()))):
        answer = agent.ask(command='offer', call='3', sdp=sdp)
        tap.ok(answer['result'] == 'error' and words in answer['error'],
               'an offer with ' + name, answer)
    agent.offer('3', plain_sdp('127.0.0.1', [5004]))
    answer = agent.ask(command='answer', call='3', sdp=phone.sdp('active'))
    tap.ok('speaks ice' in answer.get('error', ''),
           'who was offered ICE has to have it', answer)


if not os.path.exists(KSRTPD):
    print('1..0 # SKIP needs ksrtpd: make agent')
    sys.exit(KSFT_SKIP)
main(calls, late, changes, two_ports, closed)
