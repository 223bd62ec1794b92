/* SPDX-License-Identifier: GPL-2.0 */
/* What happens to few packets of a direction, counted and limited. */
#ifndef _KSRTP_INCIDENT_H
#define _KSRTP_INCIDENT_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/ksrtp.h>

#include "ratelimit.h"

struct ksrtp_direction;

/* Their counters: causes of drops, and some others. */
#define KSRTP_COUNT_FIRST	KSRTP_A_STATS_DROP_NO_KEY
#define KSRTP_COUNT_LAST	KSRTP_A_STATS_DROP_NO_RELAY
#define KSRTP_COUNTS		(KSRTP_COUNT_LAST - KSRTP_COUNT_FIRST + 1)

/**
 * struct ksrtp_incidents - what happens to few packets, counted and limited
 * @counts: by number of the counter, from KSRTP_COUNT_FIRST on
 * @searches: limit of searches for a rollover counter
 * @tag_checks: limit of checks of tags at another length
 * @auth_failures: rate limit of alerts
 * @replays: rate limit of alerts
 * @stream_limits: rate limit of alerts
 */
struct ksrtp_incidents {
	atomic64_t counts[KSRTP_COUNTS];
	struct ksrtp_allowance searches;
	struct ksrtp_allowance tag_checks;
	struct ksrtp_ratelimit auth_failures;
	struct ksrtp_ratelimit replays;
	struct ksrtp_ratelimit stream_limits;
};

struct ksrtp_incidents *ksrtp_incidents(struct ksrtp_direction *direction);
bool ksrtp_incident_count(struct ksrtp_direction *direction,
			  enum ksrtp_stats_attr counter);
void ksrtp_incident_drop(struct ksrtp_direction *direction,
			 enum ksrtp_stats_attr cause);
u64 ksrtp_incident_counted(const struct ksrtp_direction *direction,
			   enum ksrtp_stats_attr counter);

#endif /* _KSRTP_INCIDENT_H */
