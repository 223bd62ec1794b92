// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "certificate.h"
#include "lib/complaint.h"
#include "medium.h"
#include "medium_json.h"
#include "pool.h"
#include "said.h"
#include "state.h"

#define BUCKETS 4096

static struct call *buckets[BUCKETS];
static struct call *unsaved;
static struct pool call_pool = { .size = sizeof(struct call) };
static struct pool medium_pool = { .size = sizeof(struct medium) };
static unsigned int last_number;
static const struct certificate *certificate;
static void (*tell)(json_t *event);

void call_begin(const struct certificate *ours, void (*event)(json_t *event))
{
	certificate = ours;
	tell = event;
}

static struct call **bucket_of(const char *id)
{
	unsigned int hash = 5381;

	while (*id)
		hash = hash * 33 + (unsigned char)*id++;
	return &buckets[hash % BUCKETS];
}

struct call *call_find(const char *id)
{
	struct call *call = *bucket_of(id);

	while (call && strcmp(call->id, id))
		call = call->next;
	return call;
}

static json_t *call_json(const struct call *call,
			 json_t *(*medium)(const struct medium *medium))
{
	json_t *object = json_object(), *list = json_array();
	unsigned int i;

	json_object_set_new(object, "call", json_string(call->id));
	json_object_set_new(object, "public",
			    json_string(public_name(call->public)));
	for (i = 0; i < call->n; i++)
		json_array_append_new(list, medium(call->media[i]));
	json_object_set_new(object, "media", list);
	return object;
}

static void take_from_unsaved(struct call *call)
{
	if (!call->before)
		return;
	*call->before = call->later;
	if (call->later)
		call->later->before = call->before;
	call->before = NULL;
}

/*
 * A call continues if it cannot be saved. A restart would lose it, hence the
 * message.
 */
static void save(struct call *call)
{
	struct complaint complaint = { 0 };
	json_t *object = call_json(call, medium_json_save);

	json_object_set_new(object, "family",
			    json_integer(call->family == AF_INET ? 4 : 6));
	json_object_set_new(object, "web-offers",
			    json_boolean(call->web_offers));
	json_object_set_new(object, "feedback", json_boolean(call->feedback));
	json_object_set_new(object, "certificate",
			    json_string(certificate->fingerprint));
	if (state_save(call->number, object, &complaint))
		fprintf(stderr, "ksrtpd: %s\n", complaint.text);
	json_decref(object);
	call->saved = true;
	take_from_unsaved(call);
}

/* Media of most calls are up soon after the answer, and one file is enough then. */
void call_save_soon(struct call *call)
{
	if (call->saved)
		save(call);
	if (call->saved || call->before)
		return;
	call->later = unsaved;
	call->before = &unsaved;
	if (unsaved)
		unsaved->before = &call->later;
	unsaved = call;
}

/* Write the files that wait. */
void call_save_all(void)
{
	while (unsaved)
		save(unsaved);
}

static void tell_medium(const struct call *call, const struct medium *m)
{
	json_t *event = medium_json(m);

	json_object_set_new(event, "event", json_string("medium"));
	json_object_set_new(event, "call", json_string(call->id));
	json_object_set_new(event, "medium", json_integer(m->index));
	tell(event);
	json_decref(event);
}

static void changed(struct transport *transport)
{
	struct call *call = watch_within(transport, struct medium,
					 transport)->call;
	struct transport *one;

	for (one = transport; one; one = one->next)
		tell_medium(call, watch_within(one, struct medium, transport));
	/* a restart knows nothing of handshakes */
	if (transport_state(transport) == TRANSPORT_UP ||
	    transport_state(transport) == TRANSPORT_CLOSED)
		save(call);
}

/* An offer waits no longer. */
void call_forget_offer(struct call *call)
{
	free(call->said);
	call->said = NULL;
	if (call->offer)
		explicit_bzero(call->offer, strlen(call->offer));
	free(call->offer);
	call->offer = NULL;
	call->offered = false;
}

void call_destroy(struct call *call)
{
	struct call **at = bucket_of(call->id);
	unsigned int i;

	take_from_unsaved(call);
	while (*at && *at != call)
		at = &(*at)->next;
	if (*at)
		*at = call->next;
	for (i = 0; i < call->n; i++) {
		medium_close(call->media[i]);
		pool_return(&medium_pool, call->media[i]);
	}
	call_forget_offer(call);
	pool_return(&call_pool, call);
}

/* Add a call. The number is that of its file, 0 for the next one. */
struct call *call_create(const char *id, unsigned int number)
{
	struct call *call = pool_take(&call_pool);
	struct call **bucket = bucket_of(id);

	if (!call)
		return NULL;
	snprintf(call->id, sizeof(call->id), "%s", id);
	if (number > last_number)
		last_number = number;
	call->number = number ?: ++last_number;
	call->next = *bucket;
	*bucket = call;
	return call;
}

/* Add media until there are as many as the description has sections. */
int call_grow(struct call *call, unsigned int n, struct complaint *c)
{
	struct medium *m;

	while (call->n < n) {
		m = pool_take(&medium_pool);
		if (!m)
			return complain(c, ENOMEM, "%s", strerror(ENOMEM));
		m->call = call;
		m->index = call->n;
		m->transport.changed = changed;
		m->transport.watch.fd = -1;
		call->media[call->n++] = m;
	}
	return 0;
}

int call_delete(const char *id, struct complaint *c)
{
	struct call *call = call_find(id);

	if (!call)
		return complain(c, ENOENT, "no call '%s'", id);
	state_forget(call->number);
	call_destroy(call);
	return 0;
}

/* What is to be done for each call. */
void call_each(void (*visit)(const struct call *call, void *data), void *data)
{
	const struct call *call;
	unsigned int i;

	for (i = 0; i < BUCKETS; i++)
		for (call = buckets[i]; call; call = call->next)
			visit(call, data);
}

static void list_call(const struct call *call, void *list)
{
	json_array_append_new(list, call_json(call, medium_json));
}

/* List one call, or all calls if @id is NULL. */
json_t *call_query(const char *id, struct complaint *c)
{
	const struct call *call = id ? call_find(id) : NULL;
	json_t *list;

	if (id && !call) {
		complain(c, ENOENT, "no call '%s'", id);
		return NULL;
	}
	list = json_array();
	if (call)
		list_call(call, list);
	else
		call_each(list_call, list);
	return list;
}
