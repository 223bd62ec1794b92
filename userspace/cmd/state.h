/* SPDX-License-Identifier: GPL-2.0 */
/* The file format of dump and restore. */
#ifndef KSRTP_STATE_H
#define KSRTP_STATE_H

#include <jansson.h>
#include <stdbool.h>

#define STATE_VERSION 1

/* Names of a session's directions. */
extern const char *const state_directions[2];

json_t *state_read(int fd);
bool state_check(json_t *root);
void state_check_suites(json_t *root);
void state_for_each(json_t *owner, const char *name,
		    void (*action)(json_t *object, json_t *owner));

#endif
