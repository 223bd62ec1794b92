#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Show packets of the capture files, and send some that were tampered with.

packets.py show PLAIN.pcap WIRE.pcap PORT   the same packet in both captures
packets.py rtcp PLAIN.pcap PORT HOST [answered]
                                            RTCP about HOST's stream; if it
                                            must be, answered by the other
packets.py last WIRE.pcap PORT              sequence number of the last one
packets.py replay WIRE.pcap PORT            send the last one again
packets.py flip FILE SOURCE DESTINATION     send FILE, one bit of it changed
packets.py send FILE SOURCE DESTINATION     send FILE as it is

PORT is the UDP port that RTP packets go to. Addresses are ADDRESS:PORT.
"""

import socket
import struct
import sys

LINK_ETHERNET, LINK_NFLOG = 1, 239
NFLOG_PAYLOAD = 9


def blocks(path):
    """Packets of a pcapng file, as (link type, bytes)."""
    with open(path, "rb") as file:
        data = file.read()
    at, links = 0, []
    while at + 12 <= len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if size < 12:
            break
        body = data[at + 8:at + size - 4]
        if kind == 1:
            links.append(struct.unpack_from("<H", body)[0])
        elif kind == 6:
            link, _, _, captured = struct.unpack_from("<IIII", body)
            yield links[link], body[20:20 + captured]
        at += size


def ip_packet(link, data):
    if link == LINK_ETHERNET:
        return data[14:] if data[12:14] == b"\x08\x00" else b""
    at = 4
    while at + 4 <= len(data):
        size, kind = struct.unpack_from("<HH", data, at)
        if kind == NFLOG_PAYLOAD:
            return data[at + 4:at + size]
        at += max(4, size + 3 & ~3)
    return b""


def datagrams(path, port):
    """UDP datagrams to a port: (source, destination, payload)."""
    for link, data in blocks(path):
        packet = ip_packet(link, data)
        if len(packet) < 28 or packet[0] >> 4 != 4 or packet[9] != 17:
            continue
        head = (packet[0] & 15) * 4
        here, there, size = struct.unpack_from("!HHH", packet, head)
        if there == port:
            yield ((socket.inet_ntoa(packet[12:16]), here),
                   (socket.inet_ntoa(packet[16:20]), there),
                   packet[head + 8:head + size])


def sequence(payload):
    return struct.unpack_from("!H", payload, 2)[0]


def dump(payload, limit=96):
    for at in range(0, min(len(payload), limit), 16):
        row = payload[at:at + 16]
        text = "".join(chr(c) if 32 <= c < 127 else "." for c in row)
        print(f"      {at:04x}  {row.hex(' '):47}  {text}")
    if len(payload) > limit:
        print(f"      ...   {len(payload) - limit} more")


def show(plain, wire, port):
    """One packet, in the clear and as it crossed the wire."""
    clear = list(datagrams(plain, int(port)))
    crossed = {d[2][:12]: d for d in datagrams(wire, int(port))}
    if not clear:
        sys.exit(f"no packet to port {port} in {plain}")
    # the loudest or fullest one, as it were
    source, destination, payload = max(clear, key=lambda d: len(set(d[2])))
    if payload[:12] not in crossed:
        sys.exit("the packet did not cross the wire")
    sealed = crossed[payload[:12]][2]
    print("    {}:{} -> {}:{}".format(*source, *destination),
          f"RTP sequence number {sequence(payload)}")
    print(f"    the application's: {len(payload)} bytes")
    dump(payload)
    print(f"    on the wire: {len(sealed)} bytes,",
          f"{len(sealed) - len(payload)} of them the authentication tag")
    dump(sealed)
    print(f"      end   {sealed[-16:].hex(' ')}")
    everything = b"".join(d[2] for d in crossed.values())
    leaks = sum(d[2][12:] in everything for d in clear)
    print(f"    payloads of {len(clear)} packets looked for on the wire:",
          f"{leaks} found in the clear")
    return leaks == 0 and len(sealed) > len(payload)


def reports(path, port):
    """RTCP packets that went to a port: (source address, type, bytes)."""
    for (source, _), _, compound in datagrams(path, port):
        at = 0
        while at + 8 <= len(compound):
            size = (struct.unpack_from("!H", compound, at + 2)[0] + 1) * 4
            yield source, compound[at + 1], compound[at:at + size]
            at += size


def rtcp(path, port, host, answered=None):
    """The sender's reports, and whether the receiver answers to them."""
    stamps, answers = {}, 0
    for source, kind, packet in reports(path, int(port)):
        if kind == 200 and source == host:
            stamp, = struct.unpack_from("!I", packet, 10)
            stamps[stamp] = struct.unpack_from("!II", packet, 20)
            print("    {} sender report: {} packets, {} bytes so far".format(
                source, *stamps[stamp]))
        elif kind == 203 and source == host:
            print(f"    {source} goodbye")
        elif kind == 201 and packet[0] & 31:
            lost = packet[12]
            stamp, = struct.unpack_from("!I", packet, 24)
            answers += stamp in stamps
            print(f"    {source} receiver report: {lost / 2.56:.0f} % lost,",
                  "has the sender's report" if stamp in stamps
                  else "has no report of the sender")
    return bool(stamps) and (answers > 0 or not answered)


def last_packet(wire, port):
    found = list(datagrams(wire, int(port)))
    if not found:
        sys.exit(f"no packet to port {port} in {wire}")
    return max(found, key=lambda d: sequence(d[2]))


def last(wire, port):
    print(sequence(last_packet(wire, port)[2]))
    return True


def transmit(payload, source, destination):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(source)
        sock.sendto(payload, destination)
    print("    {}:{} -> {}:{}".format(*source, *destination),
          f"sequence number {sequence(payload)}, {len(payload)} bytes")
    return True


def replay(wire, port):
    source, destination, payload = last_packet(wire, port)
    return transmit(payload, source, destination)


def address(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def send(path, source, destination, flip_at=None):
    with open(path, "rb") as file:
        payload = bytearray(file.read())
    if flip_at is not None:
        print(f"    byte {flip_at}: {payload[flip_at]:02x} becomes",
              f"{payload[flip_at] ^ 1:02x}")
        payload[flip_at] ^= 1
    return transmit(bytes(payload), address(source), address(destination))


def flip(path, source, destination):
    return send(path, source, destination, flip_at=40)


if __name__ == "__main__":
    work = {"show": show, "rtcp": rtcp, "last": last, "replay": replay,
            "flip": flip, "send": send}[sys.argv[1]]
    sys.exit(0 if work(*sys.argv[2:]) else 1)
