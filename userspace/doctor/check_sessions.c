// SPDX-License-Identifier: GPL-2.0
/* Sessions without keys or owners, drops, and rules. */
#include <stdio.h>
#include <string.h>

#include <linux/ksrtp.h>

#include "doctor.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/output.h"
#include "util/suites.h"

static bool has_tags_of_other_length(const json_t *session)
{
	const json_t *recv = json_object_get(session, "recv");

	return output_number(json_object_get(recv, "stats"),
			     "drop-tag-length");
}

static void check_states(void)
{
	unsigned int pending = 0, orphaned = 0, tags = 0;
	json_t *list, *session;
	size_t i;

	/* answers contain suite numbers; read their names beforehand */
	suites_read();
	list = genl_json_dump(genl_request(KSRTP_CMD_SESSION_GET,
					   &session_set));
	json_array_foreach(list, i, session) {
		if (json_object_get(session, "orphaned"))
			orphaned++;
		else if (output_direction_is(session, "state", "pending"))
			pending++;
		tags += has_tags_of_other_length(session);
	}
	if (orphaned)
		finding(FINDING_PROBLEM, "session",
			"%u of %zu sessions are orphans and drop all packets\nthe programs that owned them have ended\nstart these again, or delete the sessions: ksrtp session show",
			orphaned, json_array_size(list));
	if (pending)
		finding(FINDING_NOTE, "session",
			"%u of %zu sessions wait for keys, and drop until then\nsignalling has not given them any\nif calls are silent: ksrtp session show, and the log of the signalling",
			pending, json_array_size(list));
	if (tags)
		finding(FINDING_NOTE, "session",
			"%u of %zu sessions drop SRTCP because of the length of its tag\nkeys are right; the peer has tags of 32 bits, or of 80, where this host has the other\nksrtp -s session show dropping; ksrtp session set id N send short-srtcp-tag on recv short-srtcp-tag on, or off",
			tags, json_array_size(list));
	if (!orphaned && !pending)
		finding(FINDING_OK, "session", "%zu sessions, all with keys",
			json_array_size(list));
	json_decref(list);
}

/* List the nonzero drop counters of a direction; returns the text's length. */
static size_t list_drops(const json_t *stat, const char *direction, char *text,
			 size_t size)
{
	const char *name;
	size_t len = 0;
	json_t *value;

	json_object_foreach(json_object_get(stat, direction), name, value) {
		if (strncmp(name, "drop-", 5) || !json_integer_value(value) ||
		    len >= size)
			continue;
		len += snprintf(text + len, size - len, "%s%s %lld",
				len ? ", " : "", name,
				(long long)json_integer_value(value));
	}
	return len;
}

static void check_counters(void)
{
	static const char *const directions[] = { "send", "recv" };
	char text[1024];
	json_t *stat;
	size_t i;

	stat = genl_json_do(genl_request(KSRTP_CMD_STAT_GET, &stat_set));
	for (i = 0; i < 2; i++)
		if (list_drops(stat, directions[i], text, sizeof(text)))
			finding(FINDING_NOTE, "drops",
				"%s: %s\nksrtp(7) explains each, under COUNTERS\nsee whether they grow, and of which session: ksrtp -s session show",
				directions[i], text);
	if (!output_number(stat, "requires"))
		finding(FINDING_NOTE, "require",
			"there is no rule that RTP needs a session\nwithout a session RTP passes in plaintext\nksrtp require add port FIRST-LAST, in /etc/ksrtp/ksrtp.conf");
	else if (output_number(stat, "require-drops"))
		finding(FINDING_NOTE, "require",
			"rules have dropped %lld packets\nthere was no session with keys for them\nksrtp -s require show; ksrtp monitor",
			output_number(stat, "require-drops"));
	else
		finding(FINDING_OK, "require", "%lld rules",
			output_number(stat, "requires"));
	json_decref(stat);
}

void check_sessions(void)
{
	attempt("session", check_states);
	attempt("drops", check_counters);
}
