// SPDX-License-Identifier: GPL-2.0
#include <net/if.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "digest.h"
#include "kernel.h"
#include "rules.h"

/* What a rule says, without what is of this host alone. */
static void add(const struct attr_set *set, const struct nlattr *attrs,
		unsigned int len, void *data)
{
	struct rules *rules = data;
	uint64_t value = DIGEST_BEGIN;
	char dev[IF_NAMESIZE];
	const struct nlattr *attr;
	const struct attr *known;
	unsigned int type;

	mnl_attr_for_each_payload(attrs, len) {
		type = mnl_attr_get_type(attr);
		known = attrs_get(set, type);
		if (!known || known->reported || type == KSRTP_A_REQUIRE_ID)
			continue;
		if (type != KSRTP_A_REQUIRE_IFINDEX) {
			value = digest_add(value, attr, attr->nla_len);
			continue;
		}
		memset(dev, 0, sizeof(dev));
		if_indextoname(mnl_attr_get_u32(attr), dev);
		value = digest_add(value, dev, sizeof(dev));
	}
	rules->n++;
	/* in any order */
	rules->sum += value;
}

/* Read the rules; false if they are not known. */
bool rules_read(struct rules *rules)
{
	*rules = (struct rules){ 0 };
	kernel_request(KSRTP_CMD_REQUIRE_GET, &require_set);
	return !kernel_dump(add, rules);
}
