/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KSRTP_REQUIRE_H
#define KSRTP_REQUIRE_H

#include "args.h"

void require_command(struct args *args);

#endif
