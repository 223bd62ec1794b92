// SPDX-License-Identifier: GPL-2.0
/*
 * Flowtables take packets from the hook of the device that they come in by, and give
 * them to the one that they leave by. IP's hooks do not see these; those of attached
 * devices do. A flow that a session or a rule is about becomes one of a flowtable
 * only if it is served at its devices.
 *
 * The kernel itself has flows that must not become those of a flowtable: entries of
 * conntrack that have lost a clash of NAT. That mark is all that we ask of it: beside
 * it, such an entry is not "assured". Nothing tells a flow that has become one already
 * from others, so where there may be such flows all of the namespace's are removed
 * when a session or a rule comes; they become so again with their next packets.
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
 * The flowtable that a hook is of, or NULL. Not all of their functions are known to
 * modules, but all have names that begin alike.
 */
static struct nf_flowtable *
ksrtp_flowtable_of(const struct nf_hook_entry *entry)
{
	char name[32];

	snprintf(name, sizeof(name), "%ps", entry->hook);
	return strstarts(name, "nf_flow_offload_") ? entry->priv : NULL;
}

/**
 * ksrtp_flowtable_hardware() - does a flowtable on a device leave flows to hardware?
 * @dev: the device, which is attached
 *
 * Context: any, under rcu_read_lock().
 * Return: true if so.
 */
bool ksrtp_flowtable_hardware(const struct net_device *dev)
{
#ifdef CONFIG_NETFILTER_INGRESS
	const struct nf_hook_entries *entries =
		rcu_dereference(dev->nf_hooks_ingress);
	struct nf_flowtable *flowtable;
	unsigned int i;

	/* hooks without names, beside ours, may be anyone's */
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

/* May a device have flows that pass none of our hooks? */
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
 * ksrtp_flowtable_flush() - have flows leave flowtables that may be ours from now on
 * @kn: the namespace, where a session or rule has been made, or moved, or a device is
 *	attached no longer
 *
 * Context: process, sleeps, under the RTNL.
 */
void ksrtp_flowtable_flush(struct ksrtp_net *kn)
{
	void (*cleanup)(struct net_device *dev);

	if (!kn->users || !ksrtp_flowtable_exposed(kn))
		return;
	/* if it is not loaded, nor are flowtables */
	cleanup = symbol_get(nf_flow_table_cleanup);
	if (!cleanup)
		return;
	/* packets that have not seen what is new may still be about to enter */
	synchronize_net();
	ksrtp_flowtable_clean(kn, cleanup);
	symbol_put(nf_flow_table_cleanup);
}

/**
 * ksrtp_flowtable_settle() - the same, for who does not have the RTNL
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

/* Is all seen by our hooks that passes a device which stands upon no other? */
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
 * Is all that passes a device seen by the hooks of attached ones? Flowtables know what
 * VLANs and bridges stand upon, and go past these. Sets @exact to false if these
 * hooks see another device than IP's do, and @hardware to a device whose flowtable
 * leaves flows to hardware.
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

/* Is a session about a flow, or a rule? Sets @dev if that names a device. */
static bool ksrtp_flowtable_governed(struct ksrtp_net *kn,
				     const struct ksrtp_flow *flow, bool *dev)
{
	struct ksrtp_session *session;
	const struct ksrtp_node *node;

	if (READ_ONCE(kn->nrequires) && ksrtp_require_about(kn, flow, dev))
		return true;
	if (ksrtp_net_foreign(kn, flow->local_port))
		return false;
	/* which SSRCs will come nobody knows */
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
 * May a flow, as it is beyond @dev, be one of a flowtable? If it is @inside IPsec
 * there, the hooks of the device do not see it as it is.
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
 * ksrtp_flowtable_refuse() - keep a flow out of flowtables, if it has to be
 * @skb: a packet of it, which is forwarded, before rules have seen it
 * @kn: its namespace
 * @state: what the hook was told
 * @family: AF_INET or AF_INET6
 *
 * Flows without an answer, or that have just begun, have no entry of conntrack that
 * is confirmed, and become none of a flowtable before their next packet.
 *
 * Context: under rcu_read_lock().
 * Return: the device whose flowtable leaves flows to hardware, if that is why;
 * else NULL.
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
	/* by us, and where devices are attached, that may be over */
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
	/* or it is not loaded */
	return notifier_from_errno(ksrtp_net_meet_flowtables());
}

static struct notifier_block ksrtp_flowtable_notifier = {
	.notifier_call = ksrtp_flowtable_notify,
};

/**
 * ksrtp_flowtable_init() - learn of flowtables
 *
 * Forwarded packets are not looked at before there can be any.
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
	/* there is no namespace yet that it could be refused in */
	return ksrtp_net_meet_flowtables();
}

/**
 * ksrtp_flowtable_exit() - learn of them no more
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
