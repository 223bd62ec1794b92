/* SPDX-License-Identifier: GPL-2.0 */
/* RTSP's header Transport:, RFC 2326 section 12.39. */
#ifndef KSRTP_RTSP_TRANSPORT_H
#define KSRTP_RTSP_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRANSPORT_MAX	1024	/* with the NUL */
#define TRANSPORT_ADDRESS 64

struct complaint;

/* One transport of the list; ports are 0 if they are not given. */
struct transport {
	bool secure, feedback;		/* RTP/SAVP, RTP/SAVPF, RTP/AVPF */
	bool interleaved, multicast;
	uint16_t client_port[2], server_port[2], port[2];	/* port: multicast */
	/* empty: not given */
	char source[TRANSPORT_ADDRESS], destination[TRANSPORT_ADDRESS];
	char rest[TRANSPORT_MAX];	/* other parameters, each with ';' */
};

int transport_read(struct transport *transport, const char **list,
		   struct complaint *complaint);
bool transport_write(const struct transport *transport, char *text,
		     size_t size);

#endif
