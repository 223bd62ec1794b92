#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""gst_camera.py OPTIONS: GStreamer's RTSP server in the place of a camera. It plays
a recording as SRTP (RTP/SAVP, MIKEY) at /live, and prints "ready" when it listens."""

import argparse

import gi
gi.require_version('Gst', '1.0')
gi.require_version('GstRtsp', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer

parser = argparse.ArgumentParser()
parser.add_argument('--address', default='127.0.0.1')
parser.add_argument('--port', default='8554')
parser.add_argument('--certificate', help='PEM with a key: TLS')
parser.add_argument('--profile', default='SAVP', help='AVP, SAVP or SAVPF')
parser.add_argument('--user', help='a name, with a password of the same text')
parser.add_argument('--scheme', default='digest')
parser.add_argument('--shared', action='store_true')
parser.add_argument('--group', help='a multicast group, in which it is heard')
parser.add_argument('pipeline')
args = parser.parse_args()


def protect(server):
    """TLS, and accounts."""
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, 'anybody')
    if args.certificate:
        auth.set_tls_certificate(
            Gio.TlsCertificate.new_from_file(args.certificate))
    if args.user:
        method = {'digest': GstRtsp.RTSPAuthMethod.DIGEST,
                  'basic': GstRtsp.RTSPAuthMethod.BASIC}[args.scheme]
        auth.set_supported_methods(method)
        if args.scheme == 'digest':
            auth.add_digest(args.user, args.user, token)
        else:
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(args.user, args.user),
                           token)
    else:
        auth.set_default_token(token)
    server.set_auth(auth)


def permitted(factory):
    permissions = GstRtspServer.RTSPPermissions()
    structure = Gst.Structure.new_from_string(
        'anybody, media.factory.access=(boolean)true, '
        'media.factory.construct=(boolean)true')
    permissions.add_role_from_structure(structure)
    factory.set_permissions(permissions)


def say_who_reports(session, source):
    """Only RTCP that could be decrypted gets here."""
    print('rtcp %08x' % source.get_property('ssrc'), flush=True)


def watch(factory, media):
    def prepared(media):
        for n in range(media.n_streams()):
            media.get_stream(n).get_rtpsession().connect('on-ssrc-active',
                                                         say_who_reports)
    media.connect('prepared', prepared)


Gst.init(None)
server = GstRtspServer.RTSPServer(address=args.address, service=args.port)
factory = GstRtspServer.RTSPMediaFactory(shared=args.shared)
factory.set_launch(args.pipeline)
factory.connect('media-configure', watch)
if args.group:
    # a port for RTP and RTCP of each stream
    pool = GstRtspServer.RTSPAddressPool()
    pool.add_range(args.group, args.group, 6000, 6007, 1)
    factory.set_address_pool(pool)
    factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP_MCAST)
factory.set_profiles(getattr(GstRtsp.RTSPProfile, args.profile))
if args.certificate or args.user:
    protect(server)
    permitted(factory)
server.get_mount_points().add_factory('/live', factory)
server.attach(None)
print('ready', flush=True)
GLib.MainLoop().run()
