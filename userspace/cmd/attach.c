// SPDX-License-Identifier: GPL-2.0
/* ksrtp attach: devices whose own hooks protect and unprotect. */
#include <net/if.h>
#include <stdio.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "commands.h"
#include "util/fail.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/output.h"

static const char attach_help[] =
	"Usage: ksrtp attach dev IFNAME\n"
	"       ksrtp attach del dev IFNAME\n"
	"       ksrtp attach show\n"
	"\n"
	"What passes an Ethernet device is protected and unprotected by hooks of the\n"
	"device, too, so that flows in a flowtable of nftables, and frames of a bridge,\n"
	"are as well. Of a VLAN the device below it is attached, of a bridge its ports.\n";

void attach_print(json_t *object)
{
	char dev[IF_NAMESIZE];

	printf("dev %s", output_dev(object, dev));
	if (json_object_get(object, "hardware-offload"))
		printf(" hardware-offload");
	putchar('\n');
}

static uint32_t attach_dev(struct args *args, const char *command)
{
	bool has_dev = false;
	uint32_t ifindex = 0;
	const char *name;

	while (*args->word) {
		if (!args_take(args, "dev"))
			args_end(args);
		args_once(&has_dev, "dev");
		name = args_value(args, "dev");
		ifindex = if_nametoindex(name);
		if (!ifindex)
			usage("dev: no interface '%s'", name);
	}
	if (!has_dev)
		usage("%s: needs dev", command);
	return ifindex;
}

static void attach_do(int cmd, uint32_t ifindex)
{
	struct nlmsghdr *nlh = genl_request(cmd, &attach_set);

	mnl_attr_put_u32(nlh, KSRTP_A_ATTACH_IFINDEX, ifindex);
	json_decref(genl_json_do(nlh));
}

static void attach_show(struct args *args)
{
	json_t *list, *object;
	size_t i;

	args_end(args);
	list = genl_json_dump(genl_request(KSRTP_CMD_ATTACH_GET, &attach_set));
	json_array_foreach(list, i, object)
		output_dress(object);
	output_list(list, attach_print);
	json_decref(list);
}

void attach_command(struct args *args)
{
	if (args_take(args, "help"))
		fputs(attach_help, stdout);
	else if (args_take(args, "del"))
		attach_do(KSRTP_CMD_ATTACH_DEL, attach_dev(args, "attach del"));
	else if (args_take(args, "show") || args_take(args, "list") ||
		 !*args->word)
		attach_show(args);
	else if (args_next(args, "dev"))
		attach_do(KSRTP_CMD_ATTACH_NEW, attach_dev(args, "attach"));
	else
		usage("attach: unknown command '%s'", *args->word);
}
