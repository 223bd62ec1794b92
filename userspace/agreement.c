// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "agreement.h"
#include "base64.h"
#include "direction.h"
#include "fail.h"
#include "hex.h"
#include "lifetime.h"

/*
 * A protocol that agrees on keys, and the order in which its material has
 * those of its first and its second role.
 */
struct protocol {
	const char *name;
	const char *first, *second;
	bool keys_first;	/* both keys, then both salts */
};

static const struct protocol protocols[] = {
	/* RFC 5764 section 4.2 */
	{ "dtls", "client", "server", true },
	/* RFC 6189 section 4.5.3 */
	{ "zrtp", "initiator", "responder", false },
};

#define DTLS (&protocols[0])
#define ZRTP (&protocols[1])

/* Keys and salts of both roles. */
#define MATERIAL_MAX (2 * (KSRTP_MASTER_KEY_MAX + KSRTP_MASTER_SALT_MAX))

static void begin(struct agreement *agreement, const struct protocol *protocol,
		  struct args *args)
{
	const char *role;

	if (agreement->protocol)
		usage("%s: keys are agreed on once", protocol->name);
	agreement->protocol = protocol;
	role = args_value(args, protocol->name);
	agreement->first = !strcmp(role, protocol->first);
	if (!agreement->first && strcmp(role, protocol->second))
		usage("%s: '%s' is neither %s nor %s", protocol->name, role,
		      protocol->first, protocol->second);
}

/* Take the beginning of an agreement, if it is there. */
bool agreement_parse(struct agreement *agreement, struct args *args)
{
	size_t i;

	for (i = 0; i < sizeof(protocols) / sizeof(*protocols); i++)
		if (args_take(args, protocols[i].name)) {
			begin(agreement, &protocols[i], args);
			return true;
		}
	return false;
}

static bool parse_dtls(struct agreement *agreement, struct args *args)
{
	const char *text;

	if (args_take(args, "profile")) {
		if (agreement->profile)
			usage("profile: given twice");
		text = args_value(args, "profile");
		agreement->profile = registry_profile(text);
		if (!agreement->profile)
			usage("profile: '%s' is none of DTLS-SRTP", text);
	} else if (args_take(args, "mki")) {
		args_once(&agreement->has_mki, "mki");
		agreement->mki_len = args_hex(args, "mki", agreement->mki,
					      sizeof(agreement->mki));
	} else {
		return false;
	}
	return true;
}

/* Take one of some words behind a keyword; @others are known, and not here. */
static bool parse_word(const char **value, struct args *args,
		       const char *keyword, const char *const *words,
		       const char *others)
{
	size_t i;

	if (!args_take(args, keyword))
		return false;
	if (*value)
		usage("%s: given twice", keyword);
	*value = args_value(args, keyword);
	for (i = 0; words[i]; i++)
		if (!strcmp(*value, words[i]))
			return true;
	usage("%s: ksrtp has no '%s'; %s", keyword, *value, others);
}

static const char *const ciphers[] = { "AES1", "AES2", "AES3", NULL };
static const char *const auth_tags[] = { "HS32", "HS80", NULL };

static bool parse_zrtp(struct agreement *agreement, struct args *args)
{
	return parse_word(&agreement->cipher, args, "cipher", ciphers,
			  "but AES1, AES2 and AES3") ||
	       parse_word(&agreement->auth_tag, args, "auth-tag", auth_tags,
			  "but HS32 and HS80");
}

/* Take a part of the agreement that has begun, if there is one. */
bool agreement_parse_part(struct agreement *agreement, struct args *args)
{
	if (!agreement->protocol)
		return false;
	return key_parse(&agreement->text, args) ||
	       (agreement->protocol == DTLS && parse_dtls(agreement, args)) ||
	       (agreement->protocol == ZRTP && parse_zrtp(agreement, args));
}

/* Cipher and tag of ZRTP, RFC 6189 sections 5.1.3 and 5.1.4, are a suite. */
static const struct suite *zrtp_suite(const struct agreement *agreement)
{
	char name[32];

	snprintf(name, sizeof(name), "%s_HMAC_SHA1_%s",
		 !strcmp(agreement->cipher, "AES1") ? "AES_CM_128" :
		 !strcmp(agreement->cipher, "AES2") ? "AES_192_CM" :
						      "AES_256_CM",
		 agreement->auth_tag + strlen("HS"));
	return registry_sdes(name);
}

static const struct suite *check(const struct agreement *agreement,
				 bool needs_mux)
{
	const char *name = agreement->protocol->name;

	if (!agreement->text.given)
		usage("%s: needs a key", name);
	if (agreement->protocol == ZRTP) {
		if (!agreement->cipher || !agreement->auth_tag)
			usage("zrtp: needs cipher and auth-tag");
		return zrtp_suite(agreement);
	}
	if (!agreement->profile)
		usage("dtls: needs a profile");
	if (needs_mux)
		usage("dtls: needs rtcp-mux; RTCP on ports of its own has a handshake, and takes a session, of its own");
	return &agreement->profile->suite;
}

/* Digits of hex may stand in groups, as for each key and salt. */
static void close_up(char *text)
{
	char *to = text;

	for (; *text; text++)
		if (!isspace((unsigned char)*text))
			*to++ = *text;
	*to = '\0';
}

static void decode(struct key_text *key, const struct suite *suite,
		   const char *protocol, unsigned char *material)
{
	int wanted = 2 * (suite->key_len + suite->salt_len);
	int hex, n;

	close_up(key->text);
	hex = hex_decode(key->text, material, MATERIAL_MAX);
	n = hex;
	if (hex != wanted)
		n = base64_decode(key->text, material, MATERIAL_MAX);
	if (n == wanted)
		return;
	if (hex < 0 && n < 0)
		usage("%s: neither hex nor base64", protocol);
	usage("%s: suite %s wants %d bytes, two keys and two salts, got %d",
	      protocol, suite->name, wanted, hex < 0 ? n : hex);
}

/* Cut the key and the salt of a role, 0 or 1, out of the material. */
static void split(struct key *key, const unsigned char *material,
		  const struct suite *suite, bool keys_first, unsigned int role)
{
	unsigned int key_len = suite->key_len, salt_len = suite->salt_len;

	key->key_len = key_len;
	key->salt_len = salt_len;
	if (keys_first) {
		memcpy(key->material, material + role * key_len, key_len);
		memcpy(key->material + key_len,
		       material + 2 * key_len + role * salt_len, salt_len);
	} else {
		memcpy(key->material, material + role * (key_len + salt_len),
		       key_len + salt_len);
	}
}

/* Give a direction what was agreed on; it may have settings, but no keys. */
static void take(const struct agreement *agreement, const struct suite *suite,
		 const unsigned char *material, struct direction *direction,
		 unsigned int role)
{
	struct value *lifetime =
		&direction->values[KSRTP_A_DIRECTION_RTP_LIFETIME];
	const char *name = agreement->protocol->name;

	if (direction->has_suite || direction->text.given ||
	    direction->sdes.given || direction->has_mki)
		usage("%s: %s has suite, key or mki of its own", name,
		      direction->name);
	direction->given = true;
	direction->has_suite = true;
	direction->suite = *suite;
	split(&direction->key, material, suite,
	      agreement->protocol->keys_first, role);
	direction->has_mki = agreement->has_mki;
	direction->mki_len = agreement->mki_len;
	memcpy(direction->mki, agreement->mki, agreement->mki_len);
	if (!agreement->profile)
		return;
	if (!lifetime->given && agreement->profile->rtp_lifetime <
				RTP_LIFETIME_MAX) {
		lifetime->given = true;
		lifetime->number = agreement->profile->rtp_lifetime;
	}
	if (lifetime->given &&
	    lifetime->number > agreement->profile->rtp_lifetime)
		usage("%s: %s has a lifetime of RTP above the profile's %llu",
		      name, direction->name,
		      (unsigned long long)agreement->profile->rtp_lifetime);
}

/* Hand the keys out, if some were agreed on. */
void agreement_resolve(struct agreement *agreement, bool new_session, bool mux,
		       struct direction *send, struct direction *recv)
{
	static unsigned char material[MATERIAL_MAX];
	const struct suite *suite;

	if (!agreement->protocol)
		return;
	suite = check(agreement, new_session && !mux);
	decode(&agreement->text, suite, agreement->protocol->name, material);
	explicit_bzero(&agreement->text, sizeof(agreement->text));
	/* each role sends with its own, and receives with the other's */
	take(agreement, suite, material, send, !agreement->first);
	take(agreement, suite, material, recv, agreement->first);
	explicit_bzero(material, sizeof(material));
}
