/* SPDX-License-Identifier: GPL-2.0 */
/* RTP packets of many sessions, in random order, as the stack has them. */
#ifndef _KSRTP_BENCH_PACKETS_H
#define _KSRTP_BENCH_PACKETS_H

#include <linux/skbuff.h>
#include <linux/types.h>

#define BENCH_BATCH		256
#define BENCH_PEER		0x0afffffe	/* 10.255.255.254 */
#define BENCH_PEER_PORT		6000
#define BENCH_PROXY		0x0a800001	/* 10.128.0.1 */
#define BENCH_PROXY_INNER	7000		/* its ports */
#define BENCH_PROXY_OUTER	7002
#define BENCH_PORT		5004
#define BENCH_PORT_FOREIGN	5006		/* of no session */
#define BENCH_PORT_BARE		5008		/* nor of a rule */
#define BENCH_PORT_LOCAL	7004		/* of a socket */
#define BENCH_UDP		20		/* offsets in an IPv4 packet */
#define BENCH_RTP		28
#define BENCH_SSRC		36
#define BENCH_HEADERS		40		/* IPv4, UDP, RTP */
#define BENCH_RTP_HEADER	12

/**
 * enum bench_kind - what packets are
 * @BENCH_RTP_OURS: RTP of a session
 * @BENCH_RTP_FOREIGN: RTP of none
 * @BENCH_RTP_BARE: RTP of none, from a port that no rule is about
 * @BENCH_UDP_ALIKE: UDP of no session that begins as RTP does, and is none
 * @BENCH_UDP_OTHER: UDP of no session that does not
 */
enum bench_kind {
	BENCH_RTP_OURS,
	BENCH_RTP_FOREIGN,
	BENCH_RTP_BARE,
	BENCH_UDP_ALIKE,
	BENCH_UDP_OTHER,
};

/**
 * struct bench_packets - a source of packets
 * @sessions: number of sessions; session n is of local address 10.0.0.1 + n
 * @first: the first of them
 * @payload: length of an RTP payload in bytes
 * @ssrc_base: SSRC of session 0's packets; the others follow
 * @next: next packet number of each session
 * @in_order: take sessions one after the other, instead of at random
 * @turn: whose turn it is
 * @random: state of the generator
 * @net: namespace with the sessions that packets are protected in
 * @outer: device on the side of the peer, where packets are SRTP
 * @inner: device on the side of the sessions' local addresses
 * @dst: route to the peer
 * @skb: a batch of them
 */
struct bench_packets {
	unsigned int sessions;
	unsigned int first;
	unsigned int payload;
	u32 ssrc_base;
	u32 *next;
	bool in_order;
	u32 turn;
	u32 random;
	struct net *net;
	struct net_device *outer;
	struct net_device *inner;
	struct dst_entry *dst;
	struct sk_buff *skb[BENCH_BATCH];
};

int bench_packets_init(struct bench_packets *packets, unsigned int sessions,
		       unsigned int payload, u32 ssrc_base);
void bench_packets_exit(struct bench_packets *packets);
int bench_packets_make(struct bench_packets *packets, enum bench_kind kind);
u32 bench_packets_session(const struct bench_packets *packets, unsigned int i);
void bench_packets_turn(struct bench_packets *packets);
void bench_packets_redirect(struct bench_packets *packets, u16 port);
void bench_packets_spoil(struct bench_packets *packets, unsigned int at);
void bench_packets_arrive(struct bench_packets *packets,
			  struct net_device *from);
int bench_packets_check(struct bench_packets *packets);
void bench_packets_free(struct bench_packets *packets);

#endif /* _KSRTP_BENCH_PACKETS_H */
