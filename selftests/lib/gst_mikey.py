# SPDX-License-Identifier: GPL-2.0
"""GStreamer's MIKEY, by its C library: a second implementation, to judge by."""

import ctypes
import re


class Map(ctypes.Structure):
    """GstMIKEYMapSRTP"""
    _fields_ = [('policy', ctypes.c_uint8), ('ssrc', ctypes.c_uint32),
                ('roc', ctypes.c_uint32)]


class Payload(ctypes.Structure):
    """What each GstMIKEYPayload begins with: GstMiniObject, and its type."""
    _fields_ = [('gtype', ctypes.c_size_t), ('refcount', ctypes.c_int),
                ('lockstate', ctypes.c_int), ('flags', ctypes.c_uint),
                ('functions', ctypes.c_void_p * 3), ('priv_uint', ctypes.c_uint),
                ('priv_pointer', ctypes.c_void_p), ('type', ctypes.c_int)]


class Gstreamer:
    """Raises OSError where its libraries are not there."""

    def __init__(self):
        self.gst = ctypes.CDLL('libgstreamer-1.0.so.0')
        self.sdp = ctypes.CDLL('libgstsdp-1.0.so.0')
        for library, name in ((self.gst, 'gst_caps_from_string'),
                              (self.gst, 'gst_caps_to_string'),
                              (self.gst, 'gst_caps_new_empty_simple'),
                              (self.sdp, 'gst_mikey_message_new_from_caps'),
                              (self.sdp, 'gst_mikey_message_new_from_data'),
                              (self.sdp, 'gst_mikey_message_get_cs_srtp'),
                              (self.sdp, 'gst_mikey_message_get_payload'),
                              (self.sdp, 'gst_mikey_message_base64_encode')):
            getattr(library, name).restype = ctypes.c_void_p
        self.gst.gst_init(None, None)

    def make(self, caps, sessions):
        """A message, in base64, of a stream's keys; None if it makes none."""
        message = self.sdp.gst_mikey_message_new_from_caps(ctypes.c_void_p(
            self.gst.gst_caps_from_string(caps.encode())))
        if not message:
            return None
        message = ctypes.c_void_p(message)
        for policy, ssrc, roc in sessions:
            self.sdp.gst_mikey_message_add_cs_srtp(
                message, ctypes.c_uint8(policy), ctypes.c_uint32(ssrc),
                ctypes.c_uint32(roc))
        return ctypes.string_at(
            self.sdp.gst_mikey_message_base64_encode(message)).decode()

    def read(self, data):
        """What it makes of a message: caps, crypto sessions, payloads; or None."""
        message = self.sdp.gst_mikey_message_new_from_data(
            data, ctypes.c_size_t(len(data)), None, None)
        if not message:
            return None
        message = ctypes.c_void_p(message)
        caps = ctypes.c_void_p(
            self.gst.gst_caps_new_empty_simple(b'application/x-srtp'))
        if not self.sdp.gst_mikey_message_to_caps(message, caps):
            return None
        text = ctypes.string_at(self.gst.gst_caps_to_string(caps)).decode()
        told = dict(re.findall(r'([a-z-]+)=\([a-z]+\)([^,;]*)', text))
        maps = [Map.from_address(self.sdp.gst_mikey_message_get_cs_srtp(
            message, n)) for n in
            range(self.sdp.gst_mikey_message_get_n_cs(message))]
        told['sessions'] = [(m.policy, m.ssrc, m.roc) for m in maps]
        told['payloads'] = [
            Payload.from_address(self.sdp.gst_mikey_message_get_payload(
                message, n)).type for n in
            range(self.sdp.gst_mikey_message_get_n_payloads(message))]
        return told
