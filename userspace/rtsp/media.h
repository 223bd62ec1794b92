/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's sessions for the streams of a client. */
#ifndef KSRTP_RTSP_MEDIA_H
#define KSRTP_RTSP_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/libksrtp.h"
#include "lib/mikey/mikey.h"
#include "lib/sdp.h"

struct complaint;
struct flow;
struct group;
struct roster_place;

/* Room for the header KeyMgmt:, with a URL. */
#define MEDIA_HEADER_MAX 8192

/* How keys of a camera are told. */
struct media_rules {
	bool one_key;			/* the camera's is ours, too */
	unsigned char psk[MIKEY_PSK_MAX];
	size_t psk_len;			/* 0: messages are in the clear */
	struct mikey_rsa rsa;		/* the relay's key, the camera's certificate */
	uint32_t clock_skew;		/* of messages with a MAC; 0: any */
	bool raw_tgk;
};

struct media {
	const struct media_rules *rules;
	struct ksrtp *handle;		/* NULL: not yet needed */
	struct ksrtp_mikey *mikey;
	struct roster_place *place;	/* where sessions are noted */
	unsigned int member;		/* number of the client in groups */
	struct {
		bool up, leaves;
		uint64_t until;		/* if it leaves */
		char *ours;		/* message, or crypto line; or empty */
		char *local, *remote;	/* the session, as descriptions */
		struct group *group;	/* or those that others have, too */
	} stream[SDP_MEDIA_MAX];
};

int media_offer(struct media *media, const struct sdp *sdp, unsigned int n,
		bool multicast, const char *url, char *header,
		struct complaint *complaint);
int media_join(struct media *media, const struct sdp *sdp, unsigned int n,
	       const struct flow *flow, struct complaint *complaint);
int media_add(struct media *media, const struct sdp *sdp, unsigned int n,
	      const struct flow *flow, struct complaint *complaint);
void media_leave(struct media *media, unsigned int n, uint64_t until);
uint64_t media_expire(struct media *media, uint64_t now);
void media_end(struct media *media);

#endif
