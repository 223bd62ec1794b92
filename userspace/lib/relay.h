/* SPDX-License-Identifier: GPL-2.0 */
/* Relays of a session, as a program describes them. */
#ifndef LIBKSRTP_RELAY_H
#define LIBKSRTP_RELAY_H

#include <linux/ksrtp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define RELAY_TYPES 128

struct complaint;
struct nlmsghdr;

/* What is zero is not given. */
struct relay_end {
	uint8_t address[16];
	unsigned int address_len;
	uint16_t port, rtcp_port;
};

/* An application that a session's media are relayed to. */
struct relay {
	struct relay_end local, remote;
	bool mux;
	uint8_t types[RELAY_TYPES];
	unsigned int n_types;
	uint32_t ssrcs[KSRTP_RELAY_SSRCS_MAX];
	unsigned int n_ssrcs;
};

struct relays {
	bool given;
	unsigned int n;
	struct relay relay[KSRTP_RELAYS_MAX];
};

struct relay *relays_add(struct relays *relays, struct complaint *complaint);
int relay_add_type(struct relay *relay, unsigned int type,
		   struct complaint *complaint);
int relay_add_ssrc(struct relay *relay, uint32_t ssrc,
		   struct complaint *complaint);
int relay_end_set(struct relay_end *end, const struct sockaddr *address,
		  socklen_t len, struct complaint *complaint);
void relays_put(const struct relays *relays, struct nlmsghdr *nlh,
		uint16_t attr);

#endif
