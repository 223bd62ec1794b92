// SPDX-License-Identifier: GPL-2.0
/* Crypto over an RTP packet in memory, and nothing else. */

#include <linux/err.h>
#include <linux/scatterlist.h>
#include <linux/vmalloc.h>
#include <crypto/sha1.h>

#include "floor.h"
#include "packets.h"

static int bench_key_init(struct bench_key *key, bool aead, const u8 *bytes,
			  unsigned int len)
{
	int err;

	if (aead) {
		key->aead = crypto_alloc_aead("gcm(aes)", 0, CRYPTO_ALG_ASYNC);
		err = PTR_ERR_OR_ZERO(key->aead);
		return err ?: crypto_aead_setkey(key->aead, bytes, len);
	}
	key->ctr = crypto_alloc_skcipher("ctr(aes)", 0, CRYPTO_ALG_ASYNC);
	err = PTR_ERR_OR_ZERO(key->ctr) ?:
	      crypto_skcipher_setkey(key->ctr, bytes, len);
	return err ?: ksrtp_hmac_setup(&key->hmac, bytes, SHA1_DIGEST_SIZE);
}

static void bench_key_exit(struct bench_key *key, bool aead)
{
	if (aead) {
		crypto_free_aead(key->aead);
		return;
	}
	if (!IS_ERR_OR_NULL(key->ctr))
		ksrtp_hmac_teardown(&key->hmac);
	crypto_free_skcipher(key->ctr);
}

static int bench_floor_requests(struct bench_floor *floor, const u8 *bytes)
{
	if (floor->is_aead) {
		floor->aead_req = aead_request_alloc(floor->keys->aead,
						     GFP_KERNEL);
		return floor->aead_req ? 0 : -ENOMEM;
	}
	floor->ctr_req = skcipher_request_alloc(floor->keys->ctr, GFP_KERNEL);
	if (!floor->ctr_req)
		return -ENOMEM;
	floor->shash = crypto_alloc_shash("hmac(sha1)", 0, 0);
	return PTR_ERR_OR_ZERO(floor->shash) ?:
	       crypto_shash_setkey(floor->shash, bytes, SHA1_DIGEST_SIZE);
}

/* Key the crypto of a suite; to be undone even if it fails. */
int bench_floor_init(struct bench_floor *floor, bool aead, unsigned int key_len,
		     unsigned int count)
{
	u8 bytes[32] = { 1, 2, 3 };
	unsigned int i;
	int err = 0;

	*floor = (struct bench_floor){
		.is_aead = aead,
		.tag_len = aead ? 16 : 10,
		.keys = vzalloc(array_size(count, sizeof(*floor->keys))),
	};
	if (!floor->keys)
		return -ENOMEM;
	for (i = 0; i < count && !err; i++) {
		memcpy(bytes + 3, &i, sizeof(i));
		err = bench_key_init(&floor->keys[i], aead, bytes, key_len);
		floor->count++;
	}
	return err ?: bench_floor_requests(floor, bytes);
}

void bench_floor_exit(struct bench_floor *floor)
{
	unsigned int i;

	aead_request_free(floor->aead_req);
	skcipher_request_free(floor->ctr_req);
	crypto_free_shash(floor->shash);
	for (i = 0; i < floor->count; i++)
		bench_key_exit(&floor->keys[i], floor->is_aead);
	vfree(floor->keys);
}

static int bench_floor_aead(struct bench_floor *floor,
			    const struct bench_key *key, u8 *rtp,
			    unsigned int len, bool protect)
{
	struct aead_request *req = floor->aead_req;
	unsigned int crypt_len = len - BENCH_RTP_HEADER;
	struct scatterlist sg;
	u8 iv[16] = {};

	sg_init_one(&sg, rtp, len + floor->tag_len);
	aead_request_set_tfm(req, key->aead);
	aead_request_set_callback(req, 0, NULL, NULL);
	aead_request_set_ad(req, BENCH_RTP_HEADER);
	aead_request_set_crypt(req, &sg, &sg,
			       protect ? crypt_len : crypt_len + floor->tag_len,
			       iv);
	return protect ? crypto_aead_encrypt(req) : crypto_aead_decrypt(req);
}

static int bench_floor_ctr(struct bench_floor *floor,
			   const struct bench_key *key, u8 *rtp,
			   unsigned int len)
{
	struct skcipher_request *req = floor->ctr_req;
	struct scatterlist sg;
	u8 iv[16] = {};

	sg_init_one(&sg, rtp + BENCH_RTP_HEADER, len - BENCH_RTP_HEADER);
	skcipher_request_set_tfm(req, key->ctr);
	skcipher_request_set_callback(req, 0, NULL, NULL);
	skcipher_request_set_crypt(req, &sg, &sg, len - BENCH_RTP_HEADER, iv);
	return crypto_skcipher_encrypt(req);
}

/* HMAC over the packet and a rollover counter, put behind it meanwhile. */
static int bench_floor_mac(struct bench_floor *floor,
			   const struct bench_key *key, bool library,
			   u8 *rtp, unsigned int len, u8 *digest)
{
	SHASH_DESC_ON_STACK(desc, floor->shash);
	u8 behind[4];
	int err;

	memcpy(behind, rtp + len, sizeof(behind));
	memset(rtp + len, 0, sizeof(behind));
	desc->tfm = floor->shash;
	if (library)
		err = ksrtp_hmac_digest(&key->hmac, rtp, len + sizeof(behind),
					digest);
	else
		err = crypto_shash_digest(desc, rtp, len + sizeof(behind),
					  digest);
	memcpy(rtp + len, behind, sizeof(behind));
	return err;
}

int bench_floor_protect(struct bench_floor *floor, unsigned int n,
			bool library, u8 *rtp, unsigned int len)
{
	const struct bench_key *key = &floor->keys[n];
	u8 digest[SHA1_DIGEST_SIZE];
	int err;

	if (floor->is_aead)
		return bench_floor_aead(floor, key, rtp, len, true);
	err = bench_floor_ctr(floor, key, rtp, len);
	if (!err)
		err = bench_floor_mac(floor, key, library, rtp, len, digest);
	if (!err)
		memcpy(rtp + len, digest, floor->tag_len);
	return err;
}

int bench_floor_unprotect(struct bench_floor *floor, unsigned int n,
			  bool library, u8 *rtp, unsigned int len)
{
	const struct bench_key *key = &floor->keys[n];
	u8 digest[SHA1_DIGEST_SIZE];
	int err;

	if (floor->is_aead)
		return bench_floor_aead(floor, key, rtp, len, false);
	err = bench_floor_mac(floor, key, library, rtp, len, digest);
	if (!err && crypto_memneq(digest, rtp + len, floor->tag_len))
		err = -EBADMSG;
	return err ?: bench_floor_ctr(floor, key, rtp, len);
}
