/* SPDX-License-Identifier: GPL-2.0 */
/* Relays of a session: applications that its media go to and come from. */
#ifndef _KSRTP_RELAY_H
#define _KSRTP_RELAY_H

#include <linux/atomic.h>
#include <linux/jump_label.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>
#include <linux/ksrtp.h>

#include "flow.h"
#include "wire.h"

struct ksrtp_net;
struct ksrtp_relay;
struct ksrtp_session;
struct netlink_ext_ack;

/* Payload types of RTP, and no relay of any. */
#define KSRTP_RELAY_TYPES	128
#define KSRTP_RELAY_NONE	0xff

/* SSRCs that are noted for a bundle, in sets of a few. */
#define KSRTP_RELAY_NOTED	256
#define KSRTP_RELAY_NOTED_SET	4

/**
 * struct ksrtp_relay_port - a port that an application sends to
 * @node: link in the namespace's table
 * @flow: address and port, as local members; the rest is zero
 * @kind: protocols that it carries
 * @relay: the relay
 * @before: port of another set that it has replaced in the table, while that may
 *	have to be undone; under the namespace's lock
 */
struct ksrtp_relay_port {
	struct rhash_head node;
	struct ksrtp_flow flow;
	enum ksrtp_flow_kind kind;
	struct ksrtp_relay *relay;
	struct ksrtp_relay_port *before;
};

/**
 * struct ksrtp_relay - an application
 * @relays: the set that it is one of
 * @local: the address that it sends to; zero if none is given
 * @remote: the address that it receives at
 * @local_port: port that it sends RTP to
 * @local_rtcp_port: port that it sends RTCP to; that of RTP if it multiplexes
 * @remote_port: port that it receives RTP at
 * @remote_rtcp_port: port that it receives RTCP at
 * @mux: its RTCP shares RTP's ports
 * @held: it receives nowhere
 * @rtp: its port of RTP, or of both
 * @rtcp: its port of RTCP, unless it multiplexes
 */
struct ksrtp_relay {
	struct ksrtp_relays *relays;
	struct in6_addr local;
	struct in6_addr remote;
	__be16 local_port;
	__be16 local_rtcp_port;
	__be16 remote_port;
	__be16 remote_rtcp_port;
	bool mux;
	bool held;
	struct ksrtp_relay_port rtp;
	struct ksrtp_relay_port rtcp;
};

/**
 * struct ksrtp_relay_told - an SSRC of the peer that a relay names
 * @ssrc: the SSRC
 * @relay: number of the relay
 */
struct ksrtp_relay_told {
	u32 ssrc;
	u8 relay;
};

/**
 * struct ksrtp_relays - all relays of a session
 * @session: the session, once they were entered
 * @family: AF_INET or AF_INET6; 0 if no relay has an address
 * @told: SSRCs that relays name, in ascending order
 * @ntold: their number
 * @noted: relays of SSRCs that RTP had; NULL for a single relay
 * @of_type: number of the relay of each payload type
 * @rcu: frees it
 * @n: number of relays
 * @relay: the relays, in their order
 *
 * Not changed once packets see it, but for @noted.
 */
struct ksrtp_relays {
	struct ksrtp_session *session;
	u16 family;
	struct ksrtp_relay_told *told;
	unsigned int ntold;
	atomic64_t *noted;
	u8 of_type[KSRTP_RELAY_TYPES];
	struct rcu_head rcu;
	unsigned int n;
	struct ksrtp_relay relay[];
};

/* Has a session of any namespace relays, or had one? */
DECLARE_STATIC_KEY_FALSE(ksrtp_relay_wanted);

struct ksrtp_relays *ksrtp_relay_alloc(unsigned int n);
int ksrtp_relay_tell(struct ksrtp_relays *relays, unsigned int relay, u32 ssrc);
void ksrtp_relay_free(struct ksrtp_relays *relays);
bool ksrtp_relay_fits(const struct ksrtp_relays *relays,
		      const struct ksrtp_flow *flow, __be16 rtcp_port);
struct ksrtp_relays *ksrtp_relay_copy(const struct ksrtp_relays *relays);
int ksrtp_relay_enter(struct ksrtp_net *kn, struct ksrtp_session *session,
		      struct ksrtp_relays *relays,
		      const struct ksrtp_session *old,
		      struct netlink_ext_ack *extack);
void ksrtp_relay_withdraw(struct ksrtp_net *kn, struct ksrtp_relays *relays);
void ksrtp_relay_leave(struct ksrtp_net *kn, struct ksrtp_relays *relays);
void ksrtp_relay_retire(struct ksrtp_relays *relays);
const struct ksrtp_relay_port *
ksrtp_relay_find(struct ksrtp_net *kn, u16 family, const struct in6_addr *address,
		 __be16 port);
void ksrtp_relay_note(const struct ksrtp_relay *relay, u32 ssrc);
const struct ksrtp_relay *ksrtp_relay_choose(const struct ksrtp_relays *relays,
					     bool rtcp, const u8 *data,
					     unsigned int len);
int ksrtp_relay_table_init(struct ksrtp_net *kn);
void ksrtp_relay_table_exit(struct ksrtp_net *kn);

#endif /* _KSRTP_RELAY_H */
