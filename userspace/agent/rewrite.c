// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "rewrite.h"
#include "util/text.h"

/* Priority of a single host candidate (RFC 8445, section 5.1.2). */
#define PRIORITY 2130706431u

/* State while lines are copied. */
struct walk {
	const struct rewrite *rewrite;
	struct text *out;
	const struct rewrite_media *media;	/* NULL: before the first */
	unsigned int n;
	bool addressed;				/* c= line written */
};

/* Is a line this attribute, with or without a value? */
static bool is(const char *line, size_t len, const char *name)
{
	size_t name_len = strlen(name);

	return len >= name_len + 2 && !memcmp(line, "a=", 2) &&
	       !memcmp(line + 2, name, name_len) &&
	       (len == name_len + 2 || line[name_len + 2] == ':');
}

static bool is_any(const char *line, size_t len, const char *const *names)
{
	for (; *names; names++)
		if (is(line, len, *names))
			return true;
	return false;
}

/*
 * Attributes of one side's transport and keys, and those about bundles and
 * sources, are not passed on.
 */
static bool is_of_one_side(const char *line, size_t len)
{
	static const char *const names[] = {
		"candidate", "end-of-candidates", "remote-candidates",
		"ice-ufrag", "ice-pwd", "ice-options", "ice-lite",
		"ice-pacing", "ice-mismatch", "fingerprint", "setup", "tls-id",
		"connection", "crypto", "key-mgmt", "zrtp-hash", "rtcp",
		"rtcp-mux", "rtcp-mux-only", "group", "mid", "msid",
		"msid-semantic", "ssrc", "ssrc-group", "rid", "simulcast",
		"extmap-allow-mixed", "bundle-only", "identity", NULL
	};

	return is_any(line, len, names);
}

/* Attributes that need RTP/AVPF or SAVPF. */
static bool is_feedback(const char *line, size_t len)
{
	static const char *const names[] = { "rtcp-fb", "rtcp-rsize", NULL };

	return is_any(line, len, names);
}

/* Is @word in a line? */
static bool mentions(const char *line, size_t len, const char *word)
{
	return memmem(line, len, word, strlen(word));
}

/*
 * Congestion control of a whole transport: its sequence numbers are of all media of a
 * bundle, which programs with a port for each would count apart.
 */
static bool is_of_transport(const char *line, size_t len)
{
	return (is(line, len, "rtcp-fb") &&
		mentions(line, len, "transport-cc")) ||
	       (is(line, len, "extmap") &&
		mentions(line, len, "transport-wide-cc"));
}

static void put_address(struct walk *walk)
{
	const union endpoint *address = walk->rewrite->address;
	char text[ENDPOINT_TEXT];

	text_put(walk->out, "c=IN %s %s\r\n",
		 address->any.sa_family == AF_INET ? "IP4" : "IP6",
		 endpoint_address(address, text));
	walk->addressed = true;
}

/* Write our ICE attributes. */
static void put_ice(struct walk *walk)
{
	const struct rewrite_media *media = walk->media;
	char text[ENDPOINT_TEXT];

	text_put(walk->out, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n",
		 media->ufrag, media->pwd);
	if (media->bundle_only)
		text_put(walk->out, "a=bundle-only\r\n");
	text_put(walk->out, "a=candidate:1 1 udp %u %s %u typ host\r\n", PRIORITY,
		 endpoint_address(walk->rewrite->address, text), media->port);
	text_put(walk->out, "a=end-of-candidates\r\n");
}

/* End a section with our attributes. */
static void leave(struct walk *walk)
{
	const struct rewrite_media *media = walk->media;

	if (!media)
		return;
	if (!walk->addressed)
		put_address(walk);
	if (walk->rewrite->web && media->mid)
		text_put(walk->out, "a=mid:%s\r\n", media->mid);
	if (!media->port) {
		text_put(walk->out, "a=inactive\r\n");
		return;
	}
	if (media->rtcp_port)
		text_put(walk->out, "a=rtcp:%u\r\n", media->rtcp_port);
	if (media->mux)
		text_put(walk->out, "a=rtcp-mux\r\n");
	if (media->crypto)
		text_put(walk->out, "%s", media->crypto);
	if (media->setup)
		text_put(walk->out, "a=fingerprint:%s\r\na=setup:%s\r\n",
			 walk->rewrite->fingerprint, media->setup);
	if (media->ufrag)
		put_ice(walk);
}

/* Write an m= line; sdp_read() has checked its form. */
static void enter(struct walk *walk, const char *line, size_t len)
{
	const struct rewrite_media *media;
	size_t kind, skip, protocol;

	leave(walk);
	if (!walk->media && walk->rewrite->web &&
	    walk->rewrite->public == PUBLIC_ICE)
		text_put(walk->out, "a=ice-lite\r\n");
	if (!walk->media && walk->rewrite->bundle)
		text_put(walk->out, "a=group:BUNDLE %s\r\n",
			 walk->rewrite->bundle);
	media = walk->media = &walk->rewrite->media[walk->n++];
	walk->addressed = false;
	kind = strcspn(line, " ");
	skip = kind + 1 + strcspn(line + kind + 1, " ") + 1;
	protocol = strcspn(line + skip, " ");
	text_put(walk->out, "%.*s %u ", (int)kind, line,
		 media->bundle_only ? 0 : media->port);
	if (media->protocol)
		text_put(walk->out, "%s", media->protocol);
	else
		text_put(walk->out, "%.*s", (int)protocol, line + skip);
	skip += protocol;
	text_put(walk->out, "%.*s\r\n", (int)(len - skip), line + skip);
}

static bool passes(const struct walk *walk, const char *line, size_t len)
{
	if (is_of_one_side(line, len))
		return false;
	if (walk->media && !walk->media->feedback && is_feedback(line, len))
		return false;
	if (walk->media && walk->media->bundled && is_of_transport(line, len))
		return false;
	/* a refused section has no attributes of the other side */
	return !walk->media || walk->media->port;
}

static void step(struct walk *walk, const char *line, size_t len)
{
	if (!memcmp(line, "m=", 2)) {
		enter(walk, line, len);
		return;
	}
	/* each section gets our own c= line */
	if (!memcmp(line, "c=", 2))
		return;
	if (walk->media && !walk->addressed && *line != 'i')
		put_address(walk);
	if (passes(walk, line, len))
		text_put(walk->out, "%.*s\r\n", (int)len, line);
}

/* Rewrite @text, a copy of which sdp_read() has accepted. */
int rewrite(const struct rewrite *rewrite, const char *text, char *out,
	    size_t size)
{
	struct text written = { .at = out, .end = out + size };
	struct walk walk = { .rewrite = rewrite, .out = &written };
	size_t len, kept;

	*out = '\0';
	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		for (kept = len; kept && strchr("\r \t", text[kept - 1]);)
			kept--;
		if (kept > 1)
			step(&walk, text, kept);
	}
	leave(&walk);
	return written.full ? -EMSGSIZE : 0;
}
