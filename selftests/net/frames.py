#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Frames that a program makes, as those of virtual machines do, with work left to
be done by whoever sends them: not all that may be asked for makes sense."""

import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
from raw import ipv4, total, udp

SOL_PACKET, PACKET_VNET_HDR = 263, 15
NEEDS_CSUM, GSO_UDP, GSO_UDP_L4 = 1, 3, 5
ETHER, IP, UDP = 14, 20, 8


def raw(host, name):
    with host.enter():
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind((name, 0))
    return sock


class Device:
    """The device of a host, which takes frames for the one of that name at the
    other end."""

    def __init__(self, host, other, name):
        self.sock = raw(host, name)
        with raw(other, name) as end:
            self.addresses = end.getsockname()[4] + self.sock.getsockname()[4]
        self.sock.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)

    def send(self, packet, start, offset=6, kind=0, size=0):
        """A packet of IPv4 whose checksum at start + offset, from its beginning,
        is left to be made. False if this kernel knows better."""
        try:
            self.sock.send(struct.pack(
                '=BBHHHH', NEEDS_CSUM, kind, ETHER + IP + UDP, size,
                ETHER + start, offset) + self.addresses + b'\x08\0' + packet)
        except OSError:
            return False
        return True

    def close(self):
        self.sock.close()


def datagram(source, dest, sport, dport, payload, tail=b''):
    """With the sum that CHECKSUM_PARTIAL wants, and maybe something behind."""
    pseudo = total(socket.inet_aton(source) + socket.inet_aton(dest) +
                   struct.pack('!HH', 17, UDP + len(payload)))
    return ipv4(source, dest, 17, udp(sport, dport, payload, pseudo) + tail)


def strays(length):
    """Where a checksum of a datagram with such a payload is not."""
    return ((IP + UDP, 6), (IP, 4), (0, 10), (IP + UDP + length - 4, 2),
            (IP + UDP + length, 0), (IP + UDP + length + 4, 6))


def received(tap):
    a, b = pair()
    call = Call(a, b)
    device = Device(b, a, 'wire')
    plain = rtp(1, os.urandom(160))

    def send(packet, start, offset, **how):
        return device.send(datagram(B4, A4, 6000, 5000, packet, bytes(20)),
                           start, offset, **how)

    send(call.peer.protect(plain), IP, 6)
    tap.equal(call.get(), plain, 'received: UDP\'s checksum left to be made')
    more = [rtp(n, os.urandom(160)) for n in range(2, 6)]
    several = [call.peer.protect(p) for p in more]
    taken = 0
    for start, offset in strays(len(several[0])):
        taken += send(several[0], start, offset)
        tap.equal(call.refused([]), [],
                  'received: one at %d + %d is refused' % (start, offset))
    tap.equal((taken > 0, a.stats('recv').get('drop-bad-checksum')),
              (True, taken), 'received: and counted')
    for start, offset in strays(len(several[0])):
        send(b''.join(several), start, offset, kind=GSO_UDP_L4,
             size=len(several[0]))
        tap.equal(call.refused([]), [], 'received: no super-packet with one at '
                  '%d + %d' % (start, offset))
    tap.equal([call.through(p) for p in several], more,
              'received: nothing of them was taken')
    device.close()
    call.close()


def forwarded(tap):
    a, b, c = behind_gateway()
    a.session(*flow(C4, B4), send=(CM, key(CM)))
    peer = Peer(CM, key(CM))
    wire = b.socket(B4, 6000)
    device = Device(c, a, 'inside')
    plain = rtp(1, os.urandom(160))
    device.send(datagram(C4, B4, 5000, 6000, plain), IP, 6)
    tap.equal(peer.unprotect(wire.recv(2000)), plain,
              'sent: UDP\'s checksum left to be made')
    app = c.socket(C4, 5000)
    taken = 0
    for start, offset in strays(len(plain)):
        taken += device.send(datagram(C4, B4, 5000, 6000, rtp(2, bytes(160)),
                                      bytes(20)), start, offset)
        app.sendto(MARKER, (B4, 6000))
        tap.equal(wire.recv(2000), MARKER,
                  'sent: one at %d + %d is refused' % (start, offset))
    tap.equal((taken > 0, a.stats('send').get('drop-bad-checksum')),
              (True, taken), 'sent: and counted')
    # an error about a flow, as if it were left to a device to cut into pieces
    quote = datagram(B4, C4, 6000, 5000, bytes(1000))
    error = struct.pack('!BBHI', 3, 3, 0, 0) + quote
    device.send(ipv4(C4, B4, 1, error), IP, 2, kind=GSO_UDP, size=500)
    app.sendto(MARKER, (B4, 6000))
    tap.equal(wire.recv(2000), MARKER, 'sent: an ICMP error in pieces is harmless')
    device.close()
    peer.close()


main(received, forwarded)
