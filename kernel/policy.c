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
	policy->ekt_interval = KSRTP_EKT_INTERVAL_DEFAULT;
	policy->ekt_rate = KSRTP_EKT_RATE_DEFAULT;
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
	       policy->short_srtcp_tag == other->short_srtcp_tag &&
	       policy->kdf_aes_256 == other->kdf_aes_256 &&
	       policy->ekt == other->ekt &&
	       bitmap_equal(policy->extensions, other->extensions, 256) &&
	       bitmap_equal(policy->repair_types, other->repair_types, 128);
}

