// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "complaint.h"

/* Enter a nested place; returns the value for complaint_leave(). */
size_t complaint_enter(struct complaint *complaint, const char *format, ...)
{
	size_t outside = strlen(complaint->place);
	va_list args;

	va_start(args, format);
	vsnprintf(complaint->place + outside,
		  sizeof(complaint->place) - outside, format, args);
	va_end(args);
	return outside;
}

void complaint_leave(struct complaint *complaint, size_t outside)
{
	complaint->place[outside] = '\0';
}

/* Returns -@error. */
int complain(struct complaint *complaint, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(complaint->text, sizeof(complaint->text), format, args);
	va_end(args);
	return -error;
}

/* The whole message in one line. */
void complaint_tell(const struct complaint *complaint, char *text, size_t size)
{
	const char *place = complaint->place;
	char where[128] = "";

	if (complaint->file)
		snprintf(where, sizeof(where), "%s:%u: ", complaint->file,
			 complaint->line);
	if (*place == ' ')
		place++;
	snprintf(text, size, "%s%s%s%s", where, place, *place ? ": " : "",
		 complaint->text);
}
