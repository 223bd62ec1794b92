/* SPDX-License-Identifier: GPL-2.0 */
/* Selection and formats of session show. */
#ifndef KSRTP_SHOW_H
#define KSRTP_SHOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/args.h"

/* A session and its packets: in total, or in a second. */
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
size_t choice_make(const struct choice *choice, struct choice_row *rows,
		   size_t n);

size_t brief_fit(const struct choice_row *rows, size_t n, size_t lines);
void brief_print(const struct choice_row *rows, size_t n, bool rates);

bool top_parse(struct args *args);
void top_run(json_t *(*list)(void), const struct choice *choice);

#endif
