/* SPDX-License-Identifier: GPL-2.0 */
/* Keys and settings that both sides of a section agree on by MIKEY, RFC 4567. */
#ifndef LIBKSRTP_AGREED_MIKEY_H
#define LIBKSRTP_AGREED_MIKEY_H

#include "call.h"

int agreed_mikey(const struct call *call, struct leg *leg,
		 const struct sdp_media *local, const struct sdp_media *remote,
		 struct complaint *complaint);
int agreed_mikey_find(const struct mikey_message *message,
		      const struct sdp *sdp, const struct sdp_media *media,
		      struct complaint *complaint);
bool agreed_mikey_has(const struct call *call, const struct sdp *sdp,
		      const struct sdp_media *media, const struct sdes *wanted);
int agreed_mikey_check_new(const struct call *call, const struct call *old,
			   struct complaint *complaint);
void agreed_mikey_note(const struct call *call, struct ksrtp_mikey *mikey);

#endif
