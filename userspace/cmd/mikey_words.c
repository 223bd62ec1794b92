// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mikey_words.h"
#include "lib/complaint.h"
#include "lib/hex.h"
#include "util/fail.h"
#include "util/secret.h"

/* Hex of the longest key, and some more. */
#define PSK_TEXT_MAX (2 * MIKEY_PSK_MAX + 16)

static const struct secret_kind psk_kind =
	SECRET_KIND("pre-shared key", "psk");

/* Static, so that it can be wiped. */
static char psk[PSK_TEXT_MAX];

#define PEM_MAX 65536

static char pem[PEM_MAX], more_pem[PEM_MAX];

/**
 * mikey_words_begin() - reset the words, but keep the replay cache
 * @words: the words
 */
void mikey_words_begin(struct mikey_words *words)
{
	mikey_words_end(words);
	words->with.clock.skew = MIKEY_SKEW;
}

/**
 * mikey_words_end() - wipe the secrets, but keep the replay cache
 * @words: the words
 */
void mikey_words_end(struct mikey_words *words)
{
	explicit_bzero(words->with.psk, sizeof(words->with.psk));
	words->with.psk_len = 0;
	mikey_rsa_drop(&words->with.rsa);
	explicit_bzero(&words->with.sent, sizeof(words->with.sent));
	words->with.raw_tgk = false;
	words->has_psk = false;
	words->has_clock = false;
	words->own_key = NULL;
	words->own_cert = NULL;
	words->trust = NULL;
	words->peer = NULL;
	words->exchange = NULL;
	words->own_id = NULL;
	words->peer_id = NULL;
	words->saves = false;
	words->with.own_id[0] = '\0';
	words->with.peer_id[0] = '\0';
	words->with.group = MIKEY_OAKLEY_5;
}

/**
 * mikey_words_psk() - parse a word for a pre-shared key
 * @args: the command line
 * @given: whether there was one
 * @bytes: receives the key, MIKEY_PSK_MAX bytes
 * @len: receives its length
 *
 * Return: false if the next word is not one of these
 */
bool mikey_words_psk(struct args *args, bool *given, unsigned char *bytes,
		     size_t *len)
{
	int n;

	if (!secret_parse(&psk_kind, args, given, psk, sizeof(psk), NULL))
		return false;
	n = secret_decode(psk, bytes, MIKEY_PSK_MAX);
	if (n < 0)
		usage("psk: neither hex nor base64");
	if (!n || n > MIKEY_PSK_MAX)
		usage("psk: %d bytes are not within 1..%d", n, MIKEY_PSK_MAX);
	*len = n;
	return true;
}

/**
 * mikey_words_clock() - parse the word for the clock
 * @args: the command line
 * @given: whether there was one
 * @skew: receives the skew in seconds; 0: no clock
 *
 * Return: false if the next word is another
 */
bool mikey_words_clock(struct args *args, bool *given, uint32_t *skew)
{
	const char *text;

	if (!args_take(args, "clock-skew"))
		return false;
	args_once(given, "clock-skew");
	text = args_value(args, "clock-skew");
	*skew = !strcmp(text, "none") ? 0 :
		parse_number(text, "clock-skew", 1, INT32_MAX);
	return true;
}

/**
 * mikey_words_take() - parse a word for MIKEY
 * @words: receives it
 * @args: the command line
 *
 * Return: false if the next word is not one of these
 */
bool mikey_words_take(struct mikey_words *words, struct args *args)
{
	if (mikey_words_psk(args, &words->has_psk, words->with.psk,
			    &words->with.psk_len) ||
	    mikey_words_clock(args, &words->has_clock,
			      &words->with.clock.skew))
		return true;
	if (args_take(args, "raw-tgk")) {
		args_once(&words->with.raw_tgk, "raw-tgk");
	} else {
		return args_text(args, "own-key", &words->own_key) ||
		       args_text(args, "own-cert", &words->own_cert) ||
		       args_text(args, "trust", &words->trust) ||
		       args_text(args, "exchange", &words->exchange) ||
		       (words->makes &&
			(args_text(args, "peer-cert", &words->peer) ||
			 args_text(args, "own-id", &words->own_id) ||
			 args_text(args, "peer-id", &words->peer_id)));
	}
	return true;
}

/* Read a PEM file without stdio, whose buffer would not be wiped. */
static char *read_pem(const char *word, const char *file, char *text,
		      bool secret)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		usage("%s: %s: %s", word, file, strerror(errno));
	if (secret)
		secret_warn(fd, file);
	while ((n = read(fd, text + len, PEM_MAX - len)) > 0) {
		len += n;
		if (len == PEM_MAX)
			usage("%s: %s: longer than %d bytes", word, file,
			      PEM_MAX - 1);
	}
	if (n < 0)
		usage("%s: %s: %s", word, file, strerror(errno));
	close(fd);
	text[len] = '\0';
	return text;
}

static void take_id(const char *word, const char *id, char *to)
{
	if (!id)
		return;
	if (!*id || strlen(id) >= MIKEY_ID_MAX)
		usage("%s: not within 1..%d characters", word,
		      MIKEY_ID_MAX - 1);
	strcpy(to, id);
}

/* A secret as text: CSB ID and value, in hex. */
#define SECRET_TEXT (8 + 2 * MIKEY_SECRET_MAX)

static void read_secret(struct mikey_words *words, const char *line)
{
	struct mikey_secret secret = { .len = 0 };
	unsigned char bytes[4 + MIKEY_SECRET_MAX];
	int len = hex_decode(line, bytes, sizeof(bytes));

	if (len <= 4 || len > (int)sizeof(bytes))
		usage("exchange: %s: not the secret of a message",
		      words->exchange);
	secret.csb_id = bytes_number((struct bytes) { bytes, 4 });
	secret.len = len - 4;
	memcpy(secret.key, bytes + 4, secret.len);
	mikey_sent_add(&words->with.sent, &secret);
	explicit_bzero(&secret, sizeof(secret));
	explicit_bzero(bytes, sizeof(bytes));
}

/* A secret a line: a call may have several messages. */
static void read_exchange(struct mikey_words *words)
{
	char *line, *rest = read_pem("exchange", words->exchange, pem, true);

	while ((line = strsep(&rest, "\n")) && (rest || *line))
		read_secret(words, line);
	explicit_bzero(pem, sizeof(pem));
}

/**
 * mikey_words_save() - write the secret of a message made here to its file
 * @words: the words
 *
 * The file must be new, since its secret is for one message.
 */
void mikey_words_save(const struct mikey_words *words)
{
	const struct mikey_sent *sent = &words->with.sent;
	const struct mikey_secret *secret = &sent->secret[0];
	char line[SECRET_TEXT + 2];
	size_t len;
	int fd, ok;

	if (!sent->n)
		return;
	if (!words->exchange)
		usage("exchange: a file for the secret of the message is needed");
	snprintf(line, sizeof(line), "%08x", secret->csb_id);
	hex_encode(secret->key, secret->len, line + 8);
	strcat(line, "\n");
	len = strlen(line);
	fd = open(words->exchange, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		  0600);
	if (fd < 0)
		usage("exchange: %s: %s", words->exchange, strerror(errno));
	ok = write(fd, line, len) == (ssize_t)len;
	explicit_bzero(line, sizeof(line));
	if (close(fd) || !ok) {
		unlink(words->exchange);
		usage("exchange: %s: cannot be written", words->exchange);
	}
}

/**
 * mikey_words_read() - read the files that were named
 * @words: the words, all parsed
 */
void mikey_words_read(struct mikey_words *words)
{
	struct complaint complaint = { 0 };
	int ret = 0;

	if (!words->own_key != !words->own_cert)
		usage("own-key and own-cert go together");
	take_id("own-id", words->own_id, words->with.own_id);
	take_id("peer-id", words->peer_id, words->with.peer_id);
	if (words->exchange && !words->saves)
		read_exchange(words);
	if (words->own_key)
		ret = mikey_rsa_own(&words->with.rsa,
				    read_pem("own-key", words->own_key, pem,
					     true),
				    read_pem("own-cert", words->own_cert,
					     more_pem, false), &complaint);
	explicit_bzero(pem, sizeof(pem));
	if (!ret && words->trust)
		ret = mikey_rsa_trust(&words->with.rsa,
				      read_pem("trust", words->trust, pem,
					       false), &complaint);
	if (!ret && words->peer)
		ret = mikey_rsa_peer(&words->with.rsa,
				     read_pem("peer-cert", words->peer, pem,
					      false), &complaint);
	if (ret)
		usage("%s", complaint.text);
}
