/* SPDX-License-Identifier: GPL-2.0 */
/* First lines of kernel files and of programs' output. */
#ifndef KSRTP_LINES_H
#define KSRTP_LINES_H

#include <stdbool.h>
#include <stddef.h>

bool line_read(const char *file, char *line, size_t size);
bool line_of(const char *command, char *line, size_t size);
long long number_of(const char *file, long long otherwise);

#endif
