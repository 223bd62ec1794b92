// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink requests taken apart. Types and ranges are the policies' business;
 * what one attribute means beside another is checked here. A refusal names the
 * attribute, in words and by its offset.
 */

#include <linux/string.h>
#include <net/ipv6.h>

#include "request.h"

#define KSRTP_POLICY_BINARY(_max)	{ .type = NLA_BINARY, .len = (_max) }

/* not const, since the policy macros of 6.1 do not take it so */
static struct netlink_range_validation ksrtp_window_range = {
	.min = KSRTP_REPLAY_WINDOW_MIN,
	.max = KSRTP_REPLAY_WINDOW_MAX,
};

static struct netlink_range_validation ksrtp_streams_range = {
	.min = 1,
	.max = KSRTP_STREAMS_MAX,
};

static struct netlink_range_validation ksrtp_srtcp_index_range = {
	.max = KSRTP_SRTCP_INDEX_MAX,
};

static const struct nla_policy
ksrtp_direction_policy[KSRTP_A_DIRECTION_REPLAY_WINDOW + 1] = {
	[KSRTP_A_DIRECTION_SUITE] =
		NLA_POLICY_RANGE(NLA_U32, 1, KSRTP_SUITE_MAX),
	[KSRTP_A_DIRECTION_MASTER_KEY] =
		KSRTP_POLICY_BINARY(KSRTP_MASTER_KEY_MAX),
	[KSRTP_A_DIRECTION_MASTER_SALT] =
		KSRTP_POLICY_BINARY(KSRTP_MASTER_SALT_MAX),
	[KSRTP_A_DIRECTION_REPLAY_WINDOW] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_window_range),
};

#define KSRTP_POLICY_FLOW						\
	[KSRTP_A_SESSION_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),		\
	[KSRTP_A_SESSION_FAMILY] = { .type = NLA_U16 },			\
	[KSRTP_A_SESSION_LOCAL_ADDRESS] =				\
		KSRTP_POLICY_BINARY(sizeof(struct in6_addr)),		\
	[KSRTP_A_SESSION_REMOTE_ADDRESS] =				\
		KSRTP_POLICY_BINARY(sizeof(struct in6_addr)),		\
	[KSRTP_A_SESSION_LOCAL_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),	\
	[KSRTP_A_SESSION_REMOTE_PORT] = NLA_POLICY_MIN(NLA_BE16, 1)

#define KSRTP_POLICY_SETTINGS						\
	[KSRTP_A_SESSION_MAX_STREAMS] =					\
		NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_streams_range),	\
	[KSRTP_A_SESSION_SEND] =					\
		NLA_POLICY_NESTED(ksrtp_direction_policy),		\
	[KSRTP_A_SESSION_RECV] =					\
		NLA_POLICY_NESTED(ksrtp_direction_policy)

const struct nla_policy
ksrtp_session_new_policy[KSRTP_SESSION_NEW_MAX + 1] = {
	KSRTP_POLICY_FLOW,
	[KSRTP_A_SESSION_LOCAL_RTCP_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_SESSION_REMOTE_RTCP_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_SESSION_RTCP_MUX] = { .type = NLA_FLAG },
	KSRTP_POLICY_SETTINGS,
};

const struct nla_policy
ksrtp_session_set_policy[KSRTP_SESSION_SET_MAX + 1] = {
	[KSRTP_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	KSRTP_POLICY_FLOW,
	KSRTP_POLICY_SETTINGS,
};

const struct nla_policy
ksrtp_session_find_policy[KSRTP_SESSION_FIND_MAX + 1] = {
	[KSRTP_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	KSRTP_POLICY_FLOW,
};

const struct nla_policy
ksrtp_session_filter_policy[KSRTP_SESSION_FILTER_MAX + 1] = {
	KSRTP_POLICY_FLOW,
};

#define KSRTP_POLICY_STREAM_ID						\
	[KSRTP_A_STREAM_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),	\
	[KSRTP_A_STREAM_DIRECTION] =					\
		NLA_POLICY_RANGE(NLA_U32, 1, KSRTP_DIRECTION_MAX),	\
	[KSRTP_A_STREAM_SSRC] = { .type = NLA_U32 }

const struct nla_policy
ksrtp_stream_get_policy[KSRTP_STREAM_GET_MAX + 1] = {
	KSRTP_POLICY_STREAM_ID,
};

const struct nla_policy
ksrtp_stream_set_policy[KSRTP_STREAM_SET_MAX + 1] = {
	KSRTP_POLICY_STREAM_ID,
	[KSRTP_A_STREAM_ROC] = { .type = NLA_U32 },
	[KSRTP_A_STREAM_SEQ] = { .type = NLA_U16 },
	[KSRTP_A_STREAM_SRTCP_INDEX] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_srtcp_index_range),
	[KSRTP_A_STREAM_RTP_REPLAY] =
		KSRTP_POLICY_BINARY(KSRTP_REPLAY_WINDOW_MAX / 8),
	[KSRTP_A_STREAM_RTCP_REPLAY] =
		KSRTP_POLICY_BINARY(KSRTP_REPLAY_WINDOW_MAX / 8),
};

/* Refuse an attribute with a message that begins with its name. */
#define KSRTP_REFUSE(extack, attr, msg)					\
	({								\
		NL_SET_ERR_MSG_ATTR(extack, attr, msg);			\
		-EINVAL;						\
	})

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
	if (attrs[KSRTP_A_SESSION_FAMILY]) {
		flow->family = nla_get_u16(attrs[KSRTP_A_SESSION_FAMILY]);
		if (flow->family != AF_INET && flow->family != AF_INET6)
			return KSRTP_REFUSE(extack,
					    attrs[KSRTP_A_SESSION_FAMILY],
					    "family: neither AF_INET nor AF_INET6");
	}
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
	return 0;
}

/* A key comes with its suite and salt, or not at all. */
static int ksrtp_request_key(struct nlattr **attrs,
			     struct ksrtp_direction_config *config,
			     struct netlink_ext_ack *extack)
{
	const struct nlattr *key = attrs[KSRTP_A_DIRECTION_MASTER_KEY];
	const struct nlattr *salt = attrs[KSRTP_A_DIRECTION_MASTER_SALT];

	if (!key && !salt)
		return 0;
	if (!key)
		return KSRTP_REFUSE(extack, salt,
				    "master-salt: given without master-key");
	if (!salt)
		return KSRTP_REFUSE(extack, key,
				    "master-key: given without master-salt");
	if (!config->suite)
		return KSRTP_REFUSE(extack, key,
				    "master-key: given without suite");
	if (nla_len(key) != config->suite->key_len)
		return KSRTP_REFUSE(extack, key,
				    "master-key: not of the suite's key length");
	if (nla_len(salt) != config->suite->salt_len)
		return KSRTP_REFUSE(extack, salt,
				    "master-salt: not of the suite's salt length");
	config->master_key = nla_data(key);
	config->master_salt = nla_data(salt);
	return 0;
}

static int ksrtp_request_direction(struct nlattr *nest,
				   struct ksrtp_direction_config *config,
				   struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[KSRTP_A_DIRECTION_REPLAY_WINDOW + 1];
	u32 suite;
	int err;

	if (!nest)
		return 0;
	err = nla_parse_nested(attrs, KSRTP_A_DIRECTION_REPLAY_WINDOW, nest,
			       ksrtp_direction_policy, extack);
	if (err)
		return err;
	config->given = true;
	if (attrs[KSRTP_A_DIRECTION_SUITE]) {
		suite = nla_get_u32(attrs[KSRTP_A_DIRECTION_SUITE]);
		config->suite = ksrtp_suite_get(suite);
	}
	if (attrs[KSRTP_A_DIRECTION_REPLAY_WINDOW])
		config->window =
			nla_get_u32(attrs[KSRTP_A_DIRECTION_REPLAY_WINDOW]);
	return ksrtp_request_key(attrs, config, extack);
}

/**
 * ksrtp_request_policy() - read what a session is to be like, but for its flow
 * @attrs: session attributes of the request; keys are pointed to, not copied
 * @config: filled in
 * @extack: where to explain a refusal
 *
 * Context: any.
 * Return: 0 or a negative errno.
 */
int ksrtp_request_policy(struct nlattr **attrs,
			 struct ksrtp_session_config *config,
			 struct netlink_ext_ack *extack)
{
	int err;

	memset(config, 0, sizeof(*config));
	if (attrs[KSRTP_A_SESSION_MAX_STREAMS])
		config->max_streams =
			nla_get_u32(attrs[KSRTP_A_SESSION_MAX_STREAMS]);
	err = ksrtp_request_direction(attrs[KSRTP_A_SESSION_SEND],
				      &config->send, extack);
	if (err)
		return err;
	return ksrtp_request_direction(attrs[KSRTP_A_SESSION_RECV],
				       &config->recv, extack);
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

/**
 * ksrtp_request_session() - read all that a new session is to be like
 * @attrs: session attributes of the request; keys are pointed to, not copied
 * @config: filled in
 * @extack: where to explain a refusal
 *
 * Context: any.
 * Return: 0 or a negative errno.
 */
int ksrtp_request_session(struct nlattr **attrs,
			  struct ksrtp_session_config *config,
			  struct netlink_ext_ack *extack)
{
	unsigned int shape;
	int err;

	err = ksrtp_request_policy(attrs, config, extack);
	if (err)
		return err;
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

/* Overwrite all that lies in a direction's nest, however it was taken. */
static void ksrtp_request_wipe_nest(struct nlattr *nest)
{
	if (nest)
		memzero_explicit(nla_data(nest), nla_len(nest));
}

/**
 * ksrtp_request_wipe() - overwrite the keys in a request
 * @attrs: session attributes of the request; not to be used any more
 *
 * The message they came in is freed as any other memory.
 *
 * Context: any.
 */
void ksrtp_request_wipe(struct nlattr **attrs)
{
	ksrtp_request_wipe_nest(attrs[KSRTP_A_SESSION_SEND]);
	ksrtp_request_wipe_nest(attrs[KSRTP_A_SESSION_RECV]);
}
