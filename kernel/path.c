// SPDX-License-Identifier: GPL-2.0
/*
 * The path of most packets, compiled as one unit: what it is made of is inlined across
 * these files, and what only such a packet needs not is left out. The files are as
 * independent of each other as all others.
 */

#include "replay.c"
#include "flow.c"
#include "wire.c"
#include "udp.c"
#include "mtu.c"
#include "crypto/ctr.c"
#include "crypto/mac.c"
#include "crypto/aead.c"
#include "crypto/transform_gcm.c"
#include "crypto/transform_cm.c"
#include "keyset.c"
#include "stream.c"
#include "stream_send.c"
#include "stream_receive.c"
#include "stream_state.c"
#include "session.c"
#include "packet.c"
#include "wait.c"
#include "send.c"
#include "receive.c"
#include "datagram.c"
#include "hook.c"
