#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The library's examples, which protect a call for as long as they run."""

import base64
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *

OFFER = '''v=0
o=- 1 1 IN IP4 {0}
s=-
c=IN IP4 {0}
t=0 0
m=video 7000 RTP/SAVP 96
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{1}
m=audio 6000 RTP/SAVP 8
a=crypto:1 AEAD_AES_128_GCM inline:{2}
a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:{1}
.
'''


def run_example(host, name, *words):
    return host.start(
        os.path.join(BUILD, 'example-' + name), *words, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def start(host, send, recv, *words):
    process = run_example(host, 'call', *words)
    process.stdin.write('%s\n%s\n' % (send.hex(), recv.hex()))
    process.stdin.flush()
    return process


def example(tap):
    a, b = pair()
    send, recv = key(CM, 1), key(CM, 2)
    process = start(a, send, recv, '5000', B4, '6000')
    tap.ok(process.stdout.readline().startswith('session '), 'a session')
    shown = a.json('session', 'show')[0]
    tap.equal((shown['local-port'], shown['remote-address'],
               shown['remote-port'], shown.get('local-address'),
               shown.get('owned'), shown['send']['suite']),
              (5000, B4, 6000, None, True, CM), 'as it was described')
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    there, here = Peer(CM, send), Peer(CM, recv)
    plain = rtp(1, b'speech', ssrc=0xabcd)
    app.sendto(plain, (B4, 6000))
    tap.equal(there.unprotect(wire.recv(2000)), plain, 'what it sends')
    tap.equal(process.stdout.readline(), 'a stream, 0x0000abcd\n',
              'an event is heard')
    plain = rtp(7, b'answer', ssrc=0x1234)
    packet = here.protect(plain)
    wire.sendto(packet, (A4, 5000))
    tap.equal(app.recv(2000), plain, 'and receives')
    forged = here.protect(rtp(9, ssrc=0x1234))
    forged = forged[:-1] + bytes([forged[-1] ^ 1])
    wire.sendto(forged, (A4, 5000))
    wire.sendto(here.protect(rtp(8, ssrc=0x1234)), (A4, 5000))
    app.recv(2000)
    out, errors = process.communicate()
    tap.equal((out.splitlines()[-2:], errors, process.returncode),
              (['sent: 1 packets, 0 forged', 'received: 2 packets, 1 forged'],
               '', 0), 'counters')
    tap.equal(a.json('session', 'show'), [], 'the session ends with the call')
    # errors are the kernel's own words
    a.session('local', 'any:5000', 'remote', B4 + ':6000')
    process = start(a, send, recv, '5000', B4, '6000')
    out, errors = process.communicate()
    tap.equal((out, errors, process.returncode),
              ('', 'call: another session has this flow: File exists\n', 1),
              'a flow that is taken')
    # one that is struck down leaves no way for plaintext
    a.ksrtp('session', 'flush')
    process = start(a, send, recv, '5000', B4, '6000')
    process.stdout.readline()
    process.kill()
    process.wait()
    app.sendto(rtp(9), (B4, 6000))
    app.sendto(MARKER, (B4, 6000))
    tap.equal(wire.recv(2000), MARKER, 'an owner that is struck down')
    for peer in (here, there):
        peer.close()


def answer(tap):
    a, b = pair()
    theirs = key(CM, 5)
    process = run_example(a, 'answer', A4, '5000')
    process.stdin.write(OFFER.format(
        B4, base64.b64encode(theirs).decode(),
        base64.b64encode(key(GCM)).decode()))
    process.stdin.flush()
    lines = [process.stdout.readline().strip() for _ in range(8)]
    tap.equal(lines[5:7], ['m=video 0 RTP/SAVP 96', 'm=audio 5000 RTP/SAVP 8'],
              'an offer is answered')
    found = re.fullmatch('a=crypto:2 %s inline:(.*)' % CM, lines[7])
    tap.ok(found, 'with a key', lines)
    tap.equal(process.stderr.readline(), 'session %d\n' %
              a.json('session', 'show')[0]['id'], 'and has a session')
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    there, here = Peer(CM, base64.b64decode(found[1])), Peer(CM, theirs)
    plain = rtp(1, b'speech', ssrc=0xabcd)
    app.sendto(plain, (B4, 6000))
    tap.equal(there.unprotect(wire.recv(2000)), plain, 'of its key')
    wire.sendto(here.protect(plain), (A4, 5000))
    tap.equal(app.recv(2000), plain, "and of the offer's")
    out, errors = process.communicate()
    tap.equal((out, errors, process.returncode, a.json('session', 'show')),
              ('', '', 0, []), 'the session ends with the call')
    process = run_example(a, 'answer', A4, '5000')
    out, errors = process.communicate(OFFER.format(B4, 'x', 'y'))
    tap.equal((out, errors, process.returncode),
              ('', 'answer: remote:10: key 1: not base64 behind inline:\n', 1),
              'an offer that is wrong')
    for peer in (here, there):
        peer.close()


main(example, answer)
