#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The tool without a kernel: help, and refusal of what makes no sense."""

import copy
import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import KSRTP, main

SDP = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'sdp')
ADD = 'session add local any:5000 '

# command line, and what the one line on stderr says
BAD = (
    ('', 'no object given'),
    ('session show --json', "unknown word '--json' (options come before"),
    ('stat --prometeus', "stat: unknown command '--prometeus'"),
    ('sdp --local', 'local: value missing'),
    ('rtsp', 'rtsp: command missing'),
    ('rtsp listen x', "rtsp: unknown command 'listen'"),
    ('call offer', 'call offer: needs call'),
    ('call answer call 1', 'call answer: needs file'),
    ('call offer call 1 call 2', 'call: given twice'),
    ('call offer call 1 file /no/such', '/no/such: No such'),
    ('call answer feedback', "unknown word 'feedback'"),
    ('call answer bundle', "unknown word 'bundle'"),
    ('call offer bundle bundle', 'bundle: given twice'),
    ('call del', 'call del: needs call'),
    ('call monitor call 1', 'call monitor: is of all calls'),
    ('call show control ' + 200 * 'x', 'is too long'),
    ('call speak', "call: unknown command 'speak'"),
    ('sdp --local /no/such --remote /no/such --dry-run', '/no/such: No such'),
    ('sdp remote /no/such dry-run', 'sdp add: needs local and remote'),
    ('sdp clock-skew 0 local a', 'clock-skew: 0 is not within 1..'),
    ('sdp clock-skew x local a', "clock-skew: 'x' is not a number"),
    ('sdp raw-tgk raw-tgk', 'raw-tgk: given twice'),
    ('sdp peer-cert a', "unknown command 'peer-cert'"),
    ('sdp psk-file /no/such', 'psk-file: /no/such: No such'),
    ('sdp own-key a own-key b', 'own-key: given twice'),
    ('mikey', 'mikey: command missing'),
    ('mikey frob', "mikey: unknown command 'frob'"),
    ('mikey show', 'mikey show: needs a message'),
    ('mikey show uri a', "unknown word 'uri'"),
    ('mikey answer psk 00', 'psk: others can see a command line'),
    ('mikey make ssrc', 'ssrc: value missing'),
    ('mikey make ssrc 0x100000000', 'is not within 0..4294967295'),
    ('mikey make uri a uri b', 'uri: given twice'),
    ('mikey make salt salt', 'salt: given twice'),
    ('sdp --set --local a', 'sdp set: needs local and remote'),
    ('session show --brief --top', '-B: cannot be combined with -j, -p or -t'),
    ('-j session show top', '-t: cannot be combined with -j, -p or -b'),
    ('session set id 1 --top', "unknown word '--top'"),
    ('session add --local --remote', "local: '--remote' is not an address"),
    ('sesion show', "unknown object 'sesion'"),
    ('-x session show', "unknown option '-x'"),
    ('-xj session show', "unknown option '-x'"),
    ('-j -jx session show', "unknown option '-x'"),
    ('--frob session show', "unknown option '--frob'"),
    ('--json=x session show', "unknown option '--json=x'"),
    ('key use session 1 send send mki 1', 'send: given twice'),
    ('-n', '-n: value missing'),
    ('-n no-such-netns session show', 'no-such-netns: No such file'),
    ('-n ../x session show', "'../x' is not the name"),
    ('-b', '-b: value missing'),
    ('-b /no/such/file', '/no/such/file: No such file'),
    ('-b /', '/: Is a directory'),
    ('-b - session show', "unknown word 'session'"),
    ('-f help', '-f: goes with -b'),
    ('session remove', "session: unknown command 'remove'"),
    ('stream frob', "stream: unknown command 'frob'"),
    ('suite add', "suite: unknown command 'add'"),
    ('suite show me', "unknown word 'me'"),
    ('monitor all', "unknown word 'all'"),
    ('doctor now', "unknown word 'now'"),
    ('stat prometheus now', "unknown word 'now'"),
    ('session add local', 'local: value missing'),
    ('session add local nonsense', "local: 'nonsense' is not an address"),
    ('session add local 1.2.3.4:', "local: '' is not a number"),
    ('session add local 1.2.3.4:0', 'local: 0 is not within 1..65535'),
    ('session add local 1.2.3.4:65536', 'local: 65536 is not within'),
    ('session add local 1.2.3.4:12x', "local: '12x' is not a number"),
    ('session add local 1.2.3.4:-1', "local: '-1' is not a number"),
    ('session add local [::1', "local: '[::1' is not [ADDRESS]:PORT"),
    ('session add local [::1]x', "local: '[::1]x' is not [ADDRESS]:PORT"),
    ('session add local 2001:db8::1:5004', "local: no port found in "
     "'2001:db8::1:5004'; write [2001:db8::1]:5004, or [2001:db8::1:5004] for an "
     'address without a port'),
    ('session add local any:9 remote ::1:50040', 'remote: no port found in'),
    ('session add remote 1.2.3', "remote: '1.2.3' is not an address"),
    (ADD + 'local any:5002', 'local: given twice'),
    (ADD + 'dev no-such-dev', "dev: no interface 'no-such-dev'"),
    (ADD + 'family inet4', "family: 'inet4' is neither"),
    (ADD + 'rtcp-mux rtcp-mux', 'rtcp-mux: given twice'),
    (ADD + 'local-rtcp-port 0', 'local-rtcp-port: 0 is not within'),
    (ADD + 'remote-rtcp-port x', "remote-rtcp-port: 'x' is not a number"),
    (ADD + 'max-streams 0', 'max-streams: 0 is not within 1..65536'),
    (ADD + 'max-streams 65537', 'max-streams: 65537 is not within'),
    (ADD + 'frobnicate', "unknown word 'frobnicate'"),
    (ADD + 'suite AEAD_AES_128_GCM', "unknown word 'suite'"),
    (ADD + 'send send', 'send: given twice'),
    (ADD + 'send replay-window 63', 'replay-window: 63 is not within'),
    (ADD + 'send replay-window 32769', 'replay-window: 32769 is not within'),
    (ADD + 'send key 00', 'key: others can see a command line'),
    (ADD + 'send key-file /no/such', 'key-file: /no/such: No such file'),
    (ADD + 'send key-file /dev/null', 'key-file: /dev/null: no key in it'),
    (ADD + 'send insecure-key ' + 'a' * 512, 'key: longer than any key'),
    (ADD + 'send insecure-key 00 insecure-key 00', 'key: given twice'),
    (ADD + 'send insecure-key 00', 'send: a key needs a suite'),
    (ADD + 'ssrc', 'ssrc: value missing'),
    (ADD + 'ssrc x', "ssrc: 'x' is not a number"),
    (ADD + 'ssrc 0x100000000', 'ssrc: 0x100000000 is not within'),
    (ADD + 'ssrc 1 ssrc 0x1', 'ssrc: given twice'),
    (ADD + 'owned owned', 'owned: given twice'),
    (ADD + 'stream-timeout', 'stream-timeout: value missing'),
    (ADD + 'stream-timeout 1s', "stream-timeout: '1s' is not a number"),
    (ADD + 'stream-timeout 31536001', 'is not within 0..31536000'),
    (ADD + 'stream-timeout 0 stream-timeout 1', 'stream-timeout: given twice'),
    (ADD + 'send mki', 'mki: value missing'),
    (ADD + 'send mki 0', "mki: '0' is not bytes in hex"),
    (ADD + 'send mki 0g', "mki: '0g' is not bytes in hex"),
    (ADD + 'send mki ' + '00' * 129, 'mki: longer than 128 bytes'),
    (ADD + 'send mki 00 mki 01', 'mki: given twice'),
    (ADD + 'mki 00', "unknown word 'mki'"),
    (ADD + 'send kdr 2^25', 'kdr: 2^25 is not within 0..16777216'),
    (ADD + 'send kdr 3', 'kdr: 3 is not a power of two'),
    (ADD + 'send lifetime 2^', "lifetime: '2^' is not a number"),
    (ADD + 'send lifetime 3^2', "lifetime: '3^2' is not a number"),
    (ADD + 'send lifetime 2^49', 'lifetime: 2^49 is not within'),
    (ADD + 'send lifetime 2^64', 'lifetime: 2^64 is not within'),
    (ADD + 'send lifetime 9 rtp-lifetime 9', 'rtp-lifetime: given twice'),
    (ADD + 'send rtcp-lifetime 9 lifetime 9', 'lifetime: given twice'),
    (ADD + 'send rtcp-lifetime 2^32', '2^32 is not within 1..2147483648'),
    (ADD + 'send encrypted-extensions 0', 'is not within 1..255'),
    (ADD + 'send encrypted-extensions 256', 'is not within 1..255'),
    (ADD + 'send encrypted-extensions 1,', "'' is not a number"),
    (ADD + 'send encrypted-extensions 1-', "'' is not a number"),
    (ADD + 'send encrypted-extensions 7-4', '7-4 goes backwards'),
    (ADD + 'send encrypted-extensions none,1', "'none' is not a number"),
    (ADD + 'recv repair-types 128', 'repair-types: 128 is not within 0..127'),
    (ADD + 'send unencrypted-srtp 1', "'1' is neither on nor off"),
    (ADD + 'send unencrypted-srtcp yes', "'yes' is neither on nor off"),
    (ADD + 'send unauthenticated-srtp', 'unauthenticated-srtp: value missing'),
    (ADD + 'send short-srtcp-tag 4', "'4' is neither on nor off"),
    (ADD + 'send kdf-aes-256 1', "'1' is neither on nor off"),
    (ADD + 'send suite AES_CM_128_HMAC_SHA1_80 ekt-spi 1',
     'send: ekt-spi needs an ekt-key'),
    (ADD + 'recv insecure-ekt-key ' + 60 * '0', 'recv: an ekt-key needs ekt-spi'),
    (ADD + 'send ekt-spi 65536', '65536 is not within 0..65535'),
    (ADD + 'send ekt-interval 0', '0 is not within 1..65536'),
    (ADD + 'recv ekt-rate 1001', '1001 is not within 1..1000'),
    (ADD + 'send ekt-spi 1 insecure-ekt-key ..',
     'ekt-key: neither hex nor base64'),
    (ADD + 'send ekt-spi 1 insecure-ekt-key ' + 114 * '0',
     'ekt-key: neither hex nor base64'),
    (ADD + 'send ekt-spi 1 ekt-key 00', 'ekt-key'),
    (ADD + 'send repeat', 'repeat: value missing'),
    (ADD + 'send repeat 32769', 'is not within 0..32768'),
    (ADD + 'send cryptex maybe', "'maybe' is none of off, on and accept"),
    (ADD + 'send rcc-mode 4', "rcc-mode: '4' is none of off, 1, 2 and 3"),
    ('session set id', 'id: value missing'),
    ('session set id 0', 'id: 0 is not within'),
    ('session set id 1 rtcp-mux', "unknown word 'rtcp-mux'"),
    ('session del id 1 local any:5000', 'id: cannot be combined with a flow'),
    ('session del id 1 max-streams 3', "unknown word 'max-streams'"),
    ('session set id 1 owned', "unknown word 'owned'"),
    ('session set id 1 move', 'move: needs the new flow'),
    ('session set id 1 move linger 5', 'move: needs the new flow'),
    ('session set id 1 move move', 'move: given twice'),
    ('session set id 1 move local', 'local: value missing'),
    ('session set id 1 move local any:5 local any:6', 'local: given twice'),
    ('session set id 1 move local any:5 local-rtcp-port 0',
     'local-rtcp-port: 0 is not within'),
    ('session set id 1 move local any:5 rtcp-mux rtcp-mux',
     'rtcp-mux: given twice'),
    ('session set id 1 move local any:5 owned', "unknown word 'owned'"),
    ('session set id 1 linger 5', 'linger: goes with move'),
    ('session set id 1 move local any:5 linger 0', 'linger: 0 is not within'),
    ('session add move', "unknown word 'move'"),
    ('session add local any:5 linger 5', "unknown word 'linger'"),
    (ADD + 'relay remote 10.0.0.1:5', 'relay: remote without local'),
    (ADD + 'relay local 10.0.0.1', 'relay: local: needs address and port'),
    (ADD + 'relay local any:5', 'relay: local: needs address and port'),
    (ADD + 'relay local 10.0.0.1:5 local 10.0.0.1:6', 'local: given twice'),
    (ADD + 'relay local 10.0.0.1:5 remote 10.0.0.1:any',
     'relay: remote: needs address and port'),
    (ADD + 'relay rtcp-mux rtcp-mux', 'rtcp-mux: given twice'),
    (ADD + 'relay local-rtcp-port 0', 'local-rtcp-port: 0 is not within'),
    (ADD + 'relay types 128', 'types: 128 is not within 0..127'),
    (ADD + 'relay types 5 types 6', 'types: given twice'),
    (ADD + 'relay ssrcs 0x100000000', 'is not within 0..4294967295'),
    (ADD + 'relay ssrcs ' + ','.join('%d' % n for n in range(17)),
     'ssrcs: more than 16 SSRCs'),
    (ADD + 33 * 'relay ', 'relay: more than 32 of a session'),
    (ADD + 'types 5', "unknown word 'types'"),
    (ADD + 'no-relay relay', 'relay: beside no-relay'),
    (ADD + 'relay no-relay', 'no-relay: beside relay'),
    (ADD + 'relay parked parked', 'parked: given twice'),
    ('session replace local', 'local: value missing'),
    ('session replace id 5', "unknown word 'id'"),
    ('session set id 1 ssrc 5', 'id: cannot be combined with a flow'),
    ('session del id 1 stream-timeout 5', "unknown word 'stream-timeout'"),
    ('session flush id 1', "unknown word 'id'"),
    ('key frob', "key: unknown command 'frob'"),
    ('key add', 'key add: needs session, and send or recv'),
    ('key add session 1', 'key add: needs session, and send or recv'),
    ('key add send', 'key add: needs session, and send or recv'),
    ('key add session 1 send', 'key add: needs a key'),
    ('key add session 0 send', 'session: 0 is not within'),
    ('key add session 1 send recv', 'recv: either send or recv'),
    ('key add session 1 send key 00', 'key: others can see a command line'),
    ('key add session 1 send from 2^49', 'from: 2^49 is not within'),
    ('key add session 1 send to x', "to: 'x' is not a number"),
    ('key add session 1 send to 1 to 2', 'to: given twice'),
    ('key add session 1 send soft-limit 0', 'soft-limit: 0 is not within'),
    ('key add session 1 send lifetime 0', 'lifetime: 0 is not within'),
    ('key add session 1 send rtp-packets -1', "'-1' is not a number"),
    ('key add session 1 send overlap 5', "unknown word 'overlap'"),
    ('key add session 1 send insecure-key 00 key-file x', 'given twice'),
    ('key use session 1 send', 'key use: needs mki'),
    ('key use session 1 recv mki 00', 'key use: is for send'),
    ('key use session 1 send from 0', 'key use: needs mki'),
    ('key use session 1 send mki 00 lifetime 5', "unknown word 'lifetime'"),
    ('key del session 1 send', 'key del: needs either mki or from'),
    ('key del session 1 send mki 00 from 0', 'needs either mki or from'),
    ('key del send mki 00', 'key del: needs session, and send or recv'),
    ('key show mki 00', "unknown word 'mki'"),
    ('key show session 1 session 2', 'session: given twice'),
    ('require frob', "require: unknown command 'frob'"),
    ('require add port', 'port: value missing'),
    ('require add port 0', 'port: 0 is not within 1..65535'),
    ('require add port 5-', "port: '' is not a number"),
    ('require add port 6-5', 'port: 6-5 goes backwards'),
    ('require add port 5 port 6', 'port: given twice'),
    ('require add port 5-6-7', "port: '6-7' is not a number"),
    ('require add except-remote-port', 'except-remote-port: value missing'),
    ('require add except-remote-port 5,', "except-remote-port: '' is not a"),
    ('require add except-remote-port 5,70000', 'is not within 1..65535'),
    ('require add except-remote-port 7-6', '7-6 goes backwards'),
    ('require add except-remote-port ' + ','.join('%d' % (2 * n)
                                                  for n in range(1, 18)),
     'except-remote-port: more than 16 ranges'),
    ('require add except-remote-port 5 except-remote-port 6', 'given twice'),
    ('require add judge', 'judge: value missing'),
    ('require add judge looks', "judge: 'looks' is neither"),
    ('require add judge header judge header', 'judge: given twice'),
    ('require add dev no-such-dev', "dev: no interface 'no-such-dev'"),
    ('require add family inet4', "family: 'inet4' is neither"),
    ('require add local any:5000', "unknown word 'local'"),
    ('require del', 'require del: needs id'),
    ('require del id 0', 'id: 0 is not within'),
    ('require del id 1 id 1', 'id: given twice'),
    ('require show id 1', "unknown word 'id'"),
    ('attach dev', 'dev: value missing'),
    ('attach dev no-such-dev', "dev: no interface 'no-such-dev'"),
    ('attach dev lo dev lo', 'dev: given twice'),
    ('attach dev lo port 5000', "unknown word 'port'"),
    ('attach del', 'attach del: needs dev'),
    ('attach to lo', "attach: unknown command 'to'"),
    ('attach show dev lo', "unknown word 'dev'"),
    ('lease set', 'lease set: value missing'),
    ('lease set 0 duration 5', 'lease set: 0 is not within 1..4294967295'),
    ('lease set 1', 'needs either duration or until'),
    ('lease set 1 duration 5 until 7', 'needs either duration or until'),
    ('lease set 1 duration 600001', 'is not within 0..600000'),
    ('lease set 1 duration 5 duration 5', 'duration: given twice'),
    ('lease set 1 until soon', "until: 'soon' is not a number"),
    ('lease del', 'lease del: value missing'),
    ('lease del 1 now', "unknown word 'now'"),
    ('lease take', "lease: unknown command 'take'"),
    (ADD + 'lease x', "lease: 'x' is not a number"),
    (ADD + 'send srtcp-start 0', 'srtcp-start: 0 is not within'),
    (ADD + 'send srtcp-block 2^31', 'srtcp-block: 2^31 is not within'),
    (ADD + 'send report 1 report 1', 'report: given twice'),
    ('stream set session 1 send ssrc 1 srtcp-limit 2147483649',
     'srtcp-limit: 2147483649 is not within'),
    ('stat all', "stat: unknown command 'all'"),
    ('stat show all', "unknown word 'all'"),
    ('dump one two', "unknown word 'two'"),
    ('restore one two', "unknown word 'two'"),
    ('restore jump', 'jump: value missing'),
    ('restore jump 32768', 'jump: 32768 is not within 0..32767'),
    ('restore jump 1 jump 1', 'jump: given twice'),
    ('restore /no/such/file', '/no/such/file: No such file'),
    ('restore', 'stdin: line 1, column 0: not JSON'),
    ('restore -', 'stdin: line 1, column 0: not JSON'),
)

# right as far as the tool can tell: only the kernel is missing
GOOD = (
    *('session add local %s remote any:5004' % address for address in
      ('2001:db8::1', '2001:db8::5004', '[2001:db8::1:5004]',
       '[2001:db8::1]:5004', '2001:db8:1:2:3:4:5:5004', '::1:2', 'fe80::1:ab12',
       '::ffff:192.0.2.1')),
    ADD + 'ssrc 0 owned stream-timeout 31536000',
    ADD + 'ssrc 0xffffffff stream-timeout 0',
    ADD + 'send mki ' + '0A' * 128 + ' soft-limit 100 lifetime 2^48',
    ADD + 'recv rtp-lifetime 2^48 rtcp-lifetime 2147483648 overlap 600000',
    ADD + 'send kdr 0 recv kdr 2^24',
    ADD + 'send kdr 1 recv kdr 16777216',
    ADD + 'send unencrypted-srtp on unencrypted-srtcp off '
    'unauthenticated-srtp off',
    ADD + 'send encrypted-extensions none recv encrypted-extensions 1,4-7,255',
    ADD + 'send short-srtcp-tag on recv short-srtcp-tag off',
    ADD + 'send kdf-aes-256 on recv kdf-aes-256 off',
    ADD + 'send ekt-spi 0 insecure-ekt-key ' + 60 * '0' + ' ekt-interval 2^16',
    ADD + 'recv ekt-spi 2^4 insecure-ekt-key ' + 92 * 'f' + ' ekt-rate 1000',
    ADD + 'send ekt-off recv ekt-off',
    ADD + 'send repair-types none recv repair-types 0-127',
    ADD + 'send cryptex on recv cryptex accept',
    ADD + 'send rcc-mode off rcc-rate 65535 recv rcc-mode 3 rcc-rate 1',
    ADD + 'send initial-roc 4294967295 recv roc-search 64',
    ADD + 'send counters peer unused-key restart-counters recv unused-key',
    'session set id 1 send counters restart',
    ADD + 'send repeat 2^15 recv repeat 0',
    'session set id 1 recv counters restart',
    'session set id 1 stream-timeout 5 send cryptex off',
    'session set id 1 move local any:5 remote 1.2.3.4:6 dev lo ssrc 5 '
    'local-rtcp-port 9 remote-rtcp-port 8 linger 600000 send kdr 0',
    'session set local any:5 max-streams 4 move local any:6 rtcp-mux',
    'session add local 10.0.0.1:5 remote 10.0.0.2:6 rtcp-mux '
    'relay local 127.0.0.1:7000 remote 127.0.0.1:8000 rtcp-mux types 0,96-98 '
    'relay local [::1]:7 remote [::1]:8 local-rtcp-port 9 remote-rtcp-port 9 '
    'ssrcs 0x1,2,4294967295 relay types none send kdr 0',
    'session set id 1 no-relay',
    'session set id 1 relay local 127.0.0.1:7 move local any:6 rtcp-mux',
    'session replace local any:5000 rtcp-mux owned send kdr 0',
    'session show ssrc 5',
    'key add session 1 send insecure-key 00 mki 00 lifetime 2^20',
    'key add session 1 recv insecure-key 00 from 0 to 2^20 rtp-packets 5 '
    'rtcp-packets 0 soft-limit 1 rtp-lifetime 9 rtcp-lifetime 9',
    'key use session 1 send mki 00',
    'key del session 1 recv from 0',
    'key del session 1 send mki 00',
    'key show session 1 recv',
    'require add', 'require add dev lo family inet6 port 5000-5010',
    'require add port 5000 except-remote-port 53,500-600,443 judge profile',
    'require add judge version except-remote-port 1-65535',
    'require del id 1', 'require', 'stat', 'dump',
    'attach dev lo', 'attach del dev lo', 'attach', 'attach show',
    'lease', 'lease show', 'lease set 1 duration 0', 'lease set 9 until 77',
    'lease del 7', ADD + 'lease 4294967295 send rtp-block 2^20 srtcp-block 64',
    ADD + 'lease 0 send srtcp-start 2147483647 report 500 recv report 0',
    'stream set session 1 send ssrc 1 rtp-limit 2^48 srtcp-limit 2^31',
    'stat --prometheus', 'session show --top --interval 1', '--top session show',
    'session --add --local any:5000 --send --kdr 0', 'require add --port 5000',
    'session show --brief', '-B session --show',
)

STATE = {
    'version': 1,
    'sessions': [{
        'id': 7, 'local-port': 5000, 'rtcp-mux': True, 'dev': 'lo',
        'ssrc': '0x00000001', 'owned': True, 'streams': [{
            'direction': 'send', 'ssrc': '0x00000001', 'roc': 0, 'seq': 1,
            'rtp-replay': '01'}],
        'send': {'suite': 'AEAD_AES_128_GCM', 'replay-window': 128,
                 'cryptex': 'off', 'unencrypted-srtcp': False,
                 'encrypted-extensions': [1, 2], 'stats': {'any': 'thing'}},
        'keys': [{'session-id': 7, 'direction': 'send', 'mki': '00',
                  'state': 'active', 'rtp-lifetime': 1 << 48,
                  'master-key': '00' * 16, 'master-salt': '00' * 12}]}],
    'requires': [{'id': 1, 'family': 'inet', 'first-port': 1,
                  'except-remote-ports': '53,500-600', 'judge': 'profile'}],
    'attached': [{'ifindex': 1, 'dev': 'lo', 'hardware-offload': True}],
}
# what is wrong where, and what the tool says
GONE = object()
BAD_STATES = (
    (('version',), GONE, 'version: missing'),
    (('version',), 2, 'version: not 1'),
    (('sessions',), GONE, 'sessions: missing'),
    (('sessions',), {}, 'sessions: not an array'),
    (('requires',), GONE, 'requires: missing'),
    (('session',), [], 'session: unknown member'),
    (('sessions', 0), 5, 'sessions[0]: not an object'),
    (('sessions', 0, 'local-port'), 0, 'sessions[0].local-port: not within'),
    (('sessions', 0, 'local-address'), 'x', 'local-address: not an address'),
    (('sessions', 0, 'family'), 4, 'sessions[0].family: not a string'),
    (('sessions', 0, 'family'), 'inet4', 'neither inet nor inet6'),
    (('sessions', 0, 'ssrc'), 'x', "sessions[0].ssrc: 'x' is no SSRC"),
    (('sessions', 0, 'dev'), 'no-such', "sessions[0].dev: no interface"),
    (('sessions', 0, 'rtcp-mux'), 1, 'rtcp-mux: neither true nor false'),
    (('sessions', 0, 'local_port'), 1, 'local_port: unknown member'),
    (('sessions', 0, 'keys'), GONE, 'sessions[0].keys: missing'),
    (('sessions', 0, 'streams'), 1, 'sessions[0].streams: not an array'),
    (('sessions', 0, 'send'), True, 'sessions[0].send: not an object'),
    (('sessions', 0, 'send', 'suite'), 5, 'send.suite: not a string'),
    (('sessions', 0, 'send', 'cryptex'), 'x', "'x' is not known here"),
    (('sessions', 0, 'send', 'replay-window'), 1.5, 'not a whole number'),
    (('sessions', 0, 'send', 'frob'), 1, 'send.frob: unknown member'),
    (('sessions', 0, 'send', 'encrypted-extensions', 1), 256,
     'sessions[0].send.encrypted-extensions[1]: not within 0..255'),
    (('sessions', 0, 'send', 'master-key'), '00', 'belongs into keys'),
    (('sessions', 0, 'keys', 0, 'direction'), GONE,
     'sessions[0].keys[0].direction: missing'),
    (('sessions', 0, 'keys', 0, 'direction'), 'recv', 'has no recv'),
    (('sessions', 0, 'keys', 0, 'master-salt'), GONE, 'master-salt: missing'),
    (('sessions', 0, 'keys', 0, 'master-key'), GONE, 'master-key: missing'),
    (('sessions', 0, 'keys', 0, 'master-key'), 'secret',
     'sessions[0].keys[0].master-key: not bytes in hex'),
    (('sessions', 0, 'keys', 0, 'mki'), '', 'mki: not bytes in hex'),
    (('sessions', 0, 'send', 'suite'), GONE, "session's send has no suite"),
    (('sessions', 0, 'streams', 0, 'roc'), GONE,
     'sessions[0].streams[0].roc: missing'),
    (('sessions', 0, 'streams', 0, 'seq'), 65536, 'seq: not within 0..65535'),
    (('requires', 0, 'first-port'), '1', 'first-port: not a whole number'),
    (('requires', 0, 'judge'), 'looks', "judge: 'looks' is not known here"),
    (('requires', 0, 'except-remote-ports'), 53, 'not a string'),
    (('requires', 0, 'except-remote-ports'), '5-', "'' is not a number"),
)


def usage(tap):
    for words, text in BAD:
        done = subprocess.run([KSRTP, *words.split()], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL)
        good = (done.returncode == 2 and text in done.stderr and
                done.stderr.count('\n') == 1 and not done.stdout and
                done.stderr.startswith('ksrtp: '))
        if 'not loaded' in done.stderr:
            tap.skip('refused: ' + words, 'needs the kernel')
        else:
            tap.ok(good, 'refused: ' + (words or '(nothing)')[:60],
                   (done.returncode, done.stdout, done.stderr))


def passes(tap):
    if os.path.exists('/sys/module/ksrtp'):
        tap.skip('what is right is understood', 'a kernel would do it')
        return
    for words in GOOD:
        done = subprocess.run([KSRTP, *words.split()], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL)
        tap.ok(done.returncode == 1 and 'not loaded' in done.stderr,
               'understood: ' + words[:60], (done.returncode, done.stderr))


def states(tap):
    """A file to restore is refused with the place of what is wrong in it."""
    for path, value, text in BAD_STATES:
        state = copy.deepcopy(STATE)
        inner = state
        for step in path[:-1]:
            inner = inner[step]
        if value is GONE:
            del inner[path[-1]]
        else:
            inner[path[-1]] = value
        done = subprocess.run([KSRTP, 'restore'], input=json.dumps(state),
                              capture_output=True, text=True)
        tap.ok(done.returncode == 2 and text in done.stderr and
               done.stderr.startswith('ksrtp: stdin: ') and
               done.stderr.count('\n') == 1 and 'secret' not in done.stderr,
               'not restored: ' + text, (done.returncode, done.stderr))
    for text, why in (('{"version":1,"version":1}', 'given twice'),
                      ('{"sessions":[{"keys":[{"master-key":"secret', 'not JSON'),
                      ('{"master-key":"secret"', 'not JSON'),
                      ('{"master-key":secret}', 'not JSON')):
        done = subprocess.run([KSRTP, 'restore'], input=text,
                              capture_output=True, text=True)
        tap.ok(done.returncode == 2 and why in done.stderr and
               'secret' not in done.stderr, 'not restored: ' + text,
               done.stderr)
    if os.path.exists('/sys/module/ksrtp'):
        tap.skip('a file with keys', 'a kernel would restore it')
        return
    with tempfile.NamedTemporaryFile('w', suffix='.json') as file:
        json.dump(STATE, file)
        file.flush()
        for mode, warned in ((0o600, False), (0o640, True)):
            os.chmod(file.name, mode)
            done = subprocess.run([KSRTP, 'restore', 'jump', '5', file.name],
                                  capture_output=True, text=True)
            tap.equal((done.returncode,
                       'can be read by others' in done.stderr,
                       'not loaded' in done.stderr), (1, warned, True),
                      'a good file of mode %o with keys' % mode)


def helps(tap):
    for words in ('-h', 'help', 'session help', 'stream help', 'suite help',
                  'monitor help', 'key help', 'require help', 'attach help', 'lease help',
                  'stat help',
                  'dump help', 'restore help', 'doctor help', 'session --help',
                  'doctor --help', '-V'):
        done = subprocess.run([KSRTP, *words.split()], capture_output=True,
                              text=True)
        tap.ok(done.returncode == 0 and done.stdout and not done.stderr,
               'ksrtp ' + words, done)


def batches(tap):
    with tempfile.NamedTemporaryFile('w', suffix='.batch') as file:
        file.write('# a comment\n\nsession help   # and another\n'
                   'session add local nonsense\n')
        file.flush()
        done = subprocess.run([KSRTP, '-b', file.name], capture_output=True,
                              text=True)
        tap.equal((done.returncode, done.stderr),
                  (2, "ksrtp: %s:4: local: 'nonsense' is not an address\n" %
                   file.name), 'a batch names the line that is wrong')
    done = subprocess.run([KSRTP, '-b', '-'], input='session show --top\n',
                          capture_output=True, text=True)
    tap.equal((done.returncode, done.stderr),
              (2, 'ksrtp: stdin:1: -t: cannot be combined with -j, -p or -b\n'),
              'a batch cannot look at sessions again and again')
    for line, what in ((ADD + 'send key-file -', 'key-file'),
                       ('restore -', 'restore'), ('restore', 'restore')):
        done = subprocess.run([KSRTP, '-b', '-'], input=line + '\n00112233\n',
                              capture_output=True, text=True)
        tap.equal((done.returncode, done.stderr),
                  (2, 'ksrtp: stdin:1: %s: standard input is the batch\n' %
                   what), "'%s' does not read the batch" % line)
    for line, text in (
            ("session add local 'non sense'", "'non sense' is not an address"),
            ('session add local "it\'s"', "'it's' is not an address"),
            ("session add local 'a#b' # more", "'a#b' is not an address"),
            ('session add local a#b', "'a' is not an address"),
            ("session add local ''", "'' is not an address"),
            ("session add local 'any:5000", 'a quote is not closed'),
            ("session add local 'any':5000", 'text follows a closing quote'),
            ('session add local', 'local: value missing')):
        done = subprocess.run([KSRTP, '-b', '-'], input=line,
                              capture_output=True, text=True)
        tap.ok(done.returncode == 2 and text in done.stderr and
               done.stderr.count('\n') == 1, 'in a batch: ' + line,
               (done.returncode, done.stderr))


def dashes(tap):
    """Keywords with -- before them, and sdp without a command, mean the same."""
    def told(words):
        return subprocess.run([KSRTP, *words.split()], capture_output=True,
                              text=True)

    ours, theirs = SDP + '/asterisk.sdp', SDP + '/linphone.sdp'
    plain = told('sdp add local %s remote %s dry-run' % (ours, theirs))
    tap.ok(not plain.returncode and 'session add' in plain.stdout,
           'sessions of a call', plain)
    for words in ('sdp --local %s --remote %s --dry-run' % (ours, theirs),
                  'sdp --remote %s --local %s dry-run' % (theirs, ours),
                  'sdp --add --dry-run local %s remote %s' % (ours, theirs),
                  'sdp --dry-run --local %s --remote %s' % (ours, theirs),
                  'sdp dry-run local %s remote %s' % (ours, theirs),
                  'sdp local-address fd00::1 local %s remote %s dry-run' % (
                      ours, theirs),
                  'sdp --remote-address fd00::1 local %s remote %s dry-run' % (
                      ours, theirs)):
        tap.equal(told(words).stdout, plain.stdout,
                  words.replace(SDP + '/', ''))


def secrets(tap):
    """A key on the command line is overwritten before anything can block."""
    key = '00112233445566778899aabbccddeeff' * 2
    process = subprocess.Popen(
        [KSRTP, 'session', 'add', 'local', 'any:5000', 'send', 'insecure-key',
         key, 'recv', 'key-file', '-'], stdin=subprocess.PIPE,
        stderr=subprocess.PIPE)
    deadline = time.monotonic() + 20
    line = key
    while key in line and time.monotonic() < deadline:
        time.sleep(0.1)
        line = open('/proc/%d/cmdline' % process.pid).read()
    tap.ok(key not in line and 'insecure-key' in line,
           'ps does not show the key', line)
    try:
        os.readlink('/proc/%d/exe' % process.pid)
        status = open('/proc/%d/limits' % process.pid).read()
        core = [l.split()[4] for l in status.splitlines()
                if l.startswith('Max core')]
    except OSError as error:
        core = [str(error)]
    tap.equal(core, ['0'], 'no core file is written')
    process.communicate(b'')


main(usage, passes, states, helps, batches, dashes, secrets)
