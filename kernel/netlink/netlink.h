/* SPDX-License-Identifier: GPL-2.0 */
/* Generic netlink family "ksrtp": what its files share. */
#ifndef _KSRTP_NETLINK_H
#define _KSRTP_NETLINK_H

#include <linux/ksrtp.h>
#include <net/genetlink.h>

#include "compat.h"
#include "netlink/netlink-gen.h"
#include "session.h"
#include "stream.h"

/* Room for any session, any stream, any alert, any of the rest. */
#define KSRTP_MESSAGE_SESSION_SIZE	4096
#define KSRTP_MESSAGE_ALERT_SIZE	512
#define KSRTP_MESSAGE_SIZE		2048
#define KSRTP_MESSAGE_STREAM_SIZE	(2 * KSRTP_REPLAY_WINDOW_MAX / 8 + 512)

/**
 * struct ksrtp_message_id - what goes into the header of a message
 * @portid: whom it is for, 0 for events
 * @seq: which request it answers
 * @flags: NLM_F_*
 * @cmd: enum ksrtp_cmd
 * @cb: dump that it is part of, or NULL
 */
struct ksrtp_message_id {
	u32 portid;
	u32 seq;
	int flags;
	u8 cmd;
	struct netlink_callback *cb;
};

/**
 * struct ksrtp_key_attrs - the attributes of a master key, which come in two sets
 * @key: the key, or NULL, as all of these
 * @salt: its salt
 * @serial: or both, by their serial number in the kernel's key service
 * @mki: its identifier
 * @rtp_lifetime: RTP packets it is for
 * @rtcp_lifetime: RTCP packets it is for
 * @soft_limit: percent of the lifetimes after which an alert is sent
 */
struct ksrtp_key_attrs {
	const struct nlattr *key;
	const struct nlattr *salt;
	const struct nlattr *serial;
	const struct nlattr *mki;
	const struct nlattr *rtp_lifetime;
	const struct nlattr *rtcp_lifetime;
	const struct nlattr *soft_limit;
};

/* No session has this number, nor one above it. */
#define KSRTP_DUMP_DONE	ULONG_MAX

/**
 * struct ksrtp_dump - where a dump stands between two of its messages
 * @id: session, suite or rule to go on with
 * @skip: streams or keys of that session that were dumped
 * @of: session that they are of
 * @removals: number of what had been removed from the namespace by then
 */
struct ksrtp_dump {
	unsigned long id;
	unsigned long skip;
	u32 of;
	u32 removals;
};

/* Dumps what one session has, as far as it fits. */
typedef int ksrtp_dump_one(struct sk_buff *msg,
			   const struct ksrtp_message_id *id,
			   struct ksrtp_session *session, u32 direction,
			   struct ksrtp_dump *at);

/* Refuse an attribute with a message that begins with its name. */
#define KSRTP_REFUSE(extack, attr, msg)					\
	({								\
		NL_SET_ERR_MSG_ATTR(extack, attr, msg);			\
		-EINVAL;						\
	})

struct ksrtp_keys;
struct ksrtp_stats;

extern struct genl_family ksrtp_family;

int ksrtp_netlink_init(const struct genl_split_ops *ops, unsigned int n);
void ksrtp_netlink_exit(void);
struct ksrtp_net *ksrtp_take(struct genl_info *info);
int ksrtp_hand_over(const struct genl_split_ops *ops, struct sk_buff *skb,
		    struct genl_info *info, struct ksrtp_session *session);

struct ksrtp_message_id ksrtp_reply_id(const struct genl_info *info, u8 cmd);
int ksrtp_reply(struct sk_buff *msg, int err, struct genl_info *info);
void *ksrtp_put_header(struct sk_buff *msg, const struct ksrtp_message_id *id);
int ksrtp_put_setting(struct sk_buff *msg, int attr, u32 value,
		      u32 default_value);
int ksrtp_put_stats(struct sk_buff *msg, int attr,
		    const struct ksrtp_stats *stats);
int ksrtp_put_drivers(struct sk_buff *msg, int cipher_attr, int auth_attr,
		      const struct ksrtp_keys *keys);

struct ksrtp_dump *ksrtp_dump(struct netlink_callback *cb);
struct ksrtp_message_id ksrtp_dump_id(struct netlink_callback *cb, u8 cmd);
int ksrtp_dump_walk(struct sk_buff *msg, struct netlink_callback *cb, u8 cmd,
		    const struct nlattr *session_id,
		    const struct nlattr *direction_id, ksrtp_dump_one *dump_one);

int ksrtp_request_family(const struct nlattr *attr, u16 *family,
			 struct netlink_ext_ack *extack);
int ksrtp_request_flow(struct nlattr **attrs, struct ksrtp_flow *flow,
		       struct netlink_ext_ack *extack);
int ksrtp_put_flow(struct sk_buff *msg, const struct ksrtp_session *s);
int ksrtp_request_policy(struct nlattr **attrs, struct ksrtp_session *session,
			 struct ksrtp_session_config *config,
			 struct netlink_ext_ack *extack);
int ksrtp_put_direction(struct sk_buff *msg, struct ksrtp_session *session,
			enum ksrtp_direction_id id);
int ksrtp_request_master(const struct ksrtp_key_attrs *attrs,
			 const struct ksrtp_suite *suite,
			 struct ksrtp_master_config *config,
			 struct netlink_ext_ack *extack);

struct sk_buff *ksrtp_event_new(struct net *net, size_t size, gfp_t gfp);
void ksrtp_event_send(struct net *net, struct sk_buff *msg, int err, gfp_t gfp);

/* Master keys that the kernel's key service holds, by serial number. */
int ksrtp_keyservice_read(u32 serial, u8 *material, unsigned int size);
const char *ksrtp_keyservice_error(int err);

#endif /* _KSRTP_NETLINK_H */
