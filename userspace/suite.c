// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <strings.h>

#include <linux/ksrtp.h>

#include "fail.h"
#include "genl.h"
#include "output.h"
#include "suite.h"

static const char suite_help[] =
	"Usage: ksrtp suite show\n"
	"\n"
	"Lists the suites, their lengths in bytes, their DTLS-SRTP profile, and\n"
	"the crypto drivers this kernel would run them with.\n";

/* The kernel's list, asked for once. */
static json_t *suite_list(void)
{
	static json_t *list;

	if (!list)
		list = genl_dump(genl_request(KSRTP_CMD_SUITE_GET, &suite_set));
	return list;
}

static long long number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

struct suite suite_by_name(const char *name)
{
	json_t *object;
	size_t i;

	json_array_foreach(suite_list(), i, object) {
		const char *known =
			json_string_value(json_object_get(object, "name"));

		if (strcasecmp(name, known))
			continue;
		return (struct suite){
			.id = number(object, "id"),
			.name = known,
			.key_len = number(object, "key-length"),
			.salt_len = number(object, "salt-length"),
		};
	}
	usage("suite: unknown suite '%s' (ksrtp suite show lists them)", name);
}

const char *suite_name(uint32_t id)
{
	json_t *object;
	size_t i;

	json_array_foreach(suite_list(), i, object)
		if (number(object, "id") == id)
			return json_string_value(json_object_get(object,
								 "name"));
	return "unknown";
}

static void suite_print(json_t *object)
{
	json_t *cipher = json_object_get(object, "cipher-driver");
	json_t *auth = json_object_get(object, "auth-driver");
	long long profile = number(object, "dtls-profile");

	printf("%-24s key %2lld salt %2lld tag %2lld rtcp-tag %2lld ",
	       json_string_value(json_object_get(object, "name")),
	       number(object, "key-length"), number(object, "salt-length"),
	       number(object, "rtp-tag-length"),
	       number(object, "rtcp-tag-length"));
	if (profile)
		printf("dtls 0x%04llx ", (unsigned long long)profile);
	else
		printf("dtls none   ");
	if (!cipher)
		printf("not available\n");
	else if (auth)
		printf("cipher %s auth %s\n", json_string_value(cipher),
		       json_string_value(auth));
	else
		printf("cipher %s\n", json_string_value(cipher));
}

void suite_command(struct args *args)
{
	if (args_take(args, "help")) {
		fputs(suite_help, stdout);
		return;
	}
	if (!args_take(args, "show") && !args_take(args, "list") && *args->word)
		usage("suite: unknown command '%s'", *args->word);
	args_end(args);
	output_list(suite_list(), suite_print);
}
