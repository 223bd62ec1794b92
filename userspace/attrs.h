/* SPDX-License-Identifier: GPL-2.0 */
/* Attributes by name and type, as Documentation/netlink/specs/ksrtp.yaml. */
#ifndef KSRTP_ATTRS_H
#define KSRTP_ATTRS_H

#include <jansson.h>
#include <libmnl/libmnl.h>

enum attr_type {
	ATTR_NONE, ATTR_U16, ATTR_U32, ATTR_U64, ATTR_PORT, ATTR_FLAG,
	ATTR_STRING, ATTR_BINARY, ATTR_ADDRESS, ATTR_SSRC, ATTR_FAMILY,
	ATTR_SUITE, ATTR_DIRECTION, ATTR_STATE, ATTR_NEST,
};

struct attr {
	const char *name;
	enum attr_type type;
	const struct attr_set *nested;
};

struct attr_set {
	const struct attr *attrs;
	unsigned int max;
};

extern const struct attr_set session_set;
extern const struct attr_set stream_set;
extern const struct attr_set suite_set;

json_t *attrs_json(const struct attr_set *set, const struct nlattr *first,
		   unsigned int len);
int attrs_path(const struct attr_set *set, const struct nlattr *first,
	       unsigned int len, const void *wanted, char *path, size_t size);
const struct attr *attrs_get(const struct attr_set *set, unsigned int type);

#endif
