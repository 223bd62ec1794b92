#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A page that calls a program on this host, at http://127.0.0.1:8000. Offers go to
ksrtpd, and what the program has to know is in for-application.sdp and
application.sdp. One call at a time."""

import http.server
import re
import subprocess

PORT = 5004
PAGE = b'''<!DOCTYPE html>
<title>ksrtp</title>
<button id=start onclick="start()">Call</button>
<p id=state>no call</p>
<audio id=sound autoplay></audio>
<script>
let call;
const show = text => document.getElementById('state').textContent = text;

async function start() {
	const microphone = await navigator.mediaDevices.getUserMedia({
		audio: { echoCancellation: false, noiseSuppression: false,
			 autoGainControl: false } });
	call = new RTCPeerConnection();
	call.onconnectionstatechange = () => show(call.connectionState);
	call.ontrack = event =>
		document.getElementById('sound').srcObject =
			new MediaStream([event.track]);
	call.addTrack(microphone.getAudioTracks()[0]);
	await call.setLocalDescription();
	const answer = await fetch('/', {
		method: 'POST', body: call.localDescription.sdp });
	const text = await answer.text();
	if (answer.ok)
		await call.setRemoteDescription({ type: 'answer', sdp: text });
	else
		show(text);
}
</script>
'''


def ksrtp(command, sdp):
    """What ksrtpd makes of a description. Lines end in CR LF there."""
    return subprocess.run(
        ['ksrtp', 'call', command, 'call', 'page', 'file', '-'], check=True,
        input=sdp.encode(), capture_output=True).stdout.decode()


def answer_of(offer):
    """The program's answer: Opus, at port 5004, and nothing else."""
    answer = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n'
    for section in offer.split('\r\nm=')[1:]:
        opus = re.search(r'a=rtpmap:(\d+) opus/48000/2', section)
        kind, port, protocol, first = section.split()[:4]
        if not opus:
            answer += 'm=%s 0 %s %s\r\n' % (kind, protocol, first)
            continue
        answer += 'm=audio %d %s %s\r\n%s\r\n' % (PORT, protocol, opus[1],
                                                  opus[0])
    return answer


def connect(offer):
    subprocess.run(['ksrtp', 'call', 'del', 'call', 'page'],
                   stderr=subprocess.DEVNULL)
    plain = ksrtp('offer', offer)
    answer = answer_of(plain)
    for name, text in (('for-application.sdp', plain),
                       ('application.sdp', answer)):
        with open(name, 'w', newline='') as file:
            file.write(text)
    return ksrtp('answer', answer)


class Handler(http.server.BaseHTTPRequestHandler):
    def reply(self, status, kind, body):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.reply(200, 'text/html', PAGE)

    def do_POST(self):
        offer = self.rfile.read(int(self.headers['Content-Length']))
        try:
            self.reply(200, 'application/sdp',
                       connect(offer.decode()).encode())
        except subprocess.CalledProcessError as error:
            self.reply(400, 'text/plain', error.stderr)


http.server.HTTPServer(('127.0.0.1', 8000), Handler).serve_forever()
