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

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "batch.h"
#include "fail.h"
#include "hex.h"
#include "key.h"

bool key_words_private;

#define BASE64_LEN(bytes) (4 * (((bytes) + 2) / 3))

/* Decoded: the master key, and the master salt behind it. */
struct key {
	unsigned char material[KSRTP_MASTER_KEY_MAX + KSRTP_MASTER_SALT_MAX];
	unsigned int key_len, salt_len;
};

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

/* A file with keys is its owner's alone. */
void key_warn(int fd, const char *file)
{
	struct stat st;

	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_mode & 077)
		fprintf(stderr, "ksrtp: warning: %s can be read by others\n",
			file);
}

static void read_file(struct key_text *key, const char *file)
{
	int fd;

	if (!strcmp(file, "-")) {
		if (batch_is_stdin)
			usage("key-file: standard input is the batch");
		read_line(STDIN_FILENO, key->text, sizeof(key->text), "-");
	} else {
		fd = open(file, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			usage("key-file: %s: %s", file, strerror(errno));
		key_warn(fd, file);
		read_line(fd, key->text, sizeof(key->text), file);
		close(fd);
	}
}

static void read_word(struct key_text *key, char *word)
{
	if (strlen(word) >= sizeof(key->text))
		too_long();
	strcpy(key->text, word);
	explicit_bzero(word, strlen(word));
}

/* Take a key, if there is one. */
bool key_parse(struct key_text *key, struct args *args)
{
	char *word;

	if (args_take(args, "key-file")) {
		args_once(&key->given, "key");
		read_file(key, args_value(args, "key-file"));
	} else if (args_take(args, "insecure-key")) {
		args_once(&key->given, "key");
		read_word(key, args_value(args, "insecure-key"));
	} else if (args_take(args, "key")) {
		args_once(&key->given, "key");
		word = args_value(args, "key");
		if (!key_words_private) {
			explicit_bzero(word, strlen(word));
			usage("key: others can see a command line; use key-file, or insecure-key if that does not matter");
		}
		read_word(key, word);
	} else {
		return false;
	}
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

/* Double suites take the outer half alone, RFC 8723: a middle box's. */
static bool is_double(const struct suite *suite)
{
	return suite->id == KSRTP_SUITE_DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM ||
	       suite->id == KSRTP_SUITE_DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM;
}

/* Are key and salt of the lengths that the suite, or half of it, has? */
bool key_fits(const struct suite *suite, unsigned int key_len,
	      unsigned int salt_len)
{
	if (key_len == suite->key_len && salt_len == suite->salt_len)
		return true;
	return is_double(suite) && key_len == suite->key_len / 2 &&
	       salt_len == suite->salt_len / 2;
}

static void __attribute__((noreturn))
wrong_length(const struct suite *suite, size_t len)
{
	unsigned int wanted = suite->key_len + suite->salt_len;

	if (is_double(suite))
		usage("key: suite %s wants %u bytes of key and salt, or the %u of the outer half, got %zu",
		      suite->name, wanted, wanted / 2, len);
	usage("key: suite %s wants %u bytes of key and salt, got %zu",
	      suite->name, wanted, len);
}

/*
 * Decode master key and salt, which have to be of the suite's lengths. Text
 * that is all digits is hex, unless it is as long as their base64 is.
 */
static void key_decode(const char *text, const struct suite *suite,
		       struct key *key)
{
	unsigned int wanted = suite->key_len + suite->salt_len;
	unsigned int parts = is_double(suite) ? 2 : 1;
	size_t len = strlen(text);
	int n;

	n = hex_decode(text, key->material, sizeof(key->material));
	if (n < 0 || len == BASE64_LEN(wanted) ||
	    len == BASE64_LEN(wanted / parts))
		n = decode_base64(text, key->material, sizeof(key->material));
	if (n < 0)
		usage("key: neither hex nor base64");
	if ((unsigned int)n == wanted)
		parts = 1;
	else if ((unsigned int)n != wanted / parts)
		wrong_length(suite, n);
	key->key_len = suite->key_len / parts;
	key->salt_len = suite->salt_len / parts;
}

/* Add a key, as these attributes, to a message. */
void key_put(const struct key_text *key, const struct suite *suite,
	     struct nlmsghdr *nlh, uint16_t key_attr, uint16_t salt_attr)
{
	const char *text = key->text;
	struct key decoded;

	if (!strncmp(text, "inline:", 7))
		text += 7;
	if (strchr(text, '|'))
		usage("key: lifetime and MKI behind '|' are not supported");
	key_decode(text, suite, &decoded);
	mnl_attr_put(nlh, key_attr, decoded.key_len, decoded.material);
	mnl_attr_put(nlh, salt_attr, decoded.salt_len,
		     decoded.material + decoded.key_len);
	explicit_bzero(&decoded, sizeof(decoded));
}
