// SPDX-License-Identifier: GPL-2.0
/* What happens to few packets of a direction, counted and limited. */

#include <linux/atomic.h>
#include <linux/slab.h>

#include "incident.h"
#include "session.h"

/**
 * ksrtp_incidents() - counters and limits of what happens to few packets
 * @direction: their direction
 *
 * Most sessions need none, so there are none before the first incident.
 *
 * Context: any, does not sleep.
 * Return: these, or NULL if memory is short.
 */
struct ksrtp_incidents *ksrtp_incidents(struct ksrtp_direction *direction)
{
	struct ksrtp_incidents *incidents = READ_ONCE(direction->incidents);
	struct ksrtp_incidents *old;

	if (likely(incidents))
		return incidents;
	incidents = kzalloc(sizeof(*incidents), GFP_ATOMIC | __GFP_NOWARN);
	if (!incidents)
		return NULL;
	old = cmpxchg(&direction->incidents, NULL, incidents);
	if (old)
		kfree(incidents);
	return old ?: incidents;
}

/**
 * ksrtp_incident_count() - count an incident
 * @direction: its direction
 * @counter: KSRTP_A_STATS_*, from KSRTP_COUNT_FIRST on
 *
 * Context: any, does not sleep.
 * Return: false if memory is short, so that it is not counted.
 */
bool ksrtp_incident_count(struct ksrtp_direction *direction,
			  enum ksrtp_stats_attr counter)
{
	struct ksrtp_incidents *incidents = ksrtp_incidents(direction);

	if (incidents)
		atomic64_inc(&incidents->counts[counter - KSRTP_COUNT_FIRST]);
	return incidents;
}

/**
 * ksrtp_incident_drop() - count a packet that is dropped
 * @direction: its direction
 * @cause: KSRTP_A_STATS_DROP_*
 *
 * Context: any, does not sleep.
 */
void ksrtp_incident_drop(struct ksrtp_direction *direction,
			 enum ksrtp_stats_attr cause)
{
	if (unlikely(!ksrtp_incident_count(direction, cause)))
		atomic_inc(&direction->uncounted);
}

/**
 * ksrtp_incident_counted() - number of incidents
 * @direction: their direction
 * @counter: as for ksrtp_incident_count()
 *
 * Drops that could not be counted by cause, for lack of memory, count as drops for that.
 *
 * Context: any.
 * Return: the number.
 */
u64 ksrtp_incident_counted(const struct ksrtp_direction *direction,
			   enum ksrtp_stats_attr counter)
{
	const struct ksrtp_incidents *incidents = READ_ONCE(direction->incidents);
	u64 n = 0;

	if (counter == KSRTP_A_STATS_DROP_NO_MEMORY)
		n = (u32)atomic_read(&direction->uncounted);
	if (incidents)
		n += atomic64_read(&incidents->counts[counter - KSRTP_COUNT_FIRST]);
	return n;
}
