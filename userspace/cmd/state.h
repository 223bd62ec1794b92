/* SPDX-License-Identifier: GPL-2.0 */
/* The file that dump writes and restore reads. */
#ifndef KSRTP_STATE_H
#define KSRTP_STATE_H

#include <jansson.h>
#include <stdbool.h>

#define STATE_VERSION 1

/* Members of a session. */
extern const char *const state_directions[2];

json_t *state_read(int fd);
bool state_check(json_t *root);
void state_check_suites(json_t *root);
void state_for_each(json_t *owner, const char *name,
		    void (*action)(json_t *object, json_t *owner));

#endif
