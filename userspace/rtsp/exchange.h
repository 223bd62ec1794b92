/* SPDX-License-Identifier: GPL-2.0 */
/* The state of a dialogue. */
#ifndef KSRTP_RTSP_EXCHANGE_H
#define KSRTP_RTSP_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "connection.h"
#include "dialogue.h"
#include "media.h"
#include "message.h"
#include "presentation.h"
#include "transport.h"
#include "util/text.h"

/* In ms: a session outlives its stream by this, for the client's last RTCP. */
#define LINGER		2000

/* A message with URLs that have become longer, and our headers. */
#define OUT_SIZE	(PRESENTATION_SIZE + 2 * MESSAGE_HEAD_MAX)

/* The request that the camera is to answer. */
struct pending {
	bool sent;
	size_t size;			/* in the client's buffer */
	char cseq[32];
	char method[24];
	int section;			/* of SETUP and TEARDOWN; -1: all */
	struct transport transport;	/* SETUP: as the client wants it */
	uint64_t until;
};

struct dialogue {
	char who[CONNECTION_TEXT];
	const struct camera *cameras;
	size_t n_cameras;
	const struct camera *camera;	/* NULL: not yet chosen */
	struct url_map map;
	struct connection client, server;
	struct presentation presentation;
	bool described;
	struct media media;
	struct pending pending;
	unsigned int redirects, asked;
	bool streams;			/* was set up once */
	char session[128];
	bool interleaved;
	bool over;
	uint64_t since;			/* when the client fell silent */
	struct message message;
	char scratch[MESSAGE_SIZE];
	char out[OUT_SIZE];
	struct text text;
};

#endif
