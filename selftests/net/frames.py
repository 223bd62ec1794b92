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
from raw import ipv4, summed, total, udp
from srtp_ref import Context

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


class Bare:
    """What comes to a host as it was on the wire, checksums and all."""

    def __init__(self, host, other, name):
        self.sock = raw(host, name)
        with raw(other, name) as end:
            self.addresses = end.getsockname()[4] + self.sock.getsockname()[4]

    def send(self, packet):
        kind = b'\x86\xdd' if packet[0] >> 4 == 6 else b'\x08\0'
        self.sock.send(self.addresses + kind + packet)

    def close(self):
        self.sock.close()


def bend(packet):
    """A bit of the payload turned on the way."""
    return packet[:-30] + bytes([packet[-30] ^ 4]) + packet[-29:]


def unchecked(tap):
    """Where no tag tells of damage, UDP's checksum has to."""
    a, b = pair()
    master = key(CM)
    device = Bare(b, a, 'wire')
    for v6, here, there in ((False, A4, B4), (True, A6, B6)):
        for words, properties, seqs in (
                (('unauthenticated-srtp', 'on'),
                 {'unauthenticated_srtp': True}, (1, 2)),
                (('rcc-mode', '1', 'rcc-rate', '3'),
                 {'rcc_mode': 1, 'rcc_rate': 3}, (4, 5)),
                (('rcc-mode', '3', 'rcc-rate', '3'),
                 {'rcc_mode': 3, 'rcc_rate': 3}, (6, 7))):
            name = 'IPv%d, %s: ' % (6 if v6 else 4, ' '.join(words))
            number = a.session(*flow(here, there), recv=(CM, master, *words))
            app, wire = a.socket(here, 5000), b.socket(there, 6000)
            ref = Context(CM, master[:16], master[16:], **properties)

            def refused(packet):
                device.send(packet)
                wire.sendto(MARKER, (here, 5000))
                return app.recv(2000) == MARKER

            def packet(seq):
                return summed(there, here, 6000, 5000, ref.protect(
                    rtp(seq, bytes(range(160))), 0))

            for n, seq in enumerate(seqs):
                tap.ok(refused(bend(packet(seq))),
                       name + 'a damaged packet is refused')
                tap.equal(a.stats('recv').get('drop-bad-checksum'), n + 1,
                          name + 'and counted')
                device.send(packet(seq))
                tap.equal(app.recv(2000), rtp(seq, bytes(range(160))),
                          name + 'it is taken as it was sent')
            if 'rcc-mode' in words and words[1] == '1':
                # a tag tells more than a checksum
                whole = packet(9)
                at = 40 if v6 else 20
                device.send(whole[:at + 6] + b'\x12\x34' + whole[at + 8:])
                tap.equal(app.recv(2000), rtp(9, bytes(range(160))),
                          name + 'with a tag, the checksum does not matter')
            if not v6:
                whole = packet(10)
                device.send(whole[:26] + b'\0\0' + whole[28:])
                tap.equal(app.recv(2000), rtp(10, bytes(range(160))),
                          name + 'IPv4 may do without a checksum')
            # as the sender's stack leaves it, or with one offload or none
            for offload in ('on', 'off'):
                for feature in ('tx', 'rx'):
                    a.run('ethtool', '-K', 'wire', feature, offload,
                          check=False)
                    b.run('ethtool', '-K', 'wire', feature, offload,
                          check=False)
                seq = 20 if offload == 'on' else 22
                wire.sendto(ref.protect(rtp(seq), 0), (here, 5000))
                tap.equal(app.recv(2000), rtp(seq),
                          name + 'taken with checksum offload ' + offload)
            tap.equal({k: v for k, v in a.stats('recv').items()
                       if k.startswith('drop')},
                      {'drop-bad-checksum': len(seqs)},
                      name + 'nothing else is dropped')
            a.ksrtp('session', 'del', 'id', number)
            app.close()
            wire.close()
    device.close()


def unchecked_together(tap):
    """Nor is damage covered up among packets that come as one."""
    a, b = pair()
    gro_on(a)
    master = key(CM)
    device = Bare(b, a, 'wire')
    a.session(*flow(A4, B4), recv=(CM, master, 'unauthenticated-srtp', 'on'))
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    ref = Context(CM, master[:16], master[16:], unauthenticated_srtp=True)
    plain = [rtp(seq, os.urandom(160)) for seq in range(1, 33)]
    protected = [ref.protect(p, 0) for p in plain]
    for n, p in enumerate(protected):
        packet = summed(B4, A4, 6000, 5000, p)
        device.send(bend(packet) if n % 8 == 5 else packet)
    got = [app.recv(2000) for n in range(28)]
    tap.equal(sorted(got), sorted(p for n, p in enumerate(plain) if n % 8 != 5),
              'frames in a row: all but the damaged ones')
    wire.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, len(protected[0]))
    plain = [rtp(seq, os.urandom(160)) for seq in range(100, 116)]
    wire.sendto(b''.join(ref.protect(p, 0) for p in plain), (A4, 5000))
    tap.equal([app.recv(2000) for p in plain], plain,
              'UDP_SEGMENT: checksums left to be made are as good')
    tap.equal(a.stats('recv').get('drop-bad-checksum'), 4, 'counted')
    device.close()


main(received, forwarded, unchecked, unchecked_together)
