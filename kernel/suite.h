/* SPDX-License-Identifier: GPL-2.0 */
/* Suites: what a name in IANA's registries means, one table row each. */
#ifndef _KSRTP_SUITE_H
#define _KSRTP_SUITE_H

#include <linux/types.h>
#include <linux/ksrtp.h>

struct ksrtp_transform;

/**
 * struct ksrtp_suite - one suite
 * @id: its number in netlink
 * @name: its name in IANA's SDES registry (RFC 4568 section 10.3.2.1)
 * @transform: how it protects packets
 * @cipher: cipher or AEAD in the crypto API's words
 * @prf: AES in counter mode with the master key's length, RFC 3711 section
 *	4.3.3 and RFC 6188 section 3
 * @auth: authentication in the crypto API's words; NULL with AEAD
 * @key_len: length of master and session encryption key, in bytes
 * @salt_len: length of master and session salt, in bytes
 * @auth_key_len: length of the session authentication key, in bytes
 * @rtp_tag_len: length of an SRTP authentication tag, in bytes
 * @rtcp_tag_len: length of an SRTCP authentication tag, in bytes
 * @dtls_profile: DTLS-SRTP protection profile (RFC 5764), 0 if none
 */
struct ksrtp_suite {
	enum ksrtp_suite_id id;
	const char *name;
	const struct ksrtp_transform *transform;
	const char *cipher;
	const char *prf;
	const char *auth;
	u8 key_len;
	u8 salt_len;
	u8 auth_key_len;
	u8 rtp_tag_len;
	u8 rtcp_tag_len;
	u16 dtls_profile;
};

const struct ksrtp_suite *ksrtp_suite_get(u32 id);

#endif /* _KSRTP_SUITE_H */
