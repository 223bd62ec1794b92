// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "digest.h"
#include "lib/attrs.h"
#include "rule.h"

/**
 * rule_config() - take over what the kernel tells of a rule
 * @attrs: the kernel's answer
 * @len: its length
 * @config: gets up to RULE_MAX bytes, attributes of a request, without the device
 *          and without the lease, which a host has for itself
 * @n: gets how many; none of a rule about all media, or all of a device
 *
 * Return: false if there are more
 */
bool rule_config(const struct nlattr *attrs, unsigned int len,
		 unsigned char *config, size_t *n)
{
	const struct nlattr *attr;
	const struct attr *known;
	unsigned int type;

	*n = 0;
	mnl_attr_for_each_payload(attrs, len) {
		type = mnl_attr_get_type(attr);
		known = attrs_get(&require_set, type);
		if (!known || known->reported || type == KSRTP_A_REQUIRE_ID ||
		    type == KSRTP_A_REQUIRE_IFINDEX ||
		    type == KSRTP_A_REQUIRE_LEASE)
			continue;
		if (*n + MNL_ALIGN(attr->nla_len) > RULE_MAX)
			return false;
		memset(config + *n, 0, MNL_ALIGN(attr->nla_len));
		memcpy(config + *n, attr, attr->nla_len);
		*n += MNL_ALIGN(attr->nla_len);
	}
	return true;
}

/**
 * rule_digest() - what tells rules apart, on all hosts
 * @dev: device, or an empty text
 * @config: what rule_config() made
 * @len: its length
 *
 * Return: the digest
 */
uint64_t rule_digest(const char *dev, const void *config, size_t len)
{
	char name[16] = "";

	strncpy(name, dev, sizeof(name) - 1);
	return digest_add(digest_add(DIGEST_BEGIN, name, sizeof(name)), config,
			  len);
}

/* Find a rule, or make it. NULL if there is none, or no memory. */
struct rule *group_rule(struct group *group, uint64_t uid, bool make)
{
	struct rule *rule;

	for (rule = group->rules; rule; rule = rule->next)
		if (rule->uid == uid)
			return rule;
	rule = make ? calloc(1, sizeof(*rule)) : NULL;
	if (!rule)
		return NULL;
	rule->uid = uid;
	rule->next = group->rules;
	group->rules = rule;
	return rule;
}

/* Forget a rule. */
void group_drop_rule(struct group *group, struct rule *rule)
{
	struct rule **at;

	for (at = &group->rules; *at != rule;)
		at = &(*at)->next;
	*at = rule->next;
	group->dirty_n -= rule->dirty;
	bytes_free(&rule->config);
	free(rule);
}

/* A rule's record is to be written. */
void group_mark_rule(struct group *group, struct rule *rule)
{
	group->dirty_n += !rule->dirty;
	rule->dirty = true;
}

/* How many rules have records. */
struct tally group_tally_rules(const struct group *group)
{
	const struct rule *rule;
	struct tally tally = { 0 };

	for (rule = group->rules; rule; rule = rule->next) {
		tally.n++;
		tally.sum += rule->uid;
	}
	return tally;
}
