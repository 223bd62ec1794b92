// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "decimal.h"
#include "fail.h"

bool decimal_is(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

/* Read a number; what is too large becomes @max + 1. */
uint64_t decimal_read(const char *text, const char *what, uint64_t max)
{
	uint64_t value = 0;

	if (!decimal_is(text))
		usage("%s is not a number", what);
	if (*text == '0' && text[1])
		usage("%s: %.20s begins with a 0", what, text);
	for (; *text; text++) {
		value = 10 * value + *text - '0';
		if (value > max)
			return max + 1;
	}
	return value;
}

uint64_t decimal_range(const char *text, const char *what, uint64_t min,
		       uint64_t max)
{
	uint64_t value = decimal_read(text, what, max);

	if (value < min || value > max)
		usage("%s: %.20s is not within %llu..%llu", what, text,
		      (unsigned long long)min, (unsigned long long)max);
	return value;
}
