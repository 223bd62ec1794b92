// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "base64.h"
#include "decimal.h"
#include "fail.h"
#include "lifetime.h"
#include "place.h"
#include "sdes_key.h"

static const char inline_method[] = "inline:";

/* A number of any length, in big endian, as long as MKIs of the line are. */
static void read_mki(struct sdes_key *key, const char *value,
		     const char *length)
{
	unsigned int carry, i;

	if (!decimal_is(value))
		usage("MKI is not a number");
	if (!*length)
		usage("MKI: no length behind ':'");
	key->mki_len = decimal_range(length, "length of MKI", 1, KSRTP_MKI_MAX);
	if (*value == '0')
		usage(value[1] ? "MKI begins with a 0" : "MKI is 0");
	for (; *value; value++) {
		carry = *value - '0';
		for (i = key->mki_len; i--;) {
			carry += 10 * key->mki[i];
			key->mki[i] = carry;
			carry >>= 8;
		}
		if (carry)
			usage("MKI does not fit into its %u bytes",
			      key->mki_len);
	}
}

static void read_lifetime(struct sdes_key *key, const char *text)
{
	bool power = !strncmp(text, "2^", 2);
	uint64_t value;

	if (!decimal_is(power ? text + 2 : text))
		usage("lifetime is neither a number nor 2^N");
	value = decimal_read(power ? text + 2 : text, "lifetime",
			    RTP_LIFETIME_MAX);
	if (power)
		value = value <= 48 ? 1ULL << value : RTP_LIFETIME_MAX + 1;
	if (!value || value > RTP_LIFETIME_MAX)
		usage("lifetime: %.20s is not within 1..2^48", text);
	key->lifetime = value;
}

static void read_material(const struct suite *suite, struct key *key,
			  const char *text)
{
	int wanted = suite->key_len + suite->salt_len;
	int len;

	len = base64_decode(text, key->material, sizeof(key->material));
	if (len < 0)
		usage("not base64 behind inline:");
	if (len != wanted)
		usage("suite %s wants %d bytes of key and salt, got %d",
		      suite->name, wanted, len);
	key->key_len = suite->key_len;
	key->salt_len = suite->salt_len;
}

/* "inline:" and its key, and perhaps lifetime and MKI behind bars. */
static void read_key(const struct suite *suite, struct sdes_key *key,
		     char *text)
{
	char *field, *length;

	if (strncasecmp(text, inline_method, strlen(inline_method)))
		usage("does not begin with inline:");
	text += strlen(inline_method);
	field = strsep(&text, "|");
	read_material(suite, &key->key, field);
	if (!text)
		return;
	/* only MKIs have colons */
	field = strsep(&text, "|");
	if (!strchr(field, ':')) {
		read_lifetime(key, field);
		if (!text)
			return;
		field = strsep(&text, "|");
	}
	length = strchr(field, ':');
	if (!length)
		usage("MKI has no length, as in 1:4");
	*length++ = '\0';
	read_mki(key, field, length);
	if (text)
		usage(key->lifetime ? "more than lifetime and MKI" :
				      "something behind the MKI");
}

static bool same_key(const struct sdes_key *key, const struct sdes_key *other)
{
	return !memcmp(&key->key, &other->key, sizeof(key->key));
}

/* May a line have this key beside another of its list? */
static void check_sibling(const struct sdes_key *key,
			  const struct sdes_key *other)
{
	if (!key->mki_len || !other->mki_len)
		usage("of several keys, each needs an MKI");
	if (key->mki_len != other->mki_len)
		usage("MKI is not as long as that of another key");
	if (!memcmp(key->mki, other->mki, key->mki_len))
		usage("another key has this MKI");
}

static void check_key(const struct sdes_key *key, const struct sdes_key *other,
		      bool sibling)
{
	if (sibling)
		check_sibling(key, other);
	else if (key->mki_len && other->mki_len &&
		 key->mki_len != other->mki_len)
		usage("MKI is not as long as that of another key");
	if (same_key(key, other))
		usage("another key is the same");
}

/* Read a list of keys, which are to differ from the @others of the line. */
void sdes_keys_read(struct sdes_keys *keys, const struct suite *suite,
		    char *text, const struct sdes_keys *others)
{
	struct sdes_key *key;
	unsigned int i;
	size_t here;

	while (text) {
		here = place_enter(" key %u", keys->n + 1);
		if (keys->n == KSRTP_KEYS_MAX)
			usage("more than the %d that a direction holds",
			      KSRTP_KEYS_MAX);
		key = &keys->key[keys->n];
		read_key(suite, key, strsep(&text, ";"));
		for (i = 0; i < keys->n; i++)
			check_key(key, &keys->key[i], true);
		for (i = 0; others && i < others->n; i++)
			check_key(key, &others->key[i], false);
		keys->n++;
		place_leave(here);
	}
}

/* Is a key in both lists? */
bool sdes_keys_share(const struct sdes_keys *keys,
		     const struct sdes_keys *others)
{
	unsigned int i, j;

	for (i = 0; i < keys->n; i++)
		for (j = 0; j < others->n; j++)
			if (same_key(&keys->key[i], &others->key[j]))
				return true;
	return false;
}
