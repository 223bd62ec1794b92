// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "attributes.h"
#include "keys.h"
#include "lib/attrs.h"

#define SPACE 16384

static union {
	struct nlmsghdr header;
	char bytes[SPACE];
} space;

/* Keys of a former policy, and those on their way out, are not carried over. */
static bool key_counts(const struct nlattr *attrs, unsigned int len)
{
	uint32_t state = attributes_number(attrs, len, KSRTP_A_KEY_STATE, 0);

	return (state == KSRTP_KEY_ACTIVE || state == KSRTP_KEY_STANDBY) &&
	       !attributes_number(attrs, len, KSRTP_A_KEY_SUITE, 0);
}

static bool has_sealed(const struct nlattr *attrs, unsigned int len)
{
	const struct nlattr *attr;

	mnl_attr_for_each_payload(attrs, len)
		if (mnl_attr_get_type(attr) == KSRTP_A_KEY_SEALED)
			return true;
	return false;
}

/**
 * keys_add() - take over what the kernel tells of a key
 * @session: gets it, active keys first
 * @attrs: the kernel's answer, with the key sealed
 * @len: its length
 *
 * Return: false if there is no memory
 */
bool keys_add(struct session *session, const struct nlattr *attrs,
	      unsigned int len)
{
	bool active = attributes_number(attrs, len, KSRTP_A_KEY_STATE, 0) ==
		      KSRTP_KEY_ACTIVE;
	struct bytes *keys = &session->keys;
	const struct nlattr *attr;
	const struct attr *known;
	unsigned char *whole;
	unsigned int type;
	uint16_t size;
	size_t n;

	if (!key_counts(attrs, len))
		return true;
	/* it came before there was a seal key, and is not to be had any more */
	if (!has_sealed(attrs, len)) {
		session->group->unsealed++;
		return true;
	}
	mnl_nlmsg_put_header(&space);
	mnl_attr_for_each_payload(attrs, len) {
		type = mnl_attr_get_type(attr);
		known = attrs_get(&key_set, type);
		if (!known || known->reported || type == KSRTP_A_KEY_SESSION_ID)
			continue;
		mnl_attr_put(&space.header, type,
			     mnl_attr_get_payload_len(attr),
			     mnl_attr_get_payload(attr));
	}
	size = mnl_nlmsg_get_payload_len(&space.header);
	n = sizeof(size) + size;
	whole = malloc(keys->len + n);
	if (!whole)
		return false;
	/* a sender uses the first key that it gets */
	memcpy(whole + (active ? n : 0), keys->data ?: whole, keys->len);
	memcpy(whole + (active ? 0 : keys->len), &size, sizeof(size));
	memcpy(whole + (active ? 0 : keys->len) + sizeof(size),
	       mnl_nlmsg_get_payload(&space.header), size);
	free(keys->data);
	*keys = (struct bytes){ whole, keys->len + n };
	return true;
}

/* Go through a session's keys; @at begins with 0. */
bool keys_next(const struct session *session, size_t *at,
	       const struct nlattr **attrs, unsigned int *len)
{
	const struct bytes *keys = &session->keys;
	uint16_t size;

	if (keys->len - *at < sizeof(size))
		return false;
	memcpy(&size, keys->data + *at, sizeof(size));
	if (keys->len - *at - sizeof(size) < size)
		return false;
	/* attributes are aligned, and keys are not */
	memcpy(&space, keys->data + *at + sizeof(size), size);
	*attrs = (const struct nlattr *)&space;
	*len = size;
	*at += sizeof(size) + size;
	return true;
}

/* Are the keys that a record has well-formed? */
bool keys_are_sound(const struct session *session)
{
	const struct nlattr *attrs;
	unsigned int len;
	size_t at = 0;

	while (keys_next(session, &at, &attrs, &len))
		if (!attributes_fill(&key_set, (const void *)attrs, len))
			return false;
	return at == session->keys.len;
}
