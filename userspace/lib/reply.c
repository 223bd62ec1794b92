// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "reply.h"

/* Discard earlier answers. */
void replies_begin(void *data)
{
	struct replies *replies = data;

	replies->len = 0;
}

static bool make_room(struct replies *replies, size_t size)
{
	size_t room = replies->room ? replies->room : 4096;
	char *bytes;

	while (room - replies->len < size)
		room *= 2;
	if (room == replies->room)
		return true;
	bytes = realloc(replies->bytes, room);
	if (!bytes)
		return false;
	replies->bytes = bytes;
	replies->room = room;
	return true;
}

/* Store an answer, preceded by its length. */
void replies_add(const struct attr_set *set, const struct nlattr *attrs,
		 unsigned int len, void *data)
{
	size_t size = sizeof(uint64_t) + MNL_ALIGN(len);
	struct replies *replies = data;
	uint64_t head = len;

	replies->set = set;
	if (!make_room(replies, size)) {
		replies->lost = true;
		return;
	}
	memcpy(replies->bytes + replies->len, &head, sizeof(head));
	memcpy(replies->bytes + replies->len + sizeof(head), attrs, len);
	replies->len += size;
}

/* Get the answer at offset @at, which is advanced; 0 is the first one. */
bool replies_next(const struct replies *replies, size_t *at,
		  struct ksrtp_reply *reply)
{
	uint64_t len;

	if (*at >= replies->len)
		return false;
	memcpy(&len, replies->bytes + *at, sizeof(len));
	reply->attrs = replies->bytes + *at + sizeof(len);
	reply->len = len;
	reply->set = replies->set;
	*at += sizeof(len) + MNL_ALIGN(len);
	return true;
}

void replies_free(struct replies *replies)
{
	free(replies->bytes);
}

static const struct nlattr *find(const struct ksrtp_reply *reply,
				 unsigned int wanted)
{
	const struct nlattr *attr;

	mnl_attr_for_each_payload(reply->attrs, reply->len)
		if (mnl_attr_get_type(attr) == wanted)
			return attr;
	return NULL;
}

/* -ENODATA if the answer does not contain it. */
int ksrtp_reply_number(const struct ksrtp_reply *reply, unsigned int wanted,
		       uint64_t *number)
{
	const struct attr *known = attrs_get(reply->set, wanted);
	const struct nlattr *attr = find(reply, wanted);

	if (!known)
		return -EINVAL;
	if (!attr)
		return -ENODATA;
	switch (known->type) {
	case ATTR_FLAG:
		*number = 1;
		return 0;
	case ATTR_BOOL:
		*number = mnl_attr_get_u8(attr);
		return 0;
	case ATTR_U16:
	case ATTR_FAMILY:
		*number = mnl_attr_get_u16(attr);
		return 0;
	case ATTR_PORT:
		*number = ntohs(mnl_attr_get_u16(attr));
		return 0;
	case ATTR_U32:
	case ATTR_SSRC:
	case ATTR_SUITE:
	case ATTR_WORD:
		*number = mnl_attr_get_u32(attr);
		return 0;
	case ATTR_U64:
		*number = mnl_attr_get_u64(attr);
		return 0;
	default:
		return -EINVAL;
	}
}

int ksrtp_reply_bytes(const struct ksrtp_reply *reply, unsigned int wanted,
		      const void **bytes, size_t *len)
{
	const struct attr *known = attrs_get(reply->set, wanted);
	const struct nlattr *attr = find(reply, wanted);

	if (!known || (known->type != ATTR_STRING &&
		       known->type != ATTR_BINARY && known->type != ATTR_LIST &&
		       known->type != ATTR_ADDRESS &&
		       known->type != ATTR_PORTS &&
		       known->type != ATTR_SSRCS))
		return -EINVAL;
	if (!attr)
		return -ENODATA;
	*bytes = mnl_attr_get_payload(attr);
	*len = mnl_attr_get_payload_len(attr);
	return 0;
}

/* Contents of a nested attribute: a direction, or counters. */
int ksrtp_reply_nested(const struct ksrtp_reply *reply, unsigned int wanted,
		       struct ksrtp_reply *inner)
{
	const struct attr *known = attrs_get(reply->set, wanted);
	const struct nlattr *attr = find(reply, wanted);

	if (!known || known->type != ATTR_NEST)
		return -EINVAL;
	if (!attr)
		return -ENODATA;
	inner->attrs = mnl_attr_get_payload(attr);
	inner->len = mnl_attr_get_payload_len(attr);
	inner->set = known->nested;
	return 0;
}

/* A number, or @otherwise if the answer does not contain it. */
uint64_t reply_number(const struct ksrtp_reply *reply, unsigned int attr,
		      uint64_t otherwise)
{
	uint64_t value;

	return ksrtp_reply_number(reply, attr, &value) ? otherwise : value;
}
