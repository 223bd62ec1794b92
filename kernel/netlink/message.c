// SPDX-License-Identifier: GPL-2.0
/* Common parts of messages. No message contains a key. */

#include <linux/bitmap.h>

#include "../crypto/keys.h"
#include "stats.h"
#include "netlink/netlink.h"

/**
 * ksrtp_reply_id() - header of a reply
 * @info: the request
 * @cmd: KSRTP_CMD_*
 *
 * Context: any.
 * Return: the header.
 */
struct ksrtp_message_id ksrtp_reply_id(const struct genl_info *info, u8 cmd)
{
	return (struct ksrtp_message_id){
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.cmd = cmd,
	};
}

/**
 * ksrtp_reply() - send or discard a reply
 * @msg: the reply
 * @err: 0, or an error not to send it for
 * @info: the request
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int ksrtp_reply(struct sk_buff *msg, int err, struct genl_info *info)
{
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

/**
 * ksrtp_put_header() - start a message
 * @msg: the message
 * @id: contents of its header
 *
 * Messages of an inconsistent dump are marked as such.
 *
 * Context: any.
 * Return: the header, or NULL if it does not fit.
 */
void *ksrtp_put_header(struct sk_buff *msg, const struct ksrtp_message_id *id)
{
	void *header = genlmsg_put(msg, id->portid, id->seq, &ksrtp_family,
				   id->flags, id->cmd);

	if (header && id->cb)
		genl_dump_check_consistent(id->cb, header);
	return header;
}

/**
 * ksrtp_message_end() - finish a message, or take it back
 * @msg: the message
 * @header: its header, or NULL if that did not fit, which is an error
 * @err: 0, or an error of header or contents
 *
 * Context: any.
 * Return: @err; then the message is unchanged.
 */
int ksrtp_message_end(struct sk_buff *msg, void *header, int err)
{
	if (err)
		genlmsg_cancel(msg, header);
	else
		genlmsg_end(msg, header);
	return err;
}

/**
 * ksrtp_put_setting() - add a setting to a message, unless it is the default
 * @msg: the message
 * @attr: attribute to add
 * @value: the setting
 * @default_value: its default
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int ksrtp_put_setting(struct sk_buff *msg, int attr, u32 value,
		      u32 default_value)
{
	return value == default_value ? 0 : nla_put_u32(msg, attr, value);
}

/**
 * ksrtp_put_stats() - add counters to a message
 * @msg: the message
 * @attr: attribute to add
 * @stats: the counters
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int ksrtp_put_stats(struct sk_buff *msg, int attr,
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

/**
 * ksrtp_put_drivers() - add the names of crypto drivers to a message
 * @msg: the message
 * @cipher_attr: attribute for the driver that encrypts
 * @auth_attr: attribute for the one that authenticates, if there is one
 * @keys: keys that use them
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int ksrtp_put_drivers(struct sk_buff *msg, int cipher_attr, int auth_attr,
		      const struct ksrtp_keys *keys)
{
	const char *auth = ksrtp_keys_auth_driver(keys);

	if (nla_put_string(msg, cipher_attr, ksrtp_keys_cipher_driver(keys)))
		return -EMSGSIZE;
	return auth ? nla_put_string(msg, auth_attr, auth) : 0;
}
