// SPDX-License-Identifier: GPL-2.0
/* Commands for seal keys. */

#include <linux/err.h>

#include "compat.h"
#include "net.h"
#include "netlink/netlink.h"
#include "seal.h"

static int ksrtp_put_seal_u64(struct sk_buff *msg, int attr, u64 value)
{
	return nla_put_u64_64bit(msg, attr, value, KSRTP_A_SEAL_PAD);
}

static int ksrtp_put_seal(struct sk_buff *msg, const struct ksrtp_seal *seal,
			  bool current_one)
{
	if (nla_put_u32(msg, KSRTP_A_SEAL_ID, seal->id) ||
	    ksrtp_put_seal_u64(msg, KSRTP_A_SEAL_SEALED, seal->sealed) ||
	    ksrtp_put_seal_u64(msg, KSRTP_A_SEAL_OPENED, seal->opened) ||
	    ksrtp_put_seal_u64(msg, KSRTP_A_SEAL_REFUSED, seal->refused))
		return -EMSGSIZE;
	return current_one ? nla_put_flag(msg, KSRTP_A_SEAL_CURRENT) : 0;
}

/* Build a message about a seal key; on error the message is unchanged. */
static int ksrtp_message_seal(struct sk_buff *msg,
			      const struct ksrtp_message_id *id,
			      const struct ksrtp_net *kn,
			      const struct ksrtp_seal *seal)
{
	void *header = ksrtp_put_header(msg, id);
	int err = header ? ksrtp_put_seal(msg, seal, seal == kn->seal) :
		  -EMSGSIZE;

	return ksrtp_message_end(msg, header, err);
}

/* Find the seal key of a request. */
static struct ksrtp_seal *ksrtp_find_seal(struct genl_info *info)
{
	const struct nlattr *id = info->attrs[KSRTP_A_SEAL_ID];
	struct ksrtp_seal *seal;

	if (!id) {
		NL_SET_ERR_MSG(info->extack, "id: missing");
		return ERR_PTR(-EINVAL);
	}
	seal = ksrtp_seal_find(info->user_ptr[0], nla_get_u32(id));
	if (!seal) {
		NL_SET_ERR_MSG_ATTR(info->extack, id, "id: no such seal key");
		return ERR_PTR(-ENOENT);
	}
	return seal;
}

/* Read a seal key; @key is wiped by the caller. Returns 0 or a negative errno. */
static int ksrtp_request_seal_key(struct nlattr **attrs, u8 *key,
				  struct netlink_ext_ack *extack)
{
	const struct nlattr *serial = attrs[KSRTP_A_SEAL_KEY_SERIAL];
	const struct nlattr *given = attrs[KSRTP_A_SEAL_KEY];
	int len;

	if (given && serial)
		return KSRTP_REFUSE(extack, serial,
				    "key-serial: not together with key");
	if (given) {
		if (nla_len(given) != KSRTP_SEAL_KEY_LENGTH)
			return KSRTP_REFUSE(extack, given,
					    "key: not of 32 bytes");
		memcpy(key, nla_data(given), KSRTP_SEAL_KEY_LENGTH);
		return 0;
	}
	len = ksrtp_keyservice_read(nla_get_u32(serial), key,
				    KSRTP_SEAL_KEY_LENGTH);
	if (len == -EMSGSIZE ||
	    (len >= 0 && len != KSRTP_SEAL_KEY_LENGTH))
		return KSRTP_REFUSE(extack, serial,
				    "key-serial: not of 32 bytes");
	if (len < 0) {
		NL_SET_BAD_ATTR(extack, serial);
		ksrtp_extack_msg(extack, ksrtp_keyservice_error(len));
		return len;
	}
	return 0;
}

/* Set the seal key of a request, or find it if there is no key in it. */
static struct ksrtp_seal *ksrtp_take_seal(struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	u8 key[KSRTP_SEAL_KEY_LENGTH];
	struct ksrtp_seal *seal;
	int err;

	if (!attrs[KSRTP_A_SEAL_KEY] && !attrs[KSRTP_A_SEAL_KEY_SERIAL]) {
		seal = ksrtp_find_seal(info);
		if (!IS_ERR(seal) && !attrs[KSRTP_A_SEAL_CURRENT]) {
			NL_SET_ERR_MSG(info->extack,
				       "key: missing, and nothing else to change");
			return ERR_PTR(-EINVAL);
		}
		return seal;
	}
	if (!attrs[KSRTP_A_SEAL_ID]) {
		NL_SET_ERR_MSG(info->extack, "id: missing");
		return ERR_PTR(-EINVAL);
	}
	err = ksrtp_request_seal_key(attrs, key, info->extack);
	seal = err ? ERR_PTR(err) :
	       ksrtp_seal_set(info->user_ptr[0],
			      nla_get_u32(attrs[KSRTP_A_SEAL_ID]), key,
			      info->extack);
	memzero_explicit(key, sizeof(key));
	return seal;
}

/**
 * ksrtp_nl_seal_set_doit() - set a seal key, or make it current
 * @skb: the request
 * @info: the request
 *
 * The requester would learn all keys of the namespace by setting one that it
 * knows, so it needs more than the permission for sessions.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_seal_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = info->user_ptr[0];
	struct ksrtp_seal *seal;

	if (!netlink_ns_capable(skb, kn->net->user_ns, CAP_SYS_ADMIN)) {
		NL_SET_ERR_MSG(info->extack,
			       "seal-set: takes CAP_SYS_ADMIN beside CAP_NET_ADMIN");
		return -EPERM;
	}
	seal = ksrtp_take_seal(info);
	if (IS_ERR(seal))
		return PTR_ERR(seal);
	if (info->attrs[KSRTP_A_SEAL_CURRENT])
		kn->seal = seal;
	return 0;
}

/**
 * ksrtp_nl_seal_del_doit() - wipe a seal key
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_seal_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_seal *seal = ksrtp_find_seal(info);

	if (IS_ERR(seal))
		return PTR_ERR(seal);
	ksrtp_seal_delete(info->user_ptr[0], seal);
	return 0;
}

/**
 * ksrtp_nl_seal_get_doit() - report a seal key
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_seal_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_SEAL_GET);
	struct ksrtp_seal *seal = ksrtp_find_seal(info);
	struct sk_buff *msg;

	if (IS_ERR(seal))
		return PTR_ERR(seal);
	msg = genlmsg_new(KSRTP_MESSAGE_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	return ksrtp_reply(msg, ksrtp_message_seal(msg, &id, info->user_ptr[0],
						   seal), info);
}

static void *ksrtp_next_seal(struct ksrtp_net *kn, unsigned long *id)
{
	return xa_find(&kn->seals, id, KSRTP_DUMP_DONE - 1, XA_PRESENT);
}

static int ksrtp_dump_seal(struct sk_buff *msg,
			   const struct ksrtp_message_id *id,
			   struct ksrtp_net *kn, void *seal)
{
	return ksrtp_message_seal(msg, id, kn, seal);
}

/**
 * ksrtp_nl_seal_get_dumpit() - dump seal keys, as many as fit
 * @msg: message to add them to
 * @cb: the dump
 *
 * Context: process, sleeps.
 * Return: length of @msg, 0 at the end, or a negative errno.
 */
int ksrtp_nl_seal_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct nlattr **attrs = ksrtp_dump_attrs(cb);

	if (attrs[KSRTP_A_SEAL_ID]) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attrs[KSRTP_A_SEAL_ID],
				    "id: names one seal key; a dump has all");
		return -EINVAL;
	}
	return ksrtp_dump_objects(msg, cb, KSRTP_CMD_SEAL_GET, ksrtp_next_seal,
				  ksrtp_dump_seal);
}
