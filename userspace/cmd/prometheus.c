// SPDX-License-Identifier: GPL-2.0
/* Counters in Prometheus' text format. */
#include <stdio.h>
#include <string.h>

#include <linux/ksrtp.h>

#include "commands.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/lines.h"
#include "util/output.h"
#include "util/suites.h"

#define MODULE "/sys/module/ksrtp/"
#define PARAMETERS MODULE "parameters/"

/* Counting states needs a dump of all sessions, so not with too many. */
#define SESSIONS_LOOKED_AT 10000

/* Header of a metric family; its samples must follow directly. */
static void family(const char *name, const char *type, const char *help)
{
	printf("# HELP ksrtp_%s %s\n# TYPE ksrtp_%s %s\n", name, help, name,
	       type);
}

static void single(const char *name, const char *type, const char *help,
		   long long value)
{
	family(name, type, help);
	printf("ksrtp_%s %lld\n", name, value);
}

/* A module parameter, if it can be read. */
static void limit(const char *name, const char *help, const char *file)
{
	FILE *in = fopen(file, "re");
	long long value;

	if (!in)
		return;
	if (fscanf(in, "%lld", &value) == 1)
		single(name, "gauge", help, value);
	fclose(in);
}

static const char *const directions[] = { "send", "recv" };

/* Counters of RTP and RTCP, for both directions. */
static void traffic(const json_t *stat, const char *name, const char *help,
		    const char *unit)
{
	static const char *const protocols[] = { "rtp", "rtcp" };
	char counter[32];
	size_t i, j;

	family(name, "counter", help);
	for (i = 0; i < 2; i++)
		for (j = 0; j < 2; j++) {
			snprintf(counter, sizeof(counter), "%s-%s",
				 protocols[j], unit);
			printf("ksrtp_%s{direction=\"%s\",protocol=\"%s\"} %lld\n",
			       name, directions[i], protocols[j],
			       output_number(json_object_get(stat,
							     directions[i]),
					     counter));
		}
}

/* One counter, for both directions. */
static void both(const json_t *stat, const char *name, const char *help,
		 const char *counter)
{
	size_t i;

	family(name, "counter", help);
	for (i = 0; i < 2; i++)
		printf("ksrtp_%s{direction=\"%s\"} %lld\n", name, directions[i],
		       output_number(json_object_get(stat, directions[i]),
				     counter));
}

static void drops(const json_t *stat)
{
	static const char prefix[] = "drop-";
	const char *counter;
	json_t *value;
	size_t i;

	family("dropped_packets_total", "counter",
	       "Packets of sessions that were dropped, by their cause, see ksrtp(7).");
	for (i = 0; i < 2; i++)
		json_object_foreach(json_object_get(stat, directions[i]),
				    counter, value)
			if (!strncmp(counter, prefix, sizeof(prefix) - 1))
				printf("ksrtp_dropped_packets_total{direction=\"%s\",reason=\"%s\"} %lld\n",
				       directions[i],
				       counter + sizeof(prefix) - 1,
				       (long long)json_integer_value(value));
}

/* Version of the tool, and of the module if it can be read. */
static void build_info(void)
{
	char module[64];

	family("build_info", "gauge",
	       "Versions of the tool, and of the module's source; always 1.");
	printf("ksrtp_build_info{version=\"%s\"", KSRTP_VERSION);
	if (line_read(MODULE "version", module, sizeof(module)) ||
	    line_read(MODULE "srcversion", module, sizeof(module)))
		printf(",module=\"%s\"", module);
	puts("} 1");
}

static void states(const json_t *stat)
{
	static const char *const names[] = { "keyed", "pending", "orphaned" };
	unsigned int counts[3] = { 0 };
	json_t *sessions, *session;
	size_t i;

	if (output_number(stat, "sessions") > SESSIONS_LOOKED_AT)
		return;
	/* answers contain suite numbers; read their names beforehand */
	suites_read();
	sessions = genl_json_dump_about(genl_request(KSRTP_CMD_SESSION_GET,
						     &session_set));
	json_array_foreach(sessions, i, session)
		counts[json_object_get(session, "orphaned") ? 2 :
		       output_direction_is(session, "state", "pending")]++;
	json_decref(sessions);
	family("sessions_by_state", "gauge",
	       "Sessions with keys, without keys, and orphaned; left out above 10000 sessions.");
	for (i = 0; i < 3; i++)
		printf("ksrtp_sessions_by_state{state=\"%s\"} %u\n", names[i],
		       counts[i]);
}

/*
 * Totals of the network namespace: labels with sessions or SSRCs would create
 * an unlimited number of series.
 */
void prometheus_print(const json_t *stat)
{
	/* this asks the kernel and may fail, so it is done before any output */
	states(stat);
	build_info();
	single("sessions", "gauge", "Sessions there are.",
	       output_number(stat, "sessions"));
	limit("sessions_limit", "Sessions there may be.",
	      PARAMETERS "sessions_max");
	single("streams", "gauge", "Streams there are: SSRCs, by direction.",
	       output_number(stat, "streams"));
	single("stream_memory_bytes", "gauge", "Memory that streams take.",
	       output_number(stat, "stream-memory"));
	limit("stream_memory_limit_bytes", "Memory that streams may take.",
	      PARAMETERS "stream_memory_max");
	single("require_rules", "gauge", "Rules that RTP needs a session.",
	       output_number(stat, "requires"));
	single("require_dropped_packets_total", "counter",
	       "Packets that rules dropped, since no session had keys for them.",
	       output_number(stat, "require-drops"));
	traffic(stat, "packets_total",
		"Packets protected, or authenticated on receipt.", "packets");
	traffic(stat, "payload_bytes_total",
		"UDP payload of these packets, on the plain side.", "bytes");
	both(stat, "passed_packets_total",
	     "Packets of sessions that are not RTP, and pass: STUN, DTLS and the like.",
	     "passed");
	drops(stat);
	both(stat, "roc_searches_total",
	     "Rollover counters tried beside the expected one.",
	     "roc-searches");
	both(stat, "roc_found_total",
	     "Rollover counters tried that were the right one.", "roc-found");
	both(stat, "epochs_derived_total",
	     "Epochs whose session keys a packet had to wait for.",
	     "epochs-derived");
	both(stat, "counters_restarted_total",
	     "Streams whose counters restarted with a new key.",
	     "counters-restarted");
	both(stat, "repeats_total",
	     "Identical RTP packets sent again.", "repeats");
	both(stat, "ekt_fields_total",
	     "Full EKTFields sent, and those received that brought a master key.",
	     "ekt-fields");
}
