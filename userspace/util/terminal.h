/* SPDX-License-Identifier: GPL-2.0 */
/* Colours and line lengths, if the output is a terminal. */
#ifndef KSRTP_TERMINAL_H
#define KSRTP_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

enum colour { RED = 31, GREEN = 32, YELLOW = 33 };

bool terminal_is(void);
unsigned int terminal_columns(void);
unsigned int terminal_lines(void);
void terminal_clear(void);
void terminal_paint(enum colour colour, const char *text);
void terminal_wrap(const char *text, unsigned int indent);

/* Progress of long commands, on standard error if that is a terminal. */
bool progress_due(size_t done);
void progress_show(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
void progress_clear(void);

#endif
