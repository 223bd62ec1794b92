// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <string.h>

#include "public.h"

static const char *const names[] = {
	[PUBLIC_ICE] = "ice",
	[PUBLIC_DTLS] = "dtls",
	[PUBLIC_SDES] = "sdes",
};

const char *public_name(enum public_kind kind)
{
	return names[kind];
}

bool public_named(enum public_kind *kind, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(name, names[i])) {
			*kind = i;
			return true;
		}
	return false;
}
