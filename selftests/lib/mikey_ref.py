# SPDX-License-Identifier: GPL-2.0
"""MIKEY in Python, by the text of RFC 3830 and nothing else: what the tests compare
with. Messages are made of parts, so that each may be wrong."""

import hashlib
import hmac
import struct
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

KEMAC, PKE, DH, SIGN, T, ID, CERT, CHASH, V, SP, RAND, ERR = range(1, 13)
KEY, EXT = 20, 21
TGK, TGK_SALT, TEK, TEK_SALT = range(4)
NTP_EPOCH = 2208988800
# constants of sections 4.1.3 and 4.1.4: digits of e
TGK_TEK, TGK_SALT_KEY = 0x2AD01C64, 0x39A2C14B
ENCR, AUTH, SALT = 0x150533E1, 0x2D22AC75, 0x29B88916


def prf(inkey, label, length, digest=hashlib.sha1):
    """Section 4.1.2: pieces of 256 bits, each through P, all of it by xor."""
    out = bytes(length)
    for at in range(0, len(inkey), 32):
        piece, a, made = inkey[at:at + 32], label, b''
        while len(made) < length:
            a = hmac.new(piece, a, digest).digest()
            made += hmac.new(piece, a + label, digest).digest()
        out = bytes(x ^ y for x, y in zip(out, made))
    return out


def derive(inkey, constant, cs_id, csb_id, rand, length, digest=hashlib.sha1):
    return prf(inkey, struct.pack('>IBI', constant, cs_id, csb_id) + rand,
               length, digest)


def now():
    return int((time.time() + NTP_EPOCH) * 2 ** 32)


def header(kind=0, sessions=((0, 0, 0),), csb_id=0x01020304, verify=False,
           prf_func=0, map_type=0, version=1, count=None):
    """HDR without the type of the next payload, which comes in its third byte."""
    return struct.pack('>BBBBIBB', version, kind, 0, verify << 7 | prf_func,
                       csb_id, len(sessions) if count is None else count,
                       map_type) + \
        b''.join(struct.pack('>BII', *one) for one in sessions)


def policy(params=(), number=0, protocol=0):
    body = b''.join(struct.pack('BB', kind, len(value)) + value
                    for kind, value in ((k, v if isinstance(v, bytes) else
                                         bytes([v])) for k, v in params))
    return struct.pack('>BBH', number, protocol, len(body)) + body


def stamp(value=None, kind=0):
    value = now() if value is None else value
    return struct.pack('>BI' if kind == 2 else '>BQ', kind, value)


def rand(data=bytes(range(16))):
    return bytes([len(data)]) + data


def key_data(kind, key, salt=None, spi=None, interval=None, last=True):
    """A sub-payload, with the type of the next one."""
    validity = 1 if spi is not None else 2 if interval else 0
    out = struct.pack('>BBH', 0 if last else KEY, kind << 4 | validity,
                      len(key)) + key
    if salt is not None:
        out += struct.pack('>H', len(salt)) + salt
    if spi is not None:
        out += bytes([len(spi)]) + spi
    for value in interval or ():
        out += bytes([len(value)]) + value
    return out


def keys(*several):
    """The data of KEMAC: each is what key_data() takes, but for which is last."""
    return b''.join(key_data(*one[:2], **(one[2] if len(one) > 2 else {}),
                             last=n == len(several))
                    for n, one in enumerate(several, 1))


def kemac(data, encryption=0, mac_alg=0, mac=b''):
    return struct.pack('>BH', encryption, len(data)) + data + \
        bytes([mac_alg]) + mac


def message(head, *payloads):
    """Chain (type, body) behind a header; SIGN has no type of a next one."""
    out = bytearray(head)
    where = 2
    for kind, body in payloads:
        out[where] = kind
        if kind != SIGN:
            where = len(out)
            out.append(0)
        out += body
    return bytes(out)


def secured(psk, head, payloads, data, encryption=1, mac_alg=1):
    """The same with KEMAC behind, under a pre-shared key: sections 4.2.3, 4.2.4."""
    csb_id = struct.unpack_from('>I', head, 4)[0]
    digest = hashlib.sha256 if head[3] & 127 else hashlib.sha1
    random = next(body[1:] for kind, body in payloads if kind == RAND)
    when = next(body[1:] for kind, body in payloads if kind == T)

    def made(constant, length):
        return derive(psk, constant, 0xff, csb_id, random, length, digest)
    if encryption == 1:
        terms = bytes(2) + struct.pack('>I', csb_id) + when.rjust(8, b'\0')
        iv = bytes(x ^ y for x, y in zip(made(SALT, 14), terms)) + bytes(2)
        cipher = Cipher(algorithms.AES(made(ENCR, 16)), modes.CTR(iv))
        data = cipher.encryptor().update(data)
    elif encryption == 2:
        data = aes_key_wrap(made(ENCR, 16), data)
    whole = message(head, *payloads, (KEMAC, kemac(data, encryption, mac_alg)))
    if mac_alg:
        digest = hashlib.sha256 if mac_alg == 2 else hashlib.sha1
        whole += hmac.new(made(AUTH, digest().digest_size), whole,
                          digest).digest()
    return whole


def sign(own, whole, pss=False, more=b''):
    """A message with SIGN behind it; more is what the signature is of besides."""
    at = 2
    for payload in parse(whole)['payloads']:
        at = payload['offset']
    whole = bytearray(whole)
    whole[at] = SIGN
    whole += struct.pack('>H', pss << 12 | own.key_size // 8)
    how = padding.PSS(padding.MGF1(hashes.SHA1()), 20) if pss else \
        padding.PKCS1v15()
    return bytes(whole) + own.sign(bytes(whole) + more, how, hashes.SHA1())


def pi(bits):
    """Digits of pi by Machin's formula."""
    one = 1 << bits + 32

    def arctan(inverse):
        total, term, n = 0, one // inverse, 1
        while term:
            total += term // n if n % 4 == 1 else -(term // n)
            term, n = term // inverse ** 2, n + 2
        return total
    return 4 * (4 * arctan(5) - arctan(239)) >> 32


# Oakley groups by MIKEY's number: bits and the constant of RFC 2409 and 3526
GROUPS = {0: (1536, 741804), 1: (768, 149686), 2: (1024, 129093)}


def prime(group):
    bits, more = GROUPS[group]
    return (1 << bits) - (1 << bits - 64) - 1 + \
        ((pi(bits - 130) + more) << 64)


def power(group, base, exponent):
    """As many bytes as the group's prime has."""
    return pow(base, exponent, prime(group)).to_bytes(GROUPS[group][0] // 8,
                                                      'big')


def half_key(group, value, spi=None):
    """The body of DH."""
    return bytes([group]) + value + (b'\0' if spi is None else
                                     bytes([1, len(spi)]) + spi)


def hmaced(psk, head, payloads, random, mac_alg=1, data=b''):
    """The same with a KEMAC that has a MAC only, RFC 4650."""
    csb_id = struct.unpack_from('>I', head, 4)[0]
    whole = message(head, *payloads, (KEMAC, kemac(data, 0, mac_alg)))
    if not mac_alg:
        return whole
    auth = derive(psk, AUTH, 0xff, csb_id, random, 20)
    return whole + hmac.new(auth, whole, hashlib.sha1).digest()


def identity(name, kind=0):
    return struct.pack('>BH', kind, len(name)) + name


def signed(own, peer, envelope, head, payloads, data, name=b'peer', pss=False,
           forge=b'', spoil=0, random=None):
    """The same under RSA, section 3.2: KEMAC begins with who it is from and has a MAC
    of its own, PKE has the envelope key, SIGN is of all of it. Forge is what the
    signature is of besides; spoil is one more in the MAC. Random is that of another
    message."""
    csb_id = struct.unpack_from('>I', head, 4)[0]
    random = random or next(body[1:] for kind, body in payloads if kind == RAND)
    when = next(body[1:] for kind, body in payloads if kind == T)

    def made(constant, length):
        return derive(envelope, constant, 0xff, csb_id, random, length)
    terms = bytes(2) + struct.pack('>I', csb_id) + when.rjust(8, b'\0')
    iv = bytes(x ^ y for x, y in zip(made(SALT, 14), terms)) + bytes(2)
    cipher = Cipher(algorithms.AES(made(ENCR, 16)), modes.CTR(iv))
    if name is not None:
        data = bytes([KEY, 0]) + struct.pack('>H', len(name)) + name + data
    body = kemac(cipher.encryptor().update(data), 1, 1)
    mac = bytearray(hmac.new(made(AUTH, 20), b'\0' + body, hashlib.sha1).digest())
    mac[0] = (mac[0] + spoil) & 255
    sealed = peer.encrypt(envelope, padding.PKCS1v15())
    size = own.key_size // 8
    whole = message(head, *payloads, (KEMAC, body + mac),
                    (PKE, struct.pack('>H', len(sealed)) + sealed),
                    (SIGN, struct.pack('>H', pss << 12 | size)))
    how = padding.PSS(padding.MGF1(hashes.SHA1()), 20) if pss else \
        padding.PKCS1v15()
    return whole + own.sign(whole + forge, how, hashes.SHA1())


def verification(psk, offer, head, *payloads, ids=b''):
    """An answer with V behind it: section 5.2."""
    at = parse(offer)
    random = next(p['body'][1:] for p in at['payloads'] if p['type'] == RAND)
    when = next(p['body'][1:] for p in at['payloads'] if p['type'] == T)
    whole = message(head, *payloads, (V, b'\1'))
    auth = derive(psk, AUTH, 0xff, at['csb-id'], random, 20)
    return whole + hmac.new(auth, whole + ids + when, hashlib.sha1).digest()


def error(number):
    """The body of ERR."""
    return bytes([number, 0, 0])


def length_of(kind, data):
    """How long a payload's body is, behind the type of the next one."""
    if kind == KEMAC:
        size = struct.unpack_from('>H', data, 1)[0] + 4
        return size + {0: 0, 1: 20, 2: 32}[data[size - 1]]
    if kind == T:
        return 5 if data[0] == 2 else 9
    if kind == SP:
        return 4 + struct.unpack_from('>H', data, 2)[0]
    if kind == RAND:
        return 1 + data[0]
    if kind == V:
        return 1 + {0: 0, 1: 20, 2: 32}[data[0]]
    if kind in (ID, CERT, EXT):
        return 3 + struct.unpack_from('>H', data, 1)[0]
    if kind == DH:
        size = 1 + GROUPS[data[0]][0] // 8
        return size + 1 + (1 + data[size + 1] if data[size] & 15 == 1 else 0)
    if kind == ERR:
        return 3
    if kind == PKE:
        return 2 + (struct.unpack_from('>H', data)[0] & 0x3fff)
    if kind == SIGN:
        return 2 + (struct.unpack_from('>H', data)[0] & 0xfff) - 1
    raise ValueError('payload %d' % kind)


def parse(data):
    """A message's header and the bodies of its payloads."""
    version, kind, following, flags, csb_id, count, map_type = \
        struct.unpack_from('>BBBBIBB', data)
    out = {'version': version, 'type': kind, 'verify': flags >> 7,
           'prf': flags & 127, 'csb-id': csb_id, 'map': map_type,
           'sessions': [struct.unpack_from('>BII', data, 10 + 9 * n)
                        for n in range(count)], 'payloads': []}
    at = 10 + 9 * count
    while following:
        size = length_of(following, data[at + (following != SIGN):])
        # SIGN has no type of a next one
        body = data[at + 1 - (following == SIGN):at + 1 + size]
        if len(body) != size + (following == SIGN):
            raise ValueError('payload %d ends too early' % following)
        out['payloads'].append({'type': following, 'offset': at, 'body': body})
        following, at = (0 if following == SIGN else data[at]), at + 1 + size
    if at != len(data):
        raise ValueError('%d bytes left over' % (len(data) - at))
    return out


def opened(psk, data):
    """The key data of a message under a pre-shared key, or in the clear."""
    at = parse(data)
    body = at['payloads'][-1]['body']
    size = struct.unpack_from('>H', body, 1)[0]
    inner = body[3:3 + size]
    if body[0] == 0:
        return inner
    random = next(p['body'][1:] for p in at['payloads'] if p['type'] == RAND)
    when = next(p['body'][1:] for p in at['payloads'] if p['type'] == T)

    def made(constant, length):
        return derive(psk, constant, 0xff, at['csb-id'], random, length)
    if hmac.new(made(AUTH, 20), data[:-20], hashlib.sha1).digest() != data[-20:]:
        raise ValueError('MAC')
    terms = bytes(2) + struct.pack('>I', at['csb-id']) + when.rjust(8, b'\0')
    iv = bytes(x ^ y for x, y in zip(made(SALT, 14), terms)) + bytes(2)
    return Cipher(algorithms.AES(made(ENCR, 16)),
                  modes.CTR(iv)).decryptor().update(inner)
