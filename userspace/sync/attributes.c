// SPDX-License-Identifier: GPL-2.0
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "attributes.h"
#include "digest.h"
#include "lib/attrs.h"

#define SPACE 16384

static union {
	struct nlmsghdr header;
	char bytes[SPACE];
} space;

/* A number among attributes. */
uint32_t attributes_number(const struct nlattr *attrs, unsigned int len,
			   unsigned int type, uint32_t otherwise)
{
	const struct nlattr *attr;

	mnl_attr_for_each_payload(attrs, len)
		if (mnl_attr_get_type(attr) == type &&
		    mnl_attr_get_payload_len(attr) == sizeof(uint32_t))
			return mnl_attr_get_u32(attr);
	return otherwise;
}

/* Is it what a setting has by default? Some suites refuse even to hear it. */
static bool is_default(const struct attr *known, const struct nlattr *attr,
		       unsigned int type)
{
	unsigned int len = mnl_attr_get_payload_len(attr);
	const unsigned char *byte = mnl_attr_get_payload(attr);
	const char *word;

	switch (known->type) {
	case ATTR_WORD:
		word = words_get(known->words, mnl_attr_get_u32(attr));
		return word && !strcmp(word, "off");
	case ATTR_U32:
		if (type == KSRTP_A_DIRECTION_RCC_RATE &&
		    mnl_attr_get_u32(attr) == 1)
			return true;
		/* fall through */
	case ATTR_BOOL:
	case ATTR_U64:
	case ATTR_LIST:
		while (len && !*byte) {
			byte++;
			len--;
		}
		return !len;
	default:
		return false;
	}
}

/* Does it belong to a key, which comes apart? */
static bool is_of_key(unsigned int type)
{
	switch (type) {
	case KSRTP_A_DIRECTION_MKI:
	case KSRTP_A_DIRECTION_RTP_LIFETIME:
	case KSRTP_A_DIRECTION_RTCP_LIFETIME:
	case KSRTP_A_DIRECTION_SOFT_LIMIT:
	case KSRTP_A_DIRECTION_OVERLAP:
	case KSRTP_A_DIRECTION_EKT_SPI:
		return true;
	default:
		return false;
	}
}

static bool has(const struct nlattr *nest, unsigned int type)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == type)
			return true;
	return false;
}

static void copy_direction(const struct attr *known, const struct nlattr *nest)
{
	struct nlmsghdr *nlh = &space.header;
	struct nlattr *copy = mnl_attr_nest_start(nlh, mnl_attr_get_type(nest));
	bool ekt = has(nest, KSRTP_A_DIRECTION_EKT_SEALED);
	const struct attr *inner;
	const struct nlattr *attr;
	unsigned int type;

	mnl_attr_for_each_nested(attr, nest) {
		type = mnl_attr_get_type(attr);
		inner = attrs_get(known->nested, type);
		if (!inner || inner->reported || is_of_key(type) ||
		    is_default(inner, attr, type) ||
		    /* without its key, EKT has to be set up again */
		    (!ekt && (type == KSRTP_A_DIRECTION_EKT_INTERVAL ||
			      type == KSRTP_A_DIRECTION_EKT_RATE)))
			continue;
		mnl_attr_put(nlh, type, mnl_attr_get_payload_len(attr),
			     mnl_attr_get_payload(attr));
	}
	mnl_attr_nest_end(nlh, copy);
}

/* What is of this host alone, or names the session here. */
static bool stays(unsigned int type)
{
	switch (type) {
	case KSRTP_A_SESSION_ID:
	case KSRTP_A_SESSION_IFINDEX:
	case KSRTP_A_SESSION_OWNED:
	case KSRTP_A_SESSION_LINGER:
	case KSRTP_A_SESSION_LEASE:
		return true;
	default:
		return false;
	}
}

static bool is_of_flow(unsigned int type)
{
	switch (type) {
	case KSRTP_A_SESSION_FAMILY:
	case KSRTP_A_SESSION_LOCAL_ADDRESS:
	case KSRTP_A_SESSION_REMOTE_ADDRESS:
	case KSRTP_A_SESSION_LOCAL_PORT:
	case KSRTP_A_SESSION_REMOTE_PORT:
	case KSRTP_A_SESSION_SSRC:
	case KSRTP_A_SESSION_PARKED:
		return true;
	default:
		return false;
	}
}

/* A digest of a session's flow, without its device. */
uint64_t attributes_place(const struct session *session)
{
	const struct nlattr *first = (const void *)session->config.data;
	const struct nlattr *attr;
	uint64_t value = DIGEST_BEGIN;

	mnl_attr_for_each_payload(first, session->config.len)
		if (is_of_flow(mnl_attr_get_type(attr)))
			value = digest_add(value, attr, attr->nla_len);
	return value;
}

/* Have a digest of a session's flow, by which it is known again. */
void attributes_digest(struct session *session)
{
	session->flow = digest_add(attributes_place(session), session->dev,
				   sizeof(session->dev));
}

/* A digest of all that a session is made with. */
uint64_t attributes_content(const struct session *session)
{
	uint64_t value = digest_add(session->flow, session->config.data,
				session->config.len);

	return digest_add(value, session->keys.data, session->keys.len);
}

/**
 * attributes_of_session() - take over what the kernel tells of a session
 * @session: gets its settings, as attributes of a request
 * @attrs: the kernel's answer
 * @len: its length
 *
 * Return: false if there is no memory
 */
bool attributes_of_session(struct session *session, const struct nlattr *attrs,
			   unsigned int len)
{
	const struct nlattr *attr, *send = NULL;
	const struct attr *known;
	bool has_dev = false;
	unsigned int type, n;

	session->is_gone = false;
	mnl_nlmsg_put_header(&space);
	mnl_attr_for_each_payload(attrs, len) {
		type = mnl_attr_get_type(attr);
		known = attrs_get(&session_set, type);
		if (type == KSRTP_A_SESSION_IFINDEX) {
			has_dev = true;
			/* of a device that has gone here, the name is as it was */
			session->is_gone =
				!if_indextoname(mnl_attr_get_u32(attr),
						session->dev);
		}
		if (type == KSRTP_A_SESSION_SEND)
			send = attr;
		if (!known || known->reported || stays(type))
			continue;
		if (known->type == ATTR_NEST)
			copy_direction(known, attr);
		else
			mnl_attr_put(&space.header, type,
				     mnl_attr_get_payload_len(attr),
				     mnl_attr_get_payload(attr));
	}
	if (!has_dev)
		memset(session->dev, 0, sizeof(session->dev));
	session->start = 1;
	session->block = 0;
	if (send) {
		attrs = mnl_attr_get_payload(send);
		n = mnl_attr_get_payload_len(send);
		session->start = attributes_number(attrs, n,
						   KSRTP_A_DIRECTION_SRTCP_START,
						   1);
		session->block = attributes_number(attrs, n,
						   KSRTP_A_DIRECTION_SRTCP_BLOCK,
						   0);
	}
	/* what is sealed for a device without a name opens nowhere */
	if (session->is_gone && session->config.len)
		return true;
	if (!bytes_set(&session->config,
		       mnl_nlmsg_get_payload(&space.header),
		       mnl_nlmsg_get_payload_len(&space.header)))
		return false;
	attributes_digest(session);
	return true;
}

/* Find a direction's nest in a session's settings. */
bool attributes_have(const struct session *session, uint8_t direction,
		     const struct nlattr **attrs, unsigned int *len)
{
	unsigned int type = direction == KSRTP_DIRECTION_SEND ?
			    KSRTP_A_SESSION_SEND : KSRTP_A_SESSION_RECV;
	const struct nlattr *first = (const void *)session->config.data;
	const struct nlattr *attr;

	mnl_attr_for_each_payload(first, session->config.len)
		if (mnl_attr_get_type(attr) == type) {
			*attrs = mnl_attr_get_payload(attr);
			*len = mnl_attr_get_payload_len(attr);
			return true;
		}
	return false;
}

/* Does a direction have EKT keys, which come with answers, but not with events? */
bool attributes_have_ekt(const struct session *session)
{
	static const uint8_t directions[] = { KSRTP_DIRECTION_SEND,
					      KSRTP_DIRECTION_RECV };
	const struct nlattr *attrs, *attr;
	unsigned int len, i;

	for (i = 0; i < 2; i++) {
		if (!attributes_have(session, directions[i], &attrs, &len))
			continue;
		mnl_attr_for_each_payload(attrs, len)
			if (mnl_attr_get_type(attr) ==
			    KSRTP_A_DIRECTION_EKT_SEALED)
				return true;
	}
	return false;
}

/* Nests are marked as such in requests. */
static void put_plain(const struct attr *known, const struct nlattr *attr,
		      struct nlmsghdr *nlh)
{
	uint16_t nested;

	if (!known || known->type == ATTR_NEST)
		return;
	nested = known->type == ATTR_NESTS ? NLA_F_NESTED : 0;
	mnl_attr_put(nlh, mnl_attr_get_type(attr) | nested,
		     mnl_attr_get_payload_len(attr),
		     mnl_attr_get_payload(attr));
}

/* Add what is not of a direction to a request. */
void attributes_put_flow(const struct session *session, struct nlmsghdr *nlh)
{
	const struct nlattr *first = (const void *)session->config.data;
	const struct nlattr *attr;

	mnl_attr_for_each_payload(first, session->config.len)
		put_plain(attrs_get(&session_set, mnl_attr_get_type(attr)),
			  attr, nlh);
}

/* Likewise for nests of one kind, such as relays. */
static bool nests_fill(const struct attr_set *set, const struct nlattr *nests)
{
	const struct nlattr *nest;
	size_t used = 0;

	mnl_attr_for_each_nested(nest, nests) {
		used += MNL_ALIGN(nest->nla_len);
		if (mnl_attr_get_type(nest) != KSRTP_A_RELAYS_RELAY ||
		    !attributes_fill(set, mnl_attr_get_payload(nest),
				     mnl_attr_get_payload_len(nest)))
			return false;
	}
	return used == mnl_attr_get_payload_len(nests);
}

/* Do attributes fill their place, and are all of them known here? */
bool attributes_fill(const struct attr_set *set, const unsigned char *data,
		     size_t len)
{
	const struct nlattr *first = (const void *)data, *attr;
	size_t used = 0;

	mnl_attr_for_each_payload(first, len) {
		const struct attr *known =
			attrs_get(set, mnl_attr_get_type(attr));

		used += MNL_ALIGN(attr->nla_len);
		if (!known || known->reported)
			return false;
		if (known->type == ATTR_NEST &&
		    !attributes_fill(known->nested, mnl_attr_get_payload(attr),
				     mnl_attr_get_payload_len(attr)))
			return false;
		if (known->type == ATTR_NESTS &&
		    !nests_fill(known->nested, attr))
			return false;
	}
	return used == len;
}

static uint64_t digest_stream(const struct stream *stream)
{
	uint64_t value = digest_add(DIGEST_BEGIN, &stream->kernel_limit,
				sizeof(stream->kernel_limit));
	int i;

	value = digest_add(value, &stream->roc, sizeof(stream->roc));
	value = digest_add(value, &stream->seq, sizeof(stream->seq));
	value = digest_add(value, &stream->srtcp, sizeof(stream->srtcp));
	for (i = 0; i < KINDS; i++)
		value = digest_add(value, stream->replay[i].data,
			       stream->replay[i].len);
	return value;
}

/* Take over how far a stream is; returns whether anything is new. */
bool attributes_of_stream(struct stream *stream, const struct nlattr *attrs,
			  unsigned int len)
{
	uint64_t before = digest_stream(stream);
	const struct nlattr *attr;

	stream->kernel_limit[RTP] = 0;
	stream->kernel_limit[RTCP] = 0;
	mnl_attr_for_each_payload(attrs, len) {
		switch (mnl_attr_get_type(attr)) {
		case KSRTP_A_STREAM_ROC:
			stream->roc = mnl_attr_get_u32(attr);
			break;
		case KSRTP_A_STREAM_SEQ:
			stream->seq = mnl_attr_get_u16(attr);
			stream->has_seq = true;
			break;
		case KSRTP_A_STREAM_SRTCP_INDEX:
			stream->srtcp = mnl_attr_get_u32(attr);
			stream->has_srtcp = true;
			break;
		case KSRTP_A_STREAM_RTP_LIMIT:
			stream->kernel_limit[RTP] = mnl_attr_get_u64(attr);
			break;
		case KSRTP_A_STREAM_SRTCP_LIMIT:
			stream->kernel_limit[RTCP] = mnl_attr_get_u64(attr);
			break;
		case KSRTP_A_STREAM_RTP_REPLAY:
		case KSRTP_A_STREAM_RTCP_REPLAY:
			/* what is sent counts as used anyway */
			if (stream->direction == KSRTP_DIRECTION_SEND)
				break;
			/* without memory all of the window counts as seen */
			if (!bytes_set(&stream->replay[mnl_attr_get_type(attr) ==
						       KSRTP_A_STREAM_RTCP_REPLAY],
				       mnl_attr_get_payload(attr),
				       mnl_attr_get_payload_len(attr)))
				bytes_free(&stream->replay[mnl_attr_get_type(attr) ==
							   KSRTP_A_STREAM_RTCP_REPLAY]);
			break;
		}
	}
	return digest_stream(stream) != before;
}
