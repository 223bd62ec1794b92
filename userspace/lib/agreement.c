// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "agreement.h"
#include "libksrtp.h"
#include "lifetime.h"

const char *agreement_name(enum protocol protocol)
{
	return protocol == DTLS ? "dtls" : "zrtp";
}

/* Suite of ZRTP's cipher and auth tag, RFC 6189 sections 5.1.3 and 5.1.4. */
const struct suite *agreement_zrtp_suite(const char *cipher,
					 const char *auth_tag)
{
	const char *aes;
	char name[32];

	if (!strcmp(cipher, "AES1"))
		aes = "AES_CM_128";
	else if (!strcmp(cipher, "AES2"))
		aes = "AES_192_CM";
	else if (!strcmp(cipher, "AES3"))
		aes = "AES_256_CM";
	else
		return NULL;
	if (strcmp(auth_tag, "HS32") && strcmp(auth_tag, "HS80"))
		return NULL;
	snprintf(name, sizeof(name), "%s_HMAC_SHA1_%s", aes,
		 auth_tag + strlen("HS"));
	return registry_sdes(name);
}

/*
 * Extract the key and the salt of a role, 0 or 1. DTLS has both keys and then
 * both salts, RFC 5764 section 4.2; ZRTP orders them by role, RFC 6189 section
 * 4.5.3.
 */
static void split(struct key *key, const unsigned char *material,
		  const struct agreement *agreement, unsigned int role)
{
	unsigned int salt_len = agreement->suite->salt_len;
	unsigned int key_len = agreement->suite->key_len;

	key->key_len = key_len;
	key->salt_len = salt_len;
	if (agreement->protocol == DTLS) {
		memcpy(key->material, material + role * key_len, key_len);
		memcpy(key->material + key_len,
		       material + 2 * key_len + role * salt_len, salt_len);
	} else {
		memcpy(key->material, material + role * (key_len + salt_len),
		       key_len + salt_len);
	}
}

/* Set the agreed key of a direction, which may have settings, but no keys. */
static int take(const struct agreement *agreement,
		const unsigned char *material, struct ksrtp_session *session,
		unsigned int direction, unsigned int role, struct complaint *c)
{
	struct value *values = session->directions[direction];
	struct value *lifetime = &values[KSRTP_A_DIRECTION_RTP_LIFETIME];
	const char *name = direction == KSRTP_DIRECTION_SEND ? "send" : "recv";
	struct key key;

	if (values[KSRTP_A_DIRECTION_SUITE].given ||
	    values[KSRTP_A_DIRECTION_MASTER_KEY].given ||
	    session->sdes[direction].given)
		return wrong(c, "%s must not have suite, key or mki", name);
	if (agreement->rtp_lifetime < RTP_LIFETIME_MAX && !lifetime->given)
		value_number(lifetime, agreement->rtp_lifetime);
	if (lifetime->given && lifetime->number > agreement->rtp_lifetime)
		return wrong(c, "%s has an RTP lifetime above the profile's %llu",
			     name, (unsigned long long)agreement->rtp_lifetime);
	split(&key, material, agreement, role);
	description_suite(session, direction, agreement->suite);
	description_key(session, direction, &key);
	explicit_bzero(&key, sizeof(key));
	return 0;
}

/* Set the keys: each role sends with its own and receives with the other's. */
int agreement_take(const struct agreement *agreement,
		   const unsigned char *material, struct ksrtp_session *session,
		   struct complaint *c)
{
	int ret;

	ret = take(agreement, material, session, KSRTP_DIRECTION_SEND,
		   !agreement->first, c);
	if (!ret)
		ret = take(agreement, material, session, KSRTP_DIRECTION_RECV,
			   agreement->first, c);
	session->wants_mux = agreement->protocol == DTLS;
	return ret;
}

static int agree(const struct agreement *agreement, const void *material,
		 size_t len, struct ksrtp_session *session, struct complaint *c)
{
	const struct suite *suite = agreement->suite;
	unsigned int wanted = 2 * (suite->key_len + suite->salt_len);

	if (!session)
		return -ENOMEM;
	if (len != wanted)
		return wrong(c, "suite %s wants %u bytes, two keys and two salts, got %zu",
			     suite->name, wanted, len);
	return agreement_take(agreement, material, session, c);
}

/* Set the keys from a DTLS-SRTP exporter, RFC 5764 section 4.2. */
int ksrtp_session_dtls(struct ksrtp_session *session, int is_client,
		       unsigned int number, const void *material, size_t len)
{
	const struct profile *profile = registry_profile(number);
	struct complaint complaint = { .place = "dtls" };
	struct agreement agreement = { .protocol = DTLS, .first = is_client };
	int ret;

	if (profile) {
		agreement.suite = &profile->suite;
		agreement.rtp_lifetime = profile->rtp_lifetime;
		ret = agree(&agreement, material, len, session, &complaint);
	} else {
		ret = wrong(&complaint, "profile: '%u' is not a DTLS-SRTP profile",
			    number);
	}
	return description_end(session, ret, &complaint);
}

/* Set the keys from ZRTP's srtpkeyi, srtpsalti, srtpkeyr, srtpsaltr, RFC 6189 4.5.3. */
int ksrtp_session_zrtp(struct ksrtp_session *session, int is_initiator,
		       const char *cipher, const char *auth_tag,
		       const void *material, size_t len)
{
	struct complaint complaint = { .place = "zrtp" };
	struct agreement agreement = {
		.protocol = ZRTP,
		.first = is_initiator,
		.suite = agreement_zrtp_suite(cipher, auth_tag),
		.rtp_lifetime = RTP_LIFETIME_MAX,
	};
	int ret;

	if (agreement.suite)
		ret = agree(&agreement, material, len, session, &complaint);
	else
		ret = wrong(&complaint, "no cipher '%.8s' with auth-tag '%.8s'",
			    cipher, auth_tag);
	return description_end(session, ret, &complaint);
}
