/* SPDX-License-Identifier: GPL-2.0 */
/* Ranges of ports, and the range that Linux assigns to clients. */
#ifndef KSRTP_PORTS_H
#define KSRTP_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct port_range {
	uint16_t first, last;
};

/* Maximum size of the text of @n ranges. */
#define PORTS_TEXT(n) ((n) * sizeof("65535-65535") + 1)

/* Maximum size of a setting that reserves ports. */
#define PORTS_RESERVE 1200

struct port_range ports_parse(char *text, const char *what);
size_t ports_list_parse(const char *text, const char *what,
			struct port_range *ranges, size_t max);
void ports_list_print(const struct port_range *ranges, size_t n, char *text);
bool ports_of_clients(const struct port_range *ports,
		      struct port_range *shared);
void ports_reserve(const struct port_range *shared, char *text, size_t size);

#endif
