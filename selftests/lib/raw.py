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
