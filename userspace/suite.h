/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KSRTP_SUITE_H
#define KSRTP_SUITE_H

#include "args.h"

void suite_command(struct args *args);

#endif
