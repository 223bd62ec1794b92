/* SPDX-License-Identifier: GPL-2.0 */
/* Pairs of ports: an even one for RTP, the next for RTCP. */
#ifndef KSRTPD_PORTS_H
#define KSRTPD_PORTS_H

#include <stdbool.h>
#include <stdint.h>

struct ports {
	uint16_t first;
	unsigned int pairs, next, taken;
	unsigned char used[65536 / 16];		/* a bit for each pair */
};

void ports_begin(struct ports *ports, uint16_t first, uint16_t last);
uint16_t ports_take(struct ports *ports);
bool ports_claim(struct ports *ports, uint16_t port);
void ports_return(struct ports *ports, uint16_t port);

#endif
