/* SPDX-License-Identifier: GPL-2.0 */
/* The control socket: one line of JSON per request and answer. */
#ifndef KSRTPD_CONTROL_H
#define KSRTPD_CONTROL_H

#include <jansson.h>

struct complaint;

int control_begin(const char *path, struct complaint *complaint);
void control_tell(json_t *event);
void control_end(void);

#endif
