#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a rule takes for RTP, and what not: kernel/wire.c and kernel/dns.c in user
space, over the media of real programs, all forms of RTP and RTCP, random bytes
and other protocols. Prints the figures of security.rst."""

import ctypes
import itertools
import os
import random
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import main

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
VERSION, HEADER, PROFILE = 1, 2, 3
WAYS = {'version': VERSION, 'header': HEADER, 'profile': PROFILE}
# the same each time, so that figures are
PICK = random.Random(3550)


def built(folder):
    """The two files as a library; headers of the kernel are in fuzz/kernel.h."""
    sources = ['kernel/wire.c', 'kernel/dns.c', 'selftests/modules/rtp_judge.c']
    headers = ['kernel/compat.h', 'kernel/wire.h', 'kernel/dns.h']
    for name in sources[:2] + headers:
        text = open(os.path.join(TOP, name)).read()
        for header in re.findall(r'#include <(.*)>', text):
            if header != 'linux/ksrtp.h':
                path = os.path.join(folder, header)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                open(path, 'w').close()
    library = os.path.join(folder, 'judge.so')
    command = [os.environ.get('CC', 'cc'), '-w', '-O2', '-fPIC', '-shared',
               '-include', 'selftests/fuzz/kernel.h', '-isystem', folder,
               '-Ikernel', '-Iuapi', '-o', library, *sources]
    subprocess.run(command, cwd=TOP, check=True)
    return ctypes.CDLL(library)


with tempfile.TemporaryDirectory() as made:
    LIB = built(made)
LIB.judge_random.argtypes = (ctypes.c_uint, ctypes.c_uint, ctypes.c_uint64,
                             ctypes.c_int)


def media(packet, way=HEADER):
    return bool(LIB.judge(packet, len(packet), way))


def missed(packets, way=HEADER):
    return [packet for packet in packets if not media(packet, way)]


# Real programs

TONE = ('-f', 'lavfi', '-i', 'sine=440:sample_rate=48000', '-t', '2')
TEST = ('-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=25', '-t', '2')
KEY = '0123456789012345678901234567890123456789'
FFMPEG = {
    'PCMU': TONE + ('-ar', '8000', '-ac', '1', '-c:a', 'pcm_mulaw'),
    'PCMA': TONE + ('-ar', '8000', '-ac', '1', '-c:a', 'pcm_alaw'),
    'L16': TONE + ('-ac', '2', '-ar', '44100', '-c:a', 'pcm_s16be'),
    'G.722': TONE + ('-ar', '16000', '-ac', '1', '-c:a', 'g722'),
    'AAC': TONE + ('-c:a', 'aac'),
    'MPEG-4': TEST + ('-c:v', 'mpeg4'),
    'MPEG-2': TEST + ('-c:v', 'mpeg2video'),
    'H.263': TEST + ('-s', '352x288', '-c:v', 'h263', '-f', 'rtp'),
    'JPEG': TEST + ('-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-huffman', 'default',
                    '-force_duplicated_matrix', '1'),
}
GST = {
    'Opus': 'audiotestsrc num-buffers=100 ! audioconvert ! audioresample ! '
            'opusenc ! rtpopuspay',
    'VP8': 'videotestsrc num-buffers=40 ! vp8enc deadline=1 ! rtpvp8pay '
           'picture-id-mode=2',
    'VP9': 'videotestsrc num-buffers=20 ! vp9enc deadline=1 ! rtpvp9pay',
    'Theora': 'videotestsrc num-buffers=20 ! theoraenc ! rtptheorapay',
    'Speex': 'audiotestsrc num-buffers=100 ! audioconvert ! audioresample ! '
             'speexenc ! rtpspeexpay',
    'GSM': 'audiotestsrc num-buffers=100 ! audioconvert ! audioresample ! '
           'audio/x-raw,rate=8000 ! gsmenc ! rtpgsmpay',
    'raw video': 'videotestsrc num-buffers=3 ! video/x-raw,width=64,height=64 '
                 '! rtpvrawpay',
}


def captured(command, *sockets):
    """What a program sends to sockets until it ends; RTP, and RTCP."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    got = [[] for sock in sockets]

    def take(sock, packets):
        while True:
            packet = sock.recv(65536)
            if not packet:
                return
            packets.append(packet)

    threads = [threading.Thread(target=take, args=pair)
               for pair in zip(sockets, got)]
    for thread in threads:
        thread.start()
    try:
        process.wait(120)
    except subprocess.TimeoutExpired:
        # what it has sent counts, whether it comes to its end or not
        process.kill()
        process.wait()
    for sock, thread in zip(sockets, threads):
        # an empty datagram ends it, behind all others
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b'', sock.getsockname())
        thread.join()
        sock.close()
    return got


def listeners():
    """Two sockets on loopback, the second on the port behind the first's."""
    while True:
        pair = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                for _ in range(2)]
        for sock in pair:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        pair[0].bind(('127.0.0.1', 0))
        port = pair[0].getsockname()[1]
        try:
            pair[1].bind(('127.0.0.1', port + 1))
        except (OSError, OverflowError):
            continue
        return pair, port


def programs(tap):
    total = 0

    def look(name, command):
        nonlocal total
        sockets, port = listeners()
        got = captured([word.replace('PORT', str(port)).replace(
            'RTCP', str(port + 1)) for word in command], *sockets)
        if not got[0]:
            tap.skip(name, 'no such encoder here')
            return
        total += len(got[0]) + len(got[1])
        tap.equal((missed(got[0]), missed(got[1])), ([], []),
                  '%s: all of %d RTP and %d RTCP packets' % (
                      name, len(got[0]), len(got[1])))

    for name, words in FFMPEG.items():
        look('FFmpeg, ' + name, ('ffmpeg', '-nostdin', *words, '-f', 'rtp',
                                 'rtp://127.0.0.1:PORT'))
    look('FFmpeg, SRTP', ('ffmpeg', '-nostdin', *FFMPEG['PCMU'], '-f', 'rtp',
                          '-srtp_out_suite', 'AES_CM_128_HMAC_SHA1_80',
                          '-srtp_out_params', KEY, 'srtp://127.0.0.1:PORT'))
    for name, words in GST.items():
        look('GStreamer, ' + name, (
            'gst-launch-1.0', '-q', *words.split(), '!', 'udpsink',
            'host=127.0.0.1', 'port=PORT'))
    look('GStreamer, with RTCP', (
        'gst-launch-1.0', '-q', 'rtpbin', 'name=bin', *GST['Opus'].split(),
        '!', 'bin.send_rtp_sink_0', 'bin.send_rtp_src_0', '!', 'udpsink',
        'host=127.0.0.1', 'port=PORT', 'bin.send_rtcp_src_0', '!', 'udpsink',
        'host=127.0.0.1', 'port=RTCP', 'sync=false', 'async=false'))
    for cipher, auth in (('aes-128-icm', 'hmac-sha1-80'),
                         ('aes-256-icm', 'hmac-sha1-32'),
                         ('aes-128-gcm', 'null')):
        length = {'aes-128-icm': 30, 'aes-256-icm': 46, 'aes-128-gcm': 28}
        look('GStreamer, SRTP %s %s' % (cipher, auth), (
            'gst-launch-1.0', '-q', *GST['Opus'].split(), '!', 'srtpenc',
            'key=' + '5a' * length[cipher], 'rtp-cipher=' + cipher,
            'rtcp-cipher=' + cipher, 'rtp-auth=' + auth, 'rtcp-auth=' + auth,
            '!', 'udpsink', 'host=127.0.0.1', 'port=PORT'))
    tap.note('real programs: none of %d packets missed' % total)


# All forms

def bits(n):
    return bytes(PICK.getrandbits(8) for _ in range(n))


def rtp_forms():
    """Every first and second byte that RTP may have, with all that belongs to it."""
    for padded, extended, csrcs, marker, kind in itertools.product(
            (0, 1), (0, 1), range(16), (0, 1), range(128)):
        if 72 <= kind <= 76:
            continue
        packet = bytes([0x80 | padded << 5 | extended << 4 | csrcs,
                        marker << 7 | kind]) + bits(10 + 4 * csrcs)
        if extended:
            words = PICK.choice((0, 1, 2, 5, 64))
            profile = PICK.choice((0xbede, 0x1000, 0xc0de, 0xc2de,
                                   PICK.getrandbits(16)))
            packet += struct.pack('>HH', profile, words) + bits(4 * words)
        packet += bits(PICK.choice((0, 0, 1, 20, 160, 1000)))
        if padded:
            count = PICK.choice((1, 2, 4, 160, 255))
            packet += bytes(count - 1) + bytes([count])
        yield packet


def protected(packet):
    """As SRTP has it: padding encrypted, and a tag and identifier behind it."""
    # the header of these is told by its length alone
    return packet + bits(PICK.choice((0, 4, 10, 16, 14, 26, 138)))


def rtcp_forms():
    for kind, count, padded, more in itertools.product(
            range(192, 224), range(32), (0, 1), range(3)):
        packets = []
        for place in range(more + 1):
            words = PICK.choice((1, 6, 12)) if not place else \
                PICK.choice((0, 2, 5))
            body = bits(4 * words)
            last = padded and place == more
            if last and words:
                body = body[:-1] + b'\4'
            packets.append(struct.pack(
                '>BBH', 0x80 | (0x20 if last and words else 0) | count,
                kind if not place else PICK.randrange(200, 208), words) + body)
        yield b''.join(packets)


def srtcp(packet):
    """Its first 8 bytes in clear, then whatever, the index, a tag."""
    return packet[:8] + bits(len(packet) - 8 + 4 +
                             PICK.choice((0, 4, 10, 16, 26)))


def forms(tap):
    plain = list(rtp_forms())
    control = list(rtcp_forms())
    for name, packets in (('RTP', plain),
                          ('SRTP', [protected(packet) for packet in plain]),
                          ('RTCP', control),
                          ('SRTCP', [srtcp(packet) for packet in control])):
        tap.equal(missed(packets), [], '%s: none of %d forms is missed' % (
            name, len(packets)))
        tap.equal(missed(packets, VERSION), [], '%s: nor by its version' % name)
    usual = [packet for packet in plain
             if packet[1] & 127 < 64 or packet[1] & 127 > 95]
    tap.equal(missed(usual + control, PROFILE), [],
              'plain RTP of the profile, RTCP: none of %d is missed' %
              len(usual + control))


def bounds(tap):
    """A byte less, or one that is wrong."""
    base = bytes([0x80, 0]) + bytes(10)
    for name, packet, wanted in (
            ('a header', base, (1, 1, 1)), ('a byte less', base[:-1], (1, 0, 0)),
            ('version 1', b'\x40' + base[1:], (0, 0, 0)),
            ('version 3', b'\xc0' + base[1:], (0, 0, 0)),
            ('a CSRC', b'\x81' + base[1:] + bytes(4), (1, 1, 1)),
            ('half of one', b'\x81' + base[1:] + bytes(2), (1, 0, 0)),
            ('an empty extension', b'\x90' + base[1:] + bytes(4), (1, 1, 1)),
            ('half of one', b'\x90' + base[1:] + bytes(3), (1, 0, 0)),
            ('an extension that ends too late',
             b'\x90' + base[1:] + b'\0\0\0\1\0\0\0', (1, 0, 0)),
            ('payload type 72', b'\x80\x48' + base[2:], (1, 0, 0)),
            ('payload type 76', b'\x80\x4c' + base[2:], (1, 0, 0)),
            ('payload type 77', b'\x80\x4d' + base[2:], (1, 1, 0)),
            ('payload type 64', b'\x80\x40' + base[2:], (1, 1, 0)),
            ('payload type 63', b'\x80\x3f' + base[2:], (1, 1, 1)),
            ('payload type 96', b'\x80\x60' + base[2:], (1, 1, 1)),
            ('padding of nothing', b'\xa0' + base[1:] + b'\0', (1, 1, 0)),
            ('padding', b'\xa0' + base[1:] + b'\1', (1, 1, 1)),
            ('padding of the header', b'\xa0' + base[1:] + b'\2', (1, 1, 0)),
            ('an empty report', b'\x80\xc9\0\1abcd', (1, 1, 1)),
            ('one that is longer than it is', b'\x80\xc9\0\2abcd', (1, 0, 0)),
            ('feedback, protected', b'\x81\xce\0\2abcdefgh' + bytes(14),
             (1, 1, 1)),
            ('a report of seven bytes', b'\x80\xc9\0\0abc', (0, 0, 0))):
        tap.equal(tuple(media(packet, way) for way in WAYS.values()), wanted,
                  'bounds: ' + name)


# Other protocols

def question(name, kind=1, number=None, flags=0x0100, more=b'', records=0):
    if number is None:
        number = PICK.getrandbits(16)
    labels = b''.join(bytes([len(label)]) + label.encode()
                      for label in name.split('.') if label)
    return struct.pack('>HHHHHH', number, flags, 1, 0, 0, records) + labels + \
        struct.pack('>BHH', 0, kind, 1) + more


OPT = struct.pack('>BHHIH', 0, 41, 1232, 0x8000, 12) + \
    struct.pack('>HH', 10, 8) + b'a cookie'


def dns():
    name = '.'.join(bytes(PICK.choices(b'abcdefghijk-mnopqrstuvwxyz0123456789',
                                       k=PICK.randrange(1, 63))).decode()
                    for _ in range(PICK.randrange(0, 4)))
    flags = PICK.choice((0, 0x100, 0x120, 0x110, 0x130))
    kind = PICK.choice((1, 28, 5, 15, 16, 33, 65, 255))
    if PICK.getrandbits(1):
        return question(name, kind, flags=flags)
    return question(name, kind, flags=flags, more=OPT, records=1)


def quic_short():
    return bytes([0x40 | PICK.getrandbits(6)]) + bits(PICK.randrange(20, 1200))


def quic_long():
    return bytes([0xc0 | PICK.getrandbits(6)]) + struct.pack('>I', 1) + \
        b'\x08' + bits(8) + b'\x08' + bits(8) + bits(1180)


def quic_greased():
    """RFC 9287: the bit that would keep it apart from RTP is anything."""
    return bytes([0x80 | PICK.getrandbits(7)]) + quic_long()[1:]


def wireguard():
    kind = PICK.choice((1, 2, 3, 4))
    return struct.pack('<I', kind) + bits({1: 144, 2: 88, 3: 60}.get(
        kind, 28 + 16 * PICK.randrange(80)))


def esp():
    """RFC 3948, with a SPI as a kernel or a daemon makes it of all numbers."""
    return struct.pack('>II', PICK.randrange(256, 1 << 32),
                       PICK.randrange(1, 100000)) + \
        bits(8 + 16 * PICK.randrange(4, 80))


def radius():
    return struct.pack('>BBH', PICK.choice((1, 2, 3, 4, 5, 11, 40, 43)),
                       PICK.getrandbits(8), 60) + bits(56)


def stun():
    return struct.pack('>HHI', PICK.choice((1, 0x101, 3, 0x16, 0x17)), 40,
                       0x2112a442) + bits(52)


def turn_channel():
    return struct.pack('>HH', 0x4000 | PICK.getrandbits(12), 172) + bits(172)


def dtls():
    return struct.pack('>BHHIHH', PICK.choice((20, 21, 22, 23, 25)), 0xfefd, 0,
                       0, PICK.randrange(9), 100) + bits(100)


def ntp():
    leap = PICK.choice((0, 0, 0, 3))
    return bytes([leap << 6 | 4 << 3 | PICK.choice((3, 4))]) + bits(47)


def snmp():
    return b'\x30\x26\x02\x01\x01\x04\x06public' + bits(27)


def syslog():
    return b'<%d>1 2026-11-29T09:00:00Z host program - - - text' % \
        PICK.randrange(192)


def bittorrent():
    """uTP, and what the tracker's connection has for a number."""
    if PICK.getrandbits(1):
        return bytes([PICK.randrange(5) << 4 | 1, 0]) + bits(18)
    return bits(8) + struct.pack('>I', 1) + bits(86)


def raknet():
    return bytes([0x84]) + PICK.getrandbits(24).to_bytes(3, 'little') + \
        bits(PICK.randrange(20, 1200))


def random_game():
    return bits(PICK.randrange(12, 300))


# how many of a hundred may be taken for RTP
OTHERS = {'DNS': (dns, 0), 'QUIC, short headers': (quic_short, 0),
          'QUIC, long headers': (quic_long, 0),
          'QUIC whose fixed bit is greased': (quic_greased, 50),
          'WireGuard': (wireguard, 0), 'ESP in UDP, SPIs of 32 bits': (esp, 15),
          'RADIUS': (radius, 0), 'STUN': (stun, 0),
          'TURN channels': (turn_channel, 0), 'DTLS': (dtls, 0),
          'NTP': (ntp, 0), 'SNMP': (snmp, 0), 'syslog': (syslog, 0),
          'BitTorrent': (bittorrent, 10), 'RakNet': (raknet, 100),
          'random bytes, 12 to 300': (random_game, 13)}


def others(tap):
    for name, (make, most) in OTHERS.items():
        packets = [make() for _ in range(4000)]
        taken = {way: sum(media(packet, number) for packet in packets) / 40
                 for way, number in WAYS.items()}
        told = ', '.join('%s %.1f' % item for item in taken.items())
        tap.ok(taken['header'] <= most and
               taken['version'] >= taken['header'] >= taken['profile'],
               '%s: of a hundred %s' % (name, told), told)


def noise(tap):
    number = 1000000
    for length, most in ((20, 0.05), (40, 0.07), (100, 0.13), (1200, 0.13)):
        taken = {way: LIB.judge_random(length, number, 20261129, kind) / number
                 for way, kind in WAYS.items()}
        told = ', '.join('%s %.2f' % (way, 100 * share)
                         for way, share in taken.items())
        tap.ok(abs(taken['version'] - 0.25) < 0.01 and
               taken['profile'] < taken['header'] < most,
               'a million times %d random bytes: of a hundred %s' % (
                   length, told), told)


def not_queries(tap):
    """What is a query of DNS but for one thing may be RTP."""
    good = question('example.org', number=0x8000)
    tap.ok(not media(good), 'a query of DNS passes')
    full = question('.'.join(['a' * 61] * 4), number=0x8000, more=OPT,
                    records=1)
    tap.ok(not media(full), 'the longest name, too')
    for name, packet in (
            ('by its version', None),
            ('an answer', question('example.org', number=0x8000,
                                   flags=0x8180)),
            ('another operation', question('example.org', number=0x8000,
                                           flags=0x2800)),
            ('a byte more', good + b'\0'), ('a byte less', good[:-1]),
            ('another class', good[:-1] + b'\2'),
            ('two questions', good[:5] + b'\2' + good[6:]),
            ('an answer in it', good[:7] + b'\1' + good[8:]),
            ('a record that is missing', good[:11] + b'\1' + good[12:]),
            ('a compressed name', good[:12] + b'\xc0' + good[13:]),
            ('a name without end', good[:12] + b'\x3f' * 60),
            ('a record of another type',
             question('example.org', number=0x8000, records=1,
                      more=OPT[:2] + b'\1' + OPT[3:])),
            ('a record that is longer',
             question('example.org', number=0x8000, records=1,
                      more=OPT + b'\0'))):
        if packet is None:
            tap.ok(media(good, VERSION), 'but not a rule that goes by version')
        else:
            tap.ok(media(packet), 'not so: ' + name)


def dig(tap):
    """Queries as a resolver makes them, whatever their number."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(('127.0.0.1', 0))
        server.settimeout(20)
        got = []
        for number in (0x8000, 0x8001, 0x81c9, 0x9000, 0xa07f, 0xbfff):
            for words in ((), ('+noedns',), ('+dnssec', 'AAAA'),
                          ('+nocookie', 'TXT'), ('+cdflag', '+adflag', 'ANY')):
                try:
                    process = subprocess.Popen(
                        ['dig', '@127.0.0.1', '-p',
                         str(server.getsockname()[1]), '+tries=1', '+time=9',
                         '+notcp', '+ignore', '+qid=%d' % number,
                         'www.example.org', *words], stdout=subprocess.DEVNULL)
                except FileNotFoundError:
                    tap.skip('queries of dig', 'no dig here')
                    return
                packet, source = server.recvfrom(2000)
                got.append(packet)
                server.sendto(packet[:2] + b'\x81\x85' + packet[4:], source)
                process.wait()
    tap.equal([packet for packet in got if media(packet)], [],
              'all %d queries of dig pass' % len(got))
    tap.ok(len([packet for packet in got if media(packet, VERSION)]) ==
           len(got), 'all of them of the version of RTP')


main(programs, forms, bounds, others, noise, not_queries, dig)
