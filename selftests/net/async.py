#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Crypto drivers that finish later: order may change, nothing else."""

import contextlib
import os
import select
import socket
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *
from srtp_ref import Context


LATER_PARAMETERS = '/sys/module/ksrtp_later/parameters/'
LATER = os.path.join(BUILD, os.environ.get('KSRTP_KERNEL', ''),
                     'ksrtp_later.ko')


@contextlib.contextmanager
def flooding(app, there):
    """While an application sends without a pause."""
    stop = threading.Event()

    def flood():
        n = 0
        while not stop.is_set():
            app.sendto(rtp(n, bytes(100)), there)
            n += 1

    thread = threading.Thread(target=flood)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def traffic(tap):
    a, b = pair()
    run('insmod', LATER)
    for suite in (CM, GCM):
        # libsrtp's window is large, and so is ours, so any order will do: one
        # processor may stand still while another completes all the rest
        call = Call(a, b, suite, recv_words=('replay-window', '1024'))
        shown = a.json('session', 'show')[0]['send']['cipher-driver']
        tap.ok(shown.startswith('ksrtp-test-later'),
               suite + ' runs on ' + shown)
        plain = {rtp(n, os.urandom(150)) for n in range(200)}
        for packet in sorted(plain):
            call.app.sendto(packet, call.there)
        wire = [call.wire.recv(2000) for p in plain]
        got = {call.peer.unprotect(packet) for packet in wire}
        tap.ok(got == plain, suite + ': all that was sent arrives')
        for packet in wire:
            call.put(packet)
        tap.equal(eventually(len(wire), call.judged), len(wire),
                  suite + ': all that is received is judged')
        tap.equal(call.drops('recv'), {}, suite + ': and none is dropped')
        got = {call.get() for packet in wire}
        tap.ok(got == plain, suite + ': all of it arrives')
        for packet in [rtp(500 + n, os.urandom(60)) for n in range(100)]:
            call.put(packet)
        for n in range(50):
            if a.stats('recv').get('drop-bad-tag', 0) >= 100:
                break
            time.sleep(0.1)
        tap.equal(a.stats('recv').get('drop-bad-tag'), 100,
                  suite + ': forgeries are dropped and counted')
        report = rtcp(blocks=2)
        tap.equal(call.peer.unprotect_rtcp(call.out(report, True)), report,
                  suite + ': RTCP is sent')
        tap.equal(call.through(call.peer.protect_rtcp(report), True), report,
                  suite + ': RTCP is received')
        call.app.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 112)
        segments = {rtp(1000 + n, os.urandom(100)) for n in range(16)}
        call.app.sendto(b''.join(sorted(segments)), call.there)
        got = {call.peer.unprotect(call.wire.recv(2000)) for s in segments}
        tap.ok(got == segments, suite + ': a super-packet is sent')
        call.close()

    # keys are replaced while packets are on their way, and none is lost
    number = a.session(*flow(A4, B4), send=(CM, key(CM)))
    app = a.socket(A4, 5000)
    with flooding(app, (B4, 6000)):
        a.ksrtp('-b', '-', input=''.join(
            'session set id %d send suite %s key %s\n' %
            (number, CM, key(CM, n).hex()) for n in range(300)))
    tap.equal([k for k in a.stats('send') if k.startswith('drop')], [],
              'no packet is dropped for a key that was just replaced')
    app.close()
    a.ksrtp('session', 'flush')

    # the session, and the namespace, go while packets are on their way
    for round_ in range(5):
        call = Call(a, b, CM, seed=round_)
        with flooding(call.app, call.there):
            time.sleep(0.3)
            a.ksrtp('session', 'flush')
        for sock in (call.app, call.app_rtcp, call.wire, call.wire_rtcp):
            sock.close()
        call.peer.close()
    tap.ok(True, 'sessions deleted under traffic')
    number = a.session(*flow(A4, B4), send=(CM, key(CM)))
    app = a.socket(A4, 5000)
    for n in range(500):
        app.sendto(rtp(n, bytes(1000)), (B4, 6000))
    app.close()
    Host.remove_all()
    tap.equal(module_users(), 0,
              'a namespace deleted under traffic')
    removed = run('rmmod', 'ksrtp_later', check=False)
    tap.ok(not removed.returncode, 'no key keeps its driver',
           removed.stderr)


def relayed(tap):
    """Packets are relayed once they are finished."""
    a, b, c = behind_gateway()
    run('insmod', LATER)
    for host, local, remote in ((a, '127.0.0.1', '127.0.0.1'), (c, '10.8.0.1', C4)):
        number = a.session(*flow(A4, B4), 'rtcp-mux', 'relay', 'local', local + ':7000',
                           'remote', remote + ':8000', 'rtcp-mux',
                           send=(CM, key(CM)), recv=(CM, key(CM), 'replay-window',
                                                     '1024'))
        app, wire, peer = host.socket(remote, 8000), b.socket(B4, 6000), Peer(CM, key(CM))
        plain = {rtp(n, os.urandom(150)) for n in range(100)}
        for packet in plain:
            app.sendto(packet, (local, 7000))
        got = [wire.recvfrom(2000) for p in plain]
        tap.ok({peer.unprotect(packet) for packet, source in got} == plain,
               'relayed from %s: all of it arrives' % remote)
        tap.equal({source for packet, source in got}, {(A4, 5000)},
                  'relayed from %s: as from the session' % remote)
        for packet, source in got:
            wire.sendto(packet, (A4, 5000))
        got = [app.recvfrom(2000) for p in plain]
        tap.ok({packet for packet, source in got} == plain,
               'relayed to %s: all of it arrives' % remote)
        tap.equal({source for packet, source in got}, {(local, 7000)},
                  'relayed to %s: as from the relay' % remote)
        a.ksrtp('session', 'del', 'id', number)
        app.close()
        wire.close()
        peer.close()
    Host.remove_all()
    tap.equal(eventually(0, module_users), 0, 'nothing is left of relayed packets')
    run('rmmod', 'ksrtp_later')


def epochs(tap):
    """A packet that has waited for one key's epoch waits for another's. An AEAD
    tells late that a key is the wrong one."""
    a, b = pair()
    run('insmod', LATER)
    old, new = key(GCM, 1), key(GCM, 2)
    peers = [Context(GCM, one[:16], one[16:], kdr=1) for one in (old, new)]
    number = a.session(*flow(A4, B4), recv=(GCM, old, 'kdr', '1'))
    a.ksrtp('session', 'set', 'id', number, 'recv', 'suite', GCM,
            'insecure-key', new.hex(), 'kdr', '1', 'overlap', '60000')
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    for seq, peer in ((100, peers[0]), (200, peers[1]), (300, peers[0])):
        wire.sendto(peer.protect(rtp(seq), 0), (A4, 5000))
        tap.equal(app.recv(2000), rtp(seq), 'packet %d arrives' % seq)
    tap.equal([name for name in a.stats('recv') if name.startswith('drop')],
              [], 'and none was dropped')
    a.ksrtp('session', 'flush')
    Host.remove_all()
    tap.equal(eventually(0, module_users), 0, 'nothing is left')
    run('rmmod', 'ksrtp_later')


def hold(value):
    with open(LATER_PARAMETERS + 'hold', 'w') as file:
        file.write(value)


def bridged(tap):
    """br_netfilter, in whose code bridged packets go on, waits for them."""
    a, b, c = behind_bridge()
    run('insmod', LATER)
    master = key(CM)
    a.session(*flow(A4, B4), send=(CM, master), recv=(CM, master))
    peer = Peer(CM, master)
    app, wire = c.socket(A4, 5000), b.socket(B4, 6000)
    app.sendto(MARKER, (B4, 6000))
    wire.recv(2000)
    hold('1')
    packets = [rtp(n, os.urandom(100)) for n in range(10)]
    for packet in packets:
        app.sendto(packet, (B4, 6000))
        wire.sendto(peer.protect(packet), (A4, 5000))
    for wait in range(300):
        with open(LATER_PARAMETERS + 'held') as file:
            if int(file.read()) == 20:
                break
        time.sleep(0.1)
    with subprocess.Popen(['rmmod', 'br_netfilter'],
                          stderr=subprocess.PIPE) as removal:
        # without its hooks RTP passes as it is, and it is about to go
        for wait in range(300):
            app.sendto(rtp(100 + wait, b'plain'), (B4, 6000))
            if select.select([wire], [], [], 0.1)[0]:
                break
        time.sleep(1)
        waits = removal.poll() is None
        hold('0')
        told = removal.communicate()[1]
    tap.ok(waits, 'br_netfilter waits for packets that are held', told)
    tap.equal((removal.returncode, told), (0, b''), 'and then it goes')
    app.sendto(MARKER, (B4, 6000))
    got = set()
    while MARKER not in got:
        got.add(wire.recv(2000))
    tap.ok(True, 'nobody runs into what was freed')
    a.ksrtp('session', 'flush')
    peer.close()
    Host.remove_all()
    tap.equal(module_users(), 0, 'nor is any packet left')
    run('rmmod', 'ksrtp_later')
    run('modprobe', 'br_netfilter', check=False)


main(traffic, relayed, epochs, bridged)
