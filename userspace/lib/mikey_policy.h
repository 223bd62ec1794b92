/* SPDX-License-Identifier: GPL-2.0 */
/* SRTP's parameters in MIKEY, RFC 3830 section 6.10.1, are suites and settings. */
#ifndef LIBKSRTP_MIKEY_POLICY_H
#define LIBKSRTP_MIKEY_POLICY_H

#include "mikey_message.h"
#include "sdes.h"

int mikey_policy_read(const struct mikey_message *message, unsigned int policy,
		      struct sdes *sdes, struct complaint *complaint);
int mikey_policy_write(struct mikey_draft *draft, unsigned int policy,
		       const struct sdes *sdes, bool tag_as_key,
		       struct complaint *complaint);

#endif
