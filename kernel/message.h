/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions, streams and suites put into netlink messages. */
#ifndef _KSRTP_MESSAGE_H
#define _KSRTP_MESSAGE_H

#include <linux/ksrtp.h>
#include <net/genetlink.h>

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
 * struct ksrtp_key_place - where a master key is
 * @session: id of its session
 * @direction: its direction
 * @keyring: its keyring
 * @former: that is one before the direction's
 * @at: its place there
 */
struct ksrtp_key_place {
	u32 session;
	enum ksrtp_direction_id direction;
	const struct ksrtp_keyring *keyring;
	bool former;
	int at;
};

struct ksrtp_alert_info;
struct ksrtp_require;

int ksrtp_message_session(struct sk_buff *msg,
			  const struct ksrtp_message_id *id,
			  struct ksrtp_session *session);
int ksrtp_message_stream(struct sk_buff *msg,
			 const struct ksrtp_message_id *id,
			 struct ksrtp_stream *stream, gfp_t gfp);
int ksrtp_message_suite(struct sk_buff *msg, const struct ksrtp_message_id *id,
			const struct ksrtp_suite *suite,
			const struct ksrtp_keys *keys);
int ksrtp_message_key(struct sk_buff *msg, const struct ksrtp_message_id *id,
		      const struct ksrtp_key_place *place);
int ksrtp_message_require(struct sk_buff *msg,
			  const struct ksrtp_message_id *id,
			  const struct ksrtp_require *require);
int ksrtp_message_stat(struct sk_buff *msg, const struct ksrtp_message_id *id,
		       struct ksrtp_net *kn);
int ksrtp_message_alert(struct sk_buff *msg, const struct ksrtp_message_id *id,
			const struct ksrtp_alert_info *info);

#endif /* _KSRTP_MESSAGE_H */
