#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A gap at the rollover that ends a stream.
#
# werift 0.25.2 of npm. RFC 3711 section 3.3.1 lets a
# receiver guess the rollover counter with as much as 2^15 - 1 packets lost: of the three
# counters that are possible, the one whose index is nearest. werift counts a rollover only
# if the sequence number before was above 65435, and the one after is below 100 (or is 0).
# Where more packets are lost there, as in a second without network for a call with
# video, no later packet of the stream is authentic for it, until the next rollover and
# after it.
#
# Seen, of 1000 packets from sequence number 65036 on that one werift sends another:
#   lost 65486 to 49: 900 of 900 others received
#   lost 65406 to 129: 370 of 740 others received
#   lost 65386 to 149: 350 of 700 others received
set -eu
self=$(readlink -f "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --ignore-scripts --no-audit --no-fund werift@0.25.2 >&2

cat >look.js <<'JAVASCRIPT'
const { SrtpSession, RtpHeader } = require('werift');
const FIRST = 65036;

function session() {
  const key = Buffer.alloc(16, 1), salt = Buffer.alloc(14, 2);
  return new SrtpSession({ profile: 1, keys: {
    localMasterKey: key, localMasterSalt: salt,
    remoteMasterKey: key, remoteMasterSalt: salt } });
}

// packets on each side of the rollover that get lost
for (const lost of [50, 130, 150]) {
  const sender = session(), receiver = session();
  let sent = 0, received = 0;
  for (let n = 0; n < 1000; n++) {
    const header = new RtpHeader({ version: 2, payloadType: 96, ssrc: 1,
      sequenceNumber: (FIRST + n) % 65536, timestamp: n });
    const packet = sender.encrypt(Buffer.alloc(100, n), header);
    if (Math.abs(n - 499.5) < lost)
      continue;
    sent++;
    try {
      const plain = receiver.decrypt(packet);
      if (plain.subarray(-100).equals(Buffer.alloc(100, n)))
        received++;
    } catch {
      // not authentic
    }
  }
  console.log(`lost ${65536 - lost} to ${lost - 1}: ` +
              `${received} of ${sent} others received`);
}
JAVASCRIPT
seen=$(node look.js)
echo "$seen"
[ "$seen" = "$(sed -n 's/^#   //p' "$self")" ]
