// SPDX-License-Identifier: GPL-2.0
/* EKT in requests and messages: keys that come with packets, RFC 8870. */

#include <linux/random.h>
#include <linux/string.h>

#include "compat.h"
#include "ekt.h"
#include "session.h"
#include "netlink/netlink.h"

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

/**
 * ksrtp_request_ekt() - read how keys come with packets of a direction
 * @attrs: attributes of the direction
 * @nest: the attribute that they are in
 * @session: its session, or NULL for a new one
 * @use: what sealed EKT keys are for, the direction included
 * @config: its settings, of which policy and master key are already read; updated
 * @extack: where to explain a refusal
 *
 * RFC 8870. A master key that nobody has to know is made here.
 *
 * Context: process context of the requester, whose key service keys are read.
 * May sleep. Under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_request_ekt(struct nlattr **attrs, struct nlattr *nest,
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
	if (interval)
		config->policy.ekt_interval = nla_get_u32(interval);
	if (rate)
		config->policy.ekt_rate = nla_get_u32(rate);
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

/**
 * ksrtp_request_ekt_holds() - does a sender go on with its key until the next was told?
 * @session: the session, or NULL for a new one
 * @config: settings of its send direction, as requested
 *
 * Not if counters may go back with the next one, or if each hop has an outer key of its
 * own.
 *
 * Context: any, under the namespace's lock.
 * Return: true if it does.
 */
bool ksrtp_request_ekt_holds(struct ksrtp_session *session,
			     const struct ksrtp_direction_config *config)
{
	return session && config->master.key && config->policy.ekt &&
	       ksrtp_direction(session, KSRTP_DIRECTION_SEND)->policy.ekt &&
	       !config->restart &&
	       config->policy.counters == KSRTP_COUNTERS_CONTINUE &&
	       !ksrtp_ektkey_inner(config->master.ektkey, config->policy.suite);
}

/**
 * ksrtp_put_ekt() - add what is known of EKT to a direction, except for keys
 * @msg: the message
 * @kn: namespace
 * @direction: the direction
 *
 * Context: any, under the namespace's lock.
 * Return: 0 or -EMSGSIZE.
 */
int ksrtp_put_ekt(struct sk_buff *msg, const struct ksrtp_net *kn,
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

/**
 * ksrtp_put_ekt_sealed() - add the EKT keys of a direction, sealed
 * @msg: the message
 * @session: the session
 * @direction: its direction
 * @seal: seal key
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0, -EMSGSIZE, or an errno of ksrtp_put_sealed().
 */
int ksrtp_put_ekt_sealed(struct sk_buff *msg,
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
