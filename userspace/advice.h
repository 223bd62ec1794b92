/* SPDX-License-Identifier: GPL-2.0 */
/* What an event means, and what is to be done, for who reads it at night. */
#ifndef KSRTP_ADVICE_H
#define KSRTP_ADVICE_H

#include <jansson.h>

void advice_add(json_t *event);

#endif
