// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <libmnl/libmnl.h>

#include "key_text.h"
#include "lib/complaint.h"
#include "lib/lifetime.h"
#include "util/fail.h"
#include "util/secret.h"

static const struct secret_kind key_kind = SECRET_KIND("key", "key");
static const struct secret_kind ekt_kind = SECRET_KIND("EKT key", "ekt-key");

/* Take a key, if there is one. */
bool key_parse(struct key_text *key, struct args *args)
{
	return secret_parse(&key_kind, args, &key->given, key->text,
			    sizeof(key->text), &key->serial);
}

/* Decode the text of a key, and wipe the text. */
void key_read(struct key *key, struct key_text *given,
	      const struct suite *suite)
{
	struct complaint complaint = { 0 };

	if (key_decode(key, given->text, suite, &complaint))
		usage("key: %s", complaint.text);
	explicit_bzero(given->text, sizeof(given->text));
}

/* Take an EKT key, if there is one. */
bool ekt_key_parse(struct key_text *key, struct args *args)
{
	return secret_parse(&ekt_kind, args, &key->given, key->text,
			    sizeof(key->text), &key->serial);
}

/* Decode the text of an EKT key and its salt, and wipe the text. */
void ekt_key_read(struct value *value, struct key_text *given)
{
	unsigned char material[KSRTP_EKT_KEY_MAX];
	int n = secret_decode(given->text, material, sizeof(material));

	if (n <= 0 || (size_t)n > sizeof(material))
		usage("ekt-key: neither hex nor base64 of at most %zu bytes",
		      sizeof(material));
	value_bytes(value, material, n);
	explicit_bzero(material, sizeof(material));
}

/* Add a key to a message, with these attributes. */
void key_put(const struct key *key, struct nlmsghdr *nlh, uint16_t key_attr,
	     uint16_t salt_attr)
{
	mnl_attr_put(nlh, key_attr, key->key_len, key->material);
	mnl_attr_put(nlh, salt_attr, key->salt_len,
		     key->material + key->key_len);
}

/* Take one number for the lifetimes of both RTP and RTCP. */
void lifetime_parse(struct args *args, uint64_t *rtp, uint64_t *rtcp)
{
	*rtp = args_count(args, "lifetime", 1, RTP_LIFETIME_MAX);
	*rtcp = lifetime_rtcp(*rtp);
}
