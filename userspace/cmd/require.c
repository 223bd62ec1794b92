// SPDX-License-Identifier: GPL-2.0
/* ksrtp require: where RTP needs a session. */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "commands.h"
#include "flow.h"
#include "util/fail.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/output.h"
#include "util/ports.h"

static const char require_help[] =
	"Usage: ksrtp require add [ dev IFNAME ] [ family { inet | inet6 } ]\n"
	"                         [ port N[-M] ] [ except-remote-port N[-M],... ]\n"
	"                         [ judge { version | header | profile } ]\n"
	"                         [ lease ID ]\n"
	"       ksrtp require del id N\n"
	"       ksrtp require show\n"
	"\n"
	"RTP and RTCP of these local ports drop unless a session has keys for\n"
	"them. Without ports, of all; without a device, on all.\n"
	"except-remote-port: what goes there, or comes from there, is let through.\n"
	"judge: what is RTP: all of its version, what has a header that fits (the\n"
	"default), of that what the profile RTP/AVP has.\n"
	"lease: group that the rule came with; ksrtp-sync deletes it if that has\n"
	"no such rule any more.\n";

/* Parameters of a rule. */
struct rule {
	struct flow flow;
	bool has_ports;
	struct port_range ports;
	bool has_excepts;
	struct port_range excepts[KSRTP_EXCEPTS_MAX];
	size_t nexcepts;
	bool has_judge;
	uint32_t judge;
	bool has_lease;
	uint32_t lease;
};

static void require_print(json_t *object)
{
	long long first = output_number(object, "first-port");
	long long last = output_number(object, "last-port");
	char dev[IF_NAMESIZE];

	printf("%lld:", output_number(object, "id"));
	if (output_number(object, "ifindex"))
		printf(" dev %s", output_dev(object, dev));
	if (output_string(object, "family"))
		printf(" family %s", output_string(object, "family"));
	if (first)
		printf(" port %lld", first);
	if (last > first)
		printf("-%lld", last);
	if (output_string(object, "except-remote-ports"))
		printf(" except-remote-port %s",
		       output_string(object, "except-remote-ports"));
	if (output_string(object, "judge"))
		printf(" judge %s", output_string(object, "judge"));
	if (output_number(object, "lease"))
		printf(" lease %lld", output_number(object, "lease"));
	if (output_stats)
		printf(" send-drops %lld recv-drops %lld",
		       output_number(object, "send-drops"),
		       output_number(object, "recv-drops"));
	putchar('\n');
}

static void print_all(json_t *list)
{
	json_t *object;
	size_t i;

	json_array_foreach(list, i, object)
		output_dress(object);
	output_list(list, require_print);
}

static bool rule_parse(struct rule *rule, struct args *args)
{
	const char *word;

	if (flow_parse_link(&rule->flow, args))
		return true;
	if (args_take(args, "port")) {
		args_once(&rule->has_ports, "port");
		rule->ports = ports_parse(args_value(args, "port"), "port");
	} else if (args_take(args, "except-remote-port")) {
		args_once(&rule->has_excepts, "except-remote-port");
		word = args_value(args, "except-remote-port");
		rule->nexcepts = ports_list_parse(word, "except-remote-port",
						  rule->excepts,
						  KSRTP_EXCEPTS_MAX);
	} else if (args_take(args, "judge")) {
		args_once(&rule->has_judge, "judge");
		word = args_value(args, "judge");
		rule->judge = words_find(&judge_words, word);
		if (!rule->judge)
			usage("judge: '%s' is neither version, header nor profile",
			      word);
	} else if (args_take(args, "lease")) {
		args_once(&rule->has_lease, "lease");
		rule->lease = args_number(args, "lease", 1, UINT32_MAX);
	} else {
		return false;
	}
	return true;
}

static void rule_put(const struct rule *rule, struct nlmsghdr *nlh)
{
	uint16_t excepts[2 * KSRTP_EXCEPTS_MAX];
	size_t i;

	if (rule->flow.has_dev)
		mnl_attr_put_u32(nlh, KSRTP_A_REQUIRE_IFINDEX,
				 rule->flow.ifindex);
	if (rule->flow.has_family)
		mnl_attr_put_u16(nlh, KSRTP_A_REQUIRE_FAMILY,
				 rule->flow.family);
	if (rule->has_ports) {
		mnl_attr_put_u16(nlh, KSRTP_A_REQUIRE_FIRST_PORT,
				 htons(rule->ports.first));
		mnl_attr_put_u16(nlh, KSRTP_A_REQUIRE_LAST_PORT,
				 htons(rule->ports.last));
	}
	for (i = 0; i < rule->nexcepts; i++) {
		excepts[2 * i] = htons(rule->excepts[i].first);
		excepts[2 * i + 1] = htons(rule->excepts[i].last);
	}
	if (rule->nexcepts)
		mnl_attr_put(nlh, KSRTP_A_REQUIRE_EXCEPT_REMOTE_PORTS,
			     4 * rule->nexcepts, excepts);
	if (rule->has_judge)
		mnl_attr_put_u32(nlh, KSRTP_A_REQUIRE_JUDGE, rule->judge);
	if (rule->has_lease)
		mnl_attr_put_u32(nlh, KSRTP_A_REQUIRE_LEASE, rule->lease);
}

/* Warn if other programs may get the rule's ports without using RTP. */
static void rule_warn(const struct rule *rule)
{
	const struct port_range all = { 1, 65535 };
	struct port_range shared;
	char reserve[PORTS_RESERVE], text[PORTS_TEXT(1)];

	if (!ports_of_clients(rule->has_ports ? &rule->ports : &all, &shared))
		return;
	ports_list_print(&shared, 1, text);
	ports_reserve(&shared, reserve, sizeof(reserve));
	warn("require: ports %s may be assigned to clients: some of their datagrams look like RTP and will be dropped; reserve the ports (sysctl -w %s), use others, or add except-remote-port",
	     text, reserve);
}

static void require_add(struct args *args)
{
	json_t *list = json_array();
	struct rule rule = { 0 };
	struct nlmsghdr *nlh;

	while (*args->word)
		if (!rule_parse(&rule, args))
			args_end(args);
	nlh = genl_request(KSRTP_CMD_REQUIRE_NEW, &require_set);
	rule_put(&rule, nlh);
	json_array_append_new(list, genl_json_do(nlh));
	if (output_is_json)
		print_all(list);
	json_decref(list);
	rule_warn(&rule);
}

static void require_del(struct args *args)
{
	struct nlmsghdr *nlh;
	bool has_id = false;
	uint32_t id = 0;

	while (*args->word) {
		if (!args_take(args, "id"))
			args_end(args);
		args_once(&has_id, "id");
		id = args_number(args, "id", 1, UINT32_MAX);
	}
	if (!has_id)
		usage("require del: needs id");
	nlh = genl_request(KSRTP_CMD_REQUIRE_DEL, &require_set);
	mnl_attr_put_u32(nlh, KSRTP_A_REQUIRE_ID, id);
	json_decref(genl_json_do(nlh));
}

static void require_show(struct args *args)
{
	json_t *list;

	args_end(args);
	list = genl_json_dump(genl_request(KSRTP_CMD_REQUIRE_GET,
					   &require_set));
	print_all(list);
	json_decref(list);
}

void require_command(struct args *args)
{
	if (args_take(args, "help"))
		fputs(require_help, stdout);
	else if (args_take(args, "add"))
		require_add(args);
	else if (args_take(args, "del"))
		require_del(args);
	else if (args_take(args, "show") || args_take(args, "list") ||
		 !*args->word)
		require_show(args);
	else
		usage("require: unknown command '%s'", *args->word);
}
