#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A SIP proxy in front of telephones that know RTP only: it puts crypto lines into
their offers and answers, keeps those of the other side from them, and gives both to
ksrtp.

    sdes-relay.py ADDRESS:PORT INSIDE-PORT

Telephones on the same host send requests here, from ADDRESS:INSIDE-PORT; what comes
from elsewhere is outside. Requests go where their request URI says, by UDP, and to
the telephone if that is the relay. It shows how signalling and ksrtp meet, and is no product: no registrar, no TCP or TLS
(without which keys cross the network in the clear), no forking, one audio stream.
"""

import base64
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile

SUITE = 'AES_CM_128_HMAC_SHA1_80'


class Message:
    """A SIP message; headers are a list of [name, value], in their order."""

    def __init__(self, data):
        head, _, self.body = data.decode().partition('\r\n\r\n')
        self.first, *lines = head.split('\r\n')
        self.headers = [re.split(r'\s*:\s*', line, maxsplit=1)
                        for line in lines]

    def get(self, name):
        for header, value in self.headers:
            if header.lower() == name.lower():
                return value
        return ''

    def drop(self, name):
        """Take away the first header of that name."""
        for at, (header, value) in enumerate(self.headers):
            if header.lower() == name.lower():
                del self.headers[at]
                return

    def bytes(self):
        self.drop('Content-Length')
        self.headers.append(['Content-Length', str(len(self.body.encode()))])
        lines = [self.first] + [': '.join(header) for header in self.headers]
        return ('\r\n'.join(lines) + '\r\n\r\n' + self.body).encode()


def address(uri):
    """Where a URI points to: an address, not a name, and a port."""
    found = re.search(r'sips?:(?:[^@>;]*@)?(\[[^]]*\]|[^:;>]+)(?::(\d+))?', uri)
    return found[1].strip('[]'), int(found[2] or 5060)


class Call:
    """What both sides have said of their media, and the keys in it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='sdes-relay-')
        self.local = self.remote = ''
        self.agreed = None

    def ours(self, sdp):
        """The telephone's description, with a key of its own."""
        theirs = re.search(r'a=crypto:(\d+) %s ' % SUITE, self.remote)
        tag = theirs[1] if theirs and not self.local else '1'
        kept = re.search(r'a=crypto.*', self.local)
        line = kept[0] if kept else 'a=crypto:%s %s inline:%s' % (
            tag, SUITE, base64.b64encode(secrets.token_bytes(30)).decode())
        self.local = re.sub(r'(m=audio \d+ RTP/)AVP(.*)',
                            r'\1SAVP\2\r\n' + line, sdp).replace('\r\r', '\r')
        return self.local

    def theirs(self, sdp):
        """The other side's description, as the telephone understands it."""
        self.remote = sdp
        sdp = re.sub(r'a=crypto.*\r\n', '', sdp)
        return sdp.replace('RTP/SAVP', 'RTP/AVP')

    def file(self, name, text):
        name = os.path.join(self.folder, name)
        with open(name, 'w', opener=lambda path, flags:
                  os.open(path, flags, 0o600)) as file:
            file.write(text)
        return name

    def ksrtp(self, *words):
        subprocess.run(['ksrtp', 'sdp', *words], check=True)

    def agree(self):
        """An offer has been answered: protect from now on."""
        now = ['local', self.file('local', self.local),
               'remote', self.file('remote', self.remote)]
        if not self.agreed:
            self.ksrtp('add', *now)
        elif self.agreed != (self.local, self.remote):
            self.ksrtp('set', *now,
                       'old-local', self.file('old-local', self.agreed[0]),
                       'old-remote', self.file('old-remote', self.agreed[1]))
        self.agreed = self.local, self.remote

    def end(self):
        if self.agreed:
            self.ksrtp('del', 'local', self.file('local', self.agreed[0]),
                       'remote', self.file('remote', self.agreed[1]))
            self.agreed = None
        for name in os.listdir(self.folder):
            os.unlink(os.path.join(self.folder, name))
        os.rmdir(self.folder)


class Relay:
    def __init__(self, own, inside_port):
        host, _, port = own.rpartition(':')
        self.own, self.host, self.port = own, host.strip('[]'), int(port)
        self.inside = inside_port
        self.calls = {}
        self.socket = socket.socket(
            socket.AF_INET6 if ':' in self.host else socket.AF_INET,
            socket.SOCK_DGRAM)
        self.socket.bind((self.host, self.port))

    def media(self, message, from_inside):
        """Change what a message says of media, and do as it says."""
        name = message.get('Call-ID')
        if message.body and 'sdp' in message.get('Content-Type'):
            call = self.calls.setdefault(name, Call())
            change = call.ours if from_inside else call.theirs
            message.body = change(message.body)
        if name not in self.calls:
            return
        call = self.calls[name]
        method = message.get('CSeq').split()[-1]
        answer = re.match(r'SIP/2.0 (\d+)', message.first)
        if method == 'INVITE' and answer and answer[1][0] == '2':
            call.agree()
        elif (method == 'BYE' and answer) or \
                (method == 'INVITE' and answer and answer[1] >= '300' and
                 not call.agreed):
            self.calls.pop(name).end()

    def request(self, message, source):
        from_inside = source == (self.host, self.inside)
        if self.own in message.get('Route'):
            message.drop('Route')
        self.media(message, from_inside)
        via = message.get('Via')
        if 'rport' in via:
            message.drop('Via')
            message.headers.insert(0, ['Via', re.sub(
                r';rport\b(=\d+)?', ';received=%s;rport=%d' % source[:2], via)])
        branch = re.search(r'branch=([^;,]*)', via)
        message.headers.insert(0, ['Via', 'SIP/2.0/UDP %s;branch=%s.r' % (
            self.own, branch[1] if branch else 'z9hG4bK')])
        if message.first.startswith('INVITE'):
            message.headers.insert(1, ['Record-Route', '<sip:%s;lr>' % self.own])
        to = address(message.first.split()[1])
        return (self.host, self.inside) if to == (self.host, self.port) else to

    def response(self, message, source):
        message.drop('Via')
        self.media(message, source == (self.host, self.inside))
        via = message.get('Via')
        host, port = address('sip:' + via.split()[1].split(';')[0])
        for name, number in re.findall(r';(received|rport)=([^;,]*)', via):
            if name == 'received':
                host = number
            else:
                port = int(number)
        return host, port

    def run(self):
        while True:
            data, source = self.socket.recvfrom(65536)
            if not data.strip():
                continue
            message = Message(data)
            handle = self.response if message.first.startswith('SIP/2.0') \
                else self.request
            try:
                to = handle(message, source[:2])
            except subprocess.CalledProcessError as error:
                # without keys there is no call: the answer does not pass
                print('sdes-relay: %s' % error, file=sys.stderr)
                continue
            self.socket.sendto(message.bytes(), to)


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    Relay(sys.argv[1], int(sys.argv[2])).run()
