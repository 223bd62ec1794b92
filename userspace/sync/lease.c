// SPDX-License-Identifier: GPL-2.0
/*
 * A lease in the store is a text that its holder keeps changing. A taker has
 * seen the same text for the whole time of the lease, by its own clock, and
 * replaces just that text. The holder counts the time from before it asked, less a
 * margin. So neither the store's clock nor how long messages are under way
 * matters, and a store that has forgotten everything makes a taker wait.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "kernel.h"
#include "lease.h"
#include "source.h"
#include "store.h"

#define MS 1000000ULL
/* How often the holder asks within a lease, and others look. */
#define RENEWALS 4
#define LOOKS 8
/* However long it is, a host that asks for it is not to wait; ms. */
#define PAUSE 250
/*
 * Where both hosts believe to be the master, the one without the lease waits for
 * this many of them before it takes it again: the other may only have had to wait.
 */
#define PATIENCE 3
/* Until a wish is told again, ns. */
#define WISH_TIME (2000 * MS)
/* Requests on their way at once. */
#define RENEWALS_MAX 8

static const struct lease_hooks *hooks;

/* A question under way. */
struct question {
	struct group *group;
	uint64_t sent, epoch;
	bool own;
};

static uint64_t lease_time(const struct group *group)
{
	return group->settings->lease * MS;
}

/* Until when a lease lasts that was asked for at a time. */
static uint64_t end_of(const struct group *group, uint64_t asked)
{
	return asked + lease_time(group) - group->settings->margin * MS;
}

/* What is left of our lease, in ns. */
uint64_t lease_left(const struct group *group)
{
	uint64_t now = kernel_now();

	return group->until > now ? group->until - now : 0;
}

/* The lease in the store is this now. */
static void see(struct group *group, const char *text)
{
	struct claim held;

	if (group->seen_any && !strcmp(group->seen, text))
		return;
	snprintf(group->seen, sizeof(group->seen), "%s", text);
	group->seen_any = true;
	group->seen_at = kernel_now();
	group->seen_lease = lease_time(group);
	group->seen_released = false;
	group->seen_own = false;
	*group->holder = '\0';
	/* what nobody has written keeps nobody from taking it, in due time */
	if (!claim_read(group, text, &held)) {
		if (*text)
			group->faults[FAULT_FORGED]++;
		return;
	}
	if (held.epoch > group->epoch_known)
		group->epoch_known = held.epoch;
	if (held.ms * MS > group->seen_lease)
		group->seen_lease = held.ms * MS;
	group->seen_released = held.released;
	group->seen_own = !strcmp(held.owner, claim_owner());
	snprintf(group->holder, sizeof(group->holder), "%s", held.owner);
	if (!group->seen_own)
		group->rests = false;
}

/* How long a lease is to be seen before it is taken; ns. */
static uint64_t wait_of(const struct group *group)
{
	bool again = group->chosen && !group->asked && *group->holder &&
		     !group->settings->takes_expired;

	return group->seen_lease * (again ? PATIENCE : 1);
}

/* Has the lease that was seen certainly ended? */
static bool has_ended(const struct group *group)
{
	return group->seen_any &&
	       (group->seen_released ||
		kernel_now() - group->seen_at >= wait_of(group));
}

static struct question *ask(struct group *group)
{
	struct question *question = calloc(1, sizeof(*question));

	if (question)
		*question = (struct question){ group, kernel_now(),
					       group->epoch, false };
	return question;
}

static void set_kernel(struct group *group, uint64_t until)
{
	if (until < group->until && until)
		return;
	group->until = until;
	/* what it has written must stay the last word */
	if (until && group->gives)
		return;
	if (kernel_lease_set(group->id, until))
		group_alarm(group, "the lease cannot be set: %s",
			    kernel_error());
}

/* Another host has it, or may have. */
void lease_fenced(struct group *group)
{
	if (group->role == ROLE_FOLLOWS)
		return;
	set_kernel(group, 0);
	group->gives = false;
	group->role = ROLE_FOLLOWS;
	group->asked = false;
	group->seen_any = false;
	group->keeps = false;
	hooks->follow(group);
}

static void took(struct link *link, const redisReply *reply, void *data)
{
	struct question *question = data;
	struct group *group = question->group;

	(void)link;
	group->looks = false;
	if (reply && reply->type == REDIS_REPLY_STRING && reply->len &&
	    (question->own || group->role == ROLE_FOLLOWS)) {
		if (*reply->str == '0') {
			see(group, reply->str + 1);
		} else {
			group->epoch = question->epoch;
			group->epoch_known = question->epoch;
			group->until = end_of(group, question->sent);
			group->role = ROLE_TAKES;
			group->seen_any = false;
			/* it may come before the answer, by another connection */
			group->marked = group->mark == group->epoch;
			hooks->taken(group, question->own);
		}
	}
	free(question);
}

/*
 * Replace the lease that was seen. The epoch is greater than any that was: a
 * host that was given an older one can write no record any more.
 */
static void take(struct group *group, bool own)
{
	struct question *question = ask(group);

	if (!question)
		return;
	question->epoch = group->epoch_known + 1;
	question->own = own;
	group->looks = true;
	group->mark = 0;
	claim_take(group, question->epoch, took, question);
}

/*
 * The store has lost our lease, which is over. Nobody else may have had one from
 * it since it came back, so what our kernel has still counts.
 */
static void retake(struct group *group)
{
	see(group, "");
	if (has_ended(group) && !group->looks)
		take(group, true);
}

static void renewed(struct link *link, const redisReply *reply, void *data)
{
	struct question *question = data;
	struct group *group = question->group;
	bool ours = group->role != ROLE_FOLLOWS &&
		    group->epoch == question->epoch && !group->rests;

	(void)link;
	group->renewals--;
	if (ours && reply && reply->type == REDIS_REPLY_STRING && reply->len) {
		if (reply->len == 1 && *reply->str == '0') {
			retake(group);
		} else if (*reply->str == '0') {
			lease_fenced(group);
			see(group, reply->str + 1);
		} else {
			group->until = end_of(group, question->sent);
			if (group->role == ROLE_WORKS)
				set_kernel(group, group->until);
			if (*reply->str == '2')
				hooks->emptied(group);
			if (claim_is_wish(group, reply->str + 1))
				hooks->wanted(group);
		}
	}
	free(question);
}

/* Replace our lease by itself, or by one that says it is released. */
static void renew(struct group *group, bool held)
{
	struct question *question = ask(group);

	if (!question)
		return;
	group->renewals++;
	/* where there is none, another may have had it since ours ended */
	claim_renew(group, held, held && lease_left(group), renewed, question);
}

/* Ask the holder to give it back. */
static void wish(struct group *group)
{
	claim_wish(group);
	group->wished_at = kernel_now();
}

/* Has this host been at work for the group since its module was loaded? */
static bool has_worked(const struct group *group)
{
	uint64_t until;

	return !kernel_lease_get(group->id, &until) && until;
}

/*
 * Once, and when all was forgotten: does what is in this host's kernel count, or
 * what is in the store?
 */
static void decide(struct group *group)
{
	if (*group->seen)
		group->keeps = group->seen_own && !group->seen_released &&
			       has_worked(group);
	else
		group->keeps = has_worked(group) || source_is_new(group);
	group->decided = true;
	if (!group->keeps)
		hooks->follow(group);
}

/* Look again as soon as the lease that was seen has ended. */
static void look_then(struct group *group)
{
	uint64_t age = kernel_now() - group->seen_at;
	uint64_t left = wait_of(group) - age;

	if (group->seen_any && age < wait_of(group) &&
	    left < lease_time(group) / LOOKS)
		timer_set(&group->lease_timer, left / MS + 1);
}

static void consider(struct group *group)
{
	bool own = group->seen_own && !group->seen_released, wants;

	/* whom it gave way to may have died just then */
	if (group->rests && group->chosen &&
	    kernel_now() - group->seen_at >= group->seen_lease)
		group->rests = false;
	wants = !group->rests && (group->asked || group->chosen || own ||
				  group->settings->takes_expired);
	if (!group->decided)
		decide(group);
	if (group->keeps && *group->seen && !own) {
		group->keeps = false;
		hooks->follow(group);
	}
	if (!group->keeps &&
	    (group->scans || group->scan_lost || !group->scanned))
		return;
	/* what this host had is over, if its kernel does not have it */
	if (wants && (own || has_ended(group))) {
		take(group, group->keeps);
		return;
	}
	if (wants)
		look_then(group);
	if (group->asked && *group->holder && !group->seen_released &&
	    (!group->wished_at ||
	     kernel_now() - group->wished_at > WISH_TIME))
		wish(group);
}

static void look(struct link *link, const redisReply *reply, void *data)
{
	struct group *group = data;

	(void)link;
	group->looks = false;
	if (!reply || group->role != ROLE_FOLLOWS)
		return;
	if (reply->type == REDIS_REPLY_STRING)
		see(group, reply->str);
	else if (reply->type == REDIS_REPLY_NIL)
		see(group, "");
	else
		return;
	consider(group);
}

static void tick(struct timer *timer)
{
	struct group *group = watch_within(timer, struct group, lease_timer);
	const struct settings *s = group->settings;
	char name[STORE_NAME];
	uint32_t ms = s->lease / LOOKS;

	if (group->role != ROLE_FOLLOWS && group->rests) {
		hooks->unwanted(group);
	} else if (group->role != ROLE_FOLLOWS) {
		if (group->renewals < RENEWALS_MAX)
			renew(group, true);
		ms = s->lease / RENEWALS;
		if (group->role == ROLE_WORKS && !link_is_up(&store_commands) &&
		    s->without_store == WITHOUT_STORE_CONTINUE)
			set_kernel(group, end_of(group, kernel_now()));
	} else if (link_is_up(&store_commands) && !group->looks &&
		   kernel_is_there()) {
		/* what is taken is just what was seen, so there is no need to look */
		if (has_ended(group))
			consider(group);
		if (!group->looks) {
			group->looks = true;
			link_words(&store_commands, look, group, "GET",
				   store_name(group, "lease", name), NULL);
		}
	}
	timer_set(timer, ms < PAUSE ? ms : PAUSE);
}

/**
 * lease_begin() - watch a group's lease
 * @group: the group
 * @what: what becomes of it
 *
 * Return: 0, or -1
 */
int lease_begin(struct group *group, const struct lease_hooks *what)
{
	hooks = what;
	if (claim_begin(group->settings->host))
		return -1;
	group->lease_timer.expired = tick;
	timer_set(&group->lease_timer, 0);
	return 0;
}

/* Look at the lease now, since somebody waits for it. */
void lease_look(struct group *group)
{
	timer_set(&group->lease_timer, 0);
}

/* The group is at work, for as long as we have the lease. */
void lease_work(struct group *group)
{
	group->role = ROLE_WORKS;
	group->asked = false;
	group->wished_at = 0;
	group->gives = false;
	kernel_lease_set(group->id, group->until);
}

/**
 * lease_give_back() - end our lease, so that another host may have it at once
 * @group: the group, which is silent from now on
 */
void lease_give_back(struct group *group)
{
	set_kernel(group, 0);
	group->rests = true;
	renew(group, false);
	lease_fenced(group);
}
