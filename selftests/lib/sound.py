# SPDX-License-Identifier: GPL-2.0
"""Sound of tests: recordings, G.711, and which tone is heard."""

import functools
import math
import operator
import struct
import wave

RATE = 8000


def linear(code):
    """A sample of G.711 mu-law as a number."""
    code = ~code & 255
    value = (((code & 15) << 3) + 132 << (code >> 4 & 7)) - 132
    return -value if code & 128 else value


LINEAR = [linear(code) for code in range(256)]


def ulaw(data):
    return [LINEAR[code] for code in data]


def read_ulaw(path):
    with open(path, 'rb') as file:
        return ulaw(file.read())


def write_tone(path, frequency, rate, seconds):
    """A recording of one tone."""
    with wave.open(path, 'wb') as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b''.join(struct.pack('<h', int(
            8000 * math.sin(2 * math.pi * frequency * n / rate)))
            for n in range(rate * seconds)))


def read_wav(path):
    """Samples and rate; a header whose writer was killed may know no length."""
    with open(path, 'rb') as file:
        data = file.read()
    at = 12
    channels, rate = 1, RATE
    while at + 8 <= len(data):
        name, size = data[at:at + 4], struct.unpack_from('<I', data, at + 4)[0]
        if name == b'fmt ':
            channels, rate = struct.unpack_from('<HI', data, at + 10)
        if name == b'data':
            body = data[at + 8:at + 8 + size] if size else data[at + 8:]
            body = body[:len(body) // (2 * channels) * 2 * channels]
            samples = struct.unpack('<%dh' % (len(body) // 2), body)
            return list(samples[::channels]), rate
        at += 8 + size + size % 2
    return [], rate


@functools.lru_cache
def waves(frequency, rate, length):
    """Cosine and sine of a frequency, so many samples of them."""
    turn = 2 * math.pi * frequency / rate
    return ([math.cos(turn * n) for n in range(length)],
            [math.sin(turn * n) for n in range(length)])


def share(samples, frequency, rate=RATE):
    """The share of a signal's power that is at a frequency, 0 to 1."""
    size = len(samples)
    mean = sum(samples) / max(size, 1)
    # by functions that are not Python's own, since there are many samples
    power = sum(map(operator.mul, samples, samples)) - size * mean ** 2
    if power <= 0:
        return 0
    real, imag = (sum(map(operator.mul, samples, wave)) - mean * sum(wave)
                  for wave in waves(frequency, rate, size))
    return 2 * (real ** 2 + imag ** 2) / (size * power)


def heard(samples, frequency, rate=RATE):
    """How many seconds of a recording are that tone; it may begin anywhere, and
    a lost packet turns its phase."""
    part = rate // 10
    return sum(share(samples[at:at + part], frequency, rate) > 0.8
               for at in range(0, len(samples) - part + 1, part)) / 10
