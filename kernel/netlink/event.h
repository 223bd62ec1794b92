/* SPDX-License-Identifier: GPL-2.0 */
/* Events for listeners of the multicast group. */
#ifndef _KSRTP_EVENT_H
#define _KSRTP_EVENT_H

#include <linux/types.h>
#include <linux/ksrtp.h>

struct ksrtp_lease;
struct ksrtp_net;
struct ksrtp_session;
struct ksrtp_stream;
struct net;

/**
 * struct ksrtp_alert_info - contents of an alert
 * @type: kind of alert
 * @session: id of its session, 0 for none
 * @direction: its direction, 0 for none
 * @has_ssrc: @ssrc is known
 * @ssrc: its SSRC
 * @mki: its master key identifier
 * @mki_len: length of @mki in bytes, 0 for none
 * @rtcp: it is about RTCP
 * @count: packets since the last alert of this kind, 0 for none
 * @require: id of its rule, 0 for none
 * @ifindex: its device, 0 for none
 * @lease: its lease group, 0 for none
 */
struct ksrtp_alert_info {
	enum ksrtp_alert type;
	u32 session;
	u32 direction;
	bool has_ssrc;
	u32 ssrc;
	const u8 *mki;
	u8 mki_len;
	bool rtcp;
	u64 count;
	u32 require;
	u32 ifindex;
	u32 lease;
};

void ksrtp_event_session(struct ksrtp_session *session, enum ksrtp_cmd cmd);
void ksrtp_event_stream(struct net *net, struct ksrtp_stream *stream,
			enum ksrtp_cmd cmd);
void ksrtp_event_attach(struct net *net, u32 ifindex, enum ksrtp_cmd cmd);
void ksrtp_event_lease(struct ksrtp_net *kn, struct ksrtp_lease *lease);
void ksrtp_event_lease_end(struct ksrtp_net *kn, struct ksrtp_lease *lease);
void ksrtp_event_alert(struct net *net, const struct ksrtp_alert_info *info);

#endif /* _KSRTP_EVENT_H */
