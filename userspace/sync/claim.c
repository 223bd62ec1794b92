// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "claim.h"
#include "store.h"

#define TAG_HEX 33
#define TEXT 256
#define FENCE 160
/* How long a wish counts, ms. */
#define WISH "2000"
/* What is published, for whoever has to look. */
#define WANTED "wanted"
#define RELEASED "released"

static const char renew_script[] =
	"local v=redis.call('GET',KEYS[1]) "
	"if v and string.sub(v,1,#ARGV[1])~=ARGV[1] or not v and ARGV[3]=='0' "
	"then return '0'..(v or '') end "
	"redis.call('SET',KEYS[1],ARGV[2]) "
	"return (v and '1' or '2')..(redis.call('GET',KEYS[2]) or '')";

static const char take_script[] =
	"local v=redis.call('GET',KEYS[1]) or '' "
	"if v~=ARGV[1] then return '0'..v end "
	"redis.call('SET',KEYS[1],ARGV[2]) redis.call('DEL',KEYS[2]) "
	"redis.call('PUBLISH',KEYS[4],ARGV[3]) return '1'";

/* This host since it was booted: what it had before, its kernel has not. */
static char owner[96];

/* Know this host's name among owners; 0, or -1. */
int claim_begin(const char *host)
{
	static const char boot[] = "/proc/sys/kernel/random/boot_id";
	FILE *in = *owner ? NULL : fopen(boot, "re");
	char id[9] = "";

	if (*owner)
		return 0;
	if (!in || !fgets(id, sizeof(id), in)) {
		if (in)
			fclose(in);
		return -1;
	}
	fclose(in);
	snprintf(owner, sizeof(owner), "%s.%s", host, id);
	return 0;
}

const char *claim_owner(void)
{
	return owner;
}

/* Text that a lease of an epoch of ours begins with, and that of nobody else. */
static void write_fence(uint64_t epoch, char *fence)
{
	snprintf(fence, FENCE, "%" PRIu64 ":%s:", epoch, owner);
}

/* The same of the present epoch. */
const char *claim_fence(const struct group *group)
{
	static char text[FENCE];

	write_fence(group->epoch, text);
	return text;
}

static void write_text(struct group *group, uint64_t epoch, const char *state,
		       char *text)
{
	uint32_t id = group->book.cluster->keys[0].id;
	char tag[TAG_HEX], fence[FENCE];
	int len;

	write_fence(epoch, fence);
	len = snprintf(text, TEXT, "%s%" PRIu64 ":%s:%u:%u", fence,
		       ++group->counter, state, group->settings->lease, id);
	book_tag(&group->book, id, text, tag);
	snprintf(text + len, TEXT - len, ":%s", tag);
}

/* Read a lease; false if it is none that a host of the cluster has written. */
bool claim_read(const struct group *group, const char *text,
		struct claim *claim)
{
	const char *colon = strrchr(text, ':');
	char body[TEXT], tag[TAG_HEX], state[16];
	unsigned int ms, id;
	uint64_t counter;

	if (!colon || colon - text >= (int)sizeof(body))
		return false;
	snprintf(body, sizeof(body), "%.*s", (int)(colon - text), text);
	if (sscanf(body, "%" SCNu64 ":%95[^:]:%" SCNu64 ":%15[a-z]:%u:%u",
		   &claim->epoch, claim->owner, &counter, state, &ms,
		   &id) != 6)
		return false;
	book_tag(&group->book, id, body, tag);
	if (!*tag || strcmp(tag, colon + 1))
		return false;
	claim->released = !strcmp(state, "released");
	claim->ms = ms;
	return true;
}

static void carry_out(struct group *group, const char *script,
		      const char *const *argv, link_done *done, void *data)
{
	size_t lengths[3];
	unsigned int i;

	for (i = 0; i < 3; i++)
		lengths[i] = strlen(argv[i]);
	store_script(group, done, data, script, 3, argv, lengths);
}

/* Have others look at once, who would do so before long. */
static void hint(const struct group *group, const char *what)
{
	char name[STORE_NAME];

	link_words(&store_commands, NULL, NULL, "PUBLISH",
		   store_name(group, "changes", name), what, NULL);
}

/**
 * claim_take() - replace just the lease that was seen
 * @group: the group
 * @epoch: the new epoch
 * @done: gets "1", or "0" and the lease that there is
 * @data: passed to @done
 *
 * All are told of it, behind what the former holder has written.
 */
void claim_take(struct group *group, uint64_t epoch, link_done *done,
		void *data)
{
	char text[TEXT], marker[32];
	const char *const argv[] = { group->seen, text, marker };

	snprintf(marker, sizeof(marker), "taken %" PRIu64, epoch);
	write_text(group, epoch, "held", text);
	carry_out(group, take_script, argv, done, data);
}

/**
 * claim_renew() - replace our lease
 * @group: the group
 * @held: whether we keep it; else it is released
 * @anew: whether it is to be written if there is none
 * @done: gets "1" and who asks for it, "2" if there was none, or "0" and the lease
 *        that there is
 * @data: passed to @done
 */
void claim_renew(struct group *group, bool held, bool anew, link_done *done,
		 void *data)
{
	char text[TEXT], fence[FENCE];
	const char *const argv[] = { fence, text, anew ? "1" : "0" };

	write_fence(group->epoch, fence);
	write_text(group, group->epoch, held ? "held" : "released", text);
	carry_out(group, renew_script, argv, done, data);
	if (!held)
		hint(group, RELEASED);
}

/* Ask the holder to give it back. */
void claim_wish(struct group *group)
{
	uint32_t id = group->book.cluster->keys[0].id;
	char text[FENCE], tag[TAG_HEX], name[STORE_NAME];
	int len;

	len = snprintf(text, sizeof(text), "%" PRIu64 ":%u:%s",
		       group->epoch_known, id, owner);
	book_tag(&group->book, id, text, tag);
	snprintf(text + len, sizeof(text) - len, ":%s", tag);
	link_words(&store_commands, NULL, NULL, "SET",
		   store_name(group, "want", name), text, "PX", WISH, NULL);
	hint(group, WANTED);
}

/* Is what was published no record, but that the lease is wanted, or to be had? */
bool claim_is_hint(const char *text)
{
	return !strcmp(text, WANTED) || !strcmp(text, RELEASED);
}

/* Has somebody asked for our lease? */
bool claim_is_wish(const struct group *group, const char *text)
{
	char wish[FENCE], tag[TAG_HEX];
	const char *colon = strrchr(text, ':');
	unsigned int id;
	uint64_t epoch;

	if (!colon || sscanf(text, "%" SCNu64 ":%u:", &epoch, &id) != 2 ||
	    epoch != group->epoch || colon - text >= (int)sizeof(wish))
		return false;
	snprintf(wish, sizeof(wish), "%.*s", (int)(colon - text), text);
	book_tag(&group->book, id, wish, tag);
	return *tag && !strcmp(tag, colon + 1);
}
