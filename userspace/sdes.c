// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "fail.h"
#include "place.h"
#include "registry.h"
#include "sdes.h"
#include "secret.h"

/* 16 keys and as many for FEC, each with an MKI of 128 bytes in decimal. */
#define LINE_MAX_SIZE 16384

#define BLANKS " \t"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define NAME "ABCDEFGHIJKLMNOPQRSTUVWXYZ" LOWER "0123456789_"

/* Longer than any name of RFC 4568, and shorter than any key. */
#define NAME_MAX_LEN 32

static const struct secret_kind line_kind = SECRET_KIND("crypto line", "sdes");

/* Here, so that it can be wiped once it is understood. */
static char line[LINE_MAX_SIZE];

/*
 * Words that do not belong where they are may be keys, so that errors repeat
 * numbers and names only.
 */
static bool is_name(const char *text, size_t max)
{
	return *text && strlen(text) <= max &&
	       strspn(text, NAME) == strlen(text);
}

static bool has_prefix(const char *text, const char *prefix)
{
	return !strncasecmp(text, prefix, strlen(prefix));
}

static void read_tag(struct sdes *sdes, const char *text)
{
	if (!decimal_is(text))
		usage("tag is not a number");
	if (strlen(text) > 9)
		usage("tag has more than 9 digits");
	sdes->tag = decimal_read(text, "tag", UINT32_MAX);
}

static void read_suite(struct sdes *sdes, const char *text)
{
	const struct suite *suite = registry_sdes(text);

	/* a key that stands in its place is hardly all of this */
	if (!suite && is_name(text, 48) && strchr(text, '_') &&
	    strcspn(text, LOWER) == strlen(text))
		usage("suite '%s' is not registered for SDES", text);
	if (!suite)
		usage("no suite behind the tag");
	if (!suite->id)
		usage("suite %s: ksrtp does not have it", suite->name);
	sdes->suite = *suite;
}

static void read_fec_order(const char *value)
{
	if (!strcasecmp(value, "SRTP_FEC"))
		usage("FEC_ORDER: SRTP_FEC is not possible, since ksrtp protects what applications have made FEC of");
	if (strcasecmp(value, "FEC_SRTP"))
		usage("FEC_ORDER is neither FEC_SRTP nor SRTP_FEC");
}

/* What is said without a value. */
static bool read_switch(struct sdes *sdes, const char *name)
{
	bool *flag;

	if (!strcasecmp(name, "UNENCRYPTED_SRTP"))
		flag = &sdes->unencrypted_srtp;
	else if (!strcasecmp(name, "UNENCRYPTED_SRTCP"))
		flag = &sdes->unencrypted_srtcp;
	else if (!strcasecmp(name, "UNAUTHENTICATED_SRTP"))
		flag = &sdes->unauthenticated_srtp;
	else
		return false;
	args_once(flag, name);
	return true;
}

/* What is said with a value. */
static bool read_setting(struct sdes *sdes, const char *name, char *value)
{
	size_t here;

	if (!strcasecmp(name, "KDR")) {
		args_once(&sdes->has_kdr, name);
		sdes->key_derivation_rate =
			1U << decimal_range(value, "KDR", 1, 24);
	} else if (!strcasecmp(name, "WSH")) {
		if (sdes->window)
			usage("%s: given twice", name);
		/* a hint, which one may not be able to follow */
		sdes->window = decimal_read(value, "WSH",
					   KSRTP_REPLAY_WINDOW_MAX - 1);
		if (sdes->window < KSRTP_REPLAY_WINDOW_MIN)
			usage("WSH: %u is less than %u", sdes->window,
			      KSRTP_REPLAY_WINDOW_MIN);
	} else if (!strcasecmp(name, "FEC_ORDER")) {
		args_once(&sdes->has_fec_order, name);
		read_fec_order(value);
	} else if (!strcasecmp(name, "FEC_KEY")) {
		if (sdes->fec.n)
			usage("%s: given twice", name);
		here = place_enter(" %s", "FEC_KEY");
		sdes_keys_read(&sdes->fec, &sdes->suite, value, &sdes->media);
		place_leave(here);
	} else {
		return false;
	}
	return true;
}

/* Text of which only a part is @name, and not yet known to be a name. */
static void read_parameter(struct sdes *sdes, char *text, unsigned int number)
{
	char *name = text, *value;

	/* those that nobody has to know, and we do not */
	if (*text == '-') {
		if (!text[1] || text[1] == '-')
			usage("session parameter %u: no name behind '-'",
			      number);
		return;
	}
	if (has_prefix(text, "inline:"))
		usage("session parameter %u: looks like a key; between keys there is ';' and no blank",
		      number);
	value = strchr(text, '=');
	if (value)
		*value++ = '\0';
	if (!is_name(name, NAME_MAX_LEN))
		usage("session parameter %u: unknown, and not optional by a '-'",
		      number);
	if (value ? read_setting(sdes, name, value) : read_switch(sdes, name))
		return;
	if (value && read_switch(sdes, name))
		usage("%s: takes no value", name);
	if (!value && (!strcasecmp(name, "KDR") || !strcasecmp(name, "WSH") ||
		       has_prefix(name, "FEC_")))
		usage("%s: value missing", name);
	usage("session parameter %s: unknown, and not optional by a '-'",
	      name);
}

/* What these suites do in one go cannot be done by halves. */
static void check_parameters(const struct sdes *sdes)
{
	bool aead = has_prefix(sdes->suite.name, "AEAD_");

	if (aead && (sdes->unencrypted_srtp || sdes->unauthenticated_srtp))
		usage("%s: not with %s, which encrypts and authenticates at once",
		      sdes->unencrypted_srtp ? "UNENCRYPTED_SRTP" :
					       "UNAUTHENTICATED_SRTP",
		      sdes->suite.name);
	if (sdes->unencrypted_srtp && sdes->unauthenticated_srtp)
		usage("UNAUTHENTICATED_SRTP: with UNENCRYPTED_SRTP nothing would be protected");
}

/* The next word; blanks are eaten, and may be several. */
static char *next_word(char **rest)
{
	char *word = strsep(rest, BLANKS);

	if (*rest)
		*rest += strspn(*rest, BLANKS);
	return word;
}

/* Read a crypto line, which is cut to pieces. */
void sdes_read(struct sdes *sdes, char *text)
{
	static const char begin[] = "a=crypto:";
	unsigned int number;
	const char *c;

	for (c = text; *c; c++)
		if (!isgraph((unsigned char)*c) && !strchr(BLANKS, *c))
			usage("not printable: character %td", c - text + 1);
	if (strncmp(text, begin, strlen(begin)))
		usage("a crypto line begins with %s", begin);
	text += strlen(begin);
	read_tag(sdes, next_word(&text));
	if (!text || !*text)
		usage("no suite behind the tag");
	read_suite(sdes, next_word(&text));
	if (!text || !*text)
		usage("no key behind the suite");
	sdes_keys_read(&sdes->media, &sdes->suite, next_word(&text), NULL);
	for (number = 1; text && *text; number++)
		read_parameter(sdes, next_word(&text), number);
	check_parameters(sdes);
}

/* Take a crypto line, if there is one. */
bool sdes_parse(struct sdes *sdes, struct args *args, const char *direction)
{
	size_t here;

	if (!secret_parse(&line_kind, args, &sdes->given, line, sizeof(line)))
		return false;
	here = place_enter("%s sdes", direction);
	sdes_read(sdes, line);
	explicit_bzero(line, sizeof(line));
	place_leave(here);
	return true;
}

/* Do the lines of an offer and its answer go together? */
void sdes_agree(const struct sdes *send, const struct sdes *recv)
{
	if (send->tag != recv->tag)
		usage("sdes: send has tag %u and recv %u; an answer repeats the tag of the line that it takes",
		      send->tag, recv->tag);
	if (send->suite.id != recv->suite.id)
		usage("sdes: send has suite %s and recv %s; both directions have one",
		      send->suite.name, recv->suite.name);
	if (send->unencrypted_srtp != recv->unencrypted_srtp)
		usage("sdes: UNENCRYPTED_SRTP is not said of both directions");
	if (send->unencrypted_srtcp != recv->unencrypted_srtcp)
		usage("sdes: UNENCRYPTED_SRTCP is not said of both directions");
	if (send->unauthenticated_srtp != recv->unauthenticated_srtp)
		usage("sdes: UNAUTHENTICATED_SRTP is not said of both directions");
	if (sdes_keys_share(&send->media, &recv->media) ||
	    sdes_keys_share(&send->fec, &recv->fec))
		usage("sdes: send and recv have the same key; each side has to choose its own");
}
