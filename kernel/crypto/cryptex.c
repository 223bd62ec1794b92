// SPDX-License-Identifier: GPL-2.0
/* Cryptex: CSRCs and header extensions encrypted as a whole, RFC 9335. */

#include <linux/string.h>

#include "cipher.h"
#include "compat.h"

/* Profiles of plain and of encrypted extensions: RFC 9335 section 5. */
static const struct {
	u16 plain;
	u16 encrypted;
} ksrtp_cryptex_profiles[] = {
	{ 0xbede, 0xc0de },
	{ 0x1000, 0xc2de },
};

static bool ksrtp_has_csrcs(const u8 *header)
{
	return header[0] & 0x0f;
}

/**
 * ksrtp_cryptex_growth() - number of bytes that cryptex adds to a header
 * @header: first byte of the plain RTP header
 *
 * CSRCs without an extension need an empty one, which marks them as encrypted.
 *
 * Context: any.
 * Return: growth in bytes.
 */
unsigned int ksrtp_cryptex_growth(const u8 *header)
{
	if (ksrtp_has_csrcs(header) && !(header[0] & KSRTP_RTP_X_BIT))
		return KSRTP_EXTENSION_HEADER_LEN;
	return 0;
}

/**
 * ksrtp_cryptex_locate() - find the part of a packet to encrypt
 * @work: the packet, with an extension in its header; filled in
 *
 * Everything but the fixed header and the first four bytes of the extension,
 * which follow the CSRCs: RFC 9335 section 5.1.
 *
 * Context: any.
 */
void ksrtp_cryptex_locate(struct ksrtp_work *work)
{
	work->clear_len = KSRTP_RTP_HEADER_LEN;
	if (ksrtp_has_csrcs(work->data))
		work->hole = ksrtp_rtp_csrcs_end(work->data);
	else
		work->clear_len += KSRTP_EXTENSION_HEADER_LEN;
}

/**
 * ksrtp_cryptex_apply() - prepare a plain header for encryption
 * @work: the packet, with room for ksrtp_cryptex_growth()
 *
 * RFC 9335 section 5.1. A packet with neither CSRCs nor extension is unchanged.
 *
 * Context: any.
 * Return: 0, or -EINVAL if the extension is not of RFC 8285's kind.
 */
int ksrtp_cryptex_apply(struct ksrtp_work *work)
{
	unsigned int end = ksrtp_rtp_csrcs_end(work->data);
	u8 *extension = work->data + end;
	unsigned int i;
	u16 profile;

	if (ksrtp_cryptex_growth(work->data)) {
		memmove(extension + KSRTP_EXTENSION_HEADER_LEN, extension,
			work->len - end);
		put_unaligned_be16(ksrtp_cryptex_profiles[0].plain, extension);
		put_unaligned_be16(0, extension + 2);
		work->data[0] |= KSRTP_RTP_X_BIT;
		work->len += KSRTP_EXTENSION_HEADER_LEN;
	}
	if (!(work->data[0] & KSRTP_RTP_X_BIT))
		return 0;

	profile = get_unaligned_be16(extension);
	for (i = 0; i < ARRAY_SIZE(ksrtp_cryptex_profiles); i++) {
		if (profile != ksrtp_cryptex_profiles[i].plain)
			continue;
		put_unaligned_be16(ksrtp_cryptex_profiles[i].encrypted,
				   extension);
		ksrtp_cryptex_locate(work);
		return 0;
	}
	return -EINVAL;
}

/**
 * ksrtp_cryptex_applied() - is a header encrypted?
 * @header: first byte of a valid RTP header, see ksrtp_rtp_header_len()
 *
 * Context: any.
 * Return: true if its extension says so.
 */
bool ksrtp_cryptex_applied(const u8 *header)
{
	unsigned int i;
	u16 profile;

	if (!(header[0] & KSRTP_RTP_X_BIT))
		return false;
	profile = get_unaligned_be16(header + ksrtp_rtp_csrcs_end(header));
	for (i = 0; i < ARRAY_SIZE(ksrtp_cryptex_profiles); i++)
		if (profile == ksrtp_cryptex_profiles[i].encrypted)
			return true;
	return false;
}

/**
 * ksrtp_cryptex_undo() - turn a decrypted header into a plain one
 * @work: the packet, for which ksrtp_cryptex_applied() is true
 *
 * An empty extension stays, RFC 9335 section 5.2.
 *
 * Context: any.
 */
void ksrtp_cryptex_undo(struct ksrtp_work *work)
{
	u8 *extension = work->data + ksrtp_rtp_csrcs_end(work->data);
	u16 profile = get_unaligned_be16(extension);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ksrtp_cryptex_profiles); i++)
		if (profile == ksrtp_cryptex_profiles[i].encrypted)
			put_unaligned_be16(ksrtp_cryptex_profiles[i].plain,
					   extension);
}
