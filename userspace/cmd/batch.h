/* SPDX-License-Identifier: GPL-2.0 */
/* Commands from a file: -b, and -f. */
#ifndef KSRTP_BATCH_H
#define KSRTP_BATCH_H

#include <stdbool.h>

#include "util/args.h"

void batch_run(const char *file, void (*command)(struct args *args));

/* Continue after a line that fails. */
extern bool force;

void force_line(void (*run)(char *line), char *line);
void force_end(void);

#endif
