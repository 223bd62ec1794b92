#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Reference packets of an independent implementation, byte for byte."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *

FILE = os.environ.get('KSRTP_VECTORS', os.path.join(
    os.path.dirname(os.path.abspath(__file__)),
    '../../../shared/vectors/srtp.jsonl'))


def not_ours(session):
    """Why we cannot replay a session, if so."""
    if session['suite'] not in SUITES:
        return 'suite'
    for part in ('mki', 'kdr', 'cryptex', 'unencrypted_srtp',
                 'unencrypted_srtcp', 'encrypted_extension_ids'):
        if session[part]:
            return part
    return None


def vectors(tap):
    if not os.path.exists(FILE):
        tap.skip('reference packets', 'not present')
        return
    a, b = pair(mtu=9000)
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    app_rtcp, wire_rtcp = a.socket(A4, 5001), b.socket(B4, 6001)
    beyond = {}
    for line in open(FILE):
        session = json.loads(line)
        why = not_ours(session)
        if why:
            beyond[why] = beyond.get(why, 0) + 1
            continue
        master = bytes.fromhex(session['master_key'] + session['master_salt'])
        number = a.session(*flow(A4, B4), send=(session['suite'], master),
                           recv=(session['suite'], master))
        wrong = []
        for n, packet in enumerate(session['packets']):
            plain = bytes.fromhex(packet['plain'])
            protected = bytes.fromhex(packet['protected'])
            control = packet['type'] == 'rtcp'
            here, there = (app_rtcp, wire_rtcp) if control else (app, wire)
            here.sendto(plain, (B4, 6000 + control))
            if there.recv(65536) != protected:
                wrong.append('%d protect' % n)
            there.sendto(protected, (A4, 5000 + control))
            if here.recv(65536) != plain:
                wrong.append('%d unprotect' % n)
        tap.equal(wrong, [], 'session %d: %s, %d packets both ways' %
                  (session['id'], session['suite'], len(session['packets'])))
        a.ksrtp('session', 'del', 'id', number)
    for why, count in beyond.items():
        tap.note('%d sessions need what is not supported: %s' % (count, why))


main(vectors)
