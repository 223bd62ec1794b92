#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Debian's browsers in calls with GStreamer and with baresip, which speak plain RTP."""

import glob
import math
import os
import re
import shutil
import sys
import wave

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../recipes'))
from ksrtpd import *
from started import started
import browsers
from judge import heard, read_wav
from pagecall import *
from sip import Phone
from ksrtp_test import *

# what the programs send
TONE_BACK = 660
PLAIN = '127.0.0.1'


class Process:
    """A program that ends with the test."""

    def __init__(self, host, directory, *command):
        self.log = open(os.path.join(directory, os.path.basename(command[0]) + '.log'),
                        'a+')
        self.process = host.start(*command, stdin=subprocess.DEVNULL, stdout=self.log,
                                  stderr=subprocess.STDOUT)
        started.append(self)

    def said(self):
        self.log.seek(0)
        return self.log.read()[-2000:]

    def close(self):
        self.process.kill()
        self.process.wait()


def line_of(sdp, kind, name):
    """Port of a medium, and the number of a codec."""
    section = re.search(r'm=%s .*?(?=\r\nm=|\Z)' % kind, sdp, re.S)[0]
    return (ports_of(section)[0],
            int(re.search(r'a=rtpmap:(\d+) %s/' % name, section, re.I)[1]))


def gstreamer(host, directory, receives, to):
    """Pipelines of tone and picture: what comes is written, what goes is GStreamer's.
    @to is of the description that says where to send to; so are numbers of codecs."""
    sound, opus_type = line_of(to, 'audio', 'opus')
    sight, vp8_type = line_of(to, 'video', 'VP8')
    caps = 'application/x-rtp,media=%s,clock-rate=%d,encoding-name=%s,payload=%d'
    return [Process(host, directory, 'gst-launch-1.0', '-q', *words.split())
            for words in (
        'udpsrc address=%s port=%d caps=%s ! rtpopusdepay ! opusdec ! audioconvert ! '
        'audio/x-raw,format=S16LE,channels=1,rate=48000 ! filesink buffer-mode=2 '
        'location=%s/sound' % (PLAIN, receives['audio'], caps % (
            'audio', 48000, 'OPUS', opus_type), directory),
        'udpsrc address=%s port=%d caps=%s ! rtpvp8depay wait-for-keyframe=true ! '
        'vp8dec ! videoconvert ! video/x-raw,format=RGB ! filesink buffer-mode=2 '
        'location=%s/sight' % (PLAIN, receives['video'], caps % (
            'video', 90000, 'VP8', vp8_type), directory),
        'audiotestsrc is-live=true freq=%d ! audioconvert ! '
        'audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay pt=%d ! '
        'udpsink host=%s port=%d' % (TONE_BACK, opus_type, PLAIN, sound),
        'videotestsrc is-live=true pattern=solid-color '
        'foreground-color=0xff20c020 ! video/x-raw,width=160,height=120,framerate=5/1 ! '
        'vp8enc deadline=1 keyframe-max-dist=5 ! rtpvp8pay pt=%d ! '
        'udpsink host=%s port=%d' % (vp8_type, PLAIN, sight))]


def frame_of(path):
    """The mean colour of the last picture that was written."""
    size = PICTURE[0] * PICTURE[1] * 3
    data = open(path, 'rb').read() if os.path.exists(path) else b''
    last = data[len(data) // size * size - size:][:size] if len(data) >= size else b''
    return [sum(last[n::3]) // (size // 3) for n in range(3)]


def sound_of(path, frequency):
    data = open(path, 'rb').read() if os.path.exists(path) else b''
    samples = struct.unpack('<%dh' % (len(data) // 2), data[:len(data) // 2 * 2])
    size = opus.RATE // 2
    return max((share(samples[at:at + size], frequency, opus.RATE)
                for at in range(0, len(samples) - size, size // 2)), default=0)


def judge_gstreamer(tap, call, directory, pipelines):
    sound, sight = (os.path.join(directory, name) for name in ('sound', 'sight'))
    if not call.up(tap):
        return
    tap.ok(eventually(True, lambda: sound_of(sound, TONE) > 0.9),
           call.name + ': GStreamer hears the page',
           (sound_of(sound, TONE), [one.said() for one in pipelines]))
    tap.ok(eventually(True, lambda: looks(frame_of(sight))),
           call.name + ': and sees it', (frame_of(sight), pipelines[1].said()))
    best = max(hears(call.page, TONE_BACK) for wait in range(2))
    tap.ok(best > 0.8, call.name + ': the page hears GStreamer', best)
    seen = call.page.run('colour()')
    tap.ok(seen[:2] == PICTURE and looks(seen[2:]), call.name + ': and sees it', seen)
    call.no_drops(tap)


class ProgramCall(PageCall):
    """A call of a page with a program that is not the test's."""

    def stop(self, tap):
        self.page.run('web.close()')
        tap.equal(self.agent.wait(self.name, 'closed')['state'], 'closed',
                  self.name + ': the page hangs up')
        self.agent.delete(self.name)


def with_gstreamer(tap, kind):
    a, b = hosts()
    agent, browser = Agent(a, addresses=[A4]), kind(b)
    tap.note(browser.product())
    kinds = {'audio': 5004, 'video': 5006}
    for name in ('the page offers', 'the page answers'):
        directory = tempfile.mkdtemp(prefix='gstreamer-')
        call = ProgramCall(agent, browser, name, kinds)
        if name == 'the page offers':
            to = agent.offer(name, call.page.run('offer()'), feedback=True)
            call.page.run('take(%s)' % json.dumps(agent.answer(
                name, chosen(to, kinds))))
        else:
            web = agent.offer(name, offered(kinds), feedback=True)
            to = agent.answer(name, call.page.run('answer(%s)' % json.dumps(web)))
        pipelines = gstreamer(a, directory, kinds, to)
        judge_gstreamer(tap, call, directory, pipelines)
        call.stop(tap)
        for one in pipelines:
            one.close()
            started.remove(one)


def tone_file(path):
    with wave.open(path, 'wb') as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b''.join(struct.pack('<h', int(
            8000 * math.sin(2 * math.pi * TONE_BACK * n / 8000)))
            for n in range(8000 * 120)))


def baresip(host, *words):
    """A telephone that has G.711 alone, at port 5070."""
    directory = tempfile.mkdtemp(prefix='baresip-')
    tone_file(os.path.join(directory, 'tone.wav'))
    with open(os.path.join(directory, 'config'), 'w') as file:
        file.write('''module_path /usr/lib/baresip/modules
module_app account.so
module_app menu.so
module g711.so
module aufile.so
module sndfile.so
snd_path %s
audio_source aufile,%s/tone.wav
ausrc_srate 8000
ausrc_channels 1
auplay_srate 8000
auplay_channels 1
rtp_ports 16384-16399
sip_listen %s:5070
''' % (directory, directory, PLAIN))
    with open(os.path.join(directory, 'accounts'), 'w') as file:
        file.write('<sip:phone@%s:5070>;regint=0;answermode=auto\n' % PLAIN)
    return directory, Process(host, directory, 'baresip', '-f', directory, *words)


def wait_for_port(host, port):
    eventually(True, lambda: ':%d ' % port in host.run('ss', '-lun').stdout)


def judge_baresip(tap, call, directory, process):
    def best():
        found = glob.glob(os.path.join(directory, 'dump-*-dec.wav'))
        samples, rate = read_wav(found[0]) if found else ([], 8000)
        return heard(samples, TONE)
    if not call.up(tap):
        return
    tap.ok(eventually(True, lambda: best() >= 1), call.name +
           ': baresip hears the page', (best(), process.said()))
    found = max(hears(call.page, TONE_BACK) for wait in range(2))
    tap.ok(found > 0.8, call.name + ': the page hears baresip', found)
    call.no_drops(tap)


def with_baresip(tap, kind):
    a, b = hosts()
    agent, browser = Agent(a, addresses=[A4]), kind(b)
    tap.note(browser.product())
    kinds = {'audio': 0}

    call = ProgramCall(agent, browser, 'the page calls', kinds)
    directory, process = baresip(a)
    wait_for_port(a, 5070)
    phone = Phone(a, 'page', PLAIN, 5060, (PLAIN, 5070))
    started.append(phone)
    dialog = phone.call('phone')
    answer = dialog.invite(agent.offer(call.name, call.page.run('offer()')))
    call.page.run('take(%s)' % json.dumps(agent.answer(call.name, answer)))
    judge_baresip(tap, call, directory, process)
    dialog.bye()
    call.stop(tap)
    process.close()
    started.remove(process)

    call = ProgramCall(agent, browser, 'baresip calls', kinds)

    def take(dialog, offer):
        web = agent.offer(call.name, offer)
        return agent.answer(call.name, call.page.run('answer(%s)' % json.dumps(web)))
    phone.answer = take
    directory, process = baresip(a, '-e', '/dial sip:page@%s:5060' % PLAIN)
    phone.rings.get(timeout=120)
    eventually(True, lambda: bool(agent.ask(command='query')['calls']))
    judge_baresip(tap, call, directory, process)
    call.stop(tap)


if not os.path.exists(KSRTPD) or not browsers.BROWSERS or \
        not shutil.which('gst-launch-1.0') or not shutil.which('baresip'):
    print('1..0 # SKIP needs ksrtpd (make agent), chromium or firefox-esr, GStreamer '
          'and baresip')
    sys.exit(KSFT_SKIP)
main(*browsers.each(with_gstreamer, with_baresip))
