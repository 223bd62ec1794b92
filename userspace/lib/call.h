/* SPDX-License-Identifier: GPL-2.0 */
/* A call: what two session descriptions, offer and answer, agree on. */
#ifndef LIBKSRTP_CALL_H
#define LIBKSRTP_CALL_H

#include "sdes.h"
#include "sdp.h"
#include "translation.h"

struct ksrtp_session;

struct end {
	bool given;
	bool any;			/* whatever SDP says */
	unsigned char address[16];
	unsigned int address_len;	/* 0: any */
	uint16_t port;
};

/* A session that a call wants. */
struct leg {
	bool active;
	bool rides;			/* bundled, behind the first */
	bool other;			/* no RTP, as what becomes a fax */
	unsigned int line;		/* of our m= */
	struct {
		struct end local;
		struct end remote;	/* without an address: held, or any */
	} flow;
	unsigned int family;
	bool mux;
	uint16_t local_rtcp_port, remote_rtcp_port;	/* 0: the one above */
	unsigned int sources;
	const struct sdp_crypto *send, *recv;
	struct sdes send_sdes, recv_sdes;
};

struct call {
	struct sdp local, remote;
	const struct translations *translations;
	struct leg leg[SDP_MEDIA_MAX];
	unsigned int n;
};

int call_read(struct call *call, struct complaint *complaint);
bool call_has_keys(const struct call *call, const struct sdes *sdes);

#endif
