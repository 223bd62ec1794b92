#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Documentation/recipes/rtsp.rst, as it stands: FFmpeg records a camera with SRTP."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../recipes'))
from ksrtp_test import *
from page import Page
from rtsp import pictures


def recorded(tap):
    os.environ['PATH'] = '%s:%s' % (os.path.abspath(BUILD), os.environ['PATH'])
    with Page('rtsp') as recipe:
        for title in ('The hosts', 'The camera', 'The relay', 'Recording',
                      'What happened'):
            recipe.run(title)
        got = pictures(recipe.path('recording.mkv'))
        tap.ok(len(got) > 5, 'FFmpeg has recorded pictures', len(got))
        tap.ok('10.0.0.5:' in recipe.output(), 'a session is shown',
               recipe.output())
        recipe.run('Afterwards')
        recipe.judge(tap)


main(recorded)
