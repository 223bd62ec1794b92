// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "complaint.h"
#include "translation.h"

static int read_one(struct sdp_address *address, const char *text,
		    struct complaint *c)
{
	if (inet_pton(AF_INET, text, address->bytes) == 1) {
		address->family = AF_INET;
		address->len = 4;
	} else if (inet_pton(AF_INET6, text, address->bytes) == 1) {
		address->family = AF_INET6;
		address->len = 16;
	} else {
		return wrong(c, "'%.64s' is not an address (ports are those of SDP)",
			     text);
	}
	if (sdp_address_is_zero(address))
		return wrong(c, "'%.64s' is a held address, which no packet has", text);
	if (sdp_address_is_multicast(address))
		return wrong(c, "'%.64s' is a multicast group; sessions have one peer",
			     text);
	return 0;
}

static bool same(const struct sdp_address *one, const struct sdp_address *other)
{
	return one->len == other->len &&
	       !memcmp(one->bytes, other->bytes, one->len);
}

/* Do two rules apply to the same addresses? */
static bool clash(const struct sdp_address *from, const struct sdp_address *to,
		  const struct sdp_address *has_from,
		  const struct sdp_address *has_to)
{
	return same(from, has_from) &&
	       (from->len || !to->len || !has_to->len || to->len == has_to->len);
}

/* "192.0.2.1=10.0.0.1" for one address, "10.0.0.1" for all; or "any" for these. */
int translation_add(struct translation *translation, const char *text,
		    struct complaint *c)
{
	struct sdp_address from = { 0 }, to = { 0 };
	char copy[2 * INET6_ADDRSTRLEN + 2];
	char *rest = copy;
	unsigned int i;
	int ret = 0;

	if ((size_t)snprintf(copy, sizeof(copy), "%s", text) >= sizeof(copy))
		return wrong(c, "is too long for [ADDRESS=]ADDRESS");
	if (strchr(copy, '='))
		ret = read_one(&from, strsep(&rest, "="), c);
	if (!ret && strcmp(rest, "any") && strcmp(rest, "*"))
		ret = read_one(&to, rest, c);
	if (ret)
		return ret;
	for (i = 0; i < translation->n; i++)
		if (clash(&from, &to, &translation->rule[i].from,
			  &translation->rule[i].to))
			return wrong(c, "'%s' is for the same address as an earlier one",
				     text);
	if (i == TRANSLATION_MAX)
		return wrong(c, "more than %d", TRANSLATION_MAX);
	translation->rule[i].from = from;
	translation->rule[i].to = to;
	translation->n++;
	return 0;
}

/* Does a rule for all addresses apply to this one? */
static bool is_of_each(const struct sdp_address *to,
		       const struct sdp_address *address)
{
	/* a held stream keeps its old address, which SDP does not tell */
	return !to->len || (to->family == address->family &&
			    !sdp_address_is_zero(address));
}

/* A rule for this address wins over one for all. */
void translation_apply(const struct translation *translation,
		       struct sdp_address *address)
{
	const struct sdp_address *from, *to, *best = NULL;
	unsigned int i;

	for (i = 0; i < translation->n; i++) {
		from = &translation->rule[i].from;
		to = &translation->rule[i].to;
		if (from->len && same(from, address)) {
			best = to;
			break;
		}
		if (!from->len && !best && is_of_each(to, address))
			best = to;
	}
	if (!best)
		return;
	address->len = best->len;
	memcpy(address->bytes, best->bytes, best->len);
	if (best->len)
		address->family = best->family;
}
