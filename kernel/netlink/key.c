// SPDX-License-Identifier: GPL-2.0
/* Commands for master keys. */

#include <linux/err.h>
#include <linux/jiffies.h>

#include "compat.h"
#include "netlink/event.h"
#include "net.h"
#include "rekey.h"
#include "netlink/netlink.h"

/* Read the session and direction of a key. */
static int ksrtp_request_key_id(struct nlattr **attrs, u32 *session,
				u32 *direction, struct netlink_ext_ack *extack)
{
	if (!attrs[KSRTP_A_KEY_SESSION_ID]) {
		NL_SET_ERR_MSG(extack, "session-id: missing");
		return -EINVAL;
	}
	if (!attrs[KSRTP_A_KEY_DIRECTION]) {
		NL_SET_ERR_MSG(extack, "direction: missing");
		return -EINVAL;
	}
	*session = nla_get_u32(attrs[KSRTP_A_KEY_SESSION_ID]);
	*direction = nla_get_u32(attrs[KSRTP_A_KEY_DIRECTION]);
	return 0;
}

/* Read the identification of a key in its direction. */
static int ksrtp_request_key_name(const struct nlattr *mki,
				  const struct nlattr *from,
				  struct ksrtp_key_name *name,
				  struct netlink_ext_ack *extack)
{
	memset(name, 0, sizeof(*name));
	if (mki && from)
		return KSRTP_REFUSE(extack, from,
				    "from: the mki names the key already");
	if (mki && !nla_len(mki))
		return KSRTP_REFUSE(extack, mki, "mki: empty");
	if (mki) {
		name->mki = nla_data(mki);
		name->mki_len = nla_len(mki);
	}
	if (from)
		name->from = nla_get_u64(from);
	return 0;
}

/* Read a master key. */
static int ksrtp_request_key(struct nlattr **attrs,
			     struct ksrtp_sealed_for *use,
			     struct ksrtp_master_config *config,
			     struct netlink_ext_ack *extack)
{
	const struct ksrtp_key_attrs key = {
		.key = attrs[KSRTP_A_KEY_MASTER_KEY],
		.salt = attrs[KSRTP_A_KEY_MASTER_SALT],
		.serial = attrs[KSRTP_A_KEY_KEY_SERIAL],
		.sealed = attrs[KSRTP_A_KEY_SEALED],
		.mki = attrs[KSRTP_A_KEY_MKI],
		.rtp_lifetime = attrs[KSRTP_A_KEY_RTP_LIFETIME],
		.rtcp_lifetime = attrs[KSRTP_A_KEY_RTCP_LIFETIME],
		.soft_limit = attrs[KSRTP_A_KEY_SOFT_LIMIT],
		.rtp_packets = attrs[KSRTP_A_KEY_RTP_PACKETS],
		.rtcp_packets = attrs[KSRTP_A_KEY_RTCP_PACKETS],
	};
	int err;

	memset(config, 0, sizeof(*config));
	if (!key.key && !key.serial && !key.sealed) {
		NL_SET_ERR_MSG(extack, "master-key: missing");
		return -EINVAL;
	}
	err = ksrtp_request_master(&key, use, config, extack);
	if (err)
		return err;
	if (attrs[KSRTP_A_KEY_FROM])
		config->from = nla_get_u64(attrs[KSRTP_A_KEY_FROM]);
	if (attrs[KSRTP_A_KEY_TO])
		config->to = nla_get_u64(attrs[KSRTP_A_KEY_TO]);
	if (config->from > config->to)
		return KSRTP_REFUSE(extack, attrs[KSRTP_A_KEY_FROM],
				    "from: greater than to");
	return 0;
}

/* Find the session of a request about keys. */
static struct ksrtp_session *ksrtp_find_keys(struct ksrtp_net *kn,
					     struct genl_info *info)
{
	struct ksrtp_session *session;
	u32 number, id;
	int err;

	err = ksrtp_request_key_id(info->attrs, &number, &id, info->extack);
	if (err)
		return ERR_PTR(err);
	session = ksrtp_session_by_id(kn, number);
	if (!session) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[KSRTP_A_KEY_SESSION_ID],
				    "session-id: no such session");
		return ERR_PTR(-ENOENT);
	}
	if (session->orphaned) {
		NL_SET_ERR_MSG(info->extack,
			       "owner socket closed; delete or re-create the session");
		return ERR_PTR(-EBUSY);
	}
	if (!ksrtp_direction(session, id)->configured) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[KSRTP_A_KEY_DIRECTION],
				    "direction: not configured in this session");
		return ERR_PTR(-EINVAL);
	}
	return session;
}

/**
 * ksrtp_nl_key_pre_doit() - before a command for keys: find their session
 * @ops: the command
 * @skb: the request
 * @info: the request; user_ptr[0] becomes the namespace, user_ptr[1] the
 *	session
 *
 * Context: process, sleeps. Returns with the namespace's lock held if it
 * returns 0.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_key_pre_doit(const struct genl_split_ops *ops,
			  struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = ksrtp_take(info);

	return ksrtp_hand_over(ops, skb, info, ksrtp_find_keys(kn, info));
}

/* Direction of a request about keys, after its session was found. */
static struct ksrtp_direction *ksrtp_key_direction(struct genl_info *info)
{
	return ksrtp_direction(info->user_ptr[1],
			       nla_get_u32(info->attrs[KSRTP_A_KEY_DIRECTION]));
}

/* Send an event for a change of keys, if it succeeded. */
static int ksrtp_key_changed(struct genl_info *info, int err)
{
	if (!err)
		ksrtp_event_session(info->user_ptr[1],
				    KSRTP_CMD_SESSION_SET_NTF);
	return err;
}

/**
 * ksrtp_nl_key_new_doit() - add a master key
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_key_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_direction *direction = ksrtp_key_direction(info);
	const struct ksrtp_session *session = info->user_ptr[1];
	struct ksrtp_sealed_for use = {
		.kn = info->user_ptr[0],
		.flow = &session->place->rtp.flow,
		.direction = direction->id,
		.policy = &direction->policy,
	};
	struct ksrtp_master_config config;
	int err;

	if (direction->policy.ekt) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[KSRTP_A_KEY_DIRECTION],
				    "direction: with ekt-key, keys are not added but come with packets");
		return -EINVAL;
	}
	err = ksrtp_request_key(info->attrs, &use, &config, info->extack);
	if (!err)
		err = ksrtp_rekey_add(info->user_ptr[0], direction, &config,
				      info->attrs[KSRTP_A_KEY_UNUSED_KEY],
				      info->extack);
	memzero_explicit(&config, sizeof(config));
	return ksrtp_key_changed(info, err);
}

/**
 * ksrtp_nl_key_use_doit() - choose the active master key
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_key_use_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *direction = info->attrs[KSRTP_A_KEY_DIRECTION];
	struct ksrtp_key_name name;
	int err;

	if (nla_get_u32(direction) != KSRTP_DIRECTION_SEND) {
		NL_SET_ERR_MSG_ATTR(info->extack, direction,
				    "direction: only a sender chooses");
		return -EINVAL;
	}
	if (!info->attrs[KSRTP_A_KEY_MKI]) {
		NL_SET_ERR_MSG(info->extack, "mki: missing");
		return -EINVAL;
	}
	/* this command has no attribute for a first index */
	err = ksrtp_request_key_name(info->attrs[KSRTP_A_KEY_MKI], NULL, &name,
				     info->extack);
	if (!err)
		err = ksrtp_rekey_use(info->user_ptr[0],
				      ksrtp_key_direction(info), &name,
				      info->extack);
	return ksrtp_key_changed(info, err);
}

/**
 * ksrtp_nl_key_del_doit() - delete a master key
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_key_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_key_name name;
	int err;

	err = ksrtp_request_key_name(info->attrs[KSRTP_A_KEY_MKI],
				     info->attrs[KSRTP_A_KEY_FROM], &name,
				     info->extack);
	if (!err)
		err = ksrtp_rekey_remove(info->user_ptr[0],
					 ksrtp_key_direction(info), &name,
					 info->extack);
	return ksrtp_key_changed(info, err);
}

/**
 * struct ksrtp_key_place - location of a master key
 * @session: its session
 * @direction: its direction
 * @seal: seal key to seal it with, or NULL
 * @keyset: its keyset
 * @former: that is not the direction's current keyset, but one before
 * @at: its index there
 */
struct ksrtp_key_place {
	const struct ksrtp_session *session;
	enum ksrtp_direction_id direction;
	struct ksrtp_seal *seal;
	const struct ksrtp_keyset *keyset;
	bool former;
	int at;
};

static int ksrtp_put_key_u64(struct sk_buff *msg, int attr, u64 value)
{
	return nla_put_u64_64bit(msg, attr, value, KSRTP_A_KEY_PAD);
}

static enum ksrtp_key_state ksrtp_key_state(const struct ksrtp_key_place *place)
{
	const struct ksrtp_keyset *keyset = place->keyset;
	const struct ksrtp_master *key = keyset->keys[place->at];

	if (ksrtp_master_used_up(key, false) || ksrtp_master_used_up(key, true))
		return KSRTP_KEY_EXPIRED;
	if (key->retiring)
		return KSRTP_KEY_RETIRING;
	if (place->direction == KSRTP_DIRECTION_SEND && keyset->mki_len &&
	    keyset->active != place->at)
		return KSRTP_KEY_STANDBY;
	return KSRTP_KEY_ACTIVE;
}

static int ksrtp_put_key_sealed(struct sk_buff *msg,
				const struct ksrtp_key_place *place)
{
	const struct ksrtp_master *key = place->keyset->keys[place->at];
	const struct ksrtp_sealed_for use = {
		.kn = place->session->kn,
		.flow = &place->session->place->rtp.flow,
		.direction = place->direction,
		.policy = &place->keyset->policy,
		.mki = key->mki,
		.mki_len = key->mki_len,
	};

	return ksrtp_put_sealed(msg, KSRTP_A_KEY_SEALED, place->seal, &use,
				KSRTP_SEALED_MASTER, ksrtp_master_material(key),
				key->material_len);
}

static int ksrtp_put_key(struct sk_buff *msg,
			 const struct ksrtp_key_place *place)
{
	const struct ksrtp_master *key = place->keyset->keys[place->at];
	long left = (long)(key->retire_at - jiffies);

	if (nla_put_u32(msg, KSRTP_A_KEY_SESSION_ID, place->session->id) ||
	    nla_put_u32(msg, KSRTP_A_KEY_DIRECTION, place->direction))
		return -EMSGSIZE;
	if (place->former &&
	    nla_put_u32(msg, KSRTP_A_KEY_SUITE, key->suite->id))
		return -EMSGSIZE;
	if (key->mki_len &&
	    nla_put(msg, KSRTP_A_KEY_MKI, key->mki_len, key->mki))
		return -EMSGSIZE;
	if (ksrtp_put_key_u64(msg, KSRTP_A_KEY_FROM, key->from) ||
	    ksrtp_put_key_u64(msg, KSRTP_A_KEY_TO, key->to) ||
	    ksrtp_put_key_u64(msg, KSRTP_A_KEY_RTP_LIFETIME,
			      key->lifetime[0].hard) ||
	    ksrtp_put_key_u64(msg, KSRTP_A_KEY_RTCP_LIFETIME,
			      key->lifetime[1].hard) ||
	    nla_put_u32(msg, KSRTP_A_KEY_SOFT_LIMIT, key->soft_limit) ||
	    ksrtp_put_key_u64(msg, KSRTP_A_KEY_RTP_PACKETS,
			      atomic64_read(&key->lifetime[0].used)) ||
	    ksrtp_put_key_u64(msg, KSRTP_A_KEY_RTCP_PACKETS,
			      atomic64_read(&key->lifetime[1].used)) ||
	    nla_put_u32(msg, KSRTP_A_KEY_STATE, ksrtp_key_state(place)))
		return -EMSGSIZE;
	if (key->retiring &&
	    nla_put_u32(msg, KSRTP_A_KEY_OVERLAP,
			left > 0 ? jiffies_to_msecs(left) : 0))
		return -EMSGSIZE;
	if (key->outer_only && nla_put_flag(msg, KSRTP_A_KEY_OUTER_ONLY))
		return -EMSGSIZE;
	return place->seal && key->material_len ?
	       ksrtp_put_key_sealed(msg, place) : 0;
}

/* Build a message about a master key, without the key itself, or with it sealed. */
static int ksrtp_message_key(struct sk_buff *msg,
			     const struct ksrtp_message_id *id,
			     const struct ksrtp_key_place *place)
{
	void *header = ksrtp_put_header(msg, id);
	int err = header ? ksrtp_put_key(msg, place) : -EMSGSIZE;

	return ksrtp_message_end(msg, header, err);
}

/**
 * ksrtp_nl_key_get_doit() - report a master key
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_key_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_KEY_GET);
	struct ksrtp_direction *direction = ksrtp_key_direction(info);
	struct ksrtp_session *session = info->user_ptr[1];
	struct ksrtp_key_place place = {
		.session = session,
		.direction = nla_get_u32(info->attrs[KSRTP_A_KEY_DIRECTION]),
	};
	struct ksrtp_key_name name;
	struct sk_buff *msg;
	int err;

	err = ksrtp_request_key_name(info->attrs[KSRTP_A_KEY_MKI],
				     info->attrs[KSRTP_A_KEY_FROM], &name,
				     info->extack);
	if (err)
		return err;
	place.at = ksrtp_rekey_find(session->kn, direction, &name,
				    &place.keyset, info->extack);
	if (place.at < 0)
		return place.at;
	place.former = place.keyset !=
		       ksrtp_direction_keyset(session->kn, direction);
	place.seal = ksrtp_request_seal(session->kn,
					info->attrs[KSRTP_A_KEY_SEAL],
					info->extack);
	if (IS_ERR(place.seal))
		return PTR_ERR(place.seal);
	msg = genlmsg_new(KSRTP_MESSAGE_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	return ksrtp_reply(msg, ksrtp_message_key(msg, &id, &place), info);
}

/*
 * Dump the keys of one direction, as far as they fit, oldest first. @n counts
 * the keys of the session that precede them.
 */
static int ksrtp_dump_direction_keys(struct sk_buff *msg,
				     const struct ksrtp_message_id *id,
				     struct ksrtp_key_place *place,
				     const struct ksrtp_keyset *keyset,
				     struct ksrtp_dump *at, unsigned long *n)
{
	int err;

	place->keyset = NULL;
	while ((place->keyset = ksrtp_keyset_after(keyset, place->keyset))) {
		place->former = place->keyset != keyset;
		for (place->at = 0; place->at < place->keyset->n; place->at++) {
			if ((*n)++ < at->skip ||
			    place->keyset->keys[place->at]->blank)
				continue;
			err = ksrtp_message_key(msg, id, place);
			if (err)
				return err;
			at->skip = *n;
		}
	}
	return 0;
}

/* Dump the keys of one session, as far as they fit. */
static int ksrtp_dump_session_keys(struct sk_buff *msg,
				   const struct ksrtp_message_id *id,
				   struct ksrtp_session *session,
				   u32 only, struct ksrtp_dump *at)
{
	struct ksrtp_key_place place = { .session = session, .seal = at->seal };
	const struct ksrtp_keyset *keyset;
	struct ksrtp_direction *direction;
	unsigned long n = 0;
	int err;

	for (place.direction = KSRTP_DIRECTION_SEND;
	     place.direction <= KSRTP_DIRECTION_MAX; place.direction++) {
		if (only && place.direction != only)
			continue;
		direction = ksrtp_direction(session, place.direction);
		keyset = ksrtp_direction_keyset(session->kn, direction);
		if (!keyset)
			continue;
		err = ksrtp_dump_direction_keys(msg, id, &place, keyset, at,
						&n);
		if (err)
			return err;
	}
	at->skip = 0;
	return 0;
}

/**
 * ksrtp_nl_key_get_dumpit() - dump master keys, as many as fit
 * @msg: message to add them to
 * @cb: the dump
 *
 * Context: process, sleeps.
 * Return: length of @msg, 0 at the end, or a negative errno.
 */
int ksrtp_nl_key_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct nlattr **attrs = ksrtp_dump_attrs(cb);
	struct nlattr *name = attrs[KSRTP_A_KEY_MKI] ?:
			      attrs[KSRTP_A_KEY_FROM];

	if (name) {
		NL_SET_ERR_MSG_ATTR(cb->extack, name,
				    "mki, from: name one key; a dump takes filters");
		return -EINVAL;
	}
	return ksrtp_dump_walk(msg, cb, KSRTP_CMD_KEY_GET,
			       attrs[KSRTP_A_KEY_SESSION_ID],
			       attrs[KSRTP_A_KEY_DIRECTION],
			       attrs[KSRTP_A_KEY_SEAL],
			       ksrtp_dump_session_keys);
}
