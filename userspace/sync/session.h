/* SPDX-License-Identifier: GPL-2.0 */
/* Requests that have a session in this host's kernel be as its record says. */
#ifndef KSRTP_SYNC_SESSION_H
#define KSRTP_SYNC_SESSION_H

#include "group.h"

void session_make(struct session *session);
void session_add_keys(struct session *session, uint8_t direction);
void session_raise(struct session *session, uint64_t base);
void session_delete(uint32_t id);

#endif
