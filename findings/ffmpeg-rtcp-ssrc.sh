#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A receiver whose SSRC is the sender's plus 1.
#
# FFmpeg 7:5.1.9-0+deb12u1 of Debian 12, as it receives RTP. SSRCs are chosen at random, each
# by its own source, so that no two in a session are alike (RFC 3550 section 8.1). The one
# in FFmpeg's receiver reports is that of the stream that it receives, plus 1, so all that
# receive a stream by multicast have the same. With SRTP under one key for a group, the
# SSRC is what keeps two senders from using one keystream twice (RFC 3711 section 9.1).
#
# Seen, SSRC of the stream and that of each receiver's report:
