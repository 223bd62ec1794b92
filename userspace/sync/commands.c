// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "commands.h"
#include "lib/complaint.h"
#include "member.h"
#include "util/args.h"
#include "util/fail.h"

/* Carry out what a client asks for. */
int commands_obey(const char *command, const json_t *request, json_t *answer,
		  struct complaint *c)
{
	json_t *group = json_object_get(request, "group");
	json_t *at = json_object_get(request, "started");

	if (!strcmp(command, "status")) {
		json_object_set_new(answer, "status", member_status());
		return 0;
	}
	if (strcmp(command, "take") && strcmp(command, "release"))
		return wrong(c, "command: none of status, take, release");
	if (!json_is_integer(group) || json_integer_value(group) < 1 ||
	    json_integer_value(group) > UINT32_MAX)
		return wrong(c, "%s: 'group' is missing, or no number", command);
	if (at && !json_is_integer(at))
		return wrong(c, "%s: 'started' is no number", command);
	return *command == 't' ? member_take(json_integer_value(group),
					     json_integer_value(at), c) :
				 member_release(json_integer_value(group),
						json_integer_value(at), c);
}

/*
 * When this process was started, in ticks since the host was booted, or 0. keepalived
 * starts one after the other, and does not wait: on a busy host they may overtake each other.
 */
static uint64_t started(void)
{
	unsigned long long at = 0;
	FILE *in = fopen("/proc/self/stat", "re");
	char line[1024], *end = NULL;

	if (in && fgets(line, sizeof(line), in))
		end = strrchr(line, ')');
	if (in)
		fclose(in);
	if (end)
		sscanf(end + 1, " %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s"
		       " %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu", &at);
	return at;
}

/* Fail unless a host is at work for a group, or could be. */
static void must_be_able(const json_t *status, uint32_t id)
{
	const json_t *group;
	const char *unable;
	size_t i;

	json_array_foreach(json_object_get(status, "groups"), i, group) {
		if (json_integer_value(json_object_get(group, "id")) != id)
			continue;
		unable = json_string_value(json_object_get(group, "unable"));
		if (unable && *unable)
			fail(KSRTP_REFUSED, "group %u: %s, %s", id,
			     json_string_value(json_object_get(group, "role")),
			     unable);
		return;
	}
	fail(KSRTP_REFUSED, "group: %u is none of this host's", id);
}

/**
 * commands_ask() - ask a daemon that runs, and print what it says
 * @command: status, take, release or able
 * @args: its words
 */
void commands_ask(const char *command, struct args *args)
{
	bool able = !strcmp(command, "able");
	json_t *request = json_pack("{ss}", "command",
				    able ? "status" : command), *answer;
	struct complaint complaint = { 0 };
	uint32_t group = 0;
	const char *path;

	if (strcmp(command, "status")) {
		group = args_number(args, command, 1, UINT32_MAX);
		json_object_set_new(request, "group", json_integer(group));
		json_object_set_new(request, "started",
				    json_integer(started()));
	}
	path = client_socket(args);
	args_end(args);
	answer = client_ask(path, request, &complaint);
	json_decref(request);
	if (!answer)
		fail_must(-EPROTO, &complaint);
	if (able) {
		must_be_able(json_object_get(answer, "status"), group);
	} else if (json_object_get(answer, "status")) {
		json_dumpf(json_object_get(answer, "status"), stdout,
			   JSON_INDENT(4));
		putchar('\n');
	}
	json_decref(answer);
}
