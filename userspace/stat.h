/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KSRTP_STAT_H
#define KSRTP_STAT_H

#include "args.h"

void stat_command(struct args *args);

#endif
