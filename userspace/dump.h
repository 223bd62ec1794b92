/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KSRTP_DUMP_H
#define KSRTP_DUMP_H

#include "args.h"

void dump_command(struct args *args);

#endif
