// SPDX-License-Identifier: GPL-2.0
/* Wire format of RTP and RTCP: classifying packets and finding their parts. */

#include "compat.h"
#include "wire.h"

/**
 * ksrtp_rtcp_well_formed() - check the format of a compound RTCP packet
 * @data: the plaintext packet, @len bytes of it readable
 * @len: length of the packet in bytes
 *
 * Every packet in the compound has version 2 and an RTCP packet type, only the
 * last may be padded, and their lengths add up to the whole
 * (RFC 3550 appendix A.2). Reduced-size RTCP (RFC 5506) may start with any
 * type, so the first type is not restricted to SR and RR.
 *
 * Context: any.
 * Return: true if it is valid.
 */
bool ksrtp_rtcp_well_formed(const u8 *data, unsigned int len)
{
	unsigned int at = 0, size;

	if (len < KSRTP_RTCP_HEADER_LEN)
		return false;
	while (at < len) {
		if (len - at < 4)
			return false;
		if (data[at] >> 6 != 2 || data[at + 1] < 192 ||
		    data[at + 1] > 223)
			return false;
		size = 4 * (get_unaligned_be16(data + at + 2) + 1);
		if (size > len - at)
			return false;
		/* the first one must have an SSRC, which identifies the stream */
		if (!at && size < KSRTP_RTCP_HEADER_LEN)
			return false;
		if (data[at] & 0x20 && size != len - at)
			return false;
		at += size;
	}
	return true;
}

/*
 * Where the first SSRC that a packet of a compound is about follows its sender's; 0 if
 * it is about none.
 */
static unsigned int ksrtp_rtcp_subject(const u8 *data)
{
	switch (data[1]) {
	case KSRTP_RTCP_SR:
		return data[0] & KSRTP_RTCP_COUNT_MASK ? 28 : 0;
	case KSRTP_RTCP_RR:
		return data[0] & KSRTP_RTCP_COUNT_MASK ? 8 : 0;
	case KSRTP_RTCP_RTPFB:
	case KSRTP_RTCP_PSFB:
		return 8;
	default:
		return 0;
	}
}

/**
 * ksrtp_rtcp_about() - which source is a compound RTCP packet about first?
 * @data: the plaintext packet, @len bytes of it readable
 * @len: length of the packet in bytes
 * @ssrc: set to its SSRC
 *
 * That of the first report block (RFC 3550 section 6.4), or of feedback (RFC 4585
 * section 6.1); 0 there stands for none (RFC 5104).
 *
 * Context: any.
 * Return: false if it is about none.
 */
bool ksrtp_rtcp_about(const u8 *data, unsigned int len, u32 *ssrc)
{
	unsigned int at, subject;

	for (at = 0; at + KSRTP_RTCP_HEADER_LEN <= len;
	     at += 4 * (get_unaligned_be16(data + at + 2) + 1)) {
		subject = ksrtp_rtcp_subject(data + at);
		if (!subject || at + subject + 4 > len)
			continue;
		*ssrc = get_unaligned_be32(data + at + subject);
		if (*ssrc)
			return true;
	}
	return false;
}

/* Could a datagram be RTP or SRTP? */
static bool ksrtp_sight_rtp(const struct ksrtp_sight *sight,
			    enum ksrtp_judge judge)
{
	u8 type = sight->data[1] & KSRTP_RTP_TYPE_MASK;
	int header = ksrtp_rtp_header_len(sight->data, sight->len);

	/* SR to APP with the top bit cleared: reserved payload types */
	if (header < 0 || (type >= 72 && type <= 76))
		return false;
	if (judge != KSRTP_JUDGE_PROFILE)
		return true;
	if (type >= 64 && type <= 95)
		return false;
	return !(sight->data[0] & KSRTP_RTP_P_BIT) || sight->last < 0 ||
	       (sight->last && header + sight->last <= sight->len);
}

/* Could it be RTCP or SRTCP? The first packet's header is in clear. */
static bool ksrtp_sight_rtcp(const struct ksrtp_sight *sight)
{
	return sight->len >= KSRTP_RTCP_HEADER_LEN && sight->data[1] >= 192 &&
	       sight->data[1] <= 223 &&
	       4 * (get_unaligned_be16(sight->data + 2) + 1) <= sight->len;
}

/**
 * ksrtp_sight_media() - could a datagram be RTP or RTCP, protected or not?
 * @sight: its readable part
 * @judge: criteria
 *
 * KSRTP_JUDGE_HEADER has no false negatives: it accepts everything that RFC
 * 3550 allows for RTP and RTCP, and RFC 3711 for SRTP and SRTCP. So padding
 * cannot be checked, which SRTP encrypts and follows by a tag, nor most payload
 * types: any can be assigned to a format (RFC 3551 section 3) except 72 to 76,
 * which are reserved. KSRTP_JUDGE_PROFILE checks both, for plain RTP with the
 * payload types of RFC 5761 section 4.
 *
 * Context: any.
 * Return: true if it could be.
 */
bool ksrtp_sight_media(const struct ksrtp_sight *sight, enum ksrtp_judge judge)
{
	if (sight->len < KSRTP_RTCP_HEADER_LEN ||
	    sight->data[0] >> 6 != KSRTP_RTP_VERSION)
		return false;
	return judge == KSRTP_JUDGE_VERSION || ksrtp_sight_rtp(sight, judge) ||
	       ksrtp_sight_rtcp(sight);
}

/**
 * ksrtp_looks_plain() - guess whether an RTP payload was never encrypted
 * @sample: first bytes of the payload
 * @len: number of bytes, at most KSRTP_SAMPLE_LEN
 *
 * Only used to count packets that failed authentication: it distinguishes a
 * peer without keys from one with wrong keys. Ciphertext is uniform: the
 * chi-square statistic over the 16 values of its nibbles has 15 degrees of
 * freedom and exceeds 70 about once in twenty million packets. Speech in PCM,
 * padding and text exceed it by far; dense codecs may not, and are then counted
 * as a bad tag.
 *
 * Context: any.
 * Return: true if the payload is hardly ciphertext.
 */
bool ksrtp_looks_plain(const u8 *sample, unsigned int len)
{
	const unsigned int limit = 70;
	unsigned int nibbles = 2 * len;
	unsigned int count[16] = {};
	unsigned int squares = 0;
	unsigned int i;

	/* the approximation needs an expected count of five for each value */
	if (nibbles < 5 * ARRAY_SIZE(count))
		return false;
	for (i = 0; i < len; i++) {
		count[sample[i] & 15]++;
		count[sample[i] >> 4]++;
	}
	for (i = 0; i < ARRAY_SIZE(count); i++)
		squares += count[i] * count[i];

	/* sum((count - n/16)^2 / (n/16)) = 16 * sum(count^2) / n - n */
	return 16 * squares > nibbles * (nibbles + limit);
}
