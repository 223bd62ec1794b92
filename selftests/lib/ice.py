# SPDX-License-Identifier: GPL-2.0
"""The peer of ksrtpd without a browser: checks of ICE made here, DTLS by the openssl
command, SRTP by libsrtp."""

import hashlib
import hmac
import os
import re
import select
import socket
import struct
import subprocess
import tempfile
import threading
import time
import zlib

from ksrtp_test import Peer, rtcp, rtp
from ksrtpd import got
from started import started

COOKIE = 0x2112a442
USERNAME, INTEGRITY, ERROR, PRIORITY, NOMINATE = 6, 8, 9, 0x24, 0x25
MAPPED, FINGERPRINT, CONTROLLED, CONTROLLING = 0x20, 0x8028, 0x8029, 0x802a
# OpenSSL's name: number, suite
PROFILES = {
    'SRTP_AES128_CM_SHA1_80': (1, 'AES_CM_128_HMAC_SHA1_80'),
    'SRTP_AES128_CM_SHA1_32': (2, 'AES_CM_128_HMAC_SHA1_32'),
    'SRTP_AEAD_AES_128_GCM': (7, 'AEAD_AES_128_GCM'),
    'SRTP_AEAD_AES_256_GCM': (8, 'AEAD_AES_256_GCM'),
}
LENGTHS = {1: (16, 14), 2: (16, 14), 7: (16, 12), 8: (32, 12)}


def attribute(kind, value=b''):
    return struct.pack('>HH', kind, len(value)) + value + \
        bytes(-len(value) % 4)


def check(username, password, *more, kind=1, nominate=True,
          priority=0x6e7f1eff, transaction=None):
    """A Binding request; of a password that is None, without integrity."""
    body = b''
    if username is not None:
        body += attribute(USERNAME, username.encode())
    body += attribute(PRIORITY, struct.pack('>I', priority))
    body += attribute(CONTROLLING, bytes(8))
    if nominate:
        body += attribute(NOMINATE)
    for one in more:
        body += one
    transaction = transaction or os.urandom(12)

    def header(length):
        return struct.pack('>HHI', kind, length, COOKIE) + transaction
    if password is not None:
        body += attribute(INTEGRITY, hmac.new(
            password.encode(), header(len(body) + 24) + body,
            hashlib.sha1).digest())
    crc = zlib.crc32(header(len(body) + 8) + body) ^ 0x5354554e
    body += attribute(FINGERPRINT, struct.pack('>I', crc))
    return header(len(body)) + body


def response(packet):
    """Type and attributes of an answer."""
    kind, length = struct.unpack_from('>HH', packet)
    found, at = {}, 20
    while at < 20 + length:
        one, size = struct.unpack_from('>HH', packet, at)
        found[one] = packet[at + 4:at + 4 + size]
        at += 4 + size + -size % 4
    return kind, found


def error_of(packet):
    """The number of an error response, 0 for success."""
    kind, found = response(packet)
    return 0 if kind == 0x101 else found[ERROR][2] * 100 + found[ERROR][3]


class Certificate:
    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix='certificate-')
        self.key, self.file = (os.path.join(self.directory, name)
                               for name in ('key', 'cert'))
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
                        'ec_paramgen_curve:prime256v1', '-nodes', '-keyout',
                        self.key, '-out', self.file, '-subj', '/CN=peer'],
                       check=True, capture_output=True)

    def fingerprint(self, kind='sha256'):
        out = subprocess.run(['openssl', 'x509', '-in', self.file, '-noout',
                              '-fingerprint', '-' + kind], check=True,
                             capture_output=True, text=True).stdout
        return 'sha-%s %s' % (kind[3:], out.strip().split('=')[1])


class WebPeer:
    """What a browser is to ksrtpd, for one medium."""

    def __init__(self, host, address, certificate, port=0):
        self.host, self.address = host, address
        self.certificate = certificate
        self.sock = host.socket(address, port)
        self.ufrag, self.pwd = 'peer', 'p' * 22
        self.openssl = self.remote = self.command = None
        self.media, self.answers = [], []
        # what of DTLS is lost on its way here
        self.loses = lambda packet: False
        self.ended = False
        started.append(self)
        # between the openssl command, which has a socket of its own, and ours
        self.inner = host.socket('127.0.0.1')
        self.thread = threading.Thread(target=self.pump)
        self.thread.start()

    def pump(self):
        while not self.ended:
            for sock in select.select([self.sock, self.inner], [], [],
                                      0.2)[0]:
                try:
                    packet, whence = sock.recvfrom(65536)
                except OSError:
                    continue
                if sock is self.inner:
                    self.command = whence
                    self.sock.sendto(packet, self.remote)
                elif packet[0] < 4:
                    self.answers.append(packet)
                elif packet[0] < 64 and self.command:
                    if self.loses(packet):
                        continue
                    self.inner.sendto(packet, self.command)
                elif packet[0] >= 128:
                    self.media.append(packet)

    def sdp(self, setup='actpass', fingerprints=None, direction='sendrecv',
            ufrag=None):
        fingerprints = fingerprints or [self.certificate.fingerprint()]
        lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0',
                 'a=group:BUNDLE 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 0',
                 'c=IN IP4 0.0.0.0', 'a=mid:0', 'a=ice-ufrag:' +
                 (ufrag or self.ufrag), 'a=ice-pwd:' + self.pwd,
                 'a=setup:' + setup, 'a=rtcp-mux', 'a=rtpmap:0 PCMU/8000',
                 'a=rtcp-fb:0 transport-cc', 'a=' + direction]
        lines += ['a=fingerprint:' + one for one in fingerprints]
        return '\r\n'.join(lines) + '\r\n'

    def take(self, sdp):
        """Understand what ksrtpd says of itself."""
        def find(pattern):
            return re.search(pattern, sdp, re.M)
        self.their_ufrag = find(r'^a=ice-ufrag:(\S+)')[1]
        self.their_pwd = find(r'^a=ice-pwd:(\S+)')[1]
        where = find(r'^a=candidate:\S+ 1 udp \d+ (\S+) (\d+)')
        self.remote = where[1], int(where[2])
        self.their_setup = find(r'^a=setup:(\S+)')[1]

    def ask(self, packet, patience=30):
        """What is answered to a datagram of STUN, or None."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            self.sock.sendto(packet, self.remote)
            for wait in range(10):
                for answer in list(self.answers):
                    if answer[8:20] == packet[8:20]:
                        self.answers.remove(answer)
                        return answer
                time.sleep(0.1)
        return None

    def check(self, **words):
        return self.ask(check('%s:%s' % (self.their_ufrag, self.ufrag),
                              self.their_pwd, **words))

    def connect(self, profile, *words):
        """A handshake of DTLS, begun from here; the keys, or None."""
        self.start(profile, 's_client', '-connect',
                   '127.0.0.1:%d' % self.inner.getsockname()[1], *words)
        return self.take_keys(profile, 0)

    def listen(self, profile):
        """Wait for one that ksrtpd begins; take_keys(profile, 1) has the keys."""
        with self.host.enter(), socket.socket(socket.AF_INET,
                                              socket.SOCK_DGRAM) as free:
            free.bind(('127.0.0.1', 0))
            self.command = free.getsockname()
        self.start(profile, 's_server', '-accept', '%s:%d' % self.command,
                   '-Verify', '1')
        self.wait('(ACCEPT)')

    def start(self, profile, *words):
        self.stop()
        key, salt = LENGTHS[PROFILES[profile][0]]
        self.out = tempfile.TemporaryFile('w+')
        self.openssl = self.host.start(
            'openssl', *words, '-dtls1_2', '-mtu', '1200',
            '-cert', self.certificate.file, '-key', self.certificate.key,
            '-use_srtp', profile, '-keymatexport', 'EXTRACTOR-dtls_srtp',
            '-keymatexportlen', str(2 * (key + salt)), stdin=subprocess.PIPE,
            stdout=self.out, stderr=subprocess.STDOUT)

    def take_keys(self, profile, role):
        """Those of client and server, of which ours is number role; or None."""
        key, salt = LENGTHS[PROFILES[profile][0]]
        found = self.wait(r'Keying material: ([0-9A-F]+)\n')
        if not found:
            return None
        material = bytes.fromhex(found[1])
        keys = [material[n * key:(n + 1) * key] +
                material[2 * key + n * salt:2 * key + (n + 1) * salt]
                for n in range(2)]
        suite = PROFILES[profile][1]
        self.sender = Peer(suite, keys[role])
        self.receiver = Peer(suite, keys[not role])
        return material

    def wait(self, pattern, patience=240):
        end = time.monotonic() + patience
        while time.monotonic() < end:
            self.out.seek(0)
            found = re.search(pattern, self.out.read())
            if found:
                return found
            if self.openssl.poll() is not None:
                break
            time.sleep(0.1)
        return None

    def next_media(self, patience=20):
        end = time.monotonic() + patience
        while not self.media and time.monotonic() < end:
            time.sleep(0.02)
        return self.media.pop(0) if self.media else None

    def hang_up(self):
        """Close the association in peace."""
        self.openssl.stdin.write(b'Q\n')
        self.openssl.stdin.close()

    def close(self):
        self.ended = True
        self.thread.join()
        self.stop()

    def stop(self):
        """End the openssl command."""
        if self.openssl and self.openssl.poll() is None:
            self.openssl.kill()
            self.openssl.wait()


def media(tap, peer, app, name, seq=1):
    """A packet of each kind, each way, between a WebPeer and the application."""
    plain = rtp(seq, os.urandom(160))
    peer.sock.sendto(peer.sender.protect(plain), peer.remote)
    tap.equal(got(app.rtp), (plain, app.to), name + ': RTP comes in')
    peer.sock.sendto(peer.sender.protect_rtcp(rtcp()), peer.remote)
    tap.equal(got(app.rtcp), (rtcp(), app.to_rtcp),
              name + ': RTCP comes in, on its port')
    app.rtp.sendto(plain, app.to)
    tap.equal(peer.receiver.unprotect(peer.next_media()), plain,
              name + ': RTP goes out')
    app.rtcp.sendto(rtcp(), app.to_rtcp)
    tap.equal(peer.receiver.unprotect_rtcp(peer.next_media()), rtcp(),
              name + ': RTCP goes out, on the same port')
