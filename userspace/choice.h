/* SPDX-License-Identifier: GPL-2.0 */
/* Which of many sessions are shown, and in which order. */
#ifndef KSRTP_CHOICE_H
#define KSRTP_CHOICE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "args.h"

/* A session and what it did: since it began, or in a second. */
struct choice_row {
	json_t *session;
	long long id;
	double sent, received, dropped;
};

struct choice {
	bool has_suite, owned, orphaned, pending, dropping;
	bool has_sort, reverse, has_first;
	const char *suite;
	unsigned int sort;
	uint32_t first;
};

bool choice_parse(struct choice *choice, struct args *args);
void choice_busiest(struct choice *choice);
struct choice_row *choice_rows(json_t *list, size_t *n);
bool choice_direction_is(const json_t *session, const char *key,
			 const char *value);
size_t choice_make(const struct choice *choice, struct choice_row *rows,
		   size_t n);

#endif
