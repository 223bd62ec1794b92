// SPDX-License-Identifier: GPL-2.0
#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "attributes.h"
#include "events.h"
#include "kernel.h"
#include "pace.h"
#include "source.h"

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
	session = source_take_session(group, attrs, len);
	if (session)
		session->stale = true;
}

/**
 * events_welcome() - take over sessions that others made before we were at work
 * @group: the group, which this host has begun to work for
 *
 * A call may be set up while the lease is on its way.
 */
void events_welcome(struct group *group)
{
	struct session *session;

	if (!group->has_strangers)
		return;
	group->has_strangers = false;
	kernel_request(KSRTP_CMD_SESSION_GET, &session_set);
	kernel_dump(stranger_listed, group);
	for (session = group->sessions; session; session = session->next)
		if (session->stale)
			source_set_pace(session);
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

	session = source_take_session(group, attrs, len);
	if (!session)
		return;
	if (session->echoes)
		session->echoes--;
	session->stale = !is_echo;
	if (!source_set_pace(session) && is_new)
		source_read_streams(group, session->id);
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
		if (is_there && lease == group->id)
			follow(group, attrs, len, session);
		else if (session)
			session_bury(session);
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
			stream = source_take_stream(session, attrs, len);
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
void events_follow(struct group *groups, unsigned int n, int cmd,
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
