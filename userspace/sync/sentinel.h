/* SPDX-License-Identifier: GPL-2.0 */
/* Sentinel, which tells where the store's master is. */
#ifndef KSRTP_SYNC_SENTINEL_H
#define KSRTP_SYNC_SENTINEL_H

#include "link.h"

extern struct link sentinel;

void sentinel_begin(const struct places *sentinels, struct places *store,
		    const char *name);
void sentinel_ask(void);

#endif
