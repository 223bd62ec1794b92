/* SPDX-License-Identifier: GPL-2.0 */
/* The exchange of an offer and its answer, between the public side and an application. */
#ifndef KSRTPD_EXCHANGE_H
#define KSRTPD_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "public.h"

struct complaint;
struct settings;

/* Options of an offer. */
struct exchange_flags {
	bool feedback;			/* RTP/AVPF on the plain side */
	bool bundle;			/* media share a port of the public side */
	bool chosen;			/* and the public side speaks this */
	enum public_kind public;
};

void exchange_begin(const struct settings *settings);
int exchange_offer(const char *id, const char *text,
		   const struct exchange_flags *flags, char *out, size_t size,
		   struct complaint *complaint);
int exchange_answer(const char *id, const char *text, char *out, size_t size,
		    struct complaint *complaint);

#endif
