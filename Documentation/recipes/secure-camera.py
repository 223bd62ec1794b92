#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A camera that speaks SRTP: an RTSP server with TLS on port 8322, with the certificate
and key in camera.pem, that shows a test picture as Motion JPEG.
On Debian: apt install python3-gi gir1.2-gst-rtsp-server-1.0"""

import gi
gi.require_version('Gst', '1.0')
gi.require_version('GstRtsp', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer

Gst.init(None)
token = GstRtspServer.RTSPToken()
token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, 'anybody')
auth = GstRtspServer.RTSPAuth()
auth.set_tls_certificate(Gio.TlsCertificate.new_from_file('camera.pem'))
auth.set_default_token(token)
permissions = GstRtspServer.RTSPPermissions()
permissions.add_role_from_structure(Gst.Structure.new_from_string(
    'anybody, media.factory.access=(boolean)true, '
    'media.factory.construct=(boolean)true'))
server = GstRtspServer.RTSPServer(service='8322')
server.set_auth(auth)
factory = GstRtspServer.RTSPMediaFactory(shared=True)
factory.set_permissions(permissions)
factory.set_profiles(GstRtsp.RTSPProfile.SAVP)
factory.set_launch(
    '( videotestsrc is-live=true pattern=smpte ! '
    'video/x-raw,format=I420,width=160,height=120,framerate=5/1 ! jpegenc ! '
    'rtpjpegpay name=pay0 pt=26 mtu=1200 )')
server.get_mount_points().add_factory('/live', factory)
server.attach(None)
GLib.MainLoop().run()
