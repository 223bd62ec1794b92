/* SPDX-License-Identifier: GPL-2.0 */
/* Original header block, RFC 8723 section 4: fields a media distributor changed. */
#ifndef _KSRTP_OHB_H
#define _KSRTP_OHB_H

#include <linux/types.h>

/* Longest block: payload type, sequence number, configuration. */
#define KSRTP_OHB_MAX	4

/**
 * struct ksrtp_ohb - an original header block
 * @len: length in the packet, in bytes
 * @has_pt: @pt is present
 * @has_seq: @seq is present
 * @has_marker: @marker is present
 * @marker: original marker bit
 * @pt: original payload type
 * @seq: original sequence number
 */
struct ksrtp_ohb {
	u8 len;
	bool has_pt;
	bool has_seq;
	bool has_marker;
	bool marker;
	u8 pt;
	u16 seq;
};

bool ksrtp_ohb_parse(const u8 *payload, unsigned int len,
		     struct ksrtp_ohb *ohb);
u8 ksrtp_ohb_write(const struct ksrtp_ohb *ohb, u8 *to);
void ksrtp_ohb_complete(struct ksrtp_ohb *ohb, const u8 *header);
void ksrtp_ohb_reduce(struct ksrtp_ohb *ohb, const u8 *header);
void ksrtp_ohb_apply(const struct ksrtp_ohb *ohb, u8 *header);

#endif /* _KSRTP_OHB_H */
