// SPDX-License-Identifier: GPL-2.0
/* Sessions of the kernel: creation, change, query and deletion. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "channel.h"
#include "description.h"
#include "libksrtp.h"
#include "spare.h"

/* The handle exists even after an error, to get the message from. */
int ksrtp_open(struct ksrtp **handle)
{
	int ret;

	*handle = calloc(1, sizeof(**handle));
	if (!*handle)
		return -ENOMEM;
	ret = channel_connect(*handle);
	if (ret || (*handle)->family_id)
		return ret;
	snprintf((*handle)->error, sizeof((*handle)->error),
		 "the kernel module is not loaded");
	return -ENOENT;
}

void ksrtp_close(struct ksrtp *handle)
{
	if (handle) {
		ksrtp_session_free(handle->settings);
		channel_close(handle);
	}
	free(handle);
}

const char *ksrtp_error(const struct ksrtp *handle)
{
	return handle ? handle->error : strerror(ENOMEM);
}

static void id_found(const struct attr_set *set, const struct nlattr *attrs,
		     unsigned int len, void *id)
{
	const struct nlattr *attr;

	(void)set;
	mnl_attr_for_each_payload(attrs, len)
		if (mnl_attr_get_type(attr) == KSRTP_A_SESSION_ID)
			*(uint32_t *)id = mnl_attr_get_u32(attr);
}

/* Is the handle ready, and the description complete and without errors? */
static int check(struct ksrtp *handle, const struct ksrtp_session *session)
{
	int ret = channel_ready(handle);

	if (!ret && !session)
		ret = channel_fail(handle, -ENOMEM, "a session");
	if (!ret && session->broken)
		ret = channel_refuse(handle, session->broken, "%s",
				     session->error);
	return ret;
}

int ksrtp_session_add(struct ksrtp *handle,
		      const struct ksrtp_session *session, uint32_t *id)
{
	char error[sizeof(handle->error)];
	struct complaint complaint = { 0 };
	int ret = check(handle, session);
	uint32_t made = 0;

	if (ret)
		return ret;
	ret = description_check(session, &complaint);
	if (ret)
		return channel_refuse(handle, ret, "%s", complaint.text);
	description_put(session, channel_request(handle, KSRTP_CMD_SESSION_NEW,
						 &session_set));
	ret = channel_do(handle, id_found, &made);
	if (!ret && id)
		*id = made;
	if (ret || !spares_there(session))
		return ret;
	ret = spares_add(handle, session, made);
	/* when replacing another session, half a session is better than none */
	if (ret && !session->values[KSRTP_A_SESSION_REPLACE].number) {
		/* otherwise delete it, but keep its error message */
		memcpy(error, handle->error, sizeof(error));
		ksrtp_session_del(handle, made);
		memcpy(handle->error, error, sizeof(error));
	}
	return ret;
}

int ksrtp_session_change(struct ksrtp *handle,
			 const struct ksrtp_session *session)
{
	int ret = check(handle, session);
	uint32_t id = 0;
	bool more;

	if (ret)
		return ret;
	more = spares_there(session) || spares_replace(session);
	if (more)
		ret = spares_check(handle, session, &id);
	if (ret)
		return ret;
	description_put(session, channel_request(handle, KSRTP_CMD_SESSION_SET,
						 &session_set));
	ret = channel_do(handle, NULL, NULL);
	if (!ret && more)
		ret = spares_clear(handle, session, id);
	if (!ret && more)
		ret = spares_add(handle, session, id);
	return ret;
}

static int named(struct ksrtp *handle, int cmd, uint32_t id,
		 channel_reply reply, void *data)
{
	int ret = channel_ready(handle);

	if (ret)
		return ret;
	mnl_attr_put_u32(channel_request(handle, cmd, &session_set),
			 KSRTP_A_SESSION_ID, id);
	return channel_do(handle, reply, data);
}

int ksrtp_session_del(struct ksrtp *handle, uint32_t id)
{
	return named(handle, KSRTP_CMD_SESSION_DEL, id, NULL, NULL);
}

struct counters {
	uint16_t direction;	/* the session's attribute */
	uint64_t *values;
	size_t n;
};

static void counters_found(const struct attr_set *set,
			   const struct nlattr *attrs, unsigned int len,
			   void *data)
{
	const struct nlattr *direction, *stats, *attr;
	struct counters *counters = data;
	uint16_t type;

	(void)set;
	mnl_attr_for_each_payload(attrs, len) {
		if (mnl_attr_get_type(attr) != counters->direction)
			continue;
		direction = attr;
		mnl_attr_for_each_nested(stats, direction) {
			if (mnl_attr_get_type(stats) !=
			    KSRTP_A_DIRECTION_STATS)
				continue;
			mnl_attr_for_each_nested(attr, stats) {
				type = mnl_attr_get_type(attr);
				if (type != KSRTP_A_STATS_PAD &&
				    type < counters->n)
					counters->values[type] =
						mnl_attr_get_u64(attr);
			}
		}
		attr = direction;
	}
}

/* Counters by enum ksrtp_stats_attr, at most @n of them. */
int ksrtp_session_counters(struct ksrtp *handle, uint32_t id,
			   enum ksrtp_direction_id direction,
			   uint64_t *values, size_t n)
{
	struct counters counters = { .values = values, .n = n };

	if (direction == KSRTP_DIRECTION_SEND)
		counters.direction = KSRTP_A_SESSION_SEND;
	else if (direction == KSRTP_DIRECTION_RECV)
		counters.direction = KSRTP_A_SESSION_RECV;
	else
		return channel_fail(handle, -EINVAL,
				    "direction: neither send nor recv");
	memset(values, 0, n * sizeof(*values));
	return named(handle, KSRTP_CMD_SESSION_GET, id, counters_found,
		     &counters);
}
