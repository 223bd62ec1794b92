// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "attributes.h"
#include "epoch.h"
#include "kernel.h"
#include "keys.h"
#include "session.h"
#include "util/fail.h"

/* Delete a session of the kernel, by kernel_commit(). */
void session_delete(uint32_t id)
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

	while (keys_next(session, &at, attrs, len))
		if (attributes_number(*attrs, *len, KSRTP_A_KEY_DIRECTION, 0) ==
		    direction)
			return is_plain(*attrs, *len) ? at : 0;
	return 0;
}

/* First SRTCP index of new streams in an epoch: each has a block of its own. */
static uint32_t start_of(const struct session *session, uint64_t base)
{
	return least(session->start +
		     (base - session->version.epoch) * session->block,
		     SRTCP_INDEX_MAX);
}

static void put_direction(const struct session *session, uint8_t direction,
			  uint64_t base, struct nlmsghdr *nlh)
{
	const struct settings *s = session->group->settings;
	bool sends = direction == KSRTP_DIRECTION_SEND;
	const struct nlattr *attrs, *attr;
	struct nlattr *nest;
	unsigned int len;

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
		mnl_attr_put_u32(nlh, KSRTP_A_DIRECTION_SRTCP_BLOCK,
				 s->srtcp_block);
		mnl_attr_put_u32(nlh, KSRTP_A_DIRECTION_SRTCP_START,
				 start_of(session, base));
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
	static char said[160];

	session->group->refused++;
	session->refused = true;
	/* thousands may be refused for the same reason */
	if (!strncmp(said, why, sizeof(said) - 1))
		return;
	snprintf(said, sizeof(said), "%s", why);
	warn("group %u: sessions cannot be made: %s", session->group->id, why);
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

/* Make a session as its record says, by kernel_commit(); it gets its id then. */
void session_make(struct session *session)
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

/* Add further keys of a direction to a session that was made, by kernel_commit(). */
void session_add_keys(struct session *session, uint8_t direction)
{
	const struct nlattr *attrs, *attr;
	struct nlmsghdr *nlh;
	unsigned int len;
	size_t at = 0, first = first_key(session, direction, &attrs, &len);
	bool has_mki;

	while (keys_next(session, &at, &attrs, &len)) {
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

/* Have new streams of a session begin where an epoch may, by kernel_commit(). */
void session_raise(struct session *session, uint64_t base)
{
	struct nlattr *nest;
	struct nlmsghdr *nlh;

	nlh = kernel_request(KSRTP_CMD_SESSION_SET, &session_set);
	mnl_attr_put_u32(nlh, KSRTP_A_SESSION_ID, session->id);
	nest = mnl_attr_nest_start(nlh, KSRTP_A_SESSION_SEND);
	mnl_attr_put_u32(nlh, KSRTP_A_DIRECTION_SRTCP_START,
			 start_of(session, base));
	mnl_attr_nest_end(nlh, nest);
	session->base = base;
	kernel_queue(set, session);
}
