// SPDX-License-Identifier: GPL-2.0
/*
 * Batches of packets, made before and checked after the clock runs. Those of
 * ksrtp and of the crypto alone take turns, so that both see the same machine.
 */

#include <linux/in.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/sizes.h>
#include <net/sock.h>
#include <net/udp.h>

#include "measure.h"

const char *const bench_names[BENCH_WHATS] = {
	[BENCH_PROTECT] = "protect",
	[BENCH_UNPROTECT] = "unprotect",
	[BENCH_FLOOR_PROTECT] = "floor-protect",
	[BENCH_FLOOR_UNPROTECT] = "floor-unprotect",
	[BENCH_API_PROTECT] = "api-protect",
	[BENCH_API_UNPROTECT] = "api-unprotect",
	[BENCH_FOREIGN_OUT] = "foreign-out",
	[BENCH_FOREIGN_IN] = "foreign-in",
	[BENCH_FORWARD_PLAIN] = "forward-plain",
	[BENCH_FORWARD_PROTECT] = "forward-protect",
	[BENCH_FORWARD_UNPROTECT] = "forward-unprotect",
	[BENCH_PROXY_PROTECT] = "proxy-protect",
	[BENCH_PROXY_UNPROTECT] = "proxy-unprotect",
	[BENCH_FORGED] = "forged",
	[BENCH_STRANGER] = "stranger",
	[BENCH_LOCAL_HOOK] = "local-hook",
	[BENCH_LOCAL_ALL] = "local-all",
	[BENCH_RULE_OTHER_OUT] = "other-out",
	[BENCH_RULE_OTHER_IN] = "other-in",
	[BENCH_RULE_ALIKE_OUT] = "alike-out",
	[BENCH_RULE_ALIKE_IN] = "alike-in",
	[BENCH_RULE_BARE_OUT] = "bare-out",
	[BENCH_RULE_BARE_IN] = "bare-in",
	[BENCH_RULE_RTP_OUT] = "rtp-out",
	[BENCH_RULE_RTP_IN] = "rtp-in",
};

static int bench_okfn(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	/* only of a packet that was taken, and comes back later */
	kfree_skb(skb);
	return 0;
}

/**
 * bench_hook() - a batch through the hooks, as ip_output() and ip_rcv() do it
 * @meter: its means; what is dropped is counted there, and gone
 * @hook: which hooks
 * @ns: what to add the time to
 */
void bench_hook(struct bench_meter *meter, unsigned int hook, u64 *ns)
{
	struct bench_packets *packets = &meter->packets;
	struct net_device *in = NULL, *out = NULL;
	unsigned int i;
	u64 start;

	if (hook == NF_INET_POST_ROUTING)
		out = packets->outer;
	else
		in = packets->outer;
	local_bh_disable();
	start = ktime_get_ns();
	for (i = 0; i < BENCH_BATCH; i++) {
		if (!packets->skb[i])
			continue;
		if (nf_hook(NFPROTO_IPV4, hook, packets->net, NULL,
			    packets->skb[i], in, out, bench_okfn) == 1)
			continue;
		packets->skb[i] = NULL;
		meter->dropped++;
	}
	*ns += ktime_get_ns() - start;
	local_bh_enable();
}

/* A batch through the crypto alone. */
static int bench_crypto(struct bench_meter *meter, bool library, bool protect,
			u64 *ns)
{
	struct bench_packets *packets = &meter->packets;
	unsigned int len = BENCH_RTP_HEADER + packets->payload, i;
	int err = 0;
	u64 start;

	local_bh_disable();
	start = ktime_get_ns();
	for (i = 0; i < BENCH_BATCH && !err; i++) {
		u8 *rtp = packets->skb[i]->data + BENCH_RTP;
		u32 n = bench_packets_session(packets, i) % meter->floor.count;

		err = protect ?
		      bench_floor_protect(&meter->floor, n, library, rtp, len) :
		      bench_floor_unprotect(&meter->floor, n, library, rtp, len);
	}
	*ns += ktime_get_ns() - start;
	local_bh_enable();
	return err;
}

static int bench_crypto_both(struct bench_meter *meter, bool library,
			     u64 *protect_ns, u64 *unprotect_ns)
{
	int err;

	err = bench_packets_make(&meter->packets, BENCH_RTP_OURS);
	if (!err)
		err = bench_crypto(meter, library, true, protect_ns);
	if (!err)
		err = bench_crypto(meter, library, false, unprotect_ns);
	if (!err)
		err = bench_packets_check(&meter->packets);
	bench_packets_free(&meter->packets);
	return err;
}

static int bench_hook_both(struct bench_meter *meter, enum bench_kind kind,
			   u64 *out_ns, u64 *in_ns)
{
	int err;

	err = bench_packets_make(&meter->packets, kind);
	if (!err) {
		bench_hook(meter, NF_INET_POST_ROUTING, out_ns);
		bench_packets_turn(&meter->packets);
		bench_hook(meter, NF_INET_PRE_ROUTING, in_ns);
		err = bench_packets_check(&meter->packets);
	}
	bench_packets_free(&meter->packets);
	return err;
}

/**
 * bench_warm() - let each session see its first packet
 * @meter: its means
 *
 * A session's first packet makes a stream, which is another matter.
 *
 * Return: 0 or a negative errno.
 */
int bench_warm(struct bench_meter *meter)
{
	struct bench_packets *packets = &meter->packets;
	u64 unmeasured;
	unsigned int n;
	int err = 0;

	packets->in_order = true;
	for (n = 0; n < packets->sessions && !err; n += BENCH_BATCH) {
		err = bench_hook_both(meter, BENCH_RTP_OURS, &unmeasured,
				      &unmeasured);
		cond_resched();
	}
	packets->in_order = false;
	return err;
}

/* ksrtp alone, for a profile. */
static int bench_ksrtp_batch(struct bench_meter *meter)
{
	return bench_hook_both(meter, BENCH_RTP_OURS, &meter->ns[BENCH_PROTECT],
			       &meter->ns[BENCH_UNPROTECT]);
}

/* ksrtp, and the floor below it. */
static int bench_hooks_batch(struct bench_meter *meter)
{
	u64 *ns = meter->ns;
	int err;

	err = bench_hook_both(meter, BENCH_RTP_OURS, &ns[BENCH_PROTECT],
			      &ns[BENCH_UNPROTECT]);
	if (!err)
		err = bench_crypto_both(meter, true, &ns[BENCH_FLOOR_PROTECT],
					&ns[BENCH_FLOOR_UNPROTECT]);
	if (!err)
		err = bench_crypto_both(meter, false, &ns[BENCH_API_PROTECT],
					&ns[BENCH_API_UNPROTECT]);
	return err;
}

/* The crypto alone, with many keys. */
static int bench_cold_batch(struct bench_meter *meter)
{
	return bench_crypto_both(meter, true, &meter->ns[BENCH_FLOOR_PROTECT],
				 &meter->ns[BENCH_FLOOR_UNPROTECT]);
}

/* Packets that are not ours, through whatever hooks there are. */
static int bench_foreign_batch(struct bench_meter *meter)
{
	return bench_hook_both(meter, BENCH_RTP_FOREIGN,
			       &meter->ns[BENCH_FOREIGN_OUT],
			       &meter->ns[BENCH_FOREIGN_IN]);
}

/* Packets that somebody has changed. All are dropped, and freed at once. */
static int bench_refused(struct bench_meter *meter, unsigned int at, u64 *ns)
{
	struct bench_packets *packets = &meter->packets;
	u64 unmeasured, dropped;
	int err;

	err = bench_packets_make(packets, BENCH_RTP_OURS);
	if (!err) {
		bench_hook(meter, NF_INET_POST_ROUTING, &unmeasured);
		bench_packets_turn(packets);
		bench_packets_spoil(packets, at);
		dropped = meter->dropped;
		bench_hook(meter, NF_INET_PRE_ROUTING, ns);
		if (meter->dropped - dropped != BENCH_BATCH)
			err = -EBADMSG;
		meter->dropped = dropped;
	}
	bench_packets_free(packets);
	return err;
}

/* What is accepted, and what is not. */
static int bench_forged_batch(struct bench_meter *meter)
{
	u64 *ns = meter->ns;
	int err;

	err = bench_hook_both(meter, BENCH_RTP_OURS, &ns[BENCH_PROTECT],
			      &ns[BENCH_UNPROTECT]);
	if (!err)
		err = bench_refused(meter, BENCH_HEADERS, &ns[BENCH_FORGED]);
	if (!err)
		err = bench_refused(meter, BENCH_SSRC, &ns[BENCH_STRANGER]);
	return err;
}

/* A batch, from a device's driver to another's. */
static int bench_forward(struct bench_meter *meter, struct net_device *from,
			 struct net_device *to, unsigned int len, u64 *ns)
{
	struct bench_packets *packets = &meter->packets;
	struct rtnl_link_stats64 before, after;
	unsigned int i;
	u64 start;

	bench_packets_arrive(packets, from);
	dev_get_stats(to, &before);
	local_bh_disable();
	start = ktime_get_ns();
	for (i = 0; i < BENCH_BATCH; i++) {
		if (!packets->skb[i])
			continue;
		netif_receive_skb(packets->skb[i]);
		packets->skb[i] = NULL;
	}
	*ns += ktime_get_ns() - start;
	local_bh_enable();
	dev_get_stats(to, &after);

	/* only one thread may do this, or it would count the other's */
	if (after.tx_packets - before.tx_packets != BENCH_BATCH)
		meter->dropped += BENCH_BATCH -
				  (after.tx_packets - before.tx_packets);
	else if (after.tx_bytes - before.tx_bytes !=
		 BENCH_BATCH * (len + ETH_HLEN))
		return -EBADMSG;
	return 0;
}

/* Packets that are not ours, on the whole way through a router. */
static int bench_plain_batch(struct bench_meter *meter)
{
	struct bench_packets *packets = &meter->packets;
	int err;

	err = bench_packets_make(packets, BENCH_RTP_FOREIGN);
	if (!err)
		err = bench_forward(meter, packets->inner, packets->outer,
				    BENCH_HEADERS + packets->payload,
				    &meter->ns[BENCH_FORWARD_PLAIN]);
	bench_packets_free(packets);
	return err;
}

/* Hooks alone, and on the way through a router. */
static int bench_idle_batch(struct bench_meter *meter)
{
	return bench_foreign_batch(meter) ?: bench_plain_batch(meter);
}

static int bench_protect_batch(struct bench_meter *meter)
{
	struct bench_packets *packets = &meter->packets;
	unsigned int len = BENCH_HEADERS + packets->payload;
	int err;

	err = bench_packets_make(packets, BENCH_RTP_OURS);
	if (!err)
		err = bench_forward(meter, packets->inner, packets->outer,
				    len + meter->floor.tag_len,
				    &meter->ns[BENCH_FORWARD_PROTECT]);
	bench_packets_free(packets);
	return err;
}

static int bench_unprotect_batch(struct bench_meter *meter)
{
	struct bench_packets *packets = &meter->packets;
	u64 unmeasured;
	int err;

	err = bench_packets_make(packets, BENCH_RTP_OURS);
	if (!err) {
		bench_hook(meter, NF_INET_POST_ROUTING, &unmeasured);
		bench_packets_turn(packets);
		err = bench_forward(meter, packets->outer, packets->inner,
				    BENCH_HEADERS + packets->payload,
				    &meter->ns[BENCH_FORWARD_UNPROTECT]);
	}
	bench_packets_free(packets);
	return err;
}

/* A router, and a gateway in both directions. */
static int bench_gateway_batch(struct bench_meter *meter)
{
	int err;

	err = bench_plain_batch(meter);
	if (!err)
		err = bench_protect_batch(meter);
	if (!err)
		err = bench_unprotect_batch(meter);
	return err;
}

/* A proxy between the two devices, in both directions. */
static int bench_proxy_batch(struct bench_meter *meter)
{
	struct bench_packets *packets = &meter->packets;
	unsigned int len = BENCH_HEADERS + packets->payload;
	u64 unmeasured;
	int err;

	err = bench_packets_make(packets, BENCH_RTP_OURS);
	if (!err) {
		bench_packets_redirect(packets, BENCH_PROXY_INNER);
		err = bench_forward(meter, packets->inner, packets->outer,
				    len + meter->floor.tag_len,
				    &meter->ns[BENCH_PROXY_PROTECT]);
	}
	if (!err)
		err = bench_packets_make(packets, BENCH_RTP_OURS);
	if (!err) {
		bench_hook(meter, NF_INET_POST_ROUTING, &unmeasured);
		bench_packets_turn(packets);
		bench_packets_redirect(packets, BENCH_PROXY_OUTER);
		err = bench_forward(meter, packets->outer, packets->inner, len,
				    &meter->ns[BENCH_PROXY_UNPROTECT]);
	}
	bench_packets_free(packets);
	return err;
}

/* A batch, from a device's driver to a socket of this machine. */
static int bench_deliver(struct bench_meter *meter, struct sock *sk, u64 *ns)
{
	struct bench_packets *packets = &meter->packets;
	unsigned int i, got = 0;
	struct sk_buff *skb;
	u64 start;
	int err;

	bench_packets_arrive(packets, packets->outer);
	local_bh_disable();
	start = ktime_get_ns();
	for (i = 0; i < BENCH_BATCH; i++) {
		netif_receive_skb(packets->skb[i]);
		packets->skb[i] = NULL;
	}
	*ns += ktime_get_ns() - start;
	local_bh_enable();

	while ((skb = skb_recv_udp(sk, MSG_DONTWAIT, &err))) {
		consume_skb(skb);
		got++;
	}
	/* only one thread may do this */
	meter->dropped += BENCH_BATCH - got;
	return 0;
}

/* A socket with room for a batch, at the address and port that these go to. */
static int bench_listen(struct net *net, struct socket **sock)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(BENCH_PROXY),
		.sin_port = htons(BENCH_PORT_LOCAL),
	};
	int err;

	err = sock_create_kern(net, AF_INET, SOCK_DGRAM, IPPROTO_UDP, sock);
	if (err)
		return err;
	WRITE_ONCE((*sock)->sk->sk_rcvbuf, SZ_8M);
	err = kernel_bind(*sock, (void *)&at, sizeof(at));
	if (err)
		sock_release(*sock);
	return err;
}

static int bench_make_local(struct bench_packets *packets)
{
	int err = bench_packets_make(packets, BENCH_RTP_FOREIGN);

	if (!err) {
		bench_packets_turn(packets);
		bench_packets_redirect(packets, BENCH_PORT_LOCAL);
	}
	return err;
}

/* Packets that are not ours, received by this machine. */
static int bench_local_batch(struct bench_meter *meter)
{
	struct bench_packets *packets = &meter->packets;
	struct socket *sock;
	int err;

	err = bench_make_local(packets);
	if (!err)
		bench_hook(meter, NF_INET_LOCAL_IN,
			   &meter->ns[BENCH_LOCAL_HOOK]);
	bench_packets_free(packets);
	if (!err)
		err = bench_listen(packets->net, &sock);
	if (err)
		return err;
	err = bench_make_local(packets);
	if (!err)
		err = bench_deliver(meter, sock->sk,
				    &meter->ns[BENCH_LOCAL_ALL]);
	bench_packets_free(packets);
	sock_release(sock);
	return err;
}

/* RTP that a rule has dropped, each way; or that passes where there is none. */
static int bench_rule_rtp(struct bench_meter *meter)
{
	struct bench_packets *packets = &meter->packets;
	u64 dropped = meter->dropped;
	int err;

	err = bench_packets_make(packets, BENCH_RTP_FOREIGN);
	if (!err)
		bench_hook(meter, NF_INET_POST_ROUTING,
			   &meter->ns[BENCH_RULE_RTP_OUT]);
	bench_packets_free(packets);
	if (!err)
		err = bench_packets_make(packets, BENCH_RTP_FOREIGN);
	if (!err) {
		bench_packets_turn(packets);
		bench_hook(meter, NF_INET_PRE_ROUTING,
			   &meter->ns[BENCH_RULE_RTP_IN]);
	}
	bench_packets_free(packets);
	/* all, or none */
	if (meter->dropped - dropped == 2 * BENCH_BATCH)
		meter->dropped = dropped;
	return err;
}

/* Packets that rules look at. */
static int bench_rules_batch(struct bench_meter *meter)
{
	u64 *ns = meter->ns;
	int err;

	err = bench_hook_both(meter, BENCH_UDP_OTHER, &ns[BENCH_RULE_OTHER_OUT],
			      &ns[BENCH_RULE_OTHER_IN]);
	if (!err)
		err = bench_hook_both(meter, BENCH_UDP_ALIKE,
				      &ns[BENCH_RULE_ALIKE_OUT],
				      &ns[BENCH_RULE_ALIKE_IN]);
	if (!err)
		err = bench_hook_both(meter, BENCH_RTP_BARE,
				      &ns[BENCH_RULE_BARE_OUT],
				      &ns[BENCH_RULE_BARE_IN]);
	return err ?: bench_rule_rtp(meter);
}

static unsigned int bench_idle(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

static const struct nf_hook_ops bench_idle_ops[] = {
	{
		.hook = bench_idle,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_FIRST,
	}, {
		.hook = bench_idle,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP_PRI_FIRST,
	},
};

/**
 * bench_idle_begin() - register hooks that do nothing
 * @net: where
 *
 * Return: 0 or a negative errno.
 */
int bench_idle_begin(struct net *net)
{
	return nf_register_net_hooks(net, bench_idle_ops,
				     ARRAY_SIZE(bench_idle_ops));
}

/**
 * bench_idle_end() - unregister them
 * @net: where
 */
void bench_idle_end(struct net *net)
{
	nf_unregister_net_hooks(net, bench_idle_ops, ARRAY_SIZE(bench_idle_ops));
}

static const struct bench_mode bench_modes[] = {
	{ "hooks", bench_hooks_batch },
	{ "ksrtp", bench_ksrtp_batch },
	{ "cold", bench_cold_batch, .cold = true },
	{ "foreign", bench_foreign_batch },
	{ "idle", bench_idle_batch, .idle = true },
	{ "forged", bench_forged_batch },
	{ "plain", bench_plain_batch },
	{ "forward", bench_protect_batch },
	{ "gateway", bench_gateway_batch },
	{ "proxy", bench_proxy_batch },
	{ "local", bench_local_batch },
	{ "rules", bench_rules_batch },
};

/**
 * bench_mode_find() - find a mode by its name
 * @name: its name
 *
 * Return: the mode, or NULL.
 */
const struct bench_mode *bench_mode_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bench_modes); i++)
		if (!strcmp(bench_modes[i].name, name))
			return &bench_modes[i];
	return NULL;
}
