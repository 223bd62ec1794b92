/* SPDX-License-Identifier: GPL-2.0 */
/* MIKEY, RFC 3830: messages as they are taken and made, with our secrets. */
#ifndef LIBKSRTP_MIKEY_H
#define LIBKSRTP_MIKEY_H

#include "mikey_clock.h"
#include "mikey_cs.h"
#include "mikey_rsa.h"
#include "mikey_text.h"

#define MIKEY_PSK_MAX 256

/* What messages are read and made with; all zero but the clock. */
struct ksrtp_mikey {
	unsigned char psk[MIKEY_PSK_MAX];
	size_t psk_len;			/* 0: none */
	bool raw_tgk;
	struct mikey_rsa rsa;
	struct mikey_clock clock;
	char error[512];
};

/* A message, and its keys. */
struct mikey {
	unsigned char bytes[MIKEY_SIZE];
	struct mikey_message message;
	struct mikey_opened opened;	/* nothing, of an answer */
	unsigned char envelope[MIKEY_ENVELOPE_MAX];
	size_t envelope_len;		/* 0: not under RSA */
};

int mikey_take(struct mikey **mikey, const struct ksrtp_mikey *with,
	       struct bytes text, struct complaint *complaint);
void mikey_free(struct mikey *mikey);
int mikey_verify(const struct mikey *answer, const struct mikey *offer,
		 const struct ksrtp_mikey *with, struct complaint *complaint);

/* What a message is to say, beside the keys of a direction. */
struct mikey_wish {
	const struct sdes *sdes;
	const struct mikey_cs *cs;	/* ssrc and roc */
	unsigned int n_cs;
	bool salt_apart;		/* TEK+SALT */
	bool tag_as_key;		/* as GStreamer reads it */
	bool wants_answer;
	uint32_t csb_id;
	struct bytes rand;
	uint64_t ntp;			/* T */
};

int mikey_make(const struct mikey_wish *wish, struct ksrtp_mikey *with,
	       unsigned char *bytes, size_t *len, struct complaint *complaint);
int mikey_make_answer(const struct mikey *offer, uint64_t ntp,
		      const struct ksrtp_mikey *with, unsigned char *bytes,
		      size_t *len, struct complaint *complaint);

#endif
