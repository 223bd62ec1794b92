// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "util/fail.h"

#define BUCKETS 64

static uint64_t key_of(const struct session *session, unsigned int way)
{
	return way == BY_ID ? session->id : session->uid;
}

/* Ids count up, and uids are random: their last bits are as good as any. */
static struct session **bucket_of(const struct group *group, unsigned int way,
				  uint64_t key)
{
	return &group->by[way][key & (group->buckets - 1)];
}

static struct session *find(const struct group *group, unsigned int way,
			    uint64_t key)
{
	struct session *session = NULL;

	if (group->buckets)
		session = *bucket_of(group, way, key);
	while (session && key_of(session, way) != key)
		session = session->next_by[way];
	return session;
}

/* The group with this number, or NULL. There are few. */
struct group *groups_find(struct group *groups, unsigned int n, uint32_t id)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (groups[i].id == id)
			return &groups[i];
	return NULL;
}

struct session *group_find(const struct group *group, uint32_t id)
{
	return find(group, BY_ID, id);
}

struct session *group_find_uid(const struct group *group, uint64_t uid)
{
	return find(group, BY_UID, uid);
}

static void enter(struct session *session, unsigned int way)
{
	struct session **bucket = bucket_of(session->group, way,
					    key_of(session, way));

	session->next_by[way] = *bucket;
	*bucket = session;
}

static void leave(struct session *session, unsigned int way)
{
	struct session **at = bucket_of(session->group, way,
					key_of(session, way));

	while (*at != session)
		at = &(*at)->next_by[way];
	*at = session->next_by[way];
}

/* Have as many buckets as sessions; without memory, chains are longer. */
static bool make_buckets(struct group *group)
{
	unsigned int n = group->buckets ? 2 * group->buckets : BUCKETS, way;
	struct session **chains[WAYS], *session;

	if (group->sessions_n < group->buckets)
		return true;
	for (way = 0; way < WAYS; way++)
		chains[way] = calloc(n, sizeof(**chains));
	if (!chains[BY_ID] || !chains[BY_UID]) {
		free(chains[BY_ID]);
		free(chains[BY_UID]);
		return group->buckets;
	}
	for (way = 0; way < WAYS; way++) {
		free(group->by[way]);
		group->by[way] = chains[way];
	}
	group->buckets = n;
	for (session = group->sessions; session; session = session->next) {
		enter(session, BY_UID);
		if (session->id)
			enter(session, BY_ID);
	}
	return true;
}

/* Add a session; NULL if memory is short. */
struct session *group_add(struct group *group, uint64_t uid)
{
	struct session *session = make_buckets(group) ?
				  calloc(1, sizeof(*session)) : NULL;

	if (!session)
		return NULL;
	session->group = group;
	session->uid = uid;
	enter(session, BY_UID);
	session->next = group->sessions;
	session->before = &group->sessions;
	if (session->next)
		session->next->before = &session->next;
	group->sessions = session;
	group->sessions_n++;
	return session;
}

/* Say which of the kernel's sessions it is; 0 for none. */
void session_set_id(struct session *session, uint32_t id)
{
	if (session->id)
		leave(session, BY_ID);
	session->id = id;
	if (id)
		enter(session, BY_ID);
}

bool bytes_set(struct bytes *bytes, const void *data, size_t len)
{
	unsigned char *copy = NULL;

	if (len && len == bytes->len) {
		memcpy(bytes->data, data, len);
		return true;
	}
	if (len) {
		copy = malloc(len);
		if (!copy)
			return false;
		memcpy(copy, data, len);
	}
	bytes_free(bytes);
	*bytes = (struct bytes){ copy, len };
	return true;
}

void bytes_free(struct bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct bytes){ 0 };
}

/* Forget a stream. */
void session_drop_stream(struct session *session, struct stream *stream)
{
	struct stream **at, **dirty = &session->group->dirty_streams;

	for (at = &session->streams; *at && *at != stream;)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = stream->next;
	if (stream->dirty) {
		while (*dirty && *dirty != stream)
			dirty = &(*dirty)->next_dirty;
		if (*dirty)
			*dirty = stream->next_dirty;
		session->group->dirty_n--;
	}
	bytes_free(&stream->replay[RTP]);
	bytes_free(&stream->replay[RTCP]);
	free(stream);
	session->group->streams_n--;
}

/* Forget a session, which is not the kernel's any more. */
void session_free(struct session *session)
{
	struct session **dirty = &session->group->dirty_sessions;
	struct group *group = session->group;

	while (session->streams)
		session_drop_stream(session, session->streams);
	session_count(session, false);
	session_set_id(session, 0);
	leave(session, BY_UID);
	if (session->dirty) {
		while (*dirty && *dirty != session)
			dirty = &(*dirty)->next_dirty;
		if (*dirty)
			*dirty = session->next_dirty;
		group->dirty_n--;
	}
	if (group->cursor == session)
		group->cursor = session->next;
	*session->before = session->next;
	if (session->next)
		session->next->before = session->before;
	group->sessions_n--;
	bytes_free(&session->config);
	bytes_free(&session->keys);
	bytes_free(&session->former);
	free(session);
}

/* A record is to be deleted. Without memory it stays, and is deleted later. */
void group_bury(struct group *group, const struct grave *like)
{
	struct grave *grave = malloc(sizeof(*grave));

	if (!grave)
		return;
	*grave = *like;
	grave->next = group->graves;
	group->graves = grave;
	group->dirty_n++;
}

/* Forget a stream, and delete its record. */
void stream_bury(struct stream *stream)
{
	struct session *session = stream->session;
	const struct grave grave = {
		.uid = session->uid, .is_stream = true,
		.direction = stream->direction, .ssrc = stream->ssrc,
	};

	group_bury(session->group, &grave);
	session_drop_stream(session, stream);
}

/* Forget a session, and delete its records. */
void session_bury(struct session *session)
{
	const struct grave grave = { .uid = session->uid };

	while (session->streams)
		stream_bury(session->streams);
	group_bury(session->group, &grave);
	session_free(session);
}

static void forget_graves(struct group *group)
{
	struct grave *grave;

	while ((grave = group->graves)) {
		group->graves = grave->next;
		free(grave);
	}
}

/* Forget all sessions. Records stay, and so do rules. */
void group_clear(struct group *group)
{
	/* not one by one out of long lists */
	struct session *session;
	struct stream *stream;
	struct rule *rule;

	for (session = group->sessions; session; session = session->next) {
		session->dirty = false;
		for (stream = session->streams; stream; stream = stream->next)
			stream->dirty = false;
	}
	group->dirty_sessions = NULL;
	group->dirty_streams = NULL;
	forget_graves(group);
	group->dirty_n = 0;
	while (group->sessions)
		session_free(group->sessions);
	for (rule = group->rules; rule; rule = rule->next)
		rule->dirty = false;
}

/* Find a stream, or make it. NULL if there is none, or no memory. */
struct stream *session_stream(struct session *session, uint8_t direction,
			      uint32_t ssrc, bool make)
{
	struct stream *stream;

	for (stream = session->streams; stream; stream = stream->next)
		if (stream->ssrc == ssrc && stream->direction == direction)
			return stream;
	stream = make ? calloc(1, sizeof(*stream)) : NULL;
	if (!stream)
		return NULL;
	stream->session = session;
	stream->ssrc = ssrc;
	stream->direction = direction;
	stream->is_new = true;
	stream->next = session->streams;
	session->streams = stream;
	session->group->streams_n++;
	return stream;
}

/* Count a session in the census, or not. */
void session_count(struct session *session, bool stored)
{
	struct census *counted = &session->group->counted;

	if (session->stored == stored)
		return;
	session->stored = stored;
	counted->sessions.n += stored ? 1 : -1;
	counted->sessions.sum += stored ? session->uid : -session->uid;
}

/* The session's record is to be written. */
void session_mark(struct session *session)
{
	struct group *group = session->group;

	if (session->dirty)
		return;
	session->dirty = true;
	session->next_dirty = group->dirty_sessions;
	group->dirty_sessions = session;
	group->dirty_n++;
}

void stream_mark(struct stream *stream)
{
	struct group *group = stream->session->group;

	if (stream->dirty)
		return;
	stream->dirty = true;
	stream->next_dirty = group->dirty_streams;
	group->dirty_streams = stream;
	group->dirty_n++;
}

/* What needs somebody's attention: logged when it is new, and in the status. */
void group_alarm(struct group *group, const char *format, ...)
{
	char text[sizeof(group->alarm)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!strcmp(text, group->alarm))
		return;
	if (*text)
		warn("group %u: %s", group->id, text);
	else
		fprintf(stderr, "%s: group %u: all is well again\n",
			fail_program, group->id);
	strcpy(group->alarm, text);
}
