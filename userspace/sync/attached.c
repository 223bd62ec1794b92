// SPDX-License-Identifier: GPL-2.0
#include <net/if.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "attached.h"
#include "attributes.h"
#include "digest.h"
#include "kernel.h"

static void add(const struct attr_set *set, const struct nlattr *attrs,
		unsigned int len, void *data)
{
	struct tally *tally = data;
	char dev[IF_NAMESIZE] = "";

	(void)set;
	if_indextoname(attributes_number(attrs, len, KSRTP_A_ATTACH_IFINDEX, 0),
		       dev);
	tally->n++;
	/* in any order */
	tally->sum += digest_add(DIGEST_BEGIN, dev, sizeof(dev));
}

/* Read their names; false if they are not known. */
bool attached_read(struct tally *tally)
{
	*tally = (struct tally){ 0 };
	kernel_request(KSRTP_CMD_ATTACH_GET, &attach_set);
	return !kernel_dump(add, tally);
}
