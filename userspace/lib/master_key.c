// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "base64.h"
#include "complaint.h"
#include "hex.h"
#include "master_key.h"

#define BASE64_LEN(bytes) (4 * (((bytes) + 2) / 3))

/* Double suites accept the outer half alone, for a middle box, RFC 8723. */
static bool is_double(const struct suite *suite)
{
	return suite->id == KSRTP_SUITE_DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM ||
	       suite->id == KSRTP_SUITE_DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM;
}

/* Do key and salt have the lengths of the suite, or of half of it? */
bool key_fits(const struct suite *suite, unsigned int key_len,
	      unsigned int salt_len)
{
	if (key_len == suite->key_len && salt_len == suite->salt_len)
		return true;
	return is_double(suite) && key_len == suite->key_len / 2 &&
	       salt_len == suite->salt_len / 2;
}

static int wrong_length(const struct suite *suite, size_t len,
			struct complaint *c)
{
	unsigned int wanted = suite->key_len + suite->salt_len;

	if (is_double(suite))
		return wrong(c, "suite %s wants %u bytes of key and salt, or the %u of the outer half, got %zu",
			     suite->name, wanted, wanted / 2, len);
	return wrong(c, "suite %s wants %u bytes of key and salt, got %zu",
		     suite->name, wanted, len);
}

/*
 * Decode hex, base64 or SDES's inline: form, of the suite's lengths. Text with
 * only hex digits is hex, unless it has the length of the base64 form.
 */
int key_decode(struct key *key, const char *text, const struct suite *suite,
	       struct complaint *c)
{
	unsigned int wanted = suite->key_len + suite->salt_len;
	unsigned int parts = is_double(suite) ? 2 : 1;
	size_t len;
	int n;

	if (!strncmp(text, "inline:", 7))
		text += 7;
	if (strchr(text, '|'))
		return wrong(c, "lifetime and MKI behind '|' belong to a crypto line; use sdes");
	len = strlen(text);
	n = hex_decode(text, key->material, sizeof(key->material));
	if (n < 0 || len == BASE64_LEN(wanted) ||
	    len == BASE64_LEN(wanted / parts))
		n = base64_decode(text, key->material, sizeof(key->material));
	if (n < 0)
		return wrong(c, "neither hex nor base64");
	if ((unsigned int)n == wanted)
		parts = 1;
	else if ((unsigned int)n != wanted / parts)
		return wrong_length(suite, n, c);
	key->key_len = suite->key_len / parts;
	key->salt_len = suite->salt_len / parts;
	return 0;
}
