#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Debian's browsers in calls with GStreamer, baresip and Asterisk, which speak plain
RTP."""

import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../recipes'))
from ksrtpd import *
from started import started
import browsers
import pbx
from telephone import Baresip
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


def number_of(sdp, codec):
    return int(re.search(r'a=rtpmap:(\d+) %s/' % codec, sdp, re.I)[1])


def gstreamer(host, directory, receives, sends, sdp):
    """Pipelines of tone and picture, from and to these ports: what comes is written,
    what goes is GStreamer's. The numbers of codecs are in @sdp."""
    opus_type, vp8_type = (number_of(sdp, name) for name in ('opus', 'VP8'))
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
        'udpsink host=%s port=%d' % (TONE_BACK, opus_type, PLAIN, sends['audio']),
        'videotestsrc is-live=true pattern=solid-color '
        'foreground-color=0xff20c020 ! video/x-raw,width=160,height=120,framerate=5/1 ! '
        'vp8enc deadline=1 keyframe-max-dist=5 ! rtpvp8pay pt=%d ! '
        'udpsink host=%s port=%d' % (vp8_type, PLAIN, sends['video']))]


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

    def answers(self, phone):
        """A telephone that answers for the page; what is set once it has."""
        done = threading.Event()

        def take(dialog, offer):
            web = self.agent.offer(self.name, offer)
            answer = self.agent.answer(self.name, self.page.run(
                'answer(%s)' % json.dumps(web)))
            done.set()
            return answer
        phone.answer = take
        return done

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
        sdp = call.page.run('offer()') if name == 'the page offers' else offered(kinds)
        other = agent.offer(name, sdp, feedback=True)
        sends = {kind: medium['application-port'] for kind, medium in
                 zip(kinds, agent.media(name))}
        # first, since nobody asks the page for another picture
        pipelines = gstreamer(a, directory, kinds, sends, sdp)
        for port in kinds.values():
            wait_for_port(a, port)
        if name == 'the page offers':
            call.page.run('take(%s)' % json.dumps(agent.answer(
                name, chosen(other, kinds))))
        else:
            agent.answer(name, call.page.run('answer(%s)' % json.dumps(other)))
        judge_gstreamer(tap, call, directory, pipelines)
        call.stop(tap)
        for one in pipelines:
            one.close()
            started.remove(one)


def wait_for_port(host, port):
    eventually(True, lambda: ':%d ' % port in host.run('ss', '-lun').stdout)


def judge_telephone(tap, call, name, recorded, frequency, process):
    """One that plays a tone; @recorded tells for how long it has heard another."""
    if not call.up(tap):
        return
    tap.ok(eventually(True, lambda: recorded(TONE) >= 1), '%s: %s hears the page' % (
        call.name, name), (recorded(TONE), process.said()))
    found = max(hears(call.page, frequency) for wait in range(2))
    tap.ok(found > 0.8, '%s: the page hears %s' % (call.name, name), found)
    call.no_drops(tap)


def judge_baresip(tap, call, telephone):
    judge_telephone(tap, call, 'baresip', telephone.heard, TONE_BACK, telephone)


def with_baresip(tap, kind):
    a, b = hosts()
    agent, browser = Agent(a, addresses=[A4]), kind(b)
    tap.note(browser.product())
    kinds = {'audio': 0}

    call = ProgramCall(agent, browser, 'the page calls', kinds)
    telephone = Baresip(a, PLAIN, 5070, TONE_BACK)
    phone = Phone(a, 'page', PLAIN, 5060, (PLAIN, 5070))
    started.append(phone)
    dialog = phone.call('phone')
    answer = dialog.invite(agent.offer(call.name, call.page.run('offer()')))
    call.page.run('take(%s)' % json.dumps(agent.answer(call.name, answer)))
    judge_baresip(tap, call, telephone)
    dialog.bye()
    call.stop(tap)
    telephone.close()

    call = ProgramCall(agent, browser, 'baresip calls', kinds)

    done = call.answers(phone)
    telephone = Baresip(a, PLAIN, 5070, TONE_BACK, dial='sip:page@%s:5060' % PLAIN)
    done.wait(180)
    judge_baresip(tap, call, telephone)
    call.stop(tap)


def judge_asterisk(tap, call, asterisk):
    judge_telephone(tap, call, 'Asterisk', asterisk.heard, pbx.MILLIWATT, asterisk)
    asterisk.forget()


def with_asterisk(tap, kind):
    if not pbx.available():
        raise Skip('recipes/fetch-asterisk has not been run')
    a, b = hosts()
    agent, browser = Agent(a, addresses=[A4]), kind(b)
    tap.note(browser.product())
    # without SRTP
    asterisk = pbx.Asterisk(a, pbx.player(PLAIN, 5070, pbx.endpoint('page')))
    asterisk.ready()
    phone = Phone(a, 'page', PLAIN, 5060, (PLAIN, 5070))
    started.append(phone)

    call = ProgramCall(agent, browser, 'the page calls', {'audio': 0})
    dialog = phone.call('600')
    answer = dialog.invite(agent.offer(call.name, call.page.run('offer()')))
    call.page.run('take(%s)' % json.dumps(agent.answer(call.name, answer)))
    judge_asterisk(tap, call, asterisk)
    dialog.bye()
    call.stop(tap)

    call = ProgramCall(agent, browser, 'Asterisk calls', {'audio': 0})

    done = call.answers(phone)
    asterisk.calls('page', 'sip:page@%s:5060' % PLAIN)
    done.wait(180)
    judge_asterisk(tap, call, asterisk)
    call.stop(tap)


if not os.path.exists(KSRTPD) or not browsers.BROWSERS or \
        not shutil.which('gst-launch-1.0') or not shutil.which('baresip'):
    print('1..0 # SKIP needs ksrtpd (make agent), chromium or firefox-esr, GStreamer '
          'and baresip')
    sys.exit(KSFT_SKIP)
main(*browsers.each(with_gstreamer, with_baresip, with_asterisk))
