/* SPDX-License-Identifier: GPL-2.0 */
/* Generic netlink family "ksrtp": shared by its files. */
#ifndef _KSRTP_NETLINK_H
#define _KSRTP_NETLINK_H

#include <linux/ksrtp.h>
#include <net/genetlink.h>

#include "compat.h"
#include "netlink/netlink-gen.h"
#include "sealed.h"
#include "session.h"
#include "stream.h"

/*
 * Maximum sizes of messages: session without relays, each relay, all of them, alert,
 * others, stream but for its windows.
 */
#define KSRTP_MESSAGE_SESSION_SIZE	4096
#define KSRTP_MESSAGE_RELAY_SIZE	256
#define KSRTP_MESSAGE_RELAYS_SIZE	(KSRTP_RELAYS_MAX * \
					 KSRTP_MESSAGE_RELAY_SIZE)
#define KSRTP_MESSAGE_ALERT_SIZE	512
#define KSRTP_MESSAGE_SIZE		2048
#define KSRTP_MESSAGE_STREAM_FIXED	640
#define KSRTP_MESSAGE_STREAM_SIZE	(2 * KSRTP_REPLAY_WINDOW_MAX / 8 + \
					 KSRTP_MESSAGE_STREAM_FIXED)

/**
 * struct ksrtp_message_id - contents of a message's header
 * @portid: recipient, 0 for events
 * @seq: sequence number of the request
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
 * struct ksrtp_key_attrs - attributes of a master key, from either attribute
 *	set
 * @key: the key; as all members, NULL if not given
 * @salt: its salt
 * @serial: serial number of key and salt in the kernel's key service
 * @sealed: key and salt, sealed
 * @mki: its identifier
 * @rtp_lifetime: maximum number of RTP packets
 * @rtcp_lifetime: maximum number of RTCP packets
 * @soft_limit: percentage of the lifetimes after which an alert is sent
 * @rtp_packets: part of @rtp_lifetime that is used up
 * @rtcp_packets: part of @rtcp_lifetime that is used up
 */
struct ksrtp_key_attrs {
	const struct nlattr *key;
	const struct nlattr *salt;
	const struct nlattr *serial;
	const struct nlattr *sealed;
	const struct nlattr *mki;
	const struct nlattr *rtp_lifetime;
	const struct nlattr *rtcp_lifetime;
	const struct nlattr *soft_limit;
	const struct nlattr *rtp_packets;
	const struct nlattr *rtcp_packets;
};

/* No session has an id from here on. */
#define KSRTP_DUMP_DONE	ULONG_MAX

/**
 * struct ksrtp_dump - position of a dump between two messages
 * @id: session, suite or rule to continue with
 * @skip: number of streams or keys of that session already dumped
 * @of: session that @skip is for
 * @removals: removals counter of the namespace at that time
 * @seal: seal key to seal keys with, or NULL; of the present message alone
 */
struct ksrtp_dump {
	unsigned long id;
	unsigned long skip;
	u32 of;
	u32 removals;
	struct ksrtp_seal *seal;
};

/* Dumps the contents of one session, as far as they fit. */
typedef int ksrtp_dump_one(struct sk_buff *msg,
			   const struct ksrtp_message_id *id,
			   struct ksrtp_session *session, u32 direction,
			   struct ksrtp_dump *at);

/* Adds an object of a namespace to a dump. */
typedef int ksrtp_dump_object(struct sk_buff *msg,
			      const struct ksrtp_message_id *id,
			      struct ksrtp_net *kn, void *object);

/* Refuse an attribute, with a message that starts with its name. */
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
int ksrtp_message_end(struct sk_buff *msg, void *header, int err);
int ksrtp_put_setting(struct sk_buff *msg, int attr, u32 value,
		      u32 default_value);
int ksrtp_put_stats(struct sk_buff *msg, int attr,
		    const struct ksrtp_stats *stats);
int ksrtp_put_drivers(struct sk_buff *msg, int cipher_attr, int auth_attr,
		      const struct ksrtp_keys *keys);

struct ksrtp_dump *ksrtp_dump(struct netlink_callback *cb);
struct ksrtp_message_id ksrtp_dump_id(struct netlink_callback *cb, u8 cmd);
int ksrtp_dump_objects(struct sk_buff *msg, struct netlink_callback *cb, u8 cmd,
		       void *(*next)(struct ksrtp_net *kn, unsigned long *id),
		       ksrtp_dump_object *put);
int ksrtp_dump_walk(struct sk_buff *msg, struct netlink_callback *cb, u8 cmd,
		    const struct nlattr *session_id,
		    const struct nlattr *direction_id,
		    const struct nlattr *seal, ksrtp_dump_one *dump_one);

int ksrtp_request_family(const struct nlattr *attr, u16 *family,
			 struct netlink_ext_ack *extack);
int ksrtp_request_flow(struct nlattr **attrs, struct ksrtp_flow *flow,
		       struct netlink_ext_ack *extack);
int ksrtp_request_address(const struct nlattr *attr, u16 *family,
			  struct in6_addr *address,
			  struct netlink_ext_ack *extack);
int ksrtp_put_flow(struct sk_buff *msg, const struct ksrtp_session *s);
int ksrtp_put_address(struct sk_buff *msg, int attr, u16 family,
		      const struct in6_addr *address);
int ksrtp_put_port(struct sk_buff *msg, int attr, __be16 port);
int ksrtp_request_relays(const struct nlattr *attr,
			 struct ksrtp_session_config *config,
			 struct netlink_ext_ack *extack);
int ksrtp_put_relays(struct sk_buff *msg, const struct ksrtp_session *session);
size_t ksrtp_relays_size(const struct ksrtp_session *session);
int ksrtp_request_policy(struct nlattr **attrs, struct ksrtp_net *kn,
			 struct ksrtp_session *session,
			 struct ksrtp_session_config *config,
			 struct netlink_ext_ack *extack);
void ksrtp_request_done(struct ksrtp_session_config *config);
int ksrtp_put_direction(struct sk_buff *msg, struct ksrtp_session *session,
			enum ksrtp_direction_id id, struct ksrtp_seal *seal);
int ksrtp_request_ekt(struct nlattr **attrs, struct nlattr *nest,
		      struct ksrtp_session *session,
		      const struct ksrtp_sealed_for *use,
		      struct ksrtp_direction_config *config,
		      struct netlink_ext_ack *extack);
bool ksrtp_request_ekt_holds(struct ksrtp_session *session,
			     const struct ksrtp_direction_config *config);
int ksrtp_put_ekt(struct sk_buff *msg, const struct ksrtp_net *kn,
		  const struct ksrtp_direction *direction);
int ksrtp_put_ekt_sealed(struct sk_buff *msg,
			 const struct ksrtp_session *session,
			 const struct ksrtp_direction *direction,
			 struct ksrtp_seal *seal);
int ksrtp_request_master(const struct ksrtp_key_attrs *attrs,
			 struct ksrtp_sealed_for *use,
			 struct ksrtp_master_config *config,
			 struct netlink_ext_ack *extack);

struct sk_buff *ksrtp_event_new(struct net *net, size_t size, gfp_t gfp);
void ksrtp_event_send(struct net *net, struct sk_buff *msg, int err, gfp_t gfp);

/* Master keys in the kernel's key service, by serial number. */
int ksrtp_keyservice_read(u32 serial, u8 *material, unsigned int size);
const char *ksrtp_keyservice_error(int err);

struct ksrtp_seal *ksrtp_request_seal(const struct ksrtp_net *kn,
				      const struct nlattr *attr,
				      struct netlink_ext_ack *extack);
int ksrtp_put_sealed(struct sk_buff *msg, int attr, struct ksrtp_seal *seal,
		     const struct ksrtp_sealed_for *use,
		     enum ksrtp_sealed_kind kind, const u8 *plain,
		     unsigned int len);
int ksrtp_request_sealed(const struct nlattr *attr,
			 const struct ksrtp_sealed_for *use,
			 enum ksrtp_sealed_kind kind, u8 *plain,
			 unsigned int size, struct netlink_ext_ack *extack);

#endif /* _KSRTP_NETLINK_H */
