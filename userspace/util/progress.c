// SPDX-License-Identifier: GPL-2.0
/* How far long work has come: on standard error, if that is a terminal. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "terminal.h"

/* As seldom as that, writing it costs nothing. */
#define STEP 100

#define ERASE "\r\033[K"

static bool shown;

/* Is it time to show it, now that so much is done? */
bool progress_due(size_t done)
{
	const char *term = getenv("TERM");

	return done && done % STEP == 0 && isatty(STDERR_FILENO) && term &&
	       strcmp(term, "dumb");
}

/* Show it, in a line that the next one takes the place of. */
void progress_show(const char *format, ...)
{
	va_list args;

	fprintf(stderr, ERASE "ksrtp: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	/* whatever is written now begins where this did */
	fputc('\r', stderr);
	shown = true;
}

/* Make way for what is to stay, and at the end. */
void progress_clear(void)
{
	if (shown)
		fputs(ERASE, stderr);
	shown = false;
}
