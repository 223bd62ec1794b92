// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "fail.h"
#include "lib/hex.h"

/* Take the next word if it is this one; --WORD is accepted, too. */
bool args_take(struct args *args, const char *word)
{
	const char *given = *args->word;

	if (!given)
		return false;
	if (!strncmp(given, "--", 2))
		given += 2;
	if (strcmp(given, word))
		return false;
	args->word++;
	return true;
}

/* Is the next word this one? */
bool args_next(const struct args *args, const char *word)
{
	struct args copy = *args;

	return args_take(&copy, word);
}

/* Take the value of a keyword. */
char *args_value(struct args *args, const char *keyword)
{
	if (!*args->word)
		usage("%s: value missing", keyword);
	return *args->word++;
}

/* Take a keyword and its value, if the keyword is next; it is given once at most. */
bool args_text(struct args *args, const char *keyword, const char **text)
{
	bool seen = *text;

	if (!args_take(args, keyword))
		return false;
	args_once(&seen, keyword);
	*text = args_value(args, keyword);
	return true;
}

/* Read a number; false if it is not one. */
bool number_read(const char *text, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	/* strtoull() would accept signs and leading blanks */
	return isdigit((unsigned char)*text) && !*end && !errno;
}

uint32_t parse_number(const char *text, const char *what, uint32_t min,
		      uint32_t max)
{
	uint64_t value;

	if (!number_read(text, &value))
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

/* Take a number of packets, which may be a power such as 2^20. */
uint64_t args_count(struct args *args, const char *keyword, uint64_t min,
		    uint64_t max)
{
	const char *text = args_value(args, keyword);
	uint64_t value;

	if (!strncmp(text, "2^", 2) && number_read(text + 2, &value))
		value = value < 64 ? 1ULL << value : UINT64_MAX;
	else if (!number_read(text, &value))
		usage("%s: '%s' is not a number", keyword, text);
	if (value < min || value > max)
		usage("%s: %s is not within %llu..%llu", keyword, text,
		      (unsigned long long)min, (unsigned long long)max);
	return value;
}

/* Take bytes in hex; returns their number. */
size_t args_hex(struct args *args, const char *keyword, unsigned char *bytes,
		size_t size)
{
	const char *text = args_value(args, keyword);
	int len = hex_decode(text, bytes, size);

	if (len <= 0)
		usage("%s: '%s' is not bytes in hex", keyword, text);
	if ((size_t)len > size)
		usage("%s: longer than %zu bytes", keyword, size);
	return len;
}

/* Refuse a keyword that is given twice. */
void args_once(bool *seen, const char *keyword)
{
	if (*seen)
		usage("%s: given twice", keyword);
	*seen = true;
}

void args_end(struct args *args)
{
	const char *word = *args->word;

	if (word && *word == '-' && word[1])
		usage("unknown word '%s' (options come before the object)",
		      word);
	if (word)
		usage("unknown word '%s'", word);
}
