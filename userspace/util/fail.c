// SPDX-License-Identifier: GPL-2.0
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "fail.h"
#include "lib/complaint.h"
#include "terminal.h"

const char *fail_program = "ksrtp";
const char *fail_file;
unsigned int fail_line;
void (*fail_undo)(void);
void (*fail_instead)(const char *text);

static sigset_t signals_before;

void fail_whole_begin(void (*undo)(void))
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, &signals_before);
	fail_undo = undo;
}

void fail_whole_end(void)
{
	fail_undo = NULL;
	sigprocmask(SIG_SETMASK, &signals_before, NULL);
}

void warn(const char *format, ...)
{
	va_list args;

	progress_clear();
	fprintf(stderr, "%s: warning: ", fail_program);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void fail(int status, const char *format, ...)
{
	void (*undo)(void) = fail_undo;
	char text[512];
	va_list args;

	if (fail_instead) {
		va_start(args, format);
		vsnprintf(text, sizeof(text), format, args);
		va_end(args);
		fail_instead(text);
	}
	progress_clear();
	fflush(stdout);
	fprintf(stderr, "%s: ", fail_program);
	if (fail_file)
		fprintf(stderr, "%s:%u: ", fail_file, fail_line);
	if (place_file)
		fprintf(stderr, "%s: ", place_file);
	if (*place)
		fprintf(stderr, "%s: ", place);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	/* undoing may fail too, which is not to be undone */
	fail_undo = NULL;
	if (undo)
		undo();
	exit(status);
}

void usage_member(const char *member, const char *format, ...)
{
	char what[160];
	va_list args;

	place_enter(".%s", member);
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	usage("%s", what);
}

void fail_must(int ret, const struct complaint *complaint)
{
	char text[1024];

	if (!ret)
		return;
	complaint_tell(complaint, text, sizeof(text));
	fail(KSRTP_REFUSED, "%s", text);
}
