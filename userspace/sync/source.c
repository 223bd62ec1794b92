// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <net/if.h>
#include <search.h>
#include <stdlib.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>
#include <openssl/rand.h>

#include "attributes.h"
#include "kernel.h"
#include "source.h"

/* Half of a block is left when a stream asks for more. */
static bool is_due(uint64_t limit, uint64_t next, uint64_t block)
{
	return limit < next + block / 2;
}

/*
 * What the stream's record is to grant: indexes up to a block ahead. The kernel
 * gets it once the record is in the store.
 */
static void grant(struct stream *stream)
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

/**
 * source_raise() - let a stream use what its record grants
 * @stream: the stream
 * @limits: of the record that is in the store
 */
void source_raise(struct stream *stream, const uint64_t *limits)
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
		if (!nlh) {
			nlh = kernel_request(KSRTP_CMD_STREAM_SET, &stream_set);
			mnl_attr_put_u32(nlh, KSRTP_A_STREAM_SESSION_ID,
					 stream->session->id);
			mnl_attr_put_u32(nlh, KSRTP_A_STREAM_DIRECTION,
					 stream->direction);
			mnl_attr_put_u32(nlh, KSRTP_A_STREAM_SSRC, stream->ssrc);
		}
		mnl_attr_put_u64(nlh, types[i], limits[i]);
	}
	if (!nlh || kernel_do(NULL, NULL))
		return;
	for (i = 0; i < KINDS; i++)
		if (stream->kernel_limit[i] &&
		    limits[i] > stream->kernel_limit[i])
			stream->kernel_limit[i] = limits[i];
}

/* A running stream without a limit gets one, so that its record is right. */
static void limit_running(struct stream *stream)
{
	struct nlmsghdr *nlh;
	int i;
	bool lacks = false;

	for (i = 0; i < KINDS; i++)
		lacks |= stream->limit[i] && !stream->kernel_limit[i] &&
			 (i == RTP || stream->has_srtcp);
	if (!lacks)
		return;
	nlh = kernel_request(KSRTP_CMD_STREAM_SET, &stream_set);
	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_SESSION_ID, stream->session->id);
	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_DIRECTION, stream->direction);
	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_SSRC, stream->ssrc);
	if (stream->limit[RTP] && !stream->kernel_limit[RTP])
		mnl_attr_put_u64(nlh, KSRTP_A_STREAM_RTP_LIMIT,
				 stream->limit[RTP]);
	if (stream->limit[RTCP] && !stream->kernel_limit[RTCP] &&
	    stream->has_srtcp)
		mnl_attr_put_u64(nlh, KSRTP_A_STREAM_SRTCP_LIMIT,
				 stream->limit[RTCP]);
	/* if it has gone further meanwhile, its next report tells */
	kernel_do(NULL, NULL);
}

static void take_stream(struct session *session, const struct nlattr *attrs,
			unsigned int len, bool sets_limits)
{
	struct stream *stream;

	stream = session_stream(session,
				attributes_number(attrs, len,
						  KSRTP_A_STREAM_DIRECTION, 0),
				attributes_number(attrs, len,
						  KSRTP_A_STREAM_SSRC, 0),
				true);
	if (!stream)
		return;
	attributes_of_stream(stream, attrs, len);
	stream->is_new = false;
	grant(stream);
	if (sets_limits)
		limit_running(stream);
	stream_mark(stream);
}

static void stream_answer(const struct attr_set *set,
			  const struct nlattr *attrs, unsigned int len,
			  void *data)
{
	struct session *session =
		group_find(data, attributes_number(attrs, len,
						   KSRTP_A_STREAM_SESSION_ID,
						   0));

	(void)set;
	if (session)
		take_stream(session, attrs, len, false);
}

static void read_streams(struct group *group, uint32_t id)
{
	struct nlmsghdr *nlh = kernel_request(KSRTP_CMD_STREAM_GET,
					      &stream_set);

	if (id)
		mnl_attr_put_u32(nlh, KSRTP_A_STREAM_SESSION_ID, id);
	kernel_dump(stream_answer, group);
}

static void key_answer(const struct attr_set *set, const struct nlattr *attrs,
		       unsigned int len, void *data)
{
	struct session *session =
		group_find(data, attributes_number(attrs, len,
						   KSRTP_A_KEY_SESSION_ID, 0));

	(void)set;
	if (session && !attributes_add_key(session, attrs, len))
		session->stale = true;
}

static void read_keys(struct group *group, uint32_t id)
{
	struct nlmsghdr *nlh = kernel_request(KSRTP_CMD_KEY_GET, &key_set);

	if (id)
		mnl_attr_put_u32(nlh, KSRTP_A_KEY_SESSION_ID, id);
	mnl_attr_put(nlh, KSRTP_A_KEY_SEAL, 0, NULL);
	if (kernel_dump(key_answer, group) &&
	    kernel_is_there()) {
		group->unsealed++;
		group_alarm(group, "keys cannot be sealed: %s",
			    kernel_error());
	}
}

static void begin_keys(struct session *session)
{
	bytes_free(&session->former);
	session->former = session->keys;
	session->keys = (struct bytes){ 0 };
}

/*
 * Sealed keys name the session's device. If that has gone, the kernel's are for none,
 * and no host could open them: those of before are the same keys.
 */
static void end_keys(struct session *session)
{
	if (session->former.len && *session->dev &&
	    !if_nametoindex(session->dev)) {
		bytes_free(&session->keys);
		session->keys = session->former;
		session->former = (struct bytes){ 0 };
	}
	bytes_free(&session->former);
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

static void session_answer(const struct attr_set *set,
			   const struct nlattr *attrs, unsigned int len,
			   void *data)
{
	(void)set;
	attributes_of_session(data, attrs, len);
}

/* Have blocks and reports in force, before any record tells of the session. */
static void set_pace(struct session *session)
{
	struct nlmsghdr *nlh;
	struct stream *stream;

	if (has_pace(session, KSRTP_DIRECTION_SEND) &&
	    has_pace(session, KSRTP_DIRECTION_RECV))
		return;
	nlh = kernel_request(KSRTP_CMD_SESSION_SET, &session_set);
	mnl_attr_put_u32(nlh, KSRTP_A_SESSION_ID, session->id);
	put_pace(session, KSRTP_DIRECTION_SEND, nlh);
	put_pace(session, KSRTP_DIRECTION_RECV, nlh);
	if (kernel_do(NULL, NULL)) {
		group_alarm(session->group, "session %u: %s", session->id,
			    kernel_error());
		return;
	}
	session->block = session->group->settings->srtcp_block;
	read_streams(session->group, session->id);
	for (stream = session->streams; stream; stream = stream->next)
		limit_running(stream);
}

/**
 * source_prepare() - have what a session's record tells be right
 * @session: the session, whose record is to be written
 */
void source_prepare(struct session *session)
{
	struct nlmsghdr *nlh;

	set_pace(session);
	if (!session->stale)
		return;
	session->stale = false;
	nlh = kernel_request(KSRTP_CMD_SESSION_GET, &session_set);
	mnl_attr_put_u32(nlh, KSRTP_A_SESSION_ID, session->id);
	mnl_attr_put(nlh, KSRTP_A_SESSION_SEAL, 0, NULL);
	/* an event tells if it has just been deleted */
	if (kernel_do(session_answer, session))
		return;
	begin_keys(session);
	read_keys(session->group, session->id);
	end_keys(session);
}

/* A number that no other session has. */
static uint64_t new_uid(const struct group *group)
{
	uint64_t uid = 0;

	while (!uid || group_find_uid(group, uid))
		if (RAND_bytes((unsigned char *)&uid, sizeof(uid)) != 1)
			return 0;
	return uid;
}

static int compare_flows(const void *one, const void *other)
{
	const struct session *a = one, *b = other;

	return a->flow < b->flow ? -1 : a->flow > b->flow;
}

/* Sessions that the store knows, and we have yet to find in the kernel. */
static void *unmatched;

/* The session of an answer: known by its number, or by its flow; or new. */
static struct session *obtain(struct group *group, const struct nlattr *attrs,
			      unsigned int len)
{
	uint32_t id = attributes_number(attrs, len, KSRTP_A_SESSION_ID, 0);
	struct session *session = group_find(group, id), like = { 0 }, **found;

	if (session || !id)
		return session;
	if (unmatched && attributes_of_session(&like, attrs, len)) {
		found = tfind(&like, &unmatched, compare_flows);
		bytes_free(&like.config);
		if (found) {
			session = *found;
			tdelete(session, &unmatched, compare_flows);
			session_set_id(session, id);
			return session;
		}
	}
	session = group_add(group, new_uid(group));
	if (session)
		session_set_id(session, id);
	return session;
}

static struct session *take_session(struct group *group,
				    const struct nlattr *attrs,
				    unsigned int len)
{
	struct session *session = obtain(group, attrs, len);

	if (!session || !attributes_of_session(session, attrs, len))
		return NULL;
	session->seen = true;
	session_mark(session);
	return session;
}

static void session_listed(const struct attr_set *set,
			   const struct nlattr *attrs, unsigned int len,
			   void *data)
{
	struct group *group = data;

	(void)set;
	if (attributes_number(attrs, len, KSRTP_A_SESSION_LEASE, 0) ==
	    group->id)
		take_session(group, attrs, len);
}

static void look_for_managed(const struct attr_set *set,
			     const struct nlattr *attrs, unsigned int len,
			     void *data)
{
	struct group *group = data;
	struct session like = { 0 };

	(void)set;
	if (attributes_number(attrs, len, KSRTP_A_SESSION_LEASE, 0) ==
	    group->id && attributes_of_session(&like, attrs, len) &&
	    like.block)
		group->keeps = false;
	bytes_free(&like.config);
}

/* Has no daemon ever been in charge of the group's sessions in this kernel? */
bool source_is_new(struct group *group)
{
	group->keeps = true;
	kernel_request(KSRTP_CMD_SESSION_GET, &session_set);
	return !kernel_dump(look_for_managed, group) && group->keeps;
}

/* What lies below the first index counts as used; more is granted if it is due. */
static void adopt(struct stream *stream)
{
	if (stream->first[RTP]) {
		stream->roc = (stream->first[RTP] - 1) >> 16;
		stream->seq = (stream->first[RTP] - 1) & 0xffff;
	}
	if (stream->first[RTCP]) {
		stream->srtcp = stream->first[RTCP] - 1;
		stream->has_srtcp = true;
	}
	stream->limit[RTP] = stream->kernel_limit[RTP];
	stream->limit[RTCP] = stream->kernel_limit[RTCP];
	grant(stream);
}

/**
 * source_adopt() - have what was restored be this host's own
 * @group: the group, which this host has begun to work for
 *
 * All records are written again, for the epoch that has begun.
 */
void source_adopt(struct group *group)
{
	struct session *session;
	struct stream *stream;

	for (session = group->sessions; session; session = session->next) {
		session->start += (session->base - session->version.epoch) *
				  session->block;
		session->block = group->settings->srtcp_block;
		session_mark(session);
		for (stream = session->streams; stream; stream = stream->next) {
			if (stream->direction == KSRTP_DIRECTION_SEND)
				adopt(stream);
			stream_mark(stream);
		}
	}
}

/**
 * source_read() - read all of a group from the kernel
 * @group: the group, which this host is at work for
 *
 * At the start, and when events were lost. All records are written again, and
 * those of sessions that are gone are deleted.
 */
void source_read(struct group *group)
{
	struct session *session, *next;
	struct nlmsghdr *nlh;

	for (session = group->sessions; session; session = session->next) {
		session->seen = false;
		if (!session->id)
			tsearch(session, &unmatched, compare_flows);
	}
	nlh = kernel_request(KSRTP_CMD_SESSION_GET, &session_set);
	mnl_attr_put(nlh, KSRTP_A_SESSION_SEAL, 0, NULL);
	if (kernel_dump(session_listed, group)) {
		nlh = kernel_request(KSRTP_CMD_SESSION_GET, &session_set);
		kernel_dump(session_listed, group);
	}
	while (unmatched)
		tdelete(*(struct session **)unmatched, &unmatched,
			compare_flows);
	for (session = group->sessions; session; session = next) {
		next = session->next;
		/* what cannot be made here is not deleted: another host can */
		if (!session->seen && !session->refused)
			session_bury(session);
		else if (session->seen)
			begin_keys(session);
	}
	read_keys(group, 0);
	read_streams(group, 0);
	for (session = group->sessions; session; session = session->next) {
		end_keys(session);
		session->stale = false;
	}
}

static void stranger_listed(const struct attr_set *set,
			    const struct nlattr *attrs, unsigned int len,
			    void *data)
{
	uint32_t id = attributes_number(attrs, len, KSRTP_A_SESSION_ID, 0);
	struct group *group = data;
	struct session *session;

	(void)set;
	if (attributes_number(attrs, len, KSRTP_A_SESSION_LEASE, 0) !=
	    group->id || group_find(group, id))
		return;
	session = take_session(group, attrs, len);
	if (session)
		session->stale = true;
}

/**
 * source_welcome() - take over sessions that others made before we were at work
 * @group: the group, which this host has begun to work for
 *
 * A call may be set up while the lease is on its way.
 */
void source_welcome(struct group *group)
{
	struct session *session;

	if (!group->has_strangers)
		return;
	group->has_strangers = false;
	kernel_request(KSRTP_CMD_SESSION_GET, &session_set);
	kernel_dump(stranger_listed, group);
	for (session = group->sessions; session; session = session->next)
		if (session->stale)
			set_pace(session);
}

/* Is this a session of a group that it does not know? */
static void note_stranger(struct group *group, uint32_t id, uint32_t lease)
{
	if (lease == group->id && !group_find(group, id))
		group->has_strangers = true;
}

static void session_event(struct group *groups, unsigned int n, int cmd,
			  const struct nlattr *attrs, unsigned int len)
{
	uint32_t id = attributes_number(attrs, len, KSRTP_A_SESSION_ID, 0);
	uint32_t lease = attributes_number(attrs, len, KSRTP_A_SESSION_LEASE,
					   0);
	bool is_there = cmd != KSRTP_CMD_SESSION_DEL_NTF;
	struct session *session;
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct group *group = &groups[i];

		if (group->role != ROLE_WORKS) {
			if (is_there)
				note_stranger(group, id, lease);
			continue;
		}
		session = group_find(group, id);
		if (is_there && lease == group->id) {
			bool is_new = !session;

			session = take_session(group, attrs, len);
			if (!session)
				continue;
			session->stale = true;
			set_pace(session);
			if (is_new)
				read_streams(group, id);
		} else if (session) {
			session_bury(session);
		}
	}
}

static void stream_event(struct group *groups, unsigned int n, int cmd,
			 const struct nlattr *attrs, unsigned int len)
{
	uint32_t id = attributes_number(attrs, len, KSRTP_A_STREAM_SESSION_ID,
					0);
	struct session *session;
	struct stream *stream;
	unsigned int i;

	for (i = 0; i < n; i++) {
		session = groups[i].role == ROLE_WORKS ?
			  group_find(&groups[i], id) : NULL;
		if (!session)
			continue;
		if (cmd != KSRTP_CMD_STREAM_DEL_NTF) {
			take_stream(session, attrs, len, true);
			continue;
		}
		stream = session_stream(session,
					attributes_number(attrs, len,
							  KSRTP_A_STREAM_DIRECTION,
							  0),
					attributes_number(attrs, len,
							  KSRTP_A_STREAM_SSRC,
							  0), false);
		if (stream)
			stream_bury(stream);
	}
}

/* Follow an event of the kernel, for groups that this host is at work for. */
void source_event(struct group *groups, unsigned int n, int cmd,
		  const struct nlattr *attrs, unsigned int len)
{
	switch (cmd) {
	case KSRTP_CMD_SESSION_NEW_NTF:
	case KSRTP_CMD_SESSION_SET_NTF:
	case KSRTP_CMD_SESSION_DEL_NTF:
		session_event(groups, n, cmd, attrs, len);
		break;
	case KSRTP_CMD_STREAM_NEW_NTF:
	case KSRTP_CMD_STREAM_DEL_NTF:
	case KSRTP_CMD_STREAM_REPORT_NTF:
		stream_event(groups, n, cmd, attrs, len);
		break;
	}
}
