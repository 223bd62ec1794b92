// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink requests taken apart. Types and ranges are the policies' business;
 * what one attribute means beside another is checked here. A refusal names the
 * attribute, in words and by its offset.
 */

#include <linux/bitmap.h>
#include <linux/log2.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "compat.h"
#include "netlink/netlink-gen.h"
#include "request.h"
#include "serial.h"

/* Refuse an attribute with a message that begins with its name. */
#define KSRTP_REFUSE(extack, attr, msg)					\
	({								\
		NL_SET_ERR_MSG_ATTR(extack, attr, msg);			\
		-EINVAL;						\
	})

static int ksrtp_request_family(const struct nlattr *attr, u16 *family,
				struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	*family = nla_get_u16(attr);
	if (*family != AF_INET && *family != AF_INET6)
		return KSRTP_REFUSE(extack, attr,
				    "family: neither AF_INET nor AF_INET6");
	return 0;
}

static int ksrtp_request_address(const struct nlattr *attr, u16 *family,
				 struct in6_addr *address,
				 struct netlink_ext_ack *extack)
{
	u16 implied;

	if (!attr)
		return 0;
	switch (nla_len(attr)) {
	case 4:
		implied = AF_INET;
		break;
	case 16:
		implied = AF_INET6;
		break;
	default:
		return KSRTP_REFUSE(extack, attr,
				    "address: must be 4 bytes or 16");
	}
	if (*family && *family != implied)
		return KSRTP_REFUSE(extack, attr,
				    "address: not of the family of the rest of the flow");
	*family = implied;
	nla_memcpy(address, attr, sizeof(*address));
	if (ipv6_addr_any(address))
		return KSRTP_REFUSE(extack, attr,
				    "address: zero; leave the attribute out for a wildcard");
	return 0;
}

/**
 * ksrtp_request_flow() - read a flow from a request
 * @attrs: session attributes of the request
 * @flow: filled in; a wildcard, zero, where nothing is said
 * @extack: where to explain a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int ksrtp_request_flow(struct nlattr **attrs, struct ksrtp_flow *flow,
		       struct netlink_ext_ack *extack)
{
	int err;

	memset(flow, 0, sizeof(*flow));
	err = ksrtp_request_family(attrs[KSRTP_A_SESSION_FAMILY], &flow->family,
				   extack);
	if (err)
		return err;
	err = ksrtp_request_address(attrs[KSRTP_A_SESSION_LOCAL_ADDRESS],
				    &flow->family, &flow->local, extack);
	if (err)
		return err;
	err = ksrtp_request_address(attrs[KSRTP_A_SESSION_REMOTE_ADDRESS],
				    &flow->family, &flow->remote, extack);
	if (err)
		return err;
	if (attrs[KSRTP_A_SESSION_LOCAL_PORT])
		flow->local_port =
			nla_get_be16(attrs[KSRTP_A_SESSION_LOCAL_PORT]);
	if (attrs[KSRTP_A_SESSION_REMOTE_PORT])
		flow->remote_port =
			nla_get_be16(attrs[KSRTP_A_SESSION_REMOTE_PORT]);
	if (attrs[KSRTP_A_SESSION_IFINDEX])
		flow->ifindex = nla_get_u32(attrs[KSRTP_A_SESSION_IFINDEX]);
	if (attrs[KSRTP_A_SESSION_SSRC]) {
		flow->has_ssrc = 1;
		flow->ssrc = nla_get_u32(attrs[KSRTP_A_SESSION_SSRC]);
	}
	return 0;
}

/* The attributes of a master key, which come in two sets. */
struct ksrtp_key_attrs {
	const struct nlattr *key;
	const struct nlattr *salt;
	const struct nlattr *serial;
	const struct nlattr *mki;
	const struct nlattr *rtp_lifetime;
	const struct nlattr *rtcp_lifetime;
	const struct nlattr *soft_limit;
};

/*
 * Take a master key and salt of so many parts: of a key with two the outer one
 * may come alone, RFC 8723.
 */
static int ksrtp_request_parts(const u8 *key, const u8 *salt,
			       unsigned int parts,
			       const struct ksrtp_suite *suite,
			       struct ksrtp_master_config *config)
{
	/* encrypted twice with one keystream is not encrypted at all */
	if (parts == 2 && !memcmp(key, key + suite->key_len, suite->key_len))
		return -EINVAL;
	config->key = key;
	config->salt = salt;
	config->outer_only = parts < suite->parts;
	return 0;
}

/* A master key comes with its salt, and both of the suite's lengths. */
static int ksrtp_request_material(const struct ksrtp_key_attrs *attrs,
				  const struct ksrtp_suite *suite,
				  struct ksrtp_master_config *config,
				  struct netlink_ext_ack *extack)
{
	unsigned int parts;

	if (!attrs->key)
		return KSRTP_REFUSE(extack, attrs->salt,
				    "master-salt: given without master-key");
	if (!attrs->salt)
		return KSRTP_REFUSE(extack, attrs->key,
				    "master-key: given without master-salt");
	if (!suite)
		return KSRTP_REFUSE(extack, attrs->key,
				    "master-key: given without suite");
	parts = suite->parts;
	if (nla_len(attrs->key) == suite->key_len)
		parts = 1;
	if (nla_len(attrs->key) != parts * suite->key_len)
		return KSRTP_REFUSE(extack, attrs->key,
				    "master-key: not of the suite's key length");
	if (nla_len(attrs->salt) != parts * suite->salt_len)
		return KSRTP_REFUSE(extack, attrs->salt,
				    "master-salt: not of the suite's salt length");
	if (ksrtp_request_parts(nla_data(attrs->key), nla_data(attrs->salt),
				parts, suite, config))
		return KSRTP_REFUSE(extack, attrs->key,
				    "master-key: inner and outer key are the same");
	return 0;
}

/* A key of the kernel's key service is the master key and the salt behind it. */
static int ksrtp_request_serial(const struct ksrtp_key_attrs *attrs,
				const struct ksrtp_suite *suite,
				struct ksrtp_master_config *config,
				struct netlink_ext_ack *extack)
{
	const struct nlattr *serial = attrs->serial;
	unsigned int parts;
	int len;

	if (attrs->key || attrs->salt)
		return KSRTP_REFUSE(extack, serial,
				    "key-serial: not together with master-key");
	if (!suite)
		return KSRTP_REFUSE(extack, serial,
				    "key-serial: given without suite");
	len = ksrtp_serial_read(nla_get_u32(serial), config->held,
				sizeof(config->held));
	if (len < 0) {
		NL_SET_BAD_ATTR(extack, serial);
		ksrtp_extack_msg(extack, ksrtp_serial_error(len));
		return len;
	}
	parts = suite->parts;
	if (len == suite->key_len + suite->salt_len)
		parts = 1;
	if (len != parts * (suite->key_len + suite->salt_len))
		return KSRTP_REFUSE(extack, serial,
				    "key-serial: not as long as the suite's key and salt");
	if (ksrtp_request_parts(config->held,
				config->held + parts * suite->key_len, parts,
				suite, config))
		return KSRTP_REFUSE(extack, serial,
				    "key-serial: inner and outer key are the same");
	return 0;
}

/* What goes with a master key makes no sense without. */
static int ksrtp_request_master(const struct ksrtp_key_attrs *attrs,
				const struct ksrtp_suite *suite,
				struct ksrtp_master_config *config,
				struct netlink_ext_ack *extack)
{
	const struct nlattr *beside = attrs->mki ?: attrs->rtp_lifetime ?:
				      attrs->rtcp_lifetime ?:
				      attrs->soft_limit;
	int err = 0;

	config->to = KSRTP_INDEX_MAX;
	if (attrs->serial)
		err = ksrtp_request_serial(attrs, suite, config, extack);
	else if (attrs->key || attrs->salt)
		err = ksrtp_request_material(attrs, suite, config, extack);
	if (err)
		return err;
	if (beside && !config->key)
		return KSRTP_REFUSE(extack, beside,
				    "mki, lifetimes, soft-limit: given without master-key");
	if (attrs->mki) {
		if (!nla_len(attrs->mki))
			return KSRTP_REFUSE(extack, attrs->mki, "mki: empty");
		config->mki = nla_data(attrs->mki);
		config->mki_len = nla_len(attrs->mki);
	}
	if (attrs->rtp_lifetime)
		config->lifetime[0] = nla_get_u64(attrs->rtp_lifetime);
	if (attrs->rtcp_lifetime)
		config->lifetime[1] = nla_get_u64(attrs->rtcp_lifetime);
	if (attrs->soft_limit)
		config->soft_limit = nla_get_u32(attrs->soft_limit);
	return 0;
}

/* Read a set of small numbers, a byte each. */
static int ksrtp_request_set(const struct nlattr *attr, unsigned long *set,
			     unsigned int first, unsigned int size)
{
	const u8 *number = nla_data(attr);
	int i;

	bitmap_zero(set, size);
	for (i = 0; i < nla_len(attr); i++) {
		if (number[i] < first || number[i] >= size)
			return -EINVAL;
		__set_bit(number[i], set);
	}
	return 0;
}

static int ksrtp_request_sets(struct nlattr **attrs,
			      struct ksrtp_policy *policy,
			      struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;

	attr = attrs[KSRTP_A_DIRECTION_ENCRYPTED_EXTENSIONS];
	if (attr) {
		if (ksrtp_request_set(attr, policy->extensions, 1, 256))
			return KSRTP_REFUSE(extack, attr,
					    "encrypted-extensions: an id is not within 1..255");
		policy->has_extensions = nla_len(attr);
	}
	attr = attrs[KSRTP_A_DIRECTION_REPAIR_TYPES];
	if (attr && ksrtp_request_set(attr, policy->repair_types, 0, 128))
		return KSRTP_REFUSE(extack, attr,
				    "repair-types: a payload type is not within 0..127");
	return 0;
}

static void ksrtp_request_bool(const struct nlattr *attr, bool *value)
{
	if (attr)
		*value = nla_get_u8(attr);
}

static void ksrtp_request_u32(const struct nlattr *attr, u32 *value)
{
	if (attr)
		*value = nla_get_u32(attr);
}

/* Read what is to be different about a policy. */
static int ksrtp_request_settings(struct nlattr **attrs,
				  struct ksrtp_policy *policy,
				  struct netlink_ext_ack *extack)
{
	const struct nlattr *suite = attrs[KSRTP_A_DIRECTION_SUITE];
	const struct nlattr *rate;

	if (suite)
		policy->suite = ksrtp_suite_get(nla_get_u32(suite));
	rate = attrs[KSRTP_A_DIRECTION_KEY_DERIVATION_RATE];
	ksrtp_request_u32(rate, &policy->key_derivation_rate);
	if (policy->key_derivation_rate &&
	    !is_power_of_2(policy->key_derivation_rate))
		return KSRTP_REFUSE(extack, rate,
				    "key-derivation-rate: not a power of two");
	ksrtp_request_bool(attrs[KSRTP_A_DIRECTION_UNENCRYPTED_SRTP],
			   &policy->unencrypted_srtp);
	ksrtp_request_bool(attrs[KSRTP_A_DIRECTION_UNENCRYPTED_SRTCP],
			   &policy->unencrypted_srtcp);
	ksrtp_request_bool(attrs[KSRTP_A_DIRECTION_UNAUTHENTICATED_SRTP],
			   &policy->unauthenticated_srtp);
	if (attrs[KSRTP_A_DIRECTION_CRYPTEX])
		policy->cryptex = nla_get_u32(attrs[KSRTP_A_DIRECTION_CRYPTEX]);
	if (attrs[KSRTP_A_DIRECTION_RCC_MODE])
		policy->rcc_mode =
			nla_get_u32(attrs[KSRTP_A_DIRECTION_RCC_MODE]);
	if (attrs[KSRTP_A_DIRECTION_RCC_RATE])
		policy->rcc_rate =
			nla_get_u32(attrs[KSRTP_A_DIRECTION_RCC_RATE]);
	if (attrs[KSRTP_A_DIRECTION_COUNTERS])
		policy->counters =
			nla_get_u32(attrs[KSRTP_A_DIRECTION_COUNTERS]);
	ksrtp_request_u32(attrs[KSRTP_A_DIRECTION_INITIAL_ROC],
			  &policy->initial_roc);
	ksrtp_request_u32(attrs[KSRTP_A_DIRECTION_ROC_SEARCH],
			  &policy->roc_search);
	ksrtp_request_u32(attrs[KSRTP_A_DIRECTION_REPEAT], &policy->repeat);
	return ksrtp_request_sets(attrs, policy, extack);
}

/* Do a suite and the settings beside it make sense together? */
static const char *ksrtp_request_suits(const struct ksrtp_policy *policy)
{
	const struct ksrtp_suite *suite = policy->suite;
	bool rcc = policy->rcc_mode != KSRTP_RCC_OFF;

	if (ksrtp_suite_is_aead(suite)) {
		if (policy->unencrypted_srtp)
			return "unencrypted-srtp: not with a suite that does both at once";
		if (policy->unauthenticated_srtp)
			return "unauthenticated-srtp: not with a suite that does both at once";
		if (rcc)
			return "rcc-mode: only with suites that have HMAC-SHA1";
	}
	if ((policy->rcc_mode == KSRTP_RCC_M1 ||
	     policy->rcc_mode == KSRTP_RCC_M2) &&
	    suite->rtp_tag_len <= KSRTP_ROC_LEN)
		return "rcc-mode: a tag of 32 bits has no room for anything but the counter";
	if (policy->rcc_mode == KSRTP_RCC_M3 && !suite->cipher)
		return "rcc-mode: 3 with this suite, nothing would be protected";
	if (policy->unauthenticated_srtp && !suite->cipher)
		return "unauthenticated-srtp: nothing would be protected with this suite";
	if (policy->cryptex != KSRTP_CRYPTEX_OFF &&
	    (!suite->cipher || ksrtp_suite_is_double(suite)))
		return "cryptex: not with this suite";
	if (!bitmap_empty(policy->repair_types, 128) &&
	    !ksrtp_suite_is_double(suite))
		return "repair-types: only with DOUBLE suites";
	return NULL;
}

/* Do all settings of a direction make sense together? */
static const char *ksrtp_request_conflict(const struct ksrtp_policy *policy,
					  enum ksrtp_direction_id id)
{
	bool send = id == KSRTP_DIRECTION_SEND;

	if (policy->unencrypted_srtp && policy->unauthenticated_srtp)
		return "unauthenticated-srtp: with unencrypted-srtp nothing would be protected";
	if (policy->unencrypted_srtp && policy->rcc_mode == KSRTP_RCC_M3)
		return "rcc-mode: 3 with unencrypted-srtp, nothing would be protected";
	if (policy->unauthenticated_srtp && policy->rcc_mode != KSRTP_RCC_OFF)
		return "rcc-mode: says itself what is authenticated; not with unauthenticated-srtp";
	if (policy->cryptex != KSRTP_CRYPTEX_OFF) {
		if (send && policy->cryptex == KSRTP_CRYPTEX_ACCEPT)
			return "cryptex: accept is for receiving";
		if (policy->has_extensions)
			return "cryptex: not together with encrypted-extensions";
		if (policy->unencrypted_srtp)
			return "cryptex: not together with unencrypted-srtp";
	}
	if (send && policy->roc_search)
		return "roc-search: is for receiving";
	if (!send && policy->counters == KSRTP_COUNTERS_PEER)
		return "counters: peer is for sending";
	if (!send && policy->repeat)
		return "repeat: is for sending";
	return policy->suite ? ksrtp_request_suits(policy) : NULL;
}

static int ksrtp_request_direction(struct nlattr *nest,
				   enum ksrtp_direction_id id,
				   struct ksrtp_direction_config *config,
				   struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[ARRAY_SIZE(ksrtp_direction_request_nl_policy)];
	struct ksrtp_key_attrs key;
	const struct nlattr *overlap, *unused;
	const char *conflict;
	int err;

	if (!nest)
		return 0;
	err = nla_parse_nested(attrs, ARRAY_SIZE(attrs) - 1, nest,
			       ksrtp_direction_request_nl_policy, extack);
	if (err)
		return err;
	config->given = true;
	if (attrs[KSRTP_A_DIRECTION_REPLAY_WINDOW])
		config->window =
			nla_get_u32(attrs[KSRTP_A_DIRECTION_REPLAY_WINDOW]);
	err = ksrtp_request_settings(attrs, &config->policy, extack);
	if (err)
		return err;
	conflict = ksrtp_request_conflict(&config->policy, id);
	if (conflict) {
		NL_SET_BAD_ATTR(extack, nest);
		ksrtp_extack_msg(extack, conflict);
		return -EINVAL;
	}

	key = (struct ksrtp_key_attrs){
		.key = attrs[KSRTP_A_DIRECTION_MASTER_KEY],
		.salt = attrs[KSRTP_A_DIRECTION_MASTER_SALT],
		.serial = attrs[KSRTP_A_DIRECTION_KEY_SERIAL],
		.mki = attrs[KSRTP_A_DIRECTION_MKI],
		.rtp_lifetime = attrs[KSRTP_A_DIRECTION_RTP_LIFETIME],
		.rtcp_lifetime = attrs[KSRTP_A_DIRECTION_RTCP_LIFETIME],
		.soft_limit = attrs[KSRTP_A_DIRECTION_SOFT_LIMIT],
	};
	err = ksrtp_request_master(&key, config->policy.suite, &config->master,
				   extack);
	if (err)
		return err;
	unused = attrs[KSRTP_A_DIRECTION_UNUSED_KEY];
	if (unused && !config->master.key)
		return KSRTP_REFUSE(extack, unused,
				    "unused-key: goes with a master-key");
	if (unused && id != KSRTP_DIRECTION_SEND)
		return KSRTP_REFUSE(extack, unused,
				    "unused-key: is for sending");
	config->unused_key = unused;
	overlap = attrs[KSRTP_A_DIRECTION_OVERLAP];
	if (!overlap)
		return 0;
	if (!config->master.key)
		return KSRTP_REFUSE(extack, overlap,
				    "overlap: goes with a master-key");
	if (id == KSRTP_DIRECTION_SEND && !config->master.mki_len)
		return KSRTP_REFUSE(extack, overlap,
				    "overlap: is for receiving, without an mki");
	config->overlap = nla_get_u32(overlap);
	return 0;
}

/**
 * ksrtp_request_policy() - read what a session is to be like, but for its flow
 * @attrs: session attributes of the request; keys in it are pointed to
 * @session: the session to change, or NULL for a new one
 * @config: filled in; as @session is where nothing is said
 * @extack: where to explain a refusal
 *
 * Context: process context of who asks, as keys of the kernel's key service are
 *	read. May sleep. With @session under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_request_policy(struct nlattr **attrs, struct ksrtp_session *session,
			 struct ksrtp_session_config *config,
			 struct netlink_ext_ack *extack)
{
	int err;

	memset(config, 0, sizeof(*config));
	if (session) {
		config->send.policy = session->direction[0].policy;
		config->recv.policy = session->direction[1].policy;
	} else {
		ksrtp_policy_init(&config->send.policy);
		ksrtp_policy_init(&config->recv.policy);
	}
	if (attrs[KSRTP_A_SESSION_MAX_STREAMS])
		config->max_streams =
			nla_get_u32(attrs[KSRTP_A_SESSION_MAX_STREAMS]);
	if (attrs[KSRTP_A_SESSION_STREAM_TIMEOUT]) {
		config->has_stream_timeout = true;
		config->stream_timeout =
			nla_get_u32(attrs[KSRTP_A_SESSION_STREAM_TIMEOUT]);
	}
	err = ksrtp_request_direction(attrs[KSRTP_A_SESSION_SEND],
				      KSRTP_DIRECTION_SEND, &config->send,
				      extack);
	if (err)
		return err;
	return ksrtp_request_direction(attrs[KSRTP_A_SESSION_RECV],
				       KSRTP_DIRECTION_RECV, &config->recv,
				       extack);
}

/* Where RTCP is to be found, RFC 3550 section 11 and RFC 5761. */
static int ksrtp_request_rtcp(struct nlattr **attrs,
			      struct ksrtp_session_config *config,
			      struct netlink_ext_ack *extack)
{
	const struct nlattr *local = attrs[KSRTP_A_SESSION_LOCAL_RTCP_PORT];
	const struct nlattr *remote = attrs[KSRTP_A_SESSION_REMOTE_RTCP_PORT];
	const __be16 last = htons(65535);

	if (nla_get_flag(attrs[KSRTP_A_SESSION_RTCP_MUX])) {
		config->mux = true;
		if (local || remote)
			return KSRTP_REFUSE(extack, local ?: remote,
					    "rtcp-port: makes no sense with rtcp-mux");
		return 0;
	}
	if (local)
		config->local_rtcp_port = nla_get_be16(local);
	if (remote)
		config->remote_rtcp_port = nla_get_be16(remote);
	if ((!local && config->flow.local_port == last) ||
	    (!remote && config->flow.remote_port == last)) {
		NL_SET_ERR_MSG(extack,
			       "rtcp-port: has to be given, since there is none above 65535");
		return -EINVAL;
	}
	/* RTP and RTCP must not be one and the same flow */
	if ((!config->flow.local_port && !config->flow.remote_port &&
	     !local && !remote)) {
		NL_SET_ERR_MSG(extack,
			       "rtcp-mux: is needed when neither port is given");
		return -EINVAL;
	}
	if ((local || remote) &&
	    (!local || config->local_rtcp_port == config->flow.local_port) &&
	    (!remote || config->remote_rtcp_port == config->flow.remote_port) &&
	    (local || !config->flow.local_port) &&
	    (remote || !config->flow.remote_port))
		return KSRTP_REFUSE(extack, local ?: remote,
				    "rtcp-port: same as RTP's; use rtcp-mux");
	return 0;
}

/* Read where a session is to be found. */
static int ksrtp_request_place(struct nlattr **attrs,
			       struct ksrtp_session_config *config,
			       struct netlink_ext_ack *extack)
{
	unsigned int shape;
	int err;

	err = ksrtp_request_flow(attrs, &config->flow, extack);
	if (err)
		return err;
	shape = ksrtp_flow_shape(&config->flow);
	if (!(shape & ~(KSRTP_SHAPE_FAMILY | KSRTP_SHAPE_IFINDEX))) {
		NL_SET_ERR_MSG(extack,
			       "flow: an address or a port has to be given");
		return -EINVAL;
	}
	return ksrtp_request_rtcp(attrs, config, extack);
}

/**
 * ksrtp_request_move() - read where a session is to move to, if it is, or park
 * @attrs: session attributes of the request
 * @config: filled in; the rest of it is there
 * @extack: where to explain a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int ksrtp_request_move(struct nlattr **attrs,
		       struct ksrtp_session_config *config,
		       struct netlink_ext_ack *extack)
{
	static const u8 as_session[KSRTP_A_FLOW_MAX + 1] = {
		[KSRTP_A_FLOW_IFINDEX] = KSRTP_A_SESSION_IFINDEX,
		[KSRTP_A_FLOW_FAMILY] = KSRTP_A_SESSION_FAMILY,
		[KSRTP_A_FLOW_LOCAL_ADDRESS] = KSRTP_A_SESSION_LOCAL_ADDRESS,
		[KSRTP_A_FLOW_REMOTE_ADDRESS] = KSRTP_A_SESSION_REMOTE_ADDRESS,
		[KSRTP_A_FLOW_LOCAL_PORT] = KSRTP_A_SESSION_LOCAL_PORT,
		[KSRTP_A_FLOW_REMOTE_PORT] = KSRTP_A_SESSION_REMOTE_PORT,
		[KSRTP_A_FLOW_LOCAL_RTCP_PORT] = KSRTP_A_SESSION_LOCAL_RTCP_PORT,
		[KSRTP_A_FLOW_REMOTE_RTCP_PORT] =
			KSRTP_A_SESSION_REMOTE_RTCP_PORT,
		[KSRTP_A_FLOW_RTCP_MUX] = KSRTP_A_SESSION_RTCP_MUX,
		[KSRTP_A_FLOW_SSRC] = KSRTP_A_SESSION_SSRC,
	};
	struct nlattr *moved[KSRTP_A_SESSION_MAX + 1] = {};
	struct nlattr *given[KSRTP_A_FLOW_MAX + 1];
	struct nlattr *move = attrs[KSRTP_A_SESSION_MOVE];
	unsigned int i;
	int err;

	config->parks = nla_get_flag(attrs[KSRTP_A_SESSION_PARKED]);
	if (!move && attrs[KSRTP_A_SESSION_LINGER])
		return KSRTP_REFUSE(extack, attrs[KSRTP_A_SESSION_LINGER],
				    "linger: given without move");
	if (!move)
		return 0;
	err = nla_parse_nested(given, KSRTP_A_FLOW_MAX, move,
			       ksrtp_flow_nl_policy, extack);
	if (err)
		return err;
	for (i = 1; i <= KSRTP_A_FLOW_MAX; i++)
		moved[as_session[i]] = given[i];
	if (attrs[KSRTP_A_SESSION_LINGER])
		config->linger = nla_get_u32(attrs[KSRTP_A_SESSION_LINGER]);
	config->moves = true;
	return ksrtp_request_place(moved, config, extack);
}

/**
 * ksrtp_request_session() - read all that a new session is to be like
 * @attrs: session attributes of the request; keys in it are pointed to
 * @portid: netlink port of the socket that asks
 * @config: filled in
 * @extack: where to explain a refusal
 *
 * Context: process context of who asks. May sleep.
 * Return: 0 or a negative errno.
 */
int ksrtp_request_session(struct nlattr **attrs, u32 portid,
			  struct ksrtp_session_config *config,
			  struct netlink_ext_ack *extack)
{
	int err;

	err = ksrtp_request_policy(attrs, NULL, config, extack);
	if (err)
		return err;
	if (nla_get_flag(attrs[KSRTP_A_SESSION_OWNED]))
		config->owner = portid;
	config->replaces = nla_get_flag(attrs[KSRTP_A_SESSION_REPLACE]);
	config->parks = nla_get_flag(attrs[KSRTP_A_SESSION_PARKED]);
	if (config->replaces && config->parks)
		return KSRTP_REFUSE(extack, attrs[KSRTP_A_SESSION_PARKED],
				    "parked: takes no place, and so not another's");
	return ksrtp_request_place(attrs, config, extack);
}

/**
 * ksrtp_request_stream_id() - read which stream is meant
 * @attrs: stream attributes of the request
 * @id: filled in
 * @extack: where to explain a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int ksrtp_request_stream_id(struct nlattr **attrs, struct ksrtp_stream_id *id,
			    struct netlink_ext_ack *extack)
{
	if (!attrs[KSRTP_A_STREAM_SESSION_ID]) {
		NL_SET_ERR_MSG(extack, "session-id: missing");
		return -EINVAL;
	}
	if (!attrs[KSRTP_A_STREAM_DIRECTION]) {
		NL_SET_ERR_MSG(extack, "direction: missing");
		return -EINVAL;
	}
	if (!attrs[KSRTP_A_STREAM_SSRC]) {
		NL_SET_ERR_MSG(extack, "ssrc: missing");
		return -EINVAL;
	}
	id->session = nla_get_u32(attrs[KSRTP_A_STREAM_SESSION_ID]);
	id->direction = nla_get_u32(attrs[KSRTP_A_STREAM_DIRECTION]);
	id->ssrc = nla_get_u32(attrs[KSRTP_A_STREAM_SSRC]);
	return 0;
}

/* A bitmap tells of the highest index too, which by its nature was seen. */
static int ksrtp_request_replay(const struct nlattr *attr, bool has_top,
				const u8 **bitmap, unsigned int *len,
				struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	if (!has_top)
		return KSRTP_REFUSE(extack, attr,
				    "replay: given without the highest index it counts from");
	if (!nla_len(attr) || !(*(u8 *)nla_data(attr) & 1))
		return KSRTP_REFUSE(extack, attr,
				    "replay: bit 0, the highest index, must be set");
	*bitmap = nla_data(attr);
	*len = nla_len(attr);
	return 0;
}

/* Indexes that are not to be used again come as a pair, beside where the stream is. */
static int ksrtp_request_used(struct nlattr **attrs,
			      struct ksrtp_stream_state *state,
			      struct netlink_ext_ack *extack)
{
	const struct nlattr *rtp[] = { attrs[KSRTP_A_STREAM_RTP_USED_FROM],
				       attrs[KSRTP_A_STREAM_RTP_USED_TO] };
	const struct nlattr *rtcp[] = { attrs[KSRTP_A_STREAM_SRTCP_USED_FROM],
					attrs[KSRTP_A_STREAM_SRTCP_USED_TO] };
	const struct nlattr *any = rtp[0] ?: rtp[1] ?: rtcp[0] ?: rtcp[1];

	if (!any)
		return 0;
	if (!rtp[0] != !rtp[1] || !rtcp[0] != !rtcp[1])
		return KSRTP_REFUSE(extack, any,
				    "used-from, used-to: one without the other");
	if (nla_get_u32(attrs[KSRTP_A_STREAM_DIRECTION]) !=
	    KSRTP_DIRECTION_SEND)
		return KSRTP_REFUSE(extack, any,
				    "used-from, used-to: are of what is sent");
	if (!state->has_seq && !state->has_srtcp_index)
		return KSRTP_REFUSE(extack, any,
				    "used-from, used-to: given without seq or srtcp-index");
	if (rtp[0]) {
		state->used[0].from = nla_get_u64(rtp[0]);
		state->used[0].to = nla_get_u64(rtp[1]);
	}
	if (rtcp[0]) {
		state->used[1].from = nla_get_u32(rtcp[0]);
		state->used[1].to = nla_get_u32(rtcp[1]);
	}
	if (state->used[0].from > state->used[0].to ||
	    state->used[1].from > state->used[1].to)
		return KSRTP_REFUSE(extack, any,
				    "used-from: greater than used-to");
	return 0;
}

/**
 * ksrtp_request_stream_state() - read what to install in a stream
 * @attrs: stream attributes of the request; bitmaps are pointed to
 * @state: filled in
 * @extack: where to explain a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int ksrtp_request_stream_state(struct nlattr **attrs,
			       struct ksrtp_stream_state *state,
			       struct netlink_ext_ack *extack)
{
	int err;

	memset(state, 0, sizeof(*state));
	if (attrs[KSRTP_A_STREAM_ROC]) {
		state->has_roc = true;
		state->roc = nla_get_u32(attrs[KSRTP_A_STREAM_ROC]);
	}
	if (attrs[KSRTP_A_STREAM_SEQ]) {
		if (!state->has_roc)
			return KSRTP_REFUSE(extack, attrs[KSRTP_A_STREAM_SEQ],
					    "seq: given without roc");
		state->has_seq = true;
		state->seq = nla_get_u16(attrs[KSRTP_A_STREAM_SEQ]);
	}
	if (attrs[KSRTP_A_STREAM_SRTCP_INDEX]) {
		state->has_srtcp_index = true;
		state->srtcp_index =
			nla_get_u32(attrs[KSRTP_A_STREAM_SRTCP_INDEX]);
	}
	err = ksrtp_request_used(attrs, state, extack);
	if (err)
		return err;
	err = ksrtp_request_replay(attrs[KSRTP_A_STREAM_RTP_REPLAY],
				   state->has_seq, &state->rtp_replay,
				   &state->rtp_replay_len, extack);
	if (err)
		return err;
	return ksrtp_request_replay(attrs[KSRTP_A_STREAM_RTCP_REPLAY],
				    state->has_srtcp_index,
				    &state->rtcp_replay,
				    &state->rtcp_replay_len, extack);
}

/**
 * ksrtp_request_key_id() - read which direction's keys are meant
 * @attrs: key attributes of the request
 * @session: session id, filled in
 * @direction: its direction, filled in
 * @extack: where to explain a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int ksrtp_request_key_id(struct nlattr **attrs, u32 *session, u32 *direction,
			 struct netlink_ext_ack *extack)
{
	if (!attrs[KSRTP_A_KEY_SESSION_ID]) {
		NL_SET_ERR_MSG(extack, "session-id: missing");
		return -EINVAL;
	}
	if (!attrs[KSRTP_A_KEY_DIRECTION]) {
		NL_SET_ERR_MSG(extack, "direction: missing");
		return -EINVAL;
	}
	*session = nla_get_u32(attrs[KSRTP_A_KEY_SESSION_ID]);
	*direction = nla_get_u32(attrs[KSRTP_A_KEY_DIRECTION]);
	return 0;
}

/**
 * ksrtp_request_key_name() - read which of a direction's keys is meant
 * @mki: its identifier, which is pointed to, or NULL
 * @from: the first index it is for, or NULL
 * @name: filled in
 * @extack: where to explain a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int ksrtp_request_key_name(const struct nlattr *mki, const struct nlattr *from,
			   struct ksrtp_key_name *name,
			   struct netlink_ext_ack *extack)
{
	memset(name, 0, sizeof(*name));
	if (mki && from)
		return KSRTP_REFUSE(extack, from,
				    "from: the mki names the key already");
	if (mki && !nla_len(mki))
		return KSRTP_REFUSE(extack, mki, "mki: empty");
	if (mki) {
		name->mki = nla_data(mki);
		name->mki_len = nla_len(mki);
	}
	if (from)
		name->from = nla_get_u64(from);
	return 0;
}

/**
 * ksrtp_request_key() - read a master key
 * @attrs: key attributes of the request; keys in it are pointed to
 * @suite: suite it is for, or NULL if that is not known
 * @config: filled in
 * @extack: where to explain a refusal
 *
 * Context: process context of who asks. May sleep.
 * Return: 0 or a negative errno.
 */
int ksrtp_request_key(struct nlattr **attrs, const struct ksrtp_suite *suite,
		      struct ksrtp_master_config *config,
		      struct netlink_ext_ack *extack)
{
	const struct ksrtp_key_attrs key = {
		.key = attrs[KSRTP_A_KEY_MASTER_KEY],
		.salt = attrs[KSRTP_A_KEY_MASTER_SALT],
		.serial = attrs[KSRTP_A_KEY_KEY_SERIAL],
		.mki = attrs[KSRTP_A_KEY_MKI],
		.rtp_lifetime = attrs[KSRTP_A_KEY_RTP_LIFETIME],
		.rtcp_lifetime = attrs[KSRTP_A_KEY_RTCP_LIFETIME],
		.soft_limit = attrs[KSRTP_A_KEY_SOFT_LIMIT],
	};
	int err;

	memset(config, 0, sizeof(*config));
	if (!key.key && !key.serial) {
		NL_SET_ERR_MSG(extack, "master-key: missing");
		return -EINVAL;
	}
	err = ksrtp_request_master(&key, suite, config, extack);
	if (err)
		return err;
	if (attrs[KSRTP_A_KEY_FROM])
		config->from = nla_get_u64(attrs[KSRTP_A_KEY_FROM]);
	if (attrs[KSRTP_A_KEY_TO])
		config->to = nla_get_u64(attrs[KSRTP_A_KEY_TO]);
	if (config->from > config->to)
		return KSRTP_REFUSE(extack, attrs[KSRTP_A_KEY_FROM],
				    "from: greater than to");
	if (attrs[KSRTP_A_KEY_RTP_PACKETS])
		config->used[0] = nla_get_u64(attrs[KSRTP_A_KEY_RTP_PACKETS]);
	if (attrs[KSRTP_A_KEY_RTCP_PACKETS])
		config->used[1] = nla_get_u64(attrs[KSRTP_A_KEY_RTCP_PACKETS]);
	return 0;
}

/* Ranges of ports, the first and the last of each, in ascending order. */
static int ksrtp_request_excepts(const struct nlattr *attr,
				 struct ksrtp_require_config *config,
				 struct netlink_ext_ack *extack)
{
	struct ksrtp_port_range *range = config->excepts;
	int len = nla_len(attr);
	const u8 *data;

	if (!len || len % 4)
		return KSRTP_REFUSE(extack, attr,
				    "except-remote-ports: not pairs of ports");
	for (data = nla_data(attr); len; len -= 4, data += 4, range++) {
		range->first = get_unaligned_be16(data);
		range->last = get_unaligned_be16(data + 2);
		if (!range->first || range->first > range->last)
			return KSRTP_REFUSE(extack, attr,
				"except-remote-ports: no range of ports");
		if (range > config->excepts && range->first <= range[-1].last)
			return KSRTP_REFUSE(extack, attr,
				"except-remote-ports: not in ascending order");
		config->nexcepts++;
	}
	return 0;
}

/**
 * ksrtp_request_require() - read a rule
 * @attrs: rule attributes of the request
 * @config: filled in
 * @extack: where to explain a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int ksrtp_request_require(struct nlattr **attrs,
			  struct ksrtp_require_config *config,
			  struct netlink_ext_ack *extack)
{
	const struct nlattr *first = attrs[KSRTP_A_REQUIRE_FIRST_PORT];
	const struct nlattr *last = attrs[KSRTP_A_REQUIRE_LAST_PORT];
	int err;

	memset(config, 0, sizeof(*config));
	err = ksrtp_request_family(attrs[KSRTP_A_REQUIRE_FAMILY],
				   &config->family, extack);
	if (err)
		return err;
	if (attrs[KSRTP_A_REQUIRE_IFINDEX])
		config->ifindex = nla_get_u32(attrs[KSRTP_A_REQUIRE_IFINDEX]);
	if (!first && last)
		return KSRTP_REFUSE(extack, last,
				    "last-port: given without first-port");
	config->local.last = U16_MAX;
	if (first) {
		config->local.first = ntohs(nla_get_be16(first));
		config->local.last = config->local.first;
	}
	if (last)
		config->local.last = ntohs(nla_get_be16(last));
	if (config->local.first > config->local.last)
		return KSRTP_REFUSE(extack, last,
				    "last-port: less than first-port");
	config->judge = KSRTP_JUDGE_HEADER;
	if (attrs[KSRTP_A_REQUIRE_JUDGE])
		config->judge = nla_get_u32(attrs[KSRTP_A_REQUIRE_JUDGE]);
	if (!attrs[KSRTP_A_REQUIRE_EXCEPT_REMOTE_PORTS])
		return 0;
	return ksrtp_request_excepts(attrs[KSRTP_A_REQUIRE_EXCEPT_REMOTE_PORTS],
				     config, extack);
}

/**
 * ksrtp_request_wipe() - overwrite the keys in a request
 * @info: the request; its attributes are not to be used any more
 *
 * The message they came in is freed as any other memory.
 *
 * Context: any.
 */
void ksrtp_request_wipe(struct genl_info *info)
{
	int len = info->nlhdr->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;

	memzero_explicit((u8 *)info->genlhdr + GENL_HDRLEN, len);
}
