// SPDX-License-Identifier: GPL-2.0
/* Counters of a direction, collected from streams and the direction itself. */

#include <linux/rculist.h>

#include "incident.h"
#include "net.h"
#include "session.h"
#include "stats.h"
#include "stream.h"

static void ksrtp_stats_add_volume(struct ksrtp_stats *stats,
				   const struct ksrtp_volume *volume)
{
	stats->value[KSRTP_A_STATS_RTP_PACKETS] += volume->rtp_packets;
	stats->value[KSRTP_A_STATS_RTP_BYTES] += volume->rtp_bytes;
	stats->value[KSRTP_A_STATS_RTCP_PACKETS] += volume->rtcp_packets;
	stats->value[KSRTP_A_STATS_RTCP_BYTES] += volume->rtcp_bytes;
}

/* Add the traffic of current and former streams. */
static void ksrtp_stats_add_streams(struct ksrtp_stats *stats,
				    struct ksrtp_session *session,
				    enum ksrtp_direction_id id)
{
	struct ksrtp_stream *stream;

	/* under the lock no stream is deleted, so none is counted twice */
	ksrtp_stats_add_volume(stats, &ksrtp_direction(session, id)->forgotten);
	list_for_each_entry_rcu(stream, &session->streams, list,
				lockdep_is_held(&session->kn->lock)) {
		if (stream->id.direction != id)
			continue;
		spin_lock_bh(&stream->lock);
		ksrtp_stats_add_volume(stats, &stream->volume);
		spin_unlock_bh(&stream->lock);
	}
}

/**
 * ksrtp_stats_add() - add the counters of a direction
 * @stats: what to add to
 * @session: the session
 * @id: the direction
 *
 * Context: any, under the namespace's lock.
 */
void ksrtp_stats_add(struct ksrtp_stats *stats, struct ksrtp_session *session,
		     enum ksrtp_direction_id id)
{
	struct ksrtp_direction *direction = ksrtp_direction(session, id);
	int counter;

	ksrtp_stats_add_streams(stats, session, id);
	stats->value[KSRTP_A_STATS_PASSED] += atomic64_read(&direction->passed);
	for (counter = KSRTP_COUNT_FIRST; counter <= KSRTP_COUNT_LAST; counter++)
		stats->value[counter] += ksrtp_incident_counted(direction,
								counter);
}
