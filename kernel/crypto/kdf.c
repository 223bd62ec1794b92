// SPDX-License-Identifier: GPL-2.0
/* Key derivation, RFC 3711 section 4.3. The PRF is a cipher in counter mode. */

#include <linux/err.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "kdf.h"
#include "transform.h"

/*
 * libsrtp up to 2.7 takes AES-256 for each master key of more than 16 bytes. With
 * AES-192 it finds the key's last 8 bytes in the salt, and the salt in what is
 * left of that, and zeros. (With OpenSSL's own key derivation it does not.)
 */
static int ksrtp_kdf_setup_aes_256(struct ksrtp_kdf *kdf, const u8 *master_key,
				   const u8 *master_salt)
{
	const unsigned int moved = KSRTP_KDF_AES_256_LEN - KSRTP_KDF_AES_192_LEN;
	u8 key[KSRTP_KDF_AES_256_LEN];
	int err;

	memcpy(key, master_key, KSRTP_KDF_AES_192_LEN);
	memcpy(key + KSRTP_KDF_AES_192_LEN, master_salt, moved);
	memcpy(kdf->salt, master_salt + moved, sizeof(kdf->salt) - moved);
	err = crypto_skcipher_setkey(kdf->prf, key, sizeof(key));
	memzero_explicit(key, sizeof(key));
	return err;
}

/**
 * ksrtp_kdf_setup() - prepare derivation from a master key
 * @kdf: state to set up, zeroed
 * @suite: the suite, for key lengths
 * @master_key: master key, or one part of it, of @suite->key_len bytes
 * @master_salt: master salt, or one part of it, of @suite->salt_len bytes
 * @aes_256: derive with AES-256, as libsrtp up to 2.7 does; for suites with
 *	AES-192
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno of the crypto API; the caller calls
 * ksrtp_kdf_teardown() in both cases.
 */
int ksrtp_kdf_setup(struct ksrtp_kdf *kdf, const struct ksrtp_suite *suite,
		    const u8 *master_key, const u8 *master_salt, bool aes_256)
{
	struct crypto_skcipher *prf = crypto_alloc_skcipher(suite->prf, 0, 0);

	if (IS_ERR(prf))
		return PTR_ERR(prf);
	kdf->prf = prf;
	if (aes_256)
		return ksrtp_kdf_setup_aes_256(kdf, master_key, master_salt);
	/* a salt shorter than 112 bits is padded on the right, RFC 7714 s. 11 */
	memcpy(kdf->salt, master_salt, suite->salt_len);
	return crypto_skcipher_setkey(prf, master_key, suite->key_len);
}

/**
 * ksrtp_kdf_teardown() - wipe a master key
 * @kdf: state set up by ksrtp_kdf_setup()
 *
 * Context: process, sleeps.
 */
void ksrtp_kdf_teardown(struct ksrtp_kdf *kdf)
{
	crypto_free_skcipher(kdf->prf);
	memzero_explicit(kdf, sizeof(*kdf));
}

/*
 * PRF_n(master key, x), where x = key id XOR master salt; key id = label | r.
 * For SRTCP r is as long as for SRTP, with zeros above its 32 bits.
 */
static int ksrtp_kdf_prf(const struct ksrtp_kdf *kdf, u8 label, u64 epoch,
			 u8 *out, unsigned int len)
{
	struct skcipher_request *req;
	DECLARE_CRYPTO_WAIT(wait);
	struct scatterlist sg;
	u8 iv[KSRTP_IV_LEN] = {};
	int err;

	if (!len)
		return 0;
	req = skcipher_request_alloc(kdf->prf, GFP_KERNEL);
	if (!req)
		return -ENOMEM;

	memcpy(iv, kdf->salt, sizeof(kdf->salt));
	put_unaligned_be64(get_unaligned_be64(iv + 6) ^
			   ((u64)label << 48 | epoch), iv + 6);
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
 * @kdf: master key
 * @suite: the suite, for key lengths
 * @rtcp: of SRTCP
 * @epoch: packet index divided by the key derivation rate, or 0
 * @derived: where to put them; zeroed, from kmalloc(); the caller wipes it,
 *	also after an error
 *
 * RFC 3711 sections 4.3.1 to 4.3.3; RFC 6188 section 3, RFC 7714 section 11
 * and RFC 8269 section 3 for other keys and salts.
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno of the crypto API.
 */
int ksrtp_kdf_derive(const struct ksrtp_kdf *kdf,
		     const struct ksrtp_suite *suite, bool rtcp, u64 epoch,
		     struct ksrtp_derived *derived)
{
	u8 first = rtcp ? KSRTP_KDF_SRTCP_KEY : KSRTP_KDF_SRTP_KEY;
	int err;

	err = ksrtp_kdf_prf(kdf, first, epoch, derived->key, suite->key_len);
	if (!err)
		err = ksrtp_kdf_prf(kdf, first + KSRTP_KDF_SRTP_AUTH, epoch,
				    derived->auth, suite->auth_key_len);
	if (!err)
		err = ksrtp_kdf_prf(kdf, first + KSRTP_KDF_SRTP_SALT, epoch,
				    derived->salt, suite->salt_len);
	return err;
}

/**
 * ksrtp_kdf_derive_header() - derive the keys of header extensions
 * @kdf: master key
 * @suite: the suite, for key lengths
 * @epoch: packet index divided by the key derivation rate, or 0
 * @derived: as in ksrtp_kdf_derive(), without an authentication key
 *
 * RFC 6904 section 3.
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno of the crypto API.
 */
int ksrtp_kdf_derive_header(const struct ksrtp_kdf *kdf,
			    const struct ksrtp_suite *suite, u64 epoch,
			    struct ksrtp_derived *derived)
{
	int err;

	err = ksrtp_kdf_prf(kdf, KSRTP_KDF_HEADER_KEY, epoch, derived->key,
			    suite->key_len);
	if (!err)
		err = ksrtp_kdf_prf(kdf, KSRTP_KDF_HEADER_SALT, epoch,
				    derived->salt, suite->salt_len);
	return err;
}
