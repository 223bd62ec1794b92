// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "decimal.h"
#include "fail.h"
#include "sdp.h"
#include "secret.h"

/* Errors from here on are about this line. */
void sdp_at(const struct sdp *sdp, unsigned int line)
{
	fail_file = sdp->file;
	fail_line = line;
}

/* Unbuffered, since nobody else would wipe the buffer. */
static void read_text(struct sdp *sdp, const char *file)
{
	size_t len = 0;
	ssize_t n;
	int fd;

	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		usage("sdp: %s: %s", file, strerror(errno));
	secret_warn(fd, file);
	do {
		n = read(fd, sdp->text + len, sizeof(sdp->text) - len);
		if (n < 0)
			usage("sdp: %s: %s", file, strerror(errno));
		len += n;
		if (len == sizeof(sdp->text))
			usage("sdp: %s: longer than %d bytes", file,
			      SDP_SIZE - 1);
	} while (n);
	close(fd);
	sdp->text[len] = '\0';
	if (!len)
		usage("sdp: %s: empty", file);
	if (strlen(sdp->text) != len)
		usage("sdp: %s: not text", file);
}

bool sdp_address_is_zero(const struct sdp_address *address)
{
	static const unsigned char zero[16];

	return !memcmp(address->bytes, zero, address->len);
}

/* "IN IP4 192.0.2.1"; names are not looked up, since they may change. */
static void read_address(struct sdp_address *address, char *text)
{
	char *net = strsep(&text, " ");
	char *type = text ? strsep(&text, " ") : NULL;
	int family;

	if (strcmp(net, "IN") || !type || !text)
		usage("address is not IN IP4 ADDRESS or IN IP6 ADDRESS");
	if (!strcmp(type, "IP4"))
		family = AF_INET;
	else if (!strcmp(type, "IP6"))
		family = AF_INET6;
	else
		usage("address is of neither IP4 nor IP6");
	if (strchr(text, '/'))
		usage("address is a multicast group; sessions have one peer");
	if (inet_pton(family, text, address->bytes) != 1)
		usage("address: '%.64s' is not an %s address; names are not looked up",
		      text, type);
	address->len = family == AF_INET ? 4 : 16;
}

/* "m=audio 49170 RTP/SAVP 0" */
static void read_media(struct sdp *sdp, char *text, unsigned int line)
{
	struct sdp_media *media = &sdp->media[sdp->n];
	char *kind, *port;

	if (sdp->n++ == SDP_MEDIA_MAX)
		usage("more than %d media sections", SDP_MEDIA_MAX);
	media->line = line;
	kind = strsep(&text, " ");
	port = text ? strsep(&text, " ") : NULL;
	media->protocol = text ? strsep(&text, " ") : NULL;
	if (!*kind || !port || !media->protocol || !text || !*text)
		usage("m= is not MEDIA PORT PROTOCOL FORMATS");
	if (strchr(port, '/'))
		usage("port: several ports in one section are not possible");
	if (!decimal_is(port))
		usage("port is not a number");
	media->port = decimal_range(port, "port", 0, 65535);
}

/* "a=rtcp:49171" and perhaps "IN IP4 192.0.2.1" */
static void read_rtcp(struct sdp_media *media, char *text, unsigned int line)
{
	char *port = strsep(&text, " ");

	if (media->rtcp_line)
		usage("a=rtcp: given twice");
	if (!decimal_is(port))
		usage("a=rtcp: port is not a number");
	media->rtcp_line = line;
	media->rtcp_port = decimal_range(port, "a=rtcp: port", 1, 65535);
	if (text)
		read_address(&media->rtcp_address, text);
}

/* Only the tag: a line that is not taken may have suites nobody knows. */
static void read_crypto(struct sdp_media *media, char *text, char *whole,
			unsigned int line)
{
	struct sdp_crypto *crypto = &media->crypto[media->cryptos];
	size_t len = strcspn(text, " \t");
	unsigned int i;

	if (media->cryptos++ == SDP_CRYPTO_MAX)
		usage("more than %d crypto lines in one section",
		      SDP_CRYPTO_MAX);
	if (!len || len > 9 || strspn(text, "0123456789") != len ||
	    (*text == '0' && len > 1))
		usage("a=crypto: tag is not a number of 1 to 9 digits");
	crypto->line = line;
	crypto->tag = text;
	crypto->text = whole;
	for (i = 0; i + 1 < media->cryptos; i++)
		if (!strncmp(media->crypto[i].tag, text, len + 1))
			usage("a=crypto: tag %.*s is that of line %u, too",
			      (int)len, text, media->crypto[i].line);
}

static void read_source(struct sdp_media *media, char *text)
{
	const char *number = strsep(&text, " ");
	uint32_t source;

	if (!decimal_is(number))
		usage("a=ssrc: not a number");
	source = decimal_range(number, "a=ssrc", 0, UINT32_MAX);
	/* a source has a line for each of its attributes, together */
	if (!media->sources || media->last_source != source)
		media->sources++;
	media->last_source = source;
}

/* What follows a name and a colon, or NULL if it is another attribute. */
static char *value_of(char *text, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(text, name, len) && text[len] == ':' ? text + len + 1 :
		NULL;
}

static bool read_direction(const char **direction, const char *text)
{
	if (strcmp(text, "sendrecv") && strcmp(text, "sendonly") &&
	    strcmp(text, "recvonly") && strcmp(text, "inactive"))
		return false;
	if (*direction)
		usage("a=%s: a=%s is said, too", text, *direction);
	*direction = text;
	return true;
}

static void read_attribute(struct sdp *sdp, char *text, unsigned int line)
{
	struct sdp_media *media = sdp->n ? &sdp->media[sdp->n - 1] : NULL;
	char *value;

	if (read_direction(media ? &media->direction : &sdp->direction, text))
		return;
	if (!media) {
		value = value_of(text, "group");
		if (value && !strncmp(value, "BUNDLE", 6) &&
		    (value[6] == ' ' || !value[6])) {
			if (sdp->bundle)
				usage("a=group: more than one BUNDLE is not possible");
			sdp->bundle = value + 6;
		}
		if (value_of(text, "crypto"))
			usage("a=crypto: belongs to a media section");
		return;
	}
	if (!strcmp(text, "rtcp-mux"))
		media->mux = true;
	else if ((value = value_of(text, "mid")))
		media->mid = value;
	else if ((value = value_of(text, "rtcp")))
		read_rtcp(media, value, line);
	else if ((value = value_of(text, "ssrc")))
		read_source(media, value);
	else if ((value = value_of(text, "crypto")))
		read_crypto(media, value, text - 2, line);
}

static void read_line(struct sdp *sdp, char *text, unsigned int line)
{
	static const char before[] = "vosiuepcbtrzka", within[] = "micbka";
	struct sdp_address *address;
	const char *c;

	/* the peer has written it, and errors repeat parts of it */
	for (c = text; *c; c++)
		if (iscntrl((unsigned char)*c) && *c != '\t')
			usage("not printable: character %td", c - text + 1);
	if (!*text || text[1] != '=' ||
	    !strchr(sdp->n || *text == 'm' ? within : before, *text))
		usage(sdp->n ? "no line of a media section" :
			       "no line of a session description");
	if (line == 1 ? strcmp(text, "v=0") != 0 : *text == 'v')
		usage("v=0 has to be the first line, and nowhere else");
	if (*text == 'm') {
		read_media(sdp, text + 2, line);
	} else if (*text == 'c') {
		address = sdp->n ? &sdp->media[sdp->n - 1].address :
				   &sdp->address;
		if (address->len)
			usage("c=: a second address for the same media");
		read_address(address, text + 2);
	} else if (*text == 'a') {
		read_attribute(sdp, text + 2, line);
	}
}

/* Read a file; what is not said of a section is what the session says. */
void sdp_read(struct sdp *sdp, const char *file)
{
	char *rest, *text;
	unsigned int line = 0, i;
	size_t len;

	read_text(sdp, file);
	sdp->file = file;
	rest = sdp->text;
	while (rest && *rest) {
		text = strsep(&rest, "\n");
		len = strlen(text);
		if (len && text[len - 1] == '\r')
			text[len - 1] = '\0';
		sdp_at(sdp, ++line);
		read_line(sdp, text, line);
	}
	sdp_at(sdp, line);
	if (!sdp->n)
		usage("no media section");
	for (i = 0; i < sdp->n; i++) {
		struct sdp_media *media = &sdp->media[i];

		if (!media->address.len)
			media->address = sdp->address;
		if (!media->direction)
			media->direction = sdp->direction;
		sdp_at(sdp, media->line);
		if (!media->address.len && media->port)
			usage("no c= line says the address");
	}
}

/* Does a section name itself in the group BUNDLE? */
bool sdp_bundled(const struct sdp *sdp, const struct sdp_media *media)
{
	size_t len = media->mid ? strlen(media->mid) : 0;
	const char *at = sdp->bundle;

	while (len && at && *at) {
		at += strspn(at, " ");
		if (strcspn(at, " ") == len && !strncmp(at, media->mid, len))
			return true;
		at += strcspn(at, " ");
	}
	return false;
}
