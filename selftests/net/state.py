#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""State: taken and put back, joined late, searched for, aged, owned."""

import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import *

SSRC = 0x11223344


def take(host):
    return json.loads(host.ksrtp('dump').stdout)


def put_back(host, state, *words, check=True):
    return host.ksrtp('restore', *words, '-', input=json.dumps(state),
                      check=check)


def with_keys(state, suite, master):
    size = SUITES[suite][0]
    state = json.loads(json.dumps(state))
    for session in state['sessions']:
        for one in session['keys']:
            one['master-key'] = master[:size].hex()
            one['master-salt'] = master[size:].hex()
    return state


def stable(state):
    """Without what goes on by itself, and ids."""
    text = json.loads(json.dumps(state))
    for session in text['sessions']:
        session.pop('id')
        for name in ('send', 'recv'):
            if name in session:
                session[name].pop('stats', None)
        for part in session['streams'] + session['keys']:
            for name in ('session-id', 'idle', 'rtp-packets', 'rtp-bytes',
                         'rtcp-packets', 'rtcp-bytes'):
                part.pop(name, None)
            for name in [n for n in part if n.startswith('drop-')]:
                part.pop(name)
        session['streams'].sort(key=lambda s: (s['direction'], s['ssrc']))
    return text


def different(one, other, path=''):
    """Where two snapshots differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [d for name in sorted(set(one) | set(other))
                for d in different(one.get(name), other.get(name),
                                   path + '.' + name)]
    if isinstance(one, list) and isinstance(other, list) and \
            len(one) == len(other):
        return [d for n in range(len(one))
                for d in different(one[n], other[n], '%s[%d]' % (path, n))]
    return [] if one == other else ['%s: %r, %r' % (path, one, other)]


def snapshot(tap):
    a, b = pair()
    for suite in (CM, GCM):
        call = Call(a, b, suite)
        seqs = [65530, 65533, 65536, 65534, 65540, 65538]
        sent = [call.out(rtp(seq)) for seq in seqs]
        wire = {seq: call.peer.protect(rtp(seq)) for seq in range(65530,
                                                                  65560)}
        reports = [call.peer.protect_rtcp(rtcp()) for n in range(5)]
        for seq in seqs:
            call.through(wire[seq])
        for n in (0, 3):
            call.through(reports[n], True)
        call.out(rtcp(), True)
        state = take(a)
        text = json.dumps(state)
        tap.ok(call.master[:SUITES[suite][0]].hex() not in text,
               suite + ': a snapshot has no key')
        a.ksrtp('session', 'flush')
        put_back(a, state)
        shown = a.json('session', 'show')[0]
        tap.equal((shown['send']['state'], shown['recv']['state']),
                  ('pending', 'pending'),
                  suite + ': put back without keys, it drops all')
        tap.equal(call.refused_out([rtp(65541)]), [],
                  suite + ': nothing leaves in plaintext')
        a.ksrtp('session', 'flush')

        put_back(a, with_keys(state, suite, call.master))
        call.id = a.json('session', 'show')[0]['id']
        tap.equal(different(stable(take(a)), stable(state)), [],
                  suite + ': put back with keys, all is as it was')
        tap.equal(call.refused([wire[seq] for seq in seqs]), [],
                  suite + ': nothing is accepted twice')
        tap.equal(call.refused([reports[0], reports[3]], True), [],
                  suite + ': no RTCP either')
        late = [65531, 65532, 65535, 65537, 65539, 65541]
        tap.equal([call.through(wire[seq]) for seq in late],
                  [rtp(seq) for seq in late], suite + ': nothing is lost')
        tap.equal([call.through(reports[n], True) for n in (1, 2, 4)],
                  [rtcp()] * 3, suite + ': no RTCP either')
        tap.equal(call.refused_out([rtp(65540)]), [],
                  suite + ': the sender does not use an index again')
        for packet in sent:
            call.peer.unprotect(packet)
        tap.equal(call.peer.unprotect(call.out(rtp(65541))), rtp(65541),
                  suite + ': and goes on')
        call.close()


def jump(tap):
    a, b = pair()
    call = Call(a, b)
    for seq in range(65500, 65510):
        call.out(rtp(seq))
    call.out(rtcp(), True)
    state = with_keys(take(a), CM, call.master)
    for seq in range(65510, 65530):
        call.out(rtp(seq))
    a.ksrtp('session', 'flush')
    put_back(a, state, 'jump', 100)
    call.id = a.json('session', 'show')[0]['id']
    stream = a.stream(call.id, 'send', SSRC)
    tap.equal((stream['roc'], stream['seq'], stream['srtcp-index']),
              (1, (65509 + 100) & 0xffff, 101), 'jump: over the wrap')
    tap.equal(call.refused_out([rtp(seq) for seq in range(65510, 65530)]), [],
              'jump: what was sent after the snapshot is not sent again')
    tap.ok(call.out(rtp(65610)), 'jump: what comes behind it is')
    call.close()


def window_grown(tap):
    """Bits that the old window did not have count as seen in the new one."""
    a, b = pair()
    call = Call(a, b)
    wire = [call.peer.protect(rtp(seq)) for seq in range(1, 400)]
    for packet in wire:
        call.through(packet)
    a.ksrtp('session', 'set', 'id', call.id, 'recv', 'replay-window', 1000)
    state = with_keys(take(a), CM, call.master)
    a.ksrtp('session', 'flush')
    put_back(a, state)
    call.id = a.json('session', 'show')[0]['id']
    tap.equal(a.stream(call.id, 'recv', SSRC)['replay-window'], 1000,
              'a window that has grown')
    call.refused(wire)
    tap.equal(a.stats('recv').get('drop-replayed'), len(wire),
              'accepts nothing twice')
    call.close()


def bad_files(tap):
    a, b = pair()
    call = Call(a, b)
    state = take(a)
    call.close()
    good = json.dumps(state)
    for what, text in (
            ('nothing', ''), ('no object', '[]'), ('cut short', good[:-5]),
            ('another version', good.replace('"version": 1', '"version": 9')),
            ('no sessions', '{"version": 1}'),
            ('a bad suite', good.replace(CM, 'ROT13')),
            ('a bad port', good.replace('5000', '"x"')),
            ('half a key', json.dumps(with_keys(state, CM, b'1234')))):
        result = a.ksrtp('restore', '-', input=text, check=False)
        tap.ok(result.returncode in (1, 2) and
               len(result.stderr.splitlines()) == 1 and
               not a.json('session', 'show'),
               'restore: %s is refused' % what, result.stderr)


def late_join(tap):
    a, b = pair()
    call = Call(a, b, recv_words=('initial-roc', '7'))
    call.peer.close()
    for seq in range(3):
        wire = call.out(rtp(100 + seq))
    tap.equal(a.stream(call.id, 'send', SSRC)['roc'], 7,
              'initial-roc: a sender begins with it')
    tap.equal(call.through(wire), rtp(102),
              'initial-roc: a receiver expects it')
    call.close()


def roc_search(tap):
    a, b = pair()
    for suite in (CM, GCM):
        call = Call(a, b, suite)
        # host b is a peer that has been at it for long
        far = b.session(*flow(B4, A4, 6000, 5000),
                        send=(suite, call.master, 'initial-roc', '5'))
        tap.equal(call.refused([rtp(1, b'x')]), [],
                  suite + ': without a search the counter is not found')
        a.ksrtp('session', 'set', 'id', call.id, 'recv', 'roc-search', '3')
        tap.equal(call.refused([rtp(2, b'x')]), [],
                  suite + ': nor with one that ends too early')
        a.ksrtp('session', 'set', 'id', call.id, 'recv', 'roc-search', '8')
        tap.equal(call.through(rtp(3, b'found')), rtp(3, b'found'),
                  suite + ': a longer one finds it')
        stats = a.stats('recv')
        tap.equal((stats['roc-searches'], stats['roc-found']), (3 + 5, 1),
                  suite + ': each try is counted')
        tap.equal(call.through(rtp(4)), rtp(4), suite + ': and knows it then')
        tap.equal(a.stats('recv')['roc-searches'], 8,
                  suite + ': without searching')
        tap.equal(a.stream(call.id, 'recv', SSRC)['roc'], 5,
                  suite + ': which shows')
        b.ksrtp('session', 'del', 'id', far)
        tap.equal(call.refused([call.peer.protect(rtp(9))]), [],
                  suite + ': a peer that goes back is refused, as a replay '
                  'would be')
        # forged packets cannot make it cost more than so much
        for n in range(400):
            call.put(rtp(20000 + n, os.urandom(60)))
        call.refused([])
        tap.ok(a.stats('recv')['roc-searches'] <= 8 + 8 + 400 * 8,
               suite + ': searches are bounded')
        call.close()


def aging(tap):
    a, b = pair()
    monitor = Monitor(a)
    call = Call(a, b, words=('stream-timeout', '1', 'max-streams', '4'))
    for ssrc in (1, 2, 3):
        call.through(call.peer.protect(rtp(1, ssrc=ssrc)))
    event = monitor.wait(event='stream-del')
    tap.ok(event.get('ssrc') in ('0x%08x' % n for n in (1, 2, 3)),
           'idle streams are told of', event)
    for wait in range(100):
        if not a.json('stream', 'show'):
            break
        time.sleep(0.1)
    tap.equal(a.json('stream', 'show'), [], 'and forgotten')
    tap.equal(a.stats('recv')['rtp-packets'], 3, 'what they carried is not')
    for ssrc in range(10, 14):
        call.through(call.peer.protect(rtp(1, ssrc=ssrc)))
    tap.ok(True, 'which makes room for others')
    call.close()
    monitor.close()


def sender_stays(tap):
    """Idle or not: no index twice under a key that is still there."""
    a, b = pair()
    monitor = Monitor(a)
    call = Call(a, b, GCM, words=('stream-timeout', '1'))
    first = call.out(rtcp(), True)
    call.out(rtp(1, b'one'))
    call.through(call.peer.protect(rtp(1, ssrc=5)))
    monitor.wait(event='stream-del', ssrc='0x00000005')
    second = call.out(rtcp(), True)
    tap.equal([packet[-4:] for packet in (first, second)],
              [b'\x80\0\0\1', b'\x80\0\0\2'],
              'SRTCP goes on counting after a pause')
    tap.equal(call.refused_out([rtp(1, b'two')]), [],
              'and an index of RTP is not used again')
    # with another key, nothing ties them to the old stream
    a.ksrtp('session', 'set', 'id', call.id, 'send', 'suite', GCM,
            'insecure-key', key(GCM, 9).hex())
    event = monitor.wait(event='stream-del', direction='send')
    tap.equal(event.get('ssrc'), '0x11223344',
              'once the key is gone, the stream is forgotten')
    peer = Peer(GCM, key(GCM, 9))
    tap.equal(peer.unprotect(call.out(rtp(1, b'three'))), rtp(1, b'three'),
              'and begins anew')
    call.close()
    monitor.close()


def many_streams(tap):
    a, b = pair()
    call = Call(a, b, words=('max-streams', '3000'))
    got = 0
    for ssrc in range(3000):
        call.put(call.peer.protect(rtp(1, ssrc=ssrc + 1)))
        got += call.get() == rtp(1, ssrc=ssrc + 1)
    tap.equal(got, 3000, 'thousands of streams in a session')
    tap.equal(a.json('session', 'show')[0]['streams'], 3000, 'all held')
    tap.equal(len(a.json('stream', 'show')), 3000, 'all listed')
    call.close()


def one_ssrc(tap):
    a, b = pair()
    call = Call(a, b)
    other = key(GCM, 5)
    special = a.session(*flow(A4, B4), 'ssrc', '0xdddd', send=(GCM, other),
                        recv=(GCM, other))
    peer = Peer(GCM, other)
    packet = rtp(1, b'special', ssrc=0xdddd)
    tap.equal(peer.unprotect(call.out(packet)), packet,
              'an SSRC with a session of its own: sent with its keys')
    tap.equal(call.through(peer.protect(packet)), packet, 'and received')
    tap.equal(peer.unprotect_rtcp(call.out(rtcp(0xdddd), True)), rtcp(0xdddd),
              'RTCP too')
    tap.equal(call.through(peer.protect_rtcp(rtcp(0xdddd)), True),
              rtcp(0xdddd), 'both ways')
    tap.equal(call.peer.unprotect(call.out(rtp(1))), rtp(1),
              'all others with the wildcard\'s')
    tap.equal(call.refused([call.peer.protect(rtp(2, ssrc=0xdddd))]), [],
              'whose keys are not taken for it')
    shown = a.json('session', 'show', *flow(A4, B4), 'ssrc', '0xdddd')
    tap.equal([s['id'] for s in shown], [special], 'it is found by its SSRC')
    a.ksrtp('session', 'del', 'id', special)
    tap.equal(call.peer.unprotect(call.out(rtp(2, ssrc=0xdddd))),
              rtp(2, ssrc=0xdddd), 'without it the wildcard has them all')
    call.close()


def owning_program(host, master):
    """A program with a session that is to end with it."""
    program = host.start(KSRTP, '-b', '-', stdin=subprocess.PIPE, text=True)
    program.stdin.write('session add %s owned send suite %s key %s\n' % (
        ' '.join(flow(A4, B4)), CM, master.hex()))
    program.stdin.flush()
    return program


def owner(tap):
    a, b = pair()
    monitor = Monitor(a)
    master = key(CM)
    program = owning_program(a, master)
    tap.ok(monitor.wait(event='session-new').get('owned'),
           'a session tied to a program')
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    peer = Peer(CM, master)
    app.sendto(rtp(1), (B4, 6000))
    tap.equal(peer.unprotect(wire.recv(2000)), rtp(1), 'protects')
    program.kill()
    program.wait()
    event = monitor.wait(event='session-set')
    tap.ok(event.get('orphaned') and 'program that owned' in event['cause'] and
           'session del id %d' % event['id'] in event['remedy'],
           'the program dies, and this is told, with what to do', event)
    for packet in (rtp(2, b'plain'), MARKER):
        app.sendto(packet, (B4, 6000))
    tap.equal(wire.recv(2000), MARKER, 'nothing leaves, least of all plain')
    for packet in (rtp(3, b'plain'), MARKER):
        wire.sendto(packet, (A4, 5000))
    tap.equal(app.recv(2000), MARKER, 'nothing comes in, either')
    orphan = a.json('session', 'show')[0]['id']
    tap.equal(a.ksrtp('session', 'set', 'id', orphan, 'send', 'suite', CM,
                      'insecure-key', master.hex(), check=False).returncode,
              1, 'it cannot be had back as it was')
    b_side = a.session('local', A4 + ':7000', 'remote', B4 + ':6001',
                       'rtcp-mux', send=(CM, master))
    other = a.ksrtp('session', 'add', 'local', A4 + ':5000', 'remote',
                    B4 + ':6000', 'local-rtcp-port', 7000, 'send', 'suite', CM,
                    check=False)
    for packet in (rtp(5, b'plain'), MARKER):
        app.sendto(packet, (B4, 6000))
    tap.equal((other.returncode, wire.recv(2000)), (1, MARKER),
              'an attempt to make it anew that fails does not open it')
    a.ksrtp('session', 'del', 'id', b_side)
    # one with other ports, but for RTCP's
    other = a.ksrtp('session', 'add', 'local', A4 + ':7100', 'remote',
                    B4 + ':7200', 'local-rtcp-port', 5001, 'remote-rtcp-port',
                    6001, 'send', 'suite', CM, 'insecure-key', master.hex(),
                    check=False)
    if not other.returncode:
        a.ksrtp('session', 'del', 'local', A4 + ':7100', 'remote',
                B4 + ':7200')
    app_rtcp, wire_rtcp = a.socket(A4, 5001), b.socket(B4, 6001)
    for packet in (rtcp(), MARKER):
        app_rtcp.sendto(packet, (B4, 6001))
    tap.equal((other.returncode, wire_rtcp.recv(2000)), (1, MARKER),
              'another session does not take its RTCP, and does not open it')
    with Parameter('sessions_max', 1):
        other = a.ksrtp('session', 'add', 'local', 'any:7000', 'rtcp-mux',
                        check=False)
        a.session(*flow(A4, B4), send=(CM, master))
    shown = a.json('session', 'show')
    tap.equal((other.returncode, len(shown), 'orphaned' in shown[0]),
              (1, 1, False),
              'but made anew in its place, though there may be no more')
    tap.equal(monitor.wait(event='session-del', id=orphan).get('id'), orphan,
              'which is told')
    app.sendto(rtp(4), (B4, 6000))
    tap.equal(peer.unprotect(wire.recv(2000)), rtp(4), 'and protects again')
    monitor.close()


def owner_restore(tap):
    a, b = pair()
    master = key(CM)
    monitor = Monitor(a)
    program = owning_program(a, master)
    monitor.wait(event='session-new')
    state = with_keys(take(a), CM, master)
    program.kill()
    program.wait()
    monitor.wait(event='session-set')
    # the same flow twice cannot be
    state['sessions'].append(json.loads(json.dumps(state['sessions'][0])))
    result = put_back(a, state, check=False)
    tap.ok(result.returncode == 1 and 'stays' in result.stderr,
           'a state that is refused', result.stderr)
    app, wire = a.socket(A4, 5000), b.socket(B4, 6000)
    app.sendto(rtp(1, b'plain'), (B4, 6000))
    app.sendto(MARKER, (B4, 6000))
    tap.ok(b'plain' not in wire.recv(2000),
           'does not open the flow of a program that died')
    monitor.close()


main(snapshot, jump, window_grown, bad_files, late_join, roc_search, aging, sender_stays,
     many_streams,
     one_ssrc, owner, owner_restore)
