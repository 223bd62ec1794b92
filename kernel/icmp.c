// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP errors quote the packet that they are about. A packet that was
 * unprotected is quoted in plaintext, to its sender or to whoever has given it
 * a small TTL or a bad option. So no more than the headers of such a packet may
 * leave the host.
 */

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "icmp.h"

/* The same in ICMP and ICMPv6. */
#define KSRTP_ICMP_HEADER_LEN	sizeof(struct icmphdr)
#define KSRTP_ICMP_CHECKSUM	offsetof(struct icmphdr, checksum)
#define KSRTP_ICMP_LENGTH	offsetof(struct icmphdr, un)

/* Length of the redirect option that holds the quote, in units of 8 bytes. */
#define KSRTP_ICMP_OPTION_LEN	8

static bool ksrtp_icmp_parse_ipv4(const struct sk_buff *skb,
				  struct ksrtp_icmp *icmp)
{
	const struct iphdr *iph = ip_hdr(skb);
	const u8 *type;
	u8 buf;

	if (iph->protocol != IPPROTO_ICMP ||
	    iph->frag_off & htons(IP_OFFSET))
		return false;
	icmp->offset = skb_network_offset(skb) + 4 * iph->ihl;
	icmp->quote = icmp->offset + KSRTP_ICMP_HEADER_LEN;
	type = skb_header_pointer(skb, icmp->offset, sizeof(buf), &buf);
	if (!type)
		return false;
	switch (*type) {
	case ICMP_DEST_UNREACH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		icmp->length = htons(0x00ff);
		return true;
	case ICMP_SOURCE_QUENCH:
	case ICMP_REDIRECT:
		return true;
	default:
		return false;
	}
}

/* A redirect has its quote in an option. */
static bool ksrtp_icmp_parse_redirect(const struct sk_buff *skb,
				      struct ksrtp_icmp *icmp)
{
	unsigned int at = icmp->offset + sizeof(struct rd_msg);
	const struct nd_opt_hdr *option;
	struct nd_opt_hdr buf;

	for (;;) {
		option = skb_header_pointer(skb, at, sizeof(buf), &buf);
		if (!option || !option->nd_opt_len)
			return false;
		if (option->nd_opt_type == ND_OPT_REDIRECT_HDR)
			break;
		at += KSRTP_ICMP_OPTION_LEN * option->nd_opt_len;
	}
	icmp->option = at;
	icmp->quote = at + KSRTP_ICMP_OPTION_LEN;
	return true;
}

static bool ksrtp_icmp_parse_ipv6(const struct sk_buff *skb,
				  struct ksrtp_icmp *icmp)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	unsigned short frag_off = 0;
	const u8 *type;
	u8 buf;

	if (ip6h->nexthdr == IPPROTO_ICMPV6)
		icmp->offset = skb_network_offset(skb) + sizeof(*ip6h);
	else if (!ipv6_ext_hdr(ip6h->nexthdr) ||
		 ipv6_find_hdr(skb, &icmp->offset, -1, &frag_off, NULL) !=
		 IPPROTO_ICMPV6 || frag_off)
		return false;
	icmp->quote = icmp->offset + KSRTP_ICMP_HEADER_LEN;
	type = skb_header_pointer(skb, icmp->offset, sizeof(buf), &buf);
	if (!type)
		return false;
	if (*type == NDISC_REDIRECT)
		return ksrtp_icmp_parse_redirect(skb, icmp);
	if (*type == ICMPV6_DEST_UNREACH || *type == ICMPV6_TIME_EXCEED)
		icmp->length = htons(0xff00);
	return !(*type & ICMPV6_INFOMSG_MASK);
}

/**
 * ksrtp_icmp_parse() - find the quote of an ICMP error
 * @skb: any packet, with its network header linear
 * @family: AF_INET or AF_INET6
 * @icmp: filled in, except for @udp
 *
 * Context: any.
 * Return: false if it is not an ICMP error.
 */
bool ksrtp_icmp_parse(const struct sk_buff *skb, u16 family,
		      struct ksrtp_icmp *icmp)
{
	return family == AF_INET ? ksrtp_icmp_parse_ipv4(skb, icmp) :
				   ksrtp_icmp_parse_ipv6(skb, icmp);
}

/* Both return as ksrtp_icmp_find_udp(). */

static int ksrtp_icmp_find_udp_ipv4(const struct sk_buff *skb,
				    struct ksrtp_icmp *icmp)
{
	const struct iphdr *iph;
	struct iphdr buf;

	iph = skb_header_pointer(skb, icmp->quote, sizeof(buf), &buf);
	if (!iph || iph->ihl < 5 || iph->protocol != IPPROTO_UDP)
		return 0;
	if (iph->frag_off & htons(IP_OFFSET))
		return -EINVAL;
	icmp->udp = icmp->quote + 4 * iph->ihl;
	return 1;
}

static int ksrtp_icmp_find_udp_ipv6(const struct sk_buff *skb,
				    struct ksrtp_icmp *icmp)
{
	const struct ipv6hdr *ip6h;
	const struct frag_hdr *fragment;
	struct frag_hdr fragment_buf;
	struct ipv6hdr buf;
	__be16 frag_off;
	u8 nexthdr;
	int at;

	ip6h = skb_header_pointer(skb, icmp->quote, sizeof(buf), &buf);
	if (!ip6h)
		return 0;
	nexthdr = ip6h->nexthdr;
	at = ipv6_skip_exthdr(skb, icmp->quote + sizeof(*ip6h), &nexthdr,
			      &frag_off);
	if (at < 0)
		return 0;
	if (frag_off & htons(IP6_OFFSET)) {
		/* the search has stopped at the fragment header */
		fragment = skb_header_pointer(skb, at, sizeof(fragment_buf),
					      &fragment_buf);
		return !fragment || fragment->nexthdr == IPPROTO_UDP ||
		       ipv6_ext_hdr(fragment->nexthdr) ? -EINVAL : 0;
	}
	if (nexthdr != IPPROTO_UDP)
		return 0;
	icmp->udp = at;
	return 1;
}

/**
 * ksrtp_icmp_find_udp() - find the UDP header in the quoted packet
 * @skb: the ICMP error
 * @family: AF_INET or AF_INET6
 * @icmp: as set by ksrtp_icmp_parse(); @udp is filled in
 *
 * Later fragments have no UDP header, and may be of a packet of ours.
 *
 * Context: any.
 * Return: 1 if it was found, possibly truncated; 0 if there is none; -EINVAL
 * for a later fragment.
 */
int ksrtp_icmp_find_udp(const struct sk_buff *skb, u16 family,
			struct ksrtp_icmp *icmp)
{
	return family == AF_INET ? ksrtp_icmp_find_udp_ipv4(skb, icmp) :
				   ksrtp_icmp_find_udp_ipv6(skb, icmp);
}

/**
 * ksrtp_icmp_write() - overwrite two bytes of an ICMP error
 * @where: bytes to overwrite, writable
 * @value: new value
 * @check: the message's checksum, updated incrementally
 *
 * Context: any.
 */
void ksrtp_icmp_write(void *where, __be16 value, __sum16 *check)
{
	__be16 *word = where;

	csum_replace2(check, *word, value);
	*word = value;
}

/* Update lengths and checksum of the message incrementally. */
static void ksrtp_icmp_fix(struct sk_buff *skb, const struct ksrtp_icmp *icmp,
			   u16 family, unsigned int cut, __wsum lost)
{
	u8 *header = skb->data + icmp->offset;
	unsigned int len = skb->len - icmp->offset;
	__sum16 *check = (void *)(header + KSRTP_ICMP_CHECKSUM);
	__be16 *length = (void *)(header + KSRTP_ICMP_LENGTH);
	struct udphdr *uh = (void *)(skb->data + icmp->udp);
	struct nd_opt_hdr *option;
	struct iphdr *iph = ip_hdr(skb);
	__be16 tot_len;

	*check = csum_fold(csum_sub(~csum_unfold(*check), lost));
	/* the quoted checksum reveals something about the plaintext */
	ksrtp_icmp_write(&uh->check, 0, check);
	/* extensions behind the quote were cut: RFC 4884 */
	ksrtp_icmp_write(length, *length & ~icmp->length, check);
	if (icmp->option) {
		option = (void *)(skb->data + icmp->option);
		ksrtp_icmp_write(option,
				 htons(option->nd_opt_type << 8 |
				       (skb->len - icmp->option) /
				       KSRTP_ICMP_OPTION_LEN), check);
	}
	if (family == AF_INET) {
		tot_len = htons(skb->len - skb_network_offset(skb));
		csum_replace2(&iph->check, iph->tot_len, tot_len);
		iph->tot_len = tot_len;
	} else {
		/* of the pseudo header */
		csum_replace2(check, htons(len + cut), htons(len));
		ipv6_hdr(skb)->payload_len =
			htons(skb->len - skb_network_offset(skb) -
			      sizeof(struct ipv6hdr));
	}
}

/**
 * ksrtp_icmp_cut() - remove media from an ICMP error
 * @skb: any outgoing packet, with its network header linear
 * @kn: its namespace
 * @family: AF_INET or AF_INET6
 *
 * If the quoted packet may belong to a session, everything behind its UDP
 * header is cut off. That satisfies RFC 792, and sockets, NAT and path MTU
 * discovery only need the ports. The session is not looked up: it does no harm
 * if the size of the error depends on the port alone.
 *
 * Context: any, does not sleep. Pointers into the packet become stale.
 * Return: false if the packet has to be dropped instead.
 */
bool ksrtp_icmp_cut(struct sk_buff *skb, const struct ksrtp_net *kn,
		    u16 family)
{
	struct ksrtp_icmp icmp = {};
	const struct udphdr *uh;
	unsigned int end, cut;
	struct udphdr buf;
	__wsum lost;
	int found;

	if (!ksrtp_icmp_parse(skb, family, &icmp))
		return true;
	found = ksrtp_icmp_find_udp(skb, family, &icmp);
	if (found <= 0)
		return !found;
	uh = skb_header_pointer(skb, icmp.udp, sizeof(buf), &buf);
	/* the quoted packet may have been incoming or outgoing */
	if (!uh || (ksrtp_net_foreign(kn, uh->dest) &&
		    ksrtp_net_foreign(kn, uh->source)))
		return true;

	end = icmp.udp + sizeof(*uh);
	cut = skb->len - end;
	if (icmp.option && (end - icmp.option) % KSRTP_ICMP_OPTION_LEN)
		return false;
	/* no ICMP error is large enough for GSO */
	if (skb_is_gso(skb) || skb_shared(skb) || skb_ensure_writable(skb, end))
		return false;
	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		return false;
	lost = skb_checksum(skb, end, cut, 0);
	if (pskb_trim(skb, end))
		return false;
	skb->ip_summed = CHECKSUM_NONE;
	ksrtp_icmp_fix(skb, &icmp, family, cut, lost);
	return true;
}
