# SPDX-License-Identifier: GPL-2.0
"""What packets of Opus sound like, by the libopus that FFmpeg comes with."""

import ctypes
import struct

from sound import share

RATE = 48000
# 120 ms, the longest packet
MOST = 5760


def samples(frames):
    """Mono samples at RATE, of the payloads in their order."""
    opus = ctypes.CDLL('libopus.so.0')
    opus.opus_decoder_create.restype = ctypes.c_void_p
    opus.opus_decode.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32,
                                 ctypes.c_void_p, ctypes.c_int, ctypes.c_int)
    opus.opus_decoder_destroy.argtypes = (ctypes.c_void_p,)
    decoder = opus.opus_decoder_create(RATE, 1, None)
    room = (ctypes.c_int16 * MOST)()
    found = []
    for frame in frames:
        count = opus.opus_decode(decoder, frame, len(frame), room, MOST, 0)
        if count > 0:
            found += struct.unpack('<%dh' % count, bytes(room)[:2 * count])
    opus.opus_decoder_destroy(decoder)
    return found


def tone(frames, frequency):
    """The share of a tone in the best half second."""
    heard = samples(frames)
    size = RATE // 2
    return max((share(heard[at:at + size], frequency, RATE)
                for at in range(0, len(heard) - size, size // 2)), default=0)
