/* SPDX-License-Identifier: GPL-2.0 */
/* What the public side of a call speaks. */
#ifndef KSRTPD_PUBLIC_H
#define KSRTPD_PUBLIC_H

#include <stdbool.h>

enum public_kind {
	PUBLIC_ICE,		/* browsers: ICE and DTLS-SRTP */
	PUBLIC_DTLS,		/* DTLS-SRTP without ICE */
	PUBLIC_SDES,		/* keys in descriptions, RFC 4568 */
};

const char *public_name(enum public_kind kind);
bool public_named(enum public_kind *kind, const char *name);

#endif
