// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/ksrtp.h>

#include "settings.h"
#include "util/args.h"
#include "util/config.h"
#include "util/fail.h"

#define HOST_MAX 64

/*
 * RFC 3711 section 3.3.1: a rollover counter is told from 2^15 packets, some of which
 * are for reports on their way.
 */
#define RTP_BLOCK_MAX 24576
/* and of those two reports may be missing after a death */
#define REPORT_MAX 4096

static bool read_text(struct settings *s, struct args *args)
{
	const struct {
		const char *word;
		const char **into;
	} texts[] = {
		{ "host", &s->host }, { "control", &s->control },
		{ "user", &s->user }, { "prefix", &s->prefix },
		{ "cluster-key-file", &s->cluster_key },
		{ "store-user", &s->store_user },
		{ "store-password-file", &s->store_password },
		{ "store-ca-file", &s->store_ca },
		{ "sentinel-master", &s->sentinel_master },
		{ "sentinel-user", &s->sentinel_user },
		{ "sentinel-password-file", &s->sentinel_password },
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (args_text(args, texts[i].word, texts[i].into))
			return true;
	return false;
}

static bool read_number(struct settings *s, struct args *args)
{
	const struct {
		const char *word;
		uint32_t *into, min, max;
	} numbers[] = {
		{ "lease", &s->lease, 50, KSRTP_LEASE_MAX },
		{ "margin", &s->margin, 1, KSRTP_LEASE_MAX },
		{ "interval", &s->interval, 5, 60000 },
		{ "report", &s->report, 1, 16384 },
		{ "rtp-block", &s->rtp_block, 0, RTP_BLOCK_MAX },
		{ "srtcp-block", &s->srtcp_block, 1, 1 << 20 },
		{ "replicas", &s->replicas, 0, 16 },
	};
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (args_take(args, numbers[i].word)) {
			*numbers[i].into = args_number(args, numbers[i].word,
						       numbers[i].min,
						       numbers[i].max);
			return true;
		}
	return false;
}

static bool choose(struct args *args, const char *word, const char *first,
		   const char *second, bool *is_second)
{
	const char *value = NULL;

	if (!args_text(args, word, &value))
		return false;
	if (strcmp(value, first) && strcmp(value, second))
		usage("%s: neither %s nor %s", word, first, second);
	*is_second = !strcmp(value, second);
	return true;
}

static bool read_word(struct args *args, void *settings)
{
	struct settings *s = settings;
	bool second;

	if (read_text(s, args) || read_number(s, args) ||
	    choose(args, "take", "asked", "expired", &s->takes_expired) ||
	    choose(args, "senders", "remote", "local", &s->local_senders) ||
	    choose(args, "replays", "accept", "drop", &s->drops_replays))
		return true;
	if (choose(args, "without-store", "drop", "continue", &second)) {
		s->without_store = second ? WITHOUT_STORE_CONTINUE :
					    WITHOUT_STORE_DROP;
	} else if (args_take(args, "group")) {
		if (s->groups_n == SETTINGS_GROUPS)
			usage("group: more than %d", SETTINGS_GROUPS);
		s->groups[s->groups_n++] =
			args_number(args, "group", 1, UINT32_MAX);
	} else if (args_take(args, "store")) {
		if (s->stores_n == SETTINGS_STORES)
			usage("store: more than %d", SETTINGS_STORES);
		s->stores[s->stores_n++] = args_value(args, "store");
	} else if (args_take(args, "sentinel")) {
		if (s->sentinels_n == SETTINGS_STORES)
			usage("sentinel: more than %d", SETTINGS_STORES);
		s->sentinels[s->sentinels_n++] = args_value(args, "sentinel");
	} else if (args_take(args, "cluster-key-ring")) {
		if (s->rings_n == SETTINGS_RINGS)
			usage("cluster-key-ring: more than %d", SETTINGS_RINGS);
		s->rings[s->rings_n++] = args_value(args, "cluster-key-ring");
	} else {
		return false;
	}
	return true;
}

/* A host's name is in what hosts tell each other, between colons. */
static void check_host(const char *host)
{
	const char *at;

	if (!*host || strlen(host) >= HOST_MAX)
		usage("host: not 1 to %d characters", HOST_MAX - 1);
	for (at = host; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr(".-_", *at))
			usage("host: '%c' is none of letters, digits, '.', '-', '_'",
			      *at);
}

static const char *own_name(void)
{
	static char name[HOST_MAX];

	if (gethostname(name, sizeof(name) - 1))
		return "";
	return name;
}

/* Fill in defaults. */
static void complete(struct settings *s)
{
	unsigned int i, j;

	s->host = s->host ?: own_name();
	check_host(s->host);
	if (!s->groups_n)
		usage("needs group, the number of a lease group");
	for (i = 0; i < s->groups_n; i++)
		for (j = 0; j < i; j++)
			if (s->groups[i] == s->groups[j])
				usage("group: %u twice", s->groups[i]);
	if (!s->stores_n && !s->sentinels_n)
		usage("needs store, where Valkey or Redis is, or sentinel");
	if (s->stores_n && s->sentinels_n)
		usage("store: not together with sentinel, which tells where it is");
	if (s->sentinels_n && !s->sentinel_master)
		usage("needs sentinel-master, the name of what Sentinel watches");
	if (!s->sentinels_n && (s->sentinel_master || s->sentinel_user ||
				s->sentinel_password))
		usage("needs sentinel, where Sentinel is");
	if (!s->cluster_key && !s->rings_n)
		usage("needs cluster-key-file or cluster-key-ring");
	if (s->cluster_key && s->rings_n)
		usage("cluster-key-ring: not together with cluster-key-file");
	s->lease = s->lease ?: 1000;
	s->margin = s->margin ?: s->lease / 50 + 5;
	if (s->margin >= s->lease / 2)
		usage("margin: not less than half of the lease");
	s->interval = s->interval ?: 100;
	s->report = s->report ?: 250;
	if (s->drops_replays && s->report > REPORT_MAX)
		usage("replays: drop needs a report of %d or less", REPORT_MAX);
	s->srtcp_block = s->srtcp_block ?: 1024;
	s->prefix = s->prefix ?: "ksrtp";
	s->control = s->control ?: "/run/ksrtp/ksrtp-sync.sock";
}

void settings_read(struct settings *settings, struct args *args)
{
	/* 0 is a choice, too */
	settings->rtp_block = RTP_BLOCK_MAX;
	config_settings(args, read_word, settings);
	complete(settings);
}
