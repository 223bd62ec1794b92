/* SPDX-License-Identifier: GPL-2.0 */
/* Structure of a MIKEY message: header and chain of payloads, RFC 3830. */
#ifndef LIBKSRTP_MIKEY_MESSAGE_H
#define LIBKSRTP_MIKEY_MESSAGE_H

#include "payload.h"

#define MIKEY_PAYLOADS_MAX	64
#define MIKEY_CS_MAX		255

/* Data types, RFC 3830 section 6.1, RFC 4650 and RFC 4738. */
enum mikey_type {
	MIKEY_PSK_INIT, MIKEY_PSK_RESP, MIKEY_PK_INIT, MIKEY_PK_RESP,
	MIKEY_DH_INIT, MIKEY_DH_RESP, MIKEY_ERROR, MIKEY_DHHMAC_INIT,
	MIKEY_DHHMAC_RESP, MIKEY_RSA_R_INIT, MIKEY_RSA_R_RESP,
};

/* Crypto session maps: SRTP-ID, and the empty map of RFC 4563. */
enum mikey_map { MIKEY_MAP_SRTP, MIKEY_MAP_EMPTY };

enum mikey_prf { MIKEY_PRF_SHA1, MIKEY_PRF_SHA256 };

/* A crypto session: one SSRC. */
struct mikey_cs {
	uint32_t policy, ssrc, roc;
};

struct mikey_message {
	struct bytes bytes;
	uint32_t type;
	bool wants_answer;		/* V of the header */
	uint32_t prf;
	uint32_t csb_id;
	uint32_t map;
	unsigned int n_cs;
	struct mikey_cs cs[MIKEY_CS_MAX];
	unsigned int n;
	struct mikey_payload payload[MIKEY_PAYLOADS_MAX];
};

/* A message under construction. */
struct mikey_draft {
	struct writer writer;
	size_t next;		/* offset of the next payload's type */
};

const char *mikey_type_name(unsigned int type);
bool mikey_is_answer(const struct mikey_message *message);
bool mikey_is_exchange(const struct mikey_message *message);
int mikey_message_read(struct mikey_message *message, struct bytes bytes,
		       struct complaint *complaint);
const struct mikey_payload *mikey_find(const struct mikey_message *message,
				       unsigned int type);
int mikey_only(const struct mikey_message *message, unsigned int type,
	       const struct mikey_payload **payload,
	       struct complaint *complaint);
void mikey_draft_begin(struct mikey_draft *draft,
		       const struct mikey_message *header);
void mikey_draft_payload(struct mikey_draft *draft, unsigned int type);
void mikey_draft_stamp(struct mikey_draft *draft, enum mikey_stamp kind,
		       struct bytes value);
int mikey_draft_read(const struct mikey_draft *draft,
		     struct mikey_message *message, struct complaint *complaint);

#endif
