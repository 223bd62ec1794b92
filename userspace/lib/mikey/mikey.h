/* SPDX-License-Identifier: GPL-2.0 */
/* MIKEY messages, RFC 3830: read, verified and made with local secrets. */
#ifndef LIBKSRTP_MIKEY_H
#define LIBKSRTP_MIKEY_H

#include "clock.h"
#include "cs.h"
#include "rsa.h"
#include "sent.h"
#include "text.h"

#define MIKEY_PSK_MAX 256
#define MIKEY_ID_MAX 256

/* Secrets and rules for messages. Zero is valid, except for the clock. */
struct ksrtp_mikey {
	unsigned char psk[MIKEY_PSK_MAX];
	size_t psk_len;			/* 0: none */
	bool raw_tgk;
	struct mikey_rsa rsa;
	char own_id[MIKEY_ID_MAX], peer_id[MIKEY_ID_MAX];
	enum mikey_dh group;		/* of Diffie-Hellman */
	struct mikey_sent sent;
	struct mikey_clock clock;
	char error[512];
};

/* A message and its keys. */
struct mikey {
	unsigned char bytes[MIKEY_SIZE];
	struct mikey_message message;
	struct mikey_opened opened;	/* empty without keys of its own */
	unsigned char envelope[MIKEY_ENVELOPE_MAX];
	size_t envelope_len;		/* 0: not RSA */
};

int mikey_take(struct mikey **mikey, const struct ksrtp_mikey *with,
	       struct bytes text, struct complaint *complaint);
void mikey_free(struct mikey *mikey);
int mikey_verify(struct mikey *answer, struct mikey *offer,
		 const struct ksrtp_mikey *with, struct complaint *complaint);
bool mikey_is_own(const struct mikey *offer, const struct ksrtp_mikey *with);
const struct mikey *mikey_keyed(const struct mikey *answer,
				const struct mikey *offer);

/* Who chooses the keys: this side, both sides, or the peer. */
enum mikey_mode { MIKEY_MODE_KEYS, MIKEY_MODE_DH, MIKEY_MODE_RSA_R };

/* Contents of a message to make. */
struct mikey_wish {
	enum mikey_mode mode;
	enum mikey_dh group;		/* MIKEY_MODE_DH */
	const struct sdes *sdes;
	const struct mikey_cs *cs;	/* ssrc and roc */
	unsigned int n_cs;
	bool salt_apart;		/* TEK+SALT */
	bool tag_as_key;		/* tag length as GStreamer reads it */
	bool wants_answer;
	uint32_t csb_id;
	struct bytes rand;
	uint64_t ntp;			/* T */
};

int mikey_make(const struct mikey_wish *wish, struct ksrtp_mikey *with,
	       unsigned char *bytes, size_t *len, struct complaint *complaint);
int mikey_make_answer(const struct mikey *offer, struct ksrtp_mikey *with,
		      unsigned char *bytes, size_t *len,
		      struct complaint *complaint);
int mikey_make_error(struct bytes text, uint64_t ntp,
		     const struct ksrtp_mikey *with, unsigned char *bytes,
		     size_t *len, struct complaint *complaint);

#endif
