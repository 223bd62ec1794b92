// SPDX-License-Identifier: GPL-2.0
/* Directions of a session in requests and messages: settings and keys. */

#include <linux/bitmap.h>
#include <linux/log2.h>
#include <linux/random.h>
#include <linux/string.h>

#include "compat.h"
#include "../crypto/kdf.h"
#include "rekey.h"
#include "stats.h"
#include "netlink/netlink.h"

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

/*
 * Find the length of an EKT key that its master salt follows, or the salt of the inner
 * part. Returns the length in bytes, or -EINVAL.
 */
static int ksrtp_request_ektkey_len(const struct ksrtp_suite *suite, int len)
{
	unsigned int parts;
	int key_len;

	for (parts = 1; parts <= suite->parts; parts++) {
		key_len = len - parts * suite->salt_len;
		if (key_len == 16 || key_len == 32)
			return key_len;
	}
	return -EINVAL;
}

/* Read an EKT key, which its master salt follows. */
static int ksrtp_request_ektkey(struct nlattr **attrs,
				struct ksrtp_direction_config *config,
				struct netlink_ext_ack *extack)
{
	const struct nlattr *key = attrs[KSRTP_A_DIRECTION_EKT_KEY] ?:
				   attrs[KSRTP_A_DIRECTION_EKT_KEY_SERIAL];
	const struct ksrtp_suite *suite = config->policy.suite;
	u8 material[KSRTP_EKT_KEY_MAX];
	int len, key_len;

	if (!suite)
		return KSRTP_REFUSE(extack, key,
				    "ekt-key: given without suite");
	if (attrs[KSRTP_A_DIRECTION_EKT_KEY]) {
		len = nla_len(key);
		memcpy(material, nla_data(key), len);
	} else {
		len = ksrtp_keyservice_read(nla_get_u32(key), material,
					    sizeof(material));
	}
	if (len < 0) {
		NL_SET_BAD_ATTR(extack, key);
		ksrtp_extack_msg(extack, ksrtp_keyservice_error(len));
		return len;
	}
	key_len = ksrtp_request_ektkey_len(suite, len);
	if (key_len > 0)
		config->ektkey = ksrtp_ektkey_create
			(nla_get_u32(attrs[KSRTP_A_DIRECTION_EKT_SPI]),
			 material, key_len, material + key_len, len - key_len);
	memzero_explicit(material, sizeof(material));
	if (key_len < 0)
		return KSRTP_REFUSE(extack, key,
				    "ekt-key: not 16 or 32 bytes, and the suite's salt");
	config->policy.ekt = true;
	return config->ektkey ? 0 : -ENOMEM;
}

/* Use EKT keys that were opened. Returns 0 or a negative errno. */
static int ksrtp_request_ektkeys(const u8 *plain, unsigned int len,
				 struct ksrtp_direction_config *config)
{
	struct ksrtp_sealed_ekt ekt;
	unsigned int i;
	int err;

	err = ksrtp_sealed_unpack_ekt(plain, len, &ekt);
	config->ektkey = ekt.keys[0];
	for (i = 1; i < KSRTP_EKT_KEYS_MAX; i++)
		config->older[i - 1] = ekt.keys[i];
	for (i = 0; !err && i < ekt.n; i++)
		if (!ksrtp_ektkey_told_len(ekt.keys[i], config->policy.suite))
			err = -EINVAL;
	config->master.ekt_epoch = ekt.epoch;
	return err;
}

/* Open EKT keys that this host or another one has sealed. */
static int ksrtp_request_ekt_sealed(const struct nlattr *sealed,
				    const struct ksrtp_sealed_for *use,
				    struct ksrtp_direction_config *config,
				    struct netlink_ext_ack *extack)
{
	u8 plain[KSRTP_SEALED_PLAIN_MAX];
	int len, err;

	if (use->direction == KSRTP_DIRECTION_SEND && !config->master.key)
		return KSRTP_REFUSE(extack, sealed,
				    "ekt-sealed: takes the sender's master key beside it");
	len = ksrtp_request_sealed(sealed, use, KSRTP_SEALED_EKT, plain,
				   sizeof(plain), extack);
	if (len < 0)
		return len;
	err = ksrtp_request_ektkeys(plain, len, config);
	memzero_explicit(plain, sizeof(plain));
	if (err == -EINVAL)
		return KSRTP_REFUSE(extack, sealed,
				    "ekt-sealed: no sealed EKT keys");
	config->policy.ekt = true;
	return err;
}

/* Is EKT compatible with the other settings? Returns an error or NULL. */
static const char *ksrtp_request_ekt_suits(const struct ksrtp_direction_config *config,
					   const struct ksrtp_direction *direction)
{
	const struct ksrtp_policy *policy = &config->policy;

	if (policy->rcc_mode != KSRTP_RCC_OFF)
		return "rcc-mode: not with ekt-key, which brings the counter";
	if (ksrtp_policy_unchecked(policy))
		return "unauthenticated-srtp: not with ekt-key";
	if (policy->key_derivation_rate)
		return "key-derivation-rate: not with ekt-key";
	if (config->master.mki_len)
		return "mki: not with ekt-key";
	if (direction && direction->policy.suite != policy->suite &&
	    !config->ektkey)
		return "suite: takes a new ekt-key beside it";
	return NULL;
}

/* Nobody has to know the master key: peers learn it, or bring theirs. */
static void ksrtp_request_random(struct ksrtp_direction_config *config)
{
	const struct ksrtp_suite *suite = config->policy.suite;
	struct ksrtp_master_config *master = &config->master;
	unsigned int len = suite->parts * suite->key_len;

	get_random_bytes(master->held, len);
	memcpy(master->held + len, config->ektkey->salt,
	       config->ektkey->salt_len);
	master->key = master->held;
	master->salt = master->held + len;
}

/* Under this EKT key comes the inner part alone. */
#define KSRTP_REQUEST_OUTER						\
	"ekt-key: with the salt of the inner part, takes a master-key beside it"

/* Provide the master key of a sender, and how it is told. */
static const char *ksrtp_request_told(const struct ksrtp_direction *direction,
				      struct ksrtp_direction_config *config)
{
	struct ksrtp_master_config *master = &config->master;
	struct ksrtp_ektkey *before = direction ? direction->ektkey : NULL;
	u16 next = direction ? direction->ekt_epoch + 1 : 0;

	master->ektkey = config->ektkey ?: before;
	if (master->key && master->outer_only)
		return "master-key: with ekt-key, an inner and an outer key";
	if (master->key && memcmp(master->salt, master->ektkey->salt,
				  master->ektkey->salt_len))
		return "master-salt: not the one behind ekt-key";
	if (!master->key && config->ektkey) {
		if (ksrtp_ektkey_inner(config->ektkey, config->policy.suite))
			return KSRTP_REQUEST_OUTER;
		ksrtp_request_random(config);
	}
	/* RFC 8870 section 4.1: changes of the master key under this SPI */
	if (before && before->spi == master->ektkey->spi)
		master->ekt_epoch = max(master->ekt_epoch, next);
	return NULL;
}

/* Does a direction have a key that packets can have? */
static bool ksrtp_request_keyed(const struct ksrtp_net *kn,
				const struct ksrtp_direction *direction)
{
	const struct ksrtp_keyset *keyset;

	keyset = direction ? ksrtp_direction_keyset(kn, direction) : NULL;
	return keyset && !keyset->keys[0]->blank;
}

/* Provide what a receiver's direction has for packets that bring no key. */
static const char *ksrtp_request_taken(const struct ksrtp_direction *direction,
				       bool keyed,
				       struct ksrtp_direction_config *config)
{
	const struct ksrtp_ekt *ekt = direction ? direction->ekt : NULL;

	if (!config->ektkey || config->master.key)
		return NULL;
	if (ksrtp_ektkey_inner(config->ektkey, config->policy.suite) &&
	    !(ekt && ekt->has_outer))
		return KSRTP_REQUEST_OUTER;
	if (!keyed) {
		ksrtp_request_random(config);
		config->master.blank = true;
	}
	return NULL;
}

/* Read how keys come with packets, RFC 8870. */
static int ksrtp_request_ekt(struct nlattr **attrs, struct nlattr *nest,
			     struct ksrtp_session *session,
			     const struct ksrtp_sealed_for *use,
			     struct ksrtp_direction_config *config,
			     struct netlink_ext_ack *extack)
{
	const struct nlattr *interval = attrs[KSRTP_A_DIRECTION_EKT_INTERVAL];
	const struct nlattr *serial = attrs[KSRTP_A_DIRECTION_EKT_KEY_SERIAL];
	const struct nlattr *key = attrs[KSRTP_A_DIRECTION_EKT_KEY];
	const struct nlattr *rate = attrs[KSRTP_A_DIRECTION_EKT_RATE];
	const struct nlattr *spi = attrs[KSRTP_A_DIRECTION_EKT_SPI];
	const struct nlattr *off = attrs[KSRTP_A_DIRECTION_EKT_OFF];
	const struct nlattr *sealed = attrs[KSRTP_A_DIRECTION_EKT_SEALED];
	const enum ksrtp_direction_id id = use->direction;
	const struct ksrtp_direction *direction =
		session ? ksrtp_direction(session, id) : NULL;
	bool keyed = session && ksrtp_request_keyed(session->kn, direction);
	const char *conflict;
	int err;

	if (off && (key || serial || spi || sealed || interval || rate))
		return KSRTP_REFUSE(extack, off,
				    "ekt-off: not together with settings of it");
	if (off && config->policy.ekt && !keyed && !config->master.key)
		return KSRTP_REFUSE(extack, off,
				    "ekt-off: takes a master-key beside it");
	if (key && serial)
		return KSRTP_REFUSE(extack, serial,
				    "ekt-key-serial: not together with ekt-key");
	if (sealed && (key || serial || spi))
		return KSRTP_REFUSE(extack, sealed,
				    "ekt-sealed: not together with ekt-key and ekt-spi");
	if (spi && !key && !serial)
		return KSRTP_REFUSE(extack, spi,
				    "ekt-spi: goes with an ekt-key");
	if (!spi && (key || serial))
		return KSRTP_REFUSE(extack, key ?: serial,
				    "ekt-key: given without ekt-spi");
	if (interval && id != KSRTP_DIRECTION_SEND)
		return KSRTP_REFUSE(extack, interval,
				    "ekt-interval: is for sending");
	if (rate && id != KSRTP_DIRECTION_RECV)
		return KSRTP_REFUSE(extack, rate, "ekt-rate: is for receiving");
	if ((interval || rate) && !spi && !sealed && !config->policy.ekt)
		return KSRTP_REFUSE(extack, interval ?: rate,
				    "ekt-interval, ekt-rate: given without ekt-key");
	ksrtp_request_u32(interval, &config->policy.ekt_interval);
	ksrtp_request_u32(rate, &config->policy.ekt_rate);
	if (off)
		config->policy.ekt = false;
	if (spi) {
		err = ksrtp_request_ektkey(attrs, config, extack);
		if (err)
			return err;
	}
	if (sealed) {
		err = ksrtp_request_ekt_sealed(sealed, use, config, extack);
		if (err)
			return err;
	}
	if (!config->policy.ekt)
		return 0;
	conflict = ksrtp_request_ekt_suits(config, direction);
	if (!conflict)
		conflict = id == KSRTP_DIRECTION_SEND ?
			   ksrtp_request_told(direction, config) :
			   ksrtp_request_taken(direction, keyed, config);
	if (conflict) {
		NL_SET_BAD_ATTR(extack, nest);
		ksrtp_extack_msg(extack, conflict);
		return -EINVAL;
	}
	return 0;
}

/*
 * Does a sender go on with its master key until the next one was told? Not if
 * counters may go back with it, or if each hop has an outer key of its own.
 */
static bool ksrtp_request_holds(struct ksrtp_session *session,
				const struct ksrtp_direction_config *config)
{
	return session && config->master.key && config->policy.ekt &&
	       ksrtp_direction(session, KSRTP_DIRECTION_SEND)->policy.ekt &&
	       !config->restart &&
	       config->policy.counters == KSRTP_COUNTERS_CONTINUE &&
	       !ksrtp_ektkey_inner(config->master.ektkey, config->policy.suite);
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
		    ksrtp_request_holds(session, config))
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

/* Add what is known of EKT, except for keys. */
static int ksrtp_put_ekt(struct sk_buff *msg, const struct ksrtp_net *kn,
			 const struct ksrtp_direction *direction)
{
	const struct ksrtp_policy *policy = &direction->policy;
	struct ksrtp_ektkey *keys[KSRTP_EKT_KEYS_MAX];

	if (!policy->ekt || !direction->ektkey)
		return 0;
	if (nla_put_u32(msg, KSRTP_A_DIRECTION_EKT_SPI,
			direction->ektkey->spi) ||
	    nla_put_u32(msg, KSRTP_A_DIRECTION_EKT_CIPHER,
			direction->ektkey->cipher))
		return -EMSGSIZE;
	if (direction->id == KSRTP_DIRECTION_SEND)
		return ksrtp_put_setting(msg, KSRTP_A_DIRECTION_EKT_INTERVAL,
					 policy->ekt_interval,
					 KSRTP_EKT_INTERVAL_DEFAULT);
	return nla_put_u32(msg, KSRTP_A_DIRECTION_EKT_KEYS,
			   ksrtp_ekt_list_keys(kn, direction, keys)) ?:
	       ksrtp_put_setting(msg, KSRTP_A_DIRECTION_EKT_RATE,
				 policy->ekt_rate, KSRTP_EKT_RATE_DEFAULT);
}

/* Add the EKT keys of a direction, sealed. */
static int ksrtp_put_ekt_sealed(struct sk_buff *msg,
				const struct ksrtp_session *session,
				const struct ksrtp_direction *direction,
				struct ksrtp_seal *seal)
{
	const struct ksrtp_sealed_for use = {
		.kn = session->kn,
		.flow = &session->place->rtp.flow,
		.direction = direction->id,
		.policy = &direction->policy,
	};
	struct ksrtp_sealed_ekt ekt = { .epoch = direction->ekt_epoch };
	u8 plain[KSRTP_SEALED_PLAIN_MAX];
	unsigned int len;
	int err;

	if (!direction->policy.ekt || !direction->ektkey)
		return 0;
	if (direction->id == KSRTP_DIRECTION_SEND)
		ekt.keys[ekt.n++] = direction->ektkey;
	else
		ekt.n = ksrtp_ekt_list_keys(session->kn, direction, ekt.keys);
	len = ksrtp_sealed_pack_ekt(&ekt, plain);
	err = ksrtp_put_sealed(msg, KSRTP_A_DIRECTION_EKT_SEALED, seal, &use,
			       KSRTP_SEALED_EKT, plain, len);
	memzero_explicit(plain, sizeof(plain));
	return err;
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
