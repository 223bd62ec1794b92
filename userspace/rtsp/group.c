// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include <openssl/rand.h>

#include "group.h"
#include "lib/complaint.h"
#include "lib/description.h"
#include "lib/libksrtp.h"
#include "orphan.h"

#define GROUPS_MAX 128

/* Only within the relay: it has keys, and is in no file. */
struct group {
	bool used;
	bool making;			/* or deleting; a process that was killed */
	struct group_stream stream;
	struct flow flow;
	bool member[GROUP_MEMBERS];
	uint32_t ids[GROUP_SESSIONS];	/* 0: none */
	struct sdes keys[GROUP_SESSIONS];
};

static struct shared {
	pthread_mutex_t lock;
	struct group groups[GROUPS_MAX];
} *shared;

/*
 * All processes have its socket, which owns the sessions of groups, so that these
 * last as long as one of the processes.
 */
static struct ksrtp *handle;

/**
 * group_begin() - begin, before there are clients
 * @complaint: receives the error
 *
 * Return: 0, or a negative errno
 */
int group_begin(struct complaint *complaint)
{
	pthread_mutexattr_t attr;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return complain(complaint, errno, "memory: %s",
				strerror(errno));
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	/* a process may be killed while it holds it */
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&shared->lock, &attr);
	pthread_mutexattr_destroy(&attr);
	return 0;
}

/* A process that was killed may have left answers unread. */
static void take_lock(void)
{
	char unread[64];

	if (pthread_mutex_lock(&shared->lock) == EOWNERDEAD)
		pthread_mutex_consistent(&shared->lock);
	if (handle)
		while (recv(ksrtp_fd(handle), unread, sizeof(unread),
			    MSG_DONTWAIT) > 0)
			;
}

static void give_lock(void)
{
	pthread_mutex_unlock(&shared->lock);
}

static bool is_of(const struct group *group, const struct group_stream *stream)
{
	return group->stream.camera == stream->camera &&
	       group->stream.section == stream->section;
}

/**
 * group_connect() - connect to the kernel, if that was not possible before
 *
 * Without the module, or if it was unloaded, it is tried with each client.
 *
 * Context: in the process that all others descend from
 */
void group_connect(void)
{
	struct ksrtp_request *request = ksrtp_request_new(KSRTP_CMD_STAT_GET);

	take_lock();
	if (ksrtp_do(handle, request, NULL, NULL)) {
		ksrtp_close(handle);
		ksrtp_open(&handle);
	}
	give_lock();
	ksrtp_request_free(request);
}

/**
 * group_key() - get the key that a camera already knows for RTCP of a stream
 * @stream: the stream
 * @suite: the suite
 * @key: receives the key
 *
 * Clients that share a session share its key, so that the camera is told one.
 *
 * Return: false if there is none
 */
bool group_key(const struct group_stream *stream, uint32_t suite,
	       struct key *key)
{
	const struct sdes *sdes;
	bool found = false;
	unsigned int i;

	take_lock();
	for (i = 0; i < GROUPS_MAX && !found; i++) {
		sdes = &shared->groups[i].keys[GROUP_SEND];
		found = shared->groups[i].used &&
			is_of(&shared->groups[i], stream) &&
			sdes->suite.id == suite;
		if (found)
			*key = sdes->media.key[0].key;
	}
	give_lock();
	return found;
}

/**
 * group_flows() - get the flows of a group's sessions
 * @flow: where the camera sends: local is the group, remote the source, if known
 * @flows: receives them, GROUP_SESSIONS
 *
 * Without a source any is heard, so that what has not the camera's key is dropped.
 */
void group_flows(const struct flow *flow, struct flow *flows)
{
	flows[GROUP_RECV] = *flow;
	flows[GROUP_SEND] = (struct flow){ .family = flow->family };
	strcpy(flows[GROUP_SEND].remote, flow->local);
	memcpy(flows[GROUP_SEND].remote_port, flow->local_port,
	       sizeof(flow->local_port));
}

static bool is_at(const struct group *group, const struct flow *flow)
{
	struct flow_name name, other;

	flow_set_name(&group->flow, &name);
	flow_set_name(flow, &other);
	return !memcmp(&name, &other, sizeof(name));
}

static void describe_flow(struct ksrtp_session *session,
			  const struct flow *flow)
{
	struct sockaddr_storage end;
	socklen_t len;

	len = flow_end(flow->family, flow->local, flow->local_port[0], &end);
	ksrtp_session_set_local(session, (struct sockaddr *)&end, len);
	len = flow_end(flow->family, flow->remote, flow->remote_port[0], &end);
	ksrtp_session_set_remote(session, (struct sockaddr *)&end, len);
	if (flow->local_port[1])
		ksrtp_session_set(session, KSRTP_A_SESSION_LOCAL_RTCP_PORT,
				  flow->local_port[1]);
	if (flow->remote_port[1])
		ksrtp_session_set(session, KSRTP_A_SESSION_REMOTE_RTCP_PORT,
				  flow->remote_port[1]);
	ksrtp_session_set(session, KSRTP_A_SESSION_OWNED, 1);
}

static void delete_sessions(struct group *group)
{
	struct flow flows[GROUP_SESSIONS];
	struct flow_name name;
	unsigned int i;

	group->making = true;
	group_flows(&group->flow, flows);
	for (i = 0; i < GROUP_SESSIONS; i++) {
		flow_set_name(&flows[i], &name);
		if (group->ids[i])
			ksrtp_session_del(handle, group->ids[i]);
		else
			orphan_delete_flow(handle, &name, true);
	}
	explicit_bzero(group, sizeof(*group));
}

static int make_sessions(struct group *group, struct ksrtp_session **sessions,
			 struct complaint *c)
{
	struct flow flows[GROUP_SESSIONS];
	unsigned int i;
	int ret = 0;

	group_flows(&group->flow, flows);
	for (i = 0; !ret && i < GROUP_SESSIONS; i++) {
		describe_flow(sessions[i], &flows[i]);
		ret = ksrtp_session_add(handle, sessions[i], &group->ids[i]);
	}
	if (!ret)
		return 0;
	complain(c, -ret, "%s", ksrtp_error(handle));
	if (group->ids[GROUP_RECV])
		ksrtp_session_del(handle, group->ids[GROUP_RECV]);
	explicit_bzero(group, sizeof(*group));
	return ret;
}

/* A camera may have a group for each client, and is told the same key for all. */
static int renew_key(struct ksrtp_session *session, struct complaint *c)
{
	struct sdes *sdes = &session->sdes[KSRTP_DIRECTION_SEND];
	struct key *key = &sdes->media.key[0].key;
	unsigned int i;

	for (i = 0; i < GROUPS_MAX; i++)
		if (shared->groups[i].used &&
		    sdes_share(sdes, &shared->groups[i].keys[GROUP_SEND]))
			break;
	if (i == GROUPS_MAX)
		return 0;
	if (RAND_bytes(key->material, key->key_len + key->salt_len) != 1)
		return complain(c, EIO, "no random bytes");
	description_key(session, KSRTP_DIRECTION_SEND, key);
	return 0;
}

/* The first member. */
static int found(struct group *group, struct ksrtp_session **sessions,
		 struct complaint *c)
{
	struct sdes *recv = &sessions[GROUP_RECV]->sdes[KSRTP_DIRECTION_RECV];
	struct sdes *send = &sessions[GROUP_SEND]->sdes[KSRTP_DIRECTION_SEND];
	int ret = 0;

	/* one key may be for both sides */
	if (!sdes_share(send, recv))
		ret = renew_key(sessions[GROUP_SEND], c);
	if (ret) {
		explicit_bzero(group, sizeof(*group));
		return ret;
	}
	group->keys[GROUP_RECV] = *recv;
	group->keys[GROUP_SEND] = *send;
	group->making = true;
	group->used = true;
	ret = make_sessions(group, sessions, c);
	group->making = false;
	return ret;
}

/* Another member; the camera may have told it newer keys. */
static int renew(struct group *group, struct ksrtp_session *session,
		 struct complaint *c)
{
	const struct sdes *keys = &session->sdes[KSRTP_DIRECTION_RECV];
	int ret;

	if (sdes_same(keys, &group->keys[GROUP_RECV]))
		return 0;
	ksrtp_session_set(session, KSRTP_A_SESSION_ID, group->ids[GROUP_RECV]);
	ret = ksrtp_session_change(handle, session);
	if (ret)
		return complain(c, -ret, "%s", ksrtp_error(handle));
	group->keys[GROUP_RECV] = *keys;
	return 0;
}

static struct group *find(const struct flow *flow)
{
	struct group *group, *unused = NULL;

	for (group = shared->groups; group < shared->groups + GROUPS_MAX;
	     group++) {
		/* its process was killed */
		if (group->making)
			delete_sessions(group);
		if (group->used && is_at(group, flow))
			return group;
		if (!group->used)
			unused = group;
	}
	return unused;
}

/**
 * group_join() - become a member of a group
 * @stream: the stream of the group
 * @member: number of the client
 * @flow: where the camera sends: local is the group, remote the source, if known
 * @sessions: GROUP_SESSIONS with their keys, to be made if there are none
 * @joined: receives the group
 * @ids: receives the sessions
 * @complaint: receives the error
 *
 * Return: 0, or a negative errno
 */
int group_join(const struct group_stream *stream, unsigned int member,
	       const struct flow *flow, struct ksrtp_session **sessions,
	       struct group **joined, uint32_t *ids,
	       struct complaint *complaint)
{
	struct group *group;
	int ret;

	take_lock();
	group = find(flow);
	if (!group) {
		ret = complain(complaint, ENOSPC, "more than %d groups",
			       GROUPS_MAX);
	} else if (!group->used) {
		group->stream = *stream;
		group->flow = *flow;
		group->member[member] = true;
		ret = found(group, sessions, complaint);
	} else if (is_of(group, stream)) {
		ret = renew(group, sessions[GROUP_RECV], complaint);
	} else {
		ret = wrong(complaint, "another stream has the group");
	}
	if (!ret) {
		group->member[member] = true;
		memcpy(ids, group->ids, sizeof(group->ids));
		*joined = group;
	}
	give_lock();
	return ret;
}

static void leave(struct group *group, unsigned int member)
{
	static const bool nobody[GROUP_MEMBERS];

	if (!group->used || !group->member[member])
		return;
	group->member[member] = false;
	if (!memcmp(group->member, nobody, sizeof(nobody)))
		delete_sessions(group);
}

/**
 * group_leave() - leave a group, whose sessions are deleted with the last member
 * @group: the group
 * @member: number of the client
 */
void group_leave(struct group *group, unsigned int member)
{
	take_lock();
	leave(group, member);
	give_lock();
}

/**
 * group_leave_all() - take a client that has died out of all groups
 * @member: its number
 */
void group_leave_all(unsigned int member)
{
	unsigned int i;

	take_lock();
	for (i = 0; i < GROUPS_MAX; i++) {
		leave(&shared->groups[i], member);
		if (shared->groups[i].making)
			delete_sessions(&shared->groups[i]);
	}
	give_lock();
}
