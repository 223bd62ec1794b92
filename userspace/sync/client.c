// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client.h"
#include "lib/complaint.h"
#include "util/args.h"
#include "util/fail.h"

#define SOCKET "/run/ksrtp/ksrtp-sync.sock"

/* The control socket that words name, or the usual one. */
const char *client_socket(struct args *args)
{
	const char *path = NULL;

	args_text(args, "control", &path);
	path = path ?: SOCKET;
	if (strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
		usage("control: '%s' is too long", path);
	return path;
}

static int reach(const char *path, struct complaint *c)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, error;

	/* as long as client_socket() lets it be */
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 &&
	    !connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	error = errno;
	if (fd >= 0)
		close(fd);
	return complain(c, error, "%s: %s; is the daemon running?", path,
			strerror(error));
}

/**
 * client_ask() - ask a daemon that runs
 * @path: its control socket
 * @request: what for
 * @c: complaint
 *
 * Return: its answer, which has no error in it, or NULL
 */
json_t *client_ask(const char *path, const json_t *request,
		   struct complaint *c)
{
	const char *error;
	int fd = reach(path, c);
	FILE *stream = fd < 0 ? NULL : fdopen(fd, "r+");
	json_t *answer;

	if (!stream) {
		if (fd >= 0) {
			complain(c, errno, "%s", strerror(errno));
			close(fd);
		}
		return NULL;
	}
	json_dumpf(request, stream, JSON_COMPACT);
	putc('\n', stream);
	fflush(stream);
	answer = json_loadf(stream, JSON_DISABLE_EOF_CHECK, NULL);
	fclose(stream);
	if (!answer) {
		complain(c, EPIPE, "%s: no answer", path);
		return NULL;
	}
	error = json_string_value(json_object_get(answer, "error"));
	if (!error)
		return answer;
	complain(c, EPROTO, "%s", error);
	json_decref(answer);
	return NULL;
}
