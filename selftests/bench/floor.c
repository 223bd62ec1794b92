// SPDX-License-Identifier: GPL-2.0
/* Crypto over an RTP packet in memory, and nothing else. */

#include <linux/err.h>
#include <linux/scatterlist.h>

#include "floor.h"

#define BENCH_RTP_HEADER	12

int bench_floor_init(struct bench_floor *floor, bool aead, unsigned int key_len)
{
	u8 key[32] = { 1, 2, 3 };
	int err;

	memset(floor, 0, sizeof(*floor));
	if (aead) {
		floor->tag_len = 16;
		floor->aead = crypto_alloc_aead("gcm(aes)", 0,
						CRYPTO_ALG_ASYNC);
		if (IS_ERR(floor->aead))
			return PTR_ERR(floor->aead);
		err = crypto_aead_setkey(floor->aead, key, key_len);
		floor->aead_req = aead_request_alloc(floor->aead, GFP_KERNEL);
		return floor->aead_req ? err : -ENOMEM;
	}
	floor->tag_len = 10;
	floor->ctr = crypto_alloc_skcipher("ctr(aes)", 0, CRYPTO_ALG_ASYNC);
	if (IS_ERR(floor->ctr))
		return PTR_ERR(floor->ctr);
	err = crypto_skcipher_setkey(floor->ctr, key, key_len);
	floor->ctr_req = skcipher_request_alloc(floor->ctr, GFP_KERNEL);
	if (!floor->ctr_req)
		return -ENOMEM;
	return err ?: ksrtp_hmac_setup(&floor->hmac, key, 20);
}

void bench_floor_exit(struct bench_floor *floor)
{
	if (floor->aead) {
		aead_request_free(floor->aead_req);
		crypto_free_aead(floor->aead);
		return;
	}
	skcipher_request_free(floor->ctr_req);
	crypto_free_skcipher(floor->ctr);
	ksrtp_hmac_teardown(&floor->hmac);
}

static int bench_floor_aead(struct bench_floor *floor, u8 *rtp,
			    unsigned int len, bool protect)
{
	struct aead_request *req = floor->aead_req;
	unsigned int crypt_len = len - BENCH_RTP_HEADER;
	struct scatterlist sg;
	u8 iv[16] = {};

	sg_init_one(&sg, rtp, len + floor->tag_len);
	aead_request_set_tfm(req, floor->aead);
	aead_request_set_callback(req, 0, NULL, NULL);
	aead_request_set_ad(req, BENCH_RTP_HEADER);
	aead_request_set_crypt(req, &sg, &sg,
			       protect ? crypt_len : crypt_len + floor->tag_len,
			       iv);
	return protect ? crypto_aead_encrypt(req) : crypto_aead_decrypt(req);
}

static int bench_floor_ctr(struct bench_floor *floor, u8 *rtp, unsigned int len)
{
	struct skcipher_request *req = floor->ctr_req;
	struct scatterlist sg;
	u8 iv[16] = {};

	sg_init_one(&sg, rtp + BENCH_RTP_HEADER, len - BENCH_RTP_HEADER);
	skcipher_request_set_tfm(req, floor->ctr);
	skcipher_request_set_callback(req, 0, NULL, NULL);
	skcipher_request_set_crypt(req, &sg, &sg, len - BENCH_RTP_HEADER, iv);
	return crypto_skcipher_encrypt(req);
}

int bench_floor_protect(struct bench_floor *floor, u8 *rtp, unsigned int len)
{
	u8 digest[20];
	__be32 roc = 0;
	int err;

	if (floor->aead)
		return bench_floor_aead(floor, rtp, len, true);
	err = bench_floor_ctr(floor, rtp, len);
	if (!err)
		err = ksrtp_hmac_digest(&floor->hmac, rtp, len, &roc,
					sizeof(roc), digest);
	memcpy(rtp + len, digest, floor->tag_len);
	return err;
}

int bench_floor_unprotect(struct bench_floor *floor, u8 *rtp, unsigned int len)
{
	u8 digest[20];
	__be32 roc = 0;
	int err;

	if (floor->aead)
		return bench_floor_aead(floor, rtp, len, false);
	err = ksrtp_hmac_digest(&floor->hmac, rtp, len, &roc, sizeof(roc),
				digest);
	if (!err && crypto_memneq(digest, rtp + len, floor->tag_len))
		err = -EBADMSG;
	return err ?: bench_floor_ctr(floor, rtp, len);
}
