// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "args.h"
#include "attrs_json.h"
#include "fail.h"
#include "ports.h"
#include "suites.h"
#include "lib/hex.h"

/* The largest attribute is the bitmap of a replay window. */
#define VALUE_MAX (KSRTP_REPLAY_WINDOW_MAX / 8)

static json_t *hex_json(const unsigned char *data, unsigned int len)
{
	char *hex = malloc(2 * len + 1);
	json_t *json;

	if (!hex)
		return NULL;
	hex_encode(data, len, hex);
	json = json_string(hex);
	free(hex);
	return json;
}

static json_t *list_json(const unsigned char *data, unsigned int len)
{
	json_t *json = json_array();
	unsigned int i;

	for (i = 0; i < len; i++)
		json_array_append_new(json, json_integer(data[i]));
	return json;
}

static json_t *address_json(const struct nlattr *nla)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(mnl_attr_get_payload_len(nla) == 4 ? AF_INET : AF_INET6,
		  mnl_attr_get_payload(nla), text, sizeof(text));
	return json_string(text);
}

static json_t *ports_json(const struct nlattr *nla)
{
	struct port_range ranges[KSRTP_EXCEPTS_MAX];
	const uint16_t *port = mnl_attr_get_payload(nla);
	size_t i, n = mnl_attr_get_payload_len(nla) / 4;
	char text[PORTS_TEXT(KSRTP_EXCEPTS_MAX)];

	if (n > KSRTP_EXCEPTS_MAX)
		n = KSRTP_EXCEPTS_MAX;
	for (i = 0; i < n; i++) {
		ranges[i].first = ntohs(port[2 * i]);
		ranges[i].last = ntohs(port[2 * i + 1]);
	}
	ports_list_print(ranges, n, text);
	return json_string(text);
}

static json_t *ssrc_json(uint32_t ssrc)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%08x", ssrc);
	return json_string(text);
}

static json_t *ssrcs_json(const struct nlattr *nla)
{
	const uint32_t *ssrc = mnl_attr_get_payload(nla);
	size_t i, n = mnl_attr_get_payload_len(nla) / sizeof(*ssrc);
	json_t *json = json_array();

	for (i = 0; i < n; i++)
		json_array_append_new(json, ssrc_json(ssrc[i]));
	return json;
}

/* Nests of one kind, as an array. */
static json_t *nests_json(const struct attr_set *set, const struct nlattr *nests)
{
	json_t *json = json_array();
	const struct nlattr *nest;

	mnl_attr_for_each_nested(nest, nests)
		json_array_append_new(json,
				      attrs_json(set, mnl_attr_get_payload(nest),
						 mnl_attr_get_payload_len(nest)));
	return json;
}

static json_t *attr_json(const struct attr *attr, const struct nlattr *nla)
{
	const char *word;

	switch (attr->type) {
	case ATTR_BOOL:
		return json_boolean(mnl_attr_get_u8(nla));
	case ATTR_U16:
		return json_integer(mnl_attr_get_u16(nla));
	case ATTR_U32:
		return json_integer(mnl_attr_get_u32(nla));
	case ATTR_U64:
		return json_integer(mnl_attr_get_u64(nla));
	case ATTR_PORT:
		return json_integer(ntohs(mnl_attr_get_u16(nla)));
	case ATTR_FLAG:
		return json_true();
	case ATTR_STRING:
		return json_string(mnl_attr_get_str(nla));
	case ATTR_BINARY:
		return hex_json(mnl_attr_get_payload(nla),
				mnl_attr_get_payload_len(nla));
	case ATTR_LIST:
		return list_json(mnl_attr_get_payload(nla),
				 mnl_attr_get_payload_len(nla));
	case ATTR_ADDRESS:
		return address_json(nla);
	case ATTR_SSRC:
		return ssrc_json(mnl_attr_get_u32(nla));
	case ATTR_SSRCS:
		return ssrcs_json(nla);
	case ATTR_NESTS:
		return nests_json(attr->nested, nla);
	case ATTR_FAMILY:
		return json_string(mnl_attr_get_u16(nla) == AF_INET ? "inet" :
								      "inet6");
	case ATTR_SUITE:
		return json_string(suite_name(mnl_attr_get_u32(nla)));
	case ATTR_WORD:
		word = words_get(attr->words, mnl_attr_get_u32(nla));
		return json_string(word ? word : "unknown");
	case ATTR_PORTS:
		return ports_json(nla);
	case ATTR_NEST:
		return attrs_json(attr->nested, mnl_attr_get_payload(nla),
				  mnl_attr_get_payload_len(nla));
	case ATTR_NONE:
		break;
	}
	return NULL;
}

/* Convert the attributes of a message to an object. */
json_t *attrs_json(const struct attr_set *set, const struct nlattr *first,
		   unsigned int len)
{
	json_t *object = json_object();
	const struct nlattr *attr;
	const struct attr *known;

	mnl_attr_for_each_payload(first, len) {
		known = attrs_get(set, mnl_attr_get_type(attr));
		if (known)
			json_object_set_new(object, known->name,
					    attr_json(known, attr));
	}
	return object;
}

/* The type of the attribute with a name, or 0. */
static unsigned int attr_type(const struct attr_set *set, const char *name)
{
	unsigned int type;

	for (type = 1; type <= set->max; type++)
		if (set->attrs[type].name &&
		    !strcmp(name, set->attrs[type].name))
			return type;
	return 0;
}

static uint64_t integer(json_t *json, uint64_t min, uint64_t max)
{
	json_int_t value = json_integer_value(json);

	if (!json_is_integer(json))
		usage("not a whole number");
	if (value < 0 || (uint64_t)value < min || (uint64_t)value > max)
		usage("not within %llu..%llu", (unsigned long long)min,
		      (unsigned long long)max);
	return value;
}

static bool boolean(json_t *json)
{
	if (!json_is_boolean(json))
		usage("neither true nor false");
	return json_is_true(json);
}

static const char *string(json_t *json)
{
	if (!json_is_string(json))
		usage("not a string");
	return json_string_value(json);
}

/* These may be keys, so errors must not show them. */
static size_t bytes(json_t *json, unsigned char *value)
{
	int len = hex_decode(string(json), value, VALUE_MAX);

	if (len <= 0)
		usage("not bytes in hex");
	if (len > VALUE_MAX)
		usage("too long");
	return len;
}

static size_t list(json_t *json, unsigned char *value)
{
	json_t *number;
	size_t i;

	if (!json_is_array(json))
		usage("not an array");
	if (json_array_size(json) > 256)
		usage("too long");
	json_array_foreach(json, i, number) {
		size_t outside = place_enter("[%zu]", i);

		value[i] = integer(number, 0, 255);
		place_leave(outside);
	}
	return json_array_size(json);
}

static size_t address(json_t *json, unsigned char *value)
{
	if (inet_pton(AF_INET, string(json), value) == 1)
		return 4;
	if (inet_pton(AF_INET6, string(json), value) == 1)
		return 16;
	usage("not an address");
}

static size_t ports(json_t *json, unsigned char *value)
{
	struct port_range ranges[KSRTP_EXCEPTS_MAX];
	size_t i, n = ports_list_parse(string(json), "port", ranges,
				       KSRTP_EXCEPTS_MAX);

	for (i = 0; i < n; i++) {
		uint16_t pair[2] = { htons(ranges[i].first),
				     htons(ranges[i].last) };

		memcpy(value + sizeof(pair) * i, pair, sizeof(pair));
	}
	return 4 * n;
}

static uint32_t ssrc(json_t *json)
{
	uint64_t value;

	if (!number_read(string(json), &value) || value > UINT32_MAX)
		usage("'%s' is no SSRC", string(json));
	return value;
}

static size_t ssrcs(json_t *json, unsigned char *value)
{
	json_t *one;
	size_t i;

	if (!json_is_array(json))
		usage("not an array");
	if (json_array_size(json) > KSRTP_RELAY_SSRCS_MAX)
		usage("too long");
	json_array_foreach(json, i, one) {
		size_t outside = place_enter("[%zu]", i);
		uint32_t number = ssrc(one);

		memcpy(value + i * sizeof(number), &number, sizeof(number));
		place_leave(outside);
	}
	return i * sizeof(uint32_t);
}

static uint16_t family(json_t *json)
{
	if (!strcmp(string(json), "inet"))
		return AF_INET;
	if (!strcmp(string(json), "inet6"))
		return AF_INET6;
	usage("neither inet nor inet6");
}

static uint32_t word(json_t *json, const struct words *words)
{
	uint32_t value = words_find(words, string(json));

	if (!value)
		usage("'%s' is not known here", string(json));
	return value;
}

static size_t copy(unsigned char *value, const void *from, size_t len)
{
	memcpy(value, from, len);
	return len;
}

/*
 * Convert a member of an object to an attribute's value; returns its length.
 * Numbers of suites come from the kernel, so in a mere check they are 0.
 */
static size_t attr_value(const struct attr *attr, json_t *json,
			 unsigned char *value, bool check)
{
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	switch (attr->type) {
	case ATTR_BOOL:
		*value = boolean(json);
		return 1;
	case ATTR_U16:
		u16 = integer(json, 0, UINT16_MAX);
		return copy(value, &u16, sizeof(u16));
	case ATTR_U32:
		u32 = integer(json, 0, UINT32_MAX);
		return copy(value, &u32, sizeof(u32));
	case ATTR_U64:
		u64 = integer(json, 0, INT64_MAX);
		return copy(value, &u64, sizeof(u64));
	case ATTR_PORT:
		u16 = htons(integer(json, 1, UINT16_MAX));
		return copy(value, &u16, sizeof(u16));
	case ATTR_BINARY:
		return bytes(json, value);
	case ATTR_LIST:
		return list(json, value);
	case ATTR_ADDRESS:
		return address(json, value);
	case ATTR_SSRC:
		u32 = ssrc(json);
		return copy(value, &u32, sizeof(u32));
	case ATTR_FAMILY:
		u16 = family(json);
		return copy(value, &u16, sizeof(u16));
	case ATTR_SUITE:
		string(json);
		u32 = check ? 0 : suite_by_name(string(json)).id;
		return copy(value, &u32, sizeof(u32));
	case ATTR_WORD:
		u32 = word(json, attr->words);
		return copy(value, &u32, sizeof(u32));
	case ATTR_PORTS:
		return ports(json, value);
	case ATTR_SSRCS:
		return ssrcs(json, value);
	case ATTR_STRING:
	case ATTR_FLAG:
	case ATTR_NEST:
	case ATTR_NESTS:
	case ATTR_NONE:
		break;
	}
	return 0;
}

static bool among(const char *const *names, const char *name)
{
	for (; names && *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

static void members(const struct attr_set *set, json_t *object,
		    const char *const *others, struct nlmsghdr *nlh);

/* Each object of an array is a nest, of the only type that such a nest may have. */
static void nests(const struct attr_set *set, json_t *json,
		  struct nlmsghdr *nlh)
{
	struct nlattr *nest = NULL;
	json_t *object;
	size_t i;

	if (!json_is_array(json))
		usage("not an array");
	if (json_array_size(json) > KSRTP_RELAYS_MAX)
		usage("too long");
	json_array_foreach(json, i, object) {
		size_t outside = place_enter("[%zu]", i);

		if (nlh)
			nest = mnl_attr_nest_start(nlh, KSRTP_A_RELAYS_RELAY);
		members(set, object, NULL, nlh);
		if (nlh)
			mnl_attr_nest_end(nlh, nest);
		place_leave(outside);
	}
}

static void member(unsigned int type, const struct attr *attr, json_t *json,
		   struct nlmsghdr *nlh)
{
	unsigned char value[VALUE_MAX];
	struct nlattr *nest = NULL;
	size_t len;

	if (attr->type == ATTR_NEST) {
		if (nlh)
			nest = mnl_attr_nest_start(nlh, type);
		members(attr->nested, json, NULL, nlh);
		if (nlh)
			mnl_attr_nest_end(nlh, nest);
	} else if (attr->type == ATTR_NESTS) {
		if (nlh)
			nest = mnl_attr_nest_start(nlh, type);
		nests(attr->nested, json, nlh);
		if (nlh)
			mnl_attr_nest_end(nlh, nest);
	} else if (attr->type == ATTR_FLAG) {
		if (boolean(json) && nlh)
			mnl_attr_put(nlh, type, 0, NULL);
	} else {
		len = attr_value(attr, json, value, !nlh);
		if (nlh)
			mnl_attr_put(nlh, type, len, value);
		explicit_bzero(value, len);
	}
}

/* Add all members that the kernel accepts; without a message, only check them. */
static void members(const struct attr_set *set, json_t *object,
		    const char *const *others, struct nlmsghdr *nlh)
{
	unsigned int type;
	const char *name;
	size_t outside;
	json_t *json;

	if (!json_is_object(object))
		usage("not an object");
	json_object_foreach(object, name, json) {
		outside = place_enter(".%s", name);
		type = attr_type(set, name);
		if (!type && !nlh && !among(others, name))
			usage("unknown member");
		if (type && !set->attrs[type].reported)
			member(type, &set->attrs[type], json, nlh);
		place_leave(outside);
	}
}

/* Refuse an object with members other than these attributes and @others. */
void attrs_check(const struct attr_set *set, json_t *object,
		 const char *const *others)
{
	members(set, object, others, NULL);
}

/* Add an object that was checked to a message. */
void attrs_put(const struct attr_set *set, json_t *object,
	       struct nlmsghdr *nlh)
{
	members(set, object, NULL, nlh);
}
