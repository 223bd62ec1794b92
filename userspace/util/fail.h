/* SPDX-License-Identifier: GPL-2.0 */
/* Ends of the program: one line on stderr, and an exit status. */
#ifndef KSRTP_FAIL_H
#define KSRTP_FAIL_H

#include <stddef.h>

/* Exit statuses. */
enum { KSRTP_REFUSED = 1, KSRTP_USAGE = 2 };

/* Where in a batch file we are; NULL and 0 outside of one. */
extern const char *fail_file;
extern unsigned int fail_line;

/* What is read, and where in it we are: the file; NULL outside of one. */
extern const char *place_file;

/* As in "sessions[0].send.suite" or "recv sdes key 2"; empty outside. */
extern char place[128];

size_t place_enter(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
void place_leave(size_t outside);

/* Takes back what a command in the middle has done; NULL if nothing is to be. */
extern void (*fail_undo)(void);

/* Hears of what is wrong in the place of stderr, and does not return; or NULL. */
extern void (*fail_instead)(const char *text);

/*
 * What comes between these is to be done as a whole or not at all: signals wait,
 * and an error takes it back.
 */
void fail_whole_begin(void (*undo)(void));
void fail_whole_end(void);

/* Tell of what is no failure. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

void fail(int status, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

#define usage(...) fail(KSRTP_USAGE, __VA_ARGS__)

/* Likewise, of a member of the object that we are in. */
void usage_member(const char *member, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

#endif
