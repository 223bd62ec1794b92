/* SPDX-License-Identifier: GPL-2.0 */
/* Requests of restore, of which many are carried out together. */
#ifndef KSRTP_STEPS_H
#define KSRTP_STEPS_H

#include <jansson.h>

struct attr_set;

void steps_add(int cmd, const struct attr_set *set, json_t *object,
	       json_t *session);
void steps_settle(void);

#endif
