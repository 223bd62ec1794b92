// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "value.h"

void value_number(struct value *value, uint64_t number)
{
	value->given = true;
	value->number = number;
}

void value_bytes(struct value *value, const void *bytes, size_t len)
{
	explicit_bzero(value->bytes, sizeof(value->bytes));
	value->given = true;
	value->len = len;
	if (len)
		memcpy(value->bytes, bytes, len);
}

/* Largest number that an attribute accepts; 0: none. */
static uint64_t largest(const struct attr *attr)
{
	if (!attr || attr->reported)
		return 0;
	switch (attr->type) {
	case ATTR_BOOL:
	case ATTR_FLAG:
		return 1;
	case ATTR_U16:
	case ATTR_PORT:
	case ATTR_FAMILY:
		return UINT16_MAX;
	case ATTR_U32:
	case ATTR_SSRC:
	case ATTR_SUITE:
	case ATTR_WORD:
		return UINT32_MAX;
	case ATTR_U64:
		return UINT64_MAX;
	default:
		return 0;
	}
}

int value_check(const struct attr_set *set, unsigned int attr, uint64_t number)
{
	uint64_t most = largest(attrs_get(set, attr));

	if (!most)
		return -EINVAL;
	return number > most ? -ERANGE : 0;
}

int value_check_bytes(const struct attr_set *set, unsigned int attr)
{
	const struct attr *known = attrs_get(set, attr);

	if (!known || known->reported ||
	    (known->type != ATTR_BINARY && known->type != ATTR_LIST &&
	     known->type != ATTR_ADDRESS && known->type != ATTR_PORTS))
		return -EINVAL;
	return 0;
}

int values_number(struct value *values, const struct attr_set *set,
		  unsigned int attr, uint64_t number)
{
	int ret = value_check(set, attr, number);

	if (!ret)
		value_number(&values[attr], number);
	return ret;
}

int values_bytes(struct value *values, const struct attr_set *set,
		 unsigned int attr, const void *bytes, size_t len)
{
	int ret = value_check_bytes(set, attr);

	if (ret)
		return ret;
	if (len > VALUE_BYTES_MAX)
		return -ERANGE;
	value_bytes(&values[attr], bytes, len);
	return 0;
}

/* Add a value of this type to a message. */
void value_put(const struct value *value, uint16_t attr, enum attr_type type,
	       struct nlmsghdr *nlh)
{
	switch (type) {
	case ATTR_FLAG:
		if (value->number)
			mnl_attr_put(nlh, attr, 0, NULL);
		break;
	case ATTR_BOOL:
		mnl_attr_put_u8(nlh, attr, value->number);
		break;
	case ATTR_U16:
	case ATTR_FAMILY:
		mnl_attr_put_u16(nlh, attr, value->number);
		break;
	case ATTR_PORT:
		mnl_attr_put_u16(nlh, attr, htons(value->number));
		break;
	case ATTR_U64:
		mnl_attr_put_u64(nlh, attr, value->number);
		break;
	case ATTR_ADDRESS:
	case ATTR_BINARY:
	case ATTR_LIST:
	case ATTR_PORTS:
		mnl_attr_put(nlh, attr, value->len, value->bytes);
		break;
	default:
		mnl_attr_put_u32(nlh, attr, value->number);
	}
}

/* Add all values that are given to a message. */
void values_put(const struct value *values, const struct attr_set *set,
		struct nlmsghdr *nlh)
{
	unsigned int i;

	for (i = 1; i <= set->max; i++)
		if (values[i].given)
			value_put(&values[i], i, set->attrs[i].type, nlh);
}
