#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Packets in all the shapes that the stack gives them."""

import errno
import mmap
import os
import socket
import struct
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
from raw import fragments, summed, total
from srtp_ref import Context
from wire import Wire

UDP_NO_CHECK6_TX, UDP_NO_CHECK6_RX = 101, 102
SO_NO_CHECK, SO_ZEROCOPY = 11, 60
MSG_ZEROCOPY = 0x4000000
IP_MTU_DISCOVER, IP_PMTUDISC_DO, IP_PMTUDISC_DONT = 10, 2, 0
IP_RECVERR, IP_NODEFRAG = 11, 22


def acquaint(call):
    """Have the hosts find each other: what waits for that may be overtaken by what is
    sent next."""
    call.through(MARKER)
    call.out(MARKER)


def gso_out(tap):
    a, b = pair()
    for v6 in (False, True):
        for suite in (CM, GCM):
            call = Call(a, b, suite, v6)
            acquaint(call)
            plain = [rtp(n, os.urandom(500)) for n in range(16)]
            plain[-1] = plain[-1][:100]
            burst(call.app, call.there, plain)
            got = [call.peer.unprotect(call.wire.recv(2000)) for p in plain]
            tap.equal(got, plain, 'UDP_SEGMENT, %s, IPv%d: each segment is '
                      'a packet of its own' % (suite, 6 if v6 else 4))
            call.close()


def gro_in(tap):
    a, b = pair()
    gro_on(a)
    for v6 in (False, True):
        call = Call(a, b, CM, v6)
        acquaint(call)
        call.app.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 1)
        plain = [rtp(n, os.urandom(500)) for n in range(32)]
        wire = [call.peer.protect(p) for p in plain]
        # one segment of the super-packet is bad, and falls out alone
        wire[5] = wire[5][:-1] + bytes([wire[5][-1] ^ 1])
        for n in (0, 16):
            burst(call.wire, call.here, wire[n:n + 16])
        got = b''
        while len(got) < 31 * 512:
            got += call.app.recv(65536)
        tap.equal(got, b''.join(plain[:5] + plain[6:]),
                  'GRO, IPv%d: super-packets are unprotected' % (6 if v6 else 4))
        tap.equal(a.stats('recv').get('drop-bad-tag'), 1,
                  'GRO: only the bad segment is dropped')
        call.close()


def whole(sock):
    """A super-packet as a socket with UDP_GRO has it: segments, their size."""
    data, control, flags, address = sock.recvmsg(65536, 64)
    sizes = [struct.unpack('i', value)[0] for level, kind, value in control
             if (level, kind) == (socket.IPPROTO_UDP, UDP_GRO)]
    return data, sizes


def opened(ref, sock):
    """Likewise, of segments of 522 bytes that are SRTP."""
    data, sizes = whole(sock)
    return [ref.unprotect(data[at:at + 522], 0)
            for at in range(0, len(data), 522)], sizes


def merging(a, b, lport=5000, rport=6000):
    """Sockets of both hosts that take super-packets."""
    socks = a.socket(A4, lport), b.socket(B4, rport)
    for sock in socks:
        sock.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 1)
    return socks


def together(tap):
    """Where no driver can finish later, super-packets stay whole."""
    suite = 'NULL_HMAC_SHA1_80'
    a, b = pair()
    number = a.session(*flow(A4, B4), send=(suite, key(suite)),
                       recv=(suite, key(suite)))
    peer = Context(suite, key(suite)[:16], key(suite)[16:])
    app, wire = merging(a, b)
    plain = [rtp(n, os.urandom(500)) for n in range(1, 17)]
    plain[-1] = plain[-1][:100]
    # one that was sent already is cut out
    app.sendto(plain[3], (B4, 6000))
    tap.equal(peer.unprotect(wire.recv(65536), 0), plain[3],
              'a packet of its own')
    burst(app, (B4, 6000), plain)
    tap.equal(opened(peer, wire), (plain[:3] + plain[4:], [522]),
              'UDP_SEGMENT: segments grow in their places')
    protected = [peer.protect(p, 0) for p in plain]
    protected[7] = protected[7][:-1] + bytes([protected[7][-1] ^ 1])
    burst(wire, (A4, 5000), protected)
    tap.equal(whole(app), (b''.join(plain[:7] + plain[8:]), [512]),
              'UDP_GRO: segments shrink in their places, a bad one falls out')
    # nothing is left of it
    burst(wire, (A4, 5000), protected)
    wire.sendto(peer.protect(rtp(99), 0), (A4, 5000))
    tap.equal(app.recv(65536), rtp(99), 'UDP_GRO: and all of a replayed one')
    tap.equal((a.stats('send').get('drop-index-reuse'),
               a.stats('recv').get('drop-bad-tag'),
               a.stats('recv').get('drop-replayed')), (1, 2, 15),
              'each segment is counted')
    a.ksrtp('session', 'del', 'id', number)


def mixed(tap):
    """What the first segment is says nothing of the others."""
    a, b = pair()
    gro_on(a)
    master = key(CM)
    ours, theirs = 0xaaaa, 0xbbbb
    a.session(*flow(A4, B4), 'ssrc', hex(ours), send=(CM, master),
              recv=(CM, master))
    peer = Peer(CM, master)
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)

    stun = MARKER.ljust(172, b'\0')
    for n, first in enumerate((rtp(1, bytes(160), ssrc=theirs), stun)):
        name = ('another SSRC', 'no RTP')[n]
        secret = rtp(10 + n, os.urandom(160), ssrc=ours)
        burst(app, (B4, 6000), [first, secret])
        got = [wire.recv(2000) for i in range(2)]
        tap.equal((got[0], peer.unprotect(got[1])), (first, secret),
                  'UDP_SEGMENT: %s comes first, and ours is protected' % name)

        # as long as SRTP of ours is
        longer = first + bytes(10)
        forged = rtp(20 + n, b'forged'.ljust(170), ssrc=ours)
        true = rtp(30 + n, os.urandom(160), ssrc=ours)
        app.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 1)
        burst(wire, (A4, 5000), [longer, forged, peer.protect(true)])
        got = b''
        while len(got) < len(longer) + len(true):
            got += app.recv(65536)
        tap.equal(got, longer + true, 'UDP_GRO: %s comes first, what is forged '
                  'falls out, and ours is unprotected' % name)
    a.ksrtp('session', 'flush')
    a.ksrtp('require', 'add', 'port', 5000)
    for sock, to, other in ((app, (B4, 6000), wire), (wire, (A4, 5000), app)):
        burst(sock, to, [stun, rtp(1, bytes(160))])
        sock.sendto(MARKER, to)
        got = [other.recv(65536)[:172], other.recv(65536)]
        tap.equal(got, [stun, MARKER],
                  'behind what is no RTP, RTP needs a session all the same')
    peer.close()


def let_be(tap):
    """Super-packets that need nothing of us stay whole."""
    a, b = pair()
    suite = 'NULL_HMAC_SHA1_80'
    master = key(suite)
    theirs, ours = 0xbbbb, 0xaaaa
    a.session(*flow(A4, B4), 'ssrc', hex(ours), send=(suite, master),
              recv=(suite, master))
    a.session(*flow(A4, B4, 5010, 6010), send=(suite, master),
              recv=(suite, master))
    a.ksrtp('require', 'add', 'port', '7000-7001')
    wire = Wire(b, kind=socket.SOCK_DGRAM)

    def other(first):
        return [bytes([first]) + os.urandom(999) for n in range(10)]

    for lport, rport, what, packets in (
            (5000, 6000, 'RTP of an SSRC without a session',
             [rtp(n, os.urandom(988), ssrc=theirs) for n in range(10)]),
            (5000, 6000, 'QUIC', other(0x41)),
            (5010, 6010, 'DTLS of a session', other(22)),
            (7000, 7000, 'DTLS under a rule', other(22)),
            (7000, 7000, 'QUIC under a rule', other(0xc1)),
            (9000, 9000, 'QUIC of nobody', other(0x41))):
        app, peer = merging(a, b, lport, rport)
        burst(app, (B4, rport), packets)
        frame = wire.until(packets[0])[-1]
        tap.equal((len(frame), whole(peer)),
                  (28 + 10000, (b''.join(packets), [1000])),
                  what + ' stays in one piece as it is sent')
        burst(peer, (A4, lport), packets)
        tap.equal(whole(app), (b''.join(packets), [1000]),
                  what + ' stays in one piece as it is received')
        app.close()
        peer.close()
    tap.equal((a.stats('send', 2).get('passed'),
               a.stats('recv', 2).get('passed')), (10, 10),
              'of a session, each packet is counted')

    # where all are of one session, others that name an SSRC do not matter
    ref = Context(suite, master[:16], master[16:])
    for ssrc, lport, rport, name in (
            (theirs, 5010, 6010, 'beside a session of an SSRC'),
            (ours, 5000, 6000, 'of a session of an SSRC')):
        app, peer = merging(a, b, lport, rport)
        plain = [rtp(n, os.urandom(500), ssrc=ssrc) for n in range(1, 17)]
        burst(app, (B4, rport), plain)
        tap.equal(opened(ref, peer), (plain, [522]),
                  name + ': sent in one piece')
        burst(peer, (A4, lport), [ref.protect(p, 0) for p in plain])
        tap.equal(whole(app), (b''.join(plain), [512]),
                  name + ': received in one piece')
        app.close()
        peer.close()
    wire.close()


def tunnels(tap):
    """What a tunnel sends is cut by whoever sends it on, not by us."""
    a, b = pair()
    a.session(*flow(A4, B4), 'ssrc', '0xaaaa', send=(CM, key(CM)))
    a.ksrtp('require', 'add', 'port', '1-65535')
    for kind, words in (('vxlan', ('dstport', '4789')), ('geneve', ())):
        name = kind + ': '
        made = [host.ip('link', 'add', 'tunnel', 'type', kind, 'id', '7',
                        'remote', there, *words, check=False)
                for host, there in ((a, B4), (b, A4))]
        if any(one.returncode for one in made):
            tap.skip(name + 'segments stay together', made[0].stderr.strip())
            continue
        for host, address in ((a, '10.77.0.1/24'), (b, '10.77.0.2/24')):
            host.ip('addr', 'add', address, 'dev', 'tunnel')
            host.ip('link', 'set', 'tunnel', 'up')
        server = b.socket('10.77.0.2', 7777, socket.SOCK_STREAM)
        server.listen(1)
        wire = Wire(b, kind=socket.SOCK_DGRAM)
        with a.enter():
            client = socket.create_connection(('10.77.0.2', 7777), 20)
        accepted, address = server.accept()
        data = os.urandom(1 << 20)
        thread = threading.Thread(target=client.sendall, args=(data,))
        thread.start()
        got = b''
        while len(got) < len(data):
            got += accepted.recv(65536)
        thread.join()
        most = max((len(frame) for frame, sent in wire.rest()), default=0)
        # longer than any frame that the link takes
        tap.ok(got == data and most > 1600,
               name + 'segments stay together', most)
        for one in (client, accepted, server, wire):
            one.close()
        for host in (a, b):
            host.ip('link', 'del', 'tunnel')


def fragments_in(tap):
    a, b = pair()
    for v6 in (False, True):
        call = Call(a, b, GCM, v6)
        plain = rtp(1, os.urandom(5000))
        tap.equal(call.through(call.peer.protect(plain)), plain,
                  'IPv%d: fragments are received' % (6 if v6 else 4))
        tap.equal(call.peer.unprotect(call.out(plain)), plain,
                  'IPv%d: more than the MTU is sent' % (6 if v6 else 4))
        call.close()


class Pieces:
    """What sends datagrams in fragments that are its own. The kernel makes IPv4's
    checksum."""

    def __init__(self, host, here, there):
        v6 = ':' in here
        with host.enter():
            self.sock = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET,
                                      socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.here, self.there, self.ident = here, there, 100

    def cut(self, sport, dport, payload):
        self.ident += 1
        return fragments(summed(self.here, self.there, sport, dport, payload),
                         self.ident)

    def send(self, pieces):
        for piece in pieces:
            self.sock.sendto(piece, (self.there, 0))

    def close(self):
        self.sock.close()


def pieces_seen(seen):
    """Lengths of the fragments that come before a marker."""
    lengths = []
    for frame in seen.until(MARKER):
        packet = frame[14:]
        if (frame[12:14] == b'\x08\0' and packet[9] == 17 and
                (packet[6] & 0x3f or packet[7])) or (
                    frame[12:14] == b'\x86\xdd' and packet[6] == 44):
            lengths.append(len(packet))
    return lengths


def tracked(host):
    """Have a host track connections, for which it puts fragments together."""
    return not host.run('nft', '-f', '-', check=False, input="""
table inet track {
    chain forward {
        type filter hook forward priority 0
        ct state established accept
    }
}""").returncode


def with_tracking(tap, host):
    """Without connection tracking, and with it."""
    yield ''
    if tracked(host):
        yield ', tracked'
    else:
        tap.skip('tracked', 'no connection tracking by nft')


def fragments_of_programs(tap):
    """Raw sockets with IP_HDRINCL send fragments, this host's and the other's."""
    a, b = pair()
    for how in with_tracking(tap, a):
        for v6 in (False, True):
            name = 'IPv%d%s: fragments of a program ' % (6 if v6 else 4, how)
            call = Call(a, b, v6=v6)
            here, there = call.here[0], call.there[0]
            raw, other = Pieces(a, here, there), Pieces(b, there, here)
            alien, app = b.socket(there, 5999), a.socket(here, 5998)
            plain, text = rtp(1, os.urandom(1400)), os.urandom(1400)

            raw.send(raw.cut(5000, 6000, plain))
            tap.equal(call.peer.unprotect(call.wire.recv(4000)), plain,
                      name + 'are protected')
            other.send(other.cut(6000, 5000, call.peer.protect(plain)))
            tap.equal(call.get(), plain, name + 'are unprotected')
            seen = Wire(b)
            pieces = raw.cut(5998, 5999, text)
            raw.send(pieces)
            call.app.sendto(MARKER, call.there)
            tap.equal((alien.recv(4000), pieces_seen(seen)),
                      (text, [len(piece) for piece in pieces]),
                      name + 'leave as they are')
            other.send(other.cut(5999, 5998, text))
            tap.equal(app.recv(4000), text, name + 'come in')
            call.wire.recv(4000)
            if not v6:
                raw.sock.setsockopt(socket.IPPROTO_IP, IP_NODEFRAG, 1)
                for ports, left in ((5998, 5999), 0), ((5000, 6000), 1):
                    pieces = raw.cut(*ports, text if not left else plain)
                    raw.send(pieces)
                    call.app.sendto(MARKER, call.there)
                    tap.equal(pieces_seen(seen),
                              [len(piece) for piece in pieces[left:]],
                              name + 'with IP_NODEFRAG, %d dropped' % left)
                tap.equal(call.drops('send'), {'drop-fragment': 1},
                          name + 'with IP_NODEFRAG are counted')
            for one in (seen, raw, other, alien, app, call):
                one.close()


def fragments_forwarded(tap):
    """A gateway holds fragments as long as it has a session, or tracks connections."""
    a, b, c = behind_gateway()
    for how in with_tracking(tap, a):
        for here, there in ((C4, B4), (C6, B6)):
            name = 'IPv%d%s: ' % (6 if ':' in here else 4, how)
            raw, other = Pieces(c, here, there), Pieces(b, there, here)
            app, wire = c.socket(here, 5000), b.socket(there, 6000)
            seen = Wire(b)

            def past(pieces):
                raw.send(pieces)
                app.sendto(MARKER, (there, 6000))
                wire.recv(100)
                return pieces_seen(seen)

            def both(held, name):
                # a session's
                seen.rest()
                pieces = raw.cut(5998, 5999, os.urandom(1400))
                lengths = [len(piece) for piece in pieces]
                tap.equal((past(pieces[:1]), past(pieces[1:])),
                          ([], lengths) if held else (lengths[:1], lengths[1:]),
                          name)

            both(how, name + 'others\' fragments, without a session')
            master = key(CM)
            session = a.session(*flow(here, there), send=(CM, master),
                                recv=(CM, master))
            both(True, name + 'others\' fragments, with one')
            peer, plain = Peer(CM, master), rtp(1, os.urandom(1400))
            raw.send(raw.cut(5000, 6000, plain))
            tap.equal(peer.unprotect(wire.recv(4000)), plain,
                      name + 'a session\'s fragments are protected')
            other.send(other.cut(6000, 5000, peer.protect(plain)))
            tap.equal(app.recv(4000), plain,
                      name + 'a session\'s fragments are unprotected')
            a.ksrtp('session', 'del', 'id', session)
            both(how, name + 'others\' fragments, without it')
            for one in (seen, raw, other, app, wire, peer):
                one.close()


def growth(tap):
    a, b = pair()
    for v6, most in ((False, 1472), (True, 1452)):
        name = 'IPv%d: ' % (6 if v6 else 4)
        call = Call(a, b, CM, v6)
        level = socket.IPPROTO_IPV6 if v6 else socket.IPPROTO_IP
        discover = 23 if v6 else IP_MTU_DISCOVER
        for size in range(most - 11, most + 1):
            plain = rtp(size, bytes(size - 12))
            if call.peer.unprotect(call.out(plain)) != plain:
                break
        tap.equal(size, most, name + 'packets that grow past the MTU arrive')

        call.app.setsockopt(level, discover, IP_PMTUDISC_DO)
        fits = rtp(2000, bytes(most - 10 - 12))
        tap.equal(call.peer.unprotect(call.out(fits)), fits,
                  name + 'unfragmentable: what fits is sent')
        try:
            call.app.sendto(rtp(2001, bytes(most - 9 - 12)), call.there)
            error = 0
        except OSError as e:
            error = e.errno
        tap.equal(error, errno.EMSGSIZE,
                  name + 'unfragmentable: what does not fit is EMSGSIZE')
        tap.equal(a.stats('send').get('drop-too-big'), 1, name + 'and counted')
        call.close()


def tiny(tap):
    """An MTU that is less than what protection adds."""
    a, b = pair()
    a.ip('route', 'replace', B4 + '/32', 'dev', 'wire', 'mtu', 'lock', '100')
    number = a.session(*flow(A4, B4), send=[
        'suite', CM, 'mki', 'aa' * 128, 'insecure-key', key(CM).hex()])
    app = a.socket(A4, 5000)
    app.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)
    app.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
    app.settimeout(None)
    try:
        app.sendto(rtp(1, bytes(60)), (B4, 6000))
    except OSError:
        pass
    control = app.recvmsg(2000, 512, socket.MSG_ERRQUEUE)[1]
    told = [struct.unpack('=I', value[8:12])[0]
            for level, kind, value in control if kind == IP_RECVERR]
    tap.equal(told, [68], 'tiny MTU: the sender is told the least there is')
    tap.equal(a.stats('send', number).get('drop-too-big'), 1,
              'tiny MTU: and it is counted')
    wire = b.socket(B4, 6000)
    app.sendto(rtp(2, bytes(28)), (B4, 6000))
    tap.equal(len(wire.recv(2000)), 40 + 10 + 128,
              'tiny MTU: what is as small arrives, in fragments')


def checksums(tap):
    a, b = pair()
    for offload in ('on', 'off'):
        for host in (a, b):
            for feature in ('tx', 'rx'):
                host.run('ethtool', '-K', 'wire', feature, offload, check=False)
        for v6 in (False, True):
            call = Call(a, b, CM, v6)
            plain = rtp(1, os.urandom(171))
            tap.equal((call.peer.unprotect(call.out(plain)),
                       call.through(call.peer.protect(plain))), (plain, plain),
                      'IPv%d: checksum offload %s' % (6 if v6 else 4, offload))
            if v6:
                for sock in (call.app, call.wire):
                    sock.setsockopt(socket.IPPROTO_UDP, UDP_NO_CHECK6_TX, 1)
                    sock.setsockopt(socket.IPPROTO_UDP, UDP_NO_CHECK6_RX, 1)
            else:
                for sock in (call.app, call.wire):
                    sock.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
            plain = rtp(2, os.urandom(172))
            tap.equal((call.peer.unprotect(call.out(plain)),
                       call.through(call.peer.protect(plain))), (plain, plain),
                      'IPv%d: no checksum' % (6 if v6 else 4))
            call.close()


def wire_checksum(tap):
    """The checksum a stranger would see on the wire is right."""
    a, b = pair()
    a.run('ethtool', '-K', 'wire', 'tx', 'off')
    call = Call(a, b)
    seen = Wire(b, kind=socket.SOCK_DGRAM)
    for size in (0, 1, 100, 101, 1200):
        wire = call.out(rtp(size, os.urandom(size)))
        packet = seen.until(wire)[-1]
        udp = packet[20:]
        pseudo = packet[12:20] + struct.pack('>HH', 17, len(udp))
        tap.equal((total(pseudo + udp), len(udp),
                   struct.unpack('>H', udp[4:6])[0]),
                  (0xffff, len(wire) + 8, len(wire) + 8),
                  'payload of %d: checksum and lengths on the wire' % size)
    seen.close()
    call.close()


def corked(tap):
    a, b = pair()
    for v6 in (False, True):
        call = Call(a, b, GCM, v6)
        plain = rtp(1, os.urandom(900))
        call.app.connect(call.there)
        call.app.setsockopt(socket.IPPROTO_UDP, UDP_CORK, 1)
        for at in range(0, len(plain), 100):
            call.app.send(plain[at:at + 100])
        call.app.setsockopt(socket.IPPROTO_UDP, UDP_CORK, 0)
        tap.equal(call.peer.unprotect(call.wire.recv(2000)), plain,
                  'IPv%d: a datagram sent in pieces' % (6 if v6 else 4))
        plain = rtp(2, os.urandom(4000))
        call.app.setsockopt(socket.IPPROTO_UDP, UDP_CORK, 1)
        for at in range(0, len(plain), 1000):
            call.app.send(plain[at:at + 1000])
        call.app.setsockopt(socket.IPPROTO_UDP, UDP_CORK, 0)
        tap.equal(call.peer.unprotect(call.wire.recv(9000)), plain,
                  'IPv%d: a large one sent in pieces' % (6 if v6 else 4))
        call.close()


def borrowed_pages(tap):
    """Pages of a file, or of the sender, are never written to."""
    a, b = pair(mtu=9000)
    call = Call(a, b)
    plain = rtp(1, os.urandom(4084))
    call.app.connect(call.there)
    with tempfile.TemporaryFile() as file:
        file.write(plain)
        file.flush()
        os.sendfile(call.app.fileno(), file.fileno(), 0, len(plain))
        tap.equal(call.peer.unprotect(call.wire.recv(9000)), plain,
                  'sendfile: the packet arrives')
        file.seek(0)
        tap.ok(file.read() == plain, 'sendfile: the file is as it was')

        plain = rtp(2, os.urandom(4084))
        file.seek(0)
        file.write(plain)
        file.flush()
        file.seek(0)
        out, into = os.pipe()
        os.splice(file.fileno(), into, len(plain))
        os.splice(out, call.app.fileno(), len(plain))
        tap.equal(call.peer.unprotect(call.wire.recv(9000)), plain,
                  'splice: the packet arrives')
        file.seek(0)
        tap.ok(file.read() == plain, 'splice: the file is as it was')

    plain = rtp(3, os.urandom(8180))
    memory = mmap.mmap(-1, 8192)
    memory.write(plain)
    call.app.setsockopt(socket.SOL_SOCKET, SO_ZEROCOPY, 1)
    call.app.send(memoryview(memory)[:len(plain)], MSG_ZEROCOPY)
    tap.equal(call.peer.unprotect(call.wire.recv(9000)), plain,
              'MSG_ZEROCOPY: the packet arrives')
    tap.ok(memory[:len(plain)] == plain, 'MSG_ZEROCOPY: memory is as it was')
    call.close()


def tapped(tap):
    """Somebody else holds a clone of the packet."""
    a, b = pair()
    call = Call(a, b)
    sniffer = Wire(a, kind=socket.SOCK_DGRAM)
    plain = rtp(1, os.urandom(200))
    wire = call.peer.protect(plain)
    tap.equal(call.through(wire), plain, 'a packet that is tapped is received')
    tap.ok(sniffer.until(wire, sent=True),
           'and the tap sees the wire\'s side of it')
    wire = call.out(plain)
    tap.equal(call.peer.unprotect(wire), plain, 'and sent')
    tap.ok(sniffer.until(wire, sent=True),
           'and the tap sees the wire\'s side of it')
    sniffer.close()
    call.close()


def extension_headers(tap):
    a, b = pair()
    call = Call(a, b, GCM, True)
    options = struct.pack('BBBB', 17, 0, 1, 4) + bytes(4)
    for seq, name, option in ((0, 'hop-by-hop', 54), (10, 'destination', 59)):
        plain = rtp(seq, os.urandom(100))
        call.app.setsockopt(socket.IPPROTO_IPV6, option, options)
        call.wire.setsockopt(socket.IPPROTO_IPV6, option, options)
        tap.equal(call.peer.unprotect(call.out(plain)), plain,
                  'IPv6 %s options: sent' % name)
        tap.equal(call.through(call.peer.protect(plain)), plain,
                  'IPv6 %s options: received' % name)
        plain = rtp(seq + 1, os.urandom(3000))
        tap.equal(call.peer.unprotect(call.out(plain)), plain,
                  'IPv6 %s options: sent in fragments' % name)
    call.close()


if not checksums_hold():
    print('1..0 # SKIP ' + WRONG_CHECKSUMS)
    sys.exit(KSFT_SKIP)
main(gso_out, gro_in, together, mixed, let_be, tunnels, fragments_in,
     fragments_of_programs, fragments_forwarded, growth, tiny, checksums,
     wire_checksum, corked, borrowed_pages, tapped, extension_headers)
