#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Whole programs that send RTP, and SRTP of their own, by this machine's own kernel,
without ksrtp: what they take of a processor for a packet, program and kernel together. Runs in a
network namespace of its own; prints a JSON for each program."""

import base64
import json
import resource
import shutil
import socket
import subprocess
import sys
import tempfile

PEER = '127.0.0.1'
PORT = 6000
BYTES = 160
UDP_GRO = 104
SUITE = 'AES_CM_128_HMAC_SHA1_80'
# master key and salt, which GStreamer takes one behind the other as well
KEY = bytes(range(30))


def sh(*args):
    subprocess.run(args, check=True, stdout=subprocess.DEVNULL)


def ffmpeg(count, sound, own):
    """FFmpeg, sending a file as fast as it can."""
    with open(sound, 'wb') as file:
        file.truncate(BYTES * count)
    rtp = BYTES + 12
    srtp, url = [], 'rtp://%s:%d?pkt_size=%d' % (PEER, PORT, rtp)
    if own:
        srtp = ['-srtp_out_suite', SUITE, '-srtp_out_params',
                base64.b64encode(KEY).decode()]
        # it has room for tag and SRTCP index, whichever it sends
        url = 'srtp://%s:%d?pkt_size=%d' % (PEER, PORT, rtp + 14)
    return ['ffmpeg', '-nostdin', '-v', 'error', '-f', 'mulaw', '-ar', '8000',
            '-i', sound, '-c', 'copy', '-f', 'rtp'] + srtp + [url]


def gstreamer(count, _, own):
    """GStreamer, likewise, of packets that it makes."""
    srtp = ['srtpenc', 'key=' + KEY.hex(), 'rtp-cipher=aes-128-icm',
            'rtp-auth=hmac-sha1-80', '!'] if own else []
    return ['gst-launch-1.0', '-q', 'fakesrc', 'num-buffers=%d' % count,
            'sizetype=fixed', 'sizemax=%d' % BYTES, 'filltype=zero',
            'format=time', 'datarate=8000', '!',
            'audio/x-mulaw,rate=8000,channels=1', '!', 'rtppcmupay',
            'min-ptime=20000000', 'max-ptime=20000000', '!'] + srtp + [
                'udpsink', 'host=' + PEER, 'port=%d' % PORT, 'sync=false',
                'async=false']


def sender(how):
    """A program of 16 packets a system call; libsrtp is its own SRTP."""
    def command(count, _, own):
        return [sys.argv[3], how, 'own' if own else 'plain', str(count), PEER,
                str(PORT)]
    return command


def sent():
    """Packets that have left."""
    with open('/sys/class/net/lo/statistics/tx_packets') as file:
        return int(file.read())


def run(words):
    """What a program takes of processors, in seconds, and its packets."""
    def used():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    packets, seconds = sent(), used()
    sh(*words)
    return used() - seconds, sent() - packets


def each_packet(command, many, turns, *args):
    """What a packet more takes, in ns."""
    (less, first), (more, second) = (
        min(run(command(count, *args)) for _ in range(turns))
        for count in (many // 10, many))
    # a super-packet is counted as one
    return 1e9 * (more - less) / max(second - first, many - many // 10)


def main():
    many, turns = int(sys.argv[1]), int(sys.argv[2])
    sh('mount', '-t', 'sysfs', 'sysfs', '/sys')
    sh('ip', 'link', 'set', 'lo', 'up')
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink, \
            tempfile.TemporaryDirectory() as directory:
        # soon full, of what nobody reads
        sink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 0)
        # and takes super-packets as they are
        sink.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 1)
        sink.bind((PEER, PORT))
        for command, name, program in (
                (ffmpeg, 'FFmpeg', 'ffmpeg'),
                (gstreamer, 'GStreamer', 'gst-launch-1.0'),
                (sender('sendmmsg'), 'sendmmsg, libsrtp', sys.argv[3]),
                (sender('UDP_SEGMENT'), 'UDP_SEGMENT, libsrtp', sys.argv[3])):
            if not shutil.which(program):
                continue
            print('BENCH ' + json.dumps({
                'what': 'programs', 'suite': SUITE, 'payload': BYTES,
                'program': name,
                'ns': {what: {'min': each_packet(command, many, turns,
                                                 directory + '/sound', own)}
                       for what, own in (('plain', False), ('own', True))}}))


main()
