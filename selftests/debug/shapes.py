# SPDX-License-Identifier: GPL-2.0
"""Ways to have the stack carry a datagram, and frames as they are on a wire."""

import os
import socket
import struct
import sys
from collections import namedtuple

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from bend import header_len, is_rtp_or_rtcp, MARK
from ksrtp_test import UDP_SEGMENT

SO_NO_CHECK, SOL_PACKET, PACKET_VNET_HDR = 11, 263, 15
IP, IP6 = b'\x08\x00', b'\x86\xdd'
# of frames that do not come from a stack
SPOOFED = b'\x02ksrtp'

# where a flow goes, and its sockets, which are its program's alone
Flow = namedtuple('Flow', 'name overt v6 source sport dest dport sock far')


def pack_address(v6, address):
    return socket.inet_pton(socket.AF_INET6 if v6 else socket.AF_INET, address)


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def udp_checksum(ends, udp):
    return checksum(ends + struct.pack('!II', len(udp), 17) + udp) or 65535


def ipv4(ends, payload, ident=0, fragment=0, options=b''):
    head = struct.pack('!BBHHHBBH', 0x45 + len(options) // 4, 0,
                       (20 + len(options) + len(payload)) & 0xffff, ident,
                       fragment, 64, 17, 0) + ends + options
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + payload


def ipv6(ends, payload, kind=17):
    return struct.pack('!IHBB', 6 << 28, len(payload) & 0xffff, kind, 64) + \
        ends + payload


class Shapes:
    """What a host's programs can make the stack do with a datagram."""

    def __init__(self, host, pick, sealer):
        self.pick, self.seal = pick, sealer.seal
        with host.enter():
            self.raw = socket.socket(socket.AF_INET, socket.SOCK_RAW,
                                     socket.IPPROTO_RAW)
            self.raw6 = socket.socket(socket.AF_INET6, socket.SOCK_RAW,
                                      socket.IPPROTO_RAW)

    def send(self, flow, packet):
        """Seal a packet and send it, in one way or another."""
        try:
            self.pick.choice((self.plainly, self.plainly, self.plainly,
                              self.pieces, self.segments, self.unchecked,
                              self.raws, self.raws))(flow, packet)
        except OSError:
            # too long, no segments that small, and the like
            pass

    def plainly(self, flow, packet):
        flow.sock.send(self.seal(packet, flow.overt))

    def unchecked(self, flow, packet):
        flow.sock.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
        try:
            self.plainly(flow, packet)
        finally:
            flow.sock.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 0)

    def pieces(self, flow, packet):
        """In pieces, which become page fragments."""
        data = self.seal(packet, flow.overt)
        at = sorted(self.pick.randrange(len(data) + 1) for i in range(3))
        for start, end in zip([0] + at[:2], at[:2] + [None]):
            flow.sock.send(data[start:end],
                           socket.MSG_MORE if end is not None else 0)

    def segments(self, flow, packet):
        """A super-packet of equal parts, or nearly, with one number or more."""
        pick = self.pick
        if not packet:
            return
        size = pick.choice((len(packet), max(len(packet) - 1, 1),
                            pick.randrange(1, 1400)))
        apart, parts = pick.randrange(3), []
        for i in range(pick.randrange(1, 9)):
            part = packet[:size] + bytes(size - len(packet[:size]))
            if len(part) >= 4:
                seq = struct.unpack('!H', part[2:4])[0] + i * apart
                part = part[:2] + struct.pack('!H', seq & 0xffff) + part[4:]
            parts.append(self.seal(part, flow.overt))
        if pick.random() < .3:
            parts[-1] = self.seal(packet[:pick.randrange(size) + 1], flow.overt)
        flow.sock.sendmsg([b''.join(parts)], [(
            socket.IPPROTO_UDP, UDP_SEGMENT, struct.pack('=H', size))])

    def raws(self, flow, packet):
        """As no socket would: lengths that lie, fragments, options."""
        pick = self.pick
        size = 8 + len(packet)
        if pick.random() < .3:
            size = pick.choice((0, 7, 8, 9, 8 + len(packet) // 2, size + 1,
                                65535))
        # who believes the length gets that much
        within = len(packet) if size > 8 + len(packet) else max(size - 8, 0)
        data = self.seal(packet[:within], flow.overt) + \
            self.seal(packet[within:], True)
        check = pick.choice((0, 0, 0x1234))
        udp = struct.pack('!HHHH', flow.sport, flow.dport, size & 0xffff,
                          check) + data
        if flow.v6 and not check:
            # without one it goes nowhere
            udp = udp[:6] + struct.pack('!H', udp_checksum(
                self.ends(flow), udp)) + udp[8:]
        pieces = [(0, False, udp)]
        if pick.random() < .4 and len(udp) > 24:
            cut = 8 * pick.randrange(1, len(udp) // 8)
            pieces = [(0, True, udp[:cut]), (cut, False, udp[cut:])]
            if pick.random() < .3:
                pieces.pop(pick.randrange(2))
            if pick.random() < .3:
                pieces.reverse()
        ident = pick.randrange(65536)
        for piece in pieces:
            (self.raw6_piece if flow.v6 else self.raw4_piece)(flow, ident, *piece)

    @staticmethod
    def ends(flow):
        return pack_address(flow.v6, flow.source) + \
            pack_address(flow.v6, flow.dest)

    def raw4_piece(self, flow, ident, at, more, piece):
        options = bytes([1] * 4 * self.pick.choice((0, 0, 1, 10)))
        self.raw.sendto(ipv4(self.ends(flow), piece, ident,
                             0x2000 * more | at // 8, options), (flow.dest, 0))

    def raw6_piece(self, flow, ident, at, more, piece):
        kind = 17
        if at or more:
            piece = struct.pack('!BBHI', kind, 0, at | more, ident) + piece
            kind = 44
        # hop-by-hop options, options of the destination, a route that is over
        before = self.pick.choice((None, None, 0, 60, 43, 'route'))
        if before == 'route':
            piece = self.route(kind, pack_address(True, flow.dest)) + piece
            kind = 43
        elif before is not None:
            option = b'\x04\0' if before == 43 else b'\x01\x04'
            piece = bytes([kind, 0]) + option + bytes(4) + piece
            kind = before
        self.raw6.sendto(ipv6(self.ends(flow), piece, kind=kind),
                         (flow.dest, 0))


    def route(self, kind, dest):
        """A routing header that has the destination as its last segment, or is
        too short to have one."""
        kind_of_route = self.pick.choice((3, 4))
        # RPL leaves out what an address has in common with the one before
        same = self.pick.choice((0, 8, 15)) if kind_of_route == 3 else 0
        padding = -(16 - same) % 8
        last = dest[same:] + bytes(padding)
        size = self.pick.choice((len(last) // 8, len(last) // 8, 0))
        return bytes([kind, size, kind_of_route, 1, same, padding << 4, 0, 0]) + \
            last[:8 * size]


class Injector:
    """Puts frames on a host's wire, past its hooks."""

    def __init__(self, host, device, pick):
        self.pick = pick
        with host.enter():
            self.plain = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            self.offloaded = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.offloaded.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
        for sock in (self.plain, self.offloaded):
            sock.bind((device, 0))

    def inject(self, frame, payload):
        """Of a frame that was on the wire, one with another payload."""
        ends = frame[26:34] if frame[12:14] == IP else frame[22:54]
        ports = frame[start(frame) - 8:start(frame) - 4]
        udp = ports + struct.pack('!HH', (8 + len(payload)) & 0xffff, 0) + \
            payload
        partial = self.pick.random() < .3
        if partial:
            sum_ = ~checksum(ends + struct.pack('!II', len(udp), 17)) & 0xffff
        else:
            sum_ = self.pick.choice((udp_checksum(ends, udp), 0, 0x1234))
        udp = udp[:6] + struct.pack('!H', sum_) + udp[8:]
        packet = frame[:6] + SPOOFED + frame[12:14] + \
            (ipv4 if frame[12:14] == IP else ipv6)(ends, udp)
        try:
            if partial:
                self.offloaded.send(self.offload(start(frame) - 8, payload) +
                                    packet)
            else:
                self.plain.send(packet)
        except OSError:
            # too long, or offloads that make no sense
            pass

    def offload(self, at, payload):
        """A header that leaves checksum and segmentation to the device."""
        pick = self.pick
        kind, size = 0, 0
        if pick.random() < .7 and payload:
            kind = pick.choice((5, 5, 5, 5, 3, 1, 4, 0x80))
            size = pick.choice((pick.randrange(1, 1500), max(
                len(payload) // pick.randrange(1, 9), 1)))
        # how much of it is in one piece; the rest becomes page fragments
        linear = pick.choice((at + 8, at + 8, 14, 0, 200, 65535))
        where, offset = at, 6
        if pick.random() < .1:
            # where it is not, and may be gone before it is made
            where = pick.choice((14, at - 8, at + 8, at + len(payload),
                                 at + pick.randrange(len(payload) + 8)))
            offset = pick.choice((0, 2, 6, 10, len(payload)))
        return struct.pack('=BBHHHH', pick.choice((1, 1, 1, 0, 2)), kind,
                           linear, size, where, offset & 0xffff)


def start(frame):
    """Where the payload of a frame begins; 0 if it is of no use here.

    It is, if it has a datagram, or the first part of one, behind no headers but
    the usual."""
    if frame[12:14] == IP and len(frame) > 42 and frame[23] == 17 and \
            frame[14] == 0x45 and not struct.unpack('!H', frame[20:22])[0] & 0x1fff:
        return 42
    if frame[12:14] == IP6 and len(frame) > 62 and frame[20] == 17:
        return 62
    return 0


def datagram(frame):
    """Where the payload of a frame begins, behind whatever headers; 0 if it has
    none, or a later part of one."""
    at = len(frame)
    if frame[12:14] == IP and len(frame) > 42 and frame[23] == 17 and \
            not struct.unpack('!H', frame[20:22])[0] & 0x1fff:
        at = 14 + (frame[14] & 15) * 4 + 8
    elif frame[12:14] == IP6 and len(frame) > 62:
        kind, here = frame[20], 54
        # hop-by-hop options, routing, fragment, destination options
        while kind in (0, 43, 44, 60) and len(frame) > here + 8:
            if kind == 44 and frame[here + 2:here + 4] >= b'\0\x08':
                return 0
            kind, here = frame[here], here + 8 + (
                0 if kind == 44 else frame[here + 1] * 8)
        if kind == 17:
            at = here + 8
    return at if at < len(frame) else 0


def plain(frame):
    """Is there a payload in clear on the wire?"""
    at = datagram(frame)
    if not at:
        return False
    # what follows the datagram is not of it: only a raw socket sends that
    length = struct.unpack('!H', frame[at - 4:at - 2])[0]
    packet = frame[at:at - 8 + length]
    # what is no RTP (RFC 7983) is nobody's
    return is_rtp_or_rtcp(packet) and MARK in packet[header_len(packet):]
