/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of a direction, collected from streams and the direction itself. */
#ifndef _KSRTP_STATS_H
#define _KSRTP_STATS_H

#include <linux/types.h>
#include <linux/ksrtp.h>

struct ksrtp_session;

/**
 * struct ksrtp_stats - counters of a direction
 * @value: by enum ksrtp_stats_attr
 */
struct ksrtp_stats {
	u64 value[KSRTP_A_STATS_MAX + 1];
};

void ksrtp_stats_add(struct ksrtp_stats *stats, struct ksrtp_session *session,
		     enum ksrtp_direction_id id);

#endif /* _KSRTP_STATS_H */
