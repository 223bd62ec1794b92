/* SPDX-License-Identifier: GPL-2.0 */
/* Diffie-Hellman in the groups of MIKEY, RFC 3830 sections 3.3 and 4.2.7. */
#ifndef LIBKSRTP_MIKEY_DH_H
#define LIBKSRTP_MIKEY_DH_H

#include "message.h"
#include "sent.h"

#define MIKEY_DH_MAX	192

int mikey_dh_make(unsigned int group, struct mikey_secret *secret,
		  unsigned char *value, struct complaint *complaint);
int mikey_dh_check(const struct mikey_payload *dh, struct complaint *complaint);
const struct mikey_secret *mikey_dh_secret(const struct mikey_sent *sent,
					   uint32_t csb_id,
					   const struct mikey_payload *dh);
int mikey_dh_agree(const struct mikey_payload *dh,
		   const struct mikey_secret *secret, unsigned char *tgk,
		   struct complaint *complaint);
int mikey_dh_values(const struct mikey_message *message, unsigned int n,
		    const struct mikey_payload **first,
		    const struct mikey_payload **second,
		    struct complaint *complaint);
void mikey_dh_write(struct mikey_draft *draft, unsigned int group,
		    struct bytes value);

#endif
