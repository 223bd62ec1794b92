// SPDX-License-Identifier: GPL-2.0
/* Default policy, and the effect of a policy on packet lengths. */

#include <linux/string.h>

#include "policy.h"
#include "wire.h"

/**
 * ksrtp_policy_init() - set up the default policy
 * @policy: policy to set up
 *
 * Context: any.
 */
void ksrtp_policy_init(struct ksrtp_policy *policy)
{
	memset(policy, 0, sizeof(*policy));
	policy->cryptex = KSRTP_CRYPTEX_OFF;
	policy->rcc_mode = KSRTP_RCC_OFF;
	policy->rcc_rate = 1;
	policy->counters = KSRTP_COUNTERS_CONTINUE;
}

/**
 * ksrtp_policy_reads_as() - do two policies interpret packets in the same way?
 * @policy: one, with or without a suite
 * @other: the other
 *
 * Initial counters and search limits do not matter, only what a packet means
 * under one key.
 *
 * Context: any.
 * Return: true if packets protected under one can be read under the other.
 */
bool ksrtp_policy_reads_as(const struct ksrtp_policy *policy,
			   const struct ksrtp_policy *other)
{
	return policy->suite == other->suite &&
	       policy->key_derivation_rate == other->key_derivation_rate &&
	       policy->rcc_mode == other->rcc_mode &&
	       policy->rcc_rate == other->rcc_rate &&
	       policy->cryptex == other->cryptex &&
	       policy->unencrypted_srtp == other->unencrypted_srtp &&
	       policy->unencrypted_srtcp == other->unencrypted_srtcp &&
	       policy->unauthenticated_srtp == other->unauthenticated_srtp &&
	       bitmap_equal(policy->extensions, other->extensions, 256) &&
	       bitmap_equal(policy->repair_types, other->repair_types, 128);
}

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
void ksrtp_policy_trailer(const struct ksrtp_policy *policy, u8 mki_len,
			  bool rtcp, u16 seq, struct ksrtp_trailer *trailer)
{
	bool carries;

	*trailer = (struct ksrtp_trailer){ .mki_len = mki_len };
	if (rtcp) {
		trailer->tag_len = policy->suite->rtcp_tag_len;
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
