/* SPDX-License-Identifier: GPL-2.0 */
/* Sets of small numbers on the command line, such as 1,4-7. */
#ifndef KSRTP_LIST_H
#define KSRTP_LIST_H

#include <jansson.h>
#include <stdbool.h>

#include "args.h"
#include "lib/value.h"

void list_parse(struct value *list, struct args *args, const char *keyword,
		unsigned int min, unsigned int max);
void list_print(const json_t *numbers);

#endif
