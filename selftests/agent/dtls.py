#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ksrtpd and a peer of parts: checks of ICE made here, DTLS by the openssl command, and
SRTP by libsrtp."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtpd import *
from started import alone, started
from ice import *
from ksrtp_test import *


CHANGE_CIPHER_SPEC = 20


def make(agent, a, b, call='1', connect=True, certificate=None,
         profiles='SRTP_AES128_CM_SHA1_80', address=B4, inner='127.0.0.1',
         application='127.0.0.1'):
    """A call that the peer offers; both ends. The application sends to inner."""
    peer = WebPeer(b, address, certificate or Certificate())
    plain = agent.offer(call, peer.sdp())
    app = Plain(a, (inner, ports_of(plain)[0]), application)
    peer.take(agent.answer(call, plain_sdp(application, [5004])))
    peer.check()
    if connect:
        peer.connect(profiles)
        agent.wait(call, 'up')
    return peer, app


@alone
def profiles(tap):
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    certificate = Certificate()
    for n, profile in enumerate(PROFILES):
        call = str(n)
        peer, app = make(agent, a, b, call=call, certificate=certificate,
                         profiles=profile)
        media(tap, peer, app, profile)
        tap.equal(a.json('session', 'show')[0]['send']['suite'],
                  PROFILES[profile][1], profile + ': its suite')
        peer.hang_up()
        tap.equal(agent.wait(call, 'closed').get('why'),
                  'DTLS: the peer has closed it',
                  profile + ': the peer hangs up')
        tap.equal(a.json('session', 'show'), [], profile + ': no session')
        agent.delete(call)
        peer.close()
        app.close()
    tap.equal(agent.ask(command='query')['calls'], [], 'no call is left')


@alone
def rollover(tap):
    """Sequence numbers begin again while media flow."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    peer, app = make(agent, a, b)
    media(tap, peer, app, 'before the rollover', 65535)
    media(tap, peer, app, 'after it', 0)


@alone
def losses(tap):
    """Flights that are lost and overtake each other, both ways."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    for host in (a, b):
        host.run('tc', 'qdisc', 'add', 'dev', 'wire', 'root', 'netem', 'loss',
                 '20%', 'delay', '10ms', 'reorder', '50%')
    certificate = Certificate()
    for call in ('1', '2', '3'):
        peer, app = make(agent, a, b, call, certificate=certificate)
        medium = agent.media(call)[0]
        tap.equal((medium['state'], medium.get('why')), ('up', None),
                  'handshake %s is done in spite of losses' % call)
        if call != '3':
            app.close()
    for host in (a, b):
        host.run('tc', 'qdisc', 'del', 'dev', 'wire', 'root')
    media(tap, peer, app, 'when no more is lost')


@alone
def repeats(tap):
    """The end of ksrtpd's handshake is lost, and the peer repeats its own."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    certificate = Certificate()
    for name, cipher in (('AES-GCM', 'ECDHE-ECDSA-AES128-GCM-SHA256'),
                         ('ChaCha20', 'ECDHE-ECDSA-CHACHA20-POLY1305')):
        peer, app = make(agent, a, b, name, connect=False,
                         certificate=certificate)
        lost = []

        def ends(packet):
            if packet[0] == CHANGE_CIPHER_SPEC and len(lost) < 3:
                lost.append(packet)
                return True
            return False
        peer.loses = ends
        tap.ok(peer.connect('SRTP_AES128_CM_SHA1_80', '-cipher', cipher),
               name + ': the peer has keys')
        tap.equal(lost, 3 * lost[:1], name + ': the end came again and again')
        media(tap, peer, app, name)
        # what anyone could say, whom it would reach is nobody else
        count = len(lost)
        peer.loses = lambda packet: lost.append(packet)
        for packet in (lost[0][:1] + b'\xfe\xfd' + bytes(10),
                       hello(), b'\x16\xfe\xfd\x00\x01' + bytes(6) +
                       b'\x00\x40' + os.urandom(64)):
            peer.sock.sendto(packet, peer.remote)
        peer.check()
        tap.equal(lost[count:], [], name + ': nothing short or foreign is answered')
        app.close()


def hello():
    """A ClientHello as of a peer that has lost all."""
    body = b'\xfe\xfd' + os.urandom(32) + bytes(200)
    return b'\x16\xfe\xff' + bytes(8) + struct.pack('>H', len(body) + 12) + \
        b'\x01' + len(body).to_bytes(3, 'big') + bytes(5) + \
        len(body).to_bytes(3, 'big') + body


@alone
def renegotiates(tap):
    """A peer that wants another handshake within its association."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    peer, app = make(agent, a, b)
    before = agent.media('1')[0]['session']
    peer.openssl.stdin.write(b'R\n')
    peer.openssl.stdin.flush()
    tap.ok(peer.wait('(?i)no renegotiation'), 'renegotiation is refused',
           peer.wait('(?s).*', 1))
    # whether it goes on without is the peer's choice
    tap.ok(agent.media('1')[0].get('session', before) == before,
           'and changes no keys', agent.media('1'))


@alone
def begins(tap):
    """The application offers, and the peer leaves it to ksrtpd to begin."""
    a, b = pair()
    agent = Agent(a, addresses=[A4, A6])
    peer = WebPeer(b, B4, Certificate())
    peer.take(agent.offer('1', plain_sdp('127.0.0.1', [5004])))
    tap.equal(peer.their_setup, 'actpass', 'it offers both roles')
    plain = agent.answer('1', peer.sdp('passive'))
    app = Plain(a, ('127.0.0.1', ports_of(plain)[0]))
    peer.listen('SRTP_AEAD_AES_128_GCM')
    peer.check()
    peer.take_keys('SRTP_AEAD_AES_128_GCM', 1)
    agent.wait('1', 'up')
    media(tap, peer, app, 'ksrtpd begins')
    app.close()
    peer.close()

    peer = WebPeer(b, B6, Certificate())
    peer.take(agent.offer('6', plain_sdp('::1', [5004])))
    plain = agent.answer('6', peer.sdp('active'))
    app = Plain(a, ('::1', ports_of(plain)[0]), '::1')
    peer.check()
    peer.connect('SRTP_AEAD_AES_256_GCM')
    agent.wait('6', 'up')
    media(tap, peer, app, 'IPv6')


@alone
def one_machine(tap):
    """A browser on the same host, with and without conntrack."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    peer, app = make(agent, a, a, address=A4)
    media(tap, peer, app, 'all on one host')
    a.run('nft', 'add table inet other; add chain inet other c '
          '{ type filter hook input priority 0; }; '
          'add rule inet other c ct state invalid drop')
    media(tap, peer, app, 'all on one host, with conntrack', 2)


@alone
def silent(tap):
    """What is not relayed is dropped, and whoever has sent it is not told."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    peer = WebPeer(b, B4, Certificate())
    port = ports_of(agent.offer('1', peer.sdp()))[0]

    def dropped(name, *packets):
        for n in range(2):
            with a.socket('127.0.0.1') as sock:
                sock.connect(('127.0.0.1', port + n))
                sock.settimeout(0.3)
                try:
                    for packet in packets:
                        sock.send(packet)
                    tap.ok(False, name, sock.recv(2000))
                except TimeoutError:
                    tap.equal(peer.media, [], name)
                except OSError as error:
                    tap.ok(False, name, error)
    everything = rtp(1, bytes(160)), rtcp(), MARKER
    dropped('before there is an answer', *everything)
    peer.take(agent.answer('1', plain_sdp('127.0.0.1', [5004])))
    peer.check()
    dropped('before there are keys', *everything)
    peer.connect('SRTP_AES128_CM_SHA1_80')
    agent.wait('1', 'up')
    dropped('what is no media', MARKER, b'')
    app = Plain(a, ('127.0.0.1', port))
    media(tap, peer, app, 'the application')
    agent.offer('1', peer.sdp())
    agent.answer('1', plain_sdp('0.0.0.0', [5004]))
    dropped('while it is on hold', *everything)
    peer.hang_up()
    agent.wait('1', 'closed')
    dropped('after its end', *everything)


@alone
def behind(tap):
    """An application on another host."""
    a, b, c = behind_gateway()
    # as hosts have it that take over addresses of others: any can be bound to
    a.sysctl('net/ipv4/ip_nonlocal_bind', 1)
    agent = Agent(a, 'application', '10.8.0.1', addresses=[A4])
    peer, app = make(agent, c, b, inner='10.8.0.1', application=C4)
    media(tap, peer, app, 'behind ksrtpd')


@alone
def impostors(tap):
    """Who is not the one that signalling speaks of."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    peer = WebPeer(b, B4, Certificate())
    plain = agent.offer('1', peer.sdp(
        fingerprints=[Certificate().fingerprint()]))
    peer.take(agent.answer('1', plain_sdp('127.0.0.1', [5004])))
    user = '%s:%s' % (peer.their_ufrag, peer.ufrag)
    pwd = peer.their_pwd
    for name, packet, wanted in (
            ('another password', check(user, 'x' * 24), 401),
            ('another name', check('nobody:peer', pwd), 401),
            ('a name that begins as ours', check(user[:4] + ':peer', pwd), 401),
            ('no name', check(None, pwd), 400),
            ('no integrity', check(user, None), 400),
            ('an attribute that nobody knows',
             check(user, pwd, attribute(0x7777, b'1234')), 420),
            ('a peer that is controlled',
             check(user, pwd, attribute(CONTROLLED, bytes(8))), 487)):
        tap.equal(error_of(peer.ask(packet)), wanted, 'check with ' + name)
    short = struct.pack('>HHI', 1, 0, COOKIE) + os.urandom(12)
    peer.sock.sendto(short, peer.remote)
    long = check('nobody:peer', pwd)
    tap.ok(len(peer.ask(long)) <= len(long) and
           not any(answer[8:20] == short[8:20] for answer in peer.answers),
           'who has proven nothing gets no answer that is longer than the request')
    answer = peer.ask(check(user, pwd, attribute(0xc057, b'1234')))
    kind, found = response(answer)
    port, address = struct.unpack('>xxHI', found[MAPPED])
    tap.equal((kind, port ^ COOKIE >> 16,
               socket.inet_ntoa(struct.pack('>I', address ^ COOKIE))),
              (0x101, peer.sock.getsockname()[1], B4),
              'a good one is answered, and says where it came from')
    replay = check(user, pwd)
    peer.ask(replay)
    stranger = b.socket(B4)
    stranger.sendto(replay, peer.remote)
    stranger.sendto(check('nobody:peer', pwd), peer.remote)
    tap.equal(error_of(stranger.recv(2000)), 401,
              'one that somebody else sends again is not answered')
    tap.equal(error_of(peer.ask(replay)), 0, 'one that the peer sends again is')
    peer.connect('SRTP_AES128_CM_SHA1_80')
    medium = agent.wait('1', 'closed')
    tap.equal(medium.get('why'),
              'DTLS: the certificate has another fingerprint',
              'another certificate: the medium is closed')
    tap.equal(a.json('session', 'show'), [], 'there is no session')


@alone
def closed(tap):
    """What passes no session passes not at all."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    peer, app = make(agent, a, b, connect=False)
    stranger = b.socket(B4)
    peer.sock.sendto(rtp(1, bytes(160)), peer.remote)
    app.rtp.sendto(rtp(1, bytes(160)), app.to)
    peer.connect('SRTP_AES128_CM_SHA1_80')
    agent.wait('1', 'up')
    media(tap, peer, app, 'what was plain was dropped, and then')
    peer.sock.sendto(rtp(2, bytes(160)), peer.remote)
    stranger.sendto(rtp(3, bytes(160)), peer.remote)
    stranger.sendto(peer.sender.protect(rtp(4, bytes(160))), peer.remote)
    # neither STUN nor DTLS of an application is the peer's
    app.rtp.sendto(MARKER, app.to)
    media(tap, peer, app, 'what is forged is dropped, and then', 5)
    a.ksrtp('session', 'flush')
    app.rtp.sendto(rtp(6, bytes(160)), app.to)
    peer.check()
    tap.equal(peer.media, [], 'without its session nothing goes out')


@alone
def moves(tap):
    """A peer that is elsewhere, and one that begins ICE anew."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    peer, app = make(agent, a, b)
    media(tap, peer, app, 'at first')
    old, peer.sock = peer.sock, b.socket(B4)
    peer.check()
    media(tap, peer, app, 'from another port', 2)
    peer.sock, old = old, peer.sock
    peer.check(nominate=False)
    peer.sock, old = old, peer.sock
    media(tap, peer, app, 'after a check that nominates nothing', 3)

    # one that nobody answers changes nothing
    for ufrag in ('first', 'second'):
        agent.offer('1', peer.sdp(ufrag=ufrag))
        tap.equal(error_of(peer.check()), 0, 'an ICE restart without an answer')
    plain = agent.offer('1', peer.sdp(ufrag='other'))
    before = peer.their_ufrag
    peer.take(agent.answer('1', plain_sdp('127.0.0.1', [5004])))
    tap.ok(peer.their_ufrag != before, 'ICE begins anew: other credentials')
    peer.ufrag = 'other'
    peer.check()
    media(tap, peer, app, 'after an ICE restart', 10)
    tap.equal(ports_of(plain)[0], app.to[1], 'its ports stay')
    peer.take(agent.sdp('offer', '1', peer.sdp(ufrag='again')) and
              agent.answer('1', plain_sdp('127.0.0.1', [5004])))
    peer.ufrag = 'again'
    peer.sock = b.socket(B4)
    peer.check(priority=1)
    media(tap, peer, app, 'after another, on a path of lower priority', 11)
    agent.delete('1')
    tap.ok(peer.wait('(?m)^closed$|SSL3 alert read:warning:close notify', 20),
           'it is told of the end where it is now', peer.wait('(?s).*', 1))


@alone
def restarts(tap):
    """ksrtpd dies, and another one takes its place."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    peer, app = make(agent, a, b)
    media(tap, peer, app, 'with ksrtpd')
    before = agent.media('1')
    agent.stop(kill=True)
    media(tap, peer, app, 'without it', 2)
    agent.start()
    tap.equal(agent.media('1'), before, 'the next one knows the call')
    tap.equal(error_of(peer.check()), 0, 'and answers its checks')
    media(tap, peer, app, 'with the next one', 3)
    # it has another certificate: RFC 8842 wants another association
    agent.offer('1', peer.sdp())
    peer.take(agent.answer('1', plain_sdp('127.0.0.1', [5004])))
    tap.equal(agent.media('1')[0]['state'], 'new',
              'a new offer to the next one makes new keys')
    peer.check()
    peer.connect('SRTP_AES128_CM_SHA1_80')
    agent.wait('1', 'up')
    media(tap, peer, app, 'with new keys')
    peer.hang_up()
    before = agent.wait('1', 'closed')
    # a session that no call has, and what ksrtpd has once rewritten packets by
    agent.stop(kill=True)
    a.ksrtp('session', 'add', 'local', A4 + ':20100', 'remote', B4 + ':9',
            'rtcp-mux', 'send', 'suite', 'AES_CM_128_HMAC_SHA1_80',
            'insecure-key', 30 * '01')
    a.run('nft', 'add table inet ksrtpd; add chain inet ksrtpd output '
          '{ type route hook output priority raw; }; '
          'add rule inet ksrtpd output udp dport 24000-27999 drop')
    agent.start()
    tap.equal(agent.media('1'), [before], 'what is closed stays closed')
    tap.equal(a.json('session', 'show'), [],
              'a session that no call has is deleted')
    tap.equal(a.run('nft', 'list', 'tables').stdout, '',
              'the table of an earlier ksrtpd, too')
    agent.delete('1')
    app.close()
    peer.close()
    peer, app = make(agent, a, b, '2')
    media(tap, peer, app, 'another call')
    agent.stop(kill=True)
    a.ksrtp('session', 'set', 'id', a.json('session', 'show')[0]['id'], 'no-relay')
    agent.start()
    media(tap, peer, app, 'whose session an earlier ksrtpd has made', 2)
    a.run('nft', 'flush', 'ruleset')
    media(tap, peer, app, 'after a reload of the firewall', 3)
    agent.delete('2')
    tap.equal(a.json('session', 'show'), [], 'and ends the call')
    agent.stop()
    saved = os.listdir(os.path.join(agent.directory, 'calls'))
    tap.equal(saved, [], 'nothing of it is saved any more')


@alone
def garbage(tap):
    """Whatever comes, from whoever knows nothing: no end, no answer that is larger."""
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    peer, app = make(agent, a, b, connect=False)
    stranger = b.socket(B4)
    hello = bytes.fromhex('16feff0000000000000000') + b'\x00\x40' + bytes(64)
    good = check('%s:%s' % (peer.their_ufrag, peer.ufrag), peer.their_pwd)
    for n in range(600):
        packet = bytearray(good if n % 2 else hello)
        if n % 3:
            packet[n % len(packet)] ^= 1 << n % 8
        for sock in (peer.sock, stranger):
            sock.sendto(packet[:1 + n % len(packet)] if n % 5 == 0 else packet,
                        peer.remote)
    for n in range(150):
        peer.sock.sendto(bytes([20 + n % 44]) + os.urandom(n), peer.remote)
        peer.sock.sendto(bytes([n % 4]) + os.urandom(n), peer.remote)
    tap.equal(error_of(peer.check()), 0, 'a check is answered after a flood')
    tap.ok(peer.connect('SRTP_AES128_CM_SHA1_80') is not None and
           agent.wait('1', 'up')['state'] == 'up',
           'and a handshake', agent.media('1'))
    media(tap, peer, app, 'after all that')


if not os.path.exists(KSRTPD):
    print('1..0 # SKIP needs ksrtpd: make agent')
    sys.exit(KSFT_SKIP)
main(profiles, rollover, losses, repeats, renegotiates, begins, one_machine, silent, behind,
     impostors, closed, moves, restarts, garbage)
