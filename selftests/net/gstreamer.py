#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""GStreamer's srtpenc and srtpdec understand us, and we them."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *

# suite: (cipher, authentication of SRTP, of SRTCP) in GStreamer's words
WORDS = {
    'AES_CM_128_HMAC_SHA1_80': ('aes-128-icm', 'hmac-sha1-80'),
    'AES_CM_128_HMAC_SHA1_32': ('aes-128-icm', 'hmac-sha1-32'),
    'AES_256_CM_HMAC_SHA1_80': ('aes-256-icm', 'hmac-sha1-80'),
    'AES_256_CM_HMAC_SHA1_32': ('aes-256-icm', 'hmac-sha1-32'),
    'AEAD_AES_128_GCM': ('aes-128-gcm', 'null'),
    'AEAD_AES_256_GCM': ('aes-256-gcm', 'null'),
}


def gstreamer(host, *pipeline):
    return host.start('gst-launch-1.0', '-q', '-e', *pipeline, text=True,
                      stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def both_ways(tap):
    if not shutil.which('gst-launch-1.0'):
        tap.skip('GStreamer', 'not installed')
        return
    a, b = pair()
    for suite, (cipher, auth) in WORDS.items():
        master = key(suite)
        a.session(*flow(A4, B4), 'rtcp-mux', send=(suite, master),
                  recv=(suite, master))
        app = a.socket(A4, 5000)
        with b.enter():
            inner = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        inner.bind(('127.0.0.1', 7000))
        inner.settimeout(30)
        caps = ('application/x-srtp,ssrc=(uint)%d,srtp-key=(buffer)%s,'
                'srtp-cipher=(string)%s,srtp-auth=(string)%s,'
                'srtcp-cipher=(string)%s,srtcp-auth=(string)%s' %
                (0x11223344, master.hex(), cipher, auth, cipher, auth))
        receiver = gstreamer(b, 'udpsrc', 'address=' + B4, 'port=6000',
                             'caps=' + caps, '!', 'srtpdec', '!', 'udpsink',
                             'host=127.0.0.1', 'port=7000', 'sync=false',
                             'async=false')
        payload = os.urandom(160)
        got = None
        # until it listens
        for seq in range(1000):
            app.sendto(rtp(seq, payload), (B4, 6000))
            inner.settimeout(0.3)
            try:
                got = inner.recv(2000)
                break
            except TimeoutError:
                pass
        tap.equal(got and got[12:], payload, suite + ': srtpdec understands us')
        receiver.kill()
        receiver.communicate()

        sender = gstreamer(b, 'audiotestsrc', 'num-buffers=20',
                           'samplesperbuffer=160', '!',
                           'audio/x-raw,rate=8000,channels=1', '!', 'mulawenc',
                           '!', 'rtppcmupay', 'mtu=172', 'ssrc=4711', '!',
                           'srtpenc', 'key=' + master.hex(),
                           'rtp-cipher=' + cipher, 'rtp-auth=' + auth,
                           'rtcp-cipher=' + cipher, 'rtcp-auth=' + auth, '!',
                           'udpsink', 'host=' + A4, 'port=5000',
                           'bind-address=' + B4, 'bind-port=6000')
        app.settimeout(300)
        got = [app.recv(2000) for n in range(10)]
        tap.ok(all(p[0] == 0x80 and p[8:12] == struct.pack('>I', 4711) and
                   len(p) == 172 for p in got),
               suite + ': we understand srtpenc', got)
        error = sender.communicate()[1]
        tap.ok(not [k for k in a.stats('recv') if k.startswith('drop')],
               suite + ': nothing is dropped', '%s %s' %
               (a.stats('recv'), error))
        a.ksrtp('session', 'flush')
        app.close()
        inner.close()


main(both_ways)
