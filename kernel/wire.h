/* SPDX-License-Identifier: GPL-2.0 */
/* Wire format of RTP, RTCP and the protocols that share their ports. No state. */
#ifndef _KSRTP_WIRE_H
#define _KSRTP_WIRE_H

#include <linux/types.h>
#include <linux/ksrtp.h>

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

enum ksrtp_wire_class ksrtp_wire_classify(const u8 *data, unsigned int len,
					  enum ksrtp_flow_kind kind);
/* Is a second byte an RTCP packet type (RFC 5761 section 4)? */
static inline bool ksrtp_rtcp_type(u8 byte)
{
	return byte >= 192 && byte <= 223;
}

unsigned int ksrtp_rtp_csrcs_end(const u8 *data);
int ksrtp_rtp_header_len(const u8 *data, unsigned int len);
u32 ksrtp_rtp_ssrc(const u8 *data);
u16 ksrtp_rtp_seq(const u8 *data);
u32 ksrtp_rtcp_ssrc(const u8 *data);
bool ksrtp_rtcp_well_formed(const u8 *data, unsigned int len);
bool ksrtp_sight_media(const struct ksrtp_sight *sight, enum ksrtp_judge judge);
bool ksrtp_looks_plain(const u8 *sample, unsigned int len);

#endif /* _KSRTP_WIRE_H */
