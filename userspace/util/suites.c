// SPDX-License-Identifier: GPL-2.0
#include <strings.h>

#include <linux/ksrtp.h>

#include "fail.h"
#include "genl.h"
#include "suites.h"
#include "lib/channel.h"
#include "lib/reply.h"

/* The kernel's list; names of suites point into it. */
static struct replies list;

/* Read the list, once. */
void suites_read(void)
{
	static bool is_there;

	if (is_there)
		return;
	genl_request(KSRTP_CMD_SUITE_GET, &suite_set);
	genl_must(channel_dump(genl_handle(), replies_begin, replies_add,
			       &list));
	if (list.lost)
		fail(KSRTP_REFUSED, "out of memory");
	is_there = true;
}

/* Get the suite at offset @at, which is advanced; 0 is the first one. */
bool suites_next(size_t *at, struct suite *suite)
{
	struct ksrtp_reply reply;
	const void *name = "";
	size_t len;

	suites_read();
	if (!replies_next(&list, at, &reply))
		return false;
	ksrtp_reply_bytes(&reply, KSRTP_A_SUITE_NAME, &name, &len);
	*suite = (struct suite){
		.id = reply_number(&reply, KSRTP_A_SUITE_ID, 0),
		.name = name,
		.key_len = reply_number(&reply, KSRTP_A_SUITE_KEY_LENGTH, 0),
		.salt_len = reply_number(&reply, KSRTP_A_SUITE_SALT_LENGTH, 0),
	};
	return true;
}

/* Find a suite by its name, in upper or lower case. */
bool suite_find(const char *name, struct suite *suite)
{
	size_t at = 0;

	while (suites_next(&at, suite))
		if (!strcasecmp(name, suite->name))
			return true;
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
	struct suite suite;
	size_t at = 0;

	while (suites_next(&at, &suite))
		if (suite.id == id)
			return suite.name;
	return "unknown";
}
