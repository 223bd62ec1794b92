// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "connection.h"
#include "lib/complaint.h"
#include "relay.h"
#include "util/fail.h"
#include "util/privilege.h"

/* Clients at a time. */
#define CLIENTS_MAX 256

static pid_t clients[CLIENTS_MAX];
static unsigned int clients_n;
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
		  const struct sockaddr_storage *client, pid_t parent)
{
	close(door);
	/* sessions end with the process that owns them */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() == parent && !connection_prepare(fd))
		dialogue_run(fd, client, relay->cameras, relay->n);
	exit(0);
}

static void accept_client(const struct relay *relay, int door)
{
	struct sockaddr_storage client = { 0 };
	socklen_t len = sizeof(client);
	pid_t parent = getpid(), pid;
	int fd;

	fd = accept4(door, (struct sockaddr *)&client, &len,
		     SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	pid = clients_n < CLIENTS_MAX ? fork() : -1;
	if (!pid)
		serve(relay, door, fd, &client, parent);
	if (pid > 0)
		clients[clients_n++] = pid;
	else
		fprintf(stderr, "%s: rtsp: a client is turned away: %u are here\n",
			fail_program, clients_n);
	close(fd);
}

static void forget(pid_t pid, int status)
{
	unsigned int i;

	for (i = 0; i < clients_n; i++)
		if (clients[i] == pid)
			clients[i--] = clients[--clients_n];
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
	unsigned int i;

	while (!ended) {
		/* those beyond the limit are told at once */
		fd.events = POLLIN;
		if (connection_wait(&fd, 1, connection_now() + 60000) > 0)
			accept_client(relay, door);
		reap(WNOHANG);
	}
	close(door);
	for (i = 0; i < clients_n; i++)
		kill(clients[i], SIGTERM);
	reap(0);
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
