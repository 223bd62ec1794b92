/* SPDX-License-Identifier: GPL-2.0 */
/* Suites: one table row for each name in IANA's registries. */
#ifndef _KSRTP_SUITE_H
#define _KSRTP_SUITE_H

#include <linux/types.h>
#include <linux/ksrtp.h>

struct ksrtp_transform;

/**
 * struct ksrtp_suite - one suite
 * @id: its netlink number
 * @name: its name in IANA's SDES registry (RFC 4568 section 10.3.2.1), or a
 *	name of the same form
 * @dtls_name: name of its DTLS-SRTP protection profile (RFC 5764), or NULL
 * @dtls_profile: number of that profile, 0 if none
 * @transform: how it protects packets
 * @cipher: crypto API name of the cipher or AEAD; NULL for NULL encryption
 * @prf: cipher of the key derivation, in counter mode with the master key's
 *	length, RFC 3711 section 4.3.3, RFC 6188 section 3, RFC 8269 section 3
 * @header_cipher: cipher for header extensions (RFC 6904); NULL for none
 * @parts: 2 if master key and salt are concatenations of those of an inner and
 *	an outer AEAD (RFC 8723); else 1
 * @key_len: length of one part of the master key and of a session encryption
 *	key, in bytes
 * @salt_len: length of one part of the master salt and of a session salt, in
 *	bytes
 * @auth_key_len: length of the session authentication key of HMAC-SHA1, in
 *	bytes; 0 with an AEAD
 * @rtp_tag_len: length of an SRTP authentication tag, in bytes
 * @rtcp_tag_len: length of an SRTCP authentication tag, in bytes
 * @rtcp_tag_varies: some peers shorten SRTCP tags to @rtp_tag_len bytes
 */
struct ksrtp_suite {
	enum ksrtp_suite_id id;
	const char *name;
	const char *dtls_name;
	u16 dtls_profile;
	const struct ksrtp_transform *transform;
	const char *cipher;
	const char *prf;
	const char *header_cipher;
	u8 parts;
	u8 key_len;
	u8 salt_len;
	u8 auth_key_len;
	u8 rtp_tag_len;
	u8 rtcp_tag_len;
	bool rtcp_tag_varies;
};

const struct ksrtp_suite *ksrtp_suite_get(u32 id);

/* Does one algorithm encrypt and authenticate? */
static inline bool ksrtp_suite_is_aead(const struct ksrtp_suite *suite)
{
	return !suite->auth_key_len;
}

/* Does the suite apply two AEADs, one inside the other? */
static inline bool ksrtp_suite_is_double(const struct ksrtp_suite *suite)
{
	return suite->parts == 2;
}

#endif /* _KSRTP_SUITE_H */
