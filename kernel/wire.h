/* SPDX-License-Identifier: GPL-2.0 */
/* What RTP, RTCP and their neighbours look like on the wire. No state. */
#ifndef _KSRTP_WIRE_H
#define _KSRTP_WIRE_H

#include <linux/types.h>
#include <linux/ksrtp.h>

#define KSRTP_RTP_HEADER_LEN	12	/* fixed part, RFC 3550 section 5.1 */
#define KSRTP_RTP_VERSION	2
#define KSRTP_RTP_P_BIT		0x20	/* padded; its last byte says how much */
#define KSRTP_RTP_X_BIT		0x10	/* an extension follows the CSRCs */
#define KSRTP_RTP_TYPE_MASK	0x7f	/* payload type; above it the marker */
#define KSRTP_EXTENSION_HEADER_LEN 4	/* what kind it is, and how long */
#define KSRTP_RTP_CSRCS_END_MAX	72	/* fixed part and fifteen CSRCs */
/* all that the length of an RTP header can be told by */
#define KSRTP_RTP_FIXED_MAX	(KSRTP_RTP_CSRCS_END_MAX +		\
				 KSRTP_EXTENSION_HEADER_LEN)
#define KSRTP_RTCP_HEADER_LEN	8	/* first header and SSRC, sent in clear */
#define KSRTP_SRTCP_INDEX_LEN	4	/* E bit and SRTCP index */
#define KSRTP_SRTCP_E_BIT	0x80000000U
#define KSRTP_SRTCP_INDEX_MASK	0x7fffffffU

/* Longest prefix ksrtp_wire_classify() looks at. */
#define KSRTP_CLASSIFY_LEN	2

/* How much of a payload ksrtp_looks_plain() wants at best. */
#define KSRTP_SAMPLE_LEN	64

/* What may travel on a UDP flow that carries RTP. */
enum ksrtp_wire_class {
	KSRTP_WIRE_OTHER,	/* STUN, ZRTP, DTLS, TURN channel or empty */
	KSRTP_WIRE_RTP,
	KSRTP_WIRE_RTCP,
	KSRTP_WIRE_BAD,		/* first byte no protocol owns */
};

/* Which of RTP and RTCP a UDP flow carries. */
enum ksrtp_flow_kind {
	KSRTP_FLOW_RTP,
	KSRTP_FLOW_RTCP,
	KSRTP_FLOW_MUX,		/* both, RFC 5761 */
};

/**
 * struct ksrtp_sight - what is seen of a datagram that may be anything
 * @data: its first bytes, all of them or KSRTP_RTP_FIXED_MAX at least
 * @there: how many
 * @len: length of the datagram, in bytes
 * @last: its last byte, negative if that is not known
 */
struct ksrtp_sight {
	const u8 *data;
	unsigned int there;
	unsigned int len;
	int last;
};

enum ksrtp_wire_class ksrtp_wire_classify(const u8 *data, unsigned int len,
					  enum ksrtp_flow_kind kind);
unsigned int ksrtp_rtp_csrcs_end(const u8 *data);
int ksrtp_rtp_header_len(const u8 *data, unsigned int len);
u32 ksrtp_rtp_ssrc(const u8 *data);
u16 ksrtp_rtp_seq(const u8 *data);
u32 ksrtp_rtcp_ssrc(const u8 *data);
bool ksrtp_rtcp_well_formed(const u8 *data, unsigned int len);
bool ksrtp_sight_media(const struct ksrtp_sight *sight, enum ksrtp_judge judge);
bool ksrtp_looks_plain(const u8 *sample, unsigned int len);

#endif /* _KSRTP_WIRE_H */
