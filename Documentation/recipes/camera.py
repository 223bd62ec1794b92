#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A camera: an RTSP server on port 8554 that shows a test picture as Motion JPEG.
On Debian: apt install python3-gi gir1.2-gst-rtsp-server-1.0"""

import gi
gi.require_version('Gst', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import GLib, Gst, GstRtspServer

Gst.init(None)
server = GstRtspServer.RTSPServer(service='8554')
factory = GstRtspServer.RTSPMediaFactory(shared=True)
factory.set_launch(
    '( videotestsrc is-live=true pattern=smpte ! '
    'video/x-raw,format=I420,width=160,height=120,framerate=5/1 ! jpegenc ! '
    'rtpjpegpay name=pay0 pt=26 mtu=1200 )')
server.get_mount_points().add_factory('/camera', factory)
server.attach(None)
GLib.MainLoop().run()
