// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "complaint.h"
#include "decimal.h"

bool decimal_is(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

/* Read a number; a number that is too large becomes @max + 1. */
int decimal_read(const char *text, const char *what, uint64_t max,
		 uint64_t *value, struct complaint *complaint)
{
	if (!decimal_is(text))
		return complain(complaint, EINVAL, "%s is not a number", what);
	if (*text == '0' && text[1])
		return complain(complaint, EINVAL, "%s: %.20s begins with a 0",
				what, text);
	for (*value = 0; *text; text++) {
		*value = 10 * *value + *text - '0';
		if (*value > max) {
			*value = max + 1;
			break;
		}
	}
	return 0;
}

int decimal_range(const char *text, const char *what, uint64_t min,
		  uint64_t max, uint64_t *value, struct complaint *complaint)
{
	int err = decimal_read(text, what, max, value, complaint);

	if (err)
		return err;
	if (*value < min || *value > max)
		return complain(complaint, EINVAL,
				"%s: %.20s is not within %llu..%llu", what,
				text, (unsigned long long)min,
				(unsigned long long)max);
	return 0;
}
