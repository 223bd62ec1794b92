/* SPDX-License-Identifier: GPL-2.0 */
/* Keys of both directions, as two sides have agreed on them. */
#ifndef KSRTP_AGREEMENT_H
#define KSRTP_AGREEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/ksrtp.h>

#include "args.h"
#include "key.h"
#include "registry.h"

struct direction;

struct agreement {
	const struct protocol *protocol;	/* NULL: none */
	bool first;				/* we are client, or initiator */
	const struct profile *profile;		/* of DTLS-SRTP */
	const char *cipher, *auth_tag;		/* of ZRTP */
	struct key_text text;
	bool has_mki;
	unsigned char mki[KSRTP_MKI_MAX];
	size_t mki_len;
};

bool agreement_parse(struct agreement *agreement, struct args *args);
bool agreement_parse_part(struct agreement *agreement, struct args *args);
void agreement_resolve(struct agreement *agreement, bool new_session, bool mux,
		       struct direction *send, struct direction *recv);

#endif
