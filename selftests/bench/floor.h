/* SPDX-License-Identifier: GPL-2.0 */
/* The floor: what the crypto alone takes for the same bytes. */
#ifndef _KSRTP_BENCH_FLOOR_H
#define _KSRTP_BENCH_FLOOR_H

#include <linux/skbuff.h>
#include <crypto/aead.h>
#include <crypto/skcipher.h>

#include "compat.h"

/**
 * struct bench_floor - one key for all packets
 * @aead: for an AEAD, else NULL
 * @aead_req: its request
 * @ctr: for counter mode, else NULL
 * @ctr_req: its request
 * @shash: beside it, of the crypto API
 * @hmac: beside it, a library's where the kernel has one
 * @tag_len: length of a tag in bytes
 */
struct bench_floor {
	struct crypto_aead *aead;
	struct aead_request *aead_req;
	struct crypto_skcipher *ctr;
	struct skcipher_request *ctr_req;
	struct crypto_shash *shash;
	struct ksrtp_hmac hmac;
	unsigned int tag_len;
};

int bench_floor_init(struct bench_floor *floor, bool aead,
		     unsigned int key_len);
void bench_floor_exit(struct bench_floor *floor);
int bench_floor_protect(struct bench_floor *floor, bool library, u8 *rtp,
			unsigned int len);
int bench_floor_unprotect(struct bench_floor *floor, bool library, u8 *rtp,
			  unsigned int len);

#endif /* _KSRTP_BENCH_FLOOR_H */
