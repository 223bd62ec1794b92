/* SPDX-License-Identifier: GPL-2.0 */
/* Initial rollover counters of streams, from MIKEY. */
#ifndef LIBKSRTP_ROLLOVER_H
#define LIBKSRTP_ROLLOVER_H

#include "plan.h"

bool rollover_of(const struct step *step, unsigned int direction,
		 unsigned int i, uint32_t *ssrc, uint32_t *roc);
int rollovers_set(const struct step *step, struct ksrtp *handle,
		  unsigned int direction, uint32_t id);

#endif
