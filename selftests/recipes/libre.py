#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Tags of SRTCP, as libre has them: baresip is called with AES_CM_128_HMAC_SHA1_32,
hears our reports only if their tags have 32 bits, and sends such itself."""

import base64
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
sys.path.insert(0, os.path.dirname(__file__))
from telephone import Baresip
from ksrtp_test import A4, B4, flow, key, main, pair, rtcp, rtp
from sip import Phone

SUITE = 'AES_CM_128_HMAC_SHA1_32'
OFFER = '''v=0
o=- 1 1 IN IP4 {address}
s=-
c=IN IP4 {address}
t=0 0
m=audio 5000 RTP/SAVP 0
a=crypto:1 {suite} inline:{key}
'''


def call(a, b, *words):
    """Causes of drops, reports that were heard, and baresip's log."""
    baresip = Baresip(b, B4, 5060, 880, ('srtp-mand', 'srtp'))
    phone = Phone(a, 'alice', A4, 5062, (B4, 5060))
    ours = key(SUITE)
    dialog = phone.call('phone')
    answer = dialog.invite(OFFER.format(
        address=A4, suite=SUITE,
        key=base64.b64encode(ours).decode()).replace('\n', '\r\n'))
    line = re.search(r'a=crypto:\d+ (\S+) inline:([^|\s]+)', answer)
    port = int(re.search(r'm=audio (\d+)', answer)[1])
    theirs = base64.b64decode(line[2])
    number = a.session(*flow(A4, B4, 5000, port), send=(line[1], ours, *words),
                       recv=(line[1], theirs, *words))
    app, app_rtcp = a.socket(A4, 5000), a.socket(A4, 5001)
    app_rtcp.setblocking(False)
    heard, drops, seq = [], {}, 0
    while not heard and 'drop-tag-length' not in drops:
        for i in range(50):
            seq += 1
            app.sendto(rtp(seq, bytes(160)), (B4, port))
            app.recv(2000)
        app_rtcp.sendto(rtcp(), (B4, port + 1))
        try:
            heard.append(app_rtcp.recv(2000)[1])
        except BlockingIOError:
            time.sleep(0.1)
        drops = {name: n for name, n in a.stats('recv', number).items()
                 if name.startswith('drop-')}
    dialog.bye()
    phone.close()
    app.close()
    app_rtcp.close()
    a.ksrtp('session', 'del', 'id', number)
    return line[1], set(drops), heard, baresip.close()


def libre(tap):
    a, b = pair()
    suite, drops, heard, log = call(a, b, 'short-srtcp-tag', 'on')
    tap.equal((suite, drops, bool(set(heard) & {200, 201})), (SUITE, set(), True),
              'reports of baresip are heard')
    tap.ok('failed to decrypt' not in log, 'and it hears ours', log)
    suite, drops, heard, log = call(a, b)
    tap.equal((suite, drops, heard), (SUITE, {'drop-tag-length'}, []),
              'without the word they are dropped, and for the right cause')
    tap.ok('failed to decrypt RTCP' in log, 'and it does not hear ours', log)


main(libre)
