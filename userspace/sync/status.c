// SPDX-License-Identifier: GPL-2.0
#include "attached.h"
#include "kernel.h"
#include "lease.h"
#include "rule.h"
#include "rules.h"
#include "sentinel.h"
#include "status.h"
#include "store.h"

#define MS 1000000ULL

static const char *role_name(const struct group *group)
{
	switch (group->role) {
	case ROLE_FOLLOWS:
		return "standby";
	case ROLE_TAKES:
		return "taking";
	case ROLE_WORKS:
		break;
	}
	return lease_left(group) ? "active" : "stopped";
}

static json_t *faults_json(const struct group *group)
{
	json_t *faults = json_object();
	unsigned int i;

	for (i = 1; i < FAULTS; i++)
		json_object_set_new(faults, fault_names[i],
				    json_integer(group->faults[i]));
	return faults;
}

/* Why a host is not at work for a group and could not be; or an empty text. */
static const char *unable(const struct group *group)
{
	bool store = link_is_up(&store_commands) && link_is_up(&store_changes);

	if (!kernel_is_there())
		return "without a module";
	if (group->role == ROLE_WORKS && lease_left(group))
		return "";
	/* whether it is reached is known late; that a lease has ended, at once */
	if (!store || group->role == ROLE_WORKS)
		return "without a store";
	if (group->scan_lost)
		return "without the store's records";
	if (rules_lack(group))
		return "without the rules of the host at work";
	return "";
}

static json_t *group_json(const struct group *group)
{
	return json_pack("{sI ss ss sI sI ss sI sI sI sI sI sI sI sI sI sI sI sI sI so ss}",
			 "id", (json_int_t)group->id,
			 "role", role_name(group),
			 "unable", unable(group),
			 "epoch", (json_int_t)(group->role == ROLE_FOLLOWS ?
					       group->epoch_known :
					       group->epoch),
			 "remaining", (json_int_t)(lease_left(group) / MS),
			 "holder", group->role == ROLE_FOLLOWS ?
				   group->holder : group->settings->host,
			 "sessions", (json_int_t)group->sessions_n,
			 "streams", (json_int_t)group->streams_n,
			 "rules", (json_int_t)group_tally_rules(group).n,
			 "behind", (json_int_t)group->dirty_n,
			 "written", (json_int_t)group->written,
			 "applied", (json_int_t)group->applied,
			 "refused", (json_int_t)group->refused,
			 "missing", (json_int_t)group->missing,
			 "unsealed", (json_int_t)group->unsealed,
			 "gaps", (json_int_t)group->gaps,
			 "scans", (json_int_t)group->scans_n,
			 "takeovers", (json_int_t)group->takeovers,
			 "fenced", (json_int_t)group->fenced,
			 "faults", faults_json(group),
			 "alarm", group->alarm);
}

/* What the status is of groups, and of what all of them need. */
json_t *status_json(const struct group *groups, unsigned int n)
{
	json_t *list = json_array(), *status;
	unsigned int i;

	for (i = 0; i < n; i++)
		json_array_append_new(list, group_json(&groups[i]));
	status = json_pack("{ss sb sb ss sI so}",
			   "host", groups->settings->host,
			   "kernel", kernel_is_there(),
			   "store", link_is_up(&store_commands) &&
				    link_is_up(&store_changes),
			   "store-error", *store_commands.error ?
			   store_commands.error : store_changes.error,
			   "store-losses", (json_int_t)store_commands.losses,
			   "groups", list);
	if (groups->settings->sentinels_n) {
		json_object_set_new(status, "sentinel",
				    json_boolean(link_is_up(&sentinel)));
		json_object_set_new(status, "sentinel-error",
				    json_string(sentinel.error));
	}
	return status;
}

static bool refused_any(const struct group *group)
{
	const struct session *session;

	for (session = group->sessions; session; session = session->next)
		if (session->refused)
			return true;
	return false;
}

/* A rule that names a device which is not here. */
static bool has_absent(const struct group *group)
{
	const struct rule *rule;

	for (rule = group->rules; rule; rule = rule->next)
		if (rule->absent)
			return true;
	return false;
}

/*
 * Attached devices are each host's own, since they are what its network consists of. Where
 * they differ, what passes a bridge or a flowtable may not be served after a takeover.
 */
static bool compare_attached(struct group *group, const struct tally *own)
{
	struct tally *told = &group->told.attached,
		     *counted = &group->counted.attached;

	if (group->role == ROLE_FOLLOWS)
		return !group->told.version.epoch ||
		       (told->n == own->n && told->sum == own->sum);
	if (counted->n != own->n || counted->sum != own->sum)
		group->recounts = true;
	*counted = *own;
	return true;
}

/* Alarms come and go: look for them once a second. */
void status_alarms(struct group *groups, unsigned int n)
{
	struct tally attached;
	bool same = true, read = attached_read(&attached);
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct group *group = &groups[i];

		if (read)
			same = compare_attached(group, &attached);
		if (!link_is_up(&store_commands))
			group_alarm(group, "the store is away");
		else if (group->scan_lost)
			group_alarm(group, "the store does not tell its records");
		else if (group->role == ROLE_WORKS && !lease_left(group))
			group_alarm(group, "the lease has ended, and its sessions are silent");
		else if (group->role == ROLE_WORKS && group->unsealed)
			group_alarm(group, "keys came before the seal keys, and no other host can have them");
		else if (group->role == ROLE_FOLLOWS && refused_any(group))
			group_alarm(group, "sessions cannot be made here");
		else if (group->role == ROLE_FOLLOWS && group->missing)
			group_alarm(group, "the store has lost records of sessions");
		else if (group->role == ROLE_FOLLOWS && !group->scans &&
			 rules_are_others(group))
			group_alarm(group, "the store has lost records of rules");
		else if (rules_lack(group))
			group_alarm(group, "rules (ksrtp require) cannot be made here");
		else if (group->role == ROLE_FOLLOWS && has_absent(group))
			group_alarm(group, "rules (ksrtp require) have devices that are not here");
		else if (!same)
			group_alarm(group, "attached devices are others than those of the host at work");
		else if (!group->dirty_n)
			group_alarm(group, "%s", "");
	}
}
