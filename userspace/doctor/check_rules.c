// SPDX-License-Identifier: GPL-2.0
/* Chains and flowtables of nftables that interfere with the module. */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "doctor.h"
#include "inquiry.h"

/* Priorities of ksrtp's hooks: right after reassembly, and before the last. */
#define PRIORITY_RECV (-390)
#define PRIORITY_SEND (INT_MAX - 1)

static const char *const families[] = {
	[NFPROTO_INET] = "inet", [NFPROTO_IPV4] = "ip", [NFPROTO_IPV6] = "ip6",
};

/* Name of the family, if its packets pass our hooks. */
static const char *family_of(const struct nlmsghdr *nlh)
{
	const struct nfgenmsg *nfgen = mnl_nlmsg_get_payload(nlh);

	if (nfgen->nfgen_family >= sizeof(families) / sizeof(*families))
		return NULL;
	return families[nfgen->nfgen_family];
}

static const char *text_of(const struct nlmsghdr *nlh, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) == type &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			return mnl_attr_get_str(attr);
	return "?";
}

static void check_flowtable(const struct nlmsghdr *nlh, void *clash)
{
	const char *family = family_of(nlh);

	if (!family)
		return;
	finding(FINDING_PROBLEM, "nftables",
		"flowtable %s of table %s %s\nits flows bypass ksrtp: packets forwarded to the wire are not protected\nleave the ports of media out of \"flow add\"",
		text_of(nlh, NFTA_FLOWTABLE_NAME), family,
		text_of(nlh, NFTA_FLOWTABLE_TABLE));
	*(bool *)clash = true;
}

/* Hook and priority of a chain; false if it is only reached from rules. */
static bool read_hook(const struct nlmsghdr *nlh, uint32_t *hook, int *priority)
{
	const struct nlattr *attr, *nested;
	bool has_hook = false, has_priority = false;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) != NFTA_CHAIN_HOOK)
			continue;
		mnl_attr_for_each_nested(nested, attr) {
			if (mnl_attr_validate(nested, MNL_TYPE_U32) < 0)
				continue;
			if (mnl_attr_get_type(nested) == NFTA_HOOK_HOOKNUM) {
				*hook = ntohl(mnl_attr_get_u32(nested));
				has_hook = true;
			} else if (mnl_attr_get_type(nested) ==
				   NFTA_HOOK_PRIORITY) {
				*priority = ntohl(mnl_attr_get_u32(nested));
				has_priority = true;
			}
		}
	}
	return has_hook && has_priority;
}

static void check_chain(const struct nlmsghdr *nlh, void *clash)
{
	const char *family = family_of(nlh);
	uint32_t hook = 0;
	int priority = 0;

	if (!family || !read_hook(nlh, &hook, &priority))
		return;
	if (!(hook == NF_INET_PRE_ROUTING && priority <= PRIORITY_RECV) &&
	    !(hook == NF_INET_POST_ROUTING && priority >= PRIORITY_SEND))
		return;
	finding(FINDING_NOTE, "nftables",
		"chain %s of table %s %s has priority %d at %s\nit is on the wire's side of ksrtp, so its rules see SRTP\ngive it a priority of %s, if it is to see RTP",
		text_of(nlh, NFTA_CHAIN_NAME), family,
		text_of(nlh, NFTA_CHAIN_TABLE), priority,
		hook == NF_INET_PRE_ROUTING ? "prerouting" : "postrouting",
		hook == NF_INET_PRE_ROUTING ? "-300 (raw) or more" :
					      "300 or less");
	*(bool *)clash = true;
}

static int ask(uint16_t command,
	       void (*each)(const struct nlmsghdr *nlh, void *clash), bool *clash)
{
	struct nfgenmsg nfgen = { .nfgen_family = NFPROTO_UNSPEC,
				  .version = NFNETLINK_V0 };

	return inquire(NETLINK_NETFILTER,
		       NFNL_SUBSYS_NFTABLES << 8 | command, &nfgen,
		       sizeof(nfgen), each, clash);
}

void check_rules(void)
{
	bool clash = false;
	int ret, ret2;

	ret = ask(NFT_MSG_GETFLOWTABLE, check_flowtable, &clash);
	ret2 = ask(NFT_MSG_GETCHAIN, check_chain, &clash);
	ret = ret ? : ret2;
	if (ret == -EPERM)
		attempt_not_permitted();
	else if (ret == -EINVAL || ret == -EPROTONOSUPPORT)
		finding(FINDING_OK, "nftables", "this kernel has no nftables");
	else if (ret)
		finding(FINDING_PROBLEM, "nftables",
			"rules were not checked: %s\nthe kernel refused to list them\ntry again; if it persists, see dmesg",
			strerror(-ret));
	else if (!clash)
		finding(FINDING_OK, "nftables",
			"neither chains nor flowtables in the way");
}
