/* SPDX-License-Identifier: GPL-2.0 */
/* A text that grows within a buffer. */
#ifndef KSRTP_TEXT_H
#define KSRTP_TEXT_H

#include <stdbool.h>

struct text {
	char *at, *end;			/* where it goes on; end of the buffer */
	bool full;			/* something did not fit */
};

void text_put(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
