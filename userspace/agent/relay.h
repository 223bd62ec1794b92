/* SPDX-License-Identifier: GPL-2.0 */
/* How media of a peer and an application are rewritten. */
#ifndef KSRTPD_RELAY_H
#define KSRTPD_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "endpoint.h"

struct complaint;

struct relay_path {
	union endpoint peer;
	uint16_t public_port;
	uint16_t port, rtcp_port;		/* ours, for the application */
	union endpoint application;
	uint16_t application_rtcp;
	bool behind;				/* on another host than this */
};

int relay_begin(struct complaint *complaint);
void relay_end(void);
int relay_change(const struct relay_path *old, const struct relay_path *path,
		 struct complaint *complaint);

#endif
