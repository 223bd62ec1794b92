#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A call of each browser that lasts until sequence numbers have begun again, both ways,
and for $KSRTP_MINUTES at least. Browsers begin anywhere in the first half of the
numbers, and send 50 or 100 packets a second: it takes 6 to 22 minutes."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtpd import *
from started import alone
import browsers
from pagecall import *
from ksrtp_test import *

MINUTES = float(os.environ.get('KSRTP_MINUTES', 0))
PATIENCE = max(30, MINUTES + 5) * 60


def short_packets(sdp):
    """A page that is asked for them sends ten milliseconds a packet."""
    return sdp.replace('a=rtcp-mux', 'a=ptime:10\r\na=rtcp-mux', 1)


def rolled(agent):
    """Streams of each direction that have begun again."""
    streams = agent.host.json('stream', 'show')
    return {way: sum(bool(one['roc']) for one in streams if one['direction'] == way)
            for way in ('send', 'recv')}


@alone
def wrap(tap):
    a, b = hosts()
    agent = Agent(a, addresses=[A4])
    calls = []
    for n, kind in enumerate(browsers.BROWSERS):
        browser = kind(b)
        call = PageCall(agent, browser, browser.product(), {'audio': 5004 + 10 * n})
        call.offered(short_packets)
        if not call.up(tap):
            return
        calls.append(call)
    start = time.monotonic()
    wanted = {'send': len(calls), 'recv': len(calls)}
    while time.monotonic() - start < PATIENCE:
        if rolled(agent) == wanted and time.monotonic() - start > 60 * MINUTES:
            break
        for call in calls:
            # what is judged is the end
            for some in call.echo.packets.values():
                del some[:-1000]
        time.sleep(5)
    tap.equal(rolled(agent), wanted, 'sequence numbers have begun again')
    tap.note('after %d minutes' % ((time.monotonic() - start) / 60))
    for call in calls:
        tap.equal(call.states(), ['up'], call.name + ': the call goes on')
        call.goes_on(tap, 'after that')
        best = max(hears(call.page, TONE) for wait in range(2))
        tap.ok(best > 0.8, call.name + ': the page hears it come back', best)
        received = call.received()['audio']
        tap.ok(received['packetsLost'] <= received['packetsReceived'] // 20,
               call.name + ': it has missed next to nothing', received)
        call.no_drops(tap)


if not os.path.exists(KSRTPD) or not browsers.BROWSERS:
    print('1..0 # SKIP needs ksrtpd (make agent) and chromium or firefox-esr')
    sys.exit(KSFT_SKIP)
main(wrap)
