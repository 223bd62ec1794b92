#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Packets bent at random, in sk_buffs of all shapes, through the real hooks:
none is taken that should not be, and a good one passes ever after."""

import os
import random
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *

SEED = int(os.environ.get('KSRTP_SEED', '1'))
PACKETS = int(os.environ.get('KSRTP_PACKETS', '20000'))
BATCH = 200
MARK = b'plain media'
# of NULL below
OPEN_PORT = 8006
WAYS = (('CM', CM), ('GCM', GCM), ('F8', 'F8_128_HMAC_SHA1_80'),
        ('NULL', 'NULL_HMAC_SHA1_80'),
        ('extensions', CM, 'encrypted-extensions', '1,2'),
        ('cryptex', GCM, 'cryptex', 'on'),
        ('double', 'DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM'),
        ('epochs', CM, 'kdr', '16'),
        ('mki', GCM, 'mki', 'aabb'),
        ('search', CM))


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ipv4(source, dest, payload, ident=0, fragment=0, options=b''):
    head = struct.pack('!BBHHHBBH4s4s', 0x45 + len(options) // 4, 0,
                       20 + len(options) + len(payload), ident, fragment, 64,
                       17, 0, socket.inet_aton(source),
                       socket.inet_aton(dest)) + options
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + payload


class Shapes:
    """Ways to have the stack carry a datagram from one host to another."""

    def __init__(self, host, pick, source, dest):
        self.pick, self.source, self.dest = pick, source, dest
        self.udp = {}
        self.host = host
        with host.enter():
            self.raw = socket.socket(socket.AF_INET, socket.SOCK_RAW,
                                     socket.IPPROTO_RAW)

    def socket(self, port):
        if port not in self.udp:
            self.udp[port] = self.host.socket(self.source, port)
        return self.udp[port]

    def send(self, sport, dport, data):
        pick = self.pick
        way = pick.random()
        try:
            if way < .4:
                self.socket(sport).sendto(data, (self.dest, dport))
            elif way < .55 and data:
                # in pieces, which become page fragments
                sock = self.socket(sport)
                at = sorted(pick.randrange(len(data) + 1) for i in range(3))
                for start, end in zip([0] + at, at + [len(data)]):
                    sock.sendto(data[start:end], 0 if end == len(data) and
                                start == at[-1] else socket.MSG_MORE,
                                (self.dest, dport))
            elif way < .7 and data:
                # a super-packet of equal parts, or nearly
                sock = self.socket(sport)
                size = pick.choice((len(data), max(len(data) - 1, 1),
                                    pick.randrange(1, 1400)))
                sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, size)
                try:
                    sock.sendto((data * pick.randrange(1, 9))[:size * 40],
                                (self.dest, dport))
                finally:
                    sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 0)
            else:
                self.send_raw(sport, dport, data)
        except OSError:
            # too long, no segments that small, and the like
            pass

    def send_raw(self, sport, dport, data):
        """As no socket would: lengths that lie, fragments, options."""
        pick = self.pick
        size = 8 + len(data)
        if pick.random() < .3:
            size = pick.choice((0, 7, 8, 9, 8 + len(data) // 2, size + 1,
                                65535))
        udp = struct.pack('!HHHH', sport, dport, size & 0xffff,
                          pick.choice((0, 0, 0x1234))) + data
        options = bytes([1] * 4 * pick.choice((0, 0, 1, 10)))
        pieces = [(0, udp)]
        if pick.random() < .4 and len(udp) > 24:
            cut = 8 * pick.randrange(1, len(udp) // 8)
            pieces = [(0x2000, udp[:cut]), (cut // 8, udp[cut:])]
            if pick.random() < .3:
                pieces.pop(pick.randrange(2))
            if pick.random() < .3:
                pieces.reverse()
        ident = pick.randrange(65536)
        for fragment, piece in pieces:
            self.raw.sendto(ipv4(self.source, self.dest, piece, ident,
                                 fragment, options), (self.dest, 0))


def bend(pick, data):
    """A packet that is nearly one."""
    data = bytearray(data)
    for i in range(pick.choice((0, 1, 1, 2, 5))):
        what = pick.random()
        if what < .5 and data:
            data[pick.randrange(min(len(data), pick.choice((2, 16, 2000))))] \
                ^= 1 << pick.randrange(8)
        elif what < .7:
            del data[pick.randrange(len(data) + 1):]
        elif what < .85:
            data += pick.randbytes(pick.randrange(40))
        else:
            at = pick.randrange(len(data) + 1)
            data[at:at] = pick.randbytes(pick.choice((1, 4, 400)))
    return bytes(data[:60000])


def some_rtp(pick, seq):
    extension = pick.choice((None, None, b'', b'\x10\xaa\x21\xbb\xcc\0\0\0',
                             pick.randbytes(4 * pick.randrange(20))))
    return rtp(seq, MARK + pick.randbytes(pick.choice((0, 20, 160, 1200, 3000))),
               pick.choice((1, 2, 3)), range(pick.randrange(16)), extension)


def header_len(packet):
    """How much of an RTP packet is in clear by its nature."""
    end = 12 + 4 * (packet[0] & 15)
    if packet[0] & 16 and len(packet) >= end + 4:
        end += 4 + 4 * struct.unpack('!H', packet[end + 2:end + 4])[0]
    return end


def plain(frame):
    """Is there a payload in clear on the wire?"""
    at = 14 + 4 * (frame[14] & 15) if len(frame) > 42 else 0
    if not at or frame[23] != socket.IPPROTO_UDP or len(frame) <= at + 20 or \
            struct.unpack('!H', frame[20:22])[0] & 0x3fff:
        return False
    port, length = struct.unpack('!HH', frame[at + 2:at + 6])
    # what follows the datagram is not of it: only a raw socket sends that
    packet = frame[at + 8:at + length]
    # sessions that only authenticate are open by intention; what is no RTP
    # (RFC 7983) is nobody's
    if port == OPEN_PORT or not packet or not 128 <= packet[0] < 192:
        return False
    return MARK in packet[header_len(packet):]


def drain(sock):
    got = []
    while True:
        try:
            got.append(sock.recv(1 << 17))
        except BlockingIOError:
            return got


def bent(tap):
    a, b = pair()
    pick = random.Random(SEED)
    # an observer in between, who sees what is on the wire
    with b.enter():
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                             socket.htons(3))
    wire.bind(('wire', 0))
    wire.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)
    wire.setblocking(False)
    ports, far = [], []
    for n, (name, suite, *words) in enumerate(WAYS):
        lport, rport = 7000 + 2 * n, 8000 + 2 * n
        master = key(suite).hex()
        more = ['roc-search', '3'] if name == 'search' else []
        for host, here, there, way, extra in (
                (a, (A4, lport), (B4, rport), 'send', []),
                (b, (B4, rport), (A4, lport), 'recv', more)):
            host.ksrtp('session', 'add', 'local', '%s:%d' % here, 'remote',
                       '%s:%d' % there, 'rtcp-mux', 'max-streams', 1000, way,
                       'suite', suite, 'insecure-key', master, *words, *extra)
        ports.append((name, lport, rport))
        far.append(b.socket(B4, rport))
        far[-1].setblocking(False)
    out = Shapes(a, pick, A4, B4)
    with a.enter():
        injector = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    injector.bind(('wire', 0))
    seen, injected, leaks, sent = [], set(), 0, 0
    while sent < PACKETS:
        for i in range(BATCH):
            name, lport, rport = pick.choice(ports)
            sent += 1
            if seen and pick.random() < .5:
                # what was on the wire comes again, bent, past a's own hooks
                frame = pick.choice(seen)
                packet = frame[:42] + bend(pick, frame[42:])
                packet = packet[:16] + struct.pack(
                    '!H', (len(packet) - 14) & 0xffff) + packet[18:24] + \
                    bytes(2) + packet[26:]
                packet = packet[:24] + struct.pack(
                    '!H', checksum(packet[14:34])) + packet[26:]
                packet = packet[:38] + struct.pack(
                    '!HH', (len(packet) - 34) & 0xffff, 0) + packet[42:]
                injected.add(packet)
                try:
                    injector.send(packet)
                except OSError:
                    pass
                continue
            packet = rtcp(pick.choice((1, 2, 3)), pick.randrange(4)) \
                if pick.random() < .2 else some_rtp(pick, sent)
            out.send(lport, rport, bend(pick, packet))
        frames = drain(wire)
        for frame in frames:
            # what passed as no RTP may have been bent to look like RTP here
            leaks += frame not in injected and plain(frame)
        seen = [f for f in frames if len(f) > 54 and len(f) < 1500 and
                f[23] == 17 and f[14] == 0x45][-400:] or seen
        for sock in far:
            drain(sock)
    tap.note('seed %d, %d packets' % (SEED, sent))
    tap.equal(leaks, 0, 'nothing plain is on the wire')
    for n, (name, lport, rport) in enumerate(ports):
        packet = rtp(1, MARK, ssrc=0x999)
        out.socket(lport).sendto(packet, (B4, rport))
        far[n].settimeout(20)
        while True:
            got = far[n].recv(1 << 17)
            if got == packet:
                break
        tap.ok(True, name + ': a good packet passes ever after')
    for host in (a, b):
        host.ksrtp('session', 'flush')
    stat = a.json('stat')
    tap.equal((stat['sessions'], stat['streams'], stat['stream-memory']),
              (0, 0, 0), 'no memory of streams is left')


main(bent)
