#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The benchmark without the peers that cannot be fetched. It measures nothing."""

import contextlib
import io
import os
import sys
import tempfile

BUILD = tempfile.TemporaryDirectory()
os.environ['KSRTP_BUILD'] = BUILD.name
os.environ['KSRTP_MIRROR'] = 'file:/nonexistent'
# where nothing is to be had
import peers
from table import table

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import main


def ns(*names):
    return {name: {'min': 100.0, 'median': 110.0} for name in names}


def missing(tap):
    told = io.StringIO()
    with contextlib.redirect_stderr(told):
        found = peers.build(['openssl', 'rtpengine'])
    tap.equal(set(found), {'openssl', 'rtpengine'}, 'what is missing is told')
    for name, why in found.items():
        tap.ok('going on without %s: %s' % (peers.PEERS[name][0], why) in
               told.getvalue() and 'fetched' in why, name + ', and why', why)
    plain = {'machine': {'cpu': 'x', 'cpus': 2, 'load': 0.0, 'where': 'vm',
                         'peers': {'debian': '2.5.0'}, 'missing': found,
                         'beside': ''},
             'found': [{'what': 'packets', 'suite': 'S', 'payload': 160,
                        'sessions': 1, 'ns': ns(*(
                            prefix + way for prefix in
                            ('', 'floor-', 'api-', 'debian-')
                            for way in ('protect', 'unprotect')))}]}
    lines = table(plain)
    for name, why in found.items():
        tap.ok("not measured: %s (%s)" % (peers.PEERS[name][0], why) in lines,
               name + ' is told in the table', lines)
    row = next(line for line in lines if line.startswith('S '))
    tap.ok(row.split().count('-') == 2 and 'libsrtp as packaged 2.5.0' in lines,
           'the others are in it', lines)


main(missing)
