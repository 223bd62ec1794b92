# SPDX-License-Identifier: GPL-2.0
"""ksrtpd on a host of the tests, and those who speak with it."""

import json
import os
import re
import select
import socket
import subprocess
import tempfile
import time

from ksrtp_test import BUILD, eventually
from started import reap, started

# check-debug has one with sanitizers
KSRTPD = os.environ.get('KSRTP_AGENT') or os.path.join(BUILD, 'ksrtpd')
PUBLIC = (20000, 23999)
APPLICATION = (24000, 27999)


class Agent:
    """ksrtpd, with a control socket that is asked without the tool."""

    def __init__(self, host, *words, addresses=()):
        self.host = host
        started.append(self)
        self.directory = tempfile.mkdtemp(prefix='ksrtpd-')
        self.control = os.path.join(self.directory, 'control')
        self.words = ['control', self.control, 'state',
                      os.path.join(self.directory, 'calls'), *words]
        for address in addresses:
            self.words += ['public', address]
        self.process = self.stream = self.events = None
        self.start()

    def start(self):
        self.log = open(os.path.join(self.directory, 'log'), 'a+')
        self.process = self.host.start(KSRTPD, *self.words, stderr=self.log)
        for wait in range(600):
            try:
                self.stream = self.reach()
                break
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError('ksrtpd: ' + self.said())
                time.sleep(0.1)
        self.events = self.reach()
        self.ask(stream=self.events, command='listen')
        self.seen = []

    def reach(self):
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(60)
        sock.connect(self.control)
        return sock.makefile('rw')

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def ask(self, stream=None, **request):
        stream = stream or self.stream
        stream.write(json.dumps(request) + '\n')
        stream.flush()
        line = stream.readline()
        if not line:
            raise RuntimeError('ksrtpd has gone: %s %s' % (
                self.process.wait(), self.said()))
        return json.loads(line)

    def sdp(self, command, call, sdp, **flags):
        answer = self.ask(command=command, call=call, sdp=sdp, **flags)
        if answer['result'] != 'ok':
            raise RuntimeError('%s: %s' % (command, answer['error']))
        return answer['sdp']

    def offer(self, call, sdp, **flags):
        return self.sdp('offer', call, sdp, **flags)

    def answer(self, call, sdp):
        return self.sdp('answer', call, sdp)

    def delete(self, call):
        return self.ask(command='delete', call=call)

    def media(self, call):
        return self.ask(command='query', call=call)['calls'][0]['media']

    def wait(self, call, state, medium=0):
        """The medium, once it is in that state."""
        eventually(state, lambda: self.media(call)[medium]['state'])
        return self.media(call)[medium]

    def close(self):
        if self.process.poll() is None:
            self.stop(kill=True)

    def stop(self, kill=False):
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        return self.process.wait()


def plain_sdp(address, ports, codecs=('0 PCMU/8000',), kinds=('audio',),
              direction='sendrecv', extra=()):
    """What a program that speaks plain RTP says of itself."""
    family = 'IP6' if ':' in address else 'IP4'
    lines = ['v=0', 'o=- 1 1 IN %s %s' % (family, address), 's=-',
             'c=IN %s %s' % (family, address), 't=0 0']
    for kind, port in zip(kinds, ports):
        numbers = [codec.split()[0] for codec in codecs]
        lines.append('m=%s %d RTP/AVP %s' % (kind, port, ' '.join(numbers)))
        lines += ['a=rtpmap:' + codec for codec in codecs]
        lines += ['a=' + direction, *extra]
    return '\r\n'.join(lines) + '\r\n'


def ports_of(sdp):
    """The ports of a description's sections."""
    return [int(port) for port in re.findall(r'^m=\S+ (\d+)', sdp, re.M)]


class Plain:
    """The application's sockets."""

    def __init__(self, host, to, address='127.0.0.1', port=5004):
        self.rtp = host.socket(address, port)
        self.rtcp = host.socket(address, port + 1)
        for sock in (self.rtp, self.rtcp):
            sock.settimeout(20)
        self.to, self.to_rtcp = to, (to[0], to[1] + 1)
        started.append(self)

    def close(self):
        self.rtp.close()
        self.rtcp.close()


def got(sock):
    """A packet, and the address and port that it is from."""
    packet, whence = sock.recvfrom(2000)
    return packet, whence[:2]


class Browser:
    """A program of another hand that speaks as browsers do; it is told, and tells,
    by lines of JSON."""

    def __init__(self, host, *command, **options):
        self.process = host.start(*command, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, **options)
        self.seen, self.unread = [], b''
        started.append(self)

    def tell(self, **words):
        self.process.stdin.write(json.dumps(words).encode() + b'\n')
        self.process.stdin.flush()

    def line(self, end):
        """Its next line, or None; two may come at once."""
        while b'\n' not in self.unread:
            if time.monotonic() > end:
                return None
            if not select.select([self.process.stdout], [], [], 1)[0]:
                continue
            more = os.read(self.process.stdout.fileno(), 65536)
            if not more:
                return None
            self.unread += more
        line, _, self.unread = self.unread.partition(b'\n')
        return line.decode()

    def wait(self, kind, patience=300):
        """The next of its lines that has this member; its value."""
        end = time.monotonic() + patience
        while (line := self.line(end)) is not None:
            self.seen.append(line)
            word = json.loads(line)
            if kind in word:
                return word[kind]
        raise RuntimeError('no %s: %s, status %s' % (kind, self.seen,
                                                     self.process.poll()))

    def ask(self, kind, **words):
        self.tell(**words)
        return self.wait(kind)

    def close(self):
        if not self.process.stdin.closed:
            self.process.stdin.close()
        reap(self.process, 10)
