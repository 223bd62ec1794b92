// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "attrs.h"
#include "description.h"
#include "libksrtp.h"

struct ksrtp_session *ksrtp_session_new(void)
{
	return calloc(1, sizeof(struct ksrtp_session));
}

void ksrtp_session_free(struct ksrtp_session *session)
{
	if (session)
		explicit_bzero(session, sizeof(*session));
	free(session);
}

/* How large a number an attribute takes; 0: it takes none. */
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

static int number_set(struct value *values, const struct attr_set *set,
		      unsigned int attr, uint64_t number)
{
	uint64_t most = largest(attrs_get(set, attr));

	if (!most)
		return -EINVAL;
	if (number > most)
		return -ERANGE;
	values[attr].given = true;
	values[attr].number = number;
	return 0;
}

static void bytes_set(struct value *value, const void *bytes, size_t len)
{
	explicit_bzero(value->bytes, sizeof(value->bytes));
	value->given = true;
	value->len = len;
	if (len)
		memcpy(value->bytes, bytes, len);
}

int ksrtp_session_set(struct ksrtp_session *session,
		      enum ksrtp_session_attr attr, uint32_t value)
{
	return number_set(session->values, &session_set, attr, value);
}

static int address_set(struct ksrtp_session *session, unsigned int address_attr,
		       unsigned int port_attr, const struct sockaddr *address,
		       socklen_t len)
{
	struct value *family = &session->values[KSRTP_A_SESSION_FAMILY];
	struct value *value = &session->values[address_attr];
	struct sockaddr_in6 in6;
	struct sockaddr_in in;
	uint16_t port;

	if (len < sizeof(address->sa_family))
		return -EINVAL;
	if ((address->sa_family == AF_INET && len < sizeof(in)) ||
	    (address->sa_family == AF_INET6 && len < sizeof(in6)))
		return -EINVAL;
	/* both ends, and what was said of the family, are of one */
	if (family->given && family->number != address->sa_family)
		return -EINVAL;
	if (address->sa_family == AF_INET) {
		memcpy(&in, address, sizeof(in));
		bytes_set(value, &in.sin_addr, sizeof(in.sin_addr));
		value->given = in.sin_addr.s_addr != htonl(INADDR_ANY);
		port = in.sin_port;
	} else if (address->sa_family == AF_INET6) {
		memcpy(&in6, address, sizeof(in6));
		bytes_set(value, &in6.sin6_addr, sizeof(in6.sin6_addr));
		value->given = !IN6_IS_ADDR_UNSPECIFIED(&in6.sin6_addr);
		port = in6.sin6_port;
	} else {
		return -EAFNOSUPPORT;
	}
	family->given = true;
	family->number = address->sa_family;
	session->values[port_attr].given = port;
	session->values[port_attr].number = ntohs(port);
	return 0;
}

int ksrtp_session_set_local(struct ksrtp_session *session,
			    const struct sockaddr *address, socklen_t len)
{
	return address_set(session, KSRTP_A_SESSION_LOCAL_ADDRESS,
			   KSRTP_A_SESSION_LOCAL_PORT, address, len);
}

int ksrtp_session_set_remote(struct ksrtp_session *session,
			     const struct sockaddr *address, socklen_t len)
{
	return address_set(session, KSRTP_A_SESSION_REMOTE_ADDRESS,
			   KSRTP_A_SESSION_REMOTE_PORT, address, len);
}

static bool direction_known(unsigned int direction)
{
	return direction && direction <= KSRTP_DIRECTION_MAX;
}

int ksrtp_direction_set(struct ksrtp_session *session,
			enum ksrtp_direction_id direction,
			enum ksrtp_direction_attr attr, uint64_t value)
{
	if (!direction_known(direction))
		return -EINVAL;
	return number_set(session->directions[direction], &direction_set, attr,
			  value);
}

int ksrtp_direction_set_bytes(struct ksrtp_session *session,
			      enum ksrtp_direction_id direction,
			      enum ksrtp_direction_attr attr,
			      const void *bytes, size_t len)
{
	const struct attr *known = attrs_get(&direction_set, attr);

	if (!direction_known(direction) || !known ||
	    (known->type != ATTR_BINARY && known->type != ATTR_LIST))
		return -EINVAL;
	if (len > DESCRIPTION_BYTES_MAX)
		return -ERANGE;
	bytes_set(&session->directions[direction][attr], bytes, len);
	return 0;
}

static void values_put(const struct value *values, const struct attr_set *set,
		       struct nlmsghdr *nlh)
{
	const struct value *value;
	unsigned int i;

	for (i = 1; i <= set->max; i++) {
		value = &values[i];
		if (!value->given)
			continue;
		switch (set->attrs[i].type) {
		case ATTR_FLAG:
			if (value->number)
				mnl_attr_put(nlh, i, 0, NULL);
			break;
		case ATTR_BOOL:
			mnl_attr_put_u8(nlh, i, value->number);
			break;
		case ATTR_U16:
		case ATTR_FAMILY:
			mnl_attr_put_u16(nlh, i, value->number);
			break;
		case ATTR_PORT:
			mnl_attr_put_u16(nlh, i, htons(value->number));
			break;
		case ATTR_U64:
			mnl_attr_put_u64(nlh, i, value->number);
			break;
		case ATTR_ADDRESS:
		case ATTR_BINARY:
		case ATTR_LIST:
			mnl_attr_put(nlh, i, value->len, value->bytes);
			break;
		default:
			mnl_attr_put_u32(nlh, i, value->number);
		}
	}
}

static void values_nest(const struct value *values, struct nlmsghdr *nlh,
			  uint16_t attr)
{
	struct nlattr *nest;
	unsigned int i;

	for (i = 1; i <= direction_set.max && !values[i].given; i++)
		;
	if (i > direction_set.max)
		return;
	nest = mnl_attr_nest_start(nlh, attr);
	values_put(values, &direction_set, nlh);
	mnl_attr_nest_end(nlh, nest);
}

void description_put(const struct ksrtp_session *session,
		     struct nlmsghdr *nlh)
{
	values_put(session->values, &session_set, nlh);
	values_nest(session->directions[KSRTP_DIRECTION_SEND], nlh,
		      KSRTP_A_SESSION_SEND);
	values_nest(session->directions[KSRTP_DIRECTION_RECV], nlh,
		      KSRTP_A_SESSION_RECV);
}
