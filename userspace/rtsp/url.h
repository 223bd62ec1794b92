/* SPDX-License-Identifier: GPL-2.0 */
/* URLs of RTSP, and how those of clients and of a camera correspond. */
#ifndef KSRTP_RTSP_URL_H
#define KSRTP_RTSP_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define URL_MAX		2048	/* with the NUL */
#define URL_HOST_MAX	254
#define URL_NAME_MAX	65

struct url {
	bool secure;			/* rtsps: */
	char host[URL_HOST_MAX];	/* an IPv6 address has no brackets */
	uint16_t port;
	char path[URL_MAX];		/* with the query; may be empty */
};

/*
 * Clients see a camera as rtsp://AUTHORITY/NAME. What follows the name follows
 * the camera's path; other paths of the camera follow "/~".
 */
struct url_map {
	char name[URL_NAME_MAX];
	char authority[URL_HOST_MAX + 8];	/* as the client calls us */
	struct url camera;
};

bool url_read(struct url *url, const char *text);
void url_authority(const struct url *url, char *text);
bool url_name_is_valid(const char *name);
bool url_split(const char *text, char *authority, char *name);
bool url_to_camera(const struct url_map *map, const char *text, char *url);
bool url_to_client(const struct url_map *map, const char *text, char *url);
bool url_ends_with(const char *url, const char *control);

#endif
