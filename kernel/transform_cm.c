// SPDX-License-Identifier: GPL-2.0
/*
 * AES in counter mode with HMAC-SHA1: the default transforms of RFC 3711
 * (sections 4.1.1 and 4.2.1), with longer keys those of RFC 6188.
 */

#include <linux/err.h>
#include <linux/string.h>

#include "compat.h"
#include "transform.h"
#include "wire.h"

static int ksrtp_cm_setup(struct ksrtp_session_keys *keys,
			  const struct ksrtp_suite *suite,
			  const struct ksrtp_derived *derived)
{
	struct crypto_skcipher *ctr;
	struct crypto_shash *auth;
	int err;

	/*
	 * Not asking for a synchronous one: up to 6.15 that would exclude the
	 * accelerated modes, which sit behind an asynchronous wrapper.
	 */
	ctr = crypto_alloc_skcipher(suite->cipher, 0, 0);
	if (IS_ERR(ctr))
		return PTR_ERR(ctr);
	keys->ctr = ctr;

	auth = crypto_alloc_shash(suite->auth, 0, 0);
	if (IS_ERR(auth))
		return PTR_ERR(auth);
	keys->auth = auth;

	err = crypto_skcipher_setkey(ctr, derived->key, suite->key_len);
	if (err)
		return err;
	err = crypto_shash_setkey(auth, derived->auth, suite->auth_key_len);
	if (err)
		return err;
	memcpy(keys->salt, derived->salt, suite->salt_len);
	return 0;
}

static void ksrtp_cm_teardown(struct ksrtp_session_keys *keys)
{
	crypto_free_skcipher(keys->ctr);
	crypto_free_shash(keys->auth);
}

static unsigned int ksrtp_cm_reqsize(const struct ksrtp_session_keys *keys)
{
	return sizeof(struct skcipher_request) +
	       crypto_skcipher_reqsize(keys->ctr);
}

static bool ksrtp_cm_async(const struct ksrtp_session_keys *keys)
{
	return crypto_skcipher_alg(keys->ctr)->base.cra_flags &
	       CRYPTO_ALG_ASYNC;
}

static const char *ksrtp_cm_driver(const struct ksrtp_session_keys *keys)
{
	return crypto_tfm_alg_driver_name(crypto_skcipher_tfm(keys->ctr));
}

/*
 * HMAC over the packet as it stands, followed by the rollover counter for SRTP
 * (for SRTCP the E bit and index are part of the packet), RFC 3711 section 4.2.
 */
static int ksrtp_cm_authenticate(const struct ksrtp_work *work,
				 unsigned int len, u8 *digest)
{
	SHASH_DESC_ON_STACK(desc, work->keys->auth);
	__be32 roc = cpu_to_be32(work->index >> 16);
	int err;

	desc->tfm = work->keys->auth;
	err = crypto_shash_init(desc);
	if (err)
		goto out;
	if (work->rtcp) {
		err = crypto_shash_finup(desc, work->data, len, digest);
	} else {
		err = crypto_shash_update(desc, work->data, len);
		if (err)
			goto out;
		err = crypto_shash_finup(desc, (u8 *)&roc, sizeof(roc), digest);
	}
out:
	shash_desc_zero(desc);
	return err;
}

/* Append SRTCP index and tag to the encrypted packet. */
static int ksrtp_cm_seal(struct ksrtp_work *work)
{
	u8 digest[KSRTP_AUTH_KEY_MAX];
	int err;

	if (work->rtcp) {
		put_unaligned_be32(KSRTP_SRTCP_E_BIT | work->index,
				   work->data + work->len);
		work->len += KSRTP_SRTCP_INDEX_LEN;
	}
	err = ksrtp_cm_authenticate(work, work->len, digest);
	if (err)
		return err;
	memcpy(work->data + work->len, digest, work->keys->tag_len);
	work->len += work->keys->tag_len;
	return 0;
}

static void ksrtp_cm_crypted(ksrtp_completion_arg arg, int err)
{
	struct ksrtp_work *work = ksrtp_completion_data(arg);

	/* said of a request that was queued, and now starts */
	if (err == -EINPROGRESS)
		return;
	if (!err && work->protect)
		err = ksrtp_cm_seal(work);
	work->done(work, err);
}

/* Encrypt or decrypt, the same in counter mode, RFC 3711 section 4.1.1. */
static int ksrtp_cm_crypt(struct ksrtp_work *work)
{
	struct skcipher_request *req = (void *)work->request;
	unsigned int len = work->len - work->clear_len;
	u8 *iv = work->iv;

	if (!len)
		return 0;

	/* IV = salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16 */
	memcpy(iv, work->keys->salt, 14);
	put_unaligned_be16(0, iv + 14);
	put_unaligned_be32(get_unaligned_be32(iv + 4) ^ work->ssrc, iv + 4);
	put_unaligned_be64(get_unaligned_be64(iv + 8) ^ work->index << 16,
			   iv + 8);

	sg_init_one(work->sg, work->data + work->clear_len, len);
	skcipher_request_set_tfm(req, work->keys->ctr);
	skcipher_request_set_callback(req, 0, ksrtp_cm_crypted, work);
	skcipher_request_set_crypt(req, work->sg, work->sg, len, iv);
	return crypto_skcipher_encrypt(req);
}

static int ksrtp_cm_protect(struct ksrtp_work *work)
{
	int err;

	work->protect = true;
	err = ksrtp_cm_crypt(work);
	return err ?: ksrtp_cm_seal(work);
}

static int ksrtp_cm_unprotect(struct ksrtp_work *work)
{
	unsigned int len = work->len - work->keys->tag_len;
	u8 digest[KSRTP_AUTH_KEY_MAX];
	int err;

	work->protect = false;
	err = ksrtp_cm_authenticate(work, len, digest);
	if (!err && crypto_memneq(digest, work->data + len,
				  work->keys->tag_len))
		err = -EBADMSG;
	/* the right tag must not be left where a forger could find it */
	memzero_explicit(digest, sizeof(digest));
	if (err)
		return err;

	work->len = len - (work->rtcp ? KSRTP_SRTCP_INDEX_LEN : 0);
	return ksrtp_cm_crypt(work);
}

const struct ksrtp_transform ksrtp_transform_cm = {
	.setup = ksrtp_cm_setup,
	.teardown = ksrtp_cm_teardown,
	.reqsize = ksrtp_cm_reqsize,
	.async = ksrtp_cm_async,
	.protect = ksrtp_cm_protect,
	.unprotect = ksrtp_cm_unprotect,
	.cipher_driver = ksrtp_cm_driver,
};
