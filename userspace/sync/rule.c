// SPDX-License-Identifier: GPL-2.0
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
 *
 * Return: how many bytes, or 0 if there are more, or none
 */
size_t rule_config(const struct nlattr *attrs, unsigned int len,
		   unsigned char *config)
{
	const struct nlattr *attr;
	const struct attr *known;
	unsigned int type;
	size_t n = 0;

	mnl_attr_for_each_payload(attrs, len) {
		type = mnl_attr_get_type(attr);
		known = attrs_get(&require_set, type);
		if (!known || known->reported || type == KSRTP_A_REQUIRE_ID ||
		    type == KSRTP_A_REQUIRE_IFINDEX)
			continue;
		if (n + MNL_ALIGN(attr->nla_len) > RULE_MAX)
			return 0;
		memset(config + n, 0, MNL_ALIGN(attr->nla_len));
		memcpy(config + n, attr, attr->nla_len);
		n += MNL_ALIGN(attr->nla_len);
	}
	return n;
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
