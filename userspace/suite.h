/* SPDX-License-Identifier: GPL-2.0 */
/* Suites, as the kernel lists them. */
#ifndef KSRTP_SUITE_H
#define KSRTP_SUITE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "args.h"
#include "registry.h"

bool suite_find(const char *name, struct suite *suite);
struct suite suite_by_name(const char *name);
const char *suite_name(uint32_t id);
json_t *suite_drivers(void);
void suite_command(struct args *args);

#endif
