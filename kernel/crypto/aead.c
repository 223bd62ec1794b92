// SPDX-License-Identifier: GPL-2.0
/*
 * An AEAD over SRTP and SRTCP, RFC 7714 and RFC 5669: which bytes are associated
 * data, which are encrypted, and their order in memory.
 */

#include <linux/err.h>
#include <linux/string.h>

#include "cipher.h"
#include "compat.h"

/* 16 bytes less the nonce of 12 and the byte that tells this length */
#define KSRTP_CCM_COUNTER_LEN	3

/**
 * ksrtp_aead_setup() - key an AEAD
 * @keys: session keys to set up
 * @suite: suite
 * @derived: session keys as derived
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno of the crypto API.
 */
int ksrtp_aead_setup(struct ksrtp_session_keys *keys,
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
	err = crypto_aead_setauthsize(aead, suite->rtp_tag_len);
	if (err)
		return err;
	memcpy(keys->salt, derived->salt, sizeof(keys->salt));
	return 0;
}

/**
 * ksrtp_aead_teardown() - undo ksrtp_aead_setup(), complete or partial
 * @keys: session keys
 *
 * Context: process, sleeps.
 */
void ksrtp_aead_teardown(struct ksrtp_session_keys *keys)
{
	crypto_free_aead(keys->aead);
}

/**
 * ksrtp_aead_reqsize() - size of a request
 * @keys: session keys
 *
 * Context: any.
 * Return: size in bytes.
 */
unsigned int ksrtp_aead_reqsize(const struct ksrtp_session_keys *keys)
{
	return sizeof(struct aead_request) + crypto_aead_reqsize(keys->aead);
}

/**
 * ksrtp_aead_async() - may the driver complete asynchronously?
 * @keys: session keys
 *
 * Context: any.
 * Return: true if it may.
 */
bool ksrtp_aead_async(const struct ksrtp_session_keys *keys)
{
	return crypto_aead_alg(keys->aead)->base.cra_flags & CRYPTO_ALG_ASYNC;
}

/**
 * ksrtp_aead_driver() - name of the implementation
 * @keys: session keys
 *
 * Context: any; the name lives as long as the keys.
 * Return: the crypto API's driver name.
 */
const char *ksrtp_aead_driver(const struct ksrtp_session_keys *keys)
{
	return crypto_tfm_alg_driver_name(crypto_aead_tfm(keys->aead));
}

/**
 * ksrtp_aead_done() - completion of the last AEAD over a packet
 * @arg: the crypto API's completion data
 * @err: outcome
 *
 * Context: softirq or process.
 */
void ksrtp_aead_done(ksrtp_completion_arg arg, int err)
{
	struct ksrtp_work *work = ksrtp_completion_data(arg);

	/* a backlogged request has started */
	if (err == -EINPROGRESS)
		return;
	work->done(work, err);
}

/**
 * ksrtp_aead_iv() - initialization vector of a packet
 * @salt: session salt, 12 bytes
 * @ssrc: SSRC
 * @index: packet index
 * @iv: where to put it, 12 bytes
 *
 * IV = (0 | SSRC | index) XOR salt, RFC 7714 sections 8.1 and 9.1, RFC 5669
 * section 3. An SRTCP index has 31 bits, so the upper half of the rollover
 * counter's position is zero.
 *
 * Context: any.
 */
__always_inline void ksrtp_aead_iv(const u8 *salt, u32 ssrc, u64 index, u8 *iv)
{
	put_unaligned_be64(get_unaligned_be64(salt) ^ (u64)ssrc << 16 ^
			   index >> 32, iv);
	put_unaligned_be32(get_unaligned_be32(salt + 8) ^ (u32)index, iv + 8);
}

/*
 * What the crypto API takes as IV. For GCM that is the nonce. For CCM it is the
 * first block of its counter: a byte that tells the counter's length, the nonce,
 * the counter (RFC 3610 section 2.3). The counter has 3 bytes, RFC 5669 section
 * 2.2.
 */
static __always_inline
void ksrtp_aead_start(struct ksrtp_work *work, struct crypto_aead *aead)
{
	u8 *nonce = work->iv;

	if (crypto_aead_ivsize(aead) == KSRTP_IV_LEN) {
		memset(work->iv, 0, KSRTP_IV_LEN);
		*nonce++ = KSRTP_CCM_COUNTER_LEN - 1;
	}
	ksrtp_aead_iv(work->keys->main.salt, work->ssrc, work->index, nonce);
}

/*
 * Lay out a packet whose associated data does not precede the rest. Returns its
 * length.
 */
static noinline unsigned int
ksrtp_aead_pieces(struct ksrtp_work *work, unsigned int clear_len,
		  unsigned int end)
{
	unsigned int assoc_len = clear_len, from = clear_len, n = 0;
	u8 *data = work->data;

	sg_init_table(work->sg, ARRAY_SIZE(work->sg));
	sg_set_buf(&work->sg[n++], data, clear_len);
	if (work->hole) {
		sg_set_buf(&work->sg[n++], data + work->hole,
			   KSRTP_EXTENSION_HEADER_LEN);
		assoc_len += KSRTP_EXTENSION_HEADER_LEN;
		sg_set_buf(&work->sg[n++], data + from, work->hole - from);
		from = work->hole + KSRTP_EXTENSION_HEADER_LEN;
	}
	if (work->trailer.index_len) {
		sg_set_buf(&work->sg[n++], data + end, work->trailer.index_len);
		assoc_len += work->trailer.index_len;
	}
	sg_set_buf(&work->sg[n++], data + from, end - from);
	sg_mark_end(&work->sg[n - 1]);
	return assoc_len;
}

/*
 * Set up a request over the packet up to @end, tag included.
 *
 * Associated data is the clear start of the packet; with encrypted CSRCs also
 * the header of the extension behind them (RFC 9335 section 5.2); for SRTCP
 * also E bit and index, which follow the tag on the wire; for unencrypted SRTCP
 * the whole packet (RFC 7714 sections 8, 9.2 and 9.3).
 */
static __always_inline struct aead_request *
ksrtp_aead_request(struct ksrtp_work *work, unsigned int end,
		   crypto_completion_t done, bool plain)
{
	struct aead_request *req = (void *)work->request;
	struct crypto_aead *aead = work->keys->main.aead;
	unsigned int clear_len = work->clear_len;
	unsigned int assoc_len;

	if (!plain && ksrtp_work_clear(work))
		clear_len = end - work->trailer.tag_len;
	if (!plain && (work->hole || work->trailer.index_len)) {
		assoc_len = ksrtp_aead_pieces(work, clear_len, end);
	} else {
		/* drivers are fastest with a single scatterlist entry */
		sg_mark_end(work->sg);
		sg_set_buf(work->sg, work->data, end);
		assoc_len = clear_len;
	}

	ksrtp_aead_start(work, aead);
	aead_request_set_tfm(req, aead);
	aead_request_set_callback(req, 0, done, work);
	aead_request_set_ad(req, assoc_len);
	return req;
}

/* Number of encrypted bytes in the packet up to @end. */
static __always_inline unsigned int
ksrtp_aead_crypt_len(const struct ksrtp_work *work, unsigned int end, bool plain)
{
	if (plain)
		return end - work->clear_len;
	if (ksrtp_work_clear(work))
		return 0;
	return end - work->clear_len -
	       (work->hole ? KSRTP_EXTENSION_HEADER_LEN : 0);
}

static __always_inline int
ksrtp_aead_encrypt(struct ksrtp_work *work, crypto_completion_t done, bool plain)
{
	const struct ksrtp_trailer *trailer = &work->trailer;
	unsigned int crypt_len = ksrtp_aead_crypt_len(work, work->len, plain);
	unsigned int end = work->len + trailer->tag_len;
	u8 *behind = work->data + end;
	struct aead_request *req;
	u32 e_bit;

	if (plain) {
		work->len = end;
	} else {
		e_bit = ksrtp_work_clear(work) ? 0 : KSRTP_SRTCP_E_BIT;
		if (trailer->index_len)
			put_unaligned_be32(e_bit | work->index, behind);
		memcpy(behind + trailer->index_len, work->mki,
		       trailer->mki_len);
		work->len += ksrtp_trailer_len(trailer);
	}
	req = ksrtp_aead_request(work, end, done, plain);
	aead_request_set_crypt(req, work->sg, work->sg, crypt_len, work->iv);
	return crypto_aead_encrypt(req);
}

static __always_inline int
ksrtp_aead_decrypt(struct ksrtp_work *work, crypto_completion_t done, bool plain)
{
	const struct ksrtp_trailer *trailer = &work->trailer;
	struct aead_request *req;
	unsigned int end = work->len;
	unsigned int crypt_len;

	if (!plain)
		end -= trailer->index_len + trailer->mki_len;
	work->len = end - trailer->tag_len;
	/* for the crypto API the tag is part of the ciphertext */
	crypt_len = ksrtp_aead_crypt_len(work, work->len, plain) +
		    trailer->tag_len;
	req = ksrtp_aead_request(work, end, done, plain);
	aead_request_set_crypt(req, work->sg, work->sg, crypt_len, work->iv);
	return crypto_aead_decrypt(req);
}

/**
 * ksrtp_aead_protect() - encrypt a packet and append its trailer
 * @work: the packet
 * @done: completion, if the driver is asynchronous
 *
 * Appends tag, SRTCP index and master key identifier: RFC 7714 sections 8.1 and
 * 9.1.
 *
 * Context: any.
 * Return: 0, -EINPROGRESS, or a negative errno of the crypto API.
 */
int ksrtp_aead_protect(struct ksrtp_work *work, crypto_completion_t done)
{
	return ksrtp_aead_encrypt(work, done, false);
}

/**
 * ksrtp_aead_unprotect() - authenticate and decrypt a packet
 * @work: the packet
 * @done: completion, if the driver is asynchronous
 *
 * Context: any.
 * Return: 0, -EINPROGRESS, -EBADMSG, or another negative errno of the crypto
 * API.
 */
int ksrtp_aead_unprotect(struct ksrtp_work *work, crypto_completion_t done)
{
	return ksrtp_aead_decrypt(work, done, false);
}

/**
 * ksrtp_aead_protect_plain() - as ksrtp_aead_protect(), for most packets
 * @work: RTP with a payload to be encrypted, without encrypted header and master
 *	key identifier; the driver is synchronous
 *
 * Context: any.
 * Return: 0, or a negative errno of the crypto API.
 */
__always_inline int ksrtp_aead_protect_plain(struct ksrtp_work *work)
{
	return ksrtp_aead_encrypt(work, NULL, true);
}

/**
 * ksrtp_aead_unprotect_plain() - as ksrtp_aead_unprotect(), for most packets
 * @work: SRTP, as in ksrtp_aead_protect_plain()
 *
 * Context: any.
 * Return: 0, -EBADMSG, or another negative errno of the crypto API.
 */
__always_inline int ksrtp_aead_unprotect_plain(struct ksrtp_work *work)
{
	return ksrtp_aead_decrypt(work, NULL, true);
}
