#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Tags of SRTCP, as FFmpeg has them: 32 bits with AES_CM_128_HMAC_SHA1_32, where
RFC 3711 section 5.2 has 80, and 80 under the suite's other name."""

import base64
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import A4, B4, flow, key, main, pair

SHORT = 'AES_CM_128_HMAC_SHA1_32'


def hear(a, b, name, *words):
    """A sender report of FFmpeg's on host b, and the counters of it on host a."""
    master = key(SHORT)
    number = a.session(*flow(A4, B4), recv=(SHORT, master, *words))
    app, app_rtcp = a.socket(A4, 5000), a.socket(A4, 5001)
    ffmpeg = b.start(
        'ffmpeg', '-v', 'error', '-re', '-f', 'lavfi', '-i', 'sine',
        '-c:a', 'pcm_mulaw', '-ar', '8000', '-f', 'rtp', '-srtp_out_suite', name,
        '-srtp_out_params', base64.b64encode(master).decode(),
        'srtp://%s:5000?localrtpport=6000' % A4, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL)
    try:
        # the report goes with the first packet, and before it
        speech = [app.recv(2000) for i in range(3)][-1]
        app_rtcp.setblocking(False)
        try:
            report = app_rtcp.recv(2000)
        except BlockingIOError:
            report = b''
        stats = a.stats('recv', number)
    finally:
        ffmpeg.terminate()
        ffmpeg.wait()
    app.close()
    app_rtcp.close()
    a.ksrtp('session', 'del', 'id', number)
    drops = {name for name in stats if name.startswith('drop-')}
    return speech[1] & 127, report[1:2], drops


def ffmpeg(tap):
    a, b = pair()
    sender_report = b'\xc8'
    tap.equal(hear(a, b, SHORT, 'short-srtcp-tag', 'on'),
              (0, sender_report, set()), 'FFmpeg: a short tag')
    speech, report, drops = hear(a, b, SHORT)
    tap.equal((speech, report, drops), (0, b'', {'drop-tag-length'}),
              'which is refused without the word, with a cause of its own')
    tap.equal(hear(a, b, 'SRTP_AES128_CM_HMAC_SHA1_32'),
              (0, sender_report, set()), "a long one under the suite's other name")
    tap.equal(hear(a, b, 'SRTP_AES128_CM_HMAC_SHA1_32', 'short-srtcp-tag', 'on'),
              (0, b'', {'drop-tag-length'}), 'refused where a short one is expected')


main(ffmpeg)
