// SPDX-License-Identifier: GPL-2.0
/* Chains and flowtables of nftables that interfere with the module. */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "attached.h"
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

/* Devices of a flowtable that are not attached, as words; false if there are none. */
static bool flowtable_open(const struct nlmsghdr *nlh, char *devs, size_t size)
{
	const struct nlattr *attr, *hook, *dev;
	size_t len = 0;

	*devs = 0;
	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) != NFTA_FLOWTABLE_HOOK)
			continue;
		mnl_attr_for_each_nested(hook, attr) {
			if (mnl_attr_get_type(hook) != NFTA_FLOWTABLE_HOOK_DEVS)
				continue;
			mnl_attr_for_each_nested(dev, hook) {
				if (mnl_attr_get_type(dev) != NFTA_DEVICE_NAME ||
				    mnl_attr_validate(dev, MNL_TYPE_NUL_STRING) < 0 ||
				    attached_has(mnl_attr_get_str(dev)) ||
				    len >= size)
					continue;
				len += snprintf(devs + len, size - len, "%s%s",
						len ? " " : "",
						mnl_attr_get_str(dev));
			}
		}
	}
	return len;
}

static bool flowtable_is_hardware(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) == NFTA_FLOWTABLE_FLAGS &&
		    mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			return ntohl(mnl_attr_get_u32(attr)) &
			       NFT_FLOWTABLE_HW_OFFLOAD;
	return false;
}

static void check_flowtable(const struct nlmsghdr *nlh, void *clash)
{
	const char *name = text_of(nlh, NFTA_FLOWTABLE_NAME);
	const char *table = text_of(nlh, NFTA_FLOWTABLE_TABLE);
	const char *family = family_of(nlh);
	char devs[256];

	if (!family)
		return;
	if (flowtable_is_hardware(nlh))
		finding(FINDING_NOTE, "nftables",
			"flowtable %s of table %s %s has hardware offload\nhardware does not protect, so flows of sessions and rules are kept out of it\nremove flags offload and attach its devices, to have these flows in it",
			name, family, table);
	else if (flowtable_open(nlh, devs, sizeof(devs)))
		finding(FINDING_NOTE, "nftables",
			"flowtable %s of table %s %s has devices that are not attached: %s\nflows of sessions and rules are kept out of it, and it is emptied for each new session\nattach its devices (ksrtp attach dev NAME), to have these flows in it, protected",
			name, family, table, devs);
	else
		return;
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

	attached_read("nftables");
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
