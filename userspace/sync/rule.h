/* SPDX-License-Identifier: GPL-2.0 */
/* Rules ("ksrtp require") of a group: what they say, without what is of one host alone. */
#ifndef KSRTP_SYNC_RULE_H
#define KSRTP_SYNC_RULE_H

#include "group.h"

struct nlattr;

#define RULE_MAX 512

bool rule_config(const struct nlattr *attrs, unsigned int len,
		 unsigned char *config, size_t *n);
uint64_t rule_digest(const char *dev, const void *config, size_t len);
struct rule *group_rule(struct group *group, uint64_t uid, bool make);
void group_drop_rule(struct group *group, struct rule *rule);
void group_mark_rule(struct group *group, struct rule *rule);
struct tally group_tally_rules(const struct group *group);

#endif
