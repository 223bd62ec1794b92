#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A camera's RTSP stream, protected by the router between it and the recorder."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import CM, Peer, main
from judge import *
from page import Page

# the upper part of the test picture, from left to right: bars of these colours
BARS = ['white', 'yellow', 'cyan', 'green', 'magenta', 'red', 'blue']
COLOURS = {'white': (1, 1, 1), 'yellow': (1, 1, 0), 'cyan': (0, 1, 1),
           'green': (0, 1, 0), 'magenta': (1, 0, 1), 'red': (1, 0, 0),
           'blue': (0, 0, 1)}
WIDTH, HEIGHT = 160, 120


def pictures(path):
    """What the recording shows, as RGB, one picture after the other."""
    shown = subprocess.run(['ffmpeg', '-v', 'error', '-i', path, '-f', 'rawvideo',
                            '-pix_fmt', 'rgb24', '-'], capture_output=True)
    size = WIDTH * HEIGHT * 3
    return [shown.stdout[at:at + size]
            for at in range(0, len(shown.stdout) - size + 1, size)]


def bars(picture):
    row = HEIGHT // 4 * WIDTH
    found = []
    for bar in range(7):
        at = (row + (2 * bar + 1) * WIDTH // 14) * 3
        bits = tuple(int(value > 96) for value in picture[at:at + 3])
        found += [name for name, is_bits in COLOURS.items() if is_bits == bits]
    return found


def recorded(tap):
    with Page('camera') as page:
        page.run('The hosts')
        wire = Wire('recorder', 'eth0')
        inside = Wire('camera', 'eth0')
        page.run('Keys and sessions')
        with open(page.path('from-camera')) as file:
            libsrtp = Peer(CM, bytes.fromhex(file.read().strip()))
        page.run('Recording')
        page.run('What happened')
        wire.close()
        inside.close()

        seen = pictures(page.path('recording.mkv'))
        tap.ok(len(seen) >= 15 and all(bars(p) == BARS for p in seen),
               'the recorder has the pictures of the camera',
               '%d pictures: %s' % (len(seen), [bars(p) for p in seen[:3]]))
        plain = inside.rtp('10.0.0.5')
        protected = wire.rtp('10.0.0.5')
        got = [libsrtp.unprotect(p) for p in protected]
        tap.ok(len(got) >= 15 and set(got) <= set(plain),
               'libsrtp makes of what crossed the wire what the camera sent',
               '%d packets, %d of the camera' % (len(got), len(plain)))
        bodies = [p[60:92] for p in plain if len(p) > 92]
        everything = b''.join(frame for frame in wire.frames)
        tap.ok(bodies and not any(body in everything for body in bodies),
               'nothing of the picture crosses the wire in the clear')
        clean(tap, 'router', 15, ways=['send'], rtcp=['send', 'recv'])
        clean(tap, 'recorder', 15, ways=['recv'], rtcp=['recv'])
        libsrtp.close()
        page.run('Afterwards')
        page.judge(tap)


main(recorded)
