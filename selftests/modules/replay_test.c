// SPDX-License-Identifier: GPL-2.0
/* Tests of the replay window and of the estimate of packet indexes. */

#include <linux/bitmap.h>
#include <linux/random.h>

#include <linux/ksrtp.h>

#include "replay.h"
#include "tests.h"

static const u32 windows[] = { 64, 65, 100, 127, 128, 1000, 32767, 32768 };

/* A replay state, its bits between words that must stay as they are. */
static void new_replay(struct kunit *test, struct ksrtp_replay *r, u32 window)
{
	size_t longs = ksrtp_replay_bits(window) / BITS_PER_LONG;
	unsigned long *seen;

	seen = kunit_kzalloc(test, (longs + 2) * sizeof(*seen), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, seen);
	seen[0] = 0x5ca1ab1e;
	seen[longs + 1] = 0x0ddba11;
	ksrtp_replay_init(r, window, seen + 1);
}

static void check_guards(struct kunit *test, const struct ksrtp_replay *r)
{
	size_t longs = ksrtp_replay_bits(r->window) / BITS_PER_LONG;

	KUNIT_EXPECT_EQ(test, r->seen[-1], 0x5ca1ab1eUL);
	KUNIT_EXPECT_EQ(test, r->seen[longs], 0x0ddba11UL);
}

static void replay_bits(struct kunit *test)
{
	u32 window;
	size_t bits;

	for (window = 1; window <= KSRTP_REPLAY_WINDOW_MAX; window++) {
		bits = ksrtp_replay_bits(window);
		/* no more than twice too large, beyond the first long */
		if (bits < window || bits & (bits - 1) ||
		    bits % BITS_PER_LONG ||
		    (bits > BITS_PER_LONG && bits >= 2 * window))
			KUNIT_EXPECT_EQ_MSG(test, bits, 0, "window %u", window);
	}
	KUNIT_EXPECT_EQ(test, ksrtp_replay_bits(64), 64);
	KUNIT_EXPECT_EQ(test, ksrtp_replay_bits(65), 128);
	KUNIT_EXPECT_EQ(test, ksrtp_replay_bits(32768), 32768);
}

static void replay_not_started(struct kunit *test)
{
	struct ksrtp_replay r;

	new_replay(test, &r, 64);
	KUNIT_EXPECT_FALSE(test, r.started);
	KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, 0), KSRTP_REPLAY_NEW);
	KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, KSRTP_RTP_INDEX_MAX),
			KSRTP_REPLAY_NEW);
	ksrtp_replay_mark(&r, 0);
	KUNIT_EXPECT_TRUE(test, r.started);
	KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, 0), KSRTP_REPLAY_SEEN);
	KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, 1), KSRTP_REPLAY_NEW);
}

/* In order: each is new once, and tells the window's edge after. */
static void replay_in_order(struct kunit *test)
{
	const u64 base = 0xfffffff0;
	struct ksrtp_replay r;
	unsigned int w;
	u64 i;

	for (w = 0; w < ARRAY_SIZE(windows); w++) {
		new_replay(test, &r, windows[w]);
		for (i = base; i < base + 3 * (u64)windows[w]; i++) {
			KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, i),
					KSRTP_REPLAY_NEW);
			ksrtp_replay_mark(&r, i);
			KUNIT_EXPECT_EQ(test, r.top, i);
			KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, i),
					KSRTP_REPLAY_SEEN);
			if (i < base + windows[w])
				continue;
			KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, i + 1 -
								 windows[w]),
					KSRTP_REPLAY_SEEN);
			KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, i -
								 windows[w]),
					KSRTP_REPLAY_TOO_OLD);
		}
		check_guards(test, &r);
	}
}

/* Reversed: all of the window is taken once, nothing below it ever. */
static void replay_reversed(struct kunit *test)
{
	const u64 top = 0x100000010ULL;
	struct ksrtp_replay r;
	unsigned int w;
	u32 n;

	for (w = 0; w < ARRAY_SIZE(windows); w++) {
		new_replay(test, &r, windows[w]);
		for (n = 0; n < 2 * windows[w]; n++) {
			bool inside = n < windows[w];

			KUNIT_EXPECT_EQ_MSG(test,
					    ksrtp_replay_check(&r, top - n),
				inside ? KSRTP_REPLAY_NEW :
					 KSRTP_REPLAY_TOO_OLD,
				"window %u, %u below", windows[w], n);
			if (!inside)
				continue;
			ksrtp_replay_mark(&r, top - n);
			KUNIT_EXPECT_EQ(test, r.top, top);
			KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, top - n),
					KSRTP_REPLAY_SEEN);
		}
		check_guards(test, &r);
	}
}

/* A jump of @jump over a full window leaves what is still in it, no more. */
static void check_jump(struct kunit *test, u32 window, u64 jump)
{
	struct ksrtp_replay r;
	const u64 base = 0x12345;
	u64 top = base + window + jump;
	u64 i;

	new_replay(test, &r, window);
	for (i = base; i <= base + window; i++)
		ksrtp_replay_mark(&r, i);
	ksrtp_replay_mark(&r, top);
	KUNIT_EXPECT_EQ(test, r.top, top);
	for (i = top + 1 - window; i < top; i++)
		KUNIT_EXPECT_EQ_MSG(test, ksrtp_replay_check(&r, i),
				    i <= base + window ? KSRTP_REPLAY_SEEN :
							 KSRTP_REPLAY_NEW,
				    "window %u, jump %llu, index %llu", window,
				    jump, i);
	KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, top), KSRTP_REPLAY_SEEN);
	KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, top - window),
			KSRTP_REPLAY_TOO_OLD);
	check_guards(test, &r);
}

static void replay_jumps(struct kunit *test)
{
	unsigned int w;

	for (w = 0; w < ARRAY_SIZE(windows); w++) {
		u32 window = windows[w];
		u32 bits = ksrtp_replay_bits(window);
		const u64 jumps[] = {
			1, 2, 63, 64, 65, window / 2, window - 1, window,
			window + 1, bits - 1, bits, bits + 1, 2 * bits,
			2 * bits + 3, 1ULL << 31, 1ULL << 32,
			(1ULL << 32) + 5, 1ULL << 47,
		};
		unsigned int j;

		for (j = 0; j < ARRAY_SIZE(jumps); j++)
			check_jump(test, window, jumps[j]);
	}
}

/* A window kept the plain way: one bit for each index there is. */
struct model {
	unsigned long *seen;
	u64 base;
	u64 size;
	u64 top;
	bool started;
	u32 window;
};

static enum ksrtp_replay_verdict model_check(const struct model *m, u64 index)
{
	if (m->started && index + m->window <= m->top)
		return KSRTP_REPLAY_TOO_OLD;
	return test_bit(index - m->base, m->seen) ? KSRTP_REPLAY_SEEN :
						    KSRTP_REPLAY_NEW;
}

static void model_mark(struct model *m, u64 index)
{
	__set_bit(index - m->base, m->seen);
	m->top = m->started ? max(m->top, index) : index;
	m->started = true;
}

/* An index near the top, mostly; sometimes far away. */
static u64 random_index(const struct model *m)
{
	u64 from = m->top - min_t(u64, m->top - m->base, m->window + 8);
	u64 span = m->window + 16;
	u32 dice = get_random_u32();

	if (dice % 64 == 0)
		span = 5 * (u64)m->window;
	else if (dice % 4 == 0)
		return m->top + 1;
	return from + get_random_u32() % (u32)span;
}

static void run_model(struct kunit *test, u32 window, u64 base)
{
	struct model m = { .base = base, .top = base, .window = window };
	struct ksrtp_replay r;
	unsigned int i;
	u64 index;

	new_replay(test, &r, window);
	m.size = 64 * (u64)window + 8192;
	m.seen = kunit_kzalloc(test, BITS_TO_LONGS(m.size) * sizeof(long),
			       GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, m.seen);
	for (i = 0; i < 20000; i++) {
		index = random_index(&m);
		if (index >= base + m.size)
			break;
		KUNIT_EXPECT_EQ_MSG(test, ksrtp_replay_check(&r, index),
				    model_check(&m, index),
				    "window %u, top %llu, index %llu", window,
				    m.top, index);
		if (model_check(&m, index) != KSRTP_REPLAY_NEW)
			continue;
		ksrtp_replay_mark(&r, index);
		model_mark(&m, index);
		KUNIT_EXPECT_EQ(test, r.top, m.top);
	}
	KUNIT_EXPECT_GT(test, i, 100U);
	/* and all of the window at the end */
	for (index = base; index < base + m.size; index++)
		KUNIT_EXPECT_EQ_MSG(test, ksrtp_replay_check(&r, index),
				    model_check(&m, index),
				    "at the end, top %llu, index %llu", m.top,
				    index);
	check_guards(test, &r);
}

static void replay_random(struct kunit *test)
{
	unsigned int w;

	for (w = 0; w < ARRAY_SIZE(windows); w++) {
		run_model(test, windows[w], 0);
		run_model(test, windows[w], 0xffffff00ULL);
		run_model(test, windows[w], get_random_u32() * 0x8001ULL);
	}
}

/* Saved and restored, a window gives the same verdicts ever after. */
static void replay_save_restore(struct kunit *test)
{
	struct ksrtp_replay from, to;
	u8 *bitmap, *again;
	size_t len;
	unsigned int w;
	u32 n;
	u64 i;

	for (w = 0; w < ARRAY_SIZE(windows); w++) {
		new_replay(test, &from, windows[w]);
		new_replay(test, &to, windows[w]);
		len = DIV_ROUND_UP(windows[w], 8);
		bitmap = kunit_kzalloc(test, len + 1, GFP_KERNEL);
		again = kunit_kzalloc(test, len + 1, GFP_KERNEL);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, bitmap);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, again);

		/* marks both in the window and, by now, below it */
		for (n = 0, i = 0xffff0; n < 3 * windows[w]; n++)
			if (get_random_u32() & 1)
				ksrtp_replay_mark(&from, i + n);
		memset(bitmap, 0xff, len + 1);
		ksrtp_replay_save(&from, bitmap);
		KUNIT_EXPECT_EQ(test, bitmap[len], 0xff);
		KUNIT_EXPECT_EQ(test, bitmap[0] & 1, 1);
		if (windows[w] % 8)
			KUNIT_EXPECT_EQ(test, bitmap[len - 1] >>
					      windows[w] % 8, 0);
		for (n = 0; n < windows[w]; n++)
			KUNIT_EXPECT_EQ(test, bitmap[n / 8] >> n % 8 & 1,
					ksrtp_replay_check(&from,
							   from.top - n) ==
					KSRTP_REPLAY_SEEN);

		/* into one that was in use */
		for (i = 0; i < windows[w]; i++)
			ksrtp_replay_mark(&to, i);
		ksrtp_replay_restore(&to, from.top, bitmap, len);
		KUNIT_EXPECT_TRUE(test, to.started);
		ksrtp_replay_save(&to, again);
		KUNIT_EXPECT_MEMEQ(test, again, bitmap, len);
		for (i = from.top - 2 * windows[w]; i < from.top + 8; i++)
			KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&to, i),
					ksrtp_replay_check(&from, i));
		/* and when the window moves on */
		ksrtp_replay_mark(&from, from.top + windows[w] / 3);
		ksrtp_replay_mark(&to, to.top + windows[w] / 3);
		for (i = from.top - 2 * windows[w]; i < from.top + 8; i++)
			KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&to, i),
					ksrtp_replay_check(&from, i));
		check_guards(test, &to);
	}
}

/* Without a bitmap, all of the window was seen. */
static void replay_restore_all(struct kunit *test)
{
	struct ksrtp_replay r;
	unsigned int w;
	u64 top, i;

	for (w = 0; w < ARRAY_SIZE(windows); w++) {
		new_replay(test, &r, windows[w]);
		top = 0x70000;
		ksrtp_replay_restore(&r, top, NULL, 0);
		for (i = 0; i < windows[w]; i++)
			KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, top - i),
					KSRTP_REPLAY_SEEN);
		KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, top - i),
				KSRTP_REPLAY_TOO_OLD);
		/* what lies above was not, even though its bits were set */
		ksrtp_replay_mark(&r, top + 5);
		for (i = 1; i < 5; i++)
			KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, top + i),
					KSRTP_REPLAY_NEW);
		KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, top),
				KSRTP_REPLAY_SEEN);
		check_guards(test, &r);
	}
}

/* A short bitmap leaves the rest of the window unseen. */
static void replay_restore_short(struct kunit *test)
{
	static const u8 bitmap[2] = { 0x05, 0x80 };
	struct ksrtp_replay r;
	u32 n;

	new_replay(test, &r, 100);
	ksrtp_replay_restore(&r, 0x10005, bitmap, sizeof(bitmap));
	for (n = 0; n < 100; n++)
		KUNIT_EXPECT_EQ_MSG(test, ksrtp_replay_check(&r, 0x10005 - n),
				    n == 0 || n == 2 || n == 15 ?
				    KSRTP_REPLAY_SEEN : KSRTP_REPLAY_NEW,
				    "%u below", n);
	KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, 0x10005 - 100),
			KSRTP_REPLAY_TOO_OLD);
}

/* A highest index lower than the window is wide. */
static void replay_restore_low(struct kunit *test)
{
	struct ksrtp_replay r;
	u8 bitmap[8];
	u64 i;

	memset(bitmap, 0xff, sizeof(bitmap));
	new_replay(test, &r, 64);
	ksrtp_replay_restore(&r, 3, bitmap, sizeof(bitmap));
	for (i = 0; i <= 3; i++)
		KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, i),
				KSRTP_REPLAY_SEEN);
	for (i = 4; i < 200; i++) {
		KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, i),
				KSRTP_REPLAY_NEW);
		ksrtp_replay_mark(&r, i);
	}
}

static void replay_expect(struct kunit *test)
{
	struct ksrtp_replay r;
	u64 i;

	new_replay(test, &r, 64);
	for (i = 0; i < 100; i++)
		ksrtp_replay_mark(&r, i);
	ksrtp_replay_expect(&r, 0x50000);
	KUNIT_EXPECT_FALSE(test, r.started);
	KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, 99), KSRTP_REPLAY_NEW);
	KUNIT_EXPECT_EQ(test, ksrtp_index_estimate(&r, 0xabcd), 0x5abcdLL);
	ksrtp_replay_mark(&r, 0x5abcd);
	KUNIT_EXPECT_EQ(test, r.top, 0x5abcdULL);
	/* what was seen before is forgotten */
	for (i = 1; i < 64; i++)
		KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, 0x5abcd - i),
				KSRTP_REPLAY_NEW);
	KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, 0x5abcd),
			KSRTP_REPLAY_SEEN);
}

static s64 estimate(u32 roc, u16 s_l, u16 seq)
{
	struct ksrtp_replay r = {
		.top = (u64)roc << 16 | s_l,
		.started = true,
	};

	return ksrtp_index_estimate(&r, seq);
}

#define INDEX(roc, seq)	((s64)((u64)(roc) << 16 | (seq)))

/* RFC 3711 section 3.3.1 and appendix A, by hand. */
static void index_quadrants(struct kunit *test)
{
	static const struct {
		u16 s_l, seq;
		int roc;
	} cases[] = {
		/* low s_l: the same rollover counter, or the one before */
		{ 0, 0, 0 },
		{ 0, 1, 0 },
		{ 0, 32767, 0 },
		{ 0, 32768, 0 },
		{ 0, 32769, -1 },
		{ 0, 65535, -1 },
		{ 1000, 999, 0 },
		{ 1000, 0, 0 },
		{ 1000, 33768, 0 },
		{ 1000, 33769, -1 },
		{ 1000, 65535, -1 },
		{ 32767, 0, 0 },
		{ 32767, 32768, 0 },
		{ 32767, 65535, 0 },
		/* high s_l: the same one, or the one after */
		{ 32768, 0, 0 },
		{ 32768, 65535, 0 },
		{ 32769, 0, 1 },
		{ 32769, 1, 0 },
		{ 40000, 7231, 1 },
		{ 40000, 7232, 0 },
		{ 40000, 39999, 0 },
		{ 65535, 0, 1 },
		{ 65535, 32766, 1 },
		{ 65535, 32767, 0 },
		{ 65535, 65534, 0 },
		{ 65535, 65535, 0 },
	};
	static const u32 rocs[] = { 1, 2, 0x1234, 0x7fffffff, 0x80000000,
				    0xfffffffe };
	unsigned int i, r;

	for (r = 0; r < ARRAY_SIZE(rocs); r++)
		for (i = 0; i < ARRAY_SIZE(cases); i++)
			KUNIT_EXPECT_EQ_MSG(test,
					    estimate(rocs[r], cases[i].s_l, cases[i].seq),
				INDEX(rocs[r] + cases[i].roc, cases[i].seq),
				"ROC %u, s_l %u, SEQ %u", rocs[r],
				cases[i].s_l, cases[i].seq);
}

/* Nothing lies before rollover counter 0. */
static void index_roc_zero(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, estimate(0, 0, 65535), INDEX(0, 65535));
	KUNIT_EXPECT_EQ(test, estimate(0, 0, 32769), INDEX(0, 32769));
	KUNIT_EXPECT_EQ(test, estimate(0, 1000, 40000), INDEX(0, 40000));
	KUNIT_EXPECT_EQ(test, estimate(0, 65535, 0), INDEX(1, 0));
	KUNIT_EXPECT_EQ(test, estimate(0, 40000, 39000), INDEX(0, 39000));
}

/* Nothing lies behind the last rollover counter either. */
static void index_overflow(struct kunit *test)
{
	const u32 last = U32_MAX;

	KUNIT_EXPECT_EQ(test, estimate(last, 65535, 65535),
			(s64)KSRTP_RTP_INDEX_MAX);
	KUNIT_EXPECT_EQ(test, estimate(last, 65535, 32767),
			INDEX(last, 32767));
	KUNIT_EXPECT_EQ(test, estimate(last, 65535, 0), (s64)-ERANGE);
	KUNIT_EXPECT_EQ(test, estimate(last, 65535, 32766), (s64)-ERANGE);
	KUNIT_EXPECT_EQ(test, estimate(last, 32769, 0), (s64)-ERANGE);
	KUNIT_EXPECT_EQ(test, estimate(last, 32768, 0), INDEX(last, 0));
	KUNIT_EXPECT_EQ(test, estimate(last, 0, 65535),
			INDEX(last - 1, 65535));
	KUNIT_EXPECT_EQ(test, estimate(last, 0, 0), INDEX(last, 0));
}

/* Before the first packet the rollover counter is as expected. */
static void index_not_started(struct kunit *test)
{
	static const u32 rocs[] = { 0, 1, 77, 0x80000000, U32_MAX };
	static const u16 seqs[] = { 0, 1, 32767, 32768, 32769, 65535 };
	struct ksrtp_replay r = {};
	unsigned int i, s, low;

	for (i = 0; i < ARRAY_SIZE(rocs); i++)
		for (low = 0; low < ARRAY_SIZE(seqs); low++)
			for (s = 0; s < ARRAY_SIZE(seqs); s++) {
				r.top = INDEX(rocs[i], seqs[low]);
				KUNIT_EXPECT_EQ(test,
						ksrtp_index_estimate(&r, seqs[s]),
					INDEX(rocs[i], seqs[s]));
			}
}

/* The nearest index of that sequence number; the same ROC if two are. */
static s64 nearest(u64 top, u16 seq)
{
	u64 roc = top >> 16;
	s64 best = INDEX(roc, seq);
	s64 other;
	int step;

	for (step = -1; step <= 1; step += 2) {
		if (!roc && step < 0)
			continue;
		other = INDEX(roc + step, seq);
		if (abs(other - (s64)top) < abs(best - (s64)top))
			best = other;
	}
	return best > (s64)KSRTP_RTP_INDEX_MAX ? -ERANGE : best;
}

static void index_random(struct kunit *test)
{
	static const u32 rocs[] = { 0, 1, 2, 0x89abcdef, U32_MAX - 1, U32_MAX };
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(rocs); i++)
		for (n = 0; n < 50000; n++) {
			u32 random = get_random_u32();
			u16 s_l = random, seq = random >> 16;

			/* the interesting ones are half the space away */
			if (n % 2)
				seq = s_l + 32768 + seq % 5 - 2;
			KUNIT_EXPECT_EQ_MSG(test,
					    estimate(rocs[i], s_l, seq),
				nearest(INDEX(rocs[i], s_l), seq),
				"ROC %u, s_l %u, SEQ %u", rocs[i], s_l, seq);
		}
}

/* A stream over three wraps, with packets that change places around them. */
static void index_reordered_wraps(struct kunit *test)
{
	static const s8 order[] = { 3, 0, 2, 1, 7, 4, 6, 5, 9, 8 };
	struct ksrtp_replay r;
	u64 base, index;
	unsigned int i;

	new_replay(test, &r, 64);
	for (base = 65530; base < 3 * 65536 + 1000;
	     base += ARRAY_SIZE(order)) {
		for (i = 0; i < ARRAY_SIZE(order); i++) {
			index = base + order[i];
			/* a first packet before the wrap fixes ROC 0 */
			if (base == 65530 && !i)
				ksrtp_replay_mark(&r, base - 1);
			KUNIT_EXPECT_EQ(test,
					ksrtp_index_estimate(&r, index),
					(s64)index);
			KUNIT_EXPECT_EQ(test, ksrtp_replay_check(&r, index),
					KSRTP_REPLAY_NEW);
			ksrtp_replay_mark(&r, index);
		}
	}
	KUNIT_EXPECT_EQ(test, r.top >> 16, 3ULL);
}

/* Loss up to half the sequence numbers is followed, and no more. */
static void index_loss(struct kunit *test)
{
	struct ksrtp_replay r;
	u64 index = 5;
	unsigned int i;

	new_replay(test, &r, 64);
	ksrtp_replay_mark(&r, index);
	for (i = 0; i < 100; i++) {
		index += 32767;
		KUNIT_EXPECT_EQ(test, ksrtp_index_estimate(&r, index),
				(s64)index);
		ksrtp_replay_mark(&r, index);
	}
	KUNIT_EXPECT_NE(test, ksrtp_index_estimate(&r, index + 32769),
			(s64)index + 32769);
}

static struct kunit_case replay_cases[] = {
	KUNIT_CASE(replay_bits),
	KUNIT_CASE(replay_not_started),
	KUNIT_CASE(replay_in_order),
	KUNIT_CASE(replay_reversed),
	KUNIT_CASE(replay_jumps),
	KUNIT_CASE(replay_random),
	KUNIT_CASE(replay_save_restore),
	KUNIT_CASE(replay_restore_all),
	KUNIT_CASE(replay_restore_short),
	KUNIT_CASE(replay_restore_low),
	KUNIT_CASE(replay_expect),
	KUNIT_CASE(index_quadrants),
	KUNIT_CASE(index_roc_zero),
	KUNIT_CASE(index_overflow),
	KUNIT_CASE(index_not_started),
	KUNIT_CASE(index_random),
	KUNIT_CASE(index_reordered_wraps),
	KUNIT_CASE(index_loss),
	{}
};

struct kunit_suite ksrtp_replay_tests = {
	.name = "ksrtp-replay",
	.test_cases = replay_cases,
};
