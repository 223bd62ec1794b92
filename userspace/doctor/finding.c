// SPDX-License-Identifier: GPL-2.0
/* Findings of the doctor. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "util/output.h"
#include "util/terminal.h"

/* Widths of the columns for level and check. */
#define INDENT 9
#define CHECK 10

static const struct {
	const char *word;
	enum colour colour;
} levels[] = {
	[FINDING_OK] = { "ok", GREEN },
	[FINDING_NOTE] = { "note", YELLOW },
	[FINDING_PROBLEM] = { "problem", RED },
};

static json_t *found;
static bool problems;

static void print_part(json_t *object, const char *name)
{
	const char *text = output_string(object, name);

	if (text)
		terminal_wrap(text, printf("%*s%-*s", INDENT, "", CHECK, name));
}

static void finding_print(json_t *object)
{
	const char *word = output_string(object, "level");
	size_t i;

	for (i = 0; strcmp(levels[i].word, word); i++)
		;
	terminal_paint(levels[i].colour, word);
	printf("%*s", INDENT - (int)strlen(word), "");
	terminal_wrap(output_string(object, "finding"),
		      INDENT + printf("%-*s", CHECK,
					output_string(object, "check")));
	print_part(object, "cause");
	print_part(object, "remedy");
}

void finding(enum finding_level level, const char *check, const char *format,
	     ...)
{
	static const char *const members[] = { "finding", "cause", "remedy" };
	json_t *object = json_object();
	char *text, *rest, *line;
	va_list args;
	size_t i = 0;

	if (!found)
		found = json_array();
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	json_object_set_new(object, "check", json_string(check));
	json_object_set_new(object, "level", json_string(levels[level].word));
	rest = text;
	while ((line = strsep(&rest, "\n")) && i < 3)
		json_object_set_new(object, members[i++], json_string(line));
	free(text);
	problems |= level == FINDING_PROBLEM;
	if (output_is_json) {
		json_array_append_new(found, object);
		return;
	}
	finding_print(object);
	fflush(stdout);
	json_decref(object);
}

bool findings_end(void)
{
	bool had_problems = problems;

	if (output_is_json)
		output_list(found, NULL);
	json_decref(found);
	found = NULL;
	problems = false;
	return had_problems;
}
