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
#include "keys.h"
#include "pace.h"
#include "source.h"

/* Sessions to be changed until what is told of that has to be read. */
#define TURN 256

/* Take over what the kernel tells of a stream; NULL if memory is short. */
struct stream *source_take_stream(struct session *session,
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
		source_take_stream(session, attrs, len);
}

/* Read streams of the kernel: of one of its sessions, or, with 0, of all. */
void source_read_streams(struct group *group, uint32_t id)
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
	if (session && !keys_add(session, attrs, len))
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
	    (session->is_gone || !if_nametoindex(session->dev))) {
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
bool source_set_pace(struct session *session)
{
	struct stream *stream;

	if (!pace_session(session))
		return false;
	kernel_commit();
	source_read_streams(session->group, session->id);
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

	source_set_pace(session);
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

/* A random number; 0 if there is none. They are drawn together, which takes less time. */
static uint64_t draw(void)
{
	static uint64_t drawn[64];
	static unsigned int left;

	if (!left) {
		if (RAND_bytes((unsigned char *)drawn, sizeof(drawn)) != 1)
			return 0;
		left = sizeof(drawn) / sizeof(*drawn);
	}
	return drawn[--left];
}

/* A number that no other session has; 0 if there is none. */
static uint64_t new_uid(const struct group *group)
{
	uint64_t uid;

	do
		uid = draw();
	while (uid && group_find_uid(group, uid));
	return uid;
}

static int compare_flows(const void *one, const void *other)
{
	const struct session *a = one, *b = other;

	return a->flow < b->flow ? -1 : a->flow > b->flow;
}

/* Sessions that the store knows, and we have yet to find in the kernel. */
static void *unmatched;

/* One that the store knows, with a device that has no name here any more. */
static struct session *find_gone(const struct group *group, uint64_t place)
{
	struct session *session;

	for (session = group->sessions; session; session = session->next)
		if (!session->id && *session->dev &&
		    attributes_place(session) == place)
			return session;
	return NULL;
}

static struct session *find_unmatched(const struct group *group,
				      const struct session *like)
{
	struct session **found;

	if (like->is_gone)
		return find_gone(group, attributes_place(like));
	found = tfind(like, &unmatched, compare_flows);
	return found ? *found : NULL;
}

/*
 * The session of an answer: known by its number, or by its flow; or new. One that is new
 * and has a device without a name is none that another host could have.
 */
static struct session *obtain(struct group *group, const struct nlattr *attrs,
			      unsigned int len)
{
	uint32_t id = attributes_number(attrs, len, KSRTP_A_SESSION_ID, 0);
	struct session *session = group_find(group, id), like = { 0 };

	if (session || !id)
		return session;
	/* most are new, and that is seen without reading them */
	if ((unmatched || attributes_number(attrs, len,
					    KSRTP_A_SESSION_IFINDEX, 0)) &&
	    attributes_of_session(&like, attrs, len))
		session = find_unmatched(group, &like);
	bytes_free(&like.config);
	if (session)
		tdelete(session, &unmatched, compare_flows);
	else if (!like.is_gone)
		session = group_add(group, new_uid(group));
	if (session)
		session_set_id(session, id);
	return session;
}

/* The same of a session. */
struct session *source_take_session(struct group *group,
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
		source_take_session(group, attrs, len);
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
	source_read_streams(group, 0);
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
	source_read_streams(group, 0);
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
