#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The library's example, which protects a call for as long as it runs."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *

EXAMPLE = os.path.join(BUILD, 'example-call')


def start(host, send, recv, *words):
    process = subprocess.Popen(
        ['ip', 'netns', 'exec', host.name, EXAMPLE, *words], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
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


main(example)
