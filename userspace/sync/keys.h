/* SPDX-License-Identifier: GPL-2.0 */
/* Sealed keys of sessions: of each its length, and attributes of a request. */
#ifndef KSRTP_SYNC_KEYS_H
#define KSRTP_SYNC_KEYS_H

#include "group.h"

struct nlattr;

bool keys_add(struct session *session, const struct nlattr *attrs,
	      unsigned int len);
bool keys_next(const struct session *session, size_t *at,
	       const struct nlattr **attrs, unsigned int *len);
bool keys_are_sound(const struct session *session);

#endif
