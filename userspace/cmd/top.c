// SPDX-License-Identifier: GPL-2.0
/* Live view of sessions: packets per second. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "show.h"
#include "util/fail.h"
#include "util/output.h"
#include "util/terminal.h"

#define INTERVAL 2
/* Lines outside of the table: two above, and the cursor's. */
#define OTHER_LINES 3

static bool has_interval, has_count;
static uint32_t interval = INTERVAL, rounds;

/* Take an argument of the live view, if it was requested and there is one. */
bool top_parse(struct args *args)
{
	if (!output_top)
		return false;
	if (args_take(args, "interval")) {
		args_once(&has_interval, "interval");
		interval = args_number(args, "interval", 1, 3600);
	} else if (args_take(args, "count")) {
		args_once(&has_count, "count");
		rounds = args_number(args, "count", 1, UINT32_MAX);
	} else {
		return false;
	}
	return true;
}

/* Sessions at one time; rows are sorted by id. */
struct moment {
	struct timespec time;
	json_t *list;
	struct choice_row *rows;
	size_t n;
};

static int by_id(const void *one, const void *other)
{
	const struct choice_row *a = one, *b = other;

	return (a->id > b->id) - (a->id < b->id);
}

static struct moment look(json_t *(*list)(void))
{
	struct moment moment = { .list = list() };

	clock_gettime(CLOCK_MONOTONIC, &moment.time);
	moment.rows = choice_rows(moment.list, &moment.n);
	qsort(moment.rows, moment.n, sizeof(*moment.rows), by_id);
	return moment;
}

static void forget(struct moment *moment)
{
	free(moment->rows);
	json_decref(moment->list);
}

/* Rate of a counter; if it has decreased, it was reset. */
static double rate(double now, double before, double seconds)
{
	return (now < before ? now : now - before) / seconds;
}

/* Rows of rates, and their sum. */
static struct choice_row *rates_of(const struct moment *before,
				   const struct moment *now,
				   struct choice_row *sum)
{
	static const struct choice_row none;
	double seconds = now->time.tv_sec - before->time.tv_sec +
			 (now->time.tv_nsec - before->time.tv_nsec) / 1e9;
	struct choice_row *rows = calloc(now->n + 1, sizeof(*rows));
	const struct choice_row *old;
	size_t i;

	if (!rows)
		fail(KSRTP_REFUSED, "out of memory");
	for (i = 0; i < now->n; i++) {
		rows[i] = now->rows[i];
		old = bsearch(&rows[i], before->rows, before->n,
			      sizeof(*rows), by_id);
		if (!old)
			old = &none;
		rows[i].sent = rate(rows[i].sent, old->sent, seconds);
		rows[i].received = rate(rows[i].received, old->received,
					seconds);
		rows[i].dropped = rate(rows[i].dropped, old->dropped, seconds);
		sum->sent += rows[i].sent;
		sum->received += rows[i].received;
		sum->dropped += rows[i].dropped;
	}
	return rows;
}

static void show(const struct moment *before, const struct moment *now,
		 const struct choice *choice)
{
	unsigned int lines = terminal_lines();
	struct choice_row sum = { 0 }, *rows;
	char clock[16], dropped[32];
	time_t t = time(NULL);
	size_t shown, n;

	rows = rates_of(before, now, &sum);
	n = choice_make(choice, rows, now->n);
	shown = n;
	if (lines && n)
		shown = brief_fit(rows, n, lines > OTHER_LINES ?
				  lines - OTHER_LINES : 1);
	terminal_clear();
	strftime(clock, sizeof(clock), "%T", localtime(&t));
	printf("%s  sessions %zu, shown %zu\n"
	       "sent/s %.0f  received/s %.0f  dropped/s ", clock, now->n,
	       shown, sum.sent, sum.received);
	snprintf(dropped, sizeof(dropped), "%.0f", sum.dropped);
	if (sum.dropped > 0)
		terminal_paint(RED, dropped);
	else
		fputs(dropped, stdout);
	putchar('\n');
	brief_print(rows, shown, true);
	if (!terminal_is())
		putchar('\n');
	free(rows);
}

/* Show the rates repeatedly, until the limit is reached. */
void top_run(json_t *(*list)(void), const struct choice *choice)
{
	const struct timespec pause = { .tv_sec = interval };
	struct choice busiest = *choice;
	struct moment before, now;
	uint32_t round;

	if (!choice->has_sort)
		choice_busiest(&busiest);
	before = look(list);
	for (round = 0; !has_count || round < rounds; round++) {
		nanosleep(&pause, NULL);
		now = look(list);
		show(&before, &now, &busiest);
		if (fflush(stdout))
			break;
		forget(&before);
		before = now;
	}
	forget(&before);
}
