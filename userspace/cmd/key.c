// SPDX-License-Identifier: GPL-2.0
/* ksrtp key: master keys of an existing session. */
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "commands.h"
#include "key_text.h"
#include "which.h"
#include "lib/lifetime.h"
#include "util/fail.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/output.h"
#include "util/suites.h"

static const char keys_help[] =
	"Usage: ksrtp key add session N { send | recv } KEY [ mki HEX ]\n"
	"                     [ from N ] [ to N ] [ LIFETIME ]\n"
	"                     [ soft-limit PERCENT ]\n"
	"                     [ rtp-packets N ] [ rtcp-packets N ] [ unused-key ]\n"
	"       ksrtp key use session N send mki HEX\n"
	"       ksrtp key del session N { send | recv } { mki HEX | from N }\n"
	"       ksrtp key show [ session N ] [ { send | recv } ]\n"
	"\n"
	"KEY := { key-file { FILE | - } | key-ring RING | insecure-key TEXT |\n"
	"         key TEXT }\n"
	"RING := { SERIAL | user:DESCRIPTION | logon:DESCRIPTION }\n"
	"LIFETIME := { lifetime N | [ rtp-lifetime N ] [ rtcp-lifetime N ] }\n"
	"Numbers of packets may be written as powers: 2^20.\n"
	"\n"
	"A key without an mki is for the packets from one RTP index to another.\n"
	"rtp-packets and rtcp-packets say how much of a lifetime is used up.\n"
	"With unused-key, one that another session has used is refused.\n";

struct number {
	bool given;
	uint64_t value;
};

struct keys {
	struct which which;
	struct key_text text;
	struct key key;
	bool has_mki;
	unsigned char mki[KSRTP_MKI_MAX];
	size_t mki_len;
	bool unused;
	struct number numbers[KSRTP_A_KEY_MAX + 1];
};

/* Static, so that it can be wiped however the program ends. */
static struct keys keys;

static const struct {
	const char *word;
	uint16_t attr;
	uint64_t min, max;
} numbers[] = {
	{ "from", KSRTP_A_KEY_FROM, 0, KSRTP_INDEX_MAX },
	{ "to", KSRTP_A_KEY_TO, 0, KSRTP_INDEX_MAX },
	{ "rtp-lifetime", KSRTP_A_KEY_RTP_LIFETIME, 1, RTP_LIFETIME_MAX },
	{ "rtcp-lifetime", KSRTP_A_KEY_RTCP_LIFETIME, 1, RTCP_LIFETIME_MAX },
	{ "soft-limit", KSRTP_A_KEY_SOFT_LIMIT, 1, 100 },
	{ "rtp-packets", KSRTP_A_KEY_RTP_PACKETS, 0, RTP_LIFETIME_MAX },
	{ "rtcp-packets", KSRTP_A_KEY_RTCP_PACKETS, 0, RTCP_LIFETIME_MAX },
};

#define NUMBERS (sizeof(numbers) / sizeof(*numbers))

static bool number_parse(struct args *args)
{
	struct number *number;
	size_t i;

	for (i = 0; i < NUMBERS; i++) {
		if (!args_take(args, numbers[i].word))
			continue;
		number = &keys.numbers[numbers[i].attr];
		args_once(&number->given, numbers[i].word);
		number->value = args_count(args, numbers[i].word,
					   numbers[i].min, numbers[i].max);
		return true;
	}
	return false;
}

/* Take a parameter of a new key, if there is one. */
static bool new_parse(struct args *args)
{
	struct number *rtp = &keys.numbers[KSRTP_A_KEY_RTP_LIFETIME];
	struct number *rtcp = &keys.numbers[KSRTP_A_KEY_RTCP_LIFETIME];

	if (args_take(args, "unused-key")) {
		args_once(&keys.unused, "unused-key");
		return true;
	}
	if (!args_take(args, "lifetime"))
		return key_parse(&keys.text, args) || number_parse(args);
	args_once(&rtp->given, "lifetime");
	args_once(&rtcp->given, "lifetime");
	lifetime_parse(args, &rtp->value, &rtcp->value);
	return true;
}

/* Take the identification of a key, if there is one. */
static bool name_parse(struct args *args)
{
	struct number *from = &keys.numbers[KSRTP_A_KEY_FROM];

	if (which_parse(&keys.which, args))
		return true;
	if (args_take(args, "mki")) {
		args_once(&keys.has_mki, "mki");
		keys.mki_len = args_hex(args, "mki", keys.mki,
					sizeof(keys.mki));
		return true;
	}
	if (!args_take(args, "from"))
		return false;
	args_once(&from->given, "from");
	from->value = args_count(args, "from", 0, KSRTP_INDEX_MAX);
	return true;
}

static void keys_parse(struct args *args, const char *command, bool is_new)
{
	explicit_bzero(&keys, sizeof(keys));
	while (*args->word)
		if (!name_parse(args) && !(is_new && new_parse(args)))
			args_end(args);
	if (!keys.which.has_session || !keys.which.has_direction)
		usage("key %s: needs session, and send or recv", command);
}

/* The direction's suite, which determines the lengths of its keys. */
static struct suite direction_suite(const struct which *which)
{
	struct nlmsghdr *nlh;
	struct suite suite;
	json_t *object;
	const char *name;

	suites_read();
	nlh = genl_request(KSRTP_CMD_SESSION_GET, &session_set);
	mnl_attr_put_u32(nlh, KSRTP_A_SESSION_ID, which->session);
	object = genl_json_do(nlh);
	name = output_string(json_object_get(object, which_name(which)),
			     "suite");
	if (!name)
		fail(KSRTP_REFUSED, "key add: session %u has no suite for %s",
		     which->session, which_name(which));
	suite = suite_by_name(name);
	json_decref(object);
	return suite;
}

static struct nlmsghdr *keys_request(int cmd)
{
	struct nlmsghdr *nlh = genl_request(cmd, &key_set);

	which_put(&keys.which, nlh, KSRTP_A_KEY_SESSION_ID,
		  KSRTP_A_KEY_DIRECTION);
	if (keys.has_mki)
		mnl_attr_put(nlh, KSRTP_A_KEY_MKI, keys.mki_len, keys.mki);
	return nlh;
}

/* Build the request for a new key. */
static struct nlmsghdr *key_request(void)
{
	struct nlmsghdr *nlh;
	struct suite suite;

	if (keys.text.serial) {
		nlh = keys_request(KSRTP_CMD_KEY_NEW);
		mnl_attr_put_u32(nlh, KSRTP_A_KEY_KEY_SERIAL, keys.text.serial);
		return nlh;
	}
	suite = direction_suite(&keys.which);
	key_read(&keys.key, &keys.text, &suite);
	nlh = keys_request(KSRTP_CMD_KEY_NEW);
	key_put(&keys.key, nlh, KSRTP_A_KEY_MASTER_KEY,
		KSRTP_A_KEY_MASTER_SALT);
	explicit_bzero(&keys.key, sizeof(keys.key));
	return nlh;
}

static void keys_add(struct args *args)
{
	struct nlmsghdr *nlh;
	size_t i;

	keys_parse(args, "add", true);
	if (!keys.text.given)
		usage("key add: needs a key");
	nlh = key_request();
	for (i = 0; i < NUMBERS; i++) {
		const struct number *number = &keys.numbers[numbers[i].attr];

		if (!number->given)
			continue;
		if (numbers[i].attr == KSRTP_A_KEY_SOFT_LIMIT)
			mnl_attr_put_u32(nlh, numbers[i].attr, number->value);
		else
			mnl_attr_put_u64(nlh, numbers[i].attr, number->value);
	}
	if (keys.unused)
		mnl_attr_put(nlh, KSRTP_A_KEY_UNUSED_KEY, 0, NULL);
	json_decref(genl_json_do(nlh));
}

static void keys_use(struct args *args)
{
	keys_parse(args, "use", false);
	if (keys.which.direction != KSRTP_DIRECTION_SEND)
		usage("key use: is for send; on recv, all keys are in use");
	if (!keys.has_mki || keys.numbers[KSRTP_A_KEY_FROM].given)
		usage("key use: needs mki");
	json_decref(genl_json_do(keys_request(KSRTP_CMD_KEY_USE)));
}

static void keys_del(struct args *args)
{
	const struct number *from = &keys.numbers[KSRTP_A_KEY_FROM];
	struct nlmsghdr *nlh;

	keys_parse(args, "del", false);
	if (keys.has_mki == from->given)
		usage("key del: needs either mki or from");
	nlh = keys_request(KSRTP_CMD_KEY_DEL);
	if (from->given)
		mnl_attr_put_u64(nlh, KSRTP_A_KEY_FROM, from->value);
	json_decref(genl_json_do(nlh));
}

static void number_print(json_t *object, const char *name, long long normal)
{
	json_t *value = json_object_get(object, name);

	if (value && json_integer_value(value) != normal)
		printf(" %s %lld", name, (long long)json_integer_value(value));
}

static void keys_print(json_t *object)
{
	const char *suite = output_string(object, "suite");
	const char *mki = output_string(object, "mki");

	printf("session %lld %s", output_number(object, "session-id"),
	       output_string(object, "direction"));
	if (mki)
		printf(" mki %s", mki);
	else
		printf(" from %lld", output_number(object, "from"));
	number_print(object, "to", KSRTP_INDEX_MAX);
	printf(" %s", output_string(object, "state"));
	number_print(object, "overlap", 0);
	printf(" rtp-packets %lld rtcp-packets %lld",
	       output_number(object, "rtp-packets"),
	       output_number(object, "rtcp-packets"));
	number_print(object, "rtp-lifetime", RTP_LIFETIME_MAX);
	number_print(object, "rtcp-lifetime", RTCP_LIFETIME_MAX);
	number_print(object, "soft-limit", KSRTP_SOFT_LIMIT_DEFAULT);
	if (suite)
		printf(" suite %s", suite);
	printf("%s\n", json_object_get(object, "outer-only") ?
		       " outer-only" : "");
}

static void keys_show(struct args *args)
{
	json_t *list;

	explicit_bzero(&keys, sizeof(keys));
	while (*args->word)
		if (!which_parse(&keys.which, args))
			args_end(args);
	/* answers contain suite numbers; read their names beforehand */
	suites_read();
	list = genl_json_dump(keys_request(KSRTP_CMD_KEY_GET));
	output_list(list, keys_print);
	json_decref(list);
}

void key_command(struct args *args)
{
	if (args_take(args, "help"))
		fputs(keys_help, stdout);
	else if (args_take(args, "add"))
		keys_add(args);
	else if (args_take(args, "use"))
		keys_use(args);
	else if (args_take(args, "del"))
		keys_del(args);
	else if (args_take(args, "show") || args_take(args, "list") ||
		 !*args->word)
		keys_show(args);
	else
		usage("key: unknown command '%s'", *args->word);
}
