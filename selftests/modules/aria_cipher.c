// SPDX-License-Identifier: GPL-2.0
/*
 * The block cipher ARIA, RFC 5794, as it is written there: small, not fast, and
 * with tables indexed by secrets. Good for tests, for nothing else.
 */

#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>

#include "affine_box.h"

#define ARIA_BLOCK	16
#define ARIA_ROUNDS_MAX	16

struct aria_key {
	unsigned int rounds;
	u8 enc[ARIA_ROUNDS_MAX + 1][ARIA_BLOCK];
	u8 dec[ARIA_ROUNDS_MAX + 1][ARIA_BLOCK];
};

/* SB1 to SB4 of section 2.4.2 */
static u8 aria_boxes[4][256];

/* C1 to C3 of section 2.2, the first bits of 1/pi */
static const u8 aria_constants[3][ARIA_BLOCK] = {
	{ 0x51, 0x7c, 0xc1, 0xb7, 0x27, 0x22, 0x0a, 0x94,
	  0xfe, 0x13, 0xab, 0xe8, 0xfa, 0x9a, 0x6e, 0xe0 },
	{ 0x6d, 0xb1, 0x4a, 0xcc, 0x9e, 0x21, 0xc8, 0x20,
	  0xff, 0x28, 0xb1, 0xd5, 0xef, 0x5d, 0xe2, 0xb0 },
	{ 0xdb, 0x92, 0x37, 0x1d, 0x21, 0x26, 0xe9, 0x70,
	  0x03, 0x24, 0x97, 0x75, 0x04, 0xe8, 0xc9, 0x0e },
};

/* Which bytes of A()'s input make each byte of its output, section 2.4.3. */
static const u8 aria_diffusion[ARIA_BLOCK][7] = {
	{ 3, 4, 6, 8, 9, 13, 14 },
	{ 2, 5, 7, 8, 9, 12, 15 },
	{ 1, 4, 6, 10, 11, 12, 15 },
	{ 0, 5, 7, 10, 11, 13, 14 },
	{ 0, 2, 5, 8, 11, 14, 15 },
	{ 1, 3, 4, 9, 10, 14, 15 },
	{ 0, 2, 7, 9, 10, 12, 13 },
	{ 1, 3, 6, 8, 11, 12, 13 },
	{ 0, 1, 4, 7, 10, 13, 15 },
	{ 0, 1, 5, 6, 11, 12, 14 },
	{ 2, 3, 5, 6, 8, 13, 15 },
	{ 2, 3, 4, 7, 9, 12, 14 },
	{ 1, 2, 6, 7, 9, 11, 12 },
	{ 0, 3, 6, 7, 8, 10, 13 },
	{ 0, 3, 4, 5, 9, 11, 14 },
	{ 1, 2, 4, 5, 8, 10, 15 },
};

/*
 * SB1 and SB2 are affine functions of x^254 and x^247 in GF(2^8): the images of
 * the eight bits of such a power, and what is added. SB3 and SB4 are their
 * inverses.
 */
static void aria_init(void)
{
	static const struct affine_box boxes[] = {
		{ 254, 0x63,
		  { 0x1f, 0x3e, 0x7c, 0xf8, 0xf1, 0xe3, 0xc7, 0x8f } },
		{ 247, 0xe2,
		  { 0xac, 0xc5, 0x12, 0xcf, 0x5b, 0x5f, 0x85, 0xee } },
	};
	/* powers of 3, which are all elements of the field but 0 */
	u8 elements[255], element = 1;
	unsigned int i, x;

	for (i = 0; i < 255; i++) {
		elements[i] = element;
		element ^= element << 1 ^ (element & 0x80 ? 0x1b : 0);
	}
	for (i = 0; i < 2; i++) {
		affine_box_fill(aria_boxes[i], elements, &boxes[i]);
		for (x = 0; x < 256; x++)
			aria_boxes[i + 2][aria_boxes[i][x]] = x;
	}
}

static void aria_xor(u8 *out, const u8 *a, const u8 *b)
{
	unsigned int i;

	for (i = 0; i < ARIA_BLOCK; i++)
		out[i] = a[i] ^ b[i];
}

/* a ^ (b >>> bits), where bits is no multiple of 8 */
static void aria_xor_turned(u8 *out, const u8 *a, const u8 *b,
			    unsigned int bits)
{
	unsigned int i, bytes = bits / 8;

	bits %= 8;
	for (i = 0; i < ARIA_BLOCK; i++)
		out[i] = a[i] ^ (b[(i - bytes) % ARIA_BLOCK] >> bits |
				 b[(i - bytes - 1) % ARIA_BLOCK] << (8 - bits));
}

/* SL1() if even is 0, SL2() if it is 1 */
static void aria_substitute(u8 *state, unsigned int even)
{
	unsigned int i;

	for (i = 0; i < ARIA_BLOCK; i++)
		state[i] = aria_boxes[(i + 2 * even) % 4][state[i]];
}

/* A() */
static void aria_diffuse(u8 *out, const u8 *in)
{
	unsigned int i, j;

	for (i = 0; i < ARIA_BLOCK; i++) {
		out[i] = 0;
		for (j = 0; j < 7; j++)
			out[i] ^= in[aria_diffusion[i][j]];
	}
}

/* FO() if even is 0, FE() if it is 1 */
static void aria_round(u8 *out, const u8 *in, const u8 *key, unsigned int even)
{
	u8 state[ARIA_BLOCK];

	aria_xor(state, in, key);
	aria_substitute(state, even);
	aria_diffuse(out, state);
}

static int aria_expand_key(struct aria_key *key, const u8 *in, unsigned int len)
{
	static const u8 turns[] = { 19, 31, 128 - 61, 128 - 31, 128 - 19 };
	u8 w[4][ARIA_BLOCK], right[ARIA_BLOCK] = {};
	unsigned int first = len / 8 - 2;
	unsigned int i;

	if (len != 16 && len != 24 && len != 32)
		return -EINVAL;
	key->rounds = len / 4 + 8;

	memcpy(w[0], in, ARIA_BLOCK);
	memcpy(right, in + ARIA_BLOCK, len - ARIA_BLOCK);
	aria_round(w[1], w[0], aria_constants[first], 0);
	aria_xor(w[1], w[1], right);
	aria_round(w[2], w[1], aria_constants[(first + 1) % 3], 1);
	aria_xor(w[2], w[2], w[0]);
	aria_round(w[3], w[2], aria_constants[(first + 2) % 3], 0);
	aria_xor(w[3], w[3], w[1]);

	for (i = 0; i <= key->rounds; i++)
		aria_xor_turned(key->enc[i], w[i % 4], w[(i + 1) % 4],
				turns[i / 4]);

	memcpy(key->dec[0], key->enc[key->rounds], ARIA_BLOCK);
	for (i = 1; i < key->rounds; i++)
		aria_diffuse(key->dec[i], key->enc[key->rounds - i]);
	memcpy(key->dec[key->rounds], key->enc[0], ARIA_BLOCK);
	return 0;
}

/* Decryption is encryption with other round keys. */
static void aria_crypt(const u8 (*keys)[ARIA_BLOCK], unsigned int rounds,
		       u8 *out, const u8 *in)
{
	u8 state[ARIA_BLOCK];
	unsigned int i;

	memcpy(state, in, ARIA_BLOCK);
	for (i = 0; i < rounds - 1; i++)
		aria_round(state, state, keys[i], i % 2);
	aria_xor(state, state, keys[rounds - 1]);
	aria_substitute(state, 1);
	aria_xor(out, state, keys[rounds]);
}
