/* SPDX-License-Identifier: GPL-2.0 */
/* Records of the store, encrypted and authenticated with their names. */
#ifndef KSRTP_SYNC_RECORD_H
#define KSRTP_SYNC_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cluster.h"

#define RECORD_SALT 16
/* format, key, salt, epoch, sequence number; and the tag behind */
#define RECORD_HEAD (1 + 4 + RECORD_SALT + 8 + 8)
#define RECORD_TAG 16
#define RECORD_MAX 65536

/* Of two records of a name the one with the greater version is the newer. */
struct version {
	uint64_t epoch, seq;
};

/* Why a record is not taken. */
enum fault {
	FAULT_NONE,
	FAULT_TORN,		/* too short, or of another format */
	FAULT_FOREIGN,		/* under a key that is not ours */
	FAULT_FORGED,		/* not authentic under its name */
	FAULT_OLD,		/* older than what is known */
	FAULT_UNREADABLE,	/* authentic, but not understood */
	FAULTS
};

extern const char *const fault_names[FAULTS];

/* Seals and opens the records of a group. */
struct book {
	const struct cluster *cluster;
	char info[64];
	unsigned char salt[RECORD_SALT], key[CLUSTER_KEY];
	uint64_t seq;
	/* of the last that was opened */
	uint32_t other_id;
	unsigned char other_salt[RECORD_SALT], other_key[CLUSTER_KEY];
};

int book_begin(struct book *book, const struct cluster *cluster,
	       uint32_t group);
bool version_less(const struct version *one, const struct version *other);
size_t record_seal(struct book *book, const char *name, uint64_t epoch,
		   const void *plain, size_t len, unsigned char *record,
		   struct version *version);
enum fault record_open(struct book *book, const char *name, const void *record,
		       size_t len, void *plain, size_t *plain_len,
		       struct version *version);
void book_tag(const struct book *book, uint32_t id, const char *text,
	      char *hex);

#endif
