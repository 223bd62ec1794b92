// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "complaint.h"
#include "decimal.h"
#include "sdes.h"

#define BLANKS " \t"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define NAME "ABCDEFGHIJKLMNOPQRSTUVWXYZ" LOWER "0123456789_"

/* Longer than any name in RFC 4568, and shorter than any key. */
#define NAME_MAX_LEN 32

/* A misplaced word may be a key, so error messages only repeat numbers and names. */
static bool is_name(const char *text, size_t max)
{
	return *text && strlen(text) <= max &&
	       strspn(text, NAME) == strlen(text);
}

static bool has_prefix(const char *text, const char *prefix)
{
	return !strncasecmp(text, prefix, strlen(prefix));
}

static int read_tag(struct sdes *sdes, const char *text, struct complaint *c)
{
	uint64_t tag;
	int err;

	if (!decimal_is(text))
		return wrong(c, "tag is not a number");
	if (strlen(text) > 9)
		return wrong(c, "tag has more than 9 digits");
	err = decimal_read(text, "tag", UINT32_MAX, &tag, c);
	if (!err)
		sdes->tag = tag;
	return err;
}

static int read_suite(struct sdes *sdes, const char *text, struct complaint *c)
{
	const struct suite *suite = registry_sdes(text);

	/* a misplaced key hardly looks like this */
	if (!suite && is_name(text, 48) && strchr(text, '_') &&
	    strcspn(text, LOWER) == strlen(text))
		return wrong(c, "suite '%s' is not registered for SDES", text);
	if (!suite)
		return wrong(c, "no suite behind the tag");
	sdes->suite = *suite;
	return 0;
}

static int read_fec_order(const char *value, struct complaint *c)
{
	if (!strcasecmp(value, "SRTP_FEC"))
		return wrong(c, "FEC_ORDER: SRTP_FEC is not supported, since ksrtp protects packets after FEC");
	if (strcasecmp(value, "FEC_SRTP"))
		return wrong(c, "FEC_ORDER is neither FEC_SRTP nor SRTP_FEC");
	return 0;
}

static int once(bool *seen, const char *name, struct complaint *c)
{
	if (*seen)
		return wrong(c, "%s: given twice", name);
	*seen = true;
	return 0;
}

/* Parameters without a value; returns 1 if it is another one. */
static int read_switch(struct sdes *sdes, const char *name, struct complaint *c)
{
	bool *flag;

	if (!strcasecmp(name, "UNENCRYPTED_SRTP"))
		flag = &sdes->unencrypted_srtp;
	else if (!strcasecmp(name, "UNENCRYPTED_SRTCP"))
		flag = &sdes->unencrypted_srtcp;
	else if (!strcasecmp(name, "UNAUTHENTICATED_SRTP"))
		flag = &sdes->unauthenticated_srtp;
	else
		return 1;
	return once(flag, name, c);
}

static int read_rate(struct sdes *sdes, const char *value, struct complaint *c)
{
	uint64_t power;
	int err;

	err = decimal_range(value, "KDR", 1, 24, &power, c);
	if (!err)
		sdes->key_derivation_rate = 1U << power;
	return err;
}

/* Window size hint, which need not be followed. */
static int read_window(struct sdes *sdes, const char *name, const char *value,
		       struct complaint *c)
{
	uint64_t window;
	int err;

	if (sdes->window)
		return wrong(c, "%s: given twice", name);
	err = decimal_read(value, "WSH", KSRTP_REPLAY_WINDOW_MAX - 1, &window,
			   c);
	if (err)
		return err;
	if (window < KSRTP_REPLAY_WINDOW_MIN)
		return wrong(c, "WSH: %u is less than %u", (unsigned int)window,
			     KSRTP_REPLAY_WINDOW_MIN);
	sdes->window = window;
	return 0;
}

static int read_fec_key(struct sdes *sdes, const char *name, char *value,
			struct complaint *c)
{
	size_t here;
	int err;

	if (sdes->fec.n)
		return wrong(c, "%s: given twice", name);
	here = complaint_enter(c, " FEC_KEY");
	err = sdes_keys_read(&sdes->fec, &sdes->suite, value, &sdes->media, c);
	if (!err)
		complaint_leave(c, here);
	return err;
}

/* Parameters with a value; returns 1 if it is another one. */
static int read_setting(struct sdes *sdes, const char *name, char *value,
			struct complaint *c)
{
	int err;

	if (!strcasecmp(name, "KDR")) {
		err = once(&sdes->has_kdr, name, c);
		return err ? err : read_rate(sdes, value, c);
	}
	if (!strcasecmp(name, "WSH"))
		return read_window(sdes, name, value, c);
	if (!strcasecmp(name, "FEC_ORDER")) {
		err = once(&sdes->has_fec_order, name, c);
		return err ? err : read_fec_order(value, c);
	}
	if (!strcasecmp(name, "FEC_KEY"))
		return read_fec_key(sdes, name, value, c);
	return 1;
}

/* One session parameter, NAME or NAME=VALUE. */
static int read_parameter(struct sdes *sdes, char *text, unsigned int number,
			  struct complaint *c)
{
	char *name = text, *value;
	int err;

	/* optional parameters are ignored if unknown */
	if (*text == '-') {
		if (!text[1] || text[1] == '-')
			return wrong(c, "session parameter %u: no name behind '-'",
			      number);
		return 0;
	}
	if (has_prefix(text, "inline:"))
		return wrong(c, "session parameter %u: looks like a key; keys are separated by ';' without blanks",
		      number);
	value = strchr(text, '=');
	if (value)
		*value++ = '\0';
	if (!is_name(name, NAME_MAX_LEN))
		return wrong(c, "session parameter %u: unknown, and not marked as optional by '-'",
		      number);
	err = value ? read_setting(sdes, name, value, c) :
		      read_switch(sdes, name, c);
	if (err <= 0)
		return err;
	if (value)
		err = read_switch(sdes, name, c);
	if (err < 0)
		return err;
	if (!err)
		return wrong(c, "%s: takes no value", name);
	if (!value && (!strcasecmp(name, "KDR") || !strcasecmp(name, "WSH") ||
		       has_prefix(name, "FEC_")))
		return wrong(c, "%s: value missing", name);
	return wrong(c, "session parameter %s: unknown, and not marked as optional by '-'",
	      name);
}

/* AEAD suites cannot encrypt or authenticate only. */
int sdes_check(const struct sdes *sdes, struct complaint *c)
{
	bool aead = has_prefix(sdes->suite.name, "AEAD_");

	if (aead && (sdes->unencrypted_srtp || sdes->unauthenticated_srtp))
		return wrong(c, "%s: not with %s, which encrypts and authenticates at once",
		      sdes->unencrypted_srtp ? "UNENCRYPTED_SRTP" :
					       "UNAUTHENTICATED_SRTP",
		      sdes->suite.name);
	if (sdes->unencrypted_srtp && sdes->unauthenticated_srtp)
		return wrong(c, "UNAUTHENTICATED_SRTP: with UNENCRYPTED_SRTP nothing would be protected");
	return 0;
}

/* The next word, behind any number of blanks. */
static char *next_word(char **rest)
{
	char *word = strsep(rest, BLANKS);

	if (*rest)
		*rest += strspn(*rest, BLANKS);
	return word;
}

/* Parse a crypto line, which is modified. */
int sdes_read(struct sdes *sdes, char *text, struct complaint *c)
{
	static const char begin[] = "a=crypto:";
	unsigned int number;
	const char *at;
	int err;

	for (at = text; *at; at++)
		if (!isgraph((unsigned char)*at) && !strchr(BLANKS, *at))
			return wrong(c, "not printable: character %td",
				     at - text + 1);
	if (strncmp(text, begin, strlen(begin)))
		return wrong(c, "a crypto line begins with %s", begin);
	text += strlen(begin);
	err = read_tag(sdes, next_word(&text), c);
	if (err)
		return err;
	if (!text || !*text)
		return wrong(c, "no suite behind the tag");
	err = read_suite(sdes, next_word(&text), c);
	if (err)
		return err;
	if (!text || !*text)
		return wrong(c, "no key behind the suite");
	err = sdes_keys_read(&sdes->media, &sdes->suite, next_word(&text), NULL,
			     c);
	for (number = 1; !err && text && *text; number++)
		err = read_parameter(sdes, next_word(&text), number, c);
	return err ? err : sdes_check(sdes, c);
}

/* Are they equal, except for their tags and notation? */
bool sdes_same(const struct sdes *sdes, const struct sdes *other)
{
	return sdes->suite.id == other->suite.id &&
	       sdes->key_derivation_rate == other->key_derivation_rate &&
	       sdes->window == other->window &&
	       sdes->rcc_mode == other->rcc_mode &&
	       sdes->rcc_rate == other->rcc_rate &&
	       sdes->unencrypted_srtp == other->unencrypted_srtp &&
	       sdes->unencrypted_srtcp == other->unencrypted_srtcp &&
	       sdes->unauthenticated_srtp == other->unauthenticated_srtp &&
	       sdes_keys_same(&sdes->media, &other->media) &&
	       sdes_keys_same(&sdes->fec, &other->fec);
}

/* Do they have a key in common? */
bool sdes_share(const struct sdes *sdes, const struct sdes *other)
{
	return sdes_keys_share(&sdes->media, &other->media) ||
	       sdes_keys_share(&sdes->media, &other->fec) ||
	       sdes_keys_share(&sdes->fec, &other->media) ||
	       sdes_keys_share(&sdes->fec, &other->fec);
}

/* Are the lines of an offer and its answer compatible? */
int sdes_agree(const struct sdes *send, const struct sdes *recv,
	       struct complaint *c)
{
	size_t here = complaint_enter(c, " sdes");

	if (send->tag != recv->tag)
		return wrong(c, "send has tag %u and recv %u; an answer repeats the tag of the line it accepts",
		      send->tag, recv->tag);
	if (send->suite.id != recv->suite.id)
		return wrong(c, "send has suite %s and recv %s; both directions must have the same",
		      send->suite.name, recv->suite.name);
	if (send->unencrypted_srtp != recv->unencrypted_srtp)
		return wrong(c, "UNENCRYPTED_SRTP is not set for both directions");
	if (send->unencrypted_srtcp != recv->unencrypted_srtcp)
		return wrong(c, "UNENCRYPTED_SRTCP is not set for both directions");
	if (send->unauthenticated_srtp != recv->unauthenticated_srtp)
		return wrong(c, "UNAUTHENTICATED_SRTP is not set for both directions");
	if (sdes_share(send, recv))
		return wrong(c, "send and recv have the same key; each side has to choose its own");
	complaint_leave(c, here);
	return 0;
}
