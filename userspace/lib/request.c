// SPDX-License-Identifier: GPL-2.0
/* Requests for any command, built attribute by attribute. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "reply.h"
#include "value.h"

struct ksrtp_request {
	enum ksrtp_cmd cmd;
	const struct attr_set *set;
	int broken;
	/* only attributes, behind a header for their length; may be keys */
	union {
		struct nlmsghdr header;
		char bytes[CHANNEL_REQUEST_MAX - 64];
	} attrs;
};

static const struct attr_set *set_of(enum ksrtp_cmd cmd)
{
	switch (cmd) {
	case KSRTP_CMD_SESSION_NEW:
	case KSRTP_CMD_SESSION_SET:
	case KSRTP_CMD_SESSION_DEL:
	case KSRTP_CMD_SESSION_GET:
	case KSRTP_CMD_SESSION_FLUSH:
		return &session_set;
	case KSRTP_CMD_STREAM_GET:
	case KSRTP_CMD_STREAM_SET:
		return &stream_set;
	case KSRTP_CMD_SUITE_GET:
		return &suite_set;
	case KSRTP_CMD_KEY_NEW:
	case KSRTP_CMD_KEY_USE:
	case KSRTP_CMD_KEY_DEL:
	case KSRTP_CMD_KEY_GET:
		return &key_set;
	case KSRTP_CMD_REQUIRE_NEW:
	case KSRTP_CMD_REQUIRE_DEL:
	case KSRTP_CMD_REQUIRE_GET:
		return &require_set;
	case KSRTP_CMD_STAT_GET:
		return &stat_set;
	case KSRTP_CMD_LEASE_SET:
	case KSRTP_CMD_LEASE_DEL:
	case KSRTP_CMD_LEASE_GET:
		return &lease_set;
	case KSRTP_CMD_SEAL_SET:
	case KSRTP_CMD_SEAL_DEL:
	case KSRTP_CMD_SEAL_GET:
		return &seal_set;
	case KSRTP_CMD_ATTACH_NEW:
	case KSRTP_CMD_ATTACH_DEL:
	case KSRTP_CMD_ATTACH_GET:
		return &attach_set;
	default:
		return NULL;
	}
}

/* NULL if there is no such command, or memory is short. */
struct ksrtp_request *ksrtp_request_new(enum ksrtp_cmd cmd)
{
	const struct attr_set *set = set_of(cmd);
	struct ksrtp_request *request;

	if (!set) {
		errno = EINVAL;
		return NULL;
	}
	request = calloc(1, sizeof(*request));
	if (!request)
		return NULL;
	request->cmd = cmd;
	request->set = set;
	mnl_nlmsg_put_header(request->attrs.bytes);
	return request;
}

void ksrtp_request_free(struct ksrtp_request *request)
{
	if (request)
		explicit_bzero(request, sizeof(*request));
	free(request);
}

/* After an error the request stays unusable, so that no attribute gets lost. */
static int end(struct ksrtp_request *request, int error)
{
	if (error && !request->broken)
		request->broken = error;
	return error;
}

static bool has_room(const struct ksrtp_request *request, size_t len)
{
	return mnl_nlmsg_get_payload_len(&request->attrs.header) + MNL_NLMSG_HDRLEN +
	       MNL_ATTR_HDRLEN + MNL_ALIGN(len) <= sizeof(request->attrs);
}

int ksrtp_request_set(struct ksrtp_request *request, unsigned int attr,
		      uint64_t number)
{
	struct value value = { .number = number };
	int ret;

	if (!request)
		return -EINVAL;
	ret = value_check(request->set, attr, number);
	if (!ret && !has_room(request, sizeof(number)))
		ret = -EMSGSIZE;
	if (!ret)
		value_put(&value, attr, request->set->attrs[attr].type,
			  &request->attrs.header);
	return end(request, ret);
}

int ksrtp_request_set_bytes(struct ksrtp_request *request, unsigned int attr,
			    const void *bytes, size_t len)
{
	int ret;

	if (!request)
		return -EINVAL;
	ret = value_check_bytes(request->set, attr);
	if (!ret && (len > UINT16_MAX || !has_room(request, len)))
		ret = -EMSGSIZE;
	if (!ret)
		mnl_attr_put(&request->attrs.header, attr, len, bytes);
	return end(request, ret);
}

static int begin(struct ksrtp *handle, const struct ksrtp_request *request)
{
	int ret = channel_ready(handle);
	const struct nlmsghdr *attrs;
	struct nlmsghdr *nlh;
	size_t len;

	if (ret)
		return ret;
	if (!request)
		return channel_fail(handle, -EINVAL, "no request");
	if (request->broken)
		return channel_fail(handle, request->broken,
				    "the request has an invalid attribute");
	attrs = &request->attrs.header;
	len = mnl_nlmsg_get_payload_len(attrs);
	nlh = channel_request(handle, request->cmd, request->set);
	memcpy(mnl_nlmsg_get_payload_tail(nlh), mnl_nlmsg_get_payload(attrs),
	       len);
	nlh->nlmsg_len += len;
	return 0;
}

/* The request is finished: pass its answers to @fn. */
static int tell(struct ksrtp *handle, struct replies *replies, int ret,
		ksrtp_reply_fn fn, void *data)
{
	struct ksrtp_reply reply;
	size_t at = 0;

	if (!ret && replies->lost)
		ret = channel_fail(handle, -ENOMEM, "answers");
	while (!ret && fn && replies_next(replies, &at, &reply))
		fn(&reply, data);
	replies_free(replies);
	return ret;
}

/* Carry out a request, and pass its answer, if any, to @fn, if given. */
int ksrtp_do(struct ksrtp *handle, const struct ksrtp_request *request,
	     ksrtp_reply_fn fn, void *data)
{
	struct replies replies = { 0 };
	int ret = begin(handle, request);

	if (!ret)
		ret = channel_do(handle, replies_add, &replies);
	return tell(handle, &replies, ret, fn, data);
}

/* Carry out a dump request, and pass all answers to @fn when it is complete. */
int ksrtp_dump(struct ksrtp *handle, const struct ksrtp_request *request,
	       ksrtp_reply_fn fn, void *data)
{
	struct replies replies = { 0 };
	int ret = begin(handle, request);

	if (!ret)
		ret = channel_dump(handle, replies_begin, replies_add,
				   &replies);
	return tell(handle, &replies, ret, fn, data);
}
