/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints: perf trace -e ksrtp:* */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ksrtp

#if !defined(_KSRTP_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _KSRTP_TRACE_H

#include <linux/skbuff.h>
#include <linux/tracepoint.h>
#include <linux/ksrtp.h>

/* A packet was dropped; cause is a counter's number in linux/ksrtp.h. */
TRACE_EVENT(ksrtp_drop,
	TP_PROTO(const struct sk_buff *skb, u32 session, u32 direction,
		 u32 cause),
	TP_ARGS(skb, session, direction, cause),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__field(unsigned int, len)
		__field(u32, session)
		__field(u32, direction)
		__field(u32, cause)
	),
	TP_fast_assign(
		__entry->skbaddr = skb;
		__entry->len = skb->len;
		__entry->session = session;
		__entry->direction = direction;
		__entry->cause = cause;
	),
	TP_printk("skbaddr=%p len=%u session=%u direction=%s cause=%u",
		  __entry->skbaddr, __entry->len, __entry->session,
		  __entry->direction == KSRTP_DIRECTION_SEND ? "send" : "recv",
		  __entry->cause)
);

/* A packet was protected or unprotected. */
DECLARE_EVENT_CLASS(ksrtp_pass,
	TP_PROTO(u32 session, u32 ssrc, bool rtcp, u64 index,
		 unsigned int len),
	TP_ARGS(session, ssrc, rtcp, index, len),
	TP_STRUCT__entry(
		__field(u32, session)
		__field(u32, ssrc)
		__field(bool, rtcp)
		__field(u64, index)
		__field(unsigned int, len)
	),
	TP_fast_assign(
		__entry->session = session;
		__entry->ssrc = ssrc;
		__entry->rtcp = rtcp;
		__entry->index = index;
		__entry->len = len;
	),
	TP_printk("session=%u ssrc=0x%08x %s index=%llu len=%u",
		  __entry->session, __entry->ssrc,
		  __entry->rtcp ? "srtcp" : "srtp", __entry->index,
		  __entry->len)
);

DEFINE_EVENT(ksrtp_pass, ksrtp_protect,
	TP_PROTO(u32 session, u32 ssrc, bool rtcp, u64 index,
		 unsigned int len),
	TP_ARGS(session, ssrc, rtcp, index, len)
);

DEFINE_EVENT(ksrtp_pass, ksrtp_unprotect,
	TP_PROTO(u32 session, u32 ssrc, bool rtcp, u64 index,
		 unsigned int len),
	TP_ARGS(session, ssrc, rtcp, index, len)
);

#endif /* _KSRTP_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
