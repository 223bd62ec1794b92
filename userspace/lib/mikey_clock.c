// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "complaint.h"
#include "mikey_clock.h"

/* From 1900, NTP's beginning, to that of the system's clock. */
#define NTP_EPOCH 2208988800U

/* What authenticates it, or NULL: without that, its time says nothing. */
static const struct bytes *mac_of(const struct mikey_message *message)
{
	const struct mikey_payload *kemac = mikey_find(message, MIKEY_KEMAC);

	return kemac && kemac->mac.len ? &kemac->mac : NULL;
}

static bool is_same(const struct mikey_taken *taken, const struct bytes *mac)
{
	return !memcmp(taken->mac, mac->at, mac->len);
}

static int check_time(const struct mikey_clock *clock,
		      const struct mikey_payload *stamp, uint64_t now,
		      struct complaint *c)
{
	int32_t apart;

	if (stamp->alg == MIKEY_COUNTER)
		return wrong(c, "T at byte %zu: a counter, which tells no time; no clock, if the peer has none",
			     stamp->offset);
	/* in seconds, of whichever era */
	apart = (uint32_t)(bytes_number(stamp->data) >> 32) -
		(uint32_t)(now + NTP_EPOCH);
	if (apart > (int64_t)clock->skew || apart < -(int64_t)clock->skew)
		return wrong(c, "T at byte %zu: %lld seconds %s this host's clock, and %u are allowed",
			     stamp->offset,
			     (long long)(apart < 0 ? -(int64_t)apart : apart),
			     apart < 0 ? "behind" : "before", clock->skew);
	return 0;
}

/**
 * mikey_clock_check() - is a message new?
 * @clock: the rule, and messages that were taken
 * @message: the message
 * @now: seconds of the system's clock
 * @complaint: takes the error
 *
 * One that nothing authenticates has no time that could be believed, and passes.
 * RFC 3830 section 5.4.
 *
 * Return: 0, or -EINVAL
 */
int mikey_clock_check(const struct mikey_clock *clock,
		      const struct mikey_message *message, uint64_t now,
		      struct complaint *complaint)
{
	const struct mikey_payload *stamp;
	const struct bytes *mac = mac_of(message);
	unsigned int i, live = 0;
	int ret = 0;

	if (!mac)
		return 0;
	ret = mikey_only(message, MIKEY_T, &stamp, complaint);
	if (!ret && !stamp)
		ret = wrong(complaint, "no T, which says when it was made");
	if (!ret && clock->skew)
		ret = check_time(clock, stamp, now, complaint);
	for (i = 0; !ret && i < clock->n; i++) {
		live += clock->taken[i].until >= now;
		if (is_same(&clock->taken[i], mac))
			return wrong(complaint, "this message was taken before");
	}
	if (!ret && clock->skew && live == MIKEY_REPLAY_MAX)
		ret = wrong(complaint, "%d messages were taken in the last %u seconds, which is more than can be remembered",
			    MIKEY_REPLAY_MAX, 2 * clock->skew);
	return ret;
}

/**
 * mikey_clock_note() - remember a message that was taken
 * @clock: takes it
 * @message: the message
 * @now: seconds of the system's clock
 *
 * It takes the place of one whose time could not be believed any more; where peers
 * have no clock, of the oldest.
 */
void mikey_clock_note(struct mikey_clock *clock,
		      const struct mikey_message *message, uint64_t now)
{
	const struct bytes *mac = mac_of(message);
	struct mikey_taken *taken, *oldest = clock->taken;

	if (!mac)
		return;
	for (taken = clock->taken; taken < &clock->taken[clock->n]; taken++) {
		if (is_same(taken, mac))
			return;
		if (taken->until < oldest->until)
			oldest = taken;
	}
	if (clock->n < MIKEY_REPLAY_MAX &&
	    (!clock->n || oldest->until >= now))
		oldest = &clock->taken[clock->n++];
	memset(oldest->mac, 0, sizeof(oldest->mac));
	memcpy(oldest->mac, mac->at, mac->len);
	oldest->until = now + 2 * (uint64_t)clock->skew;
}
