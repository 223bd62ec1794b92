/* SPDX-License-Identifier: GPL-2.0 */
/* What the doctor has found. */
#ifndef KSRTP_FINDING_H
#define KSRTP_FINDING_H

#include <stdbool.h>

enum finding_level { FINDING_OK, FINDING_NOTE, FINDING_PROBLEM };

/*
 * Tell of one, at once if it is not for JSON. The text is one line or three: what
 * was found, its cause, and its remedy.
 */
void finding(enum finding_level level, const char *check, const char *format,
	     ...) __attribute__((format(printf, 3, 4)));

/* All were added; true if there was a problem. */
bool findings_end(void);

#endif
