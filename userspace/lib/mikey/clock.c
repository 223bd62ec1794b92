// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "clock.h"
#include "lib/complaint.h"

/*
 * The MAC or signature of a message, or NULL. Without one its timestamp proves
 * nothing.
 */
static const struct bytes *mac_of(const struct mikey_message *message)
{
	const struct mikey_payload *kemac = mikey_find(message, MIKEY_KEMAC);
	const struct mikey_payload *sign = mikey_find(message, MIKEY_SIGN);

	if (kemac && kemac->mac.len)
		return &kemac->mac;
	return sign ? &sign->data : NULL;
}

/* The beginning of a signature tells it from others. */
static size_t len_of(const struct bytes *mac)
{
	size_t len = sizeof(((struct mikey_taken *)NULL)->mac);

	return mac->len < len ? mac->len : len;
}

static bool is_same(const struct mikey_taken *taken, const struct bytes *mac)
{
	return !memcmp(taken->mac, mac->at, len_of(mac));
}

static int check_time(const struct mikey_clock *clock,
		      const struct mikey_payload *stamp, uint64_t now,
		      struct complaint *c)
{
	int32_t apart;

	if (stamp->alg == MIKEY_COUNTER)
		return wrong(c, "T at byte %zu: a counter, not a time; set clock skew to none if the peer has no clock",
			     stamp->offset);
	/* seconds; the difference holds across NTP eras */
	apart = (uint32_t)(bytes_number(stamp->data) >> 32) -
		(uint32_t)(now + MIKEY_NTP_EPOCH);
	if (apart > (int64_t)clock->skew || apart < -(int64_t)clock->skew)
		return wrong(c, "T at byte %zu: %lld seconds %s this host's clock; %u are allowed",
			     stamp->offset,
			     (long long)(apart < 0 ? -(int64_t)apart : apart),
			     apart < 0 ? "behind" : "ahead of", clock->skew);
	return 0;
}

static int check(const struct mikey_clock *clock,
		 const struct mikey_message *message, uint64_t now,
		 struct complaint *c)
{
	const struct mikey_payload *stamp;
	const struct bytes *mac = mac_of(message);
	unsigned int i, live = 0;
	int ret = 0;

	if (!mac)
		return 0;
	ret = mikey_only(message, MIKEY_T, &stamp, c);
	if (!ret && !stamp)
		ret = wrong(c, "T payload is missing");
	if (!ret && clock->skew)
		ret = check_time(clock, stamp, now, c);
	for (i = 0; !ret && i < clock->n; i++) {
		live += clock->taken[i].until >= now;
		if (is_same(&clock->taken[i], mac))
			return wrong(c, "message is a replay");
	}
	if (!ret && clock->skew && live == MIKEY_REPLAY_MAX)
		ret = wrong(c, "replay cache is full: %d messages in the last %u seconds",
			    MIKEY_REPLAY_MAX, 2 * clock->skew);
	return ret;
}

/**
 * mikey_clock_check() - check that a message is fresh
 * @clock: clock rule and replay cache
 * @message: the message
 * @now: seconds of the system clock
 * @complaint: receives the error
 *
 * A message without MAC is not checked, since its timestamp proves nothing.
 * RFC 3830 section 5.4.
 *
 * Return: 0, or -EINVAL
 */
int mikey_clock_check(const struct mikey_clock *clock,
		      const struct mikey_message *message, uint64_t now,
		      struct complaint *complaint)
{
	int ret = check(clock, message, now, complaint);

	if (ret)
		complaint->code = MIKEY_ERROR_TIME + 1;
	return ret;
}

/**
 * mikey_clock_note() - add a message to the replay cache
 * @clock: the cache
 * @message: the message, which was accepted
 * @now: seconds of the system clock
 *
 * It replaces an entry whose message the clock rule refuses by now. Without a clock
 * rule, entries do not expire, and a full cache loses the oldest one.
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
	    (!clock->n || !clock->skew || oldest->until >= now))
		oldest = &clock->taken[clock->n++];
	memset(oldest->mac, 0, sizeof(oldest->mac));
	memcpy(oldest->mac, mac->at, len_of(mac));
	oldest->until = now + 2 * (uint64_t)clock->skew;
}
