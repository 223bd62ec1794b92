// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "attributes.h"
#include "kernel.h"
#include "restore.h"
#include "session.h"
#include "stream.h"

/* As many as the kernel is given together. */
#define DUE 128

/* Sessions to be made, and streams of others to be installed, together. */
static struct session *due_sessions[DUE];
static struct stream *due_streams[DUE];
static unsigned int sessions_n, streams_n;

/* A record leaves no index below its epoch's, so state is for a later one. */
static uint64_t after(const struct version *version, uint64_t base)
{
	return base > version->epoch ? base : version->epoch + 1;
}

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
	session->base = after(&session->version, base);
	session->due = true;
	due_sessions[sessions_n++] = session;
	if (sessions_n == DUE)
		restore_flush();
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
	stream->base = after(&stream->version, base);
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
		session_make(due_sessions[i]);
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
			session_delete(former[i]);
		for (stream = session->streams; stream; stream = stream->next) {
			if (stream->is_new)
				continue;
			memset(stream->first, 0, sizeof(stream->first));
			stream->base = after(&stream->version, session->base);
			stream_install(stream);
		}
		session_add_keys(session, KSRTP_DIRECTION_SEND);
		session_add_keys(session, KSRTP_DIRECTION_RECV);
	}
	for (i = 0; i < streams_n; i++)
		if (due_streams[i]->session->id)
			stream_install(due_streams[i]);
	kernel_commit();
	sessions_n = 0;
	streams_n = 0;
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

	session->base = after(&session->version, base);
	if (session->id && !session->due &&
	    attributes_have(session, KSRTP_DIRECTION_SEND, &attrs, &len))
		session_raise(session, session->base);
}

/**
 * restore_base() - have all state ready for an epoch
 * @group: the group
 * @base: the epoch
 *
 * Most of it is, since a standby host counts on the next one; but for what a dead host
 * may have received.
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
			session_raise(session, base);
		for (stream = session->streams; stream; stream = stream->next)
			if (stream->base != base ||
			    (group->unreported &&
			     stream->direction == KSRTP_DIRECTION_RECV))
				restore_stream(stream, base);
	}
	restore_flush();
	group->unreported = 0;
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
		session_delete(session->id);
	kernel_commit();
	group_clear(group);
	/* so that a group which was set is one that this host has worked for */
	mnl_attr_put_u32(kernel_request(KSRTP_CMD_LEASE_DEL, &lease_set),
			 KSRTP_A_LEASE_ID, group->id);
	kernel_do(NULL, NULL);
}
