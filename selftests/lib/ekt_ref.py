# SPDX-License-Identifier: GPL-2.0
"""EKTFields as RFC 8870 has them; the key wrap is OpenSSL's (RFC 5649)."""

import struct

from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap, aes_key_unwrap_with_padding, aes_key_wrap_with_padding)

SHORT = b'\0'
FULL = 2


def plaintext(master, ssrc, roc):
    return bytes([len(master)]) + master + struct.pack('>II', ssrc, roc)


def full(key, spi, master, ssrc, roc=0, epoch=0):
    """A full EKTField for the master key of an SSRC."""
    return around(aes_key_wrap_with_padding(key, plaintext(master, ssrc, roc)),
                  spi, epoch)


def around(wrapped, spi, epoch=0):
    """A full EKTField with this ciphertext."""
    return wrapped + struct.pack('>HHHB', spi, epoch, len(wrapped) + 7, FULL)


def split(packet):
    """An SRTP packet, and its EKTField."""
    if packet[-1] == SHORT[0]:
        return packet[:-1], packet[-1:]
    length = struct.unpack('>H', packet[-3:-1])[0]
    assert packet[-1] == FULL and length > 3
    return packet[:-length], packet[-length:]


def read(key, field):
    """SPI, epoch, master key, SSRC and rollover counter of a full EKTField."""
    spi, epoch, length, kind = struct.unpack('>HHHB', field[-7:])
    assert (length, kind) == (len(field), FULL)
    try:
        plain = aes_key_unwrap_with_padding(key, field[:-7])
    except InvalidUnwrap:
        return None
    master = plain[1:1 + plain[0]]
    ssrc, roc = struct.unpack('>II', plain[1 + plain[0]:])
    return spi, epoch, master, ssrc, roc
