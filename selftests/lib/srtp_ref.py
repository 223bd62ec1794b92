# SPDX-License-Identifier: GPL-2.0
"""SRTP and SRTCP as their RFCs have it: what the tests hold the module against.

RFC 3711, 4771 (ROC in tags), 5669 (SEED), 6188 (longer AES), 6904 (header
extensions), 7714 (AES-GCM), 8269 (ARIA), 8723 (double encryption), 9335 (Cryptex).
Stateless: who calls says which rollover counter or SRTCP index a packet has,
and looks for replays if he cares for them.
"""

import hmac
import warnings
from collections import namedtuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
try:
    from cryptography.hazmat.decrepit.ciphers.algorithms import SEED
except ImportError:
    # where it has not moved yet, but is said to
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        from cryptography.hazmat.primitives.ciphers.algorithms import SEED

AEAD_TAG = 16
ROC_LEN = 4
AUTH_KEY = 20

Suite = namedtuple('Suite', ('block', 'mode', 'key_len', 'salt_len', 'rtp_tag',
                             'rtcp_tag', 'double', 'aead_tag'),
                   defaults=(False, AEAD_TAG))


def _suites():
    suites = {}

    def hmac_sha1(name, block, mode, key_len, bits=(80, 32)):
        # SRTCP's tag is not shortened, RFC 3711 section 5.2
        for tag in bits:
            suites['%s_HMAC_SHA1_%d' % (name, tag)] = \
                Suite(block, mode, key_len, 14, tag // 8, 10)

    hmac_sha1('AES_CM_128', 'AES', 'CM', 16)
    hmac_sha1('AES_192_CM', 'AES', 'CM', 24)
    hmac_sha1('AES_256_CM', 'AES', 'CM', 32)
    hmac_sha1('NULL', 'AES', 'NULL', 16)
    hmac_sha1('F8_128', 'AES', 'F8', 16, bits=(80,))
    hmac_sha1('ARIA_128_CTR', 'ARIA', 'CM', 16)
    hmac_sha1('ARIA_256_CTR', 'ARIA', 'CM', 32)
    for bits in 128, 256:
        for block in 'AES', 'ARIA':
            suites['AEAD_%s_%d_GCM' % (block, bits)] = \
                Suite(block, 'AEAD', bits // 8, 12, 0, 0)
        suites['DOUBLE_AEAD_AES_%d_GCM_AEAD_AES_%d_GCM' % (bits, bits)] = \
            Suite('AES', 'AEAD', bits // 8, 12, 0, 0, True)
        # drafts of RFC 7714; in use, though not registered
        suites['AEAD_AES_%d_GCM_8' % bits] = \
            Suite('AES', 'AEAD', bits // 8, 12, 0, 0, aead_tag=8)
    hmac_sha1('SEED_CTR_128', 'SEED', 'CM', 16, bits=(80,))
    for block, name, tag in (('SEED-CCM', 'CCM_80', 10), ('SEED', 'GCM_96', 12)):
        suites['SEED_128_' + name] = Suite(block, 'AEAD', 16, 12, 0, 0,
                                           aead_tag=tag)
    return suites


SUITES = _suites()


class Bad(Exception):
    """The packet is malformed, or not by who holds the keys."""


def xor(a, b):
    length = min(len(a), len(b))
    return (int.from_bytes(a[:length], 'big') ^
            int.from_bytes(b[:length], 'big')).to_bytes(length, 'big')


# Block ciphers

class Aes:
    def __init__(self, key, tag=AEAD_TAG):
        self._algorithm = algorithms.AES(key)
        self._tag = tag
        self._ecb = None

    def block(self, block):
        if self._ecb is None:
            self._ecb = Cipher(self._algorithm, modes.ECB()).encryptor()
        return self._ecb.update(block)

    def ctr(self, iv, data):
        iv = iv.to_bytes(16, 'big')
        return Cipher(self._algorithm, modes.CTR(iv)).encryptor().update(data)

    def seal(self, nonce, text, aad):
        gcm = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        gcm.authenticate_additional_data(aad)
        return gcm.update(text) + gcm.finalize() + gcm.tag[:self._tag]

    def open(self, nonce, text, aad):
        if len(text) < self._tag:
            raise Bad('short')
        text, tag = text[:-self._tag], text[-self._tag:]
        gcm = Cipher(self._algorithm,
                     modes.GCM(nonce, tag, self._tag)).decryptor()
        gcm.authenticate_additional_data(aad)
        try:
            return gcm.update(text) + gcm.finalize()
        except InvalidTag:
            raise Bad('AEAD tag') from None


class Soft:
    """Modes of a block cipher that OpenSSL has not, or out of Python's reach: counter
    mode, and Galois/counter mode by NIST SP 800-38D. _encrypt() is of a number."""

    def __init__(self, tag):
        self._tag = tag
        self._ghash = None

    def ctr(self, iv, data):
        stream = b''.join(
            self._encrypt((iv + n) & (1 << 128) - 1).to_bytes(16, 'big')
            for n in range((len(data) + 15) // 16))
        return xor(data, stream)

    def _mac(self, nonce, text, aad):
        if self._ghash is None:
            # multiples of the hash key: of each byte at each place
            multiple, multiples = self._encrypt(0), []
            for _ in range(128):
                multiples.append(multiple)
                multiple = multiple >> 1 ^ (multiple & 1) * (0xe1 << 120)
            self._ghash = []
            for at in range(16):
                table = [0]
                for bit in range(7, -1, -1):
                    table += [entry ^ multiples[8 * at + bit]
                              for entry in table]
                self._ghash.append(table)
        sum_ = 0
        data = aad + bytes(-len(aad) % 16) + text + bytes(-len(text) % 16) + \
            (8 * len(aad)).to_bytes(8, 'big') + \
            (8 * len(text)).to_bytes(8, 'big')
        for at in range(0, len(data), 16):
            sum_ ^= int.from_bytes(data[at:at + 16], 'big')
            product = 0
            for table, value in zip(self._ghash, sum_.to_bytes(16, 'big')):
                product ^= table[value]
            sum_ = product
        first = int.from_bytes(nonce, 'big') << 32 | 1
        mac = (sum_ ^ self._encrypt(first)).to_bytes(16, 'big')
        return mac[:self._tag]

    def seal(self, nonce, text, aad):
        text = self.ctr(int.from_bytes(nonce, 'big') << 32 | 2, text)
        return text + self._mac(nonce, text, aad)

    def open(self, nonce, text, aad):
        if len(text) < self._tag:
            raise Bad('short')
        text, tag = text[:-self._tag], text[-self._tag:]
        if not hmac.compare_digest(tag, self._mac(nonce, text, aad)):
            raise Bad('AEAD tag')
        return self.ctr(int.from_bytes(nonce, 'big') << 32 | 2, text)


class Aria(Soft):
    """RFC 5794. OpenSSL's is out of reach of python3-cryptography."""
    # Section 2.4.3: which bytes of its input make each byte of A()'s output.
    DIFFUSION = (
        (3, 4, 6, 8, 9, 13, 14), (2, 5, 7, 8, 9, 12, 15),
        (1, 4, 6, 10, 11, 12, 15), (0, 5, 7, 10, 11, 13, 14),
        (0, 2, 5, 8, 11, 14, 15), (1, 3, 4, 9, 10, 14, 15),
        (0, 2, 7, 9, 10, 12, 13), (1, 3, 6, 8, 11, 12, 13),
        (0, 1, 4, 7, 10, 13, 15), (0, 1, 5, 6, 11, 12, 14),
        (2, 3, 5, 6, 8, 13, 15), (2, 3, 4, 7, 9, 12, 14),
        (1, 2, 6, 7, 9, 11, 12), (0, 3, 6, 7, 8, 10, 13),
        (0, 3, 4, 5, 9, 11, 14), (1, 2, 4, 5, 8, 10, 15))
    CONSTANTS = (0x517cc1b727220a94fe13abe8fa9a6ee0,
                 0x6db14acc9e21c820ff28b1d5ef5de2b0,
                 0xdb92371d2126e9700324977504e8c90e)
    # S-boxes are affine functions of powers: of x^254 and x^247. A function's
    # images of the eight bits, and what it adds.
    SB1 = 254, (0x1f, 0x3e, 0x7c, 0xf8, 0xf1, 0xe3, 0xc7, 0x8f), 0x63
    SB2 = 247, (0xac, 0xc5, 0x12, 0xcf, 0x5b, 0x5f, 0x85, 0xee), 0xe2

    _tables = _last = None

    @classmethod
    def _sbox(cls, exponent, images, constant):
        # powers of 3, which has all elements but 0 among them
        element, elements = 1, []
        for _ in range(255):
            elements.append(element)
            element ^= element << 1 ^ (element >> 7) * 0x11b
        powers = [0] * 256
        for log, element in enumerate(elements):
            powers[element] = elements[log * exponent % 255]
        box = []
        for power in powers:
            value = constant
            for bit in range(8):
                if power >> bit & 1:
                    value ^= images[bit]
            box.append(value)
        return box

    @classmethod
    def _build(cls):
        """For each byte of a state, what it makes of the state after it."""
        boxes = [cls._sbox(*cls.SB1), cls._sbox(*cls.SB2)]
        boxes += [[box.index(value) for value in range(256)] for box in boxes]
        tables = []
        for layer in 0, 2:
            table = []
            for at in range(16):
                spread = sum(1 << 8 * (15 - to) for to in range(16)
                             if at in cls.DIFFUSION[to])
                table.append([value * spread
                              for value in boxes[(at + layer) % 4]])
            tables.append(table)
        Aria._tables = tables
        Aria._last = [boxes[(at + 2) % 4] for at in range(16)]

    @classmethod
    def _round(cls, layer, state):
        """A(SL1(state)), or of SL2."""
        result = 0
        for table, value in zip(cls._tables[layer], state.to_bytes(16, 'big')):
            result ^= table[value]
        return result

    def __init__(self, key, tag=AEAD_TAG):
        super().__init__(tag)
        if Aria._tables is None:
            self._build()
        self._rounds = len(key) // 4 + 8
        constants = self.CONSTANTS * 2
        first = len(key) // 8 - 2
        padded = key.ljust(32, b'\0')
        w0 = int.from_bytes(padded[:16], 'big')
        w1 = self._round(0, w0 ^ constants[first]) ^ \
            int.from_bytes(padded[16:], 'big')
        w2 = self._round(1, w1 ^ constants[first + 1]) ^ w0
        w3 = self._round(0, w2 ^ constants[first + 2]) ^ w1
        w = w0, w1, w2, w3
        self._keys = []
        for right in 19, 31, 128 - 61, 128 - 31, 128 - 19:
            for n in range(4):
                turned = w[(n + 1) % 4]
                turned = turned >> right | turned << 128 - right
                self._keys.append(w[n] ^ turned & (1 << 128) - 1)

    def block(self, block):
        return self._encrypt(int.from_bytes(block, 'big')).to_bytes(16, 'big')

    def _encrypt(self, state):
        for n in range(self._rounds - 1):
            state = self._round(n & 1, state ^ self._keys[n])
        state ^= self._keys[self._rounds - 1]
        state = bytes(box[value] for box, value in
                      zip(self._last, state.to_bytes(16, 'big')))
        return int.from_bytes(state, 'big') ^ self._keys[self._rounds]


class Seed(Soft):
    """RFC 4269, by OpenSSL."""

    def __init__(self, key, tag=AEAD_TAG):
        super().__init__(tag)
        self._ecb = Cipher(SEED(key), modes.ECB()).encryptor()

    def block(self, block):
        return self._ecb.update(block)

    def _encrypt(self, state):
        return int.from_bytes(self.block(state.to_bytes(16, 'big')), 'big')


class SeedCcm(Seed):
    """CCM, RFC 3610, with a counter of three bytes."""

    def _start(self, flags, nonce, count):
        return bytes([flags | 2]) + nonce + count.to_bytes(3, 'big')

    def _crypt(self, nonce, text):
        first = int.from_bytes(self._start(0, nonce, 1), 'big')
        return self.ctr(first, text)

    def _mac(self, nonce, text, aad):
        """Over what is not encrypted; associated data is never empty here."""
        flags = 0x40 | (self._tag - 2) // 2 << 3
        aad = len(aad).to_bytes(2, 'big') + aad
        data = self._start(flags, nonce, len(text)) + \
            aad + bytes(-len(aad) % 16) + text + bytes(-len(text) % 16)
        mac = bytes(16)
        for at in range(0, len(data), 16):
            mac = self.block(xor(mac, data[at:at + 16]))
        return xor(mac, self.block(self._start(0, nonce, 0)))[:self._tag]

    def seal(self, nonce, text, aad):
        return self._crypt(nonce, text) + self._mac(nonce, text, aad)

    def open(self, nonce, text, aad):
        if len(text) < self._tag:
            raise Bad('short')
        text, tag = text[:-self._tag], text[-self._tag:]
        text = self._crypt(nonce, text)
        if not hmac.compare_digest(tag, self._mac(nonce, text, aad)):
            raise Bad('AEAD tag')
        return text


BLOCKS = {'AES': Aes, 'ARIA': Aria, 'SEED': Seed, 'SEED-CCM': SeedCcm}


def f8(key, salt, iv, data):
    """RFC 3711 section 4.1.2.1; key is the cipher's own and k_e."""
    cipher, k_e = key
    mask = salt + b'\x55' * (len(k_e) - len(salt))
    masked = int.from_bytes(BLOCKS['AES'](xor(k_e, mask)).block(iv), 'big')
    stream, last = [], 0
    for j in range((len(data) + 15) // 16):
        block = cipher.block((masked ^ j ^ last).to_bytes(16, 'big'))
        last = int.from_bytes(block, 'big')
        stream.append(block)
    return xor(data, b''.join(stream))


# Keys

SRTP, SRTCP, HEADER = 0, 3, 6		# the first label of each kind of keys

Keys = namedtuple('Keys', 'cipher key salt auth')


class Master:
    """A master key and what is derived from it."""

    def __init__(self, suite, key, salt, kdr, kdf_aes_256=False):
        self.suite = suite
        self.kdr = kdr
        if kdf_aes_256:
            whole = (key + salt).ljust(32 + len(salt), b'\0')
            key, salt = whole[:32], whole[32:]
        self._prf = BLOCKS[suite.block](key)
        # a salt that is too short lacks its end, as deployed for GCM
        self._salt = int.from_bytes(salt.ljust(14, b'\0'), 'big')
        self._cache = {}

    def derive(self, label, r, length):
        """RFC 3711 sections 4.3.1 and 4.3.3."""
        x = (label << 48 | r) ^ self._salt
        return self._prf.ctr(x << 16, bytes(length))

    def keys(self, kind, index):
        r = index // self.kdr if self.kdr else 0
        keys = self._cache.get((kind, r))
        if keys is None:
            if len(self._cache) > 256:
                self._cache.clear()
            suite = self.suite
            salt_label = kind + 1 if kind == HEADER else kind + 2
            key = self.derive(kind, r, suite.key_len)
            auth = b''
            if suite.mode != 'AEAD' and kind != HEADER:
                auth = self.derive(kind + 1, r, AUTH_KEY)
            keys = Keys(BLOCKS[suite.block](key, suite.aead_tag), key,
                        self.derive(salt_label, r, suite.salt_len), auth)
            self._cache[kind, r] = keys
        return keys


# Packets

def be16(data, at):
    return data[at] << 8 | data[at + 1]


def be32(data, at):
    return int.from_bytes(data[at:at + 4], 'big')


def rtp_header(packet):
    """Where CSRCs end and where the payload begins."""
    end = len(packet)
    if end < 12 or packet[0] >> 6 != 2:
        raise Bad('no RTP header')
    csrcs = payload = 12 + 4 * (packet[0] & 0xf)
    if packet[0] & 0x10:
        payload += 4
        if payload > end:
            raise Bad('no header extension')
        payload += 4 * be16(packet, csrcs + 2)
    if payload > end:
        raise Bad('short')
    return csrcs, payload


def elements(profile, data):
    """ID, start and end of the elements of a header extension, RFC 8285."""
    at = 0
    if profile == 0xbede:
        while at < len(data):
            ident, length = data[at] >> 4, data[at] & 0xf
            if ident == 0 and length == 0:
                at += 1
                continue
            if ident in (0, 15):
                return
            end = at + 2 + length
            if end > len(data):
                raise Bad('header extension element')
            yield ident, at + 1, end
            at = end
    elif profile & 0xfff0 == 0x1000:
        while at < len(data):
            if data[at] == 0:
                at += 1
                continue
            if at + 2 > len(data):
                raise Bad('header extension element')
            end = at + 2 + data[at + 1]
            if end > len(data):
                raise Bad('header extension element')
            yield data[at], at + 2, end
            at = end


# RFC 9335 section 5
CRYPTEX = {0xbede: 0xc0de, 0x1000: 0xc2de}
CRYPTEX_BACK = {0xc0de: 0xbede, 0xc2de: 0x1000}

# The original header block, RFC 8723 section 4
OHB_SEQ, OHB_PT, OHB_M, OHB_B = 1, 2, 4, 8


def ohb_split(payload):
    """What is before an OHB, and its PT, SEQ and M; None for what it lacks."""
    if not payload:
        raise Bad('no OHB')
    config, at = payload[-1], len(payload) - 1
    if config & 0xf0 or config & (OHB_M | OHB_B) == OHB_B:
        raise Bad('OHB')
    pt = seq = marker = None
    at -= (2 if config & OHB_SEQ else 0) + (1 if config & OHB_PT else 0)
    if at < AEAD_TAG:
        raise Bad('short')
    if config & OHB_SEQ:
        seq = be16(payload, len(payload) - 3)
    if config & OHB_PT:
        pt = payload[at]
        if pt > 127:
            raise Bad('OHB')
    if config & OHB_M:
        marker = 1 if config & OHB_B else 0
    return payload[:at], pt, seq, marker


def ohb(pt, seq, marker):
    config, data = 0, b''
    if pt is not None:
        config |= OHB_PT
        data += bytes([pt])
    if seq is not None:
        config |= OHB_SEQ
        data += seq.to_bytes(2, 'big')
    if marker is not None:
        config |= OHB_M | (OHB_B if marker else 0)
    return data + bytes([config])


class Context:
    """One direction's keys and policy.

    rcc_tag_len is RFC 4771's tag length, that of a tag with the counter in it;
    the suite's own if not given. f8_header_cm encrypts header extensions of f8
    suites in counter mode: not RFC 6904 section 3.2, but what others may do.
    kdf_aes_256 is how libsrtp up to 2.7 derives, with suites of AES-192.
    """

    def __init__(self, suite, master_key, master_salt, mki=b'', kdr=0,
                 cryptex=False, unencrypted_srtp=False,
                 unencrypted_srtcp=False, unauthenticated_srtp=False,
                 encrypted_extension_ids=(), rcc_mode=0, rcc_rate=1,
                 repair_types=(), rcc_tag_len=None, f8_header_cm=False,
                 kdf_aes_256=False):
        self.suite = suite = SUITES[suite]
        self.mki = mki
        self.cryptex = cryptex
        self.aead = suite.mode == 'AEAD'
        self.unencrypted_srtp = unencrypted_srtp or suite.mode == 'NULL'
        self.unencrypted_srtcp = unencrypted_srtcp
        self.unauthenticated_srtp = unauthenticated_srtp
        self.extension_ids = frozenset(encrypted_extension_ids)
        self.rcc_mode, self.rcc_rate = rcc_mode, rcc_rate
        self.rcc_tag_len = rcc_tag_len or suite.rtp_tag
        self.repair_types = frozenset(repair_types)
        self.header_mode = 'CM' if f8_header_cm else suite.mode
        if unauthenticated_srtp and (self.aead or rcc_mode in (1, 2)):
            raise ValueError('authentication is not optional here')
        if self.aead and rcc_mode in (1, 2):
            raise ValueError('no tag to carry the ROC, RFC 4771 mode 1 and 2')
        if cryptex and self.unencrypted_srtp:
            raise ValueError('Cryptex without encryption')
        if not 0 < rcc_rate < 65536 or rcc_mode not in range(4):
            raise ValueError('RCC')

        key_len, salt_len = suite.key_len, suite.salt_len
        self.inner = None
        if suite.double and len(master_key) == 2 * key_len:
            if len(master_salt) != 2 * salt_len:
                raise ValueError('length of salt')
            self.inner = Master(suite, master_key[:key_len],
                                master_salt[:salt_len], kdr)
            master_key = master_key[key_len:]
            master_salt = master_salt[salt_len:]
        if len(master_key) != key_len or len(master_salt) != salt_len:
            raise ValueError('length of key or salt')
        self.master = Master(suite, master_key, master_salt, kdr, kdf_aes_256)

    # What ciphers need for a packet

    @staticmethod
    def _counter(salt, ssrc, index):
        """IV of counter mode, RFC 3711 section 4.1.1."""
        return int.from_bytes(salt.ljust(14, b'\0'), 'big') << 16 ^ \
            ssrc << 64 ^ index << 16

    @staticmethod
    def _nonce(salt, ssrc, index):
        """IV of AEADs, RFC 7714 sections 8.1 and 9.1, RFC 5669 section 3."""
        return (int.from_bytes(salt, 'big') ^
                ssrc << 48 ^ index).to_bytes(12, 'big')

    def _stream_rtp(self, mode, keys, packet, index, data):
        """Encrypt or decrypt with the keystream of an RTP packet."""
        if mode == 'F8':
            iv = b'\0' + packet[1:12] + (index >> 16).to_bytes(4, 'big')
            return f8((keys.cipher, keys.key), keys.salt, iv, data)
        iv = self._counter(keys.salt, be32(packet, 8), index)
        return keys.cipher.ctr(iv, data)

    def _extension(self, head, csrcs, index):
        """Encrypt or decrypt what is listed of a header extension, RFC 6904."""
        if not self.extension_ids or self.unencrypted_srtp or \
                not head[0] & 0x10:
            return head
        data = head[csrcs + 4:]
        mask = bytearray(len(data))
        for ident, at, end in elements(be16(head, csrcs), data):
            if ident in self.extension_ids:
                mask[at:end] = b'\xff' * (end - at)
        if not any(mask):
            return head
        keys = self.master.keys(HEADER, index)
        other = self._stream_rtp(self.header_mode, keys, head, index, data)
        changed = bytes(b if m else a for a, b, m in zip(data, other, mask))
        return head[:csrcs + 4] + changed

    def _rtp_tag(self, seq):
        """Lengths of the tag, and of the ROC in it."""
        if self.rcc_mode and seq % self.rcc_rate == 0:
            return (self.rcc_tag_len if self.rcc_mode < 3 else ROC_LEN), ROC_LEN
        if self.rcc_mode:
            return (self.rcc_tag_len if self.rcc_mode == 2 else 0), 0
        return (0 if self.unauthenticated_srtp else self.suite.rtp_tag), 0

    # SRTP

    def protect(self, packet, roc):
        if self.suite.double:
            packet = self._double_protect(packet, roc)
        csrcs, payload = rtp_header(packet)
        seq = be16(packet, 2)
        index = roc << 16 | seq
        keys = self.master.keys(SRTP, index)

        at = None
        if self.cryptex:
            if not packet[0] & 0x10 and csrcs > 12:
                packet = bytes([packet[0] | 0x10]) + packet[1:csrcs] + \
                    b'\xbe\xde\0\0' + packet[csrcs:]
            if packet[0] & 0x10:
                profile = be16(packet, csrcs)
                if profile in CRYPTEX_BACK:
                    raise Bad('looks as if encrypted')
                if profile in CRYPTEX:
                    packet = packet[:csrcs] + \
                        CRYPTEX[profile].to_bytes(2, 'big') + packet[csrcs + 2:]
                    at = csrcs - 12
        if at is None:
            clear = self._extension(packet[:payload], csrcs, index)
            text = packet[payload:]
        else:
            clear = packet[:12] + packet[csrcs:csrcs + 4]
            text = packet[12:csrcs] + packet[csrcs + 4:]

        nonce = self.aead and self._nonce(keys.salt, be32(packet, 8), index)
        if self.aead and self.unencrypted_srtp:
            text += keys.cipher.seal(nonce, b'', clear + text)
        elif self.aead:
            text = keys.cipher.seal(nonce, text, clear)
        elif not self.unencrypted_srtp:
            text = self._stream_rtp(self.suite.mode, keys, packet, index,
                                    text)
        if at is None:
            packet = clear + text
        else:
            packet = clear[:12] + text[:at] + clear[12:] + text[at:]

        tag_len, roc_len = self._rtp_tag(seq)
        return packet + self.mki + \
            self._rtp_mac(keys, packet, roc, tag_len, roc_len)

    @staticmethod
    def _rtp_mac(keys, packet, roc, tag_len, roc_len):
        """RFC 3711 section 4.2, and RFC 4771 section 2."""
        counter = roc.to_bytes(4, 'big')
        mac = b''
        if tag_len > roc_len:
            mac = hmac.digest(keys.auth, packet + counter, 'sha1')
        return counter[:roc_len] + mac[:tag_len - roc_len]

    def unprotect(self, packet, roc, inner_roc=None):
        """inner_roc is that of RFC 8723's inner index, if it is another."""
        rtp_header(packet)
        aead_tag = self.suite.aead_tag
        seq = be16(packet, 2)
        tag_len, roc_len = self._rtp_tag(seq)
        end = len(packet) - tag_len
        tag = packet[end:]
        end -= len(self.mki)
        if end < 12:
            raise Bad('short')
        if packet[end:end + len(self.mki)] != self.mki:
            raise Bad('MKI')
        if roc_len:
            roc = be32(tag, 0)
        packet = packet[:end]
        csrcs, payload = rtp_header(packet)
        index = roc << 16 | seq
        keys = self.master.keys(SRTP, index)
        mac = self._rtp_mac(keys, packet, roc, tag_len, roc_len)
        if not hmac.compare_digest(tag, mac):
            raise Bad('tag')

        at = None
        if self.cryptex and packet[0] & 0x10 and \
                be16(packet, csrcs) in CRYPTEX_BACK:
            at = csrcs - 12
            clear = packet[:12] + packet[csrcs:csrcs + 4]
            text = packet[12:csrcs] + packet[csrcs + 4:]
            # the AEAD's tag is no part of CSRCs and extension
            if self.aead and payload > len(packet) - aead_tag:
                raise Bad('short')
        else:
            clear, text = packet[:payload], packet[payload:]

        nonce = self.aead and self._nonce(keys.salt, be32(packet, 8), index)
        if self.aead and self.unencrypted_srtp:
            if len(text) < aead_tag:
                raise Bad('short')
            text, tag = text[:-aead_tag], text[-aead_tag:]
            keys.cipher.open(nonce, tag, clear + text)
        elif self.aead:
            text = keys.cipher.open(nonce, text, clear)
        elif not self.unencrypted_srtp:
            text = self._stream_rtp(self.suite.mode, keys, packet, index,
                                    text)
        if at is None:
            packet = self._extension(clear, csrcs, index) + text
        else:
            profile = CRYPTEX_BACK[be16(clear, 12)].to_bytes(2, 'big')
            packet = clear[:12] + text[:at] + profile + clear[14:] + text[at:]
        if self.suite.double:
            roc = roc if inner_roc is None else inner_roc
            packet = self._double_unprotect(packet, roc)
        return packet

    # RFC 8723 section 5

    def _inner(self, packet, csrcs, pt, seq, marker, roc):
        """Inner cipher, its nonce, and the synthetic packet's header."""
        head = bytes([packet[0] & ~0x10, marker << 7 | pt]) + \
            seq.to_bytes(2, 'big') + packet[4:csrcs]
        index = roc << 16 | seq
        keys = self.inner.keys(SRTP, index)
        return keys.cipher, self._nonce(keys.salt, be32(packet, 8), index), head

    def _double_protect(self, packet, roc):
        csrcs, payload = rtp_header(packet)
        pt, seq, marker = packet[1] & 0x7f, be16(packet, 2), packet[1] >> 7
        if pt in self.repair_types:
            return packet
        if self.inner:
            cipher, nonce, head = self._inner(packet, csrcs, pt, seq, marker,
                                              roc)
            text = cipher.seal(nonce, packet[payload:], head)
            return packet[:payload] + text + ohb(None, None, None)
        # A middle box: what is as it was need not be told.
        text, old_pt, old_seq, old_marker = ohb_split(packet[payload:])
        return packet[:payload] + text + \
            ohb(None if old_pt == pt else old_pt,
                None if old_seq == seq else old_seq,
                None if old_marker == marker else old_marker)

    def _double_unprotect(self, packet, roc):
        csrcs, payload = rtp_header(packet)
        pt, seq, marker = packet[1] & 0x7f, be16(packet, 2), packet[1] >> 7
        if pt in self.repair_types:
            return packet
        text, old_pt, old_seq, old_marker = ohb_split(packet[payload:])
        old_pt = pt if old_pt is None else old_pt
        old_seq = seq if old_seq is None else old_seq
        old_marker = marker if old_marker is None else old_marker
        if not self.inner:
            # Told in full, the box behind us may change what it likes.
            return packet[:payload] + text + ohb(old_pt, old_seq, old_marker)
        cipher, nonce, head = self._inner(packet, csrcs, old_pt, old_seq,
                                          old_marker, roc)
        text = cipher.open(nonce, text, head)
        # Section 5.3: of what a box may change, PT and SEQ are used as they
        # came, the marker as it was sent.
        return packet[:1] + bytes([old_marker << 7 | pt]) + \
            packet[2:payload] + text

    # SRTCP

    def _stream_rtcp(self, keys, packet, index, data):
        if self.suite.mode == 'F8':
            iv = bytes(4) + (1 << 31 | index).to_bytes(4, 'big') + packet[:8]
            return f8((keys.cipher, keys.key), keys.salt, iv, data)
        iv = self._counter(keys.salt, be32(packet, 4), index)
        return keys.cipher.ctr(iv, data)

    def protect_rtcp(self, packet, index):
        if len(packet) < 8 or packet[0] >> 6 != 2:
            raise Bad('no RTCP header')
        keys = self.master.keys(SRTCP, index)
        # what NULL leaves in clear is not said to be encrypted
        encrypted = not (self.unencrypted_srtcp or self.suite.mode == 'NULL')
        word = (encrypted << 31 | index).to_bytes(4, 'big')
        head, text = packet[:8], packet[8:]
        if self.aead:
            nonce = self._nonce(keys.salt, be32(packet, 4), index)
            if encrypted:
                text = keys.cipher.seal(nonce, text, head + word)
            else:
                text += keys.cipher.seal(nonce, b'', packet + word)
            return head + text + word + self.mki
        if encrypted:
            text = self._stream_rtcp(keys, packet, index, text)
        packet = head + text + word
        mac = hmac.digest(keys.auth, packet, 'sha1')
        return packet + self.mki + mac[:self.suite.rtcp_tag]

    def unprotect_rtcp(self, packet):
        """The packet and its index."""
        if len(packet) < 8 or packet[0] >> 6 != 2:
            raise Bad('no RTCP header')
        end = len(packet) - self.suite.rtcp_tag
        tag = packet[end:]
        mki_at = end - len(self.mki)
        if mki_at < 12:
            raise Bad('short')
        if packet[mki_at:end] != self.mki:
            raise Bad('MKI')
        packet = packet[:mki_at]
        word = packet[-4:]
        index = be32(word, 0)
        encrypted, index = index >> 31, index & 0x7fffffff
        keys = self.master.keys(SRTCP, index)
        head, text = packet[:8], packet[8:-4]
        if self.aead:
            nonce = self._nonce(keys.salt, be32(packet, 4), index)
            if encrypted:
                return head + keys.cipher.open(nonce, text, head + word), index
            if len(text) < self.suite.aead_tag:
                raise Bad('short')
            text, tag = text[:-self.suite.aead_tag], text[-self.suite.aead_tag:]
            keys.cipher.open(nonce, tag, head + text + word)
            return head + text, index
        mac = hmac.digest(keys.auth, packet, 'sha1')
        if not hmac.compare_digest(tag, mac[:self.suite.rtcp_tag]):
            raise Bad('tag')
        if encrypted and self.suite.mode != 'NULL':
            text = self._stream_rtcp(keys, packet, index, text)
        return head + text, index
