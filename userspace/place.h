/* SPDX-License-Identifier: GPL-2.0 */
/* Where in what is read we are, for errors to name it. */
#ifndef KSRTP_PLACE_H
#define KSRTP_PLACE_H

#include <stddef.h>

/* The file; NULL outside of one. */
extern const char *place_file;

/* As in "sessions[0].send.suite" or "recv sdes key 2"; empty outside. */
extern char place[128];

size_t place_enter(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
void place_leave(size_t outside);

#endif
