/* SPDX-License-Identifier: GPL-2.0 */
/* Conversion between attributes of a message and JSON objects. */
#ifndef KSRTP_ATTRS_JSON_H
#define KSRTP_ATTRS_JSON_H

#include <jansson.h>

#include "lib/attrs.h"

struct nlmsghdr;

json_t *attrs_json(const struct attr_set *set, const struct nlattr *first,
		   unsigned int len);
void attrs_check(const struct attr_set *set, json_t *object,
		 const char *const *others);
void attrs_put(const struct attr_set *set, json_t *object,
	       struct nlmsghdr *nlh);

#endif
