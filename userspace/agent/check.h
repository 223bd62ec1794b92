/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A connectivity check of ICE: a Binding request of STUN (RFC 8489), by libre.
 */
#ifndef KSRTPD_CHECK_H
#define KSRTPD_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "endpoint.h"

#define CHECK_TRANSACTION 12

/* Room for any answer. */
#define CHECK_ANSWER 512

struct check {
	struct stun_msg *msg;
	const unsigned char *bytes;	/* the caller's, all of them there */
	const unsigned char *transaction;
	const char *username;		/* NULL: none */
	uint32_t priority;		/* 0: none */
	bool has_integrity;
	bool nominates;			/* USE-CANDIDATE */
	bool controlled;		/* ICE-CONTROLLED: a role conflict */
	unsigned int unknown;		/* unknown required attributes */
	uint16_t unknowns[8];
};

int check_read(struct check *check, const unsigned char *bytes, size_t len);
bool check_is_of(const struct check *check, const char *password);
size_t check_accept(const struct check *check, const union endpoint *from,
		    const char *password, unsigned char *answer);
size_t check_refuse(const struct check *check, unsigned int code,
		    const char *reason, const char *password,
		    unsigned char *answer);
void check_end(struct check *check);

#endif
