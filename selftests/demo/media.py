#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compare what arrived with what was sent, and show it on a terminal.

media.py audio SENT.ul GOT.ul        identical, or a run of it; levels
media.py video SENT.ivf GOT.vp8      the same for encoded frames
media.py picture GOT.yuv SENT.yuv    decoded pictures: compared, one drawn
"""

import hashlib
import math
import sys

WIDTH, HEIGHT = 160, 120
RATE = 8000
# A stream's first packets may go before its receiver trusts the source.
LEAST = 0.9


def read(path):
    with open(path, "rb") as file:
        return file.read()


def ivf_frames(data):
    """The frames of an IVF file, one after the other without headers."""
    at, frames = int.from_bytes(data[6:8], "little"), []
    while at + 12 <= len(data):
        size = int.from_bytes(data[at:at + 4], "little")
        frames.append(data[at + 12:at + 12 + size])
        at += 12 + size
    return b"".join(frames)


def compare(sent, got):
    """Say how much of what was sent arrived; whether that is right."""
    print(f"    sent     {len(sent):7} bytes  md5 {hashlib.md5(sent).hexdigest()}")
    print(f"    received {len(got):7} bytes  md5 {hashlib.md5(got).hexdigest()}")
    if got == sent:
        print("    identical")
        return True
    at = sent.find(got) if got else -1
    if at >= 0 and len(got) >= LEAST * len(sent):
        print(f"    one unbroken run of it, from byte {at}:",
              f"{100 * len(got) / len(sent):.1f} %")
        return True
    print("    NOT what was sent")
    return False


def linear(code):
    """A sample of G.711 mu-law as a number."""
    code = ~code & 255
    value = (((code & 15) << 3) + 132 << (code >> 4 & 7)) - 132
    return -value if code & 128 else value


def levels(data):
    """Levels of fifths of a second, in decibels below full scale, and as bars."""
    table, bars, rms = [linear(c) ** 2 for c in range(256)], "", []
    for at in range(0, len(data), RATE // 5):
        part = data[at:at + RATE // 5]
        mean = math.sqrt(sum(table[c] for c in part) / len(part))
        rms.append(20 * math.log10(max(mean, 1) / 32768))
        bars += " ▁▂▃▄▅▆▇█"[max(0, min(8, int((rms[-1] + 60) / 5.5)))]
    return bars, max(rms, default=-90)


def audio(sent, got):
    sent, got = read(sent), read(got)
    same = compare(sent, got)
    for name, data in ("sent", sent), ("received", got):
        bars, loudest = levels(data)
        print(f"    level {name:8} |{bars}| loudest {loudest:.1f} dBFS")
    return same and levels(got)[1] > -40


def video(sent, got):
    return compare(ivf_frames(read(sent)), read(got))


def picture(got, sent):
    size = WIDTH * HEIGHT * 3 // 2
    got, sent = read(got), read(sent)
    pictures = len(got) // size
    same = pictures > 0 and got in sent and \
        pictures >= LEAST * len(sent) // size
    print(f"    {pictures} pictures of {WIDTH}x{HEIGHT} decoded,",
          "all as the sender's encoder made them" if same
          else "NOT those that were sent")
    if pictures:
        frame = got[(pictures // 2) * size:]
        for y in range(0, HEIGHT, 6):
            row = (frame[y * WIDTH + x] for x in range(0, WIDTH, 3))
            print("    " + "".join(" .:-=+*#%@"[p * 10 // 256] for p in row))
    return same


if __name__ == "__main__":
    work = {"audio": audio, "video": video, "picture": picture}[sys.argv[1]]
    sys.exit(0 if work(*sys.argv[2:4]) else 1)
