// SPDX-License-Identifier: GPL-2.0
/* Original header block, RFC 8723 section 4. */

#include "compat.h"
#include "ohb.h"

#define KSRTP_OHB_B	0x08	/* value of the original marker bit */
#define KSRTP_OHB_M	0x04	/* marker bit is present */
#define KSRTP_OHB_P	0x02	/* payload type is present */
#define KSRTP_OHB_Q	0x01	/* sequence number is present */
#define KSRTP_OHB_KNOWN	0x0f

/**
 * ksrtp_ohb_parse() - parse the block at the end of a payload
 * @payload: the outer AEAD's payload
 * @len: its length in bytes
 * @ohb: filled in
 *
 * Context: any.
 * Return: false if there is no valid block.
 */
bool ksrtp_ohb_parse(const u8 *payload, unsigned int len,
		     struct ksrtp_ohb *ohb)
{
	u8 config;

	*ohb = (struct ksrtp_ohb){ .len = 1 };
	if (!len)
		return false;
	config = payload[len - 1];
	if (config & ~KSRTP_OHB_KNOWN ||
	    (config & (KSRTP_OHB_B | KSRTP_OHB_M)) == KSRTP_OHB_B)
		return false;
	ohb->has_pt = config & KSRTP_OHB_P;
	ohb->has_seq = config & KSRTP_OHB_Q;
	ohb->has_marker = config & KSRTP_OHB_M;
	ohb->marker = config & KSRTP_OHB_B;
	ohb->len += ohb->has_pt + 2 * ohb->has_seq;
	if (ohb->len > len)
		return false;
	payload += len - ohb->len;
	if (ohb->has_pt)
		ohb->pt = *payload++;
	if (ohb->has_seq)
		ohb->seq = get_unaligned_be16(payload);
	return ohb->pt < 128;
}

/**
 * ksrtp_ohb_write() - write a block
 * @ohb: the block
 * @to: where to put it, KSRTP_OHB_MAX bytes
 *
 * Context: any.
 * Return: its length in bytes.
 */
u8 ksrtp_ohb_write(const struct ksrtp_ohb *ohb, u8 *to)
{
	u8 *at = to;
	u8 config = 0;

	if (ohb->has_pt) {
		config |= KSRTP_OHB_P;
		*at++ = ohb->pt;
	}
	if (ohb->has_seq) {
		config |= KSRTP_OHB_Q;
		put_unaligned_be16(ohb->seq, at);
		at += 2;
	}
	if (ohb->has_marker)
		config |= KSRTP_OHB_M | (ohb->marker ? KSRTP_OHB_B : 0);
	*at++ = config;
	return at - to;
}

/**
 * ksrtp_ohb_complete() - include all header fields, changed or not
 * @ohb: block to complete
 * @header: the header it belongs to
 *
 * Then an application behind a middle box may change the header without knowing
 * about this block.
 *
 * Context: any.
 */
void ksrtp_ohb_complete(struct ksrtp_ohb *ohb, const u8 *header)
{
	if (!ohb->has_pt)
		ohb->pt = header[1] & 0x7f;
	if (!ohb->has_seq)
		ohb->seq = get_unaligned_be16(header + 2);
	if (!ohb->has_marker)
		ohb->marker = header[1] & 0x80;
	ohb->has_pt = true;
	ohb->has_seq = true;
	ohb->has_marker = true;
}

/**
 * ksrtp_ohb_reduce() - remove header fields that are unchanged
 * @ohb: block to reduce
 * @header: the header it belongs to
 *
 * RFC 8723 section 5.2, step 3.
 *
 * Context: any.
 */
void ksrtp_ohb_reduce(struct ksrtp_ohb *ohb, const u8 *header)
{
	if (ohb->pt == (header[1] & 0x7f))
		ohb->has_pt = false;
	if (ohb->seq == get_unaligned_be16(header + 2))
		ohb->has_seq = false;
	if (ohb->marker == !!(header[1] & 0x80))
		ohb->has_marker = false;
}

/**
 * ksrtp_ohb_apply() - restore the original header
 * @ohb: the block
 * @header: header to change
 *
 * RFC 8723 section 5.3, step 4.
 *
 * Context: any.
 */
void ksrtp_ohb_apply(const struct ksrtp_ohb *ohb, u8 *header)
{
	if (ohb->has_pt)
		header[1] = (header[1] & 0x80) | ohb->pt;
	if (ohb->has_marker)
		header[1] = (header[1] & 0x7f) | (ohb->marker ? 0x80 : 0);
	if (ohb->has_seq)
		put_unaligned_be16(ohb->seq, header + 2);
}
