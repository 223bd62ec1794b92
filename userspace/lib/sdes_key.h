/* SPDX-License-Identifier: GPL-2.0 */
/* Keys of a crypto line, "inline:", RFC 4568 section 6.1. */
#ifndef LIBKSRTP_SDES_KEY_H
#define LIBKSRTP_SDES_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/ksrtp.h>

#include "master_key.h"
#include "registry.h"

struct complaint;

struct sdes_key {
	struct key key;
	unsigned char mki[KSRTP_MKI_MAX];
	unsigned int mki_len;		/* 0: none */
	uint64_t lifetime;		/* 0: none */
	bool interval;			/* from MIKEY: @from and @to are set */
	uint64_t from, to;
};

struct sdes_keys {
	unsigned int n;
	struct sdes_key key[KSRTP_KEYS_MAX];
};

int sdes_keys_read(struct sdes_keys *keys, const struct suite *suite,
		   char *text, const struct sdes_keys *others,
		   struct complaint *c);
bool sdes_keys_same(const struct sdes_keys *keys,
		    const struct sdes_keys *others);
bool sdes_keys_begins_new(const struct sdes_keys *keys,
			  const struct sdes_keys *others);
bool sdes_keys_has_new(const struct sdes_keys *keys,
		       const struct sdes_keys *others);
unsigned int sdes_keys_first_spare(const struct sdes_keys *keys);
bool sdes_keys_share(const struct sdes_keys *keys,
		     const struct sdes_keys *others);

#endif
