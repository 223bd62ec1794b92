/* SPDX-License-Identifier: GPL-2.0 */
/* Small files of the kernel, and what programs print. */
#ifndef KSRTP_LINES_H
#define KSRTP_LINES_H

#include <stdbool.h>
#include <stddef.h>

bool line_read(const char *file, char *line, size_t size);
bool line_of(const char *command, char *line, size_t size);
long long number_of(const char *file, long long otherwise);

#endif
