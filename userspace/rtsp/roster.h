/* SPDX-License-Identifier: GPL-2.0 */
/* Which sessions the processes of clients have, for the case that one dies. */
#ifndef KSRTP_RTSP_ROSTER_H
#define KSRTP_RTSP_ROSTER_H

#include <stdbool.h>
#include <stdint.h>

/* Clients at a time, each with a place. */
#define ROSTER_PLACES 256

struct complaint;

int roster_open(const char *file, uint64_t until, struct complaint *complaint);
uint32_t *roster_ids(unsigned int place);
bool roster_is_free(unsigned int place);
void roster_died(unsigned int place, uint64_t until);
uint64_t roster_expire(uint64_t now);

#endif
