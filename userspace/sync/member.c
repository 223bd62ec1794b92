// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <linux/ksrtp.h>

#include "claim.h"
#include "daemon/loop.h"
#include "events.h"
#include "kernel.h"
#include "lease.h"
#include "lib/complaint.h"
#include "member.h"
#include "reader.h"
#include "restore.h"
#include "rules.h"
#include "sentinel.h"
#include "source.h"
#include "status.h"
#include "store.h"
#include "util/fail.h"
#include "writer.h"

#define MS 1000000ULL

static struct group groups[SETTINGS_GROUPS];
static unsigned int groups_n;
static const struct settings *settings;
static struct timer flush_timer;
/* Groups whose events were lost. */
static bool must_read;

/* Go to work: the state is complete, and no other host is at work any more. */
static void work(struct group *group)
{
	if (group->role != ROLE_TAKES)
		return;
	if (rules_look())
		rules_enforce(group);
	/*
	 * Who gives back has told all before. Of a dead host, a report may have been on its
	 * way, and as many packets since.
	 */
	if (settings->drops_replays && !group->seen_released)
		group->unreported = 2 * settings->report;
	restore_base(group, group->epoch);
	lease_work(group);
	source_adopt(group);
	events_welcome(group);
	group->takeovers++;
}

/* Records were read while others came. */
static void caught_up(struct group *group)
{
	if (group->marked)
		work(group);
}

static void read_own(struct group *group)
{
	if (group->role == ROLE_WORKS)
		source_read(group);
}

/* What the host before us has written is told before our own mark is. */
static void taken(struct group *group, bool own)
{
	if (own) {
		lease_work(group);
		if (!group->sessions)
			reader_scan(group, read_own);
		else
			writer_mark_all(group);
		events_welcome(group);
	} else if (!link_is_up(&store_changes)) {
		reader_scan(group, work);
	} else if (group->marked && !group->scans) {
		work(group);
	}
	group->keeps = false;
}

static void follow(struct group *group)
{
	restore_withdraw(group);
	group->scanned = false;
	reader_scan(group, caught_up);
}

/* Write what is left, as fast as the store takes it, and then give way. */
static void give(struct group *group)
{
	if (group->dirty_n && link_is_up(&store_commands))
		writer_flush(group);
	if (!group->dirty_n)
		lease_give_back(group);
}

static void wanted(struct group *group)
{
	if (group->role != ROLE_WORKS || group->gives)
		return;
	/* silent first, so that what is written is the last word */
	kernel_lease_set(group->id, 0);
	group->gives = true;
	if (rules_look())
		rules_tell(group);
	if (must_read)
		source_read(group);
	else
		source_finish(group);
	timer_set(&flush_timer, 0);
}

/* Nothing was written since it was taken, unless this host is at work. */
static void let_go(struct group *group)
{
	if (group->role == ROLE_WORKS)
		wanted(group);
	else if (group->role == ROLE_TAKES)
		lease_give_back(group);
}

static void emptied(struct group *group)
{
	group_alarm(group, "the store has lost its records, which are written again");
	writer_mark_all(group);
}

static const struct lease_hooks lease_hooks = {
	.taken = taken, .follow = follow, .wanted = wanted,
	.unwanted = let_go, .emptied = emptied,
};

static void kernel_event(int cmd, const struct nlattr *attrs, unsigned int len)
{
	events_follow(groups, groups_n, cmd, attrs, len);
}

static void kernel_lost(void)
{
	unsigned int i;

	must_read = true;
	for (i = 0; i < groups_n; i++)
		groups[i].has_strangers = true;
}

/* Only a process with more privilege can give the module its seal keys. */
static void kernel_gone(void)
{
	fail(KSRTP_REFUSED, "the kernel module was unloaded; start again to go on");
}

static void kernel_back(void)
{
	unsigned int i;

	for (i = 0; i < groups_n; i++)
		if (lease_begin(&groups[i], &lease_hooks))
			fail(KSRTP_REFUSED, "/proc/sys/kernel/random/boot_id cannot be read");
}

static const struct kernel_listener kernel_listener = {
	kernel_event, kernel_lost, kernel_gone, kernel_back,
};

static void commands_up(struct link *link)
{
	unsigned int i;

	(void)link;
	/* how long a lease has been the same is not known any more */
	for (i = 0; i < groups_n; i++) {
		groups[i].seen_any = false;
		groups[i].looks = false;
		groups[i].wished_at = 0;
		reader_resume(&groups[i]);
	}
	fprintf(stderr, "%s: store: connected\n", fail_program);
}

static void commands_down(struct link *link)
{
	unsigned int i;

	for (i = 0; i < groups_n; i++) {
		groups[i].seen_any = false;
		groups[i].gives = false;
	}
	warn("store: %s", link->error);
	sentinel_ask();
}

static void subscribed(struct link *link, const redisReply *reply, void *data)
{
	struct group *group = data;

	(void)link;
	if (!reply)
		return;
	if (group->role == ROLE_TAKES)
		reader_scan(group, work);
	else if (group->role == ROLE_FOLLOWS && group->decided && !group->keeps)
		reader_scan(group, caught_up);
}

static void changes_up(struct link *link)
{
	unsigned int i;

	(void)link;
	for (i = 0; i < groups_n; i++)
		reader_subscribe(&groups[i], subscribed);
}

static void changes_down(struct link *link)
{
	unsigned int i;

	(void)link;
	for (i = 0; i < groups_n; i++)
		if (groups[i].role == ROLE_TAKES)
			reader_scan(&groups[i], work);
}

static void changes_message(struct link *link, const char *channel,
			    const char *bytes, size_t len)
{
	struct group *group;
	char name[STORE_NAME];
	uint64_t epoch;
	unsigned int i;

	(void)link;
	for (i = 0; i < groups_n; i++) {
		group = &groups[i];
		if (strcmp(channel, store_name(group, "changes", name)))
			continue;
		if (claim_is_hint(bytes)) {
			if (kernel_is_there())
				lease_look(group);
			continue;
		}
		if (group->role == ROLE_WORKS || group->keeps ||
		    !group->decided)
			continue;
		if (sscanf(bytes, "taken %" SCNu64, &epoch) == 1) {
			group->mark = epoch;
			if (group->role != ROLE_TAKES || epoch != group->epoch)
				continue;
			group->marked = true;
			if (!group->scans)
				work(group);
		} else if (!reader_change(group, bytes, len)) {
			reader_scan(group, group->role == ROLE_TAKES ? work :
								       caught_up);
		}
	}
}

static void flush(struct timer *timer)
{
	bool more = false;
	unsigned int i;

	for (i = 0; i < groups_n; i++) {
		/* a store that still loads its records refuses to tell them */
		if (link_is_up(&store_commands))
			reader_resume(&groups[i]);
		if (groups[i].role != ROLE_WORKS || groups[i].scans)
			continue;
		if (must_read) {
			groups[i].gaps++;
			source_read(&groups[i]);
		}
		if (groups[i].gives)
			give(&groups[i]);
		else
			writer_flush(&groups[i]);
		more |= groups[i].dirty_n && link_is_up(&store_commands);
	}
	must_read = false;
	timer_set(timer, more ? 1 : settings->interval);
}

/**
 * member_begin() - begin to be one of the hosts of a cluster
 * @with: settings
 * @cluster: keys
 * @store: where the store is
 * @sentinels: who tells that, if it is not known
 * @c: complaint
 *
 * Return: 0, or a negative errno
 */
int member_begin(const struct settings *with, const struct cluster *cluster,
		 struct places *store, const struct places *sentinels,
		 struct complaint *c)
{
	unsigned int i;

	settings = with;
	for (i = 0; i < with->groups_n; i++) {
		groups[i].settings = with;
		groups[i].id = with->groups[i];
		if (book_begin(&groups[i].book, cluster, groups[i].id))
			return complain(c, EIO, "records: no key");
	}
	groups_n = with->groups_n;
	rules_begin(groups, groups_n);
	store_commands.up = commands_up;
	store_commands.down = commands_down;
	store_changes.up = changes_up;
	store_changes.down = changes_down;
	store_changes.message = changes_message;
	link_begin(&store_commands, store, "master");
	link_begin(&store_changes, store, "master");
	if (sentinels->n)
		sentinel_begin(sentinels, store, with->sentinel_master);
	flush_timer.expired = flush;
	timer_set(&flush_timer, with->interval);
	return kernel_begin(&kernel_listener, c);
}

static struct group *find_group(uint32_t id, struct complaint *c)
{
	struct group *group = groups_find(groups, groups_n, id);

	if (!group)
		wrong(c, "group: %u is none of this host's", id);
	return group;
}

/* Was it said before what was said last, and only comes later? */
static bool is_overtaken(struct group *group, uint64_t at)
{
	if (at && at < group->told_at)
		return true;
	if (at)
		group->told_at = at;
	return false;
}

/**
 * member_take() - take over a group as soon as nobody else can be at work for it
 * @id: the group
 * @at: when that was said, in any unit, or 0
 * @c: complaint
 *
 * Return: 0, or a negative errno
 */
int member_take(uint32_t id, uint64_t at, struct complaint *c)
{
	struct group *group = find_group(id, c);

	if (!group)
		return -ENOENT;
	if (is_overtaken(group, at))
		return 0;
	group->rests = false;
	group->wished_at = 0;
	group->gives = false;
	group->asked = group->role == ROLE_FOLLOWS;
	group->chosen = true;
	if (group->asked && kernel_is_there())
		lease_look(group);
	return 0;
}

/* Give a group back, and do not take it again unless asked; see member_take(). */
int member_release(uint32_t id, uint64_t at, struct complaint *c)
{
	struct group *group = find_group(id, c);

	if (!group)
		return -ENOENT;
	if (is_overtaken(group, at))
		return 0;
	group->asked = false;
	group->chosen = false;
	group->rests = true;
	let_go(group);
	return 0;
}

json_t *member_status(void)
{
	return status_json(groups, groups_n);
}

/* Nobody tells when rules come or go: look for them. */
static void follow_rules(void)
{
	unsigned int i;

	if (!kernel_is_there() || !rules_look())
		return;
	for (i = 0; i < groups_n; i++) {
		struct group *group = &groups[i];

		if (group->scans || !group->decided)
			continue;
		if (group->role == ROLE_WORKS)
			rules_tell(group);
		/* a device may have come, or be another one now */
		if (!group->keeps)
			rules_enforce(group);
	}
	rules_withdraw();
}

/* Once a second. */
void member_second(void)
{
	follow_rules();
	sentinel_ask();
	link_words(&store_changes, NULL, NULL, "PING", NULL);
	status_alarms(groups, groups_n);
}
