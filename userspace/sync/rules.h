/* SPDX-License-Identifier: GPL-2.0 */
/* Rules of this host's kernel ("ksrtp require"), and those that records tell. */
#ifndef KSRTP_SYNC_RULES_H
#define KSRTP_SYNC_RULES_H

#include "group.h"

void rules_begin(struct group *groups, unsigned int n);
bool rules_look(void);
void rules_tell(struct group *group);
void rules_enforce(struct group *group);
void rules_withdraw(void);
enum fault rules_apply(struct group *group, uint64_t uid,
		       const unsigned char *bytes, size_t len,
		       const struct version *version);
void rules_forget(struct group *group);
bool rules_are_others(const struct group *group);
bool rules_lack(const struct group *group);

#endif
