// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"
#include "lib/complaint.h"
#include "loop.h"

/* A client that leaves this much unread is disconnected. */
#define UNREAD_MAX (64 << 20)
#define CLIENTS_MAX 256

struct client {
	struct watch watch;
	struct client *next, **before;
	bool listens;
	bool waits;			/* until more can be sent */
	char *in, *out;
	size_t in_len, in_room, out_len, out_room;
};

static struct watch door = { .fd = -1 };
static struct client *clients;
static unsigned int clients_n;
static struct sockaddr_un address = { .sun_family = AF_UNIX };
static control_obey *obey;
static size_t request_max;

static void leave(struct client *client)
{
	*client->before = client->next;
	if (client->next)
		client->next->before = client->before;
	loop_forget(&client->watch);
	clients_n--;
	free(client->in);
	free(client->out);
	free(client);
}

/* Send what is queued. Returns false if the client is gone. */
static bool flush(struct client *client)
{
	bool waits;
	ssize_t n;

	while (client->out_len) {
		n = send(client->watch.fd, client->out, client->out_len,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0)
			return false;
		client->out_len -= n;
		memmove(client->out, client->out + n, client->out_len);
	}
	waits = client->out_len;
	if (waits == client->waits)
		return true;
	client->waits = waits;
	return !loop_change(&client->watch, waits ? EPOLLIN | EPOLLOUT :
						    EPOLLIN);
}

static bool make_room(char **bytes, size_t *room, size_t wanted)
{
	size_t size = *room ?: 1024;
	char *larger;

	while (size < wanted)
		size *= 2;
	if (size == *room)
		return true;
	larger = realloc(*bytes, size);
	if (!larger)
		return false;
	*bytes = larger;
	*room = size;
	return true;
}

/* Queue a line. Returns false if it does not fit. */
static bool queue(struct client *client, const json_t *object)
{
	char *line = json_dumps(object, JSON_COMPACT);
	size_t len = line ? strlen(line) : 0;
	bool fits;

	fits = line && client->out_len + len < UNREAD_MAX &&
	       make_room(&client->out, &client->out_room,
			 client->out_len + len + 1);
	if (fits) {
		memcpy(client->out + client->out_len, line, len);
		client->out[client->out_len + len] = '\n';
		client->out_len += len + 1;
	}
	free(line);
	return fits;
}

/*
 * Send an event to all listeners. A client that cannot take it is shut down,
 * and freed by the loop later: its own request may have caused the event.
 */
void control_tell(json_t *event)
{
	struct client *client;

	for (client = clients; client; client = client->next) {
		if (!client->listens)
			continue;
		if (queue(client, event) && flush(client))
			continue;
		client->listens = false;
		shutdown(client->watch.fd, SHUT_RDWR);
	}
}

static int carry_out(struct client *client, const json_t *request,
		     json_t *answer, struct complaint *c)
{
	const char *command =
		json_string_value(json_object_get(request, "command"));

	if (!command)
		return wrong(c, "no object with 'command'");
	if (!strcmp(command, "listen")) {
		client->listens = true;
		return 0;
	}
	return obey(command, request, answer, c);
}

/* A message may quote a part of the client's text, cut within a character. */
static json_t *error_of(const struct complaint *complaint)
{
	char error[1024], *at;

	complaint_tell(complaint, error, sizeof(error));
	for (at = error; *at; at++)
		if (*at & 0x80)
			*at = '?';
	return json_string(error);
}

static bool serve(struct client *client, const char *line, size_t len)
{
	json_t *request = json_loadb(line, len, 0, NULL);
	json_t *answer = json_object();
	struct complaint complaint = { 0 };
	bool good;
	int ret;

	ret = request ? carry_out(client, request, answer, &complaint) :
			wrong(&complaint, "the line is not JSON");
	if (ret)
		json_object_set_new(answer, "error", error_of(&complaint));
	json_object_set_new(answer, "result",
			    json_string(ret ? "error" : "ok"));
	good = queue(client, answer);
	json_decref(request);
	json_decref(answer);
	return good;
}

static bool serve_all(struct client *client)
{
	size_t done = 0;
	char *end;

	while ((end = memchr(client->in + done, '\n',
			     client->in_len - done))) {
		if (!serve(client, client->in + done, end - client->in - done))
			return false;
		done = end + 1 - client->in;
	}
	client->in_len -= done;
	memmove(client->in, client->in + done, client->in_len);
	return client->in_len < request_max;
}

static void client_ready(struct watch *watch, uint32_t events)
{
	struct client *client = watch_within(watch, struct client, watch);
	ssize_t n = 0;

	if (events & EPOLLIN) {
		if (!make_room(&client->in, &client->in_room,
			       client->in_len + 16384)) {
			leave(client);
			return;
		}
		n = recv(watch->fd, client->in + client->in_len, 16384,
			 MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n > 0)
			client->in_len += n;
	}
	if ((events & EPOLLIN && n <= 0) || events & EPOLLERR ||
	    (events == EPOLLHUP) || !serve_all(client) || !flush(client))
		leave(client);
}

static void enter(struct watch *watch, uint32_t events)
{
	int fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct client *client;

	(void)events;
	if (fd < 0)
		return;
	client = clients_n < CLIENTS_MAX ? calloc(1, sizeof(*client)) : NULL;
	if (!client) {
		close(fd);
		return;
	}
	client->watch = (struct watch){ .fd = fd, .ready = client_ready };
	client->next = clients;
	client->before = &clients;
	if (clients)
		clients->before = &client->next;
	clients = client;
	clients_n++;
	if (loop_watch(&client->watch, EPOLLIN))
		leave(client);
}

/* Make the socket's directory, such as one below /run. */
static void make_directory(const char *path)
{
	char name[sizeof(address.sun_path)], *end;

	strcpy(name, path);
	end = strrchr(name, '/');
	if (!end || end == name)
		return;
	*end = '\0';
	/* bind() tells if it is not there */
	mkdir(name, 0750);
}

/**
 * control_begin() - open the control socket
 * @path: its name; owner and group may use it
 * @does: carries out a command
 * @longest: of requests, in bytes
 * @c: complaint
 *
 * Return: 0, or a negative errno
 */
int control_begin(const char *path, control_obey *does, size_t longest,
		  struct complaint *c)
{
	mode_t mask;
	int ret;

	if (strlen(path) >= sizeof(address.sun_path))
		return wrong(c, "control: '%s' is longer than %zu bytes", path,
			     sizeof(address.sun_path) - 1);
	obey = does;
	request_max = longest;
	strcpy(address.sun_path, path);
	door.ready = enter;
	door.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			 0);
	if (door.fd < 0)
		return complain(c, errno, "control: %s", strerror(errno));
	/* another process may listen there, and keeps the socket */
	if (!connect(door.fd, (struct sockaddr *)&address, sizeof(address)))
		return complain(c, EADDRINUSE, "control: %s: somebody listens there",
				path);
	unlink(path);
	make_directory(path);
	mask = umask(0117);
	ret = bind(door.fd, (struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (ret || listen(door.fd, 64))
		return complain(c, errno, "control: %s: %s", path,
				strerror(errno));
	ret = loop_watch(&door, EPOLLIN);
	return ret ? complain(c, -ret, "control: %s", strerror(-ret)) : 0;
}

void control_end(void)
{
	while (clients)
		leave(clients);
	loop_forget(&door);
	unlink(address.sun_path);
}
