// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "attrs.h"
#include "direction.h"
#include "fail.h"
#include "output.h"

/*
 * Settings of one value; those of a key are shown with the key. What is not a
 * number is a word of the attribute's, or on and off.
 */
static const struct setting {
	const char *word;
	uint16_t attr;
	uint64_t min, max, normal;
	bool of_key;
} settings[] = {
	{ "replay-window", KSRTP_A_DIRECTION_REPLAY_WINDOW,
	  KSRTP_REPLAY_WINDOW_MIN, KSRTP_REPLAY_WINDOW_MAX, 0, false },
	{ "rtp-lifetime", KSRTP_A_DIRECTION_RTP_LIFETIME,
	  1, RTP_LIFETIME_MAX, 0, true },
	{ "rtcp-lifetime", KSRTP_A_DIRECTION_RTCP_LIFETIME,
	  1, RTCP_LIFETIME_MAX, 0, true },
	{ "soft-limit", KSRTP_A_DIRECTION_SOFT_LIMIT, 1, 100, 0, true },
	{ "overlap", KSRTP_A_DIRECTION_OVERLAP,
	  1, KSRTP_OVERLAP_MAX, 0, true },
	{ "kdr", KSRTP_A_DIRECTION_KEY_DERIVATION_RATE,
	  0, KSRTP_KEY_DERIVATION_RATE_MAX, 0, false },
	{ "unencrypted-srtp", KSRTP_A_DIRECTION_UNENCRYPTED_SRTP,
	  0, 1, 0, false },
	{ "unencrypted-srtcp", KSRTP_A_DIRECTION_UNENCRYPTED_SRTCP,
	  0, 1, 0, false },
	{ "unauthenticated-srtp", KSRTP_A_DIRECTION_UNAUTHENTICATED_SRTP,
	  0, 1, 0, false },
	{ "cryptex", KSRTP_A_DIRECTION_CRYPTEX, 0, 0, 0, false },
	{ "rcc-mode", KSRTP_A_DIRECTION_RCC_MODE, 0, 0, 0, false },
	{ "rcc-rate", KSRTP_A_DIRECTION_RCC_RATE, 1, 65535, 1, false },
	{ "initial-roc", KSRTP_A_DIRECTION_INITIAL_ROC,
	  0, UINT32_MAX, 0, false },
	{ "roc-search", KSRTP_A_DIRECTION_ROC_SEARCH,
	  0, KSRTP_ROC_SEARCH_MAX, 0, false },
};

#define SETTINGS (sizeof(settings) / sizeof(*settings))

static uint64_t parse_word(struct args *args, const char *keyword,
			   const struct words *words)
{
	const char *text = args_value(args, keyword);
	uint64_t value = words_find(words, text);
	char known[64] = "";
	unsigned int i;

	if (value)
		return value;
	for (i = 1; i <= words->max; i++) {
		strcat(known, i == 1 ? "" : i < words->max ? ", " : " and ");
		strcat(known, words_get(words, i));
	}
	usage("%s: '%s' is none of %s", keyword, text, known);
}

static bool parse_switch(struct args *args, const char *keyword)
{
	const char *text = args_value(args, keyword);

	if (strcmp(text, "on") && strcmp(text, "off"))
		usage("%s: '%s' is neither on nor off", keyword, text);
	return !strcmp(text, "on");
}

static uint64_t parse_value(const struct setting *setting, struct args *args)
{
	const struct attr *attr = attrs_get(&direction_set, setting->attr);
	uint64_t value;

	if (attr->type == ATTR_WORD)
		return parse_word(args, setting->word, attr->words);
	if (attr->type == ATTR_BOOL)
		return parse_switch(args, setting->word);
	value = args_count(args, setting->word, setting->min, setting->max);
	if (setting->attr == KSRTP_A_DIRECTION_KEY_DERIVATION_RATE &&
	    value & (value - 1))
		usage("%s: %llu is not a power of two", setting->word,
		      (unsigned long long)value);
	return value;
}

static bool setting_parse(struct direction *direction, struct args *args)
{
	struct value *value;
	size_t i;

	for (i = 0; i < SETTINGS; i++) {
		if (!args_take(args, settings[i].word))
			continue;
		value = &direction->values[settings[i].attr];
		args_once(&value->given, settings[i].word);
		value->number = parse_value(&settings[i], args);
		return true;
	}
	return false;
}

/* Take a part of a direction, if there is one. */
bool direction_parse(struct direction *direction, struct args *args)
{
	struct value *values = direction->values;

	if (args_take(args, "suite")) {
		args_once(&direction->has_suite, "suite");
		direction->suite = suite_by_name(args_value(args, "suite"));
	} else if (args_take(args, "mki")) {
		args_once(&direction->has_mki, "mki");
		direction->mki_len = args_hex(args, "mki", direction->mki,
					      sizeof(direction->mki));
	} else if (args_take(args, "lifetime")) {
		args_once(&values[KSRTP_A_DIRECTION_RTP_LIFETIME].given,
			  "lifetime");
		args_once(&values[KSRTP_A_DIRECTION_RTCP_LIFETIME].given,
			  "lifetime");
		lifetime_parse(args,
			       &values[KSRTP_A_DIRECTION_RTP_LIFETIME].number,
			       &values[KSRTP_A_DIRECTION_RTCP_LIFETIME].number);
	} else if (args_take(args, "encrypted-extensions")) {
		list_parse(&direction->extensions, args, "encrypted-extensions",
			   1, 255);
	} else if (args_take(args, "repair-types")) {
		list_parse(&direction->repairs, args, "repair-types", 0, 127);
	} else if (args_take(args, "fec")) {
		args_once(&direction->fec, "fec");
	} else {
		return key_parse(&direction->text, args) ||
		       sdes_parse(&direction->sdes, args, direction->name) ||
		       setting_parse(direction, args);
	}
	return true;
}

/* What a crypto line says itself, by a word or by silence. */
static const uint16_t sdes_settings[] = {
	KSRTP_A_DIRECTION_RTP_LIFETIME, KSRTP_A_DIRECTION_RTCP_LIFETIME,
	KSRTP_A_DIRECTION_KEY_DERIVATION_RATE,
	KSRTP_A_DIRECTION_UNENCRYPTED_SRTP, KSRTP_A_DIRECTION_UNENCRYPTED_SRTCP,
	KSRTP_A_DIRECTION_UNAUTHENTICATED_SRTP,
};

#define SDES_SETTINGS (sizeof(sdes_settings) / sizeof(*sdes_settings))

static const char *setting_word(uint16_t attr)
{
	size_t i;

	for (i = 0; settings[i].attr != attr; i++)
		;
	return settings[i].word;
}

/* Refuse to be told twice, and perhaps otherwise. */
static void check_beside_sdes(const struct direction *direction)
{
	const char *word = NULL;
	size_t i;

	for (i = 0; i < SDES_SETTINGS; i++)
		if (direction->values[sdes_settings[i]].given)
			word = setting_word(sdes_settings[i]);
	if (direction->has_suite)
		word = "suite";
	else if (direction->text.given)
		word = "key";
	else if (direction->has_mki)
		word = "mki";
	if (word)
		usage("%s sdes: %s makes no sense beside it", direction->name,
		      word);
}

static void give(struct direction *direction, uint16_t attr, uint64_t number)
{
	direction->values[attr].given = true;
	direction->values[attr].number = number;
}

/* The keys of the crypto line that are for this session. */
const struct sdes_keys *direction_sdes_keys(const struct direction *direction)
{
	return direction->fec ? &direction->sdes.fec : &direction->sdes.media;
}

/* Have the first key and the settings of a crypto line. */
static void take_sdes(struct direction *direction)
{
	const struct sdes_keys *keys = direction_sdes_keys(direction);
	const struct sdes *sdes = &direction->sdes;
	const struct sdes_key *first = &keys->key[0];
	uint16_t window = KSRTP_A_DIRECTION_REPLAY_WINDOW;

	check_beside_sdes(direction);
	if (!keys->n)
		usage("%s sdes: has no FEC_KEY", direction->name);
	direction->has_suite = true;
	direction->suite = sdes->suite;
	direction->key = first->key;
	direction->has_mki = first->mki_len;
	direction->mki_len = first->mki_len;
	memcpy(direction->mki, first->mki, first->mki_len);
	if (first->lifetime) {
		give(direction, KSRTP_A_DIRECTION_RTP_LIFETIME,
		     first->lifetime);
		give(direction, KSRTP_A_DIRECTION_RTCP_LIFETIME,
		     lifetime_rtcp(first->lifetime));
	}
	give(direction, KSRTP_A_DIRECTION_KEY_DERIVATION_RATE,
	     sdes->key_derivation_rate);
	give(direction, KSRTP_A_DIRECTION_UNENCRYPTED_SRTP,
	     sdes->unencrypted_srtp);
	give(direction, KSRTP_A_DIRECTION_UNENCRYPTED_SRTCP,
	     sdes->unencrypted_srtcp);
	give(direction, KSRTP_A_DIRECTION_UNAUTHENTICATED_SRTP,
	     sdes->unauthenticated_srtp);
	/* a hint, while an administrator who says something knows */
	if (sdes->window && !direction->values[window].given)
		give(direction, window, sdes->window);
}

static void setting_put(const struct setting *setting,
			const struct value *value, struct nlmsghdr *nlh)
{
	if (!value->given)
		return;
	switch (attrs_get(&direction_set, setting->attr)->type) {
	case ATTR_BOOL:
		mnl_attr_put_u8(nlh, setting->attr, value->number);
		break;
	case ATTR_U64:
		mnl_attr_put_u64(nlh, setting->attr, value->number);
		break;
	default:
		mnl_attr_put_u32(nlh, setting->attr, value->number);
	}
}

/* Make of what was given what the kernel is to be told. */
void direction_resolve(struct direction *direction)
{
	if (direction->fec && !direction->sdes.given)
		usage("%s: fec goes with sdes", direction->name);
	if (direction->sdes.given)
		take_sdes(direction);
	if (!direction->text.given)
		return;
	if (!direction->has_suite)
		usage("%s: a key needs its suite beside it", direction->name);
	key_decode(&direction->key, &direction->text, &direction->suite);
	explicit_bzero(&direction->text.text, sizeof(direction->text.text));
}

void direction_put(const struct direction *direction, struct nlmsghdr *nlh,
		   uint16_t attr)
{
	struct nlattr *nest;
	size_t i;

	if (!direction->given)
		return;
	nest = mnl_attr_nest_start(nlh, attr);
	if (direction->has_suite)
		mnl_attr_put_u32(nlh, KSRTP_A_DIRECTION_SUITE,
				 direction->suite.id);
	if (direction->key.key_len)
		key_put(&direction->key, nlh, KSRTP_A_DIRECTION_MASTER_KEY,
			KSRTP_A_DIRECTION_MASTER_SALT);
	if (direction->has_mki)
		mnl_attr_put(nlh, KSRTP_A_DIRECTION_MKI, direction->mki_len,
			     direction->mki);
	for (i = 0; i < SETTINGS; i++)
		setting_put(&settings[i],
			    &direction->values[settings[i].attr], nlh);
	if (direction->extensions.given)
		mnl_attr_put(nlh, KSRTP_A_DIRECTION_ENCRYPTED_EXTENSIONS,
			     direction->extensions.len,
			     direction->extensions.numbers);
	if (direction->repairs.given)
		mnl_attr_put(nlh, KSRTP_A_DIRECTION_REPAIR_TYPES,
			     direction->repairs.len,
			     direction->repairs.numbers);
	mnl_attr_nest_end(nlh, nest);
}

/* Print what a setting is, unless it is as without being set. */
static void setting_print(const struct setting *setting, json_t *object)
{
	const struct attr *attr = attrs_get(&direction_set, setting->attr);
	json_t *value = json_object_get(object, attr->name);

	if (json_is_integer(value) &&
	    json_integer_value(value) != (json_int_t)setting->normal)
		printf(" %s %lld", setting->word,
		       (long long)json_integer_value(value));
	else if (json_is_true(value))
		printf(" %s on", setting->word);
	else if (json_is_string(value) &&
		 strcmp(json_string_value(value), "off"))
		printf(" %s %s", setting->word, json_string_value(value));
}

static void numbers_print(json_t *object, const char *name)
{
	json_t *numbers = json_object_get(object, name);

	if (!json_array_size(numbers))
		return;
	printf(" %s", name);
	list_print(numbers);
}

void direction_print(json_t *session, const char *name)
{
	json_t *object = json_object_get(session, name);
	const char *suite, *cipher, *auth, *key;
	json_t *value;
	size_t i;

	if (!object)
		return;
	suite = output_string(object, "suite");
	cipher = output_string(object, "cipher-driver");
	auth = output_string(object, "auth-driver");
	printf("    %s %s%s%s replay-window %lld", name, suite ? suite : "",
	       suite ? " " : "", output_string(object, "state"),
	       output_number(object, "replay-window"));
	for (i = 0; i < SETTINGS; i++)
		if (!settings[i].of_key &&
		    settings[i].attr != KSRTP_A_DIRECTION_REPLAY_WINDOW)
			setting_print(&settings[i], object);
	numbers_print(object, "encrypted-extensions");
	numbers_print(object, "repair-types");
	if (output_number(object, "keys") > 1)
		printf(" keys %lld", output_number(object, "keys"));
	if (cipher)
		printf(" cipher %s", cipher);
	if (auth)
		printf(" auth %s", auth);
	putchar('\n');
	if (!output_stats)
		return;
	json_object_foreach(json_object_get(object, "stats"), key, value)
		printf("        %-22s %lld\n", key,
		       (long long)json_integer_value(value));
}
