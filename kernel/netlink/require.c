// SPDX-License-Identifier: GPL-2.0
/* Commands for require rules. */

#include <linux/err.h>

#include "compat.h"
#include "flowtable.h"
#include "net.h"
#include "require.h"
#include "netlink/netlink.h"

static int ksrtp_put_excepts(struct sk_buff *msg,
			     const struct ksrtp_require_config *config)
{
	struct nlattr *attr;
	unsigned int i;
	u8 *data;

	if (!config->nexcepts)
		return 0;
	attr = nla_reserve(msg, KSRTP_A_REQUIRE_EXCEPT_REMOTE_PORTS,
			   4 * config->nexcepts);
	if (!attr)
		return -EMSGSIZE;
	data = nla_data(attr);
	for (i = 0; i < config->nexcepts; i++, data += 4) {
		put_unaligned_be16(config->excepts[i].first, data);
		put_unaligned_be16(config->excepts[i].last, data + 2);
	}
	return 0;
}

static int ksrtp_put_require(struct sk_buff *msg,
			     const struct ksrtp_require *require)
{
	const struct ksrtp_require_config *config = &require->config;

	if (nla_put_u32(msg, KSRTP_A_REQUIRE_ID, require->id) ||
	    ksrtp_put_setting(msg, KSRTP_A_REQUIRE_IFINDEX, config->ifindex, 0))
		return -EMSGSIZE;
	if (config->family &&
	    nla_put_u16(msg, KSRTP_A_REQUIRE_FAMILY, config->family))
		return -EMSGSIZE;
	if (config->local.first &&
	    (nla_put_be16(msg, KSRTP_A_REQUIRE_FIRST_PORT,
			  htons(config->local.first)) ||
	     nla_put_be16(msg, KSRTP_A_REQUIRE_LAST_PORT,
			  htons(config->local.last))))
		return -EMSGSIZE;
	if (ksrtp_put_excepts(msg, config) ||
	    ksrtp_put_setting(msg, KSRTP_A_REQUIRE_JUDGE, config->judge,
			      KSRTP_JUDGE_HEADER) ||
	    ksrtp_put_setting(msg, KSRTP_A_REQUIRE_LEASE, require->lease, 0))
		return -EMSGSIZE;
	if (nla_put_u64_64bit(msg, KSRTP_A_REQUIRE_SEND_DROPS,
			      atomic64_read(&require->drops[0]),
			      KSRTP_A_REQUIRE_PAD) ||
	    nla_put_u64_64bit(msg, KSRTP_A_REQUIRE_RECV_DROPS,
			      atomic64_read(&require->drops[1]),
			      KSRTP_A_REQUIRE_PAD))
		return -EMSGSIZE;
	return 0;
}

/* Build a message about a rule. */
static int ksrtp_message_require(struct sk_buff *msg,
				 const struct ksrtp_message_id *id,
				 const struct ksrtp_require *require)
{
	void *header = ksrtp_put_header(msg, id);
	int err = header ? ksrtp_put_require(msg, require) : -EMSGSIZE;

	return ksrtp_message_end(msg, header, err);
}

/* Read port ranges, first and last port of each, in ascending order. */
static int ksrtp_request_excepts(const struct nlattr *attr,
				 struct ksrtp_require_config *config,
				 struct netlink_ext_ack *extack)
{
	struct ksrtp_port_range *range = config->excepts;
	int len = nla_len(attr);
	const u8 *data;

	if (!len || len % 4)
		return KSRTP_REFUSE(extack, attr,
				    "except-remote-ports: not pairs of ports");
	for (data = nla_data(attr); len; len -= 4, data += 4, range++) {
		range->first = get_unaligned_be16(data);
		range->last = get_unaligned_be16(data + 2);
		if (!range->first || range->first > range->last)
			return KSRTP_REFUSE(extack, attr,
				"except-remote-ports: no range of ports");
		if (range > config->excepts && range->first <= range[-1].last)
			return KSRTP_REFUSE(extack, attr,
				"except-remote-ports: not in ascending order");
		config->nexcepts++;
	}
	return 0;
}

/* Read a rule. */
static int ksrtp_request_require(struct nlattr **attrs,
				 struct ksrtp_require_config *config,
				 struct netlink_ext_ack *extack)
{
	const struct nlattr *first = attrs[KSRTP_A_REQUIRE_FIRST_PORT];
	const struct nlattr *last = attrs[KSRTP_A_REQUIRE_LAST_PORT];
	int err;

	memset(config, 0, sizeof(*config));
	err = ksrtp_request_family(attrs[KSRTP_A_REQUIRE_FAMILY],
				   &config->family, extack);
	if (err)
		return err;
	if (attrs[KSRTP_A_REQUIRE_IFINDEX])
		config->ifindex = nla_get_u32(attrs[KSRTP_A_REQUIRE_IFINDEX]);
	if (!first && last)
		return KSRTP_REFUSE(extack, last,
				    "last-port: given without first-port");
	config->local.last = U16_MAX;
	if (first) {
		config->local.first = ntohs(nla_get_be16(first));
		config->local.last = config->local.first;
	}
	if (last)
		config->local.last = ntohs(nla_get_be16(last));
	if (config->local.first > config->local.last)
		return KSRTP_REFUSE(extack, last,
				    "last-port: less than first-port");
	config->judge = KSRTP_JUDGE_HEADER;
	if (attrs[KSRTP_A_REQUIRE_JUDGE])
		config->judge = nla_get_u32(attrs[KSRTP_A_REQUIRE_JUDGE]);
	if (!attrs[KSRTP_A_REQUIRE_EXCEPT_REMOTE_PORTS])
		return 0;
	return ksrtp_request_excepts(attrs[KSRTP_A_REQUIRE_EXCEPT_REMOTE_PORTS],
				     config, extack);
}

/**
 * ksrtp_nl_require_new_doit() - create a rule
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_require_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_REQUIRE_NEW);
	const struct nlattr *lease = info->attrs[KSRTP_A_REQUIRE_LEASE];
	struct ksrtp_require_config config;
	struct ksrtp_require *require;
	struct sk_buff *msg;
	int err;

	err = ksrtp_request_require(info->attrs, &config, info->extack);
	if (err)
		return err;
	/* allocate it first: a rule that was created must be reported */
	msg = genlmsg_new(KSRTP_MESSAGE_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	require = ksrtp_require_create(info->user_ptr[0], &config,
				       lease ? nla_get_u32(lease) : 0,
				       info->extack);
	err = PTR_ERR_OR_ZERO(require);
	if (!err) {
		ksrtp_flowtable_settle(info->user_ptr[0]);
		err = ksrtp_message_require(msg, &id, require);
	}
	return ksrtp_reply(msg, err, info);
}

/**
 * ksrtp_nl_require_del_doit() - delete a rule
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_require_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *id = info->attrs[KSRTP_A_REQUIRE_ID];
	struct ksrtp_net *kn = info->user_ptr[0];
	struct ksrtp_require *require;

	if (!id) {
		NL_SET_ERR_MSG(info->extack, "id: missing");
		return -EINVAL;
	}
	require = ksrtp_require_find(kn, nla_get_u32(id));
	if (!require) {
		NL_SET_ERR_MSG_ATTR(info->extack, id, "id: no such rule");
		return -ENOENT;
	}
	ksrtp_require_delete(kn, require);
	return 0;
}

static void *ksrtp_next_require(struct ksrtp_net *kn, unsigned long *id)
{
	struct ksrtp_require *require;

	/* the list is sorted by id */
	list_for_each_entry(require, &kn->requires, list)
		if (require->id >= *id) {
			*id = require->id;
			return require;
		}
	return NULL;
}

static int ksrtp_dump_require(struct sk_buff *msg,
			      const struct ksrtp_message_id *id,
			      struct ksrtp_net *kn, void *require)
{
	return ksrtp_message_require(msg, id, require);
}

/**
 * ksrtp_nl_require_get_dumpit() - dump rules, as many as fit
 * @msg: message to add them to
 * @cb: the dump
 *
 * Context: process, sleeps.
 * Return: length of @msg, 0 at the end, or a negative errno.
 */
int ksrtp_nl_require_get_dumpit(struct sk_buff *msg,
				struct netlink_callback *cb)
{
	return ksrtp_dump_objects(msg, cb, KSRTP_CMD_REQUIRE_GET,
				  ksrtp_next_require, ksrtp_dump_require);
}
