// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <libmnl/libmnl.h>

#include "base64.h"
#include "fail.h"
#include "hex.h"
#include "key.h"
#include "secret.h"

#define BASE64_LEN(bytes) (4 * (((bytes) + 2) / 3))

static const struct secret_kind key_kind = SECRET_KIND("key", "key");

/* Take a key, if there is one. */
bool key_parse(struct key_text *key, struct args *args)
{
	return secret_parse(&key_kind, args, &key->given, key->text,
			    sizeof(key->text));
}

/* Double suites take the outer half alone, RFC 8723: a middle box's. */
static bool is_double(const struct suite *suite)
{
	return suite->id == KSRTP_SUITE_DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM ||
	       suite->id == KSRTP_SUITE_DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM;
}

/* Are key and salt of the lengths that the suite, or half of it, has? */
bool key_fits(const struct suite *suite, unsigned int key_len,
	      unsigned int salt_len)
{
	if (key_len == suite->key_len && salt_len == suite->salt_len)
		return true;
	return is_double(suite) && key_len == suite->key_len / 2 &&
	       salt_len == suite->salt_len / 2;
}

static void __attribute__((noreturn))
wrong_length(const struct suite *suite, size_t len)
{
	unsigned int wanted = suite->key_len + suite->salt_len;

	if (is_double(suite))
		usage("key: suite %s wants %u bytes of key and salt, or the %u of the outer half, got %zu",
		      suite->name, wanted, wanted / 2, len);
	usage("key: suite %s wants %u bytes of key and salt, got %zu",
	      suite->name, wanted, len);
}

/*
 * Decode master key and salt, which have to be of the suite's lengths. Text
 * that is all digits is hex, unless it is as long as their base64 is.
 */
void key_decode(struct key *key, const struct key_text *given,
		const struct suite *suite)
{
	unsigned int wanted = suite->key_len + suite->salt_len;
	unsigned int parts = is_double(suite) ? 2 : 1;
	const char *text = given->text;
	size_t len;
	int n;

	if (!strncmp(text, "inline:", 7))
		text += 7;
	if (strchr(text, '|'))
		usage("key: lifetime and MKI behind '|' belong to a crypto line; use sdes");
	len = strlen(text);
	n = hex_decode(text, key->material, sizeof(key->material));
	if (n < 0 || len == BASE64_LEN(wanted) ||
	    len == BASE64_LEN(wanted / parts))
		n = base64_decode(text, key->material, sizeof(key->material));
	if (n < 0)
		usage("key: neither hex nor base64");
	if ((unsigned int)n == wanted)
		parts = 1;
	else if ((unsigned int)n != wanted / parts)
		wrong_length(suite, n);
	key->key_len = suite->key_len / parts;
	key->salt_len = suite->salt_len / parts;
}

/* Add a key, as these attributes, to a message. */
void key_put(const struct key *key, struct nlmsghdr *nlh, uint16_t key_attr,
	     uint16_t salt_attr)
{
	mnl_attr_put(nlh, key_attr, key->key_len, key->material);
	mnl_attr_put(nlh, salt_attr, key->salt_len,
		     key->material + key->key_len);
}
