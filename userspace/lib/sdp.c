// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "complaint.h"
#include "decimal.h"
#include "lib/mikey/text.h"
#include "sdp.h"

#define DIGITS "0123456789"

/* Errors from here on are about this line. */
void sdp_at(const struct sdp *sdp, unsigned int line, struct complaint *c)
{
	c->file = sdp->file;
	c->line = line;
}

bool sdp_address_is_zero(const struct sdp_address *address)
{
	static const unsigned char zero[16];

	return !memcmp(address->bytes, zero, address->len);
}

bool sdp_address_is_multicast(const struct sdp_address *address)
{
	return address->len == 4 ? (address->bytes[0] & 0xf0) == 0xe0 :
				   address->bytes[0] == 0xff;
}

/* "IN IP4 192.0.2.1"; the text is modified. Names are not resolved. */
static int read_address(struct sdp_address *address, char *text,
			struct complaint *c)
{
	char *net = strsep(&text, " ");
	char *type = text ? strsep(&text, " ") : NULL;
	char *name = text ? strsep(&text, "/") : NULL;
	int family;

	if (strcmp(net, "IN") || !type || !name)
		return wrong(c, "address is not IN IP4 ADDRESS or IN IP6 ADDRESS");
	if (!strcmp(type, "IP4"))
		family = AF_INET;
	else if (!strcmp(type, "IP6"))
		family = AF_INET6;
	else
		return wrong(c, "address is of neither IP4 nor IP6");
	/* names are not resolved: their addresses may change */
	if (inet_pton(family, name, address->bytes) != 1)
		return wrong(c, "address: '%.64s' is not an %s address; names are not looked up; write its address",
			     name, type);
	address->family = family;
	address->len = family == AF_INET ? 4 : 16;
	if (sdp_address_is_multicast(address))
		return wrong(c, "address is a multicast group; sessions have one peer; use ksrtp session add for a group");
	if (text)
		return wrong(c, "address: '%s' has '/%.16s' behind it, as only a multicast group may",
			     name, text);
	return 0;
}

/* Parse an address. */
int sdp_address_read(const struct sdp *sdp, struct sdp_address *address,
		     struct complaint *c)
{
	char copy[128];

	sdp_at(sdp, address->line, c);
	if (strlen(address->text) >= sizeof(copy))
		return wrong(c, "address is too long");
	strcpy(copy, address->text);
	return read_address(address, copy, c);
}

/* "m=audio 49170 RTP/SAVP 0" */
static int read_media(struct sdp *sdp, char *text, unsigned int line,
		      struct complaint *c)
{
	struct sdp_media *media = &sdp->media[sdp->n];
	char *kind, *port, *port_end;

	if (sdp->n++ == SDP_MEDIA_MAX)
		return wrong(c, "more than %d media sections", SDP_MEDIA_MAX);
	media->line = line;
	kind = strsep(&text, " ");
	port = text ? strsep(&text, " ") : NULL;
	media->protocol = text ? strsep(&text, " ") : NULL;
	port_end = port;
	if (!*kind || !port || !media->protocol || !*media->protocol || !text ||
	    !*text)
		return wrong(c, "m= is not MEDIA PORT PROTOCOL FORMATS");
	media->formats = text;
	strsep(&port_end, "/");
	media->ports = 1;
	if (!decimal_is(port))
		return wrong(c, "port is not a number");
	/* for other protocols than RTP it may be anything */
	if (port_end && (!decimal_is(port_end) ||
			 decimal_range(port_end, "ports", 1, 65535,
				       &media->ports, &(struct complaint){ 0 })))
		media->ports = 0;
	return decimal_range(port, "port", 0, 65535, &media->port, c);
}

/* "a=rtcp:49171", optionally followed by "IN IP4 192.0.2.1" */
static int read_rtcp(struct sdp_media *media, char *text, unsigned int line,
		     struct complaint *c)
{
	char *port = strsep(&text, " ");

	if (media->rtcp_line)
		return wrong(c, "a=rtcp: given twice");
	if (!decimal_is(port))
		return wrong(c, "a=rtcp: port is not a number");
	media->rtcp_line = line;
	media->rtcp_address.line = line;
	media->rtcp_address.text = text;
	return decimal_range(port, "a=rtcp: port", 1, 65535, &media->rtcp_port,
			     c);
}

bool sdp_same_tag(const struct sdp_crypto *crypto,
		  const struct sdp_crypto *other)
{
	size_t len = strspn(crypto->tag, DIGITS);

	return len == strspn(other->tag, DIGITS) &&
	       !strncmp(crypto->tag, other->tag, len);
}

/* Only the tag: lines that are not chosen may have unknown suites. */
static int read_crypto(struct sdp_media *media, char *text, char *whole,
		       unsigned int line, struct complaint *c)
{
	struct sdp_crypto *crypto = &media->crypto[media->cryptos];
	size_t len = strcspn(text, " \t");
	unsigned int i;

	if (media->cryptos++ == SDP_CRYPTO_MAX)
		return wrong(c, "more than %d crypto lines in one section",
			     SDP_CRYPTO_MAX);
	if (!len || len > 9 || strspn(text, DIGITS) != len ||
	    (*text == '0' && len > 1))
		return wrong(c, "a=crypto: tag is not a number of 1 to 9 digits");
	crypto->line = line;
	crypto->tag = text;
	crypto->text = whole;
	for (i = 0; i + 1 < media->cryptos; i++)
		if (sdp_same_tag(&media->crypto[i], crypto))
			return wrong(c, "a=crypto: tag %.*s is that of line %u, too",
				     (int)len, text, media->crypto[i].line);
	return 0;
}

static int read_source(struct sdp_media *media, char *text, struct complaint *c)
{
	const char *number = strsep(&text, " ");
	uint64_t source;
	int ret;

	if (!decimal_is(number))
		return wrong(c, "a=ssrc: not a number");
	ret = decimal_range(number, "a=ssrc", 0, UINT32_MAX, &source, c);
	if (ret)
		return ret;
	/* the attributes of a source are on consecutive lines */
	if (!media->sources || media->last_source != source) {
		if (media->sources < SDP_SOURCES_MAX)
			media->source[media->sources] = source;
		media->sources++;
	}
	media->last_source = source;
	return 0;
}

/* Value behind a name and a colon, or NULL if it is another attribute. */
static char *value_of(char *text, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(text, name, len) && text[len] == ':' ? text + len + 1 :
		NULL;
}

static bool is_direction(const char *text)
{
	return !strcmp(text, "sendrecv") || !strcmp(text, "sendonly") ||
	       !strcmp(text, "recvonly") || !strcmp(text, "inactive");
}

/* Get the next identifier of a list; returns its length, 0 at the end. */
static size_t next_mid(const char **at, const char **mid)
{
	size_t len;

	*mid = *at + strspn(*at, " ");
	len = strcspn(*mid, " ");
	*at = *mid + len;
	return len;
}

/* Is an identifier in a list, before position @end? */
static bool has_mid(const char *mids, const char *end, const char *wanted,
		    size_t wanted_len)
{
	const char *mid;
	size_t len;

	while ((len = next_mid(&mids, &mid)) && mid != end)
		if (len == wanted_len && !strncmp(mid, wanted, len))
			return true;
	return false;
}

/* RFC 9143, section 7.1: there may be several groups, with distinct sections. */
static int read_bundle(struct sdp *sdp, const char *mids, unsigned int line,
		       struct complaint *c)
{
	const struct sdp_bundle *bundle;
	const char *at = mids, *mid;
	size_t len;

	if (sdp->bundles == SDP_MEDIA_MAX)
		return wrong(c, "a=group: more than %d BUNDLE", SDP_MEDIA_MAX);
	sdp->bundle[sdp->bundles++] = (struct sdp_bundle){
		.line = line, .mids = mids,
	};
	while ((len = next_mid(&at, &mid)))
		for (bundle = sdp->bundle;
		     bundle < &sdp->bundle[sdp->bundles]; bundle++)
			if (has_mid(bundle->mids, mid, mid, len))
				return wrong(c, "a=group: BUNDLE has '%.*s', which is in line %u, too",
					     len > 64 ? 64 : (int)len, mid,
					     bundle->line);
	return 0;
}

/* Other protocols are ignored, RFC 4567 section 3.1.1. */
static int read_key_mgmt(struct sdp_mikey *mikey, const char *value,
			 unsigned int line, struct complaint *c)
{
	const char *text = mikey_text_of_attribute(value);

	if (!text)
		return 0;
	if (mikey->text)
		return wrong(c, "a=key-mgmt: repeats mikey of line %u",
			     mikey->line);
	mikey->line = line;
	mikey->text = text;
	return 0;
}

static int read_once(const char **into, const char *name, const char *value,
		     struct complaint *c)
{
	if (*into)
		return wrong(c, "a=%s: given twice", name);
	*into = value;
	return 0;
}

/* Attributes of DTLS and ICE, of a section or of the session. */
static int read_keying(struct sdp_keying *keying, char *text,
		       struct complaint *c)
{
	const struct {
		const char *name;
		const char **into;
	} known[] = {
		{ "ice-ufrag", &keying->ufrag }, { "ice-pwd", &keying->pwd },
		{ "setup", &keying->setup }, { "tls-id", &keying->tls_id },
	};
	char *value = value_of(text, "fingerprint");
	size_t i;

	if (value && keying->fingerprints == SDP_FINGERPRINT_MAX)
		return wrong(c, "more than %d a=fingerprint for the same media",
			     SDP_FINGERPRINT_MAX);
	if (value)
		keying->fingerprint[keying->fingerprints++] = value;
	for (i = 0; i < sizeof(known) / sizeof(*known); i++) {
		value = value_of(text, known[i].name);
		if (value)
			return read_once(known[i].into, known[i].name, value,
					 c);
	}
	return 0;
}

/* A session-level attribute. */
static int read_common(struct sdp *sdp, char *text, unsigned int line,
		       struct complaint *c)
{
	char *value = value_of(text, "group");

	if (value && !strncmp(value, "BUNDLE", 6) &&
	    (value[6] == ' ' || !value[6]))
		return read_bundle(sdp, value + 6, line, c);
	value = value_of(text, "key-mgmt");
	if (value)
		return read_key_mgmt(&sdp->mikey, value, line, c);
	if (value_of(text, "rtcp"))
		return wrong(c, "a=rtcp: belongs to a media section");
	if (value_of(text, "crypto"))
		return wrong(c, "a=crypto: belongs to a media section");
	return read_keying(&sdp->keying, text, c);
}

static int read_attribute(struct sdp *sdp, char *text, unsigned int line,
			  struct complaint *c)
{
	struct sdp_media *media = sdp->n ? &sdp->media[sdp->n - 1] : NULL;
	const char **direction = media ? &media->direction : &sdp->direction;
	char *value;

	if (is_direction(text)) {
		if (*direction)
			return wrong(c, "a=%s: a=%s is given, too", text,
				     *direction);
		*direction = text;
		return 0;
	}
	if (!media)
		return read_common(sdp, text, line, c);
	if (!strcmp(text, "rtcp-mux"))
		media->mux = true;
	else if (!strcmp(text, "bundle-only"))
		media->bundle_only = true;
	else if (value_of(text, "candidate"))
		media->candidates = true;
	else if ((value = value_of(text, "mid")))
		media->mid = value;
	else if ((value = value_of(text, "rtcp")))
		return read_rtcp(media, value, line, c);
	else if ((value = value_of(text, "ssrc")))
		return read_source(media, value, c);
	else if ((value = value_of(text, "crypto")))
		return read_crypto(media, value, text - 2, line, c);
	else if ((value = value_of(text, "key-mgmt")))
		return read_key_mgmt(&media->mikey, value, line, c);
	return read_keying(&media->keying, text, c);
}

static int read_line(struct sdp *sdp, char *text, unsigned int line,
		     struct complaint *c)
{
	static const char before[] = "vosiuepcbtrzka", within[] = "micbka";
	struct sdp_address *address;
	const char *at;

	/* the text is the peer's, and error messages repeat parts of it */
	for (at = text; *at; at++)
		if (iscntrl((unsigned char)*at) && *at != '\t')
			return wrong(c, "not printable: character %td",
				     at - text + 1);
	if (!*text || text[1] != '=' ||
	    !strchr(sdp->n || *text == 'm' ? within : before, *text))
		return wrong(c, sdp->n ? "no line of a media section" :
					 "no line of a session description");
	if (line == 1 ? strcmp(text, "v=0") != 0 : *text == 'v')
		return wrong(c, "v=0 must be the first line, and no other");
	if (*text == 'm')
		return read_media(sdp, text + 2, line, c);
	if (*text == 'a')
		return read_attribute(sdp, text + 2, line, c);
	if (*text != 'c')
		return 0;
	address = sdp->n ? &sdp->media[sdp->n - 1].address : &sdp->address;
	if (address->text)
		return wrong(c, "c=: a second address for the same media");
	address->line = line;
	address->text = text + 2;
	return 0;
}

/* User name and password belong together. */
static void complete_keying(struct sdp_keying *keying,
			    const struct sdp_keying *common)
{
	if (!keying->ufrag && !keying->pwd) {
		keying->ufrag = common->ufrag;
		keying->pwd = common->pwd;
	}
	if (!keying->setup)
		keying->setup = common->setup;
	if (!keying->tls_id)
		keying->tls_id = common->tls_id;
	if (keying->fingerprints)
		return;
	keying->fingerprints = common->fingerprints;
	memcpy(keying->fingerprint, common->fingerprint,
	       sizeof(keying->fingerprint));
}

/* Session-level values apply to sections that have none. */
static void complete(struct sdp *sdp)
{
	struct sdp_media *media;

	for (media = sdp->media; media < &sdp->media[sdp->n]; media++) {
		if (!media->address.text)
			media->address = sdp->address;
		if (!media->direction)
			media->direction = sdp->direction;
		complete_keying(&media->keying, &sdp->keying);
		if (media->mikey.text || !sdp->mikey.text)
			continue;
		media->mikey = sdp->mikey;
		media->mikey.common = true;
	}
}

/* Some products write trailing blanks; ignore them. */
static void trim(char *text)
{
	size_t len = strlen(text);

	if (len && text[len - 1] == '\r')
		len--;
	while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	text[len] = '\0';
}

static bool is_empty(const char *text)
{
	return !text || !text[strspn(text, "\r\n \t")];
}

/* Parse the description's text, which is modified. */
int sdp_read(struct sdp *sdp, struct complaint *c)
{
	char *rest = sdp->text, *text;
	unsigned int line = 0;
	int ret;

	/* ignore empty lines at the end */
	while (!is_empty(rest)) {
		text = strsep(&rest, "\n");
		trim(text);
		sdp_at(sdp, ++line, c);
		ret = read_line(sdp, text, line, c);
		if (ret)
			return ret;
	}
	sdp_at(sdp, line, c);
	if (!sdp->n)
		return wrong(c, "no media section");
	complete(sdp);
	return 0;
}

/* The BUNDLE group of a section, or NULL. */
const struct sdp_bundle *sdp_bundle_of(const struct sdp *sdp,
				       const struct sdp_media *media)
{
	const struct sdp_bundle *bundle;

	for (bundle = sdp->bundle; bundle < &sdp->bundle[sdp->bundles];
	     bundle++)
		if (media->mid && has_mid(bundle->mids, NULL, media->mid,
					  strlen(media->mid)))
			return bundle;
	return NULL;
}

/* The next section of a group, in its order; @at starts as NULL. */
struct sdp_media *sdp_bundle_next(struct sdp *sdp,
				  const struct sdp_bundle *bundle,
				  const char **at)
{
	struct sdp_media *media;
	const char *mid;
	size_t len;

	if (!*at)
		*at = bundle->mids;
	while ((len = next_mid(at, &mid)))
		for (media = sdp->media; media < &sdp->media[sdp->n]; media++)
			if (media->mid && strlen(media->mid) == len &&
			    !strncmp(media->mid, mid, len))
				return media;
	return NULL;
}
