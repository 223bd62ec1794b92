/* SPDX-License-Identifier: GPL-2.0 */
/* Other programs, and what they tell. */
#ifndef KSRTP_PROGRAM_H
#define KSRTP_PROGRAM_H

#include <jansson.h>

/* What a command of the shell prints as JSON; NULL if it does not. */
json_t *program_json(const char *command);

#endif
