#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Every suite, RTP and RTCP, IPv4 and IPv6, both ways, against libsrtp."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
import srtp_ref
from ksrtp_test import *

SHAPES = (
    ('no payload', rtp(1)),
    ('one byte', rtp(2, b'x')),
    ('speech', rtp(3, os.urandom(160))),
    ('CSRCs', rtp(4, os.urandom(100), csrcs=(1, 2, 3))),
    ('15 CSRCs and extension', rtp(5, os.urandom(99), csrcs=range(15),
                                   extension=os.urandom(64))),
    ('empty extension', rtp(6, os.urandom(33), extension=b'')),
    ('extension alone', rtp(7, extension=os.urandom(8))),
    ('video', rtp(8, os.urandom(1200))),
)


def every_suite(tap):
    families = (False, True)
    if not checksums_hold():
        tap.skip('IPv6', WRONG_CHECKSUMS)
        families = (False,)
    a, b = pair()
    for suite in LIBSRTP:
        for v6 in (False,) if suite in DRAFT else families:
            call = Call(a, b, suite, v6)
            where = '%s, IPv%d' % (suite, 6 if v6 else 4)
            wrong = [n for n, p in SHAPES
                     if call.peer.unprotect(call.out(p)) != p]
            tap.equal(wrong, [], where + ': libsrtp understands our SRTP')
            wrong = [n for n, p in SHAPES
                     if call.through(call.peer.protect(p)) != p]
            tap.equal(wrong, [], where + ': we understand libsrtp\'s SRTP')
            reports = [rtcp(blocks=n) for n in range(4)]
            wrong = [n for n, p in enumerate(reports)
                     if call.peer.unprotect_rtcp(call.out(p, True)) != p]
            tap.equal(wrong, [], where + ': libsrtp understands our SRTCP')
            wrong = [n for n, p in enumerate(reports)
                     if call.through(call.peer.protect_rtcp(p), True) != p]
            tap.equal(wrong, [], where + ': we understand libsrtp\'s SRTCP')
            plain = {'rtp-packets': len(SHAPES),
                     'rtp-bytes': sum(len(p) for n, p in SHAPES),
                     'rtcp-packets': len(reports),
                     'rtcp-bytes': sum(len(p) for p in reports)}
            tap.equal((a.stats('send'), a.stats('recv')), (plain, plain),
                      where + ': all is counted, nothing dropped')
            call.close()


def mux(tap):
    a, b = pair()
    call = Call(a, b, words=('rtcp-mux',))
    packet, report = rtp(9, b'payload'), rtcp()
    tap.equal(call.peer.unprotect(call.out(packet)), packet,
              'rtcp-mux: RTP on the shared port')
    tap.equal(call.peer.unprotect_rtcp(call.out(report)), report,
              'rtcp-mux: RTCP on the shared port')
    tap.equal(call.through(call.peer.protect_rtcp(report)), report,
              'rtcp-mux: RTCP is received on the shared port')
    app, wire = a.socket(A4, 5003), b.socket(B4, 6003)
    app.sendto(packet, (B4, 6003))
    tap.equal(wire.recv(2000), packet, 'another port is left alone')
    call.close()


def rtcp_ports(tap):
    a, b = pair()
    master = key(CM)
    a.session(*flow(A4, B4), 'local-rtcp-port', 5555, 'remote-rtcp-port', 6666,
              send=(CM, master))
    peer = Peer(CM, master)
    app, wire = a.socket(A4, 5555), b.socket(B4, 6666)
    app.sendto(rtcp(), (B4, 6666))
    tap.equal(peer.unprotect_rtcp(wire.recv(2000)), rtcp(),
              'RTCP on ports of its own')


def elements(*pairs, two_byte=False):
    """A header extension's data, of (id, bytes)."""
    data = b''.join(bytes([number, len(value)] if two_byte else
                          [number << 4 | len(value) - 1]) + value
                    for number, value in pairs)
    return data + bytes(-len(data) % 4)


def options(tap):
    a, b = pair()
    for suite in (CM, 'AES_256_CM_HMAC_SHA1_32', GCM):
        call = Call(a, b, suite, recv_words=('encrypted-extensions', '1,3-4'),
                    peer=('ext=1,3,4',))
        for name, packet in (
                ('one-byte', rtp(1, b'payload', extension=elements(
                    (1, b'secret'), (2, b'public'), (4, b'x')))),
                ('no payload', rtp(2, extension=elements((3, b'0123456')))),
                ('none to encrypt', rtp(3, b'speech', extension=elements(
                    (2, b'public')))),
                ('no extension', rtp(4, b'speech'))):
            wire = call.out(packet)
            tap.ok(b'secret' not in wire and b'0123456' not in wire,
                   '%s, %s: nothing secret in clear' % (suite, name))
            tap.equal(call.peer.unprotect(wire), packet,
                      '%s, %s: libsrtp decrypts our extension' % (suite, name))
            tap.equal(call.through(call.peer.protect(packet)), packet,
                      '%s, %s: we decrypt libsrtp\'s' % (suite, name))
        call.close()
    for word, option in (('unencrypted-srtp', 'clear-rtp'),
                         ('unencrypted-srtcp', 'clear-rtcp'),
                         ('unauthenticated-srtp', 'unauthenticated-rtp')):
        call = Call(a, b, recv_words=(word, 'on'), peer=(option,))
        packet, report = rtp(5, b'some speech'), rtcp()
        wire = call.out(packet)
        tap.equal(b'some speech' in wire, word == 'unencrypted-srtp',
                  word + ': RTP in clear or not')
        tap.equal(len(wire) - len(packet),
                  0 if word == 'unauthenticated-srtp' else 10,
                  word + ': RTP with a tag or not')
        tap.equal(call.peer.unprotect(wire), packet,
                  word + ': libsrtp understands our SRTP')
        wire = call.out(report, True)
        tap.equal(b'a@example' in wire, word == 'unencrypted-srtcp',
                  word + ': RTCP in clear or not')
        tap.equal(call.peer.unprotect_rtcp(wire), report,
                  word + ': libsrtp understands our SRTCP')
        tap.equal((call.through(call.peer.protect(packet)),
                   call.through(call.peer.protect_rtcp(report), True)),
                  (packet, report), word + ': we understand libsrtp')
        call.close()


def short_srtcp_tags(tap):
    """Tags of SRTCP as short as those of SRTP, as libre and FFmpeg have them."""
    a, b = pair()
    for suite in ('AES_CM_128_HMAC_SHA1_32', 'AES_256_CM_HMAC_SHA1_32'):
        call = Call(a, b, suite, recv_words=('short-srtcp-tag', 'on'),
                    peer=('short-rtcp-tag',))
        reports = [rtcp(blocks=n) for n in range(4)]
        wires = [call.out(one, True) for one in reports]
        tap.equal([len(w) - len(p) for p, w in zip(reports, wires)], [8] * 4,
                  suite + ': index and a tag of 32 bits')
        tap.equal([call.peer.unprotect_rtcp(w) for w in wires], reports,
                  suite + ': libsrtp understands our SRTCP')
        tap.equal([call.through(call.peer.protect_rtcp(p), True)
                   for p in reports], reports, suite + ': we understand libsrtp')
        call.both_ways(tap, suite + ': SRTP is as ever')
        shown = a.json('session', 'show')[0]
        tap.equal([shown[way].get('short-srtcp-tag') for way in ('send', 'recv')],
                  [True, True], suite + ': it is shown')
        a.ksrtp('session', 'set', 'id', call.id, 'recv', 'short-srtcp-tag', 'off')
        tap.equal(call.refused([call.peer.protect_rtcp(p) for p in reports], True),
                  [], suite + ': and not accepted without it')
        tap.equal(call.drops('recv'), {'drop-tag-length': 4},
                  suite + ': for the length of its tag')
        stranger = Peer(suite, key(suite, 9), 'short-rtcp-tag')
        call.refused([stranger.protect_rtcp(p) for p in reports], True)
        tap.equal(call.a.stats('recv').get('drop-tag-length'), 4,
                  suite + ': which a wrong key is not')
        stranger.close()
        found = json.loads(a.ksrtp('-j', 'doctor', check=False).stdout)
        tap.ok(any('length of its tag' in one['finding'] for one in found),
               suite + ': which ksrtp doctor knows', found)
        state = a.ksrtp('dump').stdout
        call.close()
        a.ksrtp('restore', '-', input=state)
        shown = a.json('session', 'show')[0]
        tap.equal([shown[way].get('short-srtcp-tag') for way in ('send', 'recv')],
                  [True, None], suite + ': dumped, and restored')
        a.ksrtp('session', 'flush')
    tag_with_identifier(tap, a, b)


def aes_192(tap):
    """Keys of AES-192, which libsrtp up to 2.7 derives with AES-256."""
    a, b = pair()
    for suite in ('AES_192_CM_HMAC_SHA1_80', 'AES_192_CM_HMAC_SHA1_32'):
        master = key(suite)
        by_rfc = srtp_ref.Context(suite, master[:24], master[24:])
        by_libsrtp = srtp_ref.Context(suite, master[:24], master[24:],
                                      kdf_aes_256=True)
        call = Call(a, b, suite, recv_words=('kdf-aes-256', 'on',
                                             'encrypted-extensions', '1'))
        call.both_ways(tap, suite)
        report = rtcp(blocks=2)
        tap.equal((call.peer.unprotect_rtcp(call.out(report, True)),
                   call.through(call.peer.protect_rtcp(report), True)),
                  (report, report), suite + ': SRTCP')
        tap.equal(call.peer.protect(rtp(70, b'speech')),
                  by_libsrtp.protect(rtp(70, b'speech'), 0),
                  suite + ': libsrtp is the one as described')
        done = a.ksrtp('session', 'set', 'id', call.id, 'recv', 'kdf-aes-256',
                       'off', check=False)
        tap.ok(done.returncode == 1 and 'kdf-aes-256: takes a new key beside it'
               in done.stderr, suite + ': it goes with a key', done)
        tap.equal(call.refused([by_rfc.protect(rtp(80), 0)]), [],
                  suite + ': keys of RFC 6188 are others')
        tap.equal(call.drops('recv'), {'drop-bad-tag': 1}, suite + ': and told so')
        state = a.ksrtp('dump').stdout
        call.close()
        a.ksrtp('restore', '-', input=state)
        shown = a.json('session', 'show')[0]
        tap.equal([shown[way].get('kdf-aes-256') for way in ('send', 'recv')],
                  [True, True], suite + ': dumped, and restored')
        a.ksrtp('session', 'flush')


def tag_with_identifier(tap, a, b):
    """Which is behind the index, before the tag."""
    suite, mki = 'AES_CM_128_HMAC_SHA1_32', b'\xc0\xff\xee'
    for words, options, cause in (
            ((), (), None), (('short-srtcp-tag', 'on'), ('short-rtcp-tag',), None),
            ((), ('short-rtcp-tag',), 'drop-tag-length')):
        master = key(suite)
        number = a.session(*flow(A4, B4), recv=(suite, master, 'mki', mki.hex(),
                                                *words))
        app, wire = a.socket(A4, 5001), b.socket(B4, 6001)
        packet = srtp_ref_rtcp(suite, master, mki, 4 if options else 10)
        wire.sendto(packet, (A4, 5001))
        wire.sendto(MARKER, (A4, 5001))
        got = app.recv(2000)
        tap.equal((got == rtcp(), {name for name in a.stats('recv', number)
                                   if name.startswith('drop-')}),
                  (not cause, {cause} - {None}), 'an identifier, %s: %s' % (
                      ' '.join(words) or 'as the RFC', cause or 'accepted'))
        app.close()
        wire.close()
        a.ksrtp('session', 'del', 'id', number)


def srtp_ref_rtcp(suite, master, mki, tag_len):
    """A report, of the implementation in Python, with a tag of this length."""
    context = srtp_ref.Context(suite, master[:-14], master[-14:], mki=mki)
    whole = context.protect_rtcp(rtcp(), 1)
    return whole[:len(whole) - 10 + tag_len]


def identifiers(tap):
    a, b = pair()
    for suite in (CM, GCM):
        for size in (1, 4, 128):
            masters = {bytes([n]) * size: key(suite, 100 * n)
                       for n in (1, 2, 3)}
            mkis = list(masters)
            words = ['suite', suite, 'insecure-key', masters[mkis[0]].hex(),
                     'mki', mkis[0].hex()]
            number = a.session(*flow(A4, B4), send=words, recv=words)
            for direction in ('send', 'recv'):
                for mki in mkis[1:]:
                    a.ksrtp('key', 'add', 'session', number, direction, 'mki',
                            mki.hex(), 'insecure-key', masters[mki].hex())
            app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
            app_rtcp, wire_rtcp = a.socket(A4, 5001), b.socket(B4, 6001)
            peer = Peer(suite, masters)
            ours, theirs = [], []
            for n, mki in enumerate(mkis):
                a.ksrtp('key', 'use', 'session', number, 'send', 'mki',
                        mki.hex())
                peer.use(n)
                app.sendto(rtp(n + 1, b'speech'), (B4, 6000))
                app_rtcp.sendto(rtcp(), (B4, 6001))
                ours += [peer.unprotect(wire.recv(2000)),
                         peer.unprotect_rtcp(wire_rtcp.recv(2000))]
                wire.sendto(peer.protect(rtp(n + 1, b'video')), (A4, 5000))
                wire_rtcp.sendto(peer.protect_rtcp(rtcp()), (A4, 5001))
                theirs += [app.recv(2000), app_rtcp.recv(2000)]
            where = '%s, MKI of %d bytes' % (suite, size)
            tap.equal(ours, [part for n in (1, 2, 3)
                             for part in (rtp(n, b'speech'), rtcp())],
                      where + ': libsrtp understands three keys of ours')
            tap.equal(theirs, [part for n in (1, 2, 3)
                               for part in (rtp(n, b'video'), rtcp())],
                      where + ': we understand three of libsrtp\'s')
            a.ksrtp('session', 'del', 'id', number)
            for sock in (app, wire, app_rtcp, wire_rtcp):
                sock.close()


def accelerated(tap):
    processor = open('/proc/cpuinfo').read()
    # names of drivers: x86, arm64
    instructions = ('aesni', 'vaes', '-ce')
    if os.uname().machine not in ('x86_64', 'aarch64'):
        tap.skip('accelerated drivers', 'not judged on ' + os.uname().machine)
        return
    if 'aes' not in processor.split():
        tap.skip('accelerated drivers', 'the CPU has no AES instructions')
        return
    if 'User Mode Linux' in processor:
        tap.skip('accelerated drivers', 'a user-mode kernel has none')
        return
    a = Host('a')
    for suite in a.json('suite', 'show'):
        if suite['name'].startswith(('NULL', 'ARIA', 'AEAD_ARIA', 'SEED')):
            continue
        tap.ok(any(word in suite['cipher-driver'] for word in instructions),
               suite['name'] + " runs on the processor's instructions", suite)


main(every_suite, mux, rtcp_ports, options, short_srtcp_tags, aes_192,
     identifiers, accelerated)
