/* SPDX-License-Identifier: GPL-2.0 */
/* The lease of a group in the store: taken, renewed, watched and given back. */
#ifndef KSRTP_SYNC_LEASE_H
#define KSRTP_SYNC_LEASE_H

#include "group.h"

/* What becomes of the group, which is done elsewhere. */
struct lease_hooks {
	/* taken; @own: what is in this host's kernel is what counts */
	void (*taken)(struct group *group, bool own);
	void (*follow)(struct group *group);	/* what counts is in the store */
	/* another host asks for it; what is to be written is written first */
	void (*wanted)(struct group *group);
	void (*unwanted)(struct group *group);	/* released while it was taken */
	void (*emptied)(struct group *group);	/* the store has lost it */
};

int lease_begin(struct group *group, const struct lease_hooks *hooks);
void lease_look(struct group *group);
void lease_work(struct group *group);
void lease_give_back(struct group *group);
void lease_fenced(struct group *group);
uint64_t lease_left(const struct group *group);

#endif
