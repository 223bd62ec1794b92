#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Asterisk with SRTP of its own: what becomes of counters at re-INVITEs with and
without a new key, of a call that is held, and after an attended transfer."""

import base64
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
import pbx
from pbx import PATIENCE
from ksrtp_test import *
from sip import Phone

PBX, HERE, SIP = '192.0.2.1', '192.0.2.2', 5060
# packets on their way at once, so that no buffer overflows
BURST = 16

CONFIG = {
    'modules.conf': pbx.modules(
        'res_pjsip_endpoint_identifier_ip', 'res_pjsip_refer', 'res_srtp',
        'bridge_simple', 'app_echo', 'app_dial'),
    'rtp.conf': '[general]\nrtpstart=10000\nrtpend=10999\nstrictrtp=no\n',
    'extensions.conf': '[inside]\n'
                       'exten => 600,1,Answer()\n'
                       ' same => n,Echo()\n'
                       'exten => bob,1,Dial(PJSIP/bob)\n'
                       'exten => carol,1,Dial(PJSIP/carol)\n',
    'pjsip.conf': pbx.transport(PBX, SIP) + ''.join(
        pbx.endpoint(name, 'media_encryption=sdes', 'aors=' + name) +
        '[%s]\ntype=aor\ncontact=sip:%s@%s:%d\n' % (name, name, HERE, port)
        for name, port in (('alice', 5070), ('bob', 5071), ('carol', 5072))) +
        '[alice]\ntype=identify\nendpoint=alice\nmatch=%s\n' % HERE,
}


class Side:
    """Media of one side of a call: plain RTP here, and ksrtp in between."""

    def __init__(self, host, port, ssrc):
        self.host, self.port, self.ssrc = host, port, ssrc
        self.socket = host.socket(HERE, port)
        self.seq, self.version, self.line = 65500, 0, ''
        self.agreed, self.id = None, None
        self.told = self.key = None
        self.heard, self.wrapped = None, False

    def offer(self, direction='sendrecv', new_key=False):
        """A description of ours, with the key of before if there is one."""
        if new_key or not self.key:
            self.key = base64.b64encode(os.urandom(30)).decode()
        self.version += 1
        self.told = '\r\n'.join((
            'v=0', 'o=- 1 %d IN IP4 %s' % (self.version, HERE), 's=-',
            'c=IN IP4 ' + HERE, 't=0 0', 'm=audio %d RTP/SAVP 0' % self.port,
            'a=rtpmap:0 PCMU/8000', 'a=' + direction,
            'a=crypto:1 %s inline:%s' % (CM, self.key), ''))
        return self.told

    def files(self, *texts):
        names = []
        for text in texts:
            handle, name = tempfile.mkstemp()
            with os.fdopen(handle, 'w') as file:
                file.write(text)
            names.append(name)
        return names

    def agree(self, theirs):
        """Both have spoken; whether the other side has another key now."""
        texts = (self.told, theirs, *(self.agreed or ()))
        words = ('local', 'remote', 'old-local', 'old-remote')
        files = self.files(*texts)
        self.host.ksrtp('sdp', 'set' if self.agreed else 'add',
                        *(word for pair in zip(words, files) for word in pair))
        for name in files:
            os.unlink(name)
        before, self.agreed = self.agreed, (self.told, theirs)
        # as SDP has it
        self.there = PBX, int(re.search(r'm=audio (\d+)', theirs)[1])
        if not before:
            self.id = [one['id'] for one in self.host.json('session', 'show')
                       if one['local-port'] == self.port][0]
            return False
        return re.search(r'inline:(\S+)', before[1])[1] != \
            re.search(r'inline:(\S+)', theirs)[1]

    def words(self, *words):
        self.host.ksrtp('session', 'set', 'id', self.id, *words)

    def send(self):
        """Send a packet; what is in it."""
        payload = b'%08x %010d' % (self.ssrc, self.seq) + bytes(141)
        self.socket.sendto(rtp(self.seq, payload, ssrc=self.ssrc), self.there)
        self.seq += 1
        return payload

    def receive(self, patience):
        """The payload of the next RTP packet, or None."""
        self.socket.settimeout(patience)
        try:
            while (packet := self.socket.recv(2000))[1] & 127 != 0:
                pass
        except TimeoutError:
            return None
        seq = int.from_bytes(packet[2:4], 'big')
        self.wrapped |= bool(self.heard) and self.heard - seq > 32768
        self.heard = seq
        return packet[12:]


def hears(one, other, count=20, patience=20):
    """How much of what one says the other hears."""
    got = 0
    for at in range(0, count, BURST):
        said = {one.send() for n in range(min(BURST, count - at))}
        while said:
            payload = other.receive(patience)
            if payload is None:
                return got
            # what was on its way before does not count
            if payload in said:
                said.discard(payload)
                got += 1
    return got


def bridged(one, other):
    """Have they been joined? What is said before is lost."""
    for side, far in ((one, other), (other, one)):
        end = time.monotonic() + PATIENCE
        while not hears(side, far, 1, 0.5) and time.monotonic() < end:
            pass


def until_wrapped(side):
    """Let what the echo sends pass 65535; how many packets that took."""
    count, end = 0, time.monotonic() + PATIENCE
    while not side.wrapped and time.monotonic() < end:
        count += hears(side, side, BURST)
    return count


def echoed(tap, host):
    """A call to an extension that sends back what it gets."""
    side = Side(host, 20000, 0x600)
    phone = Phone(host, 'alice', HERE, 5070, (PBX, SIP))
    call = phone.call('600')
    side.agree(call.invite(side.offer()))
    tap.equal(hears(side, side, 60), 60, 'echo: both ways, past our wrap')
    tap.note('%d packets until that of Asterisk' % until_wrapped(side))
    tap.equal((host.stream(side.id, 'send', side.ssrc)['roc'] >= 1,
               side.wrapped), (True, True), 'echo: both counters have rolled')
    tap.equal(hears(side, side), 20, 'echo: past both wraps')
    # Asterisk makes new contexts for both directions when we have a new key
    side.words('send', 'counters', 'restart', 'recv', 'counters', 'restart')
    for what, direction, new_key in (
            ('re-INVITE, the same key', 'sendrecv', False),
            ('re-INVITE, a new key', 'sendrecv', True),
            ('held, the same key', 'sendonly', False),
            ('resumed, the same key', 'sendrecv', False),
            ('held, a new key', 'sendonly', True),
            ('resumed, a new key', 'sendrecv', True)):
        another = side.agree(call.invite(side.offer(direction, new_key)))
        tap.ok(not another, what + ': Asterisk keeps its key')
        if direction == 'sendrecv':
            tap.equal(hears(side, side), 20, what + ': both ways')
    shown = [host.stream(side.id, way, ssrc)['roc']
             for way, ssrc in (('send', side.ssrc),
                               ('recv', host.json(
                                   'stream', 'show', 'session', side.id,
                                   'recv')[0]['ssrc']))]
    tap.equal(shown, [0, 0], 'counters have begun anew, both')
    tap.ok(host.stats('recv', side.id).get('counters-restarted', 0) >= 1,
           'which shows')
    call.bye()
    host.ksrtp('session', 'del', 'id', side.id)
    phone.close()


def transferred(tap, host):
    """Alice calls Bob, holds him, calls Carol, and lets the two talk."""
    sides = {name: Side(host, port, port) for name, port in (
        ('to bob', 20010), ('to carol', 20012), ('bob', 20020),
        ('carol', 20022))}

    def answering(name):
        def answer(dialog, offer):
            told = sides[name].offer()
            sides[name].agree(offer)
            return told
        return answer

    phones = [Phone(host, name, HERE, port, (PBX, SIP), answering(name))
              for name, port in (('bob', 5071), ('carol', 5072))]
    alice = Phone(host, 'alice', HERE, 5070, (PBX, SIP))
    calls = {}
    for name in ('bob', 'carol'):
        calls[name] = call = alice.call(name)
        mine, theirs = sides['to ' + name], sides[name]
        mine.agree(call.invite(mine.offer()))
        bridged(mine, theirs)
        tap.equal((hears(mine, theirs, 60), hears(theirs, mine, 60)), (60, 60),
                  'alice and %s: both ways, past the wrap' % name)
        if name == 'bob':
            mine.agree(call.invite(mine.offer('sendonly')))
    tap.equal(calls['bob'].refer(calls['carol']).status, 202,
              'an attended transfer')
    for name in ('bob', 'carol'):
        tap.ok(calls[name].over.wait(PATIENCE), 'alice is done with ' + name)
    bob, carol = sides['bob'], sides['carol']
    bridged(bob, carol)
    tap.equal((hears(bob, carol), hears(carol, bob)), (20, 20),
              'bob and carol: both ways')
    tap.equal([host.stream(side.id, 'send', side.ssrc)['roc']
               for side in (bob, carol)], [1, 1],
              'and their counters go on')
    for side in sides.values():
        host.ksrtp('session', 'del', 'id', side.id)
    for phone in phones:
        for dialog in phone.dialogs.values():
            dialog.bye()
    for phone in (alice, *phones):
        phone.close()


def asterisk(tap):
    if not pbx.available():
        tap.skip('Asterisk', 'recipes/fetch-asterisk has not been run')
        return
    pbx_host, here = Host('pbx'), Host('here')
    link(pbx_host, 'eth0', [PBX + '/24'], here, 'eth0', [HERE + '/24'])
    server = pbx.Asterisk(pbx_host, CONFIG)
    try:
        tap.note(server.ready())
        echoed(tap, here)
        transferred(tap, here)
    finally:
        server.close()


main(asterisk)
