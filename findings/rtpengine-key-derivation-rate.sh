#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A key that is passed on without the rate at which keys are derived from it.
#
# rtpengine 10.5.3.5-1+deb12u1 of Debian 12. In the path of a call whose both sides have
# SRTP it passes the key of each on to the other, so that it need not touch the packets. Of
# what stands behind the key in a crypto line (RFC 4568 section 6.3) it passes on the
# identifier, UNENCRYPTED_SRTCP and its like, and leaves KDR away. With a rate of 2^4 one
# side has other session keys from the 17th packet on (RFC 3711 section 4.3.1), the other
# one those of the first 16 for ever: a call that is heard for a third of a second.
#
# Seen, words behind suite and key in an offer, and what is passed on with the same key:
#   none: none
#   UNENCRYPTED_SRTCP: UNENCRYPTED_SRTCP
#   |1:4: |1:4
#   KDR=4: none
#   |1:4 KDR=4 UNENCRYPTED_SRTCP: |1:4 UNENCRYPTED_SRTCP
set -eu
here=$(dirname "$(readlink -f "$0")")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$here/debian" "$dir" rtpengine-daemon=10.5.3.5-1+deb12u1 python3

cat >"$dir/look.py" <<'PYTHON'
import base64
import socket
import subprocess

KEY = base64.b64encode(bytes(range(30))).decode()
LINE = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:' + KEY
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
        for number, words in enumerate((
                '', ' UNENCRYPTED_SRTCP', '|1:4', ' KDR=4',
                '|1:4 KDR=4 UNENCRYPTED_SRTCP')):
            answer = ask(sock, number, {
                'command': 'offer', 'call-id': 'call %d' % number, 'from-tag': 'alice',
                'sdp': '\r\n'.join((
                    'v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1',
                    't=0 0', 'm=audio 5004 RTP/SAVP 0', LINE + words, ''))})
            passed = [line[len(LINE):].strip() for line in answer.split('\r\n')
                      if line.startswith(LINE)]
            print('%s: %s' % (words.strip() or 'none',
                              ', '.join(rest or 'none' for rest in passed)))
finally:
    daemon.terminate()
    daemon.wait()
PYTHON
seen=$(unshare -rmn sh -c 'ip link set lo up && mount --rbind /dev "$1/dev" &&
	exec chroot "$1" /usr/bin/python3.11 /look.py' sh "$dir")
echo "$seen"
[ "$seen" = "$(sed -n 's/^#   //p' "$0")" ]
