/* SPDX-License-Identifier: GPL-2.0 */
/* Decimal numbers as in SDP. */
#ifndef LIBKSRTP_DECIMAL_H
#define LIBKSRTP_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

struct complaint;

bool decimal_is(const char *text);
int decimal_read(const char *text, const char *what, uint64_t max,
		 uint64_t *value, struct complaint *complaint);
int decimal_range(const char *text, const char *what, uint64_t min,
		  uint64_t max, uint64_t *value, struct complaint *complaint);

#endif
