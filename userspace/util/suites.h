/* SPDX-License-Identifier: GPL-2.0 */
/* Suites of the kernel. */
#ifndef KSRTP_SUITES_H
#define KSRTP_SUITES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/registry.h"

void suites_read(void);
bool suites_next(size_t *at, struct suite *suite);
bool suite_find(const char *name, struct suite *suite);
struct suite suite_by_name(const char *name);
const char *suite_name(uint32_t id);
json_t *suite_drivers(void);

#endif
