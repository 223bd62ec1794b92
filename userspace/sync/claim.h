/* SPDX-License-Identifier: GPL-2.0 */
/* What the lease in the store says, and the requests that change it. */
#ifndef KSRTP_SYNC_CLAIM_H
#define KSRTP_SYNC_CLAIM_H

#include "group.h"
#include "link.h"

struct claim {
	uint64_t epoch, ms;
	char owner[96];
	bool released;
};

int claim_begin(const char *host);
const char *claim_owner(void);
const char *claim_fence(const struct group *group);
bool claim_read(const struct group *group, const char *text,
		struct claim *claim);
void claim_take(struct group *group, uint64_t epoch, link_done *done,
		void *data);
void claim_renew(struct group *group, bool held, bool anew, link_done *done,
		 void *data);
void claim_wish(struct group *group);
bool claim_is_wish(const struct group *group, const char *text);
bool claim_is_hint(const char *text);

#endif
