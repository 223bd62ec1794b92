// SPDX-License-Identifier: GPL-2.0
/* Progress of long commands, on standard error if that is a terminal. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "terminal.h"

/* At this interval, output costs nothing. */
#define STEP 100

#define ERASE "\r\033[K"

static bool shown;

/* Is it time to show the progress? */
bool progress_due(size_t done)
{
	const char *term = getenv("TERM");

	return done && done % STEP == 0 && isatty(STDERR_FILENO) && term &&
	       strcmp(term, "dumb");
}

/* Show the progress, in a line that the next output overwrites. */
void progress_show(const char *format, ...)
{
	va_list args;

	fprintf(stderr, ERASE "ksrtp: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	/* the next output starts at the beginning of the line */
	fputc('\r', stderr);
	shown = true;
}

/* Erase the progress line before other output, and at the end. */
void progress_clear(void)
{
	if (shown)
		fputs(ERASE, stderr);
	shown = false;
}
