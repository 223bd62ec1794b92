// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "fail.h"

/* Take the next word if it is this one. */
bool args_take(struct args *args, const char *word)
{
	if (!*args->word || strcmp(*args->word, word))
		return false;
	args->word++;
	return true;
}

/* Take the value that has to follow a keyword. */
char *args_value(struct args *args, const char *keyword)
{
	if (!*args->word)
		usage("%s: value missing", keyword);
	return *args->word++;
}

uint32_t parse_number(const char *text, const char *what, uint32_t min,
		      uint32_t max)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 0);
	/* strtoul() takes signs and leading blanks, which nobody means */
	if (!isdigit((unsigned char)*text) || *end || errno)
		usage("%s: '%s' is not a number", what, text);
	if (value < min || value > max)
		usage("%s: %s is not within %u..%u", what, text, min, max);
	return value;
}

uint32_t args_number(struct args *args, const char *keyword, uint32_t min,
		     uint32_t max)
{
	return parse_number(args_value(args, keyword), keyword, min, max);
}

/* A keyword may be given once. */
void args_once(bool *seen, const char *keyword)
{
	if (*seen)
		usage("%s: given twice", keyword);
	*seen = true;
}

void args_end(struct args *args)
{
	if (*args->word)
		usage("unknown word '%s'", *args->word);
}
