// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "key.h"

static void too_long(void)
{
	usage("key: longer than any key");
}

/* Read a line without leaving what follows it, or the key, in a buffer. */
static void read_line(int fd, char *line, size_t size, const char *what)
{
	size_t len = 0;
	ssize_t n;

	for (;;) {
		n = read(fd, line + len, 1);
		if (n < 0)
			usage("key-file: %s: %s", what, strerror(errno));
		/* blanks before the key mean nothing, blank lines neither */
		if (n && !len && isspace((unsigned char)line[len]))
			continue;
		if (!n || line[len] == '\n')
			break;
		if (++len == size)
			too_long();
	}
	while (len && isspace((unsigned char)line[len - 1]))
		len--;
	line[len] = '\0';
	if (!len)
		usage("key-file: %s: no key in it", what);
}

void key_read_file(struct key_text *key, const char *file)
{
	struct stat st;
	int fd;

	if (!strcmp(file, "-")) {
		read_line(STDIN_FILENO, key->text, sizeof(key->text), "-");
	} else {
		fd = open(file, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			usage("key-file: %s: %s", file, strerror(errno));
		if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_mode & 077)
			fprintf(stderr,
				"ksrtp: warning: %s can be read by others\n",
				file);
		read_line(fd, key->text, sizeof(key->text), file);
		close(fd);
	}
	key->given = true;
}

void key_read_word(struct key_text *key, const char *word)
{
	if (strlen(word) >= sizeof(key->text))
		too_long();
	strcpy(key->text, word);
	key->given = true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool decode_hex(const char *text, unsigned char *material, size_t len)
{
	size_t i;

	if (strlen(text) != 2 * len || strspn(text, "0123456789abcdefABCDEF") !=
				       2 * len)
		return false;
	for (i = 0; i < len; i++)
		material[i] = hex_digit(text[2 * i]) << 4 |
			      hex_digit(text[2 * i + 1]);
	return true;
}

/* Returns the number of bytes, or -1 if it is no base64. */
static int decode_base64(const char *text, unsigned char *material,
			 size_t size)
{
	unsigned char room[KEY_TEXT_MAX];
	char padded[KEY_TEXT_MAX + 4];
	size_t len = strlen(text);
	int n;

	strcpy(padded, text);
	/* padding may be left out */
	while (len % 4)
		padded[len++] = '=';
	padded[len] = '\0';
	n = b64_pton(padded, room, sizeof(room));
	if (n > 0)
		memcpy(material, room, (size_t)n < size ? (size_t)n : size);
	explicit_bzero(room, sizeof(room));
	explicit_bzero(padded, sizeof(padded));
	return n;
}

/* Decode master key and salt, which have to be of the suite's lengths. */
void key_decode(const struct key_text *key, const struct suite *suite,
		unsigned char *material)
{
	unsigned int wanted = suite->key_len + suite->salt_len;
	const char *text = key->text;
	size_t len;
	int n;

	if (!strncmp(text, "inline:", 7))
		text += 7;
	if (strchr(text, '|'))
		usage("key: lifetime and MKI behind '|' are not supported");
	if (decode_hex(text, material, wanted))
		return;
	len = strlen(text);
	/* all digits are hex, and of no length that base64 would have */
	if (len == strspn(text, "0123456789abcdefABCDEF") && !(len % 2) &&
	    len != 4 * ((wanted + 2) / 3)) {
		usage("key: suite %s wants %u bytes of key and salt, got %zu",
		      suite->name, wanted, len / 2);
	}
	n = decode_base64(text, material, KEY_MATERIAL_MAX);
	if (n < 0)
		usage("key: neither hex nor base64");
	if ((unsigned int)n != wanted)
		usage("key: suite %s wants %u bytes of key and salt, got %d",
		      suite->name, wanted, n);
}
