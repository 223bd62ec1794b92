# SPDX-License-Identifier: GPL-2.0
"""What was on the wires of gateways: when, from whom, and with which packet index."""

import hashlib
import os
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../recipes'))
from judge import Wire
from ksrtp_test import _Inside

# what only packets in the clear have in them
MEDIA = b'in the clear '
CLEAR = MEDIA, b'a@example'
PACKET_OUTGOING, RTMGRP_IPV4_IFADDR, RTM_NEWADDR = 4, 0x10, 20
# of the kernel, since this program may have to wait
SO_TIMESTAMPNS, BOOT = 35, time.time() - time.monotonic()


def receive(sock):
    """A packet, when it came, and where from."""
    data, control, _, address = sock.recvmsg(65536, 64)
    at = time.monotonic()
    for level, kind, value in control:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
            seconds, ns = struct.unpack('=qq', value)
            at = seconds + ns / 1e9 - BOOT
    return data, at, address


class Outside(Wire):
    """What a gateway sends to its wire outside, and when."""

    def __init__(self, gateway):
        self.gateway, self.times = gateway, []
        super().__init__('lan', gateway + '-eth0')
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)

    def listen(self):
        while True:
            try:
                frame, at, where = receive(self.socket)
            except OSError:
                # nothing came, or the link is down, which may come up again
                if self.ended:
                    return
                continue
            # what goes to the gateway is not of the gateway
            if where[2] != PACKET_OUTGOING and frame[12:14] == b'\x08\x00' and \
                    frame[23] == socket.IPPROTO_UDP:
                self.frames.append(frame)
                self.times.append(at)

    def packets(self):
        """(time, sender by its link layer, source, destination, its port, packet)"""
        for at, frame, (source, _, to, port, packet) in zip(
                self.times, self.frames, self.datagrams()):
            yield at, frame[6:12].hex(), source, to, port, packet


class Use:
    """One packet on a wire, protected with some index."""

    def __init__(self, at, gateway, sender, packet):
        self.at, self.gateway, self.sender, self.packet = at, gateway, sender, packet

    def __repr__(self):
        return '%.6f on the wire of %s, from %s, %d bytes, digest %s' % (
            self.at, self.gateway, self.sender, len(self.packet),
            hashlib.sha256(self.packet).hexdigest()[:12])


class Addresses:
    """When a gateway got an address."""

    def __init__(self, gateway, address):
        self.times, self.ended = [], False
        self.address = socket.inet_aton(address)
        with _Inside(gateway):
            self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                        socket.NETLINK_ROUTE)
        self.socket.bind((0, RTMGRP_IPV4_IFADDR))
        self.socket.settimeout(0.2)
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        while not self.ended:
            try:
                message = self.socket.recv(8192)
            except OSError:
                continue
            if struct.unpack_from('=H', message, 4)[0] == RTM_NEWADDR and \
                    self.address in message:
                self.times.append(time.monotonic())

    def close(self):
        """It keeps the namespace in being."""
        self.ended = True
        self.thread.join()
        self.socket.close()


class Proof:
    """Which indexes were used, by whom and when; and what was none."""

    def __init__(self, calls, wires, to_host):
        self.used, self.plain, self.unknown = {}, [], []
        ports = {call.port + kind: (call, kind) for call in calls for kind in (0, 1)}
        for wire in wires:
            for at, sender, source, to, port, packet in wire.packets():
                if to != to_host or port not in ports:
                    continue
                call, control = ports[port]
                if any(text in packet for text in CLEAR):
                    self.plain.append((at, wire.gateway, source, port, packet[:24].hex()))
                    continue
                index = call.index(packet, control)
                if index is None:
                    self.unknown.append(at)
                    continue
                ssrc = int.from_bytes(packet[4:8] if control else packet[8:12], 'big')
                use = call.port, control, ssrc, index
                self.used.setdefault(use, []).append(
                    Use(at, wire.gateway, sender, packet))
        for uses in self.used.values():
            uses.sort(key=lambda use: use.at)

    def again(self, start, end, same):
        """Uses of an index after the first one: the same packet once more, or another
        packet, whose contents both are then given away."""
        return ['port %d, %s, SSRC %x, index %d: %r' % (
            port, 'RTCP' if control else 'RTP', ssrc, index, uses)
            for (port, control, ssrc, index), uses in self.used.items()
            if any(start <= use.at <= end and (use.packet == uses[0].packet) == same
                   for use in uses[1:])]

    def reused(self, start=0, end=float('inf')):
        return self.again(start, end, False)

    def repeated(self, start=0, end=float('inf')):
        return self.again(start, end, True)

    def order(self, ssrc):
        """When, by whom and with which index a report was sent."""
        return sorted((use.at, use.gateway, index) for (_, control, source, index), uses
                      in self.used.items() if control and source == ssrc
                      for use in uses)

    def gateways(self):
        return {use.gateway for uses in self.used.values() for use in uses}

    def rollovers(self):
        return {(port, index >> 16) for port, control, _, index in self.used if not control}
