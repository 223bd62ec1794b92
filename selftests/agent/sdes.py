#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ksrtpd and telephones that have keys in their descriptions (SDES): SRTP by libsrtp."""

import base64
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtpd import *
from started import alone, started
from ksrtp_test import *

# in the order of ksrtpd's offer
SUITES = {'AEAD_AES_128_GCM': 28, 'AEAD_AES_256_GCM': 44,
          'AES_CM_128_HMAC_SHA1_80': 30, 'AES_CM_128_HMAC_SHA1_32': 30}
CM = 'AES_CM_128_HMAC_SHA1_80'


def lines_of(sdp):
    """Crypto lines: tag, suite and key of each."""
    return [(int(tag), suite, base64.b64decode(key)) for tag, suite, key in
            re.findall(r'^a=crypto:(\d+) (\S+) inline:([^\s|]+)', sdp, re.M)]


class Telephone:
    """A telephone, for one medium; its RTCP has the port above."""

    def __init__(self, host, address=B4, mux=False, port=6000):
        self.host, self.address, self.mux = host, address, mux
        self.key = self.sender = self.receiver = None
        self.place(port)
        started.append(self)

    def place(self, port):
        self.rtp = self.host.socket(self.address, port)
        self.rtcp = self.rtp if self.mux else self.host.socket(self.address, port + 1)
        self.port = port
        for sock in (self.rtp, self.rtcp):
            sock.settimeout(20)

    def line(self, suite=CM, tag=1, key=None, words=''):
        self.key = key or os.urandom(SUITES.get(suite, 30))
        return 'a=crypto:%d %s inline:%s%s' % (
            tag, suite, base64.b64encode(self.key).decode(), words)

    def sdp(self, *lines, protocol='RTP/SAVP', address=None, direction='sendrecv'):
        kind = 'IP6' if ':' in self.address else 'IP4'
        head = ['v=0', 'o=- 1 1 IN %s %s' % (kind, self.address), 's=-',
                'c=IN %s %s' % (kind, address or self.address), 't=0 0',
                'm=audio %d %s 0' % (self.port, protocol), 'a=rtpmap:0 PCMU/8000',
                'a=rtcp-fb:0 nack', 'a=' + direction]
        return '\r\n'.join(head + ['a=rtcp-mux'] * self.mux + list(lines)) + '\r\n'

    def take(self, sdp):
        """What ksrtpd says of itself."""
        self.remote = re.search(r'^c=IN IP\d (\S+)', sdp, re.M)[1], ports_of(sdp)[0]
        rtcp = re.search(r'^a=rtcp:(\d+)', sdp, re.M)
        self.remote_rtcp = self.remote[0], (
            self.remote[1] if self.mux else int(rtcp[1]))
        self.theirs = lines_of(sdp)

    def use(self, line):
        """Keys of a line of ksrtpd's, and our last one."""
        for one in (self.sender, self.receiver):
            if one:
                one.close()
        tag, suite, key = line
        self.sender, self.receiver = Peer(suite, self.key), Peer(suite, key)

    def close(self):
        self.rtp.close()
        self.rtcp.close()


def media(tap, phone, app, name, seq=1):
    """A packet of each kind, each way."""
    plain = rtp(seq, os.urandom(160))
    phone.rtp.sendto(phone.sender.protect(plain), phone.remote)
    tap.equal(got(app.rtp), (plain, app.to), name + ': RTP comes in')
    phone.rtcp.sendto(phone.sender.protect_rtcp(rtcp()), phone.remote_rtcp)
    tap.equal(got(app.rtcp), (rtcp(), app.to_rtcp),
              name + ': RTCP comes in, on its port')
    app.rtp.sendto(plain, app.to)
    packet, whence = got(phone.rtp)
    tap.equal((phone.receiver.unprotect(packet), whence), (plain, phone.remote),
              name + ': RTP goes out')
    app.rtcp.sendto(rtcp(), app.to_rtcp)
    packet, whence = got(phone.rtcp)
    tap.equal((phone.receiver.unprotect_rtcp(packet), whence),
              (rtcp(), phone.remote_rtcp), name + ': RTCP goes out')


def make(agent, a, b, call='1', suite=CM, address=B4, mux=False,
         inner='127.0.0.1', application='127.0.0.1'):
    """A call that the telephone offers; both ends."""
    phone = Telephone(b, address, mux)
    plain = agent.offer(call, phone.sdp(phone.line(suite)))
    app = Plain(a, (inner, ports_of(plain)[0]), application)
    phone.take(agent.answer(call, plain_sdp(application, [5004])))
    phone.use(phone.theirs[0])
    return phone, app


@alone
def calls(tap):
    """The telephone offers."""
    a, b = pair()
    agent = Agent(a, addresses=[A4, A6])
    for mux in (False, True):
        for suite in SUITES:
            name = suite + (', one port' if mux else '')
            phone, app = make(agent, a, b, name, suite, mux=mux)
            tap.equal([line[:2] for line in phone.theirs], [(1, suite)],
                      name + ': its line is answered')
            tap.equal(agent.media(name)[0]['state'], 'up', name + ': media are up')
            media(tap, phone, app, name)
            saved = ''.join(open(os.path.join(agent.directory, 'calls', one)).read()
                            for one in os.listdir(os.path.join(agent.directory,
                                                               'calls')))
            keys = [base64.b64encode(key).decode()[:20] for key in
                    (phone.key, phone.theirs[0][2])]
            tap.ok(saved and not any(key in saved for key in keys),
                   name + ': no key is saved')
            agent.delete(name)
            tap.equal(a.json('session', 'show'), [], name + ': no session is left')
            phone.close()
            app.close()
    phone, app = make(agent, a, b, 'IPv6', address=B6, inner='::1', application='::1')
    media(tap, phone, app, 'IPv6')


@alone
def called(tap):
    """The application offers, and the telephone takes what it likes best."""
    a, b, c = behind_gateway()
    a.sysctl('net/ipv4/ip_nonlocal_bind', 1)
    agent = Agent(a, 'application', '10.8.0.1', addresses=[A4])
    for mux in (False, True):
        name = 'one port' if mux else 'two ports'
        phone = Telephone(b, mux=mux)
        phone.take(agent.offer(name, plain_sdp(C4, [5004], extra=[
            'a=rtcp-fb:0 nack']), public='sdes'))
        tap.equal([line[:2] for line in phone.theirs],
                  [(n + 1, suite) for n, suite in enumerate(SUITES)],
                  name + ': it is offered all suites')
        tap.equal(len({key for _, _, key in phone.theirs}), len(SUITES),
                  name + ': each with a key of its own')
        plain = agent.answer(name, phone.sdp(phone.line(tag=3)))
        app = Plain(c, ('10.8.0.1', ports_of(plain)[0]), C4)
        phone.use(phone.theirs[2])
        media(tap, phone, app, name + ': an application behind')
        agent.delete(name)
        app.close()
        phone.close()


@alone
def description(tap):
    """What each side is told of the other."""
    a, b = pair()
    agent = Agent(a, 'advertise', '192.0.2.77', addresses=[A4])
    phone = Telephone(b)
    plain = agent.offer('1', phone.sdp(phone.line(), protocol='RTP/SAVPF'))
    tap.ok('RTP/AVP 0' in plain and 'crypto' not in plain and
           'rtcp-fb' not in plain, 'the application gets no keys', plain)
    phone.take(agent.answer('1', plain_sdp('127.0.0.1', [5004])))
    web = agent.offer('2', plain_sdp('127.0.0.1', [5004]), public='sdes')
    tap.equal((re.findall('m=audio \\d+ (\\S+) ', web), 'candidate' in web,
               'fingerprint' in web, 'ice' in web), (['RTP/SAVP'], False, False, False),
              'a telephone is offered nothing of browsers')
    tap.equal(phone.remote[0], '192.0.2.77', 'it is told the advertised address')
    phone.remote, phone.remote_rtcp = ((A4, where[1]) for where in
                                       (phone.remote, phone.remote_rtcp))
    app = Plain(a, ('127.0.0.1', ports_of(plain)[0]))
    phone.use(phone.theirs[0])
    media(tap, phone, app, 'behind address translation')
    tap.equal(agent.ask(command='query', call='1')['calls'][0]['public'], 'sdes',
              'it is shown what the public side speaks')


@alone
def changes(tap):
    """Hold, other keys, another place; no index is used twice."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    phone, app = make(agent, a, b)
    media(tap, phone, app, 'at first')
    ours = phone.theirs[0]

    def again(sdp):
        agent.offer('1', sdp)
        phone.take(agent.answer('1', plain_sdp('127.0.0.1', [5004])))
        return phone.theirs[0]
    kept = phone.line(key=phone.key)
    tap.equal(again(phone.sdp(kept, direction='sendonly')), ours,
              'on hold: the key that has not changed is answered by the same')
    media(tap, phone, app, 'on hold', 2)
    again(phone.sdp(kept, address='0.0.0.0'))
    app.rtp.sendto(rtp(3, bytes(160)), app.to)
    tap.equal(agent.media('1')[0].get('peer'), None, 'on hold, the old way: no peer')
    tap.equal(again(phone.sdp(kept)), ours, 'resumed: the same keys')
    media(tap, phone, app, 'resumed', 4)
    session = a.json('session', 'show')[0]['id']
    new = again(phone.sdp(phone.line(tag=2)))
    tap.ok(new[2] != ours[2], 'another key is answered by another')
    phone.use(new)
    media(tap, phone, app, 'with other keys', 5)
    tap.equal(a.json('session', 'show')[0]['id'], session, 'by the same session')
    # the application asks, and gets the line in use
    web = agent.offer('1', plain_sdp('127.0.0.1', [5004], direction='sendonly'))
    phone.take(web)
    tap.equal(phone.theirs, [new], 'an offer to the telephone has the key in use')
    phone.close()
    phone.place(6100)
    agent.answer('1', phone.sdp(phone.line(tag=2, key=phone.key)))
    media(tap, phone, app, 'from another port, with the same keys', 6)
    packet = phone.sender.protect(rtp(7, bytes(160)))
    for count in range(2):
        phone.rtp.sendto(packet, phone.remote)
    tap.equal(got(app.rtp)[0], rtp(7, bytes(160)), 'a packet comes in once')
    media(tap, phone, app, 'its replay does not, and then', 8)


@alone
def restarts(tap):
    """ksrtpd dies, and the next one does not know the keys."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    phone, app = make(agent, a, b)
    media(tap, phone, app, 'with ksrtpd')
    before = agent.media('1')
    old = phone.sender.protect(rtp(2, bytes(160)))
    phone.rtp.sendto(old, phone.remote)
    tap.equal(got(app.rtp)[0], rtp(2, bytes(160)), 'a packet that is recorded')
    agent.stop(kill=True)
    media(tap, phone, app, 'without it', 3)
    agent.start()
    tap.equal(agent.media('1'), before, 'the next one knows the call')
    agent.offer('1', phone.sdp(phone.line(key=phone.key)))
    first = phone.theirs[0]
    phone.take(agent.answer('1', plain_sdp('127.0.0.1', [5004])))
    tap.ok(phone.theirs[0][2] != first[2], 'it has another key')
    phone.receiver.close()
    phone.receiver = Peer(CM, phone.theirs[0][2])
    phone.rtp.sendto(old, phone.remote)
    media(tap, phone, app, 'a new offer with the key of before, and no replay', 4)
    tap.equal(agent.media('1')[0]['session'], before[0]['session'],
              'by the same session')
    agent.delete('1')
    tap.equal(a.json('session', 'show'), [], 'and the call ends')


@alone
def refused(tap):
    """Whatever would be less than SRTP, and what would use a key twice."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    phone = Telephone(b, port=6300)

    def wrong(name, words, **request):
        answer = agent.ask(**request)
        tap.ok(answer['result'] == 'error' and words in answer['error'], name,
               answer)
    for name, lines in (
            ('no line', []),
            ('no encryption', [phone.line(words=' UNENCRYPTED_SRTP')]),
            ('no encryption of RTCP', [phone.line(words=' UNENCRYPTED_SRTCP')]),
            ('no authentication', [phone.line(words=' UNAUTHENTICATED_SRTP')]),
            ('a suite that is not listed', [phone.line('F8_128_HMAC_SHA1_80')]),
            ('a parameter that nobody knows', [phone.line(words=' SECRET')]),
            ('a key that is too short', [phone.line(key=bytes(20))])):
        wrong(name, 'a=crypto', command='offer', call='1', sdp=phone.sdp(*lines))
    tap.equal(agent.ask(command='query')['calls'], [], 'no call came of that')
    agent.offer('1', phone.sdp(phone.line(words=' UNENCRYPTED_SRTCP'),
                               phone.line(tag=2)))
    phone.take(agent.answer('1', plain_sdp('127.0.0.1', [5004])))
    tap.equal(phone.theirs[0][0], 2, 'the first good one is taken')

    plain = plain_sdp('127.0.0.1', [5004])
    agent.offer('2', plain, public='sdes')
    for name, answer in (
            ('a tag that was not offered', phone.sdp(phone.line(tag=9))),
            ('another suite than the tag has', phone.sdp(phone.line(CM, tag=1))),
            ('two lines', phone.sdp(phone.line(tag=3), phone.line(tag=4))),
            ('our own key', None),
            ('UNENCRYPTED_SRTP', phone.sdp(phone.line(
                tag=3, words=' UNENCRYPTED_SRTP'))),
            ('plain RTP', plain)):
        if not answer:
            phone.take(agent.offer('2', plain, public='sdes'))
            answer = phone.sdp(phone.line(tag=3, key=phone.theirs[2][2]))
        wrong('answer with ' + name, '', command='answer', call='2', sdp=answer)
    tap.equal(len(a.json('session', 'show')), 1, 'no session comes of that')
    wrong('another way in a call', 'speaks sdes', command='offer', call='1',
          sdp=plain, public='ice')
    wrong('a way that nobody knows', 'public:', command='offer', call='3', sdp=plain,
          public='plain')
    wrong('bundle', 'bundle', command='offer', call='3', sdp=plain, public='sdes',
          bundle=True)
    # a recording of one call could be played in the other
    phone, app = make(agent, a, b, '4')
    media(tap, phone, app, 'a call')
    other = Telephone(b, port=6200)
    agent.offer('5', other.sdp(other.line(key=phone.key)))
    wrong('a key that another call has', 'unused-key', command='answer', call='5',
          sdp=plain)


def both(first, second, line='', other=''):
    """A description of two telephones that are one, with crypto lines; a section
    without is refused."""
    text = first.sdp(*[line] * bool(line))
    rest = second.sdp(*[other] * bool(other))
    return text + rest[rest.index('m='):].replace(
        'm=audio %d ' % second.port, 'm=audio %d ' % (second.port if other else 0))


@alone
def unchanged(tap):
    """An exchange that fails leaves what there is, also what it refuses."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    other, app = make(agent, a, b, 'other')
    media(tap, other, app, 'another call')
    one, two = Telephone(b, port=6100), Telephone(b, port=6200)
    plain = agent.offer('1', both(one, two, one.line(), two.line()))
    apps = [Plain(a, ('127.0.0.1', port), port=inner) for port, inner in
            zip(ports_of(plain), (5104, 5106))]
    answer = plain_sdp('127.0.0.1', [5104, 5106], kinds=('audio', 'audio'))
    text = agent.answer('1', answer)
    at = text.rindex('m=')
    for phone, part in ((one, text[:at]), (two, text[:text.index('m=')] + text[at:])):
        phone.take(part)
        phone.use(phone.theirs[0])
    lines = [phone.line(key=phone.key) for phone in (one, two)]
    sessions = a.json('session', 'show')

    def judge(name, seq):
        tap.equal([medium['state'] for medium in agent.media('1')], ['up', 'up'],
                  name + ': both media are up')
        tap.equal([session['id'] for session in a.json('session', 'show')],
                  [session['id'] for session in sessions], name + ': by their sessions')
        for phone, app, which in zip((one, two), apps, ('first', 'second')):
            media(tap, phone, app, '%s, the %s' % (name, which), seq)
    judge('at first', 1)
    # a key of another call, which the kernel does not take, beside a refused section
    used = 'a=crypto:1 %s inline:%s' % (CM, base64.b64encode(other.key).decode())
    agent.offer('1', both(one, two, used, lines[1]))
    refusal = answer.replace('m=audio 5106', 'm=audio 0')
    failed = agent.ask(command='answer', call='1', sdp=refusal)
    tap.ok('unused-key' in failed.get('error', ''), 'the kernel refuses a key', failed)
    judge('after an answer that fails', 2)
    failed = agent.ask(command='offer', call='1',
                       sdp=both(one, two, one.line(suite='F8_128_HMAC_SHA1_80',
                                                   key=one.key)))
    tap.ok('a=crypto' in failed.get('error', ''), 'ksrtpd refuses a suite', failed)
    judge('after an offer that fails', 3)
    agent.offer('1', both(one, two, lines[0]))
    judge('after an offer that nobody answers', 4)
    agent.answer('1', refusal)
    tap.equal([medium['state'] for medium in agent.media('1')], ['up', 'refused'],
              'with its answer it takes effect')
    media(tap, one, apps[0], 'the first goes on', 5)
    tap.equal(len(a.json('session', 'show')), 2, 'the session of the second has gone')


@alone
def closed(tap):
    """What passes no session passes not at all."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    phone, app = make(agent, a, b)
    stranger = b.socket(B4)
    phone.rtp.sendto(rtp(1, bytes(160)), phone.remote)
    phone.rtcp.sendto(rtcp(), phone.remote_rtcp)
    stranger.sendto(rtp(1, bytes(160)), phone.remote)
    stranger.sendto(phone.sender.protect(rtp(1, bytes(160))), phone.remote)
    # STUN and DTLS are of browsers
    for packet in (MARKER, bytes.fromhex('16feff') + bytes(60)):
        phone.rtp.sendto(packet, phone.remote)
    media(tap, phone, app, 'what is plain or forged is dropped, and then', 2)
    a.ksrtp('session', 'flush')
    app.rtp.sendto(rtp(3, bytes(160)), app.to)
    app.rtcp.sendto(rtcp(), app.to_rtcp)
    for sock in (phone.rtp, phone.rtcp):
        sock.settimeout(1)
        try:
            tap.ok(False, 'without its session nothing goes out', sock.recv(2000))
        except TimeoutError:
            tap.ok(True, 'without its session nothing goes out')
    # whatever has the port once ksrtpd has gone
    agent.stop(kill=True)
    other = a.socket(*phone.remote)
    phone.rtp.settimeout(20)
    tap.equal([other.sendto(MARKER, (B4, phone.port)), got(phone.rtp)],
              [len(MARKER), (MARKER, phone.remote)],
              'another program at the public port is heard')
    try:
        other.sendto(rtp(4, bytes(160)), (B4, phone.port))
    except PermissionError:
        pass
    phone.rtp.settimeout(1)
    try:
        tap.ok(False, 'but not with plain RTP', phone.rtp.recv(2000))
    except TimeoutError:
        tap.ok(True, 'but not with plain RTP')


if not os.path.exists(KSRTPD):
    print('1..0 # SKIP needs ksrtpd: make agent')
    sys.exit(KSFT_SKIP)
main(calls, called, description, changes, restarts, refused,
     unchanged, closed)
