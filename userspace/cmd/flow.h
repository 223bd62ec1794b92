/* SPDX-License-Identifier: GPL-2.0 */
/* Flows on the command line: dev, family, local, remote and ssrc. */
#ifndef KSRTP_FLOW_H
#define KSRTP_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "util/args.h"

struct ksrtp_session;
struct nlmsghdr;

struct endpoint {
	bool given;
	unsigned char address[16];
	unsigned int address_len;
	uint16_t port;
};

struct flow {
	bool has_dev;
	bool has_family;
	bool has_ssrc;
	uint32_t ifindex;
	uint16_t family;
	uint32_t ssrc;
	struct endpoint local;
	struct endpoint remote;
};

bool flow_parse_link(struct flow *flow, struct args *args);
bool flow_parse(struct flow *flow, struct args *args);
bool flow_given(const struct flow *flow);
void flow_describe(const struct flow *flow, struct ksrtp_session *session);
void flow_describe_move(const struct flow *flow, struct ksrtp_session *session);
void flow_put(const struct flow *flow, struct nlmsghdr *nlh);

#endif
