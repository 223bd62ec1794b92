/* SPDX-License-Identifier: GPL-2.0 */
/* Exchanges whose keys come with the answer: Diffie-Hellman and RSA-R. */
#ifndef LIBKSRTP_MIKEY_EXCHANGE_H
#define LIBKSRTP_MIKEY_EXCHANGE_H

#include "mikey.h"

int mikey_exchange_open(const struct mikey *offer,
			const struct ksrtp_mikey *with,
			struct complaint *complaint);
bool mikey_exchange_is_own(const struct mikey *offer,
			   const struct ksrtp_mikey *with);
int mikey_exchange_check(const struct mikey_message *offer,
			 const struct ksrtp_mikey *with,
			 struct complaint *complaint);
int mikey_exchange_make(struct mikey_draft *draft,
			const struct mikey_wish *wish, struct ksrtp_mikey *with,
			struct complaint *complaint);
int mikey_exchange_answer(struct mikey_draft *draft, const struct mikey *offer,
			  struct ksrtp_mikey *with,
			  struct complaint *complaint);
int mikey_exchange_finish(struct mikey *answer, struct mikey *offer,
			  const struct ksrtp_mikey *with,
			  struct complaint *complaint);

#endif
