/* SPDX-License-Identifier: GPL-2.0 */
/* The floor: what the crypto alone takes for the same bytes. */
#ifndef _KSRTP_BENCH_FLOOR_H
#define _KSRTP_BENCH_FLOOR_H

#include <linux/skbuff.h>
#include <crypto/aead.h>
#include <crypto/skcipher.h>

#include "compat.h"

/**
 * struct bench_key - one session key, ready for the crypto API
 * @aead: for an AEAD, else NULL
 * @ctr: for counter mode, else NULL
 * @hmac: beside it, a library's where the kernel has one
 */
struct bench_key {
	union {
		struct crypto_aead *aead;
		struct crypto_skcipher *ctr;
	};
	struct ksrtp_hmac hmac;
};

/**
 * struct bench_floor - the crypto of a suite, with keys for it
 * @keys: the keys
 * @count: their number
 * @is_aead: the suite has an AEAD
 * @tag_len: length of a tag in bytes
 * @aead_req: request of an AEAD, else NULL
 * @ctr_req: request of counter mode, else NULL
 * @shash: beside it, HMAC of the crypto API, with one key
 */
struct bench_floor {
	struct bench_key *keys;
	unsigned int count;
	bool is_aead;
	unsigned int tag_len;
	struct aead_request *aead_req;
	struct skcipher_request *ctr_req;
	struct crypto_shash *shash;
};

int bench_floor_init(struct bench_floor *floor, bool aead,
		     unsigned int key_len, unsigned int count);
void bench_floor_exit(struct bench_floor *floor);
int bench_floor_protect(struct bench_floor *floor, unsigned int n,
			bool library, u8 *rtp, unsigned int len);
int bench_floor_unprotect(struct bench_floor *floor, unsigned int n,
			  bool library, u8 *rtp, unsigned int len);

#endif /* _KSRTP_BENCH_FLOOR_H */
