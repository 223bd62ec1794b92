// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "ports.h"

void ports_begin(struct ports *ports, uint16_t first, uint16_t last)
{
	memset(ports, 0, sizeof(*ports));
	ports->first = first;
	ports->pairs = (last + 1 - first) / 2;
}

static bool used(const struct ports *ports, unsigned int pair)
{
	return ports->used[pair / 8] & 1 << pair % 8;
}

static uint16_t take(struct ports *ports, unsigned int pair)
{
	ports->used[pair / 8] |= 1 << pair % 8;
	ports->taken++;
	return ports->first + 2 * pair;
}

/*
 * Take a free pair. Returns its even port, or 0. Ports are reused late, so that
 * packets of an ended call do not reach the next one.
 */
uint16_t ports_take(struct ports *ports)
{
	unsigned int pair;

	if (ports->taken == ports->pairs)
		return 0;
	do {
		pair = ports->next;
		ports->next = (ports->next + 1) % ports->pairs;
	} while (used(ports, pair));
	return take(ports, pair);
}

/* Take a given pair, if it is free. */
bool ports_claim(struct ports *ports, uint16_t port)
{
	unsigned int pair = (port - ports->first) / 2;

	if (port < ports->first || pair >= ports->pairs || used(ports, pair))
		return false;
	take(ports, pair);
	return true;
}

void ports_return(struct ports *ports, uint16_t port)
{
	unsigned int pair = (port - ports->first) / 2;

	if (!port || !used(ports, pair))
		return;
	ports->used[pair / 8] &= ~(1 << pair % 8);
	ports->taken--;
}
