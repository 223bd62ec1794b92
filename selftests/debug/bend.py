# SPDX-License-Identifier: GPL-2.0
"""Packets of RTP and RTCP that bear their sender's seal, and ways to bend them.

The seal is a code over what protection gives back as it was. It is put on a
packet after bending, so that whatever an application gets of a packet that was
forged or changed on its way, or twice, is known by it."""

import hashlib
import struct

MARK = b'plain media'
# in its place, in what may be on the wire in clear
OPEN = b'overt media'
SECRET = b'of both ends'
SEAL = 17


def is_rtp_or_rtcp(packet):
    return len(packet) > 1 and 128 <= packet[0] < 192


def is_rtcp(packet):
    return 192 <= packet[1] < 224


def header_len(packet):
    """How much of a packet is in clear by its nature."""
    if is_rtcp(packet):
        return 8
    end = 12 + 4 * (packet[0] & 15)
    if packet[0] & 16 and len(packet) >= end + 4:
        end += 4 + 4 * struct.unpack('!H', packet[end + 2:end + 4])[0]
    return end


def code(packet, body):
    # cryptex may leave an extension, and the bit for it
    first = bytes([packet[0] & ~16]) + packet[1:min(header_len(packet), 12)]
    return hashlib.blake2s(first + body[:8 - SEAL] + body[-1:], key=SECRET,
                           digest_size=8).digest()


class Sealer:
    """Seals packets, none of them like any other."""

    def __init__(self, number):
        self.next = number << 48

    def seal(self, packet, overt=False):
        """A packet as it is sent, if it is long enough for a seal."""
        if overt or not is_rtp_or_rtcp(packet):
            packet = packet.replace(MARK, OPEN)
        if not is_rtp_or_rtcp(packet):
            return packet
        # bent, a header may end behind what was payload
        end = header_len(packet)
        packet = packet[:end].replace(MARK, OPEN) + packet[end:]
        body = packet[end:]
        if len(packet) < 12 or len(body) < SEAL:
            return packet
        self.next += 1
        # the last byte may tell how much padding there is
        body = body[:-SEAL] + struct.pack('!Q', self.next) + bytes(8) + \
            body[-1:]
        return packet[:-SEAL] + body[-SEAL:8 - SEAL] + code(packet, body) + \
            body[-1:]


def sealed(packet):
    """The number in a packet's seal; None if it can have none; 0 if forged."""
    if not is_rtp_or_rtcp(packet) or len(packet) < 12:
        return None
    body = packet[header_len(packet):]
    if len(body) < SEAL:
        return None
    if body[8 - SEAL:-1] != code(packet, body):
        return 0
    return struct.unpack('!Q', body[-SEAL:8 - SEAL])[0]


def some_extension(pick):
    way = pick.randrange(6)
    if way == 0:
        return 0xbede, b''
    if way == 1:
        return 0xbede, b'\x10\xaa\x21\xbb\xcc\0\0\0'
    if way == 2:
        return 0x1000 + pick.randrange(16), b'\x01\x02\xaa\xbb\x09\0\0\0'
    # those of RFC 9335, from one who must not send them, and any other
    return pick.choice((0xbede, 0xc0de, 0xc2de, pick.randrange(65536))), \
        pick.randbytes(4 * pick.randrange(20))


def some_rtp(pick, seq, ssrc):
    """An RTP packet with any of CSRCs, an extension and padding."""
    csrcs = pick.choice((0, 0, 1, 15))
    extension = some_extension(pick) if pick.random() < .5 else None
    padding = pick.choice((0, 0, 0, 1, 4, 255))
    first = 0x80 | csrcs | (16 if extension else 0) | (32 if padding else 0)
    packet = struct.pack('!BBHII', first, pick.choice((0, 96, 224)),
                         seq & 0xffff, seq * 160 & 0xffffffff, ssrc)
    packet += pick.randbytes(4 * csrcs)
    if extension:
        kind, data = extension
        packet += struct.pack('!HH', kind, len(data) // 4) + data
    packet += MARK + bytes(SEAL) + pick.randbytes(
        pick.choice((0, 3, 20, 160, 1200, 3000)))
    if padding:
        packet += bytes(padding - 1) + bytes([padding])
    return packet


def some_rtcp(pick, ssrc):
    """A compound packet; its last part has room for a seal."""
    def part(count, kind, data):
        return struct.pack('!BBH', 0x80 | count, kind, len(data) // 4) + data

    own = struct.pack('!I', ssrc)
    blocks = pick.choice((0, 0, 1, 3, 31))
    parts = [part(blocks, 200, own + pick.randbytes(20 + 24 * blocks))
             if pick.random() < .5 else
             part(blocks, 201, own + pick.randbytes(24 * blocks))]
    parts.append(part(1, 202, own + b'\x01\x09a@example\0'))
    for kind in (203, 205, 206, 207):
        if pick.random() < .3:
            parts.append(part(1, kind, own + pick.randbytes(
                4 * pick.randrange(5))))
    if pick.random() < .1:
        parts = []    # reduced size, RFC 5506
    padding = pick.choice((0, 0, 0, 4, 40))
    last = own + b'name' + MARK + bytes(SEAL) + bytes(
        4 * pick.randrange(9))
    if padding:
        last += bytes(padding - 1) + bytes([padding])
    last = part(1, 204, last)
    if padding:
        last = bytes([last[0] | 32]) + last[1:]
    return b''.join(parts) + last


def bend(pick, data):
    """A packet that is nearly one."""
    data = bytearray(data)
    for i in range(pick.choice((0, 0, 1, 1, 2, 5))):
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
