# SPDX-License-Identifier: GPL-2.0
"""What is on a host's wire, as its interface sees it."""

import socket

ALL = 3


class Wire:
    """Frames from now on, with their link layer's header or, as SOCK_DGRAM, without."""

    def __init__(self, host, dev='wire', kind=socket.SOCK_RAW):
        with host.enter():
            # of no protocol until it is bound: else it has every device's
            self.socket = socket.socket(socket.AF_PACKET, kind, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind((dev, ALL))
        self.socket.settimeout(20)

    def next(self):
        """A frame, and whether the host has sent it."""
        frame, address = self.socket.recvfrom(1 << 17)
        return frame, address[2] == socket.PACKET_OUTGOING

    def until(self, wanted, sent=False):
        """Frames up to one with this in it; those that the host sends, too, if asked
        for."""
        frames = []
        while not frames or wanted not in frames[-1]:
            frame, outgoing = self.next()
            if sent or not outgoing:
                frames.append(frame)
        return frames

    def rest(self):
        """All that has come and nobody has looked at: see next()."""
        self.socket.setblocking(False)
        frames = []
        try:
            while True:
                frames.append(self.next())
        except BlockingIOError:
            return frames
        finally:
            self.socket.settimeout(20)

    def close(self):
        self.socket.close()
