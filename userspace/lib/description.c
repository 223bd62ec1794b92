// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "attrs.h"
#include "description.h"
#include "keyring.h"
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

const char *ksrtp_session_error(const struct ksrtp_session *session)
{
	return session ? session->error : strerror(ENOMEM);
}

/*
 * Record an error, if there is one. The first error stays: a program that
 * ignores it must not create a session without the setting.
 */
int description_end(struct ksrtp_session *session, int error,
		    const struct complaint *complaint)
{
	if (!error || !session || session->broken)
		return error;
	session->broken = error;
	complaint_tell(complaint, session->error, sizeof(session->error));
	return error;
}

/* Is the description of a new session complete, as far as we know? */
int description_check(const struct ksrtp_session *session, struct complaint *c)
{
	if (session->wants_mux &&
	    !session->values[KSRTP_A_SESSION_RTCP_MUX].number)
		return wrong(c, "dtls: needs rtcp-mux; RTCP on ports of its own has a handshake, and takes a session, of its own");
	return 0;
}

/* Are there a description and a direction with this number? */
int description_direction(const struct ksrtp_session *session,
			  unsigned int direction, struct complaint *c)
{
	if (!session)
		return -ENOMEM;
	if (direction && direction <= KSRTP_DIRECTION_MAX)
		return 0;
	return wrong(c, "direction: neither send nor recv");
}

/* Refuse a value of an attribute. */
static int refuse(const struct attr_set *set, unsigned int attr, int error,
		  struct complaint *c)
{
	const struct attr *known = attrs_get(set, attr);

	if (!error)
		return 0;
	if (!known || known->reported)
		return complain(c, -error, "no attribute %u that can be set",
				attr);
	return complain(c, -error, "attribute %s: %s", known->name,
			error == -ERANGE ? "too large" :
					   "another kind of value");
}

int ksrtp_session_set(struct ksrtp_session *session,
		      enum ksrtp_session_attr attr, uint32_t value)
{
	struct complaint complaint = { 0 };
	int ret;

	if (!session)
		return -ENOMEM;
	ret = refuse(&session_set, attr,
		     values_number(session->values, &session_set, attr, value),
		     &complaint);
	return description_end(session, ret, &complaint);
}

int ksrtp_session_move(struct ksrtp_session *session, enum ksrtp_flow_attr attr,
		       uint32_t value)
{
	struct complaint complaint = { .place = "move" };
	int ret;

	if (!session)
		return -ENOMEM;
	ret = refuse(&flow_set, attr,
		     values_number(session->move, &flow_set, attr, value),
		     &complaint);
	return description_end(session, ret, &complaint);
}

/* Values of one end of a flow. */
struct end_values {
	struct value *family, *address, *port;
};

static int address_set(const struct end_values *end,
		       const struct sockaddr *address, socklen_t len,
		       struct complaint *c)
{
	struct value *family = end->family, *value = end->address;
	struct sockaddr_in6 in6;
	struct sockaddr_in in;
	uint16_t port;

	if (len < sizeof(address->sa_family) ||
	    (address->sa_family == AF_INET && len < sizeof(in)) ||
	    (address->sa_family == AF_INET6 && len < sizeof(in6)))
		return wrong(c, "address: too short");
	/* both ends, and an explicit family, must agree */
	if (family->given && family->number != address->sa_family)
		return wrong(c, "address: of another family");
	if (address->sa_family == AF_INET) {
		memcpy(&in, address, sizeof(in));
		value_bytes(value, &in.sin_addr, sizeof(in.sin_addr));
		value->given = in.sin_addr.s_addr != htonl(INADDR_ANY);
		port = in.sin_port;
	} else if (address->sa_family == AF_INET6) {
		memcpy(&in6, address, sizeof(in6));
		value_bytes(value, &in6.sin6_addr, sizeof(in6.sin6_addr));
		value->given = !IN6_IS_ADDR_UNSPECIFIED(&in6.sin6_addr);
		port = in6.sin6_port;
	} else {
		return complain(c, EAFNOSUPPORT,
				"address: neither IPv4 nor IPv6");
	}
	value_number(family, address->sa_family);
	end->port->given = port;
	end->port->number = ntohs(port);
	return 0;
}

static int session_end(struct ksrtp_session *session, unsigned int address_attr,
		       unsigned int port_attr, const struct sockaddr *address,
		       socklen_t len, struct complaint *c)
{
	struct value *values = session ? session->values : NULL;

	if (!session)
		return -ENOMEM;
	return address_set(&(struct end_values) {
				   &values[KSRTP_A_SESSION_FAMILY],
				   &values[address_attr], &values[port_attr],
			   }, address, len, c);
}

static int move_end(struct ksrtp_session *session, unsigned int address_attr,
		    unsigned int port_attr, const struct sockaddr *address,
		    socklen_t len, struct complaint *c)
{
	struct value *values = session ? session->move : NULL;

	if (!session)
		return -ENOMEM;
	return address_set(&(struct end_values) {
				   &values[KSRTP_A_FLOW_FAMILY],
				   &values[address_attr], &values[port_attr],
			   }, address, len, c);
}

int ksrtp_session_set_local(struct ksrtp_session *session,
			    const struct sockaddr *address, socklen_t len)
{
	struct complaint complaint = { .place = "local" };

	return description_end(session,
			       session_end(session,
					   KSRTP_A_SESSION_LOCAL_ADDRESS,
					   KSRTP_A_SESSION_LOCAL_PORT, address,
					   len, &complaint), &complaint);
}

int ksrtp_session_set_remote(struct ksrtp_session *session,
			     const struct sockaddr *address, socklen_t len)
{
	struct complaint complaint = { .place = "remote" };

	return description_end(session,
			       session_end(session,
					   KSRTP_A_SESSION_REMOTE_ADDRESS,
					   KSRTP_A_SESSION_REMOTE_PORT, address,
					   len, &complaint), &complaint);
}

int ksrtp_session_move_local(struct ksrtp_session *session,
			     const struct sockaddr *address, socklen_t len)
{
	struct complaint complaint = { .place = "move local" };

	return description_end(session,
			       move_end(session, KSRTP_A_FLOW_LOCAL_ADDRESS,
					KSRTP_A_FLOW_LOCAL_PORT, address, len,
					&complaint), &complaint);
}

int ksrtp_session_move_remote(struct ksrtp_session *session,
			      const struct sockaddr *address, socklen_t len)
{
	struct complaint complaint = { .place = "move remote" };

	return description_end(session,
			       move_end(session, KSRTP_A_FLOW_REMOTE_ADDRESS,
					KSRTP_A_FLOW_REMOTE_PORT, address, len,
					&complaint), &complaint);
}

int ksrtp_direction_set(struct ksrtp_session *session,
			enum ksrtp_direction_id direction,
			enum ksrtp_direction_attr attr, uint64_t value)
{
	struct complaint complaint = { 0 };
	int ret;

	ret = description_direction(session, direction, &complaint);
	if (!ret)
		ret = refuse(&direction_set, attr,
			     values_number(session->directions[direction],
					   &direction_set, attr, value),
			     &complaint);
	return description_end(session, ret, &complaint);
}

int ksrtp_direction_set_bytes(struct ksrtp_session *session,
			      enum ksrtp_direction_id direction,
			      enum ksrtp_direction_attr attr,
			      const void *bytes, size_t len)
{
	struct complaint complaint = { 0 };
	int ret;

	ret = description_direction(session, direction, &complaint);
	if (!ret)
		ret = refuse(&direction_set, attr,
			     values_bytes(session->directions[direction],
					  &direction_set, attr, bytes, len),
			     &complaint);
	return description_end(session, ret, &complaint);
}

void description_suite(struct ksrtp_session *session, unsigned int direction,
		       const struct suite *suite)
{
	value_number(&session->directions[direction][KSRTP_A_DIRECTION_SUITE],
		     suite->id);
}

void description_key(struct ksrtp_session *session, unsigned int direction,
		     const struct key *key)
{
	struct value *values = session->directions[direction];

	value_bytes(&values[KSRTP_A_DIRECTION_MASTER_KEY], key->material,
		    key->key_len);
	value_bytes(&values[KSRTP_A_DIRECTION_MASTER_SALT],
		    key->material + key->key_len, key->salt_len);
}

/* Are there such a direction and such a suite? */
int description_check_suite(const struct ksrtp_session *session,
			    unsigned int direction, const struct suite *suite,
			    unsigned int suite_id, struct complaint *c)
{
	int ret = description_direction(session, direction, c);

	if (!ret && !suite)
		ret = wrong(c, "no suite %u", suite_id);
	return ret;
}

/* Set master key and salt from text: hex, base64, or SDES's inline: form. */
int ksrtp_direction_key(struct ksrtp_session *session,
			enum ksrtp_direction_id direction,
			enum ksrtp_suite_id suite_id, const char *text)
{
	const struct suite *suite = registry_suite(suite_id);
	struct complaint complaint = { .place = "key" };
	struct key key;
	int ret;

	ret = description_check_suite(session, direction, suite, suite_id,
				      &complaint);
	if (!ret)
		ret = key_decode(&key, text, suite, &complaint);
	if (!ret) {
		description_suite(session, direction, suite);
		description_key(session, direction, &key);
	}
	explicit_bzero(&key, sizeof(key));
	return description_end(session, ret, &complaint);
}

/* Let the kernel read a key of its key service: raw bytes of the suite's lengths. */
void description_held_key(struct ksrtp_session *session, unsigned int direction,
			  uint32_t serial)
{
	struct value *values = session->directions[direction];

	value_number(&values[KSRTP_A_DIRECTION_KEY_SERIAL], serial);
}

static int take_held_key(struct ksrtp_session *session, unsigned int direction,
			 unsigned int suite_id, uint32_t serial,
			 struct complaint *c)
{
	const struct suite *suite = registry_suite(suite_id);
	int ret = description_check_suite(session, direction, suite, suite_id,
					  c);

	if (ret)
		return ret;
	description_suite(session, direction, suite);
	description_held_key(session, direction, serial);
	return 0;
}

/* Set master key and salt from a key in the kernel's key service. */
int ksrtp_direction_keyring(struct ksrtp_session *session,
			    enum ksrtp_direction_id direction,
			    enum ksrtp_suite_id suite_id, const char *name)
{
	struct complaint complaint = { .place = "key" };
	char text[KEY_TEXT_MAX];
	struct held_key held;
	int ret;

	ret = keyring_find(&held, name, &complaint);
	if (!ret && held.opaque) {
		ret = take_held_key(session, direction, suite_id, held.serial,
				    &complaint);
		return description_end(session, ret, &complaint);
	}
	if (!ret)
		ret = keyring_read(&held, name, text, sizeof(text), &complaint);
	if (ret)
		return description_end(session, ret, &complaint);
	ret = ksrtp_direction_key(session, direction, suite_id, text);
	explicit_bzero(text, sizeof(text));
	return ret;
}

/* The keys to be added later are refused with the first one. */
static void further_put(const struct sdes_keys *keys, struct nlmsghdr *nlh)
{
	unsigned char further[KSRTP_FURTHER_KEYS_MAX];
	unsigned int i = sdes_keys_first_spare(keys);
	size_t len = 0;

	for (; i < keys->n; i++) {
		memcpy(further + len, keys->key[i].key.material,
		       keys->key[i].key.key_len);
		len += keys->key[i].key.key_len;
	}
	if (len)
		mnl_attr_put(nlh, KSRTP_A_DIRECTION_FURTHER_KEYS, len, further);
	explicit_bzero(further, sizeof(further));
}

static void nest_put(const struct value *values, const struct attr_set *set,
		     const struct sdes_keys *further, struct nlmsghdr *nlh,
		     uint16_t attr)
{
	struct nlattr *nest;
	unsigned int i;

	/* index 0 is no attribute; it says whether the direction is given */
	for (i = 0; i <= set->max && !values[i].given; i++)
		;
	if (i > set->max)
		return;
	nest = mnl_attr_nest_start(nlh, attr);
	values_put(values, set, nlh);
	if (further)
		further_put(further, nlh);
	mnl_attr_nest_end(nlh, nest);
}

static void direction_put(const struct ksrtp_session *session,
			  unsigned int direction, struct nlmsghdr *nlh,
			  uint16_t attr)
{
	const struct value *values = session->directions[direction];

	nest_put(values, &direction_set,
		 values[KSRTP_A_DIRECTION_UNUSED_KEY].given ?
			 description_keys(session, direction) : NULL,
		 nlh, attr);
}

/* Add the session's identification to a message: its id, or its flow. */
void description_put_name(const struct ksrtp_session *session,
			  struct nlmsghdr *nlh)
{
	static const unsigned int attrs[] = {
		KSRTP_A_SESSION_ID, KSRTP_A_SESSION_IFINDEX,
		KSRTP_A_SESSION_FAMILY, KSRTP_A_SESSION_LOCAL_ADDRESS,
		KSRTP_A_SESSION_LOCAL_PORT, KSRTP_A_SESSION_REMOTE_ADDRESS,
		KSRTP_A_SESSION_REMOTE_PORT, KSRTP_A_SESSION_SSRC,
	};
	size_t i;

	for (i = 0; i < sizeof(attrs) / sizeof(*attrs); i++)
		if (session->values[attrs[i]].given)
			value_put(&session->values[attrs[i]], attrs[i],
				  session_set.attrs[attrs[i]].type, nlh);
}

void description_put(const struct ksrtp_session *session,
		     struct nlmsghdr *nlh)
{
	values_put(session->values, &session_set, nlh);
	direction_put(session, KSRTP_DIRECTION_SEND, nlh, KSRTP_A_SESSION_SEND);
	direction_put(session, KSRTP_DIRECTION_RECV, nlh, KSRTP_A_SESSION_RECV);
	nest_put(session->move, &flow_set, NULL, nlh, KSRTP_A_SESSION_MOVE);
	relays_put(&session->relays, nlh, KSRTP_A_SESSION_RELAYS);
}
