// SPDX-License-Identifier: GPL-2.0
/* Sessions, streams and suites put into netlink messages: never a key. */

#include <linux/jiffies.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "compat.h"
#include "event.h"
#include "message.h"
#include "net.h"
#include "netlink.h"
#include "rekey.h"
#include "require.h"
#include "stats.h"

/* Begin a message; of a dump, tell if something may be missing from it. */
static void *ksrtp_put_header(struct sk_buff *msg,
			      const struct ksrtp_message_id *id)
{
	void *header = genlmsg_put(msg, id->portid, id->seq, &ksrtp_family,
				   id->flags, id->cmd);

	if (header && id->cb)
		genl_dump_check_consistent(id->cb, header);
	return header;
}

static int ksrtp_put_address(struct sk_buff *msg, int attr, u16 family,
			     const struct in6_addr *address)
{
	if (ipv6_addr_any(address))
		return 0;
	return nla_put(msg, attr, family == AF_INET ? 4 : 16, address);
}

static int ksrtp_put_port(struct sk_buff *msg, int attr, __be16 port)
{
	return port ? nla_put_be16(msg, attr, port) : 0;
}

static int ksrtp_put_flow(struct sk_buff *msg, const struct ksrtp_session *s)
{
	const struct ksrtp_flow *flow = &s->rtp.flow;

	if (flow->ifindex &&
	    nla_put_u32(msg, KSRTP_A_SESSION_IFINDEX, flow->ifindex))
		return -EMSGSIZE;
	if (flow->has_ssrc &&
	    nla_put_u32(msg, KSRTP_A_SESSION_SSRC, flow->ssrc))
		return -EMSGSIZE;
	if (flow->family &&
	    nla_put_u16(msg, KSRTP_A_SESSION_FAMILY, flow->family))
		return -EMSGSIZE;
	if (ksrtp_put_address(msg, KSRTP_A_SESSION_LOCAL_ADDRESS,
			      flow->family, &flow->local) ||
	    ksrtp_put_address(msg, KSRTP_A_SESSION_REMOTE_ADDRESS,
			      flow->family, &flow->remote) ||
	    ksrtp_put_port(msg, KSRTP_A_SESSION_LOCAL_PORT,
			   flow->local_port) ||
	    ksrtp_put_port(msg, KSRTP_A_SESSION_REMOTE_PORT,
			   flow->remote_port))
		return -EMSGSIZE;
	if (!ksrtp_session_has_rtcp_flow(s))
		return nla_put_flag(msg, KSRTP_A_SESSION_RTCP_MUX);
	if (ksrtp_put_port(msg, KSRTP_A_SESSION_LOCAL_RTCP_PORT,
			   s->rtcp.flow.local_port) ||
	    ksrtp_put_port(msg, KSRTP_A_SESSION_REMOTE_RTCP_PORT,
			   s->rtcp.flow.remote_port))
		return -EMSGSIZE;
	return 0;
}

static int ksrtp_put_stats(struct sk_buff *msg, int attr,
			   const struct ksrtp_stats *stats)
{
	struct nlattr *nest = nla_nest_start(msg, attr);
	int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = KSRTP_A_STATS_PAD + 1; i <= KSRTP_A_STATS_MAX; i++)
		if (nla_put_u64_64bit(msg, i, stats->value[i],
				      KSRTP_A_STATS_PAD))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/* A set of small numbers, a byte each. */
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

/* A setting, unless it is as it is by itself. */
static int ksrtp_put_setting(struct sk_buff *msg, int attr, u32 value,
			     u32 default_value)
{
	return value == default_value ? 0 : nla_put_u32(msg, attr, value);
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
	    ksrtp_put_set(msg, KSRTP_A_DIRECTION_REPAIR_TYPES,
			  policy->repair_types, 128))
		return -EMSGSIZE;
	return 0;
}

static int ksrtp_put_drivers(struct sk_buff *msg, int cipher_attr,
			     int auth_attr, const struct ksrtp_keys *keys)
{
	const char *auth = ksrtp_keys_auth_driver(keys);

	if (nla_put_string(msg, cipher_attr, ksrtp_keys_cipher_driver(keys)))
		return -EMSGSIZE;
	return auth ? nla_put_string(msg, auth_attr, auth) : 0;
}

static int ksrtp_put_direction(struct sk_buff *msg,
			       struct ksrtp_session *session,
			       enum ksrtp_direction_id id)
{
	struct ksrtp_direction *direction = ksrtp_direction(session, id);
	const struct ksrtp_keyring *keyring =
		ksrtp_rekey_keyring_of(session->kn, direction);
	struct ksrtp_stats stats = {};
	struct nlattr *nest;

	if (!direction->governed)
		return 0;
	nest = nla_nest_start(msg, id == KSRTP_DIRECTION_SEND ?
			      KSRTP_A_SESSION_SEND : KSRTP_A_SESSION_RECV);
	if (!nest ||
	    ksrtp_put_policy(msg, &direction->policy) ||
	    nla_put_u32(msg, KSRTP_A_DIRECTION_STATE, keyring ?
			KSRTP_STATE_KEYED : KSRTP_STATE_PENDING) ||
	    nla_put_u32(msg, KSRTP_A_DIRECTION_KEYS,
			ksrtp_keyring_count(keyring)) ||
	    nla_put_u32(msg, KSRTP_A_DIRECTION_REPLAY_WINDOW,
			direction->window))
		return -EMSGSIZE;
	if (keyring &&
	    ksrtp_put_drivers(msg, KSRTP_A_DIRECTION_CIPHER_DRIVER,
			      KSRTP_A_DIRECTION_AUTH_DRIVER,
			      keyring->keys[0]->keys[0]))
		return -EMSGSIZE;
	ksrtp_stats_add(&stats, session, id);
	if (ksrtp_put_stats(msg, KSRTP_A_DIRECTION_STATS, &stats))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int ksrtp_put_session(struct sk_buff *msg, struct ksrtp_session *session)
{
	if (nla_put_u32(msg, KSRTP_A_SESSION_ID, session->id) ||
	    ksrtp_put_flow(msg, session) ||
	    nla_put_u32(msg, KSRTP_A_SESSION_MAX_STREAMS,
			session->max_streams) ||
	    nla_put_u32(msg, KSRTP_A_SESSION_STREAMS,
			atomic_read(&session->nstreams)) ||
	    ksrtp_put_setting(msg, KSRTP_A_SESSION_STREAM_TIMEOUT,
			      session->stream_timeout, 0))
		return -EMSGSIZE;
	if (session->owner && nla_put_flag(msg, KSRTP_A_SESSION_OWNED))
		return -EMSGSIZE;
	if (session->orphaned && nla_put_flag(msg, KSRTP_A_SESSION_ORPHANED))
		return -EMSGSIZE;
	if (ksrtp_put_direction(msg, session, KSRTP_DIRECTION_SEND) ||
	    ksrtp_put_direction(msg, session, KSRTP_DIRECTION_RECV))
		return -EMSGSIZE;
	return 0;
}

/**
 * ksrtp_message_session() - describe a session
 * @msg: message to add it to
 * @id: header of the message
 * @session: the session
 *
 * Context: process, under the namespace's lock.
 * Return: 0, or -EMSGSIZE with @msg as it was.
 */
int ksrtp_message_session(struct sk_buff *msg,
			  const struct ksrtp_message_id *id,
			  struct ksrtp_session *session)
{
	void *header = ksrtp_put_header(msg, id);

	if (!header || ksrtp_put_session(msg, session)) {
		genlmsg_cancel(msg, header);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, header);
	return 0;
}

/* A stream's state, taken in one go so that it is of one moment. */
struct ksrtp_stream_snapshot {
	struct ksrtp_replay rtp, rtcp;
	struct ksrtp_volume volume;
	struct ksrtp_spent spent[2];
	u64 idle;
	u8 rtp_seen[KSRTP_REPLAY_WINDOW_MAX / 8];
	u8 rtcp_seen[KSRTP_REPLAY_WINDOW_MAX / 8];
};

static void ksrtp_stream_take(struct ksrtp_stream *stream,
			      struct ksrtp_stream_snapshot *shot)
{
	spin_lock_bh(&stream->lock);
	shot->rtp = stream->rtp;
	shot->rtcp = stream->rtcp;
	shot->volume = stream->volume;
	memset(shot->spent, 0, sizeof(shot->spent));
	if (stream->id.direction == KSRTP_DIRECTION_SEND)
		memcpy(shot->spent, stream->spent, sizeof(shot->spent));
	shot->idle = jiffies_to_msecs(jiffies - stream->last_used);
	if (stream->rtp.started)
		ksrtp_replay_save(&stream->rtp, shot->rtp_seen);
	if (stream->rtcp.started)
		ksrtp_replay_save(&stream->rtcp, shot->rtcp_seen);
	spin_unlock_bh(&stream->lock);
}

static int ksrtp_put_stream_u64(struct sk_buff *msg, int attr, u64 value)
{
	return nla_put_u64_64bit(msg, attr, value, KSRTP_A_STREAM_PAD);
}

static int ksrtp_put_stream(struct sk_buff *msg,
			    const struct ksrtp_stream *stream,
			    const struct ksrtp_stream_snapshot *shot)
{
	unsigned int seen_len = DIV_ROUND_UP(shot->rtp.window, 8);
	int i;

	if (nla_put_u32(msg, KSRTP_A_STREAM_SESSION_ID, stream->id.session) ||
	    nla_put_u32(msg, KSRTP_A_STREAM_DIRECTION, stream->id.direction) ||
	    nla_put_u32(msg, KSRTP_A_STREAM_SSRC, stream->id.ssrc) ||
	    nla_put_u32(msg, KSRTP_A_STREAM_ROC, shot->rtp.top >> 16) ||
	    nla_put_u32(msg, KSRTP_A_STREAM_REPLAY_WINDOW, shot->rtp.window))
		return -EMSGSIZE;
	if (shot->rtp.started &&
	    (nla_put_u16(msg, KSRTP_A_STREAM_SEQ, shot->rtp.top) ||
	     nla_put(msg, KSRTP_A_STREAM_RTP_REPLAY, seen_len,
		     shot->rtp_seen)))
		return -EMSGSIZE;
	if (shot->rtcp.started &&
	    (nla_put_u32(msg, KSRTP_A_STREAM_SRTCP_INDEX, shot->rtcp.top) ||
	     nla_put(msg, KSRTP_A_STREAM_RTCP_REPLAY, seen_len,
		     shot->rtcp_seen)))
		return -EMSGSIZE;
	if (ksrtp_put_stream_u64(msg, KSRTP_A_STREAM_RTP_PACKETS,
				 shot->volume.rtp_packets) ||
	    ksrtp_put_stream_u64(msg, KSRTP_A_STREAM_RTP_BYTES,
				 shot->volume.rtp_bytes) ||
	    ksrtp_put_stream_u64(msg, KSRTP_A_STREAM_RTCP_PACKETS,
				 shot->volume.rtcp_packets) ||
	    ksrtp_put_stream_u64(msg, KSRTP_A_STREAM_RTCP_BYTES,
				 shot->volume.rtcp_bytes) ||
	    ksrtp_put_stream_u64(msg, KSRTP_A_STREAM_IDLE, shot->idle))
		return -EMSGSIZE;
	if (shot->spent[0].to &&
	    (ksrtp_put_stream_u64(msg, KSRTP_A_STREAM_RTP_USED_FROM,
				  shot->spent[0].from) ||
	     ksrtp_put_stream_u64(msg, KSRTP_A_STREAM_RTP_USED_TO,
				  shot->spent[0].to)))
		return -EMSGSIZE;
	if (shot->spent[1].to &&
	    (nla_put_u32(msg, KSRTP_A_STREAM_SRTCP_USED_FROM,
			 shot->spent[1].from) ||
	     nla_put_u32(msg, KSRTP_A_STREAM_SRTCP_USED_TO,
			 shot->spent[1].to)))
		return -EMSGSIZE;
	for (i = 0; i < KSRTP_STREAM_DROPS; i++)
		if (ksrtp_put_stream_u64(msg, KSRTP_A_STREAM_DROP_BAD_TAG + i,
					 atomic64_read(&stream->drops[i])))
			return -EMSGSIZE;
	return 0;
}

/**
 * ksrtp_message_stream() - describe a stream
 * @msg: message to add it to
 * @id: header of the message
 * @stream: the stream
 * @gfp: how to allocate what it takes meanwhile
 *
 * Context: as @gfp says; under rcu_read_lock() or the namespace's lock.
 * Return: 0, or -EMSGSIZE or -ENOMEM with @msg as it was.
 */
int ksrtp_message_stream(struct sk_buff *msg,
			 const struct ksrtp_message_id *id,
			 struct ksrtp_stream *stream, gfp_t gfp)
{
	struct ksrtp_stream_snapshot *shot;
	void *header;
	int err;

	shot = kmalloc(sizeof(*shot), gfp);
	if (!shot)
		return -ENOMEM;
	ksrtp_stream_take(stream, shot);

	header = ksrtp_put_header(msg, id);
	err = header ? ksrtp_put_stream(msg, stream, shot) : -EMSGSIZE;
	kfree(shot);
	if (err) {
		genlmsg_cancel(msg, header);
		return err;
	}
	genlmsg_end(msg, header);
	return 0;
}

/**
 * ksrtp_message_suite() - describe a suite
 * @msg: message to add it to
 * @id: header of the message
 * @suite: the suite
 * @keys: keys of that suite, which tell the drivers, or NULL to tell none
 *
 * Context: process.
 * Return: 0, or -EMSGSIZE with @msg as it was.
 */
int ksrtp_message_suite(struct sk_buff *msg, const struct ksrtp_message_id *id,
			const struct ksrtp_suite *suite,
			const struct ksrtp_keys *keys)
{
	void *header = ksrtp_put_header(msg, id);

	if (!header)
		return -EMSGSIZE;
	if (nla_put_u32(msg, KSRTP_A_SUITE_ID, suite->id) ||
	    nla_put_string(msg, KSRTP_A_SUITE_NAME, suite->name) ||
	    nla_put_u32(msg, KSRTP_A_SUITE_KEY_LENGTH,
			suite->parts * suite->key_len) ||
	    nla_put_u32(msg, KSRTP_A_SUITE_SALT_LENGTH,
			suite->parts * suite->salt_len) ||
	    nla_put_u32(msg, KSRTP_A_SUITE_RTP_TAG_LENGTH,
			suite->rtp_tag_len) ||
	    nla_put_u32(msg, KSRTP_A_SUITE_RTCP_TAG_LENGTH,
			suite->rtcp_tag_len) ||
	    (suite->dtls_name &&
	     (nla_put_u16(msg, KSRTP_A_SUITE_DTLS_PROFILE,
			  suite->dtls_profile) ||
	      nla_put_string(msg, KSRTP_A_SUITE_DTLS_NAME,
			     suite->dtls_name))) ||
	    (keys && ksrtp_put_drivers(msg, KSRTP_A_SUITE_CIPHER_DRIVER,
				       KSRTP_A_SUITE_AUTH_DRIVER, keys))) {
		genlmsg_cancel(msg, header);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, header);
	return 0;
}

static int ksrtp_put_key_u64(struct sk_buff *msg, int attr, u64 value)
{
	return nla_put_u64_64bit(msg, attr, value, KSRTP_A_KEY_PAD);
}

static enum ksrtp_key_state ksrtp_key_state(const struct ksrtp_key_place *place)
{
	const struct ksrtp_keyring *keyring = place->keyring;
	const struct ksrtp_master *key = keyring->keys[place->at];

	if (ksrtp_master_used_up(key, false) || ksrtp_master_used_up(key, true))
		return KSRTP_KEY_EXPIRED;
	if (key->retiring)
		return KSRTP_KEY_RETIRING;
	if (place->direction == KSRTP_DIRECTION_SEND && keyring->mki_len &&
	    keyring->active != place->at)
		return KSRTP_KEY_STANDBY;
	return KSRTP_KEY_ACTIVE;
}

static int ksrtp_put_key(struct sk_buff *msg,
			 const struct ksrtp_key_place *place)
{
	const struct ksrtp_master *key = place->keyring->keys[place->at];
	long left = (long)(key->retire_at - jiffies);

	if (nla_put_u32(msg, KSRTP_A_KEY_SESSION_ID, place->session) ||
	    nla_put_u32(msg, KSRTP_A_KEY_DIRECTION, place->direction))
		return -EMSGSIZE;
	if (place->former &&
	    nla_put_u32(msg, KSRTP_A_KEY_SUITE, key->suite->id))
		return -EMSGSIZE;
	if (key->mki_len &&
	    nla_put(msg, KSRTP_A_KEY_MKI, key->mki_len, key->mki))
		return -EMSGSIZE;
	if (ksrtp_put_key_u64(msg, KSRTP_A_KEY_FROM, key->from) ||
	    ksrtp_put_key_u64(msg, KSRTP_A_KEY_TO, key->to) ||
	    ksrtp_put_key_u64(msg, KSRTP_A_KEY_RTP_LIFETIME,
			      key->lifetime[0].hard) ||
	    ksrtp_put_key_u64(msg, KSRTP_A_KEY_RTCP_LIFETIME,
			      key->lifetime[1].hard) ||
	    nla_put_u32(msg, KSRTP_A_KEY_SOFT_LIMIT, key->soft_limit) ||
	    ksrtp_put_key_u64(msg, KSRTP_A_KEY_RTP_PACKETS,
			      atomic64_read(&key->lifetime[0].used)) ||
	    ksrtp_put_key_u64(msg, KSRTP_A_KEY_RTCP_PACKETS,
			      atomic64_read(&key->lifetime[1].used)) ||
	    nla_put_u32(msg, KSRTP_A_KEY_STATE, ksrtp_key_state(place)))
		return -EMSGSIZE;
	if (key->retiring &&
	    nla_put_u32(msg, KSRTP_A_KEY_OVERLAP,
			left > 0 ? jiffies_to_msecs(left) : 0))
		return -EMSGSIZE;
	return key->outer_only ?
	       nla_put_flag(msg, KSRTP_A_KEY_OUTER_ONLY) : 0;
}

/**
 * ksrtp_message_key() - describe a master key, all but the key
 * @msg: message to add it to
 * @id: header of the message
 * @place: where it is
 *
 * Context: process, under the namespace's lock.
 * Return: 0, or -EMSGSIZE with @msg as it was.
 */
int ksrtp_message_key(struct sk_buff *msg, const struct ksrtp_message_id *id,
		      const struct ksrtp_key_place *place)
{
	void *header = ksrtp_put_header(msg, id);

	if (!header || ksrtp_put_key(msg, place)) {
		genlmsg_cancel(msg, header);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, header);
	return 0;
}

static int ksrtp_put_excepts(struct sk_buff *msg,
			     const struct ksrtp_require_config *config)
{
	struct nlattr *attr;
	unsigned int i;
	u8 *data;

	if (!config->nexcepts)
		return 0;
	attr = nla_reserve(msg, KSRTP_A_REQUIRE_EXCEPT_REMOTE_PORTS,
			   4 * config->nexcepts);
	if (!attr)
		return -EMSGSIZE;
	data = nla_data(attr);
	for (i = 0; i < config->nexcepts; i++, data += 4) {
		put_unaligned_be16(config->excepts[i].first, data);
		put_unaligned_be16(config->excepts[i].last, data + 2);
	}
	return 0;
}

static int ksrtp_put_require(struct sk_buff *msg,
			     const struct ksrtp_require *require)
{
	const struct ksrtp_require_config *config = &require->config;

	if (nla_put_u32(msg, KSRTP_A_REQUIRE_ID, require->id) ||
	    ksrtp_put_setting(msg, KSRTP_A_REQUIRE_IFINDEX, config->ifindex, 0))
		return -EMSGSIZE;
	if (config->family &&
	    nla_put_u16(msg, KSRTP_A_REQUIRE_FAMILY, config->family))
		return -EMSGSIZE;
	if (config->local.first &&
	    (nla_put_be16(msg, KSRTP_A_REQUIRE_FIRST_PORT,
			  htons(config->local.first)) ||
	     nla_put_be16(msg, KSRTP_A_REQUIRE_LAST_PORT,
			  htons(config->local.last))))
		return -EMSGSIZE;
	if (ksrtp_put_excepts(msg, config) ||
	    ksrtp_put_setting(msg, KSRTP_A_REQUIRE_JUDGE, config->judge,
			      KSRTP_JUDGE_HEADER))
		return -EMSGSIZE;
	if (nla_put_u64_64bit(msg, KSRTP_A_REQUIRE_SEND_DROPS,
			      atomic64_read(&require->drops[0]),
			      KSRTP_A_REQUIRE_PAD) ||
	    nla_put_u64_64bit(msg, KSRTP_A_REQUIRE_RECV_DROPS,
			      atomic64_read(&require->drops[1]),
			      KSRTP_A_REQUIRE_PAD))
		return -EMSGSIZE;
	return 0;
}

/**
 * ksrtp_message_require() - describe a rule
 * @msg: message to add it to
 * @id: header of the message
 * @require: the rule
 *
 * Context: process, under the namespace's lock.
 * Return: 0, or -EMSGSIZE with @msg as it was.
 */
int ksrtp_message_require(struct sk_buff *msg,
			  const struct ksrtp_message_id *id,
			  const struct ksrtp_require *require)
{
	void *header = ksrtp_put_header(msg, id);

	if (!header || ksrtp_put_require(msg, require)) {
		genlmsg_cancel(msg, header);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, header);
	return 0;
}

static int ksrtp_put_stat_u64(struct sk_buff *msg, int attr, u64 value)
{
	return nla_put_u64_64bit(msg, attr, value, KSRTP_A_STAT_PAD);
}

static int ksrtp_put_stat(struct sk_buff *msg, struct ksrtp_net *kn,
			  const struct ksrtp_stats *stats, u32 streams)
{
	if (nla_put_u32(msg, KSRTP_A_STAT_SESSIONS, kn->nsessions) ||
	    nla_put_u32(msg, KSRTP_A_STAT_STREAMS, streams) ||
	    ksrtp_put_stat_u64(msg, KSRTP_A_STAT_STREAM_MEMORY,
			       atomic_long_read(&kn->stream_memory)) ||
	    nla_put_u32(msg, KSRTP_A_STAT_REQUIRES, kn->nrequires) ||
	    ksrtp_put_stat_u64(msg, KSRTP_A_STAT_REQUIRE_DROPS,
			       atomic64_read(&kn->require_drops)) ||
	    ksrtp_put_stats(msg, KSRTP_A_STAT_SEND, &stats[0]) ||
	    ksrtp_put_stats(msg, KSRTP_A_STAT_RECV, &stats[1]))
		return -EMSGSIZE;
	return 0;
}

/**
 * ksrtp_message_stat() - describe a namespace as a whole
 * @msg: message to add it to
 * @id: header of the message
 * @kn: the namespace
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0, or -EMSGSIZE with @msg as it was.
 */
int ksrtp_message_stat(struct sk_buff *msg, const struct ksrtp_message_id *id,
		       struct ksrtp_net *kn)
{
	struct ksrtp_stats stats[2] = { kn->buried[0], kn->buried[1] };
	struct ksrtp_session *session;
	unsigned long number;
	u32 streams = 0;
	void *header;

	xa_for_each(&kn->sessions, number, session) {
		ksrtp_stats_add(&stats[0], session, KSRTP_DIRECTION_SEND);
		ksrtp_stats_add(&stats[1], session, KSRTP_DIRECTION_RECV);
		streams += atomic_read(&session->nstreams);
		cond_resched();
	}
	header = ksrtp_put_header(msg, id);
	if (!header || ksrtp_put_stat(msg, kn, stats, streams)) {
		genlmsg_cancel(msg, header);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, header);
	return 0;
}

static int ksrtp_put_alert(struct sk_buff *msg,
			   const struct ksrtp_alert_info *info)
{
	if (nla_put_u32(msg, KSRTP_A_ALERT_TYPE, info->type) ||
	    ksrtp_put_setting(msg, KSRTP_A_ALERT_SESSION_ID, info->session,
			      0) ||
	    ksrtp_put_setting(msg, KSRTP_A_ALERT_DIRECTION, info->direction,
			      0) ||
	    ksrtp_put_setting(msg, KSRTP_A_ALERT_REQUIRE_ID, info->require, 0))
		return -EMSGSIZE;
	if (info->has_ssrc && nla_put_u32(msg, KSRTP_A_ALERT_SSRC, info->ssrc))
		return -EMSGSIZE;
	if (info->mki_len &&
	    nla_put(msg, KSRTP_A_ALERT_MKI, info->mki_len, info->mki))
		return -EMSGSIZE;
	if (info->rtcp && nla_put_flag(msg, KSRTP_A_ALERT_RTCP))
		return -EMSGSIZE;
	return info->count ? nla_put_u64_64bit(msg, KSRTP_A_ALERT_COUNT,
					       info->count,
					       KSRTP_A_ALERT_PAD) : 0;
}

/**
 * ksrtp_message_alert() - describe something that wants attention
 * @msg: message to add it to
 * @id: header of the message
 * @info: what it is
 *
 * Context: any.
 * Return: 0, or -EMSGSIZE with @msg as it was.
 */
int ksrtp_message_alert(struct sk_buff *msg, const struct ksrtp_message_id *id,
			const struct ksrtp_alert_info *info)
{
	void *header = ksrtp_put_header(msg, id);

	if (!header || ksrtp_put_alert(msg, info)) {
		genlmsg_cancel(msg, header);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, header);
	return 0;
}
