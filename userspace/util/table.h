/* SPDX-License-Identifier: GPL-2.0 */
/* Tables: one row for each object. */
#ifndef KSRTP_TABLE_H
#define KSRTP_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct column {
	const char *title;
	bool number;
	/*
	 * Where rows exceed the terminal's width, columns with the highest rank
	 * are left out first; never those of rank 0.
	 */
	unsigned int rank;
};

struct table {
	const struct column *columns;
	size_t columns_n;
	struct cell {
		char *text;
		bool alarming;
	} *cells;
	size_t cells_n, room;
};

void table_begin(struct table *table, const struct column *columns, size_t n);
void table_cell(struct table *table, bool alarming, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
unsigned int table_height(const struct table *table);
void table_print(const struct table *table);
void table_end(struct table *table);

#endif
