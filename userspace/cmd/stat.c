// SPDX-License-Identifier: GPL-2.0
/* ksrtp stat: counters of the network namespace. */
#include <stdio.h>

#include <linux/ksrtp.h>

#include "commands.h"
#include "util/fail.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/output.h"
#include "util/terminal.h"

static const char stat_help[] =
	"Usage: ksrtp stat [ show ]\n"
	"       ksrtp stat prometheus\n"
	"\n"
	"Prints the counters of the network namespace that are not zero; those\n"
	"of deleted sessions are in them. With -j, all, as one object; with\n"
	"prometheus, all, in the text format of Prometheus.\n";

/* On a terminal, numbers end in this column. */
#define COLUMNS 46

static void counters_print(const char *direction, json_t *object)
{
	bool columns = terminal_is();
	const char *name;
	json_t *value;
	int len;

	json_object_foreach(object, name, value) {
		if (json_is_object(value)) {
			counters_print(name, value);
		} else if (json_integer_value(value)) {
			len = printf("%s%s%s", direction,
				     *direction ? " " : "", name);
			printf(" %*lld\n", columns ? COLUMNS - len : 0,
			       (long long)json_integer_value(value));
		}
	}
}

void stat_command(struct args *args)
{
	bool prometheus = false;
	json_t *object;

	if (args_take(args, "help")) {
		fputs(stat_help, stdout);
		return;
	}
	if (args_take(args, "prometheus"))
		prometheus = true;
	else if (!args_take(args, "show") && !args_take(args, "list") &&
		 *args->word)
		usage("stat: unknown command '%s'", *args->word);
	args_end(args);
	if (prometheus && output_is_json)
		usage("stat prometheus: cannot be combined with -j or -p");
	object = genl_json_do(genl_request(KSRTP_CMD_STAT_GET, &stat_set));
	if (prometheus)
		prometheus_print(object);
	else if (output_is_json)
		output_line(object);
	else
		counters_print("", object);
	json_decref(object);
}
