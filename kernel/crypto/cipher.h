/* SPDX-License-Identifier: GPL-2.0 */
/* Parts of transforms: counter mode, a MAC, an AEAD, header extensions. */
#ifndef _KSRTP_CIPHER_H
#define _KSRTP_CIPHER_H

#include "transform.h"

/* Counter mode: initialization vector, and keystream for header extensions. */
void ksrtp_ctr_iv(const u8 *salt, u32 ssrc, u64 index, u8 *iv);
int ksrtp_ctr_header_setup(const struct ksrtp_suite *suite,
			   const struct ksrtp_derived *derived,
			   struct crypto_sync_skcipher **header);
int ksrtp_ctr_header_stream(const struct ksrtp_work *work, u8 *stream,
			    unsigned int len);

/* Message authentication code, and the other parts of the trailer. */
int ksrtp_mac_setup(struct ksrtp_session_keys *keys,
		    const struct ksrtp_suite *suite,
		    const struct ksrtp_derived *derived);
void ksrtp_mac_teardown(struct ksrtp_session_keys *keys);
const char *ksrtp_mac_driver(const struct ksrtp_session_keys *keys);
int ksrtp_mac_seal(struct ksrtp_work *work);
int ksrtp_mac_open(struct ksrtp_work *work);
int ksrtp_mac_seal_plain(struct ksrtp_work *work);
int ksrtp_mac_open_plain(struct ksrtp_work *work);
bool ksrtp_mac_fits(const struct ksrtp_session_keys *keys, const u8 *data,
		    unsigned int len, const u8 *tag, u8 tag_len);

/* One run of an AEAD over a packet. */
int ksrtp_aead_setup(struct ksrtp_session_keys *keys,
		     const struct ksrtp_suite *suite,
		     const struct ksrtp_derived *derived);
void ksrtp_aead_teardown(struct ksrtp_session_keys *keys);
unsigned int ksrtp_aead_reqsize(const struct ksrtp_session_keys *keys);
bool ksrtp_aead_async(const struct ksrtp_session_keys *keys);
const char *ksrtp_aead_driver(const struct ksrtp_session_keys *keys);
int ksrtp_aead_protect(struct ksrtp_work *work, crypto_completion_t done);
int ksrtp_aead_unprotect(struct ksrtp_work *work, crypto_completion_t done);
int ksrtp_aead_protect_plain(struct ksrtp_work *work);
int ksrtp_aead_unprotect_plain(struct ksrtp_work *work);
void ksrtp_aead_done(ksrtp_completion_arg arg, int err);
void ksrtp_aead_iv(const u8 *salt, u32 ssrc, u64 index, u8 *iv);

/* Header extensions: by their ids (RFC 6904) or as a whole (RFC 9335). */
int ksrtp_extension_crypt(const struct ksrtp_work *work);
unsigned int ksrtp_cryptex_growth(const u8 *header);
int ksrtp_cryptex_apply(struct ksrtp_work *work);
bool ksrtp_cryptex_applied(const u8 *header);
void ksrtp_cryptex_locate(struct ksrtp_work *work);
void ksrtp_cryptex_undo(struct ksrtp_work *work);

/*
 * Protect or unprotect RTP with a plain keyset, see ksrtp_keyset_is_plain(). Common
 * suites are called directly, without asking what is known already. Both return as a
 * transform does.
 */
static __always_inline int ksrtp_cipher_protect_plain(struct ksrtp_work *work)
{
	const struct ksrtp_transform *transform = work->policy->suite->transform;

	if (likely(transform == &ksrtp_transform_gcm))
		return ksrtp_aead_protect_plain(work);
	return transform == &ksrtp_transform_cm ? ksrtp_cm_protect_plain(work) :
						  transform->protect(work);
}

static __always_inline int ksrtp_cipher_unprotect_plain(struct ksrtp_work *work)
{
	const struct ksrtp_transform *transform = work->policy->suite->transform;

	if (likely(transform == &ksrtp_transform_gcm))
		return ksrtp_aead_unprotect_plain(work);
	return transform == &ksrtp_transform_cm ? ksrtp_cm_unprotect_plain(work) :
						  transform->unprotect(work);
}

#endif /* _KSRTP_CIPHER_H */
