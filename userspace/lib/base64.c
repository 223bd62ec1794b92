// SPDX-License-Identifier: GPL-2.0
#include <stdint.h>
#include <string.h>

#include "base64.h"

static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/*
 * Returns the number of bytes, at most @size of which are stored, or -1.
 * Strict: each value has one encoding, except that all of the padding may be
 * missing.
 */
int base64_decode(const char *text, unsigned char *bytes, size_t size)
{
	size_t digits = strspn(text, alphabet);
	size_t padding = strspn(text + digits, "=");
	uint32_t bits = 0;
	size_t i, len = 0;

	if (text[digits + padding] || digits % 4 == 1 ||
	    (padding && (padding > 2 || (digits + padding) % 4)))
		return -1;
	for (i = 0; i < digits; i++) {
		bits = bits << 6 | (strchr(alphabet, text[i]) - alphabet);
		/* each digit except the first of four completes a byte */
		if (i % 4) {
			if (len < size)
				bytes[len] = bits >> (6 - 2 * (i % 4));
			len++;
		}
	}
	/* unused bits of the last digit must be zero */
	if ((digits % 4 == 2 && bits & 15) || (digits % 4 == 3 && bits & 3))
		return -1;
	return len;
}
