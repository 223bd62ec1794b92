// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "cs.h"
#include "kdf.h"
#include "policy.h"
#include "lib/complaint.h"

/**
 * mikey_cs_count() - number of crypto sessions of a message
 * @message: the message
 *
 * Return: the number, 1 for the empty map of RFC 4563, whose keys are for the media
 * section that the message came with
 */
unsigned int mikey_cs_count(const struct mikey_message *message)
{
	return message->n_cs ? message->n_cs : 1;
}

/* A message with an empty map has one policy. */
static unsigned int policy_of(const struct mikey_message *message,
			      unsigned int cs_id)
{
	const struct mikey_payload *policy;

	if (message->n_cs)
		return message->cs[cs_id - 1].policy;
	policy = mikey_find(message, MIKEY_SP);
	return policy ? policy->number : 0;
}

/* A TEK has the salt appended or separate. */
static int take_tek(const struct mikey_key *from, const struct suite *suite,
		    struct key *key, struct complaint *c)
{
	size_t key_len = from->key.len, salt_len = from->salt.len;

	if (!(from->type & MIKEY_KEY_SALTED)) {
		if (key_len != suite->key_len + suite->salt_len)
			return wrong(c, "%zu bytes; suite %s needs %u for key and salt",
				     key_len, suite->name,
				     suite->key_len + suite->salt_len);
		memcpy(key->material, from->key.at, key_len);
		return 0;
	}
	if (key_len != suite->key_len || salt_len != suite->salt_len)
		return wrong(c, "key of %zu bytes and salt of %zu; suite %s needs %u and %u",
			     key_len, salt_len, suite->name, suite->key_len,
			     suite->salt_len);
	memcpy(key->material, from->key.at, key_len);
	memcpy(key->material + key_len, from->salt.at, salt_len);
	return 0;
}

/* RFC 3830 section 4.1.3. A salt that comes with the TGK is used as it is. */
static int derive(const struct mikey_message *message,
		  const struct mikey_key *from, unsigned int cs_id,
		  const struct suite *suite, struct key *key,
		  struct complaint *c)
{
	unsigned char *salt = key->material + suite->key_len;
	int ret;

	if (!message->n_cs)
		return wrong(c, "a TGK needs a crypto session to derive keys for");
	ret = mikey_derive(message, from->key, MIKEY_TEK, cs_id, key->material,
			   suite->key_len, c);
	if (ret)
		return ret;
	if (!(from->type & MIKEY_KEY_SALTED))
		return mikey_derive(message, from->key, MIKEY_TEK_SALT, cs_id,
				    salt, suite->salt_len, c);
	if (from->salt.len != suite->salt_len)
		return wrong(c, "salt of %zu bytes; suite %s needs %u",
			     from->salt.len, suite->name, suite->salt_len);
	memcpy(salt, from->salt.at, suite->salt_len);
	return 0;
}

static int take_interval(const struct mikey_key *from, struct sdes_key *key,
			 struct complaint *c)
{
	if (from->from.len > 8 || from->to.len > 8)
		return wrong(c, "interval is longer than 8 bytes");
	key->interval = true;
	key->from = bytes_number(from->from);
	key->to = from->to.len ? bytes_number(from->to) : KSRTP_INDEX_MAX;
	if (key->to > KSRTP_INDEX_MAX)
		return wrong(c, "interval ends after index 2^48 - 1");
	if (key->from > key->to)
		return wrong(c, "interval ends before it begins");
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
		return wrong(c, "SPI of %zu bytes; %d are allowed",
			     from->spi.len, KSRTP_MKI_MAX);
	key->mki_len = from->spi.len;
	if (from->spi.len)
		memcpy(key->mki, from->spi.at, from->spi.len);
	return from->validity == MIKEY_KV_INTERVAL ?
		       take_interval(from, key, c) : 0;
}

/* Packets must identify the key, by SPI or index. */
static int check_sibling(const struct sdes_key *key,
			 const struct sdes_key *other, struct complaint *c)
{
	if (!memcmp(&key->key, &other->key, sizeof(key->key)))
		return wrong(c, "key is repeated");
	if (key->mki_len && other->mki_len) {
		if (key->mki_len != other->mki_len)
			return wrong(c, "SPI lengths differ");
		if (!memcmp(key->mki, other->mki, key->mki_len))
			return wrong(c, "SPI is repeated");
		return 0;
	}
	if (!key->interval || !other->interval)
		return wrong(c, "several keys need an SPI each, or an interval each");
	if (key->from <= other->to && other->from <= key->to)
		return wrong(c, "intervals of two keys overlap");
	return 0;
}

/**
 * mikey_cs_read() - read keys and settings of a crypto session
 * @message: the message
 * @opened: its keys
 * @cs_id: the crypto session, from 1
 * @raw_tgk: use a TGK as TEK, as some peers do
 * @sdes: receives them, as from a crypto line; must be wiped in any case
 * @complaint: receives the error, with payload and offset
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
