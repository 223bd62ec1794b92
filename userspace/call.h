/* SPDX-License-Identifier: GPL-2.0 */
/* A call: what two session descriptions, offer and answer, agree on. */
#ifndef KSRTP_CALL_H
#define KSRTP_CALL_H

#include "sdp.h"

/* A session that a call wants. */
struct leg {
	bool active;
	unsigned int line;		/* of our m= */
	struct flow flow;		/* no remote address: held */
	bool mux;
	uint16_t local_rtcp_port, remote_rtcp_port;	/* 0: the one above */
	unsigned int sources;
	const struct sdp_crypto *send, *recv;
};

struct call {
	struct sdp local, remote;
	struct leg leg[SDP_MEDIA_MAX];
	unsigned int n;
};

void call_read(struct call *call, const char *local, const char *remote);
bool call_same_key(const struct sdp_crypto *crypto,
		   const struct sdp_crypto *other);

#endif
