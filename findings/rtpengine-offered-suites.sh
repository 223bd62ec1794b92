#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Crypto lines that end early, and suites that nobody has registered.
#
# rtpengine 10.5.3.5-1+deb12u1 of Debian 12. To an offer with SRTP it adds lines of its own.
# Their keys are in base64 without the "=" at its end (RFC 4568 section 6.1, RFC 3548 section
# 2.2), unless it is told to (SDES-pad). A strict decoder gets a key out of none
# but those of 30 bytes. Three of the suites are not among IANA's (SRTP Crypto Suite
# Registrations).
#
# Seen, lines that come of an offer of the first one, and the length of their keys:
#   AES_CM_128_HMAC_SHA1_80: registered, 40 characters of 40
#   AEAD_AES_256_GCM: registered, 59 characters of 60
#   AEAD_AES_128_GCM: registered, 38 characters of 40
#   AES_256_CM_HMAC_SHA1_80: registered, 62 characters of 64
#   AES_256_CM_HMAC_SHA1_32: registered, 62 characters of 64
#   AES_192_CM_HMAC_SHA1_80: registered, 51 characters of 52
#   AES_192_CM_HMAC_SHA1_32: registered, 51 characters of 52
#   AES_CM_128_HMAC_SHA1_32: registered, 40 characters of 40
#   F8_128_HMAC_SHA1_80: registered, 40 characters of 40
#   F8_128_HMAC_SHA1_32: unregistered, 40 characters of 40
#   NULL_HMAC_SHA1_80: unregistered, 40 characters of 40
#   NULL_HMAC_SHA1_32: unregistered, 40 characters of 40
set -eu
here=$(dirname "$(readlink -f "$0")")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$here/debian" "$dir" rtpengine-daemon=10.5.3.5-1+deb12u1 python3

cat >"$dir/look.py" <<'PYTHON'
import base64
import re
import socket
import subprocess

KEY = base64.b64encode(bytes(range(30))).decode()
LINE = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:' + KEY
# RFC 4568, 5669, 6188, 7714
REGISTERED = {
    'AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32', 'F8_128_HMAC_SHA1_80',
    'SEED_CTR_128_HMAC_SHA1_80', 'SEED_128_CCM_80', 'SEED_128_GCM_96',
    'AES_192_CM_HMAC_SHA1_80', 'AES_192_CM_HMAC_SHA1_32', 'AES_256_CM_HMAC_SHA1_80',
    'AES_256_CM_HMAC_SHA1_32', 'AEAD_AES_128_GCM', 'AEAD_AES_256_GCM'}
NG = ('127.0.0.1', 2223)


def bencode(what):
    if isinstance(what, dict):
        return b'd%se' % b''.join(bencode(word) + bencode(what[word])
                                  for word in sorted(what))
    return b'%d:%s' % (len(what), what.encode())


def ask(sock, number, what):
    """What the daemon answers, once it listens."""
    while True:
        try:
            sock.send(b'%d %s' % (number, bencode(what)))
            return sock.recv(9000).decode()
        except (TimeoutError, ConnectionError):
            if daemon.poll() is not None:
                raise


daemon = subprocess.Popen(
    ['rtpengine', '--config-file=none', '--foreground', '--log-stderr', '--log-level=3',
     '--table=-1', '--interface=127.0.0.1', '--listen-ng=%s:%d' % NG])
try:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(NG)
        sock.settimeout(1)
        answer = ask(sock, 1, {
            'command': 'offer', 'call-id': 'call', 'from-tag': 'alice',
            'sdp': '\r\n'.join((
                'v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0',
                'm=audio 5004 RTP/SAVP 0', LINE, ''))})
    for line in answer.split('\r\n'):
        if line.startswith('a=crypto:'):
            suite, key = re.match(r'a=crypto:\d+ (\w+) inline:(\S+)$', line).groups()
            print(suite + ':', ', '.join((
                'registered' if suite in REGISTERED else 'unregistered',
                '%d characters of %d' % (len(key), -(-len(key) // 4) * 4))))
finally:
    daemon.terminate()
    daemon.wait()
PYTHON
seen=$(unshare -rmn sh -c 'ip link set lo up && mount --rbind /dev "$1/dev" &&
	exec chroot "$1" /usr/bin/python3.11 /look.py' sh "$dir")
echo "$seen"
[ "$seen" = "$(sed -n 's/^#   //p' "$0")" ]
