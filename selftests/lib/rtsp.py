# SPDX-License-Identifier: GPL-2.0
"""ksrtp rtsp, a camera by GStreamer, and a recording that it plays."""

import contextlib
import functools
import ipaddress
import os
import re
import socket
import subprocess
import tempfile
import threading

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from certificates import certify, pem
from ksrtp_test import KSRTP, eventually

CAMERA = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      '../rtsp/gst_camera.py')
LISTENS = ('127.0.0.1', 8554)
URL = 'rtsp://%s:%d/door' % LISTENS
PIPELINE = ('( filesrc location=%s ! matroskademux name=d '
            'd. ! queue ! image/jpeg ! rtpjpegpay name=pay0 pt=26 mtu=1200 '
            'd. ! queue ! audio/x-mulaw ! rtppcmupay name=pay1 pt=0 )')


def quietly(*command, **options):
    """Its output, or an error with what it said."""
    done = subprocess.run(command, capture_output=True, **options)
    if done.returncode:
        raise RuntimeError('%s: %s' % (command[0], done.stderr.decode()))
    return done.stdout


class Recording:
    """Pictures and noise that differ everywhere, in a file."""

    def __init__(self, seconds=12):
        self.directory = tempfile.TemporaryDirectory()
        self.path = self.directory.name + '/recording.mkv'
        quietly('gst-launch-1.0', '-q', 'videotestsrc', 'pattern=ball',
                'num-buffers=%d' % (10 * seconds), '!',
                'video/x-raw,format=I420,width=160,height=120,framerate=10/1',
                '!', 'jpegenc', '!', 'queue', '!', 'm.',
                'audiotestsrc', 'wave=white-noise', 'samplesperbuffer=160',
                'num-buffers=%d' % (50 * seconds), '!',
                'audio/x-raw,rate=8000,channels=1', '!', 'mulawenc', '!',
                'queue', '!', 'm.', 'matroskamux', 'name=m', '!', 'filesink',
                'location=' + self.path)
        self.pictures = pictures(self.path)
        self.sound = sound(self.path)
        with open(self.path, 'rb') as file:
            self.bytes = file.read()


@functools.cache
def recording():
    return Recording()


def pictures(path):
    """Digests of its pictures, decoded."""
    text = quietly('ffmpeg', '-v', 'error', '-i', path, '-map', '0:v', '-fps_mode',
                   'passthrough', '-f', 'framemd5', '-').decode()
    return re.findall(r'([0-9a-f]{32})$', text, re.M)


def sound(path):
    """Its sound, as it was encoded."""
    return quietly('ffmpeg', '-v', 'error', '-i', path, '-map', '0:a', '-c',
                   'copy', '-f', 'data', '-')


def is_part(some, whole):
    """Is it a part of a sequence, with nothing missing?"""
    return bool(some) and any(whole[at:at + len(some)] == some
                              for at in range(len(whole) - len(some) + 1))


def identity(directory, certificate, key):
    """A file with a certificate and its key."""
    path = os.path.join(directory, 'identity.pem')
    with open(path, 'wb') as file:
        file.write(pem(certificate) + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption()))
    return path


@contextlib.contextmanager
def certified(address):
    """For a camera there: a directory, a file with its certificate and key, and one
    with that of its CA."""
    key, authority = (rsa.generate_private_key(65537, 2048) for n in range(2))
    ca = certify('CA', authority)
    certificate = certify('camera', key, authority, ca, alternative=x509.IPAddress(
        ipaddress.ip_address(address)))
    with tempfile.TemporaryDirectory() as directory:
        trust = directory + '/ca.pem'
        with open(trust, 'wb') as file:
            file.write(pem(ca))
        yield directory, identity(directory, certificate, key), trust


def ffmpeg(host, url, path, seconds=3, transport='udp'):
    """What it says; the file has what it received."""
    return host.start('ffmpeg', '-nostdin', '-y', '-v', 'warning',
                      '-rtsp_transport', transport, '-i', url, '-t', str(seconds),
                      '-c', 'copy', path, stderr=subprocess.PIPE, text=True)


class Process:
    """A program that says when it is ready, and is ended with the test."""

    running = []

    def __init__(self, host, *command):
        self.log = tempfile.TemporaryFile('w+')
        self.process = host.start(*command, stdout=self.log, stderr=self.log)
        self.running.append(self)

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def end(self):
        self.process.terminate()
        return self.process.wait()

    @classmethod
    def end_all(cls):
        for one in cls.running:
            if one.process.poll() is None:
                one.process.kill()
                one.process.wait()
        cls.running.clear()


def alone(test):
    @functools.wraps(test)
    def run_it(tap):
        try:
            test(tap)
        finally:
            Process.end_all()
    return run_it


class Camera(Process):
    def __init__(self, host, address, recording, *options, port=8554):
        super().__init__(host, '/usr/bin/python3', CAMERA, '--address', address,
                         '--port', str(port), *options,
                         PIPELINE % recording.path)
        if not eventually(True, lambda: 'ready' in self.said() or
                          self.process.poll() is not None and self.said()):
            raise RuntimeError('no camera: ' + self.said())


class Relay(Process):
    def __init__(self, host, *words):
        super().__init__(host, KSRTP, 'rtsp', *words)
        eventually(True, lambda: ':8554 ' in host.run('ss', '-ltnH').stdout or
                   self.process.poll() is not None)
        if self.process.poll() is not None:
            raise RuntimeError('no relay: ' + self.said())


def compound_ends(packet):
    """Do the lengths of RTCP's packets lead to its end, as in the clear?"""
    at = 0
    while at + 4 <= len(packet):
        if packet[at] >> 6 != 2:
            return False
        at += 4 * (int.from_bytes(packet[at + 2:at + 4], 'big') + 1)
    return at == len(packet)


def datagrams(frames):
    """Ports and payloads of UDP, of (frame, sent) of a wire."""
    found = []
    for frame, sent in frames:
        if frame[12:14] == b'\x08\0' and frame[23] == 17:
            at = 14 + 4 * (frame[14] & 15)
        elif frame[12:14] == b'\x86\xdd' and frame[20] == 17:
            at = 54
        else:
            continue
        ports = tuple(int.from_bytes(frame[at + n:at + n + 2], 'big')
                      for n in (0, 2))
        length = int.from_bytes(frame[at + 4:at + 6], 'big')
        found.append((sent, ports, frame[at + 8:at + length]))
    return found


def media(frames):
    """RTP and RTCP among them: (sent, is it RTCP, packet)."""
    return [(sent, 192 <= packet[1] <= 223, packet)
            for sent, ports, packet in datagrams(frames)
            if len(packet) >= 8 and packet[0] >> 6 == 2]


def sessions(host):
    return host.json('-s', 'session', 'show')


def drops(session):
    return {(way, name): value for way in ('send', 'recv')
            for name, value in session.get(way, {'stats': {}})['stats'].items()
            if name.startswith('drop') and value}


def oddities(session):
    """Drops, but for datagrams that are no RTP, by which clients open NAT."""
    return [drop for drop in drops(session) if drop not in
            (('send', 'drop-bad-version'), ('send', 'drop-bad-rtp'))]


def judge_wire(tap, frames, recording, name):
    """Nothing of the recording, and no RTCP in the clear."""
    seen = media(frames)
    rtp_in = [p for sent, control, p in seen if not sent and not control]
    rtcp_out = [p for sent, control, p in seen if sent and control]
    tap.ok(len(rtp_in) > 20 and not any(
        p[at:at + 24] in recording.bytes for p in rtp_in for at in (12, 20, 40)
        if len(p) >= at + 24),
           name + ': nothing of the recording on the wire',
           '%d packets' % len(rtp_in))
    tap.ok(rtcp_out and not any(compound_ends(p)
                                for sent, control, p in seen if control),
           name + ': nor RTCP in the clear',
           [p.hex() for p in rtcp_out])


class Answer:
    """A message of RTSP, as it was received."""

    def __init__(self, head, body):
        lines = head.decode().split('\r\n')
        self.start, self.body = lines[0], body
        self.headers = dict(line.split(': ', 1) for line in lines[1:] if line)
        words = self.start.split(' ', 2)
        self.status = int(words[1]) if words[0] == 'RTSP/1.0' else None
        self.method, self.uri = words[:2]

    def __getitem__(self, name):
        return self.headers.get(name)


def read_message(stream):
    """The next message of a buffered stream, or a frame, or None at its end."""
    first = stream.read(1)
    if first == b'$':
        head = stream.read(3)
        return first + head + stream.read(int.from_bytes(head[1:], 'big'))
    head = first
    while first and not head.endswith(b'\r\n\r\n'):
        line = stream.readline()
        if not line:
            return None
        head += line
    if not head:
        return None
    length = re.search(rb'\r\nContent-Length: (\d+)', head)
    return Answer(head[:-4], stream.read(int(length[1])) if length else b'')


class Client:
    """A client of RTSP, word by word."""

    def __init__(self, address=LISTENS, host=None):
        family = socket.AF_INET6 if ':' in address[0] else socket.AF_INET
        with host.enter() if host else contextlib.nullcontext():
            self.sock = socket.socket(family)
        self.sock.settimeout(60)
        self.sock.connect(address)
        self.stream = self.sock.makefile('rb')
        self.cseq = 0

    def send(self, data):
        self.sock.sendall(data)

    def answer(self):
        return read_message(self.stream)

    def ask(self, method, uri, *headers):
        self.cseq += 1
        self.send('\r\n'.join(('%s %s RTSP/1.0' % (method, uri),
                               'CSeq: %d' % self.cseq) + headers +
                              ('', '')).encode())
        return self.answer()

    def close(self):
        self.stream.close()
        self.sock.close()


class FakeCamera:
    """Answers as a function of the request says."""

    def __init__(self, answer, context=None, host=None, address='127.0.0.1'):
        self.answer, self.context = answer, context
        with host.enter() if host else contextlib.nullcontext():
            self.sock = socket.create_server((address, 0))
        self.port = self.sock.getsockname()[1]
        self.seen = []
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                sock = self.sock.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve_one, args=(sock,),
                             daemon=True).start()

    def serve_one(self, sock):
        try:
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True)
            self.speak(sock)
        except OSError:
            pass
        sock.close()

    def speak(self, sock):
        stream = sock.makefile('rb')
        while (request := read_message(stream)):
            self.seen.append(request)
            answer = self.answer(request)
            if answer is None:
                return
            sock.sendall(answer if isinstance(answer, bytes) else
                         answer.encode())

    def close(self):
        if self.sock.fileno() < 0:
            return
        # accept() would hold it
        self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()
        self.thread.join(10)


def reply(request, status='200 OK', headers=(), body=''):
    lines = ['RTSP/1.0 ' + status, 'CSeq: ' + request['CSeq'], *headers]
    if body:
        lines += ['Content-Length: %d' % len(body)]
    return '\r\n'.join(lines) + '\r\n\r\n' + body


def described(request, sdp, headers=()):
    return reply(request, headers=('Content-Type: application/sdp', *headers),
                 body=sdp.replace('\n', '\r\n'))
