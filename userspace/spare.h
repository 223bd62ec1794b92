/* SPDX-License-Identifier: GPL-2.0 */
/* The keys that a crypto line has beside its first. */
#ifndef KSRTP_SPARE_H
#define KSRTP_SPARE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "direction.h"

bool spare_there(const struct direction *direction);
void spare_check(const struct direction *direction, uint32_t id,
		 json_t *session);
void spare_add(const struct direction *direction, uint32_t id);

#endif
