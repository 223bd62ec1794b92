// SPDX-License-Identifier: GPL-2.0
#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "epoch.h"
#include "kernel.h"
#include "stream.h"

/*
 * Begin at @first, with a block from there. Where the kernel is ahead, as with an
 * older record, it stays there; what is beyond the block is not ours.
 */
static void begin_at(struct stream *stream, int kind, uint64_t first,
		     uint64_t block, uint64_t max)
{
	uint64_t limit = least(first + block, max + 1);

	first = least(first, max);
	if (stream->first[kind] < first)
		stream->first[kind] = first;
	stream->kernel_limit[kind] = limit > stream->first[kind] ?
				     limit : stream->first[kind];
}

static void put_send(struct stream *stream, uint64_t gap, struct nlmsghdr *nlh)
{
	const struct settings *s = stream->session->group->settings;
	uint64_t block = stream->session->block;
	uint64_t top = (uint64_t)stream->roc << 16 | stream->seq;

	if (stream->limit[RTP] && stream->has_seq && s->local_senders) {
		begin_at(stream, RTP, stream->limit[RTP] + gap * s->rtp_block,
			 s->rtp_block, KSRTP_INDEX_MAX);
		top = stream->first[RTP] - 1;
	} else {
		stream->kernel_limit[RTP] = stream->limit[RTP];
	}
	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_ROC, top >> 16);
	if (stream->has_seq) {
		mnl_attr_put_u16(nlh, KSRTP_A_STREAM_SEQ, top & 0xffff);
		if (stream->kernel_limit[RTP])
			mnl_attr_put_u64(nlh, KSRTP_A_STREAM_RTP_LIMIT,
					 stream->kernel_limit[RTP]);
	}
	if (!stream->limit[RTCP])
		return;
	begin_at(stream, RTCP, stream->limit[RTCP] + gap * block, block,
		 SRTCP_INDEX_MAX);
	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_SRTCP_INDEX,
			 stream->first[RTCP] - 1);
	mnl_attr_put_u64(nlh, KSRTP_A_STREAM_SRTCP_LIMIT,
			 stream->kernel_limit[RTCP]);
}

static void put_replay(const struct stream *stream, int kind, uint16_t type,
		       struct nlmsghdr *nlh)
{
	if (stream->replay[kind].len)
		mnl_attr_put(nlh, type, stream->replay[kind].len,
			     stream->replay[kind].data);
}

/*
 * What a dead host may have received counts as received: all up to there, since there is
 * no window. Reports are not skipped, since the next of them may come seconds later.
 */
static void put_recv(const struct stream *stream, struct nlmsghdr *nlh)
{
	uint32_t skip = stream->session->group->unreported;
	uint64_t top = (uint64_t)stream->roc << 16 | stream->seq;

	if (stream->has_seq)
		top = least(top + skip, KSRTP_INDEX_MAX);
	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_ROC, top >> 16);
	if (stream->has_seq) {
		mnl_attr_put_u16(nlh, KSRTP_A_STREAM_SEQ, top & 0xffff);
		if (!skip)
			put_replay(stream, RTP, KSRTP_A_STREAM_RTP_REPLAY, nlh);
	}
	if (stream->has_srtcp) {
		mnl_attr_put_u32(nlh, KSRTP_A_STREAM_SRTCP_INDEX,
				 stream->srtcp);
		put_replay(stream, RTCP, KSRTP_A_STREAM_RTCP_REPLAY, nlh);
	}
}

static void installed(int error, const struct nlattr *attrs, unsigned int len,
		      void *data)
{
	struct group *group = data;

	(void)attrs;
	(void)len;
	if (error)
		group->refused++;
	else
		group->applied++;
}

/* Install a stream as its record says, by kernel_commit(). */
void stream_install(struct stream *stream)
{
	struct nlmsghdr *nlh = kernel_request(KSRTP_CMD_STREAM_SET,
					      &stream_set);
	uint64_t base = stream->base;

	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_SESSION_ID, stream->session->id);
	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_DIRECTION, stream->direction);
	mnl_attr_put_u32(nlh, KSRTP_A_STREAM_SSRC, stream->ssrc);
	if (stream->direction == KSRTP_DIRECTION_SEND)
		put_send(stream, base - stream->version.epoch - 1, nlh);
	else
		put_recv(stream, nlh);
	kernel_queue(installed, stream->session->group);
}
