#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Reference packets of an independent implementation, byte for byte."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
from srtp_ref_check import cryptex_packets

FILE = os.environ.get('KSRTP_VECTORS', os.path.join(
    os.path.dirname(os.path.abspath(__file__)),
    '../../../shared/vectors/srtp.jsonl'))


def words(session):
    """What the command says of a direction with a session's properties."""
    master = session['master_key'] + session['master_salt']
    said = ['suite', session['suite'], 'insecure-key', master]
    if session['mki']:
        said += ['mki', session['mki']]
    if session['kdr']:
        said += ['kdr', session['kdr']]
    if session['cryptex']:
        said += ['cryptex', 'on']
    for part in ('unencrypted_srtp', 'unencrypted_srtcp'):
        if session[part]:
            said += [part.replace('_', '-'), 'on']
    if session['encrypted_extension_ids']:
        said += ['encrypted-extensions', ','.join(
            str(n) for n in session['encrypted_extension_ids'])]
    return said


def plain_again(session, packet):
    """What unprotecting gives: cryptex leaves its empty extension there."""
    plain = bytes.fromhex(packet['plain'])
    csrcs = plain[0] & 15
    if (not session['cryptex'] or packet['type'] == 'rtcp' or not csrcs or
            plain[0] & 0x10):
        return plain
    end = 12 + 4 * csrcs
    return (bytes([plain[0] | 0x10]) + plain[1:end] +
            bytes.fromhex('bede0000') + plain[end:])


def published(tap):
    """Of the RFCs' packets those that come with a master key."""
    a, b = pair()
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    for name, suite, key_, salt, plain, protected in cryptex_packets():
        plain, protected = bytes.fromhex(plain), bytes.fromhex(protected)
        said = ['suite', suite, 'insecure-key', (key_ + salt).hex(), 'cryptex',
                'on']
        number = a.session(*flow(A4, B4), send=said, recv=said)
        app.sendto(plain, (B4, 6000))
        seen = wire.recv(65536)
        wire.sendto(protected, (A4, 5000))
        tap.equal((seen, app.recv(65536)), (protected, plain),
                  '%s, %s' % (name, suite))
        a.ksrtp('session', 'del', 'id', number)


def vectors(tap):
    if not os.path.exists(FILE):
        tap.skip('reference packets', 'not present')
        return
    aria = cipher_available('aria')
    a, b = pair(mtu=9000)
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    app_rtcp, wire_rtcp = a.socket(A4, 5001), b.socket(B4, 6001)
    without = 0
    for line in open(FILE):
        session = json.loads(line)
        if 'ARIA' in session['suite'] and not aria:
            without += 1
            continue
        number = a.session(*flow(A4, B4), send=words(session),
                           recv=words(session))
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
            if here.recv(65536) != plain_again(session, packet):
                wrong.append('%d unprotect' % n)
        extras = [part for part in ('mki', 'kdr', 'cryptex',
                                    'unencrypted_srtp', 'unencrypted_srtcp',
                                    'encrypted_extension_ids')
                  if session[part]]
        tap.equal(wrong, [], 'session %d: %s%s, %d packets both ways' %
                  (session['id'], session['suite'],
                   ''.join(' ' + extra for extra in extras),
                   len(session['packets'])))
        a.ksrtp('session', 'del', 'id', number)
    if without:
        tap.note('%d sessions need ARIA, which this kernel lacks' % without)


main(published, vectors)
