#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Two names of one suite, and two lengths of SRTCP's authentication tag.
#
# FFmpeg 7:5.1.9-0+deb12u1 of Debian 12. Its srtp:// protocol knows the suite of RFC 4568
# section 6.2.2 by that name, AES_CM_128_HMAC_SHA1_32, and as SRTP_AES128_CM_HMAC_SHA1_32.
# The tag of SRTCP has 80 bits with it, says RFC 4568. FFmpeg puts 4 bytes there under
# the first name, and 10 under the second. A peer that follows the RFC drops all RTCP
# of the first.
#
# Seen, bytes of the first sender report beyond that of plain RTP (4 are E and index):
#   AES_CM_128_HMAC_SHA1_80 14
#   AES_CM_128_HMAC_SHA1_32 8
#   SRTP_AES128_CM_HMAC_SHA1_32 14
set -eu
here=$(dirname "$(readlink -f "$0")")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$here/debian" "$dir" ffmpeg=7:5.1.9-0+deb12u1

cat >"$dir/look.py" <<'PYTHON'
import socket
import subprocess
import sys

KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd'


def report(scheme, *options):
    """Length of the first RTCP packet that FFmpeg sends."""
    rtp, rtcp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for n in range(2))
    rtp.bind(('127.0.0.1', 0))
    rtcp.bind(('127.0.0.1', 0))
    rtcp.settimeout(30)
    subprocess.run(
        ['unshare', '-r', 'chroot', sys.argv[1], 'ffmpeg', '-v', 'error', '-f', 'lavfi',
         '-i', 'sine=duration=0.2', '-c:a', 'pcm_mulaw', '-f', 'rtp', *options,
         '%s://127.0.0.1:%d?rtcpport=%d' % (
             scheme, rtp.getsockname()[1], rtcp.getsockname()[1])],
        check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return len(rtcp.recv(2000))


plain = report('rtp')
for suite in ('AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32',
              'SRTP_AES128_CM_HMAC_SHA1_32'):
    print(suite, report('srtp', '-srtp_out_suite', suite, '-srtp_out_params', KEY) -
          plain)
PYTHON
seen=$(python3 "$dir/look.py" "$dir")
echo "$seen"
[ "$seen" = "$(sed -n 's/^#   //p' "$0")" ]
