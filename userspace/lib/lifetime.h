/* SPDX-License-Identifier: GPL-2.0 */
/* Lifetime of a master key in packets, RFC 3711 section 9.2. */
#ifndef LIBKSRTP_LIFETIME_H
#define LIBKSRTP_LIFETIME_H

#include <stdint.h>

#define RTP_LIFETIME_MAX (1ULL << 48)
#define RTCP_LIFETIME_MAX (1ULL << 31)

/* RTCP's lifetime if one number is given for both: limited, as in SDES. */
static inline uint64_t lifetime_rtcp(uint64_t rtp)
{
	return rtp < RTCP_LIFETIME_MAX ? rtp : RTCP_LIFETIME_MAX;
}

#endif
