// SPDX-License-Identifier: GPL-2.0
/* Ways of packets that pass neither hooks of IP nor of devices. */
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_mirred.h>

#include "attached.h"
#include "doctor.h"
#include "inquiry.h"

#define BRIDGED "/proc/sys/net/bridge/bridge-nf-call-iptables"

/* Places of programs since Linux 6.6, which older headers do not have. */
enum { TCX_INGRESS = 46, TCX_EGRESS = 47, NETKIT_PRIMARY = 54, NETKIT_PEER = 55 };

struct link {
	struct link *next;
	int ifindex;
	int master;
	bool up;
	bool has_xdp;
	/* it may have rules for what leaves */
	bool has_clsact;
	char name[IF_NAMESIZE];
	char kind[16];
};

struct search {
	struct link *links;
	/* the device whose rules are listed */
	const struct link *link;
	bool found;
};

/* Payload of an attribute of this type behind a header of this size. */
static const struct nlattr *attr_of(const struct nlmsghdr *nlh, size_t header,
				    uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, header)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

static const struct nlattr *nested(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr;

	if (nest)
		mnl_attr_for_each_nested(attr, nest)
			if (mnl_attr_get_type(attr) == type)
				return attr;
	return NULL;
}

/* Text of an attribute; empty without one. */
static const char *text_of(const struct nlattr *attr)
{
	return attr && mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0 ?
		mnl_attr_get_str(attr) : "";
}

static void note_link(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	struct search *search = data;
	struct link *link;

	link = calloc(1, sizeof(*link));
	if (!link)
		return;
	link->ifindex = info->ifi_index;
	link->up = info->ifi_flags & IFF_UP;
	snprintf(link->name, sizeof(link->name), "%s",
		 text_of(attr_of(nlh, sizeof(*info), IFLA_IFNAME)));
	attr = attr_of(nlh, sizeof(*info), IFLA_MASTER);
	if (attr)
		link->master = mnl_attr_get_u32(attr);
	attr = nested(attr_of(nlh, sizeof(*info), IFLA_LINKINFO), IFLA_INFO_KIND);
	snprintf(link->kind, sizeof(link->kind), "%s", text_of(attr));
	attr = nested(attr_of(nlh, sizeof(*info), IFLA_XDP), IFLA_XDP_ATTACHED);
	link->has_xdp = attr && mnl_attr_get_u8(attr);
	link->next = search->links;
	search->links = link;
}

static const struct link *link_of(const struct search *search, int ifindex)
{
	const struct link *link;

	for (link = search->links; link; link = link->next)
		if (link->ifindex == ifindex)
			return link;
	return NULL;
}

/* Of a device with clsact; one with plain ingress tells the same rules twice. */
static void note_qdisc(const struct nlmsghdr *nlh, void *data)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(nlh);
	struct search *search = data;
	struct link *link;

	if (strcmp(text_of(attr_of(nlh, sizeof(*tc), TCA_KIND)), "clsact"))
		return;
	for (link = search->links; link; link = link->next)
		if (link->ifindex == tc->tcm_ifindex)
			link->has_clsact = true;
}

/*
 * Is a rule among those that were asked for: for what a device receives, or for what
 * leaves? What several devices share is listed without naming any.
 */
static bool is_asked(const struct tcmsg *tc, const struct link *link, bool leaves)
{
	if ((uint32_t)tc->tcm_ifindex == TCM_IFINDEX_MAGIC_BLOCK)
		return true;
	return tc->tcm_ifindex == link->ifindex &&
		(tc->tcm_parent == TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)) == leaves;
}

/* Actions of a rule: where they are depends on its kind. */
static const struct nlattr *actions_of(const char *kind,
				       const struct nlattr *options)
{
	static const struct { const char *kind; uint16_t type; } kinds[] = {
		{ "matchall", TCA_MATCHALL_ACT }, { "flower", TCA_FLOWER_ACT },
		{ "u32", TCA_U32_ACT }, { "bpf", TCA_BPF_ACT },
		{ "basic", TCA_BASIC_ACT }, { "fw", TCA_FW_ACT },
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kind, kinds[i].kind))
			return nested(options, kinds[i].type);
	return NULL;
}

/*
 * A rule for what a device receives comes before the hooks of that device, and the
 * kernel spares what it redirects those of the one where it leaves.
 */
static void tell_redirect(struct search *search, int to)
{
	const struct link *link = search->link, *target = link_of(search, to);

	/* what goes there comes back, to be received once more */
	if (target && !strcmp(target->kind, "ifb"))
		return;
	search->found = true;
	finding(FINDING_PROBLEM, "shortcuts",
		"%s: what it receives is redirected to %s\nit passes no hook of ksrtp, of attached devices either: media leaves in plaintext, SRTP is not unprotected, rules of require do not hold\nremove the rule, or let it except media: tc filter show dev %s ingress",
		link->name, target ? target->name : "another device", link->name);
}

static void check_action(struct search *search, const struct nlattr *action)
{
	const struct tc_mirred *mirred;
	const struct nlattr *attr;

	if (strcmp(text_of(nested(action, TCA_ACT_KIND)), "mirred"))
		return;
	attr = nested(nested(action, TCA_ACT_OPTIONS), TCA_MIRRED_PARMS);
	if (!attr || mnl_attr_get_payload_len(attr) < sizeof(*mirred))
		return;
	mirred = mnl_attr_get_payload(attr);
	if (mirred->eaction == TCA_EGRESS_REDIR ||
	    mirred->eaction == TCA_INGRESS_REDIR)
		tell_redirect(search, mirred->ifindex);
}

static void tell_program(struct search *search, const char *where)
{
	const char *name = search->link->name;

	search->found = true;
	finding(FINDING_NOTE, "shortcuts",
		"%s: an eBPF program (%s) gets packets before ksrtp\nif it redirects them, they do not pass ksrtp, and rules of require do not hold; if it translates addresses, sessions have the translated ones\nsee bpftool net; let it leave media to the host's IP (Cilium: legacy host routing)",
		name, where);
}

static void tell_later_program(struct search *search, const char *where)
{
	const char *name = search->link->name;

	search->found = true;
	finding(FINDING_NOTE, "shortcuts",
		"%s: an eBPF program (%s) gets packets after ksrtp, as they leave\nif it translates addresses (Cilium: BPF masquerading), sessions have those before that\nsee bpftool net",
		name, where);
}

static void check_filter(const struct nlmsghdr *nlh, void *data)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *options, *actions, *action;
	struct search *search = data;
	const char *kind;

	if (!is_asked(tc, search->link, false))
		return;
	kind = text_of(attr_of(nlh, sizeof(struct tcmsg), TCA_KIND));
	options = attr_of(nlh, sizeof(struct tcmsg), TCA_OPTIONS);
	if (!options)
		return;
	if (!strcmp(kind, "bpf"))
		tell_program(search, "tc");
	actions = actions_of(kind, options);
	if (actions)
		mnl_attr_for_each_nested(action, actions)
			check_action(search, action);
}

static void check_later_filter(const struct nlmsghdr *nlh, void *data)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(nlh);
	struct search *search = data;

	/* a rule is listed with its head, which has no options */
	if (is_asked(tc, search->link, true) &&
	    !strcmp(text_of(attr_of(nlh, sizeof(*tc), TCA_KIND)), "bpf") &&
	    attr_of(nlh, sizeof(*tc), TCA_OPTIONS))
		tell_later_program(search, "tc");
}

/*
 * Number of programs at a place of a device, or of a control group that is open; 0
 * where the kernel has no such place.
 */
static unsigned int programs(int target, unsigned int place)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = target;
	attr.query.attach_type = place;
	return syscall(SYS_bpf, BPF_PROG_QUERY, &attr, sizeof(attr)) ? 0 :
		attr.query.prog_cnt;
}

/* List the rules for what a device receives, or for what leaves. */
static int list_filters(struct search *search, uint32_t parent,
			void (*each)(const struct nlmsghdr *nlh, void *data))
{
	struct tcmsg tc = {
		.tcm_family = AF_UNSPEC, .tcm_ifindex = search->link->ifindex,
		.tcm_parent = TC_H_MAKE(TC_H_CLSACT, parent),
	};
	int ret;

	ret = inquire(NETLINK_ROUTE, RTM_GETTFILTER, &tc, sizeof(tc), each, search);
	/* no traffic control in this kernel, or the device has just gone */
	return ret == -EOPNOTSUPP || ret == -ENODEV || ret == -EINVAL ? 0 : ret;
}

static int check_device(struct search *search)
{
	const struct link *link = search->link;
	int ret;

	if (link->has_xdp) {
		search->found = true;
		finding(FINDING_NOTE, "shortcuts",
			"%s: a program of XDP gets packets before ksrtp\nif it redirects or answers them, they do not pass ksrtp\nsee ip link show dev %s; let it pass media",
			link->name, link->name);
	}
	if (programs(link->ifindex, TCX_INGRESS))
		tell_program(search, "tcx");
	if (programs(link->ifindex, NETKIT_PRIMARY) ||
	    programs(link->ifindex, NETKIT_PEER))
		tell_program(search, "netkit");
	if (programs(link->ifindex, TCX_EGRESS))
		tell_later_program(search, "tcx");
	ret = list_filters(search, TC_H_MIN_INGRESS, check_filter);
	if (!ret && link->has_clsact)
		ret = list_filters(search, TC_H_MIN_EGRESS, check_later_filter);
	return ret;
}

/* Root of the control groups, open; or -1. */
static int open_groups(void)
{
	const struct mntent *mount;
	FILE *mounts;
	int fd = -1;

	mounts = setmntent("/proc/self/mounts", "re");
	if (!mounts)
		return -1;
	while (fd < 0 && (mount = getmntent(mounts)))
		if (!strcmp(mount->mnt_type, "cgroup2"))
			fd = open(mount->mnt_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	endmntent(mounts);
	return fd;
}

/* Programs that tell sockets of this machine where to send. */
static void check_groups(struct search *search)
{
	static const unsigned int places[] = {
		BPF_CGROUP_INET4_CONNECT, BPF_CGROUP_INET6_CONNECT,
		BPF_CGROUP_UDP4_SENDMSG, BPF_CGROUP_UDP6_SENDMSG,
	};
	unsigned int i, found = 0;
	int fd;

	fd = open_groups();
	if (fd < 0)
		return;
	for (i = 0; i < sizeof(places) / sizeof(*places); i++)
		found += programs(fd, places[i]);
	close(fd);
	if (!found)
		return;
	search->found = true;
	finding(FINDING_NOTE, "shortcuts",
		"eBPF programs of control groups (connect, sendmsg) choose where sockets send, before ksrtp\nsessions have the addresses that they choose, not that of a service (Cilium, Calico: socket load balancing)\nsee bpftool cgroup tree");
}

/* Do frames of bridges pass the hooks of IP? */
static bool bridges_call_ip(void)
{
	FILE *in = fopen(BRIDGED, "re");
	bool call = in && fgetc(in) == '1';

	if (in)
		fclose(in);
	return call;
}

static void check_bridge(struct search *search, const struct link *bridge)
{
	const struct link *link;
	unsigned int ports = 0, open = 0;

	for (link = search->links; link; link = link->next)
		if (link->master == bridge->ifindex && link->up) {
			ports++;
			open += !attached_has(link->name);
		}
	if (ports < 2 || !open)
		return;
	search->found = true;
	finding(FINDING_NOTE, "shortcuts",
		"%s: frames pass between %u ports of a bridge without ksrtp\nthey do not pass IP, and ksrtp is not attached to %u of the ports\nif media goes that way: ksrtp attach dev PORT, for all; or modprobe br_netfilter",
		bridge->name, ports, open);
}

void check_shortcuts(void)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
	struct tcmsg every = { .tcm_family = AF_UNSPEC };
	struct search search = { .links = NULL };
	bool call_ip = bridges_call_ip();
	const struct link *link;
	struct link *gone;
	int ret;

	attached_read("shortcuts");
	ret = inquire(NETLINK_ROUTE, RTM_GETLINK, &info, sizeof(info), note_link,
		      &search);
	if (!ret)
		ret = inquire(NETLINK_ROUTE, RTM_GETQDISC, &every, sizeof(every),
			      note_qdisc, &search);
	if (ret == -EOPNOTSUPP)
		ret = 0;
	for (link = search.links; link && !ret; link = link->next) {
		search.link = link;
		ret = check_device(&search);
		if (!call_ip && !strcmp(link->kind, "bridge"))
			check_bridge(&search, link);
	}
	check_groups(&search);
	while ((gone = search.links)) {
		search.links = gone->next;
		free(gone);
	}
	if (ret == -EPERM)
		attempt_not_permitted();
	else if (ret)
		finding(FINDING_PROBLEM, "shortcuts",
			"redirects were not checked: %s\nthe kernel refused to list them\ntry again; if it persists, see dmesg",
			strerror(-ret));
	else if (!search.found)
		finding(FINDING_OK, "shortcuts",
			"nothing redirects packets past ksrtp");
}
