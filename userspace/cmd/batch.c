// SPDX-License-Identifier: GPL-2.0
/* Commands from a file, one a line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch.h"
#include "util/fail.h"
#include "util/output.h"
#include "util/secret.h"
#include "util/terminal.h"

#define WORDS_MAX 128
#define LINE_SIZE 8192
#define BLANKS " \t\r\n"

/* Lines contain keys, so use only buffers that can be wiped. */
static char buffer[LINE_SIZE];

static FILE *open_batch(const char *file)
{
	FILE *in;

	if (!strcmp(file, "-")) {
		/* it may be open for days, so do not read ahead */
		setvbuf(stdin, NULL, _IONBF, 0);
		return stdin;
	}
	in = fopen(file, "re");
	if (!in)
		usage("%s: %s", file, strerror(errno));
	/* with -f, a child process would seek back what was read ahead */
	if (force)
		setvbuf(in, NULL, _IONBF, 0);
	else
		setvbuf(in, buffer, _IOFBF, sizeof(buffer));
	return in;
}

/* Take the next word of a line: up to a blank, or between quotes. */
static char *next_word(char **line)
{
	char *word = *line + strspn(*line, BLANKS);
	char *end, mark;

	if (!*word || *word == '#')
		return NULL;
	if (*word == '\'' || *word == '"') {
		mark = *word++;
		end = strchr(word, mark);
		if (!end)
			usage("a quote is not closed");
		*end++ = '\0';
		if (*end && !strchr(BLANKS "#", *end))
			usage("text follows a closing quote");
	} else {
		end = word + strcspn(word, BLANKS "#");
	}
	mark = *end;
	*end = '\0';
	/* nothing follows the end or a comment */
	*line = mark && mark != '#' ? end + 1 : end;
	return word;
}

static void (*batch_command)(struct args *args);

/* Other commands may print something, so the progress line is erased first. */
static bool is_silent(char **words)
{
	static const char *const silent[] = {
		"add", "set", "del", "use", "flush",
	};
	size_t i;

	for (i = 0; i < sizeof(silent) / sizeof(*silent); i++)
		if (words[0] && words[1] && !strcmp(words[1], silent[i]))
			return !output_is_json && strcmp(words[0], "sdp");
	return false;
}

/* Show the number of lines, and the percentage of a file; not for a terminal. */
static void show_progress(FILE *in)
{
	struct stat file;

	if (!progress_due(fail_line) || isatty(fileno(in)))
		return;
	if (fstat(fileno(in), &file) || !S_ISREG(file.st_mode) || !file.st_size)
		progress_show("%u lines", fail_line);
	else
		progress_show("%u lines, %lld%%", fail_line,
			      100 * (long long)ftello(in) / file.st_size);
}

static void run_line(char *line)
{
	char *words[WORDS_MAX + 1];
	struct args args = { .word = words };
	char *word;
	int n = 0;

	while ((word = next_word(&line))) {
		if (n == WORDS_MAX)
			usage("too many words");
		words[n++] = word;
	}
	words[n] = NULL;
	if (!n)
		return;
	if (!is_silent(words))
		progress_clear();
	batch_command(&args);
}

/* Run commands from a file, one a line, until one fails. */
void batch_run(const char *file, void (*command)(struct args *args))
{
	FILE *in = open_batch(file);
	size_t size = LINE_SIZE;
	char *line = malloc(size);
	ssize_t len;

	batch_command = command;
	if (!line)
		usage("%s", strerror(ENOMEM));
	stdin_is_batch = in == stdin;
	secret_words_private = true;
	fail_file = strcmp(file, "-") ? file : "stdin";
	while ((len = getline(&line, &size, in)) >= 0) {
		fail_line++;
		if (force)
			force_line(run_line, line);
		else
			run_line(line);
		/* lines contain keys */
		explicit_bzero(line, size);
		show_progress(in);
	}
	progress_clear();
	if (ferror(in)) {
		fail_file = NULL;
		usage("%s: %s", file, strerror(errno));
	}
	free(line);
	if (in != stdin)
		fclose(in);
	explicit_bzero(buffer, sizeof(buffer));
	stdin_is_batch = false;
	fail_file = NULL;
	force_end();
}
