// SPDX-License-Identifier: GPL-2.0
/*
 * Asked once a second, and when the store is lost: an old master that nobody has told
 * of its end may still answer as one.
 */
#include <string.h>

#include "sentinel.h"
#include "store.h"

struct link sentinel;

static struct places *store;
static const char *name;
static bool asks;

static void move(const struct place *place)
{
	if (store->n && !strcmp(store->place[0].text, place->text))
		return;
	store->place[0] = *place;
	store->n = 1;
	link_again(&store_commands, "Sentinel tells another master");
	link_again(&store_changes, "Sentinel tells another master");
}

static void told(struct link *link, const redisReply *reply, void *data)
{
	struct place place;

	(void)data;
	asks = false;
	if (!reply)
		return;
	if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 ||
	    reply->element[0]->type != REDIS_REPLY_STRING ||
	    reply->element[1]->type != REDIS_REPLY_STRING)
		/* another Sentinel may know more */
		link_lose(link, reply->type == REDIS_REPLY_NIL ?
			  "Sentinel knows no master of that name" :
			  "Sentinel does not tell where the master is");
	else if (!place_told(&place, link->places->place[link->place].tls,
			     reply->element[0]->str, reply->element[1]->str))
		link_lose(link, "Sentinel tells a name, and no address");
	else
		move(&place);
}

/* Ask where the master is. */
void sentinel_ask(void)
{
	if (asks || !name || !link_is_up(&sentinel))
		return;
	asks = true;
	link_words(&sentinel, told, NULL, "SENTINEL",
		   "get-master-addr-by-name", name, NULL);
}

static void up(struct link *link)
{
	(void)link;
	sentinel_ask();
}

static void down(struct link *link)
{
	(void)link;
}

/**
 * sentinel_begin() - follow the store's master
 * @sentinels: where Sentinel is
 * @places: gets where the master is
 * @master: its name
 */
void sentinel_begin(const struct places *sentinels, struct places *places,
		    const char *master)
{
	store = places;
	name = master;
	sentinel.up = up;
	sentinel.down = down;
	link_begin(&sentinel, sentinels, "sentinel");
}
