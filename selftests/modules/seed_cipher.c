// SPDX-License-Identifier: GPL-2.0
/*
 * The block cipher SEED, RFC 4269, as it is written there: small, not fast, and
 * with tables indexed by secrets. Good for tests, for nothing else.
 */

#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>

#include "affine_box.h"
#include "compat.h"

#define SEED_BLOCK	16
#define SEED_ROUNDS	16

struct seed_key {
	u32 round[SEED_ROUNDS][2];
};

/* S1 and S2 of section 2.2 */
static u8 seed_boxes[2][256];

/*
 * S1 and S2 are affine functions of x^247 and x^251 in GF(2^8) by x^8 + x^6 +
 * x^5 + x + 1: the images of the eight bits of such a power, and what is added.
 */
static void seed_init(void)
{
	static const struct affine_box boxes[] = {
		{ 247, 0xa9,
		  { 0x2c, 0xd0, 0x69, 0xc2, 0x41, 0x44, 0x58, 0xe2 } },
		{ 251, 0x38,
		  { 0xd0, 0x2a, 0xe1, 0x2c, 0x21, 0x30, 0xa2, 0x6c } },
	};
	/* powers of 2, which are all elements of the field but 0 */
	u8 elements[255], element = 1;
	unsigned int i;

	for (i = 0; i < 255; i++) {
		elements[i] = element;
		element = element << 1 ^ (element & 0x80 ? 0x63 : 0);
	}
	for (i = 0; i < 2; i++)
		affine_box_fill(seed_boxes[i], elements, &boxes[i]);
}

/* G(), section 2.2 */
static u32 seed_g(u32 in)
{
	static const u8 masks[] = { 0xfc, 0xf3, 0xcf, 0x3f };
	unsigned int from, to;
	u32 out = 0;
	u8 value;

	for (from = 0; from < 4; from++) {
		value = seed_boxes[from % 2][in >> 8 * from & 0xff];
		for (to = 0; to < 4; to++)
			out ^= (u32)(value & masks[(from + to) % 4]) << 8 * to;
	}
	return out;
}

/* Key schedule, section 2.3 */
static int seed_expand_key(struct seed_key *key, const u8 *in, unsigned int len)
{
	u64 ab, cd;
	unsigned int i;
	u32 constant = 0x9e3779b9;

	if (len != SEED_BLOCK)
		return -EINVAL;
	ab = get_unaligned_be64(in);
	cd = get_unaligned_be64(in + 8);
	for (i = 0; i < SEED_ROUNDS; i++) {
		key->round[i][0] = seed_g((ab >> 32) + (cd >> 32) - constant);
		key->round[i][1] = seed_g((u32)ab - (u32)cd + constant);
		if (i % 2)
			cd = rol64(cd, 8);
		else
			ab = ror64(ab, 8);
		constant = rol32(constant, 1);
	}
	return 0;
}

/* F(), section 2.1 */
static u64 seed_f(u64 right, const u32 *key)
{
	u32 c = right >> 32 ^ key[0], d = (u32)right ^ key[1];

	d = seed_g(c ^ d);
	c = seed_g(c + d);
	d = seed_g(c + d);
	c += d;
	return (u64)c << 32 | d;
}

/* Encrypt, or decrypt by the round keys in reverse. */
static void seed_crypt(const struct seed_key *key, bool back, u8 *out,
		       const u8 *in)
{
	u64 left = get_unaligned_be64(in), right = get_unaligned_be64(in + 8);
	unsigned int i;

	for (i = 0; i < SEED_ROUNDS; i++) {
		unsigned int n = back ? SEED_ROUNDS - 1 - i : i;
		u64 mixed = left ^ seed_f(right, key->round[n]);

		left = right;
		right = mixed;
	}
	/* the last round does not exchange the halves */
	put_unaligned_be64(right, out);
	put_unaligned_be64(left, out + 8);
}
