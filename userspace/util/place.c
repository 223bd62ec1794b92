// SPDX-License-Identifier: GPL-2.0
/* Current position in the input, for error messages. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"

const char *place_file;
char place[128];

/* Enter a nested place; returns the value for place_leave(). */
size_t place_enter(const char *format, ...)
{
	size_t outside = strlen(place);
	va_list args;

	if (!outside && *format == '.')
		format++;
	va_start(args, format);
	vsnprintf(place + outside, sizeof(place) - outside, format, args);
	va_end(args);
	return outside;
}

void place_leave(size_t outside)
{
	place[outside] = '\0';
}
