# SPDX-License-Identifier: GPL-2.0
"""Generic netlink in raw messages, for what no tool would send."""

import os
import socket
import struct

NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLMSG_NOOP, NLMSG_ERROR, NLMSG_DONE, NLMSG_OVERRUN = 1, 2, 3, 4
NLA_F_NESTED = 0x8000
SOL_NETLINK = 270
CTRL = 16


def attr(kind, data=b''):
    """An attribute; ints become u32."""
    if isinstance(data, int):
        data = struct.pack('=I', data)
    return (struct.pack('=HH', len(data) + 4, kind) + data +
            bytes(-len(data) % 4))


def nest(kind, *attrs):
    return attr(kind | NLA_F_NESTED, b''.join(attrs))


def parse(data):
    """Attributes as a list of (type, bytes)."""
    found = []
    while len(data) >= 4:
        size, kind = struct.unpack_from('=HH', data)
        found.append((kind & 0x3fff, data[4:size]))
        data = data[size + 3 & ~3:]
    return found


class Refused(Exception):
    def __init__(self, errno, message, offset):
        super().__init__('%s: %s' % (os.strerror(errno), message))
        self.errno, self.message, self.offset = errno, message, offset


class Genl:
    def __init__(self, family='ksrtp'):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.bind((0, 0))
        for option in (11, 10, 12):    # EXT_ACK, CAP_ACK, GET_STRICT_CHK
            self.sock.setsockopt(SOL_NETLINK, option, 1)
        self.sock.settimeout(20)
        self.seq = 0
        reply = self.ask(CTRL, 3, attr(2, family.encode() + b'\0'))[0]
        self.info = dict(parse(reply))
        self.family = struct.unpack('=H', self.info[1])[0]

    def group(self, name):
        """The number of a multicast group."""
        for kind, data in parse(self.info[7]):
            found = dict(parse(data))
            if found[1] == name.encode() + b'\0':
                return struct.unpack('=I', found[2])[0]
        raise KeyError(name)

    def send(self, family, cmd, attrs=b'', flags=NLM_F_ACK, version=1,
             reserved=0):
        self.seq += 1
        body = struct.pack('=BBH', cmd, version, reserved) + attrs
        self.sock.send(struct.pack('=IHHII', 16 + len(body), family,
                                   NLM_F_REQUEST | flags, self.seq, 0) + body)

    def ask(self, family, cmd, attrs=b'', flags=NLM_F_ACK, **options):
        """Payloads of the replies, or Refused."""
        self.send(family, cmd, attrs, flags, **options)
        replies = []
        while True:
            data = self.sock.recv(1 << 17)
            while data:
                size, kind, mflags, seq = struct.unpack_from('=IHHI', data)
                body = data[16:size]
                data = data[size + 3 & ~3:]
                if seq != self.seq:
                    continue
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    code = struct.unpack_from('=i', body)[0]
                    if not code:
                        return replies
                    extra = body[4 + (16 if kind == NLMSG_ERROR else 0):]
                    found = dict(parse(extra)) if mflags & 0x200 else {}
                    raise Refused(-code, found.get(1, b'').rstrip(b'\0')
                                  .decode(), struct.unpack(
                                      '=I', found[2])[0] if 2 in found else 0)
                replies.append(body[4:])

    def do(self, cmd, *attrs, **options):
        return self.ask(self.family, cmd, b''.join(attrs), **options)

    def dump(self, cmd, *attrs, **options):
        return self.ask(self.family, cmd, b''.join(attrs),
                        NLM_F_ACK | NLM_F_DUMP, **options)
