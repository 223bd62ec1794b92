/* SPDX-License-Identifier: GPL-2.0 */
/* Contents of a MIKEY message as JSON, without keys. */
#ifndef KSRTP_MIKEY_JSON_H
#define KSRTP_MIKEY_JSON_H

#include <jansson.h>

#include "lib/mikey/mikey.h"

int mikey_json(const char *text, const struct ksrtp_mikey *with, json_t *list,
	       struct complaint *complaint);
void mikey_print(json_t *object);

#endif
