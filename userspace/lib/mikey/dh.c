// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "dh.h"
#include "lib/complaint.h"

/* Private values have 512 bits, more than twice the strength of any group. */
#define PRIVATE_LEN 64

#define GENERATOR 2

/* RFC 3526 section 2, RFC 2409 sections 6.1 and 6.2. */
static BIGNUM *prime_of(unsigned int group)
{
	switch (group) {
	case MIKEY_OAKLEY_5:
		return BN_get_rfc3526_prime_1536(NULL);
	case MIKEY_OAKLEY_1:
		return BN_get_rfc2409_prime_768(NULL);
	case MIKEY_OAKLEY_2:
		return BN_get_rfc2409_prime_1024(NULL);
	}
	return NULL;
}

/* base^x modulo the group's prime, in constant time, as many bytes as the prime. */
static int power(unsigned int group, BIGNUM *base,
		 const struct mikey_secret *secret, unsigned char *out,
		 struct complaint *c)
{
	BIGNUM *prime = prime_of(group), *result = BN_secure_new();
	BIGNUM *x = BN_secure_new();
	BN_CTX *ctx = BN_CTX_secure_new();
	bool ok = prime && result && x && ctx && base &&
		  BN_bin2bn(secret->key, secret->len, x);

	if (ok) {
		BN_set_flags(x, BN_FLG_CONSTTIME);
		ok = BN_mod_exp(result, base, x, prime, ctx) &&
		     BN_bn2binpad(result, out, BN_num_bytes(prime)) > 0;
	}
	BN_free(prime);
	BN_clear_free(result);
	BN_clear_free(x);
	BN_CTX_free(ctx);
	return ok ? 0 : complain(c, EIO, "OpenSSL failed to compute Diffie-Hellman");
}

static int public_of(unsigned int group, const struct mikey_secret *secret,
		     unsigned char *value, struct complaint *c)
{
	BIGNUM *base = BN_new();
	int ret;

	if (!base || !BN_set_word(base, GENERATOR)) {
		BN_free(base);
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	}
	ret = power(group, base, secret, value, c);
	BN_free(base);
	return ret;
}

/**
 * mikey_dh_make() - choose a private value
 * @group: the group
 * @secret: receives the private value
 * @value: receives the public value, MIKEY_DH_MAX bytes at most
 * @complaint: receives the error
 *
 * Return: 0, or a negative errno
 */
int mikey_dh_make(unsigned int group, struct mikey_secret *secret,
		  unsigned char *value, struct complaint *complaint)
{
	if (RAND_priv_bytes(secret->key, PRIVATE_LEN) != 1)
		return complain(complaint, EIO, "no random bytes");
	secret->len = PRIVATE_LEN;
	return public_of(group, secret, value, complaint);
}

/**
 * mikey_dh_check() - check a public value
 * @dh: its payload
 * @complaint: receives the error, with payload and offset
 *
 * 0, 1 and p - 1 yield a key that everybody knows.
 *
 * Return: 0, or a negative errno
 */
int mikey_dh_check(const struct mikey_payload *dh, struct complaint *complaint)
{
	BIGNUM *last = prime_of(dh->alg);
	BIGNUM *value = BN_bin2bn(dh->data.at, dh->data.len, NULL);
	bool done = last && value && BN_sub_word(last, 1);
	bool good = done && BN_cmp(value, BN_value_one()) > 0 &&
		    BN_cmp(value, last) < 0;

	BN_free(last);
	BN_free(value);
	if (!done)
		return complain(complaint, ENOMEM, "%s", strerror(ENOMEM));
	return good ? 0 : wrong(complaint, "DH at byte %zu: value is not within 2..p-2",
				dh->offset);
}

/**
 * mikey_dh_secret() - find the private value of a public one
 * @sent: secrets of messages made here
 * @csb_id: CSB ID of the message
 * @dh: the public value
 *
 * Return: the private value, or NULL if it is not known
 */
const struct mikey_secret *mikey_dh_secret(const struct mikey_sent *sent,
					   uint32_t csb_id,
					   const struct mikey_payload *dh)
{
	const struct mikey_secret *secret = NULL;
	struct complaint unheard = { 0 };
	unsigned char value[MIKEY_DH_MAX];

	while ((secret = mikey_sent_next(sent, csb_id, secret)))
		if (secret->len == PRIVATE_LEN &&
		    !public_of(dh->alg, secret, value, &unheard) &&
		    bytes_same(dh->data, (struct bytes) {
				       value, dh->data.len,
			       }))
			return secret;
	return NULL;
}

/**
 * mikey_dh_agree() - compute the TGK
 * @dh: the peer's public value
 * @secret: the private value
 * @tgk: receives the TGK, as long as the public value
 * @complaint: receives the error, with payload and offset
 *
 * Return: 0, or a negative errno
 */
int mikey_dh_agree(const struct mikey_payload *dh,
		   const struct mikey_secret *secret, unsigned char *tgk,
		   struct complaint *complaint)
{
	BIGNUM *value;
	int ret = mikey_dh_check(dh, complaint);

	if (ret)
		return ret;
	value = BN_bin2bn(dh->data.at, dh->data.len, NULL);
	ret = power(dh->alg, value, secret, tgk, complaint);
	BN_free(value);
	return ret;
}

/**
 * mikey_dh_values() - find the public values of a message
 * @message: the message
 * @n: their number, 1 or 2
 * @first: receives the first
 * @second: receives the second, if there are 2
 * @complaint: receives the error, with payload and offset
 *
 * Return: 0, or -EINVAL if their number is another
 */
int mikey_dh_values(const struct mikey_message *message, unsigned int n,
		    const struct mikey_payload **first,
		    const struct mikey_payload **second,
		    struct complaint *complaint)
{
	const struct mikey_payload *at;
	unsigned int found = 0;

	for (at = message->payload; at < &message->payload[message->n]; at++) {
		if (at->type != MIKEY_DH)
			continue;
		if (found == n)
			return wrong(complaint, "DH at byte %zu: more than %u",
				     at->offset, n);
		*(found++ ? second : first) = at;
	}
	if (found < n)
		return wrong(complaint, "DH payload is missing; %u of %u are there",
			     found, n);
	return 0;
}

/**
 * mikey_dh_write() - append a public value to a message
 * @draft: the message
 * @group: the group
 * @value: the value
 */
void mikey_dh_write(struct mikey_draft *draft, unsigned int group,
		    struct bytes value)
{
	mikey_draft_payload(draft, MIKEY_DH);
	writer_number(&draft->writer, 1, group);
	writer_bytes(&draft->writer, value);
	writer_number(&draft->writer, 1, MIKEY_KV_NULL);
}
