// SPDX-License-Identifier: GPL-2.0
/*
 * A cipher in counter mode, or none, with HMAC-SHA1: the default transforms of
 * RFC 3711 (sections 4.1.1 and 4.2.1), those of RFC 6188 with longer keys, those
 * of RFC 8269 with ARIA, and of RFC 5669 with SEED.
 */

#include <linux/err.h>
#include <linux/string.h>

#include "cipher.h"
#include "compat.h"
#include "transform.h"

static int ksrtp_cm_setup(struct ksrtp_session_keys *keys,
			  const struct ksrtp_suite *suite,
			  const struct ksrtp_derived *derived)
{
	struct crypto_skcipher *ctr;
	int err;

	if (suite->cipher) {
		/*
		 * Asynchronous ones are allowed: up to 6.15 accelerated modes
		 * have an asynchronous wrapper.
		 */
		ctr = crypto_alloc_skcipher(suite->cipher, 0, 0);
		if (IS_ERR(ctr))
			return PTR_ERR(ctr);
		keys->ctr = ctr;
		err = crypto_skcipher_setkey(ctr, derived->key, suite->key_len);
		if (err)
			return err;
	}
	memcpy(keys->salt, derived->salt, sizeof(keys->salt));
	return ksrtp_mac_setup(keys, suite, derived);
}

static void ksrtp_cm_teardown(struct ksrtp_session_keys *keys)
{
	crypto_free_skcipher(keys->ctr);
	ksrtp_mac_teardown(keys);
}

static unsigned int ksrtp_cm_reqsize(const struct ksrtp_session_keys *keys)
{
	if (!keys->ctr)
		return 0;
	return sizeof(struct skcipher_request) +
	       crypto_skcipher_reqsize(keys->ctr);
}

static bool ksrtp_cm_async(const struct ksrtp_session_keys *keys)
{
	return keys->ctr && crypto_skcipher_alg(keys->ctr)->base.cra_flags &
			    CRYPTO_ALG_ASYNC;
}

static const char *ksrtp_cm_driver(const struct ksrtp_session_keys *keys)
{
	if (!keys->ctr)
		return "none";
	return crypto_tfm_alg_driver_name(crypto_skcipher_tfm(keys->ctr));
}

static void ksrtp_cm_crypted(ksrtp_completion_arg arg, int err)
{
	struct ksrtp_work *work = ksrtp_completion_data(arg);

	/* a backlogged request has started */
	if (err == -EINPROGRESS)
		return;
	if (!err && work->protect)
		err = ksrtp_mac_seal(work);
	work->done(work, err);
}

/* Encrypt or decrypt, which is the same in counter mode, RFC 3711 section 4.1.1. */
static __always_inline int ksrtp_cm_crypt(struct ksrtp_work *work, bool plain)
{
	struct crypto_skcipher *ctr = work->keys->main.ctr;
	struct skcipher_request *req = (void *)work->request;
	unsigned int len = work->len - work->clear_len;
	unsigned int hole_end = work->hole + KSRTP_EXTENSION_HEADER_LEN;

	if (!plain && work->hole)
		len -= KSRTP_EXTENSION_HEADER_LEN;
	if (!len || (!plain && ksrtp_work_clear(work)))
		return 0;

	ksrtp_ctr_iv(work->keys->main.salt, work->ssrc, work->index, work->iv);
	if (!plain && work->hole) {
		sg_init_table(work->sg, 2);
		sg_set_buf(&work->sg[0], work->data + work->clear_len,
			   work->hole - work->clear_len);
		if (work->len > hole_end)
			sg_set_buf(&work->sg[1], work->data + hole_end,
				   work->len - hole_end);
		else
			sg_mark_end(&work->sg[0]);
	} else {
		sg_mark_end(work->sg);
		sg_set_buf(work->sg, work->data + work->clear_len, len);
	}
	skcipher_request_set_tfm(req, ctr);
	skcipher_request_set_callback(req, 0, ksrtp_cm_crypted, work);
	skcipher_request_set_crypt(req, work->sg, work->sg, len, work->iv);
	return crypto_skcipher_encrypt(req);
}

/**
 * ksrtp_cm_protect() - protect a packet, in counter mode and with HMAC
 * @work: the packet
 *
 * Context: any, BH disabled.
 * Return: as struct ksrtp_transform says.
 */
int ksrtp_cm_protect(struct ksrtp_work *work)
{
	int err;

	work->protect = true;
	err = ksrtp_cm_crypt(work, false);
	return err ?: ksrtp_mac_seal(work);
}

/**
 * ksrtp_cm_unprotect() - unprotect a packet, in counter mode and with HMAC
 * @work: the packet
 *
 * Context: any, BH disabled.
 * Return: as struct ksrtp_transform says.
 */
int ksrtp_cm_unprotect(struct ksrtp_work *work)
{
	int err;

	work->protect = false;
	err = ksrtp_mac_open(work);
	return err ?: ksrtp_cm_crypt(work, false);
}

/**
 * ksrtp_cm_protect_plain() - as ksrtp_cm_protect(), for most packets
 * @work: RTP with a payload to be encrypted and a tag, with neither encrypted header
 *	nor master key identifier; the driver is synchronous
 *
 * Context: any, BH disabled.
 * Return: 0, or a negative errno of the crypto API.
 */
__always_inline int ksrtp_cm_protect_plain(struct ksrtp_work *work)
{
	return ksrtp_cm_crypt(work, true) ?: ksrtp_mac_seal_plain(work);
}

/**
 * ksrtp_cm_unprotect_plain() - as ksrtp_cm_unprotect(), for most packets
 * @work: SRTP, as in ksrtp_cm_protect_plain()
 *
 * Context: any, BH disabled.
 * Return: 0, -EBADMSG, or another negative errno of the crypto API.
 */
__always_inline int ksrtp_cm_unprotect_plain(struct ksrtp_work *work)
{
	return ksrtp_mac_open_plain(work) ?: ksrtp_cm_crypt(work, true);
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
