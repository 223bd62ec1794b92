// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "fail.h"
#include "key.h"

#define WORDS_MAX 128
#define LINE_SIZE 8192

bool batch_is_stdin;

/* Lines hold keys: none of them stays in a buffer that we cannot wipe. */
static char buffer[LINE_SIZE];

static FILE *open_batch(const char *file)
{
	FILE *in;

	if (!strcmp(file, "-")) {
		/* it may be open for days, so not even the next line */
		setvbuf(stdin, NULL, _IONBF, 0);
		return stdin;
	}
	in = fopen(file, "re");
	if (!in)
		usage("%s: %s", file, strerror(errno));
	setvbuf(in, buffer, _IOFBF, sizeof(buffer));
	return in;
}

/* Commands from a file, one a line, until one fails. */
void batch_run(const char *file, void (*command)(struct args *args))
{
	FILE *in = open_batch(file);
	char *words[WORDS_MAX + 1];
	struct args args;
	size_t size = LINE_SIZE;
	char *line = malloc(size);
	ssize_t len;
	char *word;
	int n;

	if (!line)
		usage("%s", strerror(ENOMEM));
	batch_is_stdin = in == stdin;
	key_words_private = true;
	fail_file = strcmp(file, "-") ? file : "stdin";
	while ((len = getline(&line, &size, in)) >= 0) {
		fail_line++;
		line[strcspn(line, "#\n")] = '\0';
		n = 0;
		for (word = strtok(line, " \t\r"); word;
		     word = strtok(NULL, " \t\r")) {
			if (n == WORDS_MAX)
				usage("too many words");
			words[n++] = word;
		}
		words[n] = NULL;
		args.word = words;
		if (n)
			command(&args);
		/* lines hold keys */
		explicit_bzero(line, size);
	}
	if (ferror(in)) {
		fail_file = NULL;
		usage("%s: %s", file, strerror(errno));
	}
	free(line);
	if (in != stdin)
		fclose(in);
	explicit_bzero(buffer, sizeof(buffer));
	batch_is_stdin = false;
	fail_file = NULL;
}
