#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Every bad attribute is refused, by name, and nothing is changed."""

import errno
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from genl import Genl, Refused, attr, nest
from ksrtp_test import *

NEW, SET, DEL, GET, FLUSH, STREAM_GET, STREAM_SET, SUITES_GET = range(1, 9)
(KEY_NEW, KEY_USE, KEY_DEL, KEY_GET, REQUIRE_NEW, REQUIRE_DEL, REQUIRE_GET,
 STAT_GET) = range(14, 22)
ATTACH_NEW, ATTACH_DEL = 23, 24
LEASE_SET, LEASE_DEL, LEASE_GET = 28, 29, 30
L_ID, L_UNTIL, L_DURATION = 2, 3, 4
SEAL_SET, SEAL_DEL, SEAL_GET = 33, 34, 35
SEAL_ID, SEAL_KEY = 2, 3
(ID, IFINDEX, FAMILY, LOCAL, REMOTE, LPORT, RPORT, LRTCP, RRTCP, MUX,
 STREAMS_MAX, SEND, RECV, STREAMS) = range(1, 15)
SSRC_ONLY, TIMEOUT, OWNED, ORPHANED, MOVE, LINGER, REPLACE = range(15, 22)
(M_IFINDEX, M_FAMILY, M_LOCAL, M_REMOTE, M_LPORT, M_RPORT, M_LRTCP, M_RRTCP,
 M_MUX, M_SSRC) = range(1, 11)
SUITE, KEY, SALT, WINDOW, STATE = range(1, 6)
(MKI, RTP_LIFE, RTCP_LIFE, SOFT, OVERLAP, RATE, CLEAR_RTP, CLEAR_RTCP, UNAUTH,
 EXTENSIONS, CRYPTEX, RCC, RCC_RATE, INITIAL_ROC, SEARCH, REPAIR) = \
    range(9, 25)
COUNTERS, UNUSED_KEY, REPEAT, RESTART_COUNTERS, SHORT_SRTCP, KDF_256 = range(
    28, 34)
EKT_SPI, EKT_KEY, EKT_SERIAL = range(34, 37)
EKT_INTERVAL, EKT_RATE, EKT_OFF = range(39, 42)
RTP_BLOCK, SRTCP_BLOCK, SRTCP_START, REPORT = range(42, 46)
SEALED, D_RTP_USED, D_RTCP_USED, EKT_SEALED, FURTHER_KEYS = range(46, 51)
SEAL, RELAYS = 24, 25
(Y_LOCAL, Y_LPORT, Y_REMOTE, Y_RPORT, Y_LRTCP, Y_RRTCP, Y_MUX, Y_TYPES,
 Y_SSRCS) = range(1, 10)
(K_SESSION, K_DIRECTION, K_MKI, K_KEY, K_SALT, K_FROM, K_TO, K_RTP_LIFE,
 K_RTCP_LIFE, K_SOFT, K_RTP_USED, K_RTCP_USED) = range(2, 14)
R_ID, R_IFINDEX, R_FAMILY, R_FIRST, R_LAST = range(2, 7)
R_EXCEPTS, R_JUDGE = range(9, 11)
GCM_SUITE, SHORT_TAG, NULL_SUITE, DOUBLE_SUITE = 5, 2, 9, 18
(SESSION, DIRECTION, SSRC, ROC, SEQ, INDEX, RTP_REPLAY, RTCP_REPLAY) = \
    range(2, 10)
RTP_USED_FROM, RTP_USED_TO, RTCP_USED_FROM, RTCP_USED_TO = range(20, 24)
RTP_LIMIT, SRTCP_LIMIT = 24, 25


def be16(n):
    return struct.pack('>H', n)


def u8(n):
    return bytes([n])


def u16(n):
    return struct.pack('=H', n)


def u64(n):
    return struct.pack('=Q', n)


GOOD = attr(LPORT, be16(4000)) + attr(MUX)
KEYED = attr(SUITE, 1) + attr(KEY, bytes(16)) + attr(SALT, bytes(14))
HERE = (attr(SESSION, 1), attr(DIRECTION, 1), attr(SSRC, 9))
KEYS = (attr(K_SESSION, 1), attr(K_DIRECTION, 1))
RAW = (attr(K_KEY, bytes(16)), attr(K_SALT, bytes(14)))
EKT = attr(EKT_SPI, 7) + attr(EKT_KEY, bytes(30))


def send(*attrs, suite=1):
    return nest(SEND, attr(SUITE, suite), *attrs), GOOD


def recv(*attrs, suite=1):
    return nest(RECV, attr(SUITE, suite), *attrs), GOOD

# a session that may have relays, and one of these
EXACT = (attr(LOCAL, b'\x0a\t\0\1'), attr(LPORT, be16(5000)),
         attr(REMOTE, b'\x0a\t\0\2'), attr(RPORT, be16(6000)), attr(MUX))
LO4, LO6 = b'\x7f\0\0\1', bytes(15) + b'\1'


def relay(*attrs, local=LO4, port=7000, remote=LO4):
    """A relay with other attributes beside."""
    ends = ((attr(Y_LOCAL, local), attr(Y_LPORT, be16(port))) if local else ()) + (
        (attr(Y_REMOTE, remote), attr(Y_RPORT, be16(8000))) if remote else ())
    return nest(1, *ends, *attrs)


def relays(*which):
    return (*EXACT, nest(RELAYS, *which))


# what is sent, the error, and what the message says
BAD = (
    ('relays of a session without addresses', NEW, (GOOD, nest(RELAYS, relay())),
     errno.EINVAL, 'relays: need a session of their family with both addresses'),
    ('relays of a session of one interface', NEW,
     (*relays(relay()), attr(IFINDEX, 1)), errno.EINVAL, 'relays: need a session'),
    ('relays of a session of one SSRC', NEW,
     (*relays(relay()), attr(SSRC_ONLY, 1)), errno.EINVAL, 'relays: need a session'),
    ('a relay of another family', NEW, relays(relay(local=LO6, remote=LO6)),
     errno.EINVAL, 'relays: need a session of their family'),
    ('a relay of two families', NEW, relays(relay(local=LO4, remote=LO6)),
     errno.EINVAL, 'address: not of the family'),
    ('relays of two families', NEW,
     relays(relay(), relay(local=LO6, remote=LO6, port=7100)), errno.EINVAL,
     'address: not of the family'),
    ("a relay at the session's own port", NEW,
     relays(relay(local=b'\x0a\t\0\1', port=5000)), errno.EINVAL,
     'relays: need a session'),
    ("a relay whose RTCP is at the session's own port", NEW,
     relays(relay(local=b'\x0a\t\0\1', port=4999)), errno.EINVAL,
     'relays: need a session'),
    ('a relay without a local end', NEW, relays(relay(local=None)), errno.EINVAL,
     'relay: remote address without a local one'),
    ('a relay with half an end', NEW,
     relays(nest(1, attr(Y_LOCAL, LO4))), errno.EINVAL,
     'relay: needs address and port of an end'),
    ('a relay with the other half', NEW,
     relays(relay(attr(Y_RPORT, be16(8000)), remote=None)), errno.EINVAL,
     'relay: needs address and port of an end'),
    ('a relay to many', NEW, relays(relay(remote=b'\xe0\0\0\5')), errno.EINVAL,
     'address: of a relay, which is not for multicast'),
    ('a relay to the address zero', NEW, relays(relay(remote=bytes(4))),
     errno.EINVAL, 'address: zero'),
    ('a relay with RTCP at two places', NEW,
     relays(relay(attr(Y_MUX), attr(Y_LRTCP, be16(7001)))), errno.EINVAL,
     'rtcp-port: makes no sense with rtcp-mux'),
    ("a relay with RTCP at RTP's port", NEW,
     relays(relay(attr(Y_RRTCP, be16(8000)))), errno.EINVAL,
     "rtcp-port: same as RTP's; use rtcp-mux"),
    ('a relay with RTCP above all ports', NEW, relays(relay(port=65535)),
     errno.EINVAL, 'rtcp-port: has to be given'),
    ('two relays with a payload type', NEW,
     relays(relay(attr(Y_TYPES, b'\0\x60')),
            relay(attr(Y_TYPES, b'\x60'), port=7100)), errno.EINVAL,
     'types: one of them has a relay already'),
    ('payload type 128', NEW, relays(relay(attr(Y_TYPES, b'\x80'))), errno.EINVAL,
     'types: 0 to 127'),
    ('two relays with an SSRC', NEW,
     relays(relay(attr(Y_SSRCS, b'\1\0\0\0')),
            relay(attr(Y_SSRCS, b'\1\0\0\0'), port=7100)), errno.EINVAL,
     'ssrcs: one of them has a relay already'),
    ('half an SSRC', NEW, relays(relay(attr(Y_SSRCS, b'\1\0'))), errno.EINVAL,
     'ssrcs: 4 bytes each'),
    ('17 SSRCs', NEW, relays(relay(attr(Y_SSRCS, bytes(68)))), errno.ERANGE, ''),
    ('two relays at one port', NEW, relays(relay(), relay()), errno.EEXIST,
     'relays: another relay has a local address and port'),
    ("a relay at another's port of RTCP", NEW, relays(relay(), relay(port=7001)),
     errno.EEXIST, 'relays: another relay has a local address and port'),
    ('33 relays', NEW, relays(*[relay(port=7000 + 2 * i) for i in range(33)]),
     errno.E2BIG, 'relays: more than a session may have'),
    ('relays for a session that has no addresses', SET,
     (attr(LPORT, be16(3000)), nest(RELAYS, relay())), errno.EINVAL,
     'relays: need a session'),
    ('nothing', NEW, (), errno.EINVAL, 'flow: an address or a port'),
    ('an interface alone', NEW, (attr(IFINDEX, 1), attr(MUX)), errno.EINVAL,
     'flow: an address or a port'),
    ('no port and no rtcp-mux', NEW, (attr(LOCAL, b'\x7f\0\0\1'),),
     errno.EINVAL, 'rtcp-mux: is needed'),
    ('an id', NEW, (attr(ID, 5), GOOD), errno.EINVAL, 'attribute'),
    ('interface 0', NEW, (attr(IFINDEX, 0), GOOD), errno.ERANGE,
     'out of range'),
    ('family 7', NEW, (attr(FAMILY, u16(7)), GOOD), errno.EINVAL, 'family:'),
    ('a short family', NEW, (attr(FAMILY, b'\2'), GOOD), errno.EINVAL,
     'invalid attribute length'),
    ('an address of 5 bytes', NEW, (attr(LOCAL, b'12345'), GOOD),
     errno.EINVAL, 'address: must be 4 bytes or 16'),
    ('an empty address', NEW, (attr(REMOTE), GOOD), errno.EINVAL,
     'address: must be 4 bytes or 16'),
    ('an address of 17 bytes', NEW, (attr(LOCAL, bytes(17)), GOOD),
     errno.ERANGE, ''),
    ('the address zero', NEW, (attr(LOCAL, bytes(4)), GOOD), errno.EINVAL,
     'address: zero'),
    ('addresses of two families', NEW,
     (attr(LOCAL, b'\x7f\0\0\1'), attr(REMOTE, b'\1' * 16), GOOD),
     errno.EINVAL, 'address: not of the family'),
    ('an address of another family', NEW,
     (attr(FAMILY, u16(10)), attr(LOCAL, b'\x7f\0\0\1'), GOOD), errno.EINVAL,
     'address: not of the family'),
    ('local port 0', NEW, (attr(LPORT, be16(0)),), errno.ERANGE,
     'out of range'),
    ('remote port 0', NEW, (attr(RPORT, be16(0)),), errno.ERANGE,
     'out of range'),
    ('a port of 4 bytes', NEW, (attr(LPORT, 5),), errno.EINVAL,
     'invalid attribute length'),
    ('port 65535 without RTCP\'s', NEW, (attr(LPORT, be16(65535)),),
     errno.EINVAL, 'rtcp-port: has to be given'),
    ('an RTCP port with rtcp-mux', NEW, (attr(LRTCP, be16(9)), GOOD),
     errno.EINVAL, 'rtcp-port: makes no sense'),
    ('RTCP on RTP\'s port', NEW,
     (attr(LPORT, be16(4000)), attr(LRTCP, be16(4000))), errno.EINVAL,
     'rtcp-port: same as RTP'),
    ('rtcp-mux with a value', NEW, (attr(LPORT, be16(4000)), attr(MUX, 1)),
     errno.ERANGE, ''),
    ('no streams', NEW, (attr(STREAMS_MAX, 0), GOOD), errno.ERANGE,
     'out of range'),
    ('65537 streams', NEW, (attr(STREAMS_MAX, 65537), GOOD), errno.ERANGE,
     'out of range'),
    ('what is read only', NEW, (attr(STREAMS, 1), GOOD), errno.EINVAL, ''),
    ('an unknown attribute', NEW, (attr(99, 1), GOOD), errno.EINVAL, ''),
    ('suite 0', NEW, (nest(SEND, attr(SUITE, 0)), GOOD), errno.ERANGE,
     'out of range'),
    ('suite 200', NEW, (nest(SEND, attr(SUITE, 200)), GOOD), errno.ERANGE,
     'out of range'),
    ('a key without a suite', NEW,
     (nest(SEND, attr(KEY, bytes(16)), attr(SALT, bytes(14))), GOOD),
     errno.EINVAL, 'master-key: given without suite'),
    ('a key without a salt', NEW,
     (nest(RECV, attr(SUITE, 1), attr(KEY, bytes(16))), GOOD), errno.EINVAL,
     'master-key: given without master-salt'),
    ('a salt without a key', NEW,
     (nest(RECV, attr(SUITE, 1), attr(SALT, bytes(14))), GOOD), errno.EINVAL,
     'master-salt: given without master-key'),
    ('a key of 15 bytes', NEW,
     (nest(SEND, attr(SUITE, 1), attr(KEY, bytes(15)), attr(SALT, bytes(14))),
      GOOD), errno.EINVAL, 'master-key: not of the suite'),
    ('a key of 65 bytes', NEW,
     (nest(SEND, attr(SUITE, 1), attr(KEY, bytes(65)), attr(SALT, bytes(14))),
      GOOD), errno.ERANGE, ''),
    ('a salt of 12 bytes', NEW,
     (nest(SEND, attr(SUITE, 1), attr(KEY, bytes(16)), attr(SALT, bytes(12))),
      GOOD), errno.EINVAL, 'master-salt: not of the suite'),
    ('a window of 63', NEW, (nest(SEND, attr(WINDOW, 63)), GOOD),
     errno.ERANGE, 'out of range'),
    ('a window of 32769', NEW, (nest(SEND, attr(WINDOW, 32769)), GOOD),
     errno.ERANGE, 'out of range'),
    ('a state', NEW, (nest(SEND, attr(STATE, 2)), GOOD), errno.EINVAL, ''),
    ('a nest that is not one', NEW, (attr(SEND, KEYED), GOOD), errno.EINVAL,
     'NLA_F_NESTED'),
    ('a nest cut short', NEW, (nest(SEND, b'\x20\0\1\0'), GOOD),
     errno.EINVAL, ''),
    ('the flow of another', NEW,
     (attr(LPORT, be16(3000)), attr(MUX)), errno.EEXIST,
     'another session has this flow'),
    ('RTCP on the flow of another', NEW, (attr(LPORT, be16(2999)),),
     errno.EEXIST, 'flow of this one\'s RTCP'),
    ('setting nothing named', SET, (), errno.EINVAL, 'id: missing'),
    ('setting an unknown id', SET, (attr(ID, 99),), errno.ENOENT,
     'no such session'),
    ('setting an unknown flow', SET, (attr(LPORT, be16(3001)),),
     errno.ENOENT, 'no such session'),
    ('setting by id and flow', SET, (attr(ID, 1), attr(LPORT, be16(3000))),
     errno.EINVAL, 'id: names the session'),
    ('setting rtcp-mux', SET, (attr(ID, 1), attr(MUX)), errno.EINVAL, ''),
    ('setting a bad key', SET,
     (attr(ID, 1), nest(SEND, attr(SUITE, 5), attr(KEY, bytes(16)),
                        attr(SALT, bytes(14)))), errno.EINVAL,
     'master-salt: not of'),
    ('moving a new one', NEW, (nest(MOVE, attr(M_LPORT, be16(5))), GOOD),
     errno.EINVAL, ''),
    ('a new one that lingers', NEW, (attr(LINGER, 5), GOOD), errno.EINVAL, ''),
    ('replacing by setting', SET, (attr(ID, 1), attr(REPLACE)), errno.EINVAL,
     ''),
    ('moving to nothing', SET, (attr(ID, 1), nest(MOVE)), errno.EINVAL,
     'flow: an address or a port'),
    ('moving to port 0', SET, (attr(ID, 1), nest(MOVE, attr(M_LPORT, be16(0)))),
     errno.ERANGE, 'out of range'),
    ('moving to RTCP port 0', SET,
     (attr(ID, 1), nest(MOVE, attr(M_LPORT, be16(5)), attr(M_RRTCP, be16(0)))),
     errno.ERANGE, 'out of range'),
    ('moving to an interface 0', SET,
     (attr(ID, 1), nest(MOVE, attr(M_LPORT, be16(5)), attr(M_IFINDEX, 0))),
     errno.ERANGE, 'out of range'),
    ('moving to no family', SET,
     (attr(ID, 1), nest(MOVE, attr(M_LPORT, be16(5)), attr(M_FAMILY, u16(1)))),
     errno.EINVAL, 'family:'),
    ('moving to 5 bytes of address', SET,
     (attr(ID, 1), nest(MOVE, attr(M_LOCAL, bytes(5)))), errno.EINVAL,
     'address: must be 4'),
    ('moving to a zero address', SET,
     (attr(ID, 1), nest(MOVE, attr(M_REMOTE, bytes(4)))), errno.EINVAL,
     'address: zero'),
    ('moving to an SSRC alone', SET,
     (attr(ID, 1), nest(MOVE, attr(M_SSRC, 5))), errno.EINVAL,
     'flow: an address or a port'),
    ('moving with mux and a port', SET,
     (attr(ID, 1), nest(MOVE, attr(M_LPORT, be16(5)), attr(M_MUX),
                        attr(M_LRTCP, be16(9)))), errno.EINVAL,
     'rtcp-port: makes no sense'),
    ('moving with an attribute of none', SET,
     (attr(ID, 1), nest(MOVE, attr(M_LPORT, be16(5)), attr(11, 5))),
     errno.EINVAL, ''),
    ('moving by no nest', SET, (attr(ID, 1), attr(MOVE, attr(M_LPORT, be16(5)))),
     errno.EINVAL, 'NLA_F_NESTED'),
    ('lingering without moving', SET, (attr(ID, 1), attr(LINGER, 5)),
     errno.EINVAL, 'linger: given without move'),
    ('lingering for no time', SET,
     (attr(ID, 1), nest(MOVE, attr(M_LPORT, be16(5))), attr(LINGER, 0)),
     errno.ERANGE, 'out of range'),
    ('lingering for too long', SET,
     (attr(ID, 1), nest(MOVE, attr(M_LPORT, be16(5))), attr(LINGER, 600001)),
     errno.ERANGE, 'out of range'),
    ('moving, and a bad key', SET,
     (attr(ID, 1), nest(MOVE, attr(M_LPORT, be16(5))),
      nest(SEND, attr(SUITE, 5), attr(KEY, bytes(16)), attr(SALT, bytes(14)))),
     errno.EINVAL, 'master-salt: not of'),
    ('replacing with a bad key', NEW,
     (attr(REPLACE), attr(LPORT, be16(3000)), attr(MUX),
      nest(SEND, attr(SUITE, 5), attr(KEY, bytes(16)), attr(SALT, bytes(14)))),
     errno.EINVAL, 'master-salt: not of'),
    ('deleting id 0', DEL, (attr(ID, 0),), errno.ERANGE, 'out of range'),
    ('deleting an unknown id', DEL, (attr(ID, 2),), errno.ENOENT,
     'no such session'),
    ('deleting with a key', DEL, (attr(ID, 1), nest(SEND, KEYED)),
     errno.EINVAL, ''),
    ('getting nothing named', GET, (), errno.EINVAL, 'id: missing'),
    ('flushing an id', FLUSH, (attr(ID, 1),), errno.EINVAL, ''),
    ('flushing a bad family', FLUSH, (attr(FAMILY, u16(1)),), errno.EINVAL,
     'family:'),
    ('a stream of nothing', STREAM_GET, (), errno.EINVAL,
     'session-id: missing'),
    ('a stream without direction', STREAM_GET, (HERE[0], HERE[2]),
     errno.EINVAL, 'direction: missing'),
    ('a stream without SSRC', STREAM_GET, HERE[:2], errno.EINVAL,
     'ssrc: missing'),
    ('direction 3', STREAM_GET, (HERE[0], attr(DIRECTION, 3), HERE[2]),
     errno.ERANGE, 'out of range'),
    ('an unknown stream', STREAM_GET, HERE, errno.ENOENT, 'no such'),
    ('a stream of an unknown session', STREAM_SET,
     (attr(SESSION, 5),) + HERE[1:], errno.ENOENT, 'session-id: no such'),
    ('seq without roc', STREAM_SET, HERE + (attr(SEQ, u16(4)),), errno.EINVAL,
     'seq: given without roc'),
    ('an SRTCP index of 2^31', STREAM_SET, HERE + (attr(INDEX, 1 << 31),),
     errno.ERANGE, 'out of range'),
    ('a replay bitmap of nothing', STREAM_SET,
     HERE + (attr(RTP_REPLAY, b'\1'),), errno.EINVAL, 'replay: given without'),
    ('an RTCP bitmap of nothing', STREAM_SET,
     HERE + (attr(RTCP_REPLAY, b'\1'),), errno.EINVAL,
     'replay: given without'),
    ('an empty bitmap', STREAM_SET,
     HERE + (attr(ROC, 0), attr(SEQ, u16(4)), attr(RTP_REPLAY)),
     errno.EINVAL, 'replay: bit 0'),
    ('a bitmap without its top', STREAM_SET,
     HERE + (attr(ROC, 0), attr(SEQ, u16(4)), attr(RTP_REPLAY, b'\2')),
     errno.EINVAL, 'replay: bit 0'),
    ('a bitmap longer than the window', STREAM_SET,
     HERE + (attr(ROC, 0), attr(SEQ, u16(4)), attr(RTP_REPLAY, b'\1' * 17)),
     errno.EINVAL, 'replay: longer'),
    ('a bitmap longer than any window', STREAM_SET,
     HERE + (attr(ROC, 0), attr(SEQ, u16(4)), attr(RTP_REPLAY, b'\1' * 4097)),
     errno.ERANGE, ''),
    ('a timeout of centuries', NEW, (attr(TIMEOUT, 1 << 31), GOOD),
     errno.ERANGE, 'out of range'),
    ('owning a session that is there', SET, (attr(ID, 1), attr(OWNED)),
     errno.EINVAL, ''),
    ('a rate of 3', NEW, send(attr(RATE, 3)), errno.EINVAL,
     'key-derivation-rate: not a power'),
    ('a rate of 2^25', NEW, send(attr(RATE, 1 << 25)), errno.ERANGE,
     'out of range'),
    ('an MKI without a key', NEW, send(attr(MKI, b'1')), errno.EINVAL,
     'mki, lifetimes, soft-limit, packets: given without'),
    ('a lifetime without a key', NEW, send(attr(RTP_LIFE, u64(5))),
     errno.EINVAL, 'given without master-key'),
    ('an empty MKI', NEW, (nest(SEND, KEYED, attr(MKI)), GOOD), errno.EINVAL,
     'mki: empty'),
    ('an MKI of 129 bytes', NEW,
     (nest(SEND, KEYED, attr(MKI, bytes(129))), GOOD), errno.ERANGE, ''),
    ('a lifetime of 0', NEW,
     (nest(SEND, KEYED, attr(RTP_LIFE, u64(0))), GOOD), errno.ERANGE,
     'out of range'),
    ('a lifetime of 2^48 + 1', NEW,
     (nest(SEND, KEYED, attr(RTP_LIFE, u64((1 << 48) + 1))), GOOD),
     errno.ERANGE, 'out of range'),
    ('an RTCP lifetime of 2^31 + 1', NEW,
     (nest(SEND, KEYED, attr(RTCP_LIFE, u64((1 << 31) + 1))), GOOD),
     errno.ERANGE, 'out of range'),
    ('a soft limit of 101 %', NEW, (nest(SEND, KEYED, attr(SOFT, 101)), GOOD),
     errno.ERANGE, 'out of range'),
    ('an overlap for a sender', NEW,
     (nest(SEND, KEYED, attr(OVERLAP, 5)), GOOD), errno.EINVAL,
     'overlap: is for receiving'),
    ('an overlap without a key', NEW, recv(attr(OVERLAP, 5)), errno.EINVAL,
     'overlap: goes with'),
    ('an overlap of an hour', NEW,
     (nest(RECV, KEYED, attr(OVERLAP, 3600000)), GOOD), errno.ERANGE,
     'out of range'),
    ('unencrypted 2', NEW, send(attr(CLEAR_RTP, u8(2))), errno.ERANGE,
     'out of range'),
    ('nothing left to protect', NEW,
     send(attr(CLEAR_RTP, u8(1)), attr(UNAUTH, u8(1))), errno.EINVAL,
     'unauthenticated-srtp: with'),
    ('NULL and unauthenticated', NEW,
     send(attr(UNAUTH, u8(1)), suite=NULL_SUITE), errno.EINVAL,
     'unauthenticated-srtp: nothing'),
    ('an AEAD unencrypted', NEW,
     send(attr(CLEAR_RTP, u8(1)), suite=GCM_SUITE), errno.EINVAL,
     'unencrypted-srtp: not with'),
    ('an AEAD unauthenticated', NEW,
     send(attr(UNAUTH, u8(1)), suite=GCM_SUITE), errno.EINVAL,
     'unauthenticated-srtp: not with'),
    ('extension 0', NEW, send(attr(EXTENSIONS, b'\1\0')), errno.EINVAL,
     'encrypted-extensions: an id'),
    ('256 extensions', NEW, send(attr(EXTENSIONS, b'\1' * 256)),
     errno.ERANGE, ''),
    ('cryptex 4', NEW, send(attr(CRYPTEX, 4)), errno.ERANGE, 'out of range'),
    ('cryptex accept to send', NEW, send(attr(CRYPTEX, 3)), errno.EINVAL,
     'cryptex: accept is'),
    ('cryptex and extensions', NEW,
     recv(attr(CRYPTEX, 2), attr(EXTENSIONS, b'\1')), errno.EINVAL,
     'cryptex: not together'),
    ('cryptex unencrypted', NEW,
     recv(attr(CRYPTEX, 2), attr(CLEAR_RTP, u8(1))), errno.EINVAL,
     'cryptex: not together'),
    ('cryptex of NULL', NEW, send(attr(CRYPTEX, 2), suite=NULL_SUITE),
     errno.EINVAL, 'cryptex: not with'),
    ('cryptex of DOUBLE', NEW, send(attr(CRYPTEX, 2), suite=DOUBLE_SUITE),
     errno.EINVAL, 'cryptex: not with'),
    ('RCC mode 5', NEW, send(attr(RCC, 5)), errno.ERANGE, 'out of range'),
    ('RCC rate 0', NEW, send(attr(RCC_RATE, 0)), errno.ERANGE,
     'out of range'),
    ('RCC of an AEAD', NEW, send(attr(RCC, 3), suite=GCM_SUITE),
     errno.EINVAL, 'rcc-mode: only'),
    ('RCC in a tag of 32 bits', NEW, send(attr(RCC, 4 - 1), suite=SHORT_TAG),
     errno.EINVAL, 'rcc-mode: a tag'),
    ('RCC unauthenticated', NEW, send(attr(RCC, 2), attr(UNAUTH, u8(1))),
     errno.EINVAL, 'rcc-mode: says itself'),
    ('RCC mode 3 unencrypted', NEW,
     send(attr(RCC, 4), attr(CLEAR_RTP, u8(1))), errno.EINVAL,
     'rcc-mode: 3'),
    ('RCC mode 3 of NULL', NEW, send(attr(RCC, 4), suite=NULL_SUITE),
     errno.EINVAL, 'rcc-mode: 3'),
    ('a search to send', NEW, send(attr(SEARCH, 4)), errno.EINVAL,
     'roc-search: is for receiving'),
    ('counters 4', NEW, send(attr(COUNTERS, 4)), errno.ERANGE, 'out of range'),
    ('counters of what is received', NEW, recv(attr(COUNTERS, 3)),
     errno.EINVAL, 'counters: peer is for sending'),
    ('an unused key without a key', NEW, send(attr(UNUSED_KEY)), errno.EINVAL,
     'unused-key: goes with'),
    ('further keys that may be used', NEW, send(attr(FURTHER_KEYS, bytes(16))),
     errno.EINVAL, 'further-keys: goes with'),
    ('a further key of another length', NEW,
     send(attr(UNUSED_KEY), attr(FURTHER_KEYS, bytes(17))), errno.EINVAL,
     'further-keys: not of'),
    ('further keys of no suite', NEW,
     (nest(SEND, attr(UNUSED_KEY), attr(FURTHER_KEYS, bytes(16))), GOOD),
     errno.EINVAL, 'further-keys: not of'),
    ('a restart without a key', NEW, send(attr(RESTART_COUNTERS)),
     errno.EINVAL, 'restart-counters: goes with'),
    ('a restart to receive', NEW,
     recv(attr(RESTART_COUNTERS), attr(KEY, bytes(16)), attr(SALT, bytes(14))),
     errno.EINVAL, 'restart-counters: is for sending'),
    ('a restart beside keys of before', NEW,
     send(attr(RESTART_COUNTERS), attr(KEY, bytes(16)), attr(SALT, bytes(14)),
          attr(MKI, b'1'), attr(OVERLAP, 1000)), errno.EINVAL,
     'overlap: not with restart-counters'),
    ('a block to receive', NEW, recv(attr(SRTCP_BLOCK, 4)), errno.EINVAL,
     'rtp-block, srtcp-block, srtcp-start: are'),
    ('a start to receive', NEW, recv(attr(SRTCP_START, 4)), errno.EINVAL,
     'rtp-block, srtcp-block, srtcp-start: are'),
    ('SRTCP from 0', NEW, send(attr(SRTCP_START, 0)), errno.ERANGE, 'out of range'),
    ('a block beyond SRTCP', NEW, send(attr(SRTCP_BLOCK, 1 << 31)), errno.ERANGE,
     'out of range'),
    ('a limit of nothing', STREAM_SET, HERE + (attr(RTP_LIMIT, u64(5)),),
     errno.ENOENT, 'no such'),
    ('a limit of what is received', STREAM_SET,
     (attr(SESSION, 1), attr(DIRECTION, 2), attr(SSRC, 9),
      attr(SRTCP_LIMIT, u64(5))), errno.EINVAL, 'rtp-limit, srtcp-limit: are'),
    ('a limit beyond all', STREAM_SET, HERE + (attr(RTP_LIMIT, u64(1 << 49)),),
     errno.ERANGE, 'out of range'),
    ('a lease of nobody', LEASE_SET, (attr(L_DURATION, 5),), errno.EINVAL,
     'id: missing'),
    ('a lease without an end', LEASE_SET, (attr(L_ID, 5),), errno.EINVAL,
     'until: missing'),
    ('a lease with two ends', LEASE_SET,
     (attr(L_ID, 5), attr(L_DURATION, 5), attr(L_UNTIL, u64(5))), errno.EINVAL,
     'duration: not together'),
    ('a lease for ever', LEASE_SET, (attr(L_ID, 5), attr(L_UNTIL, u64(1 << 62))),
     errno.EINVAL, 'until: more than'),
    ('a lease too long', LEASE_SET, (attr(L_ID, 5), attr(L_DURATION, 600001)),
     errno.ERANGE, 'out of range'),
    ('lease group 0', LEASE_SET, (attr(L_ID, 0), attr(L_DURATION, 5)), errno.ERANGE,
     'out of range'),
    ('no lease group to delete', LEASE_DEL, (attr(L_ID, 77),), errno.ENOENT,
     'id: no such lease'),
    ('a lease group without id', LEASE_GET, (), errno.EINVAL, 'id: missing'),
    ('a seal key of nobody', SEAL_SET, (attr(SEAL_KEY, bytes(32)),), errno.EINVAL,
     'id: missing'),
    ('a seal key without a key', SEAL_SET, (attr(SEAL_ID, 5),), errno.ENOENT,
     'id: no such seal key'),
    ('seal key 0', SEAL_SET, (attr(SEAL_ID, 0), attr(SEAL_KEY, bytes(32))), errno.ERANGE,
     'out of range'),
    ('a short seal key', SEAL_SET, (attr(SEAL_ID, 5), attr(SEAL_KEY, bytes(31))),
     errno.EINVAL, 'key: not of 32'),
    ('a long one', SEAL_SET, (attr(SEAL_ID, 5), attr(SEAL_KEY, bytes(33))), errno.ERANGE,
     ''),
    ('no seal key to delete', SEAL_DEL, (attr(SEAL_ID, 77),), errno.ENOENT,
     'id: no such seal'),
    ('a seal key without id', SEAL_GET, (), errno.EINVAL, 'id: missing'),
    ('a session sealed with nothing', GET, (attr(ID, 1), attr(SEAL)), errno.ENOKEY,
     'seal: no seal key'),
    ('an empty sealed key', SET, (attr(ID, 1), nest(SEND, attr(SUITE, 1), attr(SEALED))),
     errno.EINVAL, 'sealed: no sealed'),
    ('a sealed key too long', SET,
     (attr(ID, 1), nest(SEND, attr(SUITE, 1), attr(SEALED, bytes(123)))), errno.ERANGE, ''),
    ('what is no sealed key', SET,
     (attr(ID, 1), nest(SEND, attr(SUITE, 1), attr(SEALED, bytes(64)))), errno.EINVAL,
     'sealed: no sealed'),
    ('a key sealed with nothing', SET,
     (attr(ID, 1), nest(SEND, attr(SUITE, 1), attr(
         SEALED, b'\1\1' + bytes(62)))), errno.ENOKEY, 'sealed: there is no'),
    ('sealed EKT keys of no sender', SET,
     (attr(ID, 1), nest(SEND, attr(SUITE, 1), attr(EKT_SEALED, b'\1\2' + bytes(62)))),
     errno.EINVAL, 'ekt-sealed: takes'),
    ('EKT keys sealed with nothing', SET,
     (attr(ID, 1), nest(RECV, attr(SUITE, 1), attr(EKT_SEALED, b'\1\2' + bytes(62)))),
     errno.ENOKEY, 'ekt-sealed: there is no'),
    ('EKT keys, sealed and not', SET,
     (attr(ID, 1), nest(RECV, attr(SUITE, 1), attr(EKT_SPI, 1), attr(EKT_KEY, bytes(30)),
                        attr(EKT_SEALED, b'\1\2' + bytes(62)))), errno.EINVAL,
     'ekt-sealed: not together'),
    ('sealed EKT keys, and no EKT', SET,
     (attr(ID, 1), nest(RECV, attr(SUITE, 1), attr(EKT_OFF), attr(
         EKT_SEALED, b'\1\2' + bytes(62)))), errno.EINVAL, 'ekt-off: not together'),
    ('packets of no key', SET, (attr(ID, 1), nest(SEND, attr(SUITE, 1), attr(
        D_RTP_USED, u64(5)))), errno.EINVAL, 'given without master-key'),
    ('more packets than there are', SET, (attr(ID, 1), nest(SEND, attr(SUITE, 1), attr(
        D_RTP_USED, u64((1 << 48) + 1)))), errno.ERANGE, 'out of range'),
    ('used indexes from nowhere', STREAM_SET, HERE + (
        attr(ROC, 1), attr(SEQ, u16(1)), attr(RTP_USED_TO, u64(5))),
     errno.EINVAL, 'used-from, used-to: one'),
    ('used indexes of no place', STREAM_SET, HERE + (
        attr(RTCP_USED_FROM, 1), attr(RTCP_USED_TO, 5)), errno.EINVAL,
     'used-from, used-to: given without'),
    ('used indexes backwards', STREAM_SET, HERE + (
        attr(ROC, 1), attr(SEQ, u16(1)), attr(RTP_USED_FROM, u64(6)),
        attr(RTP_USED_TO, u64(5))), errno.EINVAL, 'used-from: greater'),
    ('used indexes of what is received', STREAM_SET, (
        HERE[0], attr(DIRECTION, 2), HERE[2], attr(ROC, 1),
        attr(SEQ, u16(1)), attr(RTP_USED_FROM, u64(1)),
        attr(RTP_USED_TO, u64(5))), errno.EINVAL,
     'used-from, used-to: are of what'),
    ('a used index of 2^48', STREAM_SET, HERE + (
        attr(ROC, 1), attr(SEQ, u16(1)), attr(RTP_USED_FROM, u64(1)),
        attr(RTP_USED_TO, u64(1 << 48))), errno.ERANGE, 'out of range'),
    ('a search of 65', NEW, recv(attr(SEARCH, 65)), errno.ERANGE,
     'out of range'),
    ('packets to be received again', NEW, recv(attr(REPEAT, 4)), errno.EINVAL,
     'repeat: is for sending'),
    ('32769 packets to be sent again', NEW, send(attr(REPEAT, 32769)),
     errno.ERANGE, 'out of range'),
    ('a short tag of SRTCP, 2', NEW, send(attr(SHORT_SRTCP, u8(2))),
     errno.ERANGE, 'out of range'),
    *(('a short tag of SRTCP, suite %d' % suite, NEW,
       send(attr(SHORT_SRTCP, u8(1)), suite=suite), errno.EINVAL,
       'short-srtcp-tag: not with this suite')
      for suite in (1, GCM_SUITE, NULL_SUITE, 10, DOUBLE_SUITE)),
    ('another derivation, 2', NEW, send(attr(KDF_256, u8(2))), errno.ERANGE,
     'out of range'),
    *(('another derivation, suite %d' % suite, NEW,
       send(attr(KDF_256, u8(1)), suite=suite), errno.EINVAL,
       'kdf-aes-256: only with AES_192 suites')
      for suite in (1, 3, GCM_SUITE, DOUBLE_SUITE)),
    ('an SPI of 17 bits', NEW, send(attr(EKT_SPI, 65536)), errno.ERANGE,
     'out of range'),
    ('an SPI alone', NEW, send(attr(EKT_SPI, 7)), errno.EINVAL,
     'ekt-spi: goes with'),
    ('an EKT key alone', NEW, send(attr(EKT_KEY, bytes(30))), errno.EINVAL,
     'ekt-key: given without ekt-spi'),
    ('an EKT key without suite', NEW, (nest(SEND, EKT), GOOD), errno.EINVAL,
     'ekt-key: given without suite'),
    *(('an EKT key of %d bytes' % size, NEW,
       recv(attr(EKT_SPI, 7), attr(EKT_KEY, bytes(size))), errno.EINVAL,
       'ekt-key: not 16 or 32') for size in (0, 14, 29, 31, 38, 56)),
    ('an EKT key of 57 bytes', NEW,
     recv(attr(EKT_SPI, 7), attr(EKT_KEY, bytes(57))), errno.ERANGE, ''),
    ('two EKT keys', NEW, recv(EKT, attr(EKT_SERIAL, 1)), errno.EINVAL,
     'ekt-key-serial: not together'),
    ('an interval of a receiver', NEW, recv(EKT, attr(EKT_INTERVAL, 1)),
     errno.EINVAL, 'ekt-interval: is for sending'),
    ('a rate of a sender', NEW, send(EKT, attr(EKT_RATE, 1)), errno.EINVAL,
     'ekt-rate: is for receiving'),
    ('an interval without EKT', NEW, send(attr(EKT_INTERVAL, 1)), errno.EINVAL,
     'ekt-interval, ekt-rate: given without'),
    ('an interval of 0', NEW, send(EKT, attr(EKT_INTERVAL, 0)), errno.ERANGE,
     'out of range'),
    ('a rate of 1001', NEW, recv(EKT, attr(EKT_RATE, 1001)), errno.ERANGE,
     'out of range'),
    ('EKT off and on', NEW, recv(EKT, attr(EKT_OFF)), errno.EINVAL,
     'ekt-off: not together'),
    ('another salt than that of EKT', NEW,
     send(EKT, attr(KEY, bytes(16)), attr(SALT, b'1' * 14)), errno.EINVAL,
     'master-salt: not the one'),
    ('half a key with EKT', NEW,
     send(attr(EKT_SPI, 7), attr(EKT_KEY, bytes(40)), attr(KEY, bytes(16)),
          attr(SALT, bytes(12)), suite=DOUBLE_SUITE), errno.EINVAL,
     'master-key: with ekt-key'),
    *(('an EKT key of the inner part alone', NEW,
       way(attr(EKT_SPI, 7), attr(EKT_KEY, bytes(28)), suite=DOUBLE_SUITE),
       errno.EINVAL, 'ekt-key: with the salt of the inner part')
      for way in (send, recv)),
    ('EKT with an identifier', NEW,
     send(EKT, attr(KEY, bytes(16)), attr(SALT, bytes(14)), attr(MKI, b'1')),
     errno.EINVAL, 'mki: not with ekt-key'),
    ('EKT and counters in tags', NEW, recv(EKT, attr(RCC, 3)), errno.EINVAL,
     'rcc-mode: not with ekt-key'),
    ('EKT without tags', NEW, recv(EKT, attr(UNAUTH, u8(1))), errno.EINVAL,
     'unauthenticated-srtp: not with ekt-key'),
    ('EKT with a derivation rate', NEW, recv(EKT, attr(RATE, 16)),
     errno.EINVAL, 'key-derivation-rate: not with ekt-key'),
    ('repair types of another suite', NEW, send(attr(REPAIR, b'\1')),
     errno.EINVAL, 'repair-types: only'),
    ('repair type 128', NEW, send(attr(REPAIR, b'\x80'), suite=DOUBLE_SUITE),
     errno.EINVAL, 'repair-types: a payload'),
    ('half a key, whole a salt', NEW,
     send(attr(KEY, bytes(16)), attr(SALT, bytes(24)), suite=DOUBLE_SUITE),
     errno.EINVAL, 'master-salt: not of'),
    ('inner and outer key the same', NEW,
     send(attr(KEY, b'12345678' * 4), attr(SALT, bytes(24)),
          suite=DOUBLE_SUITE), errno.EINVAL, 'master-key: inner and outer'),
    ('another suite without a key', SET,
     (attr(ID, 1), nest(SEND, attr(SUITE, 3))), errno.EINVAL,
     'suite: takes a new key'),
    ('another rate without a key', SET,
     (attr(ID, 1), nest(SEND, attr(RATE, 16))), errno.EINVAL,
     'key-derivation-rate: takes'),
    ('a key for nothing', KEY_NEW, RAW, errno.EINVAL, 'session-id: missing'),
    ('a key without direction', KEY_NEW, (KEYS[0],) + RAW, errno.EINVAL,
     'direction: missing'),
    ('a key of an unknown session', KEY_NEW,
     (attr(K_SESSION, 9), KEYS[1]) + RAW, errno.ENOENT, 'session-id: no such'),
    ('a key of a direction left alone', KEY_NEW,
     (KEYS[0], attr(K_DIRECTION, 2)) + RAW, errno.EINVAL,
     'direction: not configured'),
    ('no key', KEY_NEW, KEYS, errno.EINVAL, 'master-key: missing'),
    ('a key of 5 bytes', KEY_NEW, KEYS + (attr(K_KEY, bytes(5)), RAW[1]),
     errno.EINVAL, 'master-key: not of'),
    ('a key that begins after its end', KEY_NEW,
     KEYS + RAW + (attr(K_FROM, u64(5)), attr(K_TO, u64(4))), errno.EINVAL,
     'from: greater'),
    ('a key for the packets of another', KEY_NEW, KEYS + RAW, errno.EINVAL,
     'from: overlaps'),
    ('an index of 2^48', KEY_NEW, KEYS + RAW + (attr(K_TO, u64(1 << 48)),),
     errno.ERANGE, 'out of range'),
    ('using no key', KEY_USE, KEYS, errno.EINVAL, 'mki: missing'),
    ('using an unknown key', KEY_USE, KEYS + (attr(K_MKI, b'1'),),
     errno.ENOENT, 'mki: no key'),
    ('choosing to receive', KEY_USE,
     (KEYS[0], attr(K_DIRECTION, 2), attr(K_MKI, b'1')), errno.EINVAL,
     'direction: '),
    ('deleting an unknown key', KEY_DEL, KEYS + (attr(K_FROM, u64(7)),),
     errno.ENOENT, 'no such key'),
    ('deleting by two names', KEY_DEL,
     KEYS + (attr(K_MKI, b'1'), attr(K_FROM, u64(0))), errno.EINVAL,
     'from: the mki'),
    ('deleting an empty name', KEY_DEL, KEYS + (attr(K_MKI),), errno.EINVAL,
     'mki: empty'),
    ('getting an unknown key', KEY_GET, KEYS + (attr(K_FROM, u64(7)),),
     errno.ENOENT, 'no such key'),
    ('getting no key', KEY_GET, (), errno.EINVAL, 'session-id: missing'),
    ('a rule of family 7', REQUIRE_NEW, (attr(R_FAMILY, u16(7)),),
     errno.EINVAL, 'family:'),
    ('a rule for port 0', REQUIRE_NEW, (attr(R_FIRST, be16(0)),),
     errno.ERANGE, 'out of range'),
    ('a rule with an end only', REQUIRE_NEW, (attr(R_LAST, be16(9)),),
     errno.EINVAL, 'last-port: given without'),
    ('a rule backwards', REQUIRE_NEW,
     (attr(R_FIRST, be16(9)), attr(R_LAST, be16(8))), errno.EINVAL,
     'last-port: less'),
    ('a rule that judges by nothing', REQUIRE_NEW, (attr(R_JUDGE, 0),),
     errno.ERANGE, 'out of range'),
    ('a rule that judges by 4', REQUIRE_NEW, (attr(R_JUDGE, 4),),
     errno.ERANGE, 'out of range'),
    ('a rule that excepts nothing', REQUIRE_NEW, (attr(R_EXCEPTS, b''),),
     errno.EINVAL, 'except-remote-ports: not pairs'),
    ('a rule that excepts half a range', REQUIRE_NEW,
     (attr(R_EXCEPTS, b'\0\1\0\2\0\3'),), errno.EINVAL,
     'except-remote-ports: not pairs'),
    ('a rule that excepts port 0', REQUIRE_NEW,
     (attr(R_EXCEPTS, b'\0\0\0\2'),), errno.EINVAL,
     'except-remote-ports: no range'),
    ('a rule that excepts backwards', REQUIRE_NEW,
     (attr(R_EXCEPTS, b'\0\3\0\2'),), errno.EINVAL,
     'except-remote-ports: no range'),
    ('a rule that excepts a port twice', REQUIRE_NEW,
     (attr(R_EXCEPTS, b'\0\1\0\2\0\2\0\3'),), errno.EINVAL,
     'except-remote-ports: not in'),
    ('a rule that excepts 17 ranges', REQUIRE_NEW,
     (attr(R_EXCEPTS, b''.join(be16(n) * 2 for n in range(1, 18))),),
     errno.ERANGE, ''),
    ('no rule', REQUIRE_DEL, (), errno.EINVAL, 'id: missing'),
    ('an unknown rule', REQUIRE_DEL, (attr(R_ID, 3),), errno.ENOENT,
     'id: no such'),
    ('no device', ATTACH_NEW, (), errno.EINVAL, 'ifindex: missing'),
    ('device 0', ATTACH_NEW, (attr(1, 0),), errno.ERANGE, ''),
    ('a device that is not there', ATTACH_NEW, (attr(1, 99),), errno.ENODEV,
     'ifindex: no such device'),
    ('loopback', ATTACH_NEW, (attr(1, 1),), errno.EOPNOTSUPP,
     'ifindex: not an Ethernet'),
    ('no device any longer', ATTACH_DEL, (), errno.EINVAL, 'ifindex: missing'),
    ('one that is not attached', ATTACH_DEL, (attr(1, 1),), errno.ENOENT,
     'ifindex: not attached'),
    ('no suite', SUITES_GET, (), errno.EINVAL, 'id: missing'),
    ('suite 99', SUITES_GET, (attr(1, 99),), errno.ERANGE, 'out of range'),
)


def refusals(tap):
    a = Host('a')
    with a.enter():
        genl = Genl()
    genl.do(NEW, attr(LPORT, be16(3000)), attr(MUX), nest(SEND, KEYED))
    before = a.ksrtp('-j', '-s', 'session', 'show').stdout
    first = a.json('session', 'show')[0]['id']
    for name, cmd, attrs, code, text in BAD:
        data = b''.join(attrs)
        # the session's number differs from namespace to namespace
        try:
            genl.do(cmd, data)
            got, detail = 'accepted', ''
        except Refused as refused:
            got = (refused.errno, text in refused.message and
                   (bool(refused.message) or bool(refused.offset)))
            detail = str(refused)
        tap.ok(got == (code, True), 'refused: ' + name, (got, detail))
    tap.equal(first, 1, 'ids begin with 1')
    tap.equal(a.ksrtp('-j', '-s', 'session', 'show').stdout, before,
              'nothing was changed')
    tap.equal((a.json('stream', 'show'), a.json('require', 'show'),
               len(a.json('key', 'show'))), ([], [], 1),
              'no streams, rules or keys were made')


def dumps(tap):
    a = Host('a')
    with a.enter():
        genl = Genl()
    for name, cmd, attrs, text in (
            ('a dump of one id', GET, (attr(ID, 1),), 'id: names one'),
            ('a dump of a bad flow', GET, (attr(LOCAL, bytes(4)),), 'address:'),
            ('a dump of one key', KEY_GET, (attr(K_FROM, u64(0)),),
             'mki, from: name one'),
            ('a dump of one suite', SUITES_GET, (attr(1, 1),), 'id: names one'),
            ('a dump of one SSRC', STREAM_GET, (attr(SSRC, 1),), 'ssrc: names'),
            ('a dump of an unknown session', STREAM_GET, (attr(SESSION, 3),),
             'session-id: no such')):
        try:
            genl.dump(cmd, *attrs)
            got = 'accepted'
        except Refused as refused:
            got = refused.message
        tap.ok(text in got, 'refused: ' + name, got)
    genl.do(NEW, attr(LPORT, be16(1999)), attr(MUX), nest(SEND, KEYED))
    number = a.json('session', 'show')[0]['id']
    tap.equal(len(genl.do(KEY_GET, attr(K_SESSION, number),
                          attr(K_DIRECTION, 1))), 1, 'one key is got')
    a.ksrtp('session', 'flush')
    for n in range(300):
        genl.do(NEW, attr(LPORT, be16(2000 + n)), attr(MUX), nest(SEND, KEYED))
    tap.equal(len(genl.dump(GET)), 300, 'a dump of many messages is whole')
    number = a.json('session', 'show')[0]['id']
    a.ksrtp('session', 'set', 'id', number, 'max-streams', 500,
            'send', 'replay-window', 32768)
    for ssrc in range(100):
        genl.do(STREAM_SET, attr(SESSION, number), attr(DIRECTION, 1),
                attr(SSRC, ssrc), attr(ROC, 1), attr(SEQ, u16(1)),
                attr(INDEX, 5))
    tap.equal(len(genl.dump(STREAM_GET)), 100,
              'a dump of streams with the largest windows is whole')


def headers(tap):
    a = Host('a')
    with a.enter():
        genl = Genl()
    for name, cmd, options in (('an unknown command', 77, {}),
                               ('an event as a command', 9, {}),
                               ('a reserved field', GET, {'reserved': 1})):
        try:
            genl.ask(genl.family, cmd, GOOD, **options)
            got = 0
        except Refused as refused:
            got = refused.errno
        tap.ok(got in (errno.EOPNOTSUPP, errno.EINVAL), 'refused: ' + name, got)


main(refusals, dumps, headers)
