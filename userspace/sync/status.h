/* SPDX-License-Identifier: GPL-2.0 */
/* What is told of groups: to who asks, and as alarms. */
#ifndef KSRTP_SYNC_STATUS_H
#define KSRTP_SYNC_STATUS_H

#include <jansson.h>

#include "group.h"

json_t *status_json(const struct group *groups, unsigned int n);
void status_alarms(struct group *groups, unsigned int n);

#endif
