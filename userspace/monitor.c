// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include <linux/ksrtp.h>

#include "genl.h"
#include "monitor.h"
#include "output.h"
#include "session.h"
#include "stream.h"
#include "suite.h"
#include "terminal.h"

static const char monitor_help[] =
	"Usage: ksrtp monitor\n"
	"\n"
	"Prints sessions as they are made, changed and deleted, streams on their\n"
	"first packet and when they have been idle for too long, and alerts,\n"
	"until it is interrupted. With -j, one JSON object a line.\n";

static void alert_print(json_t *object)
{
	static const char *const names[] = { "ssrc", "mki" };
	size_t i;

	printf("%s", output_string(object, "type"));
	if (output_number(object, "session-id"))
		printf(" session %lld", output_number(object, "session-id"));
	if (output_string(object, "direction"))
		printf(" %s", output_string(object, "direction"));
	if (output_number(object, "require-id"))
		printf(" require %lld", output_number(object, "require-id"));
	for (i = 0; i < 2; i++)
		if (output_string(object, names[i]))
			printf(" %s %s", names[i],
			       output_string(object, names[i]));
	if (json_object_get(object, "rtcp"))
		printf(" rtcp");
	if (output_number(object, "count"))
		printf(" count %lld", output_number(object, "count"));
	putchar('\n');
}

static const struct {
	const char *name, *tag;
	const struct attr_set *set;
	void (*print)(json_t *object);
} events[] = {
	[KSRTP_CMD_SESSION_NEW_NTF] = {
		"session-new", "[NEW]", &session_set, session_print },
	[KSRTP_CMD_SESSION_SET_NTF] = {
		"session-set", "[SET]", &session_set, session_print },
	[KSRTP_CMD_SESSION_DEL_NTF] = {
		"session-del", "[DEL]", &session_set, session_print },
	[KSRTP_CMD_STREAM_NEW_NTF] = {
		"stream-new", "[SSRC]", &stream_set, stream_print },
	[KSRTP_CMD_STREAM_DEL_NTF] = {
		"stream-del", "[IDLE]", &stream_set, stream_print },
	[KSRTP_CMD_ALERT_NTF] = {
		"alert", "[ALERT]", &alert_set, alert_print },
};

static void event(int cmd, const struct nlattr *attrs, unsigned int len)
{
	json_t *object;

	if ((size_t)cmd >= sizeof(events) / sizeof(*events) ||
	    !events[cmd].name)
		return;
	object = attrs_json(events[cmd].set, attrs, len);
	if (output_is_json) {
		json_object_set_new(object, "event",
				    json_string(events[cmd].name));
		output_line(object);
	} else {
		if (cmd == KSRTP_CMD_ALERT_NTF)
			terminal_paint(RED, events[cmd].tag);
		else
			fputs(events[cmd].tag, stdout);
		putchar(' ');
		events[cmd].print(object);
		fflush(stdout);
	}
	json_decref(object);
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
