// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/complaint.h"
#include "state.h"

static const char *directory;
static int dir = -1;

static int failed(struct complaint *c, const char *name)
{
	int error = errno;

	return complain(c, error, "%s/%s: %s", directory, name,
			strerror(error));
}

/* Make a directory, and the one that it is in. */
static int make_directory(const char *path)
{
	char parent[PATH_MAX];

	snprintf(parent, sizeof(parent), "%s", path);
	if (!mkdir(path, 0700) || errno == EEXIST)
		return 0;
	if (errno != ENOENT || mkdir(dirname(parent), 0755))
		return -1;
	return mkdir(path, 0700);
}

/* The files hold ICE passwords, so nobody else may read them. */
int state_begin(const char *path, struct complaint *c)
{
	directory = path;
	if (make_directory(path))
		return failed(c, "");
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? failed(c, "") : 0;
}

static void name_of(char *name, unsigned int number)
{
	sprintf(name, "%u.json", number);
}

/*
 * Save a call over what was saved of it. One system call writes it, so it is
 * whole if the process is killed; what a longer one left behind it is not read.
 * Sessions do not outlive the kernel, so nothing has to be on the disk.
 */
int state_save(unsigned int number, json_t *call, struct complaint *c)
{
	/* json_dumpfd() makes a system call of each word */
	char *dump = json_dumps(call, JSON_COMPACT);
	ssize_t len = dump ? (ssize_t)strlen(dump) : -1;
	char name[32];
	int fd, ret;

	name_of(name, number);
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		free(dump);
		return failed(c, name);
	}
	errno = EIO;
	ret = !dump || write(fd, dump, len) != len ? failed(c, name) : 0;
	free(dump);
	close(fd);
	return ret;
}

void state_forget(unsigned int number)
{
	char name[32];

	name_of(name, number);
	unlinkat(dir, name, 0);
}

static void load(int fd, unsigned int number,
		 void (*call)(unsigned int number, const json_t *call))
{
	json_t *object = json_loadfd(fd, JSON_DISABLE_EOF_CHECK, NULL);

	if (object)
		call(number, object);
	json_decref(object);
}

/* Call @call for each saved call. Unreadable files are skipped. */
int state_load(void (*call)(unsigned int number, const json_t *call),
	       struct complaint *c)
{
	DIR *list = fdopendir(dup(dir));
	const struct dirent *entry;
	unsigned int number;
	int fd, end;

	if (!list)
		return failed(c, "");
	/* duplicates share the position */
	rewinddir(list);
	while ((entry = readdir(list))) {
		end = 0;
		if (sscanf(entry->d_name, "%u.json%n", &number, &end) != 1 ||
		    !end || entry->d_name[end])
			continue;
		fd = openat(dir, entry->d_name, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		load(fd, number, call);
		close(fd);
	}
	closedir(list);
	return 0;
}
