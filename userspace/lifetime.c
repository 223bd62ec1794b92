// SPDX-License-Identifier: GPL-2.0
#include "lifetime.h"

/* Take one number for both; RTCP has fewer packets, as SDES has it too. */
void lifetime_parse(struct args *args, uint64_t *rtp, uint64_t *rtcp)
{
	*rtp = args_count(args, "lifetime", 1, RTP_LIFETIME_MAX);
	*rtcp = *rtp < RTCP_LIFETIME_MAX ? *rtp : RTCP_LIFETIME_MAX;
}
