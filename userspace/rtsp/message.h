/* SPDX-License-Identifier: GPL-2.0 */
/* Messages of RTSP 1.0, RFC 2326. */
#ifndef KSRTP_RTSP_MESSAGE_H
#define KSRTP_RTSP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

/* Maximum lengths, in bytes: start line and headers; body. */
#define MESSAGE_HEAD_MAX	16384
#define MESSAGE_BODY_MAX	65535
#define MESSAGE_HEADERS		64

/* A frame of interleaved data, RFC 2326 section 10.12. */
#define FRAME_MARK		'$'
#define FRAME_HEADER		4

/* Room for a message, or a frame. */
#define MESSAGE_SIZE		(MESSAGE_HEAD_MAX + MESSAGE_BODY_MAX)

struct complaint;

struct header {
	const char *name, *value;
};

/* A message; texts are in the buffer that it was read from. */
struct message {
	bool response;
	const char *method, *uri;	/* of a request */
	unsigned int status;		/* of a response */
	const char *reason;
	unsigned int n;
	struct header header[MESSAGE_HEADERS];
	const char *body;		/* not terminated */
	size_t body_len;
};

int message_measure(const char *bytes, size_t len, size_t *size,
		    struct complaint *complaint);
int message_read(struct message *message, char *bytes, size_t size,
		 struct complaint *complaint);
const char *message_header(const struct message *message, const char *name);
bool message_is(const struct message *message, const char *method);

#endif
