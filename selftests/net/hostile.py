#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Packets that are not what they should be: dropped, and counted by cause."""

import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
from genl import Genl, Refused, attr
from raw import ipv6, total, udp
from srtp_ref import SRTCP, SRTP, Context

SESSION_GET, KEY_GET, STAT_GET = 4, 17, 21
SOL_NETLINK, ADD_MEMBERSHIP = 270, 1


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


def one_cause(tap, call, name, packet, cause, control=False, out=False,
              authentic=()):
    """A packet is dropped, and counted by its cause alone; or also as authentic."""
    direction = 'send' if out else 'recv'
    before = call.a.stats(direction)
    got = (call.refused_out if out else call.refused)([packet], control)
    after = call.a.stats(direction)
    changed = {k: after[k] - before.get(k, 0) for k in after
               if after[k] != before.get(k, 0)}
    tap.equal((got, changed), (
        [], {'passed': 1, 'drop-' + cause: 1, **dict(authentic)}), name)


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
    # its sender is authentic, and its contents are no RTCP nevertheless
    judge = Context(CM, key(CM)[:16], key(CM)[16:])
    for n, (name, packet) in enumerate((
            ('with rubbish behind', rtcp() + b'rubbish!'),
            ('of another version', rtcp()[:28] + b'\x41' + rtcp()[29:]),
            ('padded in the middle', b'\xa0' + rtcp()[1:]))):
        one_cause(tap, call, 'receive: sealed RTCP ' + name,
                  judge.protect_rtcp(packet, 100 + n), 'bad-rtcp', True,
                  authentic=(('rtcp-packets', 1), ('rtcp-bytes', len(packet))))
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
    """Key material shows nowhere: not in lists, replies or events, as they come."""
    a, b = pair()
    with a.enter():
        genl, told = Genl(), Genl()
    told.sock.setsockopt(SOL_NETLINK, ADD_MEMBERSHIP, told.group('events'))
    call = Call(a, b)
    call.out(rtp(1))
    call.through(call.peer.protect(rtp(1)))
    number = attr(1, call.id)
    said = b''
    for cmd in range(1, 22):
        try:
            said += b''.join(genl.dump(cmd))
        except Refused:
            # a command that has no list
            pass
    lists = len(said)
    said += b''.join(genl.do(SESSION_GET, number) + genl.do(STAT_GET))
    masters = [call.master, key(GCM, 77), key(GCM, 78)]
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'suite', GCM,
            'insecure-key', masters[1].hex(), 'mki', '0a')
    a.ksrtp('key', 'add', 'session', call.id, 'send', 'insecure-key',
            masters[2].hex(), 'mki', '0b')
    said += b''.join(genl.dump(KEY_GET))
    a.ksrtp('key', 'use', 'session', call.id, 'send', 'mki', '0b')
    call.close()
    events = []
    told.sock.settimeout(0.5)
    try:
        while True:
            events.append(told.sock.recv(1 << 17))
    except TimeoutError:
        pass
    tap.ok(lists > 500 and len(events) >= 3,
           'lists (%d bytes) and events (%d) tell of a session' % (
               lists, len(events)))
    needles = []
    for suite, master in zip((CM, GCM, GCM), masters):
        size = SUITES[suite][0]
        needles += [master[:size], master[size:]]
        for kind in (SRTP, SRTCP):
            keys = Context(suite, master[:size], master[size:]).master.keys(
                kind, 0)
            needles += [keys.key, keys.salt, keys.auth[:16]]
    log = run('dmesg').stdout
    found = [needle.hex() for needle in needles if needle and
             (needle in said + b''.join(events) or needle.hex() in log)]
    tap.equal(found, [], 'no key is in any of them, nor in the log')


main(tampering, truncation, causes, others, pending, headers, no_leak)
