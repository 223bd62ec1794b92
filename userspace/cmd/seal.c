// SPDX-License-Identifier: GPL-2.0
/* ksrtp seal: keys that hosts share, to hand master keys to each other. */
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "commands.h"
#include "util/fail.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/output.h"
#include "util/secret.h"

static const char seal_help[] =
	"Usage: ksrtp seal add id N KEY [ current ]\n"
	"       ksrtp seal use id N\n"
	"       ksrtp seal del id N\n"
	"       ksrtp seal show\n"
	"\n"
	"KEY := { key-file FILE | key-ring TYPE:NAME | insecure-key KEY }\n"
	"       of 32 bytes, in hex or base64\n"
	"\n"
	"Hosts with the same seal key of the same id hand master keys to each other:\n"
	"dump sealed has them, and restore takes them. The current one seals, all open.\n"
	"Only keys that come while there is a seal key can be sealed.\n"
	"add and use take CAP_SYS_ADMIN.\n";

static const struct secret_kind seal_kind = SECRET_KIND("seal key", "key");

/* In base64, with its padding and a zero byte, or hex. */
#define SEAL_TEXT_MAX (2 * KSRTP_SEAL_KEY_LENGTH + 2)

struct seal_text {
	char text[SEAL_TEXT_MAX];
	uint32_t serial;
	bool given;
};

static void seal_print(json_t *object)
{
	printf("%lld:", output_number(object, "id"));
	if (json_object_get(object, "current"))
		printf(" current");
	printf(" sealed %lld opened %lld refused %lld\n",
	       output_number(object, "sealed"), output_number(object, "opened"),
	       output_number(object, "refused"));
}

static void seal_put_key(struct nlmsghdr *nlh, struct seal_text *given)
{
	unsigned char key[KSRTP_SEAL_KEY_LENGTH];

	if (given->serial) {
		mnl_attr_put_u32(nlh, KSRTP_A_SEAL_KEY_SERIAL, given->serial);
		return;
	}
	if (secret_decode(given->text, key, sizeof(key)) != sizeof(key))
		usage("key: neither hex nor base64 of %zu bytes", sizeof(key));
	mnl_attr_put(nlh, KSRTP_A_SEAL_KEY, sizeof(key), key);
	explicit_bzero(key, sizeof(key));
}

static void seal_put_id(struct args *args, bool *seen, struct nlmsghdr *nlh)
{
	args_once(seen, "id");
	mnl_attr_put_u32(nlh, KSRTP_A_SEAL_ID,
			 args_number(args, "id", 1, UINT32_MAX));
}

static void seal_add(struct args *args)
{
	struct nlmsghdr *nlh = genl_request(KSRTP_CMD_SEAL_SET, &seal_set);
	bool has_id = false, has_current = false;
	struct seal_text key = { 0 };

	while (*args->word) {
		if (args_take(args, "id")) {
			seal_put_id(args, &has_id, nlh);
		} else if (args_take(args, "current")) {
			args_once(&has_current, "current");
			mnl_attr_put(nlh, KSRTP_A_SEAL_CURRENT, 0, NULL);
		} else if (!secret_parse(&seal_kind, args, &key.given, key.text,
					 sizeof(key.text), &key.serial)) {
			args_end(args);
		}
	}
	if (!has_id)
		usage("seal add: needs id");
	if (!key.given)
		usage("seal add: needs key-file or key-ring");
	seal_put_key(nlh, &key);
	json_decref(genl_json_do(nlh));
}

/* Start a request that has nothing but the id that comes next. */
static struct nlmsghdr *seal_request(struct args *args, int cmd,
				     const char *what)
{
	struct nlmsghdr *nlh = genl_request(cmd, &seal_set);
	bool has_id = false;

	while (*args->word) {
		if (!args_take(args, "id"))
			args_end(args);
		seal_put_id(args, &has_id, nlh);
	}
	if (!has_id)
		usage("%s: needs id", what);
	return nlh;
}

static void seal_use(struct args *args)
{
	struct nlmsghdr *nlh = seal_request(args, KSRTP_CMD_SEAL_SET,
					    "seal use");

	mnl_attr_put(nlh, KSRTP_A_SEAL_CURRENT, 0, NULL);
	json_decref(genl_json_do(nlh));
}

static void seal_remove(struct args *args)
{
	json_decref(genl_json_do(seal_request(args, KSRTP_CMD_SEAL_DEL,
					      "seal del")));
}

static void seal_show(struct args *args)
{
	json_t *list;

	args_end(args);
	list = genl_json_dump(genl_request(KSRTP_CMD_SEAL_GET, &seal_set));
	output_list(list, seal_print);
	json_decref(list);
}

void seal_command(struct args *args)
{
	if (args_take(args, "help"))
		fputs(seal_help, stdout);
	else if (args_take(args, "add"))
		seal_add(args);
	else if (args_take(args, "use"))
		seal_use(args);
	else if (args_take(args, "del"))
		seal_remove(args);
	else if (args_take(args, "show") || args_take(args, "list") ||
		 !*args->word)
		seal_show(args);
	else
		usage("seal: unknown command '%s'", *args->word);
}
