// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "secret.h"
#include "lib/base64.h"
#include "lib/complaint.h"
#include "lib/hex.h"
#include "lib/keyring.h"

bool secret_words_private;
bool stdin_is_batch;

static void too_long(const struct secret_kind *kind)
{
	usage("%s: longer than any %s", kind->word, kind->noun);
}

/* Read a line without buffering it, or what follows it. */
static void read_line(const struct secret_kind *kind, int fd, const char *file,
		      char *line, size_t size)
{
	size_t len = 0;
	ssize_t n;

	for (;;) {
		n = read(fd, line + len, 1);
		if (n < 0)
			usage("%s: %s: %s", kind->file, file, strerror(errno));
		/* skip leading blanks and blank lines */
		if (n && !len && isspace((unsigned char)line[len]))
			continue;
		if (!n || line[len] == '\n')
			break;
		if (!line[len])
			usage("%s: %s: not text", kind->file, file);
		if (++len == size)
			too_long(kind);
	}
	while (len && isspace((unsigned char)line[len - 1]))
		len--;
	line[len] = '\0';
	if (!len)
		usage("%s: %s: no %s in it", kind->file, file, kind->noun);
}

/* Warn if a file with keys can be read by others. */
void secret_warn(int fd, const char *file)
{
	struct stat st;

	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_mode & 077)
		warn("%s can be read by others", file);
}

static void read_file(const struct secret_kind *kind, const char *file,
		      char *text, size_t size)
{
	int fd;

	if (!strcmp(file, "-")) {
		if (stdin_is_batch)
			usage("%s: standard input is the batch", kind->file);
		read_line(kind, STDIN_FILENO, "-", text, size);
		return;
	}
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		usage("%s: %s: %s", kind->file, file, strerror(errno));
	secret_warn(fd, file);
	read_line(kind, fd, file, text, size);
	close(fd);
}

/* Read a key of the kernel; if only the kernel can read it, take its number. */
static void read_ring(const struct secret_kind *kind, const char *name,
		      char *text, size_t size, uint32_t *serial)
{
	struct complaint complaint = { 0 };
	struct held_key key;
	int ret;

	ret = keyring_find(&key, name, &complaint);
	if (!ret && key.opaque && serial) {
		*serial = key.serial;
		return;
	}
	if (!ret)
		ret = keyring_read(&key, name, text, size, &complaint);
	if (key.exposed)
		warn("key %s can be read by others", name);
	if (ret == -EOVERFLOW)
		too_long(kind);
	if (ret == -ENODATA)
		usage("%s: %s: no %s in it", kind->ring, name, kind->noun);
	if (ret)
		usage("%s: %s", kind->ring, complaint.text);
}

/* Take the text and wipe the word in any case. */
static void read_word(const struct secret_kind *kind, char *word, bool allowed,
		      char *text, size_t size)
{
	size_t len = strlen(word);
	bool fits = len < size;

	if (allowed && fits)
		memcpy(text, word, len + 1);
	explicit_bzero(word, len);
	if (!allowed)
		usage("%s: others can see a command line; use %s, or %s if that does not matter",
		      kind->word, kind->file, kind->insecure);
	if (!fits)
		too_long(kind);
}

/*
 * Take a secret, if there is one: its text, or, with @serial, the serial number
 * of a key in the kernel's key service.
 */
bool secret_parse(const struct secret_kind *kind, struct args *args,
		  bool *given, char *text, size_t size, uint32_t *serial)
{
	if (args_take(args, kind->file)) {
		args_once(given, kind->word);
		read_file(kind, args_value(args, kind->file), text, size);
	} else if (args_take(args, kind->ring)) {
		args_once(given, kind->word);
		read_ring(kind, args_value(args, kind->ring), text, size,
			  serial);
	} else if (args_take(args, kind->insecure)) {
		args_once(given, kind->word);
		read_word(kind, args_value(args, kind->insecure), true, text,
			  size);
	} else if (args_take(args, kind->word)) {
		args_once(given, kind->word);
		read_word(kind, args_value(args, kind->word),
			  secret_words_private, text, size);
	} else {
		return false;
	}
	return true;
}

/*
 * Decode a text, hex or else base64, and wipe it. Returns the number of bytes, at
 * most @size of which are stored, or -1.
 */
int secret_decode(char *text, unsigned char *bytes, size_t size)
{
	int len = hex_decode(text, bytes, size);

	if (len < 0)
		len = base64_decode(text, bytes, size);
	explicit_bzero(text, strlen(text));
	return len;
}
