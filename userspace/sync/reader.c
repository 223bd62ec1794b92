// SPDX-License-Identifier: GPL-2.0
/* Each record is judged alone: what is wrong with one costs no other. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attributes.h"
#include "entry.h"
#include "reader.h"
#include "restore.h"
#include "rules.h"
#include "session.h"
#include "store.h"

/* Records of a step of a scan. */
#define STEP "200"

/* Are records made in the kernel, too? */
static bool restores(const struct group *group)
{
	return group->role != ROLE_WORKS && !group->keeps;
}

static uint64_t next_epoch(const struct group *group)
{
	return group->role == ROLE_TAKES ? group->epoch :
					   group->epoch_known + 1;
}

static enum fault apply_session(struct group *group,
				const struct entry_name *name,
				const unsigned char *bytes, size_t len,
				const struct version *version)
{
	struct session *session = group_find_uid(group, name->uid);
	uint64_t content = 0;

	/* even if the record is not what it should be, the call is no other's */
	if (session)
		session->seen = true;
	if (session && version_less(version, &session->version))
		return FAULT_OLD;
	if (session && !version_less(&session->version, version))
		return FAULT_NONE;
	if (!len) {
		if (!session)
			return FAULT_NONE;
		restore_flush();
		if (session->id && restores(group))
			session_delete(session->id);
		session_free(session);
		return FAULT_NONE;
	}
	if (session)
		content = attributes_content(session);
	else
		session = group_add(group, name->uid);
	if (session)
		session->seen = true;
	if (!session || !entry_to_session(session, bytes, len))
		return FAULT_UNREADABLE;
	session->version = *version;
	session_count(session, true);
	if (!restores(group))
		return FAULT_NONE;
	if (session->id && content == attributes_content(session))
		restore_again(session, next_epoch(group));
	else
		restore_session(session, next_epoch(group));
	return FAULT_NONE;
}

static enum fault apply_stream(struct group *group,
			       const struct entry_name *name,
			       const unsigned char *bytes, size_t len,
			       const struct version *version)
{
	struct session *session = group_find_uid(group, name->uid);
	struct stream *stream;

	/* the record of its session is to come, or was deleted just now */
	if (!session && len)
		session = group_add(group, name->uid);
	stream = session ? session_stream(session, name->direction, name->ssrc,
					  len) : NULL;
	if (!stream)
		return FAULT_NONE;
	if (version_less(version, &stream->version))
		return FAULT_OLD;
	if (!stream->is_new && !version_less(&stream->version, version))
		return FAULT_NONE;
	if (!len) {
		restore_flush();
		session_drop_stream(session, stream);
		return FAULT_NONE;
	}
	if (!entry_to_stream(stream, bytes, len))
		return FAULT_UNREADABLE;
	stream->is_new = false;
	stream->version = *version;
	if (restores(group))
		restore_stream(stream, next_epoch(group));
	return FAULT_NONE;
}

static enum fault apply_census(struct group *group, const unsigned char *bytes,
			       size_t len, const struct version *version)
{
	if (version_less(version, &group->told.version))
		return FAULT_OLD;
	if (!entry_to_census(&group->told, bytes, len))
		return FAULT_UNREADABLE;
	group->told.version = *version;
	return FAULT_NONE;
}

/*
 * A session whose record was not found has ended while nobody told us, if without it
 * there are as many as the host at work has counted. Else records are missing, which
 * ends no call.
 */
static void end_unseen(struct group *group)
{
	struct session *session, *next;
	struct tally seen = { 0 };

	if (!group->missing)
		return;
	group->missing = 0;
	for (session = group->sessions; session; session = session->next) {
		if (!session->seen) {
			group->missing++;
		} else if (session->stored) {
			seen.n++;
			seen.sum += session->uid;
		}
	}
	if (!restores(group))
		group->missing = 0;
	if (!group->missing || seen.n != group->told.sessions.n ||
	    seen.sum != group->told.sessions.sum)
		return;
	restore_flush();
	for (session = group->sessions; session; session = next) {
		next = session->next;
		if (session->seen)
			continue;
		if (session->id)
			session_delete(session->id);
		session_free(session);
	}
	restore_flush();
	group->missing = 0;
}

/* Have rules in force before anything else is. */
static void settle_rules(struct group *group)
{
	if (group->rules_due && restores(group) && rules_look()) {
		rules_enforce(group);
		rules_withdraw();
	}
}

static void apply(struct group *group, const char *text, const char *record,
		  size_t len)
{
	static unsigned char plain[RECORD_MAX];
	struct entry_name name;
	struct version version;
	enum fault fault;
	size_t n;

	fault = record_open(&group->book, text, record, len, plain, &n,
			    &version);
	if (!fault && !entry_read_name(text, &name))
		fault = FAULT_UNREADABLE;
	if (!fault && version.epoch > group->epoch_known)
		group->epoch_known = version.epoch;
	if (!fault && name.is_census)
		fault = apply_census(group, plain, n, &version);
	else if (!fault && name.is_rule)
		fault = rules_apply(group, name.uid, plain, n, &version);
	else if (!fault && name.is_stream)
		fault = apply_stream(group, &name, plain, n, &version);
	else if (!fault)
		fault = apply_session(group, &name, plain, n, &version);
	if (fault)
		group->faults[fault]++;
}

static void step(struct group *group, const char *cursor);

static void scanned(struct link *link, const redisReply *reply, void *data)
{
	struct group *group = data;
	const redisReply *list;
	size_t i;

	(void)link;
	if (!reply || reply->type != REDIS_REPLY_ARRAY ||
	    reply->elements != 2 ||
	    reply->element[0]->type != REDIS_REPLY_STRING ||
	    reply->element[1]->type != REDIS_REPLY_ARRAY) {
		group->scans = false;
		group->scan_lost = true;
		return;
	}
	list = reply->element[1];
	for (i = 0; i + 1 < list->elements; i += 2)
		if (list->element[i]->type == REDIS_REPLY_STRING &&
		    list->element[i + 1]->type == REDIS_REPLY_STRING)
			apply(group, list->element[i]->str,
			      list->element[i + 1]->str,
			      list->element[i + 1]->len);
	restore_flush();
	if (strcmp(reply->element[0]->str, "0")) {
		step(group, reply->element[0]->str);
		return;
	}
	group->scans = false;
	if (group->scans_again) {
		reader_scan(group, group->scan_done);
		return;
	}
	group->scanned = true;
	group->scan_lost = false;
	rules_forget(group);
	settle_rules(group);
	/* if any are */
	group->missing = group->sessions_n;
	end_unseen(group);
	group->scan_done(group);
}

static void step(struct group *group, const char *cursor)
{
	char name[STORE_NAME];

	link_words(&store_commands, scanned, group, "HSCAN",
		   store_name(group, "records", name), cursor, "COUNT", STEP,
		   NULL);
}

/**
 * reader_scan() - read all records
 * @group: the group
 * @done: is told when all were read; if the store goes away or refuses before,
 *        after reader_resume()
 */
void reader_scan(struct group *group, void (*done)(struct group *group))
{
	struct session *session;
	struct rule *rule;

	group->scan_done = done;
	group->scans_again = group->scans;
	if (group->scans)
		return;
	group->scans = true;
	group->scans_n++;
	for (session = group->sessions; session; session = session->next)
		session->seen = false;
	for (rule = group->rules; rule; rule = rule->next)
		rule->seen = false;
	step(group, "0");
}

/* The store is there: read what was not read to its end. */
void reader_resume(struct group *group)
{
	if (group->scan_lost && !group->scans)
		reader_scan(group, group->scan_done);
}

/* Have changes be told; @done gets the group when they are. */
void reader_subscribe(struct group *group, link_done *done)
{
	char name[STORE_NAME];

	group->change = 0;
	link_words(&store_changes, done, group, "SUBSCRIBE",
		   store_name(group, "changes", name), NULL);
}

/* A record of a change: operation, lengths, name, record. Returns its length. */
static size_t next_change(const char *bytes, size_t len, char *name,
			  const char **record, size_t *record_len)
{
	unsigned long name_len, size;
	char *end;

	if (len < 2 || (*bytes != '+' && *bytes != '-'))
		return 0;
	name_len = strtoul(bytes + 1, &end, 10);
	if (*end != ' ')
		return 0;
	size = strtoul(end + 1, &end, 10);
	if (*end != ' ' || name_len >= ENTRY_NAME || size > RECORD_MAX ||
	    name_len + size > (size_t)(bytes + len - (end + 1)))
		return 0;
	memcpy(name, end + 1, name_len);
	name[name_len] = '\0';
	*record = end + 1 + name_len;
	*record_len = size;
	return end + 1 + name_len + size - bytes;
}

/**
 * reader_change() - take over what has been published
 * @group: the group
 * @bytes: the change, ended by 0
 * @len: its length
 *
 * Return: false if something was missed, so that all has to be read again
 */
bool reader_change(struct group *group, const char *bytes, size_t len)
{
	char name[ENTRY_NAME], *end;
	const char *record, *all = bytes + len;
	size_t n, size;
	uint64_t number = strtoull(bytes, &end, 10);
	bool missed = group->change && number != group->change + 1;

	if (end == bytes || *end != ' ') {
		group->faults[FAULT_TORN]++;
		return true;
	}
	if (missed)
		group->gaps++;
	group->change = number;
	for (bytes = end + 1; bytes < all; bytes += n) {
		n = next_change(bytes, all - bytes, name, &record, &size);
		if (!n) {
			group->faults[FAULT_TORN]++;
			missed = true;
			break;
		}
		apply(group, name, record, size);
	}
	restore_flush();
	if (!group->scans) {
		settle_rules(group);
		end_unseen(group);
	}
	return !missed;
}
