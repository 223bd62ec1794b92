/* SPDX-License-Identifier: GPL-2.0 */
/* Keys of a dump, in the order in which they replace each other. */
#ifndef KSRTP_DUMPED_KEYS_H
#define KSRTP_DUMPED_KEYS_H

#include <jansson.h>

void dumped_keys_make(json_t *session, const char *direction);
json_t *dumped_keys_take_ekt(json_t *direction);
void dumped_keys_make_ekt(json_t *session, const char *name, json_t *ekt);

#endif
