# SPDX-License-Identifier: GPL-2.0
"""A telephone of which the test says all it does: SIP by UDP, as far as it takes for
calls, re-INVITEs and transfers. Media and keys are the test's."""

import queue
import re
import secrets
import socket
import threading

PATIENCE = 120


class Message:
    """A SIP message; headers are a list of (name, value)."""

    def __init__(self, data):
        head, _, self.body = data.decode().partition('\r\n\r\n')
        self.first, *lines = head.split('\r\n')
        self.headers = [tuple(re.split(r'\s*:\s*', line, maxsplit=1))
                        for line in lines]

    def all(self, name):
        return [value for header, value in self.headers
                if header.lower() == name.lower()]

    def get(self, name):
        return (self.all(name) or [''])[0]

    @property
    def status(self):
        found = re.match(r'SIP/2.0 (\d+)', self.first)
        return int(found[1]) if found else 0

    @property
    def method(self):
        return self.get('CSeq').split()[-1]

    def tag(self, name):
        found = re.search(r';tag=([^;>\s]+)', self.get(name))
        return found[1] if found else ''


def uri(value):
    found = re.search(r'<([^>]+)>', value)
    return found[1] if found else value.split(';')[0]


class Dialog:
    """A call, from the telephone's side."""

    def __init__(self, phone, remote, name=None):
        self.phone, self.target, self.remote = phone, remote, '<%s>' % remote
        self.name = name or secrets.token_hex(8)
        self.tag, self.remote_tag = secrets.token_hex(4), ''
        self.cseq, self.theirs = 0, ''
        self.over = threading.Event()

    def party(self, tag, who):
        return who + (';tag=' + tag if tag else '')

    def request(self, method, body='', extra=(), cseq=None):
        """Send a request; its final answer, but for ACK."""
        if cseq is None:
            self.cseq += 1
            cseq = self.cseq
        branch = 'z9hG4bK' + secrets.token_hex(8)
        lines = ['%s %s SIP/2.0' % (method, self.target),
                 'Via: SIP/2.0/UDP %s:%d;branch=%s' % (
                     *self.phone.address, branch),
                 'Max-Forwards: 70',
                 'From: ' + self.party(self.tag, '<%s>' % self.phone.uri),
                 'To: ' + self.party(self.remote_tag, self.remote),
                 'Call-ID: ' + self.name, 'CSeq: %d %s' % (cseq, method),
                 'Contact: <%s>' % self.phone.uri, *extra]
        answers = self.phone.send(lines, body, branch if method != 'ACK'
                                  else None)
        return answers

    def invite(self, sdp):
        """Offer something; what was answered, as SDP."""
        answer = self.request('INVITE', sdp)
        if answer.status >= 300:
            raise RuntimeError(answer.first)
        self.remote_tag = answer.tag('To')
        self.target = uri(answer.get('Contact')) or self.target
        self.request('ACK', cseq=self.cseq)
        self.theirs = answer.body
        return answer.body

    def refer(self, other):
        """Let the other sides of two calls talk with each other."""
        replaces = '%s%%3Bto-tag%%3D%s%%3Bfrom-tag%%3D%s' % (
            other.name.replace('@', '%40'), other.remote_tag, other.tag)
        return self.request('REFER', extra=[
            'Refer-To: <%s?Replaces=%s>' % (uri(other.remote), replaces),
            'Referred-By: <%s>' % self.phone.uri])

    def bye(self):
        if not self.over.is_set():
            self.over.set()
            self.request('BYE')


class Phone:
    """A telephone; what it answers to an offer is the test's to say: @answer is
    called with the dialog and the offer, and returns SDP."""

    def __init__(self, host, user, address, port, proxy, answer=None):
        self.user, self.address, self.proxy = user, (address, port), proxy
        self.uri = 'sip:%s@%s:%d' % (user, address, port)
        self.answer = answer
        self.dialogs, self.waiting, self.answered = {}, {}, {}
        self.rings = queue.Queue()
        with host.enter():
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(self.address)
        threading.Thread(target=self.listen, daemon=True).start()

    def call(self, extension):
        dialog = Dialog(self, 'sip:%s@%s:%d' % (extension, *self.proxy))
        self.dialogs[dialog.name] = dialog
        return dialog

    def send(self, lines, body, branch=None):
        if body:
            lines = [*lines, 'Content-Type: application/sdp']
        data = '\r\n'.join([*lines, 'Content-Length: %d' % len(body), '',
                            body]).encode()
        if not branch:
            self.socket.sendto(data, self.proxy)
            return None
        answers = self.waiting[branch] = queue.Queue()
        heard = None
        for wait in range(PATIENCE):
            if not heard:
                self.socket.sendto(data, self.proxy)
            try:
                heard = answers.get(timeout=1)
            except queue.Empty:
                continue
            if heard.status >= 200:
                return heard
        raise RuntimeError('no answer to ' + lines[0])

    def listen(self):
        while True:
            try:
                data = self.socket.recv(65536)
            except OSError:
                return
            # closed
            if not data:
                return
            message = Message(data)
            if message.status:
                branch = re.search(r'branch=([^;,\s]+)', message.get('Via'))
                if branch and branch[1] in self.waiting:
                    self.waiting[branch[1]].put(message)
            else:
                self.serve(message)

    def reply(self, message, status, dialog=None, body=''):
        tag = dialog.tag if dialog else secrets.token_hex(4)
        lines = ['SIP/2.0 ' + status]
        for name, value in message.headers:
            if name.lower() == 'to' and ';tag=' not in value:
                value += ';tag=' + tag
            if name.lower() in ('via', 'from', 'to', 'call-id', 'cseq'):
                lines.append('%s: %s' % (name, value))
        lines += ['Contact: <%s>' % self.uri,
                  'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, NOTIFY',
                  'Supported: replaces']
        if body:
            lines.append('Content-Type: application/sdp')
        data = '\r\n'.join([*lines, 'Content-Length: %d' % len(body), '',
                            body]).encode()
        self.answered[message.get('Call-ID'), message.get('CSeq')] = data
        self.socket.sendto(data, self.proxy)

    def serve(self, message):
        name, method = message.get('Call-ID'), message.first.split()[0]
        if method == 'ACK':
            return
        again = self.answered.get((name, message.get('CSeq')))
        if again:
            self.socket.sendto(again, self.proxy)
            return
        dialog = self.dialogs.get(name)
        if method == 'INVITE' and not dialog:
            dialog = Dialog(self, uri(message.get('Contact')), name)
            dialog.remote = re.sub(r';tag=.*', '', message.get('From'))
            dialog.remote_tag = message.tag('From')
            self.dialogs[name] = dialog
            self.rings.put(dialog)
        if dialog and method == 'BYE':
            dialog.over.set()
        body = ''
        if dialog and message.body and method in ('INVITE', 'UPDATE'):
            body = self.answer(dialog, message.body)
        self.reply(message, '200 OK' if dialog or method == 'OPTIONS' else
                   '481 Call Does Not Exist', dialog, body)

    def close(self):
        # whoever waits in recv() is woken by this
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()
