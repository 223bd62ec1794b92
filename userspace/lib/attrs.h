/* SPDX-License-Identifier: GPL-2.0 */
/* Attributes by name and type, as in Documentation/netlink/specs/ksrtp.yaml. */
#ifndef KSRTP_ATTRS_H
#define KSRTP_ATTRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nlattr;

enum attr_type {
	ATTR_NONE, ATTR_BOOL, ATTR_U16, ATTR_U32, ATTR_U64, ATTR_PORT,
	ATTR_FLAG, ATTR_STRING, ATTR_BINARY, ATTR_LIST, ATTR_ADDRESS, ATTR_SSRC,
	ATTR_FAMILY, ATTR_SUITE, ATTR_WORD, ATTR_NEST, ATTR_PORTS, ATTR_NESTS,
	ATTR_SSRCS,
};

/* Names of the values of an enumeration, which starts at 1. */
struct words {
	const char *const *word;
	unsigned int max;
};

struct attr {
	const char *name;
	enum attr_type type;
	bool reported;			/* by the kernel, not accepted in requests */
	const struct attr_set *nested;	/* of a nest, or each of several */
	const struct words *words;	/* of a word */
};

struct attr_set {
	const struct attr *attrs;
	unsigned int max;
};

extern const struct attr_set session_set;
extern const struct attr_set flow_set;
extern const struct attr_set relay_set;
extern const struct attr_set direction_set;
extern const struct attr_set stream_set;
extern const struct attr_set suite_set;
extern const struct attr_set key_set;
extern const struct attr_set require_set;
extern const struct attr_set stat_set;
extern const struct attr_set alert_set;
extern const struct attr_set attach_set;
extern const struct attr_set lease_set;
extern const struct attr_set seal_set;
extern const struct words judge_words;

const struct attr *attrs_get(const struct attr_set *set, unsigned int type);
int attrs_path(const struct attr_set *set, const struct nlattr *first,
	       unsigned int len, const void *wanted, char *path, size_t size);
const char *words_get(const struct words *words, uint32_t value);
uint32_t words_find(const struct words *words, const char *word);

#endif
