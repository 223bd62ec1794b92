// SPDX-License-Identifier: GPL-2.0
/*
 * Relays of sessions: the table of the ports that applications send to, and which
 * relay a packet of the peer is for.
 */

#include <linux/bsearch.h>
#include <linux/hash.h>
#include <linux/netlink.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "net.h"
#include "ports.h"
#include "relay.h"
#include "session.h"

DEFINE_STATIC_KEY_FALSE(ksrtp_relay_wanted);

static u32 ksrtp_relay_hash(const void *flow, u32 len, u32 seed)
{
	return ksrtp_flow_hash(flow, seed);
}

static int ksrtp_relay_differs(struct rhashtable_compare_arg *arg,
			       const void *object)
{
	const struct ksrtp_relay_port *port = object;

	return !ksrtp_flow_equal(arg->key, &port->flow);
}

static const struct rhashtable_params ksrtp_relay_params = {
	.hashfn = ksrtp_relay_hash,
	.obj_cmpfn = ksrtp_relay_differs,
	.head_offset = offsetof(struct ksrtp_relay_port, node),
	.key_offset = offsetof(struct ksrtp_relay_port, flow),
	.key_len = sizeof(struct ksrtp_flow),
	.automatic_shrinking = true,
};

/**
 * ksrtp_relay_table_init() - create a namespace's table
 * @kn: the namespace
 *
 * Context: process, sleeps.
 * Return: 0 or -ENOMEM.
 */
int ksrtp_relay_table_init(struct ksrtp_net *kn)
{
	return rhashtable_init(&kn->relays, &ksrtp_relay_params);
}

/**
 * ksrtp_relay_table_exit() - free a namespace's table
 * @kn: the namespace; all its sessions are deleted
 *
 * Context: process, sleeps.
 */
void ksrtp_relay_table_exit(struct ksrtp_net *kn)
{
	ksrtp_ports_destroy(kn->relay_ports);
	rhashtable_destroy(&kn->relays);
}

/**
 * ksrtp_relay_alloc() - allocate the relays of a session
 * @n: their number
 *
 * Context: process, sleeps.
 * Return: the relays, held and of no payload type, or NULL if memory is short.
 */
struct ksrtp_relays *ksrtp_relay_alloc(unsigned int n)
{
	struct ksrtp_relays *relays;
	unsigned int i;

	relays = kzalloc(struct_size(relays, relay, n), GFP_KERNEL_ACCOUNT);
	if (!relays)
		return NULL;
	memset(relays->of_type, KSRTP_RELAY_NONE, sizeof(relays->of_type));
	relays->n = n;
	for (i = 0; i < n; i++)
		relays->relay[i].relays = relays;
	relays->told = kcalloc(n * KSRTP_RELAY_SSRCS_MAX,
			       sizeof(*relays->told), GFP_KERNEL_ACCOUNT);
	if (n > 1)
		relays->noted = kcalloc(KSRTP_RELAY_NOTED,
					sizeof(*relays->noted),
					GFP_KERNEL_ACCOUNT);
	if (relays->told && (n == 1 || relays->noted))
		return relays;
	ksrtp_relay_free(relays);
	return NULL;
}

/**
 * ksrtp_relay_free() - free relays that packets do not see
 * @relays: the relays, or NULL
 *
 * Context: any.
 */
void ksrtp_relay_free(struct ksrtp_relays *relays)
{
	if (!relays)
		return;
	kfree(relays->told);
	kfree(relays->noted);
	kfree(relays);
}

/**
 * ksrtp_relay_tell() - let a relay name an SSRC
 * @relays: the relays, which packets do not see yet
 * @relay: number of the relay
 * @ssrc: the SSRC
 *
 * Context: process.
 * Return: 0, or -EEXIST if one of them names it already.
 */
int ksrtp_relay_tell(struct ksrtp_relays *relays, unsigned int relay, u32 ssrc)
{
	struct ksrtp_relay_told *told = relays->told;
	unsigned int i = relays->ntold;

	for (; i && told[i - 1].ssrc >= ssrc; i--)
		if (told[i - 1].ssrc == ssrc)
			return -EEXIST;
	memmove(told + i + 1, told + i, (relays->ntold++ - i) * sizeof(*told));
	told[i] = (struct ksrtp_relay_told){ .ssrc = ssrc, .relay = relay };
	return 0;
}

/**
 * ksrtp_relay_fits() - may a session of this flow have these relays?
 * @relays: the relays
 * @flow: the session's flow of RTP
 * @rtcp_port: its local port of RTCP
 *
 * What is sent has to have one address and port at each end, whatever device it
 * leaves by, and its session is found by these. Applications send elsewhere than
 * the peer does.
 *
 * Context: any.
 * Return: true if it may.
 */
bool ksrtp_relay_fits(const struct ksrtp_relays *relays,
		      const struct ksrtp_flow *flow, __be16 rtcp_port)
{
	const struct ksrtp_relay *relay;
	const unsigned int exact = KSRTP_MASK_FAMILY | KSRTP_MASK_LOCAL |
				   KSRTP_MASK_LOCAL_PORT | KSRTP_MASK_REMOTE |
				   KSRTP_MASK_REMOTE_PORT;

	if (ksrtp_flow_mask(flow) != exact || flow->has_ssrc ||
	    (relays->family && relays->family != flow->family))
		return false;
	for (relay = relays->relay; relay < relays->relay + relays->n; relay++)
		if (ipv6_addr_equal(&relay->local, &flow->local) &&
		    (relay->local_port == flow->local_port ||
		     relay->local_port == rtcp_port ||
		     relay->local_rtcp_port == flow->local_port ||
		     relay->local_rtcp_port == rtcp_port))
			return false;
	return true;
}

/**
 * ksrtp_relay_copy() - copy relays, none of which were entered
 * @relays: the relays
 *
 * Context: process, sleeps.
 * Return: the copy, or NULL if memory is short.
 */
struct ksrtp_relays *ksrtp_relay_copy(const struct ksrtp_relays *relays)
{
	struct ksrtp_relays *copy = ksrtp_relay_alloc(relays->n);
	unsigned int i;

	if (!copy)
		return NULL;
	copy->family = relays->family;
	copy->ntold = relays->ntold;
	memcpy(copy->told, relays->told,
	       relays->ntold * sizeof(*relays->told));
	memcpy(copy->of_type, relays->of_type, sizeof(copy->of_type));
	for (i = 0; i < relays->n; i++) {
		copy->relay[i] = relays->relay[i];
		copy->relay[i].relays = copy;
	}
	return copy;
}

static void ksrtp_relay_port_init(struct ksrtp_relay_port *port,
				  struct ksrtp_relay *relay, __be16 number,
				  enum ksrtp_flow_kind kind)
{
	port->relay = relay;
	port->kind = kind;
	port->flow.family = relay->relays->family;
	port->flow.local = relay->local;
	port->flow.local_port = number;
}

/* Add a port to the table, in the place of one that goes. */
static int ksrtp_relay_link(struct ksrtp_net *kn, struct ksrtp_relay_port *port,
			    const struct ksrtp_session *session,
			    const struct ksrtp_session *old)
{
	const struct ksrtp_session *of;
	int err;

	port->before = rhashtable_lookup_fast(&kn->relays, &port->flow,
					      ksrtp_relay_params);
	if (port->before) {
		of = port->before->relay->relays->session;
		if (port->before->relay->relays == port->relay->relays ||
		    (of != session && of != old)) {
			port->before = NULL;
			return -EEXIST;
		}
		return rhashtable_replace_fast(&kn->relays, &port->before->node,
					       &port->node, ksrtp_relay_params);
	}
	err = rhashtable_insert_fast(&kn->relays, &port->node,
				     ksrtp_relay_params);
	if (err)
		return err;
	ksrtp_ports_add(kn->relay_ports, port->flow.local_port);
	return 0;
}

static void ksrtp_relay_unlink(struct ksrtp_net *kn,
			       struct ksrtp_relay_port *port)
{
	/* another set may have replaced it */
	if (!port->relay || rhashtable_remove_fast(&kn->relays, &port->node,
						   ksrtp_relay_params))
		return;
	ksrtp_ports_remove(kn->relay_ports, port->flow.local_port);
}

/* Undo ksrtp_relay_link(). */
static void ksrtp_relay_undo(struct ksrtp_net *kn,
			     struct ksrtp_relay_port *port)
{
	if (!port->before || rhashtable_replace_fast(&kn->relays, &port->node,
						     &port->before->node,
						     ksrtp_relay_params))
		ksrtp_relay_unlink(kn, port);
	port->before = NULL;
}

/* Add a relay's ports to the table. */
static int ksrtp_relay_link_both(struct ksrtp_net *kn, struct ksrtp_relay *relay,
				 const struct ksrtp_session *old)
{
	struct ksrtp_session *session = relay->relays->session;
	int err;

	if (!relay->local_port)
		return 0;
	ksrtp_relay_port_init(&relay->rtp, relay, relay->local_port,
			      relay->mux ? KSRTP_FLOW_MUX : KSRTP_FLOW_RTP);
	err = ksrtp_relay_link(kn, &relay->rtp, session, old);
	if (err) {
		relay->rtp.relay = NULL;
		return err;
	}
	if (relay->mux)
		return 0;
	ksrtp_relay_port_init(&relay->rtcp, relay, relay->local_rtcp_port,
			      KSRTP_FLOW_RTCP);
	err = ksrtp_relay_link(kn, &relay->rtcp, session, old);
	if (err)
		relay->rtcp.relay = NULL;
	return err;
}

static void ksrtp_relay_free_rcu(struct rcu_head *rcu)
{
	ksrtp_relay_free(container_of(rcu, struct ksrtp_relays, rcu));
}

/**
 * ksrtp_relay_retire() - free relays that packets may still see
 * @relays: the relays, freed after an RCU grace period; or NULL
 *
 * Context: any.
 */
void ksrtp_relay_retire(struct ksrtp_relays *relays)
{
	if (relays)
		call_rcu(&relays->rcu, ksrtp_relay_free_rcu);
}

/**
 * ksrtp_relay_withdraw() - undo ksrtp_relay_enter()
 * @kn: the namespace
 * @relays: the relays, freed after an RCU grace period; or NULL
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_relay_withdraw(struct ksrtp_net *kn, struct ksrtp_relays *relays)
{
	unsigned int i;

	if (!relays)
		return;
	for (i = 0; i < relays->n; i++) {
		ksrtp_relay_undo(kn, &relays->relay[i].rtp);
		ksrtp_relay_undo(kn, &relays->relay[i].rtcp);
	}
	ksrtp_net_unrelay(kn);
	ksrtp_relay_retire(relays);
}

/**
 * ksrtp_relay_enter() - let packets of applications find a session's relays
 * @kn: the namespace
 * @session: the session
 * @relays: its relays, at least one; freed after an error
 * @old: a session that is going to be deleted, and gives way; or NULL
 * @extack: where to explain a refusal
 *
 * They take the place of relays that the session has, where these are of the same
 * ports. The caller gives them to ksrtp_relay_leave(), or undoes this.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0, or a negative errno; -EEXIST if a port is taken.
 */
int ksrtp_relay_enter(struct ksrtp_net *kn, struct ksrtp_session *session,
		      struct ksrtp_relays *relays,
		      const struct ksrtp_session *old,
		      struct netlink_ext_ack *extack)
{
	unsigned int i;
	int err = ksrtp_net_relay(kn);

	if (err) {
		ksrtp_relay_free(relays);
		return err;
	}
	/* for good: each change of code interrupts all processors */
	static_branch_enable(&ksrtp_relay_wanted);
	relays->session = session;
	for (i = 0; i < relays->n; i++) {
		err = ksrtp_relay_link_both(kn, &relays->relay[i], old);
		if (!err)
			continue;
		if (err == -EEXIST)
			NL_SET_ERR_MSG(extack,
				       "relays: another relay has a local address and port of these");
		ksrtp_relay_withdraw(kn, relays);
		return err;
	}
	return 0;
}

/**
 * ksrtp_relay_leave() - let no packet of an application find relays
 * @kn: the namespace
 * @relays: the relays, or NULL; they stay until they are freed
 *
 * Ports that other relays have taken over stay.
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_relay_leave(struct ksrtp_net *kn, struct ksrtp_relays *relays)
{
	unsigned int i;

	if (!relays)
		return;
	for (i = 0; i < relays->n; i++) {
		ksrtp_relay_unlink(kn, &relays->relay[i].rtp);
		ksrtp_relay_unlink(kn, &relays->relay[i].rtcp);
	}
	ksrtp_net_unrelay(kn);
}

/**
 * ksrtp_relay_find() - find the relay of a packet that an application sends
 * @kn: the namespace
 * @family: AF_INET or AF_INET6
 * @address: destination of the packet
 * @port: its port there
 *
 * Context: any, under rcu_read_lock().
 * Return: the port, or NULL.
 */
const struct ksrtp_relay_port *
ksrtp_relay_find(struct ksrtp_net *kn, u16 family, const struct in6_addr *address,
		 __be16 port)
{
	const struct ksrtp_flow flow = {
		.local = *address,
		.local_port = port,
		.family = family,
	};

	return rhashtable_lookup(&kn->relays, &flow, ksrtp_relay_params);
}

static unsigned int ksrtp_relay_number(const struct ksrtp_relay *relay)
{
	return relay - relay->relays->relay;
}

/* The first of a set of noted SSRCs. */
static atomic64_t *ksrtp_relay_noted_set(const struct ksrtp_relays *relays,
					 u32 ssrc)
{
	unsigned int sets = KSRTP_RELAY_NOTED / KSRTP_RELAY_NOTED_SET;

	return relays->noted +
	       hash_32(ssrc, ilog2(sets)) * KSRTP_RELAY_NOTED_SET;
}

/* Relay of an SSRC that was noted, or NULL. */
static const struct ksrtp_relay *
ksrtp_relay_by_noted(const struct ksrtp_relays *relays, u32 ssrc)
{
	const atomic64_t *set = ksrtp_relay_noted_set(relays, ssrc);
	unsigned int i;
	u64 noted;

	for (i = 0; i < KSRTP_RELAY_NOTED_SET; i++) {
		noted = atomic64_read(&set[i]);
		if (noted >> 32 == ssrc && (u8)noted)
			return &relays->relay[(u8)noted - 1];
	}
	return NULL;
}

/**
 * ksrtp_relay_note() - note the relay of an SSRC, for RTCP about it
 * @relay: the relay
 * @ssrc: SSRC of an RTP packet, of either direction
 *
 * Of a bundle. Others are forgotten when there are too many.
 *
 * Context: any, under rcu_read_lock().
 */
void ksrtp_relay_note(const struct ksrtp_relay *relay, u32 ssrc)
{
	u64 noted = (u64)ssrc << 32 | (ksrtp_relay_number(relay) + 1);
	unsigned int i, victim = ssrc % KSRTP_RELAY_NOTED_SET;
	atomic64_t *set;
	u64 was;

	if (!relay->relays->noted)
		return;
	set = ksrtp_relay_noted_set(relay->relays, ssrc);
	for (i = 0; i < KSRTP_RELAY_NOTED_SET; i++) {
		was = atomic64_read(&set[i]);
		if (was == noted)
			return;
		if (!was || was >> 32 == ssrc) {
			victim = i;
			break;
		}
	}
	atomic64_set(&set[victim], noted);
}

static int ksrtp_relay_told_order(const void *key, const void *object)
{
	const struct ksrtp_relay_told *told = object;
	u32 ssrc = *(const u32 *)key;

	return ssrc < told->ssrc ? -1 : ssrc > told->ssrc;
}

/* Relay that names an SSRC, or NULL. */
static const struct ksrtp_relay *
ksrtp_relay_by_told(const struct ksrtp_relays *relays, u32 ssrc)
{
	const struct ksrtp_relay_told *told;

	if (!relays->ntold)
		return NULL;
	told = bsearch(&ssrc, relays->told, relays->ntold, sizeof(*told),
		       ksrtp_relay_told_order);
	return told ? &relays->relay[told->relay] : NULL;
}

/*
 * RTCP belongs to its sender, or to the source that it is about first: browsers that
 * only receive have the same SSRC for all media (RFC 9143 section 9.2).
 */
static const struct ksrtp_relay *
ksrtp_relay_of_rtcp(const struct ksrtp_relays *relays, const u8 *data,
		    unsigned int len)
{
	const struct ksrtp_relay *relay;
	u32 ssrc;

	if (len < KSRTP_RTCP_HEADER_LEN)
		return NULL;
	ssrc = ksrtp_rtcp_ssrc(data);
	relay = ksrtp_relay_by_told(relays, ssrc) ?:
		ksrtp_relay_by_noted(relays, ssrc);
	if (!relay && ksrtp_rtcp_about(data, len, &ssrc))
		relay = ksrtp_relay_by_told(relays, ssrc) ?:
			ksrtp_relay_by_noted(relays, ssrc);
	return relay;
}

static const struct ksrtp_relay *
ksrtp_relay_of_rtp(const struct ksrtp_relays *relays, const u8 *data,
		   unsigned int len)
{
	const struct ksrtp_relay *relay;
	u8 number;

	if (len < KSRTP_RTP_HEADER_LEN)
		return NULL;
	relay = ksrtp_relay_by_told(relays, ksrtp_rtp_ssrc(data));
	if (relay)
		return relay;
	number = relays->of_type[data[1] & KSRTP_RTP_TYPE_MASK];
	return number == KSRTP_RELAY_NONE ? NULL : &relays->relay[number];
}

/**
 * ksrtp_relay_choose() - which relay is a packet of the peer for?
 * @relays: the session's relays
 * @rtcp: it is RTCP
 * @data: the packet, not protected
 * @len: its length in bytes
 *
 * RFC 9143 section 9.2. What nothing tells is for the first.
 *
 * Context: any, under rcu_read_lock().
 * Return: the relay.
 */
const struct ksrtp_relay *ksrtp_relay_choose(const struct ksrtp_relays *relays,
					     bool rtcp, const u8 *data,
					     unsigned int len)
{
	const struct ksrtp_relay *relay;

	if (likely(relays->n == 1))
		return relays->relay;
	relay = rtcp ? ksrtp_relay_of_rtcp(relays, data, len) :
		       ksrtp_relay_of_rtp(relays, data, len);
	if (!relay)
		relay = relays->relay;
	if (!rtcp && len >= KSRTP_RTP_HEADER_LEN)
		ksrtp_relay_note(relay, ksrtp_rtp_ssrc(data));
	return relay;
}
