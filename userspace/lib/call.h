/* SPDX-License-Identifier: GPL-2.0 */
/* A call: what offer and answer agree on. */
#ifndef LIBKSRTP_CALL_H
#define LIBKSRTP_CALL_H

#include "lib/mikey/mikey.h"
#include "sdes.h"
#include "sdp.h"
#include "translation.h"

struct ksrtp_session;

#define ROLLOVERS_MAX 32

/* Initial rollover counters of streams, from MIKEY. */
struct rollovers {
	unsigned int n;
	struct {
		uint32_t ssrc, roc;	/* 0: any */
	} at[ROLLOVERS_MAX];
};

struct end {
	bool given;
	bool any;			/* any address, regardless of SDP */
	unsigned char address[16];
	unsigned int address_len;	/* 0: any */
	uint16_t port;
};

/* A session of a call. */
struct leg {
	bool active;
	bool rides;			/* bundled, not the first of its group */
	bool other;			/* not RTP, such as a fax */
	unsigned int line;		/* of our m= line */
	struct {
		struct end local;
		struct end remote;	/* without an address: held, or any */
	} flow;
	unsigned int family;
	bool mux;
	uint16_t local_rtcp_port, remote_rtcp_port;	/* 0: RTP's plus 1 */
	unsigned int sources;
	bool mikey;			/* keys are from MIKEY, not from crypto lines */
	const struct sdp_crypto *send, *recv;
	struct rollovers send_rollovers, recv_rollovers;
	struct sdes send_sdes, recv_sdes;
};

struct call {
	struct sdp local, remote;
	const struct translations *translations;
	const struct ksrtp_mikey *mikey;	/* NULL: no secrets */
	struct leg leg[SDP_MEDIA_MAX];
	unsigned int n;
};

int call_read(struct call *call, struct complaint *complaint);
bool call_has_keys(const struct call *call, const struct sdes *sdes);

#endif
