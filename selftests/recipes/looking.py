#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""tshark follows a stream, on the wire and inside."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import main
from judge import *
from page import Page


def streams(page, name):
    """SSRC, number of packets and of those lost, of each line of tshark's."""
    with open(page.path(name)) as file:
        return re.findall(r'(0x[0-9A-Fa-f]{8}) .*?\s(\d+)\s+(-?\d+) \(',
                          file.read())


def tshark(tap):
    with Page('looking') as page:
        page.run('The hosts')
        page.run('Two captures')
        page.run('Media')
        page.run('What tshark tells')
        plain, wire = streams(page, 'plain.streams'), streams(page, 'wire.streams')
        # a capture that ends leaves out what it has not read
        tap.ok(len(plain) == len(wire) == 1 and plain[0][0] == wire[0][0] and
               200 <= int(plain[0][1]) and 200 <= int(wire[0][1]) and
               plain[0][2] == wire[0][2] == '0',
               'inside and outside tshark sees one stream, and no loss',
               '%s\n%s' % (plain, wire))
        with open(page.path('reports')) as file:
            tap.ok(file.read().strip(), 'it reads reports of RTCP inside')
        tone(tap, read_ulaw(page.path('plain.ul')), 440, 'plain capture', 4)
        outside = read_ulaw(page.path('wire.ul'))
        tap.ok(len(outside) > 30000 and heard(outside, 440) == 0,
               'capture of the wire: nothing is heard')
        clean(tap, 'alice', 200, ways=['send'], rtcp=['send'])
        page.run('Afterwards')
        page.judge(tap)


main(tshark)
