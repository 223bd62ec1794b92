// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "fail.h"
#include "flow.h"
#include "genl.h"
#include "output.h"
#include "require.h"

static const char require_help[] =
	"Usage: ksrtp require add [ dev IFNAME ] [ family { inet | inet6 } ]\n"
	"                         [ port N[-M] ]\n"
	"       ksrtp require del id N\n"
	"       ksrtp require show\n"
	"\n"
	"RTP and RTCP of these local ports drop unless a session has keys for\n"
	"them. Without ports, of all; without a device, on all.\n";

struct ports {
	bool given;
	uint16_t first, last;
};

static void ports_parse(struct ports *ports, struct args *args)
{
	char *text, *to;

	args_once(&ports->given, "port");
	text = args_value(args, "port");
	to = strchr(text, '-');
	if (to)
		*to++ = '\0';
	ports->first = parse_number(text, "port", 1, 65535);
	ports->last = to ? parse_number(to, "port", 1, 65535) : ports->first;
	if (ports->first > ports->last)
		usage("port: %u-%u goes backwards", ports->first, ports->last);
}

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

static void require_add(struct args *args)
{
	json_t *list = json_array();
	struct ports ports = { 0 };
	struct flow flow = { 0 };
	struct nlmsghdr *nlh;

	while (*args->word) {
		if (flow_parse_link(&flow, args))
			continue;
		if (!args_take(args, "port"))
			args_end(args);
		ports_parse(&ports, args);
	}
	nlh = genl_request(KSRTP_CMD_REQUIRE_NEW, &require_set);
	if (flow.has_dev)
		mnl_attr_put_u32(nlh, KSRTP_A_REQUIRE_IFINDEX, flow.ifindex);
	if (flow.has_family)
		mnl_attr_put_u16(nlh, KSRTP_A_REQUIRE_FAMILY, flow.family);
	if (ports.given) {
		mnl_attr_put_u16(nlh, KSRTP_A_REQUIRE_FIRST_PORT,
				 htons(ports.first));
		mnl_attr_put_u16(nlh, KSRTP_A_REQUIRE_LAST_PORT,
				 htons(ports.last));
	}
	json_array_append_new(list, genl_do(nlh));
	if (output_is_json)
		print_all(list);
	json_decref(list);
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
	json_decref(genl_do(nlh));
}

static void require_show(struct args *args)
{
	json_t *list;

	args_end(args);
	list = genl_dump(genl_request(KSRTP_CMD_REQUIRE_GET, &require_set));
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
