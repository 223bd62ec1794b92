/* SPDX-License-Identifier: GPL-2.0 */
/* DNS messages: one in four has an ID that looks like RTP version 2. */
#ifndef _KSRTP_DNS_H
#define _KSRTP_DNS_H

#include <linux/types.h>

#define KSRTP_DNS_PORT		53
#define KSRTP_DNS_HEADER_LEN	12	/* RFC 1035 section 4.1.1 */
#define KSRTP_DNS_NAME_MAX	255	/* section 2.3.4 */
#define KSRTP_DNS_QUESTION_LEN	4	/* type and class, section 4.1.2 */
#define KSRTP_DNS_OPT_LEN	11	/* fixed part, RFC 6891 section 6.1.2 */

/* Bytes needed to recognize a query. */
#define KSRTP_DNS_QUERY_MAX	(KSRTP_DNS_HEADER_LEN + KSRTP_DNS_NAME_MAX + \
				 KSRTP_DNS_QUESTION_LEN + KSRTP_DNS_OPT_LEN)

u16 ksrtp_dns_id(const u8 *data);
bool ksrtp_dns_query(const u8 *data, unsigned int there, unsigned int len);
bool ksrtp_dns_answer(const u8 *data, unsigned int there);

#endif /* _KSRTP_DNS_H */
