// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "attrs_json.h"
#include "genl.h"
#include "genl_json.h"
#include "lib/channel.h"

static void reply_add(const struct attr_set *set, const struct nlattr *attrs,
		      unsigned int len, void *replies)
{
	json_array_append_new(replies, attrs_json(set, attrs, len));
}

static void replies_clear(void *replies)
{
	json_array_clear(replies);
}

static int answer(json_t **first)
{
	json_t *replies = json_array();
	int ret = channel_do(genl_handle(), reply_add, replies);

	*first = json_incref(json_array_get(replies, 0));
	json_decref(replies);
	return ret;
}

/* Carry out a request; returns its answer, or NULL. */
json_t *genl_json_do(struct nlmsghdr *request)
{
	json_t *first;

	(void)request;
	genl_must(answer(&first));
	return first;
}

/* The same for a request that may be refused. */
json_t *genl_json_ask(struct nlmsghdr *request)
{
	json_t *first;

	(void)request;
	answer(&first);
	return first;
}

/* Carry out a dump request. */
json_t *genl_json_dump(struct nlmsghdr *request)
{
	json_t *replies = json_array();

	(void)request;
	genl_must(channel_dump(genl_handle(), replies_clear, reply_add,
			       replies));
	return replies;
}

/* The same, but an inconsistent list is good enough. */
json_t *genl_json_dump_about(struct nlmsghdr *request)
{
	json_t *replies = json_array();
	int ret;

	(void)request;
	ret = channel_dump(genl_handle(), replies_clear, reply_add, replies);
	if (ret != -EAGAIN)
		genl_must(ret);
	return replies;
}
