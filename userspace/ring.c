// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/keyctl.h>

#include "args.h"
#include "fail.h"
#include "ring.h"

/* Reading, by the key's group or by all, in the mask of permissions. */
#define OTHERS_READ 0x0202

static long find(const char *name, const char *keyword)
{
	static const char user[] = "user:", logon[] = "logon:";
	uint64_t serial;
	long id;

	if (number_read(name, &serial)) {
		if (!serial || serial > INT32_MAX)
			usage("%s: %s is not the serial of a key", keyword,
			      name);
		return serial;
	}
	if (!strncmp(name, logon, strlen(logon)))
		usage("%s: keys of type logon cannot be read; use type user",
		      keyword);
	if (strncmp(name, user, strlen(user)) || !name[strlen(user)])
		usage("%s: '%s' is neither a serial nor user:DESCRIPTION",
		      keyword, name);
	id = syscall(SYS_request_key, "user", name + strlen(user), NULL, 0);
	if (id < 0)
		usage("%s: %s: %s", keyword, name, strerror(errno));
	return id;
}

/* A key that says what it is has to be one that can be read. */
static void check(long id, const char *name, const char *keyword)
{
	/* as in user;0;0;3f010000;description */
	char text[4096], type[32];
	unsigned int mode;
	long n;

	n = syscall(SYS_keyctl, KEYCTL_DESCRIBE, id, text, sizeof(text) - 1);
	if (n < 0)
		return;
	text[(size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1] = '\0';
	if (sscanf(text, "%31[^;];%*d;%*d;%x", type, &mode) != 2)
		return;
	if (strcmp(type, "user"))
		usage("%s: %s is a key of type %s, which cannot be used; use type user",
		      keyword, name, type);
	if (mode & OTHERS_READ)
		fprintf(stderr,
			"ksrtp: warning: key %s can be read by others\n", name);
}

/*
 * Read the key of a serial or a description; returns how long it is, of which
 * @size bytes are stored.
 */
size_t ring_read(const char *name, const char *keyword, unsigned char *payload,
		 size_t size)
{
	long id = find(name, keyword);
	long len;

	check(id, name, keyword);
	len = syscall(SYS_keyctl, KEYCTL_READ, id, payload, size);
	if (len < 0)
		usage("%s: %s: %s", keyword, name, strerror(errno));
	return len;
}
