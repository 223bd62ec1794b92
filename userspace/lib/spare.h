/* SPDX-License-Identifier: GPL-2.0 */
/* The keys of a crypto line other than its first. */
#ifndef LIBKSRTP_SPARE_H
#define LIBKSRTP_SPARE_H

#include "channel.h"
#include "description.h"

bool spares_there(const struct ksrtp_session *session);
bool spares_replace(const struct ksrtp_session *session);
int spares_clear(struct ksrtp *handle, const struct ksrtp_session *session,
		 uint32_t id);
int spares_check(struct ksrtp *handle, const struct ksrtp_session *session,
		 uint32_t *id);
int spares_add(struct ksrtp *handle, const struct ksrtp_session *session,
	       uint32_t id);

#endif
