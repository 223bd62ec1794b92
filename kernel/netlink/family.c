// SPDX-License-Identifier: GPL-2.0
/* The generic netlink family: its groups, and the pre and post hooks of commands. */

#include <linux/module.h>
#include <linux/string.h>

#include "compat.h"
#include "net.h"
#include "netlink/netlink.h"

/**
 * ksrtp_take() - get the namespace of a request, and take its lock
 * @info: the request; user_ptr[0] becomes the namespace
 *
 * Context: process, sleeps. Returns with the namespace's lock held.
 * Return: the namespace.
 */
struct ksrtp_net *ksrtp_take(struct genl_info *info)
{
	struct ksrtp_net *kn = ksrtp_net(genl_info_net(info));

	mutex_lock(&kn->lock);
	info->user_ptr[0] = kn;
	return kn;
}

/**
 * ksrtp_hand_over() - pass a session to a command, or unlock if there is none
 * @ops: the command
 * @skb: the request
 * @info: the request, with the namespace; user_ptr[1] becomes the session
 * @session: the session, or an ERR_PTR()
 *
 * Context: process. Releases the namespace's lock if there is no session.
 * Return: 0 or a negative errno.
 */
int ksrtp_hand_over(const struct genl_split_ops *ops, struct sk_buff *skb,
		    struct genl_info *info, struct ksrtp_session *session)
{
	if (IS_ERR(session)) {
		ops->post_doit(ops, skb, info);
		return PTR_ERR(session);
	}
	info->user_ptr[1] = session;
	return 0;
}

/**
 * ksrtp_nl_pre_doit() - before a command: get the namespace and take its lock
 * @ops: the command
 * @skb: the request
 * @info: the request; user_ptr[0] becomes the namespace
 *
 * Context: process, sleeps. Returns with the namespace's lock held.
 * Return: 0.
 */
int ksrtp_nl_pre_doit(const struct genl_split_ops *ops, struct sk_buff *skb,
		      struct genl_info *info)
{
	ksrtp_take(info);
	return 0;
}

/**
 * ksrtp_nl_post_doit() - after a command: release the namespace's lock
 * @ops: the command
 * @skb: the request
 * @info: the request
 *
 * Context: process. Releases the namespace's lock.
 */
void ksrtp_nl_post_doit(const struct genl_split_ops *ops, struct sk_buff *skb,
			struct genl_info *info)
{
	struct ksrtp_net *kn = info->user_ptr[0];

	mutex_unlock(&kn->lock);
}

/* Wipe the keys in a request: its message is freed like any other memory. */
static void ksrtp_request_wipe(struct genl_info *info)
{
	int len = info->nlhdr->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;

	memzero_explicit((u8 *)info->genlhdr + GENL_HDRLEN, len);
}

/**
 * ksrtp_nl_post_doit_wipe() - ksrtp_nl_post_doit(), and wipe keys in the
 *	request
 * @ops: the command
 * @skb: the request
 * @info: the request
 *
 * Context: process. Releases the namespace's lock.
 */
void ksrtp_nl_post_doit_wipe(const struct genl_split_ops *ops,
			     struct sk_buff *skb, struct genl_info *info)
{
	ksrtp_nl_post_doit(ops, skb, info);
	ksrtp_request_wipe(info);
}

static const struct genl_multicast_group ksrtp_groups[] = {
	[KSRTP_NLGRP_EVENTS] = {
		.name = KSRTP_MCGRP_EVENTS,
		.flags = KSRTP_MCGRP_FLAGS,
	},
};

struct genl_family ksrtp_family __ro_after_init = {
	.name = KSRTP_FAMILY_NAME,
	.version = KSRTP_FAMILY_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
	/* all commands are strict about reserved header fields */
	.resv_start_op = KSRTP_CMD_SESSION_NEW,
	.mcgrps = ksrtp_groups,
	.n_mcgrps = ARRAY_SIZE(ksrtp_groups),
};

/**
 * ksrtp_netlink_init() - register the family
 * @ops: the commands
 * @n: number of commands
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int __init ksrtp_netlink_init(const struct genl_split_ops *ops, unsigned int n)
{
	return ksrtp_register_family(&ksrtp_family, ops, n);
}

/**
 * ksrtp_netlink_exit() - unregister the family
 *
 * Context: process, sleeps.
 */
void ksrtp_netlink_exit(void)
{
	genl_unregister_family(&ksrtp_family);
}
