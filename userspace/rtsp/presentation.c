// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <strings.h>

#include "lib/complaint.h"
#include "presentation.h"
#include "util/text.h"

#define CONTROL "a=control:"

/* State while lines are copied. */
struct walk {
	struct presentation *presentation;
	const struct url_map *map;
	struct text out;
	unsigned int sections;
};

static bool begins(const char *line, const char *with)
{
	return !strncmp(line, with, strlen(with));
}

/**
 * presentation_is_secure() - is a stream SRTP?
 * @media: its section
 *
 * Return: true if its profile is RTP/SAVP or RTP/SAVPF
 */
bool presentation_is_secure(const struct sdp_media *media)
{
	return !strcasecmp(media->protocol, "RTP/SAVP") ||
	       !strcasecmp(media->protocol, "RTP/SAVPF");
}

/* Write an m= line with the plain profile; sdp_read() has checked its form. */
static int put_media(struct walk *walk, const char *line, struct complaint *c)
{
	const struct sdp *sdp = &walk->presentation->sdp;
	const struct sdp_media *media = &sdp->media[walk->sections++];
	const char *at = strchr(strchr(line, ' ') + 1, ' ') + 1;
	size_t len = strcspn(at, " ");

	sdp_at(sdp, media->line, c);
	if (begins(media->protocol, "UDP/TLS/"))
		return wrong(c, "%.32s: keys come from DTLS, which the relay does not do",
			     media->protocol);
	if (presentation_is_secure(media))
		text_put(&walk->out, "%.*sRTP/AVP%s%s\r\n", (int)(at - line),
			 line, len == strlen("RTP/SAVPF") ? "F" : "", at + len);
	else
		text_put(&walk->out, "%s\r\n", line);
	return 0;
}

/* A relative URL stays as it is, since its base is translated. */
static int put_control(struct walk *walk, const char *value,
		       struct complaint *c)
{
	char url[URL_MAX];

	if (!url_to_client(walk->map, value, url)) {
		if (strlen(value) >= sizeof(url))
			return wrong(c, "a=control: longer than %zu bytes",
				     sizeof(url) - 1);
		strcpy(url, value);
	}
	if (walk->sections)
		strcpy(walk->presentation->control[walk->sections - 1], url);
	text_put(&walk->out, CONTROL "%s\r\n", url);
	return 0;
}

static int step(struct walk *walk, const char *line, struct complaint *c)
{
	if (begins(line, "m="))
		return put_media(walk, line, c);
	if (begins(line, CONTROL))
		return put_control(walk, line + strlen(CONTROL), c);
	/* keys stay with us */
	if (!begins(line, "a=key-mgmt:") && !begins(line, "a=crypto:"))
		text_put(&walk->out, "%s\r\n", line);
	return 0;
}

/* Copy the lines, without trailing blanks, as sdp_read() takes them. */
static int copy_lines(struct walk *walk, char *text, struct complaint *c)
{
	char *line;
	size_t len;
	int ret = 0;

	while (!ret && (line = strsep(&text, "\n"))) {
		for (len = strlen(line); len && strchr("\r \t", line[len - 1]);)
			len--;
		line[len] = '\0';
		if (len)
			ret = step(walk, line, c);
	}
	if (!ret && walk->out.full)
		ret = wrong(c, "longer than %d bytes with its URLs",
			    PRESENTATION_SIZE - 1);
	return ret;
}

/**
 * presentation_read() - read a description
 * @presentation: receives it, with the description for the client
 * @map: how URLs correspond
 * @body: the description
 * @len: its length
 * @complaint: receives the error
 *
 * The client's description has plain profiles and no keys.
 *
 * Return: 0, or -EINVAL
 */
int presentation_read(struct presentation *presentation,
		      const struct url_map *map, const char *body, size_t len,
		      struct complaint *complaint)
{
	struct walk walk = {
		.presentation = presentation, .map = map,
		.out = {
			.at = presentation->text,
			.end = presentation->text + sizeof(presentation->text),
		},
	};
	char copy[SDP_SIZE];
	int ret;

	explicit_bzero(presentation, sizeof(*presentation));
	if (len >= sizeof(copy) || memchr(body, '\0', len))
		return wrong(complaint, "description is not text of up to %zu bytes",
			     sizeof(copy) - 1);
	memcpy(copy, body, len);
	copy[len] = '\0';
	presentation->sdp.file = "description";
	memcpy(presentation->sdp.text, copy, len + 1);
	ret = sdp_read(&presentation->sdp, complaint);
	if (!ret)
		ret = copy_lines(&walk, copy, complaint);
	if (!ret)
		complaint->file = NULL;
	/* it had the keys */
	explicit_bzero(copy, sizeof(copy));
	return ret;
}

/**
 * presentation_find() - find the section that a client sets up
 * @presentation: the description
 * @url: the client's URL
 *
 * Return: its number, or -1
 */
int presentation_find(const struct presentation *presentation, const char *url)
{
	const char *control;
	size_t len, longest = 0;
	unsigned int i;
	int found = -1;

	for (i = 0; i < presentation->sdp.n; i++) {
		control = presentation->control[i];
		len = strlen(control);
		if (len > longest && url_ends_with(url, control)) {
			longest = len;
			found = i;
		}
	}
	/* a single stream may have the URL of the whole */
	if (found < 0 && presentation->sdp.n == 1 &&
	    (!*presentation->control[0] ||
	     !strcmp(presentation->control[0], "*")))
		found = 0;
	return found;
}
