/* SPDX-License-Identifier: GPL-2.0 */
/* A connection of RTSP, over TCP or TLS. */
#ifndef KSRTP_RTSP_CONNECTION_H
#define KSRTP_RTSP_CONNECTION_H

#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "message.h"

/* Room for "[address]:port". */
#define CONNECTION_TEXT 64

struct complaint;
struct trust;
struct url;

struct connection {
	int fd;				/* -1: none */
	SSL *ssl;			/* NULL: TCP */
	bool ended;			/* the other side has */
	size_t len;			/* in @in */
	char in[MESSAGE_SIZE];
};

uint64_t connection_now(void);
int connection_wait(struct pollfd *fds, unsigned int n, uint64_t until);
void connection_signals(const sigset_t *mask);
int connection_prepare(int fd);
int connection_open(struct connection *connection, const struct url *url,
		    const struct trust *trust, int family,
		    struct complaint *complaint);
int connection_family(const struct connection *connection);
void connection_close(struct connection *connection);
int connection_fill(struct connection *connection,
		    struct complaint *complaint);
void connection_drop(struct connection *connection, size_t n);
int connection_send(struct connection *connection, const void *bytes,
		    size_t len, struct complaint *complaint);
const char *connection_text(const struct sockaddr_storage *address,
			    char *text);

#endif
