/* SPDX-License-Identifier: GPL-2.0 */
/* Where the kernel's routing table sends packets. */
#ifndef KSRTPD_ROUTE_H
#define KSRTPD_ROUTE_H

#include <stdbool.h>

#include "endpoint.h"

bool route_is_local(const union endpoint *endpoint);

#endif
