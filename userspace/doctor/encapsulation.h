/* SPDX-License-Identifier: GPL-2.0 */
/* Encapsulation by routes (lwtunnel), which netfilter may not see. */
#ifndef KSRTP_ENCAPSULATION_H
#define KSRTP_ENCAPSULATION_H

#include <stdbool.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

enum encapsulation {
	ENCAPSULATION_NONE,		/* or one that netfilter sees */
	ENCAPSULATION_SEG6,
	ENCAPSULATION_IOAM6,
	ENCAPSULATION_SEG6_LOCAL,
};

/* Encapsulation of a route or next hop: its type, and the name of its mode. */
struct encapsulated {
	enum encapsulation kind;
	const char *mode;
};

/* Both attributes may be NULL. */
struct encapsulated encapsulation_read(const struct nlattr *type,
				       const struct nlattr *nest);

#endif
