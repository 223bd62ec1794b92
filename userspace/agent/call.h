/* SPDX-License-Identifier: GPL-2.0 */
/* Calls between a browser and an application: offer, answer, delete, query. */
#ifndef KSRTPD_CALL_H
#define KSRTPD_CALL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "dtls.h"
#include "public.h"
#include "settings.h"

struct complaint;

/* Room for the name of a call. */
#define CALL_ID 256

/* Options of an offer. */
struct call_flags {
	bool feedback;			/* RTP/AVPF on the plain side */
	bool bundle;			/* media share a port of the public side */
	bool chosen;			/* and the public side speaks this */
	enum public_kind public;
};

int calls_begin(const struct settings *settings,
		const struct certificate *certificate,
		const struct dtls_method *method,
		void (*event)(json_t *event), struct complaint *complaint);
void calls_end(void);
void calls_second(void);
int call_offer(const char *id, const char *text, const struct call_flags *flags,
	       char *out, size_t size, struct complaint *complaint);
int call_answer(const char *id, const char *text, char *out, size_t size,
		struct complaint *complaint);
int call_delete(const char *id, struct complaint *complaint);
json_t *call_query(const char *id, struct complaint *complaint);

#endif
