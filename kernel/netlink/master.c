// SPDX-License-Identifier: GPL-2.0
/* Master keys in requests for sessions and keys. */

#include <linux/string.h>

#include "compat.h"
#include "rekey.h"
#include "netlink/netlink.h"

/*
 * Use a master key and salt with this number of parts. The outer part of a key
 * with two parts may be given alone, RFC 8723.
 */
static int ksrtp_request_parts(const u8 *key, const u8 *salt,
			       unsigned int parts,
			       const struct ksrtp_suite *suite,
			       struct ksrtp_master_config *config)
{
	/* encrypting twice with one keystream yields the plaintext */
	if (parts == 2 && !memcmp(key, key + suite->key_len, suite->key_len))
		return -EINVAL;
	config->key = key;
	config->salt = salt;
	config->outer_only = parts < suite->parts;
	return 0;
}

/* A master key needs its salt, and both need the lengths of the suite. */
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

/*
 * Use the master key that was copied to @config, followed by its salt, together
 * @len bytes. Returns 0, -EMSGSIZE for another length than the suite's, or -EINVAL
 * if both parts are the same.
 */
static int ksrtp_request_held(const struct ksrtp_suite *suite, unsigned int len,
			      struct ksrtp_master_config *config)
{
	unsigned int parts = suite->parts;

	if (len == suite->key_len + suite->salt_len)
		parts = 1;
	if (len != parts * (suite->key_len + suite->salt_len))
		return -EMSGSIZE;
	return ksrtp_request_parts(config->held,
				   config->held + parts * suite->key_len, parts,
				   suite, config);
}

/* A key of the kernel's key service holds the master key, followed by the salt. */
static int ksrtp_request_serial(const struct ksrtp_key_attrs *attrs,
				const struct ksrtp_suite *suite,
				struct ksrtp_master_config *config,
				struct netlink_ext_ack *extack)
{
	const struct nlattr *serial = attrs->serial;
	int len, err;

	if (attrs->key || attrs->salt)
		return KSRTP_REFUSE(extack, serial,
				    "key-serial: not together with master-key");
	if (!suite)
		return KSRTP_REFUSE(extack, serial,
				    "key-serial: given without suite");
	len = ksrtp_keyservice_read(nla_get_u32(serial), config->held,
				    sizeof(config->held));
	if (len < 0) {
		NL_SET_BAD_ATTR(extack, serial);
		ksrtp_extack_msg(extack, ksrtp_keyservice_error(len));
		return len;
	}
	err = ksrtp_request_held(suite, len, config);
	if (err == -EMSGSIZE)
		return KSRTP_REFUSE(extack, serial,
				    "key-serial: not as long as the suite's key and salt");
	if (err)
		return KSRTP_REFUSE(extack, serial,
				    "key-serial: inner and outer key are the same");
	return 0;
}

/* A master key that this host or another one has sealed. */
static int ksrtp_request_opened(const struct ksrtp_key_attrs *attrs,
				const struct ksrtp_sealed_for *use,
				struct ksrtp_master_config *config,
				struct netlink_ext_ack *extack)
{
	const struct nlattr *sealed = attrs->sealed;
	int len;

	if (attrs->key || attrs->salt || attrs->serial)
		return KSRTP_REFUSE(extack, sealed,
				    "sealed: not together with master-key or key-serial");
	len = ksrtp_request_sealed(sealed, use, KSRTP_SEALED_MASTER,
				   config->held, sizeof(config->held), extack);
	if (len < 0)
		return len;
	/* its suite is that of the host that has sealed it */
	if (ksrtp_request_held(use->policy->suite, len, config))
		return KSRTP_REFUSE(extack, sealed,
				    "sealed: no sealed master key");
	return 0;
}

/* Read what is beside a master key. */
static int ksrtp_request_beside(const struct ksrtp_key_attrs *attrs,
				struct ksrtp_master_config *config,
				struct netlink_ext_ack *extack)
{
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
	if (attrs->rtp_packets)
		config->used[0] = nla_get_u64(attrs->rtp_packets);
	if (attrs->rtcp_packets)
		config->used[1] = nla_get_u64(attrs->rtcp_packets);
	return 0;
}

/**
 * ksrtp_request_master() - read a master key and its parameters
 * @attrs: the attributes
 * @use: what it is for, but for its identifier, which is filled in; its suite
 *	may be NULL
 * @config: filled in; points to keys in the request
 * @extack: where to explain a refusal
 *
 * Parameters without a master key are refused.
 *
 * Context: process context of the requester. May sleep. Under the namespace's
 * lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_request_master(const struct ksrtp_key_attrs *attrs,
			 struct ksrtp_sealed_for *use,
			 struct ksrtp_master_config *config,
			 struct netlink_ext_ack *extack)
{
	const struct nlattr *beside = attrs->mki ?: attrs->rtp_lifetime ?:
				      attrs->rtcp_lifetime ?:
				      attrs->soft_limit ?: attrs->rtp_packets ?:
				      attrs->rtcp_packets;
	const struct ksrtp_suite *suite = use->policy->suite;
	int err;

	config->to = KSRTP_INDEX_MAX;
	err = ksrtp_request_beside(attrs, config, extack);
	if (err)
		return err;
	use->mki = config->mki;
	use->mki_len = config->mki_len;
	if (attrs->sealed)
		err = ksrtp_request_opened(attrs, use, config, extack);
	else if (attrs->serial)
		err = ksrtp_request_serial(attrs, suite, config, extack);
	else if (attrs->key || attrs->salt)
		err = ksrtp_request_material(attrs, suite, config, extack);
	if (err)
		return err;
	if (beside && !config->key)
		return KSRTP_REFUSE(extack, beside,
				    "mki, lifetimes, soft-limit, packets: given without master-key");
	return 0;
}
