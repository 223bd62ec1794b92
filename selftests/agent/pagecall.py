# SPDX-License-Identifier: GPL-2.0
"""A page in a browser, and a program that speaks plain RTP and returns what it hears."""

import base64
import json
import os
import re
import struct
import subprocess
import tempfile
import threading

from ksrtpd import *
from started import started
import opus
from sound import share
from ksrtp_test import *

PAGE = 'file://' + os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'page.html')
# of the page's picture: size, and red, green and blue
PICTURE = [160, 120]
GREEN = [32, 192, 32]
# Chromium sends a canvas as BT.709 of the full range, which VP8 has no word for: who
# takes it for BT.601, as RFC 6386 has it, sees this
GREEN_709 = [36, 235, 27]
TONE = 440


def looks(colour):
    """Is it the page's, as far as a codec leaves it?"""
    return len(colour) == 3 and any(
        all(abs(one - other) < 24 for one, other in zip(colour, green))
        for green in (GREEN, GREEN_709))


def payload(packet):
    """What is behind the header of RTP."""
    at = 12 + 4 * (packet[0] & 15)
    if packet[0] & 16:
        at += 4 + 4 * struct.unpack_from('>H', packet, at + 2)[0]
    return packet[at:]


def vp8(packet):
    """The first bytes of a VP8 frame that begins in this packet."""
    at, first = begins(packet)
    return payload(packet)[at:] if first else b''


def begins(packet):
    """The number of a VP8 descriptor's bytes, and whether a frame begins (RFC 7741)."""
    data, at = payload(packet) or b'\0', 1
    if data[0] & 128:
        extended = data[at]
        at += 1
        if extended & 128:
            at += 2 if data[at] & 128 else 1
        at += bool(extended & 64) + bool(extended & 48)
    return at, data[0] & 0x1f == 16


def key_frame(packets):
    """The first key frame that is whole, or nothing."""
    frame, last = b'', None
    for packet in sorted(packets, key=lambda one: (one[4:8], one[2:4])):
        at, first = begins(packet)
        sequence, = struct.unpack_from('>H', packet, 2)
        if first:
            frame = b''
        elif not frame or sequence != last + 1 & 0xffff:
            frame = b''
            continue
        frame += payload(packet)[at:]
        last = sequence
        if packet[1] & 128 and picture(frame):
            return frame
    return b''


def colour(frame):
    """The mean colour of a frame of VP8, as FFmpeg decodes it."""
    width, height = picture(frame) or (0, 0)
    header = struct.pack('<4sHH4sHHIIII', b'DKIF', 0, 32, b'VP80', width, height, 5,
                         1, 1, 0) + struct.pack('<IQ', len(frame), 0)
    with tempfile.NamedTemporaryFile(suffix='.ivf') as file:
        file.write(header + frame)
        file.flush()
        pixels = subprocess.run([
            'ffmpeg', '-v', 'error', '-i', file.name, '-f', 'rawvideo',
            '-pix_fmt', 'rgb24', '-'], stdout=subprocess.PIPE).stdout
    count = max(len(pixels) // 3, 1)
    return [sum(pixels[n::3]) // count for n in range(3)]


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


def rtpfb(packet):
    """Is there feedback about packets in a compound packet?"""
    at = 0
    while at + 4 <= len(packet):
        if packet[at + 1] == 205:
            return True
        at += 4 + 4 * struct.unpack_from('>H', packet, at + 2)[0]
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


def offered(kinds):
    """The offer of a program that has a codec of each kind."""
    lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0']
    for kind, port in kinds.items():
        codec, name = {'audio': (111, 'opus/48000/2'),
                       'video': (96, 'VP8/90000')}[kind]
        lines += ['m=%s %d RTP/AVPF %d' % (kind, port, codec),
                  'a=rtpmap:%d %s' % (codec, name)]
        if kind == 'video':
            lines += ['a=rtcp-fb:%d nack' % codec, 'a=rtcp-fb:%d nack pli' % codec]
        lines.append('a=sendrecv')
    return '\r\n'.join(lines) + '\r\n'


def hears(page, frequency):
    """The share of a tone in the best half second of what the page plays."""
    url = page.run('record(4000)')
    samples = subprocess.run([
        'ffmpeg', '-v', 'error', '-i', '-', '-f', 's16le', '-ac', '1', '-ar',
        str(opus.RATE), '-'], input=base64.b64decode(url.partition(',')[2]),
        stdout=subprocess.PIPE).stdout
    samples = struct.unpack('<%dh' % (len(samples) // 2), samples)
    size = opus.RATE // 2
    return max((share(samples[at:at + size], frequency, opus.RATE)
                for at in range(0, len(samples) - size, size // 2)), default=0)


def hosts():
    """Hosts a and b, with the addresses above. Firefox finds its own by its way to all
    others."""
    a, b = pair()
    b.ip('route', 'add', 'default', 'via', A4)
    return a, b


class PageCall:
    """A page and an application that returns what it hears."""

    def __init__(self, agent, browser, name, kinds, **options):
        self.agent, self.name, self.kinds = agent, name, kinds
        self.options = options
        self.page = browser.page(PAGE)
        self.begin()

    def begin(self):
        self.page.run('begin(%d, %s, %s)' % (
            TONE, json.dumps('video' in self.kinds), json.dumps(self.options)))

    def offered(self, change=lambda sdp: sdp):
        """The page offers; @change is between it and ksrtpd."""
        plain = self.agent.offer(self.name, change(self.page.run('offer()')),
                                 feedback=True)
        self.echo = Echo(self.agent.host, '127.0.0.1', self.kinds,
                         ports_of(plain))
        return self.again(plain, change)

    def again(self, plain, change=lambda sdp: sdp):
        web = self.agent.answer(self.name, chosen(plain, self.kinds))
        self.page.run('take(%s)' % json.dumps(change(web)))
        return web

    def answered(self, **flags):
        """The application offers."""
        plain = offered(self.kinds)
        web = self.agent.offer(self.name, plain, feedback=True, **flags)
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
        best = opus.tone([payload(packet) for packet in sent], TONE)
        tap.ok(best > 0.9, '%s: the application hears the page%s' % (
            self.name, when), '%d packets, %s, %s' % (
                len(sent), best, self.page.run('context?.state')))

    def goes_on(self, tap, when):
        """More comes, and is what the page says."""
        port = self.kinds['audio']
        before = len(self.echo.packets[port])
        tap.ok(eventually(True, lambda: len(self.echo.packets[port]) > before + 50),
               '%s: the page sends %s' % (self.name, when),
               len(self.echo.packets[port]) - before)
        self.heard(tap, ', ' + when)

    def states(self):
        return [medium['state'] for medium in self.agent.media(self.name)]

    def lost(self):
        """Packets that the page has missed."""
        return sum(one.get('packetsLost', 0) for one in self.received().values())

    def returned(self, tap):
        """The page has all that the application has sent, by what it counts before it
        plays anything: a slow machine plays with gaps."""
        eventually(True, lambda: all(len(some) > 50 for some in
                                     self.echo.sent.values()))
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
        best = max(hears(self.page, TONE) for wait in range(2))
        tap.ok(best > 0.8, self.name + ': the page hears it come back', best)
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
        port = self.kinds['video']
        seen = colour(key_frame(self.echo.packets[port]) or b'')
        tap.ok(looks(seen), self.name + ': they are what the page paints', seen)
        tap.ok(eventually(True, lambda: self.page.run('colour()')[:2] == PICTURE),
               self.name + ': the page plays them', self.page.run('colour()'))
        tap.ok(looks(self.page.run('colour()')[2:]),
               self.name + ': in their colour', self.page.run('colour()'))
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
