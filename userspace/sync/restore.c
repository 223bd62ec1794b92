// SPDX-License-Identifier: GPL-2.0
/*
 * A taker of epoch E uses SRTCP indexes that nobody else has: what a record of
 * epoch F grants ends at its limit L, each later epoch has a block of its own
 * above that, and E is the taker's alone. So it may begin at
 * L + (E - F - 1) * block, before it has written anything.
 */
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "attributes.h"
#include "kernel.h"
#include "restore.h"
#include "util/fail.h"

#define SRTCP_INDEX_MAX 0x7fffffffULL
/* As many as the kernel is given together. */
#define DUE 128

static uint64_t least(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

/* Delete a session of the kernel, by restore_flush(). */
void restore_delete(uint32_t id)
{
	mnl_attr_put_u32(kernel_request(KSRTP_CMD_SESSION_DEL, &session_set),
			 KSRTP_A_SESSION_ID, id);
	kernel_queue(NULL, NULL);
}

/* The first key of a direction, which comes with its session. */
static bool is_plain(const struct nlattr *attrs, unsigned int len)
{
	const struct nlattr *attr;

	mnl_attr_for_each_payload(attrs, len)
		if ((mnl_attr_get_type(attr) == KSRTP_A_KEY_FROM &&
		     mnl_attr_get_u64(attr)) ||
		    (mnl_attr_get_type(attr) == KSRTP_A_KEY_TO &&
		     mnl_attr_get_u64(attr) != KSRTP_INDEX_MAX))
			return false;
	return true;
}

/* Put a key beside the settings of its direction. */
static void put_key(const struct nlattr *attrs, unsigned int len,
		    struct nlmsghdr *nlh)
{
	static const uint16_t types[][2] = {
		{ KSRTP_A_KEY_SEALED, KSRTP_A_DIRECTION_SEALED },
		{ KSRTP_A_KEY_MKI, KSRTP_A_DIRECTION_MKI },
		{ KSRTP_A_KEY_RTP_LIFETIME, KSRTP_A_DIRECTION_RTP_LIFETIME },
		{ KSRTP_A_KEY_RTCP_LIFETIME, KSRTP_A_DIRECTION_RTCP_LIFETIME },
		{ KSRTP_A_KEY_SOFT_LIMIT, KSRTP_A_DIRECTION_SOFT_LIMIT },
		{ KSRTP_A_KEY_RTP_PACKETS, KSRTP_A_DIRECTION_RTP_PACKETS },
		{ KSRTP_A_KEY_RTCP_PACKETS, KSRTP_A_DIRECTION_RTCP_PACKETS },
	};
	const struct nlattr *attr;
	unsigned int i;

	mnl_attr_for_each_payload(attrs, len)
		for (i = 0; i < sizeof(types) / sizeof(*types); i++)
			if (mnl_attr_get_type(attr) == types[i][0])
				mnl_attr_put(nlh, types[i][1],
					     mnl_attr_get_payload_len(attr),
					     mnl_attr_get_payload(attr));
}

/* Find the key that goes with a direction; returns its place, or 0. */
static size_t first_key(const struct session *session, uint8_t direction,
			const struct nlattr **attrs, unsigned int *len)
{
	size_t at = 0;

	while (attributes_next_key(session, &at, attrs, len))
		if (attributes_number(*attrs, *len, KSRTP_A_KEY_DIRECTION, 0) ==
		    direction)
			return is_plain(*attrs, *len) ? at : 0;
	return 0;
}

static void put_direction(const struct session *session, uint8_t direction,
			  uint64_t base, struct nlmsghdr *nlh)
{
	const struct settings *s = session->group->settings;
	bool sends = direction == KSRTP_DIRECTION_SEND;
	const struct nlattr *attrs, *attr;
	struct nlattr *nest;
	unsigned int len;
	uint64_t start;

	if (!attributes_have(session, direction, &attrs, &len))
		return;
	nest = mnl_attr_nest_start(nlh, sends ? KSRTP_A_SESSION_SEND :
						KSRTP_A_SESSION_RECV);
	mnl_attr_for_each_payload(attrs, len) {
		switch (mnl_attr_get_type(attr)) {
		case KSRTP_A_DIRECTION_RTP_BLOCK:
		case KSRTP_A_DIRECTION_SRTCP_BLOCK:
		case KSRTP_A_DIRECTION_SRTCP_START:
		case KSRTP_A_DIRECTION_REPORT:
			continue;
		}
		mnl_attr_put(nlh, mnl_attr_get_type(attr),
			     mnl_attr_get_payload_len(attr),
			     mnl_attr_get_payload(attr));
	}
	mnl_attr_put_u32(nlh, KSRTP_A_DIRECTION_REPORT, s->report);
	if (sends) {
		start = session->start +
			(base - session->version.epoch) * session->block;
		mnl_attr_put_u32(nlh, KSRTP_A_DIRECTION_SRTCP_BLOCK,
				 s->srtcp_block);
		mnl_attr_put_u32(nlh, KSRTP_A_DIRECTION_SRTCP_START,
				 least(start, SRTCP_INDEX_MAX));
		if (s->rtp_block)
			mnl_attr_put_u32(nlh, KSRTP_A_DIRECTION_RTP_BLOCK,
					 s->rtp_block);
	}
	if (first_key(session, direction, &attrs, &len))
		put_key(attrs, len, nlh);
	mnl_attr_nest_end(nlh, nest);
}

static void refuse(struct session *session, const char *why)
{
	session->group->refused++;
	session->refused = true;
	warn("group %u: a session cannot be made: %s", session->group->id, why);
}

static void made(int error, const struct nlattr *attrs, unsigned int len,
		 void *data)
{
	struct session *session = data;

	if (attrs)
		session_set_id(session,
			       attributes_number(attrs, len,
						 KSRTP_A_SESSION_ID, 0));
	else if (error)
		refuse(session, kernel_error());
}

static void make(struct session *session)
{
	/* of no name the kernel would ask for a module */
	unsigned int ifindex = *session->dev ? if_nametoindex(session->dev) : 0;
	uint64_t base = session->base;
	struct nlmsghdr *nlh;

	session->refused = false;
	if (*session->dev && !ifindex) {
		refuse(session, "there is no such device");
		return;
	}
	nlh = kernel_request(KSRTP_CMD_SESSION_NEW, &session_set);
	attributes_put_flow(session, nlh);
	if (ifindex)
		mnl_attr_put_u32(nlh, KSRTP_A_SESSION_IFINDEX, ifindex);
	mnl_attr_put_u32(nlh, KSRTP_A_SESSION_LEASE, session->group->id);
	mnl_attr_put(nlh, KSRTP_A_SESSION_REPLACE, 0, NULL);
	put_direction(session, KSRTP_DIRECTION_SEND, base, nlh);
	put_direction(session, KSRTP_DIRECTION_RECV, base, nlh);
	kernel_queue(made, session);
}

static void set(int error, const struct nlattr *attrs, unsigned int len,
		void *session)
{
	(void)attrs;
	(void)len;
	if (error)
		refuse(session, kernel_error());
}

/* Further keys of a direction. */
static void add_keys(struct session *session, uint8_t direction)
{
	const struct nlattr *attrs, *attr;
	struct nlmsghdr *nlh;
	unsigned int len;
	size_t at = 0, first = first_key(session, direction, &attrs, &len);
	bool has_mki;

	while (attributes_next_key(session, &at, &attrs, &len)) {
		if (at == first || attributes_number(attrs, len,
						     KSRTP_A_KEY_DIRECTION,
						     0) != direction)
			continue;
		has_mki = false;
		mnl_attr_for_each_payload(attrs, len)
			has_mki |= mnl_attr_get_type(attr) == KSRTP_A_KEY_MKI;
		nlh = kernel_request(KSRTP_CMD_KEY_NEW, &key_set);
		mnl_attr_put_u32(nlh, KSRTP_A_KEY_SESSION_ID, session->id);
		mnl_attr_for_each_payload(attrs, len) {
			uint16_t type = mnl_attr_get_type(attr);

			if (!has_mki || (type != KSRTP_A_KEY_FROM &&
					 type != KSRTP_A_KEY_TO))
				mnl_attr_put(nlh, type,
					     mnl_attr_get_payload_len(attr),
					     mnl_attr_get_payload(attr));
		}
		kernel_queue(set, session);
	}
}

/* Sessions to be made, and streams of others to be installed, together. */
static struct session *due_sessions[DUE];
static struct stream *due_streams[DUE];
static unsigned int sessions_n, streams_n;

/**
 * restore_session() - make a session as its record says, by restore_flush()
 * @session: the session; one that is there is replaced, if it can be
 * @base: epoch that the next host at work will have at least
 */
void restore_session(struct session *session, uint64_t base)
{
	if (!session->config.len)
		return;
	if (session->due)
		restore_flush();
	if (base <= session->version.epoch)
		base = session->version.epoch + 1;
	session->base = base;
	session->due = true;
	due_sessions[sessions_n++] = session;
	if (sessions_n == DUE)
		restore_flush();
}

/*
 * Begin at @first, with a block from there. Where the kernel is ahead, as with an
 * older record, it stays there; what is beyond the block is not ours.
 */
static void begin_at(struct stream *stream, int kind, uint64_t first,
		     uint64_t block, uint64_t max)
{
	uint64_t limit = least(first + block, max + 1);

	first = least(first, max);
	if (stream->first[kind] < first)
		stream->first[kind] = first;
	stream->kernel_limit[kind] = limit > stream->first[kind] ?
				     limit : stream->first[kind];
}

static void put_send(struct stream *stream, uint64_t gap, struct nlmsghdr *nlh)
{
	const struct settings *s = stream->session->group->settings;
	uint64_t block = stream->session->block;
	uint64_t top = (uint64_t)stream->roc << 16 | stream->seq;

	if (stream->limit[RTP] && stream->has_seq && s->local_senders) {
		begin_at(stream, RTP, stream->limit[RTP] + gap * s->rtp_block,
			 s->rtp_block, KSRTP_INDEX_MAX);
		top = stream->first[RTP] - 1;
	} else {
		stream->kernel_limit[RTP] = stream->limit[RTP];
	}
	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_ROC, top >> 16);
	if (stream->has_seq) {
		mnl_attr_put_u16(nlh, KSRTP_A_STREAM_SEQ, top & 0xffff);
		if (stream->kernel_limit[RTP])
			mnl_attr_put_u64(nlh, KSRTP_A_STREAM_RTP_LIMIT,
					 stream->kernel_limit[RTP]);
	}
	if (!stream->limit[RTCP])
		return;
	begin_at(stream, RTCP, stream->limit[RTCP] + gap * block, block,
		 SRTCP_INDEX_MAX);
	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_SRTCP_INDEX,
			 stream->first[RTCP] - 1);
	mnl_attr_put_u64(nlh, KSRTP_A_STREAM_SRTCP_LIMIT,
			 stream->kernel_limit[RTCP]);
}

static void put_replay(const struct stream *stream, int kind, uint16_t type,
		       struct nlmsghdr *nlh)
{
	if (stream->replay[kind].len)
		mnl_attr_put(nlh, type, stream->replay[kind].len,
			     stream->replay[kind].data);
}

static void put_recv(const struct stream *stream, struct nlmsghdr *nlh)
{
	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_ROC, stream->roc);
	if (stream->has_seq) {
		mnl_attr_put_u16(nlh, KSRTP_A_STREAM_SEQ, stream->seq);
		put_replay(stream, RTP, KSRTP_A_STREAM_RTP_REPLAY, nlh);
	}
	if (stream->has_srtcp) {
		mnl_attr_put_u32(nlh, KSRTP_A_STREAM_SRTCP_INDEX,
				 stream->srtcp);
		put_replay(stream, RTCP, KSRTP_A_STREAM_RTCP_REPLAY, nlh);
	}
}

static void installed(int error, const struct nlattr *attrs, unsigned int len,
		      void *data)
{
	struct group *group = data;

	(void)attrs;
	(void)len;
	if (error)
		group->refused++;
	else
		group->applied++;
}

static void install(struct stream *stream)
{
	struct nlmsghdr *nlh = kernel_request(KSRTP_CMD_STREAM_SET,
					      &stream_set);
	uint64_t base = stream->base;

	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_SESSION_ID, stream->session->id);
	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_DIRECTION, stream->direction);
	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_SSRC, stream->ssrc);
	if (stream->direction == KSRTP_DIRECTION_SEND)
		put_send(stream, base - stream->version.epoch - 1, nlh);
	else
		put_recv(stream, nlh);
	kernel_queue(installed, stream->session->group);
}

static void set_base(struct stream *stream, uint64_t base)
{
	if (base <= stream->version.epoch)
		base = stream->version.epoch + 1;
	stream->base = base;
}

/**
 * restore_stream() - install a stream as its record says, by restore_flush()
 * @stream: the stream
 * @base: epoch that the next host at work will have at least
 */
void restore_stream(struct stream *stream, uint64_t base)
{
	/* with its session, once that is made */
	if (!stream->session->id || stream->is_new)
		return;
	set_base(stream, base);
	if (streams_n && due_streams[streams_n - 1] == stream)
		return;
	due_streams[streams_n++] = stream;
	if (streams_n == DUE)
		restore_flush();
}

/* Have the kernel's state be as records say; before any of them is gone. */
void restore_flush(void)
{
	struct session *session;
	struct stream *stream;
	uint32_t former[DUE];
	unsigned int i;

	for (i = 0; i < sessions_n; i++) {
		former[i] = due_sessions[i]->id;
		session_set_id(due_sessions[i], 0);
		make(due_sessions[i]);
	}
	kernel_commit();
	for (i = 0; i < sessions_n; i++) {
		session = due_sessions[i];
		session->due = false;
		/* what cannot be made leaves what there is */
		if (!session->id) {
			session_set_id(session, former[i]);
			continue;
		}
		/* the kernel has replaced it, unless its flow was another */
		if (former[i])
			restore_delete(former[i]);
		for (stream = session->streams; stream; stream = stream->next) {
			if (stream->is_new)
				continue;
			memset(stream->first, 0, sizeof(stream->first));
			set_base(stream, session->base);
			install(stream);
		}
		add_keys(session, KSRTP_DIRECTION_SEND);
		add_keys(session, KSRTP_DIRECTION_RECV);
	}
	for (i = 0; i < streams_n; i++)
		if (due_streams[i]->session->id)
			install(due_streams[i]);
	kernel_commit();
	sessions_n = 0;
	streams_n = 0;
}

static void raise_start(struct session *session, uint64_t base)
{
	uint64_t start = session->start +
			 (base - session->version.epoch) * session->block;
	struct nlattr *nest;
	struct nlmsghdr *nlh;

	nlh = kernel_request(KSRTP_CMD_SESSION_SET, &session_set);
	mnl_attr_put_u32(nlh, KSRTP_A_SESSION_ID, session->id);
	nest = mnl_attr_nest_start(nlh, KSRTP_A_SESSION_SEND);
	mnl_attr_put_u32(nlh, KSRTP_A_DIRECTION_SRTCP_START,
			 least(start, SRTCP_INDEX_MAX));
	mnl_attr_nest_end(nlh, nest);
	session->base = base;
	kernel_queue(set, session);
}

/**
 * restore_again() - have a session as its record says that is already as before
 * @session: the session, whose settings and keys are the same
 * @base: epoch that the next host at work will have at least
 */
void restore_again(struct session *session, uint64_t base)
{
	const struct nlattr *attrs;
	unsigned int len;

	if (base <= session->version.epoch)
		base = session->version.epoch + 1;
	session->base = base;
	if (session->id && !session->due &&
	    attributes_have(session, KSRTP_DIRECTION_SEND, &attrs, &len))
		raise_start(session, base);
}

/**
 * restore_base() - have all state ready for an epoch
 * @group: the group
 * @base: the epoch
 *
 * Most of it is, since a standby host counts on the next one.
 */
void restore_base(struct group *group, uint64_t base)
{
	const struct nlattr *attrs;
	struct session *session;
	struct stream *stream;
	unsigned int len;

	for (session = group->sessions; session; session = session->next) {
		if (!session->id) {
			restore_session(session, base);
			continue;
		}
		if (session->base != base &&
		    attributes_have(session, KSRTP_DIRECTION_SEND, &attrs,
				    &len))
			raise_start(session, base);
		for (stream = session->streams; stream; stream = stream->next)
			if (stream->base != base)
				restore_stream(stream, base);
	}
	restore_flush();
}

static void note_id(const struct attr_set *set, const struct nlattr *attrs,
		    unsigned int len, void *data)
{
	struct group *group = data;
	struct session *session;
	uint32_t id = attributes_number(attrs, len, KSRTP_A_SESSION_ID, 0);

	(void)set;
	if (attributes_number(attrs, len, KSRTP_A_SESSION_LEASE, 0) !=
	    group->id || group_find(group, id))
		return;
	session = group_add(group, id);
	if (session)
		session_set_id(session, id);
}

/**
 * restore_withdraw() - delete a group's sessions from this host's kernel
 * @group: the group, which another host is at work for; forgets everything
 */
void restore_withdraw(struct group *group)
{
	struct session *session;

	group_clear(group);
	kernel_request(KSRTP_CMD_SESSION_GET, &session_set);
	kernel_dump(note_id, group);
	for (session = group->sessions; session; session = session->next)
		restore_delete(session->id);
	kernel_commit();
	group_clear(group);
	/* so that a group which was set is one that this host has worked for */
	mnl_attr_put_u32(kernel_request(KSRTP_CMD_LEASE_DEL, &lease_set),
			 KSRTP_A_LEASE_ID, group->id);
	kernel_do(NULL, NULL);
}
