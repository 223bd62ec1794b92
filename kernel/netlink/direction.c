// SPDX-License-Identifier: GPL-2.0
/* Directions of a session in requests and messages: settings and keys. */

#include <linux/bitmap.h>
#include <linux/log2.h>
#include <linux/string.h>

#include "compat.h"
#include "../crypto/kdf.h"
#include "rekey.h"
#include "stats.h"
#include "netlink/netlink.h"
#include "relay.h"

static void ksrtp_request_u32(const struct nlattr *attr, u32 *value)
{
	if (attr)
		*value = nla_get_u32(attr);
}

/* Read how a direction deals with blocks of indexes, and reports. */
static int ksrtp_request_pace(struct nlattr **attrs, enum ksrtp_direction_id id,
			      struct ksrtp_pace *pace,
			      struct netlink_ext_ack *extack)
{
	const struct nlattr *start = attrs[KSRTP_A_DIRECTION_SRTCP_START];
	const struct nlattr *block = attrs[KSRTP_A_DIRECTION_RTP_BLOCK] ?:
				     attrs[KSRTP_A_DIRECTION_SRTCP_BLOCK];

	if (id != KSRTP_DIRECTION_SEND && (block || start))
		return KSRTP_REFUSE(extack, block ?: start,
				    "rtp-block, srtcp-block, srtcp-start: are for sending");
	if (start && nla_get_u32(start) < pace->start)
		return KSRTP_REFUSE(extack, start,
				    "srtcp-start: less than before");
	ksrtp_request_u32(attrs[KSRTP_A_DIRECTION_RTP_BLOCK], &pace->size[0]);
	ksrtp_request_u32(attrs[KSRTP_A_DIRECTION_SRTCP_BLOCK], &pace->size[1]);
	ksrtp_request_u32(start, &pace->start);
	ksrtp_request_u32(attrs[KSRTP_A_DIRECTION_REPORT], &pace->report);
	return 0;
}

/* Read a set of numbers, one byte each. */
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

/* Read the settings that change a policy. */
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
	ksrtp_request_bool(attrs[KSRTP_A_DIRECTION_SHORT_SRTCP_TAG],
			   &policy->short_srtcp_tag);
	ksrtp_request_bool(attrs[KSRTP_A_DIRECTION_KDF_AES_256],
			   &policy->kdf_aes_256);
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

/* Are a suite and the other settings compatible? Returns an error or NULL. */
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
	if (policy->short_srtcp_tag && !suite->rtcp_tag_varies)
		return "short-srtcp-tag: not with this suite";
	if (policy->kdf_aes_256 && suite->key_len != KSRTP_KDF_AES_192_LEN)
		return "kdf-aes-256: only with AES_192 suites";
	if (!bitmap_empty(policy->repair_types, 128) &&
	    !ksrtp_suite_is_double(suite))
		return "repair-types: only with DOUBLE suites";
	return NULL;
}

/* Are the settings of a direction compatible? Returns an error or NULL. */
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

/* Read what a new key is to have been before, and does to counters. */
static int ksrtp_request_counters(struct nlattr **attrs,
				  enum ksrtp_direction_id id,
				  struct ksrtp_direction_config *config,
				  struct netlink_ext_ack *extack)
{
	const struct nlattr *restart = attrs[KSRTP_A_DIRECTION_RESTART_COUNTERS];
	const struct nlattr *unused = attrs[KSRTP_A_DIRECTION_UNUSED_KEY];
	const struct nlattr *further = attrs[KSRTP_A_DIRECTION_FURTHER_KEYS];
	const struct ksrtp_suite *suite = config->policy.suite;
	unsigned int len = suite ? suite->parts * suite->key_len : 0;

	if (further && !unused)
		return KSRTP_REFUSE(extack, further,
				    "further-keys: goes with unused-key");
	if (further && (!len || nla_len(further) % len))
		return KSRTP_REFUSE(extack, further,
				    "further-keys: not of the length of the suite's master keys");
	if (unused && !further && !config->master.key)
		return KSRTP_REFUSE(extack, unused,
				    "unused-key: goes with a master-key");
	if (restart && !config->master.key)
		return KSRTP_REFUSE(extack, restart,
				    "restart-counters: goes with a master-key");
	if (restart && id != KSRTP_DIRECTION_SEND)
		return KSRTP_REFUSE(extack, restart,
				    "restart-counters: is for sending");
	config->unused_key = unused;
	if (further) {
		config->further = nla_data(further);
		config->n_further = nla_len(further) / len;
	}
	config->restart = restart;
	return 0;
}

static int ksrtp_request_direction(struct nlattr *nest, struct ksrtp_net *kn,
				   const struct ksrtp_flow *flow,
				   struct ksrtp_session *session,
				   enum ksrtp_direction_id id,
				   struct ksrtp_direction_config *config,
				   struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[ARRAY_SIZE(ksrtp_direction_request_nl_policy)];
	struct ksrtp_sealed_for use = {
		.kn = kn,
		.flow = flow,
		.direction = id,
		.policy = &config->policy,
	};
	struct ksrtp_key_attrs key;
	const struct nlattr *overlap;
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
	err = ksrtp_request_pace(attrs, id, &config->pace, extack);
	if (err)
		return err;
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
		.sealed = attrs[KSRTP_A_DIRECTION_SEALED],
		.mki = attrs[KSRTP_A_DIRECTION_MKI],
		.rtp_lifetime = attrs[KSRTP_A_DIRECTION_RTP_LIFETIME],
		.rtcp_lifetime = attrs[KSRTP_A_DIRECTION_RTCP_LIFETIME],
		.soft_limit = attrs[KSRTP_A_DIRECTION_SOFT_LIMIT],
		.rtp_packets = attrs[KSRTP_A_DIRECTION_RTP_PACKETS],
		.rtcp_packets = attrs[KSRTP_A_DIRECTION_RTCP_PACKETS],
	};
	err = ksrtp_request_master(&key, &use, &config->master, extack);
	if (err)
		return err;
	err = ksrtp_request_ekt(attrs, nest, session, &use, config, extack);
	if (err)
		return err;
	err = ksrtp_request_counters(attrs, id, config, extack);
	if (err)
		return err;
	overlap = attrs[KSRTP_A_DIRECTION_OVERLAP];
	if (!overlap) {
		if (id == KSRTP_DIRECTION_SEND &&
		    ksrtp_request_ekt_holds(session, config))
			config->overlap = KSRTP_EKT_KEPT;
		return 0;
	}
	if (!config->master.key)
		return KSRTP_REFUSE(extack, overlap,
				    "overlap: goes with a master-key");
	if (id == KSRTP_DIRECTION_SEND && !config->master.mki_len)
		return KSRTP_REFUSE(extack, overlap,
				    "overlap: is for receiving, without an mki");
	if (config->restart)
		return KSRTP_REFUSE(extack, overlap,
				    "overlap: not with restart-counters, which leaves no key of before");
	config->overlap = nla_get_u32(overlap);
	return 0;
}

/**
 * ksrtp_request_policy() - read the settings of a session, except for its place
 * @attrs: session attributes of the request; @config points to keys in it
 * @kn: namespace
 * @session: the session to change, or NULL for a new one
 * @config: filled in, with the flow of a new session; defaults are those of
 *	@session; to be given to ksrtp_request_done(), also after an error
 * @extack: where to explain a refusal
 *
 * Context: process context of the requester, whose key service keys are read.
 * May sleep. Under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_request_policy(struct nlattr **attrs, struct ksrtp_net *kn,
			 struct ksrtp_session *session,
			 struct ksrtp_session_config *config,
			 struct netlink_ext_ack *extack)
{
	const struct ksrtp_flow *flow = &config->flow;
	int err;

	memset(config, 0, sizeof(*config));
	if (session) {
		flow = &session->place->rtp.flow;
		config->send.policy = session->direction[0].policy;
		config->recv.policy = session->direction[1].policy;
		config->send.pace = session->direction[0].pace;
		config->recv.pace = session->direction[1].pace;
	} else {
		ksrtp_policy_init(&config->send.policy);
		ksrtp_policy_init(&config->recv.policy);
		err = ksrtp_request_flow(attrs, &config->flow, extack);
		if (err)
			return err;
	}
	if (attrs[KSRTP_A_SESSION_MAX_STREAMS])
		config->max_streams =
			nla_get_u32(attrs[KSRTP_A_SESSION_MAX_STREAMS]);
	if (attrs[KSRTP_A_SESSION_STREAM_TIMEOUT]) {
		config->has_stream_timeout = true;
		config->stream_timeout =
			nla_get_u32(attrs[KSRTP_A_SESSION_STREAM_TIMEOUT]);
	}
	if (attrs[KSRTP_A_SESSION_LEASE]) {
		config->has_lease = true;
		config->lease = nla_get_u32(attrs[KSRTP_A_SESSION_LEASE]);
	}
	err = ksrtp_request_direction(attrs[KSRTP_A_SESSION_SEND], kn, flow,
				      session, KSRTP_DIRECTION_SEND, &config->send,
				      extack);
	if (err)
		return err;
	return ksrtp_request_direction(attrs[KSRTP_A_SESSION_RECV], kn, flow,
				       session, KSRTP_DIRECTION_RECV, &config->recv,
				       extack);
}

/**
 * ksrtp_request_done() - wipe the settings of a session, and drop references
 * @config: as filled in by ksrtp_request_policy(), with or without success
 *
 * Context: any.
 */
void ksrtp_request_done(struct ksrtp_session_config *config)
{
	unsigned int i;

	ksrtp_ektkey_put(config->send.ektkey);
	ksrtp_ektkey_put(config->recv.ektkey);
	for (i = 0; i < ARRAY_SIZE(config->recv.older); i++) {
		ksrtp_ektkey_put(config->send.older[i]);
		ksrtp_ektkey_put(config->recv.older[i]);
	}
	ksrtp_relay_free(config->relays);
	memzero_explicit(config, sizeof(*config));
}

/* Add a set of numbers, one byte each. */
static int ksrtp_put_set(struct sk_buff *msg, int attr,
			 const unsigned long *set, unsigned int size)
{
	unsigned int i, n = bitmap_weight(set, size);
	struct nlattr *nla;
	u8 *numbers;

	if (!n)
		return 0;
	nla = nla_reserve(msg, attr, n);
	if (!nla)
		return -EMSGSIZE;
	numbers = nla_data(nla);
	n = 0;
	for_each_set_bit(i, set, size)
		numbers[n++] = i;
	return 0;
}

static int ksrtp_put_flag_setting(struct sk_buff *msg, int attr, bool value)
{
	return value ? nla_put_u8(msg, attr, 1) : 0;
}

static int ksrtp_put_policy(struct sk_buff *msg,
			    const struct ksrtp_policy *policy)
{
	if (policy->suite &&
	    nla_put_u32(msg, KSRTP_A_DIRECTION_SUITE, policy->suite->id))
		return -EMSGSIZE;
	if (ksrtp_put_setting(msg, KSRTP_A_DIRECTION_KEY_DERIVATION_RATE,
			      policy->key_derivation_rate, 0) ||
	    ksrtp_put_flag_setting(msg, KSRTP_A_DIRECTION_UNENCRYPTED_SRTP,
				   policy->unencrypted_srtp) ||
	    ksrtp_put_flag_setting(msg, KSRTP_A_DIRECTION_UNENCRYPTED_SRTCP,
				   policy->unencrypted_srtcp) ||
	    ksrtp_put_flag_setting(msg,
				   KSRTP_A_DIRECTION_UNAUTHENTICATED_SRTP,
				   policy->unauthenticated_srtp) ||
	    ksrtp_put_flag_setting(msg, KSRTP_A_DIRECTION_SHORT_SRTCP_TAG,
				   policy->short_srtcp_tag) ||
	    ksrtp_put_flag_setting(msg, KSRTP_A_DIRECTION_KDF_AES_256,
				   policy->kdf_aes_256) ||
	    ksrtp_put_set(msg, KSRTP_A_DIRECTION_ENCRYPTED_EXTENSIONS,
			  policy->extensions, 256) ||
	    ksrtp_put_setting(msg, KSRTP_A_DIRECTION_CRYPTEX, policy->cryptex,
			      KSRTP_CRYPTEX_OFF) ||
	    ksrtp_put_setting(msg, KSRTP_A_DIRECTION_RCC_MODE,
			      policy->rcc_mode, KSRTP_RCC_OFF) ||
	    ksrtp_put_setting(msg, KSRTP_A_DIRECTION_RCC_RATE,
			      policy->rcc_rate, 1) ||
	    ksrtp_put_setting(msg, KSRTP_A_DIRECTION_INITIAL_ROC,
			      policy->initial_roc, 0) ||
	    ksrtp_put_setting(msg, KSRTP_A_DIRECTION_ROC_SEARCH,
			      policy->roc_search, 0) ||
	    ksrtp_put_setting(msg, KSRTP_A_DIRECTION_COUNTERS,
			      policy->counters, KSRTP_COUNTERS_CONTINUE) ||
	    ksrtp_put_setting(msg, KSRTP_A_DIRECTION_REPEAT, policy->repeat,
			      0) ||
	    ksrtp_put_set(msg, KSRTP_A_DIRECTION_REPAIR_TYPES,
			  policy->repair_types, 128))
		return -EMSGSIZE;
	return 0;
}

static int ksrtp_put_pace(struct sk_buff *msg, const struct ksrtp_pace *pace)
{
	return ksrtp_put_setting(msg, KSRTP_A_DIRECTION_RTP_BLOCK,
				 pace->size[0], 0) ?:
	       ksrtp_put_setting(msg, KSRTP_A_DIRECTION_SRTCP_BLOCK,
				 pace->size[1], 0) ?:
	       ksrtp_put_setting(msg, KSRTP_A_DIRECTION_SRTCP_START,
				 pace->start, 0) ?:
	       ksrtp_put_setting(msg, KSRTP_A_DIRECTION_REPORT, pace->report,
				 0);
}

/**
 * ksrtp_put_direction() - add a direction to a message, if it is configured
 * @msg: the message
 * @session: its session
 * @id: which direction
 * @seal: seal key to add its EKT keys with, or NULL
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0, -EMSGSIZE, or an errno of ksrtp_put_sealed().
 */
int ksrtp_put_direction(struct sk_buff *msg, struct ksrtp_session *session,
			enum ksrtp_direction_id id, struct ksrtp_seal *seal)
{
	struct ksrtp_direction *direction = ksrtp_direction(session, id);
	const struct ksrtp_keyset *keyset =
		ksrtp_direction_keyset(session->kn, direction);
	struct ksrtp_stats stats = {};
	struct nlattr *nest;
	int err;

	if (!direction->configured)
		return 0;
	nest = nla_nest_start(msg, id == KSRTP_DIRECTION_SEND ?
			      KSRTP_A_SESSION_SEND : KSRTP_A_SESSION_RECV);
	if (!nest ||
	    ksrtp_put_policy(msg, &direction->policy) ||
	    ksrtp_put_pace(msg, &direction->pace) ||
	    ksrtp_put_ekt(msg, session->kn, direction) ||
	    nla_put_u32(msg, KSRTP_A_DIRECTION_STATE, keyset ?
			KSRTP_STATE_KEYED : KSRTP_STATE_PENDING) ||
	    nla_put_u32(msg, KSRTP_A_DIRECTION_KEYS,
			ksrtp_keyset_count(keyset) -
			(keyset && keyset->keys[0]->blank)) ||
	    nla_put_u32(msg, KSRTP_A_DIRECTION_REPLAY_WINDOW,
			direction->window))
		return -EMSGSIZE;
	if (keyset &&
	    ksrtp_put_drivers(msg, KSRTP_A_DIRECTION_CIPHER_DRIVER,
			      KSRTP_A_DIRECTION_AUTH_DRIVER,
			      keyset->keys[0]->keys[0]))
		return -EMSGSIZE;
	ksrtp_stats_add(&stats, session, id);
	if (ksrtp_put_stats(msg, KSRTP_A_DIRECTION_STATS, &stats))
		return -EMSGSIZE;
	err = seal ? ksrtp_put_ekt_sealed(msg, session, direction, seal) : 0;
	if (err)
		return err;
	nla_nest_end(msg, nest);
	return 0;
}
