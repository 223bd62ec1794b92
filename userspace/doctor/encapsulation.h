/* SPDX-License-Identifier: GPL-2.0 */
/* What a route does to packets where netfilter may not see them (lwtunnel). */
#ifndef KSRTP_ENCAPSULATION_H
#define KSRTP_ENCAPSULATION_H

#include <stdbool.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

enum encapsulation {
	ENCAPSULATION_NONE,		/* or one that is seen */
	ENCAPSULATION_SEG6,
	ENCAPSULATION_IOAM6,
	ENCAPSULATION_SEG6_LOCAL,
};

/* Of a route or next hop: its type, attributes, and the word for their mode. */
struct encapsulated {
	enum encapsulation kind;
	const char *mode;
};

/* Neither may be there. */
struct encapsulated encapsulation_read(const struct nlattr *type,
				       const struct nlattr *nest);

#endif
