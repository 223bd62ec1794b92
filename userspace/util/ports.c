// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "fail.h"
#include "lines.h"
#include "ports.h"

#define RANGE_FILE "/proc/sys/net/ipv4/ip_local_port_range"
#define RESERVED_FILE "/proc/sys/net/ipv4/ip_local_reserved_ports"

/* Read N or N-M. */
struct port_range ports_parse(char *text, const char *what)
{
	char *to = strchr(text, '-');
	struct port_range range;

	if (to)
		*to++ = '\0';
	range.first = parse_number(text, what, 1, 65535);
	range.last = to ? parse_number(to, what, 1, 65535) : range.first;
	if (range.first > range.last)
		usage("%s: %u-%u goes backwards", what, range.first,
		      range.last);
	return range;
}

static int compare(const void *one, const void *other)
{
	return ((const struct port_range *)one)->first -
	       ((const struct port_range *)other)->first;
}

/* Merge ranges that overlap; returns the remaining number. */
static size_t merge(struct port_range *ranges, size_t n)
{
	size_t i, kept = 0;

	qsort(ranges, n, sizeof(*ranges), compare);
	for (i = 1; i < n; i++) {
		if (ranges[i].first > ranges[kept].last)
			ranges[++kept] = ranges[i];
		else if (ranges[i].last > ranges[kept].last)
			ranges[kept].last = ranges[i].last;
	}
	return kept + 1;
}

/* Read N,N-M...: at most @max, in any order; returns their number. */
size_t ports_list_parse(const char *text, const char *what,
			struct port_range *ranges, size_t max)
{
	char *copy = strdup(text), *rest = copy, *one;
	size_t n = 0;

	while (copy && (one = strsep(&rest, ","))) {
		if (n == max)
			usage("%s: more than %zu ranges", what, max);
		ranges[n++] = ports_parse(one, what);
	}
	free(copy);
	return merge(ranges, n);
}

/* Write ranges in the format of ports_list_parse(), into PORTS_TEXT(n) bytes. */
void ports_list_print(const struct port_range *ranges, size_t n, char *text)
{
	size_t i;

	*text = '\0';
	for (i = 0; i < n; i++) {
		text += sprintf(text, "%s%u", i ? "," : "", ranges[i].first);
		if (ranges[i].last > ranges[i].first)
			text += sprintf(text, "-%u", ranges[i].last);
	}
}

/* Ports that clients only get if they ask for them, by number. */
static bool *reserved_ports(void)
{
	bool *reserved = calloc(65536, sizeof(*reserved));
	FILE *in = fopen(RESERVED_FILE, "re");
	unsigned int first, last;
	int n, c;

	while (reserved && in && (n = fscanf(in, "%u-%u", &first, &last)) > 0) {
		for (last = n > 1 ? last : first; first <= last && first < 65536;
		     first++)
			reserved[first] = true;
		c = getc(in);
		if (c != ',')
			break;
	}
	if (in)
		fclose(in);
	return reserved;
}

/*
 * May clients in this network namespace get some of these ports? @shared is set
 * to the first and the last of them.
 */
bool ports_of_clients(const struct port_range *ports,
		      struct port_range *shared)
{
	unsigned int first, last, port;
	bool *reserved, any = false;
	char line[64];

	if (!line_read(RANGE_FILE, line, sizeof(line)) ||
	    sscanf(line, "%u %u", &first, &last) != 2)
		return false;
	reserved = reserved_ports();
	first = first > ports->first ? first : ports->first;
	last = last < ports->last ? last : ports->last;
	for (port = first; reserved && port <= last; port++) {
		if (reserved[port])
			continue;
		if (!any)
			shared->first = port;
		shared->last = port;
		any = true;
	}
	free(reserved);
	return any;
}

/* Setting that reserves these ports, in addition to those reserved already. */
void ports_reserve(const struct port_range *shared, char *text, size_t size)
{
	char line[1024], ports[PORTS_TEXT(1)];

	/* setting it replaces the previous value */
	line_read(RESERVED_FILE, line, sizeof(line));
	if (strlen(line) == sizeof(line) - 1)
		strcpy(line, "...");
	ports_list_print(shared, 1, ports);
	snprintf(text, size, "net.ipv4.ip_local_reserved_ports=%s%s%s", line,
		 *line ? "," : "", ports);
}
