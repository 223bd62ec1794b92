// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/keyctl.h>

#include "complaint.h"
#include "keyring.h"

/* Reading, by the key's group or by all, in the mask of permissions. */
#define OTHERS_READ 0x0202

/* As much as a key of type user holds. */
#define PAYLOAD_MAX 32767

/* Returns a serial number. */
static long find(const char *name, struct complaint *c)
{
	static const char user[] = "user:", logon[] = "logon:";
	char *end;
	long id;

	if (isdigit((unsigned char)*name)) {
		errno = 0;
		id = strtol(name, &end, 0);
		if (!*end && !errno && id > 0 && id <= INT32_MAX)
			return id;
		if (!*end)
			return wrong(c, "%s is not the serial of a key", name);
	}
	if (!strncmp(name, logon, strlen(logon)))
		return wrong(c, "keys of type logon cannot be read; use type user");
	if (strncmp(name, user, strlen(user)) || !name[strlen(user)])
		return wrong(c, "'%s' is neither a serial nor user:DESCRIPTION",
			     name);
	id = syscall(SYS_request_key, "user", name + strlen(user), NULL, 0);
	if (id < 0)
		return complain(c, errno, "%s: %s", name, strerror(errno));
	return id;
}

/* A key that says what it is has to be one that can be read. */
static int check(long id, const char *name, bool *exposed, struct complaint *c)
{
	/* as in user;0;0;3f010000;description */
	char text[4096], type[32];
	unsigned int mode;
	long n;

	n = syscall(SYS_keyctl, KEYCTL_DESCRIBE, id, text, sizeof(text) - 1);
	if (n < 0)
		return 0;
	text[(size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1] = '\0';
	if (sscanf(text, "%31[^;];%*d;%*d;%x", type, &mode) != 2)
		return 0;
	if (strcmp(type, "user"))
		return wrong(c, "%s is a key of type %s, which cannot be used; use type user",
			     name, type);
	*exposed = mode & OTHERS_READ;
	return 0;
}

static bool is_text(const unsigned char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!isprint(bytes[i]) && !isspace(bytes[i]))
			return false;
	return true;
}

/* Keys that the kernel keeps are text as in files, or just the bytes. */
static int convert(const unsigned char *from, size_t len, char *text,
		   size_t size)
{
	size_t i;

	*text = '\0';
	if (is_text(from, len)) {
		while (len && isspace(*from)) {
			from++;
			len--;
		}
		for (i = 0; i < len && from[i] != '\n'; i++)
			;
		for (len = i; len && isspace(from[len - 1]); len--)
			;
		if (len >= size)
			return -EOVERFLOW;
		memcpy(text, from, len);
		text[len] = '\0';
	} else {
		if (2 * len >= size)
			return -EOVERFLOW;
		for (i = 0; i < len; i++)
			sprintf(text + 2 * i, "%02x", from[i]);
	}
	return 0;
}

/*
 * Read the key of a serial, or of a description as in user:DESCRIPTION, as
 * text. -EOVERFLOW: it is too long; -ENODATA: it is empty. @exposed: others can
 * read it.
 */
int keyring_read(const char *name, char *text, size_t size, bool *exposed,
		 struct complaint *c)
{
	unsigned char *payload;
	long id, len;
	int ret;

	*exposed = false;
	id = find(name, c);
	if (id < 0)
		return id;
	ret = check(id, name, exposed, c);
	if (ret)
		return ret;
	payload = malloc(PAYLOAD_MAX);
	if (!payload)
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	len = syscall(SYS_keyctl, KEYCTL_READ, id, payload, PAYLOAD_MAX);
	if (len < 0)
		ret = complain(c, errno, "%s: %s", name, strerror(errno));
	else if (len > PAYLOAD_MAX)
		ret = complain(c, EOVERFLOW, "%s: too long", name);
	else
		ret = convert(payload, len, text, size);
	explicit_bzero(payload, PAYLOAD_MAX);
	free(payload);
	if (ret == -EOVERFLOW)
		return complain(c, EOVERFLOW, "%s: too long", name);
	if (!ret && !*text)
		return complain(c, ENODATA, "%s: nothing in it", name);
	return ret;
}
