// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "fail.h"
#include "key.h"

#define WORDS_MAX 128

/* Commands from a file, one a line, until one fails. */
void batch_run(const char *file, void (*command)(struct args *args))
{
	FILE *in = strcmp(file, "-") ? fopen(file, "re") : stdin;
	char *words[WORDS_MAX + 1];
	struct args args;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	char *word;
	int n;

	if (!in)
		usage("%s: %s", file, strerror(errno));
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
	free(line);
	if (in != stdin)
		fclose(in);
	fail_file = NULL;
}
