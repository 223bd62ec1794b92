#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""mpv and live555 as clients that know no SRTP, and live555's server, which sends
SRTP with an MKI and takes no key, by ksrtp rtsp: whole, with RTCP both ways."""

import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
from rtsp import *
from wire import Wire

LIVE555 = os.path.join(BUILD, 'live555/run')


class Files:
    """What live555's server plays: MPEG-4, and PCMU."""

    def __init__(self, seconds=12):
        self.directory = tempfile.TemporaryDirectory()
        self.video = self.directory.name + '/pictures.m4e'
        self.audio = self.directory.name + '/sound.wav'
        quietly('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i',
                'testsrc=size=160x120:rate=10', '-t', str(seconds), '-c:v',
                'mpeg4', '-g', '10', '-f', 'm4v', self.video)
        # its server finds the sound behind no other chunks
        quietly('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i',
                'anoisesrc=r=8000', '-t', str(seconds), '-ac', '1', '-bitexact',
                '-c:a', 'pcm_mulaw', self.audio)
        self.pictures, self.sound = pictures(self.video), sound(self.audio)
        self.bytes = b''
        for path in (self.video, self.audio):
            with open(path, 'rb') as file:
                self.bytes += file.read()


def missing(tap):
    if not os.path.exists(LIVE555):
        tap.skip('live555', 'rtsp/fetch-live555 has not been run')
        return True
    return False


def judge_recording(tap, name, got, heard, whole, said):
    tap.ok(len(got) > 10 and is_part(got, whole.pictures),
           name + " shows the camera's pictures, and none is missing",
           '%d of %d %s' % (len(got), len(whole.pictures), said))
    tap.ok(len(heard) > 8000 and heard in whole.sound,
           name + ' has the sound, byte by byte', len(heard))


def judge_end(tap, host, during, name):
    tap.ok(len(during) == 2 and not any(oddities(s) for s in during),
           name + ': a session of each stream, which drops nothing',
           [drops(s) for s in during])
    tap.equal(eventually([], lambda: sessions(host)), [],
              name + ': no session is left')


def play_mpv(tap, host, whole):
    with tempfile.TemporaryDirectory() as directory:
        path = directory + '/got.mkv'
        client = host.start(
            'mpv', '--no-config', '--no-terminal', '--vo=null', '--ao=null',
            '--rtsp-transport=udp', '--length=3', '--log-file=%s/log' % directory,
            '--stream-record=' + path, URL, stdin=subprocess.DEVNULL)
        eventually(True, lambda: len(sessions(host)) == 2 and all(
            s['recv']['stats']['rtp-packets'] > 20 for s in sessions(host)))
        during = sessions(host)
        code = client.wait()
        with open(directory + '/log') as log:
            said = log.read()[-2000:]
        tap.equal(code, 0, 'mpv plays it')
        judge_recording(tap, 'mpv', pictures(path), sound(path), whole, said)
    judge_end(tap, host, during, 'mpv')


def play_live555(tap, host, whole):
    """Its client is VLC's, too. It writes a file for each stream."""
    with tempfile.TemporaryDirectory() as directory:
        log = open(directory + '/log', 'w+')
        client = host.start(LIVE555, 'openRTSP', '-d', '4', URL, cwd=directory,
                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        eventually(True, lambda: len(sessions(host)) == 2 and all(
            s['recv']['stats']['rtp-packets'] > 20 and
            s['send']['stats']['rtcp-packets'] for s in sessions(host)))
        during = sessions(host)
        code = client.wait()
        log.seek(0)
        said = log.read()
        log.close()
        tap.equal(code, 0, 'live555 plays it')
        with open(directory + '/audio-PCMU-2', 'rb') as file:
            heard = file.read()
        path = directory + '/pictures.mjpeg'
        os.rename(directory + '/video-JPEG-1', path)
        judge_recording(tap, 'live555', pictures(path), heard, whole, said)
    judge_end(tap, host, during, 'live555')


@alone
def clients(tap):
    """Play GStreamer's server."""
    a, b = pair()
    Camera(b, B4, recording())
    Relay(a, 'relay', 'camera', 'door', 'rtsp://%s:8554/live' % B4)
    wire = Wire(a)
    play_mpv(tap, a, recording())
    judge_wire(tap, wire.rest(), recording(), 'mpv')
    if not missing(tap):
        play_live555(tap, a, recording())
        judge_wire(tap, wire.rest(), recording(), 'live555')
    wire.close()


@alone
def live555(tap):
    """Its server has one key for both sides."""
    if missing(tap):
        return
    a, b = pair()
    files = Files()
    with certified(B4) as (directory, both, trust):
        camera = Process(b, LIVE555, 'server', '8322', files.video, files.audio,
                         both, both)
        eventually(True, lambda: 'ready' in camera.said())
        Relay(a, 'relay', 'camera', 'door', 'rtsps://%s:8322/live' % B4,
              'trust', trust, 'one-key')
        wire = Wire(a)
        path = directory + '/got.mkv'
        client = ffmpeg(a, URL, path, 8)
        eventually(True, lambda: len(sessions(a)) == 2 and all(
            s['recv']['stats'].get('rtp-packets', 0) > 30 and
            s['recv']['stats'].get('rtcp-packets', 0) and
            s['send']['stats'].get('rtcp-packets', 0) for s in sessions(a)))
        during = sessions(a)
        other = a.start('ffmpeg', '-nostdin', '-v', 'error', '-rtsp_transport', 'udp',
                        '-i', URL, '-t', '1', '-f', 'null', '-')
        tap.equal(other.wait(), 0, 'another client has the same key at the same time')
        error = client.communicate()[1]
        tap.equal(client.returncode, 0, "live555's server is played")
        judge_recording(tap, "FFmpeg, of live555's server,", pictures(path), sound(path),
                        files, error)
        judge_end(tap, a, during, "live555's server")
        tap.ok(camera.said().count('report') >= 2,
               "live555's server understands the RTCP", camera.said())
        judge_wire(tap, wire.rest(), files, "live555's server")
        wire.close()


main(clients, live555)
