// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <libmnl/libmnl.h>

#include "lifetime.h"
#include "reply.h"
#include "spare.h"

static const char *const names[] = {
	[KSRTP_DIRECTION_SEND] = "send",
	[KSRTP_DIRECTION_RECV] = "recv",
};

static bool there(const struct ksrtp_session *session, unsigned int direction)
{
	const struct sdes_keys *keys = description_keys(session, direction);

	return keys->n > sdes_keys_first_spare(keys);
}

bool spares_there(const struct ksrtp_session *session)
{
	return there(session, KSRTP_DIRECTION_SEND) ||
	       there(session, KSRTP_DIRECTION_RECV);
}

/* Do keys with identifiers replace all keys of a direction? */
static bool takes_over(const struct ksrtp_session *session,
		       unsigned int direction)
{
	const struct sdes_keys *keys = description_keys(session, direction);
	const struct value *values = session->directions[direction];

	return keys->n && keys->key[0].mki_len &&
	       (session->replaces || values[KSRTP_A_DIRECTION_OVERLAP].given);
}

bool spares_replace(const struct ksrtp_session *session)
{
	return takes_over(session, KSRTP_DIRECTION_SEND) ||
	       (takes_over(session, KSRTP_DIRECTION_RECV) &&
		there(session, KSRTP_DIRECTION_RECV));
}

static struct nlmsghdr *request(struct ksrtp *handle, int cmd,
				unsigned int direction, uint32_t id)
{
	struct nlmsghdr *nlh = channel_request(handle, cmd, &key_set);

	mnl_attr_put_u32(nlh, KSRTP_A_KEY_SESSION_ID, id);
	mnl_attr_put_u32(nlh, KSRTP_A_KEY_DIRECTION, direction);
	return nlh;
}

/* Will a new key replace all keys of the direction? */
static bool replaces(const struct ksrtp_session *session,
		     unsigned int direction, const struct ksrtp_reply *shown)
{
	const struct value *values = session->directions[direction];
	const struct sdes *sdes = &session->sdes[direction];
	struct ksrtp_reply has;
	const void *list;
	size_t len;

	return ksrtp_reply_nested(shown, direction == KSRTP_DIRECTION_SEND ?
				  KSRTP_A_SESSION_SEND : KSRTP_A_SESSION_RECV,
				  &has) ||
	       reply_number(&has, KSRTP_A_DIRECTION_SUITE, 0) !=
	       sdes->suite.id ||
	       reply_number(&has, KSRTP_A_DIRECTION_KEY_DERIVATION_RATE, 0) !=
	       sdes->key_derivation_rate ||
	       (values[KSRTP_A_DIRECTION_ENCRYPTED_EXTENSIONS].len &&
		ksrtp_reply_bytes(&has, KSRTP_A_DIRECTION_ENCRYPTED_EXTENSIONS,
				  &list, &len));
}

static bool has_mki(const struct ksrtp_reply *reply, const struct sdes_key *key)
{
	const void *mki;
	size_t len;

	return key->mki_len &&
	       !ksrtp_reply_bytes(reply, KSRTP_A_KEY_MKI, &mki, &len) &&
	       len == key->mki_len && !memcmp(mki, key->mki, len);
}

static int read_keys(struct ksrtp *handle, struct replies *replies,
		     unsigned int direction, uint32_t id)
{
	int ret;

	request(handle, KSRTP_CMD_KEY_GET, direction, id);
	ret = channel_dump(handle, replies_begin, replies_add, replies);
	if (!ret && replies->lost)
		ret = channel_fail(handle, -ENOMEM, "answers");
	return ret;
}

/* Can the keys of a line be added to those of the direction? */
static int check_keys(struct ksrtp *handle, const struct sdes_keys *keys,
		      unsigned int direction, const struct replies *replies)
{
	struct ksrtp_reply reply;
	unsigned int n = 0, i;
	size_t at = 0;

	while (replies_next(replies, &at, &reply)) {
		/* a retiring key with another policy is evicted if needed */
		if (reply_number(&reply, KSRTP_A_KEY_SUITE, 0))
			continue;
		n++;
		for (i = 0; i < keys->n; i++)
			if (has_mki(&reply, &keys->key[i]))
				return channel_refuse(handle, -EEXIST,
						      "%s sdes key %u: the direction has a key of this MKI",
						      names[direction], i + 1);
	}
	if (n + keys->n > KSRTP_KEYS_MAX)
		return channel_refuse(handle, -ENOSPC,
				      "%s sdes: with %u more keys the direction would have more than %d",
				      names[direction], keys->n,
				      KSRTP_KEYS_MAX);
	return 0;
}

static int check_direction(struct ksrtp *handle,
			   const struct ksrtp_session *session,
			   unsigned int direction, uint32_t id,
			   const struct ksrtp_reply *shown)
{
	struct replies replies = { 0 };
	int ret;

	if (!there(session, direction) || takes_over(session, direction) ||
	    replaces(session, direction, shown))
		return 0;
	ret = read_keys(handle, &replies, direction, id);
	if (!ret)
		ret = check_keys(handle, description_keys(session, direction),
				 direction, &replies);
	replies_free(&replies);
	return ret;
}

/*
 * A session is changed with the first key, and the others are added afterwards:
 * check beforehand that the directions accept them. Returns the session's id in
 * @id.
 */
int spares_check(struct ksrtp *handle, const struct ksrtp_session *session,
		 uint32_t *id)
{
	struct replies replies = { 0 };
	struct ksrtp_reply shown;
	size_t at = 0;
	int ret;

	description_put_name(session, channel_request(handle,
						      KSRTP_CMD_SESSION_GET,
						      &session_set));
	ret = channel_do(handle, replies_add, &replies);
	if (!ret && (replies.lost || !replies_next(&replies, &at, &shown)))
		ret = channel_fail(handle, -ENOMEM, "answers");
	if (!ret) {
		*id = reply_number(&shown, KSRTP_A_SESSION_ID, 0);
		ret = check_direction(handle, session, KSRTP_DIRECTION_SEND,
				      *id, &shown);
	}
	if (!ret)
		ret = check_direction(handle, session, KSRTP_DIRECTION_RECV,
				      *id, &shown);
	replies_free(&replies);
	return ret;
}

static int del_key(struct ksrtp *handle, const struct ksrtp_reply *key,
		   unsigned int direction, uint32_t id)
{
	const void *mki;
	size_t len;
	int ret;

	if (ksrtp_reply_bytes(key, KSRTP_A_KEY_MKI, &mki, &len))
		return 0;
	mnl_attr_put(request(handle, KSRTP_CMD_KEY_DEL, direction, id),
		     KSRTP_A_KEY_MKI, len, mki);
	ret = channel_do(handle, NULL, NULL);
	/* its overlap may have ended */
	return ret == -ENOENT ? 0 : ret;
}

/* Is it valid until its overlap ends, and not in another key's way? */
static bool retires(const struct ksrtp_reply *key)
{
	return reply_number(key, KSRTP_A_KEY_STATE, 0) == KSRTP_KEY_RETIRING;
}

/* Is it in the way? A receiver's other keys are valid until their overlap ends. */
static bool is_old(const struct ksrtp_reply *key, const struct sdes_keys *keys,
		   unsigned int direction)
{
	unsigned int i;

	for (i = 0; i < keys->n; i++)
		if (has_mki(key, &keys->key[i]))
			return i && (direction == KSRTP_DIRECTION_SEND ||
				     !retires(key));
	return direction == KSRTP_DIRECTION_SEND;
}

static int clear_direction(struct ksrtp *handle, const struct sdes_keys *keys,
			   unsigned int direction, uint32_t id)
{
	unsigned int room = KSRTP_KEYS_MAX - (keys->n - 1), stay = 0;
	struct replies replies = { 0 };
	struct ksrtp_reply key;
	size_t at = 0;
	int ret;
	bool old;

	ret = read_keys(handle, &replies, direction, id);
	while (!ret && replies_next(&replies, &at, &key))
		stay += !reply_number(&key, KSRTP_A_KEY_SUITE, 0) &&
			!is_old(&key, keys, direction);
	at = 0;
	while (!ret && replies_next(&replies, &at, &key)) {
		if (reply_number(&key, KSRTP_A_KEY_SUITE, 0))
			continue;
		old = is_old(&key, keys, direction);
		if (!old && stay > room && !has_mki(&key, &keys->key[0])) {
			old = true;
			stay--;
		}
		if (old)
			ret = del_key(handle, &key, direction, id);
	}
	replies_free(&replies);
	return ret;
}

/*
 * The first key was installed: delete the keys from before, so that the others
 * have room and their identifiers are free.
 */
int spares_clear(struct ksrtp *handle, const struct ksrtp_session *session,
		 uint32_t id)
{
	const struct sdes_keys *keys;
	unsigned int direction;
	int ret = 0;

	for (direction = KSRTP_DIRECTION_SEND;
	     !ret && direction <= KSRTP_DIRECTION_RECV; direction++) {
		keys = description_keys(session, direction);
		if (takes_over(session, direction))
			ret = clear_direction(handle, keys, direction, id);
	}
	return ret;
}

static int add_key(struct ksrtp *handle, const struct sdes_key *key,
		   const struct value *limit, unsigned int direction,
		   uint32_t id)
{
	struct nlmsghdr *nlh = request(handle, KSRTP_CMD_KEY_NEW, direction,
				       id);

	if (key->mki_len)
		mnl_attr_put(nlh, KSRTP_A_KEY_MKI, key->mki_len, key->mki);
	if (key->interval) {
		mnl_attr_put_u64(nlh, KSRTP_A_KEY_FROM, key->from);
		mnl_attr_put_u64(nlh, KSRTP_A_KEY_TO, key->to);
	}
	mnl_attr_put(nlh, KSRTP_A_KEY_MASTER_KEY, key->key.key_len,
		     key->key.material);
	mnl_attr_put(nlh, KSRTP_A_KEY_MASTER_SALT, key->key.salt_len,
		     key->key.material + key->key.key_len);
	if (key->lifetime) {
		mnl_attr_put_u64(nlh, KSRTP_A_KEY_RTP_LIFETIME, key->lifetime);
		mnl_attr_put_u64(nlh, KSRTP_A_KEY_RTCP_LIFETIME,
				 lifetime_rtcp(key->lifetime));
	}
	if (limit->given)
		mnl_attr_put_u32(nlh, KSRTP_A_KEY_SOFT_LIMIT, limit->number);
	return channel_do(handle, NULL, NULL);
}

/* Add the other keys to a session that has the first one. */
int spares_add(struct ksrtp *handle, const struct ksrtp_session *session,
	       uint32_t id)
{
	unsigned int direction, i;
	int ret = 0;

	for (direction = KSRTP_DIRECTION_SEND;
	     direction <= KSRTP_DIRECTION_RECV; direction++) {
		const struct sdes_keys *keys = description_keys(session,
								direction);
		const struct value *limit = &session->directions[direction]
			[KSRTP_A_DIRECTION_SOFT_LIMIT];

		for (i = sdes_keys_first_spare(keys); !ret && i < keys->n; i++)
			ret = add_key(handle, &keys->key[i], limit, direction,
				      id);
	}
	return ret;
}
