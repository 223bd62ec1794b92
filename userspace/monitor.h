/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KSRTP_MONITOR_H
#define KSRTP_MONITOR_H

#include "args.h"

void monitor_command(struct args *args);

#endif
