/* SPDX-License-Identifier: GPL-2.0 */
/* ICE-lite (RFC 8445): answers checks; the peer selects the path. */
#ifndef KSRTPD_ICE_H
#define KSRTPD_ICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check.h"
#include "endpoint.h"

/* Known addresses of a peer. The one that is silent longest is replaced. */
#define ICE_REMOTES 8

/*
 * Number of recent checks that are remembered, to detect replays: about ten
 * minutes of those that browsers send for consent.
 */
#define ICE_SEEN 256

/* 48 and 144 random bits; RFC 8839 wants 24 and 128. */
#define ICE_UFRAG 9
#define ICE_PWD 25

/* Consent lifetime in ms (RFC 7675, section 5.1). */
#define ICE_CONSENT 30000

struct ice_credentials {
	char ufrag[ICE_UFRAG], pwd[ICE_PWD];	/* empty: there are none */
};

struct ice_remote {
	union endpoint endpoint;
	uint32_t priority;
	uint64_t heard;			/* loop_now() of its last check */
	bool nominated;
};

struct ice_seen {
	uint32_t transaction;		/* a hash of it */
	uint32_t from;			/* a hash of the address and port */
};

struct ice {
	struct ice_credentials own;
	struct ice_credentials before;	/* in use until the restart is done */
	struct ice_remote remote[ICE_REMOTES];
	unsigned int remotes;
	struct ice_remote *selected;	/* or NULL */
	struct ice_seen seen[ICE_SEEN];
	unsigned int seen_next;
};

int ice_restart(struct ice *ice);
bool ice_receive(struct ice *ice, const unsigned char *bytes, size_t len,
		 const union endpoint *from, unsigned char *answer,
		 size_t *answer_len);
void ice_use(struct ice *ice, const union endpoint *endpoint);
bool ice_knows(const struct ice *ice, const union endpoint *endpoint);
uint64_t ice_heard(const struct ice *ice);

#endif
