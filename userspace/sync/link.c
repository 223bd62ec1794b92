// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <openssl/err.h>

#include "link.h"

/* Until the next attempt, and without an answer that is due; ms. */
#define RETRY 200
#define SILENCE 3000

#define READ_SIZE 65536
#define WORDS_MAX 8

bool link_is_up(const struct link *link)
{
	return link->state == LINK_UP;
}

/* Bytes that the store has not taken. */
size_t link_backlog(const struct link *link)
{
	return link->outbox.len;
}

static void answer(struct link *link, const redisReply *reply)
{
	struct pending pending = outbox_answered(&link->outbox);

	if (pending.done)
		pending.done(link, reply, pending.data);
}

/**
 * link_lose() - give up the connection
 * @link: the link
 * @why: for the status
 *
 * Commands without an answer get NULL. Another attempt follows.
 */
void link_lose(struct link *link, const char *why)
{
	bool was_up = link->state == LINK_UP;

	if (link->state == LINK_DOWN)
		return;
	link->state = LINK_DOWN;
	if (why != link->error)
		snprintf(link->error, sizeof(link->error), "%s", why);
	loop_forget(&link->watch);
	wire_close(&link->wire);
	redisReaderFree(link->reader);
	link->reader = NULL;
	outbox_forget(&link->outbox);
	timer_stop(&link->silence);
	while (link->outbox.pending_n)
		answer(link, NULL);
	if (link->places->n)
		link->place = (link->place + 1) % link->places->n;
	timer_set(&link->retry, RETRY);
	if (was_up) {
		link->losses++;
		link->down(link);
	}
}

static void lose_by(struct link *link, const char *what, int error)
{
	snprintf(link->error, sizeof(link->error), "%s: %s",
		 link->places->place[link->place].text,
		 error ? strerror(error) : what);
	ERR_clear_error();
	link_lose(link, link->error);
}

static void want(struct link *link)
{
	uint32_t events = EPOLLIN;

	if (link->state == LINK_CONNECTS || link->wire.wants_write ||
	    (link->outbox.len && link->state >= LINK_GREETS))
		events |= EPOLLOUT;
	if (events != link->events)
		loop_change(&link->watch, events);
	link->events = events;
}

static void flush(struct link *link)
{
	struct outbox *out = &link->outbox;
	ssize_t n;

	while (out->len) {
		n = wire_transfer(&link->wire, NULL, out->bytes + out->at,
				  out->len);
		if (n < 0) {
			lose_by(link, "the connection ended", errno);
			return;
		}
		if (!n)
			break;
		out->at += n;
		out->len -= n;
	}
	want(link);
}

/**
 * link_command() - send a command
 * @link: the link
 * @done: gets the answer, or NULL; at once if the link is down
 * @data: passed to @done
 * @argc: number of words
 * @argv: the words
 * @lengths: their lengths
 */
void link_command(struct link *link, link_done *done, void *data,
		  unsigned int argc, const char *const *argv,
		  const size_t *lengths)
{
	const struct pending pending = { done, data };
	char *text = NULL;
	int len = -1;

	if (link->state >= LINK_GREETS)
		len = redisFormatCommandArgv(&text, argc, (const char **)argv,
					     lengths);
	if (len < 0 || !outbox_add(&link->outbox, text, len, &pending)) {
		free(text);
		if (done)
			done(link, NULL, data);
		return;
	}
	explicit_bzero(text, len);
	free(text);
	if (link->outbox.pending_n == 1)
		timer_set(&link->silence, SILENCE);
	/* with what else comes until the loop goes round */
	want(link);
}

/* The same with words, ended by NULL. */
void link_words(struct link *link, link_done *done, void *data, ...)
{
	const char *argv[WORDS_MAX];
	size_t lengths[WORDS_MAX];
	unsigned int n = 0;
	va_list words;

	va_start(words, data);
	while (n < WORDS_MAX && (argv[n] = va_arg(words, const char *))) {
		lengths[n] = strlen(argv[n]);
		n++;
	}
	va_end(words);
	link_command(link, done, data, n, argv, lengths);
}

static void refused(struct link *link, const char *what,
		    const redisReply *reply)
{
	/* what the store says is the store's */
	snprintf(link->error, sizeof(link->error), "%s: %s: %.80s",
		 link->places->place[link->place].text, what,
		 reply->type == REDIS_REPLY_ERROR ? reply->str : "");
	link_lose(link, link->error);
}

static void let_in(struct link *link, const redisReply *reply, void *data)
{
	(void)data;
	if (reply && reply->type == REDIS_REPLY_ERROR)
		refused(link, "not let in", reply);
}

/* Only a master is written to, and tells what is new. */
static void role_known(struct link *link, const redisReply *reply, void *data)
{
	char what[32];

	(void)data;
	if (!reply)
		return;
	if (reply->type != REDIS_REPLY_ARRAY || !reply->elements ||
	    reply->element[0]->type != REDIS_REPLY_STRING) {
		refused(link, "does not tell its role", reply);
		return;
	}
	if (strcmp(reply->element[0]->str, link->role)) {
		snprintf(what, sizeof(what), "is no %s", link->role);
		refused(link, what, reply);
		return;
	}
	link->state = LINK_UP;
	*link->error = '\0';
	link->up(link);
}

static void greet(struct link *link)
{
	const struct places *places = link->places;

	link->state = LINK_GREETS;
	link->reader = redisReaderCreate();
	if (!link->reader) {
		lose_by(link, NULL, ENOMEM);
		return;
	}
	/* it keeps its room, since the next answer needs as much */
	link->reader->maxbuf = 0;
	if (*places->password && places->user)
		link_words(link, let_in, NULL, "AUTH", places->user,
			   places->password, NULL);
	else if (*places->password)
		link_words(link, let_in, NULL, "AUTH", places->password, NULL);
	link_words(link, role_known, NULL, "ROLE", NULL);
	flush(link);
}

static void shake(struct link *link)
{
	const char *why;
	int ret = wire_shake(&link->wire, &why);

	if (ret > 0)
		greet(link);
	else if (ret)
		lose_by(link, why, 0);
	else
		want(link);
}

static void connected(struct link *link)
{
	const struct place *place = &link->places->place[link->place];
	socklen_t len = sizeof(int);
	int error = 0, on = 1;

	getsockopt(link->watch.fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error) {
		lose_by(link, NULL, error);
		return;
	}
	setsockopt(link->watch.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	link->wire.fd = link->watch.fd;
	if (!place->tls) {
		greet(link);
		return;
	}
	link->state = LINK_SHAKES;
	if (wire_secure(&link->wire, link->places->tls, place->host))
		shake(link);
	else
		lose_by(link, NULL, ENOMEM);
}

/* Pub/Sub: what is published comes unasked, between answers. */
static bool push(struct link *link, const redisReply *reply)
{
	const redisReply *const *part = (const void *)reply->element;
	unsigned int i;

	if (!link->message || reply->type != REDIS_REPLY_ARRAY ||
	    reply->elements != 3)
		return false;
	for (i = 0; i < 3; i++)
		if (part[i]->type != REDIS_REPLY_STRING)
			return false;
	if (strcmp(part[0]->str, "message"))
		return false;
	link->message(link, part[1]->str, part[2]->str, part[2]->len);
	return true;
}

static void take(struct link *link)
{
	void *reply;

	while (link->reader) {
		if (redisReaderGetReply(link->reader, &reply)) {
			lose_by(link, "is no Redis or Valkey", 0);
			return;
		}
		if (!reply)
			return;
		timer_stop(&link->silence);
		if (!push(link, reply) && link->outbox.pending_n)
			answer(link, reply);
		freeReplyObject(reply);
		if (link->outbox.pending_n)
			timer_set(&link->silence, SILENCE);
	}
}

static void receive(struct link *link)
{
	static char bytes[READ_SIZE];
	ssize_t n;

	do {
		n = wire_transfer(&link->wire, bytes, NULL, sizeof(bytes));
		if (n < 0) {
			lose_by(link, "the connection ended", 0);
			return;
		}
		if (n)
			redisReaderFeed(link->reader, bytes, n);
		take(link);
	} while (n == sizeof(bytes) && link->reader);
}

static void ready(struct watch *watch, uint32_t events)
{
	struct link *link = watch_within(watch, struct link, watch);

	link->wire.wants_write = false;
	switch (link->state) {
	case LINK_CONNECTS:
		connected(link);
		return;
	case LINK_SHAKES:
		shake(link);
		return;
	case LINK_GREETS:
	case LINK_UP:
		if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
			receive(link);
		if (link->state >= LINK_GREETS)
			flush(link);
		return;
	case LINK_DOWN:
		return;
	}
}

static void attempt(struct timer *timer)
{
	struct link *link = watch_within(timer, struct link, retry);
	const struct place *place = &link->places->place[link->place];

	if (!link->places->n) {
		snprintf(link->error, sizeof(link->error),
			 "no Sentinel has told yet where it is");
		timer_set(timer, RETRY);
		return;
	}
	link->state = LINK_CONNECTS;
	link->watch.fd = socket(place->address.ss_family,
				SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	link->events = EPOLLOUT;
	if (link->watch.fd < 0 || loop_watch(&link->watch, link->events)) {
		lose_by(link, NULL, errno);
		return;
	}
	timer_set(&link->silence, SILENCE);
	if (connect(link->watch.fd, (const void *)&place->address,
		    place->len) && errno != EINPROGRESS)
		lose_by(link, NULL, errno);
}

static void silent(struct timer *timer)
{
	lose_by(watch_within(timer, struct link, silence),
		"does not answer", 0);
}

/**
 * link_begin() - connect, and stay connected
 * @link: the link, with its functions
 * @places: where to; one after the other is tried
 * @role: what it has to be there: "master" or "sentinel"
 */
void link_begin(struct link *link, const struct places *places,
		const char *role)
{
	link->places = places;
	link->role = role;
	link->watch = (struct watch){ .fd = -1, .ready = ready };
	link->retry.expired = attempt;
	link->silence.expired = silent;
	timer_set(&link->retry, 0);
}

/* The places are others: connect anew, and at once. */
void link_again(struct link *link, const char *why)
{
	link_lose(link, why);
	link->place = 0;
	timer_set(&link->retry, 0);
}
