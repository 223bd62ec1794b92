/* SPDX-License-Identifier: GPL-2.0 */
/* Rules of this host ("ksrtp require"), which have to be those of the others. */
#ifndef KSRTP_SYNC_RULES_H
#define KSRTP_SYNC_RULES_H

#include "group.h"

bool rules_read(struct rules *rules);

#endif
