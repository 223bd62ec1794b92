// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "list.h"

/* Take numbers and ranges between commas, or none; sorted, without duplicates. */
void list_parse(struct value *list, struct args *args, const char *keyword,
		unsigned int min, unsigned int max)
{
	bool in[256] = { false };
	unsigned int first, last, i;
	char *text, *item, *to;

	args_once(&list->given, keyword);
	text = args_value(args, keyword);
	if (!strcmp(text, "none"))
		return;
	while (text) {
		item = strsep(&text, ",");
		to = strchr(item, '-');
		if (to)
			*to++ = '\0';
		first = parse_number(item, keyword, min, max);
		last = to ? parse_number(to, keyword, min, max) : first;
		if (first > last)
			usage("%s: %u-%u goes backwards", keyword, first, last);
		for (i = first; i <= last; i++)
			in[i] = true;
	}
	for (i = min; i <= max; i++)
		if (in[i])
			list->bytes[list->len++] = i;
}

static long long at(const json_t *numbers, size_t i)
{
	return json_integer_value(json_array_get(numbers, i));
}

void list_print(const json_t *numbers)
{
	size_t len = json_array_size(numbers);
	size_t first, last;

	for (first = 0; first < len; first = last + 1) {
		last = first;
		while (last + 1 < len && at(numbers, last + 1) ==
					 at(numbers, last) + 1)
			last++;
		printf("%s%lld", first ? "," : " ", at(numbers, first));
		if (last > first)
			printf("-%lld", at(numbers, last));
	}
}
