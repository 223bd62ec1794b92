/* SPDX-License-Identifier: GPL-2.0 */
/* SRTP parameters of MIKEY as suites and settings, RFC 3830 section 6.10.1. */
#ifndef LIBKSRTP_MIKEY_POLICY_H
#define LIBKSRTP_MIKEY_POLICY_H

#include "message.h"
#include "lib/sdes.h"

int mikey_policy_read(const struct mikey_message *message, unsigned int policy,
		      struct sdes *sdes, struct complaint *complaint);
int mikey_policy_write(struct mikey_draft *draft, unsigned int policy,
		       const struct sdes *sdes, bool tag_as_key,
		       struct complaint *complaint);

#endif
