/* SPDX-License-Identifier: GPL-2.0 */
/* One run of an AEAD over a packet. */
#ifndef _KSRTP_AEAD_H
#define _KSRTP_AEAD_H

#include "transform.h"

int ksrtp_aead_setup(struct ksrtp_session_keys *keys,
		     const struct ksrtp_suite *suite,
		     const struct ksrtp_derived *derived);
void ksrtp_aead_teardown(struct ksrtp_session_keys *keys);
unsigned int ksrtp_aead_reqsize(const struct ksrtp_session_keys *keys);
bool ksrtp_aead_async(const struct ksrtp_session_keys *keys);
const char *ksrtp_aead_driver(const struct ksrtp_session_keys *keys);
int ksrtp_aead_protect(struct ksrtp_work *work, crypto_completion_t done);
int ksrtp_aead_unprotect(struct ksrtp_work *work, crypto_completion_t done);
void ksrtp_aead_done(ksrtp_completion_arg arg, int err);
void ksrtp_aead_iv(const u8 *salt, u32 ssrc, u64 index, u8 *iv);

#endif /* _KSRTP_AEAD_H */
