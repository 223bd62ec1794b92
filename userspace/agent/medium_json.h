/* SPDX-License-Identifier: GPL-2.0 */
/* A medium as JSON: what is told of it, and what a restart needs. */
#ifndef KSRTPD_MEDIUM_JSON_H
#define KSRTPD_MEDIUM_JSON_H

#include <jansson.h>

#include "public.h"

struct complaint;
struct medium;

json_t *medium_json(const struct medium *medium);
json_t *medium_json_save(const struct medium *medium);
int medium_json_restore(struct medium *medium, enum public_kind public,
			unsigned int family, const json_t *saved,
			struct complaint *complaint);

#endif
