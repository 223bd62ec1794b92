/* SPDX-License-Identifier: GPL-2.0 */
/* Words of the command line for secrets of MIKEY. */
#ifndef KSRTP_MIKEY_WORDS_H
#define KSRTP_MIKEY_WORDS_H

#include "lib/mikey/mikey.h"
#include "util/args.h"

struct mikey_words {
	struct ksrtp_mikey with;
	bool has_psk, has_clock;
	bool makes;		/* the command makes messages */
	bool saves;		/* and writes their secrets to a file */
	const char *own_key, *own_cert, *trust, *peer, *exchange; /* files */
	const char *own_id, *peer_id;
};

void mikey_words_begin(struct mikey_words *words);
bool mikey_words_take(struct mikey_words *words, struct args *args);
bool mikey_words_psk(struct args *args, bool *given, unsigned char *bytes,
		     size_t *len);
bool mikey_words_clock(struct args *args, bool *given, uint32_t *skew);
void mikey_words_read(struct mikey_words *words);
void mikey_words_save(const struct mikey_words *words);
void mikey_words_end(struct mikey_words *words);

#endif
