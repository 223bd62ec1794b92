// SPDX-License-Identifier: GPL-2.0
/* Commands for suites. */

#include <linux/err.h>

#include "compat.h"
#include "../crypto/kdf.h"
#include "../crypto/keys.h"
#include "netlink/netlink.h"

static int ksrtp_put_suite(struct sk_buff *msg,
			   const struct ksrtp_suite *suite,
			   const struct ksrtp_keys *keys)
{
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
				       KSRTP_A_SUITE_AUTH_DRIVER, keys)))
		return -EMSGSIZE;
	return 0;
}

/* Build a message about a suite. */
static int ksrtp_message_suite(struct sk_buff *msg,
			       const struct ksrtp_message_id *id,
			       const struct ksrtp_suite *suite,
			       const struct ksrtp_keys *keys)
{
	void *header = ksrtp_put_header(msg, id);
	int err = header ? ksrtp_put_suite(msg, suite, keys) : -EMSGSIZE;

	return ksrtp_message_end(msg, header, err);
}

/**
 * ksrtp_nl_suite_get_dumpit() - dump suites, as many as fit
 * @msg: message to add them to
 * @cb: the dump
 *
 * Context: process, sleeps.
 * Return: length of @msg, 0 at the end, or a negative errno.
 */
int ksrtp_nl_suite_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	const struct ksrtp_message_id id = ksrtp_dump_id(cb,
							 KSRTP_CMD_SUITE_GET);
	struct nlattr **attrs = ksrtp_dump_attrs(cb);
	struct ksrtp_dump *at = ksrtp_dump(cb);
	const struct ksrtp_suite *suite;
	int err = 0;

	if (attrs[KSRTP_A_SUITE_ID]) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attrs[KSRTP_A_SUITE_ID],
				    "id: names one suite; a dump is of all");
		return -EINVAL;
	}
	for (; at->id <= KSRTP_SUITE_MAX; at->id++) {
		suite = ksrtp_suite_get(at->id);
		if (!suite)
			continue;
		err = ksrtp_message_suite(msg, &id, suite, NULL);
		if (err)
			break;
	}
	return err && !msg->len ? err : msg->len;
}

/* Only real keys reveal which drivers the crypto API chooses. */
static struct ksrtp_keys *ksrtp_suite_sample(const struct ksrtp_suite *suite)
{
	static const u8 zeros[KSRTP_MASTER_KEY_MAX];
	struct ksrtp_kdf kdf = {};
	struct ksrtp_keys *keys;
	int err;

	err = ksrtp_kdf_setup(&kdf, suite, zeros, zeros, false);
	keys = err ? ERR_PTR(err) :
		     ksrtp_keys_create(suite, &kdf, NULL, false, false);
	ksrtp_kdf_teardown(&kdf);
	return IS_ERR(keys) ? NULL : keys;
}

/**
 * ksrtp_nl_suite_get_doit() - report a suite
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_suite_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_SUITE_GET);
	const struct ksrtp_suite *suite;
	struct ksrtp_keys *keys;
	struct sk_buff *msg;
	int err;

	if (!info->attrs[KSRTP_A_SUITE_ID]) {
		NL_SET_ERR_MSG(info->extack, "id: missing");
		return -EINVAL;
	}
	suite = ksrtp_suite_get(nla_get_u32(info->attrs[KSRTP_A_SUITE_ID]));
	msg = genlmsg_new(KSRTP_MESSAGE_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	keys = ksrtp_suite_sample(suite);
	err = ksrtp_message_suite(msg, &id, suite, keys);
	ksrtp_keys_destroy(keys);
	return ksrtp_reply(msg, err, info);
}
