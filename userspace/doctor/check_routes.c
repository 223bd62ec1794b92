// SPDX-License-Identifier: GPL-2.0
/* Routes that encapsulate packets before the module sees them. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/nexthop.h>
#include <linux/rtnetlink.h>

#include "doctor.h"
#include "encapsulation.h"
#include "inquiry.h"

/* Cannot be turned off again; older kernels have it with nf_conntrack. */
#define SHOWN "/proc/sys/net/netfilter/nf_hooks_lwtunnel"

/* Does netfilter see packets before segment routing encapsulates them? */
static bool are_shown(void)
{
	FILE *in = fopen(SHOWN, "re");
	bool shown = in && fgetc(in) == '1';

	if (in)
		fclose(in);
	return shown;
}

/* A next hop object, or a group of them, which any number of routes can use. */
struct next_hop {
	struct next_hop *next;
	uint32_t id;
	struct encapsulated what;
	size_t members;
	uint32_t member[];
};

struct search {
	struct next_hop *hops;
	int family;
	bool wrapped;
};

static void note_hop(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *attrs[NHA_MAX + 1] = { NULL };
	const struct nexthop_grp *group;
	struct search *search = data;
	struct next_hop *hop;
	size_t members = 0, i;

	mnl_attr_for_each(attr, nlh, sizeof(struct nhmsg))
		if (mnl_attr_get_type(attr) <= NHA_MAX)
			attrs[mnl_attr_get_type(attr)] = attr;
	if (!attrs[NHA_ID])
		return;
	if (attrs[NHA_GROUP])
		members = mnl_attr_get_payload_len(attrs[NHA_GROUP]) /
			  sizeof(*group);
	hop = calloc(1, sizeof(*hop) + members * sizeof(*hop->member));
	if (!hop)
		return;
	hop->id = mnl_attr_get_u32(attrs[NHA_ID]);
	hop->what = encapsulation_read(attrs[NHA_ENCAP_TYPE], attrs[NHA_ENCAP]);
	hop->members = members;
	for (i = 0; i < members; i++) {
		group = mnl_attr_get_payload(attrs[NHA_GROUP]);
		hop->member[i] = group[i].id;
	}
	hop->next = search->hops;
	search->hops = hop;
}

static void forget_hops(struct search *search)
{
	struct next_hop *hop;

	while ((hop = search->hops)) {
		search->hops = hop->next;
		free(hop);
	}
}

/*
 * Report a route or next hop that encapsulates or decapsulates packets where
 * netfilter does not see them.
 */
static bool tell(struct encapsulated what, const char *to)
{
	switch (what.kind) {
	case ENCAPSULATION_SEG6:
		if (are_shown())
			return false;
		finding(FINDING_PROBLEM, "routes",
			"route to %s: encap seg6 mode %s\npackets are encapsulated before ksrtp sees them: media leaves in plaintext\nmodprobe nf_conntrack; sysctl -w net.netfilter.nf_hooks_lwtunnel=1",
			to, what.mode);
		return true;
	case ENCAPSULATION_IOAM6:
		finding(FINDING_PROBLEM, "routes",
			"route to %s: encap ioam6\npackets may be encapsulated before ksrtp sees them: media leaves in plaintext\nuse mode inline, or let media take another route",
			to);
		return true;
	case ENCAPSULATION_SEG6_LOCAL:
		finding(FINDING_NOTE, "routes",
			"route to %s: encap seg6local action %s\npackets are decapsulated or forwarded where ksrtp may not see them: SRTP stays SRTP, plain RTP is accepted\nlet media arrive by another route",
			to, what.mode);
		return true;
	default:
		return false;
	}
}

static bool tell_hop(const struct search *search, uint32_t id, const char *to)
{
	const struct next_hop *hop;
	bool told = false;
	size_t i;

	for (hop = search->hops; hop && hop->id != id; hop = hop->next)
		;
	if (!hop)
		return false;
	told = tell(hop->what, to);
	/* members of a group are not groups */
	for (i = 0; i < hop->members; i++)
		if (hop->member[i] != id)
			told |= tell_hop(search, hop->member[i], to);
	return told;
}

/* Next hops that are part of the route itself. */
static bool tell_many(const struct nlattr *multipath, const char *to)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(multipath);
	int left = mnl_attr_get_payload_len(multipath), rest;
	const struct nlattr *attr, *type, *nest;
	bool told = false;

	while (RTNH_OK(hop, left)) {
		type = NULL;
		nest = NULL;
		attr = (const struct nlattr *)RTNH_DATA(hop);
		rest = hop->rtnh_len - RTNH_LENGTH(0);
		for (; mnl_attr_ok(attr, rest);
		     rest -= MNL_ALIGN(attr->nla_len),
		     attr = mnl_attr_next(attr)) {
			if (mnl_attr_get_type(attr) == RTA_ENCAP_TYPE)
				type = attr;
			else if (mnl_attr_get_type(attr) == RTA_ENCAP)
				nest = attr;
		}
		told |= tell(encapsulation_read(type, nest), to);
		left -= RTNH_ALIGN(hop->rtnh_len);
		hop = RTNH_NEXT(hop);
	}
	return told;
}

/* Destination of a route, in the format of ip-route(8). */
static void write_to(const struct rtmsg *route, const struct nlattr *dst,
		     char *to, size_t size)
{
	unsigned int whole = route->rtm_family == AF_INET ? 32 : 128;
	char address[INET6_ADDRSTRLEN];

	if (!dst || mnl_attr_get_payload_len(dst) < whole / 8)
		snprintf(to, size, "%s", "default");
	else if (!inet_ntop(route->rtm_family, mnl_attr_get_payload(dst),
			    address, sizeof(address)))
		snprintf(to, size, "%s", "?");
	else if (route->rtm_dst_len == whole)
		snprintf(to, size, "%s", address);
	else
		snprintf(to, size, "%s/%u", address, route->rtm_dst_len);
}

static void check_route(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *attrs[RTA_MAX + 1] = { NULL };
	const struct rtmsg *route = mnl_nlmsg_get_payload(nlh);
	char to[INET6_ADDRSTRLEN + sizeof("/128")];
	struct search *search = data;
	bool told;

	/* kernels without this family list all others instead */
	if (route->rtm_family != search->family)
		return;
	mnl_attr_for_each(attr, nlh, sizeof(*route))
		if (mnl_attr_get_type(attr) <= RTA_MAX)
			attrs[mnl_attr_get_type(attr)] = attr;
	write_to(route, attrs[RTA_DST], to, sizeof(to));
	told = tell(encapsulation_read(attrs[RTA_ENCAP_TYPE], attrs[RTA_ENCAP]),
		    to);
	if (attrs[RTA_MULTIPATH])
		told |= tell_many(attrs[RTA_MULTIPATH], to);
	/* with net.ipv4.nexthop_compat_mode=0 the kernel only gives the id */
	if (!told && attrs[RTA_NH_ID])
		told = tell_hop(search, mnl_attr_get_u32(attrs[RTA_NH_ID]), to);
	search->wrapped |= told;
}

static int ask_routes(int family, struct search *search)
{
	struct rtmsg route = { .rtm_family = family };

	search->family = family;
	return inquire(NETLINK_ROUTE, RTM_GETROUTE, &route, sizeof(route),
		       check_route, search);
}

void check_routes(void)
{
	struct search search = { .hops = NULL };
	struct nhmsg hop = { .nh_family = AF_UNSPEC };
	int ret, ret6;

	ret = inquire(NETLINK_ROUTE, RTM_GETNEXTHOP, &hop, sizeof(hop),
		      note_hop, &search);
	if (!ret)
		ret = ask_routes(AF_INET, &search);
	ret6 = ask_routes(AF_INET6, &search);
	ret = ret ? : ret6;
	forget_hops(&search);
	if (ret)
		finding(FINDING_PROBLEM, "routes",
			"routes were not checked: %s\nthe kernel refused to list them\ntry again; if it persists, see dmesg",
			strerror(-ret));
	else if (!search.wrapped)
		finding(FINDING_OK, "routes",
			"none encapsulates packets before ksrtp sees them");
}
