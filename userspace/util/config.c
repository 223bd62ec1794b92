// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "config.h"
#include "fail.h"

#define WORDS_MAX 64
#define LINE_MAX_LEN 4096

/**
 * config_read() - read words from a file
 * @file: its name; "#" begins a comment
 * @take: takes the words of a line, whose memory is never freed
 * @data: passed to @take
 *
 * Ends the program on an error, with the line.
 */
void config_read(const char *file, void (*take)(struct args *args, void *data),
		 void *data)
{
	char buffer[BUFSIZ], line[LINE_MAX_LEN], *words[WORDS_MAX + 1], *rest, *word;
	struct args args = { words };
	FILE *in = fopen(file, "re");
	unsigned int n;

	if (!in)
		usage("%s: %s", file, strerror(errno));
	setvbuf(in, buffer, _IOFBF, sizeof(buffer));
	fail_file = file;
	while (fgets(line, sizeof(line), in)) {
		fail_line++;
		if (strlen(line) == sizeof(line) - 1)
			usage("longer than %zu bytes", sizeof(line) - 2);
		rest = strdup(line);
		if (!rest)
			fail(KSRTP_REFUSED, "%s", strerror(ENOMEM));
		rest[strcspn(rest, "#\r\n")] = '\0';
		for (n = 0; n < WORDS_MAX && (word = strsep(&rest, " \t"));)
			if (*word)
				words[n++] = word;
		words[n] = NULL;
		args.word = words;
		take(&args, data);
	}
	fclose(in);
	/* lines may have secrets, whose words are wiped by whoever takes them */
	explicit_bzero(buffer, sizeof(buffer));
	explicit_bzero(line, sizeof(line));
	fail_file = NULL;
	fail_line = 0;
}

struct settings_reader {
	bool (*take)(struct args *args, void *settings);
	void *settings;
};

static void read_settings(struct args *args, void *data)
{
	struct settings_reader *reader = data;

	while (*args->word)
		if (!reader->take(args, reader->settings))
			args_end(args);
}

/**
 * config_settings() - read a daemon's settings, from its words and from a file
 * @args: the words; "config FILE" before all others names a file with more
 * @take: takes a setting, or returns false if there is none of this name
 * @settings: passed to @take
 *
 * Ends the program on an error.
 */
void config_settings(struct args *args,
		     bool (*take)(struct args *args, void *settings),
		     void *settings)
{
	struct settings_reader reader = { take, settings };

	if (args_take(args, "config"))
		config_read(args_value(args, "config"), read_settings, &reader);
	read_settings(args, &reader);
}
