// SPDX-License-Identifier: GPL-2.0
/* AES in Galois/counter mode, RFC 7714. */

#include <linux/err.h>
#include <linux/string.h>

#include "compat.h"
#include "transform.h"
#include "wire.h"

static int ksrtp_gcm_setup(struct ksrtp_session_keys *keys,
			   const struct ksrtp_suite *suite,
			   const struct ksrtp_derived *derived)
{
	struct crypto_aead *aead;
	int err;

	/* asynchronous ones allowed, for the reason given in transform_cm.c */
	aead = crypto_alloc_aead(suite->cipher, 0, 0);
	if (IS_ERR(aead))
		return PTR_ERR(aead);
	keys->aead = aead;

	err = crypto_aead_setkey(aead, derived->key, suite->key_len);
	if (err)
		return err;
	err = crypto_aead_setauthsize(aead, keys->tag_len);
	if (err)
		return err;
	memcpy(keys->salt, derived->salt, suite->salt_len);
	return 0;
}

static void ksrtp_gcm_teardown(struct ksrtp_session_keys *keys)
{
	crypto_free_aead(keys->aead);
}

static unsigned int ksrtp_gcm_reqsize(const struct ksrtp_session_keys *keys)
{
	return sizeof(struct aead_request) + crypto_aead_reqsize(keys->aead);
}

static bool ksrtp_gcm_async(const struct ksrtp_session_keys *keys)
{
	return crypto_aead_alg(keys->aead)->base.cra_flags & CRYPTO_ALG_ASYNC;
}

static const char *ksrtp_gcm_driver(const struct ksrtp_session_keys *keys)
{
	return crypto_tfm_alg_driver_name(crypto_aead_tfm(keys->aead));
}

static void ksrtp_gcm_crypted(ksrtp_completion_arg arg, int err)
{
	struct ksrtp_work *work = ksrtp_completion_data(arg);

	/* said of a request that was queued, and now starts */
	if (err == -EINPROGRESS)
		return;
	work->done(work, err);
}

/*
 * Set up a request over @crypt_len bytes behind the header.
 *
 * Associated data is the header for SRTP; for SRTCP the header followed by the
 * E bit and index, which lie behind the tag on the wire, RFC 7714 sections 8
 * and 9.
 */
static struct aead_request *ksrtp_gcm_request(struct ksrtp_work *work,
					      unsigned int crypt_len,
					      u8 *srtcp_index)
{
	struct aead_request *req = (void *)work->request;
	unsigned int span = work->clear_len + crypt_len;
	unsigned int assoc_len = work->clear_len;
	u8 *iv = work->iv;

	/*
	 * IV = (0 | SSRC | index) XOR salt; an SRTCP index is 31 bits wide and
	 * so has zeros where the rollover counter's upper half would be.
	 */
	memcpy(iv, work->keys->salt, 12);
	put_unaligned_be32(get_unaligned_be32(iv + 2) ^ work->ssrc, iv + 2);
	put_unaligned_be16(get_unaligned_be16(iv + 6) ^ work->index >> 32,
			   iv + 6);
	put_unaligned_be32(get_unaligned_be32(iv + 8) ^ (u32)work->index,
			   iv + 8);

	if (work->protect)
		span += work->keys->tag_len;
	if (srtcp_index) {
		sg_init_table(work->sg, 3);
		sg_set_buf(&work->sg[0], work->data, work->clear_len);
		sg_set_buf(&work->sg[1], srtcp_index, KSRTP_SRTCP_INDEX_LEN);
		sg_set_buf(&work->sg[2], work->data + work->clear_len,
			   span - work->clear_len);
		assoc_len += KSRTP_SRTCP_INDEX_LEN;
	} else {
		sg_init_one(work->sg, work->data, span);
	}

	aead_request_set_tfm(req, work->keys->aead);
	aead_request_set_callback(req, 0, ksrtp_gcm_crypted, work);
	aead_request_set_ad(req, assoc_len);
	aead_request_set_crypt(req, work->sg, work->sg, crypt_len, iv);
	return req;
}

static int ksrtp_gcm_protect(struct ksrtp_work *work)
{
	unsigned int crypt_len = work->len - work->clear_len;
	u8 *srtcp_index = NULL;
	struct aead_request *req;

	work->protect = true;
	work->len += work->keys->tag_len;
	if (work->rtcp) {
		srtcp_index = work->data + work->len;
		put_unaligned_be32(KSRTP_SRTCP_E_BIT | work->index,
				   srtcp_index);
		work->len += KSRTP_SRTCP_INDEX_LEN;
	}
	req = ksrtp_gcm_request(work, crypt_len, srtcp_index);
	return crypto_aead_encrypt(req);
}

static int ksrtp_gcm_unprotect(struct ksrtp_work *work)
{
	u8 *srtcp_index = NULL;
	struct aead_request *req;
	unsigned int crypt_len;

	work->protect = false;
	if (work->rtcp) {
		work->len -= KSRTP_SRTCP_INDEX_LEN;
		srtcp_index = work->data + work->len;
	}
	/* the AEAD takes ciphertext and tag as one */
	crypt_len = work->len - work->clear_len;
	work->len -= work->keys->tag_len;
	req = ksrtp_gcm_request(work, crypt_len, srtcp_index);
	return crypto_aead_decrypt(req);
}

const struct ksrtp_transform ksrtp_transform_gcm = {
	.srtcp_index_last = true,
	.setup = ksrtp_gcm_setup,
	.teardown = ksrtp_gcm_teardown,
	.reqsize = ksrtp_gcm_reqsize,
	.async = ksrtp_gcm_async,
	.protect = ksrtp_gcm_protect,
	.unprotect = ksrtp_gcm_unprotect,
	.cipher_driver = ksrtp_gcm_driver,
};
