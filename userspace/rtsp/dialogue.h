/* SPDX-License-Identifier: GPL-2.0 */
/* A client's dialogue with a camera, passed on. */
#ifndef KSRTP_RTSP_DIALOGUE_H
#define KSRTP_RTSP_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "media.h"
#include "trust.h"
#include "url.h"

/* A camera, as it was configured. */
struct camera {
	const char *name;
	struct url url;
	struct trust trust;
	struct media_rules rules;
	/* words for @rules: whether they were given, and files */
	bool has_psk, has_clock;
	const char *own_key, *own_cert, *peer_cert;
};

void dialogue_run(int fd, const struct sockaddr_storage *client,
		  const struct camera *cameras, size_t n,
		  unsigned int place);
void dialogue_stop(void);

#endif
