// SPDX-License-Identifier: GPL-2.0
/*
 * keepalived starts one process that hears of all changes in their order. It is there
 * before a host dies: to start one then takes as long as all the rest.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "lib/complaint.h"
#include "notices.h"
#include "settings.h"
#include "util/args.h"
#include "util/fail.h"

/* Until a daemon is asked again that was not there, ms. */
#define AGAIN 100
/* How long to go on once told to end, if keepalived goes on, s. */
#define ENDS 5

/* An instance of keepalived, which moves a group's addresses. */
struct instance {
	const char *name;
	uint32_t group;
	const char *wanted;		/* and not yet asked for; or NULL */
	bool warned;
};

static struct instance instances[SETTINGS_GROUPS];
static unsigned int instances_n;
static const char *control;

static const char *command_of(const char *state)
{
	static const char *const states[][2] = {
		{ "MASTER", "take" },
		{ "MASTER_RX_LOWER_PRI", "take" },
		{ "BACKUP", "release" },
		{ "FAULT", "release" },
		{ "STOP", "release" },
		{ "DELETED", "release" },
	};
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(*states); i++)
		if (!strcmp(states[i][0], state))
			return states[i][1];
	return NULL;
}

/* Ask for what is wanted; returns false if the daemon is to be asked again. */
static bool tell(void)
{
	struct complaint complaint;
	bool all = true;
	json_t *request, *answer;
	unsigned int i;

	for (i = 0; i < instances_n; i++) {
		struct instance *one = &instances[i];

		if (!one->wanted)
			continue;
		complaint = (struct complaint){ 0 };
		request = json_pack("{sssI}", "command", one->wanted, "group",
				    (json_int_t)one->group);
		answer = client_ask(control, request, &complaint);
		json_decref(request);
		if (!answer) {
			if (!one->warned)
				warn("%s: %s %u: %s", one->name, one->wanted,
				     one->group, complaint.text);
			one->warned = true;
			all = false;
			continue;
		}
		one->wanted = NULL;
		json_decref(answer);
	}
	return all;
}

/* A line is: INSTANCE "name" STATE priority */
static void hear(const char *line)
{
	char name[256], state[32];
	const char *command;
	unsigned int i;

	if (sscanf(line, "INSTANCE \"%255[^\"]\" %31s", name, state) != 2)
		return;
	command = command_of(state);
	for (i = 0; command && i < instances_n; i++)
		if (!strcmp(instances[i].name, name)) {
			instances[i].wanted = command;
			instances[i].warned = false;
		}
}

/* Read what there is; returns false if keepalived has closed its end. */
static bool read_lines(int fd)
{
	static char lines[4096];
	static size_t len;
	char *at = lines, *end;
	ssize_t n = read(fd, lines + len, sizeof(lines) - 1 - len);

	if (n <= 0)
		return n && (errno == EAGAIN || errno == EINTR);
	len += n;
	lines[len] = '\0';
	while ((end = strchr(at, '\n'))) {
		*end = '\0';
		hear(at);
		at = end + 1;
	}
	len -= at - lines;
	/* no line of keepalived's is as long as that */
	if (len == sizeof(lines) - 1)
		len = 0;
	memmove(lines, at, len);
	return true;
}

/* keepalived says so before it has told what it becomes, and then closes its end. */
static void end_soon(int unused)
{
	(void)unused;
	alarm(ENDS);
}

static void follow(int fd)
{
	struct sigaction action = { .sa_handler = end_soon };
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	bool told = true;

	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		poll(&ready, 1, told ? -1 : AGAIN);
		if (!read_lines(fd))
			return;
		told = tell();
	}
}

/*
 * Return in a process that another one begins anew if it is killed: keepalived does
 * not. The FIFO stays open meanwhile, and nothing that is told is lost.
 */
static void be_guarded(void)
{
	int status;
	pid_t pid;

	/* the other one ends when its FIFO does */
	signal(SIGTERM, SIG_IGN);
	for (;;) {
		pid = fork();
		if (pid <= 0)
			return;
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		if (!WIFSIGNALED(status))
			exit(WEXITSTATUS(status));
		if (WTERMSIG(status) == SIGALRM)
			exit(0);
		warn("notify: killed by signal %d, and begun anew",
		     WTERMSIG(status));
		usleep(AGAIN * 1000);
	}
}

/**
 * notices_follow() - ask the daemon for what keepalived's instances become
 * @args: instances with their groups, and the FIFO
 *
 * Until keepalived ends.
 */
void notices_follow(struct args *args)
{
	struct instance *one;
	int fd;

	while (args->word[0] && args->word[1]) {
		if (!control && args_next(args, "control")) {
			control = client_socket(args);
			continue;
		}
		if (instances_n == SETTINGS_GROUPS)
			usage("notify: more than %d instances", SETTINGS_GROUPS);
		one = &instances[instances_n++];
		one->name = *args->word++;
		one->group = args_number(args, one->name, 1, UINT32_MAX);
	}
	if (!instances_n || !*args->word)
		usage("notify: an instance, its group and a FIFO are missing");
	if (!control)
		control = client_socket(args);
	fd = open(*args->word, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		fail(KSRTP_REFUSED, "%s: %s", *args->word, strerror(errno));
	be_guarded();
	follow(fd);
	close(fd);
}
