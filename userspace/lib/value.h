/* SPDX-License-Identifier: GPL-2.0 */
/* Values of the attributes of a request. */
#ifndef LIBKSRTP_VALUE_H
#define LIBKSRTP_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attrs.h"

#define VALUE_BYTES_MAX 255

struct value {
	bool given;
	uint64_t number;
	size_t len;
	uint8_t bytes[VALUE_BYTES_MAX];
};

struct nlmsghdr;

void value_number(struct value *value, uint64_t number);
void value_bytes(struct value *value, const void *bytes, size_t len);
int value_check(const struct attr_set *set, unsigned int attr, uint64_t number);
int value_check_bytes(const struct attr_set *set, unsigned int attr);
void value_put(const struct value *value, uint16_t attr, enum attr_type type,
	       struct nlmsghdr *nlh);
int values_number(struct value *values, const struct attr_set *set,
		  unsigned int attr, uint64_t number);
int values_bytes(struct value *values, const struct attr_set *set,
		 unsigned int attr, const void *bytes, size_t len);
void values_put(const struct value *values, const struct attr_set *set,
		struct nlmsghdr *nlh);

#endif
