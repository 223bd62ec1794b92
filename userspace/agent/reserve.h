/* SPDX-License-Identifier: GPL-2.0 */
/* Ports of this host that nobody else is to have. */
#ifndef KSRTPD_RESERVE_H
#define KSRTPD_RESERVE_H

#include "endpoint.h"

struct complaint;

int reserve_port(int *fd, const union endpoint *local,
		 struct complaint *complaint);
void reserve_end(int fd);

#endif
