/* SPDX-License-Identifier: GPL-2.0 */
/* A packet on its way in: SRTP becomes RTP, SRTCP becomes RTCP. */
#ifndef _KSRTP_UNPROTECT_H
#define _KSRTP_UNPROTECT_H

#include "packet.h"

int ksrtp_unprotect_prepare(struct ksrtp_packet *packet);
int ksrtp_unprotect_retry(struct ksrtp_packet *packet, int cause);
u64 ksrtp_unprotect_last(struct ksrtp_packet *packet);
int ksrtp_unprotect_renew(struct ksrtp_packet *packet);
int ksrtp_unprotect_run(struct ksrtp_packet *packet);
int ksrtp_unprotect_finish(struct ksrtp_packet *packet, int err);

#endif /* _KSRTP_UNPROTECT_H */
