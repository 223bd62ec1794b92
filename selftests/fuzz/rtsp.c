// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: what ksrtp rtsp reads of clients and cameras. Messages are within
 * their bounds and have no line of somebody else; URLs that a client is told come
 * back as the camera's; a description for the client has no keys, and can be read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/complaint.h"
#include "rtsp/message.h"
#include "rtsp/presentation.h"
#include "rtsp/transport.h"
#include "rtsp/url.h"

#define CHECK(condition)						\
	do {								\
		if (!(condition))					\
			abort();					\
	} while (0)

static const char *const places[] = {
	"rtsps://192.0.2.7/live", "rtsp://[2001:db8::1]:8554/a/b/?c=1&d=2/",
	"rtsp://camera", "rtsp://camera/",
};

static bool is_line(const char *text)
{
	return !strpbrk(text, "\r\n");
}

static void check_message(const unsigned char *data, size_t len)
{
	static char bytes[MESSAGE_SIZE];
	static struct message message;
	struct complaint c = { 0 };
	size_t size;
	unsigned int i;

	memcpy(bytes, data, len);
	if (message_measure(bytes, len, &size, &c))
		return;
	CHECK(size <= len);
	if (!size || *bytes == FRAME_MARK ||
	    message_read(&message, bytes, size, &c))
		return;
	CHECK(message.n <= MESSAGE_HEADERS);
	CHECK(message.body + message.body_len == bytes + size);
	CHECK(is_line(message.response ? message.reason : message.method));
	CHECK(message.response || is_line(message.uri));
	for (i = 0; i < message.n; i++)
		CHECK(*message.header[i].name &&
		      is_line(message.header[i].name) &&
		      is_line(message.header[i].value));
}

static const char *path_of(const char *url)
{
	static struct url parts[2];
	static unsigned int n;

	CHECK(url_read(&parts[++n % 2], url));
	return parts[n % 2].path;
}

static void check_url(const struct url_map *map, const char *text)
{
	char ours[URL_MAX], theirs[URL_MAX], authority[URL_MAX];
	char name[URL_MAX], back[URL_MAX];

	if (url_to_camera(map, text, theirs) && strcmp(text, "*"))
		path_of(theirs);
	if (!url_to_client(map, text, ours))
		return;
	CHECK(strlen(ours) < URL_MAX && is_line(ours));
	CHECK(url_split(ours, authority, name));
	CHECK(!strcmp(name, map->name));
	if (!url_to_camera(map, ours, theirs))
		return;
	/* but for the name itself, which has the configured query */
	snprintf(back, sizeof(back), "rtsp://%s/%s", map->authority, map->name);
	CHECK(!strcmp(ours, back) ||
	      !strcmp(path_of(theirs), path_of(text)));
}

static void check_transport(const char *list)
{
	struct transport transport, again;
	struct complaint c = { 0 };
	char text[2 * TRANSPORT_MAX];
	const char *at, *rest;

	while (*list) {
		at = list;
		if (!transport_read(&transport, &list, &c)) {
			CHECK(transport_write(&transport, text, sizeof(text)));
			rest = text;
			if (strlen(text) < TRANSPORT_MAX)
				CHECK(!transport_read(&again, &rest, &c) &&
				      !*rest && again.secure == transport.secure &&
				      again.client_port[0] ==
					      transport.client_port[0]);
		}
		CHECK(list > at);
	}
}

static void check_presentation(const struct url_map *map,
			       const unsigned char *data, size_t len)
{
	static struct presentation presentation;
	static struct sdp again;
	struct complaint c = { 0 };
	size_t text_len;
	unsigned int i;

	if (presentation_read(&presentation, map, (const char *)data, len, &c))
		return;
	text_len = strlen(presentation.text);
	CHECK(!strstr(presentation.text, "\na=crypto:") &&
	      !strstr(presentation.text, "\na=key-mgmt:"));
	presentation_find(&presentation, "rtsp://127.0.0.1:8554/door/1");
	if (text_len >= sizeof(again.text))
		return;
	memset(&again, 0, sizeof(again));
	memcpy(again.text, presentation.text, text_len);
	CHECK(!sdp_read(&again, &c));
	CHECK(again.n == presentation.sdp.n);
	for (i = 0; i < again.n; i++)
		CHECK(!presentation_is_secure(&again.media[i]));
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	static struct url_map map = {
		.name = "door", .authority = "127.0.0.1:8554",
	};
	char text[8192];

	if (!len || len >= sizeof(text))
		return 0;
	memcpy(text, data + 1, len - 1);
	text[len - 1] = '\0';
	CHECK(url_read(&map.camera, places[*data % 4]));
	check_message(data + 1, len - 1);
	check_url(&map, text);
	check_transport(text);
	check_presentation(&map, data + 1, len - 1);
	return 0;
}
