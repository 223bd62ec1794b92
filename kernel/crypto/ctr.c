// SPDX-License-Identifier: GPL-2.0
/* Counter mode, RFC 3711 section 4.1.1. */

#include <linux/err.h>
#include <linux/string.h>

#include "cipher.h"
#include "compat.h"

/**
 * ksrtp_ctr_iv() - initialization vector of a packet
 * @salt: session salt, KSRTP_SALT_MAX bytes, padded with zeros
 * @ssrc: SSRC
 * @index: packet index
 * @iv: where to put it, KSRTP_IV_LEN bytes
 *
 * IV = salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16.
 *
 * Context: any.
 */
__always_inline void ksrtp_ctr_iv(const u8 *salt, u32 ssrc, u64 index, u8 *iv)
{
	/* the last six bytes of the salt, and two zero bytes */
	u64 end = get_unaligned_be64(salt + 6) << 16;

	put_unaligned_be64(get_unaligned_be64(salt) ^ ssrc, iv);
	put_unaligned_be64(end ^ index << 16, iv + 8);
}

/**
 * ksrtp_ctr_header_setup() - key the cipher for header extensions
 * @suite: suite
 * @derived: header encryption key as derived
 * @header: where to put it; NULL for suites without encryption
 *
 * Always counter mode: RFC 6904 section 3.2; also with AEADs, RFC 7714 section
 * 8.3. (RFC 6904 specifies f8 for f8 suites, but no implementation is known.)
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno of the crypto API.
 */
int ksrtp_ctr_header_setup(const struct ksrtp_suite *suite,
			   const struct ksrtp_derived *derived,
			   struct crypto_sync_skcipher **header)
{
	struct crypto_sync_skcipher *ctr;

	if (!suite->header_cipher)
		return 0;
	ctr = crypto_alloc_sync_skcipher(suite->header_cipher, 0, 0);
	if (IS_ERR(ctr))
		return PTR_ERR(ctr);
	*header = ctr;
	return crypto_sync_skcipher_setkey(ctr, derived->key, suite->key_len);
}

/**
 * ksrtp_ctr_header_stream() - keystream for a packet's header extensions
 * @work: the packet; its keys include one for headers
 * @stream: where to put it
 * @len: its length in bytes
 *
 * Context: any.
 * Return: 0 or a negative errno of the crypto API.
 */
int ksrtp_ctr_header_stream(const struct ksrtp_work *work, u8 *stream,
			    unsigned int len)
{
	struct crypto_sync_skcipher *ctr = work->keys->header;
	SYNC_SKCIPHER_REQUEST_ON_STACK(req, ctr);
	struct scatterlist sg;
	u8 iv[KSRTP_IV_LEN];
	int err;

	ksrtp_ctr_iv(work->keys->header_salt, work->ssrc, work->index, iv);
	/* encrypting zeros yields the keystream */
	memset(stream, 0, len);
	sg_init_one(&sg, stream, len);
	skcipher_request_set_sync_tfm(req, ctr);
	skcipher_request_set_callback(req, 0, NULL, NULL);
	skcipher_request_set_crypt(req, &sg, &sg, len, iv);
	err = crypto_skcipher_encrypt(req);
	skcipher_request_zero(req);
	return err;
}
