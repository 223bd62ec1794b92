/* SPDX-License-Identifier: GPL-2.0 */
/* What is to be done with the sessions of a call: all of it, or nothing. */
#ifndef KSRTP_PLAN_H
#define KSRTP_PLAN_H

#include "call.h"

void plan_add(const struct leg *leg);
void plan_set(const struct leg *leg, uint32_t id, bool send, bool recv);
void plan_del(uint32_t id);
void plan_print(void);
void plan_carry_out(const char *file);

#endif
