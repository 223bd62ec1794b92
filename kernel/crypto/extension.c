// SPDX-License-Identifier: GPL-2.0
/* Encryption of single elements of header extensions: RFC 6904. */

#include <linux/slab.h>

#include "cipher.h"
#include "compat.h"

#define KSRTP_ONE_BYTE_PROFILE	0xbede	/* RFC 8285 section 4.2 */
#define KSRTP_TWO_BYTE_PROFILE	0x1000	/* section 4.3, less its low bits */
#define KSRTP_ONE_BYTE_STOP	15	/* id that ends the list of elements */

/**
 * struct ksrtp_element - an element of a header extension
 * @id: its id, 0 for a byte of padding
 * @at: offset of its data in the extension, in bytes
 * @len: length of its data
 */
struct ksrtp_element {
	u8 id;
	unsigned int at;
	unsigned int len;
};

/* Parse the element at @at; false if it runs past @len. */
static bool ksrtp_element_parse(const u8 *extension, unsigned int len,
				bool one_byte, unsigned int at,
				struct ksrtp_element *element)
{
	u8 first = extension[at];

	element->id = one_byte ? first >> 4 : first;
	element->at = at + 1;
	element->len = 0;
	/* padding */
	if (!first)
		return true;
	if (one_byte) {
		element->len = (first & 0x0f) + 1;
	} else {
		if (at + 1 == len)
			return false;
		element->len = extension[at + 1];
		element->at++;
	}
	return element->len <= len - element->at;
}

/* An id of 15 ends the list, and so does id 0 with a length. */
static bool ksrtp_element_stops(u8 first)
{
	return first >> 4 == KSRTP_ONE_BYTE_STOP || (first && !(first >> 4));
}

static int ksrtp_extension_mask(const struct ksrtp_work *work, u8 *extension,
				unsigned int len, bool one_byte,
				const u8 *stream)
{
	struct ksrtp_element element;
	unsigned int at = 0, i;

	while (at < len) {
		if (one_byte && ksrtp_element_stops(extension[at]))
			break;
		if (!ksrtp_element_parse(extension, len, one_byte, at,
					 &element))
			return -EINVAL;
		at = element.at + element.len;
		if (!element.id ||
		    !test_bit(element.id, work->policy->extensions))
			continue;
		for (i = element.at; i < at; i++)
			extension[i] ^= stream[i];
	}
	return 0;
}

/**
 * ksrtp_extension_crypt() - encrypt or decrypt elements of a header extension
 * @work: the packet, RTP
 *
 * The elements that the policy names, with a keystream of their own: RFC 6904
 * section 3. An extension that is not of RFC 8285's format has no elements. If
 * the payload is not encrypted, neither are elements (section 3.2).
 *
 * Context: any.
 * Return: 0, -EINVAL if an element runs past the end of the extension, -ENOMEM,
 * or another negative errno of the crypto API.
 */
int ksrtp_extension_crypt(const struct ksrtp_work *work)
{
	u8 *extension = work->data + ksrtp_rtp_csrcs_end(work->data);
	unsigned int len;
	bool one_byte;
	u16 profile;
	u8 *stream;
	int err;

	if (!(work->data[0] & KSRTP_RTP_X_BIT) || ksrtp_work_clear(work))
		return 0;
	profile = get_unaligned_be16(extension);
	len = 4 * get_unaligned_be16(extension + 2);
	extension += KSRTP_EXTENSION_HEADER_LEN;
	one_byte = profile == KSRTP_ONE_BYTE_PROFILE;
	if (!len || (!one_byte && (profile & 0xfff0) != KSRTP_TWO_BYTE_PROFILE))
		return 0;

	stream = kmalloc(len, GFP_ATOMIC | __GFP_NOWARN);
	if (!stream)
		return -ENOMEM;
	err = ksrtp_ctr_header_stream(work, stream, len);
	if (!err)
		err = ksrtp_extension_mask(work, extension, len, one_byte,
					   stream);
	kfree_sensitive(stream);
	return err;
}
