// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>

#include "text.h"

/* Append to a text. */
void text_put(struct text *text, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text->at, text->end - text->at, format, args);
	va_end(args);
	if (len >= text->end - text->at) {
		text->full = true;
		len = 0;
	}
	text->at += len;
}
