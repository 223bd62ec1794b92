/* SPDX-License-Identifier: GPL-2.0 */
/* Text that nobody else may see, from wherever the user keeps it. */
#ifndef KSRTP_SECRET_H
#define KSRTP_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "args.h"

/* A kind of secret, with the keywords that it may follow. */
struct secret_kind {
	const char *noun;
	const char *word;	/* the text itself, in a batch */
	const char *insecure;	/* the text itself, where others may see it */
	const char *file;	/* the name of a file */
	const char *ring;	/* a key that the kernel keeps */
};

#define SECRET_KIND(_noun, _word) {					\
	.noun = _noun,							\
	.word = _word,							\
	.insecure = "insecure-" _word,					\
	.file = _word "-file",						\
	.ring = _word "-ring",						\
}

/* Words on the command line can be seen by others; lines of a batch cannot. */
extern bool secret_words_private;

/* Commands come from standard input, and nothing else can. */
extern bool stdin_is_batch;

bool secret_parse(const struct secret_kind *kind, struct args *args,
		  bool *given, char *text, size_t size, uint32_t *serial);
void secret_warn(int fd, const char *file);

#endif
