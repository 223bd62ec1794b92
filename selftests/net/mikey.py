#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Keys that came by MIKEY, on the wire: a camera that has sent for long is heard from
its next packet on, whatever its keys are called."""

import base64
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
import mikey_ref as ref
import srtp_ref
from ksrtp_test import A4, B4, CM, key, main, pair, rtp
from mikey_ref import KEMAC, RAND, SP, TEK, TGK, T

SSRC = 0x11223344
BEGIN = ((T, ref.stamp()), (RAND, ref.rand()), (SP, ref.policy(((0, 1),))))


def message(inner, *sessions):
    return ref.message(ref.header(sessions=sessions), *BEGIN,
                       (KEMAC, ref.kemac(inner)))


def describe(name, address, port, data):
    with open(name, 'w') as file:
        os.chmod(name, 0o600)
        file.write('v=0\no=- 1 1 IN IP4 %s\ns=-\nc=IN IP4 %s\nt=0 0\n'
                   'm=video %d RTP/SAVP 96\n' % (address, address, port))
        if data:
            file.write('a=key-mgmt:mikey %s\n' % base64.b64encode(data).decode())
    return name


class Camera:
    """Host b, whose packets Python makes; host a has sessions by SDP."""

    def __init__(self, ours, theirs):
        self.a, self.b = pair()
        self.dir = tempfile.TemporaryDirectory()
        self.words = ('local', describe(self.dir.name + '/local', A4, 5000, ours),
                      'remote', describe(self.dir.name + '/remote', B4, 6000,
                                         theirs))
        self.a.ksrtp('sdp', 'add', *self.words)
        self.app = self.a.socket(A4, 5000)
        self.wire = self.b.socket(B4, 6000)

    def heard(self, context, seq, roc, ssrc=SSRC):
        """What the application gets of a packet of this counter."""
        self.wire.sendto(context.protect(rtp(seq, b'video', ssrc), roc),
                         (A4, 5000))
        return self.app.recv(2000) == rtp(seq, b'video', ssrc)

    def sent(self, context, seq, roc):
        self.app.sendto(rtp(seq, b'back'), (B4, 6000))
        return self.wire.recv(2000) == context.protect(rtp(seq, b'back'), roc)

    def close(self):
        self.app.close()
        self.wire.close()
        self.a.ksrtp('sdp', 'del', *self.words)
        self.dir.cleanup()


def context(data, **more):
    return srtp_ref.Context(CM, data[:16], data[16:], **more)


def joiner(tap):
    camera = Camera(message(ref.keys((TEK, key(CM, 1))), (0, SSRC, 3)),
                    message(ref.keys((TEK, key(CM, 2))), (0, SSRC, 7),
                            (0, SSRC + 1, 0)))
    theirs, ours = context(key(CM, 2)), context(key(CM, 1))
    tap.ok(camera.heard(theirs, 40000, 7), 'a stream that has wrapped seven times')
    tap.ok(camera.heard(theirs, 5, 0, SSRC + 1), 'and one beside it that has not')
    tap.ok(camera.sent(ours, 100, 3), 'what is sent begins with our counter')
    camera.close()


def identifiers(tap):
    """As ONVIF's cameras: an SPI of 4 bytes, in every packet."""
    spi = b'\0\0\0\1'
    camera = Camera(None, message(ref.keys((TEK, key(CM, 3), {'spi': spi})),
                                  (0, SSRC, 0)))
    tap.ok(camera.heard(context(key(CM, 3), mki=spi), 1, 0),
           "a camera's packets have its SPI as MKI")
    tap.ok(camera.sent(context(key(CM, 3), mki=spi), 2, 0),
           'and so has what is sent back, under its key')
    camera.close()


def intervals(tap):
    camera = Camera(message(ref.keys((TEK, key(CM, 4))), (0, 0, 0)),
                    message(ref.keys(*(
                        (TEK, key(CM, 5 + n), {'interval': (
                            first.to_bytes(6, 'big'), last.to_bytes(6, 'big'))})
                        for n, (first, last) in enumerate(((0, 99), (100, 999))))),
                        (0, SSRC, 0)))
    tap.ok(camera.heard(context(key(CM, 5)), 99, 0) and
           camera.heard(context(key(CM, 6)), 100, 0),
           'a key for some indexes, and the next one')
    camera.close()


def derived(tap):
    tgk = bytes(range(16))
    data = [b''.join(ref.derive(tgk, constant, n, 0x01020304, bytes(range(16)),
                                size) for constant, size in
                     ((ref.TGK_TEK, 16), (ref.TGK_SALT_KEY, 14)))
            for n in (1, 2)]
    camera = Camera(None, message(ref.keys((TGK, tgk)), (0, SSRC, 0), (0, 0, 0)))
    tap.ok(camera.heard(context(data[0]), 1, 0) and
           camera.sent(context(data[1]), 1, 0),
           'keys of both directions, derived of one TGK')
    camera.close()


main(joiner, identifiers, intervals, derived)
