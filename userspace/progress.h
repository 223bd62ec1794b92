/* SPDX-License-Identifier: GPL-2.0 */
/* How far long work has come: on standard error, if that is a terminal. */
#ifndef KSRTP_PROGRESS_H
#define KSRTP_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

bool progress_due(size_t done);
void progress_show(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
void progress_clear(void);

#endif
