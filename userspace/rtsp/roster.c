// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/complaint.h"
#include "lib/libksrtp.h"
#include "lib/sdp.h"
#include "roster.h"

/* Processes write here, and their parent reads it when one has died. */
static struct place {
	uint32_t ids[SDP_MEDIA_MAX];	/* 0: none */
} *places;

/* When what a process has left is deleted; 0: it is alive, or left nothing. */
static uint64_t deadline[ROSTER_PLACES];

#define SIZE (ROSTER_PLACES * sizeof(*places))

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
	if (fd < 0 || ftruncate(fd, SIZE))
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
	places = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		      MAP_SHARED | (file ? 0 : MAP_ANONYMOUS), fd, 0);
	if (places == MAP_FAILED)
		return complain(complaint, errno, "state: %s", strerror(errno));
	for (i = 0; i < ROSTER_PLACES; i++)
		roster_died(i, until);
	return 0;
}

/**
 * roster_ids() - get the sessions of a client
 * @place: its place
 *
 * Return: an id for each section of its camera's description; 0: none
 */
uint32_t *roster_ids(unsigned int place)
{
	return places[place].ids;
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
	unsigned int i;

	for (i = 0; i < SDP_MEDIA_MAX; i++)
		if (places[place].ids[i])
			deadline[place] = until;
}

static void find_orphan(const struct ksrtp_reply *reply, void *data)
{
	uint64_t value;

	*(bool *)data = !ksrtp_reply_number(reply, KSRTP_A_SESSION_ORPHANED,
					    &value);
}

/* An id may have become that of a session of somebody else. */
static void delete_orphan(struct ksrtp *handle, uint32_t id)
{
	struct ksrtp_request *request =
		ksrtp_request_new(KSRTP_CMD_SESSION_GET);
	bool is_orphan = false;

	ksrtp_request_set(request, KSRTP_A_SESSION_ID, id);
	if (!ksrtp_do(handle, request, find_orphan, &is_orphan) && is_orphan)
		ksrtp_session_del(handle, id);
	ksrtp_request_free(request);
}

static void clear(unsigned int place)
{
	struct ksrtp *handle = NULL;
	unsigned int i;

	if (!ksrtp_open(&handle))
		for (i = 0; i < SDP_MEDIA_MAX; i++)
			if (places[place].ids[i])
				delete_orphan(handle, places[place].ids[i]);
	ksrtp_close(handle);
	memset(&places[place], 0, sizeof(places[place]));
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
