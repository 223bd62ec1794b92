// SPDX-License-Identifier: GPL-2.0
/* Commands for lease groups. */

#include <linux/err.h>
#include <linux/math64.h>

#include "compat.h"
#include "lease.h"
#include "net.h"
#include "netlink/event.h"
#include "netlink/netlink.h"

static int ksrtp_put_lease_u64(struct sk_buff *msg, int attr, u64 value)
{
	return nla_put_u64_64bit(msg, attr, value, KSRTP_A_LEASE_PAD);
}

static int ksrtp_put_lease(struct sk_buff *msg, const struct ksrtp_lease *lease)
{
	u64 until = atomic64_read(&lease->until);

	if (nla_put_u32(msg, KSRTP_A_LEASE_ID, lease->id))
		return -EMSGSIZE;
	if (until && ksrtp_put_lease_u64(msg, KSRTP_A_LEASE_UNTIL, until))
		return -EMSGSIZE;
	if (nla_put_u32(msg, KSRTP_A_LEASE_REMAINING,
			DIV_ROUND_UP_ULL(ksrtp_lease_left(lease),
					 NSEC_PER_MSEC)) ||
	    nla_put_u32(msg, KSRTP_A_LEASE_SESSIONS, lease->sessions) ||
	    ksrtp_put_lease_u64(msg, KSRTP_A_LEASE_DROPS,
				atomic64_read(&lease->drops)) ||
	    ksrtp_put_lease_u64(msg, KSRTP_A_LEASE_CLOCK,
				ktime_get_boottime_ns()))
		return -EMSGSIZE;
	return 0;
}

/* Build a message about a lease group; on error the message is unchanged. */
static int ksrtp_message_lease(struct sk_buff *msg,
			       const struct ksrtp_message_id *id,
			       const struct ksrtp_lease *lease)
{
	void *header = ksrtp_put_header(msg, id);
	int err = header ? ksrtp_put_lease(msg, lease) : -EMSGSIZE;

	return ksrtp_message_end(msg, header, err);
}

/**
 * ksrtp_event_lease() - report a lease that was set or ended
 * @kn: its namespace
 * @lease: its group
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_event_lease(struct ksrtp_net *kn, struct ksrtp_lease *lease)
{
	const struct ksrtp_message_id id = { .cmd = KSRTP_CMD_LEASE_NTF };
	struct sk_buff *msg;

	msg = ksrtp_event_new(kn->net, KSRTP_MESSAGE_SIZE, GFP_KERNEL);
	if (!msg)
		return;
	ksrtp_event_send(kn->net, msg, ksrtp_message_lease(msg, &id, lease),
			 GFP_KERNEL);
}

/**
 * ksrtp_event_lease_end() - report a lease that was not renewed in time
 * @kn: its namespace
 * @lease: its group
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_event_lease_end(struct ksrtp_net *kn, struct ksrtp_lease *lease)
{
	const struct ksrtp_alert_info info = {
		.type = KSRTP_ALERT_LEASE_EXPIRED,
		.lease = lease->id,
	};

	ksrtp_event_lease(kn, lease);
	ksrtp_event_alert(kn->net, &info);
}

/* Find the lease group of a request. */
static struct ksrtp_lease *ksrtp_find_lease(struct ksrtp_net *kn,
					    struct genl_info *info)
{
	const struct nlattr *id = info->attrs[KSRTP_A_LEASE_ID];
	struct ksrtp_lease *lease;

	if (!id) {
		NL_SET_ERR_MSG(info->extack, "id: missing");
		return ERR_PTR(-EINVAL);
	}
	lease = ksrtp_lease_find(kn, nla_get_u32(id));
	if (!lease) {
		NL_SET_ERR_MSG_ATTR(info->extack, id,
				    "id: no such lease group");
		return ERR_PTR(-ENOENT);
	}
	return lease;
}

/* Read the end of a lease, in ns of CLOCK_BOOTTIME. */
static int ksrtp_request_until(struct nlattr **attrs, u64 *until,
			       struct netlink_ext_ack *extack)
{
	const struct nlattr *duration = attrs[KSRTP_A_LEASE_DURATION];
	const struct nlattr *end = attrs[KSRTP_A_LEASE_UNTIL];

	if (!attrs[KSRTP_A_LEASE_ID]) {
		NL_SET_ERR_MSG(extack, "id: missing");
		return -EINVAL;
	}
	if (end && duration)
		return KSRTP_REFUSE(extack, duration,
				    "duration: not together with until");
	if (!end && !duration) {
		NL_SET_ERR_MSG(extack,
			       "until: missing, and no duration given instead");
		return -EINVAL;
	}
	*until = end ? nla_get_u64(end) :
		 ktime_get_boottime_ns() +
		 nla_get_u32(duration) * (u64)NSEC_PER_MSEC;
	return 0;
}

/**
 * ksrtp_nl_lease_set_doit() - set or end a lease
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_lease_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_LEASE_SET);
	struct ksrtp_net *kn = info->user_ptr[0];
	struct ksrtp_lease *lease;
	struct sk_buff *msg;
	u64 until;
	int err;

	err = ksrtp_request_until(info->attrs, &until, info->extack);
	if (err)
		return err;
	/* allocate it first: a lease that was set must be reported */
	msg = genlmsg_new(KSRTP_MESSAGE_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	lease = ksrtp_lease_set(kn, nla_get_u32(info->attrs[KSRTP_A_LEASE_ID]),
				until, info->extack);
	err = PTR_ERR_OR_ZERO(lease);
	if (!err) {
		ksrtp_event_lease(kn, lease);
		err = ksrtp_message_lease(msg, &id, lease);
	}
	return ksrtp_reply(msg, err, info);
}

/**
 * ksrtp_nl_lease_del_doit() - delete a lease group
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_lease_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = info->user_ptr[0];
	struct ksrtp_lease *lease = ksrtp_find_lease(kn, info);
	int err;

	if (IS_ERR(lease))
		return PTR_ERR(lease);
	err = ksrtp_lease_delete(kn, lease);
	if (err)
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[KSRTP_A_LEASE_ID],
				    "id: sessions have this lease group");
	return err;
}

/**
 * ksrtp_nl_lease_get_doit() - report a lease group
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_lease_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_LEASE_GET);
	struct ksrtp_lease *lease = ksrtp_find_lease(info->user_ptr[0], info);
	struct sk_buff *msg;

	if (IS_ERR(lease))
		return PTR_ERR(lease);
	msg = genlmsg_new(KSRTP_MESSAGE_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	return ksrtp_reply(msg, ksrtp_message_lease(msg, &id, lease), info);
}

static void *ksrtp_next_lease(struct ksrtp_net *kn, unsigned long *id)
{
	return xa_find(&kn->leases, id, KSRTP_DUMP_DONE - 1, XA_PRESENT);
}

static int ksrtp_dump_lease(struct sk_buff *msg,
			    const struct ksrtp_message_id *id,
			    struct ksrtp_net *kn, void *lease)
{
	return ksrtp_message_lease(msg, id, lease);
}

/**
 * ksrtp_nl_lease_get_dumpit() - dump lease groups, as many as fit
 * @msg: message to add them to
 * @cb: the dump
 *
 * Context: process, sleeps.
 * Return: length of @msg, 0 at the end, or a negative errno.
 */
int ksrtp_nl_lease_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct nlattr **attrs = ksrtp_dump_attrs(cb);

	if (attrs[KSRTP_A_LEASE_ID]) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attrs[KSRTP_A_LEASE_ID],
				    "id: names one group; a dump has all");
		return -EINVAL;
	}
	return ksrtp_dump_objects(msg, cb, KSRTP_CMD_LEASE_GET,
				  ksrtp_next_lease, ksrtp_dump_lease);
}
