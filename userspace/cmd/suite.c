// SPDX-License-Identifier: GPL-2.0
/* ksrtp suite: available suites and their drivers. */
#include <stdio.h>

#include "commands.h"
#include "util/fail.h"
#include "util/output.h"
#include "util/suites.h"

static const char suite_help[] =
	"Usage: ksrtp suite show\n"
	"\n"
	"Lists the suites, their lengths in bytes, their DTLS-SRTP profile by\n"
	"number and name, and the crypto drivers this kernel would run them with.\n";

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
