// SPDX-License-Identifier: GPL-2.0
/*
 * A host at work tells the rules that are its own; a host that follows has these
 * beside its own. A packet is dropped if any rule says so, so with more of them
 * no packet passes that did not before. What is added for records has the number of
 * their group in the kernel, too, so that a daemon that starts again knows it. It is taken
 * away when no group's records say so any more, and is told for no other group. Others
 * stay.
 */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "attributes.h"
#include "entry.h"
#include "kernel.h"
#include "rule.h"
#include "rules.h"
#include "util/fail.h"

/* A rule of the kernel. */
struct held {
	struct held *next;
	uint32_t id, ifindex;
	uint32_t lease;			/* the group that it was added for, or 0 */
	uint64_t uid;
	char dev[16];
	struct bytes config;
	bool is_known;			/* what it says: not if its device went before */
	bool seen;
};

static struct held *all;
/* The module is older than this program, and marks no rule with a group. */
static bool lacks_lease;
static struct group *groups;
static unsigned int groups_n;

/* For which groups rules are added and kept. */
void rules_begin(struct group *of, unsigned int n)
{
	groups = of;
	groups_n = n;
}

static struct held *find_id(uint32_t id)
{
	struct held *held;

	for (held = all; held && held->id != id;)
		held = held->next;
	return held;
}

/* Does it still apply to the device that it names? */
static bool is_in_force(const struct held *held)
{
	return held->is_known &&
	       (!held->ifindex || if_nametoindex(held->dev) == held->ifindex);
}

static struct held *hold(uint32_t id, uint32_t ifindex)
{
	struct held *held = calloc(1, sizeof(*held));

	if (!held)
		return NULL;
	held->id = id;
	held->ifindex = ifindex;
	held->next = all;
	all = held;
	return held;
}

static void forget(struct held **at)
{
	struct held *held = *at;

	*at = held->next;
	bytes_free(&held->config);
	free(held);
}

static void note(const struct attr_set *set, const struct nlattr *attrs,
		 unsigned int len, void *data)
{
	uint32_t id = attributes_number(attrs, len, KSRTP_A_REQUIRE_ID, 0);
	struct held *held = find_id(id);
	unsigned char config[RULE_MAX];
	size_t n;

	(void)set;
	(void)data;
	if (held) {
		held->seen = true;
		return;
	}
	held = hold(id, attributes_number(attrs, len, KSRTP_A_REQUIRE_IFINDEX,
					  0));
	if (!held)
		return;
	held->seen = true;
	held->lease = attributes_number(attrs, len, KSRTP_A_REQUIRE_LEASE, 0);
	held->is_known = rule_config(attrs, len, config, &n) &&
			 bytes_set(&held->config, config, n) &&
			 (!held->ifindex ||
			  if_indextoname(held->ifindex, held->dev));
	held->uid = rule_digest(held->dev, config, n);
}

/**
 * rules_look() - read the kernel's rules
 *
 * Return: false if they are not known
 */
bool rules_look(void)
{
	struct held *held, **at;

	kernel_commit();
	for (held = all; held; held = held->next)
		held->seen = false;
	kernel_request(KSRTP_CMD_REQUIRE_GET, &require_set);
	if (kernel_dump(note, NULL))
		return false;
	for (at = &all; *at;) {
		if ((*at)->seen)
			at = &(*at)->next;
		else
			forget(at);
	}
	return true;
}

static bool has_rule(uint64_t uid, bool in_force)
{
	const struct held *held;

	for (held = all; held; held = held->next)
		if (held->uid == uid && held->is_known &&
		    (!in_force || is_in_force(held)))
			return true;
	return false;
}

/* Are there rules whose record cannot be told? */
static bool has_unknown(void)
{
	const struct held *held;

	for (held = all; held; held = held->next)
		if (!held->is_known)
			return true;
	return false;
}

static void take_id(const struct attr_set *set, const struct nlattr *attrs,
		    unsigned int len, void *id)
{
	(void)set;
	*(uint32_t *)id = attributes_number(attrs, len, KSRTP_A_REQUIRE_ID, 0);
}

static void refuse(struct group *group, struct rule *rule)
{
	if (rule->refused)
		return;
	rule->refused = true;
	group->refused++;
	warn("group %u: a rule cannot be made: %s", group->id, kernel_error());
}

/* Have the kernel make a rule, with the number of its group unless that is 0. */
static int make(const struct rule *rule, unsigned int ifindex, uint32_t lease,
		uint32_t *id)
{
	const struct nlattr *first = (const void *)rule->config.data, *attr;
	struct nlmsghdr *nlh = kernel_request(KSRTP_CMD_REQUIRE_NEW,
					      &require_set);
	int ret;

	mnl_attr_for_each_payload(first, rule->config.len)
		mnl_attr_put(nlh, mnl_attr_get_type(attr),
			     mnl_attr_get_payload_len(attr),
			     mnl_attr_get_payload(attr));
	if (ifindex)
		mnl_attr_put_u32(nlh, KSRTP_A_REQUIRE_IFINDEX, ifindex);
	if (lease)
		mnl_attr_put_u32(nlh, KSRTP_A_REQUIRE_LEASE, lease);
	ret = kernel_do(take_id, id);
	/* somebody else has just added it */
	return ret == -EEXIST ? 0 : ret;
}

/* A host that is upgraded may have the new program beside the old module for a while. */
static int make_for(const struct group *group, const struct rule *rule,
		    unsigned int ifindex, uint32_t *id)
{
	int ret = make(rule, ifindex, lacks_lease ? 0 : group->id, id);

	if (ret != -EINVAL || lacks_lease || make(rule, ifindex, 0, id))
		return ret;
	lacks_lease = true;
	warn("this kernel module is older: rules of other hosts stay in force here");
	return 0;
}

static void add(struct group *group, struct rule *rule)
{
	unsigned int ifindex = *rule->dev ? if_nametoindex(rule->dev) : 0;
	struct held *held;
	uint32_t id = 0;

	rule->absent = *rule->dev && !ifindex;
	if (rule->absent)
		return;
	if (make_for(group, rule, ifindex, &id)) {
		refuse(group, rule);
		return;
	}
	rule->refused = false;
	held = id && !find_id(id) ? hold(id, ifindex) : NULL;
	if (!held)
		return;
	held->uid = rule->uid;
	memcpy(held->dev, rule->dev, sizeof(held->dev));
	held->is_known = bytes_set(&held->config, rule->config.data,
				   rule->config.len);
	held->lease = lacks_lease ? 0 : group->id;
}

/**
 * rules_enforce() - have all rules of a group's records be in force
 * @group: the group
 *
 * After rules_look().
 */
void rules_enforce(struct group *group)
{
	struct rule *rule;

	group->rules_due = false;
	for (rule = group->rules; rule; rule = rule->next) {
		if (!rule->is_known)
			continue;
		if (has_rule(rule->uid, true)) {
			rule->absent = false;
			rule->refused = false;
		} else {
			add(group, rule);
		}
	}
}

/* Does the kernel not take a rule that the records tell? */
bool rules_lack(const struct group *group)
{
	const struct rule *rule;

	for (rule = group->rules; rule; rule = rule->next)
		if (rule->refused)
			return true;
	return false;
}

static void bury(struct group *group, struct rule *rule)
{
	const struct grave grave = { .uid = rule->uid, .is_rule = true };

	group_drop_rule(group, rule);
	group_bury(group, &grave);
}

/**
 * rules_tell() - have the group's records tell the kernel's rules
 * @group: the group, which this host is at work for
 *
 * After rules_look(). What was added for another group is not told. A rule that
 * could not be added here stays, since another host can have it.
 */
void rules_tell(struct group *group)
{
	struct rule *rule, *next;
	struct held *held;

	for (held = all; held; held = held->next) {
		if ((held->lease && held->lease != group->id) ||
		    !held->is_known || group_rule(group, held->uid, false))
			continue;
		rule = group_rule(group, held->uid, true);
		if (!rule)
			return;
		memcpy(rule->dev, held->dev, sizeof(rule->dev));
		if (!bytes_set(&rule->config, held->config.data,
			       held->config.len)) {
			group_drop_rule(group, rule);
			return;
		}
		rule->is_known = true;
		group_mark_rule(group, rule);
	}
	if (has_unknown())
		return;
	for (rule = group->rules; rule; rule = next) {
		next = rule->next;
		if (!has_rule(rule->uid, false) && !rule->refused &&
		    !rule->absent)
			bury(group, rule);
	}
}

static bool is_wanted(uint64_t uid)
{
	unsigned int i;

	for (i = 0; i < groups_n; i++)
		if (group_rule(&groups[i], uid, false))
			return true;
	return false;
}

/* Are there others than the host at work has counted? */
bool rules_are_others(const struct group *group)
{
	struct tally known = group_tally_rules(group);

	return group->told.version.epoch &&
	       (known.n != group->told.rules.n ||
		known.sum != group->told.rules.sum);
}

/* Were all records of a group read, and is none missing? */
static bool knows_all(const struct group *group)
{
	return group->role != ROLE_WORKS && group->scanned &&
	       group->told.version.epoch && !rules_are_others(group);
}

/**
 * rules_withdraw() - take away what was added for records that are gone
 *
 * And what was added for a device that is another one now. What was added for a group
 * that is none of this daemon's is left to another one.
 */
void rules_withdraw(void)
{
	const struct group *group;
	struct held *held;

	for (held = all; held; held = held->next) {
		group = groups_find(groups, groups_n, held->lease);
		if (!group || (is_in_force(held) &&
			       (is_wanted(held->uid) || !knows_all(group))))
			continue;
		mnl_attr_put_u32(kernel_request(KSRTP_CMD_REQUIRE_DEL,
						&require_set),
				 KSRTP_A_REQUIRE_ID, held->id);
		kernel_do(NULL, NULL);
	}
}

/**
 * rules_apply() - take over the record of a rule
 * @group: the group
 * @uid: the rule's
 * @bytes: what the record has to say; nothing if the rule was deleted
 * @len: its length
 * @version: the record's
 *
 * Return: why it was not taken, or FAULT_NONE
 */
enum fault rules_apply(struct group *group, uint64_t uid,
		       const unsigned char *bytes, size_t len,
		       const struct version *version)
{
	struct rule *rule = group_rule(group, uid, false);

	/* even if the record is not what it should be, the rule is as before */
	if (rule)
		rule->seen = true;
	if (rule && version_less(version, &rule->version))
		return FAULT_OLD;
	if (rule && !version_less(&rule->version, version))
		return FAULT_NONE;
	group->rules_due = true;
	if (!len) {
		if (rule)
			group_drop_rule(group, rule);
		return FAULT_NONE;
	}
	if (!rule)
		rule = group_rule(group, uid, true);
	if (!rule)
		return FAULT_UNREADABLE;
	rule->seen = true;
	if (!entry_to_rule(rule, bytes, len)) {
		/* of one that was known, what it says is known */
		if (!rule->is_known)
			group_drop_rule(group, rule);
		return FAULT_UNREADABLE;
	}
	rule->version = *version;
	return FAULT_NONE;
}

/* Rules that are in no record are gone, if there are as many as was counted. */
void rules_forget(struct group *group)
{
	struct rule *rule, *next;
	struct tally seen = { 0 };

	for (rule = group->rules; rule; rule = rule->next) {
		seen.n += rule->seen;
		seen.sum += rule->seen ? rule->uid : 0;
	}
	if (seen.n != group->told.rules.n || seen.sum != group->told.rules.sum)
		return;
	for (rule = group->rules; rule; rule = next) {
		next = rule->next;
		if (rule->seen)
			continue;
		group_drop_rule(group, rule);
		group->rules_due = true;
	}
}
