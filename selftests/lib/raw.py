# SPDX-License-Identifier: GPL-2.0
"""Packets as they are on the wire, made by hand."""

import socket
import struct


def total(data):
    """Sum in one's complement; 0xffff if a checksum in it is right."""
    data += bytes(len(data) % 2)
    number = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while number >> 16:
        number = (number & 0xffff) + (number >> 16)
    return number


def ipv4(source, dest, protocol, payload, options=b'', fragment=0):
    head = struct.pack('!BBHHHBBH4s4s', 0x45 + len(options) // 4, 0,
                       20 + len(options) + len(payload), 1, fragment, 64,
                       protocol, 0, socket.inet_aton(source),
                       socket.inet_aton(dest)) + options
    check = ~total(head) & 0xffff
    return head[:10] + struct.pack('!H', check) + head[12:] + payload


def ipv6(source, dest, protocol, payload):
    return struct.pack('!IHBB16s16s', 6 << 28, len(payload), protocol, 64,
                       socket.inet_pton(socket.AF_INET6, source),
                       socket.inet_pton(socket.AF_INET6, dest)) + payload


def udp(sport, dport, payload, check=0):
    return struct.pack('!HHHH', sport, dport, 8 + len(payload), check) + payload


def summed(source, dest, sport, dport, payload):
    """A packet of either family with its UDP checksum made."""
    v6 = ':' in source
    family = socket.AF_INET6 if v6 else socket.AF_INET
    ends = b''.join(socket.inet_pton(family, one) for one in (source, dest))
    datagram = udp(sport, dport, payload)
    check = ~total(ends + struct.pack('!II' if v6 else '!HH',
                                      *((len(datagram), 17) if v6 else
                                        (17, len(datagram)))) + datagram)
    datagram = udp(sport, dport, payload, check & 0xffff or 0xffff)
    return (ipv6 if v6 else ipv4)(source, dest, 17, datagram)


def fragments(packet, ident, size=600):
    """A packet in pieces of such a size, which is a multiple of 8."""
    v6 = packet[0] >> 4 == 6
    source, dest, payload = (
        (packet[8:24], packet[24:40], packet[40:]) if v6 else
        (packet[12:16], packet[16:20], packet[20:]))
    source, dest = (socket.inet_ntop(socket.AF_INET6 if v6 else socket.AF_INET, end)
                    for end in (source, dest))
    pieces = []
    for at in range(0, len(payload), size):
        more, piece = at + size < len(payload), payload[at:at + size]
        if v6:
            pieces.append(ipv6(source, dest, 44, struct.pack(
                '!BBHI', packet[6], 0, at | more, ident) + piece))
        else:
            whole = ipv4(source, dest, packet[9], piece,
                         fragment=at // 8 | more << 13)
            pieces.append(whole[:4] + struct.pack('!H', ident) + whole[6:])
    return pieces
