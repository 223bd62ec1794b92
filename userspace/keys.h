/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KSRTP_KEYS_H
#define KSRTP_KEYS_H

#include "args.h"

void keys_command(struct args *args);

#endif
