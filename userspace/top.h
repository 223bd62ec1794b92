/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions as they are at work: packets of each second. */
#ifndef KSRTP_TOP_H
#define KSRTP_TOP_H

#include <jansson.h>
#include <stdbool.h>

#include "args.h"
#include "choice.h"

bool top_parse(struct args *args);
void top_run(json_t *(*list)(void), const struct choice *choice);

#endif
