/* SPDX-License-Identifier: GPL-2.0 */
/* This host as one of a cluster: its groups, and what they do when. */
#ifndef KSRTP_SYNC_MEMBER_H
#define KSRTP_SYNC_MEMBER_H

#include <jansson.h>

#include "cluster.h"
#include "place.h"
#include "settings.h"

struct complaint;

int member_begin(const struct settings *settings, const struct cluster *cluster,
		 struct places *store, const struct places *sentinels,
		 struct complaint *complaint);
int member_take(uint32_t group, uint64_t at, struct complaint *complaint);
int member_release(uint32_t group, uint64_t at, struct complaint *complaint);
json_t *member_status(void);
void member_second(void);

#endif
