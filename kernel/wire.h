/* SPDX-License-Identifier: GPL-2.0 */
/* Wire format of RTP, RTCP and the protocols that share their ports. No state. */
#ifndef _KSRTP_WIRE_H
#define _KSRTP_WIRE_H

#include <linux/types.h>
#include <linux/ksrtp.h>

#include "compat.h"

#define KSRTP_RTP_HEADER_LEN	12	/* fixed part, RFC 3550 section 5.1 */
#define KSRTP_RTP_VERSION	2
#define KSRTP_RTP_P_BIT		0x20	/* padding; its length is the last byte */
#define KSRTP_RTP_X_BIT		0x10	/* an extension follows the CSRCs */
#define KSRTP_RTP_TYPE_MASK	0x7f	/* payload type; above it the marker */
#define KSRTP_EXTENSION_HEADER_LEN 4	/* profile and length */
#define KSRTP_RTP_CSRCS_END_MAX	72	/* fixed part and fifteen CSRCs */
/* bytes needed to find the length of an RTP header */
#define KSRTP_RTP_FIXED_MAX	(KSRTP_RTP_CSRCS_END_MAX +		\
				 KSRTP_EXTENSION_HEADER_LEN)
#define KSRTP_RTCP_HEADER_LEN	8	/* first header and SSRC, sent in clear */
#define KSRTP_RTCP_COUNT_MASK	0x1f	/* report blocks */
#define KSRTP_RTCP_SR		200	/* packet types, RFC 3550 and RFC 4585 */
#define KSRTP_RTCP_RR		201
#define KSRTP_RTCP_RTPFB	205
#define KSRTP_RTCP_PSFB		206
#define KSRTP_SRTCP_INDEX_LEN	4	/* E bit and SRTCP index */
#define KSRTP_SRTCP_E_BIT	0x80000000U
#define KSRTP_SRTCP_INDEX_MASK	0x7fffffffU

/* Bytes that ksrtp_wire_classify() needs. */
#define KSRTP_CLASSIFY_LEN	2

/* Payload bytes that ksrtp_looks_plain() uses at most. */
#define KSRTP_SAMPLE_LEN	64

/* Classes of datagrams on a UDP flow that carries RTP. */
enum ksrtp_wire_class {
	KSRTP_WIRE_OTHER,	/* STUN, ZRTP, DTLS, TURN channel or empty */
	KSRTP_WIRE_RTP,
	KSRTP_WIRE_RTCP,
	KSRTP_WIRE_BAD,		/* first byte of no known protocol */
};

/* Which of RTP and RTCP a UDP flow carries. */
enum ksrtp_flow_kind {
	KSRTP_FLOW_RTP,
	KSRTP_FLOW_RTCP,
	KSRTP_FLOW_MUX,		/* both, RFC 5761 */
};

/**
 * struct ksrtp_sight - the readable part of a datagram of unknown type
 * @data: its first bytes, all of them or at least KSRTP_RTP_FIXED_MAX
 * @there: number of bytes at @data
 * @len: length of the datagram, in bytes
 * @last: its last byte, negative if not known
 */
struct ksrtp_sight {
	const u8 *data;
	unsigned int there;
	unsigned int len;
	int last;
};

/* Is a second byte an RTCP packet type (RFC 5761 section 4)? */
static inline bool ksrtp_rtcp_type(u8 byte)
{
	return byte >= 192 && byte <= 223;
}

/**
 * ksrtp_wire_classify() - classify a UDP datagram on a media flow
 * @data: first bytes of the datagram, at least min(@len, KSRTP_CLASSIFY_LEN)
 * @len: length of the whole datagram's payload, in bytes
 * @kind: protocols that the flow carries
 *
 * The first byte decides (RFC 7983 section 7); on a flow that carries both,
 * RTCP packet types 192 to 223 decide between RTP and RTCP (RFC 5761
 * section 4). An empty datagram only keeps a NAT binding alive.
 *
 * Context: any.
 * Return: the class of the datagram.
 */
static inline enum ksrtp_wire_class
ksrtp_wire_classify(const u8 *data, unsigned int len, enum ksrtp_flow_kind kind)
{
	if (!len)
		return KSRTP_WIRE_OTHER;

	switch (data[0]) {
	case 0 ... 3:		/* STUN */
	case 16 ... 19:		/* ZRTP */
	case 20 ... 63:		/* DTLS */
	case 64 ... 79:		/* TURN channel */
		return KSRTP_WIRE_OTHER;
	case 128 ... 191:
		break;
	default:
		return KSRTP_WIRE_BAD;
	}

	switch (kind) {
	case KSRTP_FLOW_RTP:
		return KSRTP_WIRE_RTP;
	case KSRTP_FLOW_RTCP:
		return KSRTP_WIRE_RTCP;
	case KSRTP_FLOW_MUX:
		break;
	}
	if (len >= 2 && data[1] >= 192 && data[1] <= 223)
		return KSRTP_WIRE_RTCP;
	return KSRTP_WIRE_RTP;
}

/**
 * ksrtp_rtp_csrcs_end() - length of an RTP header without its extension
 * @data: first byte of the packet
 *
 * Context: any.
 * Return: length of fixed part and CSRC list, in bytes (RFC 3550 section 5.1).
 */
static inline unsigned int ksrtp_rtp_csrcs_end(const u8 *data)
{
	return KSRTP_RTP_HEADER_LEN + 4 * (data[0] & 0x0f);
}

/**
 * ksrtp_rtp_header_len() - length of an RTP header
 * @data: the RTP packet, its first min(@len, KSRTP_RTP_FIXED_MAX) bytes
 *	readable
 * @len: length of the packet in bytes
 *
 * Counts the fixed header, the CSRC list and the header extension (RFC 3550
 * sections 5.1 and 5.3.1), which SRTP leaves in clear.
 *
 * Context: any.
 * Return: length in bytes, or -EBADMSG if the header runs past the end.
 */
static inline int ksrtp_rtp_header_len(const u8 *data, unsigned int len)
{
	unsigned int header;

	if (len < KSRTP_RTP_HEADER_LEN)
		return -EBADMSG;
	header = ksrtp_rtp_csrcs_end(data);
	if (data[0] & KSRTP_RTP_X_BIT) {
		if (header + KSRTP_EXTENSION_HEADER_LEN > len)
			return -EBADMSG;
		header += KSRTP_EXTENSION_HEADER_LEN +
			  4 * get_unaligned_be16(data + header + 2);
	}
	if (header > len)
		return -EBADMSG;
	return header;
}

/**
 * ksrtp_rtp_ssrc() - SSRC of an RTP packet
 * @data: at least KSRTP_RTP_HEADER_LEN bytes of the packet
 *
 * Context: any.
 * Return: the SSRC (RFC 3550 section 5.1).
 */
static inline u32 ksrtp_rtp_ssrc(const u8 *data)
{
	return get_unaligned_be32(data + 8);
}

/**
 * ksrtp_rtp_seq() - sequence number of an RTP packet
 * @data: at least KSRTP_RTP_HEADER_LEN bytes of the packet
 *
 * Context: any.
 * Return: the sequence number (RFC 3550 section 5.1).
 */
static inline u16 ksrtp_rtp_seq(const u8 *data)
{
	return get_unaligned_be16(data + 2);
}

/**
 * ksrtp_rtcp_ssrc() - SSRC of the sender of a compound RTCP packet
 * @data: at least KSRTP_RTCP_HEADER_LEN bytes of the packet
 *
 * Context: any.
 * Return: the SSRC (RFC 3550 section 6.4.1).
 */
static inline u32 ksrtp_rtcp_ssrc(const u8 *data)
{
	return get_unaligned_be32(data + 4);
}

bool ksrtp_rtcp_well_formed(const u8 *data, unsigned int len);
bool ksrtp_rtcp_about(const u8 *data, unsigned int len, u32 *ssrc);
bool ksrtp_sight_media(const struct ksrtp_sight *sight, enum ksrtp_judge judge);
bool ksrtp_looks_plain(const u8 *sample, unsigned int len);

#endif /* _KSRTP_WIRE_H */
