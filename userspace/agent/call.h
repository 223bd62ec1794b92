/* SPDX-License-Identifier: GPL-2.0 */
/* A call: its media, its name, its file of state. */
#ifndef KSRTPD_CALL_H
#define KSRTPD_CALL_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/sdp.h"
#include "public.h"

struct certificate;
struct complaint;
struct medium;
struct said;

/* Room for the name of a call. */
#define CALL_ID 256

struct call {
	struct call *next;		/* of its bucket */
	unsigned int number;		/* of its file */
	char id[CALL_ID];
	unsigned int family;
	enum public_kind public;	/* what its public side speaks */
	bool web_offers;		/* the last offer is of the public side */
	bool offered;			/* an offer waits for its answer */
	bool feedback;
	bool bundle;			/* by the last offer */
	bool saved;			/* it has a file */
	/* among those to be saved, if it is one */
	struct call *later, **before;
	struct said *said;		/* by that offer, one per section */
	char *offer;			/* of the public side; with keys of SDES */
	unsigned int n;
	struct medium *media[SDP_MEDIA_MAX];
};

void call_begin(const struct certificate *certificate,
		void (*event)(json_t *event));
struct call *call_find(const char *id);
struct call *call_create(const char *id, unsigned int number);
void call_destroy(struct call *call);
int call_grow(struct call *call, unsigned int n, struct complaint *complaint);
void call_forget_offer(struct call *call);
void call_save_soon(struct call *call);
void call_save_all(void);
void call_each(void (*visit)(const struct call *call, void *data), void *data);
int call_delete(const char *id, struct complaint *complaint);
json_t *call_query(const char *id, struct complaint *complaint);

#endif
