// SPDX-License-Identifier: GPL-2.0
/* Crypto lines on the command line; an invalid one ends the program. */
#include <string.h>

#include "direction.h"
#include "lib/complaint.h"
#include "util/fail.h"
#include "util/secret.h"

/* 16 keys and as many for FEC, each with an MKI of 128 bytes in decimal. */
#define LINE_MAX_SIZE 16384

static const struct secret_kind line_kind = SECRET_KIND("crypto line", "sdes");

/* Static, so that it can be wiped after it was parsed. */
static char line[LINE_MAX_SIZE];

/* Take a crypto line, if there is one. */
bool crypto_line_parse(struct sdes *sdes, struct args *args,
		       const char *direction)
{
	struct complaint complaint = { 0 };

	if (!secret_parse(&line_kind, args, &sdes->given, line, sizeof(line),
			  NULL))
		return false;
	if (sdes_read(sdes, line, &complaint)) {
		place_enter("%s sdes%s", direction, complaint.place);
		usage("%s", complaint.text);
	}
	explicit_bzero(line, sizeof(line));
	return true;
}
