// SPDX-License-Identifier: GPL-2.0
/* Short output of sessions: one line each. */
#include <net/if.h>
#include <string.h>

#include "show.h"
#include "util/output.h"
#include "util/table.h"

static const struct column totals[] = {
	{ "ID", true, 0 }, { "LOCAL", false, 0 }, { "REMOTE", false, 0 },
	{ "DEV", false, 3 }, { "SSRC", false, 2 }, { "SUITE", false, 4 },
	{ "STATE", false, 1 }, { "STREAMS", true, 5 }, { "SENT", true, 0 },
	{ "RECEIVED", true, 0 }, { "DROPPED", true, 0 },
};

static const struct column per_second[] = {
	{ "ID", true, 0 }, { "LOCAL", false, 0 }, { "REMOTE", false, 0 },
	{ "DEV", false, 3 }, { "SSRC", false, 2 }, { "SUITE", false, 4 },
	{ "STATE", false, 1 }, { "STREAMS", true, 5 }, { "SENT/s", true, 0 },
	{ "RECEIVED/s", true, 0 }, { "DROPPED/s", true, 0 },
};

#define COLUMNS (sizeof(totals) / sizeof(*totals))

static const char *suite_of(const json_t *session, const char *direction)
{
	return output_string(json_object_get(session, direction), "suite");
}

static void suite_cell(struct table *table, const json_t *session)
{
	const char *send = suite_of(session, "send");
	const char *recv = suite_of(session, "recv");

	if (send && recv && strcmp(send, recv))
		table_cell(table, false, "%s/%s", send, recv);
	else
		table_cell(table, false, "%s", send ? send : recv ? recv : "");
}

static bool is_pending(const json_t *session, const char *direction)
{
	const char *state = output_string(json_object_get(session, direction),
					  "state");

	return state && !strcmp(state, "pending");
}

/* Show what needs attention; nothing for a normal session. */
static void state_cell(struct table *table, const json_t *session)
{
	bool send = is_pending(session, "send");
	bool recv = is_pending(session, "recv");

	if (json_object_get(session, "orphaned"))
		table_cell(table, true, "orphaned");
	else if (send && recv)
		table_cell(table, false, "pending");
	else
		table_cell(table, false, "%s", send ? "send-pending" :
			   recv ? "recv-pending" : "");
}

static const char *or_any(const char *endpoint)
{
	return *endpoint ? endpoint : "any";
}

static void row_cells(struct table *table, const struct choice_row *row)
{
	char text[OUTPUT_ENDPOINT], dev[IF_NAMESIZE];
	const char *ssrc = output_string(row->session, "ssrc");

	table_cell(table, false, "%lld", row->id);
	table_cell(table, false, "%s", or_any(output_local(row->session, text)));
	table_cell(table, false, "%s",
		   or_any(output_remote(row->session, text)));
	table_cell(table, false, "%s", output_number(row->session, "ifindex") ?
		   output_dev(row->session, dev) : "");
	table_cell(table, false, "%s", ssrc ? ssrc : "");
	suite_cell(table, row->session);
	state_cell(table, row->session);
	table_cell(table, false, "%lld", output_number(row->session, "streams"));
	table_cell(table, false, "%.0f", row->sent);
	table_cell(table, false, "%.0f", row->received);
	table_cell(table, row->dropped > 0, "%.0f", row->dropped);
}

static void fill(struct table *table, const struct choice_row *rows, size_t n,
		 bool rates)
{
	size_t i;

	table_begin(table, rates ? per_second : totals, COLUMNS);
	for (i = 0; i < n; i++)
		row_cells(table, &rows[i]);
}

/* Number of rows of rates, at least one, that fit these lines with their titles. */
size_t brief_fit(const struct choice_row *rows, size_t n, size_t lines)
{
	struct table table;
	size_t fit;

	if (n > lines)
		n = lines;
	fill(&table, rows, n, true);
	fit = lines / table_height(&table);
	table_end(&table);
	if (n < fit)
		return n;
	return fit > 1 ? fit - 1 : 1;
}

/* Print rows of sums or rates. */
void brief_print(const struct choice_row *rows, size_t n, bool rates)
{
	struct table table;

	fill(&table, rows, n, rates);
	table_print(&table);
	table_end(&table);
}
