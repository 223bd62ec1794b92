/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints: perf trace -e ksrtp:* */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ksrtp

#if !defined(_KSRTP_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _KSRTP_TRACE_H

#include <linux/skbuff.h>
#include <linux/tracepoint.h>
#include <linux/ksrtp.h>

/* A packet dropped; cause is numbered as the counters in linux/ksrtp.h are. */
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

#endif /* _KSRTP_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
