// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "table.h"
#include "terminal.h"

#define COLUMNS_MAX 16

void table_begin(struct table *table, const struct column *columns, size_t n)
{
	memset(table, 0, sizeof(*table));
	table->columns = columns;
	table->columns_n = n;
}

/* Fill in the next cell, row by row; "" if it is empty. */
void table_cell(struct table *table, bool alarming, const char *format, ...)
{
	struct cell *cell;
	va_list args;

	if (table->cells_n == table->room) {
		table->room = table->room ? 2 * table->room : 256;
		table->cells = reallocarray(table->cells, table->room,
					    sizeof(*table->cells));
		if (!table->cells)
			fail(KSRTP_REFUSED, "out of memory");
	}
	cell = &table->cells[table->cells_n++];
	cell->alarming = alarming;
	va_start(args, format);
	if (vasprintf(&cell->text, format, args) < 0)
		fail(KSRTP_REFUSED, "out of memory");
	va_end(args);
}

/* Width of each column; 0 if it is empty. */
static void measure(const struct table *table, unsigned int *widths)
{
	unsigned int len;
	size_t i;

	for (i = 0; i < table->cells_n; i++) {
		len = strlen(table->cells[i].text);
		if (len > widths[i % table->columns_n])
			widths[i % table->columns_n] = len;
	}
	for (i = 0; i < table->columns_n; i++) {
		len = strlen(table->columns[i].title);
		if (widths[i] && widths[i] < len)
			widths[i] = len;
	}
}

/* Leave out columns until lines fit. */
static void narrow(const struct table *table, unsigned int *widths)
{
	unsigned int room = terminal_columns(), line, i, last;

	while (room) {
		line = 0;
		last = 0;
		for (i = 0; i < table->columns_n; i++) {
			line += widths[i] ? widths[i] + 2 : 0;
			if (widths[i] && table->columns[i].rank >
			    table->columns[last].rank)
				last = i;
		}
		if (line <= room + 2 || !table->columns[last].rank)
			break;
		widths[last] = 0;
	}
}

static void print_row(const struct table *table, const unsigned int *widths,
		      const struct cell *cells)
{
	const char *text, *gap = "";
	unsigned int blanks, i;

	for (i = 0; i < table->columns_n; i++) {
		if (!widths[i])
			continue;
		text = cells ? cells[i].text : table->columns[i].title;
		blanks = widths[i] - strlen(text);
		fputs(gap, stdout);
		if (table->columns[i].number)
			printf("%*s", blanks, "");
		if (cells && cells[i].alarming)
			terminal_paint(RED, text);
		else
			fputs(text, stdout);
		/* no trailing blanks */
		gap = "  ";
		if (!table->columns[i].number && i + 1 < table->columns_n)
			printf("%*s", blanks, "");
	}
	putchar('\n');
}

/* Lines of the terminal that a row takes; cells are never truncated. */
unsigned int table_height(const struct table *table)
{
	unsigned int widths[COLUMNS_MAX] = { 0 };
	unsigned int room = terminal_columns(), line = 0, i;

	measure(table, widths);
	narrow(table, widths);
	for (i = 0; i < table->columns_n; i++)
		line += widths[i] ? widths[i] + 2 : 0;
	return room && line > room + 2 ? (line - 2 + room - 1) / room : 1;
}

void table_print(const struct table *table)
{
	unsigned int widths[COLUMNS_MAX] = { 0 };
	size_t i;

	if (!table->cells_n)
		return;
	measure(table, widths);
	narrow(table, widths);
	print_row(table, widths, NULL);
	for (i = 0; i < table->cells_n; i += table->columns_n)
		print_row(table, widths, &table->cells[i]);
}

void table_end(struct table *table)
{
	size_t i;

	for (i = 0; i < table->cells_n; i++)
		free(table->cells[i].text);
	free(table->cells);
}
