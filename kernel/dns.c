// SPDX-License-Identifier: GPL-2.0
/*
 * The part of DNS that tells a query from RTP. Read as RTP, a query would have
 * SSRC 0 or 1, timestamp 65536, one of 8 sequence numbers, and a payload that
 * is a name and ends where the name says.
 */

#include "compat.h"
#include "dns.h"

#define KSRTP_DNS_ANSWER	0x8000	/* QR */
#define KSRTP_DNS_OPCODE	0x7800	/* 0 is a query */
/* bits a client may set: RD, AD and CD, RFC 1035 and RFC 4035 section 3.2 */
#define KSRTP_DNS_CLIENT_BITS	0x0130
#define KSRTP_DNS_TYPE_OPT	41

/**
 * ksrtp_dns_id() - identifier of a DNS message
 * @data: at least KSRTP_DNS_HEADER_LEN bytes of the message
 *
 * Context: any.
 * Return: the identifier (RFC 1035 section 4.1.1).
 */
u16 ksrtp_dns_id(const u8 *data)
{
	return get_unaligned_be16(data);
}

/* End of an uncompressed name; 0 if there is none. */
static unsigned int ksrtp_dns_name_end(const u8 *data, unsigned int len)
{
	const unsigned int most = KSRTP_DNS_HEADER_LEN + KSRTP_DNS_NAME_MAX;
	unsigned int at = KSRTP_DNS_HEADER_LEN;

	len = min(len, most);
	while (at < len) {
		if (!data[at])
			return at + 1;
		if (data[at] > 63)
			return 0;
		at += data[at] + 1;
	}
	return 0;
}

/* Is there exactly one OPT record behind the question? */
static bool ksrtp_dns_opt(const u8 *opt, unsigned int there, unsigned int len)
{
	return there >= KSRTP_DNS_OPT_LEN && !opt[0] &&
	       get_unaligned_be16(opt + 1) == KSRTP_DNS_TYPE_OPT &&
	       len == KSRTP_DNS_OPT_LEN + get_unaligned_be16(opt + 9);
}

/**
 * ksrtp_dns_query() - is a datagram a DNS query, and nothing else?
 * @data: first bytes of the datagram
 * @there: number of bytes, at least min(@len, KSRTP_DNS_QUERY_MAX)
 * @len: length of the datagram, in bytes
 *
 * One question, no answer, optionally an OPT record, and nothing behind (RFC
 * 1035 section 4, RFC 6891 section 6.1).
 *
 * Context: any.
 * Return: true if so.
 */
bool ksrtp_dns_query(const u8 *data, unsigned int there, unsigned int len)
{
	unsigned int end;
	u16 class, more;

	/* flags; one question; no answers; no authorities */
	if (there < KSRTP_DNS_HEADER_LEN ||
	    get_unaligned_be16(data + 2) & ~KSRTP_DNS_CLIENT_BITS ||
	    get_unaligned_be16(data + 4) != 1 || get_unaligned_be32(data + 6))
		return false;
	more = get_unaligned_be16(data + 10);
	end = ksrtp_dns_name_end(data, there);
	if (!end || end + KSRTP_DNS_QUESTION_LEN > there)
		return false;
	class = get_unaligned_be16(data + end + 2);
	/* IN, CH, HS, any */
	if (class != 1 && class != 3 && class != 4 && class != 255)
		return false;
	end += KSRTP_DNS_QUESTION_LEN;
	if (!more)
		return end == len;
	return more == 1 && ksrtp_dns_opt(data + end, there - end, len - end);
}

/**
 * ksrtp_dns_answer() - may a datagram answer a DNS query?
 * @data: first bytes of the datagram
 * @there: number of bytes
 *
 * The caller checks the identifier against the queries that were made.
 *
 * Context: any.
 * Return: true if so.
 */
bool ksrtp_dns_answer(const u8 *data, unsigned int there)
{
	return there >= KSRTP_DNS_HEADER_LEN &&
	       (get_unaligned_be16(data + 2) &
		(KSRTP_DNS_ANSWER | KSRTP_DNS_OPCODE)) == KSRTP_DNS_ANSWER;
}
