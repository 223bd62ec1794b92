/* SPDX-License-Identifier: GPL-2.0 */
/* Counter mode's initialization vector, and keystreams for header extensions. */
#ifndef _KSRTP_CTR_H
#define _KSRTP_CTR_H

#include "transform.h"

void ksrtp_ctr_iv(const u8 *salt, u32 ssrc, u64 index, u8 *iv);
int ksrtp_ctr_header_setup(const struct ksrtp_suite *suite,
			   const struct ksrtp_derived *derived,
			   struct crypto_sync_skcipher **header);
int ksrtp_ctr_header_stream(const struct ksrtp_work *work, u8 *stream,
			    unsigned int len);

#endif /* _KSRTP_CTR_H */
