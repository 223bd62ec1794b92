// SPDX-License-Identifier: GPL-2.0
/* Position of a dump between two messages, and iteration over sessions. */

#include <linux/err.h>
#include <net/sock.h>

#include "net.h"
#include "netlink/netlink.h"

/**
 * ksrtp_dump() - get the position of a dump
 * @cb: the dump
 *
 * Context: process.
 * Return: its position, which is kept from one message to the next.
 */
struct ksrtp_dump *ksrtp_dump(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct ksrtp_dump) > sizeof(cb->ctx));
	return (void *)cb->ctx;
}

/**
 * ksrtp_dump_id() - header of a dump's messages
 * @cb: the dump
 * @cmd: KSRTP_CMD_*
 *
 * Context: process.
 * Return: the header.
 */
struct ksrtp_message_id ksrtp_dump_id(struct netlink_callback *cb, u8 cmd)
{
	/* 0 would disable the consistency check */
	cb->seq = cb->seq ?: 1;
	return (struct ksrtp_message_id){
		.cb = cb,
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.cmd = cmd,
	};
}

/**
 * ksrtp_dump_objects() - dump objects of a namespace that have ids
 * @msg: message to fill
 * @cb: the dump
 * @cmd: KSRTP_CMD_*
 * @next: finds the first one whose id is @id or greater, which @id gets
 * @put: adds one; on error the message is unchanged
 *
 * Context: process, sleeps, takes the namespace's lock.
 * Return: length of @msg, 0 at the end, or a negative errno.
 */
int ksrtp_dump_objects(struct sk_buff *msg, struct netlink_callback *cb, u8 cmd,
		       void *(*next)(struct ksrtp_net *kn, unsigned long *id),
		       ksrtp_dump_object *put)
{
	const struct ksrtp_message_id id = ksrtp_dump_id(cb, cmd);
	struct ksrtp_net *kn = ksrtp_net(sock_net(cb->skb->sk));
	struct ksrtp_dump *at = ksrtp_dump(cb);
	void *object;
	int err = 0;

	mutex_lock(&kn->lock);
	for (; (object = next(kn, &at->id)); at->id++) {
		err = put(msg, &id, kn, object);
		if (err)
			break;
	}
	if (!err)
		at->id = KSRTP_DUMP_DONE;
	mutex_unlock(&kn->lock);
	/* what did not fit is first in the next message */
	return err && !msg->len ? err : msg->len;
}

/* Start to dump the contents of a session, or continue. */
static void ksrtp_dump_enter(struct netlink_callback *cb,
			     const struct ksrtp_session *session)
{
	struct ksrtp_dump *at = ksrtp_dump(cb);

	if (at->of != session->id)
		at->skip = 0;
	else if (at->skip && at->removals != session->kn->removals)
		/* removals have moved the rest, so some entries were skipped */
		cb->seq++;
	at->of = session->id;
	at->removals = session->kn->removals;
}

/**
 * ksrtp_dump_walk() - dump the contents of sessions
 * @msg: message to fill
 * @cb: the dump
 * @cmd: KSRTP_CMD_*
 * @session_id: attribute with the only session to dump, or NULL
 * @direction_id: attribute with the only direction to dump, or NULL
 * @seal: attribute that asks for sealed keys, or NULL
 * @dump_one: dumps the contents of one session, as far as they fit
 *
 * Context: process, sleeps, takes the namespace's lock.
 * Return: length of @msg, 0 at the end, or a negative errno.
 */
int ksrtp_dump_walk(struct sk_buff *msg, struct netlink_callback *cb, u8 cmd,
		    const struct nlattr *session_id,
		    const struct nlattr *direction_id,
		    const struct nlattr *seal, ksrtp_dump_one *dump_one)
{
	const struct ksrtp_message_id id = ksrtp_dump_id(cb, cmd);
	struct ksrtp_net *kn = ksrtp_net(sock_net(cb->skb->sk));
	u32 direction = direction_id ? nla_get_u32(direction_id) : 0;
	u32 only = session_id ? nla_get_u32(session_id) : 0;
	struct ksrtp_dump *at = ksrtp_dump(cb);
	struct ksrtp_session *session;
	int err = 0;

	mutex_lock(&kn->lock);
	if (only && !ksrtp_session_by_id(kn, only)) {
		NL_SET_ERR_MSG_ATTR(cb->extack, session_id,
				    "session-id: no such session");
		err = -ENOENT;
		goto out;
	}
	/* it may have been deleted since the last message */
	at->seal = ksrtp_request_seal(kn, seal, cb->extack);
	if (IS_ERR(at->seal)) {
		err = PTR_ERR(at->seal);
		goto out;
	}
	/* one session is not looked for among all */
	if (at->id < only)
		at->id = only;
	xa_for_each_start(&kn->sessions, at->id, session, at->id) {
		if (only && session->id != only)
			break;
		ksrtp_dump_enter(cb, session);
		err = dump_one(msg, &id, session, direction, at);
		if (err)
			goto out;
	}
	at->id = KSRTP_DUMP_DONE;
out:
	mutex_unlock(&kn->lock);
	/* what did not fit is first in the next message */
	return err && !msg->len ? err : msg->len;
}
