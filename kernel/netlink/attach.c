// SPDX-License-Identifier: GPL-2.0
/* Commands about attached devices. */

#include <linux/rtnetlink.h>
#include <net/sock.h>

#include "attach.h"
#include "flowtable.h"
#include "net.h"
#include "netlink/event.h"
#include "netlink/netlink.h"

/* Describe an attached device. */
static int ksrtp_message_attach(struct sk_buff *msg,
				const struct ksrtp_message_id *id, u32 ifindex,
				bool hardware)
{
	void *header = ksrtp_put_header(msg, id);
	int err = header ? nla_put_u32(msg, KSRTP_A_ATTACH_IFINDEX, ifindex) :
			   -EMSGSIZE;

	if (!err && hardware)
		err = nla_put_flag(msg, KSRTP_A_ATTACH_HARDWARE_OFFLOAD);
	return ksrtp_message_end(msg, header, err);
}

/**
 * ksrtp_event_attach() - report that a device was attached or detached
 * @net: namespace
 * @ifindex: the device's number
 * @cmd: KSRTP_CMD_ATTACH_*_NTF
 *
 * Context: process, sleeps.
 */
void ksrtp_event_attach(struct net *net, u32 ifindex, enum ksrtp_cmd cmd)
{
	const struct ksrtp_message_id id = { .cmd = cmd };
	struct sk_buff *msg;

	msg = ksrtp_event_new(net, KSRTP_MESSAGE_ALERT_SIZE, GFP_KERNEL);
	if (!msg)
		return;
	ksrtp_event_send(net, msg,
			 ksrtp_message_attach(msg, &id, ifindex, false),
			 GFP_KERNEL);
}

/* Read the device of a request. */
static int ksrtp_request_device(struct genl_info *info, u32 *ifindex)
{
	const struct nlattr *attr = info->attrs[KSRTP_A_ATTACH_IFINDEX];

	if (!attr) {
		NL_SET_ERR_MSG(info->extack, "ifindex: missing");
		return -EINVAL;
	}
	NL_SET_BAD_ATTR(info->extack, attr);
	*ifindex = nla_get_u32(attr);
	return 0;
}

/**
 * ksrtp_nl_attach_new_doit() - attach a device
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_attach_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = info->user_ptr[0];
	u32 ifindex;
	int err;

	err = ksrtp_request_device(info, &ifindex);
	if (!err)
		err = ksrtp_attach_create(kn, ifindex, info->extack);
	if (!err)
		ksrtp_event_attach(kn->net, ifindex, KSRTP_CMD_ATTACH_NEW_NTF);
	return err;
}

/**
 * ksrtp_nl_attach_del_doit() - detach a device
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_attach_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = info->user_ptr[0];
	struct ksrtp_attach *attach;
	u32 ifindex;
	int err;

	err = ksrtp_request_device(info, &ifindex);
	if (err)
		return err;
	rtnl_lock();
	attach = ksrtp_attach_find(kn, ifindex);
	if (attach) {
		ksrtp_attach_retire(kn, attach);
		/* before the hooks go, or flows in flowtables continue in plaintext */
		ksrtp_flowtable_flush(kn);
		ksrtp_attach_delete(kn, attach);
	}
	rtnl_unlock();
	if (!attach) {
		NL_SET_ERR_MSG(info->extack, "ifindex: not attached");
		return -ENOENT;
	}
	ksrtp_event_attach(kn->net, ifindex, KSRTP_CMD_ATTACH_DEL_NTF);
	return 0;
}

/**
 * ksrtp_nl_attach_get_dumpit() - describe attached devices, as many as fit
 * @msg: message to add them to
 * @cb: the dump
 *
 * Context: process, sleeps.
 * Return: length of @msg, 0 at the end, or a negative errno.
 */
int ksrtp_nl_attach_get_dumpit(struct sk_buff *msg,
			       struct netlink_callback *cb)
{
	const struct ksrtp_message_id id = ksrtp_dump_id(cb,
						KSRTP_CMD_ATTACH_GET);
	struct ksrtp_net *kn = ksrtp_net(sock_net(cb->skb->sk));
	struct ksrtp_dump *at = ksrtp_dump(cb);
	struct ksrtp_attach *attach;
	unsigned long n = 0;
	bool hardware;
	int err = 0;

	rtnl_lock();
	list_for_each_entry(attach, &kn->attached, list) {
		if (n++ < at->skip)
			continue;
		rcu_read_lock();
		hardware = ksrtp_flowtable_hardware(attach->dev);
		rcu_read_unlock();
		err = ksrtp_message_attach(msg, &id, attach->dev->ifindex,
					   hardware);
		if (err)
			break;
		at->skip = n;
	}
	rtnl_unlock();
	return err && !msg->len ? err : msg->len;
}
