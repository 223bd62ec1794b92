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
#include "hex.h"
#include "keyring.h"

/* Read permission of the key's group and of others. */
#define OTHERS_READ 0x0202

/* Maximum size of a key of type user. */
#define PAYLOAD_MAX 32767

/* Usable types of keys. */
static const char *const types[] = { "user", "logon" };

/* Returns a serial number. */
static long find(const char *name, struct complaint *c)
{
	size_t i, len;
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
	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		len = strlen(types[i]);
		if (strncmp(name, types[i], len) || name[len] != ':' ||
		    !name[len + 1])
			continue;
		id = syscall(SYS_request_key, types[i], name + len + 1, NULL,
			     0);
		if (id < 0)
			return complain(c, errno, "%s: %s", name,
					strerror(errno));
		return id;
	}
	return wrong(c, "'%s' is neither a serial nor user:DESCRIPTION nor logon:DESCRIPTION",
		     name);
}

/* If a key can be described, it must be a usable one. */
static int check(struct held_key *key, const char *name, struct complaint *c)
{
	/* such as user;0;0;3f010000;description */
	char text[4096], type[32];
	unsigned int mode;
	long n;

	n = syscall(SYS_keyctl, KEYCTL_DESCRIBE, key->serial, text,
		    sizeof(text) - 1);
	if (n < 0)
		return 0;
	text[(size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1] = '\0';
	if (sscanf(text, "%31[^;];%*d;%*d;%x", type, &mode) != 2)
		return 0;
	key->opaque = !strcmp(type, "logon");
	if (!key->opaque && strcmp(type, "user"))
		return wrong(c, "%s is a key of type %s, which cannot be used; use type user or logon",
			     name, type);
	key->exposed = !key->opaque && mode & OTHERS_READ;
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

/* Keys of the kernel are text as in files, or raw bytes. */
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
		hex_encode(from, len, text);
	}
	return 0;
}

/* Find the key of a serial number, or of a description such as user:DESCRIPTION. */
int keyring_find(struct held_key *key, const char *name, struct complaint *c)
{
	long id = find(name, c);

	*key = (struct held_key){ 0 };
	if (id < 0)
		return id;
	key->serial = id;
	/* its description may not be readable */
	key->opaque = !strncmp(name, "logon:", 6);
	return check(key, name, c);
}

/* Read a key as text. -EOVERFLOW: it is too long; -ENODATA: it is empty. */
int keyring_read(const struct held_key *key, const char *name, char *text,
		 size_t size, struct complaint *c)
{
	unsigned char *payload;
	long len;
	int ret;

	if (key->opaque)
		return wrong(c, "%s: keys of type logon cannot be read; use type user",
			     name);
	payload = malloc(PAYLOAD_MAX);
	if (!payload)
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	len = syscall(SYS_keyctl, KEYCTL_READ, key->serial, payload,
		      PAYLOAD_MAX);
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
