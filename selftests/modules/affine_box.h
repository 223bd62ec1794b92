/* SPDX-License-Identifier: GPL-2.0 */
/* S-boxes of ARIA and SEED: affine functions of powers in GF(2^8). */
#ifndef _AFFINE_BOX_H
#define _AFFINE_BOX_H

#include <linux/bits.h>
#include <linux/types.h>

struct affine_box {
	u8 exponent;
	u8 added;
	u8 images[8];	/* of the bits of a power */
};

/*
 * @elements are the powers of a generator from 0 on, which are all elements of the
 * field but 0.
 */
static inline void affine_box_fill(u8 box[256], const u8 elements[255],
				   const struct affine_box *affine)
{
	unsigned int x, bit;

	box[0] = affine->added;
	for (x = 0; x < 255; x++) {
		u8 power = elements[x * affine->exponent % 255];
		u8 value = affine->added;

		for (bit = 0; bit < 8; bit++)
			if (power & BIT(bit))
				value ^= affine->images[bit];
		box[elements[x]] = value;
	}
}

#endif /* _AFFINE_BOX_H */
