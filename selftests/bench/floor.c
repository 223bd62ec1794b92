// SPDX-License-Identifier: GPL-2.0
/* Crypto over an RTP packet in memory, and nothing else. */

#include <linux/err.h>
#include <linux/scatterlist.h>
#include <crypto/sha1.h>

#include "floor.h"
#include "packets.h"

static int bench_floor_init_aead(struct bench_floor *floor, const u8 *key,
				 unsigned int key_len)
{
	struct crypto_aead *aead;

	floor->tag_len = 16;
	aead = crypto_alloc_aead("gcm(aes)", 0, CRYPTO_ALG_ASYNC);
	if (IS_ERR(aead))
		return PTR_ERR(aead);
	floor->aead = aead;
	floor->aead_req = aead_request_alloc(aead, GFP_KERNEL);
	if (!floor->aead_req)
		return -ENOMEM;
	return crypto_aead_setkey(aead, key, key_len);
}

static int bench_floor_init_ctr(struct bench_floor *floor, const u8 *key,
				unsigned int key_len)
{
	struct crypto_skcipher *ctr;
	struct crypto_shash *shash;
	int err;

	floor->tag_len = 10;
	ctr = crypto_alloc_skcipher("ctr(aes)", 0, CRYPTO_ALG_ASYNC);
	if (IS_ERR(ctr))
		return PTR_ERR(ctr);
	floor->ctr = ctr;
	floor->ctr_req = skcipher_request_alloc(ctr, GFP_KERNEL);
	if (!floor->ctr_req)
		return -ENOMEM;
	err = crypto_skcipher_setkey(ctr, key, key_len);
	if (err)
		return err;
	shash = crypto_alloc_shash("hmac(sha1)", 0, 0);
	if (IS_ERR(shash))
		return PTR_ERR(shash);
	floor->shash = shash;
	return crypto_shash_setkey(shash, key, SHA1_DIGEST_SIZE);
}

/* Key the crypto of a suite; to be undone even if it fails. */
int bench_floor_init(struct bench_floor *floor, bool aead, unsigned int key_len)
{
	const u8 key[32] = { 1, 2, 3 };
	int err;

	memset(floor, 0, sizeof(*floor));
	/* even where it is not used, so that there is one to undo */
	err = ksrtp_hmac_setup(&floor->hmac, key, SHA1_DIGEST_SIZE);
	if (err)
		return err;
	return aead ? bench_floor_init_aead(floor, key, key_len) :
		      bench_floor_init_ctr(floor, key, key_len);
}

void bench_floor_exit(struct bench_floor *floor)
{
	aead_request_free(floor->aead_req);
	crypto_free_aead(floor->aead);
	skcipher_request_free(floor->ctr_req);
	crypto_free_skcipher(floor->ctr);
	crypto_free_shash(floor->shash);
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

/* HMAC over the packet and the rollover counter behind it. */
static int bench_floor_mac(struct bench_floor *floor, bool library,
			   const u8 *rtp, unsigned int len, u8 *digest)
{
	SHASH_DESC_ON_STACK(desc, floor->shash);
	__be32 roc = 0;
	int err;

	if (library)
		return ksrtp_hmac_digest(&floor->hmac, rtp, len, &roc,
					 sizeof(roc), digest);
	desc->tfm = floor->shash;
	err = crypto_shash_init(desc);
	if (!err)
		err = crypto_shash_update(desc, rtp, len);
	return err ?: crypto_shash_finup(desc, (u8 *)&roc, sizeof(roc), digest);
}

int bench_floor_protect(struct bench_floor *floor, bool library, u8 *rtp,
			unsigned int len)
{
	u8 digest[SHA1_DIGEST_SIZE];
	int err;

	if (floor->aead)
		return bench_floor_aead(floor, rtp, len, true);
	err = bench_floor_ctr(floor, rtp, len);
	if (!err)
		err = bench_floor_mac(floor, library, rtp, len, digest);
	if (!err)
		memcpy(rtp + len, digest, floor->tag_len);
	return err;
}

int bench_floor_unprotect(struct bench_floor *floor, bool library, u8 *rtp,
			  unsigned int len)
{
	u8 digest[SHA1_DIGEST_SIZE];
	int err;

	if (floor->aead)
		return bench_floor_aead(floor, rtp, len, false);
	err = bench_floor_mac(floor, library, rtp, len, digest);
	if (!err && crypto_memneq(digest, rtp + len, floor->tag_len))
		err = -EBADMSG;
	return err ?: bench_floor_ctr(floor, rtp, len);
}
