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
bool rules_lack(const struct group *group);

#endif
