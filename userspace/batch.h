/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KSRTP_BATCH_H
#define KSRTP_BATCH_H

#include "args.h"

void batch_run(const char *file, void (*command)(struct args *args));

#endif
