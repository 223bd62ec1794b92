// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "direction.h"
#include "lib/attrs.h"
#include "lib/lifetime.h"
#include "util/fail.h"
#include "util/list.h"
#include "util/output.h"
#include "util/suites.h"

/*
 * Settings with one value; those of a key are shown with the key. A value that
 * is not a number is a name of the attribute's, or on and off.
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
	{ "counters", KSRTP_A_DIRECTION_COUNTERS, 0, 0, 0, false },
	{ "repeat", KSRTP_A_DIRECTION_REPEAT, 0, KSRTP_REPEAT_MAX, 0, false },
	{ "short-srtcp-tag", KSRTP_A_DIRECTION_SHORT_SRTCP_TAG,
	  0, 1, 0, false },
	{ "kdf-aes-256", KSRTP_A_DIRECTION_KDF_AES_256, 0, 1, 0, false },
	{ "ekt-spi", KSRTP_A_DIRECTION_EKT_SPI, 0, UINT16_MAX, UINT64_MAX,
	  false },
	{ "ekt-interval", KSRTP_A_DIRECTION_EKT_INTERVAL,
	  1, KSRTP_EKT_INTERVAL_MAX, 0, false },
	{ "ekt-rate", KSRTP_A_DIRECTION_EKT_RATE, 1, KSRTP_EKT_RATE_MAX, 0,
	  false },
	{ "rtp-block", KSRTP_A_DIRECTION_RTP_BLOCK, 0, UINT32_MAX, 0, false },
	{ "srtcp-block", KSRTP_A_DIRECTION_SRTCP_BLOCK, 0, INT32_MAX, 0,
	  false },
	{ "srtcp-start", KSRTP_A_DIRECTION_SRTCP_START, 1, INT32_MAX, 0,
	  false },
	{ "report", KSRTP_A_DIRECTION_REPORT, 0, UINT32_MAX, 0, false },
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

/* Set up a direction that is all zero. */
void direction_begin(struct direction *direction,
		     enum ksrtp_direction_id id, struct ksrtp_session *session)
{
	direction->name = id == KSRTP_DIRECTION_SEND ? "send" : "recv";
	direction->id = id;
	direction->session = session;
	direction->values = session->directions[id];
}

/* Take a part of a direction, if there is one. */
bool direction_parse(struct direction *direction, struct args *args)
{
	struct value *values = direction->values;
	struct value *value;

	if (args_take(args, "suite")) {
		value = &values[KSRTP_A_DIRECTION_SUITE];
		args_once(&value->given, "suite");
		direction->suite = suite_by_name(args_value(args, "suite"));
		value->number = direction->suite.id;
	} else if (args_take(args, "mki")) {
		value = &values[KSRTP_A_DIRECTION_MKI];
		args_once(&value->given, "mki");
		value->len = args_hex(args, "mki", value->bytes, KSRTP_MKI_MAX);
	} else if (args_take(args, "lifetime")) {
		args_once(&values[KSRTP_A_DIRECTION_RTP_LIFETIME].given,
			  "lifetime");
		args_once(&values[KSRTP_A_DIRECTION_RTCP_LIFETIME].given,
			  "lifetime");
		lifetime_parse(args,
			       &values[KSRTP_A_DIRECTION_RTP_LIFETIME].number,
			       &values[KSRTP_A_DIRECTION_RTCP_LIFETIME].number);
	} else if (args_take(args, "encrypted-extensions")) {
		list_parse(&values[KSRTP_A_DIRECTION_ENCRYPTED_EXTENSIONS],
			   args, "encrypted-extensions", 1, 255);
	} else if (args_take(args, "repair-types")) {
		list_parse(&values[KSRTP_A_DIRECTION_REPAIR_TYPES], args,
			   "repair-types", 0, 127);
	} else if (args_take(args, "unused-key")) {
		value = &values[KSRTP_A_DIRECTION_UNUSED_KEY];
		args_once(&value->given, "unused-key");
		value->number = 1;
	} else if (args_take(args, "restart-counters")) {
		value = &values[KSRTP_A_DIRECTION_RESTART_COUNTERS];
		args_once(&value->given, "restart-counters");
		value->number = 1;
	} else if (args_take(args, "ekt-off")) {
		value = &values[KSRTP_A_DIRECTION_EKT_OFF];
		args_once(&value->given, "ekt-off");
		value->number = 1;
	} else if (args_take(args, "fec")) {
		args_once(&direction->session->fec[direction->id], "fec");
	} else {
		return key_parse(&direction->text, args) ||
		       ekt_key_parse(&direction->ekt, args) ||
		       crypto_line_parse(&direction->session->sdes[direction->id],
					 args, direction->name) ||
		       setting_parse(direction, args);
	}
	return true;
}

/* Are its keys given, or properties of them? */
bool direction_has_keys(const struct direction *direction)
{
	return direction->values[KSRTP_A_DIRECTION_SUITE].given ||
	       direction->values[KSRTP_A_DIRECTION_MKI].given ||
	       direction->text.given ||
	       direction->session->sdes[direction->id].given;
}

/* Settings that a crypto line always determines, by a parameter or a default. */
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

/* Refuse settings that the crypto line determines. */
static void check_beside_sdes(const struct direction *direction)
{
	const char *word = NULL;
	size_t i;

	for (i = 0; i < SDES_SETTINGS; i++)
		if (direction->values[sdes_settings[i]].given)
			word = setting_word(sdes_settings[i]);
	if (direction->values[KSRTP_A_DIRECTION_SUITE].given)
		word = "suite";
	else if (direction->text.given)
		word = "key";
	else if (direction->values[KSRTP_A_DIRECTION_MKI].given)
		word = "mki";
	if (word)
		usage("%s sdes: %s cannot be combined with it", direction->name,
		      word);
}

static void take_sdes(struct direction *direction)
{
	struct complaint complaint = { 0 };

	check_beside_sdes(direction);
	if (description_sdes(direction->session, direction->id, &complaint))
		usage("%s sdes: %s", direction->name, complaint.text);
}

/* An EKT key and its number go together. */
static void take_ekt(struct direction *direction)
{
	struct value *values = direction->values;

	if (!direction->ekt.given) {
		if (values[KSRTP_A_DIRECTION_EKT_SPI].given)
			usage("%s: ekt-spi needs an ekt-key", direction->name);
		return;
	}
	if (!values[KSRTP_A_DIRECTION_EKT_SPI].given)
		usage("%s: an ekt-key needs ekt-spi", direction->name);
	if (direction->ekt.serial)
		value_number(&values[KSRTP_A_DIRECTION_EKT_KEY_SERIAL],
			     direction->ekt.serial);
	else
		ekt_key_read(&values[KSRTP_A_DIRECTION_EKT_KEY],
			     &direction->ekt);
}

/* Convert what was given to the kernel's attributes. */
void direction_resolve(struct direction *direction)
{
	bool sdes = direction->session->sdes[direction->id].given;
	struct key key;

	if (direction->session->fec[direction->id] && !sdes)
		usage("%s: fec goes with sdes", direction->name);
	take_ekt(direction);
	if (sdes)
		take_sdes(direction);
	if (!direction->text.given)
		return;
	if (!direction->values[KSRTP_A_DIRECTION_SUITE].given)
		usage("%s: a key needs a suite", direction->name);
	if (direction->text.serial) {
		description_held_key(direction->session, direction->id,
				     direction->text.serial);
		return;
	}
	key_read(&key, &direction->text, &direction->suite);
	description_key(direction->session, direction->id, &key);
	explicit_bzero(&key, sizeof(key));
}

/* Print a setting, unless it is the default. */
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
	if (output_number(object, "ekt-keys") > 1)
		printf(" ekt-keys %lld", output_number(object, "ekt-keys"));
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
