#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A description of SRTP that says RTP.
#
# FFmpeg 7:5.1.9-0+deb12u1 of Debian 12. For an srtp:// output it prints a description
# whose media line has the profile RTP/AVP, with an a=crypto line below. RFC 4568
# section 4 has these lines for RTP/SAVP and the like, so a reader that goes by the
# profile expects plain RTP. And the line repeats the name that was given on the command
# line, which may be one that no registry has.
#
# Seen:
#   m=audio 5004 RTP/AVP 97
#   a=crypto:1 SRTP_AES128_CM_HMAC_SHA1_80 inline:...
set -eu
here=$(dirname "$(readlink -f "$0")")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$here/debian" "$dir" ffmpeg=7:5.1.9-0+deb12u1

seen=$(unshare -r chroot "$dir" ffmpeg -v error -f lavfi -i sine=duration=0.1 \
	-c:a pcm_mulaw -f rtp -srtp_out_suite SRTP_AES128_CM_HMAC_SHA1_80 \
	-srtp_out_params AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd \
	srtp://127.0.0.1:5004 </dev/null | tr -d '\r' | grep -E '^(m=|a=crypto)' |
	sed 's/inline:.*/inline:.../')
echo "$seen"
[ "$seen" = "$(sed -n 's/^#   //p' "$0")" ]
