// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "connection.h"
#include "group.h"
#include "lib/complaint.h"
#include "relay.h"
#include "roster.h"
#include "util/fail.h"
#include "util/privilege.h"

/*
 * In ms: how long sessions of a process that has died drop what its client sends,
 * which would go in the clear without them. The client sees its connection end.
 */
#define ORPHAN_TIME 10000

/* How often we look whether our children are well, if no signal tells. */
#define LOOK_TIME 60000

/* The processes of clients; 0: none. */
static pid_t clients[ROSTER_PLACES];
static volatile sig_atomic_t ended;

static void on_end(int unused)
{
	(void)unused;
	ended = 1;
	dialogue_stop();
}

/* It only has to interrupt a wait. */
static void on_child(int unused)
{
	(void)unused;
}

/* Signals come while we wait, and not in between. */
static void take_signals(void)
{
	struct sigaction end = { .sa_handler = on_end };
	struct sigaction child = { .sa_handler = on_child };
	sigset_t blocked, before;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	sigdelset(&before, SIGTERM);
	sigdelset(&before, SIGINT);
	sigdelset(&before, SIGCHLD);
	connection_signals(&before);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGCHLD, &child, NULL);
	/* the log, or a side of a dialogue, may have gone */
	signal(SIGPIPE, SIG_IGN);
}

static int open_door(const struct sockaddr_storage *address,
		     struct complaint *c)
{
	int fd, on = 1;

	fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC |
		    SOCK_NONBLOCK, 0);
	/* media come by the family that the client has come by */
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    (address->ss_family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on))) ||
	    bind(fd, (const struct sockaddr *)address,
		 address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
						  sizeof(struct sockaddr_in)) ||
	    listen(fd, 64))
		return complain(c, errno, "listen: %s", strerror(errno));
	return fd;
}

/* In a process of its own: whatever becomes of it, others go on. */
static void serve(const struct relay *relay, int door, int fd,
		  const struct sockaddr_storage *client, pid_t parent,
		  unsigned int place)
{
	close(door);
	/* sessions end with the process that owns them */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() == parent && !connection_prepare(fd))
		dialogue_run(fd, client, relay->cameras, relay->n, place);
	exit(0);
}

/* Returns ROSTER_PLACES if there is none. */
static unsigned int find_place(void)
{
	unsigned int i;

	for (i = 0; i < ROSTER_PLACES; i++)
		if (!clients[i] && roster_is_free(i))
			break;
	return i;
}

static void accept_client(const struct relay *relay, int door)
{
	struct sockaddr_storage client = { 0 };
	socklen_t len = sizeof(client);
	pid_t parent = getpid(), pid;
	unsigned int place;
	int fd;

	fd = accept4(door, (struct sockaddr *)&client, &len,
		     SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	place = find_place();
	group_connect();
	pid = place < ROSTER_PLACES ? fork() : -1;
	if (!pid)
		serve(relay, door, fd, &client, parent, place);
	if (pid > 0)
		clients[place] = pid;
	else
		fprintf(stderr, "%s: rtsp: a client is turned away: %s\n",
			fail_program, place < ROSTER_PLACES ?
			strerror(errno) : "there are too many");
	close(fd);
}

static void forget(pid_t pid, int status)
{
	unsigned int i;

	for (i = 0; i < ROSTER_PLACES; i++) {
		if (clients[i] != pid)
			continue;
		clients[i] = 0;
		roster_died(i, connection_now() + ORPHAN_TIME);
	}
	if (WIFSIGNALED(status))
		fprintf(stderr, "%s: rtsp: the process of a client died of signal %d\n",
			fail_program, WTERMSIG(status));
}

static void reap(int options)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, options)) > 0 ||
	       (pid < 0 && errno == EINTR))
		if (pid > 0)
			forget(pid, status);
}

static void serve_all(const struct relay *relay, int door)
{
	struct pollfd fd = { .fd = door };
	uint64_t now, next;
	unsigned int i;

	while (!ended) {
		/* those beyond the limit are told at once */
		fd.events = POLLIN;
		now = connection_now();
		next = roster_expire(now);
		if (!next || next > now + LOOK_TIME)
			next = now + LOOK_TIME;
		if (connection_wait(&fd, 1, next) > 0)
			accept_client(relay, door);
		reap(WNOHANG);
	}
	close(door);
	for (i = 0; i < ROSTER_PLACES; i++)
		if (clients[i])
			kill(clients[i], SIGTERM);
	reap(0);
	roster_expire(UINT64_MAX);
}

/**
 * relay_run() - serve clients until SIGTERM or SIGINT
 * @relay: the configuration
 * @complaint: receives the error
 *
 * Return: 0, or a negative errno if it cannot start
 */
int relay_run(const struct relay *relay, struct complaint *complaint)
{
	size_t i;
	int door, ret;

	for (i = 0; i < relay->n; i++) {
		/* a camera without TLS may redirect to one that has it */
		ret = trust_begin(&relay->cameras[i].trust, complaint);
		if (ret)
			return ret;
	}
	ret = group_begin(complaint);
	if (!ret)
		ret = roster_open(relay->state, connection_now() + ORPHAN_TIME,
				  complaint);
	if (ret)
		return ret;
	door = open_door(&relay->listen, complaint);
	if (door < 0)
		return door;
	ret = privilege_become(relay->user, complaint);
	/* again, since the kernel forgets it when the user changes */
	if (!ret)
		ret = privilege_no_cores(complaint);
	if (!ret) {
		take_signals();
		serve_all(relay, door);
	}
	return ret;
}
