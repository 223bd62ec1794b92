// SPDX-License-Identifier: GPL-2.0
#include "lifetime.h"

/* What one number for both means: RTCP has fewer packets, as SDES has it too. */
uint64_t lifetime_rtcp(uint64_t rtp)
{
	return rtp < RTCP_LIFETIME_MAX ? rtp : RTCP_LIFETIME_MAX;
}

/* Take one number for both. */
void lifetime_parse(struct args *args, uint64_t *rtp, uint64_t *rtcp)
{
	*rtp = args_count(args, "lifetime", 1, RTP_LIFETIME_MAX);
	*rtcp = lifetime_rtcp(*rtp);
}
