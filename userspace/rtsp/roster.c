// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/complaint.h"
#include "lib/libksrtp.h"
#include "orphan.h"
#include "roster.h"

/* A file of another form has nothing that can be read. */
#define FORM 0x6b727332

/* Processes write here, and their parent reads it when one has died. */
static struct roster {
	uint64_t form;
	struct roster_place places[ROSTER_PLACES];
} *roster;

/* When what a process has left is deleted; 0: it is alive, or left nothing. */
static uint64_t deadline[ROSTER_PLACES];

/* The lock goes with this process, and not to its children. */
static int open_file(const char *file, struct complaint *c)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd >= 0 && fcntl(fd, F_SETLK, &lock)) {
		close(fd);
		return complain(c, EBUSY, "state: %s: another relay has it",
				file);
	}
	if (fd < 0 || ftruncate(fd, sizeof(*roster)))
		return complain(c, errno, "state: %s: %s", file,
				strerror(errno));
	return fd;
}

/**
 * roster_open() - begin, with what an earlier relay has left
 * @file: where the roster is, for the relay that comes next; NULL: nowhere
 * @until: when sessions of an earlier relay are deleted
 * @complaint: receives the error
 *
 * Return: 0, or a negative errno
 */
int roster_open(const char *file, uint64_t until, struct complaint *complaint)
{
	int fd = file ? open_file(file, complaint) : -1;
	unsigned int i;

	if (file && fd < 0)
		return fd;
	/* closing the file would give up the lock */
	roster = mmap(NULL, sizeof(*roster), PROT_READ | PROT_WRITE,
		      MAP_SHARED | (file ? 0 : MAP_ANONYMOUS), fd, 0);
	if (roster == MAP_FAILED)
		return complain(complaint, errno, "state: %s", strerror(errno));
	if (roster->form != FORM)
		memset(roster, 0, sizeof(*roster));
	roster->form = FORM;
	for (i = 0; i < ROSTER_PLACES; i++)
		roster_died(i, until);
	return 0;
}

/**
 * roster_place() - get the place of a client
 * @place: its number
 *
 * Return: where its process notes its sessions
 */
struct roster_place *roster_place(unsigned int place)
{
	return &roster->places[place];
}

/**
 * roster_is_free() - can another client have a place?
 * @place: the place, which no process has
 *
 * Return: false if its sessions must still be deleted
 */
bool roster_is_free(unsigned int place)
{
	return !deadline[place];
}

/**
 * roster_died() - a process has died
 * @place: its place
 * @until: when its sessions are deleted, if it has left any; until then they
 *	drop what its client sends
 */
void roster_died(unsigned int place, uint64_t until)
{
	static const struct roster_place nothing;

	if (memcmp(&roster->places[place], &nothing, sizeof(nothing)))
		deadline[place] = until;
}

static void clear(unsigned int place)
{
	struct roster_place *left = &roster->places[place];
	const uint32_t *ids = *left->ids;
	struct ksrtp *handle = NULL;
	unsigned int i;

	if (!ksrtp_open(&handle)) {
		for (i = 0; i < sizeof(left->ids) / sizeof(*ids); i++)
			if (ids[i])
				orphan_delete(handle, ids[i]);
		for (i = 0; i < GROUP_SESSIONS; i++)
			orphan_delete_flow(handle, &left->making[i], false);
	}
	ksrtp_close(handle);
	/* sessions of groups have no orphans as long as the relay lives */
	group_leave_all(place);
	memset(left, 0, sizeof(*left));
	deadline[place] = 0;
}

/**
 * roster_expire() - delete the sessions whose time has come
 * @now: the time
 *
 * Return: when the next ones' time comes, or 0
 */
uint64_t roster_expire(uint64_t now)
{
	uint64_t next = 0;
	unsigned int i;

	for (i = 0; i < ROSTER_PLACES; i++) {
		if (deadline[i] && deadline[i] <= now)
			clear(i);
		else if (deadline[i] && (!next || deadline[i] < next))
			next = deadline[i];
	}
	return next;
}
