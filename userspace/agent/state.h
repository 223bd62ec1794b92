/* SPDX-License-Identifier: GPL-2.0 */
/* State of calls for the next process, one file each, without SRTP keys. */
#ifndef KSRTPD_STATE_H
#define KSRTPD_STATE_H

#include <jansson.h>

struct complaint;

int state_begin(const char *directory, struct complaint *complaint);
int state_save(unsigned int number, json_t *call, struct complaint *complaint);
void state_forget(unsigned int number);
int state_load(void (*call)(unsigned int number, const json_t *call),
	       struct complaint *complaint);

#endif
