// SPDX-License-Identifier: GPL-2.0
/*
 * Indexes are granted to a stream once the record that tells of it is in the
 * store. A host that has lost its lease writes nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "entry.h"
#include "kernel.h"
#include "lease.h"
#include "pace.h"
#include "rule.h"
#include "source.h"
#include "store.h"
#include "writer.h"

#define BATCH 128
/* And one that counts sessions. */
#define ITEMS (BATCH + 1)
/* Batches at a time, between which leases are renewed. */
#define TURN 2
/* Bytes that the store has yet to take, and a batch at most. */
#define BACKLOG (1 << 20)
#define BATCH_BYTES (256 << 10)

/*
 * A command for each run of records that are written or deleted, since what a command
 * costs is more than what a record does.
 */
static const char write_script[] =
	"local v=redis.call('GET',KEYS[1]) or '' "
	"if string.sub(v,1,#ARGV[1])~=ARGV[1] then return '0'..v end "
	"local out,run,last={redis.call('INCR',KEYS[5])..' '},{} "
	"local function carry_out() if last then "
	"redis.call(last=='+' and 'HSET' or 'HDEL',KEYS[3],unpack(run)) "
	"run={} end end "
	"for i=2,#ARGV,2 do "
	"local op,name=string.sub(ARGV[i],1,1),string.sub(ARGV[i],2) "
	"if op~=last then carry_out() last=op end "
	"run[#run+1]=name "
	"if op=='+' then run[#run+1]=ARGV[i+1] end "
	"out[#out+1]=op..#name..' '..#ARGV[i+1]..' '..name "
	"out[#out+1]=ARGV[i+1] end "
	"carry_out() "
	"redis.call('PUBLISH',KEYS[4],table.concat(out)) return '1'";

/* What a batch has told the store. */
struct item {
	struct grave what;
	bool is_grave, is_census, is_rule;
	uint64_t limits[KINDS];
};

struct batch {
	struct group *group;
	uint64_t epoch;
	unsigned int n;
	bool counts;			/* sessions or rules are new, or gone */
	struct item item[ITEMS];
};

/* What the batch that is being made sends, and need not remember. */
static struct {
	/* operation and name; and the record */
	char names[ITEMS][ENTRY_NAME + 1];
	size_t at[ITEMS], lengths[ITEMS], used;
	/* the last one, and the one that counts, may go beyond a batch */
	unsigned char records[BATCH_BYTES + 2 * RECORD_MAX];
} parcel;

static struct stream *find_stream(struct group *group, const struct item *item)
{
	struct session *session = group_find_uid(group, item->what.uid);

	return session ? session_stream(session, item->what.direction,
					item->what.ssrc, false) : NULL;
}

/* It is not known whether it was written: do it again. */
static void repeat(struct group *group, const struct item *item)
{
	struct session *session;
	struct stream *stream;
	struct rule *rule;

	if (item->is_census) {
		group->recounts = true;
	} else if (item->is_grave) {
		/* a rule may have come back */
		if (!item->what.is_rule ||
		    !group_rule(group, item->what.uid, false))
			group_bury(group, &item->what);
	} else if (item->is_rule) {
		rule = group_rule(group, item->what.uid, false);
		if (rule)
			group_mark_rule(group, rule);
	} else if (item->what.is_stream) {
		stream = find_stream(group, item);
		if (stream)
			stream_mark(stream);
	} else {
		session = group_find_uid(group, item->what.uid);
		if (session)
			session_mark(session);
	}
}

static void done(struct link *link, const redisReply *reply, void *data)
{
	struct batch *batch = data;
	struct group *group = batch->group;
	bool good = reply && reply->type == REDIS_REPLY_STRING &&
		    !strcmp(reply->str, "1");
	struct stream *stream;
	unsigned int i;

	(void)link;
	if (group->role != ROLE_WORKS || group->epoch != batch->epoch) {
		free(batch);
		return;
	}
	if (good)
		group->written += batch->n;
	for (i = 0; i < batch->n; i++) {
		const struct item *item = &batch->item[i];

		if (!good) {
			repeat(group, item);
			continue;
		}
		stream = item->what.is_stream && !item->is_grave &&
			 !item->is_census ?
			 find_stream(group, item) : NULL;
		if (stream)
			pace_raise(stream, item->limits);
	}
	kernel_commit();
	if (reply && reply->type == REDIS_REPLY_ERROR)
		group_alarm(group, "the store refuses: %.100s", reply->str);
	if (reply && reply->type == REDIS_REPLY_STRING && !good) {
		group->fenced++;
		/* if it has lost the lease, renewing finds out */
		if (reply->len > 1)
			lease_fenced(group);
	}
	free(batch);
}

/* Seal what is to be written under a name. */
static bool put(struct batch *batch, char op, const char *name,
		const unsigned char *bytes, size_t len,
		struct version *version)
{
	unsigned int i = batch->n;

	parcel.at[i] = parcel.used;
	parcel.lengths[i] = record_seal(&batch->group->book, name, batch->epoch,
					bytes, len,
					parcel.records + parcel.used, version);
	if (!parcel.lengths[i])
		return false;
	parcel.names[i][0] = op;
	strcpy(parcel.names[i] + 1, name);
	parcel.used += parcel.lengths[i];
	batch->n++;
	return true;
}

static void put_grave(struct batch *batch)
{
	struct group *group = batch->group;
	struct grave *grave = group->graves;
	struct session session = { .uid = grave->uid };
	struct stream stream = { .session = &session,
				 .direction = grave->direction,
				 .ssrc = grave->ssrc };
	struct version version;
	char name[ENTRY_NAME];

	group->graves = grave->next;
	group->dirty_n--;
	if (grave->is_stream)
		entry_name_stream(&stream, name);
	else if (grave->is_rule)
		entry_name_rule(grave->uid, name);
	else
		entry_name_session(&session, name);
	/* an empty record says that it is gone */
	batch->item[batch->n] = (struct item){ .what = *grave,
					       .is_grave = true };
	put(batch, '-', name, NULL, 0, &version);
	batch->counts |= !grave->is_stream;
	free(grave);
}

/* Rules are few; returns whether there was one to be written. */
static bool put_rule(struct batch *batch, unsigned char *bytes)
{
	struct group *group = batch->group;
	struct rule *rule = group->rules;
	char name[ENTRY_NAME];

	while (rule && !rule->dirty)
		rule = rule->next;
	if (!rule)
		return false;
	rule->dirty = false;
	group->dirty_n--;
	entry_name_rule(rule->uid, name);
	batch->item[batch->n] = (struct item){ .what.uid = rule->uid,
					       .is_rule = true };
	put(batch, '+', name, bytes, entry_of_rule(rule, bytes),
	    &rule->version);
	batch->counts = true;
	return true;
}

static void put_session(struct batch *batch, unsigned char *bytes)
{
	struct group *group = batch->group;
	struct session *session = group->dirty_sessions;
	char name[ENTRY_NAME];
	size_t len;

	group->dirty_sessions = session->next_dirty;
	session->dirty = false;
	group->dirty_n--;
	source_prepare(session);
	entry_name_session(session, name);
	len = entry_of_session(session, bytes);
	batch->item[batch->n] = (struct item){ .what.uid = session->uid };
	if (!len || !put(batch, '+', name, bytes, len, &session->version))
		group_alarm(group, "session %u is too large, or memory short",
			    session->id);
	else
		session_count(session, true);
	batch->counts = true;
}

/* How many sessions have records with these. */
static void put_census(struct batch *batch, unsigned char *bytes)
{
	struct census *counted = &batch->group->counted;

	batch->group->recounts = false;
	counted->rules = group_tally_rules(batch->group);
	batch->item[batch->n] = (struct item){ .is_census = true };
	put(batch, '+', ENTRY_CENSUS, bytes, entry_of_census(counted, bytes),
	    &counted->version);
}

static void put_stream(struct batch *batch, unsigned char *bytes)
{
	struct group *group = batch->group;
	struct stream *stream = group->dirty_streams;
	char name[ENTRY_NAME];

	group->dirty_streams = stream->next_dirty;
	stream->dirty = false;
	group->dirty_n--;
	entry_name_stream(stream, name);
	batch->item[batch->n] = (struct item){
		.what = { .uid = stream->session->uid, .is_stream = true,
			  .direction = stream->direction,
			  .ssrc = stream->ssrc },
		.limits = { stream->limit[RTP], stream->limit[RTCP] },
	};
	put(batch, '+', name, bytes, entry_of_stream(stream, bytes),
	    &stream->version);
}

static void send_batch(struct batch *batch)
{
	const char *argv[1 + 2 * ITEMS];
	size_t lengths[1 + 2 * ITEMS];
	char fence[160];
	unsigned int i;

	strcpy(fence, claim_fence(batch->group));
	argv[0] = fence;
	lengths[0] = strlen(fence);
	for (i = 0; i < batch->n; i++) {
		argv[1 + 2 * i] = parcel.names[i];
		lengths[1 + 2 * i] = strlen(parcel.names[i]);
		argv[2 + 2 * i] = (const char *)parcel.records + parcel.at[i];
		lengths[2 + 2 * i] = parcel.lengths[i];
	}
	/* the answer may come at once, and the batch be gone */
	store_script(batch->group, done, batch, write_script,
		     1 + 2 * batch->n, argv, lengths);
}

/**
 * writer_flush() - write what has changed
 * @group: the group, which this host is at work for
 *
 * As much as the store takes, and not all at once; what changes meanwhile is
 * written once.
 */
void writer_flush(struct group *group)
{
	static unsigned char bytes[ENTRY_MAX];
	struct batch *batch;
	unsigned int turn;

	for (turn = 0; turn < TURN && (group->dirty_n || group->recounts) &&
	     link_is_up(&store_commands) &&
	     link_backlog(&store_commands) < BACKLOG; turn++) {
		batch = calloc(1, sizeof(*batch));
		if (!batch)
			return;
		batch->group = group;
		batch->epoch = group->epoch;
		parcel.used = 0;
		while (batch->n < BATCH && parcel.used < BATCH_BYTES) {
			/* sessions before their streams */
			if (group->graves)
				put_grave(batch);
			else if (put_rule(batch, bytes))
				continue;
			else if (group->dirty_sessions)
				put_session(batch, bytes);
			else if (group->dirty_streams)
				put_stream(batch, bytes);
			else
				break;
		}
		if (batch->counts || group->recounts)
			put_census(batch, bytes);
		if (!batch->n) {
			free(batch);
			return;
		}
		send_batch(batch);
	}
}

/* Have all be written again. */
void writer_mark_all(struct group *group)
{
	struct session *session;
	struct stream *stream;
	struct rule *rule;

	for (rule = group->rules; rule; rule = rule->next)
		group_mark_rule(group, rule);
	for (session = group->sessions; session; session = session->next) {
		session_mark(session);
		for (stream = session->streams; stream; stream = stream->next)
			stream_mark(stream);
	}
}
