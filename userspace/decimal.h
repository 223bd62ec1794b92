/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers as protocols in text write them: digits alone, and no 0 in front. */
#ifndef KSRTP_DECIMAL_H
#define KSRTP_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

bool decimal_is(const char *text);
uint64_t decimal_read(const char *text, const char *what, uint64_t max);
uint64_t decimal_range(const char *text, const char *what, uint64_t min,
		       uint64_t max);

#endif
