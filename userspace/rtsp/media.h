/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's sessions for the streams of a client. */
#ifndef KSRTP_RTSP_MEDIA_H
#define KSRTP_RTSP_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "lib/libksrtp.h"
#include "lib/mikey/mikey.h"
#include "lib/sdp.h"

struct complaint;

/* Room for the header KeyMgmt:, with a URL. */
#define MEDIA_HEADER_MAX 8192

/* Where packets go; ports are those of RTP and RTCP. */
struct media_flow {
	char local[64], remote[64];	/* addresses */
	int family;
	uint16_t local_port[2], remote_port[2];
};

/* How keys of a camera are told. */
struct media_rules {
	bool one_key;			/* the camera's is ours, too */
	unsigned char psk[MIKEY_PSK_MAX];
	size_t psk_len;			/* 0: messages are in the clear */
	uint32_t clock_skew;		/* of messages with a MAC; 0: any */
	bool raw_tgk;
};

struct media {
	const struct media_rules *rules;
	struct ksrtp *handle;		/* NULL: not yet needed */
	struct ksrtp_mikey *mikey;
	uint32_t *ids;			/* of sessions, by stream; 0: none */
	struct {
		bool up, leaves;
		uint64_t until;		/* if it leaves */
		char *ours;		/* message, or crypto line; or empty */
		char *local, *remote;	/* the session, as descriptions */
	} stream[SDP_MEDIA_MAX];
};

int media_offer(struct media *media, const struct sdp *sdp, unsigned int n,
		const char *url, char *header, struct complaint *complaint);
int media_add(struct media *media, const struct sdp *sdp, unsigned int n,
	      const struct media_flow *flow, struct complaint *complaint);
void media_leave(struct media *media, unsigned int n, uint64_t until);
uint64_t media_expire(struct media *media, uint64_t now);
void media_end(struct media *media);

#endif
