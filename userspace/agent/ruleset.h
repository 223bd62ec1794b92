/* SPDX-License-Identifier: GPL-2.0 */
/* Our nftables table: constant rules, and maps that calls are added to. */
#ifndef KSRTPD_RULESET_H
#define KSRTPD_RULESET_H

#include "settings.h"

struct complaint;

#define RULESET_TABLE "ksrtpd"

int ruleset_load(const struct settings *settings, bool keeps,
		 struct complaint *complaint);

#endif
