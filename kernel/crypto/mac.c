// SPDX-License-Identifier: GPL-2.0
/*
 * HMAC-SHA1 over packets, RFC 3711 section 4.2; the tag includes the rollover
 * counter if the policy says so, RFC 4771.
 */

#include <linux/err.h>
#include <linux/string.h>

#include "cipher.h"
#include "compat.h"

/**
 * ksrtp_mac_setup() - key the authentication
 * @keys: session keys to set up
 * @suite: suite
 * @derived: session keys as derived
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno of the crypto API.
 */
int ksrtp_mac_setup(struct ksrtp_session_keys *keys,
		    const struct ksrtp_suite *suite,
		    const struct ksrtp_derived *derived)
{
	return ksrtp_hmac_setup(&keys->hmac, derived->auth,
				suite->auth_key_len);
}

/**
 * ksrtp_mac_teardown() - undo ksrtp_mac_setup(), if it was called
 * @keys: session keys
 *
 * Context: process, sleeps.
 */
void ksrtp_mac_teardown(struct ksrtp_session_keys *keys)
{
	ksrtp_hmac_teardown(&keys->hmac);
}

/**
 * ksrtp_mac_driver() - name of the implementation that authenticates
 * @keys: session keys with an authentication key
 *
 * Context: any; the name lives as long as the keys.
 * Return: the crypto API's driver name.
 */
const char *ksrtp_mac_driver(const struct ksrtp_session_keys *keys)
{
	return ksrtp_hmac_driver(&keys->hmac);
}

/*
 * HMAC over the packet, followed by the rollover counter for SRTP (for SRTCP
 * the E bit and index are part of the packet), RFC 3711 section 4.2. The counter
 * is put behind the packet while it is hashed: one piece is faster than two. The
 * trailer has room for it, since it has a tag.
 */
static __always_inline
int ksrtp_mac_digest(const struct ksrtp_work *work, unsigned int len,
		     u8 *digest, bool plain)
{
	const struct ksrtp_hmac *hmac = &work->keys->main.hmac;
	u8 *end = work->data + len;
	u32 behind;
	int err;

	if (!plain && work->rtcp)
		return ksrtp_hmac_digest(hmac, work->data, len, digest);
	behind = get_unaligned_be32(end);
	put_unaligned_be32(work->index >> 16, end);
	err = ksrtp_hmac_digest(hmac, work->data, len + sizeof(behind), digest);
	put_unaligned_be32(behind, end);
	return err;
}

/**
 * ksrtp_mac_seal() - append the trailer to an encrypted packet
 * @work: the packet; its length is updated
 *
 * SRTCP index, master key identifier, tag: RFC 3711 sections 3.1 and 3.4.
 *
 * Context: any.
 * Return: 0 or a negative errno of the crypto API.
 */
int ksrtp_mac_seal(struct ksrtp_work *work)
{
	const struct ksrtp_trailer *trailer = &work->trailer;
	u8 mac_len = trailer->tag_len - trailer->roc_len;
	u32 e_bit = ksrtp_work_clear(work) ? 0 : KSRTP_SRTCP_E_BIT;
	u8 *end = work->data + work->len;
	u8 digest[KSRTP_AUTH_KEY_MAX];
	int err;

	if (trailer->index_len) {
		put_unaligned_be32(e_bit | work->index, end);
		end += trailer->index_len;
	}
	if (mac_len) {
		err = ksrtp_mac_digest(work, end - work->data, digest, false);
		if (err)
			return err;
	}
	memcpy(end, work->mki, trailer->mki_len);
	end += trailer->mki_len;
	if (trailer->roc_len)
		put_unaligned_be32(work->index >> 16, end);
	memcpy(end + trailer->roc_len, digest, mac_len);
	work->len = end + trailer->tag_len - work->data;
	return 0;
}

/**
 * ksrtp_mac_open() - check the tag of a packet and remove its trailer
 * @work: the packet; unchanged if the tag is wrong
 *
 * Context: any.
 * Return: 0, -EBADMSG, or another negative errno of the crypto API.
 */
int ksrtp_mac_open(struct ksrtp_work *work)
{
	const struct ksrtp_trailer *trailer = &work->trailer;
	u8 mac_len = trailer->tag_len - trailer->roc_len;
	unsigned int len = work->len - trailer->tag_len - trailer->mki_len;
	u8 digest[KSRTP_AUTH_KEY_MAX];
	int err;

	if (mac_len) {
		err = ksrtp_mac_digest(work, len, digest, false);
		if (!err && crypto_memneq(digest, work->data + work->len -
					  mac_len, mac_len))
			err = -EBADMSG;
		/* do not leave the correct tag in memory: it would help a forger */
		memzero_explicit(digest, sizeof(digest));
		if (err)
			return err;
	}
	work->len = len - trailer->index_len;
	return 0;
}

/**
 * ksrtp_mac_seal_plain() - as ksrtp_mac_seal(), for most packets
 * @work: RTP with a tag that is all of the trailer
 *
 * Context: any.
 * Return: 0 or a negative errno of the crypto API.
 */
__always_inline int ksrtp_mac_seal_plain(struct ksrtp_work *work)
{
	u8 digest[KSRTP_AUTH_KEY_MAX] __uninitialized;
	int err = ksrtp_mac_digest(work, work->len, digest, true);

	if (err)
		return err;
	memcpy(work->data + work->len, digest, work->trailer.tag_len);
	work->len += work->trailer.tag_len;
	return 0;
}

/**
 * ksrtp_mac_open_plain() - as ksrtp_mac_open(), for most packets
 * @work: SRTP, as in ksrtp_mac_seal_plain()
 *
 * Context: any.
 * Return: 0, -EBADMSG, or another negative errno of the crypto API.
 */
__always_inline int ksrtp_mac_open_plain(struct ksrtp_work *work)
{
	u8 digest[KSRTP_AUTH_KEY_MAX] __uninitialized;
	u8 tag_len = work->trailer.tag_len;
	unsigned int len = work->len - tag_len;
	int err;

	err = ksrtp_mac_digest(work, len, digest, true);
	if (!err && crypto_memneq(digest, work->data + len, tag_len))
		err = -EBADMSG;
	/* as in ksrtp_mac_open() */
	memzero_explicit(digest, sizeof(digest));
	if (!err)
		work->len = len;
	return err;
}

/**
 * ksrtp_mac_fits() - would a tag be right for an SRTCP packet?
 * @keys: session keys of SRTCP, with an authentication key
 * @data: the packet
 * @len: its length without identifier and tag, in bytes
 * @tag: the tag
 * @tag_len: its length in bytes, at least 1
 *
 * Context: any.
 * Return: true if it would; false also if the crypto API fails.
 */
bool ksrtp_mac_fits(const struct ksrtp_session_keys *keys, const u8 *data,
		    unsigned int len, const u8 *tag, u8 tag_len)
{
	u8 digest[KSRTP_AUTH_KEY_MAX];
	bool fits;

	fits = !ksrtp_hmac_digest(&keys->hmac, data, len, digest) &&
	       !crypto_memneq(digest, tag, tag_len);
	memzero_explicit(digest, sizeof(digest));
	return fits;
}
