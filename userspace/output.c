// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "output.h"

bool output_is_json;
bool output_pretty;
bool output_stats;

/* Print a list: one array as JSON, or each object as people like it. */
void output_list(json_t *list, void (*print)(json_t *object))
{
	json_t *object;
	size_t i;

	if (output_is_json) {
		json_dumpf(list, stdout, output_pretty ? JSON_INDENT(4) : 0);
		putchar('\n');
		return;
	}
	json_array_foreach(list, i, object)
		print(object);
}

/* Print one object as a line of JSON, at once. */
void output_line(json_t *object)
{
	json_dumpf(object, stdout, output_pretty ? JSON_INDENT(4) : 0);
	putchar('\n');
	fflush(stdout);
}
