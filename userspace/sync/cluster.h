/* SPDX-License-Identifier: GPL-2.0 */
/* Keys that the hosts of a cluster share. */
#ifndef KSRTP_SYNC_CLUSTER_H
#define KSRTP_SYNC_CLUSTER_H

#include <stddef.h>
#include <stdint.h>

struct complaint;
struct settings;

#define CLUSTER_KEY 32
#define CLUSTER_KEYS 8

/* Of each cluster key only what was derived from it stays in memory. */
struct cluster_key {
	uint32_t id;
	unsigned char records[CLUSTER_KEY];
	unsigned char seal[CLUSTER_KEY];	/* wiped once the kernel has it */
};

struct cluster {
	struct cluster_key keys[CLUSTER_KEYS];	/* the first one seals */
	unsigned int n;
};

int cluster_read(struct cluster *cluster, const struct settings *settings,
		 struct complaint *complaint);
const struct cluster_key *cluster_find(const struct cluster *cluster,
				       uint32_t id);
void cluster_wipe_seals(struct cluster *cluster);
int cluster_derive(const unsigned char *key, const void *salt, size_t salt_len,
		   const char *info, unsigned char *derived);

#endif
