// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "place.h"

const char *place_file;
char place[128];

/* Go deeper; returns what place_leave() comes back with. */
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

/* Say what is wrong with a member of the object we are in. */
void place_refuse(const char *member, const char *format, ...)
{
	char what[160];
	va_list args;

	place_enter(".%s", member);
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	usage("%s", what);
}
