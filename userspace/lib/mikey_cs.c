// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "complaint.h"
#include "mikey_cs.h"
#include "mikey_kdf.h"
#include "mikey_policy.h"

/**
 * mikey_cs_count() - how many crypto sessions a message is about
 * @message: the message
 *
 * Return: their number; 1 without any, as with the empty map of RFC 4563: its keys
 * are for whatever the message comes with
 */
unsigned int mikey_cs_count(const struct mikey_message *message)
{
	return message->n_cs ? message->n_cs : 1;
}

/* The one policy of a message that maps none. */
static unsigned int policy_of(const struct mikey_message *message,
			      unsigned int cs_id)
{
	const struct mikey_payload *policy;

	if (message->n_cs)
		return message->cs[cs_id - 1].policy;
	policy = mikey_find(message, MIKEY_SP);
	return policy ? policy->number : 0;
}

/* Key and salt in one, or the salt apart. */
static int take_tek(const struct mikey_key *from, const struct suite *suite,
		    struct key *key, struct complaint *c)
{
	size_t key_len = from->key.len, salt_len = from->salt.len;

	if (!(from->type & MIKEY_KEY_SALTED)) {
		if (key_len != suite->key_len + suite->salt_len)
			return wrong(c, "%zu bytes, and suite %s wants %u of key and salt",
				     key_len, suite->name,
				     suite->key_len + suite->salt_len);
		memcpy(key->material, from->key.at, key_len);
		return 0;
	}
	if (key_len != suite->key_len || salt_len != suite->salt_len)
		return wrong(c, "%zu bytes of key and %zu of salt, and suite %s wants %u and %u",
			     key_len, salt_len, suite->name, suite->key_len,
			     suite->salt_len);
	memcpy(key->material, from->key.at, key_len);
	memcpy(key->material + key_len, from->salt.at, salt_len);
	return 0;
}

/* RFC 3830 section 4.1.3; a salt that comes with it is not derived. */
static int derive(const struct mikey_message *message,
		  const struct mikey_key *from, unsigned int cs_id,
		  const struct suite *suite, struct key *key,
		  struct complaint *c)
{
	unsigned char *salt = key->material + suite->key_len;
	int ret;

	if (!message->n_cs)
		return wrong(c, "a TGK, and no crypto session that keys are derived for");
	ret = mikey_derive(message, from->key, MIKEY_TEK, cs_id, key->material,
			   suite->key_len, c);
	if (ret)
		return ret;
	if (!(from->type & MIKEY_KEY_SALTED))
		return mikey_derive(message, from->key, MIKEY_TEK_SALT, cs_id,
				    salt, suite->salt_len, c);
	if (from->salt.len != suite->salt_len)
		return wrong(c, "%zu bytes of salt, and suite %s wants %u",
			     from->salt.len, suite->name, suite->salt_len);
	memcpy(salt, from->salt.at, suite->salt_len);
	return 0;
}

static int take_interval(const struct mikey_key *from, struct sdes_key *key,
			 struct complaint *c)
{
	if (from->from.len > 8 || from->to.len > 8)
		return wrong(c, "an interval that is longer than 8 bytes");
	key->interval = true;
	key->from = bytes_number(from->from);
	key->to = from->to.len ? bytes_number(from->to) : KSRTP_INDEX_MAX;
	if (key->to > KSRTP_INDEX_MAX)
		return wrong(c, "valid to an index above 2^48 - 1");
	if (key->from > key->to)
		return wrong(c, "valid from an index behind the last one");
	return 0;
}

static int take_key(const struct mikey_message *message,
		    const struct mikey_key *from, unsigned int cs_id,
		    bool raw_tgk, const struct suite *suite,
		    struct sdes_key *key, struct complaint *c)
{
	int ret;

	key->key.key_len = suite->key_len;
	key->key.salt_len = suite->salt_len;
	if (from->type & MIKEY_KEY_TEK || raw_tgk)
		ret = take_tek(from, suite, &key->key, c);
	else
		ret = derive(message, from, cs_id, suite, &key->key, c);
	if (ret)
		return ret;
	if (from->spi.len > KSRTP_MKI_MAX)
		return wrong(c, "an SPI of %zu bytes; the longest is of %d",
			     from->spi.len, KSRTP_MKI_MAX);
	key->mki_len = from->spi.len;
	if (from->spi.len)
		memcpy(key->mki, from->spi.at, from->spi.len);
	return from->validity == MIKEY_KV_INTERVAL ?
		       take_interval(from, key, c) : 0;
}

/* May a direction have both? Packets have to tell which one is meant. */
static int check_sibling(const struct sdes_key *key,
			 const struct sdes_key *other, struct complaint *c)
{
	if (!memcmp(&key->key, &other->key, sizeof(key->key)))
		return wrong(c, "another key is the same");
	if (key->mki_len && other->mki_len) {
		if (key->mki_len != other->mki_len)
			return wrong(c, "SPI is not as long as that of another key");
		if (!memcmp(key->mki, other->mki, key->mki_len))
			return wrong(c, "another key has this SPI");
		return 0;
	}
	if (!key->interval || !other->interval)
		return wrong(c, "of several keys, each needs an SPI, or each an interval");
	if (key->from <= other->to && other->from <= key->to)
		return wrong(c, "another key is for some of these indexes");
	return 0;
}

/**
 * mikey_cs_read() - keys and settings of a crypto session
 * @message: the message
 * @opened: its keys
 * @cs_id: which session, from 1 on
 * @raw_tgk: take a TGK for a TEK, as some do
 * @sdes: takes them, as of a crypto line; to be wiped whatever is returned
 * @complaint: takes the error, with payload and offset
 *
 * Return: 0, or a negative errno
 */
int mikey_cs_read(const struct mikey_message *message,
		  const struct mikey_opened *opened, unsigned int cs_id,
		  bool raw_tgk, struct sdes *sdes,
		  struct complaint *complaint)
{
	struct sdes_keys *keys = &sdes->media;
	unsigned int i;
	size_t here;
	int ret;

	memset(sdes, 0, sizeof(*sdes));
	ret = mikey_policy_read(message, policy_of(message, cs_id), sdes,
				complaint);
	while (!ret && keys->n < opened->n) {
		here = complaint_enter(complaint, " key data at byte %zu",
				       opened->offset[keys->n]);
		ret = take_key(message, &opened->key[keys->n], cs_id, raw_tgk,
			       &sdes->suite, &keys->key[keys->n], complaint);
		for (i = 0; !ret && i < keys->n; i++)
			ret = check_sibling(&keys->key[keys->n], &keys->key[i],
					    complaint);
		if (ret)
			break;
		keys->n++;
		complaint_leave(complaint, here);
	}
	sdes->given = !ret;
	return ret;
}
