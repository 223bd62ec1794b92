#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ksrtp rtsp without a kernel: what it makes of messages of clients and cameras, the
camera's certificate, and what it refuses."""

import base64
import contextlib
import ipaddress
import os
import re
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
import mikey_ref as ref
from certificates import certify, pem
from fake_kernel import FakeKernel
from ksrtp_test import CM, KSRTP, eventually, key, main
from mikey_ref import KEMAC, RAND, SP, TEK, T
from rtsp import Answer, Client, FakeCamera, described, reply

MESSAGE = base64.b64encode(ref.message(
    ref.header(sessions=((0, 0x11223344, 0),)), (T, ref.stamp()),
    (RAND, ref.rand()), (SP, ref.policy(((0, 1),))),
    (KEMAC, ref.kemac(ref.keys((TEK, key(CM))))))).decode()
CRYPTO = '1 %s inline:%s' % (CM, base64.b64encode(key(CM)).decode())
SDP = '''v=0
o=- 1 1 IN IP4 192.0.2.7
s=-
t=0 0
a=control:*
a=key-mgmt:mikey %s
m=video 0 RTP/SAVP 96
a=rtpmap:96 H264/90000
a=control:trackID=1
m=audio 0 RTP/SAVPF 0
a=crypto:%s
a=control:rtsp://192.0.2.7/live/trackID=2?x=1
m=application 0 RTP/AVP 107
a=control:rtsp://192.0.2.7/other/trackID=3
''' % (MESSAGE, CRYPTO)


def live(request, headers=('Content-Base: rtsp://192.0.2.7/live/',)):
    return described(request, SDP, headers)


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as sock:
        return sock.getsockname()[1]


class Relay:
    def __init__(self, *words, cameras=(), env=None):
        self.port = free_port()
        self.log = tempfile.TemporaryFile('w+')
        for camera, url in cameras:
            words += ('camera', 'door', url % camera.port)
        self.process = subprocess.Popen(
            [KSRTP, 'rtsp', 'relay', 'listen', '127.0.0.1:%d' % self.port, *words],
            stderr=self.log, env=env)
        self.url = 'rtsp://127.0.0.1:%d' % self.port
        for wait in range(300):
            try:
                self.client().close()
                break
            except OSError:
                time.sleep(0.1)

    def client(self):
        return Client(('127.0.0.1', self.port))

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def close(self):
        self.process.terminate()
        return self.process.wait()


class Both:
    """A relay before a camera, for a with statement."""

    def __init__(self, answer, url='rtsp://127.0.0.1:%d/live', words=(),
                 context=None, env=None):
        self.camera = FakeCamera(answer, context)
        words = ('camera', 'door', url % self.camera.port, *words)
        self.relay = Relay(*words, env=env)
        self.url = self.relay.url + '/door'

    def __enter__(self):
        self.client = self.relay.client()
        return self

    def __exit__(self, *unused):
        self.client.close()
        self.status = self.relay.close()
        self.camera.close()

    def ask(self, *words):
        return self.client.ask(*words)


def descriptions(tap):
    with Both(live) as both:
        got = both.ask('DESCRIBE', both.url, 'Accept: application/sdp',
                       'Authorization: Digest uri="%s"' % both.url)
        asked = both.camera.seen[0]
        tap.equal((asked.method, asked.uri, asked['Authorization']),
                  ('DESCRIBE', 'rtsp://127.0.0.1:%d/live' % both.camera.port,
                   'Digest uri="%s"' % both.url),
                  "a request with the camera's URL; its authorization as it was")
        body = got.body.decode().replace('\r\n', '\n')
        tap.ok(got.status == 200 and 'SAVP' not in body and
               'key-mgmt' not in body and 'crypto' not in body and
               MESSAGE not in body, 'the description has no keys', body)
        tap.equal(re.findall('^m=.*', body, re.M),
                  ['m=video 0 RTP/AVP 96', 'm=audio 0 RTP/AVPF 0',
                   'm=application 0 RTP/AVP 107'], 'and plain profiles')
        tap.equal(got['Content-Base'], both.url + '/', 'its base is ours')
        tap.equal(re.findall('^a=control:(.*)', body, re.M),
                  ['*', 'trackID=1', both.url + '/trackID=2?x=1',
                   both.url + '/~/other/trackID=3'],
                  'URLs of streams are relative, or ours')
        for ours, theirs in (('/trackID=1', '/live/trackID=1'),
                             ('/trackID=2?x=1', '/live/trackID=2?x=1'),
                             ('?x=1', '/live?x=1'),
                             ('/~/other/trackID=3', '/other/trackID=3')):
            both.ask('PLAY', both.url + ours)
            tap.equal(both.camera.seen[-1].uri, 'rtsp://127.0.0.1:%d%s' % (
                both.camera.port, theirs), 'the URL %s' % ours)
    tap.equal(both.status, 0, 'SIGTERM ends it')


def queries(tap):
    """As Dahua's and Axis' cameras have them."""
    url = 'rtsp://127.0.0.1:%d/cam/realmonitor?channel=1&subtype=0'
    with Both(lambda r: live(r, headers=()), url) as both:
        got = both.ask('DESCRIBE', both.url)
        tap.equal(both.camera.seen[0].uri, url % both.camera.port,
                  'a URL with a query')
        tap.equal(got['Content-Base'], both.url + '?channel=1&subtype=0',
                  'is the base, which has the query')
        both.ask('PLAY', both.url + '?channel=1&subtype=0/trackID=1')
        tap.equal(both.camera.seen[-1].uri, url % both.camera.port + '/trackID=1',
                  'and what a client makes of it')


def headers(tap):
    def answer(request):
        return reply(request, headers=(
            'RTP-Info: url=rtsp://192.0.2.7/live/trackID=1;seq=1;rtptime=2,'
            'url=rtsp://192.0.2.7/live/trackID=2;seq=3',
            'Session: 1234;timeout=60', 'KeyMgmt: prot=mikey;data="%s"' % MESSAGE,
            'WWW-Authenticate: Basic realm="x"'))
    with Both(answer) as both:
        got = both.ask('PLAY', both.url, 'Session: 1234', 'Range: npt=0-')
        tap.equal(got['RTP-Info'], 'url=%s/trackID=1;seq=1;rtptime=2,'
                  'url=%s/trackID=2;seq=3' % (both.url, both.url),
                  'RTP-Info has our URLs')
        tap.ok('KeyMgmt' not in got.headers and
               got['Session'] == '1234;timeout=60' and
               got['WWW-Authenticate'] == 'Basic realm="x"',
               'keys are not for the client; the rest is', got.headers)
        seen = both.camera.seen[0]
        tap.equal((seen['Session'], seen['Range']), ('1234', 'npt=0-'),
                  'headers of requests stay')
        for body in ('', 'position: 3\r\n'):
            both.client.cseq += 1
            both.client.send(('SET_PARAMETER %s RTSP/1.0\r\nCSeq: %d\r\n'
                              'Content-Length: %d\r\n\r\n%s' % (
                                  both.url, both.client.cseq, len(body),
                                  body)).encode())
            both.client.answer()
            tap.equal(both.camera.seen[-1].body.decode(), body,
                      'a body of %d bytes' % len(body))


def pipelined(tap):
    with Both(reply) as both:
        both.client.send(b''.join(
            b'\r\nGET_PARAMETER %s RTSP/1.0\r\nCSeq: %d\r\n\r\n' %
            (both.url.encode(), n) for n in range(10, 15)))
        tap.equal([both.client.answer()['CSeq'] for n in range(5)],
                  ['10', '11', '12', '13', '14'],
                  'requests at once are answered in turn')


def transports(tap):
    """Those that cannot be protected are refused, before the camera knows."""
    with Both(live) as both:
        early = both.ask('SETUP', both.url + '/trackID=1',
                         'Transport: RTP/AVP;unicast;client_port=5000-5001')
        tap.equal(early.status, 455, 'SETUP needs a description')
        both.ask('DESCRIBE', both.url)
        asked = len(both.camera.seen)
        for stream, transport, status, why in (
                ('trackID=1', 'RTP/AVP/TCP;unicast;interleaved=0-1', 461,
                 'bypasses SRTP'),
                ('~/other/trackID=3', 'RTP/AVP;multicast', 461, 'plain RTP'),
                ('trackID=1', 'RTP/SAVP;unicast;client_port=1-2', 461, 'no RTP/AVP'),
                ('trackID=1', 'RTP/AVP;unicast', 461, 'no RTP/AVP'),
                ('trackID=1', 'RAW/RAW/UDP;unicast;client_port=5-6', 461, ''),
                ('trackID=1', 'RTP/AVP;client_port=5000-5000', 461, ''),
                ('trackID=1', 'RTP/AVP;client_port=0-1', 461, ''),
                ('trackID=1', 'RTP/AVP;client_port=99999-1', 461, ''),
                ('trackID=1', 'RTP/AVP;client_port=' + 2000 * '1', 461, ''),
                ('trackID=1', '', 461, ''),
                ('~/other/trackID=3', 'RTP/AVP;unicast;client_port=5000-5001',
                 461, 'plain RTP'),
                ('trackID=9', 'RTP/AVP;unicast;client_port=5000-5001', 404, ''),
                ('', 'RTP/AVP;unicast;client_port=5000-5001', 404, '')):
            got = both.ask('SETUP', both.url + '/' + stream,
                           'Transport: ' + transport)
            tap.ok(got.status == status and why in got.start,
                   'refused: %s of %s' % (transport[:40], stream), got.start)
        tap.equal(len(both.camera.seen), asked, 'the camera was not asked')
        plain = both.ask('SETUP', both.url + '/~/other/trackID=3',
                         'Transport: RTP/AVP;unicast;client_port=5000-5001,'
                         'RTP/AVP/TCP;unicast;interleaved=4-5')
        tap.equal((plain.status, both.camera.seen[-1]['Transport']),
                  (200, 'RTP/AVP/TCP;unicast;interleaved=4-5'),
                  'a plain stream may be within the connection')


GROUP = '239.1.2.3'
GROUPS_SDP = '''v=0
o=- 1 1 IN IP4 192.0.2.7
s=-
t=0 0
m=video 0 RTP/SAVP 96
a=key-mgmt:mikey %s
a=control:trackID=1
m=audio 0 RTP/SAVP 0
a=crypto:%s
a=control:trackID=2
''' % (MESSAGE, CRYPTO)
HEARS = 'RTP/SAVP;multicast;destination=%s;port=6000-6001;ttl=16' % GROUP


class Groups:
    """A relay, with a kernel that takes notes, before a camera that sends to groups."""

    def __init__(self, *words):
        self.kernel = FakeKernel()
        self.kernel.kept = {}
        # by the number of the stream, what the camera answers
        self.transports = {1: HEARS, 2: HEARS.replace('6', '7')}
        self.sdp = GROUPS_SDP
        self.both = Both(self.answer, words=words, env=self.kernel.env)
        self.relay, self.camera = self.both.relay, self.both.camera
        self.clients = []

    def answer(self, request):
        if request.method == 'DESCRIBE':
            return described(request, self.sdp)
        headers = ('Session: 1',)
        if request.method == 'SETUP':
            headers += ('Transport: ' + self.transports[int(request.uri[-1])],)
        return reply(request, headers=headers)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        for client in self.clients:
            client.close()
        self.relay.close()
        self.camera.close()
        self.kernel.close()

    def client(self, transport='RTP/AVP;multicast', stream=1):
        """A client, and the answer to its SETUP."""
        client = self.relay.client()
        self.clients.append(client)
        client.ask('DESCRIBE', self.both.url)
        return client, self.setup(client, transport, stream)

    def setup(self, client, transport='RTP/AVP;multicast', stream=1):
        return client.ask('SETUP', '%s/trackID=%d' % (self.both.url, stream),
                          'Transport: ' + transport)

    def asked(self, *commands):
        return [told for command, told in self.kernel.asked
                if command in commands]

    def told_key(self):
        """The message of the camera's last KeyMgmt."""
        header = self.camera.seen[-1]['KeyMgmt']
        return base64.b64decode(re.search('data="([^"]*)"', header)[1])

    def flows(self):
        return sorted(told.get('local-address', b'') + told.get(
            'remote-address', b'') for told in self.kernel.kept.values())


def multicast(tap):
    """Sessions of a group, which its clients share."""
    group = socket.inet_aton(GROUP)
    with Groups() as on:
        one, got = on.client('RTP/AVP;multicast;ttl=3')
        tap.equal(on.camera.seen[-1]['Transport'], 'RTP/SAVP;multicast;ttl=3',
                  'the camera is asked for SRTP')
        tap.equal((got.status, got['Transport']),
                  (200, HEARS.replace('SAVP', 'AVP')),
                  'the client is told the group')
        made = on.asked('session-new')
        tap.equal([(told.get('local-address'), told.get('remote-address'))
                   for told in made], [(group, None), (None, group)],
                  'a session hears the group, another speaks to it')
        tap.equal([struct.unpack('>H', made[n][side + '-port'])[0] for n, side in
                   enumerate(('local', 'remote'))] +
                  [struct.unpack('>H', made[n][side + '-rtcp-port'])[0] for n, side
                   in enumerate(('local', 'remote'))], [6000, 6000, 6001, 6001],
                  'at its ports')
        tap.ok(all('owned' in told for told in made), 'both are owned')
        tap.equal((made[0]['recv']['master-key'], 'send' in made[0],
                   'recv' in made[1]), (key(CM)[:16], False, False),
                  "the camera's key is for what is heard")
        ours = made[1]['send']['master-key']
        tap.ok(ours != key(CM)[:16] and ours in on.told_key(),
               'the camera is told another one for RTCP')
        two, got = on.client()
        tap.equal((got.status, len(on.asked('session-new')), len(on.kernel.kept)),
                  (200, 2, 2), 'another client shares them')
        tap.ok(ours in on.told_key(), 'and the key')
        tap.equal(one.ask('TEARDOWN', on.both.url, 'Session: 1').status, 200,
                  'TEARDOWN of one')
        one.close()
        time.sleep(3)
        tap.equal(on.flows(), [group, group], 'the other keeps both')
        third, got = on.client(stream=2)
        tap.equal((got.status, len(on.kernel.kept)), (200, 4),
                  'another stream has sessions of its own')
        tap.ok(ours not in on.asked('session-new')[3]['send']['master-key'],
               'and another key')
        two.close()
        third.close()
        tap.equal(eventually([], on.flows), [], 'with the last they are deleted')
        one, got = on.client()
        tap.ok(ours not in on.told_key(), 'the next client has a new key')


def multicast_sources(tap):
    here, there = (socket.inet_aton('192.0.2.%d' % n) for n in (7, 8))
    with Groups() as on:
        on.transports[1] += ';source=192.0.2.7'
        on.client()
        on.transports[1] = HEARS + ';source=192.0.2.8'
        on.client()
        on.transports[1] = HEARS
        got = on.client()[1]
        tap.equal(got['Transport'], HEARS.replace('SAVP', 'AVP'),
                  'without a source')
        tap.equal([told.get('remote-address') for told in on.asked('session-new')
                   if 'recv' in told], [here, there, None],
                  'sources are heard apart')


def multicast_keys(tap):
    """A camera's new keys are for all members, and one key may be for both sides."""
    with Groups() as on:
        on.client()
        other = base64.b64encode(ref.message(
            ref.header(sessions=((0, 0x11223344, 9),)), (T, ref.stamp()),
            (RAND, ref.rand()), (SP, ref.policy(((0, 1),))),
            (KEMAC, ref.kemac(ref.keys((TEK, key(CM, 9))))))).decode()
        on.sdp = GROUPS_SDP.replace(MESSAGE, other)
        got = on.client()[1]
        changes = on.asked('session-set')
        tap.equal((got.status, [told['recv']['master-key'] for told in changes]),
                  (200, [key(CM, 9)[:16]]), 'new keys change the session')
        on.client()
        tap.equal(len(on.asked('session-set')), 1, 'the same do not')
    with Groups('one-key') as on:
        on.client()
        made = on.asked('session-new')
        tap.equal((made[1]['send']['master-key'], on.camera.seen[-1]['KeyMgmt']),
                  (key(CM)[:16], None), "one-key: RTCP has the camera's")
    with Groups() as on:
        on.client(stream=2)
        made = on.asked('session-new')
        tap.equal(made[0]['recv']['master-key'], key(CM)[:16],
                  'a crypto line')
        tap.ok(made[1]['send']['master-key'] != key(CM)[:16],
               'whose key is not for RTCP')


def multicast_refused(tap):
    for answer, why in (
            ('RTP/SAVP;multicast;port=6000-6001', 'destination is not'),
            (HEARS.replace(GROUP, '192.0.2.1'), 'destination is not'),
            (HEARS.replace(GROUP, 'ff15::1'), 'destination is not'),
            (HEARS.replace('port=', 'sport='), 'no port'),
            (HEARS + ';source=camera', 'source is not'),
            (HEARS.replace('multicast', 'unicast'), 'not what was asked'),
            ('RTP/SAVP/TCP;interleaved=0-1', 'not what was asked')):
        with Groups() as on:
            on.transports[1] = answer
            got = on.client()[1]
            tap.ok(got.status == 502 and why in on.relay.said(),
                   'refused: ' + answer, on.relay.said())
            tap.equal(on.kernel.kept, {}, 'without a session')
    with Groups() as on:
        on.client()
        on.transports[2] = HEARS
        tap.equal(on.client(stream=2)[1].status, 502,
                  'a group has one stream')
        tap.ok('another stream has the group' in on.relay.said(), 'and says so')
        got = on.client('RTP/AVP;multicast;destination=192.0.2.1')[1]
        tap.equal(on.camera.seen[-1]['Transport'], 'RTP/SAVP;multicast',
                  'a client does not send it to another host')
        on.client('RTP/AVP;multicast;destination=239.7.7.7')
        tap.equal(on.camera.seen[-1]['Transport'],
                  'RTP/SAVP;multicast;destination=239.7.7.7', 'but to a group')
        client, got = on.client('RTP/AVP;unicast;client_port=5000-5001')
        tap.equal(got.status, 502, 'nor does a camera send it to all unasked')


def multicast_changes(tap):
    """A client may set up a stream anew, another way."""
    unicast = 'RTP/SAVP;unicast;client_port=5000-5001;server_port=7000-7001'
    with Groups() as on:
        client, got = on.client()
        on.transports[1] = unicast
        tap.equal(on.setup(client, 'RTP/AVP;unicast;client_port=5000-5001').status,
                  200, 'from multicast to unicast')
        tap.equal(len(on.kernel.kept), 1, 'which has one session')
        on.transports[1] = HEARS
        tap.equal((on.setup(client).status, len(on.kernel.kept)), (200, 2),
                  'and back')
        on.transports[1] = HEARS.replace(GROUP, '239.1.2.4')
        tap.equal((on.setup(client).status, on.flows()),
                  (200, 2 * [socket.inet_aton('239.1.2.4')]), 'to another group')


def kill_children(relay):
    for pid in subprocess.run(['pgrep', '-P', str(relay.process.pid)], text=True,
                              capture_output=True).stdout.split():
        # others may be about to end by themselves
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)


def killed(tap):
    """Processes that are killed leave nothing, whenever that is."""
    with Groups() as on:
        on.transports[1] = ('RTP/SAVP;unicast;client_port=5000-5001;'
                            'server_port=7000-7001')
        on.kernel.before['session-new'] = lambda: kill_children(on.relay)
        client, got = on.client('RTP/AVP;unicast;client_port=5000-5001')
        tap.equal((got, len(on.kernel.kept)), (None, 1),
                  'one is killed before it hears of its session')
        tap.equal(eventually({}, lambda: on.kernel.kept), {},
                  'the relay deletes it')
    with Groups() as on:
        on.kernel.before['session-new'] = lambda: kill_children(on.relay)
        client, got = on.client()
        tap.equal((got, len(on.kernel.kept)), (None, 1), 'so with a group')
        tap.equal(on.client()[1].status, 200, 'others can have it')
        tap.equal(len(on.kernel.kept), 2, 'whole')
    with Groups() as on:
        on.client()
        kill_children(on.relay)
        client, got = on.client()
        time.sleep(12)
        tap.equal((got.status, len(on.kernel.kept)), (200, 2),
                  'a member that is killed breaks no other')
        client.close()
        tap.equal(eventually({}, lambda: on.kernel.kept), {}, 'the last one leaves')
    with tempfile.NamedTemporaryFile() as state:
        with Groups('state', state.name) as on:
            on.kernel.before['session-new'] = lambda: (
                kill_children(on.relay), on.relay.process.kill())
            client, got = on.client()
            tap.ok(got is None and eventually(True, lambda: all(
                'orphaned' in one for one in on.kernel.kept.values())),
                   'all are killed before they hear of it', on.kernel.kept)
            relay = Relay('camera', 'door', 'rtsp://127.0.0.1:1/', 'state', state.name,
                          env=on.kernel.env)
            tap.equal(eventually({}, lambda: on.kernel.kept), {},
                      'the next relay deletes it')
            relay.close()


def signed_keys(tap):
    """A camera whose messages are signed, and for the relay's certificate."""
    with tempfile.TemporaryDirectory() as directory:
        def file(name, what):
            path = os.path.join(directory, name)
            with open(path, 'wb') as out:
                os.chmod(path, 0o600)
                out.write(pem(what))
            return path
        own, camera, other = (rsa.generate_private_key(65537, 2048)
                              for n in range(3))
        ours, theirs = certify('relay', own), certify('camera', camera)
        der = theirs.public_bytes(serialization.Encoding.DER)

        def offered(by=camera, when=None):
            return base64.b64encode(ref.signed(
                by, own.public_key(), bytes(range(16)),
                ref.header(2, sessions=((0, 1, 0),)), (
                    (T, ref.stamp(when)), (RAND, ref.rand()),
                    (ref.CERT, struct.pack('>BH', 0, len(der)) + der),
                    (SP, ref.policy(((0, 1),)))),
                ref.keys((TEK, key(CM, 3))), b'camera')).decode()
        mine = ('own-key', file('own.key', own), 'own-cert',
                file('own.crt', ours))
        words = (*mine, 'peer-cert', file('camera.crt', theirs))
        with Groups(*words) as on:
            on.sdp = GROUPS_SDP.replace(MESSAGE, offered())
            got = on.client()[1]
            tap.ok(got.status == 200, 'a message that is signed', on.relay.said())
            tap.equal(on.asked('session-new')[0]['recv']['master-key'],
                      key(CM, 3)[:16], 'the key that is in its envelope')
            sent = on.told_key()
            tap.equal((sent[1], on.asked('session-new')[1]['send']['master-key'] in
                       sent), (2, False), 'ours is encrypted, too')
            shown = subprocess.run(
                [KSRTP, '-j', 'mikey', 'show', 'insecure-mikey',
                 base64.b64encode(sent).decode(), 'own-key', file('c.key', camera),
                 'own-cert', words[5], 'trust', words[3]],
                capture_output=True, text=True)
            tap.ok(CM in shown.stdout, 'and the camera can read it', shown)
        with Groups(*words) as on:
            on.sdp = GROUPS_SDP.replace(MESSAGE, offered())
            on.transports[1] = ('RTP/SAVP;unicast;client_port=5000-5001;'
                                'server_port=7000-7001')
            got = on.client('RTP/AVP;unicast;client_port=5000-5001')[1]
            made = on.asked('session-new')
            tap.ok(got.status == 200 and [
                told['recv']['master-key'] for told in made] == [key(CM, 3)[:16]],
                   'by unicast, too', on.relay.said())
        for message, why in ((MESSAGE, 'not signed'), (offered(other), 'signature'),
                             (offered(when=77 << 32), 'clock')):
            with Groups(*words) as on:
                on.sdp = GROUPS_SDP.replace(MESSAGE, message)
                got = on.client()[1]
                tap.ok(got.status == 503 and why in on.relay.said(),
                       'refused: ' + why, on.relay.said())


def frames(tap):
    def answer(request):
        if request.method == 'DESCRIBE':
            return live(request)
        if request.method == 'PLAY':
            return reply(request).encode() + b'$\4\0\3abc$\5\0\0'
        return reply(request, headers=(
            'Transport: RTP/AVP/TCP;unicast;interleaved=4-5',))
    with Both(lambda r: answer(r) if isinstance(r, Answer) else
              b'$\4\0\4' + r[4:] + b'!') as both:
        both.ask('DESCRIBE', both.url)
        both.ask('SETUP', both.url + '/~/other/trackID=3',
                 'Transport: RTP/AVP/TCP;unicast;interleaved=4-5')
        both.ask('PLAY', both.url)
        tap.equal((both.client.answer(), both.client.answer()),
                  (b'$\4\0\3abc', b'$\5\0\0'), 'frames reach the client')
        both.client.send(b'$\4\0\3xyz')
        tap.equal(both.client.answer(), b'$\4\0\4xyz!', 'and the camera')
    with Both(reply) as both:
        both.ask('OPTIONS', both.url)
        both.client.send(b'$\0\0\1x')
        tap.equal(both.client.answer(), None, 'without SETUP they are refused')
        tap.equal(len(both.camera.seen), 1, 'and get nowhere')


def redirections(tap):
    second = FakeCamera(lambda r: live(r, headers=()))
    where = 'rtsp://127.0.0.1:%d/new' % second.port
    with Both(lambda r: reply(r, '302 Found', ('Location: ' + where,))) as both:
        got = both.ask('DESCRIBE', both.url, 'Accept: application/sdp')
        tap.equal((got.status, second.seen[0].uri, got['Content-Base']),
                  (200, where, both.url), 'the relay follows a redirection')
        both.ask('PLAY', both.url + '/trackID=1')
        tap.equal(second.seen[-1].uri, where + '/trackID=1', 'and stays there')
    second.close()
    with Both(lambda r: reply(r, '302 Found', (
            'Location: rtsp://192.0.2.7/live/there',))) as both:
        both.camera.answer = lambda r: reply(r, '302 Found', (
            'Location: rtsp://127.0.0.1:%d/live/there' % both.camera.port,))
        got = both.ask('DESCRIBE', both.url)
        tap.equal((got.status, len(both.camera.seen), got['Location']),
                  (302, 6, both.url), 'but not for ever')


def requests_of_cameras(tap):
    def answer(request):
        if request.status:
            return None
        return reply(request) + ('REDIRECT rtsp://192.0.2.7/live RTSP/1.0\r\n'
                                 'CSeq: 77\r\n'
                                 'Location: rtsp://192.0.2.7/live/2\r\n\r\n')
    with Both(answer) as both:
        both.ask('PLAY', both.url)
        got = both.client.answer()
        tap.equal((got.method, got.uri, got['Location']),
                  ('REDIRECT', both.url, both.url + '/2'),
                  'a request of the camera')
        both.client.send(b'RTSP/1.0 200 OK\r\nCSeq: 77\r\n\r\n')
        tap.equal(both.client.answer(), None, 'it ends the connection')
        tap.equal(both.camera.seen[-1].status, 200, 'after the answer')
    with Both(reply) as both:
        both.ask('PLAY', both.url)
        both.client.send(b'RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n')
        tap.equal(both.client.answer(), None, 'an answer to nothing is refused')


BAD_REQUESTS = (
    ('no version', 'OPTIONS %s\r\nCSeq: 1\r\n\r\n', 400),
    ('HTTP', 'GET %s HTTP/1.1\r\nCSeq: 1\r\n\r\n', 400),
    ('RTSP 2.0', 'OPTIONS %s RTSP/2.0\r\nCSeq: 1\r\n\r\n', 400),
    ('no CSeq', 'OPTIONS %s RTSP/1.0\r\n\r\n', 400),
    ('a long CSeq', 'OPTIONS %%s RTSP/1.0\r\nCSeq: %s\r\n\r\n' % (99 * '1'), 400),
    ('no colon', 'OPTIONS %s RTSP/1.0\r\nCSeq 1\r\n\r\n', 400),
    ('a continued header', 'OPTIONS %s RTSP/1.0\r\nCSeq: 1\r\n 2\r\n\r\n', 400),
    ('a carriage return', 'OPTIONS %s RTSP/1.0\r\nCSeq: 1\rX: 2\r\n\r\n', 400),
    ('a zero byte', 'OPTIONS %s RTSP/1.0\r\nCSeq: 1\0\r\n\r\n', 400),
    ('too many headers', 'OPTIONS %%s RTSP/1.0\r\n%s\r\n' % (99 * 'A: 1\r\n'), 400),
    ('long headers', 'OPTIONS %%s RTSP/1.0\r\nA: %s' % (20000 * 'x'), 400),
    ('a long body', 'OPTIONS %s RTSP/1.0\r\nContent-Length: 65536\r\n\r\n', 400),
    ('two lengths', 'OPTIONS %s RTSP/1.0\r\nContent-Length: 0\r\n'
     'Content-Length: 1\r\n\r\n', 400),
    ('a negative length', 'OPTIONS %s RTSP/1.0\r\nContent-Length: -1\r\n\r\n', 400),
    ('two lengths in one', 'OPTIONS %s RTSP/1.0\r\nContent-Length: 1, 1\r\n\r\n',
     400),
    ('another method', 'RECORD %s RTSP/1.0\r\nCSeq: 1\r\n\r\n', 501),
    ('another camera', 'OPTIONS %s2 RTSP/1.0\r\nCSeq: 1\r\n\r\n', 404),
    ('a quote', 'OPTIONS %s/" RTSP/1.0\r\nCSeq: 1\r\n\r\n', 404),
    ('a long URL', 'OPTIONS %%s/%s RTSP/1.0\r\nCSeq: 1\r\n\r\n' % (3000 * 'x'), 404),
    ('TLS', '\x16\x03\x01\x02\r\n\r\n', 400),
)


def hostile_clients(tap):
    with Both(reply) as both:
        for name, text, status in BAD_REQUESTS:
            client = both.relay.client()
            client.send((text % both.url if '%s' in text else text).encode())
            got = client.answer()
            tap.ok(got and got.status == status, name + ' is refused',
                   got and got.start)
            client.close()
        tap.equal(both.camera.seen, [], 'the camera has heard of none')
        tap.equal(both.ask('OPTIONS', both.url).status, 200,
                  'other clients are served')
        tap.ok('died' not in both.relay.said(), 'nothing has died',
               both.relay.said())


BAD_RESPONSES = (
    ('no answer', lambda r: None),
    ('no RTSP', lambda r: 'HTTP/1.1 200 OK\r\nCSeq: 1\r\n\r\n'),
    ('no status', lambda r: 'RTSP/1.0 OK\r\nCSeq: 1\r\n\r\n'),
    ('status 2000', lambda r: reply(r, '2000 OK')),
    ('another CSeq', lambda r: 'RTSP/1.0 200 OK\r\nCSeq: 9\r\n\r\n'),
    ('no CSeq', lambda r: 'RTSP/1.0 200 OK\r\n\r\n'),
    ('endless headers', lambda r: 'RTSP/1.0 200 OK\r\nA: ' + 99999 * 'x'),
    ('no description', reply),
    ('HTML', lambda r: reply(r, headers=('Content-Type: text/html',), body='x')),
    ('compressed', lambda r: live(r, headers=('Content-Encoding: gzip',))),
    ('a broken description', lambda r: described(r, 'v=0\nm=video\n')),
    ('a description with a zero byte', lambda r: described(r, SDP + '\0')),
    ('no stream', lambda r: described(r, 'v=0\ns=-\n')),
    ('DTLS', lambda r: described(r, 'v=0\nm=video 0 UDP/TLS/RTP/SAVP 96\n')),
    ('a long control', lambda r: described(
        r, 'v=0\nm=video 0 RTP/SAVP 96\na=control:%s\n' % (3000 * 'x'))),
    ('33 streams', lambda r: described(r, 'v=0\n' + 33 * 'm=video 0 RTP/AVP 0\n')),
    ('frames', lambda r: b'$\0\0\1x'),
)


def hostile_cameras(tap):
    for name, answer in BAD_RESPONSES:
        with Both(answer) as both:
            got = both.ask('DESCRIBE', both.url)
            tap.ok(got is None and name == 'frames' or
                   got and got.status == 502, name + ' is refused',
                   '%s %s' % (got and got.start, both.relay.said()))
            tap.ok('died' not in both.relay.said() and
                   MESSAGE[:20] not in both.relay.said(),
                   name + ': nothing dies, no key is logged',
                   both.relay.said())


def certificates(tap):
    own, other = (ec.generate_private_key(ec.SECP256R1()) for n in range(2))
    here = x509.IPAddress(ipaddress.ip_address('127.0.0.1'))
    there = x509.IPAddress(ipaddress.ip_address('127.0.0.2'))
    ca = certify('CA', other)
    good = certify('camera', own, other, ca, alternative=here)
    with tempfile.TemporaryDirectory() as directory:
        def file(name, *what):
            path = os.path.join(directory, name)
            with open(path, 'wb') as out:
                out.write(b''.join(pem(one) for one in what))
            return path
        trust = ('trust', file('ca', ca))
        pin = ('pin', 'sha256:' + good.fingerprint(hashes.SHA256()).hex(':'))
        wrong = ('pin', 'sha256:' + 32 * '11')
        for name, words, certificate, why in (
                ('of a CA', trust, good, None),
                ('that is pinned', pin, good, None),
                ('that is pinned, and of a CA', trust + pin, good, None),
                ('of nobody', (), good, 'unable to get local issuer'),
                ('with another address', trust,
                 certify('camera', own, other, ca, alternative=there),
                 'IP address mismatch'),
                ('that has expired', trust,
                 certify('camera', own, other, ca, -1, here), 'has expired'),
                ('that is not the pinned one', trust + wrong, good, 'not the pinned'),
                ('of another CA, though pinned', ('trust', file('own', certify(
                    'x', own))) + pin, good, 'issuer')):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(file('chain', certificate, own))
            with Both(live, 'rtsps://127.0.0.1:%d/live', words,
                      context) as both:
                got = both.ask('DESCRIBE', both.url)
                tap.ok(got.status == (502 if why else 200) and
                       (why or '') in both.relay.said(),
                       'a certificate ' + name, got.start + both.relay.said())
                tap.equal(len(both.camera.seen), 0 if why else 1,
                          'a request only if it is accepted')
        context.load_cert_chain(file('chain', good, own))
        plain = FakeCamera(live)
        with Both(lambda r: reply(r, '302 Found', (
                'Location: rtsp://127.0.0.1:%d/live' % plain.port,)),
                  'rtsps://127.0.0.1:%d/live', trust, context) as both:
            tap.equal((both.ask('DESCRIBE', both.url).status, plain.seen),
                      (302, []), 'no redirection leads out of TLS')
        plain.close()


def without_camera(tap):
    with Both(reply) as both:
        both.camera.close()
        port = free_port()
        got = both.ask('OPTIONS', '*')
        tap.equal(got.status, 200, 'OPTIONS of the relay itself')
    relay = Relay('camera', 'door', 'rtsp://127.0.0.1:%d/' % port)
    client = relay.client()
    got = client.ask('DESCRIBE', relay.url + '/door')
    tap.equal((got.status, client.answer()), (502, None), 'no camera')
    client.close()
    relay.close()
    tap.ok('Connection refused' in relay.said(), 'the log says why', relay.said())


BAD = (
    ('', 'rtsp relay: needs a camera'),
    ('camera', 'camera: value missing'),
    ('camera a', 'camera: value missing'),
    ('camera a/b rtsp://h/', "'a/b' is not a name"),
    ('camera a http://h/', 'camera: a: not a URL'),
    ('camera a rtsp://', 'camera: a: not a URL'),
    ('camera a rtsp://h:0/', 'camera: a: not a URL'),
    ('camera a rtsp://joe:secret@h/', 'camera: a: a URL with a user'),
    ('camera a rtsp://h/ camera a rtsp://h/', 'camera: a is given twice'),
    ('trust x camera a rtsps://h/', 'trust: belongs to a camera'),
    ('camera a rtsp://h/ trust x', 'trust: a is not reached by rtsps:'),
    ('camera a rtsps://h/ trust /no/such', '/no/such: '),
    ('camera a rtsps://h/ trust x trust x', 'trust: given twice'),
    ('camera a rtsps://h/ pin sha1:00', "pin: 'sha1:00' is not sha256:"),
    ('camera a rtsps://h/ pin sha256:00', 'is not sha256:'),
    ('camera a rtsp://h/ state /no/such/file', 'state: /no/such/file: No such'),
    ('state x state x', 'state: given twice'),
    ('psk-file /x camera a rtsp://h/', 'psk-file: belongs to a camera'),
    ('clock-skew 1 camera a rtsp://h/', 'clock-skew: belongs to a camera'),
    ('camera a rtsp://h/ psk-file /no/such', '/no/such: No such'),
    ('camera a rtsp://h/ insecure-psk xyz?', 'psk: neither hex nor base64'),
    ('camera a rtsp://h/ insecure-psk ' + '00' * 257, 'not within 1..256'),
    ('camera a rtsp://h/ insecure-psk 00 insecure-psk 00', 'given twice'),
    ('camera a rtsp://h/ psk 00', 'others can see'),
    ('camera a rtsp://h/ clock-skew x', 'clock-skew: '),
    ('camera a rtsp://h/ raw-tgk raw-tgk', 'raw-tgk: given twice'),
    ('own-key x camera a rtsp://h/', 'own-key: belongs to a camera'),
    ('camera a rtsp://h/ own-key x own-cert x', 'own-cert and peer-cert go together'),
    ('camera a rtsp://h/ own-key /no/such own-cert /no/such peer-cert x',
     '/no/such: No such'),
    ('camera a rtsp://h/ insecure-psk 00 own-key x own-cert x peer-cert x',
     'either psk or own-key'),
    ('camera a rtsp://h/ own-key x own-key x', 'own-key: given twice'),
    ('one-key camera a rtsp://h/', 'one-key: belongs to a camera'),
    ('camera a rtsp://h/ one-key one-key', 'one-key: given twice'),
    ('camera a rtsp://h/ listen x:1', "listen: 'x' is not an address"),
    ('camera a rtsp://h/ listen 127.0.0.1:0', 'is not ADDRESS:PORT'),
    ('camera a rtsp://h/ listen 127.0.0.1:1 listen 127.0.0.1:1', 'given twice'),
    ('camera a rtsp://h/ frob', "unknown word 'frob'"),
    ('config /no/such', '/no/such: No such'),
    ('camera a rtsp://h/ user no.such.user', "user: 'no.such.user' is unknown"),
)


def words(tap):
    for line, why in BAD:
        done = subprocess.run([KSRTP, 'rtsp', 'relay', *line.split()], text=True,
                              capture_output=True, timeout=60)
        tap.ok(done.returncode in (1, 2) and why in done.stderr and
               done.stderr.count('\n') == 1 and 'secret' not in done.stderr,
               'refused: ' + line, done.stderr)
    with tempfile.NamedTemporaryFile('w') as file:
        camera = FakeCamera(live)
        file.write('# cameras\n\nlisten 127.0.0.1:%d\n'
                   'camera door rtsp://127.0.0.1:%d/live # one\n' %
                   (free_port(), camera.port))
        file.flush()
        done = subprocess.run([KSRTP, 'rtsp', 'relay', 'config', file.name, 'frob'],
                              text=True, capture_output=True)
        tap.ok("unknown word 'frob'" in done.stderr, 'words of a file',
               done.stderr)
        file.write('camera yard rtsp://h/ psk %s frob\n' % (16 * 'ab'))
        file.flush()
        done = subprocess.run([KSRTP, 'rtsp', 'relay', 'config', file.name],
                              text=True, capture_output=True)
        tap.ok("unknown word 'frob'" in done.stderr and 'abab' not in done.stderr,
               'a file may have secrets', done.stderr)
        file.seek(0)
        file.truncate()
        file.write('\n\n\n\ncamera x\n')
        file.flush()
        done = subprocess.run([KSRTP, 'rtsp', 'relay', 'config', file.name],
                              text=True, capture_output=True)
        tap.ok(file.name + ':5' in done.stderr, 'an error names file and line',
               done.stderr)
        camera.close()


main(words, descriptions, queries, headers, pipelined, transports, frames,
     multicast, multicast_sources, multicast_keys, multicast_refused,
     multicast_changes, signed_keys, killed,
     redirections, requests_of_cameras, hostile_clients, hostile_cameras,
     certificates, without_camera)
