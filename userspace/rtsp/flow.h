/* SPDX-License-Identifier: GPL-2.0 */
/* Where the packets of a stream go, and what the kernel calls that. */
#ifndef KSRTP_RTSP_FLOW_H
#define KSRTP_RTSP_FLOW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define FLOW_ADDRESS 64

/* Ports are those of RTP and RTCP. */
struct flow {
	char local[FLOW_ADDRESS], remote[FLOW_ADDRESS];	/* empty: any */
	int family;
	uint16_t local_port[2], remote_port[2];		/* 0: any */
};

/* The flow of RTP, by which a session is found; as it is kept in a file. */
struct flow_name {
	uint16_t family;		/* 0: none */
	uint16_t local_port, remote_port;
	unsigned char local[16], remote[16];
};

void flow_set_name(const struct flow *flow, struct flow_name *name);
socklen_t flow_end(int family, const char *text, uint16_t port,
		   struct sockaddr_storage *address);
bool flow_is_address(int family, const char *text);
bool flow_is_group(int family, const char *text);

#endif
