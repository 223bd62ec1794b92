// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "base64.h"
#include "complaint.h"
#include "decimal.h"
#include "lifetime.h"
#include "sdes_key.h"

static const char inline_method[] = "inline:";

/* A number of any size, stored in big endian with the length of the line's MKIs. */
static int read_mki(struct sdes_key *key, const char *value,
		    const char *length, struct complaint *c)
{
	unsigned int carry, i;
	uint64_t len;
	int err;

	if (!decimal_is(value))
		return wrong(c, "MKI is not a number");
	if (!*length)
		return wrong(c, "MKI: no length behind ':'");
	err = decimal_range(length, "length of MKI", 1, KSRTP_MKI_MAX, &len, c);
	if (err)
		return err;
	key->mki_len = len;
	if (*value == '0')
		return wrong(c, value[1] ? "MKI begins with a 0" :
					   "MKI is 0");
	for (; *value; value++) {
		carry = *value - '0';
		for (i = key->mki_len; i--;) {
			carry += 10 * key->mki[i];
			key->mki[i] = carry;
			carry >>= 8;
		}
		if (carry)
			return wrong(c, "MKI does not fit into its %u bytes",
				     key->mki_len);
	}
	return 0;
}

static int read_lifetime(struct sdes_key *key, const char *text,
			 struct complaint *c)
{
	bool power = !strncmp(text, "2^", 2);
	uint64_t value;
	int err;

	if (!decimal_is(power ? text + 2 : text))
		return wrong(c, "lifetime is neither a number nor 2^N");
	err = decimal_read(power ? text + 2 : text, "lifetime",
			   RTP_LIFETIME_MAX, &value, c);
	if (err)
		return err;
	if (power)
		value = value <= 48 ? 1ULL << value : RTP_LIFETIME_MAX + 1;
	if (!value || value > RTP_LIFETIME_MAX)
		return wrong(c, "lifetime: %.20s is not within 1..2^48",
			     text);
	key->lifetime = value;
	return 0;
}

static int read_material(const struct suite *suite, struct key *key,
			 const char *text, struct complaint *c)
{
	int wanted = suite->key_len + suite->salt_len;
	int len;

	len = base64_decode(text, key->material, sizeof(key->material));
	if (len < 0)
		return wrong(c, "not base64 behind inline:");
	if (len != wanted)
		return wrong(c, "suite %s wants %d bytes of key and salt, got %d",
			     suite->name, wanted, len);
	key->key_len = suite->key_len;
	key->salt_len = suite->salt_len;
	return 0;
}

/* "inline:" and the key, optionally followed by lifetime and MKI behind bars. */
static int read_key(const struct suite *suite, struct sdes_key *key,
		    char *text, struct complaint *c)
{
	char *field, *length;
	int err;

	if (strncasecmp(text, inline_method, strlen(inline_method)))
		return wrong(c, "does not begin with inline:");
	text += strlen(inline_method);
	field = strsep(&text, "|");
	err = read_material(suite, &key->key, field, c);
	if (err || !text)
		return err;
	/* MKIs have a colon, lifetimes do not */
	field = strsep(&text, "|");
	if (!strchr(field, ':')) {
		err = read_lifetime(key, field, c);
		if (err || !text)
			return err;
		field = strsep(&text, "|");
	}
	length = strchr(field, ':');
	if (!length)
		return wrong(c, "MKI has no length, as in 1:4");
	*length++ = '\0';
	err = read_mki(key, field, length, c);
	if (!err && text)
		err = wrong(c, key->lifetime ? "more than lifetime and MKI" :
					       "something behind the MKI");
	return err;
}

static bool same_key(const struct sdes_key *key, const struct sdes_key *other)
{
	return !memcmp(&key->key, &other->key, sizeof(key->key));
}

/* May both keys be in one list? */
static int check_sibling(const struct sdes_key *key,
			 const struct sdes_key *other, struct complaint *c)
{
	if (!key->mki_len || !other->mki_len)
		return wrong(c, "of several keys, each needs an MKI");
	if (key->mki_len != other->mki_len)
		return wrong(c, "MKI is not as long as that of another key");
	if (!memcmp(key->mki, other->mki, key->mki_len))
		return wrong(c, "another key has this MKI");
	return 0;
}

static int check_key(const struct sdes_key *key, const struct sdes_key *other,
		     bool sibling, struct complaint *c)
{
	int err = 0;

	if (sibling)
		err = check_sibling(key, other, c);
	else if (key->mki_len && other->mki_len &&
		 key->mki_len != other->mki_len)
		err = wrong(c, "MKI is not as long as that of another key");
	if (!err && same_key(key, other))
		err = wrong(c, "another key is the same");
	return err;
}

/* Parse a list of keys, which must differ from the @others of the line. */
int sdes_keys_read(struct sdes_keys *keys, const struct suite *suite,
		   char *text, const struct sdes_keys *others,
		   struct complaint *c)
{
	struct sdes_key *key;
	unsigned int i;
	size_t here;
	int err;

	while (text) {
		here = complaint_enter(c, " key %u", keys->n + 1);
		if (keys->n == KSRTP_KEYS_MAX)
			return wrong(c, "more than the %d that a direction holds",
				     KSRTP_KEYS_MAX);
		key = &keys->key[keys->n];
		err = read_key(suite, key, strsep(&text, ";"), c);
		for (i = 0; !err && i < keys->n; i++)
			err = check_key(key, &keys->key[i], true, c);
		for (i = 0; !err && others && i < others->n; i++)
			err = check_key(key, &others->key[i], false, c);
		if (err)
			return err;
		keys->n++;
		complaint_leave(c, here);
	}
	return 0;
}

/* Lifetime of a key in packets; the maximum if not given. */
static uint64_t lifetime(const struct sdes_key *key)
{
	return key->lifetime ? key->lifetime : RTP_LIFETIME_MAX;
}

/* Are they the same, in the same order, with the same parameters? */
bool sdes_keys_same(const struct sdes_keys *keys,
		    const struct sdes_keys *others)
{
	const struct sdes_key *key, *other;
	unsigned int i;

	if (keys->n != others->n)
		return false;
	for (i = 0; i < keys->n; i++) {
		key = &keys->key[i];
		other = &others->key[i];
		if (!same_key(key, other) || key->mki_len != other->mki_len ||
		    memcmp(key->mki, other->mki, key->mki_len) ||
		    lifetime(key) != lifetime(other) ||
		    key->interval != other->interval ||
		    key->from != other->from || key->to != other->to)
			return false;
	}
	return true;
}

static bool has_key(const struct sdes_keys *keys, const struct sdes_key *key)
{
	unsigned int i;

	for (i = 0; i < keys->n; i++)
		if (same_key(key, &keys->key[i]))
			return true;
	return false;
}

/* Is the first of a list, the one to send with, none of another one? */
bool sdes_keys_begins_new(const struct sdes_keys *keys,
			  const struct sdes_keys *others)
{
	return !has_key(others, &keys->key[0]);
}

/* Is any of a list none of another one? */
bool sdes_keys_has_new(const struct sdes_keys *keys,
		       const struct sdes_keys *others)
{
	unsigned int i;

	for (i = 0; i < keys->n; i++)
		if (!has_key(others, &keys->key[i]))
			return true;
	return false;
}

/* The first key is part of the session, unless it has an interval. */
unsigned int sdes_keys_first_spare(const struct sdes_keys *keys)
{
	return keys->n && keys->key[0].interval ? 0 : 1;
}

/* Is a key in both lists? */
bool sdes_keys_share(const struct sdes_keys *keys,
		     const struct sdes_keys *others)
{
	unsigned int i;

	for (i = 0; i < keys->n; i++)
		if (has_key(others, &keys->key[i]))
			return true;
	return false;
}
