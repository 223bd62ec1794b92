/* SPDX-License-Identifier: GPL-2.0 */
/* Secrets, from a word, a file or the kernel's key service. */
#ifndef KSRTP_SECRET_H
#define KSRTP_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "args.h"

/* A kind of secret, with its keywords. */
struct secret_kind {
	const char *noun;
	const char *word;	/* the text itself, in a batch */
	const char *insecure;	/* the text itself, where others may see it */
	const char *file;	/* the name of a file */
	const char *ring;	/* a key in the kernel's key service */
};

#define SECRET_KIND(_noun, _word) {					\
	.noun = _noun,							\
	.word = _word,							\
	.insecure = "insecure-" _word,					\
	.file = _word "-file",						\
	.ring = _word "-ring",						\
}

/* Words on the command line are visible to others; lines of a batch are not. */
extern bool secret_words_private;

/* Standard input has the commands, so no secret can be read from it. */
extern bool stdin_is_batch;

bool secret_parse(const struct secret_kind *kind, struct args *args,
		  bool *given, char *text, size_t size, uint32_t *serial);
int secret_decode(char *text, unsigned char *bytes, size_t size);
void secret_warn(int fd, const char *file);

#endif
