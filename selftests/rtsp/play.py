#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""FFmpeg and GStreamer, as clients that know no SRTP, play GStreamer's server, which
sends nothing else, by ksrtp rtsp: whole, and with nothing in the clear."""

import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
import mikey_ref as ref
import srtp_ref
from ksrtp_test import *
from rtsp import *
from wire import Wire


def gstreamer(host, url, directory, protocols='udp'):
    return host.start(
        'gst-launch-1.0', '-q', '-e', 'rtspsrc', 'name=s',
        'protocols=' + protocols, 'location=' + url, 's.', '!', 'application/x-rtp,media=audio', '!',
        'rtppcmudepay', '!', 'filesink', 'buffer-mode=unbuffered',
        'location=%s/sound' % directory,
        's.', '!', 'application/x-rtp,media=video', '!', 'rtpjpegdepay', '!',
        'matroskamux', '!', 'filesink', 'location=%s/pictures.mkv' % directory,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def judge_ffmpeg(tap, path, name, error):
    got, heard = pictures(path), sound(path)
    tap.ok(len(got) > 10 and is_part(got, recording().pictures),
           name + ': all pictures are the camera\'s, none is missing',
           '%d of %d %s' % (len(got), len(recording().pictures), error))
    tap.ok(len(heard) > 8000 and heard in recording().sound,
           name + ': the sound, too, byte by byte', len(heard))


def judge_gstreamer(tap, directory, name, error):
    got = pictures(directory + '/pictures.mkv')
    with open(directory + '/sound', 'rb') as file:
        heard = file.read()
    tap.ok(len(got) > 10 and is_part(got, recording().pictures),
           name + ": GStreamer shows the camera's pictures", error)
    tap.ok(len(heard) > 8000 and heard in recording().sound,
           name + ': and plays its sound', len(heard))


def play_ffmpeg(tap, a, url, name):
    wire = Wire(a)
    with tempfile.TemporaryDirectory() as directory:
        path = directory + '/got.mkv'
        client = ffmpeg(a, url, path)
        eventually(2, lambda: len(sessions(a)))
        eventually(True, lambda: all(s['recv']['stats']['rtp-packets'] > 5
                                     for s in sessions(a)))
        during = sessions(a)
        error = client.communicate()[1]
        tap.equal(client.returncode, 0, name + ': FFmpeg plays it')
        judge_ffmpeg(tap, path, name, error)
    tap.ok(len(during) == 2 and all(s.get('owned') for s in during) and
           not any(drops(s) for s in during),
           name + ': a session of each stream, which drops nothing',
           [drops(s) for s in during])
    tap.equal(eventually([], lambda: sessions(a)), [],
              name + ': no session is left')
    frames = wire.rest()
    wire.close()
    judge_wire(tap, frames, recording(), name)


def play_gstreamer(tap, a, url, name):
    with tempfile.TemporaryDirectory() as directory:
        client = gstreamer(a, url, directory)
        eventually(True, lambda: len(sessions(a)) == 2 and all(
            s['recv']['stats'].get('rtp-packets', 0) > 30 and
            s['send']['stats'].get('rtcp-packets', 0) for s in sessions(a)))
        during = sessions(a)
        client.send_signal(signal.SIGINT)
        error = client.communicate()[1]
        judge_gstreamer(tap, directory, name, error)
    tap.ok(not any(oddities(s) for s in during),
           name + ': nothing else is dropped', [drops(s) for s in during])
    tap.equal(eventually([], lambda: sessions(a)), [],
              name + ': no session is left')


@alone
def tcp(tap):
    a, b = pair()
    camera = Camera(b, B4, recording())
    Relay(a, 'relay', 'camera', 'door', 'rtsp://%s:8554/live' % B4)
    play_ffmpeg(tap, a, URL, 'TCP')
    tap.ok('rtcp' in camera.said(), "the camera understands FFmpeg's RTCP",
           camera.said())
    wire = Wire(a)
    play_gstreamer(tap, a, URL, 'TCP')
    judge_wire(tap, wire.rest(), recording(), 'GStreamer')
    wire.close()


@alone
def tls(tap):
    """With accounts, and RTP/SAVPF."""
    a, b = pair()
    with certified(B4) as (directory, both, trust):
        Camera(b, B4, recording(), '--certificate', both, '--profile', 'SAVPF',
               '--user', 'joe')
        Relay(a, 'relay', 'camera', 'door', 'rtsps://%s:8554/live' % B4, 'trust', trust)
        play_ffmpeg(tap, a, URL.replace('//', '//joe:joe@'), 'TLS')
        refused = ffmpeg(a, URL.replace('//', '//joe:jim@'), directory + '/x')
        error = refused.communicate()[1]
        tap.ok(refused.returncode and '401' in error, 'with a wrong password', error)


@alone
def ipv6(tap):
    a, b = pair()
    Camera(b, B6, recording())
    Relay(a, 'relay', 'listen', '[::1]:8554', 'camera', 'door', 'rtsp://[%s]:8554/live' % B6)
    play_ffmpeg(tap, a, 'rtsp://[::1]:8554/door', 'IPv6')


@alone
def plain(tap):
    """A camera without SRTP, over UDP, would be heard by all."""
    a, b = pair()
    Camera(b, B4, recording(), '--profile', 'AVP')
    Relay(a, 'relay', 'camera', 'door', 'rtsp://%s:8554/live' % B4)
    wire = Wire(a)
    with tempfile.TemporaryDirectory() as directory:
        client = ffmpeg(a, URL, directory + '/x.mkv')
        error = client.communicate()[1]
        tap.ok(client.returncode and '461' in error and 'plain RTP' in error,
               'plain RTP over UDP is refused', error)
        tap.equal(media(wire.rest()), [], 'and none has come')
        client = a.start('ffmpeg', '-nostdin', '-v', 'warning', '-rtsp_transport',
                         'tcp', '-i', URL, '-t', '2', '-c', 'copy',
                         directory + '/x.mkv')
        tap.equal(client.wait(), 0, 'within the connection it is played')
        tap.ok(is_part(pictures(directory + '/x.mkv'), recording().pictures),
               'whole')
    wire.close()


def packets_heard(session):
    return session.get('recv', {}).get('stats', {}).get('rtp-packets', 0)


def size_of(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


def route_groups(*hosts):
    for host in hosts:
        host.ip('route', 'add', '239.9.9.0/24', 'dev', 'wire')


@alone
def multicast(tap):
    """Clients that hear a group share its sessions, whoever comes and goes."""
    a, b = pair()
    route_groups(a, b)
    Camera(b, B4, recording(), '--shared', '--group', '239.9.9.1')
    Relay(a, 'relay', 'camera', 'door', 'rtsp://%s:8554/live' % B4)
    wire = Wire(a)
    with tempfile.TemporaryDirectory() as directory:
        path, sound_path = directory + '/got.mkv', directory + '/sound'
        one = ffmpeg(a, URL, path, 4, 'udp_multicast')
        eventually(2, lambda: len([s for s in sessions(a)
                                   if packets_heard(s) > 5]))
        before = [s['id'] for s in sessions(a)]
        two = gstreamer(a, URL, directory, 'udp-mcast')
        eventually(True, lambda: size_of(sound_path) > 4000)
        during = sessions(a)
        tap.equal([s['id'] for s in during], before,
                  'multicast: two clients have the same sessions')
        tap.equal([('recv' in s, 'send' in s, bool(s.get('owned')))
                   for s in during],
                  2 * [(True, False, True), (False, True, True)],
                  'multicast: of each stream one hears, and one speaks')
        said = one.communicate()[1]
        enough = size_of(sound_path) + 8000
        tap.ok(eventually(True, lambda: size_of(sound_path) > enough or
                          two.poll() is not None) and two.poll() is None,
               'multicast: the other one hears on')
        tap.equal([s['id'] for s in sessions(a)], before,
                  'multicast: and its sessions stay')
        two.send_signal(signal.SIGINT)
        error = two.communicate()[1]
        judge_ffmpeg(tap, path, 'multicast', said)
        judge_gstreamer(tap, directory, 'multicast', error)
    tap.equal(eventually([], lambda: sessions(a)), [],
              'multicast: no session is left')
    tap.ok({drop for s in during for drop in oddities(s)} <=
           {('recv', 'drop-bad-tag')}, "multicast: only the clients' own RTCP, "
           'which comes back, is dropped', [drops(s) for s in during])
    # neither client has an SSRC that the camera was told
    judge_wire(tap, wire.rest(), recording(), 'multicast')
    wire.close()


class Streams(Client):
    """A client that sets up both streams, on ports of its own."""

    def __init__(self, host, port):
        super().__init__(host=host)
        self.port = port
        self.socks = []

    def describe(self):
        return self.ask('DESCRIBE', URL, 'Accept: application/sdp')

    def setup(self, n, port=None, session=None):
        port = port or self.port + 2 * n
        got = self.ask('SETUP', '%s/stream=%d' % (URL, n),
                       'Transport: RTP/AVP;unicast;client_port=%d-%d' %
                       (port, port + 1), *(('Session: ' + session,)
                                           if session else ()))
        self.session = (got['Session'] or '').split(';')[0]
        return got

    def command(self, method, url=URL):
        return self.ask(method, url, 'Session: ' + self.session).status


def ports_of(host):
    return sorted(s['local-port'] for s in sessions(host))


@alone
def dialogues(tap):
    """Sessions are there from SETUP to TEARDOWN, and as long as the connection."""
    a, b = pair()
    Camera(b, B4, recording())
    relay = Relay(a, 'relay', 'camera', 'door', 'rtsp://%s:8554/live' % B4)
    one, two = Streams(a, 5000), Streams(a, 6000)
    inbox = a.socket('', 5000)
    one.describe()
    first = one.setup(0)
    tap.ok(first.status == 200 and 'RTP/AVP;unicast' in first['Transport'] and
           'source=' + B4 in first['Transport'], 'SETUP', first['Transport'])
    tap.equal(ports_of(a), [5000], 'a session before anything is played')
    one.setup(1, session=one.session)
    tap.equal(ports_of(a), [5000, 5002], 'and for the other stream')
    tap.equal((one.command('PLAY'), inbox.recv(2000)[0] >> 6), (200, 2), 'PLAY')
    two.describe()
    two.setup(0)
    tap.equal((two.command('PLAY'), ports_of(a)), (200, [5000, 5002, 6000]),
              'another client')
    tap.equal([one.command(m) for m in ('GET_PARAMETER', 'PAUSE', 'PLAY')],
              [200, 200, 200], 'PAUSE, and on')
    tap.equal((one.command('TEARDOWN'), eventually([6000], lambda: ports_of(a))),
              (200, [6000]), 'TEARDOWN takes its sessions away')
    one.describe()
    again = one.setup(0)
    tap.equal((again.status, one.command('PLAY')), (200, 200),
              'the client comes back, with new keys')
    before = a.stats('recv', [s['id'] for s in sessions(a)
                              if s['local-port'] == 5000][0])
    tap.ok(inbox.recv(2000) and not [k for k in before if 'drop' in k],
           'and is heard', before)
    two.sock.shutdown(socket.SHUT_RDWR)
    two.close()
    tap.equal(eventually([5000], lambda: ports_of(a)), [5000],
              'a connection that is lost')
    clash = Streams(a, 6000)
    clash.describe()
    tap.equal(clash.setup(0, port=5000).status in (200, 502), True,
              "another client's port")
    clash.close()
    eventually([5000], lambda: ports_of(a))
    relay.process.terminate()
    tap.equal((relay.process.wait(), sessions(a)), (0, []),
              'SIGTERM takes all away')
    one.close()
    inbox.close()
    tap.ok('died' not in relay.said(), 'nothing has died', relay.said())


@alone
def killed(tap):
    """Whatever becomes of the relay, nothing goes on in the clear."""
    a, b = pair()
    Camera(b, B4, recording())
    with tempfile.NamedTemporaryFile() as state:
        kill_all(tap, a, ('relay', 'state', state.name, 'camera', 'door',
                          'rtsp://%s:8554/live' % B4))


def children(process):
    return [int(pid) for pid in run('pgrep', '-P', str(process.pid)).stdout.split()]


def kill_all(tap, a, words):
    relay = Relay(a, *words)
    client = Streams(a, 5000)
    app = a.socket('', 5000)
    client.describe()
    there = client.setup(0)['Transport']
    port = int(re.search('server_port=([0-9]+)', there)[1])
    client.command('PLAY')
    app.recv(2000)
    wire = Wire(a)
    for pid in children(relay.process):
        os.kill(pid, signal.SIGKILL)
    tap.equal(eventually([True], lambda: [s.get('orphaned')
                                          for s in sessions(a)]), [True],
              'the session of a process that was killed drops everything')
    app.sendto(rtp(1, b'nothing of this'), (B4, port))
    app.sendto(b'\0\1', (B4, port + 1))
    tap.ok(not any(b'nothing of this' in frame for frame, sent in wire.rest()),
           'nothing is sent in the clear')
    wire.close()
    client.close()
    tap.equal(eventually([], lambda: sessions(a)), [], 'the relay deletes it')
    client = Streams(a, 5000)
    client.describe()
    tap.equal(client.setup(0).status, 200, 'other clients are served')
    relay.process.kill()
    relay.process.wait()
    tap.equal(eventually([], lambda: sessions(a)), [],
              'with the relay, its processes end')
    client.close()
    relay = Relay(a, *words)
    client = Streams(a, 5000)
    client.describe()
    tap.equal(client.setup(0).status, 200, 'the relay is started again')
    # nobody is left to delete anything
    relay.process.send_signal(signal.SIGSTOP)
    for pid in children(relay.process):
        os.kill(pid, signal.SIGKILL)
    relay.process.kill()
    relay.process.wait()
    client.close()
    tap.equal(eventually([True], lambda: [s.get('orphaned') for s in sessions(a)]),
              [True], 'all its processes are killed at once')
    a.session(*flow(A4, B4, 9000, 9000), 'owned')
    relay = Relay(a, *words)
    tap.equal(eventually([9000], lambda: ports_of(a)), [9000],
              'the next one deletes what they left, and nothing else')
    again = a.ksrtp('rtsp', *words, 'listen', '127.0.0.1:8555', check=False)
    tap.ok(again.returncode == 1 and 'another relay has it' in again.stderr,
           'a file is for one relay', again.stderr)
    app.close()


def key_mgmt(seed, *ssrcs):
    """A message with a key, for these SSRCs."""
    return 'a=key-mgmt:mikey ' + base64.b64encode(ref.message(
        ref.header(sessions=tuple((0, ssrc, 0) for ssrc in ssrcs)),
        (ref.T, ref.stamp()), (ref.RAND, ref.rand()),
        (ref.SP, ref.policy(((0, 1),))),
        (ref.KEMAC, ref.kemac(ref.keys((ref.TEK, key(CM, seed))))))).decode()


PSK = bytes(range(40, 56))
PSK_WORDS = ('insecure-psk', PSK.hex())


def with_psk(seed, ssrc):
    """The same, encrypted and authenticated."""
    return 'a=key-mgmt:mikey ' + base64.b64encode(ref.secured(
        PSK, ref.header(sessions=((0, ssrc, 0),)),
        ((ref.T, ref.stamp()), (ref.RAND, ref.rand()),
         (ref.SP, ref.policy(((0, 1),)))), ref.keys((ref.TEK, key(CM, seed)))
        )).decode()


def crypto(seed):
    return 'a=crypto:7 %s inline:%s|2^31' % (CM, base64.b64encode(
        key(CM, seed)).decode())


# what a camera describes, and the keys of its streams
CAMERAS = {
    'MIKEY for each stream': ((), (key_mgmt, 1, 1), (key_mgmt, 2, 2)),
    'a message for both': ((key_mgmt, 3, 1, 2), (), ()),
    'MIKEY, one key': ((), (key_mgmt, 6, 1), (key_mgmt, 7, 2)),
    'a message for both, one key': ((key_mgmt, 8, 1, 2), (), ()),
    'MIKEY with a pre-shared key': ((), (with_psk, 9, 1), (with_psk, 10, 2)),
    'crypto lines': ((), (crypto, 4), (crypto, 5)),
}


def context_of(material):
    return srtp_ref.Context(CM, material[:16], material[16:])


def make(line):
    return line[0](*line[1:]) + '\n' if line else ''


def set_up_anew(tap, host, client, sock, apps, name, material):
    """SETUP of a stream that is up, which gives the client another key."""
    before = [s['id'] for s in sessions(host)]
    client.ask('SETUP', URL + '/0', 'Transport: RTP/AVP;unicast;'
               'client_port=5000-5001')
    tap.equal([s['id'] for s in sessions(host)], before,
              name + ': SETUP once more changes the session, and leaves no gap')
    packet = rtp(10, os.urandom(40), 1)
    sock.sendto(context_of(material).protect(packet, 0), (A4, 5000))
    tap.equal(apps[0].recv(2000), packet, name + ': which goes on')


@alone
def keys(tap):
    """A camera in Python: keys of all kinds, and what becomes of the client's RTCP."""
    a, b = pair()
    media_sockets = [b.socket(B4, 7000 + n) for n in range(4)]
    apps = [a.socket('', 5000 + n) for n in range(4)]
    for name, (common, *own) in CAMERAS.items():
        one_key = 'one key' in name
        psk = PSK_WORDS if 'pre-shared' in name else ()
        words = psk + (('one-key',) if one_key else ())
        sdp = 'v=0\ns=-\nc=IN IP4 0.0.0.0\nt=0 0\n' + make(common) + ''.join(
            'm=video 0 RTP/SAVP 96\na=control:%d\n' % n + make(line)
            for n, line in enumerate(own))
        asked = []

        def answer(request):
            asked.append(request)
            if request.method == 'DESCRIBE':
                return described(request, sdp)
            n = int(request.uri[-1]) if request.method == 'SETUP' else 0
            return reply(request, headers=(
                'Session: 1', 'Transport: RTP/SAVP;unicast;client_port=%d-%d;'
                'server_port=%d-%d;ssrc=00000001' % (
                    5000 + 2 * n, 5001 + 2 * n, 7000 + 2 * n, 7001 + 2 * n)))
        camera = FakeCamera(answer, host=b, address=B4)
        relay = Relay(a, 'relay', 'camera', 'door', 'rtsp://%s:%d/live' % (
            B4, camera.port), *words)
        client = Streams(a, 5000)
        client.describe()
        for n in range(2):
            got = client.ask('SETUP', '%s/%d' % (URL, n), 'Transport: RTP/AVP/UDP;'
                             'unicast;client_port=%d-%d' % (5000 + 2 * n,
                                                            5001 + 2 * n))
            if not tap.ok(got and got.status == 200, '%s: SETUP of stream %d' % (
                    name, n + 1), relay.said()):
                break
            line = common or own[n]
            theirs = context_of(key(CM, line[1]))
            # the counters of a stream are those of its SSRC
            packet = rtp(9, os.urandom(40), n + 1)
            media_sockets[2 * n].sendto(theirs.protect(packet, 0),
                                        (A4, 5000 + 2 * n))
            tap.equal(apps[2 * n].recv(2000), packet,
                      '%s: stream %d is heard' % (name, n + 1))
            report = rtcp(n + 2)
            apps[2 * n + 1].sendto(report, (B4, 7001 + 2 * n))
            got = media_sockets[2 * n + 1].recv(2000)
            tap.ok(report[8:] not in got and not compound_ends(got) and
                   len(got) > len(report), '%s: and RTCP is protected' % name,
                   got.hex())
            header = asked[-1]['KeyMgmt']
            tap.equal(bool(header), 'crypto' not in name and not one_key,
                      name + ': KeyMgmt goes to cameras with MIKEY')
            tap.equal(opens(key(CM, line[1]), got, report), one_key,
                      name + ": the camera's key is for RTCP if it is the only one")
            if not header:
                continue
            shown = a.ksrtp('-j', 'mikey', 'show', 'mikey-file', '-', *psk,
                            input='KeyMgmt: ' + header).stdout
            told = json.loads(shown)[0]['crypto-sessions']
            tap.ok({s['ssrc'] for s in told} >= {'0x%08x' % (n + 2)} and
                   all(s['suite'] == CM for s in told),
                   name + ': of a likely SSRC, and the suite', shown)
            ours = re.search('data="([^"]*)"', header)[1]
            secret = base64.b64decode(ours)
            if psk:
                tap.ok(not any(opens(secret[at:at + 30], got, report)
                               for at in range(len(secret) - 30)),
                       name + ': which is encrypted')
                secret = ref.opened(PSK, secret) + bytes(1)
            at = [at for at in range(len(secret) - 30) if opens(
                secret[at:at + 30], got, report)]
            tap.equal(len(at), 1, name + ': and its key opens the RTCP')
        tap.ok(header is None or asked[-1]['KeyMgmt'] != asked[-2]['KeyMgmt'],
               name + ': each stream has its own')
        said = relay.said()
        tap.ok(not any(base64.b64encode(key(CM, n)).decode()[:12] in said
                       for n in range(1, 11)), name + ': no key is logged', said)
        set_up_anew(tap, a, client, media_sockets[0], apps, name,
                    key(CM, (common or own[0])[1]))
        client.close()
        eventually([], lambda: sessions(a))
        relay.end()
        camera.close()
    for sock in media_sockets + apps:
        sock.close()


GROUP = '239.9.9.1'


def member(host, address, port):
    """A socket that hears the group, as others of its host do."""
    with host.enter():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((GROUP, port))
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                    socket.inet_aton(GROUP) + socket.inet_aton(address))
    sock.settimeout(20)
    return sock


def group_answer(request, sdp, source):
    if request.method == 'DESCRIBE':
        return described(request, sdp)
    return reply(request, headers=(
        'Session: 1', 'Transport: RTP/SAVP;multicast;destination=%s;port=6000-6001;'
        'ttl=1%s' % (GROUP, source)))


@alone
def groups(tap):
    """A camera in Python sends to a group, of which two clients are members."""
    a, b = pair()
    route_groups(a, b)
    b.ip('addr', 'add', '10.9.0.77/24', 'dev', 'wire')
    theirs = key(CM, 1)
    sdp = 'v=0\ns=-\nt=0 0\nm=video 0 RTP/SAVP 96\na=control:0\n' + make(
        (key_mgmt, 1, 1))
    for source in ('', ';source=' + B4):
        for words in ((), ('one-key',)):
            name = ' '.join((*words, source[1:])) or 'a group'
            camera = FakeCamera(lambda request: group_answer(request, sdp, source),
                                host=b, address=B4)
            relay = Relay(a, 'relay', 'camera', 'door', 'rtsp://%s:%d/live' % (
                B4, camera.port), *words)
            try_group(tap, name, (a, b), (camera, relay), theirs,
                      strangers=not source, one_key=bool(words))
            relay.end()
            camera.close()
            tap.equal(sessions(a), [], name + ': no session is left')


def try_group(tap, name, hosts, both, theirs, strangers, one_key):
    a, b = hosts
    camera, relay = both
    apps, inboxes = [member(a, A4, 6000) for n in range(2)], member(b, B4, 6001)
    out, stranger = b.socket(B4, 7000), b.socket('10.9.0.77', 7000)
    clients = []
    for n in range(2):
        clients.append(Client(host=a))
        clients[n].ask('DESCRIBE', URL)
        got = clients[n].ask('SETUP', URL + '/0', 'Transport: RTP/AVP;multicast')
        tap.ok(got and got.status == 200, '%s: SETUP of client %d' % (name, n + 1),
               relay.said())
    numbers = iter(range(1, 100))

    def send(sock=out):
        packet = rtp(next(numbers), os.urandom(40), 1)
        sock.sendto(context_of(theirs).protect(packet, 0), (GROUP, 6000))
        return packet
    packet = send()
    tap.equal([app.recv(2000) for app in apps], 2 * [packet],
              name + ': both hear the camera')
    forged = rtp(next(numbers), b'not the camera', 1)
    out.sendto(forged, (GROUP, 6000))
    if strangers:
        stranger.sendto(forged, (GROUP, 6000))
    packet = send()
    tap.equal([app.recv(2000) for app in apps], 2 * [packet],
              name + ': and nobody without its key')
    app = a.socket(A4, 6001)
    app.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    report = rtcp(2)
    app.sendto(report, (GROUP, 6001))
    got = inboxes.recv(2000)
    app.close()
    header = camera.seen[-1]['KeyMgmt']
    secret = theirs if one_key else base64.b64decode(
        re.search('data="([^"]*)"', header)[1])
    tap.ok(report[8:] not in got and any(
        opens(secret[at:at + 30], got, report) for at in range(len(secret) - 29)),
           name + ': the key that the camera was told last opens RTCP', got.hex())
    if one_key:
        tap.equal(header, None, name + ': it is told none')
    before = [s['id'] for s in sessions(a)]
    pids = children(relay.process)
    os.kill(pids[0], signal.SIGKILL)
    tap.equal(eventually(pids[1:], lambda: children(relay.process)), pids[1:],
              name + ': the process of a client is killed')
    packet = send()
    tap.equal([app.recv(2000) for app in apps], 2 * [packet],
              name + ': the other client hears on')
    tap.equal([(s['id'], s.get('orphaned')) for s in sessions(a)],
              [(number, None) for number in before],
              name + ': by the same sessions')
    for client in clients:
        client.close()
    tap.equal(eventually([], lambda: sessions(a)), [],
              name + ': which go with the last')
    for sock in (*apps, inboxes, out, stranger):
        sock.close()


def opens(material, packet, plain):
    """Does this key make the RTCP of what was sent?"""
    index = int.from_bytes(packet[-14:-10], 'big') & 0x7fffffff
    return context_of(material).protect_rtcp(plain, index) == packet


@alone
def refused(tap):
    """Messages that the relay cannot read, or whose time has passed."""
    a, b = pair()
    old = 'a=key-mgmt:mikey ' + base64.b64encode(ref.secured(
        PSK, ref.header(), ((ref.T, ref.stamp(77 << 32)), (ref.RAND, ref.rand()),
                            (ref.SP, ref.policy(((0, 1),)))),
        ref.keys((ref.TEK, key(CM))))).decode()
    for line, words, status, why in (
            (with_psk(1, 1), ('insecure-psk', 32 * 'ab'), 503, 'MAC'),
            (with_psk(1, 1), (), 503, ''),
            (key_mgmt(1, 1), PSK_WORDS, 503, 'MAC'),
            (old, PSK_WORDS, 503, 'clock'),
            (old, PSK_WORDS + ('clock-skew', 'none'), 200, ''),
            (crypto(1), ('one-key',), 503, 'one-key goes with')):
        def answer(request):
            if request.method == 'DESCRIBE':
                return described(request, 'v=0\ns=-\nt=0 0\nm=video 0 RTP/SAVP 96\n'
                                 'a=control:0\n' + line + '\n')
            return reply(request, headers=(
                'Session: 1', 'Transport: RTP/SAVP;unicast;client_port=5000-5001;'
                'server_port=7000-7001'))
        camera = FakeCamera(answer, host=b, address=B4)
        relay = Relay(a, 'relay', 'camera', 'door', 'rtsp://%s:%d/live' % (
            B4, camera.port), *words)
        client = Client(host=a)
        client.ask('DESCRIBE', URL)
        got = client.ask('SETUP', URL + '/0', 'Transport: RTP/AVP;unicast;'
                         'client_port=5000-5001')
        client.close()
        said = relay.said()
        tap.ok(got.status == status and why in said and PSK.hex() not in said,
               '%d %s' % (status, why), got.start + said)
        eventually([], lambda: sessions(a))
        relay.end()
        camera.close()


@alone
def elsewhere(tap):
    """Media come to the relay's host, and a client of another is told so."""
    a, b = pair()
    Camera(b, B4, recording(), port=9554)
    Relay(a, 'relay', 'listen', '0.0.0.0:8554', 'camera', 'door', 'rtsp://%s:9554/live' % B4)
    client = Client((A4, 8554), b)
    got = client.answer()
    tap.equal(got and got.status, 403, 'a client of another host is refused')
    client.close()
    client = Client((A4, 8554), a)
    tap.equal(client.ask('DESCRIBE', 'rtsp://%s:8554/door' % A4).status, 200,
              'one of this host is not, whatever its address')
    client.close()


main(tcp, tls, ipv6, plain, multicast, groups, dialogues, keys, refused, killed, elsewhere)
