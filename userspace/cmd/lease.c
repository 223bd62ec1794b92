// SPDX-License-Identifier: GPL-2.0
/* ksrtp lease: until when groups of sessions may be at work. */
#include <stdio.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "commands.h"
#include "util/fail.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/output.h"

static const char lease_help[] =
	"Usage: ksrtp lease set ID { duration MS | until NS }\n"
	"       ksrtp lease del ID\n"
	"       ksrtp lease show\n"
	"\n"
	"Sessions with lease ID protect and unprotect until that time, and drop all\n"
	"RTP and RTCP from then on. duration is counted from now, 0 ends the lease;\n"
	"until is a time of CLOCK_BOOTTIME. Ten minutes ahead at most.\n"
	"For programs that decide which of several hosts is at work.\n";

void lease_print(json_t *object)
{
	printf("%lld: remaining %lld sessions %lld",
	       output_number(object, "id"), output_number(object, "remaining"),
	       output_number(object, "sessions"));
	if (output_stats)
		printf(" drops %lld", output_number(object, "drops"));
	putchar('\n');
}

/* Start a request about the group that comes next. */
static struct nlmsghdr *lease_request(struct args *args, int cmd,
				      const char *what)
{
	struct nlmsghdr *nlh = genl_request(cmd, &lease_set);

	mnl_attr_put_u32(nlh, KSRTP_A_LEASE_ID,
			 args_number(args, what, 1, UINT32_MAX));
	return nlh;
}

static void lease_change(struct args *args)
{
	struct nlmsghdr *nlh = lease_request(args, KSRTP_CMD_LEASE_SET,
					     "lease set");
	bool duration = false, until = false;

	while (*args->word) {
		if (args_take(args, "duration")) {
			args_once(&duration, "duration");
			mnl_attr_put_u32(nlh, KSRTP_A_LEASE_DURATION,
					 args_number(args, "duration", 0,
						     KSRTP_LEASE_MAX));
		} else if (args_take(args, "until")) {
			args_once(&until, "until");
			mnl_attr_put_u64(nlh, KSRTP_A_LEASE_UNTIL,
					 args_count(args, "until", 0,
						    INT64_MAX));
		} else {
			args_end(args);
		}
	}
	if (duration == until)
		usage("lease set: needs either duration or until");
	json_decref(genl_json_do(nlh));
}

static void lease_remove(struct args *args)
{
	struct nlmsghdr *nlh = lease_request(args, KSRTP_CMD_LEASE_DEL,
					     "lease del");

	args_end(args);
	json_decref(genl_json_do(nlh));
}

static void lease_show(struct args *args)
{
	json_t *list;

	args_end(args);
	list = genl_json_dump(genl_request(KSRTP_CMD_LEASE_GET, &lease_set));
	output_list(list, lease_print);
	json_decref(list);
}

void lease_command(struct args *args)
{
	if (args_take(args, "help"))
		fputs(lease_help, stdout);
	else if (args_take(args, "set"))
		lease_change(args);
	else if (args_take(args, "del"))
		lease_remove(args);
	else if (args_take(args, "show") || args_take(args, "list") ||
		 !*args->word)
		lease_show(args);
	else
		usage("lease: unknown command '%s'", *args->word);
}
