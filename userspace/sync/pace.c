// SPDX-License-Identifier: GPL-2.0
#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "attributes.h"
#include "kernel.h"
#include "pace.h"

/* Half of a block is left when a stream asks for more. */
static bool is_due(uint64_t limit, uint64_t next, uint64_t block)
{
	return limit < next + block / 2;
}

/**
 * pace_grant() - decide what a stream's record is to grant
 * @stream: the stream
 *
 * Indexes up to a block ahead. The kernel gets it once the record is in the store.
 */
void pace_grant(struct stream *stream)
{
	const struct settings *s = stream->session->group->settings;
	const uint64_t blocks[KINDS] = { s->rtp_block, s->srtcp_block };
	const uint64_t next[KINDS] = {
		stream->has_seq ? ((uint64_t)stream->roc << 16 | stream->seq) + 1 :
				  0,
		stream->has_srtcp ? stream->srtcp + 1 : stream->session->start,
	};
	const bool begun[KINDS] = { stream->has_seq, stream->has_srtcp };
	int i;

	for (i = 0; i < KINDS; i++) {
		uint64_t limit = stream->kernel_limit[i];

		if (stream->direction != KSRTP_DIRECTION_SEND || !blocks[i])
			limit = 0;
		else if (!limit && (begun[i] || i == RTCP))
			limit = next[i] + blocks[i];
		else if (limit && is_due(limit, next[i], blocks[i]))
			limit = next[i] + blocks[i];
		if (limit && stream->limit[i] > limit)
			limit = stream->limit[i];
		stream->limit[i] = limit;
	}
}

static struct nlmsghdr *request(const struct stream *stream)
{
	struct nlmsghdr *nlh = kernel_request(KSRTP_CMD_STREAM_SET,
					      &stream_set);

	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_SESSION_ID, stream->session->id);
	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_DIRECTION, stream->direction);
	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_SSRC, stream->ssrc);
	return nlh;
}

/**
 * pace_raise() - let a stream use what its record grants
 * @stream: the stream
 * @limits: of the record that is in the store
 *
 * By kernel_commit().
 */
void pace_raise(struct stream *stream, const uint64_t *limits)
{
	static const uint16_t types[KINDS] = {
		KSRTP_A_STREAM_RTP_LIMIT, KSRTP_A_STREAM_SRTCP_LIMIT,
	};
	struct nlmsghdr *nlh = NULL;
	int i;

	for (i = 0; i < KINDS; i++) {
		if (!stream->kernel_limit[i] ||
		    limits[i] <= stream->kernel_limit[i])
			continue;
		if (!nlh)
			nlh = request(stream);
		mnl_attr_put_u64(nlh, types[i], limits[i]);
		stream->kernel_limit[i] = limits[i];
	}
	/* if it has gone further meanwhile, its next report tells */
	if (nlh)
		kernel_queue(NULL, NULL);
}

/**
 * pace_limit() - give a running stream the limits that its record grants
 * @stream: the stream, which may have none yet
 *
 * By kernel_commit().
 */
void pace_limit(struct stream *stream)
{
	struct nlmsghdr *nlh;
	int i;
	bool lacks = false;

	for (i = 0; i < KINDS; i++)
		lacks |= stream->limit[i] && !stream->kernel_limit[i] &&
			 (i == RTP || stream->has_srtcp);
	if (!lacks)
		return;
	nlh = request(stream);
	if (stream->limit[RTP] && !stream->kernel_limit[RTP])
		mnl_attr_put_u64(nlh, KSRTP_A_STREAM_RTP_LIMIT,
				 stream->limit[RTP]);
	if (stream->limit[RTCP] && !stream->kernel_limit[RTCP] &&
	    stream->has_srtcp)
		mnl_attr_put_u64(nlh, KSRTP_A_STREAM_SRTCP_LIMIT,
				 stream->limit[RTCP]);
	kernel_queue(NULL, NULL);
}

/* Is the session in a direction's settings as it has to be? */
static bool has_pace(const struct session *session, uint8_t direction)
{
	const struct settings *s = session->group->settings;
	const struct nlattr *attrs;
	unsigned int len;

	if (!attributes_have(session, direction, &attrs, &len))
		return true;
	if (attributes_number(attrs, len, KSRTP_A_DIRECTION_REPORT, 0) !=
	    s->report)
		return false;
	return direction == KSRTP_DIRECTION_RECV ||
	       (attributes_number(attrs, len, KSRTP_A_DIRECTION_SRTCP_BLOCK,
				  0) == s->srtcp_block &&
		attributes_number(attrs, len, KSRTP_A_DIRECTION_RTP_BLOCK,
				  0) == s->rtp_block);
}

static void put_pace(const struct session *session, uint8_t direction,
		     struct nlmsghdr *nlh)
{
	const struct settings *s = session->group->settings;
	const struct nlattr *attrs;
	struct nlattr *nest;
	unsigned int len;

	if (!attributes_have(session, direction, &attrs, &len))
		return;
	nest = mnl_attr_nest_start(nlh, direction == KSRTP_DIRECTION_SEND ?
				   KSRTP_A_SESSION_SEND : KSRTP_A_SESSION_RECV);
	mnl_attr_put_u32(nlh, KSRTP_A_DIRECTION_REPORT, s->report);
	if (direction == KSRTP_DIRECTION_SEND) {
		mnl_attr_put_u32(nlh, KSRTP_A_DIRECTION_SRTCP_BLOCK,
				 s->srtcp_block);
		mnl_attr_put_u32(nlh, KSRTP_A_DIRECTION_RTP_BLOCK,
				 s->rtp_block);
	}
	mnl_attr_nest_end(nlh, nest);
}

/* What does not change is said once; what it is, an event tells. */
static void paced(int error, const struct nlattr *attrs, unsigned int len,
		  void *data)
{
	struct session *session = data;

	(void)attrs;
	(void)len;
	if (!error)
		return;
	session->echoes--;
	group_alarm(session->group, "session %u: %s", session->id,
		    kernel_error());
}

/**
 * pace_session() - have blocks and reports in force
 * @session: a session of the kernel
 *
 * By kernel_commit(), before any record tells of the session.
 *
 * Return: whether anything was to be done; then its streams may have no limits
 */
bool pace_session(struct session *session)
{
	struct nlmsghdr *nlh;

	if (!session->id || session->echoes ||
	    (has_pace(session, KSRTP_DIRECTION_SEND) &&
	     has_pace(session, KSRTP_DIRECTION_RECV)))
		return false;
	nlh = kernel_request(KSRTP_CMD_SESSION_SET, &session_set);
	mnl_attr_put_u32(nlh, KSRTP_A_SESSION_ID, session->id);
	put_pace(session, KSRTP_DIRECTION_SEND, nlh);
	put_pace(session, KSRTP_DIRECTION_RECV, nlh);
	session->block = session->group->settings->srtcp_block;
	session->echoes++;
	kernel_queue(paced, session);
	return true;
}
