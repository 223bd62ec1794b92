/* SPDX-License-Identifier: GPL-2.0 */
/* Listens for clients, and gives each a process of its own. */
#ifndef KSRTP_RTSP_RELAY_H
#define KSRTP_RTSP_RELAY_H

#include <stddef.h>
#include <sys/socket.h>

#include "dialogue.h"

#define RELAY_CAMERAS 256

struct complaint;

struct relay {
	struct sockaddr_storage listen;
	struct camera *cameras;
	size_t n;
	const char *user;		/* NULL: stay who we are */
	const char *state;		/* file of the roster; NULL: none */
};

int relay_run(const struct relay *relay, struct complaint *complaint);

#endif
