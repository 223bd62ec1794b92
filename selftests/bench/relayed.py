# SPDX-License-Identifier: GPL-2.0
"""A call of ksrtpd's, of a telephone that has keys in its description, and an application
on another host."""

import base64
import contextlib
import json
import os
import socket
import subprocess
import tempfile
import time

# of the proxy in packets.h: the application's, and the public one
PORTS = {'application-ports': '7000-7001', 'public-ports': '7002-7003'}
SDP = '''v=0
o=- 1 1 IN IP4 {0}
s=-
c=IN IP4 {0}
t=0 0
m=audio {1} {2} 0
{3}'''


def describe(address, port, protocol, line=''):
    return SDP.format(address, port, protocol, line).replace('\n', '\r\n')


def reach(path, agent):
    """A control socket, as soon as it is there."""
    while agent.poll() is None:
        sock = socket.socket(socket.AF_UNIX)
        with contextlib.suppress(OSError):
            sock.connect(path)
            return sock.makefile('rw')
        sock.close()
        time.sleep(0.1)
    raise RuntimeError('ksrtpd has ended')


def ask(stream, **request):
    stream.write(json.dumps(request) + '\n')
    stream.flush()
    answer = json.loads(stream.readline())
    if answer['result'] != 'ok':
        raise RuntimeError(answer['error'])


@contextlib.contextmanager
def relayed(program, address, suite, key, peer, application):
    """While there is a call between these two ends, each an address and a port."""
    line = 'a=crypto:1 %s inline:%s\n' % (suite, base64.b64encode(key).decode())
    with tempfile.TemporaryDirectory() as directory:
        control, state = (os.path.join(directory, name)
                          for name in ('control', 'calls'))
        with subprocess.Popen([
                program, 'public', address, 'application', address, 'control',
                control, 'state', state] +
                [word for one in PORTS.items() for word in one]) as agent:
            try:
                with reach(control, agent) as stream:
                    ask(stream, command='offer', call='1',
                        sdp=describe(*peer, 'RTP/SAVP', line))
                    ask(stream, command='answer', call='1',
                        sdp=describe(*application, 'RTP/AVP'))
                    yield
                    ask(stream, command='delete', call='1')
            finally:
                agent.terminate()
