// SPDX-License-Identifier: GPL-2.0
/*
 * AES in f8-mode with HMAC-SHA1, RFC 3711 section 4.1.2.
 *
 * f8 computes S(j) = E(k, IV' XOR j XOR S(j-1)), which is the CBC encryption of
 * the blocks IV' XOR j. So the keystream is computed by the kernel's fast CBC.
 */

#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cipher.h"
#include "compat.h"
#include "transform.h"

#define KSRTP_F8_BLOCK	16

static int ksrtp_f8_cipher(struct crypto_sync_skcipher **f8,
			   const struct ksrtp_suite *suite, const u8 *key)
{
	struct crypto_sync_skcipher *cipher;

	cipher = crypto_alloc_sync_skcipher(suite->cipher, 0, 0);
	if (IS_ERR(cipher))
		return PTR_ERR(cipher);
	*f8 = cipher;
	return crypto_sync_skcipher_setkey(cipher, key, suite->key_len);
}

/* Two ciphers: under the key, and under the key XOR (salt | 0x555..). */
static int ksrtp_f8_key(struct ksrtp_session_keys *keys,
			const struct ksrtp_suite *suite,
			const struct ksrtp_derived *derived)
{
	u8 masked[KSRTP_F8_BLOCK];
	int i, err;

	err = ksrtp_f8_cipher(&keys->f8, suite, derived->key);
	if (err)
		return err;
	for (i = 0; i < KSRTP_F8_BLOCK; i++)
		masked[i] = derived->key[i] ^
			    (i < suite->salt_len ? derived->salt[i] : 0x55);
	err = ksrtp_f8_cipher(&keys->f8_mask, suite, masked);
	memzero_explicit(masked, sizeof(masked));
	return err;
}

static int ksrtp_f8_setup(struct ksrtp_session_keys *keys,
			  const struct ksrtp_suite *suite,
			  const struct ksrtp_derived *derived)
{
	int err = ksrtp_f8_key(keys, suite, derived);

	return err ?: ksrtp_mac_setup(keys, suite, derived);
}

static void ksrtp_f8_teardown(struct ksrtp_session_keys *keys)
{
	crypto_free_sync_skcipher(keys->f8);
	crypto_free_sync_skcipher(keys->f8_mask);
	ksrtp_mac_teardown(keys);
}

static unsigned int ksrtp_f8_reqsize(const struct ksrtp_session_keys *keys)
{
	return 0;
}

static bool ksrtp_f8_async(const struct ksrtp_session_keys *keys)
{
	return false;
}

static const char *ksrtp_f8_driver(const struct ksrtp_session_keys *keys)
{
	return crypto_tfm_alg_driver_name(crypto_skcipher_tfm(&keys->f8->base));
}

/* RFC 3711 sections 4.1.2.2 (SRTP) and 4.1.2.3 (SRTCP) */
static void ksrtp_f8_iv(const struct ksrtp_work *work, u8 *iv)
{
	u32 e_bit = ksrtp_work_clear(work) ? 0 : KSRTP_SRTCP_E_BIT;

	if (work->rtcp) {
		put_unaligned_be32(0, iv);
		put_unaligned_be32(e_bit | work->index, iv + 4);
		memcpy(iv + 8, work->data, KSRTP_RTCP_HEADER_LEN);
	} else {
		memcpy(iv, work->data, KSRTP_RTP_HEADER_LEN);
		iv[0] = 0;
		put_unaligned_be32(work->index >> 16, iv + 12);
	}
}

static int ksrtp_f8_cbc(struct crypto_sync_skcipher *cipher, u8 *blocks,
			unsigned int len)
{
	SYNC_SKCIPHER_REQUEST_ON_STACK(req, cipher);
	u8 zero[KSRTP_F8_BLOCK] = {};
	struct scatterlist sg;
	int err;

	sg_init_one(&sg, blocks, len);
	skcipher_request_set_sync_tfm(req, cipher);
	skcipher_request_set_callback(req, 0, NULL, NULL);
	skcipher_request_set_crypt(req, &sg, &sg, len, zero);
	err = crypto_skcipher_encrypt(req);
	skcipher_request_zero(req);
	/* the last ciphertext block is left where the IV was */
	memzero_explicit(zero, sizeof(zero));
	return err;
}

/* Fill @stream, whose length is in whole blocks, with a packet's keystream. */
static int ksrtp_f8_stream(const struct ksrtp_work *work, u8 *stream,
			   unsigned int len)
{
	const struct ksrtp_session_keys *keys = &work->keys->main;
	u32 j, low;
	int err;

	/* IV' = E(key XOR mask, IV), in place of the first block */
	ksrtp_f8_iv(work, stream);
	err = ksrtp_f8_cbc(keys->f8_mask, stream, KSRTP_F8_BLOCK);
	if (err)
		return err;
	low = get_unaligned_be32(stream + 12);
	for (j = 1; j < len / KSRTP_F8_BLOCK; j++) {
		memcpy(stream + j * KSRTP_F8_BLOCK, stream, 12);
		put_unaligned_be32(low ^ j, stream + j * KSRTP_F8_BLOCK + 12);
	}
	return ksrtp_f8_cbc(keys->f8, stream, len);
}

static int ksrtp_f8_crypt(struct ksrtp_work *work)
{
	unsigned int len = work->len - work->clear_len;
	unsigned int size = round_up(len, KSRTP_F8_BLOCK);
	unsigned int i, at = work->clear_len;
	u8 *stream;
	int err;

	if (!len || ksrtp_work_clear(work))
		return 0;
	stream = kmalloc(size, GFP_ATOMIC | __GFP_NOWARN);
	if (!stream)
		return -ENOMEM;
	err = ksrtp_f8_stream(work, stream, size);
	for (i = 0; !err && at < work->len; i++) {
		if (at == work->hole)
			at += KSRTP_EXTENSION_HEADER_LEN;
		if (at < work->len)
			work->data[at++] ^= stream[i];
	}
	kfree_sensitive(stream);
	return err;
}

static int ksrtp_f8_protect(struct ksrtp_work *work)
{
	int err = ksrtp_f8_crypt(work);

	return err ?: ksrtp_mac_seal(work);
}

static int ksrtp_f8_unprotect(struct ksrtp_work *work)
{
	int err = ksrtp_mac_open(work);

	return err ?: ksrtp_f8_crypt(work);
}

const struct ksrtp_transform ksrtp_transform_f8 = {
	.setup = ksrtp_f8_setup,
	.teardown = ksrtp_f8_teardown,
	.reqsize = ksrtp_f8_reqsize,
	.async = ksrtp_f8_async,
	.protect = ksrtp_f8_protect,
	.unprotect = ksrtp_f8_unprotect,
	.cipher_driver = ksrtp_f8_driver,
};
