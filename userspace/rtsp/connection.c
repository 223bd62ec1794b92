// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>

#include "connection.h"
#include "lib/complaint.h"
#include "trust.h"
#include "url.h"

/* Time to connect, with TLS, and to send a message; ms. */
#define CONNECT_MAX	10000
#define SEND_MAX	10000

/* A side that has gone is noticed after two minutes. */
#define KEEP_IDLE	60
#define KEEP_INTERVAL	15
#define KEEP_COUNT	4

/* Signals that are let in while we wait. */
static sigset_t waiting_mask;

void connection_signals(const sigset_t *mask)
{
	waiting_mask = *mask;
}

/* Monotonic time in milliseconds. */
uint64_t connection_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

/**
 * connection_wait() - wait for descriptors
 * @fds: as for poll()
 * @n: their number
 * @until: time to stop waiting
 *
 * Return: number of ready descriptors, 0 if it is time, or a negative errno:
 * -EINTR if a signal came
 */
int connection_wait(struct pollfd *fds, unsigned int n, uint64_t until)
{
	uint64_t now = connection_now(), left = until > now ? until - now : 0;
	struct timespec timeout = {
		.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000,
	};
	int ret = ppoll(fds, n, &timeout, &waiting_mask);
	sigset_t blocked;

	if (ret < 0)
		return -errno;
	/* with ready descriptors, ppoll() lets no signal in */
	sigprocmask(SIG_SETMASK, &waiting_mask, &blocked);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	return ret;
}

static int wait_one(const struct connection *connection, short events,
		    uint64_t until)
{
	struct pollfd fd = { .fd = connection->fd, .events = events };
	int ret = connection_wait(&fd, 1, until);

	return ret > 0 ? 0 : ret ? ret : -ETIMEDOUT;
}

/**
 * connection_prepare() - have a socket tell when the other side is gone
 * @fd: the socket
 *
 * Return: 0, or a negative errno
 */
int connection_prepare(int fd)
{
	const struct {
		int level, option, value;
	} options[] = {
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, KEEP_IDLE },
		{ IPPROTO_TCP, TCP_KEEPINTVL, KEEP_INTERVAL },
		{ IPPROTO_TCP, TCP_KEEPCNT, KEEP_COUNT },
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
	};
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (setsockopt(fd, options[i].level, options[i].option,
			       &options[i].value, sizeof(options[i].value)))
			return -errno;
	return 0;
}

/* What TLS waits for, or 0 if it failed. */
static short wanted(const struct connection *connection, int ret)
{
	switch (SSL_get_error(connection->ssl, ret)) {
	case SSL_ERROR_WANT_READ:
		return POLLIN;
	case SSL_ERROR_WANT_WRITE:
		return POLLOUT;
	default:
		return 0;
	}
}

static int shake_hands(struct connection *connection, const struct url *url,
		       const struct trust *trust, uint64_t until,
		       struct complaint *c)
{
	short events;
	int ret;

	connection->ssl = SSL_new(trust->ctx);
	if (!connection->ssl || !SSL_set_fd(connection->ssl, connection->fd))
		return complain(c, ENOMEM, "TLS: %s", strerror(ENOMEM));
	ret = trust_connect(trust, connection->ssl, url->host, c);
	while (!ret) {
		ERR_clear_error();
		ret = SSL_connect(connection->ssl);
		if (ret == 1)
			return trust_check(trust, connection->ssl, c);
		events = wanted(connection, ret);
		if (!events)
			return trust_failed(connection->ssl, c);
		ret = wait_one(connection, events, until);
		if (ret)
			complain(c, -ret, "TLS: %s", strerror(-ret));
	}
	return ret;
}

/* Connect to one address. */
static int reach(struct connection *connection, const struct addrinfo *address,
		 uint64_t until)
{
	socklen_t len = sizeof(int);
	int ret, error = 0;

	connection->fd = socket(address->ai_family, SOCK_STREAM |
				SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (connection->fd < 0)
		return -errno;
	ret = connection_prepare(connection->fd);
	if (!ret && connect(connection->fd, address->ai_addr,
			    address->ai_addrlen))
		ret = -errno;
	if (ret != -EINPROGRESS)
		return ret;
	ret = wait_one(connection, POLLOUT, until);
	if (!ret && getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error,
			       &len))
		ret = -errno;
	return ret ? ret : -error;
}

/**
 * connection_open() - connect to a camera
 * @connection: receives the connection
 * @url: where
 * @trust: which certificates are accepted
 * @family: that of the client, since media come with the same
 * @complaint: receives the error
 *
 * A name is looked up, which may take as long as the resolver allows.
 *
 * Return: 0, or a negative errno
 */
int connection_open(struct connection *connection, const struct url *url,
		    const struct trust *trust, int family,
		    struct complaint *complaint)
{
	const struct addrinfo hints = {
		.ai_family = family, .ai_socktype = SOCK_STREAM,
	};
	uint64_t until = connection_now() + CONNECT_MAX;
	struct addrinfo *list, *at;
	char port[8];
	int ret;

	connection_close(connection);
	sprintf(port, "%u", url->port);
	ret = getaddrinfo(url->host, port, &hints, &list);
	if (ret)
		return complain(complaint, EHOSTUNREACH,
				"no %s address, as the client has: %s",
				family == AF_INET ? "IPv4" : "IPv6",
				gai_strerror(ret));
	ret = -EHOSTUNREACH;
	for (at = list; at && ret && ret != -EINTR; at = at->ai_next) {
		connection_close(connection);
		ret = reach(connection, at, until);
	}
	freeaddrinfo(list);
	if (ret)
		complain(complaint, -ret, "%s", strerror(-ret));
	else if (url->secure)
		ret = shake_hands(connection, url, trust, until, complaint);
	if (ret)
		connection_close(connection);
	return ret;
}

/**
 * connection_close() - end a connection, if there is one
 * @connection: the connection
 */
void connection_close(struct connection *connection)
{
	if (connection->ssl) {
		/* a farewell, if there is room for it */
		ERR_clear_error();
		SSL_shutdown(connection->ssl);
		SSL_free(connection->ssl);
	}
	if (connection->fd >= 0)
		close(connection->fd);
	/* it may have had keys */
	explicit_bzero(connection->in, connection->len);
	connection->ssl = NULL;
	connection->fd = -1;
	connection->len = 0;
	connection->ended = false;
}

/**
 * connection_family() - get the address family of the other side
 * @connection: the connection
 *
 * Return: AF_INET or AF_INET6; AF_UNSPEC if it is lost
 */
int connection_family(const struct connection *connection)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);

	if (getpeername(connection->fd, (struct sockaddr *)&address, &len))
		return AF_UNSPEC;
	return address.ss_family;
}

static int fill_tls(struct connection *connection, char *at, size_t room,
		    struct complaint *c)
{
	const char *reason;
	int n;

	ERR_clear_error();
	n = SSL_read(connection->ssl, at, room);
	if (n > 0)
		return n;
	if (wanted(connection, n))
		return -EAGAIN;
	reason = ERR_reason_error_string(ERR_peek_last_error());
	if (SSL_get_error(connection->ssl, n) == SSL_ERROR_SSL)
		return complain(c, EIO, "TLS: %s", reason ? reason : "failed");
	return 0;
}

static int fill_tcp(struct connection *connection, char *at, size_t room,
		    struct complaint *c)
{
	ssize_t n = recv(connection->fd, at, room, 0);

	return n < 0 ? complain(c, errno, "%s", strerror(errno)) : n;
}

/**
 * connection_fill() - read what has come
 * @connection: the connection
 * @complaint: receives the error
 *
 * Return: 0, or a negative errno; @ended tells that the other side has ended it
 */
int connection_fill(struct connection *connection, struct complaint *complaint)
{
	char *at;
	size_t room;
	ssize_t n;

	while (connection->len < sizeof(connection->in) && !connection->ended) {
		at = connection->in + connection->len;
		room = sizeof(connection->in) - connection->len;
		n = connection->ssl ?
			fill_tls(connection, at, room, complaint) :
			fill_tcp(connection, at, room, complaint);
		if (n == -EAGAIN)
			break;
		if (n < 0)
			return n;
		connection->ended = !n;
		connection->len += n;
	}
	return 0;
}

/**
 * connection_drop() - forget bytes that were processed
 * @connection: the connection
 * @n: their number
 */
void connection_drop(struct connection *connection, size_t n)
{
	size_t left = connection->len - n;

	memmove(connection->in, connection->in + n, left);
	explicit_bzero(connection->in + left, n);
	connection->len = left;
}

/**
 * connection_send() - send all of these bytes
 * @connection: the connection
 * @bytes: the bytes
 * @len: their number
 * @complaint: receives the error
 *
 * Return: 0, or a negative errno
 */
int connection_send(struct connection *connection, const void *bytes,
		    size_t len, struct complaint *complaint)
{
	uint64_t until = connection_now() + SEND_MAX;
	short events;
	ssize_t n;
	int ret = 0;

	while (len && !ret) {
		events = POLLOUT;
		if (connection->ssl) {
			ERR_clear_error();
			n = SSL_write(connection->ssl, bytes, len);
			if (n <= 0) {
				events = wanted(connection, n);
				errno = events ? EAGAIN : EPIPE;
				n = -1;
			}
		} else {
			n = send(connection->fd, bytes, len, MSG_NOSIGNAL);
		}
		if (n >= 0) {
			bytes = (const char *)bytes + n;
			len -= n;
		} else if (errno == EAGAIN) {
			ret = wait_one(connection, events, until);
		} else {
			ret = -errno;
		}
	}
	return ret ? complain(complaint, -ret, "%s", strerror(-ret)) : 0;
}

/**
 * connection_text() - write an address and a port
 * @address: the address
 * @text: receives them, CONNECTION_TEXT bytes
 *
 * Return: @text
 */
const char *connection_text(const struct sockaddr_storage *address, char *text)
{
	char host[48], port[8];

	if (getnameinfo((const struct sockaddr *)address, sizeof(*address),
			host, sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV))
		strcpy(text, "?");
	else
		snprintf(text, CONNECTION_TEXT, address->ss_family == AF_INET6 ?
			 "[%s]:%s" : "%s:%s", host, port);
	return text;
}
