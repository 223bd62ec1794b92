// SPDX-License-Identifier: GPL-2.0
/* ksrtp monitor: print events. */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <linux/ksrtp.h>

#include "commands.h"
#include "util/attrs_json.h"
#include "util/genl.h"
#include "util/output.h"
#include "util/suites.h"
#include "util/terminal.h"

static const char monitor_help[] =
	"Usage: ksrtp monitor [ alerts ] [ time ]\n"
	"\n"
	"Prints sessions as they are made, changed and deleted, streams on their\n"
	"first packet and when they have been idle for too long, devices that are\n"
	"attached or no longer, and alerts with their cause and remedy, until it is\n"
	"interrupted. With -j, one JSON object a line.\n"
	"\n"
	"alerts leaves out all but these, time says when each event came.\n";

static bool alerts_only, with_time;

/* Is the output the journal, which adds times and priorities itself? */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat ours;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       !fstat(STDOUT_FILENO, &ours) && ours.st_dev == device &&
	       ours.st_ino == inode;
}

/* Local time in the format of RFC 3339; returns text. */
static const char *now(char *text, size_t size)
{
	time_t t = time(NULL);
	size_t len = strftime(text, size - 1, "%FT%T%z", localtime(&t));

	/* +0100 becomes +01:00 */
	memmove(text + len - 1, text + len - 2, 3);
	text[len - 2] = ':';
	return text;
}

static void tag_print(const char *tag, bool alert)
{
	char text[40];

	if (alert && is_journal())
		fputs("<4>", stdout);
	if (with_time)
		printf("%s ", now(text, sizeof(text)));
	if (alert)
		terminal_paint(RED, tag);
	else
		fputs(tag, stdout);
	putchar(' ');
}

static void advice_print(json_t *object)
{
	char text[OUTPUT_ENDPOINT];

	if (*output_local(object, text))
		printf(" local %s", output_local(object, text));
	if (*output_remote(object, text))
		printf(" remote %s", output_remote(object, text));
	if (output_string(object, "cause"))
		printf(" | cause: %s | remedy: %s",
		       output_string(object, "cause"),
		       output_string(object, "remedy"));
	putchar('\n');
}

static void alert_print(json_t *object)
{
	static const char *const names[] = { "ssrc", "mki" };
	char dev[IF_NAMESIZE];
	size_t i;

	printf("%s", output_string(object, "type"));
	if (output_number(object, "session-id"))
		printf(" session %lld", output_number(object, "session-id"));
	if (output_string(object, "direction"))
		printf(" %s", output_string(object, "direction"));
	if (output_number(object, "require-id"))
		printf(" require %lld", output_number(object, "require-id"));
	if (output_number(object, "ifindex"))
		printf(" dev %s", output_dev(object, dev));
	if (output_number(object, "lease-id"))
		printf(" lease %lld", output_number(object, "lease-id"));
	for (i = 0; i < 2; i++)
		if (output_string(object, names[i]))
			printf(" %s %s", names[i],
			       output_string(object, names[i]));
	if (json_object_get(object, "rtcp"))
		printf(" rtcp");
	if (output_number(object, "count"))
		printf(" count %lld", output_number(object, "count"));
	advice_print(object);
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
	[KSRTP_CMD_ATTACH_NEW_NTF] = {
		"attach-new", "[ATTACH]", &attach_set, attach_print },
	[KSRTP_CMD_ATTACH_DEL_NTF] = {
		"attach-del", "[DETACH]", &attach_set, attach_print },
	[KSRTP_CMD_LEASE_NTF] = {
		"lease", "[LEASE]", &lease_set, lease_print },
	[KSRTP_CMD_STREAM_REPORT_NTF] = {
		"stream-report", "[REPORT]", &stream_set, stream_print },
};

static void event_json(int cmd, json_t *object)
{
	char text[40];

	json_object_set_new(object, "event", json_string(events[cmd].name));
	if (with_time)
		json_object_set_new(object, "time",
				    json_string(now(text, sizeof(text))));
	output_line(object);
}

static void event_text(int cmd, json_t *object, bool orphaned)
{
	if (!orphaned || !alerts_only) {
		tag_print(events[cmd].tag, cmd == KSRTP_CMD_ALERT_NTF);
		events[cmd].print(object);
	}
	if (orphaned) {
		tag_print(events[KSRTP_CMD_ALERT_NTF].tag, true);
		printf("orphaned session %lld", output_number(object, "id"));
		advice_print(object);
	}
	fflush(stdout);
}

static void event(int cmd, const struct nlattr *attrs, unsigned int len)
{
	json_t *object;
	bool orphaned;

	if ((size_t)cmd >= sizeof(events) / sizeof(*events) ||
	    !events[cmd].name)
		return;
	object = attrs_json(events[cmd].set, attrs, len);
	/* for the kernel this is no alert, for the administrator it is */
	orphaned = cmd == KSRTP_CMD_SESSION_SET_NTF &&
		   json_object_get(object, "orphaned");
	if (cmd == KSRTP_CMD_ALERT_NTF || orphaned)
		advice_add(object);
	if (!alerts_only || orphaned || cmd == KSRTP_CMD_ALERT_NTF) {
		if (output_is_json)
			event_json(cmd, object);
		else
			event_text(cmd, object, orphaned);
	}
	json_decref(object);
}

void monitor_command(struct args *args)
{
	if (args_take(args, "help")) {
		fputs(monitor_help, stdout);
		return;
	}
	while (*args->word) {
		if (args_take(args, "alerts"))
			args_once(&alerts_only, "alerts");
		else if (args_take(args, "time"))
			args_once(&with_time, "time");
		else
			args_end(args);
	}
	/* events contain suite numbers; read their names beforehand */
	suites_read();
	genl_listen(event);
}
