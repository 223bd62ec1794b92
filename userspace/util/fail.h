/* SPDX-License-Identifier: GPL-2.0 */
/* Errors end the program with one line on stderr and an exit status. */
#ifndef KSRTP_FAIL_H
#define KSRTP_FAIL_H

#include <stddef.h>

struct complaint;

/* Exit statuses. */
enum { KSRTP_REFUSED = 1, KSRTP_USAGE = 2 };

/* The program's name in messages. */
extern const char *fail_program;

/* Current position in a batch file; NULL and 0 outside of one. */
extern const char *fail_file;
extern unsigned int fail_line;

/* Current input file; NULL outside of one. */
extern const char *place_file;

/* Position in it, such as "sessions[0].send.suite" or "recv sdes key 2". */
extern char place[128];

size_t place_enter(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
void place_leave(size_t outside);

/* Undoes an unfinished command; NULL if there is nothing to undo. */
extern void (*fail_undo)(void);

/* Gets the error message in place of stderr, and does not return; or NULL. */
extern void (*fail_instead)(const char *text);

/*
 * Commands between these are carried out as a whole or not at all: signals are
 * deferred, and an error undoes them.
 */
void fail_whole_begin(void (*undo)(void));
void fail_whole_end(void);

/* Print a warning. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

void fail(int status, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

#define usage(...) fail(KSRTP_USAGE, __VA_ARGS__)

/* End the program with the complaint, unless what returned this has succeeded. */
void fail_must(int ret, const struct complaint *complaint);

/* The same as usage(), about a member of the current object. */
void usage_member(const char *member, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

#endif
