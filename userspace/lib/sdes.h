/* SPDX-License-Identifier: GPL-2.0 */
/* Crypto lines of SDP: security descriptions (SDES), RFC 4568. */
#ifndef LIBKSRTP_SDES_H
#define LIBKSRTP_SDES_H

#include <stdbool.h>
#include <stdint.h>

#include "sdes_key.h"
#include "registry.h"

/* A crypto line, "a=crypto:TAG SUITE KEYS PARAMETERS". */
struct sdes {
	bool given;
	uint32_t tag;
	struct suite suite;
	struct sdes_keys media, fec;
	bool has_kdr, has_fec_order;
	bool unencrypted_srtp, unencrypted_srtcp, unauthenticated_srtp;
	uint32_t key_derivation_rate;	/* 0: never */
	uint32_t window;		/* 0: no hint */
	uint32_t rcc_mode, rcc_rate;	/* from MIKEY; 0: off */
};

int sdes_read(struct sdes *sdes, char *text, struct complaint *complaint);
int sdes_check(const struct sdes *sdes, struct complaint *complaint);
bool sdes_same(const struct sdes *sdes, const struct sdes *other);
bool sdes_share(const struct sdes *sdes, const struct sdes *other);
int sdes_agree(const struct sdes *send, const struct sdes *recv,
	       struct complaint *complaint);

#endif
