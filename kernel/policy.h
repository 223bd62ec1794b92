/* SPDX-License-Identifier: GPL-2.0 */
/* Policy: how a direction protects its packets, except for the keys. */
#ifndef _KSRTP_POLICY_H
#define _KSRTP_POLICY_H

#include <linux/bitmap.h>
#include <linux/types.h>
#include <linux/ksrtp.h>

#include "crypto/suite.h"
#include "wire.h"

#define KSRTP_ROC_LEN		4	/* a rollover counter in a tag */

/**
 * struct ksrtp_policy - how a direction protects its packets
 * @suite: suite announced or in use, NULL if not known yet
 * @key_derivation_rate: RFC 3711 section 4.3.1; 0 or a power of two
 * @initial_roc: rollover counter of new streams
 * @roc_search: number of rollover counters to try besides the expected one
 * @repeat: number of a stream's newest packets that may be sent again
 * @rcc_rate: packets whose sequence number is a multiple of this carry the
 *	rollover counter
 * @rcc_mode: whether tags carry the rollover counter, RFC 4771; enum
 *	ksrtp_rcc_mode
 * @counters: what a new master key does to a sender's counters, or a new
 *	sending key to a receiver's; enum ksrtp_counters
 * @cryptex: whether CSRCs and header extensions are encrypted, RFC 9335; enum
 *	ksrtp_cryptex
 * @unencrypted_srtp: RTP is only authenticated, RFC 4568 section 6.3.2
 * @unencrypted_srtcp: RTCP is only authenticated
 * @unauthenticated_srtp: RTP is only encrypted, RFC 4568 section 6.3.3
 * @short_srtcp_tag: tags of SRTCP have the length of those of SRTP, unlike in
 *	RFC 3711 section 5.2
 * @kdf_aes_256: session keys of AES-192 are derived as libsrtp up to 2.7 does,
 *	unlike in RFC 6188 section 3
 * @has_extensions: @extensions has a bit set
 * @ekt: SRTP packets end with an EKTField, RFC 8870
 * @ekt_interval: of this many packets of a stream, one has a full EKTField
 * @ekt_rate: master keys to take from packets in a second
 * @extensions: ids of the header extensions to encrypt, RFC 6904
 * @repair_types: payload types protected hop by hop only, RFC 8723
 */
struct ksrtp_policy {
	const struct ksrtp_suite *suite;
	u32 key_derivation_rate;
	u32 initial_roc;
	u32 roc_search;
	u32 repeat;
	u16 rcc_rate;
	u8 rcc_mode;
	u8 cryptex;
	u8 counters;
	bool unencrypted_srtp;
	bool unencrypted_srtcp;
	bool unauthenticated_srtp;
	bool short_srtcp_tag;
	bool kdf_aes_256;
	bool has_extensions;
	bool ekt;
	u32 ekt_interval;
	u32 ekt_rate;
	DECLARE_BITMAP(extensions, 256);
	DECLARE_BITMAP(repair_types, 128);
};

/**
 * struct ksrtp_trailer - what follows the payload of a protected packet
 * @tag_len: length of the authentication tag, in bytes
 * @roc_len: bytes of the tag that hold a rollover counter instead of a MAC
 * @index_len: length of E bit and SRTCP index
 * @mki_len: length of the master key identifier
 */
struct ksrtp_trailer {
	u8 tag_len;
	u8 roc_len;
	u8 index_len;
	u8 mki_len;
};

void ksrtp_policy_init(struct ksrtp_policy *policy);
bool ksrtp_policy_reads_as(const struct ksrtp_policy *policy,
			   const struct ksrtp_policy *other);

/**
 * ksrtp_policy_trailer() - find the trailer of a packet
 * @policy: policy, with a suite
 * @mki_len: length of the master key identifiers in use, in bytes
 * @rtcp: the packet is SRTCP
 * @seq: its sequence number, if it is SRTP
 * @trailer: filled in
 *
 * RFC 3711 sections 3.1 and 3.4; with a rollover counter in the tag, RFC 4771
 * sections 2 and 3.
 *
 * Context: any.
 */
static inline void ksrtp_policy_trailer(const struct ksrtp_policy *policy,
					u8 mki_len, bool rtcp, u16 seq,
					struct ksrtp_trailer *trailer)
{
	bool carries;

	*trailer = (struct ksrtp_trailer){ .mki_len = mki_len };
	if (rtcp) {
		trailer->tag_len = policy->short_srtcp_tag ?
				   policy->suite->rtp_tag_len :
				   policy->suite->rtcp_tag_len;
		trailer->index_len = KSRTP_SRTCP_INDEX_LEN;
		return;
	}
	if (!policy->unauthenticated_srtp)
		trailer->tag_len = policy->suite->rtp_tag_len;
	if (policy->rcc_mode == KSRTP_RCC_OFF)
		return;

	carries = seq % policy->rcc_rate == 0;
	if (carries)
		trailer->roc_len = KSRTP_ROC_LEN;
	if (policy->rcc_mode == KSRTP_RCC_M3)
		trailer->tag_len = trailer->roc_len;
	else if (policy->rcc_mode == KSRTP_RCC_M1 && !carries)
		trailer->tag_len = 0;
}

/* May SRTP have no tag, or one that is only a rollover counter? */
static inline bool ksrtp_policy_unchecked(const struct ksrtp_policy *policy)
{
	return policy->unauthenticated_srtp || !policy->suite->rtp_tag_len ||
	       policy->rcc_mode == KSRTP_RCC_M1 ||
	       policy->rcc_mode == KSRTP_RCC_M3;
}

/* Length of the whole trailer. */
static inline unsigned int
ksrtp_trailer_len(const struct ksrtp_trailer *trailer)
{
	return trailer->tag_len + trailer->index_len + trailer->mki_len;
}

/* Can the packet not be authenticated? */
static inline bool ksrtp_trailer_blind(const struct ksrtp_trailer *trailer)
{
	return trailer->tag_len == trailer->roc_len;
}

/* Does the policy leave the payload in clear? */
static inline bool ksrtp_policy_clear(const struct ksrtp_policy *policy,
				      bool rtcp)
{
	return !policy->suite->cipher ||
	       (rtcp ? policy->unencrypted_srtcp : policy->unencrypted_srtp);
}

#endif /* _KSRTP_POLICY_H */
