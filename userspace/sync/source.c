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
#include "pace.h"
#include "source.h"

/* Sessions to be changed until what is told of that has to be read. */
#define TURN 256

static struct stream *take_stream(struct session *session,
				  const struct nlattr *attrs, unsigned int len)
{
	struct stream *stream;
	bool changed;

	stream = session_stream(session,
				attributes_number(attrs, len,
						  KSRTP_A_STREAM_DIRECTION, 0),
				attributes_number(attrs, len,
						  KSRTP_A_STREAM_SSRC, 0),
				true);
	if (!stream)
		return NULL;
	changed = attributes_of_stream(stream, attrs, len) || stream->is_new;
	stream->is_new = false;
	pace_grant(stream);
	if (changed)
		stream_mark(stream);
	return stream;
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
		take_stream(session, attrs, len);
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

static void session_answer(const struct attr_set *set,
			   const struct nlattr *attrs, unsigned int len,
			   void *data)
{
	(void)set;
	attributes_of_session(data, attrs, len);
}

/* A session gets its pace, and its streams what goes with it; false if it had it. */
static bool set_pace(struct session *session)
{
	struct stream *stream;

	if (!pace_session(session))
		return false;
	kernel_commit();
	read_streams(session->group, session->id);
	for (stream = session->streams; stream; stream = stream->next)
		pace_limit(stream);
	return true;
}

/**
 * source_prepare() - have what a session's record tells be right
 * @session: the session, whose record is to be written
 */
void source_prepare(struct session *session)
{
	struct nlmsghdr *nlh;

	set_pace(session);
	kernel_commit();
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
	pace_grant(stream);
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

/* All get their pace, and what is told of that does not pile up. */
static void set_all_paces(struct group *group)
{
	struct session *session;
	unsigned int n = 0;

	group->cursor = group->sessions;
	while ((session = group->cursor)) {
		group->cursor = session->next;
		if (!pace_session(session) || ++n % TURN)
			continue;
		kernel_commit();
		kernel_catch_up();
	}
	kernel_commit();
	kernel_catch_up();
}

/**
 * source_finish() - read what no event has told
 * @group: the group, which is silent
 */
void source_finish(struct group *group)
{
	kernel_catch_up();
	read_streams(group, 0);
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
	struct stream *stream;
	struct nlmsghdr *nlh;

	for (session = group->sessions; session; session = session->next) {
		session->seen = false;
		session->echoes = 0;
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
	}
	set_all_paces(group);
	for (session = group->sessions; session; session = session->next)
		if (session->seen)
			begin_keys(session);
	read_keys(group, 0);
	read_streams(group, 0);
	for (session = group->sessions; session; session = session->next) {
		end_keys(session);
		session->stale = false;
		for (stream = session->streams; stream; stream = stream->next) {
			pace_limit(stream);
			stream_mark(stream);
		}
	}
	kernel_commit();
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
	kernel_commit();
}

/* Is this a session of a group that it does not know? */
static void note_stranger(struct group *group, uint32_t id, uint32_t lease)
{
	if (lease == group->id && !group_find(group, id))
		group->has_strangers = true;
}

/* A session is new, or has changed. */
static void follow(struct group *group, const struct nlattr *attrs,
		   unsigned int len, struct session *session)
{
	bool is_echo = session && session->echoes && !session->stale &&
		       !attributes_have_ekt(session);
	bool is_new = !session;

	session = take_session(group, attrs, len);
	if (!session)
		return;
	if (session->echoes)
		session->echoes--;
	session->stale = !is_echo;
	if (!set_pace(session) && is_new)
		read_streams(group, session->id);
	kernel_commit();
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
			follow(group, attrs, len, session);
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
			stream = take_stream(session, attrs, len);
			if (stream)
				pace_limit(stream);
			kernel_commit();
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
