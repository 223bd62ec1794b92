// SPDX-License-Identifier: GPL-2.0
/* Keys that leave the kernel sealed, and seal keys. */
#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "channel.h"
#include "complaint.h"
#include "description.h"
#include "libksrtp.h"
#include "registry.h"

/**
 * ksrtp_direction_sealed() - give a direction a key that another host has sealed
 * @session: the description
 * @direction: the direction
 * @suite_id: its suite
 * @sealed: what ksrtp_session_sealed() told there
 * @len: its length
 *
 * The kernel opens it if it has the seal key, and if flow, direction, suite, MKI and
 * what else protects packets are as they were.
 *
 * Return: 0, or a negative errno
 */
int ksrtp_direction_sealed(struct ksrtp_session *session,
			   enum ksrtp_direction_id direction,
			   enum ksrtp_suite_id suite_id, const void *sealed,
			   size_t len)
{
	const struct suite *suite = registry_suite(suite_id);
	struct complaint complaint = { .place = "sealed" };
	int ret;

	ret = description_check_suite(session, direction, suite, suite_id,
				      &complaint);
	if (ret)
		return description_end(session, ret, &complaint);
	description_suite(session, direction, suite);
	return ksrtp_direction_set_bytes(session, direction,
					 KSRTP_A_DIRECTION_SEALED, sealed, len);
}

/**
 * ksrtp_seal_add() - have a seal key
 * @handle: the handle, of a process with CAP_SYS_ADMIN
 * @id: its number, which is the same on all hosts
 * @key: the key
 * @len: 32
 * @flags: KSRTP_SEAL_NOW, or 0 for a key that opens only
 *
 * Keys that come to the kernel before there is one never leave it.
 *
 * Return: 0, or a negative errno
 */
int ksrtp_seal_add(struct ksrtp *handle, uint32_t id, const void *key,
		   size_t len, unsigned int flags)
{
	int ret = channel_ready(handle);
	struct nlmsghdr *nlh;

	if (ret)
		return ret;
	if (flags & ~KSRTP_SEAL_NOW)
		return channel_fail(handle, -EINVAL, "unknown flags");
	if (!key || len > UINT8_MAX)
		return channel_fail(handle, -EINVAL, "key: not of 32 bytes");
	nlh = channel_request(handle, KSRTP_CMD_SEAL_SET, &seal_set);
	mnl_attr_put_u32(nlh, KSRTP_A_SEAL_ID, id);
	mnl_attr_put(nlh, KSRTP_A_SEAL_KEY, len, key);
	if (flags & KSRTP_SEAL_NOW)
		mnl_attr_put(nlh, KSRTP_A_SEAL_CURRENT, 0, NULL);
	return channel_do(handle, NULL, NULL);
}

/**
 * ksrtp_seal_del() - wipe a seal key
 * @handle: the handle
 * @id: its number
 *
 * Return: 0, or a negative errno
 */
int ksrtp_seal_del(struct ksrtp *handle, uint32_t id)
{
	int ret = channel_ready(handle);

	if (ret)
		return ret;
	mnl_attr_put_u32(channel_request(handle, KSRTP_CMD_SEAL_DEL, &seal_set),
			 KSRTP_A_SEAL_ID, id);
	return channel_do(handle, NULL, NULL);
}

struct wanted {
	uint32_t direction;
	void *sealed;
	size_t room, len;
	bool is_there;
};

/* Of a direction's keys, the one in use. */
static void key_found(const struct attr_set *set, const struct nlattr *attrs,
		      unsigned int len, void *data)
{
	const struct nlattr *attr, *sealed = NULL;
	uint32_t state = 0, direction = 0;
	struct wanted *wanted = data;

	(void)set;
	mnl_attr_for_each_payload(attrs, len) {
		switch (mnl_attr_get_type(attr)) {
		case KSRTP_A_KEY_STATE:
			state = mnl_attr_get_u32(attr);
			break;
		case KSRTP_A_KEY_DIRECTION:
			direction = mnl_attr_get_u32(attr);
			break;
		case KSRTP_A_KEY_SEALED:
			sealed = attr;
			break;
		}
	}
	if (direction != wanted->direction || state != KSRTP_KEY_ACTIVE)
		return;
	wanted->is_there = true;
	if (!sealed)
		return;
	wanted->len = mnl_attr_get_payload_len(sealed);
	if (wanted->len <= wanted->room)
		memcpy(wanted->sealed, mnl_attr_get_payload(sealed),
		       wanted->len);
}

static void begin(void *data)
{
	struct wanted *wanted = data;

	wanted->is_there = false;
	wanted->len = 0;
}

/**
 * ksrtp_session_sealed() - get the key in use of a direction, sealed
 * @handle: the handle
 * @id: the session
 * @direction: the direction
 * @sealed: where to
 * @len: room there, and then the key's length; KSRTP_SEALED_MAX is enough
 *
 * Further keys are told by a dump of KSRTP_CMD_KEY_GET with KSRTP_A_KEY_SEAL.
 *
 * Return: 0, -ENOKEY if there is no seal key, -ENODATA if the direction has no key, or
 * one that came before there was a seal key, -EMSGSIZE if there is too little room, or
 * another negative errno
 */
int ksrtp_session_sealed(struct ksrtp *handle, uint32_t id,
			 enum ksrtp_direction_id direction, void *sealed,
			 size_t *len)
{
	struct wanted wanted = { .direction = direction, .sealed = sealed };
	int ret = channel_ready(handle);
	struct nlmsghdr *nlh;

	if (ret)
		return ret;
	wanted.room = *len;
	nlh = channel_request(handle, KSRTP_CMD_KEY_GET, &key_set);
	mnl_attr_put_u32(nlh, KSRTP_A_KEY_SESSION_ID, id);
	mnl_attr_put_u32(nlh, KSRTP_A_KEY_DIRECTION, direction);
	mnl_attr_put(nlh, KSRTP_A_KEY_SEAL, 0, NULL);
	ret = channel_dump(handle, begin, key_found, &wanted);
	if (ret)
		return ret;
	if (!wanted.is_there)
		return channel_fail(handle, -ENODATA, "the direction has no key");
	if (!wanted.len)
		return channel_fail(handle, -ENODATA,
				    "the key came before there was a seal key");
	*len = wanted.len;
	return wanted.len <= wanted.room ? 0 :
	       channel_fail(handle, -EMSGSIZE, "the sealed key");
}
