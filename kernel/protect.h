/* SPDX-License-Identifier: GPL-2.0 */
/* A packet on its way out: RTP becomes SRTP, RTCP becomes SRTCP. */
#ifndef _KSRTP_PROTECT_H
#define _KSRTP_PROTECT_H

#include "packet.h"

unsigned int ksrtp_protect_growth(const struct ksrtp_keyring *keyring,
				  bool rtcp, const u8 *start, unsigned int len);
unsigned int ksrtp_protect_overhead(const struct ksrtp_keyring *keyring,
				    bool rtcp, const u8 *start,
				    unsigned int len);
int ksrtp_protect_prepare(struct ksrtp_packet *packet);
int ksrtp_protect_run(struct ksrtp_packet *packet);
int ksrtp_protect_finish(struct ksrtp_packet *packet, int err);

#endif /* _KSRTP_PROTECT_H */
