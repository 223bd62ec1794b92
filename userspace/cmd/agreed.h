/* SPDX-License-Identifier: GPL-2.0 */
/* Keys from a key agreement, on the command line. */
#ifndef KSRTP_AGREED_H
#define KSRTP_AGREED_H

#include <stdbool.h>
#include <stddef.h>

#include "key_text.h"
#include "lib/agreement.h"
#include "util/args.h"

struct direction;

struct agreed {
	struct agreement agreement;
	const struct profile *profile;		/* of DTLS-SRTP */
	const char *cipher, *auth_tag;		/* of ZRTP */
	struct key_text text;
	struct value mki;
};

bool agreed_parse(struct agreed *agreed, struct args *args);
bool agreed_parse_part(struct agreed *agreed, struct args *args);
void agreed_resolve(struct agreed *agreed, struct direction *send,
		    struct direction *recv);

#endif
