/* SPDX-License-Identifier: GPL-2.0 */
/* How many packets a master key may be used for, RFC 3711 section 9.2. */
#ifndef KSRTP_LIFETIME_H
#define KSRTP_LIFETIME_H

#include <stdint.h>

#include "args.h"

#define RTP_LIFETIME_MAX (1ULL << 48)
#define RTCP_LIFETIME_MAX (1ULL << 31)

uint64_t lifetime_rtcp(uint64_t rtp);
void lifetime_parse(struct args *args, uint64_t *rtp, uint64_t *rtcp);

#endif
