// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <string.h>

#include "agreed.h"
#include "direction.h"
#include "lib/base64.h"
#include "lib/hex.h"
#include "lib/lifetime.h"
#include "util/fail.h"

/* Key agreement protocols and their roles. */
static const struct {
	enum protocol protocol;
	const char *name, *first, *second;
} protocols[] = {
	{ DTLS, "dtls", "client", "server" },
	{ ZRTP, "zrtp", "initiator", "responder" },
};

#define PROTOCOLS (sizeof(protocols) / sizeof(*protocols))

/* Take the start of an agreement, if there is one. */
bool agreed_parse(struct agreed *agreed, struct args *args)
{
	struct agreement *agreement = &agreed->agreement;
	const char *name, *role;
	size_t i;

	for (i = 0; i < PROTOCOLS && !args_take(args, protocols[i].name); i++)
		;
	if (i == PROTOCOLS)
		return false;
	name = protocols[i].name;
	if (agreement->protocol)
		usage("%s: only one key agreement is possible", name);
	agreement->protocol = protocols[i].protocol;
	role = args_value(args, name);
	agreement->first = !strcmp(role, protocols[i].first);
	if (!agreement->first && strcmp(role, protocols[i].second))
		usage("%s: '%s' is neither %s nor %s", name, role,
		      protocols[i].first, protocols[i].second);
	return true;
}

static const struct profile *find_profile(const char *text)
{
	uint64_t number;

	if (!number_read(text, &number))
		return registry_profile_named(text);
	return number <= UINT16_MAX ? registry_profile(number) : NULL;
}

static bool parse_dtls(struct agreed *agreed, struct args *args)
{
	const char *text;

	if (args_take(args, "profile")) {
		if (agreed->profile)
			usage("profile: given twice");
		text = args_value(args, "profile");
		agreed->profile = find_profile(text);
		if (!agreed->profile)
			usage("profile: '%s' is not a DTLS-SRTP profile", text);
	} else if (args_take(args, "mki")) {
		args_once(&agreed->mki.given, "mki");
		agreed->mki.len = args_hex(args, "mki", agreed->mki.bytes,
					   KSRTP_MKI_MAX);
	} else {
		return false;
	}
	return true;
}

/* Take one of these words behind a keyword; @others says which there are. */
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
	usage("%s: '%s' is not supported; %s", keyword, *value, others);
}

static const char *const ciphers[] = { "AES1", "AES2", "AES3", NULL };
static const char *const auth_tags[] = { "HS32", "HS80", NULL };

static bool parse_zrtp(struct agreed *agreed, struct args *args)
{
	return parse_word(&agreed->cipher, args, "cipher", ciphers,
			  "use AES1, AES2 or AES3") ||
	       parse_word(&agreed->auth_tag, args, "auth-tag", auth_tags,
			  "use HS32 or HS80");
}

/* Take a part of the agreement, if one has started. */
bool agreed_parse_part(struct agreed *agreed, struct args *args)
{
	if (!agreed->agreement.protocol)
		return false;
	return key_parse(&agreed->text, args) ||
	       (agreed->agreement.protocol == DTLS &&
		parse_dtls(agreed, args)) ||
	       (agreed->agreement.protocol == ZRTP && parse_zrtp(agreed, args));
}

/* Find the suite. */
static void complete(struct agreed *agreed)
{
	struct agreement *agreement = &agreed->agreement;

	if (!agreed->text.given)
		usage("%s: needs a key", agreement_name(agreement->protocol));
	if (agreed->text.serial)
		usage("%s: keys of type logon cannot be read, as is needed to split them; use type user",
		      agreement_name(agreement->protocol));
	if (agreement->protocol == ZRTP) {
		if (!agreed->cipher || !agreed->auth_tag)
			usage("zrtp: needs cipher and auth-tag");
		agreement->suite = agreement_zrtp_suite(agreed->cipher,
							agreed->auth_tag);
		agreement->rtp_lifetime = RTP_LIFETIME_MAX;
		return;
	}
	if (!agreed->profile)
		usage("dtls: needs a profile");
	agreement->suite = &agreed->profile->suite;
	agreement->rtp_lifetime = agreed->profile->rtp_lifetime;
}

/* Hex digits may be in groups, one for each key and salt. */
static void close_up(char *text)
{
	char *to = text;

	for (; *text; text++)
		if (!isspace((unsigned char)*text))
			*to++ = *text;
	*to = '\0';
}

static void decode(struct key_text *key, const struct agreement *agreement,
		   unsigned char *material)
{
	const char *name = agreement_name(agreement->protocol);
	const struct suite *suite = agreement->suite;
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
		usage("%s: neither hex nor base64", name);
	usage("%s: suite %s wants %d bytes, two keys and two salts, got %d",
	      name, suite->name, wanted, hex < 0 ? n : hex);
}

/* A direction may have settings, but no keys; an MKI is for both. */
static void prepare(const struct agreed *agreed, struct direction *direction)
{
	if (direction_has_keys(direction))
		usage("%s: %s must not have suite, key or mki",
		      agreement_name(agreed->agreement.protocol),
		      direction->name);
	direction->values[KSRTP_A_DIRECTION_MKI] = agreed->mki;
}

/* Set the keys of both directions, if there is an agreement. */
void agreed_resolve(struct agreed *agreed, struct direction *send,
		    struct direction *recv)
{
	static unsigned char material[MATERIAL_MAX];
	struct agreement *agreement = &agreed->agreement;
	struct complaint complaint = { 0 };

	if (!agreement->protocol)
		return;
	complete(agreed);
	decode(&agreed->text, agreement, material);
	explicit_bzero(&agreed->text, sizeof(agreed->text));
	prepare(agreed, send);
	prepare(agreed, recv);
	if (agreement_take(agreement, material, send->session, &complaint))
		usage("%s: %s", agreement_name(agreement->protocol),
		      complaint.text);
	explicit_bzero(material, sizeof(material));
}
