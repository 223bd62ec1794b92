/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions in brief: a line for each. */
#ifndef KSRTP_BRIEF_H
#define KSRTP_BRIEF_H

#include "choice.h"

size_t brief_fit(const struct choice_row *rows, size_t n, size_t lines);
void brief_print(const struct choice_row *rows, size_t n, bool rates);

#endif
