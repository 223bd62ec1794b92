// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/decimal.h"
#include "lib/complaint.h"
#include "url.h"

/* Room for "[host]:port". */
#define AUTHORITY_MAX	(URL_HOST_MAX + 8)

/* Precedes a path of the camera that is not below the configured one. */
#define ELSEWHERE	"/~"

static const struct {
	const char *prefix;
	bool secure;
	uint16_t port;
} schemes[] = {
	{ "rtsp://", false, 554 },
	{ "rtsps://", true, 322 },
};

#define SCHEMES (sizeof(schemes) / sizeof(*schemes))

/* Only what a URL may have, and nothing that ends a header or a list. */
static bool is_clean(const char *text)
{
	if (strlen(text) >= URL_MAX)
		return false;
	for (; *text; text++)
		if (!isgraph((unsigned char)*text) || strchr("\"<>\\", *text))
			return false;
	return true;
}

/* The scheme of a URL; @rest is what is behind it. */
static int find_scheme(const char *text, const char **rest)
{
	size_t i;

	for (i = 0; i < SCHEMES; i++) {
		*rest = text + strlen(schemes[i].prefix);
		if (!strncasecmp(text, schemes[i].prefix,
				 strlen(schemes[i].prefix)))
			return i;
	}
	return -1;
}

static bool read_port(const char *text, uint16_t *port)
{
	uint64_t number;

	if (!decimal_is(text) ||
	    decimal_range(text, "port", 1, 65535, &number,
			  &(struct complaint){ 0 }))
		return false;
	*port = number;
	return true;
}

/* "host", "host:port", "[address]:port" */
static bool read_authority(struct url *url, const char *text, size_t len)
{
	char copy[AUTHORITY_MAX], *host = copy, *end;

	/* credentials are the client's business */
	if (!len || len >= sizeof(copy) || memchr(text, '@', len))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (*copy == '[') {
		host++;
		end = strchr(host, ']');
		if (!end)
			return false;
		*end++ = '\0';
	} else {
		end = host + strcspn(host, ":");
	}
	if (*end && *end != ':')
		return false;
	if (*end && !read_port(end + 1, &url->port))
		return false;
	*end = '\0';
	if (!*host || strlen(host) >= sizeof(url->host))
		return false;
	strcpy(url->host, host);
	return true;
}

/**
 * url_read() - read a URL
 * @url: receives it
 * @text: the URL
 *
 * Return: false if it is not an rtsp: or rtsps: URL, or has credentials
 */
bool url_read(struct url *url, const char *text)
{
	const char *rest;
	int scheme = find_scheme(text, &rest);
	size_t len;

	memset(url, 0, sizeof(*url));
	if (scheme < 0 || !is_clean(text))
		return false;
	url->secure = schemes[scheme].secure;
	url->port = schemes[scheme].port;
	len = strcspn(rest, "/?");
	strcpy(url->path, rest + len);
	return read_authority(url, rest, len);
}

/**
 * url_authority() - write host and port
 * @url: the URL
 * @text: receives them, up to URL_HOST_MAX + 8 bytes; without the default port
 */
void url_authority(const struct url *url, char *text)
{
	const char *form = strchr(url->host, ':') ? "[%s]" : "%s";
	int len = snprintf(text, URL_HOST_MAX + 2, form, url->host);

	if (url->port != schemes[url->secure].port)
		sprintf(text + len, ":%u", url->port);
}

/**
 * url_name_is_valid() - can clients call a camera so?
 * @name: the name
 *
 * Return: true if it is of letters, digits, dots, dashes and underscores
 */
bool url_name_is_valid(const char *name)
{
	size_t len = strlen(name);

	return len && len < URL_NAME_MAX && *name != '.' &&
	       len == strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz0123456789._-");
}

/* Find what follows the name in a client's URL. */
static const char *find_name(const char *text, const char **authority,
			     const char **name)
{
	if (find_scheme(text, authority) || !is_clean(text))
		return NULL;
	*name = *authority + strcspn(*authority, "/?");
	if (**name != '/')
		return NULL;
	++*name;
	return *name + strcspn(*name, "/?");
}

/**
 * url_split() - find authority and camera in a client's URL
 * @text: the URL
 * @authority: receives the authority, up to URL_HOST_MAX + 8 bytes
 * @name: receives the camera's name, up to URL_NAME_MAX bytes
 *
 * Return: false if it has none
 */
bool url_split(const char *text, char *authority, char *name)
{
	const char *begin, *at, *rest = find_name(text, &begin, &at);
	struct url ours = { 0 };

	if (!rest || rest - at >= URL_NAME_MAX ||
	    !read_authority(&ours, begin, at - 1 - begin))
		return false;
	sprintf(authority, "%.*s", (int)(at - 1 - begin), begin);
	sprintf(name, "%.*s", (int)(rest - at), at);
	return url_name_is_valid(name);
}

/* Length of the camera's path, without a last slash and without the query. */
static size_t base_len(const struct url *camera)
{
	size_t len = strcspn(camera->path, "?");

	while (len && camera->path[len - 1] == '/')
		len--;
	return len;
}

/* Does another component begin here? */
static bool is_boundary(char c)
{
	return !c || c == '/' || c == '?';
}

/**
 * url_to_camera() - translate a client's URL
 * @map: how they correspond
 * @text: the client's URL, or "*"
 * @url: receives the camera's URL, up to URL_MAX bytes
 *
 * Return: false if it is of another camera, or too long
 */
bool url_to_camera(const struct url_map *map, const char *text, char *url)
{
	char authority[AUTHORITY_MAX];
	const struct url *camera = &map->camera;
	const char *begin, *name, *rest;
	int len, base = base_len(camera);

	if (!strcmp(text, "*")) {
		strcpy(url, text);
		return true;
	}
	rest = find_name(text, &begin, &name);
	if (!rest || (size_t)(rest - name) != strlen(map->name) ||
	    strncmp(name, map->name, rest - name))
		return false;
	if (!*rest) {
		base = strlen(camera->path);
	} else if (!strncmp(rest, ELSEWHERE, strlen(ELSEWHERE)) &&
		   is_boundary(rest[strlen(ELSEWHERE)])) {
		base = 0;
		rest += strlen(ELSEWHERE);
	}
	url_authority(camera, authority);
	len = snprintf(url, URL_MAX, "%s%s%.*s%s",
		       schemes[camera->secure].prefix, authority, base,
		       camera->path, rest);
	return len < URL_MAX;
}

/**
 * url_to_client() - translate a camera's URL
 * @map: how they correspond
 * @text: the camera's URL; its host does not matter, since a camera may have
 *	several names
 * @url: receives the client's URL, up to URL_MAX bytes
 *
 * Return: false if it is not an absolute URL, or too long
 */
bool url_to_client(const struct url_map *map, const char *text, char *url)
{
	const struct url *camera = &map->camera;
	size_t base = base_len(camera);
	const char *elsewhere = "";
	struct url theirs;
	int len;

	if (!url_read(&theirs, text))
		return false;
	if (!strncmp(theirs.path, camera->path, base) &&
	    is_boundary(theirs.path[base])) {
		/* what the camera itself has there would be taken for ours */
		if (!strncmp(theirs.path + base, ELSEWHERE, strlen(ELSEWHERE)))
			base = 0;
	} else {
		base = 0;
	}
	if (!base && (base_len(camera) ||
		      !strncmp(theirs.path, ELSEWHERE, strlen(ELSEWHERE))))
		elsewhere = ELSEWHERE;
	len = snprintf(url, URL_MAX, "%s%s/%s%s%s", schemes[0].prefix,
		       map->authority, map->name, elsewhere,
		       theirs.path + base);
	return len < URL_MAX;
}

static bool ends_with(const char *text, size_t len, const char *end)
{
	size_t end_len = strlen(end);

	return len > end_len && text[len - end_len - 1] == '/' &&
	       !strncmp(text + len - end_len, end, end_len);
}

/**
 * url_ends_with() - does a URL name a stream?
 * @url: the URL
 * @control: what the description says: an absolute URL, or a relative one, which
 *	clients append to the path or to the query
 *
 * Return: true if it does
 */
bool url_ends_with(const char *url, const char *control)
{
	if (!*control)
		return false;
	return !strcmp(url, control) ||
	       ends_with(url, strlen(url), control) ||
	       ends_with(url, strcspn(url, "?"), control);
}
