// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include <linux/ksrtp.h>

#include "genl.h"
#include "monitor.h"
#include "output.h"
#include "session.h"
#include "stream.h"
#include "suite.h"

static const char monitor_help[] =
	"Usage: ksrtp monitor\n"
	"\n"
	"Prints sessions as they are made, changed and deleted, and streams on\n"
	"their first packet, until it is interrupted. With -j, one JSON object\n"
	"a line.\n";

static const struct {
	const char *name, *tag;
	void (*print)(json_t *object);
} events[] = {
	[KSRTP_CMD_SESSION_NEW_NTF] = { "session-new", "[NEW]", session_print },
	[KSRTP_CMD_SESSION_SET_NTF] = { "session-set", "[SET]", session_print },
	[KSRTP_CMD_SESSION_DEL_NTF] = { "session-del", "[DEL]", session_print },
	[KSRTP_CMD_STREAM_NEW_NTF] = { "stream-new", "[SSRC]", stream_print },
};

static void event(int cmd, json_t *object)
{
	if ((size_t)cmd >= sizeof(events) / sizeof(*events) ||
	    !events[cmd].name)
		return;
	if (output_is_json) {
		json_object_set_new(object, "event",
				    json_string(events[cmd].name));
		output_line(object);
		return;
	}
	printf("%s ", events[cmd].tag);
	events[cmd].print(object);
	fflush(stdout);
}

void monitor_command(struct args *args)
{
	if (args_take(args, "help")) {
		fputs(monitor_help, stdout);
		return;
	}
	args_end(args);
	/* events hold numbers of suites; ask for names before they come */
	suite_name(0);
	genl_listen(event);
}
