/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KSRTP_BATCH_H
#define KSRTP_BATCH_H

#include <stdbool.h>

#include "args.h"

/* Commands come from standard input, and nothing else can. */
extern bool batch_is_stdin;

void batch_run(const char *file, void (*command)(struct args *args));

#endif
