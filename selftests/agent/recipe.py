#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Documentation/recipes/browser.rst, as it stands, with Chromium: a page calls FFmpeg
on the same host."""

import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../recipes'))
from ksrtpd import *
from started import alone
import chromium
from chromium import Chromium
from sound import read_wav, share, write_tone
from page import Page
from ksrtp_test import *

TONE = 440


def received(tab):
    """Packets that the page has accepted."""
    return tab.run("""call.getStats().then(all => [...all.values()].filter(
        one => one.type == 'inbound-rtp').reduce(
            (sum, one) => sum + one.packetsReceived, 0))""")


@alone
def one_machine(tap):
    a, b = pair()
    os.environ['PATH'] = '%s:%s' % (os.path.abspath(BUILD), os.environ['PATH'])
    with a.enter():
        recipe = Page('browser')
    with recipe:
        recipe.run('The daemon')
        recipe.run('The page')
        # in place of a microphone, again and again
        write_tone(recipe.path('tone.wav'), TONE, 48000, 1)
        browser = Chromium(a, '--use-file-for-fake-audio-capture=' +
                           recipe.path('tone.wav'))
        tab = browser.page('http://127.0.0.1:8000/')
        tap.ok(eventually(True, lambda: tab.run(
            "!!document.getElementById('start')")), 'the page is there')
        tab.run("document.getElementById('start').click()")
        tap.equal(eventually('connected', lambda: tab.run(
            "document.getElementById('state').textContent")), 'connected',
            'the page says that it is connected')
        recipe.run('The program')
        samples, rate = read_wav(recipe.path('heard.wav'))
        best = max((share(samples[at:at + rate // 2], TONE, rate)
                    for at in range(0, len(samples), rate // 2)), default=0)
        tap.ok(best > 0.9, 'FFmpeg hears the page', (len(samples), rate, best))
        tap.ok(eventually(True, lambda: received(tab) > 100),
               'the page gets what FFmpeg sends', received(tab))
        recipe.run('What happened')
        recipe.run('The end')
        tap.equal(eventually([], lambda: a.json('session', 'show')), [],
                  'no session is left')
        recipe.judge(tap)


if not os.path.exists(KSRTPD) or not chromium.available() or \
        not shutil.which('ffmpeg'):
    print('1..0 # SKIP needs ksrtpd (make agent), chromium and ffmpeg')
    sys.exit(KSFT_SKIP)
main(one_machine)
