/* SPDX-License-Identifier: GPL-2.0 */
/* Configuration, from the command line or a file. */
#ifndef KSRTP_SYNC_SETTINGS_H
#define KSRTP_SYNC_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

struct args;

#define SETTINGS_GROUPS 64
#define SETTINGS_STORES 8
#define SETTINGS_RINGS 8

/* What becomes of a lease that cannot be renewed, since the store is away. */
enum without_store { WITHOUT_STORE_DROP, WITHOUT_STORE_CONTINUE };

struct settings {
	const char *host;
	uint32_t groups[SETTINGS_GROUPS];
	unsigned int groups_n;
	const char *stores[SETTINGS_STORES];	/* as written */
	unsigned int stores_n;
	const char *store_user, *store_password, *store_ca;	/* the password's file */
	const char *sentinels[SETTINGS_STORES];	/* instead of stores */
	unsigned int sentinels_n;
	const char *sentinel_master, *sentinel_user, *sentinel_password;
	const char *prefix;			/* of keys in the store */
	const char *cluster_key;		/* a file */
	const char *rings[SETTINGS_RINGS];	/* instead, keys of the kernel */
	unsigned int rings_n;
	bool takes_expired;			/* without being asked */
	bool local_senders;			/* RTP is made on the hosts themselves */
	bool drops_replays;			/* and what may be one, after a death */
	enum without_store without_store;
	uint32_t lease, margin, interval;	/* ms */
	uint32_t report, rtp_block, srtcp_block;
	uint32_t replicas;			/* that have to have a write */
	const char *control, *user;
};

void settings_read(struct settings *settings, struct args *args);

#endif
