# SPDX-License-Identifier: GPL-2.0
"""What the recipes are judged by: tones, what crosses the wire, counters."""

import json
import os
import socket
import struct
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import KSRTP, _Inside, run
from sound import *

class Wire:
    """What crosses a host's device, both ways, from now on."""

    def __init__(self, host, device):
        with _Inside(host):
            # of no protocol until it is bound: else it has every device's
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 16 << 20)
        self.socket.bind((device, 3))
        self.socket.settimeout(0.2)
        self.frames = []
        self.ended = False
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        while True:
            try:
                self.frames.append(self.socket.recv(65536))
            except TimeoutError:
                if self.ended:
                    return
            except OSError:
                # the device has gone
                return

    def close(self):
        self.ended = True
        self.thread.join()
        self.socket.close()

    def datagrams(self):
        """(source, source port, destination, destination port, payload)"""
        for frame in self.frames:
            kind = frame[12:14]
            if kind == b'\x08\x00' and frame[23] == 17:
                head = 14 + (frame[14] & 15) * 4
                ends = [socket.inet_ntop(socket.AF_INET, frame[at:at + 4])
                        for at in (26, 30)]
            elif kind == b'\x86\xdd' and frame[20] == 17:
                head = 54
                ends = [socket.inet_ntop(socket.AF_INET6, frame[at:at + 16])
                        for at in (22, 38)]
            else:
                continue
            sport, dport, size = struct.unpack_from('>HHH', frame, head)
            yield (ends[0], sport, ends[1], dport,
                   frame[head + 8:head + size])

    def rtp(self, source, port=None):
        """Packets of RTP or SRTP that a host has sent, to a port if given."""
        return [p for s, sp, d, dp, p in self.datagrams()
                if s == source and port in (None, dp) and len(p) > 12 and
                p[0] & 0xc0 == 0x80 and not 192 <= p[1] <= 223]

    def rtcp(self, source, port=None):
        return [p for s, sp, d, dp, p in self.datagrams()
                if s == source and port in (None, dp) and len(p) > 8 and
                p[0] & 0xc0 == 0x80 and 192 <= p[1] <= 223]

    def plain_rtcp(self, source):
        """Types in each packet of RTCP that a host has sent unprotected: such a
        packet ends where the last of its parts does."""
        found = []
        for packet in self.rtcp(source):
            at, kinds = 0, []
            while at + 4 <= len(packet):
                kinds.append(packet[at + 1])
                at += 4 + 4 * int.from_bytes(packet[at + 2:at + 4], 'big')
            if at == len(packet):
                found.append(kinds)
        return found


def noise(tap, packets, frequency, name, tag=10):
    """Taken for plain PCMU, what crossed the wire has nothing of the tone."""
    tones = [p for p in packets
             if share(ulaw(p[12:len(p) - tag]), frequency) > 0.5]
    return tap.ok(len(packets) >= 50 and not tones,
                  '%s: nothing of it crosses the wire in the clear' % name,
                  '%d of %d packets have the tone' % (len(tones), len(packets)))


def tone(tap, samples, frequency, name, seconds=1.5, rate=RATE):
    got = heard(samples, frequency, rate)
    return tap.ok(got >= seconds, '%s: %d Hz is heard' % (name, frequency),
                  '%.1f s of it in %.1f s' % (got, len(samples) / rate))


def listened(tap, page, wire, name, frequency, *sent):
    """Who listens has recorded the tone, of which nothing is in what was sent."""
    samples, rate = read_wav(page.path(name + '-heard.wav'))
    tone(tap, samples, frequency, name, 2.5, rate)
    noise(tap, wire.rtp(*sent), frequency, name)


def no_shortcuts(tap, host):
    found = json.loads(run(KSRTP, '-n', host, '-j', 'doctor', check=False).stdout)
    tap.ok([one['level'] for one in found if one['check'] == 'shortcuts'] == ['ok'],
           'the doctor sees nothing that passes ksrtp by', found)


def counters(host):
    """Counters of all sessions of a host, those that are not zero, added up."""
    shown = json.loads(run(KSRTP, '-n', host, '-j', '-s', 'session', 'show').stdout)
    total = {'send': {}, 'recv': {}}
    for session in shown:
        for way in total:
            for name, value in session.get(way, {}).get('stats', {}).items():
                if value:
                    total[way][name] = total[way].get(name, 0) + value
    return total


def clean(tap, host, least=50, ways=('send', 'recv'), rtcp=(), plain=0):
    """A host's sessions have protected and unprotected, and dropped nothing but so
    many packets that came in the clear."""
    total = counters(host)
    good = all(total[way].get('rtp-packets', 0) >= least for way in ways) and \
        all(total[way].get('rtcp-packets', 0) > 0 for way in rtcp)
    drops = {name for way in total for name in total[way]
             if name.startswith('drop-')}
    if total['recv'].get('drop-plaintext', 0) <= plain:
        drops -= {'drop-plaintext'}
    return tap.ok(good and not drops,
                  '%s: ksrtp counts packets %s, and drops none of SRTP' %
                  (host, ' and '.join(ways)), json.dumps(total, indent=1))
