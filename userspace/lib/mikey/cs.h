/* SPDX-License-Identifier: GPL-2.0 */
/* Keys and settings of a crypto session. */
#ifndef LIBKSRTP_MIKEY_CS_H
#define LIBKSRTP_MIKEY_CS_H

#include "kemac.h"
#include "lib/sdes.h"

unsigned int mikey_cs_count(const struct mikey_message *message);
int mikey_cs_read(const struct mikey_message *message,
		  const struct mikey_opened *opened, unsigned int cs_id,
		  bool raw_tgk, struct sdes *sdes,
		  struct complaint *complaint);

#endif
