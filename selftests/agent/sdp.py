#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Descriptions that ksrtpd rewrites, requests that it refuses, and its ports."""

import errno
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtpd import *
from started import alone
from ksrtp_test import *

PRINT = 'AB:' * 31 + 'AB'
# as Chromium writes it, shortened
CHROMIUM = '''v=0
o=- 4962303333179871722 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1 2
a=extmap-allow-mixed
a=msid-semantic: WMS
m=audio 51472 UDP/TLS/RTP/SAVPF 111 63 0
c=IN IP4 192.0.2.9
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1 1 udp 2122260223 192.0.2.9 51472 typ host generation 0
a=candidate:2 1 udp 2122260223 4f1b.local 51473 typ host generation 0
a=ice-ufrag:Y1pa
a=ice-pwd:u0Xn3cB6vM9kLq2Wj5Rt8ZsE
a=ice-options:trickle
a=fingerprint:sha-256 %(print)s
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=sendrecv
a=msid:- 5a7d
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=rtpmap:0 PCMU/8000
a=ssrc:1375120331 cname:b7RtQeWz0mNs
m=video 9 UDP/TLS/RTP/SAVPF 96
c=IN IP4 0.0.0.0
b=AS:500
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1 1 udp 2122260223 192.0.2.9 51474 typ host generation 0
a=ice-ufrag:Y1pa
a=ice-pwd:u0Xn3cB6vM9kLq2Wj5Rt8ZsE
a=fingerprint:sha-256 %(print)s
a=setup:actpass
a=mid:1
a=sendonly
a=rtcp-mux
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 nack pli
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=ice-ufrag:Y1pa
a=ice-pwd:u0Xn3cB6vM9kLq2Wj5Rt8ZsE
a=fingerprint:sha-256 %(print)s
a=setup:actpass
a=mid:2
a=sctp-port:5000
'''.replace('\n', '\r\n') % {'print': PRINT}

# as libdatachannel does: for all sections at once
COMMON = '''v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=ice-ufrag:Y1pa
a=ice-pwd:u0Xn3cB6vM9kLq2Wj5Rt8ZsE
a=fingerprint:sha-1 AB:CD
a=fingerprint:sha-256 %s
a=setup:active
m=audio 9 UDP/TLS/RTP/SAVP 0
c=IN IP4 0.0.0.0
a=mid:sound
a=rtcp-mux
''' % PRINT


def sections(sdp):
    """The lines before the sections, and those of each."""
    return [part.split('\r\n') for part in
            re.split(r'\r\n(?=m=)', sdp.rstrip('\r\n'))]


def has(lines, *starts):
    return [line for line in lines if line.startswith(starts)]


@alone
def both_sides(tap):
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    plain = agent.offer('1', CHROMIUM)
    common, audio, video, data = sections(plain)
    ports = ports_of(plain)
    tap.equal(common, ['v=0', 'o=- 4962303333179871722 2 IN IP4 127.0.0.1',
                       's=-', 't=0 0'], 'plain offer: the session')
    tap.equal(audio, [
        'm=audio %d RTP/AVP 111 63 0' % ports[0], 'c=IN IP4 127.0.0.1',
        'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level', 'a=sendrecv',
        'a=rtpmap:111 opus/48000/2', 'a=fmtp:111 minptime=10;useinbandfec=1',
        'a=rtpmap:63 red/48000/2', 'a=rtpmap:0 PCMU/8000',
        'a=rtcp:%d' % (ports[0] + 1)], 'plain offer: audio')
    tap.equal(video, [
        'm=video %d RTP/AVP 96' % ports[1], 'c=IN IP4 127.0.0.1', 'b=AS:500',
        'a=sendonly', 'a=rtpmap:96 VP8/90000', 'a=rtcp:%d' % (ports[1] + 1)],
              'plain offer: video')
    tap.equal(data, ['m=application 0 UDP/DTLS/SCTP webrtc-datachannel',
                     'c=IN IP4 127.0.0.1', 'a=inactive'],
              'plain offer: a data channel is refused')
    again = agent.offer('1', CHROMIUM, feedback=True)
    tap.equal(ports_of(again), ports, 'the same offer again has the same ports')
    tap.ok('RTP/AVPF' in again and 'a=rtcp-fb:96 nack pli' in again and
           'a=rtcp-rsize' in again, 'feedback, where it is asked for', again)

    web = agent.answer('1', plain_sdp('127.0.0.1', [5004]) +
                       'm=video 0 RTP/AVPF 96\r\n'
                       'm=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n')
    common, audio, video, data = sections(web)
    tap.equal(has(common, 'a=ice-lite', 'a=group'),
              ['a=ice-lite', 'a=group:BUNDLE 0'],
              'answer: lite, and nothing is bundled with the first section')
    tap.ok(audio[0].startswith('m=audio 2') and
           'UDP/TLS/RTP/SAVPF 0' in audio[0] and 'c=IN IP4 ' + A4 in audio,
           'answer: the public side', audio)
    for word in ('a=mid:0', 'a=rtcp-mux', 'a=setup:passive', 'a=ice-ufrag:',
                 'a=ice-pwd:', 'a=fingerprint:sha-256 ',
                 'a=candidate:1 1 udp 2130706431 %s %d typ host' % (
                     A4, ports_of(web)[0]), 'a=end-of-candidates'):
        tap.equal(len(has(audio, word)), 1, 'answer: one ' + word)
    tap.ok(video[0].startswith('m=video 0 UDP/TLS/RTP/SAVPF') and
           'a=mid:1' in video and not has(video, 'a=candidate', 'a=ice'),
           'answer: what is refused keeps its name', video)
    tap.equal([one['state'] for one in agent.media('1')],
              ['new', 'refused', 'refused'], 'the state of each')

    plain = agent.offer('2', COMMON)
    web = agent.answer('2', plain_sdp('127.0.0.1', [5006]))
    tap.ok('a=mid:sound' in web and 'a=setup:passive' in web,
           'what a session says for all', web)
    held = agent.offer('2', COMMON + 'a=sendonly\n')
    tap.ok('a=sendonly' in held and ports_of(held) == ports_of(plain),
           'a call is put on hold', held)
    web = agent.answer('2', plain_sdp('0.0.0.0', [5006], direction='recvonly'))
    tap.ok('a=recvonly' in web and
           'application' not in agent.media('2')[0],
           'and by an address of zeroes', agent.media('2'))


@alone
def refused(tap):
    a, b = pair()
    agent = Agent(a, addresses=[A4])
    plain = plain_sdp('127.0.0.1', [5004])

    def wrong(name, words, **request):
        answer = agent.ask(**request)
        tap.ok(answer['result'] == 'error' and words in answer['error'], name,
               answer)

    def without(line):
        return re.sub(r'(?m)^%s.*\n' % re.escape(line), '', COMMON)

    for name, text, words in (
            ('rtcp-mux', without('a=rtcp-mux'), 'a=rtcp-mux: missing'),
            ('a fingerprint', without('a=fingerprint'), 'no a=fingerprint'),
            ('a good one', without('a=fingerprint:sha-256'),
             'none of sha-256, sha-384, sha-512'),
            ('a whole one', COMMON.replace(':AB\n', '\n'), 'no digest of'),
            ('ufrag', without('a=ice-ufrag'), 'a=ice-ufrag or a=ice-pwd'),
            ('pwd', without('a=ice-pwd'), 'a=ice-ufrag or a=ice-pwd'),
            ('a long pwd', COMMON.replace('u0Xn3cB6', ''), 'a=ice-pwd: not 22'),
            ('a pwd once', COMMON.replace('a=setup', 'a=ice-pwd:x\na=setup'),
             'a=ice-pwd: given twice'),
            ('a role', without('a=setup'), 'a=setup: none of'),
            ('media', 'v=0\r\n', 'no media section'),
            ('media that we know', 'v=0\nm=audio 9 TCP/RTP/SAVP 0\n',
             'no section of UDP/TLS/RTP/SAVPF, RTP/SAVP or RTP/AVP'),
            ('one side', COMMON + 'm=audio 9 RTP/AVP 0\n', 'of another kind'),
            ('a port', 'v=0\nm=audio 0 UDP/TLS/RTP/SAVP 0\na=bundle-only\n',
             'no section with a port'),
            ('an address', 'v=0\nm=audio 9 RTP/AVP 0\n', 'no c= line'),
            ('its family', plain_sdp('::1', [5004]), 'no public address'),
            ('an address, cut within a letter',
             plain_sdp(63 * 'x' + '\u00e9', [5004]), "address: 'xxx"),
            ('its first line', 'x', 'no line of a session description')):
        wrong('offer without ' + name, words, command='offer', call='x',
              sdp=text)
    tap.equal(agent.ask(command='query')['calls'], [], 'no call came of that')
    agent.offer('1', COMMON)
    wrong('answer of the same side', 'the offer is of the same side',
          command='answer', call='1', sdp=COMMON)
    wrong('answer with more media', '2 media sections, and 1',
          command='answer', call='1', sdp=plain + 'm=audio 9 RTP/AVP 0\n')
    wrong('answer of another family', 'not of the family',
          command='answer', call='1', sdp=plain_sdp('::1', [5004]))
    wrong('answer of nothing', "no call '2'", command='answer', call='2',
          sdp=plain)
    agent.answer('1', plain)
    wrong('a second answer', 'no offer to be answered', command='answer',
          call='1', sdp=plain)
    agent.offer('3', plain)
    wrong('a role that is left open', 'neither active nor passive',
          command='answer', call='3',
          sdp=COMMON.replace('a=setup:active', 'a=setup:actpass'))
    for words, request in (
            ("'command'", {}), ('none of offer', {'command': 'speak'}),
            ("'call' is missing", {'command': 'offer', 'sdp': plain}),
            ("'sdp' is missing", {'command': 'offer', 'call': '4'}),
            ("no call '4'", {'command': 'delete', 'call': '4'}),
            ("no call '4'", {'command': 'query', 'call': '4'}),
            ('not 1 to 255', {'command': 'offer', 'call': 'x' * 256})):
        wrong('request: ' + words, words, **request)
    agent.stream.write('{"command"\n')
    agent.stream.flush()
    tap.equal(json.loads(agent.stream.readline())['error'],
              'the line is not JSON', 'request: no JSON')
    sock = agent.reach()
    try:
        for n in range(2000):
            sock.write('x' * 1000)
        sock.flush()
        gone = not sock.readline()
    except OSError:
        gone = True
    tap.ok(gone, 'a line without an end is cut off')
    tap.equal(len(agent.ask(command='query')['calls']), 2,
              'all others are served')


@alone
def few_ports(tap):
    a, b = pair()
    agent = Agent(a, 'public-ports', '20000-20007', 'application-ports',
                  '24000-24007', addresses=[A4])
    taken = [a.socket(A4, 20002), a.socket('127.0.0.1', 24003)]
    seen = []
    for n in range(3):
        agent.offer(str(n), COMMON)
        medium = agent.media(str(n))[0]
        seen += [medium['public'], medium['application-port']]
    tap.ok(A4 + ':20002' not in seen and 24002 not in seen,
           'ports that somebody has are passed over', seen)
    for address, port in ((A4, 20000), ('127.0.0.1', 24000), ('127.0.0.1', 24001)):
        try:
            a.socket(address, port)
            tap.ok(False, 'nobody else has port %d' % port)
        except OSError as error:
            tap.equal(error.errno, errno.EADDRINUSE, 'nobody else has port %d' % port)
    answer = agent.ask(command='offer', call='4', sdp=COMMON)
    tap.equal(answer.get('error'), '127.0.0.1:24003: Address already in use',
              'no others are left')
    agent.delete('1')
    tap.equal(agent.ask(command='offer', call='4', sdp=COMMON)['result'], 'ok',
              'one that has ended gives them back')
    for one in taken:
        one.close()
    tap.equal(agent.stop(), 0, 'it ends')
    tap.equal([(one['first-port'], one['last-port'])
               for one in a.json('require', 'show')], [(20000, 20007)],
              'media of its ports need a session')


if not os.path.exists(KSRTPD):
    print('1..0 # SKIP needs ksrtpd: make agent')
    sys.exit(KSFT_SKIP)
def unknown_user(tap):
    a, _ = pair()
    done = a.run(KSRTPD, 'public', A4, 'user', 'no.such.user', 'control',
                 '/run/no-user', check=False)
    tap.ok(done.returncode == 1 and "'no.such.user' is unknown" in done.stderr,
           'without its user it does not start', done.stderr)


main(both_sides, refused, few_ports, unknown_user)
