// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"

static bool first_line(FILE *in, char *line, size_t size)
{
	bool there = fgets(line, size, in);

	if (!there)
		*line = '\0';
	line[strcspn(line, "\n")] = '\0';
	return there;
}

/* Read the first line of a file; false if there is none. */
bool line_read(const char *file, char *line, size_t size)
{
	FILE *in = fopen(file, "re");
	bool there;

	*line = '\0';
	if (!in)
		return false;
	there = first_line(in, line, size);
	fclose(in);
	return there;
}

/* Read the first line that a command prints; false if it fails. */
bool line_of(const char *command, char *line, size_t size)
{
	FILE *in = popen(command, "re");
	bool there;

	*line = '\0';
	if (!in)
		return false;
	there = first_line(in, line, size);
	return !pclose(in) && there;
}

long long number_of(const char *file, long long otherwise)
{
	char line[64];

	return line_read(file, line, sizeof(line)) ? atoll(line) : otherwise;
}
