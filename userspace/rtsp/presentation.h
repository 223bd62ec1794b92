/* SPDX-License-Identifier: GPL-2.0 */
/* The description of a camera's streams, and what a client sees of it. */
#ifndef KSRTP_RTSP_PRESENTATION_H
#define KSRTP_RTSP_PRESENTATION_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/sdp.h"
#include "url.h"

/* Room for what a client sees: URLs become longer. */
#define PRESENTATION_SIZE	(2 * SDP_SIZE)

struct complaint;

struct presentation {
	struct sdp sdp;		/* holds keys */
	/* a=control: of sections, as the client has it; empty: none */
	char control[SDP_MEDIA_MAX][URL_MAX];
	char text[PRESENTATION_SIZE];
};

int presentation_read(struct presentation *presentation,
		      const struct url_map *map, const char *body, size_t len,
		      struct complaint *complaint);
bool presentation_is_secure(const struct sdp_media *media);
int presentation_find(const struct presentation *presentation,
		      const char *url);

#endif
