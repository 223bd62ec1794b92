/* SPDX-License-Identifier: GPL-2.0 */
/* What a rule ("ksrtp require") says, without what is of one host alone. */
#ifndef KSRTP_SYNC_RULE_H
#define KSRTP_SYNC_RULE_H

#include <stddef.h>
#include <stdint.h>

struct nlattr;

#define RULE_MAX 512

size_t rule_config(const struct nlattr *attrs, unsigned int len,
		   unsigned char *config);
uint64_t rule_digest(const char *dev, const void *config, size_t len);

#endif
