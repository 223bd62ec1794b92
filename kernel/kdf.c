// SPDX-License-Identifier: GPL-2.0
/* Key derivation, RFC 3711 section 4.3, with AES in counter mode as the PRF. */

#include <linux/err.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "kdf.h"
#include "transform.h"

/* Labels within SRTP's, and within SRTCP's, three. */
enum { KSRTP_KDF_KEY, KSRTP_KDF_AUTH, KSRTP_KDF_SALT };

/* PRF_n(master key, x), where x = key id XOR master salt; key id = label | 0 */
static int ksrtp_kdf_prf(struct crypto_skcipher *prf, const u8 *master_salt,
			 unsigned int salt_len, u8 label, u8 *out,
			 unsigned int len)
{
	struct skcipher_request *req;
	DECLARE_CRYPTO_WAIT(wait);
	struct scatterlist sg;
	u8 iv[KSRTP_IV_LEN] = {};
	int err;

	req = skcipher_request_alloc(prf, GFP_KERNEL);
	if (!req)
		return -ENOMEM;

	/* a salt shorter than 112 bits is padded on the right, RFC 7714 s. 11 */
	memcpy(iv, master_salt, salt_len);
	iv[7] ^= label;
	memset(out, 0, len);
	sg_init_one(&sg, out, len);
	skcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG |
				      CRYPTO_TFM_REQ_MAY_SLEEP,
				      crypto_req_done, &wait);
	skcipher_request_set_crypt(req, &sg, &sg, len, iv);
	err = crypto_wait_req(crypto_skcipher_encrypt(req), &wait);
	memzero_explicit(iv, sizeof(iv));
	skcipher_request_free(req);
	return err;
}

/**
 * ksrtp_kdf_derive() - derive the session keys of SRTP or of SRTCP
 * @suite: the suite, which says how long the keys are
 * @master_key: master key of @suite->key_len bytes
 * @master_salt: master salt of @suite->salt_len bytes
 * @label: which session keys to derive
 * @derived: where to put them; from kmalloc(), and to be wiped by the caller,
 *	in case of an error too
 *
 * RFC 3711 sections 4.3.1 to 4.3.3, with a key derivation rate of 0; RFC 6188
 * section 3 and RFC 7714 section 11 for the longer keys and the shorter salt.
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno of the crypto API.
 */
int ksrtp_kdf_derive(const struct ksrtp_suite *suite, const u8 *master_key,
		     const u8 *master_salt, enum ksrtp_kdf_label label,
		     struct ksrtp_derived *derived)
{
	struct crypto_skcipher *prf;
	int err;

	prf = crypto_alloc_skcipher(suite->prf, 0, 0);
	if (IS_ERR(prf))
		return PTR_ERR(prf);
	err = crypto_skcipher_setkey(prf, master_key, suite->key_len);
	if (err)
		goto out;

	err = ksrtp_kdf_prf(prf, master_salt, suite->salt_len,
			    label + KSRTP_KDF_KEY, derived->key,
			    suite->key_len);
	if (err)
		goto out;
	if (suite->auth_key_len) {
		err = ksrtp_kdf_prf(prf, master_salt, suite->salt_len,
				    label + KSRTP_KDF_AUTH, derived->auth,
				    suite->auth_key_len);
		if (err)
			goto out;
	}
	err = ksrtp_kdf_prf(prf, master_salt, suite->salt_len,
			    label + KSRTP_KDF_SALT, derived->salt,
			    suite->salt_len);
out:
	crypto_free_skcipher(prf);
	return err;
}
