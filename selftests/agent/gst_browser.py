#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""gst_browser.py TONE FILE: GStreamer's webrtcbin in the place of a browser. It sends
a tone of so many hertz as G.711, and writes what it hears to FILE as mu-law.

Lines of JSON come on standard input: {"do": "offer"}, {"do": "answer", "sdp": ...}
for an offer that was taken, and {"do": "take", "sdp": ...} for an answer. On standard
output: {"sdp": ...}, {"state": ...}."""

import faulthandler
import json
import sys
import threading

import gi
gi.require_version('Gst', '1.0')
gi.require_version('GstSdp', '1.0')
gi.require_version('GstWebRTC', '1.0')
from gi.repository import GLib, Gst, GstSdp, GstWebRTC

PIPELINE = '''
webrtcbin name=web bundle-policy=%s
audiotestsrc is-live=true samplesperbuffer=160 freq=%s !
audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay ssrc=4711 !
application/x-rtp,media=audio,encoding-name=PCMU,payload=0 ! web.
'''


def say(**words):
    print(json.dumps(words), flush=True)


class Peer:
    def __init__(self, tone, path, policy):
        self.pipeline = Gst.parse_launch(PIPELINE % (policy, tone))
        self.path = path
        self.ready = threading.Event()
        self.web = self.pipeline.get_by_name('web')
        self.web.connect('pad-added', self.heard)
        self.web.connect('notify::ice-gathering-state', self.gathered)
        self.web.connect('on-negotiation-needed',
                         lambda web: self.ready.set())
        self.web.connect('notify::connection-state', lambda web, pspec: say(
            state=web.get_property('connection-state').value_nick))
        self.pipeline.set_state(Gst.State.PLAYING)

    def heard(self, web, pad):
        if pad.direction != Gst.PadDirection.SRC:
            return
        sink = Gst.parse_bin_from_description(
            'rtppcmudepay ! filesink async=false buffer-mode=unbuffered '
            'location=' + self.path, True)
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad('sink'))
        say(heard=True)

    def gathered(self, web, pspec):
        state = web.get_property('ice-gathering-state')
        if state == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            say(sdp=web.get_property('local-description').sdp.as_text())

    def describe(self, kind):
        def made(promise, unused):
            # what is in the reply lasts as long as the reply
            self.reply = promise.get_reply()
            self.description = self.reply.get_value(kind)
            if not self.description:
                say(error=self.reply.to_string())
            self.web.emit('set-local-description', self.description,
                          Gst.Promise.new())
        self.web.emit('create-' + kind, None,
                      Gst.Promise.new_with_change_func(made, None))

    def take(self, kind, text, then):
        message = GstSdp.SDPMessage.new()[1]
        GstSdp.sdp_message_parse_buffer(text.encode(), message)
        description = GstWebRTC.WebRTCSessionDescription.new(kind, message)
        self.web.emit('set-remote-description', description,
                      Gst.Promise.new_with_change_func(
                          lambda promise, unused: then and then(), None))

    def obey(self, word):
        if word['do'] == 'offer':
            self.describe('offer')
        elif word['do'] == 'answer':
            self.take(GstWebRTC.WebRTCSDPType.OFFER, word['sdp'],
                      lambda: self.describe('answer'))
        elif word['do'] == 'take':
            self.take(GstWebRTC.WebRTCSDPType.ANSWER, word['sdp'],
                      lambda: say(taken=True))
        return False


def main():
    # who waits for it gives up later: what it is about until then
    faulthandler.dump_traceback_later(240, file=sys.stderr)
    Gst.init(None)
    loop = GLib.MainLoop()
    peer = Peer(*sys.argv[1:4])

    def read():
        for line in sys.stdin:
            # it knows what it sends
            peer.ready.wait()
            GLib.idle_add(peer.obey, json.loads(line))
        GLib.idle_add(loop.quit)
    threading.Thread(target=read, daemon=True).start()
    loop.run()
    peer.pipeline.set_state(Gst.State.NULL)


main()
