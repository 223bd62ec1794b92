/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KSRTP_RESTORE_H
#define KSRTP_RESTORE_H

#include "args.h"

void restore_command(struct args *args);

#endif
