// SPDX-License-Identifier: GPL-2.0
/* Causes of events and remedies, for an administrator. */
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "commands.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/output.h"

/* Maximum size of a cause or remedy; an event may have two of them. */
#define TEXT 512

/*
 * Where the session's counters distinguish causes there is a row for each, and
 * a last one for a session that is already gone. @ is replaced by its id.
 */
static const struct {
	const char *type, *counter, *cause, *remedy;
} advices[] = {
	{ "key-soft-limit", NULL,
	  "a key has protected most of the packets it may",
	  "give the session a new key before it is used up, by signalling or ksrtp session set id @; ksrtp key show session @ has the counts" },
	{ "key-hard-limit", NULL,
	  "a key has protected all packets it may, and further packets are dropped",
	  "give the session a new key now, by signalling or ksrtp session set id @" },
	{ "auth-failures", "drop-plaintext",
	  "the peer sends plain RTP: it has no SRTP, or no keys",
	  "see in the log of the signalling whether the peer has agreed to SRTP" },
	{ "auth-failures", "drop-bad-tag",
	  "key, suite or rollover counter of the packets is not ours, or they are forged",
	  "if the call is silent compare keys and suite of both sides, and ROC: ksrtp key show session @, ksrtp stream show session @" },
	{ "auth-failures", "drop-tag-length",
	  "the key is right, but SRTCP has a tag of the other length, as of libre (baresip) and FFmpeg with tags of 32 bits",
	  "give both directions the peer's length: ksrtp session set id @ send short-srtcp-tag on recv short-srtcp-tag on, or off" },
	{ "auth-failures", "drop-bad-ekt",
	  "packets do not end with a field of EKT, or another EKT key has made it, or they are forged",
	  "compare the EKT key and its SPI with the conference's, and whether the peer uses EKT: ksrtp session show id @" },
	{ "auth-failures", "drop-unknown-spi",
	  "the EKT key of the packets is not here, the conference may have changed it",
	  "give the receiver the EKT key of that SPI: ksrtp session set id @ recv ekt-spi N ekt-key-file FILE" },
	{ "auth-failures", NULL,
	  "the peer sends plain RTP or has another key, or packets are forged",
	  "if it goes on, see which session drops, and why: ksrtp -s session show dropping" },
	{ "replays", "drop-replayed",
	  "packets came twice, the network duplicates them or somebody replays them",
	  "none was delivered twice; look for a loop or a second path, or block the sender" },
	{ "replays", "drop-too-old",
	  "packets came later than the replay window reaches back",
	  "if sound stutters give new streams a larger one: ksrtp session set id @ recv replay-window 1024" },
	{ "replays", NULL,
	  "packets came twice, or very late",
	  "none was delivered twice; if it goes on, see which session drops: ksrtp -s session show dropping" },
	{ "ssrc-collision", NULL,
	  "one SSRC comes and goes, by an echo, a loop or chance",
	  "if both directions have the same key both plaintexts are revealed, give each its own at once: ksrtp session set id @" },
	{ "stream-limit", NULL,
	  "more SSRCs than max-streams, or than there is memory for, and new ones are dropped",
	  "nothing if it is rare: a silent stream makes room; else ksrtp session set id @ max-streams N, or new keys after thousands of SSRCs; ksrtp stat has the memory" },
	{ "require", NULL,
	  "RTP without a session that has keys was dropped",
	  "see the reason in the log of the signalling; ksrtp -s require show has ports and direction, ksrtp -B session show pending who waits for keys" },
	{ "counters-restarted", NULL,
	  "the peer has restarted its counters with a new key, which is accepted",
	  "nothing to do; if the peer hears nothing set counters peer for send: ksrtp session set id @ send counters peer" },
	{ "hardware-offload", NULL,
	  "a flowtable with flags offload is on an attached device; hardware does not protect, so flows of sessions stay out of flowtables",
	  "remove flags offload from that flowtable, to have these flows in it; all packets are protected either way" },
	{ "lease-expired", NULL,
	  "the lease of a group of sessions was not renewed in time, and they drop all RTP and RTCP",
	  "see why the program that renews leases does not; another host may have taken over: ksrtp lease show" },
	{ "orphaned", NULL,
	  "the program that owned the session has ended, and all its packets are dropped",
	  "start that program again, or end the call: ksrtp session del id @" },
};

#define ADVICES (sizeof(advices) / sizeof(*advices))

/* Current state of an alert's session, with counters, or NULL. */
static json_t *session_of(const json_t *alert)
{
	long long id = output_number(alert, "session-id");
	struct nlmsghdr *nlh;

	if (!id)
		return NULL;
	nlh = genl_request(KSRTP_CMD_SESSION_GET, &session_set);
	mnl_attr_put_u32(nlh, KSRTP_A_SESSION_ID, id);
	return genl_json_ask(nlh);
}

/* Add the flow: after the session has ended, its id says nothing. */
static void add_flow(json_t *event, const json_t *session)
{
	static const char *const names[] = {
		"local-address", "local-port", "remote-address", "remote-port",
	};
	json_t *value;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		value = json_object_get(session, names[i]);
		if (value)
			json_object_set(event, names[i], value);
	}
}

/* Append text; @ is replaced by the session's id. */
static void append(char *text, const char *more, long long id)
{
	size_t len = strlen(text);

	for (; *more && len < TEXT - 24; more++) {
		if (*more == '@')
			len += sprintf(text + len, "%lld", id);
		else
			text[len++] = *more;
	}
	text[len] = '\0';
}

static void separate(char *text)
{
	if (*text)
		append(text, "; ", 0);
}

/* Add cause and remedy of an alert or an orphaned session. */
void advice_add(json_t *event)
{
	const char *type = output_string(event, "type");
	json_t *session = session_of(event), *stats;
	char cause[TEXT] = "", remedy[TEXT] = "";
	long long id, count;
	char counted[64];
	size_t i;

	id = output_number(event, type ? "session-id" : "id");
	stats = json_object_get(json_object_get(session,
			output_string(event, "direction")), "stats");
	for (i = 0; i < ADVICES; i++) {
		if (strcmp(type ? type : "orphaned", advices[i].type))
			continue;
		count = advices[i].counter ?
			output_number(stats, advices[i].counter) : 0;
		if (advices[i].counter ? !count : *cause)
			continue;
		separate(cause);
		separate(remedy);
		if (count) {
			snprintf(counted, sizeof(counted), "%s %lld: ",
				 advices[i].counter, count);
			append(cause, counted, 0);
		}
		append(cause, advices[i].cause, id);
		append(remedy, advices[i].remedy, id);
	}
	add_flow(event, session);
	json_decref(session);
	if (!*cause)
		return;
	json_object_set_new(event, "cause", json_string(cause));
	json_object_set_new(event, "remedy", json_string(remedy));
}
