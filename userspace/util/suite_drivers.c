// SPDX-License-Identifier: GPL-2.0
/* Crypto drivers of suites. */
#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "genl.h"
#include "genl_json.h"
#include "suites.h"

/* List suites with their drivers, for which each suite has to be tried. */
json_t *suite_drivers(void)
{
	json_t *list = json_array();
	struct nlmsghdr *nlh;
	struct suite suite;
	size_t at = 0;

	while (suites_next(&at, &suite)) {
		nlh = genl_request(KSRTP_CMD_SUITE_GET, &suite_set);
		mnl_attr_put_u32(nlh, KSRTP_A_SUITE_ID, suite.id);
		json_array_append_new(list, genl_json_do(nlh));
	}
	return list;
}
