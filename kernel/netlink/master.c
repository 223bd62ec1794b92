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

/* A key of the kernel's key service holds the master key, followed by the salt. */
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
	len = ksrtp_keyservice_read(nla_get_u32(serial), config->held,
				    sizeof(config->held));
	if (len < 0) {
		NL_SET_BAD_ATTR(extack, serial);
		ksrtp_extack_msg(extack, ksrtp_keyservice_error(len));
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

/**
 * ksrtp_request_master() - read a master key and its parameters
 * @attrs: the attributes
 * @suite: its suite, or NULL if not known
 * @config: filled in; points to keys in the request
 * @extack: where to explain a refusal
 *
 * Parameters without a master key are refused.
 *
 * Context: process context of the requester. May sleep.
 * Return: 0 or a negative errno.
 */
int ksrtp_request_master(const struct ksrtp_key_attrs *attrs,
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
