// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <strings.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "fail.h"
#include "genl.h"
#include "output.h"
#include "suite.h"

static const char suite_help[] =
	"Usage: ksrtp suite show\n"
	"\n"
	"Lists the suites, their lengths in bytes, their DTLS-SRTP profile by\n"
	"number and name, and the crypto drivers this kernel would run them with.\n";

/* The kernel's list, asked for once. */
static json_t *suite_list(void)
{
	static json_t *list;

	if (!list)
		list = genl_dump(genl_request(KSRTP_CMD_SUITE_GET, &suite_set));
	return list;
}

/* Look a suite up, in upper or lower case. */
bool suite_find(const char *name, struct suite *suite)
{
	json_t *object;
	size_t i;

	json_array_foreach(suite_list(), i, object) {
		const char *known = output_string(object, "name");

		if (strcasecmp(name, known))
			continue;
		*suite = (struct suite){
			.id = output_number(object, "id"),
			.name = known,
			.key_len = output_number(object, "key-length"),
			.salt_len = output_number(object, "salt-length"),
		};
		return true;
	}
	return false;
}

struct suite suite_by_name(const char *name)
{
	struct suite suite;

	if (!suite_find(name, &suite))
		usage("suite: unknown suite '%s' (ksrtp suite show lists them)",
		      name);
	return suite;
}

const char *suite_name(uint32_t id)
{
	json_t *object;
	size_t i;

	json_array_foreach(suite_list(), i, object)
		if (output_number(object, "id") == id)
			return output_string(object, "name");
	return "unknown";
}

static void suite_print(json_t *object)
{
	const char *cipher = output_string(object, "cipher-driver");
	const char *auth = output_string(object, "auth-driver");
	const char *dtls = output_string(object, "dtls-name");
	long long profile = output_number(object, "dtls-profile");

	printf("%-40s key %2lld salt %2lld tag %2lld rtcp-tag %2lld ",
	       output_string(object, "name"),
	       output_number(object, "key-length"),
	       output_number(object, "salt-length"),
	       output_number(object, "rtp-tag-length"),
	       output_number(object, "rtcp-tag-length"));
	if (profile)
		printf("dtls 0x%04llx%s%s ", (unsigned long long)profile,
		       dtls ? " " : "", dtls ? dtls : "");
	else
		printf("dtls none ");
	if (!cipher)
		printf("not available\n");
	else if (auth)
		printf("cipher %s auth %s\n", cipher, auth);
	else
		printf("cipher %s\n", cipher);
}

/*
 * The list with the drivers of each suite, which it alone does not tell: that
 * takes trying the suite.
 */
json_t *suite_drivers(void)
{
	json_t *list = json_array();
	struct nlmsghdr *nlh;
	json_t *object;
	size_t i;

	json_array_foreach(suite_list(), i, object) {
		nlh = genl_request(KSRTP_CMD_SUITE_GET, &suite_set);
		mnl_attr_put_u32(nlh, KSRTP_A_SUITE_ID,
				 output_number(object, "id"));
		json_array_append_new(list, genl_do(nlh));
	}
	return list;
}

void suite_command(struct args *args)
{
	json_t *list;

	if (args_take(args, "help")) {
		fputs(suite_help, stdout);
		return;
	}
	if (!args_take(args, "show") && !args_take(args, "list") && *args->word)
		usage("suite: unknown command '%s'", *args->word);
	args_end(args);
	list = suite_drivers();
	output_list(list, suite_print);
	json_decref(list);
}
