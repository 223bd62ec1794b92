/* SPDX-License-Identifier: GPL-2.0 */
/* Crypto lines as users give them; what is wrong with one ends the program. */
#ifndef KSRTP_CRYPTO_LINE_H
#define KSRTP_CRYPTO_LINE_H

#include "args.h"
#include "sdes.h"

bool crypto_line_parse(struct sdes *sdes, struct args *args,
		       const char *direction);

#endif
