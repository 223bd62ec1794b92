// SPDX-License-Identifier: GPL-2.0
/*
 * Flowtables take packets at the ingress hook of a device and send them by
 * another device. They bypass the hooks of IP, but not those of attached
 * devices. A flow of a session or rule may enter a flowtable only if its
 * devices are attached.
 *
 * Flowtables refuse conntrack entries with IPS_NAT_CLASH, which the kernel sets
 * for entries that lost a NAT clash. We set it for flows that may not enter;
 * its only other effect is that the entry does not become "assured". A flow
 * that is in a flowtable already cannot be told from others, so all flows of
 * the namespace are removed when a session or a rule is created. The others
 * return with their next packets.
 */

#include <linux/if_vlan.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/string.h>
#include <net/dst.h>

#include "attach.h"
#include "flowtable.h"
#include "net.h"
#include "require.h"
#include "session.h"

#if IS_ENABLED(CONFIG_NF_FLOW_TABLE)
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_flow_table.h>

#define KSRTP_FLOWTABLE_MODULE	"nf_flow_table"

/*
 * The flowtable that a hook belongs to, or NULL. Not all hook functions of
 * flowtables are exported to modules, but all their names begin alike.
 */
static struct nf_flowtable *
ksrtp_flowtable_of(const struct nf_hook_entry *entry)
{
	char name[32];

	snprintf(name, sizeof(name), "%ps", entry->hook);
	return strstarts(name, "nf_flow_offload_") ? entry->priv : NULL;
}

/**
 * ksrtp_flowtable_hardware() - has a flowtable on a device hardware offload?
 * @dev: the device, which is attached
 *
 * Context: any, under rcu_read_lock().
 * Return: true if it has.
 */
bool ksrtp_flowtable_hardware(const struct net_device *dev)
{
#ifdef CONFIG_NETFILTER_INGRESS
	const struct nf_hook_entries *entries =
		rcu_dereference(dev->nf_hooks_ingress);
	struct nf_flowtable *flowtable;
	unsigned int i;

	/* without names, any other hook may be one of a flowtable */
	if (!IS_ENABLED(CONFIG_KALLSYMS))
		return entries && entries->num_hook_entries > 1;
	for (i = 0; entries && i < entries->num_hook_entries; i++) {
		flowtable = ksrtp_flowtable_of(&entries->hooks[i]);
		if (flowtable && nf_flowtable_hw_offload(flowtable))
			return true;
	}
#endif
	return false;
}

/* May a device have flows that bypass our hooks? */
static bool ksrtp_flowtable_exposes(const struct ksrtp_net *kn,
				    const struct net_device *dev)
{
#ifdef CONFIG_NETFILTER_INGRESS
	if (!rcu_access_pointer(dev->nf_hooks_ingress))
		return false;
	return !ksrtp_attach_to(kn, dev) || ksrtp_flowtable_hardware(dev);
#else
	return false;
#endif
}

/* May a namespace have such flows? One comparison where no device has hooks. */
static bool ksrtp_flowtable_exposed(const struct ksrtp_net *kn)
{
	const struct net_device *dev;
	bool found = false;

#ifdef CONFIG_JUMP_LABEL
	if (!static_key_false(&nf_hooks_needed[NFPROTO_NETDEV][NF_NETDEV_INGRESS]))
		return false;
#endif
	rcu_read_lock();
	for_each_netdev_rcu(kn->net, dev) {
		found = ksrtp_flowtable_exposes(kn, dev);
		if (found)
			break;
	}
	rcu_read_unlock();
	return found;
}

static void ksrtp_flowtable_clean(struct ksrtp_net *kn,
				  void (*cleanup)(struct net_device *dev))
{
#ifdef CONFIG_NETFILTER_INGRESS
	struct net_device *dev;

	for_each_netdev(kn->net, dev)
		if (rcu_access_pointer(dev->nf_hooks_ingress))
			cleanup(dev);
#endif
}

/**
 * ksrtp_flowtable_flush() - remove all flows from the flowtables of a namespace
 * @kn: the namespace
 *
 * If one of them may bypass our hooks. Called after a session or rule was
 * created or moved, or a device detached.
 *
 * Context: process, sleeps, under the RTNL.
 */
void ksrtp_flowtable_flush(struct ksrtp_net *kn)
{
	void (*cleanup)(struct net_device *dev);

	if (!kn->users || !ksrtp_flowtable_exposed(kn))
		return;
	/* without the module there are no flowtables */
	cleanup = symbol_get(nf_flow_table_cleanup);
	if (!cleanup)
		return;
	/* packets that looked up the old state may still add their flow */
	synchronize_net();
	ksrtp_flowtable_clean(kn, cleanup);
	symbol_put(nf_flow_table_cleanup);
}

/**
 * ksrtp_flowtable_settle() - ksrtp_flowtable_flush() without the RTNL
 * @kn: the namespace
 *
 * Context: process, sleeps, takes the RTNL if there may be such flows.
 */
void ksrtp_flowtable_settle(struct ksrtp_net *kn)
{
	if (!ksrtp_flowtable_exposed(kn))
		return;
	rtnl_lock();
	ksrtp_flowtable_flush(kn);
	rtnl_unlock();
}

/* Do our hooks see all packets of a device that is no bridge? */
static bool ksrtp_flowtable_serves_port(const struct ksrtp_net *kn,
					const struct net_device *dev,
					const struct net_device **hardware)
{
	while (is_vlan_dev(dev))
		dev = vlan_dev_real_dev(dev);
	if (!ksrtp_attach_to(kn, dev))
		return false;
	if (!ksrtp_flowtable_hardware(dev))
		return true;
	*hardware = dev;
	return false;
}

/*
 * Do hooks of attached devices see all packets of a device? Flowtables bypass
 * VLANs and bridges and use the devices below them. Sets @exact to false if the
 * hooks there see another device than the hooks of IP, and @hardware to a
 * device whose flowtable has hardware offload.
 */
static bool ksrtp_flowtable_serves(const struct ksrtp_net *kn,
				   const struct net_device *dev, bool *exact,
				   const struct net_device **hardware)
{
	const struct net_device *port;
	bool any = false;

	while (is_vlan_dev(dev))
		dev = vlan_dev_real_dev(dev);
	if (!netif_is_bridge_master(dev))
		return ksrtp_flowtable_serves_port(kn, dev, hardware);
	*exact = false;
	for_each_netdev_rcu(kn->net, port) {
		if (netdev_master_upper_dev_get_rcu((void *)port) != dev)
			continue;
		if (!ksrtp_flowtable_serves_port(kn, port, hardware))
			return false;
		any = true;
	}
	return any;
}

/* Does a flow belong to a session or rule? Sets @dev if that names a device. */
static bool ksrtp_flowtable_governed(struct ksrtp_net *kn,
				     const struct ksrtp_flow *flow, bool *dev)
{
	struct ksrtp_session *session;
	const struct ksrtp_node *node;

	if (READ_ONCE(kn->nrequires) && ksrtp_require_about(kn, flow, dev))
		return true;
	if (ksrtp_net_foreign(kn, flow->local_port))
		return false;
	/* sessions by SSRC: the flow's SSRCs are not known */
	if (READ_ONCE(kn->ssrc_masks.used)) {
		*dev = true;
		return true;
	}
	node = ksrtp_session_match(kn, flow, NULL);
	session = node ? ksrtp_node_session(node) : NULL;
	if (!session ||
	    (!ksrtp_direction_configured(session, KSRTP_DIRECTION_SEND) &&
	     !ksrtp_direction_configured(session, KSRTP_DIRECTION_RECV)))
		return false;
	if (node->flow.ifindex)
		*dev = true;
	return true;
}

/*
 * May a flow, as it is on the wire of @dev, enter a flowtable? If it is @inside
 * IPsec, the hooks of the device see only the tunnel.
 */
static bool ksrtp_flowtable_may(struct ksrtp_net *kn,
				const struct net_device *dev, bool inside,
				const struct nf_conntrack_tuple *tuple,
				u16 family, const struct net_device **hardware)
{
	const struct ksrtp_flow flow = {
		.local = tuple->dst.u3.in6,
		.remote = tuple->src.u3.in6,
		.local_port = tuple->dst.u.udp.port,
		.remote_port = tuple->src.u.udp.port,
		.ifindex = dev->ifindex,
		.family = family,
	};
	bool named = false, exact = true;

	if (!ksrtp_flowtable_governed(kn, &flow, &named))
		return true;
	return !inside && ksrtp_flowtable_serves(kn, dev, &exact, hardware) &&
	       (exact || !named);
}

/**
 * ksrtp_flowtable_refuse() - keep a flow out of flowtables, if necessary
 * @skb: a forwarded packet of it, before rules have seen it
 * @kn: its namespace
 * @state: state of the hook
 * @family: AF_INET or AF_INET6
 *
 * The first packet of a flow has an unconfirmed conntrack entry, which cannot
 * enter a flowtable.
 *
 * Context: under rcu_read_lock().
 * Return: the device whose hardware offload is the reason, or NULL.
 */
const struct net_device *
ksrtp_flowtable_refuse(const struct sk_buff *skb, struct ksrtp_net *kn,
		       const struct nf_hook_state *state, u16 family)
{
	const unsigned long clashed = IPS_NAT_CLASH | IPS_FIXED_TIMEOUT;
	const struct net_device *hardware = NULL;
	enum ip_conntrack_info ctinfo;
	enum ip_conntrack_dir dir;
	struct nf_conn *ct;
	unsigned long is;

	ct = nf_ct_get(skb, &ctinfo);
	if (!ct || nf_ct_protonum(ct) != IPPROTO_UDP ||
	    nf_ct_l3num(ct) != family || !nf_ct_is_confirmed(ct))
		return NULL;
	is = READ_ONCE(ct->status) & clashed;
	/* if set by us, and devices are attached, it may have to be cleared */
	if (is == clashed || (is & IPS_NAT_CLASH && !READ_ONCE(kn->nattached)))
		return NULL;
	dir = CTINFO2DIR(ctinfo);
	if (ksrtp_flowtable_may(kn, state->in, skb_sec_path(skb),
				&ct->tuplehash[dir].tuple, family, &hardware) &&
	    ksrtp_flowtable_may(kn, state->out, dst_xfrm(skb_dst(skb)),
				&ct->tuplehash[!dir].tuple, family, &hardware)) {
		if (is & IPS_NAT_CLASH)
			clear_bit(IPS_NAT_CLASH_BIT, &ct->status);
	} else if (!(is & IPS_NAT_CLASH)) {
		set_bit(IPS_NAT_CLASH_BIT, &ct->status);
		return hardware;
	}
	return NULL;
}

static int ksrtp_flowtable_notify(struct notifier_block *block,
				  unsigned long event, void *data)
{
	const struct module *module = data;

	if ((event != MODULE_STATE_COMING && event != MODULE_STATE_LIVE) ||
	    strcmp(module->name, KSRTP_FLOWTABLE_MODULE))
		return NOTIFY_DONE;
	/* an error prevents that the module is loaded */
	return notifier_from_errno(ksrtp_net_meet_flowtables());
}

static struct notifier_block ksrtp_flowtable_notifier = {
	.notifier_call = ksrtp_flowtable_notify,
};

/**
 * ksrtp_flowtable_init() - prepare for flowtables
 *
 * Hooks for forwarded packets are registered once nf_flow_table is loaded.
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int __init ksrtp_flowtable_init(void)
{
	int err = register_module_notifier(&ksrtp_flowtable_notifier);

	if (err || !symbol_get(nf_flow_table_cleanup))
		return err;
	symbol_put(nf_flow_table_cleanup);
	/* no namespace is in use yet, so this cannot fail */
	return ksrtp_net_meet_flowtables();
}

/**
 * ksrtp_flowtable_exit() - undo ksrtp_flowtable_init()
 *
 * Context: process, sleeps.
 */
void ksrtp_flowtable_exit(void)
{
	unregister_module_notifier(&ksrtp_flowtable_notifier);
}
#else
bool ksrtp_flowtable_hardware(const struct net_device *dev)
{
	return false;
}

void ksrtp_flowtable_flush(struct ksrtp_net *kn)
{
}

void ksrtp_flowtable_settle(struct ksrtp_net *kn)
{
}

const struct net_device *
ksrtp_flowtable_refuse(const struct sk_buff *skb, struct ksrtp_net *kn,
		       const struct nf_hook_state *state, u16 family)
{
	return NULL;
}

int __init ksrtp_flowtable_init(void)
{
	return 0;
}

void ksrtp_flowtable_exit(void)
{
}
#endif
