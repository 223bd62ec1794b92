// SPDX-License-Identifier: GPL-2.0
/*
 * DNS queries that look like RTP, remembered until they are answered. An answer
 * may contain anything, so it is recognized only by the query that this host
 * has sent.
 */

#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/random.h>

#include "asked.h"
#include "dns.h"
#include "flow.h"
#include "wire.h"

/**
 * ksrtp_asked_create() - create an empty memory of queries
 *
 * Context: process, sleeps.
 * Return: the memory, or NULL if memory is short; free it with kvfree_rcu().
 */
struct ksrtp_asked *ksrtp_asked_create(void)
{
	struct ksrtp_asked *asked = kvzalloc(sizeof(*asked),
					     GFP_KERNEL_ACCOUNT);

	if (asked)
		get_random_bytes(&asked->key, sizeof(asked->key));
	return asked;
}

/* Hash of a query, or of the query that an answer is for; upper half never 0. */
static u64 ksrtp_asked_hash(const struct ksrtp_asked *asked,
			    const struct ksrtp_flow *flow,
			    enum ksrtp_direction_id query, u16 query_id)
{
	/* not the interface: the answer may come in by another */
	const struct {
		struct in6_addr local;
		struct in6_addr remote;
		__be16 local_port;
		__be16 remote_port;
		u16 direction;
		u16 id;
	} what = {
		.local = flow->local,
		.remote = flow->remote,
		.local_port = flow->local_port,
		.remote_port = flow->remote_port,
		.direction = query,
		.id = query_id,
	};

	return siphash(&what, sizeof(what), &asked->key) | 1ULL << 63;
}

static bool ksrtp_asked_known(const struct ksrtp_asked *asked, u64 hash)
{
	unsigned int n = hash % KSRTP_ASKED_SLOTS;
	u32 age = (u32)jiffies - READ_ONCE(asked->slot[n].when);

	return READ_ONCE(asked->slot[n].tag) == hash >> 32 &&
	       age < KSRTP_ASKED_LIFETIME * HZ;
}

static void ksrtp_asked_note(struct ksrtp_asked *asked, u64 hash)
{
	unsigned int n = hash % KSRTP_ASKED_SLOTS;

	/* no ordering needed: at worst an answer is lost */
	WRITE_ONCE(asked->slot[n].when, (u32)jiffies);
	WRITE_ONCE(asked->slot[n].tag, hash >> 32);
}

/**
 * ksrtp_asked_pass() - is a datagram a DNS query, or the answer to one?
 * @asked: memory of queries, or NULL
 * @flow: flow of the datagram, as seen from this end of the wire
 * @id: its direction
 * @sight: its first bytes, at least KSRTP_DNS_QUERY_MAX or all
 *
 * Queries are recognized by their format: outgoing ones to any port, incoming
 * ones to the DNS port. They are remembered. An answer has the same identifier
 * and the same flow, in the other direction.
 *
 * Context: any, does not sleep, under rcu_read_lock().
 * Return: true if so.
 */
bool ksrtp_asked_pass(struct ksrtp_asked *asked, const struct ksrtp_flow *flow,
		      enum ksrtp_direction_id id,
		      const struct ksrtp_sight *sight)
{
	enum ksrtp_direction_id other = id == KSRTP_DIRECTION_SEND ?
					KSRTP_DIRECTION_RECV :
					KSRTP_DIRECTION_SEND;

	if (!asked)
		return false;
	if (ksrtp_dns_answer(sight->data, sight->there))
		return ksrtp_asked_known(asked, ksrtp_asked_hash(asked, flow,
						other,
						ksrtp_dns_id(sight->data)));
	if (id == KSRTP_DIRECTION_RECV &&
	    flow->local_port != htons(KSRTP_DNS_PORT))
		return false;
	if (!ksrtp_dns_query(sight->data, sight->there, sight->len))
		return false;
	ksrtp_asked_note(asked, ksrtp_asked_hash(asked, flow, id,
						 ksrtp_dns_id(sight->data)));
	return true;
}
