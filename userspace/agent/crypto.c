// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "crypto.h"
#include "lib/complaint.h"
#include "lib/sdes.h"
#include "lib/sdp.h"

/* Suites of an offer, at most. */
#define SUITES 16

/* Room for a line of ours with its end. */
#define LINE 256

static const struct suite *suites[SUITES];
static unsigned int suites_n;

/* Offer the suites of these profiles of DTLS-SRTP, as far as SDES has them. */
void crypto_begin(const char *profiles)
{
	const struct profile *profile;
	const struct suite *suite;
	char name[64];
	size_t len;

	suites_n = 0;
	for (; *profiles; profiles += len + (profiles[len] == ':')) {
		len = strcspn(profiles, ":");
		snprintf(name, sizeof(name), "%.*s", (int)len, profiles);
		profile = registry_profile_named(name);
		suite = profile ? registry_sdes(profile->suite.name) : NULL;
		if (suite && suites_n < SUITES)
			suites[suites_n++] = suite;
	}
}

static void forget(char **line)
{
	if (*line)
		explicit_bzero(*line, strlen(*line));
	free(*line);
	*line = NULL;
}

void crypto_forget(struct crypto *crypto)
{
	forget(&crypto->ours);
	forget(&crypto->theirs);
	forget(&crypto->said);
	forget(&crypto->chosen);
}

static int no_memory(struct complaint *c)
{
	return complain(c, ENOMEM, "%s", strerror(ENOMEM));
}

/* Write a line with a new key, and its end. */
static int make_line(char *line, unsigned int tag, const struct suite *suite,
		     struct complaint *c)
{
	unsigned char key[KSRTP_MASTER_KEY_MAX + KSRTP_MASTER_SALT_MAX];
	unsigned char text[2 * sizeof(key)];
	size_t len = suite->key_len + suite->salt_len;

	if (RAND_bytes(key, len) != 1)
		return complain(c, EIO, "no random numbers");
	EVP_EncodeBlock(text, key, len);
	snprintf(line, LINE, "a=crypto:%u %s inline:%s\r\n", tag, suite->name,
		 text);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(text, sizeof(text));
	return 0;
}

/* A copy of a line, with its end or without. */
static char *copy_line(const char *text, bool ended)
{
	size_t len = strcspn(text, "\r\n");
	char *line = malloc(len + 3);

	if (!line)
		return NULL;
	memcpy(line, text, len);
	strcpy(line + len, ended ? "\r\n" : "");
	return line;
}

/*
 * The lines of an offer: the one in use, or one with a new key for each suite. With
 * another key the rollover counter of what is sent would be the peer's guess.
 */
int crypto_offer(struct crypto *crypto, struct complaint *c)
{
	size_t len = 0;
	unsigned int i;
	int ret = 0;

	forget(&crypto->said);
	forget(&crypto->chosen);
	if (crypto->ours) {
		crypto->said = copy_line(crypto->ours, true);
		return crypto->said ? 0 : no_memory(c);
	}
	crypto->said = calloc(suites_n + 1, LINE);
	if (!crypto->said)
		return no_memory(c);
	for (i = 0; !ret && i < suites_n; i++) {
		ret = make_line(crypto->said + len, i + 1, suites[i], c);
		len += strlen(crypto->said + len);
	}
	return ret;
}

static int read_line(struct sdes *sdes, const char *line, struct complaint *c)
{
	char *copy = copy_line(line, false);
	int ret;

	memset(sdes, 0, sizeof(*sdes));
	if (!copy)
		return no_memory(c);
	ret = sdes_read(sdes, copy, c);
	explicit_bzero(copy, strlen(line));
	free(copy);
	return ret;
}

/* Is this a line that we take? All of what it says is encrypted and authenticated. */
static bool is_taken(const struct sdes *sdes)
{
	unsigned int i;

	if (sdes->unencrypted_srtp || sdes->unencrypted_srtcp ||
	    sdes->unauthenticated_srtp || sdes->fec.n || sdes->has_fec_order)
		return false;
	for (i = 0; i < suites_n; i++)
		if (suites[i]->id == sdes->suite.id)
			return true;
	return false;
}

static int answer_line(struct crypto *crypto, const char *line,
		       const struct sdes *sdes, struct complaint *c)
{
	crypto->chosen = copy_line(line, false);
	if (!crypto->chosen)
		return no_memory(c);
	/* what has not changed goes on, with its counters */
	if (crypto->ours && !strcmp(crypto->chosen, crypto->theirs)) {
		crypto->said = copy_line(crypto->ours, true);
		return crypto->said ? 0 : no_memory(c);
	}
	crypto->said = calloc(1, LINE);
	if (!crypto->said)
		return no_memory(c);
	return make_line(crypto->said, sdes->tag, &sdes->suite, c);
}

/* The line that answers those of an offer: the first one that we take. */
int crypto_answer(struct crypto *crypto, const struct sdp_media *media,
		  struct complaint *c)
{
	struct complaint unheard = { 0 };
	struct sdes sdes;
	unsigned int i;
	int ret = 1;

	forget(&crypto->said);
	forget(&crypto->chosen);
	for (i = 0; ret == 1 && i < media->cryptos; i++)
		if (!read_line(&sdes, media->crypto[i].text, &unheard) &&
		    is_taken(&sdes))
			ret = answer_line(crypto, media->crypto[i].text, &sdes, c);
	explicit_bzero(&sdes, sizeof(sdes));
	if (ret == 1)
		return wrong(c, "a=crypto: no line of a suite that profiles lists, without UNENCRYPTED_, UNAUTHENTICATED_ and FEC parameters");
	return ret;
}

/* Our line that has the tag of another. */
static const char *find_tag(const char *lines, const char *other)
{
	size_t len = strcspn(other, " \t");
	const char *end;

	for (; *lines; lines = end + 1) {
		if (!strncmp(lines, other, len) && lines[len] == ' ')
			return lines;
		end = strchr(lines, '\n');
		if (!end)
			break;
	}
	return NULL;
}

/*
 * Descriptions were agreed on. @answer is the peer's section if that has answered, NULL if
 * we have.
 */
void crypto_agree(struct crypto *crypto, const struct sdp_media *answer)
{
	const char *theirs = answer ? answer->crypto[0].text : crypto->chosen;
	const char *ours = find_tag(crypto->said, theirs);

	/* a tag may be written in another way; then the next offer has a new key */
	forget(&crypto->ours);
	forget(&crypto->theirs);
	if (ours) {
		crypto->ours = copy_line(ours, false);
		crypto->theirs = copy_line(theirs, false);
	}
	forget(&crypto->said);
	forget(&crypto->chosen);
	if (crypto->ours && crypto->theirs)
		return;
	forget(&crypto->ours);
	forget(&crypto->theirs);
}

/* A line with a key that nobody has, in place of one that is not known. */
char *crypto_unknown(struct complaint *c)
{
	char *line = calloc(1, LINE);

	if (!line) {
		no_memory(c);
		return NULL;
	}
	if (make_line(line, 1, registry_sdes("AES_CM_128_HMAC_SHA1_80"), c)) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\r\n")] = '\0';
	return line;
}
