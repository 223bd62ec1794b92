// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the replay window and the estimate of indexes against what RFC
 * 3711 says of them, written down without any regard to speed. Each three bytes
 * are a sequence number and what to do with it.
 */
#include "kernel.h"

#include "replay.h"

#define CHECK(condition)						\
	do {								\
		if (!(condition))					\
			abort();					\
	} while (0)

#define STEPS	64

static const u32 windows[] = { 64, 65, 100, 127, 128, 1000 };

/* Every index that was taken. */
struct model {
	u64 seen[STEPS];
	unsigned int n;
	u64 top;
	u32 window;
};

static enum ksrtp_replay_verdict expected(const struct model *m, u64 index)
{
	unsigned int i;

	if (!m->n || index > m->top)
		return KSRTP_REPLAY_NEW;
	if (m->top - index >= m->window)
		return KSRTP_REPLAY_TOO_OLD;
	for (i = 0; i < m->n; i++)
		if (m->seen[i] == index)
			return KSRTP_REPLAY_SEEN;
	return KSRTP_REPLAY_NEW;
}

/* The rollover counter that brings an index nearest to the highest. */
static u64 nearest(const struct model *m, u16 seq)
{
	u64 roc = m->top >> 16, best = 0, distance, least = ~0ULL;
	u64 try;

	for (try = roc ? roc - 1 : 0; try <= roc + 1; try++) {
		distance = try << 16 | seq;
		distance = distance > m->top ? distance - m->top :
					       m->top - distance;
		if (distance < least) {
			least = distance;
			best = try << 16 | seq;
		}
	}
	return best;
}

static void take(struct ksrtp_replay *r, struct model *m, u64 index)
{
	enum ksrtp_replay_verdict verdict = ksrtp_replay_check(r, index);

	CHECK(verdict == expected(m, index));
	if (verdict != KSRTP_REPLAY_NEW)
		return;
	ksrtp_replay_mark(r, index);
	m->seen[m->n++] = index;
	m->top = max(m->top, index);
	CHECK(ksrtp_replay_check(r, index) == KSRTP_REPLAY_SEEN);
}

/* What is saved and installed again is what it was. */
static void save(struct ksrtp_replay *r, size_t words)
{
	unsigned int len = DIV_ROUND_UP(r->window, 8);
	unsigned long *bits = calloc(words, sizeof(long));
	u8 *bitmap = malloc(len), *again = malloc(len);
	struct ksrtp_replay copy;

	ksrtp_replay_save(r, bitmap);
	ksrtp_replay_init(&copy, r->window, bits);
	ksrtp_replay_restore(&copy, r->top, bitmap, len);
	ksrtp_replay_save(&copy, again);
	CHECK(!memcmp(bitmap, again, len));
	free(again);
	free(bitmap);
	free(bits);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct model m = {};
	struct ksrtp_replay r;
	unsigned long *bits;
	unsigned int step;
	size_t words;
	s64 index;
	u16 seq;

	if (!len)
		return 0;
	m.window = windows[data[0] % ARRAY_SIZE(windows)];
	words = BITS_TO_LONGS(ksrtp_replay_bits(m.window));
	bits = calloc(words, sizeof(long));
	ksrtp_replay_init(&r, m.window, bits);
	data++;
	len--;
	for (step = 0; step < STEPS && len >= 3; step++) {
		seq = get_unaligned_be16(data);
		switch (data[2] & 3) {
		case 0:
			take(&r, &m, (u64)data[2] << 10 | seq);
			break;
		case 1:
			if (m.n)
				save(&r, words);
			break;
		default:
			index = ksrtp_index_estimate(&r, seq);
			CHECK(index >= 0 && (u16)index == seq);
			/* halfway both ways is for the implementation to say */
			if (m.n && (u16)(seq - m.top) != 0x8000)
				CHECK(index == nearest(&m, seq));
			take(&r, &m, index);
		}
		data += 3;
		len -= 3;
	}
	free(bits);
	return 0;
}
