#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Packets that are not what they should be: dropped, and counted by cause."""

import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
from raw import ipv6, total, udp


def tampering(tap):
    a, b = pair()
    for suite in (CM, 'AES_CM_128_HMAC_SHA1_32', GCM):
        call = Call(a, b, suite)
        good = call.peer.protect(rtp(1, os.urandom(40), csrcs=(1, 2),
                                     extension=bytes(8)))
        bad = [good[:n] + bytes([good[n] ^ 1 << n % 8]) + good[n + 1:]
               for n in range(len(good))]
        tap.equal(call.refused(bad), [],
                  suite + ': SRTP with any byte changed is dropped')
        tap.ok(call.through(good), suite + ': and does not harm the good one')
        tap.equal(sum(v for k, v in a.stats('recv').items()
                      if k.startswith('drop')), len(bad) - passed(a),
                  suite + ': all are counted')

        good = call.peer.protect_rtcp(rtcp(blocks=1))
        bad = [good[:n] + bytes([good[n] ^ 1 << n % 8]) + good[n + 1:]
               for n in range(len(good))]
        tap.equal(call.refused(bad, True), [],
                  suite + ': SRTCP with any byte changed is dropped')
        tap.equal(call.through(good, True), rtcp(blocks=1),
                  suite + ': and does not harm the good one')
        call.close()


def passed(host):
    """Packets passed but for the marker."""
    return host.stats('recv').get('passed', 0) - 1


def truncation(tap):
    a, b = pair()
    for suite in (CM, GCM):
        call = Call(a, b, suite)
        good = call.peer.protect(rtp(1, os.urandom(40), csrcs=(1, 2),
                                     extension=bytes(8)))
        bad = [good[:n] for n in range(1, len(good))]
        tap.equal(call.refused(bad), [],
                  suite + ': SRTP of any shorter length is dropped')
        good = call.peer.protect_rtcp(rtcp(blocks=1))
        bad = [good[:n] for n in range(1, len(good))]
        tap.equal(call.refused(bad, True), [],
                  suite + ': SRTCP of any shorter length is dropped')
        stats = a.stats('recv')
        tap.ok(stats.get('drop-short') and stats.get('drop-bad-rtp') and
               stats.get('drop-bad-tag'), suite + ': by cause', stats)

        plain = rtp(1, os.urandom(40), csrcs=(1, 2), extension=bytes(8))
        header = 12 + 8 + 4 + 8
        tap.equal(call.refused_out([plain[:n] for n in range(1, header)]), [],
                  suite + ': RTP cut within its header is not sent')
        report = rtcp(blocks=1)
        whole = (52,)
        tap.equal(call.refused_out([report[:n] for n in range(1, len(report))
                                    if n not in whole], True), [],
                  suite + ': a compound RTCP packet that is cut is not sent')
        stats = a.stats('send')
        tap.ok(stats.get('drop-short') and stats.get('drop-bad-rtp') and
               stats.get('drop-bad-rtcp'), suite + ': by cause', stats)
        call.close()


def one_cause(tap, call, name, packet, cause, control=False, out=False):
    """A packet is dropped, and counted by its cause alone."""
    direction = 'send' if out else 'recv'
    before = call.a.stats(direction)
    got = (call.refused_out if out else call.refused)([packet], control)
    after = call.a.stats(direction)
    changed = {k: after[k] - before.get(k, 0) for k in after
               if after[k] != before.get(k, 0)}
    tap.equal((got, changed), ([], {'passed': 1, 'drop-' + cause: 1}), name)


def causes(tap):
    a, b = pair()
    call = Call(a, b)
    text = b'The quick brown fox jumps over the lazy dog, again and again.'
    one_cause(tap, call, 'receive: plain RTP', rtp(1, bytes(160)), 'plaintext')
    one_cause(tap, call, 'receive: plain RTP with text', rtp(1, text * 2),
              'plaintext')
    one_cause(tap, call, 'receive: plain RTCP', rtcp(), 'plaintext', True)
    one_cause(tap, call, 'receive: noise', rtp(1, os.urandom(160)), 'bad-tag')
    one_cause(tap, call, 'receive: too short for a tag', rtp(1, b'123456789'),
              'short')
    one_cause(tap, call, 'receive: CSRCs past the end',
              b'\x8f' + rtp(1, b'0123456789')[1:], 'bad-rtp')
    one_cause(tap, call, 'receive: extension longer than the packet',
              b'\x90' + rtp(1)[1:] + b'\xbe\xde\x01\x00' + bytes(20), 'bad-rtp')
    for first in (4, 15, 80, 127, 192, 255):
        one_cause(tap, call, 'receive: first byte %d' % first,
                  bytes([first]) + rtp(1, bytes(50))[1:], 'bad-version')
    good = call.peer.protect_rtcp(rtcp())
    clear = good[:-14] + bytes([good[-14] & 0x7f]) + good[-13:]
    one_cause(tap, call, 'receive: SRTCP that says it is not encrypted',
              clear, 'unencrypted', True)
    one_cause(tap, call, 'receive: RTP on the port of RTCP',
              call.peer.protect(rtp(1, bytes(50))), 'bad-rtcp', True)
    for first in (4, 80, 200):
        one_cause(tap, call, 'send: first byte %d' % first,
                  bytes([first]) + rtp(1, bytes(50))[1:], 'bad-version',
                  out=True)
    one_cause(tap, call, 'send: CSRCs past the end', b'\x8f' + rtp(1)[1:],
              'bad-rtp', out=True)
    one_cause(tap, call, 'send: RTCP with rubbish behind',
              rtcp() + b'rubbish!', 'bad-rtcp', True, True)
    one_cause(tap, call, 'send: RTCP of another version',
              rtcp()[:28] + b'\x41' + rtcp()[29:], 'bad-rtcp', True, True)
    one_cause(tap, call, 'send: RTCP padded in the middle',
              b'\xa0' + rtcp()[1:], 'bad-rtcp', True, True)
    call.close()


def others(tap):
    a, b = pair()
    call = Call(a, b, GCM, words=('rtcp-mux',))
    for name, first in (('STUN', 1), ('ZRTP', 16), ('DTLS', 22), ('TURN', 64)):
        packet = bytes([first]) + bytes(range(99))
        tap.equal(call.out(packet), packet, name + ' passes on its way out')
        tap.equal(call.through(packet), packet, name + ' passes on its way in')
    call.put(b'')
    tap.equal(call.get(), b'', 'an empty datagram passes')
    tap.equal(a.stats('recv'), {'passed': 5}, 'what passes is counted')
    call.close()


def pending(tap):
    a, b = pair()
    peer = Peer(CM, key(CM))
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    number = a.session(*flow(A4, B4))

    def silent(sender, to, receiver, packet):
        sender.sendto(packet, to)
        sender.sendto(MARKER, to)
        return receiver.recv(2000) == MARKER

    tap.ok(silent(app, (B4, 6000), wire, rtp(1, b'secret')),
           'a session without keys sends nothing')
    tap.ok(silent(wire, (A4, 5000), app, rtp(1, b'secret')),
           'a session without keys receives nothing')
    tap.equal((a.stats('send').get('drop-no-key'),
               a.stats('recv').get('drop-no-key')), (1, 1), 'both are counted')
    a.ksrtp('session', 'set', 'id', number, 'send', 'suite', CM,
            'insecure-key', key(CM).hex())
    app.sendto(rtp(2, b'secret'), (B4, 6000))
    tap.equal(peer.unprotect(wire.recv(2000)), rtp(2, b'secret'),
              'with a key it sends')
    tap.ok(silent(wire, (A4, 5000), app, rtp(1, b'secret')),
           'and, without the other, still receives nothing')
    a.ksrtp('session', 'del', 'id', number)

    number = a.session(*flow(A4, B4), send=(CM, key(CM)))
    wire.sendto(rtp(5, b'plain'), (A4, 5000))
    tap.equal(app.recv(2000), rtp(5, b'plain'),
              'a session that only protects leaves what comes in alone')
    a.ksrtp('session', 'del', 'id', number)
    number = a.session(*flow(A4, B4), recv=(CM, key(CM)))
    app.sendto(rtp(6, b'plain'), (B4, 6000))
    tap.equal(wire.recv(2000), rtp(6, b'plain'),
              'a session that only unprotects leaves what goes out alone')


def with_options(source, dest, count, payload):
    """A datagram behind so many headers with options."""
    datagram = udp(source[1], dest[1], payload)
    addresses = ipv6(source[0], dest[0], 0, b'')[8:]
    check = ~total(addresses + struct.pack('!II', len(datagram), 17) +
                   datagram) & 0xffff
    options = b''.join(bytes((17 if n == count - 1 else 60, 0, 1, 4)) + bytes(4)
                       for n in range(count))
    return ipv6(source[0], dest[0], 60 if count else 17, options + udp(
        source[1], dest[1], payload, check or 0xffff))


def headers(tap):
    """More headers than the kernel reads are no way past us."""
    a, b, c = behind_gateway()
    master = key(GCM)
    a.session(*flow(C6, B6), send=(GCM, master), recv=(GCM, master))
    peer = Peer(GCM, master)
    raw, wire = {}, {}
    for host, dev in ((b, 'wire'), (c, 'inside')):
        with host.enter():
            raw[host] = socket.socket(socket.AF_INET6, socket.SOCK_RAW,
                                      socket.IPPROTO_RAW)
            wire[host] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                       socket.htons(3))
            wire[host].bind((dev, 0))
            wire[host].settimeout(20)

    def seen(host, end):
        """The datagrams, from the last on, that a host has got."""
        found = []
        while not found or not found[-1].endswith(end):
            frame, address = wire[host].recvfrom(65536)
            if address[2] != socket.PACKET_OUTGOING and (
                    frame[20:21] in (b'\x3c', b'\x11')):
                found.append(frame)
        return found[:-1]

    outer, inner = (B6, 6000), (C6, 5000)
    for sender, receiver, source, dest, sealed in (
            (b, c, outer, inner, True), (c, b, inner, outer, False)):
        way = 'in' if sealed else 'out'
        plain = rtp(1, b'a few')
        raw[sender].sendto(with_options(
            source, dest, 3, peer.protect(plain) if sealed else plain),
                           (dest[0], 0))
        raw[sender].sendto(with_options(source, dest, 0, MARKER), (dest[0], 0))
        got = [frame[14 + 40 + 24 + 8:] for frame in seen(receiver, MARKER)]
        tap.equal(got if sealed else [peer.unprotect(one) for one in got],
                  [plain], 'with three headers before it a packet goes ' + way)
        for count in (9, 12, 13, 20, 100):
            raw[sender].sendto(with_options(source, dest, count,
                                            rtp(count, b'many')), (dest[0], 0))
        raw[sender].sendto(with_options(source, dest, 0, MARKER), (dest[0], 0))
        tap.ok(not any(b'many' in frame for frame in seen(receiver, MARKER)),
               'no number of them gets plaintext %s' % way)
    peer.close()


def no_leak(tap):
    """Key material shows nowhere."""
    a, b = pair()
    call = Call(a, b)
    call.out(rtp(1))
    call.through(call.peer.protect(rtp(1)))
    shown = a.ksrtp('-j', '-s', 'session', 'show').stdout
    shown += a.ksrtp('-j', '-s', 'stream', 'show').stdout
    shown += run('dmesg').stdout
    master = call.master.hex()
    tap.ok(master[:32] not in shown and master[32:] not in shown,
           'neither lists nor the log show the key')
    call.close()


main(tampering, truncation, causes, others, pending, headers, no_leak)
