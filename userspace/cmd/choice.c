// SPDX-License-Identifier: GPL-2.0
/* Selection and order of sessions to show. */
#include <stdlib.h>
#include <string.h>

#include "show.h"
#include "util/fail.h"
#include "util/output.h"
#include "util/suites.h"

static int compare(double one, double other)
{
	return (one > other) - (one < other);
}

static int by_id(const struct choice_row *one, const struct choice_row *other)
{
	return compare(one->id, other->id);
}

static int by_local(const struct choice_row *one,
		    const struct choice_row *other)
{
	char texts[2][OUTPUT_ENDPOINT];

	return strverscmp(output_local(one->session, texts[0]),
			  output_local(other->session, texts[1]));
}

static int by_remote(const struct choice_row *one,
		     const struct choice_row *other)
{
	char texts[2][OUTPUT_ENDPOINT];

	return strverscmp(output_remote(one->session, texts[0]),
			  output_remote(other->session, texts[1]));
}

/* The other orders have the largest number first. */
static int by_streams(const struct choice_row *one,
		      const struct choice_row *other)
{
	return compare(output_number(other->session, "streams"),
		       output_number(one->session, "streams"));
}

static int by_sent(const struct choice_row *one, const struct choice_row *other)
{
	return compare(other->sent, one->sent);
}

static int by_received(const struct choice_row *one,
		       const struct choice_row *other)
{
	return compare(other->received, one->received);
}

static int by_packets(const struct choice_row *one,
		      const struct choice_row *other)
{
	return compare(other->sent + other->received,
		       one->sent + one->received);
}

static int by_dropped(const struct choice_row *one,
		      const struct choice_row *other)
{
	return compare(other->dropped, one->dropped);
}

static const struct {
	const char *word;
	int (*compare)(const struct choice_row *one,
		       const struct choice_row *other);
} orders[] = {
	{ "id", by_id }, { "local", by_local }, { "remote", by_remote },
	{ "streams", by_streams }, { "sent", by_sent },
	{ "received", by_received }, { "packets", by_packets },
	{ "dropped", by_dropped },
};

static unsigned int order_parse(struct args *args)
{
	const char *word = args_value(args, "sort");
	unsigned int i;

	for (i = 0; i < sizeof(orders) / sizeof(*orders); i++)
		if (!strcmp(word, orders[i].word))
			return i;
	usage("sort: '%s' is none of id, local, remote, streams, sent, received, packets, dropped",
	      word);
}

/* Put the sessions with the most packets first. */
void choice_busiest(struct choice *choice)
{
	while (orders[choice->sort].compare != by_packets)
		choice->sort++;
}

/* Take a word of a selection, if there is one. */
bool choice_parse(struct choice *choice, struct args *args)
{
	if (args_take(args, "suite")) {
		args_once(&choice->has_suite, "suite");
		choice->suite =
			suite_by_name(args_value(args, "suite")).name;
	} else if (args_take(args, "owned")) {
		args_once(&choice->owned, "owned");
	} else if (args_take(args, "orphaned")) {
		args_once(&choice->orphaned, "orphaned");
	} else if (args_take(args, "pending")) {
		args_once(&choice->pending, "pending");
	} else if (args_take(args, "dropping")) {
		args_once(&choice->dropping, "dropping");
	} else if (args_take(args, "sort")) {
		args_once(&choice->has_sort, "sort");
		choice->sort = order_parse(args);
	} else if (args_take(args, "reverse")) {
		args_once(&choice->reverse, "reverse");
	} else if (args_take(args, "first")) {
		args_once(&choice->has_first, "first");
		choice->first = args_number(args, "first", 1, UINT32_MAX);
	} else {
		return false;
	}
	return true;
}

static double dropped(const json_t *stats)
{
	const char *name;
	json_t *value;
	double sum = 0;

	json_object_foreach((json_t *)stats, name, value)
		if (!strncmp(name, "drop-", 5))
			sum += json_integer_value(value);
	return sum;
}

static double packets(const json_t *stats)
{
	return output_number(stats, "rtp-packets") +
	       output_number(stats, "rtcp-packets");
}

static const json_t *stats_of(const json_t *session, const char *direction)
{
	return json_object_get(json_object_get(session, direction), "stats");
}

/* Add up a session's counters. */
static void count(struct choice_row *row, json_t *session)
{
	const json_t *send = stats_of(session, "send");
	const json_t *recv = stats_of(session, "recv");

	row->session = session;
	row->id = output_number(session, "id");
	row->sent = packets(send);
	row->received = packets(recv);
	row->dropped = dropped(send) + dropped(recv);
}

/* Make a row for each session of a list, which must outlive the rows. */
struct choice_row *choice_rows(json_t *list, size_t *n)
{
	struct choice_row *rows;
	json_t *session;
	size_t i;

	*n = json_array_size(list);
	rows = calloc(*n + 1, sizeof(*rows));
	if (!rows)
		fail(KSRTP_REFUSED, "out of memory");
	json_array_foreach(list, i, session)
		count(&rows[i], session);
	return rows;
}

static bool is_chosen(const struct choice *choice, const struct choice_row *row)
{
	const json_t *session = row->session;

	return (!choice->has_suite ||
		output_direction_is(session, "suite", choice->suite)) &&
	       (!choice->owned || json_object_get(session, "owned")) &&
	       (!choice->orphaned || json_object_get(session, "orphaned")) &&
	       (!choice->pending ||
		output_direction_is(session, "state", "pending")) &&
	       (!choice->dropping || row->dropped > 0);
}

static int in_order(const void *one, const void *other, void *context)
{
	const struct choice *choice = context;
	int result = orders[choice->sort].compare(one, other);

	if (choice->reverse)
		result = -result;
	return result ? result : by_id(one, other);
}

/* Keep the selected rows, in their order; returns their number. */
size_t choice_make(const struct choice *choice, struct choice_row *rows,
		   size_t n)
{
	size_t kept = 0, i;

	for (i = 0; i < n; i++)
		if (is_chosen(choice, &rows[i]))
			rows[kept++] = rows[i];
	qsort_r(rows, kept, sizeof(*rows), in_order, (void *)choice);
	return choice->has_first && kept > choice->first ? choice->first : kept;
}
