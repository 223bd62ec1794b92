/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions of media whose keys are in descriptions. */
#ifndef KSRTPD_KEYED_H
#define KSRTPD_KEYED_H

#include "medium.h"

int keyed_change(struct medium *const *media, unsigned int n, const char *local,
		 const char *remote, uint32_t *ids, struct complaint *complaint);

#endif
